package rmcp

import (
	"encoding/binary"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
)

// PayloadType says what an RMCP+ packet carries, six bits. [IPMI 2.0 §13.27.3, Table 13-16]
type PayloadType uint8

// Payload types. [IPMI 2.0 §13.27.3, Table 13-16]
const (
	PayloadIPMI                PayloadType = 0x00
	PayloadSOL                 PayloadType = 0x01
	PayloadOEMExplicit         PayloadType = 0x02
	PayloadOpenSessionRequest  PayloadType = 0x10
	PayloadOpenSessionResponse PayloadType = 0x11
	PayloadRAKP1               PayloadType = 0x12
	PayloadRAKP2               PayloadType = 0x13
	PayloadRAKP3               PayloadType = 0x14
	PayloadRAKP4               PayloadType = 0x15
	PayloadOEM0                PayloadType = 0x20 // first of eight OEM handles
	PayloadOEM7                PayloadType = 0x27
)

// IsOEM reports whether t is one of the handles OEM0 to OEM7.
func (t PayloadType) IsOEM() bool { return t >= PayloadOEM0 && t <= PayloadOEM7 }

// IsSetup reports whether t is a message of session set-up, Open Session Request to RAKP 4.
func (t PayloadType) IsSetup() bool { return t >= PayloadOpenSessionRequest && t <= PayloadRAKP4 }

// String names the payload.
func (t PayloadType) String() string {
	switch t {
	case PayloadIPMI:
		return "IPMI"
	case PayloadSOL:
		return "SOL"
	case PayloadOEMExplicit:
		return "OEM explicit"
	case PayloadOpenSessionRequest:
		return "Open Session Request"
	case PayloadOpenSessionResponse:
		return "Open Session Response"
	case PayloadRAKP1:
		return "RAKP 1"
	case PayloadRAKP2:
		return "RAKP 2"
	case PayloadRAKP3:
		return "RAKP 3"
	case PayloadRAKP4:
		return "RAKP 4"
	}
	if t.IsOEM() {
		return fmt.Sprintf("OEM%d", t-PayloadOEM0)
	}
	return fmt.Sprintf("reserved %02Xh", uint8(t))
}

const (
	payloadEncrypted     = 1 << 7
	payloadAuthenticated = 1 << 6
	payloadTypeMask      = 0x3f

	header20Size    = 12 // format, payload type, session ID, sequence, payload length
	headerOEMSize   = 6  // enterprise, reserved, OEM payload ID
	nextHeader      = 0x07
	integrityPad    = 0xff
	trailerMinSize  = 2 // pad length, next header
	integrityAlign  = 4 // the authenticated range is a multiple of four bytes
	enterpriseMask  = 0xffffff
	payloadSizeMax  = 0xffff
	payloadLenBytes = 2
)

// MaxPayload is the longest payload that the length field of an RMCP+ packet can say. [IPMI 2.0 §13.6, Table 13-8]
const MaxPayload = payloadSizeMax

// Packet20 is an RMCP+ packet, behind the RMCP header. [IPMI 2.0 §13.6, Table 13-8]
type Packet20 struct {
	Type          PayloadType
	Encrypted     bool
	Authenticated bool
	Enterprise    uint32 // IANA number, 24 bits, PayloadOEMExplicit only
	OEMPayload    uint16 // OEM payload ID, PayloadOEMExplicit only
	SessionID     uint32 // the receiver's; 0: outside a session
	Sequence      uint32
	Payload       []byte // with confidentiality header and trailer when Encrypted

	whole   []byte // from format byte to the last byte, of a parsed packet
	trailer []byte // what is behind the payload, of a parsed packet
}

// ParsePacket20 reads a packet that starts behind the RMCP header; Payload is a part of b. Verify reads the session
// trailer, because only the session knows how long its AuthCode is. Outside a session bits 7:6 of the payload type must
// be clear. The errors are ErrFormat and ipmb.ErrLength. [IPMI 2.0 §13.6]
func ParsePacket20(b []byte) (Packet20, error) {
	if len(b) < header20Size {
		return Packet20{}, ipmb.ErrLength
	}
	if AuthType(b[0]&authTypeMask) != AuthTypeRMCPPlus {
		return Packet20{}, ErrFormat
	}
	p := Packet20{
		Type:          PayloadType(b[1] & payloadTypeMask),
		Encrypted:     b[1]&payloadEncrypted != 0,
		Authenticated: b[1]&payloadAuthenticated != 0,
		whole:         b,
	}
	rest := b[2:]
	if p.Type == PayloadOEMExplicit {
		if len(b) < header20Size+headerOEMSize {
			return Packet20{}, ipmb.ErrLength
		}
		p.Enterprise = binary.LittleEndian.Uint32(rest) & enterpriseMask
		p.OEMPayload = binary.LittleEndian.Uint16(rest[4:])
		rest = rest[headerOEMSize:]
	}
	p.SessionID = binary.LittleEndian.Uint32(rest)
	p.Sequence = binary.LittleEndian.Uint32(rest[4:])
	size := int(binary.LittleEndian.Uint16(rest[8:]))
	rest = rest[10:]
	if len(rest) < size {
		return Packet20{}, ipmb.ErrLength
	}
	p.Payload, p.trailer = rest[:size:size], rest[size:]
	if p.SessionID == 0 && (p.Encrypted || p.Authenticated) {
		return Packet20{}, ErrFormat
	}
	return p, nil
}

