//go:build clients

package clients

import (
	"encoding/hex"
	"strings"
	"testing"
)

// immLogin is the factory's user, for ipmitool and FreeIPMI.
var (
	immLogin = []string{"-I", "lanplus", "-U", "USERID", "-P", "PASSW0RD"}
	immFree  = []string{"-D", "LAN_2_0", "-u", "USERID", "-p", "PASSW0RD"}
)

// ledTable are the rows that ipmi-oem prints of an IMM's indicators: what each shows by its name or number.
func (m *machine) ledTable(t *testing.T) map[string]string {
	t.Helper()
	r := m.freeipmi(t, append([]string{"--quiet-cache", "--sdr-cache-recreate"}, immFree...), "ipmi-oem", "IBM", "get-led")
	r.ok(t, "LED | State | LED Information")
	table := make(map[string]string)
	for _, line := range strings.Split(squeeze(r.out), "\n") {
		if row := strings.SplitN(line, " | ", 3); len(row) > 1 && row[0] != "ID" {
			table[row[1]] = strings.TrimSpace(strings.Join(row[2:], " "))
		}
	}
	return table
}

// TestIBMLightPath lets ipmi-oem print the indicators of an IMM, as they are at the start, and when something is wrong.
func TestIBMLightPath(t *testing.T) {
	t.Parallel()
	well := start(t, "ibm-x3650m3").ledTable(t)
	if len(well) != 17 {
		t.Errorf("%d indicators: %v", len(well), well)
	}
	for led, shows := range well {
		if shows != "Inactive |" {
			t.Errorf("%s: %s", led, shows)
		}
	}
	m := start(t, profile(t, `
profile: ill
extends: ibm-x3650m3
device: {product: 14} # an x3755, whose indicators FreeIPMI knows by name
sensors: [{number: 0x41, value: 200, move: {walk: {step: 1, every: 10s, within: 1}}}, {number: 0xd2, asserted: [1, 6]}]
oem: {lenovo: {light_path: [{id: 0x000e, state: 0xff, reason: 4}]}}
`))
	m.ipmitool(t, immLogin, "chassis", "identify", "force").ok(t)
	got := m.ledTable(t)
	for led, shows := range map[string]string{
		"FAULT": "Active | System Error Condition", "Location": "Active | LED Activated by User",
		"FAN": "Active | 'Fan 1' Active", "Fan 1": "Active | Sensor 'Fan 1B Tach' error", "Fan 2": "Inactive |",
		"MEM": "Active | 'DIMM 3' Active", "DIMM 3": "Active | Sensor 'DIMM 3' error", "DIMM 1": "Inactive |",
		"BOARD": "Active | LED Activated by BIOS or Administrator", "TEMP": "Inactive |",
	} {
		if got[led] != shows {
			t.Errorf("%s: %q, want %q", led, got[led], shows)
		}
	}
	m.ipmitool(t, immLogin, "raw", "0x3a", "0xc0", "0x00", "0x50").ok(t, "00 ff 00 00 41 02")
	m.ipmitool(t, immLogin, "raw", "0x3a", "0xc0", "0x00", "0x02").refused(t, "rsp=0xc9")
	m.ipmitool(t, immLogin, "raw", "0x3a", "0x98", "0x01").refused(t, "rsp=0xc1")
}

// TestIBMPyghmi lets pyghmi read the firmware's settings from a file that is busy at first, change one, and read the energy
// meters.
func TestIBMPyghmi(t *testing.T) {
	t.Parallel()
	const settings = `<configurations><config ID="Processors"><mriName>Processors</mriName><group ID="g"><setting ID="HT">` +
		`<mriName>Hyper-Threading</mriName><desc>Two threads for each core.</desc><enumerate_data>` +
		`<choice default="true"><label>Enable</label><value>1</value><instance/></choice>` +
		`<choice><label>Disable</label><value>0</value></choice></enumerate_data></setting></group></config></configurations>`
	m := start(t, profile(t, `
profile: imm
extends: ibm-x3650m3
device: {manufacturer: 20301} # pyghmi has no handler for 2
oem:
  lenovo:
    files: {config.efi: '`+settings+`'}
    leds: [{number: 0x00, state: 0xff}, {number: 0x01, state: 0x55}, {number: 0x10, state: 0}]
faults:
  rules: [{name: busy, at: request, when: {command: ibm-settings-file}, hits: {first: 1}, do: {completion_code: 0x0a}}]
`))
	m.python(t, "pyghmi_imm.py", "USERID", "PASSW0RD").printed(t, map[string]any{
		"handler": "pyghmi.ipmi.oem.lenovo.handler",
		"xcc":     false,
		"imm":     true,
		"options": map[string]any{"Processors.Hyper-Threading": []any{"Enable", "Enable", []any{"Enable", "Disable"}}},
		"changed": true,
		"update":  []any{true, "HT", "Disable"},
		"iana":    "4d 4f 00", // behind C1h for 66 4a 00
		"meters":  []any{"AC Energy", "DC Energy"}, "energy": []any{true, true},
		"leds": map[string]any{"BMC_UID": "On", "BMC_HEARTBEAT": "Blink", "LED_FAN_FAULT_1": "Off"},
		"smm":  []any{nil, nil, nil}, "smm_ip": nil, "smm_network": 193.0,
	})
}

