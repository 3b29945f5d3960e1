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

// What an enclosure's manager does with its nodes, and what it says of itself.

// node finds a node that is in its bay.
func (e *enclosure) node(bay uint8) (*profiles.LenovoNode, error) {
	i := slices.IndexFunc(e.spec.Nodes, func(n profiles.LenovoNode) bool { return n.Bay == bay })
	if i < 0 {
		return nil, ipmb.ParameterOutOfRange
	}
	if e.spec.Nodes[i].Absent || time.Now().Before(e.away[bay]) {
		return nil, ipmb.NotSupportedInState // pyghmi takes it for an empty bay
	}
	return &e.spec.Nodes[i], nil
}

// reseat is what follows the number of the node.
const reseat = 0x02

// reseatNode is 32h/A4h: the node is away for a while, as if it had been taken out.
func reseatNode(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	if r.Data[1] != reseat {
		return nil, ipmb.InvalidField
	}
	if _, err := e.node(r.Data[0]); err != nil {
		return nil, err
	}
	e.away[r.Data[0]] = time.Now().Add(e.spec.Reseat.Std())
	return nil, nil
}

// Flags of Get Node Power Permission.
const (
	nodeDenied = 1 << 5
	nodeFault  = 1 << 6

	wantsPower = 0x02 // behind the flags of a node that was denied: there is not enough (decision)
)

// nodePermission is 32h/A7h: flags, a byte, why a node has no permission, and its budget in watts in the two bytes that
// pyghmi compares with zero.
func nodePermission(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	n, err := enclosureOf(m).node(r.Data[0])
	if err != nil {
		return nil, err
	}
	var flags, why byte
	if n.Denied {
		flags, why = nodeDenied, wantsPower
	}
	if n.Fault {
		flags |= nodeFault
	}
	return binary.LittleEndian.AppendUint16(append(r.Buf, flags, why), n.Budget), nil
}

// enclosureBuild is 32h/A8h: a byte, the firmware's version, the PSoC's and the build.
func enclosureBuild(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e, v := enclosureOf(m), m.Profile().Device.Firmware
	b := append(append(r.Buf, 0, v.Major, v.Minor), e.spec.PSoC...)
	return append(b, e.spec.Build...), nil
}

// resetEnclosure is 32h/ADh: the settings return, and the controller restarts, after the answer.
func resetEnclosure(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	if e.reset.Running() {
		return nil, ipmb.NodeBusy
	}
	e.reset.Set(e.in, e.spec.ResetDelay.Std(), func() {
		if e.in.RestoreDefaults() == nil { // the profile's settings were good when the machine was built
			e.in.ColdReset()
		}
	})
	return nil, nil
}

// Texts of the enclosure.
const (
	textOfEnclosure = 0x05
	textModel       = 0x00
	textSerial      = 0x01
)

// enclosureText is 32h/B0h.
func enclosureText(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	if r.Data[0] == textOfEnclosure {
		switch r.Data[1] {
		case textModel:
			return append(r.Buf, e.spec.Model...), nil
		case textSerial:
			return append(r.Buf, e.spec.Serial...), nil
		}
	}
	return nil, ipmb.InvalidField
}

// Operations and states of service data.
const (
	serviceStart = 0x00
	serviceState = 0x01
)

// serviceDataState is 32h/B1h with 00h: 0 is idle.
func serviceDataState(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] != 0 {
		return nil, ipmb.InvalidField
	}
	return append(r.Buf, flag(enclosureOf(m).collection.Running())), nil
}

// serviceData is 34h/12h: start, which answers 0 unless a collection is under way, or the state, 0 when it is done.
func serviceData(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	e := enclosureOf(m)
	busy := e.collection.Running()
	switch r.Data[0] {
	case serviceStart:
		if !busy {
			e.collection.Set(e.in, e.spec.ServiceData.Std(), func() {})
		}
	case serviceState:
	default:
		return nil, ipmb.InvalidField
	}
	return append(r.Buf, flag(busy)), nil
}

// psuInformationLen is the length of the answer to Get PSU Information.
const psuInformationLen = 108

// psuInformation is 34h/06h: what is written on a supply, in fields with blanks behind the text. The four bytes behind the
// first are not known; they are zero.
func psuInformation(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	s, ok := enclosureOf(m).supply(r.Data[0])
	if !ok {
		return nil, ipmb.ParameterOutOfRange
	}
	start := len(r.Buf)
	b := append(r.Buf, make([]byte, psuInformationLen)...)
	d := b[start:]
	if !s.present {
		return b, nil
	}
	put := func(at, size int, text string) {
		for i := range size {
			d[at+i] = ' '
		}
		copy(d[at:at+size], text)
	}
	p := s.spec
	d[0] = 1
	put(5, 18, p.Model)
	binary.LittleEndian.PutUint16(d[23:], p.Type)
	put(25, 4, p.Vendor)
	d[34] = p.Revision
	put(35, 12, p.Part)
	put(47, 12, p.FRUPart)
	put(59, 12, p.Serial)
	put(71, 4, p.Header)
	put(75, 4, fmt.Sprintf("%02d%02d", p.Week, p.Year))
	copy(d[79:83], p.Firmware)
	put(83, 2, p.Location)
	put(85, 23, p.Barcode)
	return b, nil
}
