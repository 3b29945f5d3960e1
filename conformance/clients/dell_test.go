//go:build clients

package clients

import "testing"

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

// TestSupermicro asks what FreeIPMI's ipmi-oem and fan controllers do.
func TestSupermicro(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: supermicro\nextends: generic\ndevice: {manufacturer: 10876}\noem:\n  supermicro:\n    zones: [{number: 0, duty: 40, fans: [{sensor: Fan 1, full: 15000}]}]\n"))
	m.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "ipmi-oem", "supermicro", "reset-intrusion").ok(t)
	m.ipmitool(t, lanplus, "raw", "0x30", "0x70", "0x0c", "0").ok(t, "02\n")
	m.ipmitool(t, lanplus, "raw", "0x30", "0x70", "0x66", "1", "0", "60").ok(t)
	m.ipmitool(t, lanplus, "sdr", "get", "Fan 1").ok(t, "Sensor Reading : 8960")
}
