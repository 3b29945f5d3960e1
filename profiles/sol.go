package profiles

import (
	"errors"
	"net"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
)

// SOL is a channel's Serial over LAN configuration at start. [IPMI 2.0 §26.2]
type SOL struct {
	Enabled             bool `yaml:"enabled" default:"true"` // parameter 1
	ForceEncryption     bool `yaml:"force_encryption"`       // parameter 2
	ForceAuthentication bool `yaml:"force_authentication"`   // parameter 2
	// Privilege is the least that activates SOL, parameter 2.
	Privilege ipmb.Privilege `yaml:"privilege" default:"user" words:"user operator administrator oem"`
	// Instances that may be active at once. They share the host's one serial port.
	Instances uint8 `yaml:"instances" default:"1" range:"1..15"`
	// Accumulate is how long the controller waits for more characters before it sends few of them, parameter 3:
	// multiples of 5 ms.
	Accumulate Duration `yaml:"accumulate" default:"20ms"`
	// Threshold is the number of characters that are sent at once, parameter 3.
	Threshold uint8 `yaml:"threshold" default:"96" range:"1..255"`
	// Retries of a packet that the console does not acknowledge, parameter 4.
	Retries uint8 `yaml:"retries" default:"7" range:"0..7"`
	// RetryInterval between them, parameter 4: multiples of 10 ms.
	RetryInterval Duration `yaml:"retry_interval" default:"480ms"`
	// NoTestMode: consoles cannot set DCD and DSR one by one, and are not told of RTS and DTR.
	NoTestMode bool `yaml:"no_test_mode"`
	// BitRate at start, parameters 5 and 6.
	BitRate BitRate `yaml:"bit_rate" default:"115200"`
	// ReadOnly has the numbers of further parameters that refuse writes with 82h.
	ReadOnly []uint8 `yaml:"read_only"`
	// Without has the numbers of parameters that the machine lacks: 80h.
	Without []uint8 `yaml:"without"`
	// Parameters have values at start by number: OEM parameters (192-255) exist when they are listed here.
	Parameters []Parameter `yaml:"parameters"`
}

// SOLConsole is what Serial over LAN connects to: the host's end of the serial line. [IPMI 2.0 §15]
type SOLConsole struct {
	// To is "demo" (a boot log and a small prompt), "none", "pty" (a pseudo-terminal, whose name is logged),
	// "tcp:HOST:PORT", "unix:PATH", or "exec:COMMAND" (a shell command's standard input and output). Only the daemon
	// opens those that are not in the process; elsewhere Machine.ServeSerial connects them.
	To SOLTarget `yaml:"to" default:"demo" profile:"short"`
	// IgnoreCTS makes a host that pays no attention to flow control: what it sends while there is no room is lost, and
	// the console is told of the overrun. Otherwise it waits.
	IgnoreCTS bool `yaml:"ignore_cts"`
	// WakeOnRing: a ring, which consoles send, powers the host up.
	WakeOnRing bool `yaml:"wake_on_ring"`
	// Buffer is the room in bytes for characters that wait, in each direction.
	Buffer int `yaml:"buffer" default:"4096" range:"16..65536"`
}

// SOLTarget names the host's end of the serial line; see [SOLConsole].
type SOLTarget string

// What SOLConsole.To says for what is in the process, and the kinds that the daemon opens.
const (
	SOLConsoleDemo SOLTarget = "demo"
	SOLConsoleNone SOLTarget = "none"
	SOLConsolePTY  SOLTarget = "pty"
	SOLConsoleTCP  SOLTarget = "tcp"
	SOLConsoleUnix SOLTarget = "unix"
	SOLConsoleExec SOLTarget = "exec"
)

// Split separates the kind from its address, path or command.
func (t SOLTarget) Split() (kind SOLTarget, rest string) {
	before, rest, _ := strings.Cut(string(t), ":")
	return SOLTarget(before), rest
}

// UnmarshalText checks the form.
func (t *SOLTarget) UnmarshalText(text []byte) error {
	v := SOLTarget(text)
	switch kind, rest := v.Split(); {
	case v == SOLConsoleDemo, v == SOLConsoleNone, v == SOLConsolePTY:
	case kind == SOLConsoleTCP:
		if _, port, err := net.SplitHostPort(rest); err != nil || port == "" {
			return errors.New("expected tcp:HOST:PORT")
		}
	case (kind == SOLConsoleUnix || kind == SOLConsoleExec) && rest != "":
	default:
		return errors.New("expected demo, none, pty, tcp:HOST:PORT, unix:PATH or exec:COMMAND")
	}
	*t = v
	return nil
}

// MarshalText writes it as it was read.
func (t SOLTarget) MarshalText() ([]byte, error) { return []byte(t), nil }

// BitRate is the speed of a serial line. [IPMI 2.0 §26.3, parameter 5]
type BitRate uint8

// Bit rates.
const (
	BitRate9600 BitRate = 6 + iota
	BitRate19200
	BitRate38400
	BitRate57600
	BitRate115200
)

var bitRateWords = []word{
	{"9600", uint8(BitRate9600)},
	{"19200", uint8(BitRate19200)},
	{"38400", uint8(BitRate38400)},
	{"57600", uint8(BitRate57600)},
	{"115200", uint8(BitRate115200)},
}

// String is the word of profiles.
func (r BitRate) String() string { return nameOf(bitRateWords, r) }
