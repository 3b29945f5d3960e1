package dell

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// System info parameters that are no data of the profile. [ipmitool delloem]
const (
	infoMACs     = 0xda // addresses of the embedded network ports
	infoPowerCap = 0xea
	infoAverage  = 0xeb // of the power, over a minute, an hour, a day and a week
	infoMaximum  = 0xec // with times
	infoMinimum  = 0xed // with times
)

const (
	infoRevision     = 0x11 // of every parameter [IPMI 2.0 §22.14b]
	infoRevisionOnly = 1 << 7
)

// getSystemInfo is Get System Info Parameters with Dell's own parameters. The list of addresses is longer than what a
// message carries: it is asked for with an offset and a number of bytes behind the selectors, and 0 bytes ask for its
// length. [IPMI 2.0 §22.14b; ipmitool delloem mac]
func getSystemInfo(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	own := r.Data[0]&infoRevisionOnly == 0
	switch {
	case own && r.Data[1] == infoMACs && len(d.spec.NICs) > 0:
		return d.addresses(append(r.Buf, infoRevision), r.Data[4:])
	case len(r.Data) != 4:
		return nil, ipmb.LengthInvalid
	case own && r.Data[1] == infoPowerCap:
		return d.limit.appendTo(append(r.Buf, infoRevision), d.spec.Capacity), nil
	case own && r.Data[1] >= infoAverage && r.Data[1] <= infoMinimum:
		return d.appendHistory(append(r.Buf, infoRevision), r.Data[1]), nil
	}
	return bmc.GetSystemInfo(m, r)
}

// setSystemInfo is Set System Info Parameters with Dell's power cap.
func setSystemInfo(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] == infoPowerCap {
		return nil, of(m).limit.set(r.Data[1:])
	}
	return bmc.SetSystemInfo(m, r)
}

// nicDisabled is the status of a port that is off, beside 0. [ipmitool delloem mac]
const nicDisabled = 1 << 6

// addresses is a window of the list: eight bytes for each port, status, number and address.
func (d *idrac) addresses(b, window []byte) ([]byte, error) {
	var list []byte
	for i := range d.spec.NICs {
		n, status := &d.spec.NICs[i], byte(0)
		if n.Disabled {
			status = nicDisabled
		}
		list = append(append(list, status, n.Number), n.MAC[:]...)
	}
	if len(window) != 2 || window[1] == 0 {
		return append(b, byte(len(list))), nil
	}
	from, to := int(window[0]), int(window[0])+int(window[1])
	if to > len(list) {
		return nil, ipmb.ParameterOutOfRange
	}
	return append(b, list[from:to]...), nil
}

// powerCap is the limit of the power as Dell's clients set it.
type powerCap struct {
	on              bool
	watts           uint16
	lowest, highest uint16
	supplies        uint8
}

// newPowerCap begins with the limit that DCMI tells, if there is DCMI.
func newPowerCap(p *profiles.Profile) powerCap {
	c := powerCap{highest: p.OEM.Dell.Capacity, watts: p.OEM.Dell.Capacity}
	if p.DCMI != nil {
		c.watts, c.lowest, c.highest = p.DCMI.Power.Limit, p.DCMI.Power.LimitLow, p.DCMI.Power.LimitHigh
	}
	for _, bus := range p.I2C {
		for i := range bus.Devices {
			if bus.Devices[i].Model == "pmbus" {
				c.supplies++
			}
		}
	}
	return c
}

// Units of the power cap. [ipmitool delloem powermonitor setpowerbudget]
const (
	unitWatt   = 0
	unitBTU    = 1 // per hour
	unitSet    = 3 // cap and unit
	wattsOfBTU = 1 / 3.413
)

// appendTo appends cap, unit, highest and lowest cap, number of supplies, their power, and whether the system is
// throttled. [ipmitool delloem powermonitor getpowerbudget]
func (c *powerCap) appendTo(b []byte, available uint16) []byte {
	le := binary.LittleEndian
	b = append(le.AppendUint16(b, c.watts), unitWatt)
	b = le.AppendUint16(le.AppendUint16(b, c.highest), c.lowest)
	return append(le.AppendUint16(append(b, c.supplies), available), 0, 0, 0)
}

// set takes a cap that is possible, while capping is on. Nothing behind cap and unit can be set.
func (c *powerCap) set(b []byte) error {
	if len(b) < unitSet {
		return ipmb.LengthInvalid
	}
	watts := float64(binary.LittleEndian.Uint16(b))
	switch {
	case b[2] == unitBTU:
		watts *= wattsOfBTU
	case b[2] != unitWatt:
		return ipmb.InvalidField
	}
	switch {
	case !c.on:
		return ipmb.NotSupportedInState
	case watts < float64(c.lowest) || watts > float64(c.highest):
		return ipmb.ParameterOutOfRange
	}
	c.watts = uint16(math.Floor(watts))
	return nil
}

// Bytes and flags of Power Cap Status. [ipmitool delloem powermonitor enablepowercap]
const (
	capSet, capGet = 0x00, 0x01
	capOn          = 1 << 0
	capSettable    = 1 << 1
)

// capStatus is 30h/BAh: whether the power is capped.
func capStatus(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := &of(m).limit
	switch {
	case r.Data[0] == capGet:
		status := byte(capSettable)
		if c.on {
			status |= capOn
		}
		return append(r.Buf, status), nil
	case r.Data[0] == capSet && r.Data[1] <= 1:
		c.on = r.Data[1] == 1
		return nil, nil
	}
	return nil, ipmb.InvalidField
}

// historySpans are the times over which power is averaged, in the order of the answers.
var historySpans = [4]time.Duration{time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}

// span is the power over the time since it began, which is no longer than one of the history's times.
type span struct {
	began        time.Time
	energy       float64 // Wh
	now          float64 // W
	min, max     float64
	minAt, maxAt uint32
}

// count adds energy that was spent, and looks at the power now.
func (s *span) count(length time.Duration, now time.Time, stamp uint32, spent, watts float64) {
	if s.began.IsZero() || now.Sub(s.began) > length {
		*s = span{began: now, min: watts, max: watts, minAt: stamp, maxAt: stamp}
		spent = 0
	}
	s.energy, s.now = s.energy+spent, watts
	if watts < s.min {
		s.min, s.minAt = watts, stamp
	}
	if watts > s.max {
		s.max, s.maxAt = watts, stamp
	}
}

// average is the power now before there is anything to average.
func (s *span) average(now time.Time) float64 {
	if passed := now.Sub(s.began); passed >= time.Second {
		return s.energy / passed.Hours()
	}
	return s.now
}

// appendHistory appends four powers in watts, and the times of the highest and lowest ones behind them.
func (d *idrac) appendHistory(b []byte, parameter uint8) []byte {
	d.look()
	var watts, times []byte
	for i := range d.power.history {
		s := &d.power.history[i]
		w, at := s.average(d.power.since), uint32(0)
		switch parameter {
		case infoMaximum:
			w, at = s.max, s.maxAt
		case infoMinimum:
			w, at = s.min, s.minAt
		}
		watts = binary.LittleEndian.AppendUint16(watts, word(w))
		times = binary.LittleEndian.AppendUint32(times, at)
	}
	if parameter == infoAverage {
		times = nil
	}
	return slices.Concat(b, watts, times)
}
