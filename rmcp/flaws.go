package rmcp

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Flaws is a set of mistakes that real controllers make in packets and logins.
type Flaws uint64

// Flaws of an IPMI message, of a packet, and of a login.
const (
	FlawChecksum1         Flaws = 1 << iota // wrong
	FlawChecksum2                           // wrong
	FlawRequesterSequence                   // not the request's
	FlawSameAddresses                       // requester and responder are not exchanged
	FlawSessionID                           // another one
	FlawSessionIDZero
	FlawSequenceStale    // far behind
	FlawSequenceRepeated // that of the packet before
	FlawSequenceSkipped  // one is left out
	FlawSequencePlusOne  // the next one's, who has it too
	FlawSequenceSwapped  // most significant byte first
	FlawAuthCode         // wrong
	FlawAuthCodeBlank    // zeros
	FlawAuthCodeMissing
	FlawAuthCodeUnasked       // v1.5: there though the request had none
	FlawAuthCodeNew           // v1.5: made with the password of now
	FlawLegacyPad             // v1.5: a byte behind the message
	FlawIntegrityPad          // RMCP+: zeros
	FlawIntegrityPadShort     // RMCP+: reckoned without pad length and next header
	FlawIV                    // RMCP+: not the one that encrypted
	FlawPadding               // AES: counts wrongly
	FlawPadding16             // AES: 16 bytes instead of none
	FlawRoleOfOpenSession     // login: the role has the level of the Open Session Request
	FlawRoleLowNibble         // login: RAKP 3 is checked with four bits of the role
	FlawNamePadded            // login: the name counts as 16 bytes
	FlawCheckByIntegrity      // login: RAKP 4 is checked with the integrity algorithm
	FlawPassword16            // login: HMAC-MD5, and v1.5, take 16 bytes of the password
	FlawIntegrityBySIK        // login: the AuthCodes' key is SIK
	FlawAnyPassword           // login: RAKP 3 is not checked
	FlawAnySuite              // login: suites that are off are taken
	FlawGUIDZero              // login: the managed system's
	FlawRoleWithoutLookup     // login: the role counts without the bit for name-only lookup
	FlawMessageAuthOff        // v1.5, Activate Session: packets without AuthCode are taken
	FlawInboundZero           // v1.5, Activate Session: inbound sequence numbers begin with 0
	FlawOEMAuth               // v1.5, Get Session Challenge: authentication type OEM is Supermicro's
	FlawOEMPassword           // v1.5, Get Session Challenge: authentication type OEM is the password
	FlawIntegrityPadShortOnly // login: FlawIntegrityPadShort's pads are the only ones taken
	FlawPayloadType           // RMCP+: whatever it is, it goes as an IPMI message
)

func (f Flaws) has(flaw Flaws) bool { return f&flaw != 0 }

// flawMessage puts the flaws of an IPMI message into it. [IPMI 2.0 §13.8]
func flawMessage(b []byte, f Flaws) {
	if len(b) < messageOverhead {
		return
	}
	if f.has(FlawRequesterSequence) {
		b[4] ^= 1 << 2
	}
	if f.has(FlawSameAddresses) {
		b[0], b[3] = b[3], b[0]
		b[2] = ipmb.Checksum(b[:2])
	}
	b[len(b)-1] = ipmb.Checksum(b[3 : len(b)-1])
	if f.has(FlawChecksum1) {
		b[2] ^= 0xff
	}
	if f.has(FlawChecksum2) {
		b[len(b)-1] ^= 0xff
	}
}

// sequence is the number that a packet gets instead of n. counter is the session's, which n was taken from.
func (f Flaws) sequence(n uint32, counter *uint32) uint32 {
	const farBehind = 100
	switch {
	case f.has(FlawSequenceStale):
		return n - farBehind
	case f.has(FlawSequenceRepeated):
		*counter--
		return n - 1
	case f.has(FlawSequenceSkipped):
		*counter = nextSequence(n)
		return *counter
	case f.has(FlawSequencePlusOne):
		return n + 1
	case f.has(FlawSequenceSwapped):
		return bits.ReverseBytes32(n)
	}
	return n
}

// shortPad reports whether a verified packet's pad is that of FlawIntegrityPadShort.
func (p *Packet20) shortPad(i *Integrity) bool {
	return (len(p.whole)-i.Size()-trailerMinSize)%integrityAlign == 0
}

// sessionID is the ID that a packet gets instead of its own.
func (f Flaws) sessionID(id uint32) uint32 {
	switch {
	case f.has(FlawSessionIDZero):
		return 0
	case f.has(FlawSessionID):
		return ^id
	}
	return id
}

// authCode spoils an AuthCode in place.
func (f Flaws) authCode(code []byte) {
	if f.has(FlawAuthCode) {
		for i := range code {
			code[i] ^= 0xff
		}
	}
	if f.has(FlawAuthCodeBlank) {
		clear(code)
	}
}

