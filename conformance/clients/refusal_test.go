//go:build clients

package clients

import "testing"

// key is a KG as people type it; its 20 bytes are what the profile says in hexadecimal.
const key = "twentybytes-of-a-key"

// strict offers little: two suites up to their levels, a KG, and a channel that ends at Operator.
const strict = `profile: strict
extends: generic
channels:
  - {number: 1, auth: [md5], cipher_suites: [3, {id: 17, privilege: operator}], kg: 7477656e747962797465732d6f662d612d6b6579}
users:
  - {id: 5, name: mute, password: password, privilege: no-access}
`

// Each refusal has its own status in Open Session or RAKP, and each client its own words for the status.
// [IPMI 2.0 §13.24, Table 13-15]
func TestIpmitoolIsRefused(t *testing.T) {
	t.Parallel()
	generic, kg := start(t, "generic"), start(t, profile(t, strict))
	for _, c := range []struct {
		name  string
		m     *machine
		way   []string
		texts []string
	}{
		{"0Dh, name unknown", generic, []string{"-I", "lanplus", "-U", "nobody", "-P", "password"}, []string{"RAKP 2 message indicates an error : unauthorized name"}},
		{"0Dh, null name", generic, []string{"-I", "lanplus", "-U", "", "-P", ""}, []string{"RAKP 2 message indicates an error : unauthorized name"}},
		{"0Dh, no access", kg, []string{"-I", "lanplus", "-C", "3", "-U", "mute", "-P", "password", "-k", key}, []string{"RAKP 2 message indicates an error : unauthorized name"}},
		{"0Ah, name and level", generic, []string{"-I", "lanplus", "-U", "user", "-P", "password", "-L", "ADMINISTRATOR+"}, []string{"RAKP 2 message indicates an error : unauthorized role requested"}},
		{"wrong password", generic, []string{"-I", "lanplus", "-U", "admin", "-P", "Password"}, []string{"RAKP 2 HMAC is invalid"}},
		{"empty password", generic, []string{"-I", "lanplus", "-U", "admin", "-P", ""}, []string{"RAKP 2 HMAC is invalid"}},
		{"11h, suite not offered", kg, []string{"-I", "lanplus", "-C", "8", "-U", "admin", "-P", "password", "-k", key}, []string{"Error in open session response message : no matching cipher suite"}},
		{"81h, above the user", generic, []string{"-I", "lanplus", "-U", "operator", "-P", "password"}, []string{"Set Session Privilege Level to ADMINISTRATOR failed"}},
		{"80h, above the suite", kg, []string{"-I", "lanplus", "-C", "17", "-U", "admin", "-P", "password", "-k", key}, []string{"Set Session Privilege Level to ADMINISTRATOR failed"}},
		{"wrong KG", kg, []string{"-I", "lanplus", "-C", "3", "-U", "admin", "-P", "password", "-k", "Twentybytes-of-a-key"}, []string{"RAKP 4 message has invalid integrity check value"}},
		{"no KG", kg, []string{"-I", "lanplus", "-C", "3", "-U", "admin", "-P", "password"}, []string{"RAKP 4 message has invalid integrity check value"}},
		{"v1.5 81h, name unknown", generic, []string{"-I", "lan", "-U", "nobody", "-P", "password"}, []string{"Invalid user name"}},
		{"v1.5 82h, null name", generic, []string{"-I", "lan", "-P", ""}, []string{"NULL user name not enabled"}},
		{"v1.5 wrong password", generic, []string{"-I", "lan", "-U", "admin", "-P", "Password"}, []string{"Activate Session"}},
		{"v1.5 86h, above the user", generic, []string{"-I", "lan", "-U", "operator", "-P", "password"}, []string{"Activate Session error", "Requested privilege level exceeds limit"}},
		{"v1.5 type not offered", kg, []string{"-I", "lan", "-A", "PASSWORD", "-U", "admin", "-P", "password"}, []string{"Authentication type PASSWORD not supported"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.m.ipmitool(t, append([]string{"-v"}, c.way...), "mc", "info").refused(t, c.texts...)
		})
	}
	t.Run("right KG", func(t *testing.T) {
		t.Parallel()
		way := []string{"-I", "lanplus", "-C", "3", "-U", "admin", "-P", "password", "-k", key}
		kg.ipmitool(t, way, "channel", "authcap", "1", "4").ok(t, "KG status : non-zero")
	})
}

