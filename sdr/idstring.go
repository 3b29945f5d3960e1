package sdr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/fakebmc/fakebmc/ipmb"
)

// StringType is the encoding of an ID string. The codes are not those of FRU fields: 0 is Unicode here.
// [IPMI 2.0 §43.15]
type StringType uint8

// ID string encodings. [IPMI 2.0 §43.15]
const (
	Unicode StringType = 0
	BCDPlus StringType = 1
	SixBit  StringType = 2
	Latin1  StringType = 3 // 8-bit ASCII + Latin 1, at least two characters
)

const (
	stringTypeShift = 6
	stringCountMask = 0x1f
)

// MaxIDString is the greatest length of an ID string, in bytes. [IPMI 2.0 §43.1]
const MaxIDString = 16

// ErrIDString says that a name cannot be an ID string.
var ErrIDString = errors.New("not an ID string")

// IDString is the name of a sensor or device as it is stored. [IPMI 2.0 §43.15]
//
// The specification counts the characters of an ID string, the FRU format and all known clients its data bytes. Both are
// read; NewIDString writes 8-bit characters, where they are the same.
type IDString struct {
	Type  StringType
	Count uint8 // as stored in bits 4:0
	Data  []byte
}

// NewIDString stores s in 8-bit characters, at most 16. A single character is followed by a space, since a length of
// one is reserved. [IPMI 2.0 §43.15]
func NewIDString(s string) (IDString, error) {
	id := IDString{Type: Latin1}
	for _, r := range s {
		if r > 0xff {
			return IDString{}, fmt.Errorf("%q: %q is not in Latin 1: %w", s, r, ErrIDString)
		}
		id.Data = append(id.Data, byte(r))
	}
	if len(id.Data) == 1 {
		id.Data = append(id.Data, ' ')
	}
	if len(id.Data) > MaxIDString {
		return IDString{}, fmt.Errorf("%q: more than %d characters: %w", s, MaxIDString, ErrIDString)
	}
	id.Count = uint8(len(id.Data))
	return id, nil
}

// String is the ID string as text. It ends at the first NUL, which some vendors fill with.
func (id IDString) String() string {
	var s string
	switch id.Type {
	case Unicode:
		units := make([]uint16, len(id.Data)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(id.Data[2*i:])
		}
		s = string(utf16.Decode(units))
	case BCDPlus:
		s = unpackBCDPlus(id.Data)
	case SixBit:
		s = unpackSixBit(id.Data)
	default:
		r := make([]rune, len(id.Data))
		for i, c := range id.Data {
			r[i] = rune(c)
		}
		s = string(r)
	}
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

func unpackBCDPlus(b []byte) string {
	const digits = "0123456789 -.:,_"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&0x0f])
	}
	return s.String()
}

// unpackSixBit gives all characters that fit whole into b, the first in the low bits of the first byte.
// [IPMI 2.0 §43.16]
func unpackSixBit(b []byte) string {
	var s strings.Builder
	var acc, bits uint
	for _, c := range b {
		acc |= uint(c) << bits
		for bits += 8; bits >= 6; bits -= 6 {
			s.WriteByte(byte(acc&0x3f) + ' ')
			acc >>= 6
		}
	}
	return s.String()
}

func (id IDString) appendTo(b []byte) []byte {
	b = append(b, byte(id.Type)<<stringTypeShift|id.Count&stringCountMask)
	return append(b, id.Data...)
}

// parseIDString reads the type/length byte at the start of b and the string behind it. Bytes behind the string are
// ignored: some vendors send the whole 16 bytes.
func parseIDString(b []byte) (IDString, error) {
	if len(b) == 0 {
		return IDString{}, ipmb.ErrLength
	}
	id := IDString{Type: StringType(b[0] >> stringTypeShift), Count: b[0] & stringCountMask}
	b = b[1:]
	n := int(id.Count)
	if packed := id.packedLen(); packed == len(b) {
		n = packed
	}
	if n > len(b) {
		return IDString{}, ipmb.ErrLength
	}
	if n > 0 {
		id.Data = append([]byte(nil), b[:n]...)
	}
	return id, nil
}

// packedLen is the number of data bytes when Count counts characters.
func (id IDString) packedLen() int {
	n := int(id.Count)
	switch id.Type {
	case Unicode:
		return 2 * n
	case BCDPlus:
		return (n + 1) / 2
	case SixBit:
		return (n*6 + 7) / 8
	}
	return n
}
