// Package dell has the OEM commands of Dell's iDRACs that ipmitool's delloem, FreeIPMI's ipmi-oem and fan controllers send:
// NIC selection, active LOM, power monitoring and capping, network addresses and fan control.
//
// The layouts are those that the clients send and expect [ipmitool delloem; FreeIPMI ipmi-oem dell;
// tigerblue77/Dell_iDRAC_fan_controller]. Privileges are a decision: User reads, Administrator writes. What Dell's clients
// read as system info parameters (service tag, asset tag, model, iDRAC information) is data of the profile, but for what
// moves.
package dell

import (
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Vendor is Dell, for the list of vendors.
func Vendor() bmc.Vendor {
	return bmc.Vendor{
		Name:     "dell",
		Speaks:   func(p *profiles.Profile) bool { return p.OEM.Dell != nil },
		Commands: commands,
		New:      func(m bmc.Inside) (bmc.Part, error) { return newIDRAC(m) },
	}
}

const (
	netFn = ipmb.NetFn(0x30)
	user  = ipmb.PrivilegeUser
	admin = ipmb.PrivilegeAdministrator
)

func at(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: netFn, Cmd: cmd} }

var commands = []bmc.Command{
	{Op: at(0x24), Name: "Dell Set NIC Selection", Section: "OEM Dell", Priv: admin, Len: bmc.Bytes(1, 1), Do: setNIC},
	{Op: at(0x25), Name: "Dell Get NIC Selection", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(0, 0), Do: getNIC},
	{Op: at(0x28), Name: "Dell Set NIC Selection and Failover", Section: "OEM Dell", Priv: admin, Len: bmc.Bytes(2, 2), Do: setNICFailover},
	{Op: at(0x29), Name: "Dell Get NIC Selection and Failover", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(0, 0), Do: getNICFailover},
	{Op: at(0x30), Name: "Dell Fan Control", Section: "OEM Dell", Priv: admin, Len: bmc.Bytes(2, 3), Do: fanControl},
	{Op: at(0x9c), Name: "Dell Get Power Consumption Data", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(2, 2), Do: getPowerData},
	{Op: at(0x9d), Name: "Dell Reset Power Consumption Data", Section: "OEM Dell", Priv: admin, Len: bmc.Bytes(3, 3), Do: resetPowerData},
	{Op: at(0xb3), Name: "Dell Get Power Consumption", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(2, 2), Do: getPower},
	{Op: at(0xba), Name: "Dell Power Cap Status", Section: "OEM Dell", Priv: admin, Len: bmc.Bytes(2, 2), Do: capStatus},
	{Op: at(0xbb), Name: "Dell Get Power Headroom", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(0, 0), Do: getHeadroom},
	{Op: at(0xc1), Name: "Dell Get Active LOM Status", Section: "OEM Dell", Priv: user, Len: bmc.Bytes(3, 3), Do: getActiveLOM},
	{Op: ipmb.SetSystemInfoParameters, Name: "Set System Info Parameters", Section: "22.14a", Priv: admin, Len: bmc.Bytes(2, 64), Do: setSystemInfo},
	{Op: ipmb.GetSystemInfoParameters, Name: "Get System Info Parameters", Section: "22.14b", Priv: user, Len: bmc.Bytes(4, 6), Do: getSystemInfo},
}

// idrac is Dell's state in one machine.
type idrac struct {
	bmc.PlainPart
	in            bmc.Inside
	spec          *profiles.Dell
	nic, failover uint8
	manual        bool // the fans follow commands
	power         monitor
	limit         powerCap
}

func newIDRAC(m bmc.Inside) (*idrac, error) {
	d := &idrac{in: m, spec: m.Profile().OEM.Dell}
	d.nic, d.failover = d.spec.NIC, d.spec.Failover
	if !d.mayBe(d.nic, d.failover) {
		return nil, fmt.Errorf("oem.dell.nic: %d with failover %d is not possible in generation %d", d.nic, d.failover, d.spec.Generation)
	}
	if err := m.CheckFans(d.spec.Fans); err != nil {
		return nil, fmt.Errorf("oem.dell.fans: %w", err)
	}
	d.power.since = time.Now()
	d.limit = newPowerCap(m.Profile())
	d.power.reset(clearAll, m.Time())
	d.look()
	return d, nil
}

// HostPower looks at the power, which is constant between two looks.
func (d *idrac) HostPower(bool) { d.look() }

// Defaults brings the NIC selection and automatic fan control back.
func (d *idrac) Defaults() {
	d.nic, d.failover = d.spec.NIC, d.spec.Failover
	_ = d.automatic() // worked when the machine was built
}

func of(m *bmc.Machine) *idrac { return bmc.PartOf[*idrac](m) }

// twelfth is the generation from which on the NIC selection has a failover.
const twelfth = 12

