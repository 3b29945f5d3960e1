//go:build clients

package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nonsense is what FreeIPMI prints when it does not understand what it reads.
var nonsense = []string{"Unrecognized", "unrecognized", "Unknown Event", "[Error", "invalid", "ipmi_cmd"}

// ipmi-sensors shows the generic machine's 67 sensors with readings, in all its forms. [IPMI 2.0 §35.14, §43]
func TestFreeIPMISensors(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		all := f.run(t, "ipmi-sensors")
		all.ok(t,
			"ID | Name | Type | Reading | Units | Event\n1 | Inlet Temp | Temperature | 24.00 | C | 'OK'\n",
			"14 | P12V | Voltage | 12.09 | V | 'OK'", "25 | PSU1 Vin | Voltage | 230.40 | V | 'OK'",
			"27 | Fan 1 | Fan | 8400.00 | RPM | 'OK'", "35 | PSU1 Power In | Power Supply | 184.00 | W | 'OK'",
			"37 | PSU1 Current | Current | 14.40 | A | 'OK'", "39 | Sys Power | Power Unit | 360.00 | W | 'OK'",
			"44 | PSU Redundancy | Power Supply | N/A | N/A | 'Fully Redundant'",
			"45 | Intrusion | Physical Security | N/A | N/A | 'OK'",
			"46 | CPU1 Status | Processor | N/A | N/A | 'Processor Presence detected'",
			"48 | DIMM A1 | Memory | N/A | N/A | 'Presence detected'", "56 | Drive 0 | Drive Slot | N/A | N/A | 'Drive Presence'",
			"60 | Watchdog | Watchdog 2 | N/A | N/A | 'OK'", "62 | ACPI State | System ACPI Power State | N/A | N/A | 'S0/G0'",
			"64 | OS Boot | OS Boot | N/A | N/A | 'C: boot completed'", "65 | LAN | LAN | N/A | N/A | 'LAN Heartbeat'",
			"67 | POST Progress | System Firmware Progress | N/A | N/A | 'OK'")
		all.rows(t, 1+67)

		// FreeIPMI knows no meaning of the states of a LAN sensor, and no air inlet (37h) among the entities. It reads the
		// resolution of a sensor as a whole number.
		every := f.run(t, "ipmi-sensors --output-sensor-state --output-sensor-thresholds --entity-sensor-names "+
			"--interpret-oem-data --bridge-sensors --shared-sensors")
		every.ok(t,
			"1 | OEM System Integrator Inlet Temp | Temperature | Nominal | 24.00 | C | N/A | -5.00 | N/A | 42.00 | 47.00 | 55.00 | 'OK'",
			"4 | Processor 1 CPU1 Temp | Temperature | Nominal | 48.00 | C | N/A | N/A | N/A | 88.00 | 95.00 | 105.00 | 'OK'",
			"14 | System Board 1 P12V | Voltage | Nominal | 12.09 | V | N/A | 10.79 | 11.38 | 12.61 | 13.20 | N/A | 'OK'",
			"34 | Fan 8 | Fan | Nominal | 8400.00 | RPM | N/A | 1200.00 | 1840.00 | N/A | N/A | N/A | 'OK'",
			"60 | Management Controller Firmware Watchdog | Watchdog 2 | Nominal | N/A | N/A | N/A | N/A",
			"65 | System Board 1 LAN | LAN | N/A | N/A |")
		every.rows(t, 1+67)
		if n := strings.Count(every.out, " Nominal "); n != 66 {
			t.Errorf("%d sensors are nominal, want 66\n%s", n, every.out)
		}

		verbose := f.run(t, "ipmi-sensors -vv")
		verbose.ok(t,
			"Record ID: 14\nRecord Type: Full Sensor Record (1h)\nID String: P12V\nSensor Type: Voltage (2h)\nSensor Number: 16\n",
			"M: 65\nR Exponent: -3\nB Exponent: 0\nLinearization: linear (0h)\nAnalog Data Format: unsigned (0h)\n",
			"Positive Hysteresis: 0.130000 V", "Nominal Reading: 12.025000 V", "Deassertion Event Enabled: 'Lower Critical - going low'",
			"Record Type: Compact Sensor Record (2h)\nID String: Intrusion\n",
			"Record Type: Event-Only Record (3h)\nID String: Power Off\nSensor Type: System Event (12h)\nSensor Number: 225\n",
			"Record Type: FRU Device Locator Record (11h)\nDevice ID String: PSU1\n", "Record Type: Generic Device Locator Record (10h)",
			"Record Type: Management Controller Device Locator Record (12h)", "Record Type: Management Controller Confirmation Record (13h)",
			"Record Type: Entity Association Record (8h)\nContainer Entity ID: processor (3)\nContainer Entity Instance: 2\n",
			"Record Type: Device-relative Entity Association Record (9h)", "Record Type: OEM Record (C0h)", "OEM Data: 01 66 61 6B 65 62 6D 63")
		all.without(t, nonsense...)
		every.without(t, nonsense...)
		verbose.without(t, nonsense...)
		f.runAll(t, sensorViews)
	})
}

