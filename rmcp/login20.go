package rmcp

import (
	"bytes"

	"github.com/fakebmc/fakebmc/ipmb"
)

// setup is the state of an RMCP+ login: what the console said, and what it was answered, so that a repeated message gets
// the same bytes. [IPMI 2.0 §13.15, §13.17-13.23]
//
// Consoles' session IDs and message tags are no keys: ipmitool always has the ID A0A2A3A4h and tag 0.
type setup struct {
	limit ipmb.Privilege // that Open Session Response promised
	kg    Key            // as it was with RAKP 1
	user  User
	keys  KeyExchange
	over  bool           // the exchange is over: only repetitions are answered
	asked ipmb.Privilege // by Open Session Request
	flaws Flaws

	open, rakp1, rakp3 exchange
}

// exchange is a message and its answer.
type exchange struct{ request, answer []byte }

func (e *exchange) repeated(b []byte) bool { return e.request != nil && bytes.Equal(e.request, b) }

func (e *exchange) set(request, answer []byte) {
	e.request, e.answer = bytes.Clone(request), answer
}

// answerSetup appends a packet of session set-up. [IPMI 2.0 §13.27.3]
func answerSetup(out []byte, kind PayloadType, payload []byte) []byte {
	p := Packet20{Type: kind, Payload: payload}
	return p.AppendTo(out)
}

// refuse counts and logs a refusal.
func (t *Table) refuse(from *Arrival, kind PayloadType, status Status) {
	if int(status) < len(t.Stats.Refused) {
		t.Stats.Refused[status].Add(1)
	}
	t.opt.Log.Info().Stringer("peer", from.Peer).Stringer("answer", kind).Stringer("status", status).Msg("login refused")
}

// openSession answers an Open Session Request. [IPMI 2.0 §13.17, §13.18]
func (t *Table) openSession(c *Channel, b []byte, from *Arrival, out []byte) []byte {
	for _, s := range t.halfOpen {
		if s.rmcpPlus && s.peer == from.Peer && s.setup.rakp1.request == nil && s.setup.open.repeated(b) {
			t.touch(s)
			return answerSetup(out, PayloadOpenSessionResponse, s.setup.open.answer)
		}
	}
	req, err := ParseOpenSessionRequest(b)
	status, ok := statusOf(err)
	if !ok {
		return t.drop(from, DropFormat, out)
	}
	resp := OpenSessionResponse{Tag: req.Tag, ConsoleID: req.ConsoleID, Status: status}
	var suite Suite
	if status == StatusOK {
		suite, resp.Privilege, resp.Status = t.choose(c, &req)
	}
	if resp.Status != StatusOK {
		t.refuse(from, PayloadOpenSessionResponse, resp.Status)
		return answerSetup(out, PayloadOpenSessionResponse, resp.AppendTo(nil))
	}
	s := &Session{rmcpPlus: true, channel: from.Channel, peer: from.Peer, suite: suite, consoleID: req.ConsoleID,
		setup: &setup{limit: resp.Privilege, asked: req.Privilege, flaws: t.flaws}}
	t.addHalfOpen(s)
	resp.ManagedID = s.id
	resp.Auth, resp.Integrity, resp.Confidentiality = suite.Auth, suite.Integrity, suite.Confidentiality
	s.setup.open.set(b, resp.AppendTo(nil))
	return answerSetup(out, PayloadOpenSessionResponse, s.setup.open.answer)
}

// choose finds the cipher suite for the console's proposals. Without a requested privilege level it is the matching suite
// with the highest one; else the first, in the channel's order, that allows the level. [IPMI 2.0 §13.17]
//
// The statuses in detail: 04h, 05h and 10h are for algorithms that fakebmc does not know, 11h for known ones in no
// enabled suite (pyghmi tries its next suite after 11h only), 06h and 07h for a wildcard that nothing fits.
func (t *Table) choose(c *Channel, req *OpenSessionRequest) (Suite, ipmb.Privilege, Status) {
	switch {
	case req.ConsoleID == 0: // it would mean "outside of a session"
		return Suite{}, 0, StatusInvalidSessionID
	case req.Privilege > ipmb.PrivilegeOEM:
		return Suite{}, 0, StatusInvalidRole
	case !req.Auth.Any && !req.Auth.Alg.IsKnown():
		return Suite{}, 0, StatusInvalidAuthAlg
	case !req.Integrity.Any && !req.Integrity.Alg.IsKnown():
		return Suite{}, 0, StatusInvalidIntegrityAlg
	case !req.Confidentiality.Any && !req.Confidentiality.Alg.IsKnown():
		return Suite{}, 0, StatusInvalidConfidentialityAlg
	}
	var best *SuiteLimit
	suites := t.flaws.suites(c)
	for i := range suites {
		s := &suites[i]
		if !s.Limit.IsLevel() || s.Limit < req.Privilege || !req.Auth.Allows(s.Auth) ||
			!req.Integrity.Allows(s.Integrity) || !req.Confidentiality.Allows(s.Confidentiality) {
			continue
		}
		if best == nil || req.Privilege == ipmb.PrivilegeUnspecified && s.Limit > best.Limit {
			best = s
		}
	}
	switch {
	case best == nil && req.Auth.Any:
		return Suite{}, 0, StatusNoMatchingAuth
	case best == nil && req.Integrity.Any:
		return Suite{}, 0, StatusNoMatchingIntegrity
	case best == nil:
		return Suite{}, 0, StatusNoCipherSuite
	case len(t.active) >= t.opt.Slots:
		return Suite{}, 0, StatusInsufficientResources
	case req.Privilege == ipmb.PrivilegeUnspecified:
		return best.Suite, best.Limit, StatusOK
	}
	return best.Suite, req.Privilege, StatusOK
}

