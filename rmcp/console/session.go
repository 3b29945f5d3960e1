package console

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Session commands. [IPMI 2.0 §22.16 to §22.19]
const (
	cmdGetSessionChallenge = 0x39
	cmdActivateSession     = 0x3a
	cmdSetPrivilege        = 0x3b
	cmdCloseSession        = 0x3c
)

// Session is an open session.
type Session struct {
	c         *Console
	id        uint32 // the BMC's
	consoleID uint32 // RMCP+ only
	privilege ipmb.Privilege
	inbox     []Packet

	auth *rmcp.AuthCoder // v1.5 only; type none when the session goes without
	none *rmcp.AuthCoder // v1.5 only

	plus            bool
	suite           rmcp.Suite
	integrity       *rmcp.Integrity
	confidentiality *rmcp.Confidentiality

	// Sequence numbers: the next to send and the last received. RMCP+ has two of each, the second one for
	// unauthenticated packets; v1.5 uses the first. [IPMI 2.0 §6.12.8, §6.12.13]
	next, last [2]uint32
}

// ID is the BMC's session ID.
func (s *Session) ID() uint32 { return s.id }

// ConsoleID is the console's session ID, 0 in a v1.5 session.
func (s *Session) ConsoleID() uint32 { return s.consoleID }

// RMCPPlus reports whether the session is an RMCP+ one.
func (s *Session) RMCPPlus() bool { return s.plus }

// Suite is the cipher suite of an RMCP+ session.
func (s *Session) Suite() rmcp.Suite { return s.suite }

// MaxPrivilege is the session's maximum privilege level as the login's answers gave it.
func (s *Session) MaxPrivilege() ipmb.Privilege { return s.privilege }

// NextSequence is the session sequence number that the next frame has.
func (s *Session) NextSequence() uint32 { return s.next[0] }

// SetSequence makes n the session sequence number of the next frame.
func (s *Session) SetSequence(n uint32) { s.next[0] = n }

// Do sends a request to the BMC and returns the data behind the completion code; a completion code other than OK is the
// error, as an ipmb.CompletionCode, beside the data.
func (s *Session) Do(ctx context.Context, netFn ipmb.NetFn, cmd uint8, data ...byte) ([]byte, error) {
	a, err := s.Exchange(ctx, s.c.Request(netFn, cmd, data...), Frame{})
	if err != nil {
		return nil, err
	}
	return completion(&a)
}

// Exchange sends a message in a frame of which everything but Type and Payload is used, and waits for its response: the
// one with its network function, command and sequence. Other packets wait for Receive. The response must come from where
// the message went and be protected as the message was.
func (s *Session) Exchange(ctx context.Context, m ipmb.Message, f Frame) (ipmb.Message, error) {
	f.Type, f.Payload = rmcp.PayloadIPMI, m.AppendTo(nil)
	for attempt := 0; ; attempt++ {
		if err := s.Send(f); err != nil {
			return ipmb.Message{}, err
		}
		p, err := s.wait(ctx, func(p *Packet) bool { return p.Type == rmcp.PayloadIPMI && isAnswer(&m, &p.Message) })
		if err == nil {
			return p.Message, s.c.breach(s.checkAnswer(&m, &f, &p))
		}
		if !s.c.again(ctx, attempt, err) {
			return ipmb.Message{}, fmt.Errorf("%v/%02Xh: %w", m.NetFn, m.Cmd, err)
		}
	}
}

// checkAnswer checks addresses, LUNs and protection of a response.
func (s *Session) checkAnswer(m *ipmb.Message, f *Frame, p *Packet) error {
	want := m.Response()
	want.Data = p.Message.Data
	if got := p.Message; got.To != want.To || got.ToLUN != want.ToLUN || got.From != want.From || got.FromLUN != want.FromLUN {
		return fmt.Errorf("%w: addresses or luns of %x", ErrMessage, p.Payload)
	}
	if p.Authenticated != (s.signs() && !f.Unauthenticated) || p.Encrypted != (s.encrypts() && !f.Unencrypted) {
		return fmt.Errorf("%w: authenticated %v, encrypted %v", ErrProtection, p.Authenticated, p.Encrypted)
	}
	return nil
}

// SendMessage sends a message and does not wait.
func (s *Session) SendMessage(m ipmb.Message) error { return s.Send(Frame{Payload: m.AppendTo(nil)}) }

// Send sends a frame and does not wait.
func (s *Session) Send(f Frame) error { return s.c.Send(s.Seal(nil, f)) }

// Receive returns the session's next packet, whatever it is.
func (s *Session) Receive(ctx context.Context) (Packet, error) {
	return s.wait(ctx, func(*Packet) bool { return true })
}

// SetPrivilege sets the session's operating privilege level. [IPMI 2.0 §22.18]
func (s *Session) SetPrivilege(ctx context.Context, p ipmb.Privilege) error {
	data, err := s.Do(ctx, ipmb.NetFnApp, cmdSetPrivilege, byte(p))
	if err != nil {
		return fmt.Errorf("set session privilege level %v: %w", p, err)
	}
	if len(data) != 1 || p.IsLevel() && ipmb.Privilege(data[0]) != p {
		return fmt.Errorf("set session privilege level %v: %w: %x", p, ErrMessage, data)
	}
	return nil
}

// Close ends the session. [IPMI 2.0 §22.19]
func (s *Session) Close(ctx context.Context) error {
	var id [4]byte
	binary.LittleEndian.PutUint32(id[:], s.id)
	_, err := s.Do(ctx, ipmb.NetFnApp, cmdCloseSession, id[:]...)
	if err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	s.Forget()
	return nil
}

// Forget makes the console treat the session's packets as packets outside of sessions, without telling the BMC.
func (s *Session) Forget() {
	if s.plus {
		delete(s.c.plus, s.consoleID)
	} else {
		delete(s.c.old, s.id)
	}
}

// wait returns the first packet that match accepts, from the inbox or from the wire.
func (s *Session) wait(ctx context.Context, match func(*Packet) bool) (Packet, error) {
	var deadline time.Time
	for {
		if p, ok := s.take(match); ok {
			return p, nil
		}
		if deadline.IsZero() {
			deadline = s.c.deadline(ctx)
		}
		if err := s.c.pump(ctx, deadline); err != nil {
			return Packet{}, err
		}
	}
}

// take removes the first packet that match accepts from the inbox.
func (s *Session) take(match func(*Packet) bool) (Packet, bool) {
	for i := range s.inbox {
		if p := s.inbox[i]; match(&p) {
			s.inbox = append(s.inbox[:i], s.inbox[i+1:]...)
			return p, true
		}
	}
	return Packet{}, false
}

// receive checks a datagram and puts it into the inbox.
func (s *Session) receive(d []byte) error {
	p, err := s.Open(d)
	if err != nil {
		return fmt.Errorf("session %08Xh: %w", s.id, err)
	}
	if len(s.inbox) == maxStrays {
		s.inbox = s.inbox[1:]
	}
	s.inbox = append(s.inbox, p)
	return nil
}

// signs reports whether the session's packets have an AuthCode.
func (s *Session) signs() bool {
	if s.plus {
		return s.suite.Integrity != rmcp.IntegrityNone
	}
	return s.auth.Type() != rmcp.AuthTypeNone
}

// encrypts reports whether the session's packets are encrypted.
func (s *Session) encrypts() bool {
	return s.plus && s.suite.Confidentiality != rmcp.ConfidentialityNone
}
