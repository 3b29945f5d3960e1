package sdr

import "github.com/fakebmc/fakebmc/ipmb"

// AnalogFormat is how a raw reading stands for a number. [IPMI 2.0 §43.1, byte 21]
type AnalogFormat uint8

// Analog data formats. [IPMI 2.0 §43.1]
const (
	Unsigned       AnalogFormat = 0
	OnesComplement AnalogFormat = 1
	TwosComplement AnalogFormat = 2
	NoReading      AnalogFormat = 3 // no analog reading
)

// RateUnit is the unit of time of a rate. [IPMI 2.0 §43.1, byte 21]
type RateUnit uint8

// Rate units. [IPMI 2.0 §43.1]
const (
	NoRate         RateUnit = 0
	PerMicrosecond RateUnit = 1
	PerMillisecond RateUnit = 2
	PerSecond      RateUnit = 3
	PerMinute      RateUnit = 4
	PerHour        RateUnit = 5
	PerDay         RateUnit = 6
)

// UnitModifier says what the modifier unit does to the base unit. [IPMI 2.0 §43.1, byte 21]
type UnitModifier uint8

// Unit modifiers. [IPMI 2.0 §43.1]
const (
	NoModifier UnitModifier = 0
	Divided    UnitModifier = 1 // base unit / modifier unit
	Multiplied UnitModifier = 2 // base unit × modifier unit
)

// Units are the unit bytes of a sensor. [IPMI 2.0 §43.1, bytes 21-23]
type Units struct {
	Format     AnalogFormat
	Rate       RateUnit
	Modifier   UnitModifier
	Percentage bool
	Base       Unit
	Modified   Unit // modifier unit, 0 if none
}

func (u Units) appendTo(b []byte) []byte {
	first := byte(u.Format)<<6 | byte(u.Rate&7)<<3 | byte(u.Modifier&3)<<1
	if u.Percentage {
		first |= 1
	}
	return append(b, first, byte(u.Base), byte(u.Modified))
}

func parseUnits(b []byte) Units {
	return Units{
		Format: AnalogFormat(b[0] >> 6), Rate: RateUnit(b[0] >> 3 & 7), Modifier: UnitModifier(b[0] >> 1 & 3),
		Percentage: b[0]&1 != 0, Base: Unit(b[1]), Modified: Unit(b[2]),
	}
}

// Direction says whether a sensor monitors an input or an output of its entity. [IPMI 2.0 §43.1, byte 29]
type Direction uint8

// Sensor directions. [IPMI 2.0 §43.1]
const (
	DirectionUnspecified Direction = 0
	DirectionInput       Direction = 1
	DirectionOutput      Direction = 2
)

// FactorsLen is the length of the reading factors on the wire.
const FactorsLen = 6

// Factors are the conversion factors of a sensor, in full records and in Get Sensor Reading Factors.
// [IPMI 2.0 §35.5, §43.1 bytes 25-30]
type Factors struct {
	M           int16     // 10 bits
	B           int16     // 10 bits
	BExp        int8      // 4 bits, K1
	RExp        int8      // 4 bits, K2
	Tolerance   uint8     // 6 bits, ± half raw counts
	Accuracy    uint16    // 10 bits, hundredths of a percent before AccuracyExp
	AccuracyExp uint8     // 2 bits
	Direction   Direction // 0 in Get Sensor Reading Factors
}

// AppendTo appends the six bytes. Fields are cut to their bits.
func (f Factors) AppendTo(b []byte) []byte {
	m, off := uint16(f.M), uint16(f.B)
	return append(b,
		byte(m), byte(m>>8&3)<<6|f.Tolerance&0x3f,
		byte(off), byte(off>>8&3)<<6|byte(f.Accuracy&0x3f),
		byte(f.Accuracy>>6&0x0f)<<4|f.AccuracyExp&3<<2|byte(f.Direction&3),
		byte(f.RExp)<<4|byte(f.BExp)&0x0f)
}

// ParseFactors reads the six bytes.
func ParseFactors(b []byte) (Factors, error) {
	if len(b) != FactorsLen {
		return Factors{}, ipmb.ErrLength
	}
	return Factors{
		M: signed10(b[0], b[1]), Tolerance: b[1] & 0x3f, B: signed10(b[2], b[3]),
		Accuracy: uint16(b[3]&0x3f) | uint16(b[4]>>4)<<6, AccuracyExp: b[4] >> 2 & 3, Direction: Direction(b[4] & 3),
		RExp: int8(b[5]) >> 4, BExp: int8(b[5]<<4) >> 4,
	}, nil
}

// signed10 is the ten-bit two's complement number whose low byte is lo and whose high bits are bits 7:6 of hi.
func signed10(lo, hi byte) int16 { return int16(uint16(hi)<<8&0xc000|uint16(lo)<<6) >> 6 }
