package bmc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// factorsFor gives the factors that are valid for a raw reading, and the reading to ask for next: the one where they are
// exact or, from there, the next entry of a non-linear sensor's table. [IPMI 2.0 §35.5]
func (s *sensor) factorsFor(raw uint8) (next uint8, f sdr.Factors) {
	entry := s.factorsAt(raw)
	if entry == nil {
		return s.nominal, s.conversion.Factors
	}
	table := s.profile.Factors
	if next = entry.Reading; next == raw {
		for i := range table {
			if table[i].Reading == raw {
				next = table[(i+1)%len(table)].Reading
				break
			}
		}
	}
	return next, factorsOf(*entry)
}

// retype makes a sensor one of another type. Its event status begins anew.
func (m *Machine) retype(s *sensor, t sdr.SensorType, r sdr.ReadingType) {
	if s.Type != t || s.Reading != r {
		m.sdrs.deviceChanged = true
	}
	s.Type, s.Reading = t, r
	s.asserted, s.deasserted, s.present = 0, 0, 0
	m.sense(s)
}

// restartSensors is what a restart of the controller does to its sensors: settings are those of the records again, what
// software said is forgotten, and the first readings raise no events.
func (m *Machine) restartSensors() {
	m.sensors.loud = false
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		s.sensorSettings = s.settings()
		_ = s.setLive(s.profile.Live) // which New has checked
		if s.override {
			s.own = offsets(s.profile.Asserted)
		}
		s.override, s.asserted, s.deasserted, s.present, s.eventData = false, 0, 0, 0, eventData{}
		m.sense(s)
	}
	m.sensors.loud = true
	m.watchMotions()
}

// setStatus lets software say what a sensor reads, and which events have occurred. Given status bits are taken as they
// are, and stay until software changes them; a reading alone is compared with the thresholds as any other.
// [IPMI 2.0 §35.17]
func (m *Machine) setStatus(s *sensor, st sensorStatus) error {
	canAssert, canDeassert := s.supported()
	writesAssertion := st.HasAssertion && st.Assertion != statusKeep
	writesDeassertion := st.HasDeassertion && st.Deassertion != statusKeep
	writesBits := writesAssertion || writesDeassertion
	switch {
	case s.init&sdr.Settable == 0:
		return codeNotSettable
	case writesAssertion && st.Assertion != statusClear && st.Asserted&^canAssert != 0,
		writesDeassertion && st.Deassertion != statusClear && st.Deasserted&^canDeassert != 0:
		return codeNotSettable
	case st.SetReading && !s.analog && !writesBits:
		return codeNotSettable
	case st.Data != statusKeep && s.threshold():
		return codeEventDataStatic // reading and threshold are there
	}
	s.eventData = eventData{given: st.Data != statusKeep, offset: st.Data == statusWrite, data: st.EventData}
	if !st.SetReading && !writesBits {
		return nil // only the next event's data
	}
	s.missing = false
	if st.SetReading && s.analog {
		s.raw, s.value = st.Reading, s.toValue(st.Reading)
	}
	if !writesBits {
		s.override = s.override || len(s.sources) > 0
		if !s.override {
			m.sense(s)
			return nil
		}
		s.unavailable = false
		if s.threshold() {
			m.transit(s, s.conditions())
		}
		return nil
	}
	s.override, s.unavailable = true, false
	m.writeStatus(s, st, writesAssertion, writesDeassertion)
	return nil
}

// writeStatus changes event status and raises the events of the bits that were not set before. The states of a discrete
// sensor follow.
func (m *Machine) writeStatus(s *sensor, st sensorStatus, assertion, deassertion bool) {
	hadAsserted, hadDeasserted, before := s.asserted, s.deasserted, s.present
	if assertion {
		s.asserted = st.Assertion.apply(s.asserted, st.Asserted)
		s.present = s.asserted
	}
	if deassertion {
		s.deasserted = st.Deassertion.apply(s.deasserted, st.Deasserted)
		fresh := s.deasserted &^ hadDeasserted
		s.present &^= fresh
		s.asserted &^= fresh & s.autoBits()
	}
	s.own = s.present
	for offset := range uint8(15) {
		bit := uint16(1) << offset
		if s.asserted&^hadAsserted&bit != 0 {
			s.deasserted &^= bit & s.autoBits()
			m.raise(s, offset, false, before)
		}
		if s.deasserted&^hadDeasserted&bit != 0 {
			m.raise(s, offset, true, before)
		}
	}
}

// autoBits are the status bits that go by themselves when the opposite comes.
func (s *sensor) autoBits() uint16 {
	if s.caps&sdr.AutoRearm != 0 {
		return allStates
	}
	return 0
}

// SensorState is a sensor as it is now.
type SensorState struct {
	Number     uint8
	Name       string
	Type       string
	Available  bool // a reading is there
	Analog     bool
	Value      float64 // of an analog sensor, in Unit
	Raw        uint8
	Unit       string
	States     []uint8 // asserted offsets of a discrete sensor
	Thresholds []string
	Events     bool // event messages are enabled
	Scanning   bool
}

// Sensors lists the machine's sensors in the order of the profile.
func (m *Machine) Sensors() []SensorState {
	defer m.lockAll()()
	m.moveReadings()
	states := make([]SensorState, len(m.sensors.list))
	for i := range m.sensors.list {
		states[i] = m.sensorState(&m.sensors.list[i])
	}
	return states
}

