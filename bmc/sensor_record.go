package bmc

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// sensorRecord makes the sensor data record of a profile's sensor. What is given raw is taken as it is.
func sensorRecord(s *profiles.Sensor) (sdr.Record, error) {
	if len(s.Raw) > 0 {
		r, err := sdr.Parse(s.Raw)
		if err != nil {
			return nil, fmt.Errorf("raw: %w", err)
		}
		return r, nil
	}
	name, err := sdr.NewIDString(s.Name)
	if err != nil {
		return nil, fmt.Errorf("name: %w", err)
	}
	if s.Analog() {
		return fullRecord(s, name)
	}
	return discreteRecord(s, name)
}

// otherSensorRecord makes the record of a sensor that another controller or system software owns.
func otherSensorRecord(o *profiles.OtherSensor) (sdr.Record, error) {
	r, err := sensorRecord(&o.Sensor)
	if err != nil {
		return nil, err
	}
	key := sdr.Sensor{Owner: ipmb.Addr(o.Owner), LUN: ipmb.LUN(o.LUN), Channel: o.Channel, Number: o.Sensor.Number}
	switch r := r.(type) {
	case *sdr.FullSensor:
		r.Sensor = key
	case *sdr.CompactSensor:
		r.Sensor = key
	case *sdr.EventOnly:
		r.Sensor = key
	}
	return r, nil
}

// sensorKey is the record's sensor key: all sensors of a profile are the controller's own.
func sensorKey(s *profiles.Sensor) sdr.Sensor {
	return sdr.Sensor{Owner: ipmb.AddrBMC, LUN: ipmb.LUN(s.LUN), Number: s.Number}
}

// initialization is byte 11 of the record.
func initialization(s *profiles.Sensor, all sdr.Initialization) sdr.Initialization {
	if s.Initialization != nil {
		return sdr.Initialization(*s.Initialization)
	}
	if s.Scanning == nil || *s.Scanning {
		all |= sdr.ScanningEnabled
	}
	if s.EventsOn == nil || *s.EventsOn {
		all |= sdr.EventsEnabled
	}
	if s.Settable {
		all |= sdr.Settable
	}
	if s.Retypable {
		all |= sdr.InitType
	}
	return all
}

// capabilities is byte 12 of the record.
func capabilities(s *profiles.Sensor, c sdr.Capabilities, events bool) sdr.Capabilities {
	if s.Capabilities != nil {
		return sdr.Capabilities(*s.Capabilities)
	}
	if !s.ManualRearm {
		c |= sdr.AutoRearm
	}
	if !events {
		c |= sdr.EventsNone
	}
	return c
}

