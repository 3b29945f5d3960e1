//go:build clients

package clients

import (
	"strings"
	"testing"
)

// TestDell asks what delloem and ipmi-oem do, over a machine that only differs from the generic one by its profile.
func TestDell(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, `
profile: dell
extends: generic
device: {manufacturer: 674, product: 256}
system:
  info:
    parameters:
      - {number: 0xc4, data: "04 54 41 47 31"}
      - {number: 0xc5, data: "07 41 42 43 44 45 46 47"}
      - {number: 0xdd, set: 2, data: "00 00 00 00 00 00 00 00 20"}
oem:
  dell: {nic: 2, failover: 3}
`))
	free := []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"get-system-info", "service-tag"}, "ABCDEFG\n"},
		{[]string{"get-system-info", "asset-tag"}, "TAG1\n"},
		{[]string{"get-active-lom-status", "v2"}, "Active LOM : LOM 1\nLink Status : Link Present\nLink Speed : 1 Gbps\nLink Mode : Full duplex\n"},
		{[]string{"get-instantaneous-power-consumption-data"}, "Instantaneous Power : 362 W\nInstantaneous Amps : 1.60 A\n"},
		{[]string{"get-power-head-room"}, "Instantaneous Head Room : 388 W\nPeak Head Room : 388 W\n"},
		{[]string{"reset-power-consumption-data", "peak"}, ""},
		{[]string{"get-power-consumption-data"}, "Cumulative Energy : 0.00 kWh\n"},
	} {
		m.freeipmi(t, free, "ipmi-oem", append([]string{"dell"}, step.args...)...).ok(t, step.want)
	}
	m.ipmitool(t, lanplus, "delloem", "lan", "get").ok(t, "Shared LOM : shared with lom1\nFailover LOM : shared with failover lom2\n")
	m.ipmitool(t, lanplus, "delloem", "lan", "set", "dedicated").ok(t)
	m.ipmitool(t, lanplus, "delloem", "lan", "get").ok(t, "dedicated\n")
	m.ipmitool(t, lanplus, "delloem", "powermonitor").ok(t, "Statistic : Cumulative Energy Consumption\n", "Peak Reading : 362 W\n", "Peak Reading : 1.6 A\n")
	user := []string{"-I", "lanplus", "-U", "user", "-P", "password", "-L", "USER"}
	m.ipmitool(t, user, "raw", "0x30", "0x28", "1", "0").refused(t, "rsp=0xd4")
}

// TestDellMachine lets ipmitool's delloem and FreeIPMI's ipmi-oem look at a machine that is built in.
func TestDellMachine(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: frozen\nextends: dell-r730\nstill: true\n"))
	tool := []string{"-I", "lanplus", "-U", "root", "-P", "calvin"}
	for _, step := range []struct{ args, want string }{
		{"mac list", "0 18:66:da:12:06:30 Enabled\n1 18:66:da:12:06:31 Enabled\n"},
		{"mac list", "iDRAC8 MAC Address 18:66:da:00:06:23\n"},
		{"mac get 3", "3 18:66:da:12:06:33 Enabled\n"},
		{"lan get", "dedicated\n"},
		{"lan get active", "dedicated\n"},
		{"powermonitor", "Peak Reading : 118 W\n"},
		{"powermonitor powerconsumptionhistory", "Average Power Consumption 118 W 118 W 118 W 118 W\n"},
		{"powermonitor enablepowercap", ""},
		{"powermonitor setpowerbudget 500 watt", ""},
		{"powermonitor getpowerbudget", "Maximum power: 1600 Watt\nMinimum power: 100 Watt\nPower cap : 500 Watt\n"},
		{"lcd info", "Line 1: PowerEdge R730\n"},
		{"lcd set mode userdefined out-of-order", ""},
		{"lcd info", "Text: out-of-order\n"},
		{"lcd set vkvm active", ""},
		{"lcd status", "LCD KVM Status :Active\nLCD lock Status :View and modify\n"},
	} {
		m.ipmitool(t, tool, append([]string{"delloem"}, strings.Fields(step.args)...)...).ok(t, step.want)
	}
	free := []string{"-D", "LAN_2_0", "-u", "root", "-p", "calvin", "-l", "admin"}
	for _, step := range []struct{ args, want string }{
		{"get-system-info service-tag", "72NCVN0\n"},
		{"get-system-info product-name", "PowerEdge R730\n"},
		{"get-system-info idrac-info", "IP Address : 192.168.0.120\nIP Configuration : Static\niDRAC Firmware Version : 2.30.30.30\n"},
		{"get-power-consumption-statistics max", "Last Week Max Power : 118 W\n"},
		{"get-power-capacity", "Power Capacity : 500 W\nMinimum Power Consumption : 100 W\nMaximum Power Consumption : 1600 W\nTotal Number of Power Supplies : 2\nAvailable Power : 750 W\nSystem Throttling : Normal system operation\n"},
		{"get-power-capacity-status", "enabled\n"},
	} {
		m.freeipmi(t, free, "ipmi-oem", append([]string{"dell"}, strings.Fields(step.args)...)...).ok(t, step.want)
	}
}

// TestQuanta asks for the command that a profile answers for Quanta.
func TestQuanta(t *testing.T) {
	t.Parallel()
	m := start(t, "quanta-d51b")
	m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "admin", "-l", "admin"}, "ipmi-oem", "quanta", "get-processor-information").
		ok(t, "Processor 1: Xeon 2.40 Ghz\nProcessor 2: Xeon 2.40 Ghz\n")
}

// TestSupermicro asks what FreeIPMI's ipmi-oem and fan controllers do.
func TestSupermicro(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: supermicro\nextends: generic\ndevice: {manufacturer: 10876}\noem:\n  supermicro:\n    zones: [{number: 0, duty: 40, fans: [{sensor: Fan 1, full: 15000}]}]\n"))
	m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "ipmi-oem", "supermicro", "reset-intrusion").ok(t)
	m.ipmitool(t, lanplus, "raw", "0x30", "0x70", "0x0c", "0").ok(t, "02\n")
	m.ipmitool(t, lanplus, "raw", "0x30", "0x70", "0x66", "1", "0", "60").ok(t)
	m.ipmitool(t, lanplus, "sdr", "get", "Fan 1").ok(t, "Sensor Reading : 8960")
}
