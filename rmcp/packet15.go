package rmcp

import (
	"encoding/binary"
	"errors"

	"github.com/fakebmc/fakebmc/ipmb"
)

// AuthType is the first byte of a session header, four bits: how an IPMI v1.5 packet is authenticated, or that the
// packet has the RMCP+ format. [IPMI 2.0 §13.6, Table 13-8]
type AuthType uint8

// Authentication types. [IPMI 2.0 §13.6, Table 13-8]
const (
	AuthTypeNone     AuthType = 0
	AuthTypeMD2      AuthType = 1
	AuthTypeMD5      AuthType = 2
	AuthTypeStraight AuthType = 4 // the password itself
	AuthTypeOEM      AuthType = 5
	AuthTypeRMCPPlus AuthType = 6 // not an authentication: the RMCP+ packet format
)

const authTypeMask = 0x0f

// String is the name that profiles use.
func (t AuthType) String() string {
	switch t {
	case AuthTypeNone:
		return "none"
	case AuthTypeMD2:
		return "md2"
	case AuthTypeMD5:
		return "md5"
	case AuthTypeStraight:
		return "password"
	case AuthTypeOEM:
		return "oem"
	case AuthTypeRMCPPlus:
		return "rmcp+"
	}
	return "reserved"
}

// AuthCodeSize is the length of an IPMI v1.5 AuthCode. [IPMI 2.0 §13.6, Table 13-8]
const AuthCodeSize = 16

// MaxMessage15 is the longest IPMI message that a v1.5 packet can carry. [IPMI 2.0 §13.6, Table 13-8]
const MaxMessage15 = 255

const (
	header15Size = 10 // AuthType, sequence, session ID, message length
	legacyPad    = 1
)

// ErrFormat says that a packet is not of the format that its parser reads.
var ErrFormat = errors.New("unexpected session header format")

// Packet15 is a packet of an IPMI v1.5 session, behind the RMCP header. [IPMI 2.0 §13.6, Table 13-8]
type Packet15 struct {
	AuthType  AuthType
	Sequence  uint32
	SessionID uint32 // 0: outside a session
	AuthCode  []byte // 16 bytes, nil with AuthTypeNone
	Message   []byte
}

// ParsePacket15 reads a packet that starts behind the RMCP header; AuthCode and Message are parts of b. One legacy pad
// byte behind the message is tolerated. The errors are ErrFormat (RMCP+ format) and ipmb.ErrLength. [IPMI 2.0 §13.6]
func ParsePacket15(b []byte) (Packet15, error) {
	if len(b) < header15Size {
		return Packet15{}, ipmb.ErrLength
	}
	p := Packet15{
		AuthType:  AuthType(b[0] & authTypeMask),
		Sequence:  binary.LittleEndian.Uint32(b[1:]),
		SessionID: binary.LittleEndian.Uint32(b[5:]),
	}
	if p.AuthType == AuthTypeRMCPPlus {
		return Packet15{}, ErrFormat
	}
	b = b[9:]
	if p.AuthType != AuthTypeNone {
		if len(b) < AuthCodeSize+1 {
			return Packet15{}, ipmb.ErrLength
		}
		p.AuthCode = b[:AuthCodeSize:AuthCodeSize]
		b = b[AuthCodeSize:]
	}
	size := int(b[0])
	b = b[1:]
	if len(b) < size || len(b) > size+legacyPad {
		return Packet15{}, ipmb.ErrLength
	}
	p.Message = b[:size:size]
	return p, nil
}

// AppendTo appends the whole datagram, RMCP header included, with the AuthCode as it is (zero-padded or cut to 16 bytes;
// absent with AuthTypeNone). Message must not be longer than MaxMessage15, nor share memory with b's free capacity. No
// legacy pad is sent: python-ipmi refuses it.
func (p *Packet15) AppendTo(b []byte) []byte {
	b = p.appendHeader(b)
	if p.AuthType != AuthTypeNone {
		var code [AuthCodeSize]byte
		copy(code[:], p.AuthCode)
		b = append(b, code[:]...)
	}
	b = append(b, byte(len(p.Message)))
	return append(b, p.Message...)
}

// Seal is AppendTo with the AuthCode that auth computes; p.AuthType and p.AuthCode are not used. [IPMI 2.0 §22.17.1]
func (p *Packet15) Seal(b []byte, auth *AuthCoder) []byte {
	sealed := *p
	sealed.AuthType = auth.Type()
	b = sealed.appendHeader(b)
	b = auth.Sum(b, p.SessionID, p.Message, p.Sequence)
	b = append(b, byte(len(p.Message)))
	return append(b, p.Message...)
}

// Verify reports in constant time whether p's AuthCode is the one that auth computes. A packet of another
// authentication type never is.
func (p *Packet15) Verify(auth *AuthCoder) bool {
	return p.AuthType == auth.Type() && auth.Verify(p.SessionID, p.Message, p.Sequence, p.AuthCode)
}

// appendHeader appends the bytes in front of the AuthCode.
func (p *Packet15) appendHeader(b []byte) []byte {
	b = Header{Sequence: NoACK, Class: ClassIPMI}.AppendTo(b)
	b = append(b, byte(p.AuthType)&authTypeMask)
	b = binary.LittleEndian.AppendUint32(b, p.Sequence)
	return binary.LittleEndian.AppendUint32(b, p.SessionID)
}
