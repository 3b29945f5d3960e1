package rmcp

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// receive15 handles a packet of the IPMI v1.5 format. [IPMI 2.0 §13.6, §6.12]
func (t *Table) receive15(p *Packet15, from *Arrival, out []byte) []byte {
	if p.SessionID == 0 {
		return t.outside15(p, from, out)
	}
	s := t.byID[p.SessionID]
	switch {
	case s == nil || s.channel != from.Channel:
		return t.drop(from, DropUnknownSession, out)
	case s.rmcpPlus: // a session speaks the format that it was activated with [IPMI 2.0 §13.6]
		return t.drop(from, DropFormat, out)
	case s.state == stateHalfOpen:
		return t.firstActivate(s, p, from, out)
	}
	return t.inside15(s, p, from, out)
}

// outside15 handles a message outside of any session; its sequence number means nothing. [IPMI 2.0 §13.6]
func (t *Table) outside15(p *Packet15, from *Arrival, out []byte) []byte {
	if p.AuthType != AuthTypeNone {
		return t.drop(from, DropAuthType, out)
	}
	if _, ok := t.open(from.Channel); !ok {
		return t.drop(from, DropChannel, out)
	}
	m, why, ok := parseMessage(p.Message)
	if !ok {
		return t.drop(from, why, out)
	}
	answer, flaws, ok := t.meddle(nil, t.execute(t.begin(m, from), MaxMessage15))
	switch {
	case answer == nil || !ok:
		return out
	case flaws != 0:
		return (*Session)(nil).flawed15(out, AuthTypeNone, 0, answer, flaws)
	}
	reply := Packet15{Message: answer}
	return reply.AppendTo(out)
}

// firstActivate handles a packet with a temporary session ID: Activate Session in the authentication type of the
// challenge, or nothing. The answer has the request's session ID, authentication type and AuthCode, errors included,
// and the initial outbound sequence number. [IPMI 2.0 §22.17]
//
// Clients: FreeIPMI 1.6.10 says "password verification timeout" if the answer carries the new session ID or no AuthCode.
func (t *Table) firstActivate(s *Session, p *Packet15, from *Arrival, out []byte) []byte {
	m, why, ok := parseMessage(p.Message)
	switch {
	case !ok:
		return t.drop(from, why, out)
	case !isActivate(&m):
		return t.drop(from, DropHalfOpen, out)
	case p.AuthType != s.authType:
		return t.drop(from, DropAuthType, out)
	}
	a, err := ParseActivateSession(m.Data)
	right := p.AuthType == AuthTypeNone || p.Verify(s.auth)
	if !right {
		again := s.wrong.repeated(p.AuthCode) // no answer makes a console repeat itself: that is one attempt
		if err == nil && a.Challenge == s.echo() && a.AuthType == s.authType && !again {
			s.wrong.set(p.AuthCode, nil)
			t.bmc.PasswordTried(s.channel, s.userID, false)
		}
		return t.drop(from, DropAuthCode, out)
	}
	t.touch(s)
	r := t.begin(m, from)
	r.Pending, r.Authenticated, r.Sequence = s, p.AuthType != AuthTypeNone, p.Sequence
	answer := t.execute(r, MaxMessage15)
	if s.state == stateActive {
		s.seen(from)
		s.outbound = a.Outbound
		if r.Authenticated {
			t.bmc.PasswordTried(s.channel, s.userID, true)
		}
	}
	answer, flaws, ok := t.meddle(s, answer)
	if answer == nil || !ok {
		return out
	}
	s.spoilLogin(flaws)
	return s.seal15(out, p.AuthType, a.Outbound, answer, flaws)
}

const cmdActivateSession = 0x3a // [IPMI 2.0 §22.17, App. G]

func isActivate(m *ipmb.Message) bool {
	return m.NetFn == ipmb.NetFnApp && m.Cmd == cmdActivateSession
}

// inside15 handles a packet of an active session. [IPMI 2.0 §6.12.4, §6.12.9, §22.17]
func (t *Table) inside15(s *Session, p *Packet15, from *Arrival, out []byte) []byte {
	// Activate Session with null sequence number may be repeated until the first packet with another one.
	repeated := s.fresh && p.Sequence == 0
	switch {
	case !repeated && !s.window.fits(p.Sequence):
		return t.drop(from, DropSequence, out)
	case p.AuthType == s.authType:
		if s.authType != AuthTypeNone && !p.Verify(s.auth) {
			return t.drop(from, DropAuthCode, out)
		}
	case p.AuthType != AuthTypeNone:
		return t.drop(from, DropAuthType, out)
	}
	m, why, ok := parseMessage(p.Message)
	r := t.begin(m, from)
	switch {
	case !ok:
		return t.drop(from, why, out)
	case p.AuthType != s.authType && (repeated || !t.plainAllowed(s, &r.Message)):
		return t.drop(from, DropUnauthenticated, out)
	case repeated && !isActivate(&r.Message):
		return t.drop(from, DropSequence, out)
	}
	if !repeated {
		s.window.accept(p.Sequence)
		s.fresh = false
	}
	s.seen(from)
	r.Session, r.Authenticated, r.Sequence = s, p.AuthType != AuthTypeNone, p.Sequence
	answer := t.execute(r, MaxMessage15)
	answer, flaws, ok := t.meddle(s, answer)
	if answer == nil || !ok {
		return out
	}
	s.outbound = nextSequence(s.outbound)
	return s.seal15(out, p.AuthType, s.outbound, answer, flaws)
}

// plainAllowed reports whether a message may come without AuthCode into a session that has them. [IPMI 2.0 §6.12.4]
func (t *Table) plainAllowed(s *Session, m *ipmb.Message) bool {
	return s.messageOff || s.userOff && t.bmc.UserLevelCommand(m)
}

// seal15 appends a packet to the console.
func (s *Session) seal15(out []byte, authType AuthType, sequence uint32, message []byte, flaws Flaws) []byte {
	if flaws != 0 {
		return s.flawed15(out, authType, sequence, message, flaws)
	}
	p := Packet15{Sequence: sequence, SessionID: s.id, Message: message}
	if authType == AuthTypeNone {
		return p.AppendTo(out)
	}
	return p.Seal(out, s.auth)
}

// ActivateSession is the data of an Activate Session request. [IPMI 2.0 §22.17, Table 22-21]
type ActivateSession struct {
	AuthType  AuthType
	Privilege uint8 // requested maximum, not checked
	Challenge [16]byte
	Outbound  uint32 // initial outbound sequence number
}

// ParseActivateSession reads the data of a request on a multi-session channel. The error is ipmb.ErrLength.
func ParseActivateSession(b []byte) (ActivateSession, error) {
	if len(b) != 22 {
		return ActivateSession{}, ipmb.ErrLength
	}
	a := ActivateSession{AuthType: AuthType(b[0] & authTypeMask), Privilege: b[1] & 0x0f,
		Outbound: binary.LittleEndian.Uint32(b[18:])}
	copy(a.Challenge[:], b[2:18])
	return a, nil
}
