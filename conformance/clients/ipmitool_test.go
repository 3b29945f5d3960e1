//go:build clients

package clients

import (
	"fmt"
	"strings"
	"testing"
)

// Ways in for ipmitool. It drops a connection after a few seconds; -N and -R make that so even on a busy computer.
var (
	lanplus = []string{"-I", "lanplus", "-U", "admin", "-P", "password"}
	lan     = []string{"-I", "lan", "-U", "admin", "-P", "password"}
)

// ipmitool runs one command of ipmitool against the machine.
func (m *machine) ipmitool(t *testing.T, way []string, args ...string) result {
	t.Helper()
	all := append([]string{"-H", m.addr, "-N", "2", "-R", "3"}, way...)
	return run(t, "ipmitool", append(all, args...)...)
}

// identity is what Get Device ID of the generic machine says, in ipmitool's words. [IPMI 2.0 §20.1]
var identity = []string{
	"Device ID : 32\n", "Device Revision : 1\n", "Firmware Revision : 1.00\n", "IPMI Version : 2.0\n",
	"Manufacturer ID : 32473\n", "Product ID : 1571 (0x0623)\n", "Device Available : yes\n",
	"Provides Device SDRs : no\n", "Chassis Device\n",
}

func TestIpmitoolLogsInWithEverySuite(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	// ipmitool has no RAKP-HMAC-MD5 with MD5-128 (11, 12) and no xRC4; the machine limits 0 and 6 to User.
	for suite, level := range map[string]string{
		"0": "USER", "1": "ADMINISTRATOR", "2": "ADMINISTRATOR", "3": "ADMINISTRATOR", "6": "USER",
		"7": "ADMINISTRATOR", "8": "ADMINISTRATOR", "15": "ADMINISTRATOR", "16": "ADMINISTRATOR", "17": "ADMINISTRATOR",
	} {
		t.Run("suite "+suite+" [IPMI 2.0 §22.15.2]", func(t *testing.T) {
			t.Parallel()
			way := append([]string{"-C", suite, "-L", level}, lanplus...)
			m.ipmitool(t, way, "mc", "info").ok(t, identity...)
			m.ipmitool(t, way, "session", "info", "active").ok(t,
				"user id : 2", "privilege level : "+level, "session type : IPMIv2/RMCP+", "console ip : 127.0.0.1")
		})
	}
	t.Run("the client's choice", func(t *testing.T) {
		t.Parallel()
		m.ipmitool(t, append([]string{"-v"}, lanplus...), "mc", "info").ok(t, append(identity, "Using best available cipher suite 17")...)
	})
}

func TestIpmitoolLogsInWithEveryAuthenticationType(t *testing.T) {
	t.Parallel()
	m := start(t, "vulnerable")
	// This ipmitool was built without MD2; FreeIPMI and OpenIPMI have it.
	for _, auth := range []string{"NONE", "MD5", "PASSWORD"} {
		t.Run(auth+" [IPMI 2.0 §22.17.1]", func(t *testing.T) {
			t.Parallel()
			way := append([]string{"-A", auth}, lan...)
			m.ipmitool(t, way, "mc", "info").ok(t, "Manufacturer ID : 32473", "Product ID : 2989 (0x0bad)")
			m.ipmitool(t, way, "session", "info", "active").ok(t,
				"user id : 2", "privilege level : ADMINISTRATOR", "session type : IPMIv1.5")
		})
	}
	t.Run("anonymous [IPMI 2.0 §6.9.1]", func(t *testing.T) {
		t.Parallel()
		for _, way := range [][]string{
			{"-I", "lan", "-P", ""}, {"-I", "lan", "-P", "", "-A", "NONE"}, {"-I", "lanplus", "-U", "", "-P", "", "-C", "3"},
		} {
			m.ipmitool(t, way, "session", "info", "active").ok(t, "user id : 1", "privilege level : ADMINISTRATOR")
		}
	})
	t.Run("suite 0 and any password", func(t *testing.T) {
		t.Parallel()
		way := []string{"-I", "lanplus", "-C", "0", "-U", "admin", "-P", "not the password"}
		m.ipmitool(t, way, "user", "list", "1").ok(t, "2 admin true")
	})
}