// bladeVPD is the vital product data of a blade as xCAT walks through it: version, where block 1 is, what its ports have,
// and their addresses.
func bladeVPD() string {
	image := make([]byte, 0x700)
	image[2] = 0x02
	copy(image[0xc8:], []byte{0x04, 0x00})
	image[0x400+0x1d0] = 0x01
	copy(image[0x400+0x240:], []byte{0xe4, 0x1f, 0x13, 0x00, 0x06, 0x23})
	return hex.EncodeToString(image)
}

// immExamples are what xCAT sends to an IMM, in the order in which it does: request, and data of the answer.
var immExamples = []struct{ request, answer string }{
	{"3a c1", "00 01 00"},
	{"3a 50", "59 55 4f 4f 37 33 50 00 00 32 30 31 30 2d 30 38 2d 30 35 00 00 00 31 32 3a 30 30 3a 30 30"},
	{"3a 0b 02 00 10 01", "02"},
	{"2e 51 d0 51 00 02 00 01 03 01 01 00", "d0 51 00 01 00 02"},
	{"2e 51 d0 51 00 c8 00 01 03 01 02 00", "d0 51 00 02 00 04 00"},
	{"2e 51 d0 51 00 d0 05 01 03 01 01 00", "d0 51 00 01 00 01"},
	{"2e 51 d0 51 00 40 06 01 03 01 08 00", "d0 51 00 08 00 e4 1f 13 00 06 23 00 00"},
	{"2e 51 d0 51 00 02 00 01 04 01 01 00", "rsp=0xcb d0 51 00"},
	{"0a 5a 01", "00 e1 0b 5e 4d 4f 00 01 00 ff 01"},
	{"2e 93 4d 4f 00 01 00 00 00 ff 05", "4d 4f 00 03 00 07 00 00 00 00 01 02 03"},
	{"2e 93 4d 4f 00 02 00 00 00 ff 05", "rsp=0xcb 4d 4f 00"},
	{"2e 41 4d 4f 00 6f ff 61 00", "4d 4f 00 00 00 00 00 00 00 00 00 00 00 00 00 37 41 00 00 00 00 05 0a 3c 0a 0a 1e"},
	{"2e 41 4d 4f 00 6f fe 60 00 00 00 00 00 00 00 ff 35 44 00 00 00 00 05 0a 3c 0a 0a 1e", "4d 4f 00"},
	{"2e 41 4d 4f 00 6f ff 61 00", "4d 4f 00 00 00 00 00 00 00 00 00 00 00 00 00 35 44 00 00 00 00 05 0a 3c 0a 0a 1e"},
	{"2e 41 4d 4f 00 6f fe 60 00 00 00 00 00 00 00 ff 37 41 00 00 00 00 05 0a 3c 0a 0a 1e", "4d 4f 00"},
	{"3a 1d 01", "00"},
	{"3a 1d 00 03", ""},
	{"3a 1d 01", "03"},
	{"3a 1d 00 00", ""},
	{"3a c4 02 00 09 00 88 2f 76 32 2f 63 6d 6d 2f", "02"}, // no /v2/cmm/
	{"3a c4 02 00 0a 00 89 2f 76 32 2f 62 69 6f 73 2f", "09"},
	{"3a c4 00 00 12 91 2f 76 32 2f 62 69 6f 73 2f 62 75 69 6c 64 5f 69 64", "00 00 08 87 44 36 45 31 34 39 41"},
	{"3a c4 00 00 13 92 2f 76 32 2f 62 69 6f 73 2f 62 75 69 6c 64 5f 69 64", "rsp=0xcc"}, // the name is cut
	{"3a c4 00 00 12 91 2f 76 32 2f 62 69 6f 73 2f 62 75 69 6c 64 5f 69 65", "02 00 00"},
	{"0c 02 01 c0 00 00", "11 01"},
	{"3a 55", "rsp=0xc1"},
}

// TestIBMExamples sends what xCAT sends with ipmitool over both generations of sessions, and with ipmi-raw.
func TestIBMExamples(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, `
profile: blade
extends: ibm-x3650m3
i2c: [{bus: 5, devices: [{at: 0x52, model: 24c32, name: vpd, image: "`+bladeVPD()+`"}]}]
oem:
  lenovo:
    vpd_version: 2
    vpd: [{fru: 3, from: vpd}]
    auxiliary_log: {entries: [{time: 0x5e0be100, record: 7, data: 01 02 03}]}
    thermal_profile: 37 41 00 00 00 00 05 0a 3c 0a 0a 1e
`))
	for _, kind := range []string{"lan", "lanplus"} {
		for _, e := range immExamples {
			r := m.ipmitool(t, []string{"-I", kind, "-U", "USERID", "-P", "PASSW0RD"}, append([]string{"raw"}, rawWords(e.request)...)...)
			if strings.HasPrefix(e.answer, "rsp=") {
				r.refused(t, e.answer[:len("rsp=0xcb")])
				continue
			}
			r.ok(t)
			if got := strings.Join(strings.Fields(r.out), " "); r.code == 0 && got != e.answer {
				t.Errorf("%s prints %q, want %q", r.command, got, e.answer)
			}
		}
	}
	for _, e := range immExamples {
		b := strings.Fields(e.request)
		r := m.freeipmi(t, immFree, "ipmi-raw", append([]string{"0"}, b...)...)
		want, code := e.answer, "00"
		if after, failed := strings.CutPrefix(e.answer, "rsp=0x"); failed {
			code, want, _ = strings.Cut(after, " ")
		}
		want = strings.ToUpper(strings.TrimSpace(b[1] + " " + code + " " + want))
		if got := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(r.out), "rcvd:")); got != want {
			t.Errorf("%s prints %q, want %q", r.command, got, want)
		}
	}
}
