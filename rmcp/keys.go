package rmcp

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
)

// KeySize is the length of KG and of a stored password, zero-padded. [IPMI 2.0 §13.31, §22.25, §22.30]
const KeySize = 20

// Key is KG, or a user's password (K[UID]) zero-padded. [IPMI 2.0 §13.31]
type Key [KeySize]byte

// NewKey is b, zero-padded or cut to twenty bytes.
func NewKey(b []byte) (k Key) {
	copy(k[:], b)
	return k
}

// IsZero reports whether all bytes are zero: no KG ("one-key" login), or no password.
func (k Key) IsZero() bool { return k == Key{} }

// String hides the key from logs and errors.
func (k Key) String() string { return "[key]" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return "[key]" }

// hash is the hash of the algorithm's HMACs, nil for RAKP-none and unknown algorithms.
func (a AuthAlg) hash() func() hash.Hash {
	switch a {
	case AuthRAKPHMACSHA1:
		return sha1.New
	case AuthRAKPHMACMD5:
		return md5.New
	case AuthRAKPHMACSHA256:
		return sha256.New
	}
	return nil
}

// IsKnown reports whether the package implements a.
func (a AuthAlg) IsKnown() bool { return a <= AuthRAKPHMACSHA256 }

// CodeSize is the length of the RAKP 2 and RAKP 3 codes and of SIK, K1 and K2. [IPMI 2.0 §13.28.1]
func (a AuthAlg) CodeSize() int {
	switch a {
	case AuthRAKPHMACSHA1:
		return sha1.Size
	case AuthRAKPHMACMD5:
		return md5.Size
	case AuthRAKPHMACSHA256:
		return sha256.Size
	}
	return 0
}

// ICVSize is the length of the RAKP 4 integrity check value. [IPMI 2.0 §13.28.1]
func (a AuthAlg) ICVSize() int {
	switch a {
	case AuthRAKPHMACSHA1:
		return 12
	case AuthRAKPHMACMD5, AuthRAKPHMACSHA256:
		return 16
	}
	return 0
}

// KeyExchange is what both sides of a RAKP exchange know, and what the codes and keys are made from. [IPMI 2.0 §13.31]
type KeyExchange struct {
	Auth          AuthAlg
	ConsoleID     uint32 // SIDm: the specification calls the console's numbers M and the BMC's C
	ManagedID     uint32 // SIDc
	ConsoleRandom [RandomSize]byte
	ManagedRandom [RandomSize]byte
	GUID          [GUIDSize]byte
	Role          Role   // the byte of RAKP 1 as it was sent
	Name          []byte // the name of RAKP 1, without padding
}

// AppendRAKP2Code appends the code of RAKP 2 under the user's password, nothing with RAKP-none. [IPMI 2.0 §13.31]
func (x *KeyExchange) AppendRAKP2Code(dst []byte, password Key) []byte {
	newHash := x.Auth.hash()
	if newHash == nil {
		return dst
	}
	m := hmac.New(newHash, password[:])
	var buf [8 + 2*RandomSize + GUIDSize + 2 + MaxUserName]byte
	b := binary.LittleEndian.AppendUint32(buf[:0], x.ConsoleID)
	b = binary.LittleEndian.AppendUint32(b, x.ManagedID)
	b = append(b, x.ConsoleRandom[:]...)
	b = append(b, x.ManagedRandom[:]...)
	b = append(b, x.GUID[:]...)
	m.Write(x.appendRoleName(b))
	return m.Sum(dst)
}

// AppendRAKP3Code appends the code of RAKP 3 under the user's password, nothing with RAKP-none. [IPMI 2.0 §13.31]
func (x *KeyExchange) AppendRAKP3Code(dst []byte, password Key) []byte {
	newHash := x.Auth.hash()
	if newHash == nil {
		return dst
	}
	m := hmac.New(newHash, password[:])
	var buf [RandomSize + 4 + 2 + MaxUserName]byte
	b := append(buf[:0], x.ManagedRandom[:]...)
	b = binary.LittleEndian.AppendUint32(b, x.ConsoleID)
	m.Write(x.appendRoleName(b))
	return m.Sum(dst)
}

