//go:build clients

package clients

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// factory is the generic machine's log as it comes, in the words of ipmitool's save.
const factory = `0x04 0x10 0x70 0x6f 0x02 0xff 0xff # Event Logging Disabled #0x70 Log area reset/cleared
0x04 0x12 0x77 0x6f 0xc5 0x00 0xff # System Event #0x77 Timestamp Clock Sync
0x04 0x12 0x77 0x6f 0xc5 0x80 0xff # System Event #0x77 Timestamp Clock Sync
0x04 0x22 0x71 0x6f 0x00 0xff 0xff # System ACPI Power State #0x71 S0/G0: working
0x04 0x08 0x51 0x6f 0x03 0xff 0xff # Power Supply #0x51 Power Supply AC lost
0x04 0x08 0x51 0xef 0x03 0xff 0xff # Power Supply #0x51 Power Supply AC lost
0x04 0x01 0x01 0x01 0x57 0x2b 0x2a # Temperature #0x01 Upper Non-critical going high
0x04 0x01 0x01 0x81 0x57 0x29 0x2a # Temperature #0x01 Upper Non-critical going high
`

// TestIpmitoolSEL reads, saves, adds to and clears the log. [IPMI 2.0 §31]
func TestIpmitoolSEL(t *testing.T) {
	t.Parallel()
	onEachWay(t, "generic", func(t *testing.T, m *machine, way []string) {
		dir := t.TempDir()
		file := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		raw, saved := filepath.Join(dir, "raw"), filepath.Join(dir, "saved")
		pulled := "Power Supply PSU2 Status | Power Supply AC lost | Asserted\n"
		hot := "Temperature Inlet Temp | Upper Non-critical going high | Asserted | Reading 43 > Threshold 42 degrees C\n"
		today := time.Now().UTC().Format("01/02/06")
		m.interview(t, way, interview{
			{"sel info", "Version : 1.5 (v1.5, v2 compliant)\nEntries : 8\nFree Space : 8064 bytes\nPercent Used : 1%\nLast Add Time :",
				"!Last Del Time : Not Available", "Last Del Time : ", "\nOverflow : false\nSupported Cmds : 'Delete' 'Partial Add' 'Reserve' 'Get Alloc Info'\n" +
					"# of Alloc Units : 512\nAlloc Unit Size : 16\n# Free Units : 504\nLargest Free Blk : 504\nMax Record Size : 1\n"},
			{"sel list", "1 |", "Event Logging Disabled #0x70 | Log area reset/cleared | Asserted\n", "Power Supply #0x51 | Power Supply AC lost | Deasserted\n", "8 |"},
			{"sel list 2", "1 |", "2 |", "!Power Supply"},
			{"sel elist", "Event Logging Disabled SEL | Log area reset/cleared | Asserted\n", "System Event #0x77 | Timestamp Clock Sync | Asserted\n",
				"System ACPI Power State ACPI State | S0/G0: working | Asserted\n", pulled, "Power Supply AC lost | Deasserted\n", hot,
				"Deasserted | Reading 41 < Threshold 42 degrees C\n"},
			{"sel elist first 1", "Log area reset/cleared", "!Power Supply"},
			{"sel elist last 2", hot, "Reading 41 < Threshold 42 degrees C\n", "!Power Supply"},
			{"sel get 5 7", "SEL Record ID : 0005\nRecord Type : 02\n", "Generator ID : 0020\nEvM Revision : 04\nSensor Type : Power Supply\nSensor Number : 51\n" +
				"Event Type : Sensor-specific Discrete\nEvent Direction : Assertion Event\nEvent Data (RAW) : 03ffff\n", "Description : Power Supply AC lost\n",
				"SEL Record ID : 0007\n", "Event Data (RAW) : 572b2a\nTrigger Reading : 43.000degrees C\nTrigger Threshold : 42.000degrees C\n",
				"Sensor ID : Inlet Temp (0x1)\n", "Sensor Reading : 24 (+/- 0) degrees C\n"},
			{"sel get 77", "Get SEL Entry 4d command failed: Requested sensor, data, or record not found"},
			{"sel save " + saved, "1 |", "8 |"},
			{"sel writeraw " + raw, "1 |", "8 |"},
			{"sel delete 2", "Deleted entry 2"},
			{"sel delete 2", "Unable to delete entry 2: Requested sensor, data, or record not found"},
			{"sel elist", "1 |", "!2 | ", "3 |", pulled},
			{"sel info", "Entries : 7\n", "Last Del Time : " + today},
			{"sel readraw " + raw, "1 |", "2 |", "System Event #0x77 | Timestamp Clock Sync | Asserted\n", "8 |"},
			{"sel add " + file("add", "0x04 0x08 0x50 0x6f 0x01 0xff 0xff # supply\n0x04 0x0d 0x69 0xef 0x01 0xff 0xff # drive\n"),
				"Failure detected | Asserted", "Drive Slot / Bay #0x69 | Drive Fault | Deasserted\n"},
			{"sel elist last 2", "9 | " + today, "Power Supply #0x50 | Failure detected | Asserted\n", "a | " + today, "#0x69 | Drive Fault | Deasserted\n"},
			{"sel clear", "Clearing SEL. Please allow a few seconds to erase."},
			{"sel list", "SEL has no entries"},
			{"sel info", "Entries : 0\nFree Space : 8192 bytes\nPercent Used : 0%\n"},
			{"event file " + saved, "Log area reset/cleared", "Upper Non-critical going high | Deasserted"},
			{"sel list", "1 | " + today, "Log area reset/cleared", "8 | " + today, "Upper Non-critical going high | Deasserted"},
			// ipmitool reads a log in the words of a shelf manager, without asking the machine.
			{"sel interpret 32473 " + file("shelf", "0x001F: Event: at Mar 27 06:41:10 2007;from:(0x20,0,7);sensor:(0x08,80); event:0x6f(asserted): 0x01 0xFF 0xFF\n") + " pps",
				"1f |", "Power Supply #0x50 | Failure detected | Asserted\n"},
		})
		if got, err := os.ReadFile(saved); err != nil || string(got) != factory {
			t.Errorf("sel save wrote %v\n%s", err, got)
		}
		if got, err := os.ReadFile(raw); err != nil || len(got) != 8*16 || !strings.HasPrefix(string(got[8:]), "\x00\x04\x10\x70\x6f\x02\xff\xff") {
			t.Errorf("sel writeraw wrote %v\n% x", err, got)
		}
	})
}

