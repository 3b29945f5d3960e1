//go:build clients

package clients

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// lenovoProfile is a machine with Lenovo's commands and what pyghmi's firmware inventory asks for.
const lenovoProfile = `
profile: lenovo
extends: lenovo-sr650
device: {cold_reset: 300ms}
users:
  - {id: 3, name: admin, password: password, privilege: administrator}
  - {id: 4, name: user, password: password, privilege: user}
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
	{"3a 38 05 01", ""},
	{"3a 38 00", ""}, // and no power cycle
	{"3a 55 " + longName + " 00", ""},
	{"3a 55", longName + " 00"},
	{"3a 55 " + longName + " 61 00", "rsp=0xc7"},
	{"3a 55 62 6d 63 31 00", ""},
	{"0a 5a 01", "ff ff ff ff 66 4a 00 00 00 00 02"},
	{"0c 02 01 c0 00 00", "11 01"},
	{"0c 01 01 c0 00", ""},
	{"0c 02 01 c0 00 00", "11 00"},
	{"0c 01 01 c0 02", "rsp=0xcc"},
	{"0c 01 01 c0 01", ""},
	{"0c 02 01 c1 00 00", "rsp=0x80"},
	{"2e cc 5e 2b 00 0a 02 ff 00 00 00", "rsp=0xc1"},
}

// longName is the longest host name, 63 characters.
var longName = strings.TrimSpace(strings.Repeat("61 ", 63))

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
			if got := strings.Join(strings.Fields(r.out), " "); r.code == 0 && got != e.answer {
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

// TestLenovoReset sends Reset XCC to Default over every way: the answer comes first, then the session is gone, and what was
// changed is as before.
func TestLenovoReset(t *testing.T) {
	t.Parallel()
	request := "2e cc 5e 2b 00 0a 01 ff 00 00 00"
	ways := map[string]func(t *testing.T, m *machine, request string) string{
		"lan": func(t *testing.T, m *machine, request string) string {
			return m.ipmitool(t, lan, append([]string{"raw"}, rawWords(request)...)...).out
		},
		"lanplus": func(t *testing.T, m *machine, request string) string {
			return m.ipmitool(t, lanplus, append([]string{"raw"}, rawWords(request)...)...).out
		},
		"ipmi-raw": func(t *testing.T, m *machine, request string) string {
			r := m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "ipmi-raw", append([]string{"0"}, strings.Fields(request)...)...)
			return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(r.out)), "rcvd: cc 00 ")
		},
	}
	for name, send := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, profile(t, lenovoProfile))
			m.ipmitool(t, lanplus, "raw", "0x3a", "0x1e", "0x00", "0x01").ok(t)
			m.ipmitool(t, lanplus, "raw", "0x3a", "0x55", "0x61", "0x00").ok(t)
			m.ipmitool(t, lanplus, "lan", "set", "1", "snmp", "changed").ok(t)
			if got := strings.TrimSpace(send(t, m, request)); got != "5e 2b 00 0a 01 00" {
				t.Errorf("the answer is %q", got)
			}
			var r result
			for range 10 {
				r = run(t, "ipmitool", append([]string{"-H", m.addr, "-N", "1", "-R", "1"}, append(lanplus, "raw", "0x3a", "0x1e", "0x01")...)...)
				if r.code == 0 && strings.TrimSpace(r.out) == "00" {
					break
				}
			}
			r.ok(t, "00")
			r = m.ipmitool(t, lanplus, "raw", "0x3a", "0x55")
			if name, err := hex.DecodeString(strings.Join(strings.Fields(r.out), "")); err != nil || string(name) != "XCC-7CD30A000623\x00" {
				t.Errorf("%s prints %q", r.command, r.out)
			}
			m.ipmitool(t, lanplus, "lan", "print", "1").ok(t, "SNMP Community String : public")
		})
	}
}

// TestLenovoNodeManager reaches the Node Manager of the embedded machine when 3Ah/C7h lets it, as an agent for energy does.
func TestLenovoNodeManager(t *testing.T) {
	t.Parallel()
	m := start(t, "lenovo-sr650")
	way := []string{"-I", "lanplus", "-U", "USERID", "-P", "PASSW0RD"}
	statistics := []string{"-b", "0", "-t", "0x2c", "raw", "0x2e", "0xc8", "0x57", "0x01", "0x00", "0x01", "0x00", "0x00"}
	m.ipmitool(t, way, statistics...).refused(t, "Destination unavailable")
	m.ipmitool(t, way, "raw", "0x3a", "0xc7", "0x01").ok(t)
	r := m.ipmitool(t, way, statistics...)
	r.ok(t)
	b, err := hex.DecodeString(strings.Join(strings.Fields(r.out), ""))
	if err != nil || len(b) != 20 || string(b[:3]) != "\x57\x01\x00" || b[19] != 0x50 {
		t.Fatalf("%s prints %q: %v", r.command, r.out, err)
	}
	now, least, most, mean := binary.LittleEndian.Uint16(b[3:]), binary.LittleEndian.Uint16(b[5:]), binary.LittleEndian.Uint16(b[7:]), binary.LittleEndian.Uint16(b[9:])
	if least > mean || mean > most || least > now || now > most || now < 150 || now > 300 {
		t.Errorf("now %d W, %d to %d W, mean %d W", now, least, most, mean)
	}
	m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "USERID", "-p", "PASSW0RD", "--target-channel-number=0", "--target-slave-address=0x2c"},
		"ipmi-raw", "0", "2e", "c8", "57", "01", "00", "01", "00", "00").ok(t, "rcvd: C8 00 57 01 00")
	m.ipmitool(t, way, "raw", "0x3a", "0xc7", "0x00").ok(t)
	m.ipmitool(t, way, statistics...).refused(t, "Destination unavailable")
	m.ipmitool(t, way, "raw", "0x3a", "0x6b").ok(t, "03 02 01")
}

// TestLenovoSD530 is a node of an enclosure: its front USB port is the controller's, and it tells of the enclosure.
func TestLenovoSD530(t *testing.T) {
	t.Parallel()
	m := start(t, "lenovo-sd530")
	for _, e := range []struct{ request, answer string }{
		{"3a 98 01", "01"},
		{"3a 98 02", "01 00 05 01 0a"},
		{"3a 98 03 02 00 1e 00 05", "rsp=0xd6"},
		{"3a 98 04 00", "rsp=0xd6"},
		{"3a 98 06", "01"},
		{"3a 98 05 00", ""},
		{"3a 98 06", "00"},
		{"3a 1e 01", "rsp=0xc1"},
		{"3a f1 00", "01"},
		{"3a f1 04", ""},
		{"3a f1 00", "04"},
	} {
		for _, kind := range []string{"lanplus", "lan"} {
			r := m.ipmitool(t, []string{"-I", kind, "-U", "USERID", "-P", "PASSW0RD"}, append([]string{"raw"}, rawWords(e.request)...)...)
			if strings.HasPrefix(e.answer, "rsp=") {
				r.refused(t, e.answer)
			} else if got := strings.TrimSpace(r.out); r.code != 0 || got != e.answer {
				t.Errorf("%s prints %q, want %q", r.command, got, e.answer)
			}
		}
	}
	m.ipmitool(t, immLogin, "chassis", "identify", "force").ok(t)
	m.python(t, "pyghmi_imm.py", "USERID", "PASSW0RD").printed(t, map[string]any{
		"handler": "pyghmi.ipmi.oem.lenovo.handler",
		"xcc":     true,
		"imm":     true,
		"files":   193.0,
		"iana":    "66 4a 00",
		"meters":  []any{"DC Energy"}, "energy": []any{true, false},
		"leds": map[string]any{
			"BMC_UID": "On", "BMC_HEARTBEAT": "Blink", "SYSTEM_FAULT": "Off", "LED_FAN_FAULT_1": "Off", "LED_FAN_FAULT_2": "Off",
			"LED_FAN_FAULT_3": "Off", "LED_FAN_FAULT_4": "Off", "LED_FAN_FAULT_5": "Off", "LED_FAN_FAULT_6": "Off",
		},
		"smm":    []any{"2306006B93D3E71180110000C0B34EFA", "J30000D2", "7X20CTO1WW"},
		"smm_ip": "192.0.2.112", "smm_network": []any{4.0},
	})
}

// TestLenovoEnclosure lets pyghmi's handler for enclosures read and set what the manager of a D2 has.
func TestLenovoEnclosure(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: enclosure\nextends: lenovo-smm-d2\nstill: true\ndevice: {cold_reset: 300ms}\noem: {lenovo_smm: {reset_delay: 100ms, reseat: 1h}}\n"))
	settings := map[string]any{
		"fanspeed": "Normal", "power_redundancy": "N+1", "power_oversubscription": "Enable",
		"dhcp_sends_hostname": "Enable", "dhcp_sends_vendor_class_identifier": "Enable",
	}
	changed := map[string]any{
		"fanspeed": "Boosted", "power_redundancy": "N+N", "power_oversubscription": "Disable",
		"dhcp_sends_hostname": "Disable", "dhcp_sends_vendor_class_identifier": "Enable",
	}
	m.python(t, "pyghmi_smm.py", "USERID", "PASSW0RD").printed(t, map[string]any{
		"variant":  2.0,
		"firmware": map[string]any{"SMM": map[string]any{"version": "1.13", "build": "TESM15A"}, "PSOC": map[string]any{"version": "1.5"}},
		"sensors": []any{
			"AC Power", "Node Power Permission 1", "Node Power Permission 2", "Node Power Permission 3", "Node Power Permission 4",
			"PSU Fan Speed 1", "PSU Fan Speed 2", "PSU Power Loss", "Power Supply 1", "Power Supply 2",
		},
		"power":    []any{true, true},
		"fans":     []any{8608.0, 8704.0},
		"supply":   []any{0.0, []any{"Present"}},
		"nodes":    []any{[]any{0.0, []any{}}, []any{4.0, []any{"No Power Permission"}}, []any{0.0, []any{"Absent"}}},
		"psu":      []any{"CFF v3 2000W PT", "PSU 2000W", "D1DG8100001", "DELT", "2018-W12", "1.0"},
		"fru":      []any{"J30000D2", "7X20CTO1WW"},
		"settings": settings,
		"changed":  changed,
		"reseated": []any{0.0, []any{"Absent"}},
	})
	var r result
	for range 10 { // the restart costs a session
		r = run(t, "ipmitool", append([]string{"-H", m.addr, "-N", "1", "-R", "1"}, append(immLogin, "raw", "0x34", "0x03")...)...)
		if r.code == 0 && strings.TrimSpace(r.out) == "00" {
			break
		}
	}
	r.ok(t, "00")
	m.ipmitool(t, immLogin, "raw", "0x32", "0xa2").ok(t, "01 01 d0 07")
	m.ipmitool(t, immLogin, "raw", "0x0c", "0x02", "0x01", "0xc5", "0x00", "0x00").ok(t, "11 01")
	m.ipmitool(t, immLogin, "raw", "0x3a", "0x0f").refused(t, "rsp=0xc1")
}
