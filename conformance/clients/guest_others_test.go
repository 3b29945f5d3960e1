//go:build clients && qemu && amd64

package clients

import "testing"

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
