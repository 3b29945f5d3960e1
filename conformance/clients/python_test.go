//go:build clients

package clients

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
)

// debianPython is the interpreter for which Debian's pyghmi and python-ipmi are installed.
const debianPython = "/usr/bin/python3"

// python runs a script of testdata against the machine, as a user.
func (m *machine) python(t *testing.T, script string, args ...string) result {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", script))
	if err != nil {
		t.Fatal(err)
	}
	return run(t, debianPython, append([]string{path, m.addr, port}, args...)...)
}

// printed fails the test unless the client printed this JSON object.
func (r result) printed(t *testing.T, want map[string]any) {
	t.Helper()
	r.ok(t)
	var got map[string]any
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatalf("%s: %v\n%s", r.command, err, r.out)
	}
	for key, value := range want {
		if !reflect.DeepEqual(got[key], value) {
			t.Errorf("%s: %s: got %v, want %v", r.command, key, got[key], value)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s: %s: nobody looks at %v", r.command, key, got[key])
		}
	}
}

// pyghmi speaks RMCP+ only: its v1.5 does not work with Python 3.
func TestPyghmi(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: quick\nextends: generic\ndevice: {cold_reset: 300ms}\n"))
	user := func(name string, level string, link bool) map[string]any {
		return map[string]any{"name": name, "privilege": level, "callback": false, "link": link, "messaging": true}
	}
	m.python(t, "pyghmi_client.py", "admin", "password").printed(t, map[string]any{
		"version":  "1.0",
		"users":    []any{"admin", "operator", "user"},
		"admin":    user("admin", "administrator", true),
		"medium":   "802.3 LAN",
		"sessions": "multi",
		"access":   "always",
		"created":  user("dora", "operator", false),
		"renamed":  "theodora",
		"right":    true,
		"wrong":    false,
		"deleted":  []any{"admin", "operator", "user"},
		"raw":      "20010100 02bfd97e00 2306 00000000",
		"unknown":  float64(0xc1),
		"logged":   "operator",
		"reset":    true,
	})
}

func TestPyghmiIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.python(t, "pyghmi_client.py", "admin", "Password").refused(t, "Incorrect password provided")
	m.python(t, "pyghmi_client.py", "nobody", "password").refused(t, "Unauthorized name")
}

// python-ipmi's own interface speaks v1.5 only.
func TestPythonIPMI(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.python(t, "pyipmi_client.py", "admin", "password").printed(t, map[string]any{
		"device":       float64(0x20),
		"manufacturer": float64(32473),
		"product":      float64(0x0623),
		"chassis":      true,
		"bridge":       false,
		"guid":         "2000000000020080ee110000c0b34efa",
		"auth":         []any{"md2", "md5", "straight"},
		"name":         "admin",
		"level":        float64(4),
		"users":        float64(10),
		"enabled":      float64(3),
	})
}

func TestPythonIPMIIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.python(t, "pyipmi_client.py", "nobody", "password").refused(t, "0x81")
	m.python(t, "pyipmi_client.py", "admin", "Password").refused(t)
}
