//go:build clients

package clients

import (
	"path/filepath"
	"regexp"
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
	sel       = "ipmi-sel -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser
	inv       = "ipmi-fru -D LAN_2_0 -Q --device-id=0 --sdr-cache-directory=." + freeUser
	dcmi      = "ipmi-dcmi -D LAN_2_0" + freeUser
	tool3     = tool20 + " -C 3 "
	solTool   = `(sleep 2; printf abc; sleep 2; printf "\n~.") | timeout 8 script -qec "` + tool3 + `FLAGS sol activate" /dev/null`
	goClient  = "GOIPMI -host HOST -user admin -password password"
	// The two libraries evaluate an expression in which bmc is the connection.
	pyghmi = debianPython + " TESTDATA/pyghmi_call.py HOST "
	pyIPMI = debianPython + " TESTDATA/pyipmi_call.py HOST "
)

// quirkRun is one client that meets a quirk. Flags stand at the command's end, or where it says FLAGS.
type quirkRun struct {
	quirk   string
	command string
	way     string // flags of the run without the work-around
	cope    string // flags of the run with it; "none": there is no work-around; "survives": the client needs none
	works   string // what the client prints when all is well
	fails   string // and what it prints when it meets the quirk; of one that survives, besides what it prints anyway
	exit0   bool   // it ends with success then
}

const (
	idOfFree = "Device ID : 32"
	guidTool = "System GUID : fa4eb3c0"
	idOfOpen = "00 20 01 01 00 02" // Get Device ID's answer
	inlet    = "1 | Inlet Temp | Temperature | 24.00 | C"
	isThere  = "[SOL established]"
	cleared  = "Log Area Reset/Cleared"
	fruError = "ipmi_fru_read_data_area: internal IPMI error"
	badSum   = "chassis info area checksum invalid"
	oneList  = "Inlet Temp | 24 degrees C | ok"
)

// quirkTables are the runs by what they are about.
var quirkTables = slices.Concat(loginQuirkRuns, transportQuirkRuns, storeQuirkRuns, settingQuirkRuns, solQuirkRuns, machineQuirkRuns, goQuirkRuns)

// run runs the client with these flags.
func (q *quirkRun) run(t *testing.T, m *machine, flags string) result {
	t.Helper()
	command := q.command
	if !strings.Contains(command, "FLAGS") {
		command += " FLAGS"
	}
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return run(t, "sh", "-c", strings.NewReplacer("HOST", m.addr, "TESTDATA", here, "GOIPMI", goipmi).Replace(strings.ReplaceAll(command, "FLAGS", flags)))
}

// TestQuirks runs each client three times: without the quirk it works, with it it fails as the quirk says, and with the
// quirk and the client's work-around it works. A client that survives works both times.
func TestQuirks(t *testing.T) {
	t.Parallel()
	for _, q := range quirkTables {
		t.Run(q.quirk+"/"+strings.Join(q.clients(), "+")+q.way, func(t *testing.T) {
			t.Parallel()
			q.prove(t, quirky)
		})
	}
}

// prove makes the three runs against a profile in which QUIRK stands for the quirk.
func (q *quirkRun) prove(t *testing.T, yaml string) {
	t.Helper()
	clean := start(t, profile(t, strings.ReplaceAll(yaml, "QUIRK", "")))
	m := start(t, profile(t, strings.ReplaceAll(yaml, "QUIRK", q.quirk)))
	q.run(t, clean, q.way).want(t, 0, q.works)
	met := q.run(t, m, q.way)
	switch {
	case q.cope == "survives":
		met.want(t, 0, q.works, q.fails)
	case q.exit0:
		met.want(t, met.code, q.fails)
	default:
		met.refused(t, q.fails)
	}
	if !m.log.comes(`"` + q.quirk + "/") {
		t.Errorf("the client does not meet %s", q.quirk)
	}
	if q.cope != "none" && q.cope != "survives" {
		m = start(t, profile(t, strings.ReplaceAll(yaml, "QUIRK", q.quirk))) // that no client has upset yet
		q.run(t, m, q.cope).want(t, 0, q.works)
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

// quirkPrograms are the clients that quirks name, by the names of their programs.
var quirkPrograms = map[string]*regexp.Regexp{
	"ipmitool":      regexp.MustCompile(`\bipmitool\b`),
	"FreeIPMI":      regexp.MustCompile(`\b(bmc-info|bmc-device|bmc-watchdog|ipmi-[a-z]+|ipmipower|ipmiping|ipmiconsole|rmcpping)\b`),
	"ipmiutil":      regexp.MustCompile(`\bipmiutil\b`),
	"OpenIPMI":      regexp.MustCompile(`\b(openipmicmd|openipmish|solterm)\b`),
	"pyghmi":        regexp.MustCompile(`pyghmi_(call|console|watch)`),
	"python-ipmi":   regexp.MustCompile(`pyipmi_call`),
	"go-ipmi":       regexp.MustCompile(`\bGOIPMI\b`),
	"nmap":          regexp.MustCompile(`\bnmap\b`),
	"ipmi_exporter": regexp.MustCompile(`\bprometheus-ipmi-exporter\b`),
}

// clients are the names of the clients that the command runs.
func (q *quirkRun) clients() (names []string) {
	for client, program := range quirkPrograms {
		if program.MatchString(q.command) {
			names = append(names, client)
		}
	}
	slices.Sort(names)
	return names
}

// TestEveryQuirkIsMet: each client that a built-in quirk names, if it is one of these programs, is run against it.
func TestEveryQuirkIsMet(t *testing.T) {
	t.Parallel()
	tables := slices.Concat(quirkTables, satelliteQuirkRuns)
	met := make(map[string]bool) // quirk and client
	for _, q := range tables {
		for _, client := range q.clients() {
			met[q.quirk+" "+client] = true
		}
	}
	for _, name := range elsewhere {
		met[name] = true
	}
	for _, name := range profiles.Quirks() {
		q, err := profiles.LoadQuirk(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range q.Clients {
			client, _, _ := strings.Cut(c.Client, " ")
			if pair := name + " " + client; quirkPrograms[client] != nil && !met[pair] {
				t.Errorf("%s: no run", pair)
			}
		}
	}
	for _, q := range tables {
		if !slices.Contains(profiles.Quirks(), q.quirk) {
			t.Errorf("%s is no quirk", q.quirk)
		}
	}
}

// elsewhere are pairs of a quirk and a client that tests of their own bring together.
var elsewhere = []string{
	"sysinfo-c1 ipmi_exporter", "sysinfo-d4 ipmi_exporter", "sysinfo-empty ipmi_exporter", // TestExporterMeetsSystemInfo
	"cipher-zero ipmitool", "disabled-suite-still-works ipmitool", // TestSuiteThatIsOff
	"sensor-cc ipmi_exporter", "sensor-cc-ff ipmi_exporter", "scanning-disabled-lie ipmi_exporter", "psu-ok-no-state ipmi_exporter", // TestQuirksOfTheExporter
	"sensor-illegal-state ipmi_exporter",
	"cipher-zero nmap", "password-20-in-v15 ipmitool", // TestNmapCipherZeroQuirk, TestLongPasswordInV15
	"suite3-disabled ipmi_exporter", // TestExporterWithoutSuite3
}
