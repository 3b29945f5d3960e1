//go:build clients

package clients

import (
	"strings"
	"testing"
)

// openipmish makes objects of all that a machine has: controllers, entities and what is in them, sensors, inventories,
// the log. It sets the event receiver, which lets all sensors tell their states again. [IPMI 2.0 §29.1]
func TestOpenIPMIDomain(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]string{"v1.5": "md5", "v2.0": "rmcp+"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, profile(t, quick))
			heard := talk(t, domainTalk("domain open bmc -all lan -U admin -P password -A "+auth+" "+m.addr))
			for begin, want := range map[string]int{
				"Object Type: Sensor\n":     67 + 5, // those that only have events, too, whose names OpenIPMI does not read
				"Object Type: MC\n":         1,
				"Object Type: Entity FRU\n": 5,
			} {
				if got := countAdded(heard, begin); got != want {
					t.Errorf("openipmish adds %d of %q, want %d:\n%s", got, begin, want, heard)
				}
			}
			contains(t, heard, domainTexts...)
		})
	}
}

// countAdded counts the objects that openipmish says it has added, by what their notice begins with.
func countAdded(heard, begin string) int {
	n := 0
	for _, notice := range strings.Split(heard, begin)[1:] {
		lines := strings.SplitN(notice, "\n", 3)
		if len(lines) > 1 && lines[1] == "Operation: Add" {
			n++
		}
	}
	return n
}

// domainTalk opens a domain and looks at and changes all kinds of objects in it.
func domainTalk(open string) []step {
	const inlet = `"bmc(55.1).Inlet Temp"`
	return []step{
		{open, "Operation: Domain fully up"},
		{"domain info bmc", "0xee 0x11 0x00 0x00 0xc0 0xb3 0x4e 0xfa"},
		{"entity tree bmc", "Name: bmc(34.1)"},
		{"entity info bmc(10.1)", "fru_device_id: 0x1"},
		{"entity fru bmc(10.1)", "Name: combined wattage voltage 1"},
		{"sensor list bmc(10.1)", "Name: bmc(10.1).PSU1 Temp"},
		{"sensor info " + inlet, "Base Unit Name: C"},
		{"sensor get " + inlet, "Raw Value: 0x18"},
		{`sensor get "bmc(10.1).PSU1 Status"`, "Name: power supply AC lost"},
		{"sensor set_thresholds " + inlet + " uc 45.0", "Thresholds set: bmc(55.1).Inlet Temp"},
		{"sensor get_thresholds " + inlet, "Value: 5.500000e+01"},
		{"sensor set_hysteresis " + inlet + " 3 4", "Hysteresis set: bmc(55.1).Inlet Temp"},
		{"sensor get_hysteresis " + inlet, "Negative Hysteresis: 4"},
		{"sensor disable_events " + inlet + " msg scan uchd", "Event enables set: bmc(55.1).Inlet Temp"},
		{"sensor get_event_enables " + inlet, "Name: upper non-recoverable going-high deassertion"},
		{"sensor rearm " + inlet + " global", "Rearm done: bmc(55.1).Inlet Temp"},
		{"control list bmc(23.1)", "Name: bmc(23.1).reset"},
		{"control get bmc(23.1).power", "Value: 1"},
		{"control set bmc(23.1).power 0", "Set done: bmc(23.1).power"},
		{"control get bmc(23.1).power", "Value: 0"},
		{`sensor get "bmc(7.1).P12V"`, "Initial Update In Progress: true"}, // as OpenIPMI calls a reading that there is not
		{"control set bmc(23.1).power 1", "Set done: bmc(23.1).power"},
		{"control set bmc(23.1).reset 1", "Set done: bmc(23.1).reset"},
		{"mc info bmc(0.20)", "aux_fw_revision: 0x00 0x00 0x00 0x00"},
		{"mc sel_info bmc(0.20)", "SEL Supports Get SEL Allocation: true"},
		{"mc get_event_log_enable bmc(0.20)", "Event Log Enabled: true"},
		{"mc msg bmc(0.20) 0 6 1", "0x7e 0x00 0x23 0x06 0x00 0x00 0x00 0x00"},
		{"mc chan info bmc(0.20) 1", "Vendor ID: 0xf2 0x1b 0x00"},
		{"mc chan get_access bmc(0.20) 1 non-volatile", "Privilege Limit: admin"},
		{"mc chan user list bmc(0.20) 1", "Number: 10"},
		{"mc sdrs bmc(0.20) main", "Record ID: 88"},
		{"sel add bmc(0.20) 0xc0 0 0 0 0 0xd9 0x7e 0x00 1 2 3 4 5 6", "Record ID:"},
		{"sel clear bmc", "SEL Clear done: bmc"},
		{"sel list bmc", "Slots in use:"}, // how many depends on what the reset still logs
		{"exit", "Exiting ipmish"},
	}
}

