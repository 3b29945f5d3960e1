package fru

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Encoding is the type code of a type/length byte. [FRU §13]
type Encoding uint8

// Encodings. [FRU §13]
const (
	Binary  Encoding = 0 // binary or unspecified
	BCDPlus Encoding = 1 // digits, space, dash and period, two to a byte
	SixBit  Encoding = 2 // 20h-5Fh, four to three bytes
	Text    Encoding = 3 // 8-bit ASCII + Latin 1 in English, else 2-byte Unicode, LS byte first
)

// String is the name that profiles use.
func (e Encoding) String() string {
	switch e {
	case Binary:
		return "binary"
	case BCDPlus:
		return "bcd-plus"
	case SixBit:
		return "6-bit"
	case Text:
		return "text"
	}
	return fmt.Sprintf("encoding-%d", uint8(e))
}

// Language is a language code. [FRU §15, Table 15-1]
type Language uint8

// English has two codes: 0 in images of the earliest format, 25 since. [FRU §15]
const (
	EnglishDefault Language = 0
	English        Language = 25
)

// IsEnglish reports whether Text fields hold 8-bit characters.
func (l Language) IsEnglish() bool { return l == EnglishDefault || l == English }

// Bits of a type/length byte. [FRU §13]
const (
	encodingShift = 6
	lengthMask    = 0x3f
	endOfFields   = 0xc1 // Text with one byte, which therefore cannot be
)

// MaxField is the greatest number of data bytes of a field. [FRU §13]
const MaxField = 63

// Field is one field of an info area as it is stored. The zero value is an empty field with type/length byte 00h; most
// vendors write C0h, which is Field{Encoding: Text}. [FRU §13]
type Field struct {
	Encoding Encoding
	Data     []byte
}

// Errors of the field constructors.
var (
	ErrFieldLong = errors.New("more than 63 bytes")
	ErrCharacter = errors.New("character that the encoding lacks")
)

// NewText stores s in the language's 8-bit or 16-bit characters. A single 8-bit character is followed by a space,
// since C1h, the type/length byte of one character, ends the fields. [FRU §13]
func NewText(s string, lang Language) (Field, error) {
	var data []byte
	if lang.IsEnglish() {
		for _, r := range s {
			if r > 0xff {
				return Field{}, fmt.Errorf("%q: %q: %w", s, r, ErrCharacter)
			}
			data = append(data, byte(r))
		}
		if len(data) == 1 {
			data = append(data, ' ')
		}
	} else {
		for _, u := range utf16.Encode([]rune(s)) {
			data = binary.LittleEndian.AppendUint16(data, u)
		}
	}
	return newField(s, Text, data)
}

// NewSixBit packs s, which holds characters from 20h to 5Fh only: no lower case. [FRU §13.2, §13.3]
func NewSixBit(s string) (Field, error) {
	var data []byte
	var acc, bits uint
	for _, r := range s {
		if r < 0x20 || r > 0x5f {
			return Field{}, fmt.Errorf("%q: %q: %w", s, r, ErrCharacter)
		}
		acc |= uint(r-0x20) << bits
		for bits += 6; bits >= 8; bits -= 8 {
			data = append(data, byte(acc))
			acc >>= 8
		}
	}
	if bits > 0 {
		data = append(data, byte(acc))
	}
	return newField(s, SixBit, data)
}

// bcdPlus has the character of each BCD plus digit. Dh to Fh are reserved here; ':', ',' and '_' are what the sensor
// data records of IPMI give them and what clients print. [FRU §13.1, IPMI 2.0 §43.15]
const bcdPlus = "0123456789 -.:,_"

// bcdPlusDefined is the number of digits that the FRU format defines.
const bcdPlusDefined = 13

// NewBCDPlus stores s, which holds digits, spaces, dashes and periods only, first character in the high nibble. An odd
// number of characters is followed by a space. [FRU §13, §13.1]
//
// Clients: ipmitool 1.8.19 reads two digits from a byte. FreeIPMI 1.6.10 takes each byte for one digit and reports an
// invalid encoding when the high nibble is not 0.
func NewBCDPlus(s string) (Field, error) {
	if len(s)%2 == 1 {
		s += " "
	}
	data := make([]byte, 0, len(s)/2)
	for i, r := range s {
		digit := strings.IndexRune(bcdPlus[:bcdPlusDefined], r)
		if digit < 0 {
			return Field{}, fmt.Errorf("%q: %q: %w", s, r, ErrCharacter)
		}
		if i%2 == 0 {
			data = append(data, byte(digit)<<4)
		} else {
			data[len(data)-1] |= byte(digit)
		}
	}
	return newField(s, BCDPlus, data)
}

// NewBinary stores a copy of b.
func NewBinary(b []byte) (Field, error) {
	return newField(hex.EncodeToString(b), Binary, append([]byte(nil), b...))
}

func newField(what string, e Encoding, data []byte) (Field, error) {
	if len(data) > MaxField {
		return Field{}, fmt.Errorf("%q: %d bytes: %w", what, len(data), ErrFieldLong)
	}
	return Field{Encoding: e, Data: data}, nil
}

// Text is the field as text: of Binary the hexadecimal digits, of Text the characters in the area's language. Serial
// numbers, the chassis area and the board's FRU file ID are always English. [FRU §10-§13]
func (f Field) Text(lang Language) string {
	switch f.Encoding {
	case BCDPlus:
		var s strings.Builder
		for _, c := range f.Data {
			s.WriteByte(bcdPlus[c>>4])
			s.WriteByte(bcdPlus[c&0x0f])
		}
		return s.String()
	case SixBit:
		return unpackSixBit(f.Data)
	case Text:
		if lang.IsEnglish() {
			return latin1(f.Data)
		}
		units := make([]uint16, len(f.Data)/2)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(f.Data[2*i:])
		}
		return string(utf16.Decode(units))
	}
	return hex.EncodeToString(f.Data)
}

// unpackSixBit gives all characters that fit whole into b.
func unpackSixBit(b []byte) string {
	var s strings.Builder
	var acc, bits uint
	for _, c := range b {
		acc |= uint(c) << bits
		for bits += 8; bits >= 6; bits -= 6 {
			s.WriteByte(byte(acc&0x3f) + 0x20)
			acc >>= 6
		}
	}
	return s.String()
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// appendTo appends the type/length byte and the data, or says why no type/length byte can describe them.
func (f Field) appendTo(b []byte) ([]byte, error) {
	switch {
	case len(f.Data) > MaxField:
		return b, ErrFieldLong
	case f.Encoding > Text:
		return b, fmt.Errorf("unknown encoding %d", f.Encoding)
	case f.Encoding == Text && len(f.Data) == 1:
		return b, errors.New("one byte of text, whose type/length byte C1h ends the fields")
	}
	b = append(b, byte(f.Encoding)<<encodingShift|byte(len(f.Data)))
	return append(b, f.Data...), nil
}
