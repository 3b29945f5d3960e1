//go:build clients && qemu && amd64

package clients

import (
	"testing"
)

// TestGuestKCS boots a Linux with a KCS interface, and boots it again with a reset from the LAN and with the watchdog's;
// then Linux turns its power off, by IPMI. The interface has no interrupt, so that the driver looks for the attention
// bit, and there is no ACPI, with which Linux would rather turn the power off.
func TestGuestKCS(t *testing.T) {
	t.Parallel()
	g := bootGuest(t, "-M", "pc,acpi=off", "-device", "isa-ipmi-kcs,bmc=bmc0,irq=0")
	g.wantPower(t, "on")
	g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si")
	g.driven(t, "kcs interface initialized", "Found new BMC (man_id: 0x007ed9, prod_id: 0x0623, dev_id: 0x20)")
	g.asksAsItself(t)
	g.hearsMessages(t)
	g.hearsEvents(t)
	g.setsWatchdog(t)
	g.getsNMI(t)
	g.showsBoot(t)
	g.isWatched(t)
	g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_poweroff")
	g.driven(t, "Found a chassis style poweroff function")
	g.run(t, "(sleep 1; poweroff -f) >/dev/null 2>&1 &").ok(t)
	g.ended(t)
	g.wantPower(t, "off")
	if g.bmc.log.lines(1, `"cmd":"chassis-control"`, `"channel":15`) == 0 {
		t.Error("ipmi_poweroff has sent no Chassis Control")
	}
}

// asksAsItself runs clients in the guest, which need no session there. [IPMI 2.0 §6.2]
func (g *guest) asksAsItself(t *testing.T) {
	t.Helper()
	g.run(t, "ipmitool mc info").ok(t, identity...)
	g.run(t, "ipmitool sensor get 'Inlet Temp' 'CPU1 Status'").ok(t, "Sensor Reading : 24", "Upper Critical : 47.000", "Presence detected")
	g.run(t, "ipmitool sel list").ok(t, "Legacy ON state", "Log area reset/cleared")
	g.run(t, "ipmitool fru print 0").ok(t, "Product Serial : SN000000001", "Board Mfg : Example Corp")
	g.run(t, "ipmitool channel info 15").ok(t, "Channel Medium Type : System Interface", "Channel Protocol Type : KCS")
	g.run(t, "bmc-info -D OPENIPMI --get-device-id").ok(t, "Manufacturer ID : Example Enterprise Number for Documentation Use (32473)")
}

// hearsMessages sends a request from the LAN to LUN 10b, which a program of the guest answers. [IPMI 2.0 §6.13.1]
func (g *guest) hearsMessages(t *testing.T) {
	t.Helper()
	toHost := []string{"-l", "2", "raw", "0x30", "0x77", "1", "2", "3"}
	g.ipmitool(t, toHost...).refused(t, "rsp=0xd3") // [IPMI 2.0 §22.5]
	g.run(t, "ipmitool raw 6 0x32 1 1").ok(t, "01 01")
	g.start(t, "answer")
	g.ipmitool(t, toHost...).ok(t, "03 02 01\n")
	g.says(t, "answer", "request from LAN: 01 02 03\n")
}

// hearsEvents raises an event, which the driver finds in the event message buffer when it looks at the message flags
// because of the interrupt. [IPMI 2.0 §22.4, §22.8]
func (g *guest) hearsEvents(t *testing.T) {
	t.Helper()
	g.start(t, "event")
	g.ipmitool(t, "event", "1").ok(t, "Upper Critical")
	g.says(t, "event", "event: 02 ", " 04 01 30 01 09 ff ff\n") // a SEL record without its ID
	g.run(t, "ipmitool raw 6 0x31").ok(t, "00")                 // Get Message Flags: nothing is left
}

// setsWatchdog is FreeIPMI's way to a watchdog. [IPMI 2.0 §27]
func (g *guest) setsWatchdog(t *testing.T) {
	t.Helper()
	g.run(t, "bmc-watchdog -D OPENIPMI --set --timer-use=3 --timeout-action=2 --initial-countdown=300").ok(t)
	g.run(t, "bmc-watchdog -D OPENIPMI --start").ok(t)
	g.ipmitool(t, "mc", "watchdog", "get").ok(t, "OS Load", "Started/Running", "Power Down", "300.0 sec")
	g.run(t, "bmc-watchdog -D OPENIPMI --stop").ok(t)
	g.run(t, "bmc-watchdog -D OPENIPMI --get").ok(t, "Timer: Stopped", "Timeout Action: Power Down", "Initial Countdown: 300 seconds")
}

// getsNMI is Chassis Control's diagnostic interrupt. [IPMI 2.0 §28.3]
func (g *guest) getsNMI(t *testing.T) {
	t.Helper()
	const count = "grep NMI: /proc/interrupts"
	g.run(t, count).ok(t, "NMI: 0 ")
	g.ipmitool(t, "chassis", "power", "diag").ok(t)
	g.run(t, "sleep 1; "+count).ok(t, "NMI: 1 ")
}

// showsBoot looks at the console while the LAN resets the guest. [IPMI 2.0 §15, §28.3]
func (g *guest) showsBoot(t *testing.T) {
	t.Helper()
	c := openTerminal(t, "ipmitool -I lanplus -U admin -P password -H "+g.bmc.addr+" sol activate")
	c.until(t, "SOL Session operational")
	c.send(t, "uname -sm\r")
	c.until(t, "\nLinux x86_64")
	g.ipmitool(t, "chassis", "power", "reset").ok(t)
	for _, text := range []string{"Linux version ", "Kernel command line: console=ttyS0", "guest is up"} {
		c.until(t, text)
	}
	c.quit(t, "\r~.")
	g.booted(t)
	g.ipmitool(t, "chassis", "restart_cause").ok(t, "chassis power control command")
}

// isWatched feeds the watchdog with the kernel's driver, and then no more. [IPMI 2.0 §27]
func (g *guest) isWatched(t *testing.T) {
	t.Helper()
	g.ipmitool(t, "sel", "clear").ok(t)
	g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog timeout=4 action=reset")
	g.run(t, "(for i in 1 2 3 4 5 6 7; do echo >&3; sleep 1; done) 3>/dev/watchdog").ok(t)
	g.ipmitool(t, "mc", "watchdog", "get").ok(t, "SMS/OS", "Started/Running", "Hard Reset", "4.0 sec")
	g.booted(t)
	g.ipmitool(t, "chassis", "restart_cause").ok(t, "watchdog expired")
	g.ipmitool(t, "sel", "list").ok(t, "Watchdog2 #0x23 | Hard reset | Asserted")
}