// VerifyRAKP2Code reports in constant time whether code is the one of RAKP 2.
func (x *KeyExchange) VerifyRAKP2Code(code []byte, password Key) bool {
	return subtle.ConstantTimeCompare(x.AppendRAKP2Code(nil, password), code) == 1
}

// VerifyRAKP3Code reports in constant time whether code is the one of RAKP 3. With RAKP-none only an absent code is.
func (x *KeyExchange) VerifyRAKP3Code(code []byte, password Key) bool {
	return subtle.ConstantTimeCompare(x.AppendRAKP3Code(nil, password), code) == 1
}

// Keys derives the session's keys from KG, or from the user's password when KG is zero. [IPMI 2.0 §13.31, §13.32]
func (x *KeyExchange) Keys(kg, password Key) SessionKeys {
	newHash := x.Auth.hash()
	if newHash == nil {
		return SessionKeys{}
	}
	if kg.IsZero() {
		kg = password
	}
	m := hmac.New(newHash, kg[:])
	var buf [2*RandomSize + 2 + MaxUserName]byte
	b := append(buf[:0], x.ConsoleRandom[:]...)
	b = append(b, x.ManagedRandom[:]...)
	m.Write(x.appendRoleName(b))
	k := SessionKeys{auth: x.Auth}
	m.Sum(k.sik[:0])
	m = hmac.New(newHash, k.SIK())
	k.derive(m, 1, k.k1[:0])
	k.derive(m, 2, k.k2[:0])
	m.Reset()
	b = append(buf[:0], x.ConsoleRandom[:]...)
	b = binary.LittleEndian.AppendUint32(b, x.ManagedID)
	m.Write(append(b, x.GUID[:]...))
	m.Sum(k.icv[:0])
	return k
}

// appendRoleName appends role, name length and name.
func (x *KeyExchange) appendRoleName(b []byte) []byte {
	b = append(b, byte(x.Role), byte(len(x.Name)))
	return append(b, x.Name...)
}

// SessionKeys are the keys of one RMCP+ session. With RAKP-none all of them are empty. [IPMI 2.0 §13.31, §13.32]
type SessionKeys struct {
	auth             AuthAlg
	sik, k1, k2, icv [sha256.Size]byte
}

// SIK is the session integrity key, the key of all others. [IPMI 2.0 §13.31]
func (k *SessionKeys) SIK() []byte { return k.sik[:k.auth.CodeSize()] }

// K1 is the key of the integrity algorithm. [IPMI 2.0 §13.32]
func (k *SessionKeys) K1() []byte { return k.k1[:k.auth.CodeSize()] }

// K2 is the key of the confidentiality algorithm, which uses its first sixteen bytes. [IPMI 2.0 §13.32]
func (k *SessionKeys) K2() []byte { return k.k2[:k.auth.CodeSize()] }

// ICV is the integrity check value of RAKP 4. [IPMI 2.0 §13.31]
func (k *SessionKeys) ICV() []byte { return k.icv[:k.auth.ICVSize()] }

// VerifyICV reports in constant time whether icv is the one of RAKP 4. With RAKP-none only an absent one is.
func (k *SessionKeys) VerifyICV(icv []byte) bool {
	return subtle.ConstantTimeCompare(k.ICV(), icv) == 1
}

// String hides the keys from logs and errors.
func (k SessionKeys) String() string { return "[session keys]" }

// GoString hides the keys from %#v.
func (k SessionKeys) GoString() string { return "[session keys]" }

// derive makes Kn under SIK. The constant is twenty bytes for every hash: the text speaks of the HMAC's block size, the
// printed constants have twenty bytes, and twenty is what ipmitool, FreeIPMI and OpenIPMI use. [IPMI 2.0 §13.32]
func (k *SessionKeys) derive(m hash.Hash, n byte, dst []byte) {
	var constant [KeySize]byte
	for i := range constant {
		constant[i] = n
	}
	m.Reset()
	m.Write(constant[:])
	m.Sum(dst)
}
