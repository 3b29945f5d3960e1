package sdr

import (
	"errors"
	"fmt"
	"math"
)

// Linearization is the function that makes a linearized sensor's reading linear. [IPMI 2.0 §43.1, byte 24]
type Linearization uint8

// Linearization functions. 70h is non-linear, 71h-7Fh non-linear and OEM defined: such sensors tell their factors for
// each reading, and no function is applied. [IPMI 2.0 §36.2, §43.1]
const (
	Linear            Linearization = 0x00
	LinearizeLn       Linearization = 0x01
	LinearizeLog10    Linearization = 0x02
	LinearizeLog2     Linearization = 0x03
	LinearizeExp      Linearization = 0x04 // e^x
	LinearizeExp10    Linearization = 0x05 // 10^x
	LinearizeExp2     Linearization = 0x06 // 2^x
	LinearizeInverse  Linearization = 0x07 // 1/x
	LinearizeSquare   Linearization = 0x08
	LinearizeCube     Linearization = 0x09
	LinearizeSqrt     Linearization = 0x0a
	LinearizeCbrt     Linearization = 0x0b
	NonLinear         Linearization = 0x70
	linearizationMask               = 0x7f
)

// String is the function as the specification writes it.
func (l Linearization) String() string {
	names := [...]string{"linear", "ln", "log10", "log2", "e^x", "10^x", "2^x", "1/x", "x^2", "x^3", "sqrt", "cube-root"}
	switch {
	case int(l) < len(names):
		return names[l]
	case l >= NonLinear && l <= linearizationMask:
		return "non-linear"
	}
	return fmt.Sprintf("reserved-%02X", uint8(l))
}

// IsNonLinear reports whether the factors are valid for the nominal reading only. [IPMI 2.0 §36.2]
func (l Linearization) IsNonLinear() bool { return l >= NonLinear }

// apply is L[x]. Reserved codes do nothing.
func (l Linearization) apply(x float64) float64 {
	switch l {
	case LinearizeLn:
		return math.Log(x)
	case LinearizeLog10:
		return math.Log10(x)
	case LinearizeLog2:
		return math.Log2(x)
	case LinearizeExp:
		return math.Exp(x)
	case LinearizeExp10:
		return math.Pow(10, x)
	case LinearizeExp2:
		return math.Exp2(x)
	case LinearizeInverse:
		return 1 / x
	case LinearizeSquare:
		return x * x
	case LinearizeCube:
		return x * x * x
	case LinearizeSqrt:
		return math.Sqrt(x)
	case LinearizeCbrt:
		return math.Cbrt(x)
	}
	return x
}

// Conversion turns raw readings into units and back. [IPMI 2.0 §36.3]
type Conversion struct {
	Format        AnalogFormat
	Linearization Linearization
	Factors       Factors
}

// ErrOutOfRange says that a value lies outside what a raw reading can express.
var ErrOutOfRange = errors.New("value outside the range of raw readings")

// Value converts a raw reading to units: L[(M·x + B·10^K1)·10^K2]. The result is not finite where the linearization has
// no value, such as 1/x at 0. [IPMI 2.0 §36.3]
func (c Conversion) Value(raw uint8) float64 {
	f := c.Factors
	x := float64(c.decode(raw))
	return c.Linearization.apply(scale(float64(f.M)*x+scale(float64(f.B), f.BExp), f.RExp))
}

// Raw finds the raw reading whose value is nearest to v. Beyond the ends it is the reading at the end, and the error is
// ErrOutOfRange unless v is within half a step of it. NaN, and conversions without analog reading, have no raw reading.
func (c Conversion) Raw(v float64) (uint8, error) {
	if math.IsNaN(v) || c.Format == NoReading {
		return 0, ErrOutOfRange
	}
	first, last := c.domain()
	best := c.nearest(v, first, last)
	distance := math.Abs(c.Value(c.encode(best)) - v)
	if !(distance <= c.halfStep(best, first, last)*(1+1e-9)) {
		return c.encode(best), ErrOutOfRange
	}
	return c.encode(best), nil
}

