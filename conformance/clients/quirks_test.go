//go:build clients

package clients

import (
	"slices"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/profiles"
)

// quirky offers every way in, with a quirk.
const quirky = `profile: quirky
extends: generic
quirks: [QUIRK]
channels:
  - {number: 1, auth: [none, md2, md5, password], cipher_suites: [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]}
`

// Programs with the user and the machine's address, which the command's HOST stands for.
const (
	info15   = "bmc-info -D LAN"
	info20   = "bmc-info -D LAN_2_0"
	freeUser = " -h HOST -u admin -p password --session-timeout=4000 --retransmission-timeout=1000"
	deviceID = " --get-device-id"
	sensors  = "ipmi-sensors -D LAN_2_0 -Q --sdr-cache-directory=."
	tool15   = "ipmitool -I lan" + toolUser
	tool20   = "ipmitool -I lanplus" + toolUser
	toolUser = " -N 1 -R 2 -H HOST -U admin -P password"
	openIPMI = "openipmicmd -k 'f 0 6 1' lan -U admin -P password -A rmcp+"
	solFree  = "(sleep 2; printf '&.') | timeout 8 script -qec 'ipmiconsole -u admin -p password -h HOST FLAGS' /dev/null"
	// lockedOut logs in with a wrong password three times, and then with the right one.
	lockedOut = "for i in 1 2 3; do ipmitool -I lanplus -C 3 -N 1 -R 2 -H HOST -U admin -P wrong mc guid >/dev/null 2>&1; done; " + tool20 + " -C 3 mc guid"
	longUser  = " -h HOST -u admin -p " + longWord + " --session-timeout=4000 --retransmission-timeout=1000"
	setLong   = tool20 + " -C 3 user set password 2 " + longWord + " 20 >/dev/null; "
	longWord  = "a-password-of-20-by"
	terminate = " HOST </dev/null"
)

// quirkRun is one client that meets a quirk. Flags stand at the command's end, or where it says FLAGS.
type quirkRun struct {
	quirk   string
	command string
	way     string // flags of the run without the work-around
	cope    string // flags of the run with it; "none": there is no work-around
	works   string // what the client prints when all is well
	fails   string // and what it prints when it meets the quirk
	exit0   bool   // it ends with success then
}

const (
	idOfFree = "Device ID : 32"
	guidTool = "System GUID : fa4eb3c0"
	idOfOpen = "00 20 01 01 00 02" // Get Device ID's answer
	inlet    = "1 | Inlet Temp | Temperature | 24.00 | C"
	isThere  = "[SOL established]"
)

