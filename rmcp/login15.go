package rmcp

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Completion codes of Activate Session. [IPMI 2.0 §22.17, Table 22-21]
const (
	NoSessionSlot      ipmb.CompletionCode = 0x81 // the table is full
	NoSlotForUser      ipmb.CompletionCode = 0x82 // the user's session limit is reached
	NoSlotForPrivilege ipmb.CompletionCode = 0x83 // there are slots for User sessions only
	SequenceOutOfRange ipmb.CompletionCode = 0x84
	InvalidSessionID   ipmb.CompletionCode = 0x85
	ExceedsLimit       ipmb.CompletionCode = 0x86 // requested maximum privilege above user's or channel's limit
)

// Challenge begins an IPMI v1.5 login for a user whom the caller has looked up, and returns the temporary session ID and
// the challenge. A request with the same sequence number from the same console gets the same ones: it is a repetition,
// because the first answer got lost. Authentication types without an AuthCode algorithm here, and users
// with 20-byte passwords, answer CCh, unless r.Flaws has FlawOEMAuth, FlawOEMPassword or FlawPassword16. Lock held. [IPMI 2.0 §22.16, §22.30]
func (t *Table) Challenge(r *Request, authType AuthType, u *User) (id uint32, challenge [16]byte, err error) {
	if u.PasswordSize > AuthCodeSize && !r.Flaws.has(FlawPassword16) {
		return 0, challenge, t.refuse15(ipmb.InvalidField)
	}
	password := u.Password[:AuthCodeSize]
	if _, err := r.coder(authType, password, challenge); err != nil {
		return 0, challenge, t.refuse15(ipmb.InvalidField)
	}
	for _, s := range t.halfOpen {
		if !s.rmcpPlus && s.peer == r.Peer && s.userID == u.ID && s.authType == authType && s.channel == r.Channel &&
			s.requestSeq == r.Message.Seq {
			s.auth, _ = r.coder(authType, password, s.challenge) // the password may have changed
			t.touch(s)
			return s.id, s.challenge, nil
		}
	}
	s := &Session{channel: r.Channel, authType: authType, userID: u.ID, userName: u.Name, peer: r.Peer,
		requestSeq: r.Message.Seq}
	t.random(s.challenge[:])
	s.auth, _ = r.coder(authType, password, s.challenge)
	t.addHalfOpen(s)
	return s.id, s.challenge, nil
}

// coder computes the AuthCodes of a login that begins. The error is that of types that there are not.
func (r *Request) coder(authType AuthType, password []byte, challenge [16]byte) (*AuthCoder, error) {
	switch {
	case authType == AuthTypeOEM && r.Flaws.has(FlawOEMAuth):
		return newOEMCoder(challenge, password), nil
	case authType == AuthTypeOEM && r.Flaws.has(FlawOEMPassword):
		a := &AuthCoder{authType: authType}
		copy(a.password[:], password)
		return a, nil
	}
	return NewAuthCoder(authType, password)
}

// Activation is what Activate Session wants and what it is allowed.
type Activation struct {
	ActivateSession
	Limit          ipmb.Privilege // the least of the user's and the channel's
	SessionLimit   uint8          // of the user; 0: none
	MessageAuthOff bool           // the channel's per-message authentication disable
	UserAuthOff    bool           // the channel's user-level authentication disable
}

// Activated is what Activate Session answers.
type Activated struct {
	AuthType  AuthType // for the rest of the session
	ID        uint32   // for the rest of the session
	Inbound   uint32   // initial inbound sequence number
	Privilege ipmb.Privilege
}

// Activate activates the half-open session that the request came on, or answers a repeated or later Activate Session of
// an active one, which sets its outbound sequence number. Errors are completion codes. Lock held. [IPMI 2.0 §22.17]
func (t *Table) Activate(r *Request, a *Activation) (Activated, error) {
	s := r.Pending
	if s == nil {
		s = r.Session
	}
	if s == nil || s.rmcpPlus || s.state == stateEnded {
		return Activated{}, t.refuse15(InvalidSessionID)
	}
	want := ipmb.Privilege(a.Privilege)
	switch {
	case s.state == stateHalfOpen && r.Sequence != 0, a.Outbound == 0:
		return Activated{}, t.refuse15(SequenceOutOfRange)
	case a.AuthType != s.authType, a.Challenge != s.echo(), !want.IsLevel():
		return Activated{}, t.refuse15(ipmb.InvalidField)
	case want > a.Limit, s.state == stateActive && want > s.max:
		return Activated{}, t.refuse15(ExceedsLimit)
	}
	if s.state == stateHalfOpen {
		switch {
		case len(t.active) >= t.opt.Slots:
			return Activated{}, t.refuse15(NoSessionSlot)
		case a.SessionLimit != 0 && t.ofUser(s.channel, s.userID) >= int(a.SessionLimit):
			return Activated{}, t.refuse15(NoSlotForUser)
		case t.high(want):
			return Activated{}, t.refuse15(NoSlotForPrivilege)
		}
		s.peer = r.Peer
		s.messageOff, s.userOff = a.MessageAuthOff, a.UserAuthOff
		s.initial = t.initialSequence()
		s.window = newWindow15(s.initial)
		s.fresh = true
		t.admit(s, want)
	}
	s.outbound = a.Outbound - 1 // the answer has the number itself
	out := Activated{AuthType: s.authType, ID: s.id, Inbound: s.initial, Privilege: s.max}
	if !s.fresh {
		out.Inbound = s.window.highest + 1 // the sequence in progress goes on
	}
	if s.messageOff {
		out.AuthType = AuthTypeNone
	}
	return out, nil
}

// echo is the challenge as Activate Session must bring it back.
func (s *Session) echo() (challenge [16]byte) {
	if !s.auth.blank {
		challenge = s.challenge
	}
	return challenge
}

// initialSequence draws an initial inbound sequence number. It is not zero, and far from where numbers wrap, which not
// every console does right.
func (t *Table) initialSequence() uint32 {
	var b [4]byte
	for {
		t.random(b[:])
		if n := binary.LittleEndian.Uint32(b[:]) >> 2; n != 0 {
			return n
		}
	}
}

func (t *Table) refuse15(code ipmb.CompletionCode) error {
	t.Stats.RefusedV15.Add(1)
	return code
}
