//go:build clients

package clients

import "testing"

type object = map[string]any

// TestPyghmiMachine reads and changes the server behind the BMC.
func TestPyghmiMachine(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, swift))
	sensor := func(value any, unit, kind string, states ...any) []any {
		return []any{value, unit, 0.0, kind, append([]any{}, states...)}
	}
	network := func(address, gateway string) object {
		return object{"ipv4_address": address, "ipv4_configuration": "Static", "mac_address": "02:00:00:00:06:23", "ipv4_gateway": gateway,
			"ipv4_backup_gateway": nil, "ipv4_gateway_mac": "02:00:00:00:00:01", "ipv4_backup_gateway_mac": nil}
	}
	m.python(t, "pyghmi_machine.py", "admin", "password").printed(t, object{
		"power":          []any{"on", "off", "on", "off", "on", "on"},
		"sensors":        67.0,
		"Inlet Temp":     sensor(24.0, "°C", "Temperature"),
		"P12V":           sensor(12.09, "V", "Voltage"),
		"Fan 1":          sensor(8400.0, "RPM", "Fan"),
		"Sys Power":      sensor(360.0, "W", "Power Unit"),
		"PSU1 Status":    sensor(nil, "", "Power Supply", "Present"),
		"PSU Redundancy": sensor(nil, "", "Power Supply"),
		"OS Boot":        sensor(nil, "", "OS Boot", "Hard drive boot completed"),
		"one":            sensor(3.045, "V", "Voltage"),
		"descriptions":   []any{object{"name": "Fan 8", "type": "Fan"}},
		"health":         []any{0.0, []any{}},
		"inventory":      []any{"Backplane", "PSU1", "PSU2", "Riser", "System"},
		"fru System": object{"Chassis type": "Rack Mount Chassis", "Chassis part number": "CH-2U-01", "Chassis serial number": "CH000000001",
			"chassis_extra": []any{}, "Board manufacture date": "2024-03-01T08:30", "Board manufacturer": "Example Corp",
			"Board product name": "Mainboard 2S", "Board serial number": "MB000000001", "Board model": "MB-2S-01", "Board FRU Id": "fru-1.0",
			"board_extra": []any{}, "Manufacturer": "Example Corp", "Product name": "Server 2S", "Model": "SRV-2S-01", "Hardware Version": "1.0",
			"Serial Number": "SN000000001", "Asset Number": "fakebmc", "FRU ID": "fru-1.0", "product_extra": []any{}, "firmware_version": "1.00",
			"Device ID": 32.0, "Device Revision": 1.0, "Manufacturer ID": 32473.0, "Product ID": 1571.0, "oem_parser": nil,
			"UUID": "00000001-0200-8000-EE11-0000C0B34EFA"}, // in SMBIOS's order of the bytes
		"fru PSU1": object{"Manufacturer": "Example Corp", "Product name": "PSU 800W", "Model": "PS-800-1", "Hardware Version": "01",
			"Serial Number": "PS0000000001", "Asset Number": nil, "FRU ID": nil, "product_extra": []any{}, "oem_parser": nil},
		"firmware": object{"BMC Version": object{"version": "1.0"}},
		// It leaves out what the host's firmware logged.
		"events": []any{[]any{"Log clear", "SEL", 0.0}, []any{"Online", "ACPI State", 0.0}, []any{"Power input lost", "PSU2 Status", 2.0},
			[]any{"Power input restored", "PSU2 Status", 0.0}, []any{"Upper non-critical", "Inlet Temp", 1.0},
			[]any{"Upper non-critical deasserted", "Inlet Temp", 0.0}},
		"cleared": 0.0,
		"bootdev": []any{object{"bootdev": "default", "persistent": true}, object{"bootdev": "network", "persistent": false, "uefimode": false},
			object{"bootdev": "hd", "persistent": true, "uefimode": true}, object{"bootdev": "setup", "persistent": false, "uefimode": true},
			object{"bootdev": "default", "persistent": true}},
		"net":          network("192.0.2.10/24", "192.0.2.1"),
		"net set":      network("192.0.2.88/22", "192.0.2.254"),
		"destinations": 4.0,
		"destination":  object{"acknowledge_required": false, "retries": 0.0, "address_format": "ipv4", "address": "0.0.0.0"},
		"community":    "secret",
		"mci":          []any{"DCMI020000000623", "a controller"},
		"hostname":     "a controller",
		"asset":        []any{"fakebmc", "tag 9"},
		"identify":     []any{"off", "indefinite", "off", "temporary"},
		"off":          []any{"Inlet Temp"},
	})
}

// TestPythonIPMIMachine does the same with python-ipmi.
func TestPythonIPMIMachine(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, swift))
	const present = 0xc0 // reserved bits, and no threshold passed [IPMI 2.0 §35.14]
	event := func(kind, number, direction float64, data string) []any { return []any{kind, number, direction, data} }
	m.python(t, "pyipmi_machine.py", "admin", "password").printed(t, object{
		"repository": []any{0x51 * 1.0, 88.0},
		"records":    []any{[]any{1.0, 41.0}, []any{2.0, 26.0}, []any{3.0, 5.0}, []any{17.0, 4.0}, []any{18.0, 1.0}, []any{192.0, 1.0}},
		"unknown":    10.0,
		"Inlet Temp": object{"unr": 55.0, "ucr": 47.0, "unc": 42.0, "lcr": -5.0, "value": 24.0, "states": present * 1.0},
		"P12V":       object{"ucr": 13.195, "unc": 12.61, "lnc": 11.375, "lcr": 10.79, "value": 12.09, "states": present * 1.0},
		"Fan 1":      object{"lnc": 1840.0, "lcr": 1200.0, "value": 8400.0, "states": present * 1.0},
		"thresholds": object{"unr": 55.0, "ucr": 47.0, "unc": 60.0, "lcr": 251.0},
		"discrete":   []any{0.0, 0x8001 * 1.0},
		"log": []any{event(16, 112, 0, "02ffff"), event(18, 119, 0, "c500ff"), event(18, 119, 0, "c580ff"), event(34, 113, 0, "00ffff"),
			event(8, 81, 0, "03ffff"), event(8, 81, 1, "03ffff"), event(1, 1, 0, "572b2a"), event(1, 1, 1, "57292a")},
		"entries":      []any{8.0, 0.0},
		"area":         8192.0,
		"chassis info": []any{"CH-2U-01", "CH000000001"},
		"board":        []any{"Example Corp", "Mainboard 2S", "MB000000001"},
		"product":      []any{"Example Corp", "Server 2S", "fakebmc"},
		"written":      "ff55aaff",
		"chassis":      []any{true, 1.0, []any{}},
		"down":         false,
		"unavailable":  []any{nil, present * 1.0},
		"up":           true,
		"watchdog":     []any{4.0, true, true, 2.0, 600.0},
		"address":      []any{192.0, 0.0, 2.0, 10.0},
		"mask":         []any{255.0, 255.0, 0.0, 0.0},
		"dcmi power":   []any{362.0, 362.0, true},
		"dcmi":         "000101",
		"receiver":     []any{16.0, 0.0}, // 20h without its lowest bit, LUN 0
	})
}