// flawed15 appends a packet to a v1.5 console, or outside of a session (s nil), with flaws.
func (s *Session) flawed15(out []byte, authType AuthType, sequence uint32, message []byte, f Flaws) []byte {
	flawMessage(message, f)
	p := Packet15{Sequence: sequence, Message: message}
	if s != nil {
		p.Sequence, p.SessionID = f.sequence(sequence, &s.outbound), f.sessionID(s.id)
		switch {
		case f.has(FlawAuthCodeMissing):
			authType = AuthTypeNone
		case f.has(FlawAuthCodeUnasked):
			authType = s.authType
		}
	}
	if p.AuthType = authType; authType != AuthTypeNone {
		auth := s.auth
		if f.has(FlawAuthCodeNew) && s.authNew != nil {
			auth = s.authNew
		}
		p.AuthCode = auth.Sum(nil, p.SessionID, message, p.Sequence)
		f.authCode(p.AuthCode)
	}
	out = p.AppendTo(out)
	if f.has(FlawLegacyPad) {
		out = append(out, 0)
	}
	return out
}

// flawed20 appends a packet to an RMCP+ console with flaws.
func (s *Session) flawed20(out []byte, p *Packet20, f Flaws) []byte {
	if p.Type == PayloadIPMI {
		flawMessage(p.Payload, f)
	}
	if f.has(FlawPayloadType) {
		p.Type = PayloadIPMI
	}
	counter := s.number(p)
	if f.has(FlawAuthCodeMissing) {
		p.Authenticated = false
	}
	p.Sequence, p.SessionID = f.sequence(p.Sequence, counter), f.sessionID(p.SessionID)
	return p.seal(out, s.integrity, s.confidentiality, f)
}

// passwordFor is a password as a flawed login knows it.
func (u *setup) passwordFor(suite Suite) Key {
	key := u.user.Password
	if u.flaws.has(FlawPassword16) && suite.Auth == AuthRAKPHMACMD5 {
		clear(key[AuthCodeSize:])
	}
	return key
}

// nameOf is the name of RAKP 1 as a flawed login reads it: consoles that know such controllers fill it up with zeros.
func (u *setup) nameOf(name []byte) []byte {
	if u.flaws.has(FlawNamePadded) {
		return bytes.TrimRight(name, "\x00")
	}
	return name
}

// spoilKeys puts the flaws of a login into its key exchange. [IPMI 2.0 §13.31]
func (u *setup) spoilKeys() {
	if u.flaws.has(FlawRoleOfOpenSession) {
		u.keys.Role = u.keys.Role&^privilegeMask | Role(u.asked)
	}
	if u.flaws.has(FlawRoleWithoutLookup) {
		u.keys.Role &= privilegeMask
	}
	if u.flaws.has(FlawGUIDZero) {
		u.keys.GUID = [GUIDSize]byte{}
	}
	if u.flaws.has(FlawNamePadded) {
		name := make([]byte, MaxUserName)
		copy(name, u.keys.Name)
		u.keys.Name = name
	}
}

// spoilLogin puts the flaws of a v1.5 login into its session.
func (s *Session) spoilLogin(f Flaws) {
	if f.has(FlawMessageAuthOff) {
		s.messageOff = true
	}
	if f.has(FlawInboundZero) {
		s.initial, s.window, s.fresh = 0, newWindow15(0), false // 0 is a packet's number then
	}
}

// suites are the cipher suites of a channel as a flawed login has them.
func (f Flaws) suites(c *Channel) []SuiteLimit {
	if !f.has(FlawAnySuite) {
		return c.Suites
	}
	all := make([]SuiteLimit, len(suites))
	for i, s := range suites {
		all[i] = SuiteLimit{Suite: s, Limit: ipmb.PrivilegeAdministrator}
	}
	return all
}

// rightCode reports whether the console's code of RAKP 3 is the one that a login expects.
func (u *setup) rightCode(code []byte, suite Suite) bool {
	if u.flaws.has(FlawAnyPassword) {
		return true
	}
	keys := u.keys
	if u.flaws.has(FlawRoleLowNibble) {
		keys.Role &= privilegeMask
	}
	keys.Name = u.nameOf(keys.Name) // FreeIPMI 1.6.10 (-W intel20): padded in RAKP 2 and SIK, not in RAKP 3
	return keys.VerifyRAKP3Code(code, u.passwordFor(suite))
}

// checkValue is the integrity check value of RAKP 4.
func (u *setup) checkValue(keys *SessionKeys, suite Suite) []byte {
	if !u.flaws.has(FlawCheckByIntegrity) {
		return keys.ICV()
	}
	switch suite.Integrity {
	case IntegrityNone:
		return nil
	case IntegrityMD5:
		i, err := NewIntegrity(IntegrityMD5, nil, u.passwordFor(suite))
		if err != nil {
			panic(err) // a known algorithm
		}
		x := &u.keys
		b := append([]byte(nil), x.ConsoleRandom[:]...)
		b = binary.LittleEndian.AppendUint32(b, x.ManagedID)
		return i.Sum(nil, append(b, x.GUID[:]...))
	}
	return keys.ICV()
}
