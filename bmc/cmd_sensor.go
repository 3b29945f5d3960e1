package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// sensorCommands are the rows of [IPMI 2.0 §35].
var sensorCommands = []Command{
	{Op: ipmb.GetDeviceSDRInfo, Name: "Get Device SDR Info", Section: "35.2", Priv: privUser, Reach: LocalOnly, Len: between(0, 1), LUNs: true, Do: getDeviceSDRInfo},
	{Op: ipmb.GetDeviceSDR, Name: "Get Device SDR", Section: "35.3", Priv: privUser, Reach: LocalOnly, Len: exactly(6), Do: getDeviceSDR},
	{Op: ipmb.ReserveDeviceSDRRepository, Name: "Reserve Device SDR Repository", Section: "35.4", Priv: privUser, Reach: LocalOnly, Len: none(), Do: reserveDeviceSDRs},
	{Op: ipmb.GetSensorReadingFactors, Name: "Get Sensor Reading Factors", Section: "35.5", Priv: privUser, Len: exactly(2), LUNs: true, Do: getSensorReadingFactors},
	{Op: ipmb.SetSensorHysteresis, Name: "Set Sensor Hysteresis", Section: "35.6", Priv: privOperator, Len: exactly(4), LUNs: true, Do: setSensorHysteresis},
	{Op: ipmb.GetSensorHysteresis, Name: "Get Sensor Hysteresis", Section: "35.7", Priv: privUser, Len: exactly(2), LUNs: true, Do: getSensorHysteresis},
	{Op: ipmb.SetSensorThresholds, Name: "Set Sensor Thresholds", Section: "35.8", Priv: privOperator, Len: exactly(8), LUNs: true, Do: setSensorThresholds},
	{Op: ipmb.GetSensorThresholds, Name: "Get Sensor Thresholds", Section: "35.9", Priv: privUser, Len: exactly(1), LUNs: true, Do: getSensorThresholds},
	{Op: ipmb.SetSensorEventEnable, Name: "Set Sensor Event Enable", Section: "35.10", Priv: privOperator, Len: between(2, 6), LUNs: true, Do: setSensorEventEnable},
	{Op: ipmb.GetSensorEventEnable, Name: "Get Sensor Event Enable", Section: "35.11", Priv: privUser, Len: exactly(1), LUNs: true, Do: getSensorEventEnable},
	{Op: ipmb.ReArmSensorEvents, Name: "Re-arm Sensor Events", Section: "35.12", Priv: privOperator, Len: between(2, 6), LUNs: true, Do: rearmSensorEvents},
	{Op: ipmb.GetSensorEventStatus, Name: "Get Sensor Event Status", Section: "35.13", Priv: privUser, Len: exactly(1), LUNs: true, Do: getSensorEventStatus},
	{Op: ipmb.GetSensorReading, Name: "Get Sensor Reading", Section: "35.14", Priv: privUser, Len: exactly(1), LUNs: true, Do: getSensorReading},
	{Op: ipmb.SetSensorType, Name: "Set Sensor Type", Section: "35.15", Priv: privOperator, Len: exactly(3), LUNs: true, Do: setSensorType},
	{Op: ipmb.GetSensorType, Name: "Get Sensor Type", Section: "35.16", Priv: privUser, Len: exactly(1), LUNs: true, Do: getSensorType},
	{Op: ipmb.SetSensorReadingAndEventStatus, Name: "Set Sensor Reading And Event Status", Section: "35.17", Priv: privOperator, Len: between(3, 10), LUNs: true, Do: setSensorReading},
}

// Flags of Get Sensor Reading, Get Sensor Event Status and Get and Set Sensor Event Enable. [IPMI 2.0 §35.10, §35.14]
const (
	sensorEvents      = 1 << 7
	sensorScanning    = 1 << 6
	sensorUnavailable = 1 << 5
)

