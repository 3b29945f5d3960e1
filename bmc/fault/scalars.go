package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Names is a list of words with spaces between them.
type Names []string

// UnmarshalText takes words apart.
func (n *Names) UnmarshalText(text []byte) error {
	words := strings.Fields(string(text))
	if len(words) == 0 || strings.ContainsRune(string(text), 0) {
		return errors.New("expected a name, or several with spaces between them")
	}
	*n = words
	return nil
}

// MarshalText joins the words.
func (n Names) MarshalText() ([]byte, error) { return []byte(strings.Join(n, " ")), nil }

// Span is a duration with its unit, "250ms" or "-1h".
type Span time.Duration

// Std is the span as the standard library has it.
func (s Span) Std() time.Duration { return time.Duration(s) }

// UnmarshalText reads a duration.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || string(text) == "0" {
		return errors.New(`expected a duration with its unit, like "250ms" or "5s"`)
	}
	*s = Span(d)
	return nil
}

// MarshalText writes the duration with its unit.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// Pattern is a string of bytes in hexadecimal in which ? stands for any digit: "00 ?? 4?".
type Pattern struct {
	Value, Mask []byte // of the same length; a clear bit of the mask is any
}

var errPattern = errors.New(`expected bytes in hexadecimal, ? for any digit, like "00 ?? 4?"`)

// UnmarshalText reads pairs of digits, with or without spaces between them.
func (p *Pattern) UnmarshalText(text []byte) error {
	var out Pattern
	for pairs := range strings.FieldsSeq(string(text)) {
		if len(pairs)%2 != 0 {
			return errPattern
		}
		for i := 0; i < len(pairs); i += 2 {
			high, highMask, ok1 := digit(pairs[i])
			low, lowMask, ok2 := digit(pairs[i+1])
			if !ok1 || !ok2 {
				return errPattern
			}
			out.Value = append(out.Value, high<<4|low)
			out.Mask = append(out.Mask, highMask<<4|lowMask)
		}
	}
	*p = out
	return nil
}

// digit is one hexadecimal digit, or any.
func digit(c byte) (value, mask byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', 0xf, true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, 0xf, true
	}
	return 0, 0, c == '?'
}

// MarshalText writes pairs with spaces between them.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// String is what UnmarshalText reads.
func (p Pattern) String() string {
	var b strings.Builder
	for i, v := range p.Value {
		if i > 0 {
			b.WriteByte(' ')
		}
		for shift := 4; shift >= 0; shift -= 4 {
			if p.Mask[i]>>shift&0xf == 0 {
				b.WriteByte('?')
			} else {
				fmt.Fprintf(&b, "%x", v>>shift&0xf)
			}
		}
	}
	return b.String()
}

// Len is the number of bytes.
func (p Pattern) Len() int { return len(p.Value) }

// Begins reports whether b begins with the pattern.
func (p Pattern) Begins(b []byte) bool {
	if len(b) < len(p.Value) {
		return false
	}
	for i, v := range p.Value {
		if b[i]&p.Mask[i] != v {
			return false
		}
	}
	return true
}

// open reports whether a digit of the pattern is any.
func (p Pattern) open() bool {
	for _, m := range p.Mask {
		if m != 0xff {
			return true
		}
	}
	return false
}

// write puts the pattern over the beginning of b and leaves what is any as it was.
func (p Pattern) write(b []byte) {
	for i := range min(len(b), len(p.Value)) {
		b[i] = b[i]&^p.Mask[i] | p.Value[i]
	}
}
