//go:build clients

package clients

import (
	"regexp"
	"testing"
	"time"
)

var terminalName = regexp.MustCompile(`"console":"(/dev/pts/[0-9]+)"`)

// terminal is the name of the pseudo-terminal that the machine opened.
func (m *machine) terminal(t *testing.T) string {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(20 * time.Millisecond) {
		if found := terminalName.FindStringSubmatch(m.log.String()); found != nil {
			return found[1]
		}
	}
	t.Fatalf("no pseudo-terminal\n%s", m.log)
	return ""
}

// TestSerialConnector asks in Basic Mode at the serial connector. [IPMI 2.0 §14.4]
func TestSerialConnector(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, "profile: plugged\nextends: generic\nchannels: [{number: 4, serial: {plug: pty}}]\n"))
	line := []string{"-I", "serial-basic", "-D", m.terminal(t) + ":19200"}
	ask := func(data ...string) result { return run(t, "ipmitool", append(append(line, "raw"), data...)...) }
	ask("0x06", "0x38", "0x0e", "0x04").ok(t, "04 16 04 00 00 00 00 00") // channel 4: MD2, MD5, password
	ask("0x06", "0x37").ok(t, "01 00 00 00 00 02 00 80 ee 11 00 00 c0 b3 4e fa")
	ask("0x06", "0x01").refused(t, "Insufficient privilege level") // no session
}

// TestSerialChannel reads what the serial channel is.
func TestSerialChannel(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.ipmitool(t, lanplus, "channel", "info", "4").ok(t, "Channel Medium Type : Serial/Modem", "Session Support : single-session")
	m.ipmitool(t, lanplus, "raw", "0x0c", "0x11", "4", "52", "0", "0").ok(t, "11 00 00 43 4f 4d 32")
	m.ipmitool(t, lanplus, "raw", "0x0c", "0x11", "4", "42", "1", "0").refused(t, "rsp=0x83")
}
