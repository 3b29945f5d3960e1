// Package lenovo has the OEM commands of Lenovo's XClarity Controllers (XCC), those of their predecessor, the Integrated
// Management Module (IMM), that clients still send, and those of the manager of an enclosure.
//
// The source is Lenovo's published description of the commands, and of those that it does not describe, what clients send
// and how they read the answer [pyghmi, xCAT, confluent, FreeIPMI]; [XCC 6.92] marks what was seen of a controller with that
// firmware, and "decision" what none of them tells. Requests are checked in this order: command, and whether the machine
// has it (C1h), LUN, privilege, length (C7h), values (CCh, or C9h for a selector of one range), state; sub-commands that the
// platform lacks come before length and values (D6h). The system interface has no privilege check. Settings survive a cold
// reset; Reset XCC to Default brings them back to the profile's.
package lenovo

import (
	"errors"
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Enterprise numbers of the OEM/Group commands. [IANA enterprise numbers]
const (
	ianaOSA     = 11102 // OSA Technologies, who made the firmware's base
	ianaLenovo  = 19046
	ianaIBM     = 2
	ianaIBMX    = 20301 // IBM eServer X
	ianaVPD     = 20944 // of the vital product data command: D0 51 00
	netFnLenovo = ipmb.NetFn(0x3a)

	enterpriseLen = 3 // bytes of an enterprise number in an answer
)

// Vendor is Lenovo, for the list of vendors.
func Vendor() bmc.Vendor {
	return bmc.Vendor{
		Name:       "lenovo",
		Speaks:     func(p *profiles.Profile) bool { return p.OEM.Lenovo != nil },
		Commands:   commands,
		Lacks:      lacks,
		OwnRecords: lightPathRecords,
		New:        func(m bmc.Inside) (bmc.Part, error) { return newController(m) },
	}
}

const (
	user  = ipmb.PrivilegeUser
	admin = ipmb.PrivilegeAdministrator
)

// at is the identity of a command at Lenovo's own network function.
func at(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: netFnLenovo, Cmd: cmd} }

// group is the identity of an OEM/Group command.
func group(enterprise uint32, cmd uint8) ipmb.Op {
	return ipmb.Op{NetFn: ipmb.NetFnOEMGroup, Enterprise: enterprise, Cmd: cmd}
}

// bare is the identity of a command at network function 2Eh without an enterprise number: the detail section of Lenovo's
// page has two commands there, whose index has them at 3Ah.
func bare(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: ipmb.NetFnOEMGroup, Bare: true, Cmd: cmd} }