func TestIpmitoolDeviceCommands(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	ways := map[string][]string{"lan": lan, "lanplus": lanplus}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				section, args string
				texts         []string
			}{
				{"20.1", "mc info", identity},
				{"20.4", "mc selftest", []string{"Selftest: passed"}},
				{"22.14", "mc guid", []string{"System GUID : fa4eb3c0-0000-11ee-8000-020000000001", "GUID Encoding : IPMI\n", "GUID Version : Time-based"}},
				{"22.2", "mc getenables", []string{
					"Receive Message Queue Interrupt : disabled", "Event Message Buffer : disabled", "System Event Logging : enabled",
				}},
				{"22.24", "channel info 0", []string{
					"Channel Medium Type : IPMB (I2C)", "Channel Protocol Type : IPMB-1.0", "Session Support : session-less",
				}},
				{"22.24", "channel info 1", []string{
					"Channel Medium Type : 802.3 LAN", "Channel Protocol Type : IPMB-1.0", "Session Support : multi-session",
					"Protocol Vendor ID : 7154", "Access Mode : always available", "Per-message Auth : enabled",
				}},
				{"22.24", "channel info 15", []string{"Channel Medium Type : System Interface", "Channel Protocol Type : KCS"}},
				{"22.13", "channel authcap 1 4", []string{
					"IPMI v1.5 auth types : MD2 MD5 PASSWORD\n", "KG status : default (all zeroes)",
					"Per message authentication : enabled", "Non-null user names exist : yes",
					"Null user names exist : no", "Anonymous login enabled : no",
					"Channel supports IPMI v1.5 : yes", "Channel supports IPMI v2.0 : yes",
				}},
				{"22.15", "channel getciphers ipmi 1", []string{
					"0 N/A none none none\n", "3 N/A hmac_sha1 hmac_sha1_96 aes_cbc_128\n",
					"8 N/A hmac_md5 hmac_md5_128 aes_cbc_128\n", "12 N/A hmac_md5 md5_128 aes_cbc_128\n",
					"17 N/A hmac_sha256 sha256_128 aes_cbc_128\n",
				}},
				{"22.27", "channel getaccess 1 2", []string{
					"Maximum User IDs : 10", "Enabled User IDs : 3", "User Name : admin", "Fixed Name : No",
					"IPMI Messaging : enabled", "Privilege Level : ADMINISTRATOR", "Enable Status : enabled",
				}},
				{"22.27", "user summary 1", []string{"Maximum IDs : 10", "Enabled User Count : 3"}},
				{"22.29", "user list 1", []string{"2 admin true", "3 operator true", "4 user true"}},
				{"22.20", "session info all", []string{"slot count : 63", "user id : 2", "privilege level : ADMINISTRATOR"}},
				{"24.7", "sol payload status 1 2", []string{"User 2 on channel 1 is enabled"}},
				{"20.1", "raw 0x06 0x01", []string{"20 01 01 00 02 bf d9 7e 00 23 06 00 00 00 00"}},
			} {
				m.ipmitool(t, way, strings.Fields(c.args)...).ok(t, c.texts...)
			}
		})
	}
}

func TestIpmitoolSystemInfo(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.ipmitool(t, lanplus, "mc", "getsysinfo", "system_name").ok(t, "fakebmc")
	m.ipmitool(t, lanplus, "mc", "setsysinfo", "system_name", "a name of two blocks").ok(t)
	m.ipmitool(t, lanplus, "mc", "getsysinfo", "system_name").ok(t, "a name of two blocks")
}