// login returns the RMCP+ login that a RAKP message names by the managed system session ID. 02h is for IDs that nobody
// has, 08h for those whose exchange is over or has not come that far.
func (t *Table) login(id uint32) (*Session, Status) {
	s := t.byID[id]
	switch {
	case s == nil || !s.rmcpPlus:
		return nil, StatusInvalidSessionID
	case s.state != stateHalfOpen || s.setup.over:
		return s, StatusInactiveSessionID
	}
	return s, StatusOK
}

// statusOf takes an error of the set-up messages' parsers apart: a status to answer with, or false when there is nothing
// to answer to.
func statusOf(err error) (Status, bool) {
	if err == nil {
		return StatusOK, true
	}
	status, ok := err.(Status) // the parsers return it as it is
	return status, ok
}

// rakp1 answers RAKP Message 1 with RAKP Message 2. [IPMI 2.0 §13.20, §13.21]
func (t *Table) rakp1(c *Channel, b []byte, from *Arrival, out []byte) []byte {
	m, err := ParseRAKP1(b)
	wrong, ok := statusOf(err)
	if !ok {
		return t.drop(from, DropFormat, out)
	}
	s, status := t.login(m.ManagedID)
	if s != nil && s.setup.rakp1.repeated(b) {
		t.touch(s)
		return answerSetup(out, PayloadRAKP2, s.setup.rakp1.answer)
	}
	resp := RAKP2{Tag: m.Tag, Status: status}
	if s != nil {
		resp.ConsoleID = s.consoleID
	}
	if status == StatusOK {
		t.touch(s)
		s.setup.rakp1, s.setup.rakp3 = exchange{}, exchange{}
		s.setup.flaws |= t.flaws
		m.Name = s.setup.nameOf(m.Name)
		if resp.Status = wrong; wrong == StatusOK {
			resp.Status = t.identify(s, c, &m)
		}
	}
	if resp.Status != StatusOK {
		t.refuse(from, PayloadRAKP2, resp.Status)
		return answerSetup(out, PayloadRAKP2, resp.AppendTo(nil))
	}
	u := s.setup
	u.keys = KeyExchange{Auth: s.suite.Auth, ConsoleID: s.consoleID, ManagedID: s.id, ConsoleRandom: m.ConsoleRandom,
		GUID: t.bmc.SystemGUID(), Role: m.Role, Name: []byte(u.user.Name)}
	u.spoilKeys()
	t.random(u.keys.ManagedRandom[:])
	u.kg = c.KG
	resp.ManagedRandom, resp.GUID = u.keys.ManagedRandom, u.keys.GUID
	resp.Code = u.keys.AppendRAKP2Code(nil, u.passwordFor(s.suite))
	u.rakp1.set(b, resp.AppendTo(nil))
	return answerSetup(out, PayloadRAKP2, u.rakp1.answer)
}

// identify looks up the user of RAKP Message 1 and the session's ceiling: with name-only lookup the least of what is
// requested and what suite, channel and user allow; with name and privilege lookup the requested level, if suite and
// channel allow it. [IPMI 2.0 §13.20]
func (t *Table) identify(s *Session, c *Channel, m *RAKP1) Status {
	role, lookup := m.Role.Privilege(), ipmb.PrivilegeUnspecified
	if !role.IsLevel() {
		return StatusInvalidRole
	}
	if !m.Role.NameOnly() {
		lookup = role
	}
	u, ok := t.bmc.UserByName(s.channel, m.Name, lookup)
	if !ok {
		if _, named := t.bmc.UserByName(s.channel, m.Name, ipmb.PrivilegeUnspecified); named {
			return StatusUnauthorizedRole
		}
		return StatusUnauthorizedName
	}
	ceiling := min(role, s.setup.limit, c.Limit, u.Limit)
	switch {
	case !ceiling.IsLevel(), !m.Role.NameOnly() && ceiling < role:
		return StatusUnauthorizedRole
	case len(t.active) >= t.opt.Slots:
		return StatusInsufficientResources
	case t.full(s.channel, &u), t.high(ceiling):
		return StatusInsufficientResourcesAtRole
	}
	s.setup.user = u
	s.userID, s.userName, s.max = u.ID, u.Name, ceiling
	return StatusOK
}

