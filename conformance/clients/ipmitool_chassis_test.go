//go:build clients

package clients

import "testing"

// swift is the generic machine whose host comes and goes at once.
const swift = `profile: swift
extends: generic
power: {power_up: 0s, power_down: 0s, shutdown: 0s, cycle_interval: 0s}
`

// TestIpmitoolChassis reads and writes all of the chassis but its power. [IPMI 2.0 §28]
func TestIpmitoolChassis(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"chassis status", "System Power : on\nPower Overload : false\nPower Interlock : inactive\nMain Power Fault : false\n" +
			"Power Control Fault : false\nPower Restore Policy : previous\nLast Power Event :\nChassis Intrusion : inactive\n" +
			"Front-Panel Lockout : inactive\nDrive Fault : false\nCooling/Fan Fault : false\nSleep Button Disable : allowed\n" +
			"Diag Button Disable : allowed\nReset Button Disable : allowed\nPower Button Disable : allowed\nSleep Button Disabled: false\n" +
			"Diag Button Disabled : false\nReset Button Disabled: false\nPower Button Disabled: false\n"},
		{"raw 0x00 0x0a 0x0f"}, // Set Front Panel Enables, for which ipmitool has no word
		{"chassis status", "Front-Panel Lockout : active", "Power Button Disabled: true"},
		{"chassis poh", "POH Counter : 196 days, 7 hours\n"},
		{"chassis selftest", "Self Test Results : passed\n"},
		{"chassis policy list", "Supported chassis power policy: always-off always-on previous\n"},
		{"chassis policy always-on", "Set chassis power restore policy to always-on"},
		{"chassis status", "Power Restore Policy : always-on"},
		{"chassis policy always-off", "Set chassis power restore policy to always-off"},
		{"chassis status", "Power Restore Policy : always-off"},
		{"chassis policy previous", "Set chassis power restore policy to previous"},
		{"chassis status", "Power Restore Policy : previous"},
		// ipmitool prints no identify state; it is in bits 5:4 of the third byte. [IPMI 2.0 §28.2]
		{"chassis identify", "Chassis identify interval: default (15 seconds)"},
		{"raw 0x00 0x01", "21 00 52 ff"},
		{"chassis identify 0", "Chassis identify interval: off"},
		{"raw 0x00 0x01", "21 00 42 ff"},
		{"chassis identify force", "Chassis identify interval: indefinite"},
		{"raw 0x00 0x01", "21 00 62 ff"},
		{"chassis identify 200", "Chassis identify interval: 200 seconds"},
		{"raw 0x00 0x01", "21 00 52 ff"},
	})
}

// TestIpmitoolPower makes the host do all that it can. [IPMI 2.0 §28.3, §28.11]
func TestIpmitoolPower(t *testing.T) {
	t.Parallel()
	onEachWay(t, profile(t, swift), func(t *testing.T, m *machine, way []string) {
		m.interview(t, way, interview{
			{"chassis power status", "Chassis Power is on\n"},
			{"chassis restart_cause", "System restart cause: unknown\n"},
			{"chassis power soft", "Chassis Power Control: Soft"},
			{"power status", "Chassis Power is off\n"},
			{"chassis status", "System Power : off", "Last Power Event :\n"}, // a shutdown is the operating system's doing
			{"chassis power cycle", "Set Chassis Power Control to Cycle failed: Command not supported in present state"},
			{"chassis power reset", "Set Chassis Power Control to Reset failed: Command not supported in present state"},
			{"chassis power diag", "Set Chassis Power Control to Diag failed: Command not supported in present state"},
			{"power on", "Chassis Power Control: Up/On"},
			{"chassis power status", "Chassis Power is on\n"},
			{"chassis status", "Last Power Event : command\n"},
			{"chassis restart_cause", "System restart cause: chassis power control command"},
			{"chassis power off", "Chassis Power Control: Down/Off"},
			{"chassis power status", "Chassis Power is off\n"},
			{"chassis power on", "Chassis Power Control: Up/On"},
			{"chassis power reset", "Chassis Power Control: Reset"},
			{"chassis power diag", "Chassis Power Control: Diag"},
			{"chassis power status", "Chassis Power is on\n"},
			{"chassis power cycle", "Chassis Power Control: Cycle"},
			{"chassis power status", "Chassis Power is off\n"},
		})
		m.until(t, way, "Chassis Power is on\n", "chassis", "power", "status")
		m.ipmitool(t, way, "sel", "elist", "last", "6").ok(t, "S5/G2: soft-off | Asserted\n", "Legacy ON state | Asserted\n")
	})
}

