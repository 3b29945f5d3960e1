package rmcp

import (
	"bytes"
	"crypto/md5"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
)

// AuthCoder computes the AuthCodes of one IPMI v1.5 session, both directions. It allocates nothing once it is made, and
// is not safe for concurrent use. [IPMI 2.0 §22.17.1]
type AuthCoder struct {
	authType AuthType
	hash     hash.Hash // nil for none, straight and OEM
	password [AuthCodeSize]byte
	blank    bool // Activate Session brings zeros in place of the challenge
	word     [4]byte
	code     [AuthCodeSize]byte
}

// NewAuthCoder makes the state for one authentication type (none, MD2, MD5, straight password) and the first sixteen
// bytes of password, zero-padded. Other types are an error.
func NewAuthCoder(t AuthType, password []byte) (*AuthCoder, error) {
	a := &AuthCoder{authType: t}
	switch t {
	case AuthTypeNone, AuthTypeStraight:
	case AuthTypeMD2:
		a.hash = newMD2()
	case AuthTypeMD5:
		a.hash = md5.New()
	default:
		return nil, fmt.Errorf("authentication type %v (%d) has no AuthCode", t, t)
	}
	copy(a.password[:], password)
	return a, nil
}

// newOEMCoder is the authentication of Supermicro's first controllers, which had a type of their own: each packet of a
// session has the same sixteen bytes, MD5(challenge XOR MD5(password)), and Activate Session brings zeros in place of the
// challenge.
//
// Clients: ipmitool 1.8.19 does it with -o supermicro (src/plugins/lan/auth.c).
func newOEMCoder(challenge [16]byte, password []byte) *AuthCoder {
	b := md5.Sum(bytes.TrimRight(password, "\x00"))
	for i := range b {
		b[i] ^= challenge[i]
	}
	return &AuthCoder{authType: AuthTypeOEM, password: md5.Sum(b[:]), blank: true}
}

// Type is the authentication type that a was made for.
func (a *AuthCoder) Type() AuthType { return a.authType }

// Sum appends the AuthCode of a packet: H(password, session ID, message, sequence, password), the password itself, or
// nothing for AuthTypeNone. [IPMI 2.0 §22.17.1, Table 22-22]
func (a *AuthCoder) Sum(dst []byte, sessionID uint32, message []byte, sequence uint32) []byte {
	switch {
	case a.authType == AuthTypeNone:
		return dst
	case a.hash == nil:
		return append(dst, a.password[:]...)
	}
	a.hash.Reset()
	a.hash.Write(a.password[:])
	a.write32(sessionID)
	a.hash.Write(message)
	a.write32(sequence)
	a.hash.Write(a.password[:])
	return a.hash.Sum(dst)
}

// Verify reports in constant time whether code is the packet's AuthCode.
func (a *AuthCoder) Verify(sessionID uint32, message []byte, sequence uint32, code []byte) bool {
	want := a.Sum(a.code[:0], sessionID, message, sequence)
	return subtle.ConstantTimeCompare(want, code) == 1
}

// SumData appends H(password, data, password), or the password itself: what Get AuthCode returns for the v1.5 types, and
// with data = temporary session ID and challenge what Activate Session carries on a single-session channel.
// [IPMI 2.0 §22.17.1, Table 22-22; §22.21]
func (a *AuthCoder) SumData(dst, data []byte) []byte {
	switch {
	case a.authType == AuthTypeNone:
		return dst
	case a.hash == nil:
		return append(dst, a.password[:]...)
	}
	a.hash.Reset()
	a.hash.Write(a.password[:])
	a.hash.Write(data)
	a.hash.Write(a.password[:])
	return a.hash.Sum(dst)
}

func (a *AuthCoder) write32(v uint32) {
	binary.LittleEndian.PutUint32(a.word[:], v)
	a.hash.Write(a.word[:])
}
