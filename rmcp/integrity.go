package rmcp

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"hash"
)

// CodeSize is the length of the AuthCode in a session trailer, 0 for none and unknown algorithms. [IPMI 2.0 §13.28.4]
func (a IntegrityAlg) CodeSize() int {
	switch a {
	case IntegrityHMACSHA1:
		return 12
	case IntegrityHMACMD5, IntegrityMD5, IntegrityHMACSHA256:
		return 16
	}
	return 0
}

// IsKnown reports whether the package implements a.
func (a IntegrityAlg) IsKnown() bool { return a <= IntegrityHMACSHA256 }

// Integrity computes the AuthCodes of one RMCP+ session, both directions. It allocates nothing once it is made, and is
// not safe for concurrent use. [IPMI 2.0 §13.28.4]
type Integrity struct {
	alg      IntegrityAlg
	mac      hash.Hash // nil for none
	password Key       // MD5-128 only
	sum      [sha256.Size]byte
}

// NewIntegrity makes the state for one algorithm: the HMACs are keyed with k1, MD5-128 with the user's password. Unknown
// algorithms are an error.
func NewIntegrity(alg IntegrityAlg, k1 []byte, password Key) (*Integrity, error) {
	i := &Integrity{alg: alg}
	switch alg {
	case IntegrityNone:
		return i, nil
	case IntegrityHMACSHA1:
		i.mac = hmac.New(sha1.New, k1)
	case IntegrityHMACMD5:
		i.mac = hmac.New(md5.New, k1)
	case IntegrityHMACSHA256:
		i.mac = hmac.New(sha256.New, k1)
	case IntegrityMD5:
		i.mac = md5.New()
		i.password = password
	default:
		return nil, fmt.Errorf("%v is not implemented", alg)
	}
	i.mac.Reset() // an HMAC's first Reset is where it stores its keyed states
	return i, nil
}

// Alg is the algorithm that i was made for.
func (i *Integrity) Alg() IntegrityAlg { return i.alg }

// Size is the length of the AuthCode.
func (i *Integrity) Size() int { return i.alg.CodeSize() }

// Sum appends the AuthCode of data, which is the packet from its format byte to its next header. The password of
// MD5-128 has twenty bytes: the specification does not say, and sixteen do not interoperate. [IPMI 2.0 §13.28.4]
func (i *Integrity) Sum(dst, data []byte) []byte {
	if i.mac == nil {
		return dst
	}
	i.mac.Reset()
	if i.alg == IntegrityMD5 {
		i.mac.Write(i.password[:])
		i.mac.Write(data)
		i.mac.Write(i.password[:])
	} else {
		i.mac.Write(data)
	}
	return append(dst, i.mac.Sum(i.sum[:0])[:i.Size()]...)
}

// Verify reports in constant time whether code is the AuthCode of data. With algorithm none it never is.
func (i *Integrity) Verify(data, code []byte) bool {
	if i.mac == nil {
		return false
	}
	var want [16]byte
	return subtle.ConstantTimeCompare(i.Sum(want[:0], data), code) == 1
}