// sensorViews choose and show sensors in other ways.
var sensorViews = []line{
	{"ipmi-sensors -r 1,44 --output-event-bitmask", 0, []string{"1 | Inlet Temp | Temperature | 24.00 | C | 00C0h", "| N/A | N/A | 0001h"}},
	{"ipmi-sensors -r 1 --comma-separated-output", 0, []string{"ID,Name,Type,Reading,Units,Event\n1,Inlet Temp,Temperature,24.00,C,'OK'"}},
	{"ipmi-sensors -r 14 --legacy-output", 0, []string{"14: P12V (Voltage): 12.09 V (10.79/13.20): [OK]"}},
	{"ipmi-sensors -r 1 --ipmimonitoring-legacy-output", 0, []string{"1 | Inlet Temp | Temperature | C | 24.000000"}},
	{"ipmi-sensors -r 39 --non-abbreviated-units --no-header-output --no-sensor-type-output", 0, []string{"39 | Sys Power | 360.00 | Watts | 'OK'"}},
	{"ipmi-sensors -r 1 -q", 0, []string{"ID | Name | Type | Event\n1 | Inlet Temp | Temperature | 'OK'"}},
	{"ipmi-sensors -L", 0, []string{"Temperature\nVoltage\n", "Watchdog_2\n"}},
	{"ipmi-sensors -i", 0, []string{"SDR version : 1.5", "SDR record count : 88", "Reserve SDR Repository Command : supported",
		"Modal/non-modal SDR Repository Update operation : both supported", "Allocation unit size : 16 bytes"}},
	{"ipmi-sensors -v -t Fan -R 27", 0, []string{"Record ID: 28\nID String: Fan 2", "Lower Critical Threshold: 1200.000000 RPM", "Sensor Reading: 8240.000000 RPM"}},
}

func TestFreeIPMIChoosesSensors(t *testing.T) {
	t.Parallel()
	f := free{machine: start(t, "generic"), driver: "LAN_2_0", cache: t.TempDir()}
	for types, sensors := range map[string]int{
		"Temperature": 13, "Voltage": 13, "Current": 2, "Fan": 8, "Physical_Security": 1, "Processor": 2, "Power_Supply": 5,
		"Power_Unit": 1, "Other_Units_Based_Sensor": 2, "Memory": 8, "Drive_Slot": 4, "System_Firmware_Progress": 1,
		"Event_Logging_Disabled": 1, "Critical_Interrupt": 1, "Button_Switch": 1, "OS_Boot": 1, "System_ACPI_Power_State": 1,
		"Watchdog_2": 1, "LAN": 1, "Fan,Voltage": 21,
	} {
		only := f.run(t, "ipmi-sensors --no-header-output -t "+types)
		only.ok(t)
		only.rows(t, sensors)
	}
	f.run(t, "ipmi-sensors --no-header-output -T Fan,Voltage").rows(t, 67-21)
}

