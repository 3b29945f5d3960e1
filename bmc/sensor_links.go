package bmc

import "github.com/fakebmc/fakebmc/sdr"

// Some sensors show the machine itself: its ACPI state, its buttons, its watchdog timer. Others tell the chassis status
// what they see. This file has both directions.

// showState gives the sensors of a type that look at no device these states and no others, as far as they have them.
func (m *Machine) showState(t sdr.SensorType, states uint16) {
	for i := range m.sensors.list {
		if s := &m.sensors.list[i]; s.Type == t && !s.threshold() && len(s.states) == 0 {
			s.own = states & s.masks.Reading
			m.sense(s)
		}
	}
}

// showOneState asserts or deasserts one state of the sensors of a type.
func (m *Machine) showOneState(t sdr.SensorType, offset uint8, on bool) {
	for i := range m.sensors.list {
		if s := &m.sensors.list[i]; s.Type == t && !s.threshold() && len(s.states) == 0 && s.masks.Reading&(1<<offset) != 0 {
			m.setState(s, offset, on)
		}
	}
}

// acpiOffsets are the states of an ACPI power state sensor by the codes of Get ACPI Power State.
// [IPMI 2.0 §20.6, Table 42-3 sensor type 22h]
var acpiOffsets = map[uint8]uint8{
	0x00: 0x0, 0x01: 0x1, 0x02: 0x2, 0x03: 0x3, 0x04: 0x4, 0x05: 0x5, 0x06: 0x6, 0x07: 0x7, 0x08: 0x8, 0x09: 0x9, 0x0a: 0xa,
	0x20: 0xb, 0x21: 0xc, 0x2a: 0xe,
}

// showACPI lets the ACPI power state sensors follow the state that the controller reports.
func (m *Machine) showACPI() {
	if offset, ok := acpiOffsets[m.device.acpi.system]; ok {
		m.showState(sdr.ACPIPowerState, 1<<offset)
	}
}

// buttonStates are the states of a button sensor. [IPMI 2.0 Table 42-3, sensor type 14h]
var buttonStates = map[Button]uint8{ButtonPower: 0, ButtonPowerHold: 0, ButtonReset: 2}

// showButton shows a button going down and up.
func (m *Machine) showButton(b Button) {
	if offset, ok := buttonStates[b]; ok {
		m.showOneState(sdr.Button, offset, true)
		m.showOneState(sdr.Button, offset, false)
	}
}

// diagnosticInterruptState is the state of a critical interrupt sensor. [IPMI 2.0 Table 42-3, sensor type 13h]
const diagnosticInterruptState = 0

// showDiagnosticInterrupt shows a diagnostic interrupt, which comes and goes like a button.
func (m *Machine) showDiagnosticInterrupt() {
	m.showOneState(sdr.CriticalInterrupt, diagnosticInterruptState, true)
	m.showOneState(sdr.CriticalInterrupt, diagnosticInterruptState, false)
}

// sensorEvent is an event that a part of the controller raises in the name of one of its sensors. If there is such a
// sensor, its event enables hold, and its event status remembers.
func (m *Machine) sensorEvent(e Event) {
	s, err := m.sensors.find(e.SensorNumber)
	if err != nil || uint8(s.Type) != e.SensorType || uint8(s.Reading) != e.EventType {
		m.event(e)
		return
	}
	e.GeneratorID[1] = e.GeneratorID[1]&^3 | byte(s.lun)
	bit := uint16(1) << (e.Data[0] & offsetMask)
	canAssert, canDeassert := s.supported()
	if e.Deassert {
		s.deasserted |= bit & canDeassert
		s.asserted &^= bit & s.autoBits()
	} else {
		s.asserted |= bit & canAssert
		s.deasserted &^= bit & s.autoBits()
	}
	if s.sends(bit, e.Deassert) {
		m.event(e)
	}
}

// States that the chassis status shows. [IPMI 2.0 Table 42-3]
const (
	stateIntrusion  = 1 << 0 // of physical security
	stateDriveFault = 1 << 1 // of drive slot
	// A fan at or below its lower critical or lower non-recoverable threshold.
	stateFanSlow = uint16(sdr.LowerCriticalLow | sdr.LowerNonRecoverableLow)
)

// chassisFollows lets the chassis status follow a sensor whose states changed.
func (m *Machine) chassisFollows(s *sensor, changed uint16) {
	for _, link := range []struct {
		sensorType sdr.SensorType
		threshold  bool
		states     uint16
		condition  Condition
	}{
		{sdr.PhysicalSecurity, false, stateIntrusion, ConditionIntrusion},
		{driveSlot, false, stateDriveFault, ConditionDriveFault},
		{sdr.Fan, true, stateFanSlow, ConditionCoolingFault},
	} {
		if s.Type != link.sensorType || s.threshold() != link.threshold || changed&link.states == 0 {
			continue
		}
		on := false
		for i := range m.sensors.list {
			o := &m.sensors.list[i]
			on = on || o.Type == link.sensorType && o.threshold() == link.threshold && o.present&link.states != 0
		}
		if on {
			m.chassis.conditions |= link.condition
		} else {
			m.chassis.conditions &^= link.condition
		}
	}
}

const driveSlot sdr.SensorType = 0x0d
