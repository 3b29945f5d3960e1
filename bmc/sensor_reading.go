package bmc

import (
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
	"github.com/fakebmc/fakebmc/sel"
)

// look reads what the sensor looks at: a raw reading, and the states of a discrete sensor. It is not ok while the
// sensor's rail or a device on the way has no power, or a device does not answer.
func (m *Machine) look(s *sensor) (raw uint8, states uint16, ok bool) {
	switch {
	case s.missing:
		return 0, 0, false
	case s.profile.Rail == profiles.RailHost && !m.hardware.tree.HostPower():
		return 0, 0, false
	case s.override:
		return s.raw, s.own, true
	}
	if s.analog {
		v := s.value
		if len(s.sources) > 0 {
			if v, ok = total(s.sources); !ok {
				return 0, 0, false
			}
			v = v*scaleOf(s.profile) + s.profile.Offset
		}
		raw = s.toRaw(v)
	}
	states = s.own
	for i := range s.states {
		on, ok := s.states[i].holds()
		if !ok {
			return 0, 0, false
		}
		if on {
			states |= 1 << s.states[i].State
		}
	}
	return raw, states, true
}

// scaleOf is the sensor's scale; 0 in a profile made in Go is none.
func scaleOf(p *profiles.Sensor) float64 {
	if p.Scale == 0 {
		return 1
	}
	return p.Scale
}

// total adds up the sources. A device that is not plugged in adds nothing if there are others.
func total(sources []source) (sum float64, ok bool) {
	for _, src := range sources {
		if !src.slot.Present() && len(sources) > 1 {
			continue
		}
		v, err := src.slot.Value(src.quantity)
		if err != nil {
			return 0, false
		}
		sum, ok = sum+v, true
	}
	return sum, ok
}

// holds reports whether the state is asserted. What is not plugged in has no other state; what does not answer leaves
// the state unknown.
func (st *stateSource) holds() (on, ok bool) {
	var sum float64
	for _, src := range st.sources {
		if src.quantity == "" && st.Above == nil && st.Below == nil {
			if src.slot.Present() {
				sum++
			}
			continue
		}
		if !src.slot.Present() {
			if len(st.sources) == 1 {
				return false, true
			}
			continue
		}
		v, err := src.slot.Value(src.quantity)
		if err != nil {
			return false, false
		}
		sum += v
	}
	switch {
	case st.Above != nil:
		on = sum > *st.Above
	case st.Below != nil:
		on = sum < *st.Below
	default:
		on = sum != 0
	}
	return on != st.Not, true
}

// sense looks at what the sensor measures now and raises the events that follow. The caller holds the lock.
func (m *Machine) sense(s *sensor) {
	if !s.Scanning || s.busy || s.eventOnly {
		return
	}
	s.busy = true
	raw, states, ok := m.measure(s)
	s.busy = false
	if s.unavailable = !ok; ok {
		s.raw = raw
	}
	m.followThermal(s)
	if !ok {
		return // event conditions wait for the next reading
	}
	if s.override {
		return // software says what the event status is [IPMI 2.0 §35.17]
	}
	if s.threshold() {
		states = s.conditions()
	} else {
		// What the profile asserts is told even where the record knows nothing of it, as real machines do.
		states &= s.masks.Reading | s.masks.Assertion | s.masks.Deassertion | offsets(s.profile.Asserted)
	}
	m.transit(s, states)
}

// threshold places: each threshold has an event for going low and one for going high. [IPMI 2.0 Table 42-2]
var thresholdPlaces = [6]struct {
	bit   sdr.ThresholdSet
	upper bool
	raw   func(*sdr.Thresholds) uint8
}{
	{sdr.LowerNonCritical, false, func(t *sdr.Thresholds) uint8 { return t.LNC }},
	{sdr.LowerCritical, false, func(t *sdr.Thresholds) uint8 { return t.LC }},
	{sdr.LowerNonRecoverable, false, func(t *sdr.Thresholds) uint8 { return t.LNR }},
	{sdr.UpperNonCritical, true, func(t *sdr.Thresholds) uint8 { return t.UNC }},
	{sdr.UpperCritical, true, func(t *sdr.Thresholds) uint8 { return t.UC }},
	{sdr.UpperNonRecoverable, true, func(t *sdr.Thresholds) uint8 { return t.UNR }},
}