// commands are Lenovo's rows. The lengths of those with sub-commands are their handlers' to check.
var commands = []bmc.Command{
	{Op: group(ianaOSA, 0xcc), Name: "Lenovo Reset XCC to Default", Section: "OEM Lenovo", Priv: user, Do: resetToDefault},
	{Op: group(ianaLenovo, 0xcc), Name: "Lenovo Reset XCC3 to Default", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: resetXCC3},
	{Op: at(0x00), Name: "Lenovo Query Firmware Version", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 1), Do: queryFirmwareVersion},
	{Op: at(0x02), Name: "Lenovo Get LED State", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: getLED},
	{Op: at(0x06), Name: "Lenovo Set Identify", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(2, 2), Do: setIdentify},
	{Op: at(0x07), Name: "Lenovo Fan Control", Section: "OEM Lenovo", Priv: admin}, // what the speeds mean is not known
	{Op: at(0x0b), Name: "Lenovo Get VPD Version", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(4, 4), Do: getVPDVersion},
	{Op: at(0x0d), Name: "Lenovo Query Board Information", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: queryBoardInformation},
	{Op: at(0x17), Name: "Lenovo Sensor Test", Section: "OEM Lenovo", Priv: admin}, // nor what this answers
	{Op: at(0x1d), Name: "Lenovo System ACPI State", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 2), Do: systemACPIState},
	{Op: at(0x1e), Name: "Lenovo Chassis Power Restore Delay Options", Section: "OEM Lenovo", Priv: user, Do: restoreDelayOptions},
	{Op: bare(0x1e), Name: "Lenovo Chassis Power Restore Delay Options at 2Eh", Section: "OEM Lenovo", Priv: user, Do: aliased(restoreDelayOptions)},
	{Op: at(0x32), Name: "Lenovo Get Node Energy", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(5, 5), Do: getNodeEnergy},
	{Op: at(0x38), Name: "Lenovo NMI and Reset", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 2), Do: nmiAndReset},
	{Op: bare(0x38), Name: "Lenovo NMI and Reset at 2Eh", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 2), Do: aliased(nmiAndReset)},
	{Op: at(0x49), Name: "Lenovo Initiate Data Collection", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 2), Do: initiateDataCollection},
	{Op: at(0x4a), Name: "Lenovo Push File", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, -1), Do: pushFile},
	{Op: at(0x4d), Name: "Lenovo Data Collection Status", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 1), Do: dataCollectionStatus},
	{Op: at(0x50), Name: "Lenovo Get Build Information", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: getBuildInformation},
	{Op: at(0x55), Name: "Lenovo Get/Set Host Name", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, maxHostName+1), Do: hostName},
	{Op: at(0x6b), Name: "Lenovo Query FPGA Firmware Revision Level", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 1), Do: queryFPGA},
	{Op: at(0x6c), Name: "Lenovo Query Board Hardware Revision Level", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: queryHardwareRevision},
	{Op: at(0x6d), Name: "Lenovo Query PSoC Firmware Revision Level", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: queryPSoC},
	{Op: at(0x98), Name: "Lenovo Front Panel USB Port Control", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, -1), Do: frontUSBControl},
	{Op: at(0xc0), Name: "Lenovo Get Light Path LED", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(2, 2), Do: getLightPath},
	{Op: at(0xc1), Name: "Lenovo Get Controller Generation", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: getGeneration},
	{Op: at(0xc4), Name: "Lenovo Property Access", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(4, -1), Do: propertyAccess},
	{Op: at(0xc7), Name: "Lenovo Native NM IPMI Switch", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(0, 1), Do: nodeManagerSwitch},
	{Op: at(0xf1), Name: "Lenovo Enclosure Manager Network", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: enclosureManager},
	{Op: group(ianaLenovo, 0x81), Name: "Lenovo Read Energy Meter", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(5, 5), Do: readEnergyMeter},
	{Op: group(ianaLenovo, 0x82), Name: "Lenovo Find Energy Module", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(3, 3), Do: findEnergyModule},
	{Op: group(ianaVPD, 0x51), Name: "IBM Vital Product Data", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(7, -1), Do: vitalProductData},
	{Op: group(ianaIBMX, 0x41), Name: "IBM Thermal Profile", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(4, -1), Do: thermalProfile},
	{Op: group(ianaIBMX, 0x81), Name: "IBM Read Energy Meter", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(5, 5), Do: readEnergyMeter},
	{Op: group(ianaIBMX, 0x82), Name: "IBM Find Energy Module", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(3, 3), Do: findEnergyModule},
	{Op: group(ianaIBMX, 0x90), Name: "IBM Settings File", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(2, -1), Do: settingsFile},
	{Op: group(ianaIBMX, 0x93), Name: "IBM Auxiliary Log Entry", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(6, 6), Do: auxiliaryLogEntry},
}

// lacks are the commands that the profile's machine has not got. An IMM has those that clients send to it; the energy meter
// of IBM's machines is behind the number of IBM eServer X alone, and pyghmi tries that next.
func lacks(p *profiles.Profile) (list []ipmb.Op) {
	l, maker := p.OEM.Lenovo, p.Device.Manufacturer
	xcc := l.Generation != profiles.LenovoIMM
	for _, c := range []struct {
		has bool
		ops []ipmb.Op
	}{
		{xcc, []ipmb.Op{
			at(0x00), at(0x0d), at(0x32), at(0x38), bare(0x38), at(0x55), at(0x6c), at(0x6d), at(0x98), at(0xc7), group(ianaLenovo, 0xcc),
		}},
		{maker != ianaIBM && maker != ianaIBMX, []ipmb.Op{group(ianaLenovo, 0x81), group(ianaLenovo, 0x82)}},
		{l.VPDVersion != 0, []ipmb.Op{at(0x0b)}},
		{xcc && l.Platform == profiles.LenovoRack, []ipmb.Op{at(0x1e), bare(0x1e)}}, // [XCC 6.92]
		{xcc && l.FFDC > 0, []ipmb.Op{at(0x49), at(0x4a), at(0x4d)}},                // [XCC 6.92]
		{len(l.FPGA) > 0, []ipmb.Op{at(0x6b)}},                                      // pyghmi takes it for "no FPGA"
		{len(l.LightPath) > 0, []ipmb.Op{at(0xc0)}},
		{l.Generation != profiles.LenovoNone, []ipmb.Op{at(0xc1)}},
		{l.EnclosureManager, []ipmb.Op{at(0xf1)}},
		{len(l.VPD) > 0, []ipmb.Op{group(ianaVPD, 0x51)}},
		{len(l.ThermalProfile) > 0, []ipmb.Op{group(ianaIBMX, 0x41)}},
		{len(l.Files) > 0, []ipmb.Op{group(ianaIBMX, 0x90)}},
		{l.AuxiliaryLog != nil, []ipmb.Op{group(ianaIBMX, 0x93)}},
	} {
		if !c.has {
			list = append(list, c.ops...)
		}
	}
	return list
}

