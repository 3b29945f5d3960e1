//go:build clients

package clients

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/profiles"
)

var update = flag.Bool("update", false, "write what the clients print of the profiles into testdata/profiles")

// realMachine is a built-in profile that stands for a real machine, and what clients must find there.
type realMachine struct {
	user, password string
	vendor         string // as ipmitool knows the manufacturer
	freeipmi       string // as FreeIPMI knows it, if otherwise
	cipher         string // suite for FreeIPMI, if not 3
	sensor         string // one that ipmitool must list with a reading
	// grumbles are the lines with which clients complain of what the real machine has as well.
	grumbles []string
	odd      []string // names of sensors that read like a complaint
}

var realMachines = map[string]realMachine{
	"dell-r740xd": {user: "root", password: "calvin", vendor: "Dell Inc.", sensor: "Inlet Temp", grumbles: slices.Concat(dellGrumbles, []string{
		"Device not present (Requested sensor, data, or record not found)", // PERC2 has a locator and no inventory
	})},
	"dell-r640":          {user: "root", password: "calvin", vendor: "Dell Inc.", sensor: "Inlet Temp", grumbles: dellGrumbles},
	"dell-r730":          {user: "root", password: "calvin", vendor: "Dell Inc.", sensor: "Inlet Temp", grumbles: dellGrumbles},
	"intel-s2600wtt":     {user: "root", password: "superuser", vendor: "Intel Corporation", sensor: "PS1 Input Power", grumbles: []string{"Field not present", "board info area checksum invalid"}},
	"intel-s2600kp":      {user: "root", password: "superuser", vendor: "Intel Corporation", sensor: "PS2 Power In", grumbles: []string{"Field not present", "Unknown FRU header version 0x50", "common header checksum invalid"}},
	"quanta-d51b":        {user: "admin", password: "admin", vendor: "Quanta", sensor: "PSU1 Input"},
	"quanta-t41s":        {user: "admin", password: "admin", vendor: "Quanta", sensor: "PSU1 Input"},
	"supermicro-x10":     {user: "ADMIN", password: "ADMIN", vendor: "Super Micro Computer Inc.", sensor: "CPU1 Temp"},
	"supermicro-x11":     {user: "ADMIN", password: "ADMIN", vendor: "Super Micro Computer Inc.", sensor: "CPU Temp"},
	"supermicro-x13":     {user: "ADMIN", password: "ADMIN", vendor: "Super Micro Computer Inc.", sensor: "CPU Temp"},
	"asrockrack-x570":    {user: "admin", password: "admin", vendor: "ASRock Rack", freeipmi: "49622", sensor: "3VSB"},
	"inspur-nf5280m5":    {user: "admin", password: "admin", vendor: "Inspur", sensor: "Inlet_Temp"},
	"cisco-c200m2":       {user: "admin", password: "password", vendor: "Cisco", sensor: "P1_PRESENT", grumbles: []string{"Device not present (Timeout)", "Unknown FRU header version 0xff", "common header checksum invalid"}},
	"ibm-x3650m3":        {user: "USERID", password: "PASSW0RD", vendor: "IBM", sensor: "Ambient Temp"},
	"lenovo-x3650m5":     {user: "USERID", password: "PASSW0RD", vendor: "Lenovo", sensor: "Ambient Temp"},
	"lenovo-sr650":       {user: "USERID", password: "PASSW0RD", vendor: "Lenovo", sensor: "Ambient Temp"},
	"lenovo-smm-d2":      {user: "USERID", password: "PASSW0RD", vendor: "Lenovo", sensor: "Ambient Temp"},
	"lenovo-sd530":       {user: "USERID", password: "PASSW0RD", vendor: "Lenovo", sensor: "Ambient Temp"},
	"hpe-dl380gen10":     {user: "Administrator", password: "password", vendor: "Hewlett", sensor: "02-CPU 1"},
	"openbmc-romulus":    {user: "root", password: "0penBmc", vendor: "Unknown", freeipmi: "Reserved (0)", cipher: "17", sensor: "dimm6_temp", grumbles: []string{"Manufacturer Name : Unknown", "Device not present (Requested sensor, data, or record not found)"}},
	"huawei-taishan2280": {user: "Administrator", password: "Admin@9000", vendor: "HUAWEI Technology", sensor: "Inlet Temp"},
	"qemu":               {user: "admin", password: "password", vendor: "Unknown", freeipmi: "Reserved (0)", sensor: "Watchdog", grumbles: []string{"Manufacturer Name : Unknown", "Unknown FRU header version 0x00", "common header checksum invalid"}},
	"ipmi-sim":           {user: "ipmiusr", password: "test", vendor: "MontaVista Software, Inc.", sensor: "MBTemp", grumbles: []string{"Unknown FRU header version 0x00"}},
}