// Sensor is the sensor of that name, or of that number when name is one, like "0x30".
func (m *Machine) Sensor(name string) (SensorState, error) {
	defer m.lockAll()()
	m.moveReadings()
	s, err := m.sensors.named(name)
	if err != nil {
		return SensorState{}, err
	}
	return m.sensorState(s), nil
}

func (m *Machine) sensorState(s *sensor) SensorState {
	m.sense(s)
	st := SensorState{
		Number: s.number, Name: s.name, Type: s.Type.String(), Available: !s.unavailable && s.Scanning, Analog: s.analog,
		Events: s.Events, Scanning: s.Scanning,
	}
	if s.analog {
		st.Raw, st.Value, st.Unit = s.raw, s.toValue(s.raw), s.unit
	}
	if s.threshold() {
		for i, name := range [...]string{"lower-non-critical", "lower-critical", "lower-non-recoverable", "upper-non-critical", "upper-critical", "upper-non-recoverable"} {
			if st.Available && s.compared()&(1<<i) != 0 {
				st.Thresholds = append(st.Thresholds, name)
			}
		}
		return st
	}
	for offset := range uint8(15) {
		if st.Available && s.present&(1<<offset) != 0 {
			st.States = append(st.States, offset)
		}
	}
	return st
}

func (ss *sensors) named(name string) (*sensor, error) {
	i := slices.IndexFunc(ss.list, func(s sensor) bool { return s.name == name })
	if i < 0 {
		if n, err := strconv.ParseUint(name, 0, 8); err == nil && ss.byNumber[n] != 0 {
			i = int(ss.byNumber[n]) - 1
		}
	}
	if i < 0 {
		return nil, fmt.Errorf("sensor %q: %w", name, ErrUnknownName)
	}
	return &ss.list[i], nil
}

// Errors of the calls that turn sensors.
var (
	ErrNotAnalog   = errors.New("the sensor has no analog reading: set its states")
	ErrNotDiscrete = errors.New("the sensor has no states: set its value")
)

// SetSensor changes what an analog sensor reads, in its unit: the quantity of the device that it looks at, or its own
// value. Thresholds and events follow. What moves by itself stops doing so.
func (m *Machine) SetSensor(name string, value float64) error {
	defer m.lockAll()()
	return m.setSensor(name, value)
}

// setSensor is SetSensor under the locks.
func (m *Machine) setSensor(name string, value float64) error {
	s, err := m.turn(name)
	if err != nil {
		return err
	}
	if !s.analog {
		return fmt.Errorf("sensor %q: %w", s.name, ErrNotAnalog)
	}
	if len(s.sources) == 0 {
		m.hardware.motions.stop(m.motionName(s))
		s.value = value
		m.sense(s)
		return nil
	}
	// Several sources: each keeps its part of the sum.
	value = (value - s.profile.Offset) / scaleOf(s.profile)
	now, _ := total(s.sources)
	for _, src := range s.sources {
		part := value / float64(len(s.sources))
		if v, err := src.slot.Value(src.quantity); err == nil && now != 0 {
			part = value * v / now
		}
		m.hardware.motions.stop(motionName(src.slot, src.quantity))
		if err := src.slot.SetValue(src.quantity, part); err != nil {
			return err
		}
	}
	m.sense(s)
	return nil
}

// SetSensorState asserts or deasserts a state of a discrete sensor. Events follow. A state that a device asserts stays.
func (m *Machine) SetSensorState(name string, offset uint8, asserted bool) error {
	defer m.lockAll()()
	s, err := m.turn(name)
	switch {
	case err != nil:
		return err
	case s.threshold():
		return fmt.Errorf("sensor %q: %w", s.name, ErrNotDiscrete)
	case offset > 14:
		return fmt.Errorf("sensor %q: %w: state %d", s.name, ipmb.ParameterOutOfRange, offset)
	}
	m.setState(s, offset, asserted)
	return nil
}

// SetSensorAvailable takes a sensor's reading away, as a device that does not answer, or gives it back.
func (m *Machine) SetSensorAvailable(name string, available bool) error {
	defer m.lockAll()()
	s, err := m.turn(name)
	if err != nil {
		return err
	}
	s.missing = !available
	m.sense(s)
	return nil
}

// turn is the sensor of a name, before its value is set anew.
func (m *Machine) turn(name string) (*sensor, error) {
	if m.closed {
		return nil, ErrClosed
	}
	m.moveReadings()
	s, err := m.sensors.named(name)
	if err == nil {
		s.override, s.missing = false, false
	}
	return s, err
}

// setState changes one state of a discrete sensor's own.
func (m *Machine) setState(s *sensor, offset uint8, asserted bool) {
	if asserted {
		s.own |= 1 << offset
	} else {
		s.own &^= 1 << offset
	}
	m.sense(s)
	if s.eventOnly {
		m.transit(s, s.own)
	}
}

// motionName names the motion of a sensor's own value.
func (m *Machine) motionName(s *sensor) string {
	name := "sensor " + strconv.Itoa(int(s.number))
	if m.slot != nil {
		name = m.slot.Path() + " " + name
	}
	return name
}
