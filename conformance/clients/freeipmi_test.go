//go:build clients

package clients

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// freeipmi runs one of FreeIPMI's tools against the machine.
func (m *machine) freeipmi(t *testing.T, way []string, tool string, args ...string) result {
	t.Helper()
	all := append([]string{"-h", m.addr, "--session-timeout=6000", "--retransmission-timeout=1500"}, way...)
	return run(t, tool, append(all, args...)...)
}

// freeWays is every way in that FreeIPMI has, by name.
func freeWays() map[string][]string {
	ways := map[string][]string{}
	for _, auth := range []string{"NONE", "STRAIGHT_PASSWORD_KEY", "MD2", "MD5"} {
		ways["v1.5 "+auth] = []string{"-D", "LAN", "-a", auth, "-u", "admin", "-p", "password"}
	}
	for _, suite := range []int{0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17} {
		ways[fmt.Sprintf("v2.0 suite %d", suite)] = []string{
			"-D", "LAN_2_0", "-I", fmt.Sprint(suite), "-u", "admin", "-p", "password",
		}
	}
	return ways
}

// open is a machine on which every way in reaches the administrator's level.
const open = `profile: open
extends: vulnerable
channels:
  - {number: 1, cipher_suites: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]}
`

func TestFreeIPMIInfo(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, open))
	for name, way := range freeWays() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Not its channels: bmc-info 1.6.10 prints uninitialised memory for the channels that there are not.
			m.freeipmi(t, way, "bmc-info", "--get-device-id").ok(t,
				"Device ID : 32", "Device Revision : 1", "Device SDRs : unsupported", "Firmware Revision : 1.00",
				"Device Available : yes (normal operation)", "IPMI Version : 2.0", "Sensor Device : supported",
				"Bridge : unsupported", "Chassis Device : supported", "(32473)", "Product ID : 2989",
				"Auxiliary Firmware Revision Information : 00000000h")
			m.freeipmi(t, way, "bmc-info", "--get-system-guid").ok(t, "fa4eb3c0-0000-11ee-8000-020000000001")
			m.freeipmi(t, way, "bmc-info", "--get-device-guid").ok(t, "fa4eb3c0-0000-11ee-8000-020000000020")
			m.freeipmi(t, append(way, "-l", "ADMIN"), "ipmi-raw", "0", "6", "1").ok(t, "rcvd: 01 00 20 01 01 00 02 BF D9 7E 00 AD 0B")
		})
	}
}

func TestFreeIPMISystemInfo(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	way := []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}
	m.freeipmi(t, way, "bmc-info", "--get-system-info").ok(t,
		"System Firmware Version : 1.00", "System Name : fakebmc", "Primary Operating System Name : Linux")
	m.freeipmi(t, way, "bmc-device", "--set-system-name=renamed").ok(t)
	m.freeipmi(t, way, "bmc-info", "--get-system-info").ok(t, "System Name : renamed")
	m.freeipmi(t, way, "bmc-info", "--get-channel-info").ok(t,
		"Channel Number : 1\nMedium Type : 802.3 LAN\nProtocol Type : IPMB-1.0\nActive Session Count : 1\n"+
			"Session Support : multi-session")
}

func TestFreeIPMIDevice(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: quick\nextends: generic\ndevice: {cold_reset: 300ms, warm_reset: 100ms}\n"))
	for _, driver := range []string{"LAN", "LAN_2_0"} {
		way := []string{"-D", driver, "-u", "admin", "-p", "password"}
		for option, texts := range map[string][]string{
			"--get-self-test-results":          {"Self Test Result : No Error"},
			"--get-acpi-power-state":           {"ACPI System Power State : S0/G0", "ACPI Device Power State : D0"},
			"--get-kcs-interface-capabilities": {"KCS Version : version 1 (0h)", "KCS Maximum Input Message Size : 255 bytes"},
			"--get-bmc-global-enables":         {"Receive Message Queue Interrupt", "System Event Logging"},
		} {
			m.freeipmi(t, way, "bmc-device", option).ok(t, texts...)
		}
	}
	way := []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}
	m.freeipmi(t, way, "bmc-device", "--set-acpi-power-state", "--set-acpi-system-power-state=S4").ok(t)
	m.freeipmi(t, way, "bmc-device", "--get-acpi-power-state").ok(t, "ACPI System Power State : S4")
	// The machine's system interface is KCS: it has no SSIF and no BT to tell about.
	m.freeipmi(t, way, "bmc-device", "--get-ssif-interface-capabilities").refused(t)
	m.freeipmi(t, way, "bmc-device", "--get-bt-interface-capabilities").refused(t)
	for _, reset := range []string{"--warm-reset", "--cold-reset"} {
		m.freeipmi(t, way, "bmc-device", reset).ok(t)
		m.freeipmi(t, way, "bmc-info", "--get-device-id").ok(t, "Device ID : 32")
	}
}

