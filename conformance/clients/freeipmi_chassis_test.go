//go:build clients

package clients

import (
	"strings"
	"testing"
)

// ipmi-chassis asks and controls. [IPMI 2.0 §28]
func TestFreeIPMIChassis(t *testing.T) {
	overBoth(t, profile(t, quick), func(t *testing.T, f free) {
		f.runAll(t, []line{
			{"ipmi-chassis --get-chassis-capabilities", 0, []string{"Intrusion sensor : provided", "Front Panel Lockout : not provided", "Diagnostic Interrupt : provided",
				"Power interlock : not provided", "FRU Info Device Address : 20h", "SDR Device Address : 20h", "SEL Device Address : 20h",
				"Sys Mgmt Device Address : 20h", "Bridge Device Address : 20h"}},
			{"ipmi-chassis --get-chassis-status", 0, []string{
				"System Power : on\nPower overload : false\nInterlock : inactive\nPower fault : false\nPower control fault : false\n" +
					"Power restore policy : Restore\nLast Power Event : unknown\nChassis intrusion : inactive\nFront panel lockout : inactive\n" +
					"Drive Fault : false\nCooling/fan fault : false\nChassis Identify state : off\nPower off button : enabled\n",
				"Standby button disable : allowed"}},
			{"ipmi-chassis --get-system-restart-cause", 0, []string{"Restart cause : unknown"}},
			// 4711 hours, which FreeIPMI divides by the minutes of a count, when it should multiply.
			{"ipmi-chassis --get-power-on-hours-counter", 0, []string{"Power on hours : 1 Hours 18 Minutes"}},
			{"ipmi-raw -l ADMIN 0 0 0f", 0, []string{"rcvd: 0F 00 3C 67 12 00 00"}},
			{"ipmi-chassis --chassis-identify=60", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"Chassis Identify state : Timed on"}},
			{"ipmi-chassis --chassis-identify=force", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"Chassis Identify state : Indefinite on"}},
			{"ipmi-chassis --chassis-identify=turn-off", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"Chassis Identify state : off"}},

			{"ipmi-chassis --chassis-control=diagnostic-interrupt", 0, nil},
			{"ipmi-sel --tail=1", 0, []string{"| Critical Int | Critical Interrupt | Front Panel NMI/Diagnostic Interrupt"}},
			{"ipmi-chassis --chassis-control=soft-shutdown", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"System Power : off"}},
			// Nothing can be reset while it is off. [IPMI 2.0 §28.3]
			{"ipmi-chassis --chassis-control=hard-reset", 1, []string{"bad completion code"}},
			{"ipmi-chassis --chassis-control=power-up", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"System Power : on", "Last Power Event : power on via ipmi command"}},
			{"ipmi-chassis --get-system-restart-cause", 0, []string{"Restart cause : Chassis control command"}},
			{"ipmi-chassis --chassis-control=power-cycle", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"System Power : off"}}, // for a second, at least
			{"ipmipower --on --wait-until-on", 0, nil},
			{"ipmi-chassis --chassis-control=hard-reset", 0, nil},
			{"ipmi-chassis --chassis-control=power-down", 0, nil},
			{"ipmi-chassis --get-chassis-status", 0, []string{"System Power : off"}},
			{"ipmi-sel --tail=1", 0, []string{"| ACPI State | System ACPI Power State | S5/G2"}},
		})
	})
}

// ipmipower has a protocol engine of its own, and waits for what it has asked for.
func TestFreeIPMIPower(t *testing.T) {
	slow := "profile: slow\nextends: generic\npower: {power_up: 100ms, power_down: 100ms, shutdown: 200ms, cycle_interval: 0s}\n"
	overBoth(t, profile(t, slow), func(t *testing.T, f free) {
		done, impossible := []string{f.addr + ": ok\n"}, line{"", 1, []string{f.addr + ": operation invalid"}}
		if f.driver == "LAN_2_0" {
			impossible = line{} // here it says nothing of D5h, though with --debug it shows that it has read it
		}
		f.runAll(t, []line{
			{"ipmipower --stat", 0, []string{f.addr + ": on"}},
			{"ipmipower --pulse", 0, done},
			{"ipmipower --reset", 0, done},
			{"ipmipower --off --wait-until-off", 0, done},
			{"ipmipower --stat", 0, []string{f.addr + ": off"}},
			{"ipmipower --reset", impossible.code, impossible.texts},
			{"ipmipower --cycle", impossible.code, impossible.texts},
			{"ipmipower --cycle --on-if-off --wait-until-on", 0, done},
			{"ipmipower --stat", 0, []string{f.addr + ": on"}},
			{"ipmipower --reset --on-if-off", 0, done},
			{"ipmipower --soft", 0, done},
			{"ipmipower --off --wait-until-off", 0, done},
			{"ipmipower --on --wait-until-on", 0, done},
			{"ipmipower --cycle", 0, done},
			{"ipmipower -l USER -u user --stat", 0, []string{f.addr + ": o"}},
			{"ipmipower -l USER -u user --off", 1, []string{"requires atleast operator privilege"}},
		})
	})
}