// Sensors that one record describes are shown one by one, and those of a host without power not at all.
func TestFreeIPMISensorsFollow(t *testing.T) {
	bays := quick + "sensors: [{number: 0x90, name: Bay, type: drive-slot, entity: disk 5, share: 3, record: compact, possible: [0], asserted: [0]}]\n"
	overBoth(t, profile(t, bays), func(t *testing.T, f free) {
		f.runAll(t, []line{
			{"ipmi-sensors -r 73", 0, []string{"73 | Bay | Drive Slot | N/A | N/A | 'Drive Presence'"}},
			{"ipmi-sensors -r 73 --shared-sensors", 0, []string{"73 | Bay 1 | Drive Slot |", "73 | Bay 2 | Drive Slot |", "73 | Bay 3 | Drive Slot |"}},
			// A threshold that moves past the reading. FreeIPMI calls a non-critical value of a threshold sensor nominal.
			{"ipmi-sensors-config --commit -e 1_Inlet_Temp:Upper_Critical_Threshold=20 -e 27_Fan_1:Lower_Non_Critical_Threshold=9040", 0, nil},
			{"ipmi-sensors -r 1,27 --output-sensor-state --output-sensor-thresholds", 0, []string{
				"1 | Inlet Temp | Temperature | Critical | 24.00 | C | N/A | -5.00 | N/A | 42.00 | 20.00 | 55.00 | 'At or Above (>=) Upper Critical Threshold'",
				"27 | Fan 1 | Fan | Nominal | 8400.00 | RPM | N/A | 1200.00 | 9040.00 | N/A | N/A | N/A | 'At or Below (<=) Lower Non-Critical Threshold'"}},
			{"ipmi-sel --tail=2 --output-event-state", 0, []string{
				"| Inlet Temp | Temperature | Critical | Upper Critical - going high ; Sensor Reading = 24.00 C ; Threshold = 20.00 C",
				"| Fan 1 | Fan | Warning | Lower Non-critical - going low ; Sensor Reading = 8400.00 RPM ; Threshold = 9040.00 RPM"}},
			{"ipmi-chassis --chassis-control=power-down", 0, nil},
			{"ipmi-sensors -r 3,14,35,48,62", 0, []string{"3 | Board Temp | Temperature | 31.00 | C | 'OK'", "14 | P12V | Voltage | N/A | V | N/A",
				"35 | PSU1 Power In | Power Supply | 8.00 | W | 'OK'", "48 | DIMM A1 | Memory | N/A | N/A | N/A", "| N/A | N/A | 'S5/G2'"}},
		})
		present := f.run(t, "ipmi-sensors --ignore-not-available-sensors --no-header-output")
		present.ok(t, "1 | Inlet Temp |", "17 | P3V3 AUX | Voltage | 3.29 | V | 'OK'")
		present.without(t, "Fan 1", "DIMM", "CPU")
		present.rows(t, 28)
	})
}

// ipmi-sel reads, chooses, deletes and clears. Its states and words of events are those of FreeIPMI. [IPMI 2.0 §31, §32]
func TestFreeIPMISEL(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		list := f.run(t, "ipmi-sel --output-event-state -v")
		list.rows(t, 1+8)
		list.without(t, nonsense...)
		// A record of the system's firmware (generator 01h) has a sensor number of its own.
		list.ok(t,
			"| SEL | Event Logging Disabled | Nominal | Assertion Event | Log Area Reset/Cleared",
			"| Sensor #119 | System Event | Warning | Assertion Event | Timestamp Clock Synch ; SEL Timestamp Clock updated",
			"; event is first of pair", "; event is second of pair", "| ACPI State | System ACPI Power State | Nominal | Assertion Event | S0/G0",
			"| PSU2 Status | Power Supply | Critical | Assertion Event | Power Supply input lost (AC/DC)",
			"| PSU2 Status | Power Supply | Warning | Deassertion Event | Power Supply input lost (AC/DC)",
			"| Inlet Temp | Temperature | Warning | Assertion Event | Upper Non-critical - going high ; Sensor Reading = 43.00 C ; Threshold = 42.00 C",
			"| Inlet Temp | Temperature | Nominal | Deassertion Event | Upper Non-critical - going high ; Sensor Reading = 41.00 C ; Threshold = 42.00 C")
		for options, entries := range map[string]int{
			"--tail=2": 2, "--display=1,5": 2, "--display-range=2-4": 3, "--exclude-display=1,2,3,4": 4, "--exclude-display-range=2-7": 2,
			"-t Temperature": 2, "-T Temperature,System_Event": 4, "--date-range=01/01/2020-01/01/2100": 8,
			"--exclude-date-range=01/01/2020-01/01/2100": 0, "--system-event-only": 8, "--oem-event-only": 0,
		} {
			f.run(t, "ipmi-sel --no-header-output "+options).rows(t, entries)
		}
		f.runAll(t, selChanges)
	})
}

