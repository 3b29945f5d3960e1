//go:build clients

package clients

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// example runs a machine of profiles/examples.
func example(t *testing.T, name string) *machine {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "profiles", "examples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return start(t, path)
}

// lines counts the lines of the log that have all of the texts.
func (l *logbook) lines(texts ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
next:
	for line := range strings.Lines(l.text.String()) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue next
			}
		}
		n++
	}
	return n
}

// hits fails the test unless a fault rule has hit so often.
func (m *machine) hits(t *testing.T, rule string, want int) {
	t.Helper()
	if got := m.log.lines(`"message":"fault"`, `"`+rule+`"`); got != want {
		t.Errorf("%s hit %d times, want %d", rule, got, want)
	}
}

// asked fails the test unless a command was answered so often.
func (m *machine) asked(t *testing.T, command string, want int) {
	t.Helper()
	if got := m.log.lines(`"cmd":"`+command+`"`, `"message":"request answered"`); got != want {
		t.Errorf("%s was answered %d times, want %d", command, got, want)
	}
}

// impatient is ipmitool that repeats a request after a second, and gives up after four.
const impatient = "ipmitool -I lanplus -C 17 -N 1 -R 4 -H HOST -U admin -P "

func (m *machine) shell(t *testing.T, command string) result {
	t.Helper()
	return run(t, "sh", "-c", strings.ReplaceAll(command, "HOST", m.addr))
}

// comesTo runs a command again and again until it prints the text.
func (m *machine) comesTo(t *testing.T, text, command string) {
	t.Helper()
	for end := time.Now().Add(limit / 2); ; {
		r := m.shell(t, command)
		if strings.Contains(squeeze(r.out), text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: does not come to print %q\n%s", r.command, text, r.out)
		}
	}
}

// TestFlakyNetwork: the same datagrams are lost in every run, so the client's retries are the same. It runs while nothing
// else does: a client that is kept waiting for the processor repeats more.
func TestFlakyNetwork(t *testing.T) {
	for range 2 {
		m := example(t, "flaky-network")
		m.shell(t, impatient+"password sel list").ok(t, "1 | ", "8 | ", "Upper Non-critical going high | Deasserted")
		m.hits(t, "lost-request", 3)
		m.hits(t, "lost-answer", 2)
		m.asked(t, "get-sel-entry", 9) // eight entries, and one whose answer was lost
	}
}

func TestSlowBMC(t *testing.T) {
	t.Parallel()
	m := example(t, "slow-bmc")
	m.shell(t, impatient+"password sel info").ok(t, "Entries : 8")
	m.asked(t, "get-sel-info", 2) // the second one after a second of silence
	m.hits(t, "slow-sel", 2)
}

func TestRebootDuringSDR(t *testing.T) {
	t.Parallel()
	m := example(t, "reboot-during-sdr")
	read := "ipmi-sensors -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser
	m.shell(t, read).refused(t, "internal IPMI error")
	m.asked(t, "get-sdr", 20)
	m.hits(t, "reboot", 1)
	m.comesTo(t, "67 | POST Progress", read)
}

func TestSessionTableExhausted(t *testing.T) {
	t.Parallel()
	m := example(t, "session-table-exhausted")
	m.shell(t, impatient+"password mc guid").refused(t, "insufficient resources for session")
	m.shell(t, info20+freeUser+deviceID).refused(t, "BMC busy")
	m.shell(t, impatient+"password mc guid").refused(t, "insufficient resources for session")
	m.hits(t, "full", 3) // nobody tried again
	m.shell(t, impatient+"password mc guid").ok(t, guidTool)
	for range 3 {
		m.shell(t, tool15+" mc guid").refused(t, "No session slot available")
	}
	m.shell(t, tool15+" mc guid").ok(t, guidTool)
}

func TestPasswordLockout(t *testing.T) {
	t.Parallel()
	m := example(t, "password-lockout")
	for range 3 {
		m.shell(t, "ipmitool -I lan -N 1 -R 2 -H HOST -U admin -P wrong mc guid").refused(t, "Activate Session")
	}
	m.shell(t, impatient+"password -v mc guid").refused(t, "unauthorized name")
	m.comesTo(t, guidTool, impatient+"password mc guid")
}

func TestHalfBrokenUpdate(t *testing.T) {
	t.Parallel()
	m := example(t, "half-broken-update")
	m.shell(t, impatient+"password mc info").ok(t, "Device Available : no")
	m.shell(t, impatient+"password sdr list").refused(t, "Error obtaining SDR info: Device firmeware in update mode")
	m.hits(t, "storage", 1)
	m.shell(t, impatient+"password mc reset cold").ok(t, "Sent cold reset command to MC")
	m.comesTo(t, "Device Available : yes", impatient+"password mc info")
	m.shell(t, impatient+"password sdr list").ok(t, "Inlet Temp | 24 degrees C | ok")
}
