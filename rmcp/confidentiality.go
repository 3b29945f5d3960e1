package rmcp

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// IVSize is the length of the initialization vectors of AES-CBC-128 and xRC4. [IPMI 2.0 §13.29, §13.30]
const IVSize = 16

// Errors of Confidentiality.Open.
var (
	ErrCiphertext = errors.New("encrypted payload has an impossible length")
	ErrPad        = errors.New("confidentiality pad is wrong")
	ErrOffset     = errors.New("xrc4 data offset cannot be reached")
)

// IsKnown reports whether the package implements a.
func (a ConfidentialityAlg) IsKnown() bool { return a <= ConfidentialityXRC440 }

// Confidentiality encrypts what one side of an RMCP+ session sends and decrypts what it receives. It allocates nothing
// once it is made, and is not safe for concurrent use. [IPMI 2.0 §13.28.5]
type Confidentiality struct {
	alg      ConfidentialityAlg
	rand     io.Reader
	encrypt  cbcMode // AES-CBC-128
	decrypt  cbcMode
	sent     *xrc4 // xRC4
	received *xrc4
	iv       [IVSize]byte
}

// cbcMode is what a cipher.BlockMode of crypto/aes can do beyond its interface.
type cbcMode interface {
	cipher.BlockMode
	SetIV([]byte)
}

// NewConfidentiality makes the state for one algorithm. k2 has at least sixteen bytes, of which the first sixteen are
// used; rand gives initialization vectors and must not fail. Unknown algorithms and short keys are an error.
func NewConfidentiality(alg ConfidentialityAlg, k2 []byte, rand io.Reader) (*Confidentiality, error) {
	c := &Confidentiality{alg: alg, rand: rand}
	if alg == ConfidentialityNone {
		return c, nil
	}
	if len(k2) < confidentialityKeySize {
		return nil, fmt.Errorf("%v needs a key of %d bytes, got %d", alg, confidentialityKeySize, len(k2))
	}
	k2 = k2[:confidentialityKeySize]
	switch alg {
	case ConfidentialityAESCBC:
		block, err := aes.NewCipher(k2)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", alg, err)
		}
		var ok1, ok2 bool
		c.encrypt, ok1 = cipher.NewCBCEncrypter(block, c.iv[:]).(cbcMode)
		c.decrypt, ok2 = cipher.NewCBCDecrypter(block, c.iv[:]).(cbcMode)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("%v: this Go release cannot set the IV of a CBC mode", alg)
		}
	case ConfidentialityXRC4128:
		c.sent, c.received = newXRC4(k2, 16), newXRC4(k2, 16)
	case ConfidentialityXRC440:
		c.sent, c.received = newXRC4(k2, 5), newXRC4(k2, 5)
	default:
		return nil, fmt.Errorf("%v is not implemented", alg)
	}
	return c, nil
}

// confidentialityKeySize is how much of K2 the algorithms use. [IPMI 2.0 §13.29, §13.30]
const confidentialityKeySize = 16

// Alg is the algorithm that c was made for.
func (c *Confidentiality) Alg() ConfidentialityAlg { return c.alg }

// Overhead is the most bytes that Seal adds to a payload.
func (c *Confidentiality) Overhead() int {
	switch c.alg {
	case ConfidentialityNone:
		return 0
	case ConfidentialityAESCBC:
		return IVSize + aes.BlockSize
	}
	return xrc4OffsetSize + IVSize
}

// Seal appends confidentiality header, encrypted data and trailer. plain must not share memory with dst's free capacity.
// It panics when the random source fails. [IPMI 2.0 §13.29, §13.30]
func (c *Confidentiality) Seal(dst, plain []byte) []byte { return c.seal(dst, plain, 0) }

// seal is Seal with flaws.
func (c *Confidentiality) seal(dst, plain []byte, flaws Flaws) []byte {
	switch {
	case c.alg == ConfidentialityNone:
		return append(dst, plain...)
	case c.sent != nil:
		return c.sealXRC4(dst, plain)
	}
	c.newIV()
	dst = append(dst, c.iv[:]...)
	start := len(dst)
	dst = append(dst, plain...)
	pad := byte(0)
	for (len(dst)-start+1)%aes.BlockSize != 0 || flaws.has(FlawPadding16) && pad == 0 {
		pad++
		dst = append(dst, pad)
	}
	if flaws.has(FlawPadding) {
		pad += aes.BlockSize + 1
	}
	dst = append(dst, pad)
	c.encrypt.SetIV(c.iv[:])
	c.encrypt.CryptBlocks(dst[start:], dst[start:])
	return dst
}

// Open decrypts payload in place and returns the data, a part of it. Call it only for a packet whose AuthCode is right.
// The errors are ErrCiphertext, ErrPad and ErrOffset. [IPMI 2.0 §13.29, §13.30]
//
// Sixteen pad bytes, one more than are ever needed, are accepted: some BMCs send them instead of none.
func (c *Confidentiality) Open(payload []byte) ([]byte, error) {
	switch {
	case c.alg == ConfidentialityNone:
		return payload, nil
	case c.received != nil:
		return c.received.open(payload)
	}
	if len(payload) < IVSize+aes.BlockSize || len(payload)%aes.BlockSize != 0 {
		return nil, ErrCiphertext
	}
	data := payload[IVSize:]
	c.decrypt.SetIV(payload[:IVSize])
	c.decrypt.CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	end := len(data) - 1 - pad
	if pad > aes.BlockSize || end < 0 {
		return nil, ErrPad
	}
	for i, b := range data[end : len(data)-1] {
		if int(b) != i+1 {
			return nil, ErrPad
		}
	}
	return data[:end:end], nil
}

// Restart makes the next Seal begin a new xRC4 stream, with a new initialization vector and offset 0, as Suspend/Resume
// Payload Encryption operation 2h asks for. The other algorithms start anew with every packet. [IPMI 2.0 §24.3]
func (c *Confidentiality) Restart() {
	if c.sent != nil {
		c.sent.stop()
	}
}

// sealXRC4 continues the sent stream, or begins one. [IPMI 2.0 §13.30]
func (c *Confidentiality) sealXRC4(dst, plain []byte) []byte {
	var iv []byte
	if c.sent.mustStart(len(plain)) {
		c.newIV()
		iv = c.iv[:]
		c.sent.start(iv)
	}
	return c.sent.seal(dst, plain, iv)
}

// newIV draws the next initialization vector.
func (c *Confidentiality) newIV() {
	if _, err := io.ReadFull(c.rand, c.iv[:]); err != nil {
		panic(fmt.Errorf("rmcp: random source failed: %w", err))
	}
}
