package bmc

import (
	"fmt"
	"strings"
	"time"
)

// demoConsole is a host that only has a serial console: a boot log at every start, and then a small prompt. It runs in
// the machine, without a goroutine.
type demoConsole struct {
	m      *Machine
	since  time.Time // zero: off
	next   int       // line of the boot log
	booted bool
	out    []byte // what the line had no room for yet
	typed  []byte // the line that is being typed
	last   byte   // the character before, for CR LF
	alarm  alarm
}

const (
	demoPace   = 150 * time.Millisecond // between two lines of the boot log
	demoLine   = 200                    // longest line that can be typed
	demoBusy   = 8192                   // with so much to print, nothing more is read
	demoPrompt = "fakebmc:~# "
)

// demoLog is the boot log; each line gets a time stamp.
var demoLog = [...]string{
	"Linux version 6.12.0-fake (root@fakebmc) #1 SMP",
	"Command line: BOOT_IMAGE=/vmlinuz console=ttyS0,115200n8",
	"x86/CPU: 2 packages, 32 cores",
	"Memory: 131072K/131072K available",
	"ACPI: IPMI device at I/O 0xca2 (KCS)",
	"Serial: 8250/16550 driver, 1 port",
	"ttyS0 at I/O 0x3f8 (irq = 4) is a 16550A",
	"printk: console [ttyS0] enabled",
	"ipmi_si IPI0001:00: IPMI kcs interface initialized",
	"EXT4-fs (sda1): mounted filesystem",
	"systemd[1]: Started Serial Getty on ttyS0.",
}

// newDemoConsole makes the console of a host that, if it is on, has booted.
func newDemoConsole(m *Machine) *demoConsole {
	d := &demoConsole{m: m}
	if m.power.state.On() {
		d.since, d.booted = time.Now(), true
	}
	return d
}

// logLine is a line of the boot log as it is printed.
func logLine(i int) string {
	return fmt.Sprintf("[%12.6f] %s\r\n", (time.Duration(i) * demoPace).Seconds(), demoLog[i])
}

// start begins the boot log.
func (d *demoConsole) start() {
	d.alarm.stop()
	d.since, d.next, d.booted, d.typed, d.out = time.Now(), 0, false, nil, nil
	d.m.setAlarm(&d.alarm, demoPace, d.boot)
}

// boot prints one line of the boot log, and the prompt after the last.
func (d *demoConsole) boot() {
	d.print(logLine(d.next))
	if d.next++; d.next < len(demoLog) {
		d.m.setAlarm(&d.alarm, demoPace, d.boot)
		return
	}
	d.booted = true
	d.print("\r\nfakebmc demonstration console: type help\r\n" + demoPrompt)
}

// stop is the loss of power or the end.
func (d *demoConsole) stop() {
	d.alarm.stop()
	d.since, d.booted, d.typed, d.out = time.Time{}, false, nil, nil
}

func (d *demoConsole) print(s string) {
	d.out = append(d.out, s...)
	d.drained()
}

// drained sends what waits. Output that nobody fetches is bounded by what receive takes.
func (d *demoConsole) drained() {
	if len(d.out) == 0 {
		return
	}
	out := d.out
	d.out = nil // sending may bring us here again
	d.out = append(out[d.m.line.send(out):], d.out...)
}

// receive reads what is typed. While it boots nobody reads, and what is typed is lost.
func (d *demoConsole) receive(b []byte) int {
	if !d.booted {
		return len(b)
	}
	for i, c := range b {
		if len(d.out) >= demoBusy {
			return i
		}
		d.key(c)
		if !d.booted { // reboot, poweroff
			return len(b)
		}
	}
	return len(b)
}

// key is one character.
func (d *demoConsole) key(c byte) {
	last := d.last
	d.last = c
	switch {
	case c == '\n' && last == '\r':
	case c == '\r', c == '\n':
		line := strings.TrimSpace(string(d.typed))
		d.typed = nil
		d.print("\r\n")
		if d.run(line) {
			d.print(demoPrompt)
		}
	case c == 0x03: // ^C
		d.typed = nil
		d.print("^C\r\n" + demoPrompt)
	case c == 0x15: // ^U
		d.print(strings.Repeat("\b \b", len(d.typed)))
		d.typed = nil
	case c == 0x08, c == 0x7f:
		if len(d.typed) > 0 {
			d.typed = d.typed[:len(d.typed)-1]
			d.print("\b \b")
		}
	case c >= 0x20 && len(d.typed) < demoLine:
		d.typed = append(d.typed, c)
		d.print(string([]byte{c}))
	}
}

const demoHelp = "commands: date dmesg echo help hostname poweroff reboot uname uptime\r\n"

// run carries out a command line; false: there is no prompt after it.
func (d *demoConsole) run(line string) bool {
	name, arguments, _ := strings.Cut(line, " ")
	switch name {
	case "":
	case "help":
		d.print(demoHelp)
	case "echo":
		d.print(strings.TrimSpace(arguments) + "\r\n")
	case "date":
		d.print(time.Now().UTC().Format(time.UnixDate) + "\r\n")
	case "dmesg":
		for i := range demoLog {
			d.print(logLine(i))
		}
	case "hostname":
		d.print("fakebmc\r\n")
	case "uname":
		d.print("Linux fakebmc 6.12.0-fake x86_64 GNU/Linux\r\n")
	case "uptime":
		d.print("up " + time.Since(d.since).Round(time.Second).String() + "\r\n")
	case "reboot":
		d.print("reboot: Restarting system\r\n")
		d.m.hostReset(powerSource{cause: causeSoftReset})
		return false
	case "poweroff":
		d.print("reboot: Power down\r\n")
		return d.m.softShutdown() != nil
	default:
		d.print(name + ": command not found\r\n")
	}
	return true
}

func (d *demoConsole) flush() {} // everything is worked on at once

// sendBreak is the attention key of a Linux console.
func (d *demoConsole) sendBreak() {
	if d.booted {
		d.print("\r\nsysrq: HELP : reboot(b) crash(c) show-task-states(t) unmount(u)\r\n" + demoPrompt + string(d.typed))
	}
}

// follow ends what was being typed when DCD goes away, as a modem line's getty does.
func (d *demoConsole) follow(now SerialSignals) {
	if !now.DCD {
		d.typed = nil
	}
}

func (d *demoConsole) ring() {} // nobody answers the phone

func (d *demoConsole) power(on bool) {
	if !on {
		d.stop()
	}
}

func (d *demoConsole) disconnect() { d.stop() }

// started is the host's start.
func (d *demoConsole) started() { d.start() }
