//go:build clients

package clients

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestIpmitoolSDR lists the repository in each way. [IPMI 2.0 §33, §43]
func TestIpmitoolSDR(t *testing.T) {
	t.Parallel()
	const (
		full      = "Inlet Temp | 01h | ok | 55.1 | 24 degrees C\n"
		compact   = "PSU1 Status | 50h | ok | 10.1 | Presence detected\n"
		eventOnly = "System Event | 77h | ns | 7.1 | Event-Only\n"
		mc        = "BMC | 00h | ok | 46.1 | Dynamic MC @ 20h\n"
		fru       = "PSU1 | 00h | ns | 10.1 | Logical FRU @01h\n"
		generic   = "Fan Control A | 00h | ns | 30.1 | Generic Device @20h:58h.0\n"
	)
	interviewOnEachWay(t, "generic", interview{
		{"sdr info", "SDR Version : 0x51\nRecord Count : 88\nFree Space : 61072 bytes\nMost recent Addition :", "SDR overflow : no\n" +
			"SDR Repository Update Support : modal and non-modal\nDelete SDR supported : yes\nPartial Add SDR supported : yes\n" +
			"Reserve SDR repository supported : yes\nSDR Repository Alloc info supported : yes\n"},
		{"sdr list", "Inlet Temp | 24 degrees C | ok\n", "P12V | 12.09 Volts | ok\n", "PSU1 Vin | 230.40 Volts | ok\n", "Fan 2 | 8240 RPM | ok\n",
			"PSU1 Current | 14.40 Amps | ok\n", "Sys Power | 360 Watts | ok\n", "PSU1 Status | 0x01 | ok\n", "OS Boot | 0x02 | ok\n", "!BMC |"},
		{"sdr list all", "Thermal Limit | Event-Only | ns\n", "BMC | Dynamic MC @ 20h | ok\n", "PSU1 | Log FRU @01h 0a.1 | ok\n",
			"Fan Control A | Generic @20:58.0 | ok\n"},
		{"sdr elist all", full, compact, eventOnly, mc, fru, generic},
		{"sdr elist full", full, "CPU2 Power | 46h | ok | 3.2 | 58 Watts\n", "!" + compact, "!" + mc},
		{"sdr elist compact", compact, "PSU Redundancy | 52h | ok | 19.1 | Fully Redundant\n", "Intrusion | 53h | ok | 23.1 |\n",
			"DIMM A1 | 60h | ok | 32.1 | Presence Detected\n", "Drive 0 | 68h | ok | 4.1 | Drive Present\n", "Watchdog | 23h | ok | 46.1 |\n",
			"ACPI State | 71h | ok | 7.1 | S0/G0: working\n", "OS Boot | 73h | ok | 35.1 | C: boot completed\n", "LAN | 74h | ok | 7.1 | Heartbeat\n",
			"!" + full, "!" + eventOnly},
		{"sdr elist event", eventOnly, "Power Off | E1h | ns | 7.1 | Event-Only\n", "!" + compact},
		{"sdr elist mcloc", mc, "!PSU1"},
		{"sdr elist fru", fru, "Riser | 00h | ns | 11.1 | Logical FRU @04h\n", "!BMC"},
		{"sdr elist generic", "Inlet Sensor | 00h | ns | 55.1 | Generic Device @20h:90h.0\n", generic, "!PSU1"},
		{"sdr type list", "Temperature (0x01)", "Cable / Interconnect (0x1b) Terminator (0x1c)", "Boot Error (0x1e)"},
		{"sdr type Temperature", full, "PSU2 Temp | 0Dh | ok | 10.2 | 32 degrees C\n", "Thermal Limit | E2h | ns | 55.1 | Event-Only\n", "!Fan"},
		{"sdr type 0x08", "PSU1 Power In | 40h | ok | 10.1 | 184 Watts\n", compact, "PSU Redundancy", "!Temp"},
		{"sdr entity 3.1", "CPU1 Temp | 04h", "CPU1 VCORE | 16h", "CPU1 Power | 45h", "CPU1 Status | 54h", "!CPU2"},
		{"sdr entity 7", "Board Temp | 03h", "PCH Temp | 0Ah | ok | 7.2 |", "Power Off | E1h", "!CPU1"},
		{`sdr get "Inlet Temp"`, "Sensor ID : Inlet Temp (0x1)\nEntity ID : 55.1 (Air Inlet)\nSensor Type (Threshold) : Temperature (0x01)\n" +
			"Sensor Reading : 24 (+/- 0) degrees C\nStatus : ok\nNominal Reading : 24.000\nUpper non-recoverable : 55.000\nUpper critical : 47.000\n" +
			"Upper non-critical : 42.000\nLower critical : -5.000\nPositive Hysteresis : 2.000\nNegative Hysteresis : 2.000\n",
			"Event Message Control : Per-threshold\nReadable Thresholds : lcr unc ucr unr\nSettable Thresholds : lcr unc ucr unr\n" +
				"Threshold Read Mask : lcr unc ucr unr\nAssertion Events :\nAssertions Enabled : lcr- unc+ ucr+ unr+\nDeassertions Enabled : lcr- unc+ ucr+ unr+\n"},
		{`sdr get "PSU1 Status"`, "Entity ID : 10.1 (Power Supply)\nSensor Type (Discrete): Power Supply (0x08)", "States Asserted : Power Supply\n[Presence detected]\n",
			"Assertions Enabled : Power Supply\n[Presence detected]\n[Failure detected]\n[Power Supply AC lost]\n"},
		{`sdr get "BMC"`, "Device ID : BMC\nEntity ID : 46.1 (Management Controller Firmware)\nDevice Slave Address : 20h\nChannel Number : 0h\n",
			"Controller Presence : Dynamic\nLogs Init Agent Errors : No", "Chassis Device : Yes\nBridge : No\nIPMB Event Generator : Yes\nIPMB Event Receiver : Yes\n" +
				"FRU Inventory Device : Yes\nSEL Device : Yes\nSDR Repository : Yes\nSensor Device : Yes\n"},
		{`sdr get "System Event"`, "Sensor ID : System Event (0x77)\nEntity ID : 7.1 (System Board)\nSensor Type : System Event (0x12)"},
		{`sdr get "Nothing"`, `Unable to find sensor id 'Nothing'`},
	})
}

