package sdr

import (
	"errors"
	"math"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

func TestFactors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		hex  string
		want Factors
	}{
		{"§43.1 all fields", "ff 7f 00 bf ff 6a", Factors{M: 511, Tolerance: 63, B: -512, Accuracy: 1023, AccuracyExp: 3, Direction: 3, RExp: 6, BExp: -6}},
		{"§43.1 negative M", "fe c0 01 00 00 d3", Factors{M: -2, B: 1, RExp: -3, BExp: 3}},
		{"captured fan", "35 00 00 00 00 00", Factors{M: 53}},
		{"captured MTT", "05 00 00 00 00 f0", Factors{M: 5, RExp: -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := unhex(t, tt.hex)
			if got, err := ParseFactors(b); err != nil || got != tt.want {
				t.Errorf("%v, got %+v, want %+v", err, got, tt.want)
			}
			if got := tt.want.AppendTo(nil); string(got) != string(b) {
				t.Errorf("got % x, want % x", got, b)
			}
		})
	}
	if _, err := ParseFactors(make([]byte, 5)); !errors.Is(err, ipmb.LengthInvalid) {
		t.Errorf("five bytes: %v", err)
	}
}

// TestValueOfCapturedSensors has raw readings beside what ipmitool printed for them on the machines.
func TestValueOfCapturedSensors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		c    Conversion
		raw  uint8
		want float64
	}{
		{"Intel System Airflow", Conversion{Factors: Factors{M: 2}}, 0x1d, 58},
		{"Intel Front Panel Temp", Conversion{Format: TwosComplement, Factors: Factors{M: 1, B: -8}}, 0x22, 26},
		{"Intel BB P1 VR Temp", Conversion{Format: TwosComplement, Factors: Factors{M: 1}}, 0x20, 32},
		{"Intel P1 Therm Margin", Conversion{Format: TwosComplement, Factors: Factors{M: 1}}, 0xba, -70},
		{"§36.3 offset with exponents", Conversion{Factors: Factors{M: 10, RExp: -2, B: 5, BExp: 2}}, 3, 5.3},
		{"§36.3 one's complement", Conversion{Format: OnesComplement, Factors: Factors{M: 2}}, 0xfd, -4},
		{"§36.3 one's complement, lowest", Conversion{Format: OnesComplement, Factors: Factors{M: 1}}, 0x80, -127},
		{"§36.5.1 fan period as RPM", Conversion{Linearization: LinearizeInverse, Factors: Factors{M: 167, RExp: -7}}, 10, 1 / 167e-6},
		{"§36.3 division, not multiplication", Conversion{Factors: Factors{M: 11, RExp: -2}}, 30, 3.3},
		{"§36.2 non-linear: no function", Conversion{Linearization: NonLinear, Factors: Factors{M: 3}}, 2, 6},
	} {
		if got := tt.c.Value(tt.raw); !near(got, tt.want) {
			t.Errorf("%s: raw %02x is %v, want %v", tt.name, tt.raw, got, tt.want)
		}
	}
	if Linearization(0x6f).IsNonLinear() || !NonLinear.IsNonLinear() || Linearization(0x40).String() != "reserved-40" {
		t.Error("§43.1 byte 24: 70h is the first non-linear code")
	}
	if got := (Conversion{Factors: Factors{M: 11, RExp: -2}}).Value(30); got != 3.3 {
		t.Errorf("§36.3: 330 hundredths are %v", got)
	}
}

func TestLinearization(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		l    Linearization
		want float64 // of 4
	}{
		{Linear, 4}, {LinearizeLn, math.Log(4)}, {LinearizeLog10, 0.6020599913279624}, {LinearizeLog2, 2},
		{LinearizeExp, math.Exp(4)}, {LinearizeExp10, 1e4}, {LinearizeExp2, 16}, {LinearizeInverse, 0.25}, {LinearizeSquare, 16},
		{LinearizeCube, 64}, {LinearizeSqrt, 2}, {LinearizeCbrt, 1.5874010519681994}, {0x33, 4},
	} {
		c := Conversion{Linearization: tt.l, Factors: Factors{M: 1}}
		if got := c.Value(4); !near(got, tt.want) {
			t.Errorf("§43.1 byte 24: %s of 4 is %v, want %v", tt.l, got, tt.want)
		}
		if raw, err := c.Raw(tt.want); raw != 4 || err != nil {
			t.Errorf("§43.1 byte 24: raw of %s is %d, %v", tt.l, raw, err)
		}
	}
}

func TestRawIsInverseOfValue(t *testing.T) {
	t.Parallel()
	for _, format := range []AnalogFormat{Unsigned, OnesComplement, TwosComplement} {
		for _, l := range []Linearization{Linear, LinearizeLn, LinearizeExp2, LinearizeInverse, LinearizeSquare, LinearizeCube, LinearizeCbrt, NonLinear} {
			c := Conversion{Format: format, Linearization: l, Factors: Factors{M: -7, B: 3, BExp: 1, RExp: -1}}
			for raw := range 256 {
				v := c.Value(uint8(raw))
				if math.IsNaN(v) || math.IsInf(v, 0) {
					continue
				}
				back, err := c.Raw(v)
				if err != nil || c.Value(back) != v {
					t.Fatalf("format %d, %s: %02x is %v, back %02x, %v", format, l, raw, v, back, err)
				}
			}
		}
	}
}

