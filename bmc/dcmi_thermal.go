package bmc

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// thermalLimit is a limit of an inlet temperature. [DCMI §6.7.1]
type thermalLimit struct {
	Actions uint8 // thermalException…; none: the limit is off
	Limit   uint8 // in the sensor's unit
	Time    time.Duration
}

// thermalWatch looks after one limit.
type thermalWatch struct {
	alarm alarm
	acted bool // the action was taken; the temperature is still above the limit
}

// dcmiEntity maps the entity IDs of DCMI 1.1 to those of IPMI. It is not ok for entities that DCMI does not know.
// [DCMI §6.5.2, Table 6-14]
func dcmiEntity(id uint8) (e sdr.EntityID, ok bool) {
	switch e = sdr.EntityID(id); e {
	case sdr.EntityDCMIAirInlet:
		return sdr.EntityAirInlet, true
	case sdr.EntityDCMICPU:
		return sdr.EntityProcessor, true
	case sdr.EntityDCMIBaseboard:
		return sdr.EntitySystemBoard, true
	}
	return e, e == sdr.EntityAirInlet || e == sdr.EntityProcessor || e == sdr.EntitySystemBoard
}

// dcmiSensor is a temperature sensor as DCMI tells of it.
type dcmiSensor struct {
	record   sdr.RecordID
	instance uint8
	sensor   *sensor // nil: another controller's, or not there
}

// dcmiSensors lists the temperature sensors of an entity by their records in the SDR repository, in the order of
// instances.
func (m *Machine) dcmiSensors(of sdr.EntityID) []dcmiSensor {
	var list []dcmiSensor
	for s, e := range m.temperatures() {
		if id, ok := dcmiEntity(uint8(e)); ok && id == of {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b dcmiSensor) int { return cmp.Compare(a.instance, b.instance) })
	return list
}

// Places in full and compact sensor records. [IPMI 2.0 §43.1, §43.2]
const (
	recordOwnerAt    = 5
	recordLUNAt      = 6
	recordNumberAt   = 7
	recordEntityAt   = 8
	recordInstanceAt = 9
	recordTypeAt     = 12
)

// temperatures lists the records of all temperature sensors with their entities.
func (m *Machine) temperatures() iter.Seq2[dcmiSensor, sdr.EntityID] {
	return func(yield func(dcmiSensor, sdr.EntityID) bool) {
		for rec := range m.sdrs.repository.Records() {
			h, err := sdr.ParseHeader(rec)
			if err != nil || h.Type != sdr.TypeFullSensor && h.Type != sdr.TypeCompactSensor || len(rec) <= recordTypeAt ||
				rec[recordTypeAt] != sensorTypeTemperature {
				continue
			}
			s := dcmiSensor{record: h.ID, instance: rec[recordInstanceAt]}
			if ipmb.Addr(rec[recordOwnerAt]) == ipmb.AddrBMC {
				s.sensor, _ = m.sensors.on(ipmb.LUN(rec[recordLUNAt]&0x03), rec[recordNumberAt])
			}
			if !yield(s, sdr.EntityID(rec[recordEntityAt])) {
				return
			}
		}
	}
}

// celsius reads a temperature sensor. It is not ok while the reading is not available.
func (m *Machine) celsius(s *sensor) (t float64, ok bool) {
	if s == nil || !s.analog || !s.Scanning {
		return 0, false
	}
	m.sense(s)
	if s.unavailable {
		return 0, false
	}
	t = s.toValue(s.raw)
	switch s.unit {
	case degreesF:
		t = (t - 32) / 1.8
	case kelvin:
		t -= 273.15
	}
	return t, true
}

// Units of temperature sensors beside degrees Celsius, as profiles call them.
const (
	degreesF = "degrees-f"
	kelvin   = "degrees-k"
)

// temperatureByte is a temperature as sign and magnitude. [DCMI §6.7.3]
func temperatureByte(t float64) byte {
	b := byte(min(math.Round(math.Abs(t)), 0x7f))
	if t < 0 && b != 0 {
		b |= 1 << 7
	}
	return b
}

// inlet finds the inlet temperature sensor of an instance; CBh without one, CCh for an entity that is no inlet.
func (m *Machine) inlet(entity, instance uint8) (*sensor, error) {
	if e, _ := dcmiEntity(entity); e != sdr.EntityAirInlet {
		return nil, ipmb.InvalidField
	}
	for _, s := range m.dcmiSensors(sdr.EntityAirInlet) {
		if s.instance == instance && s.sensor != nil {
			return s.sensor, nil
		}
	}
	return nil, ipmb.NotPresent
}

// setThermalLimit takes a limit. Time begins anew.
func (m *Machine) setThermalLimit(entity, instance uint8, l thermalLimit) error {
	s, err := m.inlet(entity, instance)
	if err != nil {
		return err
	}
	d, spec := m.dcmi, &m.dcmi.spec.Thermal
	switch {
	case l.Limit < spec.LimitLow || l.Limit > spec.LimitHigh:
		return ccLimitOutOfRange
	case l.Time > spec.TimeHigh.Std():
		return ccTimeOutOfRange
	}
	d.stored.Thermal[instance] = l
	if w := d.thermal[instance]; w != nil {
		w.alarm.stop()
	}
	d.thermal[instance] = new(thermalWatch)
	m.followThermal(s)
	m.watchMotions()
	return nil
}

// followThermal starts the exception time when an inlet's temperature goes above its limit, and stops it when it comes
// back or is no longer known. [DCMI §6.7.2]
func (m *Machine) followThermal(s *sensor) {
	instance, w := m.thermalLimitOf(s)
	if w == nil {
		return
	}
	l := m.dcmi.stored.Thermal[instance]
	switch {
	case m.device.down || l.Actions == 0 || s.unavailable || s.toValue(s.raw) <= float64(l.Limit):
		w.alarm.stop()
		w.acted = false
	case !w.acted && !w.alarm.running():
		m.setAlarm(&w.alarm, l.Time, func() {
			w.acted = true
			m.log.Info().Str("sensor", s.name).Uint8("limit", l.Limit).Msg("thermal limit exceeded")
			m.limitEvent(sensorTypeTemperature, m.dcmi.spec.Events.Thermal)
			if l.Actions&thermalExceptionOff != 0 {
				m.powerOffByLimit()
			}
		})
	}
}

// thermalLimitOf finds what looks after a sensor, nil if nothing does.
func (m *Machine) thermalLimitOf(s *sensor) (instance uint8, w *thermalWatch) {
	if m.dcmi == nil || len(m.dcmi.thermal) == 0 || s.sensorType != sensorTypeTemperature {
		return 0, nil
	}
	for inlet, e := range m.temperatures() {
		if id, _ := dcmiEntity(uint8(e)); id == sdr.EntityAirInlet && inlet.sensor == s {
			return inlet.instance, m.dcmi.thermal[inlet.instance]
		}
	}
	return 0, nil
}

// limited reports whether a limit or a statistic of DCMI follows a value that moves by itself.
func (m *Machine) limited(l *motion) bool {
	if m.dcmi == nil {
		return false
	}
	if l.slot != nil && slices.Contains(m.dcmi.meter.supplies, l.slot) {
		return true // sampled at least once a second [DCMI §3.2.1]
	}
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		if s != l.sensor && (l.slot == nil || !s.looksAt(l.slot)) {
			continue
		}
		if _, w := m.thermalLimitOf(s); w != nil {
			return true
		}
	}
	return false
}