// TestIpmitoolBootOptions writes and reads every boot option that ipmitool has a word for. [IPMI 2.0 §28.12, §28.13]
func TestIpmitoolBootOptions(t *testing.T) {
	t.Parallel()
	const legacy, efi, once, always = "BIOS PC Compatible (legacy) boot", "BIOS EFI boot", "only next boot", "all future boots"
	rows := interview{
		{"chassis bootparam get 0", "Boot parameter data: 00\n", "Set In Progress : set complete"},
		{"chassis bootparam get 1", "Service Partition Selector : unspecified"},
		{"chassis bootparam get 2", "Service Partition Scan :\nNo flag set"},
		// The options of bootparam set are lost in ipmitool: it writes 03 00 whatever they say, and refuses "no-".
		{"chassis bootparam set bootflag force_pxe options=watchdog", "Set Boot Device to force_pxe"},
		{"chassis bootparam get 3", "Boot parameter data: 00\n", "BMC boot flag valid bit clearing :\nNo flag set"},
		{"raw 0x00 0x08 0x03 0x04"},
		{"chassis bootparam get 3", "Don't clear valid bit on reset/power cycle cause by watchdog"},
		{"chassis bootparam get 4", "Boot Info Acknowledge :", "BIOS/POST has handled boot info"},
		{"chassis bootparam get 6", "Channel Number : 0", "Session Id : 00000000h", "Timestamp : S+ 00:00:00"},
		{"chassis bootparam get 9", "failed: Unsupported parameter"},
	}
	for _, c := range []struct{ name, flags, device string }{
		{"pxe", "8004000000", "Force PXE"},
		{"disk", "8008000000", "Force Boot from default Hard-Drive"},
		{"safe", "800c000000", "Force Boot from default Hard-Drive, request Safe-Mode"},
		{"diag", "8010000000", "Force Boot from Diagnostic Partition"},
		{"cdrom", "8014000000", "Force Boot from CD/DVD"},
		{"bios", "8018000000", "Force Boot into BIOS Setup"},
		{"floppy", "803c000000", "Force Boot from Floppy/primary removable media"},
		{"none", "8000000000", "No override"},
	} {
		rows = append(rows,
			[]string{"chassis bootdev " + c.name, "Set Boot Device to " + c.name},
			[]string{"chassis bootparam get 5", "Boot parameter 5 is valid/unlocked", "Boot parameter data: " + c.flags, "Boot Flag Valid",
				"Options apply to " + once, legacy, "Boot Device Selector : " + c.device + "\n", "BIOS verbosity : System Default"})
	}
	rows = append(rows, interview{
		{"chassis bootdev bios clear-cmos=yes", "Set Boot Device to bios"},
		{"chassis bootparam get 5", "Boot parameter data: 8098000000", "CMOS Clear"},
		{"chassis bootdev disk options=efiboot,persistent", "Set Boot Device to disk"},
		{"chassis bootparam get 5", "Boot parameter data: e008000000", always, efi},
		{"chassis bootdev pxe options=persistent,efiboot,clear-cmos,lockkbd,screenblank,lockoutreset,lockout_power," +
			"verbose=yes,force_pet,upw_bypass,lockout_sleep,cons_redirect=enable", "Set Boot Device to pxe"},
		{"chassis bootparam get 5", "Boot parameter data: e0c7de0000", always, efi, "CMOS Clear", "Lock Keyboard", "Force PXE",
			"Screen blank", "Lock out Reset buttons", "Lock out (power off/sleep request) via Power Button",
			"BIOS verbosity : Request Verbose Display", "Force progress event traps", "User password bypass", "Lock Out Sleep Button",
			"Request console redirection be enabled"},
		{"chassis bootmbox get", "IANA PEN : 0 [Unknown]", "Block 0 Data : 00000000000000000000000000\n", "Block 4 Data : 0000"},
		{`chassis bootmbox set text 32473 "hello world, this is a mailbox text"`},
		{"chassis bootmbox get", "IANA PEN : 32473 [Example Enterprise Number for Documentation Use]\n" +
			"Block 0 Data : 68656c6c6f20776f726c642c20\nBlock 1 Data : 746869732069732061206d61696c626f\n" +
			"Block 2 Data : 78207465787400000000000000000000\nBlock 3 Data : 00"},
		{"chassis bootmbox get text", "Block 0 Data : 'hello world, '\nBlock 1 Data : 'this is a mailbo'\nBlock 2 Data : 'x text'\n"},
		{"chassis bootmbox set block 1 32473 0x54 0x48 0x49"},
		{"chassis bootmbox get text block 1", "Selector : 1\nBlock Data : 'THIs is a mailbo'"},
		{"chassis bootmbox get block 5", "failed: Parameter out of range"},
	}...)
	interviewOnEachWay(t, "generic", rows)
}