// conditions are the event conditions of a threshold sensor, a bit for each event offset. A high-going event asserts at
// the threshold and deasserts at threshold - (positive hysteresis + 1); a low-going one asserts at the threshold and
// deasserts at threshold + (negative hysteresis + 1). [IPMI 2.0 §35.13.2, §35.13.3]
func (s *sensor) conditions() uint16 {
	supported := uint16(s.limits.Assertion | s.limits.Deassertion)
	now := s.signed(s.raw)
	var on uint16
	for i := range thresholdPlaces {
		t := s.signed(thresholdPlaces[i].raw(&s.Thresholds))
		low, high := uint16(1)<<(2*i), uint16(2)<<(2*i)
		if now <= t || s.present&low != 0 && now < t+int(s.Hysteresis.Negative)+1 {
			on |= low
		}
		if now >= t || s.present&high != 0 && now > t-int(s.Hysteresis.Positive)-1 {
			on |= high
		}
	}
	return on & supported
}

// compared is the present threshold comparison status: without hysteresis and latching. [IPMI 2.0 §35.14]
func (s *sensor) compared() sdr.ThresholdSet {
	var on sdr.ThresholdSet
	now := s.signed(s.raw)
	for i := range thresholdPlaces {
		p := &thresholdPlaces[i]
		t := s.signed(p.raw(&s.Thresholds))
		if p.upper && now >= t || !p.upper && now <= t {
			on |= p.bit
		}
	}
	return on & comparable(s.limits)
}

// comparable are the thresholds that readings are compared with. Some real records announce comparisons with thresholds
// that nobody can read or set, beside others: those have no value.
func comparable(m sdr.ThresholdMasks) sdr.ThresholdSet {
	if told := m.Compared & (m.Readable | m.Settable); told != 0 {
		return told
	}
	return m.Compared
}

// transit goes to new event conditions or states, and raises the events.
func (m *Machine) transit(s *sensor, next uint16) {
	was := s.present
	s.present = next
	if was == next {
		return
	}
	m.chassisFollows(s, was^next)
	for offset := range uint8(15) {
		switch bit := uint16(1) << offset; {
		case next&^was&bit != 0:
			m.asserts(s, offset, was)
		case was&^next&bit != 0:
			m.deasserts(s, offset, was)
		}
	}
}

// asserts notes that an event condition has come.
func (m *Machine) asserts(s *sensor, offset uint8, before uint16) {
	bit := uint16(1) << offset
	supported, _ := s.supported()
	if s.caps&sdr.AutoRearm != 0 {
		s.deasserted &^= bit
	} else if s.asserted&bit != 0 {
		return // not armed [IPMI 2.0 §35.13]
	}
	if supported&bit != 0 {
		s.asserted |= bit
		m.raise(s, offset, false, before)
	}
}

// deasserts notes that an event condition has gone.
func (m *Machine) deasserts(s *sensor, offset uint8, before uint16) {
	bit := uint16(1) << offset
	_, supported := s.supported()
	if s.caps&sdr.AutoRearm != 0 {
		s.asserted &^= bit
	} else if s.deasserted&bit != 0 {
		return
	}
	if supported&bit != 0 {
		s.deasserted |= bit
		m.raise(s, offset, true, before)
	}
}

