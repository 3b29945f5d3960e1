package lenovo

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// The System Management Module (SMM) of a D2 enclosure: supplies and fans for four nodes. It is a controller of its own,
// with commands at network functions 32h and 34h. What pyghmi sends and reads is known; lengths beyond that, what is in
// bytes that pyghmi skips, privileges and errors are decisions. The restore policy of nodes, 32h/A9h and AAh, is known of
// older enclosures only, and the drip sensors, 34h/05h, are a larger one's: C1h.

const (
	netFnEnclosure      = ipmb.NetFn(0x32)
	netFnEnclosureOther = ipmb.NetFn(0x34)
)

// EnclosureVendor is Lenovo's enclosures, for the list of vendors.
func EnclosureVendor() bmc.Vendor {
	return bmc.Vendor{
		Name:     "lenovo_smm",
		Speaks:   func(p *profiles.Profile) bool { return p.OEM.LenovoSMM != nil },
		Commands: enclosureCommands,
		New:      func(m bmc.Inside) (bmc.Part, error) { return newEnclosure(m) },
	}
}

func enclosureOp(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: netFnEnclosure, Cmd: cmd} }

func enclosureOther(cmd uint8) ipmb.Op { return ipmb.Op{NetFn: netFnEnclosureOther, Cmd: cmd} }

var enclosureCommands = []bmc.Command{
	{Op: enclosureOp(0x90), Name: "Lenovo Get Enclosure Power", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: enclosurePower},
	{Op: enclosureOp(0x91), Name: "Lenovo Get PSU Status", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: psuStatus},
	{Op: enclosureOp(0x94), Name: "Lenovo Get Water Cooling Type", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: coolingType},
	{Op: enclosureOp(0x9b), Name: "Lenovo Set Fan Mode", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(1, 1), Do: setFanMode},
	{Op: enclosureOp(0xa2), Name: "Lenovo Get Power Bank", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: getPowerBank},
	{Op: enclosureOp(0xa3), Name: "Lenovo Set Power Bank", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(2, 2), Do: setPowerBank},
	{Op: enclosureOp(0xa4), Name: "Lenovo Reseat Node", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(2, 2), Do: reseatNode},
	{Op: enclosureOp(0xa5), Name: "Lenovo Get PSU Fan", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: psuFan},
	{Op: enclosureOp(0xa7), Name: "Lenovo Get Node Power Permission", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: nodePermission},
	{Op: enclosureOp(0xa8), Name: "Lenovo Get Enclosure Build", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: enclosureBuild},
	{Op: enclosureOp(0xa9), Name: "Lenovo Get Node Restore Policy", Section: "OEM Lenovo", Priv: user},
	{Op: enclosureOp(0xaa), Name: "Lenovo Set Node Restore Policy", Section: "OEM Lenovo", Priv: admin},
	{Op: enclosureOp(0xad), Name: "Lenovo Reset Enclosure Configuration", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(0, 0), Do: resetEnclosure},
	{Op: enclosureOp(0xb0), Name: "Lenovo Get Enclosure FRU Text", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(2, 2), Do: enclosureText},
	{Op: enclosureOp(0xb1), Name: "Lenovo Get Service Data State", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: serviceDataState},
	{Op: enclosureOther(0x03), Name: "Lenovo Get Fan Mode", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(0, 0), Do: getFanMode},
	{Op: enclosureOther(0x05), Name: "Lenovo Get Drip Sensors", Section: "OEM Lenovo", Priv: user},
	{Op: enclosureOther(0x06), Name: "Lenovo Get PSU Information", Section: "OEM Lenovo", Priv: user, Len: bmc.Bytes(1, 1), Do: psuInformation},
	{Op: enclosureOther(0x12), Name: "Lenovo Service Data", Section: "OEM Lenovo", Priv: admin, Len: bmc.Bytes(1, 1), Do: serviceData},
}

// enclosure is the state of an enclosure.
type enclosure struct {
	bmc.PlainPart
	in   bmc.Inside
	spec *profiles.LenovoSMM

	redundancy       uint8
	oversubscription bool
	fanMode          uint8
	away             map[uint8]time.Time // nodes that were taken out, until when
	collection       bmc.Timer           // of service data
	reset            bmc.Timer
}

func newEnclosure(m bmc.Inside) (*enclosure, error) {
	e := &enclosure{in: m, spec: m.Profile().OEM.LenovoSMM}
	for i, s := range e.spec.Supplies {
		if d, err := m.Device(s.From); err != nil || quantity(d, "pout") == nil {
			return nil, fmt.Errorf("oem.lenovo_smm.supplies[%d].from: %s is no power supply", i, s.From)
		}
	}
	e.Defaults()
	return e, nil
}

// Defaults brings the profile's settings back.
func (e *enclosure) Defaults() {
	e.redundancy, e.fanMode, e.away = e.spec.Redundancy, e.spec.FanMode, make(map[uint8]time.Time)
	e.oversubscription = e.spec.Oversubscription == nil || *e.spec.Oversubscription
}

// Stop ends what is going on.
func (e *enclosure) Stop() {
	e.collection.Stop()
	e.reset.Stop()
}

// keptEnclosure is what survives a loss of standby power.
type keptEnclosure struct {
	Redundancy       uint8 `json:"redundancy"`
	Oversubscription bool  `json:"oversubscription"`
	FanMode          uint8 `json:"fan_mode"`
}

// Kept is the settings.
func (e *enclosure) Kept() any {
	return &keptEnclosure{e.redundancy, e.oversubscription, e.fanMode}
}