// nearest finds the number from first to last whose value is nearest to v, or 0 when none has a value.
func (c Conversion) nearest(v float64, first, last int) int {
	f := c.Factors
	if f.M == 0 {
		return 0
	}
	if c.Linearization == Linear || c.Linearization.IsNonLinear() {
		x := math.Round((scale(v, -f.RExp) - scale(float64(f.B), f.BExp)) / float64(f.M))
		return int(min(max(x, float64(first)), float64(last)))
	}
	// The functions are not all monotonic, nor defined everywhere: try all readings.
	best, distance := 0, math.Inf(1)
	for x := first; x <= last; x++ {
		y := c.Value(c.encode(x))
		if d := math.Abs(y - v); !math.IsInf(y, 0) && d < distance {
			best, distance = x, d
		}
	}
	return best
}

// halfStep is half the distance from x to the farther of its neighbours.
func (c Conversion) halfStep(x, first, last int) float64 {
	y, step := c.Value(c.encode(x)), 0.0
	for _, neighbour := range []int{x - 1, x + 1} {
		if neighbour < first || neighbour > last {
			continue
		}
		if d := math.Abs(c.Value(c.encode(neighbour)) - y); d > step && !math.IsInf(d, 0) {
			step = d
		}
	}
	return step / 2
}

// Span converts a number of raw counts that is a difference, such as a hysteresis, to units, without the offset and the
// linearization. [IPMI 2.0 §36.4.1]
func (c Conversion) Span(counts float64) float64 {
	return math.Abs(scale(float64(c.Factors.M)*counts, c.Factors.RExp))
}

// Counts is the number of raw counts, at most 255, whose Span is nearest to span.
func (c Conversion) Counts(span float64) uint8 {
	one := c.Span(1)
	if one == 0 || math.IsNaN(span) {
		return 0
	}
	return uint8(min(math.Round(math.Abs(span)/one), 255))
}

// Tolerance is ± in units: L[M·t/2·10^K2], where t counts half raw counts. [IPMI 2.0 §36.4.1]
func (c Conversion) Tolerance() float64 {
	t := scale(float64(c.Factors.M)*float64(c.Factors.Tolerance)/2, c.Factors.RExp)
	return math.Abs(c.Linearization.apply(t))
}

// Resolution is the distance between neighbouring readings of a linear sensor. [IPMI 2.0 §36.4.2]
func (c Conversion) Resolution() float64 { return c.Span(1) }

// AccuracyPercent is ± in percent of the reading: hundredths of a percent times 10^exponent. [IPMI 2.0 §43.1, byte 29]
func (f Factors) AccuracyPercent() float64 {
	return scale(float64(f.Accuracy), int8(f.AccuracyExp)) / 100
}

// decode is the number that a raw reading stands for.
func (c Conversion) decode(raw uint8) int {
	switch {
	case c.Format == TwosComplement:
		return int(int8(raw))
	case c.Format == OnesComplement && raw >= 0x80:
		return -int(^raw)
	}
	return int(raw)
}

// encode is the raw reading that stands for x. One's complement zero is 00h.
func (c Conversion) encode(x int) uint8 {
	if c.Format == OnesComplement && x < 0 {
		return ^uint8(-x)
	}
	return uint8(x)
}

// domain is the range of numbers that raw readings stand for.
func (c Conversion) domain() (first, last int) {
	switch c.Format {
	case TwosComplement:
		return -128, 127
	case OnesComplement:
		return -127, 127
	}
	return 0, 255
}

// scale is v·10^exp. Division by a power of ten is exact where multiplication by its inverse is not: 330·10^-2 is 3.3.
func scale(v float64, exp int8) float64 {
	if exp < 0 {
		return v / math.Pow10(-int(exp))
	}
	return v * math.Pow10(int(exp))
}
