//go:build clients

package clients

import (
	"strings"
	"testing"
)

// lenovoProfile is a machine with Lenovo's commands and what pyghmi's firmware inventory asks for.
const lenovoProfile = `
profile: lenovo
extends: generic
device: {manufacturer: 19046, product: 1044, firmware: "6.92", cold_reset: 300ms}
oem:
  lenovo:
    reset_delay: 100ms
    psoc: [{bin: 1, apid: 0x20, revision: 5, fru: 3}, {bin: 2, apid: 0x20, revision: 5, fru: 4}]
    properties: {/v2/bios/build_id: IVE192G, /v2/bios/build_version: "3.30", /v2/bios/build_date: "2024-03-05"}
`

// lenovoExamples are the example lines of Lenovo's commands, in their order: request, and data of the answer or the
// completion code.
var lenovoExamples = []struct{ request, answer string }{
	{"3a 00", "06 92"},
	{"3a 00 00", "06 92 00"},
	{"3a 0d", "ff 00"},
	{"3a 1e 01", "00"},
	{"3a 1e 00 01", ""},
	{"3a 1e 01", "01"},
	{"3a 1e 00 00", ""},
	{"2e 1e 01", "00"},
	{"3a 50", "43 44 49 33 39 32 4d 00 00 32 30 32 35 2d 30 38 2d 32 38 00 00 00 30 36 3a 33 37 3a 34 32"},
	{"3a 55 62 6d 63 31 00", ""},
	{"3a 55", "62 6d 63 31 00"},
	{"3a 6b", "03 02 01"},
	{"3a 6b 00", "03 02 01"},
	{"3a 6c", "01"},
	{"3a 6d", "01 20 05 03 00 02 20 05 04 00"},
	{"3a 98 02", "02 00 05 01 0a"},
	{"3a 98 03 02 00 1e 00 05", ""},
	{"3a 98 02", "02 00 1e 00 05"},
	{"3a 98 03 02 00 05 01 0a", ""},
	{"3a 98 05 01", "rsp=0xd6"},
	{"3a c7", "00"},
	{"3a c7 01", ""},
	{"3a c7 00", ""},
	{"3a c1", "00 10 00"},
	{"3a 0f", "rsp=0xc1"},
	{"3a 38 00", ""},
	{"2e cc 5e 2b 00 0a 02 ff 00 00 00", "rsp=0xc1"},
}

// rawWords are the bytes of a request as clients take them.
func rawWords(request string) []string {
	return strings.Fields("0x" + strings.ReplaceAll(request, " ", " 0x"))
}

// TestLenovoExamples sends every example with ipmitool over both generations of sessions, and with ipmi-raw.
func TestLenovoExamples(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, lenovoProfile))
	for name, way := range map[string][]string{"lan": lan, "lanplus": lanplus} {
		for _, e := range lenovoExamples {
			r := m.ipmitool(t, way, append([]string{"raw"}, rawWords(e.request)...)...)
			if strings.HasPrefix(e.answer, "rsp=") {
				r.refused(t, e.answer)
				continue
			}
			r.ok(t)
			if got := strings.Join(strings.Fields(r.out), " "); got != e.answer {
				t.Errorf("%s: %s prints %q, want %q", name, r.command, got, e.answer)
			}
		}
	}
	for _, e := range lenovoExamples {
		b := strings.Fields(e.request)
		r := m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "ipmi-raw", append([]string{"0", b[0]}, b[1:]...)...)
		want, code := e.answer, "00"
		if after, failed := strings.CutPrefix(e.answer, "rsp=0x"); failed {
			want, code = "", after
		}
		want = strings.ToUpper(strings.TrimSpace(b[1] + " " + code + " " + want))
		if b[0] == "2e" && code != "00" {
			want += " 5E 2B 00"
		}
		if got := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(r.out), "rcvd:")); got != want {
			t.Errorf("%s prints %q, want %q", r.command, got, want)
		}
	}
	user := []string{"-I", "lanplus", "-U", "user", "-P", "password", "-L", "USER"}
	m.ipmitool(t, user, "raw", "0x3a", "0x55").ok(t, "62 6d 63 31 00")
	m.ipmitool(t, user, "raw", "0x3a", "0xc7").refused(t, "rsp=0xd4")
	barred := m.ipmitool(t, lanplus, "-b", "0", "-t", "0x2c", "raw", "0x06", "0x01")
	barred.refused(t, "Destination unavailable")
}

// TestLenovoPyghmi lets pyghmi's handler for Lenovo read the firmware inventory and clear the configuration.
func TestLenovoPyghmi(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, lenovoProfile))
	m.python(t, "pyghmi_lenovo.py", "admin", "password").printed(t, map[string]any{
		"XCC":      map[string]any{"version": "6.92", "build": "CDI392M", "date": "2025-08-28T06:37:42"},
		"UEFI":     map[string]any{"version": "3.30", "build": "IVE192G", "date": "2024-03-05T00:00:00"},
		"FPGA":     map[string]any{"version": "3.2.1"},
		"before":   "somebody",
		"forced":   "ok",
		"property": "11 01",
	})
	const cleared = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
	var r result
	for range 10 { // a session that the restart ends costs ipmitool all of its patience
		r = run(t, "ipmitool", append([]string{"-H", m.addr, "-N", "1", "-R", "1"}, append(lanplus, "raw", "0x06", "0x46", "5")...)...)
		if r.code == 0 && strings.Contains(squeeze(r.out), cleared) {
			break
		}
	}
	r.ok(t, cleared)
}

// TestLenovoNodeManager reaches the Node Manager of the embedded machine when 3Ah/C7h lets it.
func TestLenovoNodeManager(t *testing.T) {
	t.Parallel()
	m := start(t, "lenovo-sr650")
	way := []string{"-I", "lanplus", "-U", "USERID", "-P", "PASSW0RD"}
	statistics := []string{"-b", "0", "-t", "0x2c", "raw", "0x2e", "0xc8", "0x57", "0x01", "0x00", "0x01", "0x00", "0x00"}
	m.ipmitool(t, way, statistics...).refused(t)
	m.ipmitool(t, way, "raw", "0x3a", "0xc7", "0x01").ok(t)
	if r := m.ipmitool(t, way, statistics...); r.code != 0 || !strings.HasPrefix(strings.TrimSpace(r.out), "57 01 00") {
		t.Errorf("%s prints %q", r.command, r.out)
	}
	m.ipmitool(t, way, "raw", "0x3a", "0x6b").ok(t, "03 02 01")
}