// anywhere is what clients print of any machine.
var anywhere = []string{
	"Product Name : Unknown (",  // ipmitool knows the products of few
	"Invalid password disable:", // a heading
}

var dellGrumbles = []string{
	"Unknown FRU header version 0x",                                     // inventories that are not in the common format
	"ipmi_fru_multirecord_power_supply_information: invalid parameters", // 29 bytes, where FreeIPMI takes 24 only
	"ipmi_sdr_cache_iterate: error returned in callback",                // and gives up
}

// bases are profiles that others extend, and those that stand for no real machine.
var bases = []string{"generic", "vulnerable", "satellites", "dell-idrac", "intel-bmc", "quanta-megarac", "supermicro-aten"}

// complaint is how clients say that they do not understand, or that they were refused.
var complaint = regexp.MustCompile(`(?i)\bunknown\b|\berror\b|\bunable\b|\binvalid\b|\bnot (supported|present|found)\b|command failed|\bfailed$`)

// TestProfilesLookReal shows each machine to ipmitool and FreeIPMI: they recognize the vendor, complain of nothing, and
// print what they printed before. The clock stands and nothing moves.
func TestProfilesLookReal(t *testing.T) {
	t.Parallel()
	for _, name := range profiles.Names() {
		if slices.Contains(bases, name) {
			continue
		}
		want, ok := realMachines[name]
		if !ok {
			t.Errorf("no expectations for the profile %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, profile(t, fmt.Sprintf("profile: frozen\nextends: %s\nseed: 1\nstill: true\nclock: {start: 2026-01-02T03:04:05Z, rate: 0}\n", name)))
			want.findOdd(t, name)
			want.askIPMITool(t, name, m)
			want.askFreeIPMI(t, name, m)
		})
	}
}

// findOdd finds the sensors whose names are not to be taken for complaints.
func (r *realMachine) findOdd(t *testing.T, name string) {
	p, err := profiles.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	note := func(name string) {
		if complaint.MatchString(name) {
			r.odd = append(r.odd, name)
		}
	}
	for i := range p.Sensors {
		note(p.Sensors[i].Name)
	}
	for i := range p.SDR.Sensors {
		note(p.SDR.Sensors[i].Sensor.Name)
	}
}