var quirkRuns = []quirkRun{
	{"authcap-user-bits", info20 + freeUser + deviceID, "", "-W authcap", idOfFree, "username invalid", false},
	{"authcap-user-bits", info15 + freeUser + deviceID, "", "-W authcap", idOfFree, "username invalid", false},
	{"authcap-kg-bit", info20 + freeUser + deviceID, "", "-W authcap", idOfFree, "k_g invalid", false},
	{"authcap-no-types", info15 + freeUser + deviceID, "", "-W authcap", idOfFree, "authentication type unavailable for attempted privilege level", false},
	{"authcap-no-types", "ipmitool" + toolUser + " FLAGS mc guid", "-I lan", "-I lanplus", guidTool, "Authentication type NONE not supported", false},
	{"permsg-advertised-off", info15 + freeUser + deviceID, "", "-W forcepermsg", idOfFree, "session timeout", false},
	{"session-id-zero", info15 + freeUser + deviceID, "", "-W idzero", idOfFree, "session timeout", false},
	{"seq-big-endian", info15 + freeUser + deviceID, "", "-W endianseq", idOfFree, "session timeout", false},
	{"authcode-wrong", info15 + freeUser + deviceID, "", "-W noauthcodecheck", idOfFree, "password verification timeout", false},
	{"authcode-blank-straight", info15 + freeUser + deviceID + " -a STRAIGHT_PASSWORD_KEY", "", "-W noauthcodecheck", idOfFree, "password verification timeout", false},
	{"checksum-wrong", info20 + freeUser + deviceID, "", "-W nochecksumcheck", idOfFree, "session timeout", false},
	{"ipmi15-unsupported", "bmc-info" + freeUser + deviceID, "-D LAN", "-D LAN_2_0", idOfFree, "command invalid or unsupported", false},
	{"ipmi15-unsupported", "ipmitool" + toolUser + " FLAGS mc guid", "-I lan", "-I lanplus", guidTool, "Get Session Challenge command failed: Invalid command", false},
	{"authcap-rejects-v20-bit", "bmc-info" + freeUser + deviceID, "-D LAN_2_0", "-D LAN", idOfFree, "invalid parameters", false},
	{"authcap-rejects-v20-bit", "ipmitool" + toolUser + " FLAGS mc guid", "-I lanplus", "-I lan", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"authcap-ext-confused", "bmc-info" + freeUser + deviceID, "-D LAN_2_0", "-D LAN", idOfFree, "ipmi 2.0 unavailable", false},
	{"authcap-ext-confused", "ipmitool" + toolUser + " FLAGS mc guid", "-I lanplus", "-I lan", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"no-rmcp-pong", "rmcpping -c 1 HOST", "", "none", "1 pongs received", "100.0% packet loss", false},
	{"activate-priv-exact", info15 + freeUser + deviceID, "-l OPERATOR", "-l ADMIN", idOfFree, "privilege level cannot be obtained for this user", false},
	{"activate-priv-exact", tool15 + " FLAGS mc guid", "-L OPERATOR", "-L ADMINISTRATOR", guidTool, "Activate Session error: Insufficient privilege level", false},
	{"activate-exceeds-privilege", info15 + freeUser + deviceID, "-l ADMIN", "-l OPERATOR", idOfFree, "privilege level cannot be obtained for this user", false},
	{"activate-exceeds-privilege", tool15 + " FLAGS mc guid", "", "-L OPERATOR", guidTool, "exceeds limit", false},
	{"challenge-retransmit-deaf", "ipmitool" + toolUser + " FLAGS mc guid", "-I lan", "-I lanplus", guidTool, "Get Session Challenge command failed", false},
	{"no-ping-tolerance", "ipmitool" + toolUser + " FLAGS mc guid", "-I lan", "-I lanplus", guidTool, "Unable to establish LAN session", false},
	{"authcap-ext-unasked", "ipmiutil health -N HOST -U admin -P password FLAGS", "-F lan", "-F lan2", "Power State = 00", "BMC only supports lan v2", false},
	{"unexpected-authcode", "ipmipower -D LAN -s" + freeUser, "", "-W unexpectedauth", ": on", "session timeout", true},
	{"unexpected-authcode", info15 + freeUser + deviceID, "", "none", idOfFree, "session timeout", false},
	{"activate-authtype-none", tool15 + " mc guid", "", "none", guidTool, "Invalid Session AuthType MD5 in response", false},
	{"thump", tool15 + " FLAGS mc guid", "", "-o intelwv2", guidTool, "Unable to establish LAN session", false},
	{"guid-zero", tool20 + " -C 3 mc guid", "", "none", guidTool, "System GUID : 00000000000000000000000000000000", true},
	{"i82571spt", tool20 + " -C 3 FLAGS chassis power status", "", "-o i82571spt", "Chassis Power is on", "Unable to establish IPMI v2 / RMCP+ session", false},
	{"rq-seq-not-echoed", tool15 + " mc guid", "", "none", guidTool, "Set Session Privilege Level to ADMINISTRATOR failed", false},
	{"rq-seq-not-echoed", info20 + freeUser + deviceID, "", "none", idOfFree, "session timeout", false},
	{"sun20", info20 + freeUser + deviceID, "", "-W sun20", idOfFree, "password invalid", false},
	{"rakp4-integrity-alg", info20 + freeUser + deviceID, "-I 1", "-I 3", idOfFree, "k_g invalid", false},
	{"intel20", info20 + freeUser + deviceID, "", "-W intel20", idOfFree, "privilege level cannot be obtained for this user", false},
	{"rmcpp-status-c7", info20 + freeUser + deviceID, "", "-I 17", idOfFree, "bad rmcpplus status code", false},
	{"rmcpp-status-c7", tool20 + " FLAGS mc guid", "-C 3", "", guidTool, "Error in open session response message", false},
	{"rakp2-priv-status", info20 + freeUser + deviceID, "-l ADMIN", "-l OPERATOR", idOfFree, "privilege level cannot be obtained for this user", false},
	{"rakp2-priv-status", tool20 + " FLAGS mc guid", "", "-L OPERATOR", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"set-priv-exceeds", info20 + freeUser + deviceID, "-l ADMIN", "-l OPERATOR", idOfFree, "privilege level cannot be obtained for this user", false},
	{"set-priv-exceeds", tool20 + " FLAGS mc guid", "", "-L OPERATOR", guidTool, "Set Session Privilege Level to ADMINISTRATOR failed", false},
	{"rakp-ok-priv-too-high", info20 + freeUser + deviceID, "-l ADMIN", "-l OPERATOR", idOfFree, "password invalid", false},
	{"rakp-ok-priv-too-high", tool20 + " FLAGS mc guid", "", "-L OPERATOR", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"md5-password-truncated-16", setLong + info20 + longUser + deviceID, "-I 8", "-I 3", idOfFree, "password invalid", false},
	{"suite8-no-authcode", info20 + freeUser + deviceID, "-I 8", "-I 3", idOfFree, "session timeout", false},
	{"suites11-12-bad-authcode", info20 + freeUser + deviceID, "-I 12", "-I 3", idOfFree, "session timeout", false},
	{"suite-privilege-exact", tool20 + " FLAGS mc guid", "-L OPERATOR", "-L ADMINISTRATOR", guidTool, "no matching cipher suite", false},
	{"session-info-handle-0", tool20 + " -C 3 session info active", "", "none", "session handle : 1", "session handle : 0", true},
	{"late-lockout", lockedOut, "", "none", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},

	{"rakp2-length-plus-1", info20 + freeUser + deviceID, "", "-W supermicro20", idOfFree, "password invalid", false},
	{"opensesspriv", info20 + freeUser + deviceID, "", "-W opensesspriv", idOfFree, "password invalid", false},
	{"opensesspriv", tool20 + " FLAGS chassis power status", "-L ADMINISTRATOR", "-L OPERATOR", "Chassis Power is on", "Unable to establish IPMI v2 / RMCP+ session", false},
	{"open-echoes-highest", info20 + freeUser + deviceID, "", "-W opensesspriv", idOfFree, "privilege level cannot be obtained for this user", false},
	{"suite0-rakp4-icv", info20 + freeUser + deviceID + " -I 0", "", "-W integritycheckvalue", idOfFree, "k_g invalid", false},
	{"rakp3-role-low-nibble", tool20 + " -C 3 FLAGS mc guid", "", "-o intelplus", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"rakp3-role-low-nibble", openIPMI + " FLAGS" + terminate, "", "-H rakp3_wrong_rolem", idOfOpen, "Unable to setup connection: 200000f", false},
	{"integrity-key-sik", openIPMI + " FLAGS" + terminate, "", "-H rmcpp_integ_sik", idOfOpen, "Unable to setup connection: 10000c3", false},
	{"username-padded", tool20 + " mc guid", "", "none", guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"no-presession-ciphers", tool20 + " FLAGS mc guid", "", "-C 17", guidTool, "Unable to Get Channel Cipher Suites", true},
	{"ciphers-cc", tool20 + " FLAGS mc guid", "", "-C 17", guidTool, "Get Channel Cipher Suites failed: Invalid command", true},
	{"suite-listed-but-refused", tool20 + " FLAGS mc guid", "", "-C 3", guidTool, "no matching cipher suite", false},
	{"suite3-disabled", info20 + freeUser + deviceID, "", "-I 17", idOfFree, "bad rmcpplus status code", false},
	{"suite3-disabled", tool20 + " FLAGS mc guid", "-C 3", "", guidTool, "invalid authentication algorithm", false},
	{"wrong-status-for-suite", info20 + freeUser + deviceID, "", "-I 17", idOfFree, "bad rmcpplus status code", false},
	{"wrong-status-for-suite", tool20 + " FLAGS mc guid", "-C 3", "", guidTool, "illegal parameter", false},
	{"short-open-error", info20 + freeUser + deviceID, "", "-I 17", idOfFree, "internal IPMI error", false},
	{"short-open-error", tool20 + " FLAGS mc guid", "-C 3", "", guidTool, "no matching cipher suite", false},
	{"insufficient-resources", info20 + freeUser + deviceID, "", "none", idOfFree, "BMC busy", false},
	{"insufficient-resources", tool20 + " mc guid", "", "none", guidTool, "insufficient resources for session", false},
	{"insufficient-resources", tool15 + " mc guid", "", "none", guidTool, "No session slot available", false},
	{"set-priv-deaf", tool20 + " mc guid", "", "none", guidTool, "Set Session Privilege Level to ADMINISTRATOR failed", false},
	{"node-busy", tool20 + " mc guid", "", "none", guidTool, "Set Session Privilege Level to ADMINISTRATOR failed: Node busy", false},
	{"dup-responses", tool20 + " mc guid", "", "none", guidTool, "Received an Unexpected message ID", true},

	{"sdr-count-low", sensors + freeUser, "", "-W assumemaxsdrrecordcount", inlet, "SDR record count invalid", false},
	{"sdr-next-loop", sensors + freeUser, "", "-W assumemaxsdrrecordcount", inlet, "SDR record count invalid", false},
	{"sdr-last-c3", sensors + freeUser, "", "none", inlet, "internal IPMI error", false},
	{"sdr-info-unsupported", tool20 + " -C 3 sdr list", "", "none", "Inlet Temp | 24 degrees C | ok", "Error obtaining SDR info: Invalid command", false},
	{"sdr-info-unsupported", sensors + freeUser, "", "none", inlet, "internal IPMI error", false},
	{"sdr-reserve-unsupported", tool20 + " -C 3 sdr list", "", "none", "Inlet Temp | 24 degrees C | ok", "Unable to obtain SDR reservation", false},
	{"owner-not-bmc", sensors + freeUser, "", "-W assumebmcowner", inlet, "1 | Inlet Temp | Temperature | N/A | C", true},
	{"scanning-disabled-lie", sensors + freeUser, "", "-W ignorescanningdisabled", inlet, "1 | Inlet Temp | Temperature | N/A | C", true},
	{"discrete-with-analog", sensors + freeUser, "", "-W discretereading", inlet, "1 | Inlet Temp | Temperature | N/A | N/A", true},
	{"sensor-cc", sensors + freeUser, "", "none", inlet, "1 | Inlet Temp | Temperature | N/A | C", true},
	{"sensor-cc-ff", sensors + freeUser, "", "none", inlet, "ipmi_sensor_read: internal IPMI error", false},
	{"sensor-empty-reply", sensors + freeUser, "", "none", inlet, "ipmi_sensor_read: internal system error", false},
	{"sel-bad-record-type", "ipmi-sel -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser, "", "-W assumesystemevent", "Event Logging Disabled | Log Area Reset/Cleared", "Unknown SEL Record Type: 3h", true},
	{"sel-get-unsupported", "ipmi-sel -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser, "", "none", "Event Logging Disabled | Log Area Reset/Cleared", "internal IPMI error", false},
	{"sel-reserve-d4", tool20 + " -C 3 sel clear", "", "none", "Clearing SEL", "Unable to reserve SEL: Insufficient privilege level", false},
	{"fru-bad-checksum", "ipmi-fru -D LAN_2_0 -Q --device-id=0 --sdr-cache-directory=." + freeUser, "", "-W skipchecks", "FRU Chassis Type: Rack Mount Chassis", "chassis info area checksum invalid", true},
	{"fru-size-zero", tool20 + " -C 3 fru print 0", "", "none", "Board Mfg", "Invalid FRU size 0", false},
	{"bootflags-extra-12", "ipmi-config -D LAN_2_0 --category=chassis --checkout" + freeUser, "", "none", "Boot_Device", "session timeout", false},
	{"dcmi-power-empty", tool20 + " -C 3 dcmi power reading", "", "none", "Instantaneous power reading", "A valid DCMI command was not returned!", false},
	{"sysinfo-d4", info20 + freeUser + " --get-system-info", "", "none", "System Firmware Version", "privilege level insufficient", false},
	{"thresholds-unsupported", tool20 + " -C 3 sensor get 'Inlet Temp'", "", "none", "Upper Critical : 47.000", "Sensor Threshold Settings not available", true},

	{"sol-size-wrong", solFree, "", "-W solpayloadsize", isThere, "BMC Implementation", true},
	{"sol-channelsupport-c1", solFree, "", "-W solchannelsupport", isThere, "BMC Error", true},
	{"sol-status-cc", solFree, "", "-W solstatus", isThere, "BMC Error", true},
}

// without are quirks that no client of this list stumbles over: those that are survived without a word, those that take
// a client in a loop that does not end, and those whose clients are libraries.
var without = []string{
	"cipher-zero", "disabled-suite-still-works", // TestSuiteThatIsOff
	"activate-seq-off-by-one", "authcode-wrong-when-bridged", "cipher-records-bad-tags", "icts-padding", "inbound-seq-zero",
	"permsg-off-activate-auth", "pong-without-ipmi-bit", "rs-rq-addr-not-swapped", "seq-skip",
	"session-id-zero-on-error",
	"aes-pad-16", "close-no-reply", "devid-short", "lan-set-cc-then-ok", "rakp2-inactive-session", "sdr-max-read",
	"sdr-reservation-lost", "sol-needs-cts", "sol-port-other", "trailing-pad", "username-cc-when-empty",
}

// run runs the client with these flags.
func (q *quirkRun) run(t *testing.T, m *machine, flags string) result {
	t.Helper()
	command := q.command
	if !strings.Contains(command, "FLAGS") {
		command += " FLAGS"
	}
	return run(t, "sh", "-c", strings.NewReplacer("FLAGS", flags, "HOST", m.addr).Replace(command))
}

// TestQuirks runs each client three times: without the quirk it works, with it it fails as the quirk says, and with the
// quirk and the client's work-around it works.
func TestQuirks(t *testing.T) {
	t.Parallel()
	for _, q := range slices.Concat(quirkRuns, storeQuirkRuns) {
		name, _, _ := strings.Cut(q.command, " ")
		t.Run(q.quirk+"/"+name+q.way, func(t *testing.T) {
			t.Parallel()
			clean := start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", "")))
			m := start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", q.quirk)))
			q.run(t, clean, q.way).want(t, 0, q.works)
			if met := q.run(t, m, q.way); q.exit0 {
				met.want(t, met.code, q.fails)
			} else {
				met.refused(t, q.fails)
			}
			if q.cope != "none" {
				m = start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", q.quirk))) // that no client has upset yet
				q.run(t, m, q.cope).want(t, 0, q.works)
			}
		})
	}
}

// TestSuiteThatIsOff: two quirks let a client in that should not be.
func TestSuiteThatIsOff(t *testing.T) {
	t.Parallel()
	const (
		off    = "profile: off\nextends: generic\nquirks: [QUIRK]\nchannels:\n  - {number: 1, cipher_suites: [3, 17]}\n"
		secret = "ipmitool -I lanplus -N 1 -R 2 -H HOST -U admin -P password mc guid -C 8"
		anyone = "ipmitool -I lanplus -N 1 -R 2 -H HOST -U admin -P wrong mc guid -C 0"
	)
	for _, tt := range []struct {
		quirk, command string
		in             bool
	}{
		{"", secret, false}, {"cipher-zero", secret, false}, {"disabled-suite-still-works", secret, true},
		{"", anyone, false}, {"cipher-zero", anyone, true}, {"disabled-suite-still-works", anyone, true},
	} {
		m := start(t, profile(t, strings.ReplaceAll(off, "QUIRK", tt.quirk)))
		if r := (&quirkRun{command: tt.command}).run(t, m, ""); tt.in {
			r.want(t, 0, guidTool)
		} else {
			r.refused(t, "no matching cipher suite")
		}
	}
}

// TestEveryQuirkIsMet: each quirk that is built in is in one of the two lists, and each work-around that it names in the
// first.
func TestEveryQuirkIsMet(t *testing.T) {
	t.Parallel()
	met := make(map[string]bool)
	for _, q := range slices.Concat(quirkRuns, storeQuirkRuns) {
		met[q.quirk] = true
	}
	for _, name := range slices.Concat(without, withoutStores) {
		if met[name] {
			t.Errorf("%s is met by a client, and said not to be", name)
		}
		met[name] = true
	}
	for _, name := range profiles.Quirks() {
		if !met[name] {
			t.Errorf("no client meets %s", name)
		}
		delete(met, name)
	}
	for name := range met {
		t.Errorf("%s is no quirk", name)
	}
}
