package sdr

import (
	"fmt"
	"math"
)

// Limits of the conversion factors. [IPMI 2.0 §43.1, bytes 25-30]
const (
	maxFactor   = 511 // M and B are ten-bit two's complement
	minExponent = -8  // K1 and K2 are four-bit two's complement
	maxExponent = 7
)

// ConversionFor chooses a linear conversion whose raw readings cover lowest to highest, in steps that are as small and
// as round as they can be together: at most five percent of resolution are given for a digit less.
//
// Ranges from zero, or near enough, start at zero without offset. Ranges around zero are two's complement without offset
// where that costs no more than half of the resolution, as vendors do for temperatures. All others have an offset.
func ConversionFor(lowest, highest float64) (Conversion, error) {
	if math.IsNaN(lowest) || math.IsInf(lowest, 0) || math.IsNaN(highest) || math.IsInf(highest, 0) || lowest >= highest {
		return Conversion{}, fmt.Errorf("no range: %v to %v", lowest, highest)
	}
	offset, offsetStep := lowest, (highest-lowest)/255
	format, step := Unsigned, offsetStep
	switch aroundZero := max(-lowest/128, highest/127); {
	case lowest >= 0 && lowest <= highest/4:
		offset, step = 0, highest/255
	case lowest < 0 && aroundZero <= 1.5*offsetStep:
		format, offset, step = TwosComplement, 0, aroundZero
	}
	// An offset that must be rounded down leaves the top uncovered; a slightly larger step covers it.
	for range 200 {
		f, ok := factorsFor(step, offset)
		if !ok {
			break
		}
		c := Conversion{Format: format, Factors: f}
		first, last := c.domain()
		if c.Value(c.encode(first)) <= lowest && c.Value(c.encode(last)) >= highest {
			return c, nil
		}
		step *= 1.005
	}
	return Conversion{}, fmt.Errorf("no conversion factors cover %v to %v", lowest, highest)
}

// factorsFor finds M, K2, B, K1 for steps of at least step from offset or a little below it.
func factorsFor(step, offset float64) (Factors, bool) {
	m, rExp, ok := roundStep(step)
	if !ok {
		return Factors{}, false
	}
	f := Factors{M: int16(m), RExp: int8(rExp)}
	b := scale(offset, int8(-rExp))
	for bExp := minExponent; bExp <= maxExponent; bExp++ {
		n := math.Floor(scale(b, int8(-bExp)) + 1e-9)
		if n < -maxFactor || n > maxFactor {
			continue
		}
		for bExp < maxExponent && n != 0 && math.Mod(n, 10) == 0 {
			n, bExp = n/10, bExp+1
		}
		if n != 0 {
			f.B, f.BExp = int16(n), int8(bExp)
		}
		return f, true
	}
	return Factors{}, false
}

// roundStep finds the number m·10^exp, m at most 511, not below step, with one significant digit if that is at most
// five percent more than step, else with two or three.
func roundStep(step float64) (m, exp int, ok bool) {
	const tolerance = 1e-9 // of the division by 255
	magnitude := int(math.Floor(math.Log10(step)))
	for digits := 1; digits <= 3; digits++ {
		e := magnitude - (digits - 1)
		n := math.Ceil(scale(step, int8(-e)) * (1 - tolerance))
		if n > maxFactor { // three digits above 511: two must do
			n, e = math.Ceil(n/10), e+1
		}
		for n >= 10 && math.Mod(n, 10) == 0 {
			n, e = n/10, e+1
		}
		if e < minExponent { // the smallest exponent there is
			n, e = math.Ceil(scale(step, -minExponent)), minExponent
		}
		m, exp = int(n), e
		if scale(n, int8(e)) <= 1.05*step {
			break
		}
	}
	for ; exp > maxExponent && m*10 <= maxFactor; exp-- {
		m *= 10
	}
	return m, exp, exp <= maxExponent && m <= maxFactor
}