// Verify reports in constant time whether a parsed packet's session trailer is well formed and its AuthCode the one that
// i computes. It is false for packets without AuthCode and for integrity algorithm none. The pad's length is taken from
// the packet, its bytes are not looked at: the AuthCode covers them. [IPMI 2.0 §13.6, §13.28.4]
func (p *Packet20) Verify(i *Integrity) bool {
	size := i.Size()
	if !p.Authenticated || size == 0 || len(p.trailer) < trailerMinSize+size {
		return false
	}
	end := len(p.trailer) - size
	if p.trailer[end-1] != nextHeader || int(p.trailer[end-2]) != end-trailerMinSize {
		return false
	}
	return i.Verify(p.whole[:len(p.whole)-size], p.whole[len(p.whole)-size:])
}

// AppendTo appends the whole datagram, RMCP header included, with Payload as it is and without session trailer: a packet
// outside a session, or one that is neither encrypted nor authenticated.
func (p *Packet20) AppendTo(b []byte) []byte {
	b, _, length := p.appendHeader(b, p.Encrypted, p.Authenticated)
	b = append(b, p.Payload...)
	putPayloadSize(b, length)
	return b
}

// Seal appends the whole datagram, RMCP header included, with Payload encrypted by c when p.Encrypted, and a session
// trailer by i when p.Authenticated. A nil state, and an algorithm none, leave their half out, header bit included.
// Payload must not share memory with b's free capacity. [IPMI 2.0 §13.6]
func (p *Packet20) Seal(b []byte, i *Integrity, c *Confidentiality) []byte { return p.seal(b, i, c, 0) }

// seal is Seal with flaws.
func (p *Packet20) seal(b []byte, i *Integrity, c *Confidentiality, flaws Flaws) []byte {
	encrypt := p.Encrypted && c != nil && c.Alg() != ConfidentialityNone
	sign := p.Authenticated && i != nil && i.Alg() != IntegrityNone
	b, start, length := p.appendHeader(b, encrypt, sign)
	if encrypt {
		iv := len(b)
		b = c.seal(b, p.Payload, flaws)
		if flaws.has(FlawIV) {
			b[iv] ^= 0xff
		}
	} else {
		b = append(b, p.Payload...)
	}
	putPayloadSize(b, length)
	if !sign {
		return b
	}
	pad, filler, counted := byte(0), byte(integrityPad), trailerMinSize
	if flaws.has(FlawIntegrityPad) {
		filler = 0
	}
	if flaws.has(FlawIntegrityPadShort) {
		counted = 0
	}
	for (len(b)-start+counted)%integrityAlign != 0 {
		b = append(b, filler)
		pad++
	}
	b = append(b, pad, nextHeader)
	code := len(b)
	b = i.Sum(b, b[start:])
	flaws.authCode(b[code:])
	return b
}

// appendHeader appends everything in front of the payload, and returns where the authenticated range starts and where
// the payload length stands.
func (p *Packet20) appendHeader(b []byte, encrypted, authenticated bool) (out []byte, start, length int) {
	b = Header{Sequence: NoACK, Class: ClassIPMI}.AppendTo(b)
	start = len(b)
	kind := byte(p.Type) & payloadTypeMask
	if encrypted {
		kind |= payloadEncrypted
	}
	if authenticated {
		kind |= payloadAuthenticated
	}
	b = append(b, byte(AuthTypeRMCPPlus), kind)
	if p.Type == PayloadOEMExplicit {
		b = binary.LittleEndian.AppendUint32(b, p.Enterprise&enterpriseMask)
		b = binary.LittleEndian.AppendUint16(b, p.OEMPayload)
	}
	b = binary.LittleEndian.AppendUint32(b, p.SessionID)
	b = binary.LittleEndian.AppendUint32(b, p.Sequence)
	length = len(b)
	return append(b, 0, 0), start, length
}

// putPayloadSize writes the length of what was appended behind the length field.
func putPayloadSize(b []byte, length int) {
	binary.LittleEndian.PutUint16(b[length:], uint16(len(b)-length-payloadLenBytes))
}