func TestRawAtTheEnds(t *testing.T) {
	t.Parallel()
	linear := Conversion{Factors: Factors{M: 2}}
	signed := Conversion{Format: TwosComplement, Factors: Factors{M: 1}}
	inverse := Conversion{Linearization: LinearizeInverse, Factors: Factors{M: 1}}
	for _, tt := range []struct {
		name string
		c    Conversion
		v    float64
		want uint8
		err  error
	}{
		{"rounds", linear, 20.9, 10, nil},
		{"half a step above", linear, 511, 255, nil},
		{"above", linear, 512, 255, ErrOutOfRange},
		{"half a step below", linear, -1, 0, nil},
		{"below", linear, -1.1, 0, ErrOutOfRange},
		{"infinite", linear, math.Inf(1), 255, ErrOutOfRange},
		{"NaN", linear, math.NaN(), 0, ErrOutOfRange},
		{"negative", signed, -128, 0x80, nil},
		{"below the lowest", signed, -200, 0x80, ErrOutOfRange},
		{"1/x above its greatest", inverse, 9, 1, ErrOutOfRange},
		{"1/x half a step below its least", inverse, 0.003918, 255, nil},
		{"1/x below its least", inverse, 0.0039, 255, ErrOutOfRange},
		{"no analog reading", Conversion{Format: NoReading, Factors: Factors{M: 1}}, 1, 0, ErrOutOfRange},
		{"one's complement zero", Conversion{Format: OnesComplement, Factors: Factors{M: 1}}, 0, 0, nil},
		{"M is 0", Conversion{Factors: Factors{B: 5}}, 5, 0, nil},
		{"M is 0, other value", Conversion{Factors: Factors{B: 5}}, 6, 0, ErrOutOfRange},
	} {
		t.Run("§36.3 "+tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := tt.c.Raw(tt.v); got != tt.want || err != tt.err {
				t.Errorf("got %d, %v, want %d, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestSpanToleranceAccuracy(t *testing.T) {
	t.Parallel()
	c := Conversion{Factors: Factors{M: -5, RExp: -1, B: 100, Tolerance: 3, Accuracy: 250, AccuracyExp: 1}}
	if got := c.Span(4); !near(got, 2) {
		t.Errorf("§36.4.1 span of 4 counts: %v", got)
	}
	if got := c.Counts(2.2); got != 4 {
		t.Errorf("§36.4.1 counts of 2.2: %d", got)
	}
	if got := c.Counts(1e9); got != 255 {
		t.Errorf("counts of a huge span: %d", got)
	}
	if got := c.Tolerance(); !near(got, 0.75) {
		t.Errorf("§36.4.1 tolerance: %v", got)
	}
	if got := c.Resolution(); !near(got, 0.5) {
		t.Errorf("§36.4.2 resolution: %v", got)
	}
	if got := c.Factors.AccuracyPercent(); !near(got, 25) {
		t.Errorf("§43.1 byte 29 accuracy: %v%%", got)
	}
	if got := (Conversion{}).Counts(1); got != 0 {
		t.Errorf("counts without M: %d", got)
	}
}

func TestConversionFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name            string
		lowest, highest float64
		want            Conversion
	}{
		{"bytes as they are", 0, 255, Conversion{Factors: Factors{M: 1}}},
		{"percent", 0, 100, Conversion{Factors: Factors{M: 4, RExp: -1}}},
		{"temperature", -128, 127, Conversion{Format: TwosComplement, Factors: Factors{M: 1}}},
		{"temperature, colder half", -40, 125, Conversion{Factors: Factors{M: 65, RExp: -2, B: -4, BExp: 3}}},
		{"fan", 0, 14000, Conversion{Factors: Factors{M: 55}}},
		{"voltage", 0, 3.6, Conversion{Factors: Factors{M: 142, RExp: -4}}},
		{"voltage near its nominal", 10.8, 13.2, Conversion{Factors: Factors{M: 95, RExp: -4, B: 108, BExp: 3}}},
		{"power", 0, 1600, Conversion{Factors: Factors{M: 63, RExp: -1}}},
		{"small", 0, 1e-6, Conversion{Factors: Factors{M: 1, RExp: -8}}},
		{"large", 0, 5e11, Conversion{Factors: Factors{M: 200, RExp: 7}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ConversionFor(tt.lowest, tt.highest)
			if err != nil || got != tt.want {
				t.Errorf("%v, got %+v, want %+v", err, got, tt.want)
			}
		})
	}
	for _, bad := range [][2]float64{{1, 1}, {2, 1}, {math.NaN(), 1}, {0, math.Inf(1)}, {0, 1e13}, {5e9, 5e9 + 1}} {
		if c, err := ConversionFor(bad[0], bad[1]); err == nil {
			t.Errorf("%v: %+v", bad, c)
		}
	}
}

func FuzzConversionFor(f *testing.F) {
	f.Add(-40.0, 125.0)
	f.Add(0.0, 1e-3)
	f.Add(11.4, 12.6)
	f.Fuzz(func(t *testing.T, lowest, highest float64) {
		c, err := ConversionFor(lowest, highest)
		if err != nil {
			return
		}
		if parsed, err := ParseFactors(c.Factors.AppendTo(nil)); err != nil || parsed != c.Factors {
			t.Fatalf("%v to %v: %+v do not fit their bits: %+v", lowest, highest, c.Factors, parsed)
		}
		for _, v := range []float64{lowest, highest, (lowest + highest) / 2} {
			raw, err := c.Raw(v)
			if err != nil {
				t.Fatalf("%v to %v: %+v: raw of %v: %v", lowest, highest, c, v, err)
			}
			if d := math.Abs(c.Value(raw) - v); d > c.Resolution()*0.5001 {
				t.Fatalf("%v to %v: %+v: %v is %v away from its raw reading", lowest, highest, c, v, d)
			}
		}
	})
}