// discreteRecord makes a compact, event-only or full record without analog reading.
func discreteRecord(s *profiles.Sensor, name sdr.IDString) (sdr.Record, error) {
	reading := sdr.ReadingType(s.Reading)
	if reading == 0 {
		reading = sdr.SensorSpecific
	}
	sharing := sdr.Sharing{Count: max(s.Share, 1)}
	if s.Share > 1 {
		sharing.Offset, sharing.Increment = 1, true // names count from 1, as instances do
	}
	if len(s.Sharing) == 2 {
		sharing = sdr.ParseSharing(s.Sharing)
	}
	if s.Record == "event-only" {
		return &sdr.EventOnly{
			ID: sdr.RecordID(s.RecordID), Sensor: sensorKey(s), Entity: sdr.Entity(s.Entity), SensorType: sdr.SensorType(s.Type),
			ReadingType: reading, Sharing: sharing, OEM: s.OEM, Name: name,
		}, nil
	}
	possible := offsets(s.Possible)
	if len(s.Possible) == 0 {
		possible = offsets(s.Asserted)
		for _, st := range s.States {
			possible |= 1 << st.State
		}
		for _, list := range []*[]uint8{s.Assertion, s.Deassertion} {
			if list != nil {
				possible |= offsets(*list)
			}
		}
	}
	masks := sdr.Masks{Assertion: possible, Deassertion: possible, Reading: possible}
	if s.Assertion != nil {
		masks.Assertion = offsets(*s.Assertion)
		masks.Deassertion = masks.Assertion
	}
	if s.Deassertion != nil {
		masks.Deassertion = offsets(*s.Deassertion)
	}
	if len(s.Masks) == 3 {
		masks = sdr.Masks{Assertion: s.Masks[0], Deassertion: s.Masks[1], Reading: s.Masks[2]}
	}
	caps := capabilities(s, 0, masks.Assertion|masks.Deassertion != 0)
	init := initialization(s, sdr.InitEvents|sdr.InitScanning)
	units := sdr.Units{Format: sdr.NoReading, Base: sdr.Unit(s.Unit)}
	if s.Format != "" {
		units.Format = formatOf(s)
	}
	if s.Record == "full" {
		return &sdr.FullSensor{
			ID: sdr.RecordID(s.RecordID), Sensor: sensorKey(s), Entity: sdr.Entity(s.Entity), Initialization: init, Capabilities: caps,
			SensorType: sdr.SensorType(s.Type), ReadingType: reading, Masks: masks, Units: units, OEM: s.OEM, Name: name,
		}, nil
	}
	return &sdr.CompactSensor{
		ID: sdr.RecordID(s.RecordID), Sensor: sensorKey(s), Entity: sdr.Entity(s.Entity), Initialization: init, Capabilities: caps,
		SensorType: sdr.SensorType(s.Type), ReadingType: reading, Masks: masks, Units: units, Sharing: sharing, OEM: s.OEM, Name: name,
	}, nil
}

// offsets is a mask with a bit for each offset.
func offsets(list []uint8) uint16 {
	var mask uint16
	for _, o := range list {
		mask |= 1 << o
	}
	return mask
}

// fullRecord makes the record of an analog sensor.
func fullRecord(s *profiles.Sensor, name sdr.IDString) (sdr.Record, error) {
	reading := sdr.ReadingType(s.Reading)
	if reading == 0 {
		reading = sdr.Threshold
	}
	units := analogUnits(s)
	conversion, err := conversionOf(s)
	if err != nil {
		return nil, err
	}
	units.Format = conversion.Format
	r := &sdr.FullSensor{
		ID: sdr.RecordID(s.RecordID), Sensor: sensorKey(s), Entity: sdr.Entity(s.Entity),
		SensorType: sdr.SensorType(s.Type), ReadingType: reading, Units: units, Linearization: conversion.Linearization,
		Factors: conversion.Factors, OEM: s.OEM, Name: name,
	}
	r.Factors.Direction = map[string]sdr.Direction{"input": sdr.DirectionInput, "output": sdr.DirectionOutput}[s.Direction]
	r.SensorMin, r.SensorMax = ends(conversion.Format)
	if len(s.Factors) > 0 && len(s.Range) == 2 {
		if r.SensorMin, r.SensorMax, err = rawRange(s, conversion); err != nil {
			return nil, err
		}
	}
	has, err := analogValues(s, r, conversion)
	if err != nil {
		return nil, err
	}
	r.Masks = analogMasks(s, has)
	m := r.Masks.Thresholds()
	init, caps := sdr.Initialization(0), sdr.Capabilities(0)
	if reading == sdr.Threshold && (has != 0 || s.Hysteresis != nil) {
		r.Hysteresis = hysteresisOf(s, conversion)
	}
	if has != 0 && reading == sdr.Threshold {
		init |= sdr.InitEvents | sdr.InitThresholds | sdr.InitHysteresis
		caps |= sdr.ThresholdsSettable | sdr.HysteresisSettable
		if s.FixedLimits {
			init &^= sdr.InitThresholds | sdr.InitHysteresis
			caps = sdr.ThresholdsReadable | sdr.HysteresisReadable
		}
	}
	r.Initialization = initialization(s, init|sdr.InitScanning)
	r.Capabilities = capabilities(s, caps, m.Assertion|m.Deassertion != 0)
	return r, nil
}