// controller is Lenovo's state in one machine.
type controller struct {
	bmc.PlainPart
	in   bmc.Inside
	spec *profiles.Lenovo

	randomDelay bool // of the power restore
	pending     struct {
		timer  bmc.Timer // the action after an NMI
		action bmc.PowerAction
	}
	reset      bmc.Timer // to the defaults
	collection collection
	usb        frontUSB
	nmBridging bool
	enclosure  uint8 // of the enclosure manager's network
	properties map[string]property
	files      files
	thermal    [thermalLen]byte
	meter      meter
	delays     interface{ IntN(int) int }
}

func newController(m bmc.Inside) (*controller, error) {
	c := &controller{in: m, spec: m.Profile().OEM.Lenovo, delays: m.Random("lenovo power restore delay")}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.meter.since = time.Now()
	c.look()
	c.usb.c = c
	c.settings()
	return c, nil
}

// check finds values of the profile that the commands could not tell.
func (c *controller) check() error {
	for path := range c.spec.Properties {
		if len(path) == 0 || len(path) > maxText {
			return fmt.Errorf("oem.lenovo.properties: %q: a path has 1 to %d characters", path, maxText)
		}
		if len(c.spec.Properties[path]) > maxText {
			return fmt.Errorf("oem.lenovo.properties: %s: a value has at most %d characters", path, maxText)
		}
	}
	for path := range c.spec.Numbers {
		if len(path) == 0 || len(path) > maxText {
			return fmt.Errorf("oem.lenovo.numbers: %q: a path has 1 to %d characters", path, maxText)
		}
		if _, twice := c.spec.Properties[path]; twice {
			return fmt.Errorf("oem.lenovo.numbers: %s is among the properties, too", path)
		}
	}
	if n := len(c.spec.Files); n > maxFiles {
		return fmt.Errorf("oem.lenovo.files: %d files are more than %d", n, maxFiles)
	}
	return errors.Join(c.checkLightPath(), c.checkVPD())
}

