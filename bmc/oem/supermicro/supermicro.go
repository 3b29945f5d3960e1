// Package supermicro has the OEM commands of Supermicro's boards that fan controllers, FreeIPMI and Prometheus' IPMI
// exporter send: fan mode and duty, LAN mode, and the reset of the chassis intrusion.
//
// Supermicro publishes no description; what is here is what clients send and how they read the answer [petersulyok/smfc;
// FreeIPMI ipmi-oem; prometheus-community/ipmi_exporter sm-lan-mode]. Privileges are a decision: Administrator, as the
// boards' own tools ask for it.
package supermicro

import (
	"fmt"
	"slices"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Vendor is Supermicro, for the list of vendors.
func Vendor() bmc.Vendor {
	return bmc.Vendor{
		Name:     "supermicro",
		Speaks:   func(p *profiles.Profile) bool { return p.OEM.Supermicro != nil },
		Commands: commands,
		New:      func(m bmc.Inside) (bmc.Part, error) { return newBoard(m) },
	}
}

const netFn = ipmb.NetFn(0x30)

func at(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: netFn, Cmd: cmd} }

var commands = []bmc.Command{
	{Op: at(0x03), Name: "Supermicro Reset Intrusion", Section: "OEM Supermicro", Priv: ipmb.PrivilegeAdministrator, Len: bmc.Bytes(0, 0), Do: resetIntrusion},
	{Op: at(0x45), Name: "Supermicro Fan Mode", Section: "OEM Supermicro", Priv: ipmb.PrivilegeAdministrator, Len: bmc.Bytes(1, 2), Do: fanMode},
	{Op: at(0x70), Name: "Supermicro Configuration", Section: "OEM Supermicro", Priv: ipmb.PrivilegeAdministrator, Len: bmc.Bytes(2, 4), Do: configuration},
	{Op: at(0x91), Name: "Supermicro X9 Fan Duty", Section: "OEM Supermicro", Priv: ipmb.PrivilegeAdministrator, Len: bmc.Bytes(4, 4), Do: x9FanDuty},
}

// board is Supermicro's state in one machine.
type board struct {
	bmc.PlainPart
	in      bmc.Inside
	spec    *profiles.Supermicro
	fanMode profiles.SupermicroFanMode
	lanMode profiles.SupermicroLANMode
	duties  []uint8 // of the profile's zones, in percent
}

func newBoard(m bmc.Inside) (*board, error) {
	b := &board{in: m, spec: m.Profile().OEM.Supermicro}
	b.fanMode, b.lanMode = b.spec.FanMode, b.spec.LANMode
	if !slices.Contains(b.spec.FanModes, b.fanMode) {
		return nil, fmt.Errorf("oem.supermicro.fan_mode: %s is none of fan_modes", b.fanMode)
	}
	for _, z := range b.spec.Zones {
		if err := m.CheckFans(z.Fans); err != nil {
			return nil, fmt.Errorf("oem.supermicro.zones: %w", err)
		}
		b.duties = append(b.duties, z.Duty)
	}
	return b, nil
}

// applyMode drives all zones as the fan mode says: full speed, or what the profile has.
func (b *board) applyMode() error {
	for i := range b.spec.Zones {
		duty := b.spec.Zones[i].Duty
		if b.fanMode == profiles.SupermicroFull {
			duty = 100
		}
		if err := b.drive(i, duty); err != nil {
			return err
		}
	}
	return nil
}

func (b *board) drive(zone int, percent uint8) error {
	b.duties[zone] = percent
	return b.in.DriveFans(b.spec.Zones[zone].Fans, percent)
}

// zone is the index of a zone, or -1.
func (b *board) zone(number uint8) int {
	return slices.IndexFunc(b.spec.Zones, func(z profiles.FanZone) bool { return z.Number == number })
}

// Defaults brings the profile's modes back.
func (b *board) Defaults() {
	b.fanMode, b.lanMode = b.spec.FanMode, b.spec.LANMode
	_ = b.applyMode() // worked when the machine was built
}

func of(m *bmc.Machine) *board { return bmc.PartOf[*board](m) }

// resetIntrusion is 30h/03h: what the chassis remembers of somebody in it is forgotten.
func resetIntrusion(m *bmc.Machine, _ *bmc.Request) ([]byte, error) {
	of(m).in.SetCondition(bmc.ConditionIntrusion, false)
	return nil, nil
}

// Operations.
const (
	opRead  = 0x00
	opWrite = 0x01
)

// fanMode is 30h/45h: 00 reads, 01 and a mode sets. A mode that the board lacks is CCh.
func fanMode(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	b, d := of(m), r.Data
	switch {
	case d[0] == opRead && len(d) == 1:
		return append(r.Buf, uint8(b.fanMode)), nil
	case d[0] > opWrite:
		return nil, ipmb.InvalidField
	case d[0] == opRead || len(d) == 1:
		return nil, ipmb.LengthInvalid
	case !slices.Contains(b.spec.FanModes, profiles.SupermicroFanMode(d[1])):
		return nil, ipmb.InvalidField
	}
	b.fanMode = profiles.SupermicroFanMode(d[1])
	return nil, b.applyMode()
}

// Sub-commands of 30h/70h.
const (
	subLANMode = 0x0c
	subFanDuty = 0x66
)

// configuration is 30h/70h.
func configuration(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	b := of(m)
	switch op, d := r.Data[1], r.Data[2:]; {
	case op > opWrite:
		return nil, ipmb.InvalidField
	case r.Data[0] == subLANMode:
		return b.configureLAN(r, op, d)
	case r.Data[0] == subFanDuty && !b.spec.X9:
		return b.configureDuty(r, op, d)
	}
	return nil, ipmb.InvalidField
}

// configureLAN reads, or sets the LAN mode.
func (b *board) configureLAN(r *bmc.Request, op uint8, d []byte) ([]byte, error) {
	switch {
	case len(d) != int(op):
		return nil, ipmb.LengthInvalid
	case op == opRead:
		return append(r.Buf, uint8(b.lanMode)), nil
	case profiles.SupermicroLANMode(d[0]) > profiles.SupermicroFailover:
		return nil, ipmb.InvalidField
	}
	b.lanMode = profiles.SupermicroLANMode(d[0])
	return nil, nil
}

// configureDuty reads a zone's duty in percent, 0 of one that is not there; or sets it.
func (b *board) configureDuty(r *bmc.Request, op uint8, d []byte) ([]byte, error) {
	if len(d) != 1+int(op) {
		return nil, ipmb.LengthInvalid
	}
	i := b.zone(d[0])
	switch {
	case op == opRead && i < 0:
		return append(r.Buf, 0), nil
	case op == opRead:
		return append(r.Buf, b.duties[i]), nil
	case i < 0 || d[1] > 100:
		return nil, ipmb.InvalidField
	}
	return nil, b.drive(i, d[1])
}

// x9FanDuty is 30h/91h with 5A 03, zone and level of 255, as boards of generation X9 have it.
func x9FanDuty(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	b, d := of(m), r.Data
	if !b.spec.X9 {
		return nil, ipmb.InvalidCommand
	}
	i := b.zone(d[2])
	if d[0] != 0x5a || d[1] != 0x03 || i < 0 {
		return nil, ipmb.InvalidField
	}
	return nil, b.drive(i, uint8((int(d[3])*100+127)/255))
}
