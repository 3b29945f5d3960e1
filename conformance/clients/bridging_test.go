//go:build clients

package clients

import "testing"

// Ways in for FreeIPMI with the level that bridging needs.
var (
	freeLAN15 = []string{"-D", "LAN", "-u", "admin", "-p", "password", "-l", "OPERATOR"}
	freeLAN20 = []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password", "-l", "OPERATOR"}
)

// TestIpmitoolBridging reaches the controllers behind the BMC, also one behind another. [IPMI 2.0 §6.13.3]
func TestIpmitoolBridging(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	for name, way := range map[string][]string{"v1.5": lan, "v2.0": lanplus} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bridge := func(args ...string) []string { return append(args, way...) }
			me := bridge("-b", "6", "-t", "0x2c")
			m.ipmitool(t, me, "mc", "info").ok(t, "Device ID : 80\n", "Firmware Revision : 3.01\n", "Manufacturer ID : 343\n", "Product ID : 2818 (0x0b02)\n")
			m.ipmitool(t, me, "raw", "4", "0x2d", "8").ok(t, "30 c0 c0")
			m.ipmitool(t, me, "sel", "info").refused(t)
			chassis := bridge("-b", "0", "-t", "0x82")
			m.ipmitool(t, chassis, "mc", "info").ok(t, "Device ID : 33\n", "FRU Inventory Device\n")
			m.ipmitool(t, chassis, "sdr", "list").ok(t, "Chassis Air | 26 degrees C | ok", "Chassis 12V | 12.10 Volts | ok", "Chassis Power | 360 Watts | ok")
			m.ipmitool(t, chassis, "fru", "print", "0").ok(t, "Board Product : Chassis Controller", "Board Serial : CC000000001")
			m.ipmitool(t, chassis, "sel", "info").ok(t, "# of Alloc Units : 64")
			behind := bridge("-B", "0", "-T", "0x82", "-b", "1", "-t", "0x84")
			m.ipmitool(t, behind, "mc", "info").ok(t, "Device ID : 34\n", "Firmware Revision : 1.03\n", "Product ID : 132 (0x0084)\n")
			m.ipmitool(t, behind, "raw", "4", "0x2d", "1").ok(t, "1f c0 c0")
			m.ipmitool(t, bridge("-B", "0", "-T", "0x82", "-b", "1", "-t", "0x86"), "raw", "6", "1").refused(t)
			m.ipmitool(t, way, "sdr", "list", "mcloc").ok(t, "Intel ME | Dynamic MC @ 2Ch | ok", "Chassis Ctrl | Dynamic MC @ 82h | ok")
			// ipmitool bridges to the owners of the sensors in the BMC's repository by itself.
			m.ipmitool(t, way, "sdr", "get", "ME Temp").ok(t, "Sensor Reading : 48 (+/- 0) degrees C")
		})
	}
}

// TestIpmitoolBridgingCodes is the table of what Send Message refuses. [IPMI 2.0 §22.7]
func TestIpmitoolBridgingCodes(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	bridge := func(channel, address string) []string {
		return append([]string{"-b", channel, "-t", address}, lanplus...)
	}
	user := []string{"-I", "lanplus", "-U", "user", "-P", "password", "-L", "USER"}
	m.ipmitool(t, bridge("6", "0x2c"), "mc", "info").ok(t, "Device ID : 80\n")
	m.ipmitool(t, bridge("6", "0xee"), "raw", "6", "1").refused(t, "rsp=0x83")
	m.ipmitool(t, bridge("7", "0x2c"), "raw", "6", "1").refused(t, "rsp=0xcc")
	message := []string{"0x2c", "0x18", "0xbc", "0x20", "0x04", "0x01", "0xdb"}
	send := func(first string, n int) []string {
		return append([]string{"raw", "6", "0x34", first}, message[:n]...)
	}
	m.ipmitool(t, lanplus, send("0x86", 7)...).refused(t, "rsp=0xcc")
	m.ipmitool(t, lanplus, send("0xc6", 7)...).refused(t, "rsp=0xcc")
	m.ipmitool(t, lanplus, send("0x66", 7)...).refused(t, "rsp=0xcc")
	m.ipmitool(t, lanplus, "raw", "6", "0x34").refused(t, "rsp=0xc7")
	m.ipmitool(t, lanplus, send("0x46", 2)...).refused(t, "rsp=0xc7")
	m.ipmitool(t, user, send("0x46", 7)...).refused(t, "rsp=0xd4")
}