// ends are the raw readings of the lowest and the highest number of a format.
func ends(f sdr.AnalogFormat) (low, high uint8) {
	if f == sdr.TwosComplement || f == sdr.OnesComplement {
		return 0x80, 0x7f
	}
	return 0x00, 0xff
}

// analogValues fills the record's nominal readings and thresholds, and tells which thresholds there are.
func analogValues(s *profiles.Sensor, r *sdr.FullSensor, conversion sdr.Conversion) (has sdr.ThresholdSet, err error) {
	var errs []error
	raw := func(v float64, what string) uint8 {
		b, err := conversion.Raw(v)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %v does not fit the conversion factors: %w", what, v, err))
		}
		return b
	}
	for _, n := range []struct {
		value *float64
		field *uint8
		flag  sdr.AnalogFlags
		what  string
	}{
		{s.Nominal, &r.Nominal, sdr.NominalSpecified, "nominal"},
		{s.NormalMin, &r.NormalMin, sdr.NormalMinSpecified, "normal_min"},
		{s.NormalMax, &r.NormalMax, sdr.NormalMaxSpecified, "normal_max"},
	} {
		if n.value != nil {
			*n.field = raw(*n.value, n.what)
			r.Flags |= n.flag
		}
	}
	for _, l := range limitsOf(s) {
		if l.value != nil {
			*l.field(&r.Thresholds) = raw(*l.value, l.name)
			has |= l.bit
		}
	}
	return has, errors.Join(errs...)
}

// limit is one of the six thresholds.
type limit struct {
	name  string
	bit   sdr.ThresholdSet
	value *float64
	field func(*sdr.Thresholds) *uint8
	event sdr.ThresholdEvents // raised unless the profile says otherwise
}

// limitsOf lists the thresholds in the order of Get Sensor Thresholds. [IPMI 2.0 §35.9]
func limitsOf(s *profiles.Sensor) [6]limit {
	lower, upper := &s.Lower, &s.Upper
	return [6]limit{
		{"lower.non_critical", sdr.LowerNonCritical, lower.NonCritical, func(t *sdr.Thresholds) *uint8 { return &t.LNC }, sdr.LowerNonCriticalLow},
		{"lower.critical", sdr.LowerCritical, lower.Critical, func(t *sdr.Thresholds) *uint8 { return &t.LC }, sdr.LowerCriticalLow},
		{"lower.non_recoverable", sdr.LowerNonRecoverable, lower.NonRecoverable, func(t *sdr.Thresholds) *uint8 { return &t.LNR }, sdr.LowerNonRecoverableLow},
		{"upper.non_critical", sdr.UpperNonCritical, upper.NonCritical, func(t *sdr.Thresholds) *uint8 { return &t.UNC }, sdr.UpperNonCriticalHigh},
		{"upper.critical", sdr.UpperCritical, upper.Critical, func(t *sdr.Thresholds) *uint8 { return &t.UC }, sdr.UpperCriticalHigh},
		{"upper.non_recoverable", sdr.UpperNonRecoverable, upper.NonRecoverable, func(t *sdr.Thresholds) *uint8 { return &t.UNR }, sdr.UpperNonRecoverableHigh},
	}
}

// analogMasks are bytes 15 to 20 of an analog sensor's record. [IPMI 2.0 §43.1]
func analogMasks(s *profiles.Sensor, has sdr.ThresholdSet) sdr.Masks {
	if len(s.Masks) == 3 {
		return sdr.Masks{Assertion: s.Masks[0], Deassertion: s.Masks[1], Reading: s.Masks[2]}
	}
	m := sdr.ThresholdMasks{Compared: has, Readable: has, Settable: has}
	if s.FixedLimits {
		m.Settable = 0
	}
	for _, l := range limitsOf(s) {
		if has&l.bit != 0 {
			m.Assertion |= l.event
		}
	}
	if s.Assertion != nil {
		m.Assertion = sdr.ThresholdEvents(offsets(*s.Assertion))
	}
	m.Deassertion = m.Assertion
	if s.Deassertion != nil {
		m.Deassertion = sdr.ThresholdEvents(offsets(*s.Deassertion))
	}
	return m.Words()
}

