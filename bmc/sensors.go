package bmc

import (
	"errors"
	"fmt"
	"math"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// sensorSpec is what a sensor is. Machines of one profile share it.
type sensorSpec struct {
	number      uint8
	lun         ipmb.LUN
	name        string
	unit        string // as profiles call it
	sensorType  sdr.SensorType
	readingType sdr.ReadingType
	init        sdr.Initialization
	caps        sdr.Capabilities
	masks       sdr.Masks
	limits      sdr.ThresholdMasks // of a threshold sensor
	conversion  sdr.Conversion     // of an analog sensor
	analog      bool
	eventOnly   bool // generates events and has no reading
	nominal     uint8
	thresholds  sdr.Thresholds
	hysteresis  sdr.Hysteresis
	profile     *profiles.Sensor
}

// specOf finds what a sensor is in its record, so that a captured record makes the same sensor as a described one.
func specOf(r sdr.Record, p *profiles.Sensor, owner ipmb.Addr) (sensorSpec, error) {
	s := sensorSpec{profile: p}
	var key sdr.Sensor
	switch r := r.(type) {
	case *sdr.FullSensor:
		key, s.name, s.sensorType, s.readingType = r.Sensor, r.Name.String(), r.SensorType, r.ReadingType
		s.init, s.caps, s.masks, s.thresholds, s.hysteresis = r.Initialization, r.Capabilities, r.Masks, r.Thresholds, r.Hysteresis
		s.conversion, s.analog, s.nominal = r.Conversion(), r.Units.Format != sdr.NoReading, r.Nominal
	case *sdr.CompactSensor:
		key, s.name, s.sensorType, s.readingType = r.Sensor, r.Name.String(), r.SensorType, r.ReadingType
		s.init, s.caps, s.masks, s.hysteresis = r.Initialization, r.Capabilities, r.Masks, r.Hysteresis
	case *sdr.EventOnly:
		key, s.name, s.sensorType, s.readingType = r.Sensor, r.Name.String(), r.SensorType, r.ReadingType
		s.eventOnly, s.init = true, sdr.EventsEnabled
		s.masks = sdr.Masks{Assertion: allStates, Deassertion: allStates}
	default:
		return s, fmt.Errorf("raw: a record of type %v describes no sensor", r.Type())
	}
	s.number, s.lun = key.Number, key.LUN
	switch {
	case key.Number != p.Number:
		return s, fmt.Errorf("raw: the record is of sensor %02Xh, not %02Xh", key.Number, p.Number)
	case key.Owner != owner || key.LUN == ipmb.LUNSMS:
		return s, errors.New("raw: the record is another controller's: put it into sdr.records")
	}
	if s.threshold() {
		s.limits = s.masks.Thresholds()
	}
	return s, nil
}

// allStates has the 15 state bits of a discrete sensor.
const allStates = 1<<15 - 1

func (s *sensorSpec) threshold() bool { return s.readingType == sdr.Threshold }

// sensor is one sensor of a machine.
type sensor struct {
	*sensorSpec
	sources []source // what the reading is a view of
	states  []stateSource

	value       float64 // of an analog sensor without source
	own         uint16  // states of its own
	override    bool    // Set Sensor Reading And Event Status gave the reading; it stays until the value is set anew
	missing     bool    // the reading is not available, whatever the sources say
	raw         uint8   // reading
	present     uint16  // states of a discrete sensor; event conditions of a threshold sensor, with hysteresis
	unavailable bool

	sensorSettings
	asserted   uint16 // event status
	deasserted uint16
	eventData  eventData // given by software for the next events
	busy       bool      // is being evaluated
}

// sensorSettings is what commands change and the initialization agent sets anew.
type sensorSettings struct {
	Type        sdr.SensorType
	Reading     sdr.ReadingType
	Thresholds  sdr.Thresholds
	Hysteresis  sdr.Hysteresis
	Events      bool // event messages are enabled
	Scanning    bool
	Assertion   uint16 // enabled events
	Deassertion uint16
}

// settings are what the sensor comes up with, behind the initialization agent: it runs when the controller starts, too. A
// profile can say that the controller itself takes a sensor out of service. [IPMI 2.0 §16.5, §33.6, §43.1 byte 11]
func (s *sensorSpec) settings() sensorSettings {
	set := sensorSettings{
		Type: s.sensorType, Reading: s.readingType, Thresholds: s.thresholds, Hysteresis: s.hysteresis,
		Events: s.init&(sdr.EventsEnabled|sdr.InitEvents) != 0, Scanning: s.init&(sdr.ScanningEnabled|sdr.InitScanning) != 0,
	}
	for _, own := range []struct {
		says    *bool
		setting *bool
	}{{s.profile.Scanning, &set.Scanning}, {s.profile.EventsOn, &set.Events}} {
		switch {
		case own.says != nil:
			*own.setting = *own.says
		case len(s.profile.Raw) == 0:
			*own.setting = true
		}
	}
	set.Scanning = set.Scanning && !s.eventOnly
	set.Assertion, set.Deassertion = s.supported()
	return set
}

// supported are the events that the sensor can generate, a bit for each offset.
func (s *sensorSpec) supported() (assertion, deassertion uint16) {
	if s.threshold() {
		return uint16(s.limits.Assertion), uint16(s.limits.Deassertion)
	}
	return s.masks.Assertion & allStates, s.masks.Deassertion & allStates
}

// readable are the states that Get Sensor Reading returns: those of the record's mask, and what the profile says is
// asserted, as a Quanta T41S returns states that its mask does not have. [IPMI 2.0 §43.1, bytes 19, 20]
func (s *sensorSpec) readable() uint16 { return s.masks.Reading | offsets(s.profile.Asserted) }

// source is a device's quantity, or its presence.
type source struct {
	slot     *i2c.Slot
	quantity string
}

// stateSource is a state that follows from a source.
type stateSource struct {
	*profiles.SensorState
	sources []source
}

// sensors are the machine's sensors.
type sensors struct {
	list     []sensor
	byNumber [256]uint8 // place in list plus one
	loud     bool       // events are raised: not while the machine is built
}

// find is the sensor with a number; CBh without one.
func (ss *sensors) find(number uint8) (*sensor, error) {
	if i := ss.byNumber[number]; i > 0 {
		return &ss.list[i-1], nil
	}
	return nil, ipmb.NotPresent
}

// on is the sensor with a number on a LUN; CBh without one.
func (ss *sensors) on(lun ipmb.LUN, number uint8) (*sensor, error) {
	s, err := ss.find(number)
	if err == nil && s.lun != lun {
		return nil, ipmb.NotPresent
	}
	return s, err
}

// newSensors makes the machine's sensors as views on its hardware.
func newSensors(specs []sensorSpec, h *hardware, p *profiles.Profile) (*sensors, error) {
	ss := &sensors{list: make([]sensor, 0, len(specs))}
	var errs []error
	for i := range specs {
		spec := &specs[i]
		fail := func(where string, err error) {
			errs = append(errs, fmt.Errorf("%s: %w", p.Where(spec.path(p)+where), err))
		}
		s := sensor{sensorSpec: spec, sensorSettings: spec.settings(), missing: spec.profile.Unavailable, own: offsets(spec.profile.Asserted)}
		var err error
		if s.sources, err = h.sources(spec.profile.From, spec.analog); err != nil {
			fail(".from", err)
		}
		for j := range spec.profile.States {
			st := stateSource{SensorState: &spec.profile.States[j]}
			if st.sources, err = h.sources(st.From, st.Above != nil || st.Below != nil); err != nil {
				fail(fmt.Sprintf(".states[%d].from", j), err)
			}
			s.states = append(s.states, st)
		}
		if spec.analog {
			s.value = s.startValue()
		}
		if err := s.setLive(spec.profile.Live); err != nil {
			fail(".live", err)
		}
		if n := spec.number; ss.byNumber[n] != 0 {
			fail(".number", fmt.Errorf("%02Xh is taken", n))
		} else {
			ss.byNumber[n] = uint8(len(ss.list) + 1)
		}
		ss.list = append(ss.list, s)
	}
	return ss, errors.Join(errs...)
}

// setThresholds takes some thresholds.
func (s *sensor) setThresholds(which sdr.ThresholdSet, from *sdr.Thresholds) {
	for _, l := range limitsOf(s.profile) {
		if which&l.bit != 0 {
			*l.field(&s.Thresholds) = *l.field(from)
		}
	}
}

// setLive gives the sensor thresholds that are others than those of its record.
func (s *sensor) setLive(to *profiles.Limits) error {
	if to == nil {
		return nil
	}
	for _, l := range limitsOf(&profiles.Sensor{Lower: to.Lower, Upper: to.Upper}) {
		if l.value == nil {
			continue
		}
		raw, err := s.conversion.Raw(*l.value)
		if err != nil {
			return fmt.Errorf("%s: %v does not fit the conversion factors: %w", l.name, *l.value, err)
		}
		*l.field(&s.Thresholds) = raw
	}
	return nil
}

// path is the sensor's place in the profile.
func (s *sensorSpec) path(p *profiles.Profile) string {
	for i := range p.Sensors {
		if &p.Sensors[i] == s.profile {
			return fmt.Sprintf("sensors[%d]", i)
		}
	}
	return "sensors"
}

// startValue is the value of a sensor without source when the machine starts: what the profile says, the nominal
// reading, or a value between the thresholds.
func (s *sensor) startValue() float64 {
	if s.profile.Value != nil {
		return *s.profile.Value
	}
	has := s.limits.Readable | s.limits.Settable
	between := func(low, high uint8) uint8 { return uint8((s.signed(low) + s.signed(high)) / 2) }
	switch t := s.thresholds; {
	case s.nominal != 0:
		return s.toValue(s.nominal)
	case has&lowerLimits != 0 && has&upperLimits != 0:
		return s.toValue(between(max(t.LNC, t.LC, t.LNR), lowest(has, t)))
	case has&upperLimits != 0:
		return s.toValue(between(0, lowest(has, t)))
	case has&lowerLimits != 0:
		return s.toValue(between(max(t.LNC, t.LC, t.LNR), 0x7f))
	}
	return s.toValue(0)
}

// Thresholds of one side.
const (
	lowerLimits = sdr.LowerNonCritical | sdr.LowerCritical | sdr.LowerNonRecoverable
	upperLimits = sdr.UpperNonCritical | sdr.UpperCritical | sdr.UpperNonRecoverable
)

// lowest is the lowest of the upper thresholds that are there.
func lowest(has sdr.ThresholdSet, t sdr.Thresholds) uint8 {
	low := uint8(0xff)
	for _, l := range []struct {
		bit sdr.ThresholdSet
		raw uint8
	}{{sdr.UpperNonCritical, t.UNC}, {sdr.UpperCritical, t.UC}, {sdr.UpperNonRecoverable, t.UNR}} {
		if has&l.bit != 0 {
			low = min(low, l.raw)
		}
	}
	return low
}

// sources finds the devices that a sensor looks at. A discrete state may look at the presence of a device; a value needs
// a quantity.
func (h *hardware) sources(list profiles.Sources, value bool) ([]source, error) {
	var out []source
	for _, src := range list {
		slot := h.tree.Slot(src.Device)
		if slot == nil {
			return nil, fmt.Errorf("device %q: %w", src.Device, ErrUnknownName)
		}
		if value || src.Quantity != "" {
			meter, ok := slot.Device.(i2c.Meter)
			if !ok {
				return nil, fmt.Errorf("a %s measures nothing", slot.Model)
			}
			if _, err := meter.Value(src.Quantity); err != nil {
				return nil, err
			}
		}
		out = append(out, source{slot: slot, quantity: src.Quantity})
	}
	return out, nil
}

// toValue converts a raw reading, with the factors of its neighbourhood if the sensor is non-linear.
func (s *sensorSpec) toValue(raw uint8) float64 {
	c := s.conversion
	if f := s.factorsAt(raw); f != nil {
		c.Factors = factorsOf(*f)
	}
	return c.Value(raw)
}

// toRaw finds the raw reading that is nearest to a value.
func (s *sensorSpec) toRaw(v float64) uint8 {
	if len(s.profile.Factors) < 2 {
		raw, _ := s.conversion.Raw(v) // beyond the ends: the end
		return raw
	}
	best, distance := uint8(0), math.Inf(1)
	for raw := range 0x100 {
		if d := math.Abs(s.toValue(uint8(raw)) - v); d < distance {
			best, distance = uint8(raw), d
		}
	}
	return best
}

// factorsAt is the entry of a non-linear sensor's table that is nearest to a reading, nil without a table.
func (s *sensorSpec) factorsAt(raw uint8) *profiles.Factors {
	table := s.profile.Factors
	if len(table) < 2 {
		return nil
	}
	best := &table[0]
	for i := range table {
		if apart(table[i].Reading, raw) < apart(best.Reading, raw) {
			best = &table[i]
		}
	}
	return best
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// signed is what a raw reading stands for before the conversion: readings and thresholds are compared as such.
func (s *sensorSpec) signed(raw uint8) int {
	switch {
	case s.conversion.Format == sdr.TwosComplement:
		return int(int8(raw))
	case s.conversion.Format == sdr.OnesComplement && raw >= 0x80:
		return -int(^raw)
	}
	return int(raw)
}
