package profiles

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The scalars of profiles that are more than a number, a word or a text. Each reads and writes itself; an error says
// what was expected and leaves out what was there, because that may be a key.

// HexBytes is a string of bytes in hexadecimal, "a1 b2" or "a1b2".
type HexBytes []byte

var errHexBytes = errors.New(`expected bytes in hexadecimal, like "a1 b2"`)

// UnmarshalText reads pairs of hexadecimal digits, with or without spaces between them.
func (h *HexBytes) UnmarshalText(text []byte) error {
	var out []byte
	for pairs := range strings.FieldsSeq(string(text)) {
		b, err := hex.DecodeString(pairs)
		if err != nil {
			return errHexBytes
		}
		out = append(out, b...)
	}
	*h = out
	return nil
}

// MarshalText writes pairs with spaces between them.
func (h HexBytes) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "% x", []byte(h)), nil }

// Duration is a time span with a unit, "1500ms" or "60s".
type Duration time.Duration

// Std is the span as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// UnmarshalText reads a span that is not negative.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || string(text) == "0" {
		return errors.New(`expected a duration with its unit, like "1500ms", "60s" or "5m"`)
	}
	if v < 0 {
		return errors.New("expected a duration, not a negative one")
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes the span with its unit.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is the span with its unit, "1m30s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// GUID is 16 bytes in the order of the wire.
type GUID [16]byte

// UnmarshalText reads 32 hexadecimal digits. Hyphens are refused: where they stand, half of the world's tools expect
// the byte order of SMBIOS, and the others that of RFC 4122 or of IPMI.
func (g *GUID) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), "-") {
		return errors.New("expected 16 bytes in hexadecimal without hyphens, in the order in which they are sent")
	}
	var b HexBytes
	if err := b.UnmarshalText(text); err != nil || len(b) != len(g) {
		return errors.New("expected 16 bytes in hexadecimal, in the order in which they are sent")
	}
	*g = GUID(b)
	return nil
}

// MarshalText writes 32 digits.
func (g GUID) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// String is 32 hexadecimal digits in the order of the wire.
func (g GUID) String() string { return hex.EncodeToString(g[:]) }

// Firmware is a firmware revision: the major number and the minor number in BCD. [IPMI 2.0 §20.1]
type Firmware struct {
	Major uint8 // 0-127
	Minor uint8 // two BCD digits
}

// UnmarshalText reads "6.92". The minor number has two digits, because "6.9" may mean 6.09 or 6.90.
func (f *Firmware) UnmarshalText(text []byte) error {
	expected := errors.New(`expected a firmware revision 0.00 to 127.99, with two digits after the dot, like "6.92"`)
	major, minor, _ := strings.Cut(string(text), ".")
	a, err := strconv.ParseUint(major, 10, 7)
	if err != nil || len(minor) != 2 || strings.Trim(minor, "0123456789") != "" {
		return expected
	}
	*f = Firmware{Major: uint8(a), Minor: (minor[0]-'0')<<4 | (minor[1] - '0')}
	return nil
}

// MarshalText writes "6.92".
func (f Firmware) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// String is "6.92".
func (f Firmware) String() string { return fmt.Sprintf("%d.%02x", f.Major, f.Minor) }

// Version is an IPMI version in BCD with the digits swapped: 02h is 2.0, 51h is 1.5. [IPMI 2.0 §20.1]
type Version uint8

// IPMI versions.
const (
	IPMI15 Version = 0x51
	IPMI20 Version = 0x02
)

// UnmarshalText reads "2.0" or "1.5".
func (v *Version) UnmarshalText(text []byte) error {
	switch string(text) {
	case "2.0":
		*v = IPMI20
	case "1.5":
		*v = IPMI15
	default:
		return errors.New(`expected "2.0" or "1.5"`)
	}
	return nil
}

// MarshalText writes "2.0" or "1.5".
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// String is "2.0" or "1.5".
func (v Version) String() string { return fmt.Sprintf("%x.%x", uint8(v)&0x0f, uint8(v)>>4) }