func TestIpmitoolManagesUsers(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.ipmitool(t, lanplus, "user", "set", "name", "5", "bob").ok(t)
	m.ipmitool(t, lanplus, "user", "set", "password", "5", "bobsecret", "16").ok(t, "Set User Password command successful (user 5)")
	m.ipmitool(t, lanplus, "user", "test", "5", "16", "bobsecret").ok(t, "Success")
	m.ipmitool(t, lanplus, "user", "test", "5", "16", "bobsecrex").refused(t, "Failure: password incorrect")       // 80h
	m.ipmitool(t, lanplus, "user", "test", "5", "20", "bobsecret").refused(t, "Failure: wrong password size")      // 81h
	m.ipmitool(t, lanplus, "user", "priv", "5", "3", "1").ok(t, "Set Privilege Level command successful (user 5)") // operator
	m.ipmitool(t, lanplus, "channel", "setaccess", "1", "5", "callin=on", "ipmi=on", "link=off", "privilege=3").ok(t)

	bob := map[string][]string{
		"lan":     {"-I", "lan", "-U", "bob", "-P", "bobsecret", "-L", "OPERATOR"},
		"lanplus": {"-I", "lanplus", "-U", "bob", "-P", "bobsecret", "-L", "OPERATOR"},
	}
	in := func() {
		t.Helper()
		for _, way := range bob {
			m.ipmitool(t, way, "session", "info", "active").ok(t, "user id : 5", "privilege level : OPERATOR")
		}
	}
	out := func() {
		t.Helper()
		m.ipmitool(t, bob["lan"], "mc", "info").refused(t, "Invalid user name")
		m.ipmitool(t, append([]string{"-v"}, bob["lanplus"]...), "mc", "info").refused(t, "unauthorized name")
	}
	m.ipmitool(t, lanplus, "user", "enable", "5").ok(t)
	m.ipmitool(t, lanplus, "user", "list", "1").ok(t, "5 bob true true true OPERATOR")
	in()
	m.ipmitool(t, lanplus, "user", "disable", "5").ok(t)
	out()
	m.ipmitool(t, lanplus, "user", "enable", "5").ok(t)
	in()
	m.ipmitool(t, lanplus, "user", "set", "name", "5", "robert").ok(t)
	out()
}

// A password of more than 16 bytes is stored with 20, and lets its user in with RMCP+ only. [IPMI 2.0 §22.30]
func TestIpmitoolLongPassword(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	const long = "correct-horse-batter"
	m.ipmitool(t, lanplus, "user", "set", "password", "2", long, "20").ok(t)
	m.ipmitool(t, []string{"-I", "lanplus", "-U", "admin", "-P", long}, "user", "test", "2", "20", long).ok(t, "Success")
	m.ipmitool(t, []string{"-I", "lanplus", "-U", "admin", "-P", long[:19]}, "mc", "info").refused(t)
	m.ipmitool(t, []string{"-I", "lan", "-U", "admin", "-P", long[:16]}, "mc", "info").refused(t)
}

func TestIpmitoolPayloadAccess(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	for _, step := range []string{"disable", "enable"} {
		m.ipmitool(t, lanplus, "sol", "payload", step, "1", "3").ok(t)
		m.ipmitool(t, lanplus, "sol", "payload", "status", "1", "3").ok(t, fmt.Sprintf("User 3 on channel 1 is %sd", step))
	}
}

// A cold reset ends every session; the controller is away for the profile's time, and then lets clients in again.
func TestIpmitoolColdReset(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: quick\nextends: generic\ndevice: {cold_reset: 300ms}\n"))
	m.ipmitool(t, lanplus, "user", "set", "name", "5", "bob").ok(t)
	m.ipmitool(t, lanplus, "mc", "reset", "cold").ok(t, "Sent cold reset command to MC")
	// Its own retries carry ipmitool over the time away.
	m.ipmitool(t, lanplus, "session", "info", "active").ok(t, "active sessions : 1\n")
	m.ipmitool(t, lanplus, "user", "list", "1").ok(t, "5 bob true")
}

// What is beyond the machine's commands and buses is answered, not dropped.
func TestIpmitoolBeyond(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.ipmitool(t, lanplus, "raw", "0x3a", "0x01").refused(t, "rsp=0xc1", "Invalid command")
	m.ipmitool(t, lanplus, "raw", "0x06", "0x01", "0x00").refused(t, "rsp=0xc7")
	m.ipmitool(t, lanplus, "raw", "0x06", "0x33").refused(t, "rsp=0xd4")         // Get Message: system interface only
	m.ipmitool(t, lanplus, "raw", "0x06", "0x2e", "0x00").refused(t, "rsp=0xd4") // Set BMC Global Enables: the same
	m.ipmitool(t, lanplus, "i2c", "bus=0", "0xa0", "4", "0").refused(t, "I2C Master Write-Read command failed")
	m.ipmitool(t, lanplus, "firewall", "info", "lun", "0", "netfn", "6", "command", "1").ok(t, "A")
}
