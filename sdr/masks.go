package sdr

// ThresholdSet is a set of thresholds, one bit each, as in Get Sensor Thresholds, Get Sensor Reading and the masks of
// sensor records. [IPMI 2.0 §35.9, §35.14, §43.1]
type ThresholdSet uint8

// Thresholds. [IPMI 2.0 §35.9]
const (
	LowerNonCritical ThresholdSet = 1 << iota
	LowerCritical
	LowerNonRecoverable
	UpperNonCritical
	UpperCritical
	UpperNonRecoverable
	lowerThresholds = LowerNonCritical | LowerCritical | LowerNonRecoverable
	allThresholds   = 1<<6 - 1
)

// ThresholdEvents is a set of threshold events, one bit for each event offset. [IPMI 2.0 §42.1, Table 42-2]
type ThresholdEvents uint16

// Threshold events by offset. [IPMI 2.0 §42.1, Table 42-2]
const (
	LowerNonCriticalLow ThresholdEvents = 1 << iota // going low
	LowerNonCriticalHigh
	LowerCriticalLow
	LowerCriticalHigh
	LowerNonRecoverableLow
	LowerNonRecoverableHigh
	UpperNonCriticalLow
	UpperNonCriticalHigh
	UpperCriticalLow
	UpperCriticalHigh
	UpperNonRecoverableLow
	UpperNonRecoverableHigh
	allThresholdEvents ThresholdEvents = 1<<12 - 1
)

// ThresholdMasks is what the mask words of a threshold sensor's record say. [IPMI 2.0 §43.1, bytes 15-20]
type ThresholdMasks struct {
	Assertion   ThresholdEvents // events the sensor can generate
	Deassertion ThresholdEvents
	Compared    ThresholdSet // comparisons whose result Get Sensor Reading returns
	Readable    ThresholdSet
	Settable    ThresholdSet
}

// comparedShift moves the three comparison bits of a half to the mask words' bits 14:12.
const comparedShift = 12

// Words packs m into the mask words: lower comparisons go to the first, upper ones to the second.
func (m ThresholdMasks) Words() Masks {
	lower, upper := uint16(m.Compared&lowerThresholds), uint16(m.Compared&allThresholds>>3)
	return Masks{
		Assertion:   uint16(m.Assertion&allThresholdEvents) | lower<<comparedShift,
		Deassertion: uint16(m.Deassertion&allThresholdEvents) | upper<<comparedShift,
		Reading:     uint16(m.Readable&allThresholds) | uint16(m.Settable&allThresholds)<<8,
	}
}

// Thresholds unpacks the mask words of a threshold sensor.
func (m Masks) Thresholds() ThresholdMasks {
	return ThresholdMasks{
		Assertion:   ThresholdEvents(m.Assertion) & allThresholdEvents,
		Deassertion: ThresholdEvents(m.Deassertion) & allThresholdEvents,
		Compared:    ThresholdSet(m.Assertion>>comparedShift)&lowerThresholds | ThresholdSet(m.Deassertion>>comparedShift)&lowerThresholds<<3,
		Readable:    ThresholdSet(m.Reading) & allThresholds,
		Settable:    ThresholdSet(m.Reading>>8) & allThresholds,
	}
}