// rearm makes the sensor forget event status, so that conditions that are still there raise their events again.
// [IPMI 2.0 §35.12]
func (m *Machine) rearm(s *sensor, assertion, deassertion uint16) {
	if s.eventOnly {
		return // it has no states to scan
	}
	s.asserted &^= assertion
	s.deasserted &^= deassertion
	was := s.present
	if !s.override {
		s.present &^= assertion
		m.sense(s)
		return
	}
	if !s.unavailable { // what software said goes on
		s.present &^= assertion
		m.transit(s, was)
	}
}

// rearmAll re-arms every sensor, as Set Event Receiver does. [IPMI 2.0 §29.1]
func (m *Machine) rearmAll() {
	for i := range m.sensors.list {
		m.rearm(&m.sensors.list[i], allStates, allStates)
	}
}

// eventData are event data bytes that software gave for a sensor's next event. [IPMI 2.0 §35.17]
type eventData struct {
	given  bool
	offset bool // data 1 bits 3:0 are given, too
	data   [3]byte
}

// Contents of event data 2 and 3 in data 1. [IPMI 2.0 §29.7]
const (
	data2Reading   = 1 << 6
	data3Threshold = 1 << 4
	data2Specific  = 3 << 6
	data3Specific  = 3 << 4
	offsetMask     = 0x0f
	unusedData     = 0xff
)

// sends reports whether the sensor sends the event message of an offset's bit.
func (s *sensor) sends(bit uint16, deassert bool) bool {
	enabled := s.Assertion
	if deassert {
		enabled = s.Deassertion
	}
	return s.Events && s.caps&sdr.EventsMask != sdr.EventsNone && enabled&bit != 0
}

// raise sends an event message if it is enabled.
func (m *Machine) raise(s *sensor, offset uint8, deassert bool, _ uint16) {
	if !m.sensors.loud || !s.sends(1<<offset, deassert) {
		return
	}
	data := [3]byte{offset, unusedData, unusedData}
	if s.threshold() {
		data = [3]byte{data2Reading | data3Threshold | offset, s.raw, thresholdPlaces[offset/2].raw(&s.Thresholds)}
	}
	if e := &s.eventData; e.given {
		data = e.data
		if !e.offset {
			data[0] = e.data[0]&^offsetMask | offset
		}
	}
	m.event(Event{
		GeneratorID: [2]byte{byte(m.address), byte(s.lun)}, EvMRev: sel.EvMRev,
		SensorType: uint8(s.Type), SensorNumber: s.number, EventType: uint8(s.Reading), Deassert: deassert, Data: data,
	})
}

// hardwareChanged lets the sensors that look at a device follow it.
func (m *Machine) hardwareChanged(slot *i2c.Slot) {
	if m.sensors == nil {
		return
	}
	if _, ok := slot.Device.(*i2c.EEPROM); ok {
		m.changed(keepsMemories)
	}
	m.powerChanged(slot)
	m.senseDevice(slot)
	m.eachSatellite(func(s *Machine) { s.senseDevice(slot) })
	m.eachPart(Part.Changed)
}

// senseDevice lets the machine's own sensors that look at a device follow it.
func (m *Machine) senseDevice(slot *i2c.Slot) {
	for i := range m.sensors.list {
		if s := &m.sensors.list[i]; s.looksAt(slot) {
			m.sense(s)
		}
	}
}

func (s *sensor) looksAt(slot *i2c.Slot) bool {
	for _, src := range s.sources {
		if src.slot == slot {
			return true
		}
	}
	for i := range s.states {
		for _, src := range s.states[i].sources {
			if src.slot == slot {
				return true
			}
		}
	}
	return false
}

// senseAll looks at everything again, as when power comes or goes.
func (m *Machine) senseAll() {
	for i := range m.sensors.list {
		m.sense(&m.sensors.list[i])
	}
}

// hostRail switches the supply of everything on the host's rail.
func (m *Machine) hostRail(on bool) {
	m.hardware.switchHost(on)
	m.senseAll()
	m.eachSatellite((*Machine).senseAll)
	m.eachPart(Part.Changed)
}