// TestIpmitoolI2C writes and reads the EEPROM that is on the wires of the IPMB, and sees an inventory in one on a private
// bus. [IPMI 2.0 §22.11]
func TestIpmitoolI2C(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	m.ipmitool(t, lanplus, "i2c", "bus=public", "chan=0", "0xa0", "7", "0").ok(t, "66 61 6b 65 62 6d 63")
	m.ipmitool(t, lanplus, "i2c", "bus=public", "chan=0", "0xa0", "0", "16", "0x11", "0x22").ok(t)
	m.ipmitool(t, lanplus, "i2c", "bus=public", "chan=0", "0xa0", "3", "16").ok(t, "11 22 ff")
	m.ipmitool(t, lanplus, "i2c", "bus=public", "chan=0", "0xe0", "1", "0").refused(t)
}

// TestFreeIPMIBridging uses FreeIPMI's target options and its bridging to the owners of sensors.
func TestFreeIPMIBridging(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	for name, way := range map[string][]string{"v1.5": freeLAN15, "v2.0": freeLAN20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			me := append([]string{"--target-channel-number=6", "--target-slave-address=0x2c"}, way...)
			m.freeipmi(t, me, "bmc-info", "--get-device-id").ok(t, "Device ID : 80", "Firmware Revision : 3.01", "(343)", "Product ID : 2818")
			chassis := append([]string{"--target-channel-number=0", "--target-slave-address=0x82"}, way...)
			m.freeipmi(t, chassis, "ipmi-raw", "0", "6", "1").ok(t, "rcvd: 01 00 21 82 02 14 02 3F D9 7E 00 82 00")
			nobody := append([]string{"--target-channel-number=6", "--target-slave-address=0x2e"}, way...)
			m.freeipmi(t, nobody, "ipmi-raw", "0", "6", "1").refused(t)
			m.freeipmi(t, way, "ipmi-sensors", "--bridge-sensors").ok(t, "ME Temp | Temperature | 48.00 | C | 'OK'", "Chassis Air | Temperature | 26.00 | C | 'OK'")
		})
	}
}

// TestOpenIPMIBridging reaches a controller by its address, and by a broadcast, which OpenIPMI sends with tracking.
// [IPMI 2.0 §20.9, §22.7]
func TestOpenIPMIBridging(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	for name, command := range map[string]string{"by address": "00 82 00 06 01", "broadcast": "00 00 82 00 06 01"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, "openipmicmd", "-k", command, "lan", "-U", "admin", "-P", "password", m.addr).ok(t,
				"00 07 00 01 00 21 82 02 14 02 3f d9 7e 00 82 00")
		})
	}
}

// TestPyghmiBridging sends one request to a controller behind the BMC, and one to nobody.
func TestPyghmiBridging(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	m.python(t, "pyghmi_bridging.py", "admin", "password").printed(t, map[string]any{
		"me": "508103010221570100020b04030600", "nobody": float64(0x83),
	})
}

// TestPythonIPMIRouting reads a device on the wires, and controllers one and two bridges away. Its answers must be inside
// Send Message's response.
func TestPythonIPMIRouting(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: embedded\nextends: satellites\nbridge_reply: embedded\n"))
	m.python(t, "pyipmi_routing.py", "admin", "password").printed(t, map[string]any{
		"i2c": "66616b65", "me": float64(0x50), "manufacturer": float64(343), "fans": float64(0x22),
	})
	// ipmitool takes both forms.
	m.ipmitool(t, append([]string{"-b", "6", "-t", "0x2c"}, lanplus...), "mc", "info").ok(t, "Device ID : 80\n")
}