// TestIpmitoolSELTime sets the log's clock. ipmitool takes the year with two digits only. [IPMI 2.0 §31.10, §31.11]
func TestIpmitoolSELTime(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"sel time get", time.Now().UTC().Format("01/02/06 ")},
		{`sel time set "12/31/29 23:58:10"`, "12/31/29 23:58:10 UTC"},
		{"sel time get", "12/31/29 23:58:"},
		{"event 3", "Correctable ECC"},
		{"sel elist last 1", "12/31/29 | 23:58:"},
		{"sel info", "Last Add Time : 12/31/29 23:58:"},
		{"sel time set now", time.Now().UTC().Format("01/02/06 ")},
		{"sel time get", time.Now().UTC().Format("01/02/06 ")},
		{`sel time set "01/02/2026 03:04:05"`, "Specified time could not be parsed"},
	})
}

// TestIpmitoolEvents sends events and finds them in the log: what ipmitool prints when it sends one is its own.
// [IPMI 2.0 §29.3]
func TestIpmitoolEvents(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"sel clear"},
		{"event 1", "Sending SAMPLE event: Temperature - Upper Critical - Going High"},
		{"event 2", "Sending SAMPLE event: Voltage Threshold - Lower Critical - Going Low"},
		{"event 3", "Sending SAMPLE event: Memory - Correctable ECC"},
		{`event "Inlet Temp" list`, "lcr : Lower Critical\n", "unr : Upper Non-Recoverable\n"},
		{`event "Inlet Temp" ucr assert`, "Temperature #0x01 | Upper Critical going high | Asserted"},
		// Deasserted, it is an event of the other direction of passing: ipmitool's choice.
		{`event "Inlet Temp" ucr deassert`, "Temperature #0x01 | Upper Critical going low | Deasserted"},
		{`event "PSU1 Status" list`, "Presence detected\nFailure detected\nPredictive failure\n"},
		{`event "PSU1 Status" "Failure detected"`, "Power Supply #0x50 | Failure detected | Asserted"},
		{`event "PSU1 Status" "Failure detected" deassert`, "Power Supply #0x50 | Failure detected | Deasserted"},
		{`event "Nothing" ucr`, "Finding sensor Nothing... not found!"},
		{"sel elist", "1 |", "Temperature #0x30 | Upper Critical going high | Asserted\n", "2 |", "Voltage #0x60 | Lower Critical going low | Asserted\n",
			"3 |", "Memory #0x53 | Correctable ECC | Asserted\n", "4 |", "Temperature #0x01 | Upper Critical going high | Asserted\n",
			"5 |", "Temperature #0x01 | Upper Critical going low | Deasserted\n", "6 |", "Power Supply #0x50 | Failure detected | Asserted\n",
			"7 |", "Power Supply #0x50 | Failure detected | Deasserted\n", "!8 |"},
		{"sel get 1", "Generator ID : 1081\n"}, // remote console software 40h, by way of channel 1 [IPMI 2.0 §29.3]
	})
}