func (r *realMachine) askIPMITool(t *testing.T, name string, m *machine) {
	dir := t.TempDir()
	dump, script := filepath.Join(dir, "sdr"), filepath.Join(dir, "script")
	commands := "mc info\nmc guid\nsdr elist all\nsensor list\nfru print\nsel elist\nlan print\nuser list\nchannel info\n"
	if err := os.WriteFile(script, []byte(commands), 0o600); err != nil {
		t.Fatal(err)
	}
	login := []string{"-I", "lanplus", "-H", m.addr, "-U", r.user, "-P", r.password, "-N", "5"}
	r.ask(t, "ipmitool", append(slices.Clone(login), "sdr", "dump", dump)...)
	got := r.ask(t, "ipmitool", append(login, "-S", dump, "exec", script)...)
	if !strings.Contains(squeeze(got), "Manufacturer Name : "+r.vendor) {
		t.Errorf("ipmitool does not recognize %s\n%s", r.vendor, got)
	}
	if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(r.sensor) + ` *\|.*\| ok `).MatchString(got) {
		t.Errorf("%s is not ok\n%s", r.sensor, got)
	}
	shows(t, "ipmitool", got, `Manufacturer ID +: `, `System GUID +: `, `(?m)^.+\| ..h \| (ok|ns|nr|cr|nc|lnr|lcr|lnc|unr|ucr|unc) +\|`, `(?m)^.+ \| +\S+ +\| \S.* \| na +\|?`,
		`FRU Device Description :`, `(?m)^ +[0-9a-f]+ \| .+ \| (Asserted|Deasserted)|SEL has no entries`, `IP Address +: \d`, `ID +Name`, `Channel 0x[0-9a-f]+ info:`)
	golden(t, name, "ipmitool.txt", got)
}

func (r *realMachine) askFreeIPMI(t *testing.T, name string, m *machine) {
	cache := t.TempDir()
	var all strings.Builder
	for _, command := range []string{"bmc-info --get-device-id", "ipmi-sensors --output-sensor-state", "ipmi-fru", "ipmi-sel --output-event-state",
		"ipmi-config --category=core --checkout --section=User1 --section=User2 --section=User3 --section=Lan_Channel",
		"ipmi-config --category=core --checkout --section=Lan_Conf --section=Lan_Conf_Auth --section=Lan_Conf_Security_Keys --section=Lan_Conf_Misc --section=Rmcpplus_Conf_Privilege",
	} {
		words := strings.Fields(command)
		args := []string{"-h", m.addr, "-u", r.user, "-p", r.password, "-l", "admin", "-D", "LAN_2_0"}
		if r.cipher != "" {
			args = append(args, "-I", r.cipher)
		}
		switch words[0] {
		case "ipmi-sensors", "ipmi-fru", "ipmi-sel":
			args = append(args, "--sdr-cache-directory", cache, "--quiet-cache")
		}
		got := r.ask(t, words[0], append(args, words[1:]...)...)
		if words[0] == "ipmi-config" {
			got = withoutHelp(got)
		}
		fmt.Fprintf(&all, "$ %s\n%s\n", command, got)
	}
	vendor := r.vendor
	if r.freeipmi != "" {
		vendor = r.freeipmi
	}
	if !strings.Contains(squeeze(all.String()), "Manufacturer ID : "+vendor) {
		t.Errorf("FreeIPMI does not recognize %s\n%s", vendor, all.String())
	}
	shows(t, "FreeIPMI", all.String(), `Device ID +: `, `(?m)^[0-9]+ +\| .+ \| `, `FRU Inventory Device: `, `(?m)^ID +\| Date |(?m)--output-event-state\n\n`, `Section User1\n`, `Section Lan_Conf\n`)
	golden(t, name, "freeipmi.txt", all.String())
}

// shows fails the test if a view of the machine is not there at all: one that is empty complains of nothing.
func shows(t *testing.T, client, text string, views ...string) {
	t.Helper()
	for _, view := range views {
		if !regexp.MustCompile(view).MatchString(text) {
			t.Errorf("%s does not show %s", client, view)
		}
	}
}