// selChanges look at single entries, add two of OEM types, and delete them all.
var selChanges = []line{
	{"ipmi-sel --display=5 --hex-dump", 0, []string{"RID:[05][00] RT:[02]", "GID:[20][00] ER:[04] ST:[08] SN:[51] EDIR:[6F] ED1: [03] ED2: [FF] ED3: [FF]"}},
	{"ipmi-sel --display=5 --comma-separated-output --no-header-output --entity-sensor-names", 0, []string{
		",Power Supply 2 PSU2 Status,Power Supply,Power Supply input lost (AC/DC)"}},
	{"ipmi-sel --display=7 --legacy-output", 0, []string{":Temperature Inlet Temp:Upper Non-critical - going high:Reading = 43.00 C:Threshold = 42.00 C"}},
	{"ipmi-sel --display=7 --non-abbreviated-units --no-sensor-type-output", 0, []string{"| Inlet Temp | Upper Non-critical - going high ; Sensor Reading = 43.00 degrees C"}},
	{"ipmi-sel --info", 0, []string{"SEL version : 1.5", "Number of log entries : 8", "Free space remaining : 8064 bytes", "Recent erase timestamp : ",
		"Reserve SEL Command : supported", "Partial Add SEL Entry Command : supported", "Delete SEL Command : supported", "Events dropped due to lack of space : No",
		"Number of possible allocation units : 512", "Allocation unit size : 16 bytes", "Number of free allocation units : 504", "Maximum record size : 1 allocation units"}},
	{"ipmi-raw -l ADMIN 0 0a 44 00 00 c0 00 00 00 00 d9 7e 00 01 02 03 04 05 06", 0, []string{"rcvd: 44 00 09 00"}},
	{"ipmi-raw -l ADMIN 0 0a 44 00 00 e0 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d", 0, []string{"rcvd: 44 00 0A 00"}},
	{"ipmi-sel --oem-event-only --output-manufacturer-id --output-oem-event-strings --interpret-oem-data", 0, []string{
		"Manufacturer ID = Example Enterprise Number for Documentation Use (7ED9h) ; OEM defined = 01h 02h 03h 04h 05h 06h\n",
		"10 | N/A | N/A | N/A | N/A | OEM defined = 01h 02h 03h 04h 05h 06h 07h 08h 09h 0Ah 0Bh 0Ch 0Dh\n"}},
	{"ipmi-sel --delete=2,3", 0, nil},
	{"ipmi-sel --delete-range=4-6", 0, nil},
	{"ipmi-sel --delete=77", 1, []string{"not found"}},
	{"ipmi-sel --no-header-output --no-sensor-type-output", 0, []string{"| SEL | Log Area Reset/Cleared\n7 |", "\n8 |", "\n9 |", "\n10 |"}},
	// Without the reservation of this moment, nothing is deleted. [IPMI 2.0 §31.4]
	{"ipmi-raw -l ADMIN 0 0a 46 34 12 07 00", 0, []string{"rcvd: 46 C5"}},
	{"ipmi-raw -l ADMIN 0 0a 47 34 12 43 4c 52 aa", 0, []string{"rcvd: 47 C5"}},
	{"ipmi-sel --post-clear --display=7", 0, []string{"7 |"}},
	{"ipmi-sel --info", 0, []string{"Number of log entries : 0", "Free space remaining : 8192 bytes", "Number of free allocation units : 512"}},
	{"bmc-device --set-sensor-reading-and-event-status='0x75 0x00 nochange 0x0002 write 0x0000 nochange 0x01 0xff 0xff nochange'", 0, nil},
	{"ipmi-sel --tail=1", 0, []string{"1 |", "| Critical Int | Critical Interrupt | Bus Timeout"}},
	{"ipmi-sel --clear", 0, nil},
	{"ipmi-sel --info", 0, []string{"Number of log entries : 0"}},
}

