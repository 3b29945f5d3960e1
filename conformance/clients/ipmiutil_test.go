//go:build clients

package clients

import "testing"

// ipmiutil runs one of ipmiutil's commands against the machine. It often ends with 0 after an error; what it says last
// is what counts.
func (m *machine) ipmiutil(t *testing.T, way []string, command string, args ...string) result {
	t.Helper()
	all := append([]string{command, "-N", m.addr}, way...)
	return run(t, "ipmiutil", append(all, args...)...)
}

// utilWays is every way in that ipmiutil has. It has no RAKP-HMAC-SHA256, and what it takes for MD2 (-T 1) is not what
// FreeIPMI, OpenIPMI and the machine agree on.
func utilWays() map[string][]string {
	ways := map[string][]string{
		"v1.5 MD5":      {"-F", "lan", "-T", "2", "-U", "admin", "-P", "password", "-V", "4"},
		"v1.5 password": {"-F", "lan", "-T", "4", "-U", "admin", "-P", "password", "-V", "4"},
	}
	for _, suite := range []string{"0", "1", "2", "3", "6", "7", "8"} {
		ways["v2.0 suite "+suite] = []string{"-F", "lan2", "-J", suite, "-U", "admin", "-P", "password", "-V", "4"}
	}
	return ways
}

func TestIpmiutil(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, open))
	for name, way := range utilWays() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.ipmiutil(t, way, "health").ok(t,
				"BMC manufacturer = 007ed9", "product = 0bad", "BMC version = 1.00, IPMI v2.0",
				"Power State = 00 (S0: working)", "Selftest status = 0055 (OK)",
				"Chan 1 AuthTypes = None MD2 MD5 Straight_Passwd", "ipmiutil health, completed successfully")
			m.ipmiutil(t, way, "health", "-g", "-s").ok(t,
				"System GUID = 01000000-0002-0080-ee11-0000c0b34efa", // in the order of the wire
				"completed successfully")
			m.ipmiutil(t, way, "user", "list").ok(t,
				"User 1: chan=1 enabled Admin", "User 2: chan=1 enabled Admin admin",
				"User 3: chan=1 enabled Operator operator", "User 4: chan=1 enabled User user", "completed successfully")
			m.ipmiutil(t, way, "cmd", "00", "20", "18", "01").ok(t, "20 01 01 00 02 bf d9 7e 00 ad 0b 00 00 00 00", "completed successfully")
		})
	}
}

func TestIpmiutilIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	for _, driver := range []string{"lan", "lan2"} {
		m.ipmiutil(t, []string{"-F", driver, "-U", "nobody", "-P", "password"}, "health").refused(t, "error")
		m.ipmiutil(t, []string{"-F", driver, "-U", "admin", "-P", "Password"}, "health").refused(t, "error")
		m.ipmiutil(t, []string{"-F", driver, "-U", "operator", "-P", "password", "-V", "4"}, "health").refused(t, "error")
	}
}

func TestIpmiutilDiscovers(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	run(t, "ipmiutil", "discover", "-b", m.addr).ok(t, "response from | "+m.addr, "1 pings sent, 1 responses")
	run(t, "ipmiutil", "discover", "-g", "-b", m.addr).ok(t, m.addr, "1 pings sent, 1 responses")
}