// TestNodeManager works through the verbs of ipmi-oem's intelnm, which finds the Node Manager in the BMC's repository.
func TestNodeManager(t *testing.T) {
	t.Parallel()
	m := start(t, "satellites")
	nm := func(args ...string) result {
		t.Helper()
		return m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "ipmi-oem", append([]string{"intelnm"}, args...)...)
	}
	platform := []string{"domainid=platform", "policyid=3"}
	of := func(verb string, more ...string) []string {
		return append(append([]string{verb}, platform...), more...)
	}
	nm("get-node-manager-version").ok(t, "Node Manager Version : 3.0", "IPMI Interface Version : 3.0", "Firmware Revision : 3.01")
	nm("get-node-manager-statistics", "mode=globalpower").ok(t, "Current Power : 36", "Measurements State : In Progress")
	nm("get-node-manager-statistics", "mode=globaltemp").ok(t, "Current Temperature : 24 Celsius")
	nm("get-node-manager-statistics", "mode=globalthrottling").refused(t, "Invalid Mode")
	nm("get-node-manager-capabilities", "domainid=platform", "policytrigger=none", "policypowerdomain=primary").ok(t,
		"Max Concurrent Settings : 16", "Max Power : 1600 W", "Min Correction Time : 6000 ms", "Limiting Domain : Entire Platform")
	nm("get-node-manager-policy", "domainid=platform", "policyid=3").refused(t, "Invalid Policy Id")
	nm(of("set-node-manager-policy", "policytrigger=none", "policytargetlimit=300", "correctiontimelimit=6000", "statisticsreportingperiod=10",
		"policystorage=persistent", "policystate=disable", "policyexceptionaction=alert")...).ok(t)
	nm(of("get-node-manager-policy")...).ok(t, "Policy : disabled", "Policy Trigger Type : No Policy Trigger",
		"Policy Exception Send Alert Action : enabled", "Policy Target Limit : 300 W", "Correction Time Limit : 6000 ms", "Statistics Reporting Period : 10 s")
	nm(of("set-node-manager-policy-alert-thresholds", "threshold1=100", "threshold2=200")...).ok(t)
	nm(of("get-node-manager-policy-alert-thresholds")...).ok(t, "Number of Alert Thresholds : 2", "Alert Threshold 1 : 100", "Alert Threshold 2 : 200")
	nm(of("set-node-manager-policy-suspend-periods", "suspendperiodstart1=10:00", "suspendperiodstop1=12:00", "suspendperiodrepeat1=monday")...).ok(t)
	nm(of("get-node-manager-policy-suspend-periods")...).ok(t, "Number of Policy Suspend Periods : 1", "Policy 1 Suspend Repeat on Monday : Yes")
	nm(append([]string{"node-manager-policy-control", "enable"}, platform...)...).ok(t)
	nm(of("get-node-manager-policy")...).ok(t, "Policy : enabled")
	nm(of("set-node-manager-policy-alert-thresholds", "threshold1=100")...).refused(t, "disable it first")
	nm("get-node-manager-statistics", "mode=policypower", "policyid=3").ok(t, "Current Power : 36", "Policy Operational State :")
	nm("reset-node-manager-statistics", "mode=global").ok(t)
	nm("set-node-manager-power-draw-range", "domainid=platform", "minpowerdrawrange=100", "maxpowerdrawrange=900").ok(t)
	nm("get-node-manager-capabilities", "domainid=platform", "policytrigger=none", "policypowerdomain=primary").ok(t, "Max Power : 900 W", "Min Power : 100 W")
	nm("get-node-manager-alert-destination").ok(t, "Alert Receiver : Unregistered")
	nm("set-node-manager-alert-destination", "channelnumber=1", "destinationselector=2", "alertstringselector=1", "sendalertstring=yes", "register=yes").ok(t)
	nm("get-node-manager-alert-destination").ok(t, "Channel Number : 1", "Alert Receiver : Registered", "Alert String Selector : 1", "Send Alert String : Yes")
	nm(of("remove-node-manager-policy")...).ok(t)
	nm(of("get-node-manager-policy")...).refused(t, "Invalid Policy Id")
}
