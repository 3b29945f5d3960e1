//go:build clients

package clients

import (
	"fmt"
	"io"
	"net"
	"net/http"
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

// traffic is what the datagrams of a machine come to, as its metrics tell.
type traffic struct{ in, out int }

// counter tells what came to a machine and left it since it last agreed with what was wanted.
type counter func(t *testing.T, want traffic) (got traffic)

// counted runs a machine of profiles/examples, or one that is built in, whose datagrams are counted.
func counted(t *testing.T, name string) (m *machine, count counter) {
	t.Helper()
	path := name
	if name != "generic" {
		var err error
		if path, err = filepath.Abs(filepath.Join("..", "..", "profiles", "examples", name+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
	web := net.JoinHostPort(nextAddress(), "9290")
	m = start(t, path, "--http", web)
	var before traffic
	read := func(t *testing.T) traffic {
		t.Helper()
		answer, err := http.Get("http://" + web + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		all, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		number := func(direction string) (n int) {
			_, rest, _ := strings.Cut(string(all), `fakebmc_datagrams_total{direction="`+direction+`"} `)
			if _, err := fmt.Sscan(rest, &n); err != nil {
				t.Fatalf("%v\n%s", err, all)
			}
			return n
		}
		return traffic{number("in"), number("out")}
	}
	return m, func(t *testing.T, want traffic) traffic {
		t.Helper()
		// What a client sends last it does not wait for: the machine may not have it yet.
		for end := time.Now().Add(limit / 8); ; {
			now := read(t)
			since := traffic{now.in - before.in, now.out - before.out}
			if since == want || since.in > want.in || since.out > want.out || time.Now().After(end) {
				before = now
				return since
			}
		}
	}
}

// sends fails the test unless a client sent so many datagrams since the last time, and got so many.
func sends(t *testing.T, count counter, in, out int) {
	t.Helper()
	if got := count(t, traffic{in, out}); got != (traffic{in, out}) {
		t.Errorf("%d datagrams in and %d out, want %d and %d", got.in, got.out, in, out)
	}
}

// hits fails the test unless a fault rule has hit so often.
func (m *machine) hits(t *testing.T, rule string, want int) {
	t.Helper()
	if got := m.log.lines(want, `"message":"fault"`, `"`+rule+`"`); got != want {
		t.Errorf("%s hit %d times, want %d", rule, got, want)
	}
}

// asked fails the test unless a command was answered so often.
func (m *machine) asked(t *testing.T, command string, want int) {
	t.Helper()
	if got := m.log.lines(want, `"cmd":"`+command+`"`, `"message":"request answered"`); got != want {
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

// The tests with retries run while nothing else does: a client that is kept waiting for the processor repeats more.

// TestFlakyNetwork: the same datagrams are lost in every run, so the client's retries are the same: one for each.
func TestFlakyNetwork(t *testing.T) {
	const command = impatient + "password sel list"
	m, count := counted(t, "generic")
	m.shell(t, command).ok(t, "8 | ")
	sends(t, count, 19, 19)
	for range 2 {
		m, count := counted(t, "flaky-network")
		m.shell(t, command).ok(t, "1 | ", "8 | ", "Upper Non-critical going high | Deasserted")
		m.hits(t, "lost-request", 3)
		m.hits(t, "lost-answer", 2)
		sends(t, count, 19+3+2, 19)
		m.asked(t, "get-sel-entry", 9) // eight entries, and one whose answer was lost
	}
}

// TestSlowBMC: an answer that comes after a second and a half is one to a request that was repeated once.
func TestSlowBMC(t *testing.T) {
	m, count := counted(t, "slow-bmc")
	m.shell(t, impatient+"password mc guid").ok(t, guidTool) // Get Device ID takes a fifth of a second
	sends(t, count, 11, 11)
	m.hits(t, "slow-identity", 1)
	m.shell(t, impatient+"password sel info").ok(t, "Entries : 8")
	sends(t, count, 12+1, 12) // the client is gone when the answer to the second one is due
	m.asked(t, "get-sel-info", 2)
	m.hits(t, "slow-sel", 2)
	m.shell(t, strings.Replace(impatient, "-N 1", "-N 4", 1)+"password chassis power reset").ok(t, "Chassis Power Control: Reset")
	m.asked(t, "chassis-control", 1) // a client that waits longer than the controller takes
	m.hits(t, "slow-power", 1)
}

// TestRebootDuringSDR: after the reset FreeIPMI repeats one request until its session times out.
func TestRebootDuringSDR(t *testing.T) {
	m, count := counted(t, "reboot-during-sdr")
	read := "ipmi-sensors -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser
	m.shell(t, read).refused(t, "internal IPMI error")
	sends(t, count, 27+6, 27)
	m.asked(t, "get-sdr", 20)
	m.hits(t, "reboot", 1)
	m.shell(t, read).ok(t, "67 | POST Progress")
	sends(t, count, 164, 164) // from the beginning, and whole
}

// TestSessionTableExhausted: who finds no slot does not try again.
func TestSessionTableExhausted(t *testing.T) {
	t.Parallel()
	m, count := counted(t, "session-table-exhausted")
	m.shell(t, impatient+"password mc guid").refused(t, "insufficient resources for session")
	sends(t, count, 2, 2)
	m.shell(t, info20+freeUser+deviceID).refused(t, "BMC busy")
	sends(t, count, 2, 2)
	m.shell(t, impatient+"password mc guid").refused(t, "insufficient resources for session")
	sends(t, count, 2, 2)
	m.hits(t, "full", 3)
	m.shell(t, impatient+"password mc guid").ok(t, guidTool)
	sends(t, count, 11, 11)
	for range 3 {
		m.shell(t, tool15+" mc guid").refused(t, "No session slot available")
		sends(t, count, 4, 4) // ping, capabilities, challenge, Activate Session
	}
	m.hits(t, "full-v15", 3)
	m.shell(t, tool15+" mc guid").ok(t, guidTool)
}

// TestPasswordLockout: a wrong AuthCode gets no answer, so the client sends Activate Session twice; both are one attempt.
func TestPasswordLockout(t *testing.T) {
	m, count := counted(t, "password-lockout")
	for range 3 {
		m.shell(t, "ipmitool -I lan -N 1 -R 2 -H HOST -U admin -P wrong mc guid").refused(t, "Activate Session")
		sends(t, count, 5, 3)
	}
	m.shell(t, impatient+"password -v mc guid").refused(t, "unauthorized name")
	sends(t, count, 3, 3) // capabilities, Open Session, RAKP 1
	m.comesTo(t, guidTool, impatient+"password mc guid")
}

// TestHalfBrokenUpdate: a code is an answer, and nobody asks again.
func TestHalfBrokenUpdate(t *testing.T) {
	t.Parallel()
	m, count := counted(t, "half-broken-update")
	m.shell(t, impatient+"password mc info").ok(t, "Device Available : no")
	sends(t, count, 11, 11)
	m.shell(t, impatient+"password sdr list").refused(t, "Error obtaining SDR info: Device firmeware in update mode")
	sends(t, count, 12, 12)
	m.hits(t, "storage", 1)
	m.shell(t, impatient+"password raw 4 0x2d 1").refused(t, "rsp=0xd1")
	m.hits(t, "sensors", 1)
	m.asked(t, "get-sensor-reading", 1)
	m.shell(t, impatient+"password mc reset cold").ok(t, "Sent cold reset command to MC")
	m.hits(t, "slow-reset", 1)
	m.comesTo(t, "Device Available : yes", impatient+"password mc info")
	m.shell(t, impatient+"password sdr list").ok(t, "Inlet Temp | 24 degrees C | ok")
	m.hits(t, "storage", 1)
}
