//go:build clients

package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// bmc-info prints the whole machine. The channels after those that there are come from memory that bmc-info 1.6.10 has
// not initialised.
func TestFreeIPMIInfoWhole(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		f.run(t, "bmc-info").ok(t, "Device ID : 32\nDevice Revision : 1\nDevice SDRs : unsupported\nFirmware Revision : 1.00\n"+
			"Device Available : yes (normal operation)\nIPMI Version : 2.0\nSensor Device : supported\nSDR Repository Device : supported\n"+
			"SEL Device : supported\nFRU Inventory Device : supported\nIPMB Event Receiver : supported\nIPMB Event Generator : supported\n"+
			"Bridge : unsupported\nChassis Device : supported\nManufacturer ID : Example Enterprise Number for Documentation Use (32473)\nProduct ID : 1571\n",
			"Device GUID : fa4eb3c0-0000-11ee-8000-020000000020\n", "System GUID : fa4eb3c0-0000-11ee-8000-020000000001\n",
			"System Firmware Version : 1.00\nSystem Name : fakebmc\nPrimary Operating System Name : Linux\nOperating System Name : Linux\n"+
				"Present OS Version Number : 6.12\nBMC URL : http://127.0.0.1/\nBase OS/Hypervisor URL : http://127.0.0.1/\n",
			"Channel Number : 0\nMedium Type : IPMB (I2C)\nProtocol Type : IPMB-1.0\nActive Session Count : 0\nSession Support : session-less\n",
			"Channel Number : 1\nMedium Type : 802.3 LAN\nProtocol Type : IPMB-1.0\nActive Session Count : 1\nSession Support : multi-session\n")
	})
}

// bmc-device changes what there is one of in a controller: clocks, names, statistics, one sensor.
func TestFreeIPMIDeviceSettings(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		f.runAll(t, []line{
			// The SEL and the repository have the same clock.
			{"bmc-device --set-sdr-repository-time='01/02/2027 - 03:04:05'", 0, nil},
			{"bmc-device --get-sdr-repository-time", 0, []string{"SDR Repository Time : 01/02/2027 - 03:04:0"}},
			{"bmc-device --set-sel-time='05/06/2028 - 07:08:09'", 0, nil},
			{"bmc-device --get-sel-time", 0, []string{"SEL Time : 05/06/2028 - 07:08:"}},
			{"bmc-device --get-sdr-repository-time", 0, []string{"SDR Repository Time : 05/06/2028 - 07:08:"}},
			{"bmc-device --platform-event='0x04 0x01 0x03 0x01 assertion 0x59 0x46 0x45'", 0, nil},
			// Over a network the software ID of the message's header says who sends an event, and there is no field for it.
			// [IPMI 2.0 §29.3]
			{"ipmi-sel --tail=1 -v", 0, []string{"| May-06-2028 | 07:08:", "| Sensor #3 | Temperature | Assertion Event | Upper Critical - going high ; Sensor Reading = 46h ; Threshold = 45h"}},
			{"bmc-device --platform-event='0x41 0x04 0x01 0x03 0x01 assertion 0x59 0x46 0x45'", 1, []string{"ipmi_cmd_platform_event"}},
			{"bmc-device --set-sel-time=now", 0, nil},
			{"bmc-device --get-sel-time-utc-offset", 0, []string{"SEL UTC Offset : Unspecified"}},
			{"bmc-device --set-sel-time-utc-offset=-90", 0, nil},
			{"bmc-device --get-sel-time-utc-offset", 0, []string{"SEL UTC Offset : -90 minutes"}},
			{"bmc-device --set-sel-time-utc-offset=none", 0, nil},
			{"bmc-device --get-sel-time-utc-offset", 0, []string{"SEL UTC Offset : Unspecified"}},
			// FFFFFFFFh, the time of no entry, is a date to FreeIPMI.
			{"bmc-device --get-mca-auxiliary-log-status", 0, []string{"Last Entry Added to MCA Log : 02/07/2106 - 06:28:15\nNumber of entries in MCA log : 0\n"}},
			{"bmc-device --get-bmc-global-enables", 0, []string{"Receive Message Queue Interrupt : disabled", "Event Message Buffer : disabled", "System Event Logging : enabled", "OEM 0 : disabled"}},

			{"bmc-device --set-sensor-reading-and-event-status='0x75 0x00 nochange 0x0008 write 0x0000 nochange 0x03 0xff 0xff nochange'", 0, nil},
			{"ipmi-sensors -t Critical_Interrupt", 0, []string{"'Software NMI'"}},
			{"bmc-device --set-sensor-reading-and-event-status='0x01 0x20 write 0x0000 nochange 0x0000 nochange 0x00 0xff 0xff nochange'", 1, []string{"ipmi_cmd_set_sensor_reading_and_event_status"}}, // not settable
			{"bmc-device --rearm-sensor=1", 0, nil},
			{"bmc-device --rearm-sensor='1 0x0880 0x0880'", 0, nil},
			{"bmc-device --rearm-sensor=200", 1, []string{"not found"}},

			{"bmc-device --set-system-firmware-version=2.34", 0, nil},
			{"bmc-device --set-system-name=a-name-that-is-longer-than-16-bytes", 0, nil},
			{"bmc-device --set-primary-operating-system-name=primary", 0, nil},
			{"bmc-device --set-operating-system-name=present", 0, nil},
			{"bmc-device --set-present-os-version-number=7.8", 0, nil},
			{"bmc-device --set-bmc-url=http://bmc.example/", 0, nil},
			{"bmc-device --set-base-os-hypervisor-url=http://os.example/", 0, nil},
			{"bmc-info --get-system-info", 0, []string{"System Firmware Version : 2.34\nSystem Name : a-name-that-is-longer-than-16-bytes\nPrimary Operating System Name : primary\n" +
				"Operating System Name : present\nPresent OS Version Number : 7.8\nBMC URL : http://bmc.example/\nBase OS/Hypervisor URL : http://os.example/\n"}},
		})
	})
}

// The statistics count this machine's packets, and begin anew when they are cleared. [IPMI 2.0 §23.4]
func TestFreeIPMIStatistics(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		counted := regexp.MustCompile(`IP Packets Received +: (\d+)\n`)
		received := func() string {
			t.Helper()
			r := f.run(t, "bmc-device --get-lan-statistics")
			r.ok(t, "Received IP Header Errors : 0", "Fragmented IP Packets Received : 0", "IP Packets Transmitted : ", "UDP Proxy Packets Dropped : 0")
			if m := counted.FindStringSubmatch(r.out); m != nil {
				return m[1]
			}
			t.Fatalf("%s: counts no packets\n%s", r.command, r.out)
			return ""
		}
		once := received()
		f.run(t, "bmc-device --clear-lan-statistics").ok(t)
		if again := received(); again == "0" || len(again) > len(once) {
			t.Errorf("%s packets after the statistics were cleared, %s before", again, once)
		}
	})
}

// ipmi-raw sends the requests of a file, in one session.
func TestFreeIPMIRaw(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		file := filepath.Join(t.TempDir(), "requests")
		if err := os.WriteFile(file, []byte("0 6 1\n0 4 2d 1\n0 2c 1 dc 1\n0 30 70\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		f.run(t, "ipmi-raw -l ADMIN --file="+file).ok(t, "rcvd: 01 00 20 01 01 00 02 BF D9 7E 00 23 06 00 00 00 00\n", "rcvd: 2D 00 18 C0",
			"rcvd: 01 00 DC 01 05 02", "rcvd: 70 C1")
	})
}