// defaultHysteresis is in raw counts.
const defaultHysteresis = 2

func hysteresisOf(s *profiles.Sensor, c sdr.Conversion) sdr.Hysteresis {
	if s.Hysteresis == nil {
		return sdr.Hysteresis{Positive: defaultHysteresis, Negative: defaultHysteresis}
	}
	return sdr.Hysteresis{Positive: c.Counts(s.Hysteresis.Positive), Negative: c.Counts(s.Hysteresis.Negative)}
}

// analogUnits are bytes 21 to 23 of the record, without the format.
func analogUnits(s *profiles.Sensor) sdr.Units {
	u := sdr.Units{Base: sdr.Unit(s.Unit), Modified: sdr.Unit(s.Modifier), Percentage: s.Percentage}
	if u.Base == 0 && !u.Percentage {
		u.Base = map[sdr.SensorType]sdr.Unit{
			sdr.Temperature: sdr.DegreesC, sdr.Voltage: sdr.Volts, sdr.Current: sdr.Amps, sdr.Fan: sdr.RPM,
		}[sdr.SensorType(s.Type)]
	}
	u.Rate = sdr.RateUnit(1 + slices.Index([]string{"us", "ms", "s", "min", "h", "day"}, s.Rate))
	u.Modifier = sdr.UnitModifier(1 + slices.Index([]string{"divided", "multiplied"}, s.Combine))
	return u
}

// conversionOf takes the given factors, or finds some that cover the sensor's range.
func conversionOf(s *profiles.Sensor) (sdr.Conversion, error) {
	if len(s.Factors) > 0 {
		return sdr.Conversion{
			Format: formatOf(s), Linearization: sdr.Linearization(s.Linearization), Factors: factorsOf(s.Factors[0]),
		}, nil
	}
	low, high := rangeOf(s)
	c, err := sdr.ConversionFor(low, high)
	if err != nil {
		return c, fmt.Errorf("range: %w", err)
	}
	return c, nil
}

// formatOf is the format that the profile gives, unsigned without one.
func formatOf(s *profiles.Sensor) sdr.AnalogFormat {
	switch s.Format {
	case "ones-complement":
		return sdr.OnesComplement
	case "twos-complement":
		return sdr.TwosComplement
	}
	return sdr.Unsigned
}

// rawRange are the sensor minimum and maximum reading. The range is of values; with a negative multiplier the least
// value is the greatest reading.
func rawRange(s *profiles.Sensor, c sdr.Conversion) (low, high uint8, err error) {
	if low, err = c.Raw(s.Range[0]); err == nil {
		high, err = c.Raw(s.Range[1])
	}
	if err != nil {
		return 0, 0, fmt.Errorf("range: it does not fit the conversion factors: %w", err)
	}
	return low, high, nil
}

func factorsOf(f profiles.Factors) sdr.Factors {
	return sdr.Factors{
		M: f.M, B: f.B, BExp: f.BExp, RExp: f.RExp, Tolerance: f.Tolerance, Accuracy: f.Accuracy, AccuracyExp: f.AccuracyExp,
	}
}

// headroom is how far the reading reaches beyond the greatest value that the profile mentions.
const headroom = 1.25

// rangeOf is what the reading must be able to tell: temperatures -128 to 127 °C, others from zero to a quarter beyond the
// greatest value that the profile mentions.
func rangeOf(s *profiles.Sensor) (low, high float64) {
	if len(s.Range) == 2 {
		return s.Range[0], s.Range[1]
	}
	values := []*float64{s.Value, s.Nominal, s.NormalMin, s.NormalMax}
	for _, l := range limitsOf(s) {
		values = append(values, l.value)
	}
	for _, v := range values {
		if v != nil {
			low, high = math.Min(low, *v), math.Max(high, *v)
		}
	}
	switch {
	case s.Percentage:
		return 0, math.Max(100, high)
	case sdr.SensorType(s.Type) == sdr.Temperature && high <= 127 && low >= -128:
		return -128, 127
	case low == high:
		return 0, 255
	}
	return low * headroom, high * headroom
}
