//go:build clients

package clients

import (
	"os"
	"path/filepath"
	"testing"
)

// nmap runs one of nmap's IPMI scripts against the machine.
func (m *machine) nmap(t *testing.T, script string, args ...string) result {
	t.Helper()
	all := append([]string{"-Pn", "-n", "-sU", "-p", port, "--script", script}, args...)
	return run(t, "nmap", append(all, m.addr)...)
}

func TestNmapVersion(t *testing.T) {
	t.Parallel()
	start(t, "generic").nmap(t, "ipmi-version").ok(t,
		"623/udp open asf-rmcp", "IPMI-2.0", "UserAuth: password, md5, md2\n", "PassAuth: auth_msg, auth_user, non_null_user\n", "Level: 1.5, 2.0")
	start(t, "vulnerable").nmap(t, "ipmi-version").ok(t,
		"UserAuth: password, md5, md2, null\n", "PassAuth: auth_msg, auth_user, non_null_user, anonymous_user\n")
}

func TestNmapCipherZero(t *testing.T) {
	t.Parallel()
	start(t, "vulnerable").nmap(t, "ipmi-cipher-zero").ok(t, "State: VULNERABLE", "IPMI 2.0 RAKP Cipher Zero Authentication Bypass")
	start(t, profile(t, strict)).nmap(t, "ipmi-cipher-zero").without(t, "VULNERABLE")
}

func TestNmapBrute(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	dir := t.TempDir()
	users, words := filepath.Join(dir, "users"), filepath.Join(dir, "words")
	for file, text := range map[string]string{users: "admin\nnobody\noperator\n", words: "letmein\npassword\n"} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // nmap drops its privileges
			t.Fatal(err)
		}
	}
	r := m.nmap(t, "ipmi-brute", "--script-args", "userdb="+users+",passdb="+words)
	r.ok(t, "admin:password - Valid credentials", "operator:password - Valid credentials")
	r.without(t, "nobody:", ":letmein")
}
