//go:build clients

package clients

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Where consoles are used, somebody types, waits for what the machine prints, and types again.
var consoleTalk = []step{
	{"help\r", "commands: "},
	{"echo over the line\r", "\nover the line"},
	{"uname\r", "Linux fakebmc"},
}

// TestConsoles types and reads through the demonstration console with every client that has one. [IPMI 2.0 §15]
func TestConsoles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		client func(addr string) string
		up     string // what the client prints when the console is there
		quit   string
	}{
		"ipmitool": {func(addr string) string {
			return "ipmitool -I lanplus -U admin -P password -H " + addr + " sol activate"
		},
			"SOL Session operational", "\r~."},
		"FreeIPMI": {func(addr string) string { return "ipmiconsole -u admin -p password -h " + addr },
			"[SOL established]", "&."},
		"OpenIPMI": {func(addr string) string { return "solterm lan -U admin -P password -A rmcp+ " + addr },
			"Connected.", "\r~."},
		"OpenIPMI, plain": {func(addr string) string {
			return "solterm lan -U admin -P password -A rmcp+ " + addr + " -notencrypted -notauthenticated"
		}, "Connected.", "\r~."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, "generic")
			onTerminal(t, c.client(m.addr), c.up, consoleTalk, c.quit)
		})
	}
}

// TestPyghmiConsole does the same through a library.
func TestPyghmiConsole(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.python(t, "pyghmi_console.py", "admin", "password").ok(t, "Linux fakebmc")
}

// TestIpmitoolSOLParameters reads and changes the configuration. [IPMI 2.0 §26]
func TestIpmitoolSOLParameters(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.ipmitool(t, lanplus, "sol", "info", "1").ok(t, "Enabled : true", "Privilege Level : USER", "Retry Count : 7",
		"Character Accumulate Level (ms) : 20", "Volatile Bit Rate (kbps) : 115.2", "Payload Channel : 1 (0x01)")
	for _, set := range [][2]string{{"character-send-threshold", "200"}, {"privilege-level", "operator"}, {"retry-count", "3"},
		{"non-volatile-bit-rate", "19.2"}, {"force-encryption", "true"}} {
		m.ipmitool(t, lanplus, "sol", "set", set[0], set[1], "1").ok(t)
	}
	m.ipmitool(t, lanplus, "sol", "info", "1").ok(t, "Character Send Threshold : 200", "Privilege Level : OPERATOR",
		"Retry Count : 3", "Non-Volatile Bit Rate (kbps) : 19.2", "Force Encryption : true")
	m.ipmitool(t, lanplus, "sol", "payload", "disable", "1", "2").ok(t)
	m.ipmitool(t, lanplus, "sol", "payload", "status", "1", "2").ok(t, "User 2 on channel 1 is disabled")
}

// onTerminal runs a command line on a terminal, waits for up, has the conversation, and quits.
func onTerminal(t *testing.T, line, up string, steps []step, quit string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "script", "-qec", line, "/dev/null")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TERM=vt100"}
	cmd.Dir = t.TempDir()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	heard := 0 // of all, up to what was waited for
	b := make([]byte, 4096)
	until := func(text string) {
		t.Helper()
		for {
			if i := strings.Index(all.String()[heard:], text); i >= 0 {
				heard += i + len(text)
				return
			}
			n, err := out.Read(b)
			all.Write(b[:n])
			if err != nil && n == 0 {
				t.Fatalf("%s: no %q: %v\n%q", line, text, err, all.String())
			}
		}
	}
	until(up)
	for _, s := range steps {
		if _, err := io.WriteString(in, s.line); err != nil {
			t.Fatal(err)
		}
		until(s.until)
	}
	if _, err := io.WriteString(in, quit); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		io.Copy(io.Discard, out)
	}()
	select {
	case <-drained:
	case <-time.After(limit / 2):
		t.Errorf("%s: does not end after %q", line, quit)
		cancel()
		<-drained
	}
	_ = cmd.Wait() // the status is the client's taste: ipmiconsole and solterm differ
}