// Values of the NIC selection.
const (
	lastShared11 = 0x03 // generation 11
	dedicated11  = 0x02
	dedicated12  = 0x01
	firstLOM     = 0x02
	lastLOM      = 0x05
	failoverNone = 0x00
	failoverAll  = 0x06
)

// mayBe reports whether a NIC selection is possible: the dedicated port has no failover, and a LOM none to itself.
func (d *idrac) mayBe(nic, failover uint8) bool {
	if d.spec.Generation < twelfth {
		return nic <= lastShared11 && failover == failoverNone
	}
	switch {
	case nic < dedicated12 || nic > lastLOM, failover == dedicated12, failover > failoverAll:
		return false
	case nic == dedicated12:
		return failover == failoverNone
	}
	return failover != nic
}

// setNIC is 30h/24h, of generation 11.
func setNIC(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	switch {
	case d.spec.Generation >= twelfth:
		return nil, ipmb.InvalidCommand
	case !d.mayBe(r.Data[0], failoverNone):
		return nil, ipmb.InvalidField
	}
	d.nic = r.Data[0]
	return nil, nil
}

// getNIC is 30h/25h, of generation 11.
func getNIC(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	if d.spec.Generation >= twelfth {
		return nil, ipmb.InvalidCommand
	}
	return append(r.Buf, d.nic), nil
}

// setNICFailover is 30h/28h, of generation 12 and later.
func setNICFailover(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	switch {
	case d.spec.Generation < twelfth:
		return nil, ipmb.InvalidCommand
	case !d.mayBe(r.Data[0], r.Data[1]):
		return nil, ipmb.InvalidField
	}
	d.nic, d.failover = r.Data[0], r.Data[1]
	return nil, nil
}

// getNICFailover is 30h/29h, of generation 12 and later.
func getNICFailover(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	if d.spec.Generation < twelfth {
		return nil, ipmb.InvalidCommand
	}
	return append(r.Buf, d.nic, d.failover), nil
}

// Sub-commands of Get Active LOM Status, and ports of the answer.
const (
	lomActive = 0x00
	lomLink   = 0x01 // generation 12 and later, as those below
	lomSpeed  = 0x02
	lomMode   = 0x03

	portNone      = 0x00 // generation 11: dedicated
	portFirstLOM  = 0x01
	portDedicated = 0x05

	lomUnknown = 0x0f
	fullDuplex = 0x01
)

// lomSpeeds are the words for speeds in Mbps.
var lomSpeeds = map[uint16]byte{10: 0, 100: 1, 1000: 2}

// getActiveLOM is 30h/C1h: over which port the controller is reached, and whether and how that is linked.
func getActiveLOM(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d, sub := of(m), r.Data[0]
	if sub > lomMode || sub != lomActive && d.spec.Generation < twelfth {
		return nil, ipmb.InvalidField
	}
	var value byte
	switch speed, known := lomSpeeds[d.spec.LinkSpeed]; {
	case sub == lomActive:
	case sub == lomLink && d.spec.LinkSpeed > 0:
		value = 1
	case sub == lomSpeed && known:
		value = speed
	case sub == lomMode && d.spec.LinkSpeed > 0:
		value = fullDuplex
	case sub != lomLink:
		value = lomUnknown
	}
	return append(r.Buf, d.port(), value, 0), nil
}

// port is the number of the port over which the controller is reached.
func (d *idrac) port() uint8 {
	switch {
	case d.spec.Generation < twelfth && d.nic == dedicated11:
		return portNone
	case d.spec.Generation < twelfth:
		return portFirstLOM
	case d.nic == dedicated12:
		return portDedicated
	}
	return d.nic - firstLOM + portFirstLOM
}

// Sub-commands of Fan Control.
const (
	fanMode = 0x01 // 00 manual, 01 automatic
	fanDuty = 0x02 // FF for all fans, percent
	allFans = 0xff
)

// fanControl is 30h/30h. Duties need manual control.
func fanControl(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d, b := of(m), r.Data
	switch {
	case b[0] == fanMode && len(b) == 2 && b[1] <= 1:
		if d.manual = b[1] == 0; !d.manual {
			return nil, d.automatic()
		}
		return nil, nil
	case b[0] == fanDuty && len(b) == 3:
		if b[1] != allFans || b[2] > 100 {
			return nil, ipmb.InvalidField
		}
		if !d.manual {
			return nil, ipmb.NotSupportedInState
		}
		return nil, d.in.DriveFans(d.spec.Fans, b[2])
	case b[0] != fanMode && b[0] != fanDuty, b[0] == fanMode && len(b) == 2:
		return nil, ipmb.InvalidField
	}
	return nil, ipmb.LengthInvalid
}

func (d *idrac) automatic() error {
	d.manual = false
	return d.in.DriveFans(d.spec.Fans, d.spec.Duty)
}
