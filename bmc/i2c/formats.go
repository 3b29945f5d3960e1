package i2c

import "math"

// PEC is the packet error code of SMBus: CRC-8 with polynomial x⁸+x²+x+1, over every byte of a transaction, address
// bytes included. [SMBus §5.4] Start with crc 0 and feed the bytes in their order on the wire.
func PEC(crc byte, p ...byte) byte {
	for _, b := range p {
		crc ^= b
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x07
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// Linear11 encodes a number as an 11-bit mantissa and a 5-bit exponent, both two's complement, with the finest exponent
// that holds it; numbers beyond the range are brought to its end. [PMBus §7.1]
func Linear11(x float64) uint16 {
	for n := -16; n <= 15; n++ {
		y := math.Round(math.Ldexp(x, -n))
		if y == 0 {
			return 0
		}
		if y >= -1024 && y <= 1023 {
			return uint16(n&0x1f)<<11 | uint16(int(y)&0x7ff)
		}
	}
	if x < 0 {
		return 15<<11 | 0x400
	}
	return 15<<11 | 0x3ff
}

// ParseLinear11 decodes what Linear11 encodes. [PMBus §7.1]
func ParseLinear11(w uint16) float64 {
	y := int16(w<<5) >> 5
	n := int16(w) >> 11
	return math.Ldexp(float64(y), int(n))
}

// Linear16 encodes an output voltage as an unsigned mantissa; the exponent is that of VOUT_MODE. [PMBus §8.3.1]
func Linear16(x float64, exponent int) uint16 {
	return uint16(clampRound(math.Ldexp(x, -exponent), 0, 0xffff))
}

// ParseLinear16 decodes what Linear16 encodes. [PMBus §8.3.1]
func ParseLinear16(w uint16, exponent int) float64 { return math.Ldexp(float64(w), exponent) }

// Coefficients are those of the DIRECT format, Y = (mX + b)·10^R. [PMBus §7.2]
type Coefficients struct {
	M, B int16
	R    int8
}

// Encode gives the word for a number; beyond 16 bits it gives the nearest end. [PMBus §7.2.2]
func (c Coefficients) Encode(x float64) uint16 {
	y := (float64(c.M)*x + float64(c.B)) * math.Pow10(int(c.R))
	return uint16(int16(clampRound(y, math.MinInt16, math.MaxInt16)))
}

// Decode gives the number of a word; M must not be 0. [PMBus §7.2.1]
func (c Coefficients) Decode(w uint16) float64 {
	return (float64(int16(w))*math.Pow10(-int(c.R)) - float64(c.B)) / float64(c.M)
}