// domainTexts is what openipmish says on the way.
var domainTexts = []string{
	"Name: bmc(3.1)\nName: bmc(32.1)\nName: bmc(32.2)\nName: bmc(32.3)\nName: bmc(32.4)\nName: bmc(3.2)\n",                                 // the tree: DIMMs in processors,
	"Name: bmc(15.1)\nName: bmc(4.1)\nName: bmc(4.2)\nName: bmc(4.3)\nName: bmc(4.4)\nName: bmc(19.1)\nName: bmc(10.1)\nName: bmc(10.2)\n", // drives, supplies
	"Type: fru\nPresent: true\n", "Parents\nName: bmc(19.1)\nId: PSU1\nEntity ID String: power_supply\n", "is_logical_fru: true\nfru_device_id: 0x1",
	"Name: product_info_product_serial_number\nType: ascii\nData: PS0000000001\n", "Name: overall capacity\nType: integer\nData: 800\n",
	"Name: high input voltage 1\nType: float\nData: 2.640000e+02\n",
	"Name: bmc(10.1).PSU1 Status\nName: bmc(10.1).PSU1 Current\nName: bmc(10.1).PSU1 Power In\nName: bmc(10.1).PSU1 Vin\nName: bmc(10.1).PSU1 Temp\n",
	"Event Reading Type Name: threshold\nType: 1\nType Name: temperature\nEvent Support: per state\nInit Scanning: true\nInit Events: true\nInit Thresholds: true\n",
	"Nominal Reading: 2.400000e+01\nSensor Max: 1.270000e+02\nSensor Min: -1.280000e+02\n", "Value: 2.400000e+01\nRaw Value: 0x18\n",
	"Offset: 0\nName: presence detected\nSet: true\n", "Offset: 3\nName: power supply AC lost\nSet: false\n",
	"Name: upper non-critical\nValue: 4.200000e+01\nThreshold\nName: upper critical\nValue: 4.500000e+01\n",
	"Positive Hysteresis: 3\nNegative Hysteresis: 4\n",
	"Name: upper critical going-high assertion\nEnabled: true\nThreshold\nName: upper critical going-high deassertion\nEnabled: false\n",
	"Name: bmc(23.1).power\nName: bmc(23.1).reset\n",
	"manufacturer_id: 0x7ed9\nproduct_id: 0x623\n", "SEL Supports Delete: true\n",
	"Medium String: 8023_LAN\n", "Session Support: multi-session\n", "Per-Message Auth: true\nUser Auth: true\nAccess Mode: always\n",
	"Max User: 10\nEnabled Users: 3\nFixed Users: 1\n", "String Name: operator\nLink Auth Enabled: true\nMsg Auth Enabled: true\nAccess CB Only: false\nPrivilege Limit: operator\n",
	"Record ID: 88\nType: 192\nVersion: 1.5\nData: 0xd9 0x7e 0x00 0x01 0x66 0x61 0x6b 0x65\n",
}

// openipmish reads all parameters of the network, of event filtering and of Serial over LAN, and changes one. It reads
// the ports of RMCP and SOL wrongly, whose bytes are in the order of everything else.
func TestOpenIPMIParameters(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	heard := talk(t, []step{
		{"domain open bmc -noall lan -U admin -P password -A rmcp+ " + m.addr, "Domain fully up"},
		{"lanparm new bmc(0.20) 1", "LANPARM: bmc.0"},
		{"lanparm config get bmc.0", "cipher_suite_entry: 17"},
		{"lanparm config update bmc.0.0 ip_addr 10.9.8.7", "LANPARM config updated: bmc.0.0"},
		{"lanparm config set bmc.0 bmc.0.0", "LANPARM config set: bmc.0.0"},
		{"lanparm config get bmc.0", "ip_addr: 10.9.8.7"},
		{"pef new bmc(0.20)", "PEF: bmc.1"},
		{"pef config get bmc.1", "Number: 8"},
		{"solparm new bmc(0.20) 1", "SOLPARM: bmc.2"},
		{"solparm config get bmc.2", "payload_channel: 1"},
		{"exit", "Exiting ipmish"},
	})
	contains(t, heard, "support_auth_oem: false\nsupport_auth_straight: true\nsupport_auth_md5: true\nsupport_auth_md2: true\nsupport_auth_none: false\n"+
		"ip_addr_source: 1\nnum_alert_destinations: 5\nipv4_ttl: 64\nipv4_flags: 2\n",
		"ip_addr: 192.0.2.10\nmac_addr: 02:00:00:00:06:23\nsubnet_mask: 255.255.255.0\n", "default_gateway_ip_addr: 192.0.2.1\n", "community_string: public\n",
		"cipher_suite_entry: 17\nmax_priv_for_cipher_suite: 4\n",
		"pef_enabled: true\ndiagnostic_interrupt_enabled: true\noem_action_enabled: false\npower_cycle_enabled: true\n",
		"num_event_filters: 32\nnum_alert_policies: 16\nnum_alert_strings: 9\nEvent Filter\nNumber: 0\nenable_filter: true\nfilter_type: 2\n",
		"enable: true\nforce_payload_encryption: false\nforce_payload_authentication: false\nprivilege_level: 2\nchar_accumulation_interval: 4\n"+
			"char_send_threshold: 96\nretry_count: 7\nretry_interval: 48\n")
}

// contains fails the test unless all texts are in what a client has said.
func contains(t *testing.T, heard string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(heard, text) {
			t.Errorf("openipmish does not print %q:\n%s", text, heard)
			return
		}
	}
}
