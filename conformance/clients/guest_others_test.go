//go:build clients && qemu && amd64

package clients

import (
	"path/filepath"
	"testing"
)

// TestGuestBT boots a Linux with a BT interface, whose interrupt tells its driver of the attention bit. It shuts down
// when the LAN asks for it.
func TestGuestBT(t *testing.T) {
	t.Parallel()
	g := bootGuest(t, "-M", "pc", "-device", "isa-ipmi-bt,bmc=bmc0")
	g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si", "evdev", "button")
	g.driven(t, "bt interface initialized", "Using irq 5")
	g.run(t, "ipmitool mc info").ok(t, identity...)
	g.run(t, "ipmitool sdr list").ok(t, "Inlet Temp | 24 degrees C | ok", "POST Progress | 0x00 | ok")
	g.hearsMessages(t)
	g.hearsEvents(t)
	g.start(t, "button")
	g.ipmitool(t, "chassis", "power", "soft").ok(t, "Soft")
	g.ended(t)
	g.wantPower(t, "off")
}

// TestGuestSSIF boots a Linux with an SSIF interface on the chipset's SMBus, whose power the LAN takes away.
func TestGuestSSIF(t *testing.T) {
	t.Parallel()
	g := bootGuest(t, "-M", "q35", "-device", "smbus-ipmi,bmc=bmc0,address=0x10")
	g.load(t, "i2c-smbus", "i2c-i801", "ipmi_msghandler", "ipmi_devintf", "ipmi_ssif")
	g.driven(t, "Trying ACPI-specified SSIF interface at i2c address 0x10")
	g.run(t, "ipmitool mc info").ok(t, identity...)
	g.run(t, "ipmitool fru print 0").ok(t, "Product Serial : SN000000001")
	g.ipmitool(t, "chassis", "power", "off").ok(t)
	g.ended(t)
	g.wantPower(t, "off")
}

// TestGuestPCIKCS boots a Linux whose interface is a PCI device, which its driver finds by its class. QEMU listens, and the
// machine connects. [IPMI 2.0 App. C2]
func TestGuestPCIKCS(t *testing.T) {
	t.Parallel()
	g := bootGuestThatListens(t, "-M", "pc", "-device", "pci-ipmi-kcs,bmc=bmc0")
	g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si")
	g.driven(t, "probing via PCI", "kcs interface initialized")
	g.run(t, "ipmitool mc info").ok(t, identity...)
	g.hearsMessages(t)
	g.ipmitool(t, "chassis", "power", "off").ok(t)
	g.ended(t)
	g.wantPower(t, "off")
}

// TestGuestPCIBT does the same with BT, in a QEMU that stops instead of ending, and goes on by its monitor: that is power
// on.
func TestGuestPCIBT(t *testing.T) {
	t.Parallel()
	monitor := filepath.Join(t.TempDir(), "monitor")
	g := bootGuestThatListens(t, "-M", "pc", "-device", "pci-ipmi-bt,bmc=bmc0",
		"-no-shutdown", "-monitor", "unix:"+monitor+",server=on,wait=off")
	asks := func() {
		t.Helper()
		g.load(t, "ipmi_msghandler", "ipmi_devintf", "ipmi_si")
		g.driven(t, "probing via PCI", "bt interface initialized")
		g.run(t, "ipmitool mc info").ok(t, identity...)
	}
	asks()
	g.ipmitool(t, "chassis", "power", "off").ok(t)
	g.wantPower(t, "off")
	g.ipmitool(t, "chassis", "power", "on").ok(t)
	g.wantPower(t, "off")
	if _, err := g.dial(t, monitor).Write([]byte("system_reset\ncont\n")); err != nil {
		t.Fatal(err)
	}
	g.booted(t)
	asks()
	g.wantPower(t, "on")
	g.ipmitool(t, "chassis", "restart_cause").ok(t, "chassis power control command")
}
