package fru

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestFieldEncodings(t *testing.T) {
	t.Parallel()
	german := func(s string) (Field, error) { return NewText(s, 22) }
	english := func(s string) (Field, error) { return NewText(s, English) }
	for _, tt := range []struct {
		name   string
		encode func(string) (Field, error)
		in     string
		lang   Language
		want   string // type/length byte and data
		out    string // "" where it is in
	}{
		{"§13.3 packed 6-bit example", NewSixBit, "IPMI", English, "83 29 dc a6", ""},
		{"§13.2 6-bit ends of the table", NewSixBit, " _", English, "82 c0 0f", ""},
		{"captured Dell manufacturer", NewSixBit, "DELL", English, "83 64 c9 b2", ""},
		{"§13.2 6-bit overrides the language", NewSixBit, "A", 22, "81 21", ""},
		{"§13.1 BCD plus", NewBCDPlus, "12-34.5 ", English, "44 12 b3 4c 5a", ""},
		{"§13.1 BCD plus, odd", NewBCDPlus, "123", English, "42 12 3a", "123 "},
		{"captured Dell file ID", NewBCDPlus, "05", English, "41 05", ""},
		{"§13 Latin 1", english, "Büro", English, "c4 42 fc 72 6f", ""},
		{"§13 one character", english, "A", English, "c2 41 20", "A "},
		{"§13 empty", english, "", English, "c0", ""},
		{"§13 Unicode, LS byte first", german, "Zoë€", 22, "c8 5a 00 6f 00 eb 00 ac 20", ""},
		{"§13 Unicode surrogates", german, "😀", 22, "c4 3d d8 00 de", ""},
		{"§15 language 0 is English", func(s string) (Field, error) { return NewText(s, EnglishDefault) }, "ab", 0, "c2 61 62", ""},
		{"§13 binary", func(string) (Field, error) { return NewBinary([]byte{0xca, 0xfe}) }, "cafe", 0, "02 ca fe", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := tt.encode(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.appendTo(nil)
			if want := unhex(t, tt.want); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v, got % x, want % x", err, got, want)
			}
			out := tt.out
			if out == "" {
				out = tt.in
			}
			if s := f.Text(tt.lang); s != out {
				t.Errorf("text %q, want %q", s, out)
			}
		})
	}
}

func TestFieldRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		encode func(string) (Field, error)
		in     string
		want   error
	}{
		{"§13.2 lower case", NewSixBit, "Dell", ErrCharacter},
		{"§13.1 letter", NewBCDPlus, "1A", ErrCharacter},
		{"§13.1 reserved digit", NewBCDPlus, "1:", ErrCharacter},
		{"§13 beyond Latin 1", func(s string) (Field, error) { return NewText(s, 0) }, "€5", ErrCharacter},
		{"§13 64 bytes", func(s string) (Field, error) { return NewText(s, 0) }, strings.Repeat("x", 64), ErrFieldLong},
		{"§13 32 characters of Unicode", func(s string) (Field, error) { return NewText(s, 22) }, strings.Repeat("x", 32), ErrFieldLong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := tt.encode(tt.in); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestBCDPlusOfRealMachines(t *testing.T) {
	t.Parallel()
	if s := (Field{Encoding: BCDPlus, Data: []byte{0xde, 0xf0}}).Text(English); s != ":,_0" {
		t.Errorf("got %q", s) // [IPMI 2.0 §43.15]
	}
}