// Restore brings them back.
func (e *enclosure) Restore(decode func(any) error) error {
	var k keptEnclosure
	if err := decode(&k); err != nil {
		return err
	}
	if k.Redundancy > lastRedundancy || k.FanMode > lastFanMode {
		return fmt.Errorf("redundancy %d or fan mode %d is unknown", k.Redundancy, k.FanMode)
	}
	e.redundancy, e.oversubscription, e.fanMode = k.Redundancy, k.Oversubscription, k.FanMode
	return nil
}

func enclosureOf(m *bmc.Machine) *enclosure { return bmc.PartOf[*enclosure](m) }

// quantity is what a device measures, or nil.
func quantity(d bmc.DeviceState, name string) *float64 {
	i := slices.IndexFunc(d.Quantities, func(q bmc.QuantityState) bool { return q.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Quantities[i].Value
}

// supply is a supply of the enclosure as it is now.
type supply struct {
	spec    *profiles.LenovoSupply
	present bool
	good    bool // it has input and delivers
	values  bmc.DeviceState
}

// value is a quantity of a supply that is there.
func (s supply) value(name string) float64 {
	v := quantity(s.values, name)
	if v == nil || !s.present {
		return 0
	}
	return *v
}

func (e *enclosure) supplies() []supply {
	e.in.Look()
	list := make([]supply, len(e.spec.Supplies))
	for i := range list {
		s := &list[i]
		s.spec = &e.spec.Supplies[i]
		s.values, _ = e.in.Device(s.spec.From) // was there when the machine was built
		s.present = s.values.Present && s.values.Powered
		s.good = s.value("vout") > 0
	}
	return list
}

// supply finds a supply by its number.
func (e *enclosure) supply(number uint8) (supply, bool) {
	for _, s := range e.supplies() {
		if s.spec.Number == number {
			return s, true
		}
	}
	return supply{}, false
}

// Enclosure powers.
const (
	powerIn   = 0x01
	powerOut  = 0x02
	powerFans = 0x03
)

// Shares of the fans' power by mode: they are driven with the third power of their speed, roughly.
var fanShares = [...]float64{1, 0.1, 0.15, 0.2, 0.4, 1.5}

// enclosurePower is 32h/90h: three times the watts of all supplies, of which pyghmi reads the second; or a byte and the
// fans' power in hundredths of a watt.
func enclosurePower(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	name := ""
	switch r.Data[0] {
	case powerFans:
		v := uint32(e.spec.FanPower * fanShares[e.fanMode] * 100)
		return append(r.Buf, 0, byte(v), byte(v>>8), byte(v>>16)), nil
	case powerIn:
		name = "pin"
	case powerOut:
		name = "pout"
	default:
		return nil, ipmb.InvalidField
	}
	var sum float64
	for _, s := range e.supplies() {
		sum += s.value(name)
	}
	b := r.Buf
	for range 3 {
		b = binary.LittleEndian.AppendUint16(b, uint16(sum))
	}
	return b, nil
}

// psuStatus is 32h/91h: masks of supplies. Two tell of throttling, one of presence, one of power; the others are not known.
func psuStatus(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	var present, good byte
	for _, s := range enclosureOf(m).supplies() {
		bit := byte(1) << (s.spec.Number - 1)
		if s.present {
			present |= bit
		}
		if s.good {
			good |= bit
		}
	}
	return append(r.Buf, 0, 0, 0, present, good, 0, 0), nil
}

// airCooled is the answer of an enclosure with fans.
const airCooled = 0x01

// coolingType is 32h/94h.
func coolingType(_ *bmc.Machine, r *bmc.Request) ([]byte, error) {
	return append(r.Buf, airCooled, 0, 0), nil
}

const (
	lastFanMode    = 5
	lastRedundancy = 2
)

// setFanMode is 32h/9Bh.
func setFanMode(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] > lastFanMode {
		return nil, ipmb.InvalidField
	}
	enclosureOf(m).fanMode = r.Data[0]
	return nil, nil
}

// getFanMode is 34h/03h.
func getFanMode(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	return append(r.Buf, enclosureOf(m).fanMode), nil
}

// getPowerBank is 32h/A2h: redundancy, oversubscription, and the watts that the nodes may take with that redundancy.
func getPowerBank(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	var sum, largest float64
	for _, s := range e.supplies() {
		if s.good {
			rating := s.value("rating")
			sum, largest = sum+rating, max(largest, rating)
		}
	}
	switch e.redundancy {
	case 1:
		sum -= largest
	case 2:
		sum /= 2
	}
	return binary.LittleEndian.AppendUint16(append(r.Buf, e.redundancy, flag(e.oversubscription)), uint16(sum)), nil
}

// setPowerBank is 32h/A3h.
func setPowerBank(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] > lastRedundancy || r.Data[1] > 1 {
		return nil, ipmb.InvalidField
	}
	e := enclosureOf(m)
	e.redundancy, e.oversubscription = r.Data[0], r.Data[1] == 1
	return nil, nil
}

// States of a supply's fan.
const (
	fanAbsent   = 0
	fanAbnormal = 1
	fanNormal   = 2

	fanMost = 20000 // RPM at 100 % (decision)
)

// psuFan is 32h/A5h: speed, percent, and state.
func psuFan(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	s, ok := enclosureOf(m).supply(r.Data[0])
	if !ok {
		return nil, ipmb.ParameterOutOfRange
	}
	speed, state := s.value("fan1"), byte(fanNormal)
	switch {
	case !s.present:
		state = fanAbsent
	case speed == 0 || s.value("failed") != 0:
		state = fanAbnormal
	}
	return append(binary.LittleEndian.AppendUint16(r.Buf, uint16(speed)), byte(min(100, speed*100/fanMost)), state), nil
}