// ask runs a client and returns what it prints, with what it prints to standard error behind it: the two come in no
// certain order.
func (r *realMachine) ask(t *testing.T, client string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, client, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC"}
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err := cmd.Run()
	var text strings.Builder
	for line := range strings.Lines(out.String() + errors.String()) {
		text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	grumbles := r.complaints(t, client, text.String())
	// ipmi-config ends with 1 where the machine lacks a key of a section; which it lacks shows in what it prints.
	if err != nil && !grumbles && (client != "ipmi-config" || cmd.ProcessState.ExitCode() != 1) {
		t.Errorf("%s %s: %v\n%s", client, strings.Join(args, " "), err, text.String())
	}
	return text.String()
}

// complaints fails the test if a client complains of something that is not known of the real machine, and reports
// whether it complains of something that is.
func (r *realMachine) complaints(t *testing.T, client, text string) (known bool) {
	t.Helper()
	for line := range strings.SplitSeq(squeeze(text), "\n") {
		expected := slices.ContainsFunc(slices.Concat(anywhere, r.grumbles), func(g string) bool { return strings.Contains(line, g) })
		known = known || expected
		for _, name := range r.odd {
			line = strings.ReplaceAll(line, name, "")
		}
		if complaint.MatchString(line) && !expected {
			t.Errorf("%s complains: %s", client, line)
		}
	}
	return known
}

// withoutHelp leaves out the comments that ipmi-config explains its keys with.
func withoutHelp(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); trimmed != "" && (!strings.HasPrefix(trimmed, "#") || complaint.MatchString(trimmed)) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// logLine is an entry of the log as clients print it.
var logLine = regexp.MustCompile(`^ *[0-9a-f]+ +\| (\d\d/\d\d/\d\d|[A-Z][a-z]{2}-\d\d-\d{4}) `)

// shortened leaves out the middle of a long log.
func shortened(text string) string {
	const ends = 10
	var out, entries []string
	flush := func() {
		if n := len(entries); n > 4*ends {
			entries = slices.Concat(entries[:ends], []string{fmt.Sprintf("… %d more\n", n-2*ends)}, entries[n-ends:])
		}
		out, entries = append(out, entries...), nil
	}
	for line := range strings.Lines(text) {
		if logLine.MatchString(line) {
			entries = append(entries, line)
			continue
		}
		flush()
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "")
}

// golden compares a text with the file of the profile, or writes the file.
func golden(t *testing.T, name, file, got string) {
	t.Helper()
	path, got := filepath.Join("testdata", "profiles", name, file), shortened(got)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -tags clients ./conformance/clients -run TestProfilesLookReal -update)", err)
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			t.Errorf("%s:%d: otherwise than before (-update if that is right):\n- %s\n+ %s", path, i+1, x, y)
			return
		}
	}
}

// TestProfilesTutorial runs the machine that the README of the profiles describes, and compares what ipmitool prints of
// it with what the README says of the machine it was made from.
func TestProfilesTutorial(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "profiles", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var yaml string
	answers := make(map[string]string)
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, output, _ := strings.Cut(step, "\n")
			if command == "cat my-server.yaml" {
				yaml = output
			}
			if args, ok := strings.CutPrefix(command, "ipmitool "); ok {
				answers[args] = strings.TrimSpace(output)
			}
		}
	}
	if yaml == "" || len(answers) < 5 {
		t.Fatalf("the tutorial has no machine, or %d answers only", len(answers))
	}
	m := start(t, profile(t, yaml+"\nstill: true\n"))
	for args, want := range answers {
		got := run(t, "ipmitool", append([]string{"-I", "lanplus", "-H", m.addr, "-U", "ADMIN", "-P", "sesame"}, strings.Fields(args)...)...)
		if squeeze(strings.TrimSpace(got.out)) != squeeze(want) {
			t.Errorf("ipmitool %s prints\n%s\nwant\n%s", args, got.out, want)
		}
	}
}

// TestProfilesManagementEngine asks the Management Engine behind the boards that have one.
func TestProfilesManagementEngine(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"intel-s2600wtt", "quanta-t41s"} {
		r := realMachines[name]
		m := start(t, name)
		run(t, "ipmitool", "-I", "lanplus", "-H", m.addr, "-U", r.user, "-P", r.password, "-b", "6", "-t", "0x2c", "mc", "info").
			ok(t, "Device ID : 80", "Manufacturer ID : 343")
	}
}
