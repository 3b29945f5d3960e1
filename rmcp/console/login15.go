package console

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

const (
	challengeRespSize = 20
	activateRespSize  = 10
	userNameSize      = 16
)

// Login15 says how to log in with IPMI v1.5.
type Login15 struct {
	User      string // empty: the null user
	Password  string
	AuthType  rmcp.AuthType
	Privilege ipmb.Privilege // requested maximum: Administrator when zero
	Outbound  uint32         // initial outbound sequence number: random when zero
	NoRaise   bool           // stay at the level that the session starts with
}

// Handshake15 is a login with IPMI v1.5 in its steps. What the BMC gave can be changed before the next step.
type Handshake15 struct {
	Login       Login15
	TemporaryID uint32
	Challenge   [16]byte

	c    *Console
	auth *rmcp.AuthCoder
}

// Open15 logs in with IPMI v1.5 and, unless told otherwise, raises the session to the requested level.
func (c *Console) Open15(ctx context.Context, l Login15) (*Session, error) {
	h, err := c.Begin15(l)
	if err != nil {
		return nil, err
	}
	if err := h.GetChallenge(ctx); err != nil {
		return nil, err
	}
	s, err := h.Activate(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.raise(ctx, h.Login.Privilege, l.NoRaise)
}

// Begin15 prepares a login and sends nothing.
func (c *Console) Begin15(l Login15) (*Handshake15, error) {
	auth, err := rmcp.NewAuthCoder(l.AuthType, []byte(l.Password))
	if err != nil {
		return nil, err
	}
	if l.Privilege == ipmb.PrivilegeUnspecified {
		l.Privilege = ipmb.PrivilegeAdministrator
	}
	if l.Outbound == 0 {
		if l.Outbound, err = c.random32(nil); err != nil {
			return nil, err
		}
	}
	return &Handshake15{Login: l, c: c, auth: auth}, nil
}

// GetChallenge gets temporary session ID and challenge. [IPMI 2.0 §22.16]
func (h *Handshake15) GetChallenge(ctx context.Context) error {
	req := make([]byte, 1+userNameSize)
	req[0] = byte(h.Login.AuthType)
	copy(req[1:], h.Login.User)
	data, err := h.c.Do(ctx, ipmb.NetFnApp, cmdGetSessionChallenge, req...)
	if err != nil {
		return fmt.Errorf("get session challenge: %w", err)
	}
	if len(data) != challengeRespSize {
		return fmt.Errorf("get session challenge: %w: %x", ErrMessage, data)
	}
	h.TemporaryID = binary.LittleEndian.Uint32(data)
	copy(h.Challenge[:], data[4:])
	return nil
}

// Request is the datagram of Activate Session: on the temporary ID, with a null sequence number. [IPMI 2.0 §22.17]
func (h *Handshake15) Request() (ipmb.Message, []byte) {
	req := []byte{byte(h.Login.AuthType), byte(h.Login.Privilege)}
	req = append(req, h.Challenge[:]...)
	req = binary.LittleEndian.AppendUint32(req, h.Login.Outbound)
	m := h.c.Request(ipmb.NetFnApp, cmdActivateSession, req...)
	p := rmcp.Packet15{SessionID: h.TemporaryID, Message: m.AppendTo(nil)}
	return m, p.Seal(nil, h.auth)
}

// Activate activates the session and checks the response: its header has the temporary ID, the initial outbound sequence
// number, and the AuthCode. [IPMI 2.0 §6.12.7, §22.17]
func (h *Handshake15) Activate(ctx context.Context) (*Session, error) {
	m, datagram := h.Request()
	for attempt := 0; ; attempt++ {
		if err := h.c.Send(datagram); err != nil {
			return nil, err
		}
		d, err := h.c.stray(ctx, func(d []byte) bool { _, ok := activateAnswer(&m, d); return ok })
		if err == nil {
			return h.activated(&m, d)
		}
		if !h.c.again(ctx, attempt, err) {
			return nil, fmt.Errorf("activate session: %w", err)
		}
	}
}

// activateAnswer finds the response to m in a datagram, whatever its session header says.
func activateAnswer(m *ipmb.Message, d []byte) (rmcp.Packet15, bool) {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil || h.Class != rmcp.ClassIPMI {
		return rmcp.Packet15{}, false
	}
	p, err := rmcp.ParsePacket15(rest)
	if err != nil {
		return rmcp.Packet15{}, false
	}
	_, ok := answerTo(m, p.Message)
	return p, ok
}

// activated reads the response in a datagram and makes the session.
func (h *Handshake15) activated(m *ipmb.Message, d []byte) (*Session, error) {
	p, _ := activateAnswer(m, d)
	a, _ := answerTo(m, p.Message)
	if p.SessionID != h.TemporaryID {
		err := fmt.Errorf("activate session: %w: %08Xh is not the temporary one", ErrSessionID, p.SessionID)
		if err = h.c.breach(err); err != nil {
			return nil, err
		}
	}
	if !p.Verify(h.auth) {
		return nil, fmt.Errorf("activate session: %w", ErrAuthCode)
	}
	data, err := completion(&a)
	if err != nil {
		return nil, fmt.Errorf("activate session: %w", err)
	}
	if p.Sequence != h.Login.Outbound {
		err := fmt.Errorf("activate session: %w: %08Xh, want the initial %08Xh", ErrSequence, p.Sequence, h.Login.Outbound)
		if err = h.c.breach(err); err != nil {
			return nil, err
		}
	}
	if len(data) != activateRespSize {
		return nil, fmt.Errorf("activate session: %w: %x", ErrMessage, data)
	}
	none, err := rmcp.NewAuthCoder(rmcp.AuthTypeNone, nil)
	if err != nil {
		return nil, err
	}
	s := &Session{c: h.c, auth: h.auth, none: none, id: binary.LittleEndian.Uint32(data[1:])}
	s.next[0] = binary.LittleEndian.Uint32(data[5:])
	s.last[0] = h.Login.Outbound
	s.privilege = ipmb.Privilege(data[9] & 0x0f)
	switch rest := rmcp.AuthType(data[0]); {
	case rest == rmcp.AuthTypeNone:
		s.auth = none
	case rest != h.Login.AuthType:
		return nil, fmt.Errorf("activate session: %w: authentication type %v for the rest", ErrMessage, rest)
	}
	if s.id == 0 || s.next[0] == 0 || !s.privilege.IsLevel() {
		return nil, fmt.Errorf("activate session: %w: %x", ErrMessage, data)
	}
	h.c.old[s.id] = s
	return s, nil
}

// raise sets the operating privilege level after a login, to what was asked for if the session may have it.
func (s *Session) raise(ctx context.Context, want ipmb.Privilege, no bool) error {
	if no || want <= ipmb.PrivilegeUser {
		return nil
	}
	return s.SetPrivilege(ctx, want)
}