// reservedState is the bit that Get Sensor Reading returns as 1 in front of the states 14 to 8. [IPMI 2.0 §35.14]
const reservedState = 1 << 7

// reservedComparison are the bits returned as 1 in front of the comparison status. [IPMI 2.0 §35.14]
const reservedComparison = 3 << 6

// readable is the sensor that a request is for, which can be read: an event-only one is CDh.
func (m *Machine) readable(r *Request) (*sensor, error) {
	m.moveReadings()
	s, err := m.sensors.on(r.Message.ToLUN, r.Data[0])
	if err == nil && s.eventOnly {
		return nil, ipmb.IllegalForSensor
	}
	return s, err
}

// flags are the sensor's flags; unavailable only where the command has the bit.
func (s *sensor) flags() byte {
	var b byte
	if s.Events {
		b |= sensorEvents
	}
	if s.Scanning {
		b |= sensorScanning
	}
	return b
}

func (s *sensor) readingFlags() byte {
	b := s.flags()
	if s.unavailable {
		b |= sensorUnavailable
	}
	return b
}

// getSensorReading gives the present reading and states. [IPMI 2.0 §35.14]
func getSensorReading(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	if err != nil {
		return nil, err
	}
	m.sense(s)
	raw, states, compared := s.raw, s.present, s.compared()
	if s.unavailable {
		raw, states, compared = 0, 0, 0
	}
	b := append(r.Buf, raw, s.readingFlags())
	if s.threshold() {
		return append(b, reservedComparison|byte(compared)), nil
	}
	states &= s.readable()
	return append(b, byte(states), reservedState|byte(states>>8)), nil
}

// getSensorReadingFactors gives the factors of a reading. [IPMI 2.0 §35.5]
func getSensorReadingFactors(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	switch {
	case err != nil:
		return nil, err
	case !s.analog:
		return nil, ipmb.IllegalForSensor
	}
	next, factors := s.factorsFor(r.Data[1])
	factors.Direction = sdr.DirectionUnspecified
	return factors.AppendTo(append(r.Buf, next)), nil
}

// setSensorHysteresis changes both hysteresis values. [IPMI 2.0 §35.6]
func setSensorHysteresis(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	switch {
	case err != nil:
		return nil, err
	case s.caps&sdr.HysteresisMask != sdr.HysteresisSettable:
		return nil, ipmb.IllegalForSensor
	}
	s.Hysteresis = sdr.Hysteresis{Positive: r.Data[2], Negative: r.Data[3]}
	m.sense(s)
	return nil, nil
}

// getSensorHysteresis reads both hysteresis values, 00h where there is none. [IPMI 2.0 §35.7]
func getSensorHysteresis(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	switch {
	case err != nil:
		return nil, err
	case !s.threshold() || s.caps&sdr.HysteresisMask == sdr.HysteresisFixed:
		return nil, ipmb.IllegalForSensor
	case s.caps&sdr.HysteresisMask == 0:
		return append(r.Buf, 0, 0), nil
	}
	return append(r.Buf, s.Hysteresis.Positive, s.Hysteresis.Negative), nil
}

// setSensorThresholds changes the selected thresholds, all of them or none. [IPMI 2.0 §35.8]
func setSensorThresholds(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	switch {
	case err != nil:
		return nil, err
	case !s.threshold() || s.caps&sdr.ThresholdsMask != sdr.ThresholdsSettable:
		return nil, ipmb.IllegalForSensor
	}
	selected := sdr.ThresholdSet(r.Data[1]) & (lowerLimits | upperLimits)
	if selected&^s.limits.Settable != 0 {
		return nil, ipmb.InvalidField
	}
	given := r.Data[2:]
	s.setThresholds(selected, &sdr.Thresholds{LNC: given[0], LC: given[1], LNR: given[2], UNC: given[3], UC: given[4], UNR: given[5]})
	m.sense(s)
	return nil, nil
}