// TestIpmitoolPEF reads the event filters and switches them. What else ipmitool's help lists is not written yet: it
// prints "Not implemented." [IPMI 2.0 §30]
func TestIpmitoolPEF(t *testing.T) {
	t.Parallel()
	const actions = "Alert,Power-off,Reset,Power-cycle,Diagnostic-interrupt"
	interviewOnEachWay(t, "generic", interview{
		// It prints the GUID's bytes as they come; 16 policies, 32 filters, PEF 1.5.
		{"pef info", "0x51 | 32 | 16 | 01000000-0002-0080-ee11-0000c0b34efa | " + actions + "\n"},
		{"pef status", "| 0x0008 | 0xffff | 0x0008 | PEF | " + actions + "\n"},
		{"pef policy list", "1 | 1 | enabled | Match-always | 1 | 802.3 LAN | PET | public | 2 | 0 | 0.0.0.0 | 00:00:00:00:00:00\n",
			"2 | 0 | disabled |", "16 | 0 | disabled |"},
		{"pef policy disable 1", "PEF Policy ID 1 is disabled now."},
		{"pef policy list", "1 | 1 | disabled | Match-always | 1 | 802.3 LAN |"},
		{"pef policy enable 1", "PEF Policy ID 1 is enabled now."},
		{"pef policy list", "1 | 1 | enabled |"},
		{"pef filter list", "1 | enabled, pre-configured | Temperature | Any | Non-recoverable | Threshold | (0x01/0x0800),<UNR | Alert,Power-off | 1\n",
			"2 | enabled, pre-configured | Temperature | Any | Critical | Threshold | (0x01/0x0204),<LC,<UC | Alert | 1\n",
			"7 | enabled, pre-configured | Chassis Intrusion | Any | Information | Discrete | Sensor-specific | Alert | 1\n",
			"10 | enabled, pre-configured | Power supply | Any | Warning | Discrete | (0x0b/0x0022),redundancy lost,non-redundant/insufficient | Alert | 1\n",
			"15 | enabled, pre-configured | Watchdog 2 | Any | Critical |", "17 | disabled, configurable\n", "32 | disabled, configurable\n"},
		{"pef filter disable 1", "PEF Filter ID 1 is disabled now."},
		// ipmitool writes the whole byte, so that the filter is no longer "pre-configured".
		{"pef filter list", "1 | disabled, configurable\n", "2 | enabled"},
		{"pef filter enable 1", "PEF Filter ID 1 is enabled now."},
		{"pef filter list", "1 | enabled, configurable | Temperature | Any | Non-recoverable | Threshold |"},
		{"event 3", "Correctable ECC"},
		{"pef status", "| 0x0009 | 0xffff | 0x0009 | PEF |"},
		{"pef capabilities", "Not implemented."},
		{"pef event", "Not implemented."},
		{"pef timer get", "Not implemented."},
		{"pef pet ack", "Not implemented."},
		{"pef policy create 2 x", "Not implemented."},
		{"pef policy delete 2", "Not implemented."},
		{"pef filter create 20 x", "Not implemented."},
		{"pef filter delete 20", "Not implemented."},
	})
}