// ipmi-dcmi asks and sets. [DCMI §6]
func TestFreeIPMIDCMI(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		f.runAll(t, []line{
			// FreeIPMI reads DCMI 1.0's bits of identification, which are reserved in 1.5: asset tag, DHCP name.
			{"ipmi-dcmi --get-dcmi-capability-info", 0, []string{"DCMI Specification Conformance : 1.5", "Power Management / Monitoring Support : Available",
				"In-band System Interface Channel : Available", "Serial TMODE : Not present", "Number of SEL entries : 512", "SEL automatic rollover : Not present",
				"Sampling frequency for Temperature Monitoring : Every 1 Second(s)", "Power Management Device Slave Address : 10h",
				"Primary LAN Out-of-band Channel Number : 1", "Available Rolling Average Time Period : 5 Seconds", "Available Rolling Average Time Period : 1 Hours"}},
			{"ipmi-dcmi --get-asset-tag", 0, []string{"fakebmc\n"}},
			{"ipmi-dcmi --set-asset-tag='rack 7, slot 12'", 0, nil},
			{"ipmi-dcmi --get-asset-tag", 0, []string{"rack 7, slot 12\n"}},
			{"ipmi-dcmi --set-asset-tag=" + strings.Repeat("0123456789abcdef", 4)[1:], 0, nil}, // 63 bytes, the most
			{"ipmi-dcmi --get-asset-tag", 0, []string{strings.Repeat("0123456789abcdef", 4)[1:] + "\n"}},
			{"ipmi-fru -e 0", 0, []string{"FRU Product Asset Tag: " + strings.Repeat("0123456789abcdef", 4)[1:] + "\n"}},
			{"ipmi-dcmi --get-management-controller-identifier-string", 0, []string{"DCMI020000000623\n"}},
			{"ipmi-dcmi --set-management-controller-identifier-string=a-name-that-is-longer-than-16-bytes", 0, nil},
			{"ipmi-dcmi --get-management-controller-identifier-string", 0, []string{"a-name-that-is-longer-than-16-bytes\n"}},
			{"ipmi-dcmi --get-dcmi-sensor-info", 0, []string{"Inlet Temperature SDR Record IDs\n1\n", "CPU Temperature SDR Record IDs\n4\n5\n", "Baseboard temperature SDR Record IDs\n3\n10\n"}},
			{"ipmi-dcmi --get-dcmi-sensor-info --interpret-oem-data", 0, []string{"CPU Temperature SDR Record IDs\n4\n5\n"}},
			{"ipmi-dcmi --get-system-power-statistics", 0, []string{"Current Power : 362 Watts", "Average Power over sampling duration : 362 watts", "Power Measurement : Active"}},
			{"ipmi-dcmi --get-enhanced-system-power-statistics", 0, []string{"Power Statistics for Rolling Average Time Period 5 Seconds\n\nCurrent Power : 362 Watts",
				"Power Statistics for Rolling Average Time Period 30 Minutes", "Maximum Power over sampling duration : 362 watts"}},
			{"ipmi-dcmi --get-power-limit", 0, []string{"Exception Actions : No Action (0h)\nPower Limit Requested : 1000 watts\nCorrection time limit : 1000 milliseconds\n" +
				"Management application Statistics Sampling period : 300 seconds\n"}},
			{"ipmi-dcmi --set-power-limit --exception-actions=0x11 --power-limit-requested=900 --correction-time-limit=2000 --statistics-sampling-period=30", 0, nil},
			{"ipmi-dcmi --activate-deactivate-power-limit=activate", 0, nil},
			{"ipmi-dcmi --get-power-limit", 0, []string{"Exception Actions : Log event to SEL only (11h)\nPower Limit Requested : 900 watts\nCorrection time limit : 2000 milliseconds\n" +
				"Management application Statistics Sampling period : 30 seconds\n"}},
			{"ipmi-dcmi --get-system-power-statistics", 0, []string{"Statistics reporting time period : 30000 milliseconds"}},
			{"ipmi-dcmi --activate-deactivate-power-limit=deactivate", 0, nil},
			// The profile's limits are from 50 W to 1600 W.
			{"ipmi-dcmi --set-power-limit --power-limit-requested=2000", 1, []string{"Power Limit out of range"}},
		})
	})
}
