package i2c

import (
	"math"
	"testing"
)

// TestPEC uses the check value of the CRC catalogue (CRC-8/SMBUS) and the transactions printed in [Melexis MLX90614
// §8.4.3.1]: read word of 07h from 5Ah, write word of C807h to 22h.
func TestPEC(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   []byte
		want byte
	}{
		{[]byte("123456789"), 0xf4},
		{[]byte{0xb4, 0x07, 0xb5, 0xd2, 0x3a}, 0x30},
		{[]byte{0xb4, 0x22, 0x07, 0xc8}, 0x48},
		{[]byte{0x00, 0x2e, 0x00, 0x00}, 0x6f}, // Melexis application note 390119061402: erase of 0Eh
		{nil, 0},
	} {
		if got := PEC(0, tt.in...); got != tt.want {
			t.Errorf("PEC(% x) = %02x, want %02x", tt.in, got, tt.want)
		}
	}
}

// TestLinear holds the examples of the LTC2978 and LTC3880 datasheets ("Data Formats").
func TestLinear(t *testing.T) {
	t.Parallel()
	for w, want := range map[uint16]float64{0xd280: 10, 0x9807: 7.0 / 8192, 0x0000: 0, 0x07ff: -1, 0x7bff: 1023 * 32768, 0x7c00: -1024 * 32768} {
		if got := ParseLinear11(w); got != want {
			t.Errorf("%04x is %v, want %v", w, got, want)
		}
	}
	for x, want := range map[float64]uint16{10: 0xd280, 0: 0, -1: 0xb400, 1e9: 0x7bff, -1e9: 0x7c00, 1e-9: 0} {
		if got := Linear11(x); got != want {
			t.Errorf("%v is %04x, want %04x", x, got, want)
		}
	}
	for w := range 1 << 16 {
		x := ParseLinear11(uint16(w))
		if got := ParseLinear11(Linear11(x)); got != x {
			t.Fatalf("%04x is %v, encoded again %v", w, x, got)
		}
	}
	if got := ParseLinear16(0x9800, -13); got != 4.75 {
		t.Errorf("LTC2978: 9800h is %v", got)
	}
	if got := ParseLinear16(0x4c00, -12); got != 4.75 {
		t.Errorf("LTC3880: 4C00h is %v", got)
	}
	if Linear16(4.75, -13) != 0x9800 || Linear16(-1, -9) != 0 || Linear16(1e9, -9) != 0xffff {
		t.Error("Linear16")
	}
}

// TestDirect holds the examples of the MAX34440 (VOUT_MARGIN_HIGH of 3465 mV) and ADM1276 (PIN_OP_WARN_LIMIT of 350 W)
// datasheets.
func TestDirect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c Coefficients
		x float64
		w uint16
	}{
		{Coefficients{M: 1}, 3465, 0x0d89},
		{Coefficients{M: 6043, R: -2}, 350, 21151},
		{Coefficients{M: 807, B: 20475, R: -1}, 0, 2048},
		{Coefficients{M: 1, R: 2}, -25.5, 0xf60a},
		{Coefficients{M: 1}, 1e9, 0x7fff},
		{Coefficients{M: 1}, -1e9, 0x8000},
	} {
		if got := tt.c.Encode(tt.x); got != tt.w {
			t.Errorf("%+v: %v is %d, want %d", tt.c, tt.x, got, tt.w)
		}
		if lsb := math.Abs(tt.c.Decode(1) - tt.c.Decode(0)); math.Abs(tt.x) < 1e6 && math.Abs(tt.c.Decode(tt.w)-tt.x) > lsb {
			t.Errorf("%+v: %d is %v, want %v", tt.c, tt.w, tt.c.Decode(tt.w), tt.x)
		}
	}
}
