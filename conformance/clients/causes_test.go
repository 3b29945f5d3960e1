//go:build clients

package clients

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHeatTakesItsCourse lets a processor pass its last threshold, and looks with ipmitool at what follows: the reading,
// the sensor's state, the log, and when event filtering goes on, power-off and a trap. The event message buffer and its
// flag are the system interface's. [IPMI 2.0 §17]
func TestHeatTakesItsCourse(t *testing.T) {
	t.Parallel()
	onEachWay(t, profile(t, swift+"sensors: [{number: 0x04, settable: true}]\n"), func(t *testing.T, m *machine, way []string) {
		destination := nextAddress()
		traps, err := net.ListenPacket("udp4", net.JoinHostPort(destination, "162"))
		if err != nil {
			t.Fatal(err)
		}
		defer traps.Close()
		passed := "Temperature CPU1 Temp | Upper Non-critical going high | Asserted | Reading 106 > Threshold 88 degrees C\n"
		m.interview(t, way, interview{
			{"lan alert set 1 1 ipaddr " + destination, "Setting LAN Alert 1 IP Address to " + destination},
			{"sel clear"},
			{"raw 0x04 0x11 0xfe", "fe"},     // Arm PEF Postpone Timer: filtering waits [IPMI 2.0 §30.2]
			{"raw 0x04 0x30 0x04 0x01 0x6a"}, // Set Sensor Reading And Event Status [IPMI 2.0 §35.17]
			{`sensor reading "CPU1 Temp"`, "| 106\n"},
			{`sensor get "CPU1 Temp"`, "Status : Upper Non-Recoverable\n", "Assertion Events : unc+ ucr+ unr+\n"},
			{"sdr type Temperature", "CPU1 Temp | 04h | unr | 3.1 | 106 degrees C\n"},
			{"sel elist", "1 |", passed, "2 |", "Upper Critical going high", "3 |", "Upper Non-recoverable going high", "!4 |"},
			{"pef status", "| 0x0003 |"},
			{"power status", "Chassis Power is on\n"},
			{"raw 0x04 0x11 0x00", "00"}, // filtering goes on
		})
		m.until(t, way, "Chassis Power is off\n", "power", "status")
		m.interview(t, way, interview{
			{"sel elist", passed, "4 |", "System ACPI Power State ACPI State | S5/G2: soft-off | Asserted\n"},
			{`sensor get "CPU1 Temp"`, "Unable to read sensor: Device Not Present"},
			{"sdr type Temperature", "Inlet Temp | 01h | ok |", "CPU1 Temp | 04h | ns | 3.1 | No Reading\n"},
			{"chassis status", "System Power : off"},
		})
		if err := traps.SetReadDeadline(time.Now().Add(limit / 4)); err != nil {
			t.Fatal(err)
		}
		for _, threshold := range []struct{ severity, event, limit byte }{{0x08, 0x57, 88}, {0x10, 0x59, 95}, {0x20, 0x5b, 105}} {
			trap := make([]byte, 1500)
			n, _, err := traps.ReadFrom(trap)
			if err != nil {
				t.Fatalf("no trap of severity %02Xh: %v", threshold.severity, err)
			}
			// Trap and event source, severity, device, sensor, entity 3.1, event data. [IPMI 2.0 Table 17-7]
			pet := []byte{0x20, 0x20, threshold.severity, 0x20, 0x04, 0x03, 0x01, threshold.event, 106, threshold.limit}
			if !bytes.Contains(trap[:n], []byte("public")) || !bytes.Contains(trap[:n], pet) {
				t.Errorf("trap without % x: % x", pet, trap[:n])
			}
		}
	})
}

// TestWatchdogExpires lets the timer run out: it is logged and the host is reset. [IPMI 2.0 §27]
func TestWatchdogExpires(t *testing.T) {
	t.Parallel()
	onEachWay(t, profile(t, swift), func(t *testing.T, m *machine, way []string) {
		m.interview(t, way, interview{
			{"mc watchdog set timeout=1 use=sms action=reset", "Watchdog Timer was successfully configured"},
			{"mc watchdog reset", "countdown restarted!"},
		})
		m.until(t, way, "Watchdog Timer Is: Stopped\n", "mc", "watchdog", "get")
		m.interview(t, way, interview{
			{"mc watchdog get", "Watchdog Timer Use: SMS/OS (0x04)\n", "Timer Expiration Flags: (0x10)\n* SMS/OS\n"},
			{"chassis restart_cause", "System restart cause: watchdog expired"},
			{"power status", "Chassis Power is on\n"},
			{"sel elist last 2", "Watchdog2 Watchdog | Hard reset | Asserted\n"},
			{"mc watchdog set use=sms clear=sms", "Watchdog Timer was successfully configured"},
			{"mc watchdog get", "Timer Expiration Flags: None (0x00)\n"},
		})
	})
}

// TestLogFills fills a log of 20 entries past its end; what happens then is the profile's policy. [IPMI 2.0 §31]
func TestLogFills(t *testing.T) {
	t.Parallel()
	const entries = 20
	file := filepath.Join(t.TempDir(), "many")
	if err := os.WriteFile(file, []byte(strings.Repeat("0x04 0x0d 0x69 0x6f 0x01 0xff 0xff # drive\n", entries+5)), 0o600); err != nil {
		t.Fatal(err)
	}
	for full, after := range map[string]interview{
		"stop": {
			{"sel info", "Entries : 20\nFree Space : 0 bytes\nPercent Used : 100%\n", "Overflow : true\n", "# Free Units : 0\n"},
			{"sel elist first 1", "1 |", "Drive Slot / Bay #0x69 | Drive Fault | Asserted\n"},
			{"sel elist last 1", "14 |", "Event Logging Disabled SEL | Log full | Asserted\n"},
			{"sel add " + file, "Add SEL Entry failed: Out of space"},
			{"sdr elist compact", "SEL | 70h | ok | 46.1 | Log full, Log almost full\n"},
			{"sel clear"},
			{"sel info", "Entries : 0\n", "Overflow : false\n"},
			{"event 3", "Correctable ECC"},
			{"sel elist", "Memory #0x53 | Correctable ECC | Asserted\n"},
		},
		"ring": {
			{"sel info", "Entries : 20\n", "Percent Used : 100%\n"},
			{"event 3", "Correctable ECC"},
			{"sel info", "Entries : 20\n"},
			{"sel elist last 1", "Memory #0x53 | Correctable ECC | Asserted\n"},
			{"sel elist first 1", "8 |"}, // of 27: the 25, this one, and that the log was almost full
		},
	} {
		t.Run(full, func(t *testing.T) {
			t.Parallel()
			small := profile(t, "profile: small\nextends: generic\nsel: {capacity: 20, full: "+full+", entries: []}\n")
			onEachWay(t, small, func(t *testing.T, m *machine, way []string) {
				m.interview(t, way, append(interview{
					{"sel list", "SEL has no entries"},
					{"event file " + file, "Drive Fault | Asserted"},
					{"sel elist", "Event Logging Disabled SEL | Log almost full | Asserted\n"},
				}, after...))
			})
		})
	}
}