// settings are what the controller starts with, and what Reset XCC to Default brings back.
func (c *controller) settings() {
	c.randomDelay, c.nmBridging, c.enclosure = false, false, enclosureOn
	c.properties = make(map[string]property)
	for path, text := range c.spec.Properties {
		c.properties[path] = textProperty(text)
	}
	for path, n := range c.spec.Numbers {
		c.properties[path] = numberProperty(n)
	}
	c.files.defaults(c.spec.Files)
	copy(c.thermal[:], c.spec.ThermalProfile)
	c.usb.defaults()
	name := c.spec.HostName
	switch {
	case name != "":
	case c.spec.Generation == profiles.LenovoIMM:
		return
	default:
		mac := c.in.MAC()
		name = fmt.Sprintf("XCC-%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5])
	}
	c.in.SetSystemName(name)
}

// Defaults brings the settings back.
func (c *controller) Defaults() {
	c.pending.timer.Stop()
	c.settings()
}

// HostPower follows the host's power with the front USB port and the energy meter.
func (c *controller) HostPower(bool) {
	c.usb.powerChanged()
	c.look()
}

// HostStops cancels what waits to happen to the host.
func (c *controller) HostStops() { c.pending.timer.Stop() }

// Pressed gives the held identify button its meaning.
func (c *controller) Pressed(b bmc.Button) {
	if b == bmc.ButtonIdentifyHold {
		c.usb.buttonHeld()
	}
}

// RestoreDelay is 1 to 15 seconds when the option is on.
func (c *controller) RestoreDelay() time.Duration {
	if !c.randomDelay {
		return 0
	}
	return time.Duration(1+c.delays.IntN(15)) * time.Second
}

// MayReach bars the Node Manager, which is on the primary IPMB, while its switch is off.
func (c *controller) MayReach(channel uint8, addr ipmb.Addr) ipmb.CompletionCode {
	if !c.nmBridging && c.spec.Generation != profiles.LenovoIMM &&
		channel == bmc.ChannelPrimaryIPMB && c.spec.NodeManager != 0 && addr == ipmb.Addr(c.spec.NodeManager) {
		return ipmb.DestinationUnavailable
	}
	return ipmb.OK
}

// Stop ends what is going on; the front USB port goes where it belongs.
func (c *controller) Stop() {
	c.pending.timer.Stop()
	c.reset.Stop()
	c.collection.stop()
	c.files.open = nil
	c.usb.settle()
}

// kept is what survives a loss of standby power; the host name is among the system info parameters.
type kept struct {
	RandomDelay bool   `json:"random_restore_delay"`
	NMBridging  bool   `json:"node_manager_bridging"`
	USBMode     uint8  `json:"front_usb_mode"`
	USBTimeout  uint16 `json:"front_usb_timeout_minutes"`
	USBButton   bool   `json:"front_usb_button"`
	USBDelay    uint8  `json:"front_usb_hysteresis_seconds"`
	USBEnabled  bool   `json:"front_usb_enabled"`
	Enclosure   uint8  `json:"enclosure_manager_network"`
}

// state is what there is to see: the settings, and what follows from them and from what happened.
type state struct {
	kept
	HostName      string `json:"host_name"`
	USBOwner      string `json:"front_usb_owner"` // "host" or "bmc"
	PendingAction string `json:"pending_action"`  // after an NMI: "reset", "cycle", or nothing
	Collection    string `json:"data_collection"` // "never-run", "running" or "done"
	Pushed        int    `json:"pushed_bytes"`    // since the last collection
}

// Shown is the state.
func (c *controller) Shown() any {
	s := &state{
		kept: *c.Kept().(*kept), HostName: c.in.SystemName(), USBOwner: c.usb.owner.String(),
		Collection: c.collection.state.String(), Pushed: c.collection.pushed,
	}
	if c.pending.timer.Running() {
		s.PendingAction = c.pending.action.String()
	}
	return s
}

// Kept is the settings.
func (c *controller) Kept() any {
	u := &c.usb
	return &kept{c.randomDelay, c.nmBridging, uint8(u.config.mode), u.config.timeout, u.config.button, u.config.hysteresis, u.enabled, c.enclosure}
}

// Restore brings them back.
func (c *controller) Restore(decode func(any) error) error {
	var k kept
	if err := decode(&k); err != nil {
		return err
	}
	if usbMode(k.USBMode) > modeShared {
		return fmt.Errorf("front_usb_mode: %d is above %d", k.USBMode, modeShared)
	}
	c.randomDelay, c.nmBridging = k.RandomDelay, k.NMBridging
	c.usb.config = usbConfiguration{mode: usbMode(k.USBMode), timeout: k.USBTimeout, button: k.USBButton, hysteresis: k.USBDelay}
	c.usb.enabled = k.USBEnabled
	if c.enclosure = k.Enclosure; c.enclosure == 0 {
		c.enclosure = enclosureOn
	}
	c.usb.settle()
	return nil
}

// of is Lenovo's state in the machine that answers.
func of(m *bmc.Machine) *controller { return bmc.PartOf[*controller](m) }

// aliased answers a command at network function 2Eh, unless the profile has not got it there.
func aliased(do bmc.Handler) bmc.Handler {
	return func(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
		if on := of(m).spec.NetFn2E; on != nil && !*on {
			return nil, ipmb.LengthInvalid // there is no room for an enterprise number
		}
		return do(m, r)
	}
}