// ipmi-fru prints all inventories; bmc-device reads one into a file and writes it back, changed. [IPMI 2.0 §34]
func TestFreeIPMIFRU(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		f.runAll(t, []line{
			{"ipmi-fru", 0, append(psuInventory("PSU1", 1), psuInventory("PSU2", 2)...)},
			{"ipmi-fru -v --interpret-oem-data --bridge-fru -e 0", 0, []string{
				"FRU Inventory Device: Default FRU Device (ID 00h)\n\nFRU Chassis Type: Rack Mount Chassis\nFRU Chassis Part Number: CH-2U-01\n" +
					"FRU Chassis Serial Number: CH000000001\n\nFRU Board Language: English\nFRU Board Manufacturing Date/Time: 03/01/24 - 08:30:00\n" +
					"FRU Board Manufacturer: Example Corp\nFRU Board Product Name: Mainboard 2S\nFRU Board Serial Number: MB000000001\n" +
					"FRU Board Part Number: MB-2S-01\nFRU FRU File ID: fru-1.0\n\nFRU Product Language: English\n" +
					"FRU Product Manufacturer Name: Example Corp\nFRU Product Name: Server 2S\nFRU Product Part/Model Number: SRV-2S-01\n" +
					"FRU Product Version: 1.0\nFRU Product Serial Number: SN000000001\nFRU Product Asset Tag: fakebmc\nFRU FRU File ID: fru-1.0\n\n" +
					"FRU Management Access System Name: fakebmc generic\n\nFRU Management Access Component Management URL: http://127.0.0.1/\n"}},
			{"ipmi-fru -e 3", 0, []string{"FRU Inventory Device: Backplane (ID 03h)", "FRU Board Product Name: Backplane 4",
				"FRU DC Load Output Number: 1\nFRU DC Load Nominal Voltage: 12000 mV", "FRU DC Load Minimum Current Load: 500 mA\nFRU DC Load Maximum Current Load: 6000 mA"}},
			{"ipmi-fru -e 4", 0, []string{"FRU Inventory Device: Riser (ID 04h)", "FRU Board Manufacturing Date/Time: 02/13/24 - 00:00:00", "FRU Board Serial Number: RS000000001"}},
		})
		image := filepath.Join(t.TempDir(), "fru")
		f.run(t, "bmc-device --device-id=4 --read-fru="+image).ok(t)
		b, err := os.ReadFile(image)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != 256 {
			t.Errorf("the inventory has %d bytes, want those of a 24C02, 256", len(b))
		}
		// Two letters change places, so that the checksum of the area stays right.
		changed := strings.Replace(string(b), "Riser", "Risre", 1)
		if err := os.WriteFile(image, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		f.run(t, "bmc-device --verbose --device-id=4 --write-fru="+image).ok(t, "100%")
		f.run(t, "ipmi-fru -e 4").ok(t, "FRU Board Product Name: Risre 2")
		f.run(t, "ipmi-fru --fru-file="+image).ok(t, "FRU Board Product Name: Risre 2")
		f.run(t, "bmc-device --device-id=9 --read-fru="+image).refused(t)
	})
}

// psuInventory is what a power supply's inventory says.
func psuInventory(name string, id int) []string {
	return []string{
		fmt.Sprintf("FRU Inventory Device: %s (ID %02dh)\n\nFRU Product Manufacturer Name: Example Corp\nFRU Product Name: PSU 800W\n"+
			"FRU Product Part/Model Number: PS-800-1\nFRU Product Version: 01\nFRU Product Serial Number: PS000000000%d\n\n"+
			"FRU Power Supply Overall Capacity: 800 Watts\nFRU Power Supply Peak VA: 900 VA\n", name, id, id),
		"FRU Power Supply Hot Swap Support: Yes\nFRU Power Supply Peak Capacity: 850 Watts",
		"FRU DC Output Output Number: 2\nFRU DC Output Output on Standy: Yes\nFRU DC Output Nominal Voltage: 12000 mV",
	}
}
