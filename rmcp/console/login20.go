package console

import (
	"context"
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// setupErrorSize is the length of a set-up message with a status: tag, status, reserved, session ID.
const setupErrorSize = 8

// Lookup says by what the BMC finds the user of RAKP Message 1. [IPMI 2.0 §13.20]
type Lookup uint8

// Lookups.
const (
	ByName Lookup = iota // the name alone, as clients do
	ByRole               // name and privilege limit
)

// Login20 says how to log in with RMCP+.
type Login20 struct {
	User      string // empty: the null user
	Password  string
	KG        rmcp.Key       // zero: one-key login
	Suite     rmcp.Suite     // the zero value is suite 0
	AnySuite  bool           // the BMC chooses the algorithms; Suite is not used
	Privilege ipmb.Privilege // requested maximum in RAKP 1: Administrator when zero
	Lookup    Lookup
	Open      ipmb.Privilege // requested maximum in Open Session; zero asks for the highest
	ConsoleID uint32         // random when zero
	NoRaise   bool           // stay at the level that the session starts with
}

// Handshake20 is a login with RMCP+ in its steps. Between them a test may change what the next one is made of.
type Handshake20 struct {
	Login  Login20
	X      rmcp.KeyExchange // filled step by step
	Opened rmcp.OpenSessionResponse

	c *Console
}

// Open20 logs in with RMCP+ and, unless told otherwise, raises the session to the requested level.
func (c *Console) Open20(ctx context.Context, l Login20) (*Session, error) {
	h, err := c.Begin20(l)
	if err != nil {
		return nil, err
	}
	if _, err := h.OpenSession(ctx); err != nil {
		return nil, err
	}
	if _, err := h.RAKP1(ctx); err != nil {
		if errors.Is(err, ErrRAKP2Code) {
			err = errors.Join(err, h.Refuse(rmcp.StatusInvalidIntegrityCheck))
		}
		return nil, err
	}
	s, err := h.RAKP3(ctx)
	if err != nil {
		return nil, err
	}
	return s, s.raise(ctx, h.Login.Privilege, l.NoRaise)
}

// Begin20 prepares a login and sends nothing.
func (c *Console) Begin20(l Login20) (*Handshake20, error) {
	var err error
	if l.Privilege == ipmb.PrivilegeUnspecified {
		l.Privilege = ipmb.PrivilegeAdministrator
	}
	if l.ConsoleID == 0 {
		if l.ConsoleID, err = c.random32(c.plus); err != nil {
			return nil, err
		}
	}
	h := &Handshake20{Login: l, c: c}
	h.X = rmcp.KeyExchange{
		ConsoleID: l.ConsoleID, Role: rmcp.NewRole(l.Privilege, l.Lookup == ByName), Name: []byte(l.User),
	}
	return h, c.random(h.X.ConsoleRandom[:])
}

// OpenSession proposes the algorithms. A status other than OK is the error, as an rmcp.Status. [IPMI 2.0 §13.17]
func (h *Handshake20) OpenSession(ctx context.Context) (rmcp.OpenSessionResponse, error) {
	l := &h.Login
	req := rmcp.OpenSessionRequest{
		Tag: h.c.nextTag(), Privilege: l.Open, ConsoleID: h.X.ConsoleID,
		Auth:            rmcp.Proposal[rmcp.AuthAlg]{Alg: l.Suite.Auth, Any: l.AnySuite},
		Integrity:       rmcp.Proposal[rmcp.IntegrityAlg]{Alg: l.Suite.Integrity, Any: l.AnySuite},
		Confidentiality: rmcp.Proposal[rmcp.ConfidentialityAlg]{Alg: l.Suite.Confidentiality, Any: l.AnySuite},
	}
	b, err := h.c.Setup(ctx, rmcp.PayloadOpenSessionRequest, req.AppendTo(nil))
	if err != nil {
		return rmcp.OpenSessionResponse{}, err
	}
	resp, err := rmcp.ParseOpenSessionResponse(b)
	if err != nil {
		return resp, fmt.Errorf("open session response: %w: %w: %x", ErrSetup, err, b)
	}
	if err := h.checkSetup(rmcp.PayloadOpenSessionResponse, resp.Status, resp.ConsoleID, len(b)); err != nil {
		return resp, err
	}
	if resp.ManagedID == 0 || !resp.Privilege.IsLevel() {
		return resp, fmt.Errorf("open session response: %w: %x", ErrSetup, b)
	}
	if !req.Auth.Allows(resp.Auth) || !req.Integrity.Allows(resp.Integrity) || !req.Confidentiality.Allows(resp.Confidentiality) {
		return resp, fmt.Errorf("open session response: %w: %v, %v, %v", ErrAlgorithm, resp.Auth, resp.Integrity, resp.Confidentiality)
	}
	h.Opened, h.X.Auth, h.X.ManagedID = resp, resp.Auth, resp.ManagedID
	return resp, nil
}

// RAKP1 sends RAKP Message 1 and checks the BMC's proof in RAKP Message 2. A status other than OK is the error, as an
// rmcp.Status; a wrong code is ErrRAKP2Code. [IPMI 2.0 §13.20, §13.21]
func (h *Handshake20) RAKP1(ctx context.Context) (rmcp.RAKP2, error) {
	req := rmcp.RAKP1{
		Tag: h.c.nextTag(), ManagedID: h.X.ManagedID, ConsoleRandom: h.X.ConsoleRandom, Role: h.X.Role, Name: h.X.Name,
	}
	b, err := h.c.Setup(ctx, rmcp.PayloadRAKP1, req.AppendTo(nil))
	if err != nil {
		return rmcp.RAKP2{}, err
	}
	resp, err := rmcp.ParseRAKP2(b)
	if err != nil {
		return resp, fmt.Errorf("rakp 2: %w: %w: %x", ErrSetup, err, b)
	}
	if err := h.checkSetup(rmcp.PayloadRAKP2, resp.Status, resp.ConsoleID, len(b)); err != nil {
		return resp, err
	}
	h.X.ManagedRandom, h.X.GUID = resp.ManagedRandom, resp.GUID
	if !h.X.VerifyRAKP2Code(resp.Code, rmcp.NewKey([]byte(h.Login.Password))) {
		return resp, fmt.Errorf("%w: %d bytes", ErrRAKP2Code, len(resp.Code))
	}
	return resp, nil
}

// RAKP3 sends RAKP Message 3, checks RAKP Message 4 and makes the session. A status other than OK is the error, as an
// rmcp.Status; a wrong integrity check value is ErrICV. [IPMI 2.0 §13.22, §13.23]
func (h *Handshake20) RAKP3(ctx context.Context) (*Session, error) {
	password := rmcp.NewKey([]byte(h.Login.Password))
	req := rmcp.RAKP3{
		Tag: h.c.nextTag(), ManagedID: h.X.ManagedID, Code: h.X.AppendRAKP3Code(nil, password),
	}
	b, err := h.c.Setup(ctx, rmcp.PayloadRAKP3, req.AppendTo(nil))
	if err != nil {
		return nil, err
	}
	resp, err := rmcp.ParseRAKP4(b)
	if err != nil {
		return nil, fmt.Errorf("rakp 4: %w: %w: %x", ErrSetup, err, b)
	}
	if err := h.checkSetup(rmcp.PayloadRAKP4, resp.Status, resp.ConsoleID, len(b)); err != nil {
		return nil, err
	}
	keys := h.X.Keys(h.Login.KG, password)
	if !keys.VerifyICV(resp.ICV) {
		return nil, fmt.Errorf("%w: %d bytes", ErrICV, len(resp.ICV))
	}
	return h.session(&keys, password)
}

// Refuse sends RAKP Message 3 with a status, which gets no answer and ends the login at the BMC. [IPMI 2.0 §13.22]
func (h *Handshake20) Refuse(status rmcp.Status) error {
	req := rmcp.RAKP3{Tag: h.c.nextTag(), Status: status, ManagedID: h.X.ManagedID}
	return h.c.SendSetup(rmcp.PayloadRAKP3, req.AppendTo(nil))
}

// checkSetup checks what the answers of session set-up share: errors are eight bytes long, successes are for this login.
func (h *Handshake20) checkSetup(t rmcp.PayloadType, status rmcp.Status, consoleID uint32, size int) error {
	if status != rmcp.StatusOK {
		if size != setupErrorSize {
			if err := h.c.breach(fmt.Errorf("%v: %w: %d bytes with %w", t, ErrSetup, size, status)); err != nil {
				return err
			}
		}
		return fmt.Errorf("%v: %w", t, status)
	}
	if consoleID != h.X.ConsoleID {
		return fmt.Errorf("%v: %w: %08Xh", t, ErrSessionID, consoleID)
	}
	return nil
}

// session makes the session of a login that succeeded.
func (h *Handshake20) session(keys *rmcp.SessionKeys, password rmcp.Key) (*Session, error) {
	suite, ok := rmcp.SuiteOf(h.Opened.Auth, h.Opened.Integrity, h.Opened.Confidentiality)
	if !ok {
		return nil, fmt.Errorf("%w: %v, %v, %v are no suite", ErrAlgorithm, h.Opened.Auth, h.Opened.Integrity, h.Opened.Confidentiality)
	}
	s := &Session{
		c: h.c, plus: true, id: h.X.ManagedID, consoleID: h.X.ConsoleID, suite: suite,
		privilege: min(h.Opened.Privilege, h.X.Role.Privilege()), next: [2]uint32{1, 1},
	}
	var err error
	if s.integrity, err = rmcp.NewIntegrity(suite.Integrity, keys.K1(), password); err != nil {
		return nil, err
	}
	if s.confidentiality, err = rmcp.NewConfidentiality(suite.Confidentiality, keys.K2(), h.c.opt.Rand); err != nil {
		return nil, err
	}
	h.c.plus[s.consoleID] = s
	return s, nil
}
