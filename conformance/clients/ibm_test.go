//go:build clients

package clients

import (
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
