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
		"ipmiutil": {func(addr string) string {
			return "ipmiutil sol -a -F lan2 -U admin -P password -V 4 -N " + addr
		},
			"SOL session is running", "\r~."},
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
	c := openTerminal(t, line)
	c.until(t, up)
	for _, s := range steps {
		c.send(t, s.line)
		c.until(t, s.until)
	}
	c.quit(t, quit)
}

// terminal is a command line that runs on one.
type terminal struct {
	line  string
	cmd   *exec.Cmd
	in    io.Writer
	out   io.Reader
	all   strings.Builder // what it printed
	heard int             // of all, up to what was waited for
}

// openTerminal runs a command line on a terminal, for at most a while.
func openTerminal(t *testing.T, line string) *terminal {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	c := &terminal{line: line, cmd: exec.CommandContext(ctx, "script", "-qec", line, "/dev/null")}
	c.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TERM=vt100"}
	c.cmd.Dir = t.TempDir()
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// send types.
func (c *terminal) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c.in, text); err != nil {
		t.Fatal(err)
	}
}

// until waits for a text.
func (c *terminal) until(t *testing.T, text string) {
	t.Helper()
	b := make([]byte, 4096)
	for {
		if i := strings.Index(c.all.String()[c.heard:], text); i >= 0 {
			c.heard += i + len(text)
			return
		}
		n, err := c.out.Read(b)
		c.all.Write(b[:n])
		if err != nil && n == 0 {
			t.Fatalf("%s: no %q: %v\n%q", c.line, text, err, c.all.String())
		}
	}
}

// quit types what ends the client, and waits for that.
func (c *terminal) quit(t *testing.T, text string) {
	t.Helper()
	c.send(t, text)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		io.Copy(io.Discard, c.out)
	}()
	select {
	case <-drained:
	case <-time.After(limit / 2):
		t.Errorf("%s: does not end after %q", c.line, text)
		c.cmd.Process.Kill()
		<-drained
	}
	_ = c.cmd.Wait() // the status is the client's taste: ipmiconsole and solterm differ
}