// getSensorThresholds reads the thresholds that are readable; the others are 00h. [IPMI 2.0 §35.9]
func getSensorThresholds(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	switch {
	case err != nil:
		return nil, err
	case !s.threshold() || s.caps&sdr.ThresholdsMask == sdr.ThresholdsFixed:
		return nil, ipmb.IllegalForSensor
	}
	mask := s.limits.Readable
	if s.caps&sdr.ThresholdsMask == 0 && s.profile.Live == nil {
		mask = 0
	}
	t := &s.Thresholds
	b := append(r.Buf, byte(mask))
	for i, v := range []uint8{t.LNC, t.LC, t.LNR, t.UNC, t.UC, t.UNR} {
		if mask&(1<<i) == 0 {
			v = 0
		}
		b = append(b, v)
	}
	return b, nil
}

// eventMasks reads assertion and deassertion masks from up to four bytes; bytes that are not there are 00h.
// [IPMI 2.0 §35.10]
func eventMasks(b []byte) (assertion, deassertion uint16) {
	var whole [4]byte
	copy(whole[:], b)
	return binary.LittleEndian.Uint16(whole[:]), binary.LittleEndian.Uint16(whole[2:])
}

func appendMasks(b []byte, assertion, deassertion uint16) []byte {
	return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, assertion), deassertion)
}

// Operations on the individual enables. [IPMI 2.0 §35.10, byte 2 bits 5:4]
const (
	enableOperation = 3 << 4
	enableSelected  = 1 << 4
	disableSelected = 2 << 4
)

// setSensorEventEnable enables and disables event messages and scanning. [IPMI 2.0 §35.10]
func setSensorEventEnable(m *Machine, r *Request) ([]byte, error) {
	s, err := m.sensors.on(r.Message.ToLUN, r.Data[0])
	if err != nil {
		return nil, err
	}
	assertion, deassertion := eventMasks(r.Data[2:])
	canAssert, canDeassert := s.supported()
	operation := r.Data[1] & enableOperation
	if operation == enableOperation {
		return nil, ipmb.InvalidField
	}
	if s.caps&sdr.EventsMask != sdr.EventsGlobal { // which only Set Event Receiver disables [IPMI 2.0 §43.1, byte 12]
		s.Events = r.Data[1]&sensorEvents != 0
	}
	s.Scanning = r.Data[1]&sensorScanning != 0 && !s.eventOnly
	if s.caps&sdr.EventsMask == sdr.EventsPerState {
		switch operation {
		case enableSelected:
			s.Assertion |= assertion & canAssert
			s.Deassertion |= deassertion & canDeassert
		case disableSelected:
			s.Assertion &^= assertion
			s.Deassertion &^= deassertion
		}
	}
	m.sense(s)
	m.watchMotions()
	return nil, nil
}

// getSensorEventEnable tells which event messages are enabled. [IPMI 2.0 §35.11]
func getSensorEventEnable(m *Machine, r *Request) ([]byte, error) {
	s, err := m.sensors.on(r.Message.ToLUN, r.Data[0])
	if err != nil {
		return nil, err
	}
	return appendMasks(append(r.Buf, s.flags()), s.Assertion, s.Deassertion), nil
}

// rearmSelected says that the bytes behind it select what is re-armed; without it everything is. [IPMI 2.0 §35.12]
const rearmSelected = 1 << 7

// rearmSensorEvents re-arms a sensor. [IPMI 2.0 §35.12]
func rearmSensorEvents(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	if err != nil {
		return nil, err
	}
	assertion, deassertion := uint16(allStates), uint16(allStates)
	if r.Data[1]&rearmSelected != 0 {
		assertion, deassertion = eventMasks(r.Data[2:])
	}
	m.rearm(s, assertion, deassertion)
	return nil, nil
}

