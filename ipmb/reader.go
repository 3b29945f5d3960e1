package ipmb

import "encoding/binary"

// Reader is a cursor over the bytes of a variable layout. Its error is sticky: read everything, then ask Err once.
// After an error each read returns zeros. It never copies.
type Reader struct {
	b   []byte
	err error
}

// NewReader starts at the first byte of b.
func NewReader(b []byte) Reader { return Reader{b: b} }

// Take returns the next n bytes, a part of the input, or nil and a sticky ErrLength.
func (r *Reader) Take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = ErrLength
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads two bytes, LS byte first.
func (r *Reader) Uint16() uint16 {
	if b := r.Take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32 reads four bytes, LS byte first.
func (r *Reader) Uint32() uint32 {
	if b := r.Take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Rest returns all bytes that are left, possibly none, and moves behind them.
func (r *Reader) Rest() []byte {
	out := r.b
	r.b = nil
	return out
}

// Len is the number of bytes that are left.
func (r *Reader) Len() int { return len(r.b) }

// Err is nil or ErrLength.
func (r *Reader) Err() error { return r.err }

// Done is Err, or ErrLength when bytes are left over.
func (r *Reader) Done() error {
	if r.err == nil && len(r.b) > 0 {
		return ErrLength
	}
	return r.err
}
