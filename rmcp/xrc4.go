package rmcp

import (
	"crypto/md5"
	"encoding/binary"
	"math"
)

const (
	xrc4OffsetSize = 4

	// xrc4MaxSkip is how far a receiver runs the keystream to reach a packet's offset: far more than a window of 32
	// packets carries, and 3 ms of work.
	xrc4MaxSkip = 1 << 20
)

// rc4State is the RC4 keystream generator. The one of crypto/rc4 is four times as large and is allocated anew for every key.
type rc4State struct {
	s    [256]byte
	i, j byte
}

// setKey runs RC4's key schedule. The key has 1 to 256 bytes.
func (c *rc4State) setKey(key []byte) {
	for i := range c.s {
		c.s[i] = byte(i)
	}
	c.i, c.j = 0, 0
	var j byte
	for i := range c.s {
		j += c.s[i] + key[i%len(key)]
		c.s[i], c.s[j] = c.s[j], c.s[i]
	}
}

// next returns the next byte of the keystream.
func (c *rc4State) next() byte {
	c.i++
	a := c.s[c.i]
	c.j += a
	b := c.s[c.j]
	c.s[c.i], c.s[c.j] = b, a
	return c.s[a+b]
}

// xrc4 is one direction of an xRC4 payload stream. The keystream runs on over packets, each of which says at which
// offset of the stream it begins; the packet with offset 0 carries an initialization vector and starts the stream.
// [IPMI 2.0 §13.30]
//
// The byte order of the offset is not in the specification and no client reaches further than offset 0 the same way as
// another; it is LS byte first here, as IPMI's fields are.
type xrc4 struct {
	stream  rc4State
	key     [confidentialityKeySize + IVSize]byte // K2, IV: what KRC is the MD5 of
	krcSize int                                   // how much of KRC is used: 16 or 5 bytes
	offset  uint32                                // bytes of the stream that are used up
	running bool
}

func newXRC4(k2 []byte, krcSize int) *xrc4 {
	x := &xrc4{krcSize: krcSize}
	copy(x.key[:], k2)
	return x
}

// start begins a stream: KRC is MD5(K2, IV), of which xRC4-40 uses the first five bytes. [IPMI 2.0 §13.30]
func (x *xrc4) start(iv []byte) {
	copy(x.key[confidentialityKeySize:], iv)
	x.rewind()
	x.running = true
}

// rewind goes back to the stream's first byte.
func (x *xrc4) rewind() {
	krc := md5.Sum(x.key[:])
	x.stream.setKey(krc[:x.krcSize])
	x.offset = 0
}

// stop ends the stream; nothing can be sealed or opened before a start.
func (x *xrc4) stop() { x.running = false }

// mustStart reports whether n more bytes need a new stream first: none is running, it would be at offset 0 a second
// time, or the offset would not fit its field.
func (x *xrc4) mustStart(n int) bool {
	return !x.running || x.offset == 0 || uint64(x.offset)+uint64(n) > math.MaxUint32
}

// seal appends offset, IV (only at offset 0) and encrypted data.
func (x *xrc4) seal(dst, plain, iv []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, x.offset)
	dst = append(dst, iv...)
	for _, b := range plain {
		dst = append(dst, b^x.stream.next())
	}
	x.offset += uint32(len(plain))
	return dst
}

// open decrypts a payload in place. It skips what lost packets would have used, and starts over from the stream's
// beginning for a packet that others overtook.
func (x *xrc4) open(payload []byte) ([]byte, error) {
	if len(payload) < xrc4OffsetSize {
		return nil, ErrCiphertext
	}
	offset := binary.LittleEndian.Uint32(payload)
	data := payload[xrc4OffsetSize:]
	if offset == 0 {
		if len(data) < IVSize {
			return nil, ErrCiphertext
		}
		x.start(data[:IVSize])
		data = data[IVSize:]
	}
	if err := x.seek(offset); err != nil {
		return nil, err
	}
	for i, b := range data {
		data[i] = b ^ x.stream.next()
	}
	x.offset += uint32(len(data))
	return data, nil
}

// seek moves the stream to an offset.
func (x *xrc4) seek(offset uint32) error {
	if !x.running {
		return ErrOffset
	}
	if offset < x.offset {
		if offset > xrc4MaxSkip {
			return ErrOffset
		}
		x.rewind()
	}
	if offset-x.offset > xrc4MaxSkip {
		return ErrOffset
	}
	for ; x.offset < offset; x.offset++ {
		x.stream.next()
	}
	return nil
}