// TestIpmitoolSDRFill erases the repository and writes back what it has read: the same records under new record IDs.
// [IPMI 2.0 §33.10, §33.14]
func TestIpmitoolSDRFill(t *testing.T) {
	t.Parallel()
	onEachWay(t, "generic", func(t *testing.T, m *machine, way []string) {
		dir := t.TempDir()
		dump := func(name string) []byte {
			file := filepath.Join(dir, name)
			m.ipmitool(t, way, "sdr", "dump", file).ok(t, "Dumping Sensor Data Repository to '"+file+"'")
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		before := dump("before")
		m.ipmitool(t, way, "sdr", "fill", "file", filepath.Join(dir, "before")).ok(t, "SDRR successfully erased")
		after := dump("after")
		const header = 5 // record ID (2), SDR version, type, length [IPMI 2.0 §43]
		if len(before) != len(after) {
			t.Fatalf("%d bytes before, %d after", len(before), len(after))
		}
		records := 0
		for at := 0; at < len(before); records++ {
			end := at + header + int(before[at+4])
			if !bytes.Equal(before[at+2:end], after[at+2:end]) {
				t.Errorf("record %d was % x, is % x", records, before[at:end], after[at:end])
			}
			at = end
		}
		if records != 88 {
			t.Errorf("%d records", records)
		}
		m.interview(t, way, interview{
			{"sdr info", "Record Count : 88\nFree Space : 61072 bytes"},
			{"sdr elist full", "Inlet Temp | 01h | ok | 55.1 | 24 degrees C\n"},
			// The other ways to fill ask for device SDRs, which are for local interfaces only, and leave nothing. [IPMI 2.0 App. G]
			{"sdr fill nosat", "SDRR successfully erased\n", "Err in cmd get sensor sdr info"},
			{"sdr info", "Record Count : 0\n"},
		})
	})
}

// TestIpmitoolSensors reads sensors and sets thresholds. [IPMI 2.0 §35]
func TestIpmitoolSensors(t *testing.T) {
	t.Parallel()
	const locating = "Setting sensor \"Inlet Temp\" "
	interviewOnEachWay(t, "generic", interview{
		{"sensor list", "Inlet Temp | 24.000 | degrees C | ok | na | -5.000 | na | 42.000 | 47.000 | 55.000\n",
			"P12V | 12.090 | Volts | ok | na | 10.790 | 11.375 | 12.610 | 13.195 | na\n", "VBAT | 3.045 | Volts | ok | na | 2.400 | 2.595 | na | na | na\n",
			"PSU1 Vin | 230.400 | Volts | ok | na | 85.200 | na | na | 274.800 | na\n", "Fan 8 | 8400.000 | RPM | ok | na | 1200.000 | 1840.000 | na | na | na\n",
			"PSU1 Current | 14.400 | Amps | ok |", "Sys Power | 360.000 | Watts | ok | na | na | na | na | na | na\n",
			"PSU1 Status | 0x1 | discrete | 0x0180|", "CPU1 Status | 0x80 | discrete | 0x8080|", "POST Progress | 0x0 | discrete | 0x0080|"},
		{`sensor get "Inlet Temp"`, "Sensor Type (Threshold) : Temperature\nSensor Reading : 24 (+/- 0) degrees C\nStatus : ok\nLower Non-Recoverable : na\n" +
			"Lower Critical : -5.000\nLower Non-Critical : na\nUpper Non-Critical : 42.000\nUpper Critical : 47.000\nUpper Non-Recoverable : 55.000\n" +
			"Positive Hysteresis : 2.000\nNegative Hysteresis : 2.000\n"},
		{`sensor get "PSU1 Status" "Fan 1" "OS Boot" "Intrusion"`, "Sensor ID : PSU1 Status (0x50)", "[Presence detected]", "Sensor ID : Fan 1 (0x30)",
			"Sensor Reading : 8400 (+/- 0) RPM", "Lower Critical : 1200.000\nLower Non-Critical : 1840.000\n", "Positive Hysteresis : 160.000",
			"Assertions Enabled : lnc- lcr-\n", "[C: boot completed]", "Sensor ID : Intrusion (0x53)"},
		{`sensor get "System Event"`, "Sensor ID : System Event (0x77)"},
		{`sensor get "Nothing"`, `Sensor data record "Nothing" not found!`},
		{`sensor reading "Inlet Temp" "Fan 1" "P12V" "PSU1 Power In" "VBAT"`,
			"Inlet Temp | 24\nFan 1 | 8400\nP12V | 12.090\nPSU1 Power In | 184\nVBAT | 3.045\n"},
		{`sensor thresh "Inlet Temp" ucr 46`, locating + "Upper Critical threshold to 46.000"},
		{`sensor thresh "Inlet Temp" upper 40 45 50`, locating + "Upper Non-Critical threshold to 40.000\n" + locating +
			"Upper Critical threshold to 45.000\n" + locating + "Upper Non-Recoverable threshold to 50.000\n"},
		{`sensor thresh "Inlet Temp" lcr -4`, locating + "Lower Critical threshold to -4.000"},
		{`sensor thresh "Inlet Temp" unc 41`, locating + "Upper Non-Critical threshold to 41.000"},
		{`sensor thresh "Inlet Temp" unr 51`, locating + "Upper Non-Recoverable threshold to 51.000"},
		// It has no threshold there.
		{`sensor thresh "Inlet Temp" lnc 1`, "Error setting threshold: Invalid data field in request"},
		{`sensor thresh "Inlet Temp" lnr -9`, "Error setting threshold: Invalid data field in request"},
		{`sensor thresh "P12V" lower 9 10 11`, "Error setting threshold: Invalid data field in request", "Lower Critical threshold to 10.000",
			"Lower Non-Critical threshold to 11.000"},
		{`sensor thresh "PSU1 Status" ucr 3`, "Invalid sensor type"},
		{"sensor list", "Inlet Temp | 24.000 | degrees C | ok | na | -4.000 | na | 41.000 | 45.000 | 51.000\n",
			"P12V | 12.090 | Volts | ok | na | 10.010 | 10.985 | 12.610 | 13.195 | na\n"},
		{`sensor thresh "Inlet Temp" unc 20`, locating + "Upper Non-Critical threshold to 20.000"},
		{`sensor get "Inlet Temp"`, "Status : Upper Non-Critical\n", "Assertion Events : unc+\n"},
		{"sel elist last 1", "Temperature Inlet Temp | Upper Non-critical going high | Asserted | Reading 24 > Threshold 20 degrees C\n"},
		{`sensor thresh "Inlet Temp" unc 42`},
		{`sensor get "Inlet Temp"`, "Status : ok\n", "Assertion Events :\n"},
		{"sel elist last 1", "Temperature Inlet Temp | Upper Non-critical going high | Deasserted | Reading 24 < Threshold 42 degrees C\n"},
	})
}
