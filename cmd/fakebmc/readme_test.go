package main

import (
	"bytes"
	"flag"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/metrics"
	"github.com/fakebmc/fakebmc/profiles"
)

//go:generate go test -run TestReadmeCoverage -update .

var update = flag.Bool("update", false, "write the coverage tables into the README")

const readmeFile = "../../README.md"

func readReadme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// step is a command of a console block, and what the README says that it prints.
type step struct{ command, output string }

// readmeSteps are the steps of all blocks of a text that are marked "console".
func readmeSteps(t *testing.T, text string) []step {
	t.Helper()
	var steps []step
	for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				steps = append(steps, step{command: strings.TrimSpace(command)})
				continue
			}
			if len(steps) == 0 {
				t.Fatalf("a console block begins with output: %s", line)
			}
			steps[len(steps)-1].output += line
		}
	}
	if len(steps) == 0 {
		t.Fatal("no console blocks")
	}
	return steps
}

// clock matches the time of a line of the log.
var clock = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d `)

// TestReadmeBlocks runs the README's blocks: fakebmc's commands in this process, `cat` as the way a file comes to be.
// The clients' commands have their own test.
func TestReadmeBlocks(t *testing.T) {
	runSteps(t, readmeSteps(t, readReadme(t)))
}

// TestProfilesReadmeBlocks runs the tutorial of the profiles; ipmitool's part has a test beside the other clients'.
func TestProfilesReadmeBlocks(t *testing.T) {
	text, err := os.ReadFile("../../profiles/README.md")
	if err != nil {
		t.Fatal(err)
	}
	runSteps(t, readmeSteps(t, string(text)))
	for _, name := range profiles.Names() {
		if ours := []string{"generic", "vulnerable", "satellites"}; !slices.Contains(ours, name) && !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the README of the profiles does not list %s", name)
		}
	}
}

func runSteps(t *testing.T, steps []step) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, s := range steps {
		program, args, _ := strings.Cut(s.command, " ")
		switch {
		case program == "ipmitool":
		case program == "cat":
			if err := os.WriteFile(filepath.Base(args), []byte(s.output), 0o600); err != nil {
				t.Fatal(err)
			}
		case program == "fakebmc":
			compareStep(t, s, strings.Fields(args))
		case strings.HasPrefix(s.command, "go run ./cmd/fakebmc"):
			compareStep(t, s, strings.Fields(args)[2:])
		default:
			t.Errorf("%s: no test runs this", s.command)
		}
	}
}

// compareStep runs a command line as on a terminal of somebody who is not root, and stops it when it serves.
func compareStep(t *testing.T, s step, args []string) {
	t.Helper()
	var out bytes.Buffer
	stop := make(chan os.Signal, 1)
	stop <- syscall.SIGTERM
	run(args, process{
		out: &out, err: &out, environ: []string{"FAKEBMC_LOG_FORMAT=human"},
		signals: func() <-chan os.Signal { return stop },
		listen:  listenUnprivileged,
	})
	got, _, _ := strings.Cut(clock.ReplaceAllString(out.String(), "TIME "), "TIME INF stopping")
	if want := clock.ReplaceAllString(s.output, "TIME "); got != want {
		t.Errorf("$ %s\ngot:\n%swant:\n%s", s.command, got, want)
	}
}

// listenUnprivileged opens a random port and calls it the one that was asked for, and refuses those below 1024.
func listenUnprivileged(network, addr string) (net.PacketConn, error) {
	if netip.MustParseAddrPort(addr).Port() < 1024 {
		return nil, &net.OpError{Op: "listen", Net: network, Err: os.NewSyscallError("bind", syscall.EACCES)}
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	return named(conn, addr), err
}

// named gives a socket the address that it is asked for by.
func named(conn net.PacketConn, addr string) net.PacketConn {
	return renamedConn{conn, netip.MustParseAddrPort(addr)}
}

type renamedConn struct {
	net.PacketConn
	name netip.AddrPort
}

func (c renamedConn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.name) }

const (
	coverageBegin = "<!-- coverage: begin (make readme writes what is between these lines) -->\n"
	coverageEnd   = "<!-- coverage: end -->\n"
)

func TestReadmeCoverage(t *testing.T) {
	text := readReadme(t)
	before, rest, ok1 := strings.Cut(text, coverageBegin)
	_, after, ok2 := strings.Cut(rest, coverageEnd)
	if !ok1 || !ok2 {
		t.Fatalf("the README has no %s … %s", coverageBegin, coverageEnd)
	}
	var tables bytes.Buffer
	if err := writeMarkdown(&tables, commandInfos()); err != nil {
		t.Fatal(err)
	}
	want := before + coverageBegin + tables.String() + coverageEnd + after
	if text == want {
		return
	}
	if !*update {
		t.Fatal("the README's coverage tables are not those of the command table; run `make readme`")
	}
	if err := os.WriteFile(readmeFile, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every command is in a chapter, and there once, so that the chapters' numbers add up.
func TestChaptersAreComplete(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range commandInfos() {
		if seen[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		seen[c.ID] = true
		if !slices.ContainsFunc(chapters, func(ch chapter) bool { return ch.number == chapterOf(c.Section) }) {
			t.Errorf("%s: section %s is in no chapter", c.Name, c.Section)
		}
	}
}

// The tables of the command line name every command and every flag with its variable, and no others.
func TestReadmeCommandLine(t *testing.T) {
	t.Parallel()
	text := readReadme(t)
	new(serveFlags).flagSet().VisitAll(func(f *pflag.Flag) {
		row := regexp.MustCompile("(?m)^\\| `--" + f.Name + " [^|]*(\\\\\\|[^|]*)*` \\| `" + variableOf(f.Name) + "` \\|")
		if !row.MatchString(text) {
			t.Errorf("no row for --%s and %s", f.Name, variableOf(f.Name))
		}
	})
	for _, name := range regexp.MustCompile(`FAKEBMC_[A-Z_]+[A-Z]`).FindAllString(text, -1) {
		if !slices.Contains(variables(), name) {
			t.Errorf("%s is no variable", name)
		}
	}
	root := newRoot(process{})
	root.InitDefaultCompletionCmd()
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		path := c.CommandPath()
		switch {
		case c.HasSubCommands() || c.Hidden || c == root:
			return
		case strings.HasPrefix(path, "fakebmc completion"):
			path = "fakebmc completion"
		case path == "fakebmc serve":
			path = "fakebmc [serve]"
		}
		if !strings.Contains(text, "\n| `"+path) {
			t.Errorf("no row for `%s`", path)
		}
	}
	visit(root)
}

// The table of metrics names those that there are.
func TestReadmeMetrics(t *testing.T) {
	t.Parallel()
	p, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	p.Quirks = []string{"sdr-next-loop"} // a rule has a metric
	m, err := bmc.New(p)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	c := metrics.New(metrics.Build{})
	c.Watch(m)
	c.Observe(nil, 0, 0)
	families, err := c.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range families {
		have = append(have, f.GetName())
	}
	told := regexp.MustCompile("`(fakebmc_[a-z_]+)`").FindAllStringSubmatch(readReadme(t), -1)
	for _, name := range told {
		if !slices.Contains(have, name[1]) {
			t.Errorf("%s is no metric", name[1])
		}
	}
	for _, name := range have {
		if !slices.ContainsFunc(told, func(s []string) bool { return s[1] == name }) {
			t.Errorf("%s is not in the README", name)
		}
	}
}
