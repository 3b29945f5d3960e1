//go:build clients

package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An interview is a session of ipmitool: each row is a line that it executes and the texts that it must then print, blanks
// squeezed and in this order; a text that begins with "!" must not be printed.
//
// A line that prints a word of trouble has failed, unless one of its texts says so.
type interview [][]string

var trouble = regexp.MustCompile(`(?i)invalid|fail|error|unknown|unable|unsupported|not supported|not implemented|not present|could not|does not match`)

// harmless takes out labels that only sound like trouble.
var harmless = strings.NewReplacer("Invalid password disable:", "")

// mark is a line that ipmitool refuses without asking the machine. Its complaint tells apart what the lines between
// marks print.
const mark = "Invalid chassis power command: @"

// interview lets ipmitool execute the lines in one session, and checks what it prints.
func (m *machine) interview(t *testing.T, way []string, lines interview) {
	t.Helper()
	var script strings.Builder
	for i, row := range lines {
		fmt.Fprintf(&script, "%s\nchassis power @%d\n", row[0], i)
	}
	path := filepath.Join(t.TempDir(), "lines")
	if err := os.WriteFile(path, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	// What it prints and what it complains about come through different pipes unless both are unbuffered.
	all := append([]string{"-oL", "ipmitool", "-H", m.addr, "-N", "2", "-R", "3"}, way...)
	r := run(t, "stdbuf", append(all, "exec", path)...)
	rest := squeeze(r.out)
	for i, row := range lines {
		said, after, ok := strings.Cut(rest, fmt.Sprint(mark, i, "\n"))
		if !ok {
			t.Fatalf("ipmitool ended at %q\n%s", row[0], rest)
		}
		checkLine(t, row, said)
		rest = after
	}
}

// checkLine looks at what one line printed.
func checkLine(t *testing.T, row []string, said string) {
	t.Helper()
	rest, excused := said, false
	for _, text := range row[1:] {
		if unwanted, ok := strings.CutPrefix(text, "!"); ok {
			if strings.Contains(said, unwanted) {
				t.Errorf("%s: prints %q\n%s", row[0], unwanted, said)
			}
			continue
		}
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Errorf("%s: does not print %q\n%s", row[0], text, said)
			return
		}
		rest, excused = after, excused || trouble.MatchString(text)
	}
	if !excused && trouble.MatchString(harmless.Replace(said)) {
		t.Errorf("%s: prints trouble\n%s", row[0], said)
	}
}

// until lets ipmitool ask again and again until it prints the text.
func (m *machine) until(t *testing.T, way []string, text string, args ...string) {
	t.Helper()
	for end := time.Now().Add(limit / 4); ; {
		r := m.ipmitool(t, way, args...)
		if strings.Contains(squeeze(r.out), text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: does not come to print %q\n%s", r.command, text, r.out)
		}
	}
}

// onEachWay gives a test its own machine for ipmitool's two ways in, IPMI v1.5 and RMCP+.
func onEachWay(t *testing.T, profile string, test func(t *testing.T, m *machine, way []string)) {
	t.Helper()
	for name, way := range map[string][]string{"lan": lan, "lanplus": lanplus} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, profile), way)
		})
	}
}

// interviewOnEachWay asks the same on both.
func interviewOnEachWay(t *testing.T, profile string, lines interview) {
	t.Helper()
	onEachWay(t, profile, func(t *testing.T, m *machine, way []string) { m.interview(t, way, lines) })
}