// What the user's or the session's level does not cover is answered D4h. [IPMI 2.0 §5.2]
func TestPrivilegeOfCommands(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	for _, c := range []struct{ name, intf, user, level string }{
		{"v1.5 user", "lan", "user", "USER"}, {"v2.0 user", "lanplus", "user", "USER"},
		{"v1.5 operator", "lan", "operator", "OPERATOR"}, {"v2.0 operator", "lanplus", "operator", "OPERATOR"},
		{"v2.0 admin who asks for less", "lanplus", "admin", "OPERATOR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			way := []string{"-I", c.intf, "-U", c.user, "-P", "password", "-L", c.level}
			m.ipmitool(t, way, "mc", "info").ok(t, identity...)
			m.ipmitool(t, way, "user", "set", "name", "6", "eve").refused(t, "Insufficient privilege level")
			m.ipmitool(t, way, "raw", "0x06", "0x02").refused(t, "rsp=0xd4")         // "mc reset cold" says nothing of a refusal
			m.ipmitool(t, way, "raw", "0x06", "0x45", "0x06").refused(t, "rsp=0xd4") // before the length of the request
		})
	}
	m.ipmitool(t, lanplus, "user", "list", "1").without(t, "eve")
}

func TestFreeIPMIIsRefused(t *testing.T) {
	t.Parallel()
	generic, kg := start(t, "generic"), start(t, profile(t, strict))
	for _, c := range []struct {
		name string
		m    *machine
		way  []string
		text string
	}{
		{"name unknown", generic, []string{"-D", "LAN_2_0", "-u", "nobody", "-p", "password"}, "username invalid"},
		{"wrong password", generic, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "Password"}, "password invalid"},
		{"suite not offered", kg, []string{"-D", "LAN_2_0", "-I", "8", "-u", "admin", "-p", "password", "-k", key}, "cipher suite id unavailable"},
		{"above the user", generic, []string{"-D", "LAN_2_0", "-u", "operator", "-p", "password", "-l", "ADMIN"}, "privilege level cannot be obtained for this user"},
		{"above the suite", kg, []string{"-D", "LAN_2_0", "-I", "17", "-u", "admin", "-p", "password", "-k", key, "-l", "ADMIN"}, "privilege level cannot be obtained for this user"},
		{"wrong KG", kg, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password", "-k", "Twentybytes-of-a-key"}, "k_g invalid"},
		{"no KG", kg, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}, "k_g invalid"},
		{"v1.5 name unknown", generic, []string{"-D", "LAN", "-u", "nobody", "-p", "password"}, "username invalid"},
		{"v1.5 null name", generic, []string{"-D", "LAN"}, "username invalid"},
		{"v1.5 wrong password", generic, []string{"-D", "LAN", "-u", "admin", "-p", "Password"}, "password"},
		{"v1.5 above the user", generic, []string{"-D", "LAN", "-u", "operator", "-p", "password", "-l", "ADMIN"}, "privilege level cannot be obtained for this user"},
		{"v1.5 type not offered", kg, []string{"-D", "LAN", "-a", "MD2", "-u", "admin", "-p", "password"}, "authentication type unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.m.freeipmi(t, c.way, "bmc-info", "--get-device-id").refused(t, c.text)
		})
	}
	t.Run("right KG", func(t *testing.T) {
		t.Parallel()
		kg.freeipmi(t, []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password", "-k", key}, "bmc-info", "--get-device-id").ok(t, "Device ID : 32")
	})
}

// TestWrongPasswordsInRMCPPlus: who tells the controller that RAKP Message 2 was not what the password makes of it.
// [IPMI 2.0 §13.22]
func TestWrongPasswordsInRMCPPlus(t *testing.T) {
	t.Parallel()
	for command, told := range map[string]int{
		"ipmitool -I lanplus -C 17 -N 1 -R 2 -H HOST -U admin -P wrong mc guid":                                                0,
		"bmc-info -D LAN_2_0 --get-device-id -h HOST -u admin -p wrong --session-timeout=4000 --retransmission-timeout=1000":   0,
		"ipmiutil health -F lan2 -N HOST -U admin -P wrong -V 4":                                                               0,
		goipmi + " -host HOST -user admin -password wrong -suite 17":                                                           0,
		"openipmicmd -k '0f 00 06 01' lan -U admin -P wrong -A rmcp+ -Ra rakp_hmac_sha1 -Ri hmac_sha1 -Rc aes_cbc_128 HOST":    1,
		"openipmicmd -k '0f 00 06 01' lan -U admin -P password -A rmcp+ -Ra rakp_hmac_sha1 -Ri hmac_sha1 -Rc aes_cbc_128 HOST": 0,
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			m := start(t, "generic")
			r := m.shell(t, command)
			want := 0
			if r.code == 0 {
				want = 1
			}
			if opened := m.log.lines(want, `"message":"session opened"`); opened != want {
				t.Errorf("exit %d, %d sessions opened\n%s", r.code, opened, r.out)
			}
			if got := m.log.lines(told, `"status":"invalid integrity check value"`, `"message":"login ended by the console"`); got != told {
				t.Errorf("told %d times, want %d", got, told)
			}
		})
	}
}