// high reports whether there is no slot for a session with that ceiling, though there may be for a lower one.
func (t *Table) high(ceiling ipmb.Privilege) bool {
	if t.opt.HighSlots == 0 || ceiling <= ipmb.PrivilegeUser {
		return false
	}
	n := 0
	for _, s := range t.active {
		if s.max > ipmb.PrivilegeUser {
			n++
		}
	}
	return n >= t.opt.HighSlots
}

// full reports whether a user has as many sessions as the user's session limit allows. [IPMI 2.0 §22.26]
func (t *Table) full(channel uint8, u *User) bool {
	return u.SessionLimit != 0 && t.ofUser(channel, u.ID) >= int(u.SessionLimit)
}

// rakp3 answers RAKP Message 3 with RAKP Message 4, and activates the session. A message with a status ends the exchange
// and gets no answer. [IPMI 2.0 §13.22, §13.23]
func (t *Table) rakp3(c *Channel, b []byte, from *Arrival, out []byte) []byte {
	m, err := ParseRAKP3(b)
	if err != nil {
		return t.drop(from, DropFormat, out)
	}
	s, status := t.login(m.ManagedID)
	if s != nil && s.setup.rakp3.repeated(b) {
		return answerSetup(out, PayloadRAKP4, s.setup.rakp3.answer)
	}
	if status == StatusOK && s.setup.rakp1.request == nil {
		status = StatusInactiveSessionID
	}
	resp := RAKP4{Tag: m.Tag, Status: status}
	if s != nil {
		resp.ConsoleID = s.consoleID
	}
	switch {
	case status != StatusOK && m.Status != StatusOK:
		return t.drop(from, DropUnknownSession, out)
	case status != StatusOK:
		t.refuse(from, PayloadRAKP4, status)
		return answerSetup(out, PayloadRAKP4, resp.AppendTo(nil))
	case m.Status != StatusOK:
		t.refused(s, m.Status, from)
		return out
	}
	t.touch(s)
	s.setup.flaws |= t.flaws
	if resp.Status = t.authenticate(s, m.Code); resp.Status != StatusOK {
		t.refuse(from, PayloadRAKP4, resp.Status)
		s.setup.over = true
		s.setup.rakp3.set(b, resp.AppendTo(nil))
		return answerSetup(out, PayloadRAKP4, s.setup.rakp3.answer)
	}
	keys := s.setup.keys.Keys(s.setup.kg, s.setup.passwordFor(s.suite))
	resp.ICV = s.setup.checkValue(&keys, s.suite)
	t.activate20(s, &keys, c, from)
	s.setup.rakp3.set(b, resp.AppendTo(nil))
	return answerSetup(out, PayloadRAKP4, s.setup.rakp3.answer)
}

// refused forgets a login that the console ended. The BMC's code not being what the console computed means that the
// console has another password, so it counts for the bad password threshold.
//
// Clients: with a wrong password, OpenIPMI 2.0.33 sends RAKP Message 3 with status 0Fh. ipmitool 1.8.19, FreeIPMI 1.6.10,
// ipmiutil 3.1.8, pyghmi 1.5.34 and go-ipmi 0.9.1 send nothing at all: the controller never learns of their attempts.
func (t *Table) refused(s *Session, status Status, from *Arrival) {
	t.opt.Log.Info().Stringer("peer", from.Peer).Str("user", s.userName).Stringer("status", status).
		Msg("login ended by the console")
	if status == StatusInvalidIntegrityCheck {
		t.bmc.PasswordTried(s.channel, s.userID, false)
	}
	t.forget(s)
}

// authenticate checks the console's code, and then whether there still is room. A code that is there with RAKP-none, or
// has another length than the algorithm's, is a wrong one. [IPMI 2.0 §13.23]
func (t *Table) authenticate(s *Session, code []byte) Status {
	u := s.setup
	right := u.rightCode(code, s.suite)
	switch {
	case len(t.active) >= t.opt.Slots, t.full(s.channel, &u.user), t.high(s.max): // the attempt fails anyway: no word on the password
		if right {
			return StatusInsufficientResources
		}
		return StatusInvalidIntegrityCheck
	case s.suite.Auth != AuthRAKPNone:
		t.bmc.PasswordTried(s.channel, s.userID, right)
	}
	if !right {
		return StatusInvalidIntegrityCheck
	}
	return StatusOK
}

// activate20 makes a session out of a login that is through.
func (t *Table) activate20(s *Session, keys *SessionKeys, c *Channel, from *Arrival) {
	var err error
	key := keys.K1()
	if s.setup.flaws.has(FlawIntegrityBySIK) {
		key = keys.SIK()
	}
	if s.integrity, err = NewIntegrity(s.suite.Integrity, key, s.setup.passwordFor(s.suite)); err == nil {
		s.confidentiality, err = NewConfidentiality(s.suite.Confidentiality, keys.K2(), t.opt.Rand)
	}
	if err != nil {
		panic(err) // Channel.Suites has a suite that is none of SuiteByID's: a programmer's mistake
	}
	s.messageOff, s.userOff = c.MessageAuthOff, c.UserAuthOff
	s.peer = from.Peer
	s.setup = &setup{over: true, flaws: s.setup.flaws}
	t.admit(s, s.max)
	s.seen(from)
}