// bmc-config reads, writes and compares one user and the channel, whatever way in it has.
func TestFreeIPMIConfig(t *testing.T) {
	t.Parallel()
	for name, way := range freeWays() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, profile(t, open))
			m.freeipmi(t, way, "bmc-config", "--checkout", "-S", "User3", "-S", "Lan_Channel").ok(t,
				"Username operator", "Enable_User Yes", "Lan_Enable_IPMI_Msgs Yes", "Lan_Privilege_Limit Operator",
				"SOL_Payload_Access Yes", "Volatile_Access_Mode Always_Available", "Volatile_Enable_Per_Message_Auth Yes",
				"Non_Volatile_Channel_Privilege_Limit Administrator")

			carol := []string{
				"-e", "User7:Username=carol", "-e", "User7:Password=carolpw", "-e", "User7:Enable_User=Yes",
				"-e", "User7:Lan_Enable_IPMI_Msgs=Yes", "-e", "User7:Lan_Privilege_Limit=Operator",
				"-e", "Lan_Channel:Non_Volatile_Channel_Privilege_Limit=Operator",
			}
			m.freeipmi(t, way, "bmc-config", append([]string{"--commit"}, carol...)...).ok(t)
			m.freeipmi(t, way, "bmc-config", "--checkout", "-S", "User7", "-S", "Lan_Channel").ok(t,
				"Username carol", "Enable_User Yes", "Lan_Enable_IPMI_Msgs Yes", "Lan_Privilege_Limit Operator",
				"Volatile_Channel_Privilege_Limit Administrator", "Non_Volatile_Channel_Privilege_Limit Operator")

			if same := m.freeipmi(t, way, "bmc-config", append([]string{"--diff"}, carol...)...); strings.TrimSpace(same.out) != "" {
				t.Errorf("%s: differs from what was committed:\n%s", same.command, same.out)
			}
			m.freeipmi(t, way, "bmc-config", "--diff", "-e", "User7:Lan_Privilege_Limit=User").ok(t,
				"User7:Lan_Privilege_Limit - input=`User':actual=`Operator'")
			m.freeipmi(t, way, "bmc-config", "--diff", "-e", "User7:Password=carolpx").ok(t, "User7:Password - input=`carolpx':actual=`<something else>'")

			for _, driver := range []string{"LAN", "LAN_2_0"} {
				as := []string{"-D", driver, "-u", "carol", "-p", "carolpw", "-l", "OPERATOR"}
				m.freeipmi(t, as, "bmc-info", "--get-device-id").ok(t, "Device ID : 32")
			}
		})
	}
}

// bmc-config sets a KG, and with it makes every later login need it.
func TestFreeIPMIKey(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: keyed\nextends: generic\nsessions: {kr: true}\n"))
	way := []string{"-D", "LAN_2_0", "-u", "admin", "-p", "password"}
	section := []string{"--checkout", "-S", "Lan_Conf_Security_Keys"}
	m.freeipmi(t, way, "bmc-config", section...).ok(t, "K_G 0x0000000000000000000000000000000000000000")
	m.freeipmi(t, way, "bmc-config", "--commit", "-e", "Lan_Conf_Security_Keys:K_G="+key).ok(t)
	m.freeipmi(t, way, "bmc-info", "--get-device-id").refused(t, "k_g invalid")
	m.freeipmi(t, append([]string{"-k", key}, way...), "bmc-config", section...).ok(t, "K_G "+key)

	// A BMC that uses no KR says so (84h), and bmc-config takes that for a failure after it has printed KG.
	start(t, "generic").freeipmi(t, way, "bmc-config", section...).want(t, 1, "K_G 0x0000000000000000000000000000000000000000")
}

func TestFreeIPMIPings(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	run(t, "rmcpping", "-c", "2", m.addr).ok(t, "pong received from "+m.addr, "2 pings transmitted, 2 pongs received in time, 0.0% packet loss")
	run(t, "rmcpping", "-v", "-c", "1", m.addr).ok(t, "1 pings transmitted, 1 pongs received", "ipmi supported")
	run(t, "ipmiping", "-c", "2", m.addr).ok(t, "response received from "+m.addr, "2 requests transmitted, 2 responses received in time, 0.0% packet loss")
	run(t, "ipmiping", "-v", "-c", "1", m.addr).ok(t, "auth: none=clear md2=set md5=set password=set oem=clear anon=clear null=clear non-null=set user=clear permsg=clear")
	// Nobody is at the next address: the pings tell a machine from no machine.
	run(t, "rmcpping", "-c", "1", "-t", "1", nextAddress()).refused(t, "0 pongs received", "100.0% packet loss")
}

// ipmidetectd pings two machines and an address where there is none, and ipmidetect tells them apart.
func TestFreeIPMIDetect(t *testing.T) {
	t.Parallel()
	one, two, nobody := start(t, "generic"), start(t, "vulnerable"), nextAddress()
	serverPort := freePort(t) // for its clients, on all addresses
	conf := filepath.Join(t.TempDir(), "ipmidetectd.conf")
	text := fmt.Sprintf("host %s\nhost %s\nhost %s\nipmiping_period 200\nipmidetectd_server_port %s\n", one.addr, two.addr, nobody, serverPort)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "stdbuf", "-oL", "ipmidetectd", "-d", "-c", conf)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		_ = cmd.Wait() // killed, on purpose
	}()
	var heard strings.Builder
	waiting := map[string]bool{one.addr: true, two.addr: true}
	for scan := bufio.NewScanner(stderr); len(waiting) > 0 && scan.Scan(); {
		heard.WriteString(scan.Text() + "\n")
		delete(waiting, strings.TrimPrefix(scan.Text(), "Ping Reply from "))
	}
	if len(waiting) > 0 {
		t.Fatalf("ipmidetectd has no answer of %v:\n%s", waiting, heard.String())
	}
	run(t, "ipmidetect", "-h", "127.0.0.1", "-p", serverPort, "-d", "-n").want(t, 1, one.addr, two.addr) // 1: not all are there
	run(t, "ipmidetect", "-h", "127.0.0.1", "-p", serverPort, "-u", "-n").want(t, 1, nobody)
}

// freePort is a TCP port that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