// getSensorEventStatus tells which events have occurred. [IPMI 2.0 §35.13]
func getSensorEventStatus(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	if err != nil {
		return nil, err
	}
	m.sense(s)
	return appendMasks(append(r.Buf, s.readingFlags()), s.asserted, s.deasserted), nil
}

// setSensorType makes a sensor one of another type. [IPMI 2.0 §35.15]
func setSensorType(m *Machine, r *Request) ([]byte, error) {
	s, err := m.sensors.on(r.Message.ToLUN, r.Data[0])
	switch {
	case err != nil:
		return nil, err
	case s.init&sdr.InitType == 0:
		return nil, ipmb.IllegalForSensor
	case sdr.ReadingType(r.Data[2]&0x7f) == sdr.Threshold != s.threshold():
		return nil, ipmb.InvalidField // the record has no thresholds, or no states
	}
	m.retype(s, sdr.SensorType(r.Data[1]), sdr.ReadingType(r.Data[2]&0x7f))
	return nil, nil
}

// getSensorType tells the types. [IPMI 2.0 §35.16]
func getSensorType(m *Machine, r *Request) ([]byte, error) {
	s, err := m.sensors.on(r.Message.ToLUN, r.Data[0])
	if err != nil {
		return nil, err
	}
	return append(r.Buf, byte(s.Type), byte(s.Reading)), nil
}

// Codes of Set Sensor Reading And Event Status. [IPMI 2.0 §35.17]
const (
	codeNotSettable     ipmb.CompletionCode = 0x80 // reading or status bits
	codeEventDataStatic ipmb.CompletionCode = 0x81 // setting event data bytes is not supported
)

// sensorStatus is what software writes into a sensor. [IPMI 2.0 §35.17]
type sensorStatus struct {
	Data        statusOperation // 0: the controller makes event data, 1: given whole, 2: given but the offset
	Assertion   statusOperation
	Deassertion statusOperation
	SetReading  bool
	Reading     uint8
	// Masks and event data that are absent change nothing.
	HasAssertion, HasDeassertion bool
	Asserted, Deasserted         uint16
	EventData                    [3]byte
}

// statusOperation is what is done with status bits: nothing, write, set the 1-bits, clear the 0-bits.
type statusOperation uint8

// Operations.
const (
	statusKeep statusOperation = iota
	statusWrite
	statusSet
	statusClear
)

// apply does the operation.
func (o statusOperation) apply(have, given uint16) uint16 {
	switch o {
	case statusWrite:
		return given
	case statusSet:
		return have | given
	case statusClear:
		return have & given
	}
	return have
}

// parseSensorStatus reads the request behind the sensor number.
func parseSensorStatus(b []byte) (sensorStatus, error) {
	if len(b) < 2 {
		return sensorStatus{}, ipmb.LengthInvalid
	}
	st := sensorStatus{
		Data: statusOperation(b[0] >> 6), Assertion: statusOperation(b[0] >> 4 & 3), Deassertion: statusOperation(b[0] >> 2 & 3),
		SetReading: b[0]&3 == 1, Reading: b[1], HasAssertion: len(b) > 2, HasDeassertion: len(b) > 4,
	}
	if b[0]&3 > 1 || b[0]>>6 == 3 {
		return st, ipmb.InvalidField
	}
	if st.Data != statusKeep && len(b) < 9 {
		return st, ipmb.LengthInvalid
	}
	var masks [4]byte
	copy(masks[:], b[2:])
	st.Asserted, st.Deasserted = eventMasks(masks[:])
	if len(b) >= 9 {
		st.EventData = [3]byte(b[6:9])
	}
	return st, nil
}

// setSensorReading lets software say what a sensor reads. [IPMI 2.0 §35.17]
func setSensorReading(m *Machine, r *Request) ([]byte, error) {
	s, err := m.readable(r)
	if err != nil {
		return nil, err
	}
	st, err := parseSensorStatus(r.Data[1:])
	if err != nil {
		return nil, err
	}
	return nil, m.setStatus(s, st)
}
