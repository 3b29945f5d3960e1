package rmcp

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// console15 is the console's side of an IPMI v1.5 session.
type console15 struct {
	*peer
	auth      *AuthCoder
	authType  AuthType // of the login
	in        AuthType // of packets in the session
	id        uint32
	challenge [16]byte
	seq       uint32 // next to send
	bmcSeq    uint32 // last received
	privilege uint8
}

// packet15 seals a message.
func (c *console15) packet15(authType AuthType, seq uint32, message []byte) []byte {
	p := Packet15{AuthType: authType, SessionID: c.id, Sequence: seq, Message: message}
	if authType == AuthTypeNone {
		return p.AppendTo(nil)
	}
	return p.Seal(nil, c.auth)
}

// open15 parses an answer and checks session ID, authentication type and AuthCode.
func (c *console15) open15(want AuthType, b []byte) Packet15 {
	c.t.Helper()
	_, data, err := ParseHeader(b)
	if err != nil {
		c.t.Fatalf("answer % x: %v", b, err)
	}
	p, err := ParsePacket15(data)
	switch {
	case err != nil:
		c.t.Fatalf("answer % x: %v", b, err)
	case p.AuthType != want || p.SessionID != c.id:
		c.t.Fatalf("answer has type %v, session %#x, want %v, %#x", p.AuthType, p.SessionID, want, c.id)
	case want != AuthTypeNone && !p.Verify(c.auth):
		c.t.Fatal("answer has a wrong AuthCode")
	}
	return p
}

// challenge15 asks for a challenge.
func challenge15(p *peer, authType AuthType, seq uint8, user, password string) (*console15, ipmb.CompletionCode) {
	p.t.Helper()
	auth, err := NewAuthCoder(authType, []byte(password))
	if err != nil {
		p.t.Fatal(err)
	}
	c := &console15{peer: p, auth: auth, authType: authType, in: authType, privilege: 4}
	data := make([]byte, 17)
	data[0] = byte(authType)
	copy(data[1:], user)
	out := Packet15{Message: request(seq, 0x39, data...)}
	a := answerOf(p.t, c.open15(AuthTypeNone, p.send(out.AppendTo(nil))).Message)
	if a[0] != 0 {
		return c, ipmb.CompletionCode(a[0])
	}
	c.id = binary.LittleEndian.Uint32(a[1:])
	copy(c.challenge[:], a[5:])
	return c, 0
}

// activation is the message Activate Session.
func (c *console15) activation(seq uint8, outbound uint32) []byte {
	data := append([]byte{byte(c.authType), c.privilege}, c.challenge[:]...)
	return request(seq, cmdActivateSession, binary.LittleEndian.AppendUint32(data, outbound)...)
}

// activate activates and returns the completion code.
func (c *console15) activate() ipmb.CompletionCode {
	c.t.Helper()
	const outbound = 0x1000
	p := c.open15(c.authType, c.send(c.packet15(c.authType, 0, c.activation(2, outbound))))
	if p.Sequence != outbound {
		c.t.Fatalf("answer to Activate Session has sequence %#x, want the initial outbound %#x", p.Sequence, outbound)
	}
	c.bmcSeq = outbound
	a := answerOf(c.t, p.Message)
	if a[0] != 0 {
		return ipmb.CompletionCode(a[0])
	}
	if len(a) != 11 {
		c.t.Fatalf("answer to Activate Session has %d bytes, want 11", len(a))
	}
	c.in = AuthType(a[1])
	c.id = binary.LittleEndian.Uint32(a[2:])
	c.seq = binary.LittleEndian.Uint32(a[6:])
	c.privilege = a[10]
	return 0
}

// do runs a command and returns completion code and data.
func (c *console15) do(cmd uint8, data ...byte) []byte {
	c.t.Helper()
	p := c.open15(c.in, c.send(c.packet15(c.in, c.seq, request(uint8(c.seq)&0x3f, cmd, data...))))
	c.seq++
	if p.Sequence != c.bmcSeq+1 {
		c.t.Fatalf("answer has sequence %#x, want %#x", p.Sequence, c.bmcSeq+1)
	}
	c.bmcSeq = p.Sequence
	return answerOf(c.t, p.Message)
}

// login15 opens a session.
func login15(p *peer, authType AuthType, user, password string) *console15 {
	p.t.Helper()
	c, cc := challenge15(p, authType, 1, user, password)
	if cc != 0 {
		p.t.Fatalf("Get Session Challenge: %v", cc)
	}
	if user != "admin" {
		c.privilege = 2
	}
	if cc := c.activate(); cc != 0 {
		p.t.Fatalf("Activate Session: %v", cc)
	}
	return c
}

// console20 is the console's side of an RMCP+ session.
type console20 struct {
	*peer
	x        KeyExchange
	suite    Suite
	user     string
	password Key
	kg       Key
	role     Role
	level    ipmb.Privilege // asked for in Open Session
	tag      uint8
	limit    ipmb.Privilege // of Open Session Response
	i        *Integrity
	e        *Confidentiality
	seq      uint32 // last sent
	bmcSeq   uint32
}

func newConsole20(p *peer, suite uint8, user, password string) *console20 {
	s, _ := SuiteByID(suite)
	return &console20{peer: p, suite: s, user: user, password: NewKey([]byte(password)), role: 0x14,
		x: KeyExchange{ConsoleID: 0xa0a2a3a4}}
}

// setupPacket is a set-up message's datagram.
func setupPacket(kind PayloadType, payload []byte) []byte {
	p := Packet20{Type: kind, Payload: payload}
	return p.AppendTo(nil)
}

// open20 parses an answer of a set-up message.
func openSetup(t testing.TB, want PayloadType, b []byte) []byte {
	t.Helper()
	if b == nil {
		t.Fatalf("no answer, want %v", want)
	}
	_, data, err := ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePacket20(data)
	if err != nil || p.Type != want || p.SessionID != 0 || p.Sequence != 0 || p.Encrypted || p.Authenticated {
		t.Fatalf("answer % x: %v; want %v outside of a session", b, err, want)
	}
	return p.Payload
}

func (c *console20) openRequest() []byte {
	r := OpenSessionRequest{Tag: c.tag, Privilege: c.level, ConsoleID: c.x.ConsoleID, Auth: Propose(c.suite.Auth),
		Integrity: Propose(c.suite.Integrity), Confidentiality: Propose(c.suite.Confidentiality)}
	return r.AppendTo(nil)
}

// open sends Open Session.
func (c *console20) open() Status {
	c.t.Helper()
	r, err := ParseOpenSessionResponse(openSetup(c.t, PayloadOpenSessionResponse, c.send(setupPacket(PayloadOpenSessionRequest, c.openRequest()))))
	if err != nil || r.Tag != c.tag || r.ConsoleID != c.x.ConsoleID {
		c.t.Fatalf("Open Session Response: %v %+v", err, r)
	}
	if r.Status != StatusOK {
		return r.Status
	}
	if r.ManagedID == 0 || r.Auth != c.suite.Auth || r.Integrity != c.suite.Integrity || r.Confidentiality != c.suite.Confidentiality {
		c.t.Fatalf("Open Session Response: %+v, want %v", r, c.suite)
	}
	c.x.ManagedID, c.limit = r.ManagedID, r.Privilege
	return StatusOK
}

// rakp1 is the payload of RAKP Message 1.
func (c *console20) rakp1() []byte {
	c.x.Auth, c.x.Role, c.x.Name = c.suite.Auth, c.role, []byte(c.user)
	binary.LittleEndian.PutUint64(c.x.ConsoleRandom[:], rand.Uint64())
	m := RAKP1{Tag: c.tag, ManagedID: c.x.ManagedID, ConsoleRandom: c.x.ConsoleRandom, Role: c.role, Name: c.x.Name}
	return m.AppendTo(nil)
}

// sendRAKP1 sends it and takes in RAKP Message 2, whose code it does not check.
func (c *console20) sendRAKP1(b []byte) (Status, RAKP2) {
	c.t.Helper()
	m, err := ParseRAKP2(openSetup(c.t, PayloadRAKP2, c.send(setupPacket(PayloadRAKP1, b))))
	if err != nil || m.Tag != c.tag {
		c.t.Fatalf("RAKP 2: %v %+v", err, m)
	}
	c.x.ManagedRandom, c.x.GUID = m.ManagedRandom, m.GUID
	return m.Status, m
}

func (c *console20) rakp3() []byte {
	m := RAKP3{Tag: c.tag, ManagedID: c.x.ManagedID, Code: c.x.AppendRAKP3Code(nil, c.password)}
	return m.AppendTo(nil)
}

// sendRAKP3 sends it and takes in RAKP Message 4.
func (c *console20) sendRAKP3(b []byte) (Status, RAKP4) {
	c.t.Helper()
	m, err := ParseRAKP4(openSetup(c.t, PayloadRAKP4, c.send(setupPacket(PayloadRAKP3, b))))
	if err != nil || m.Tag != c.tag {
		c.t.Fatalf("RAKP 4: %v %+v", err, m)
	}
	return m.Status, m
}

// key makes the session's states.
func (c *console20) key() SessionKeys {
	keys := c.x.Keys(c.kg, c.password)
	var err error
	if c.i, err = NewIntegrity(c.suite.Integrity, keys.K1(), c.password); err != nil {
		c.t.Fatal(err)
	}
	if c.e, err = NewConfidentiality(c.suite.Confidentiality, keys.K2(), rand.NewChaCha8([32]byte{2})); err != nil {
		c.t.Fatal(err)
	}
	return keys
}

// login goes through the whole set-up and checks every code.
func (c *console20) login() *console20 {
	c.t.Helper()
	if s := c.open(); s != StatusOK {
		c.t.Fatalf("Open Session: %v", s)
	}
	s, m2 := c.sendRAKP1(c.rakp1())
	if s != StatusOK || m2.ConsoleID != c.x.ConsoleID || !c.x.VerifyRAKP2Code(m2.Code, c.password) {
		c.t.Fatalf("RAKP 2: %v %+v", s, m2)
	}
	s, m4 := c.sendRAKP3(c.rakp3())
	keys := c.key()
	if s != StatusOK || m4.ConsoleID != c.x.ConsoleID || !keys.VerifyICV(m4.ICV) {
		c.t.Fatalf("RAKP 4: %v %+v", s, m4)
	}
	return c
}

func login20(p *peer, suite uint8, user, password string) *console20 {
	p.t.Helper()
	return newConsole20(p, suite, user, password).login()
}

// packet seals a payload with a sequence number of its own.
func (c *console20) packet(seq uint32, kind PayloadType, authenticated, encrypted bool, payload []byte) []byte {
	p := Packet20{Type: kind, SessionID: c.x.ManagedID, Sequence: seq, Authenticated: authenticated, Encrypted: encrypted, Payload: payload}
	return p.Seal(nil, c.i, c.e)
}

// next is packet with the next number and all that the suite has.
func (c *console20) next(kind PayloadType, payload []byte) []byte {
	c.seq++
	return c.packet(c.seq, kind, true, true, payload)
}

// open20 takes an answer apart: bits as the suite has them, session ID, next number, AuthCode.
func (c *console20) open20(b []byte) (PayloadType, []byte) {
	c.t.Helper()
	_, data, err := ParseHeader(b)
	if err != nil {
		c.t.Fatalf("answer % x: %v", b, err)
	}
	p, err := ParsePacket20(data)
	switch {
	case err != nil:
		c.t.Fatalf("answer % x: %v", b, err)
	case p.SessionID != c.x.ConsoleID || p.Sequence != c.bmcSeq+1:
		c.t.Fatalf("answer has session %#x, sequence %d, want %#x, %d", p.SessionID, p.Sequence, c.x.ConsoleID, c.bmcSeq+1)
	case p.Authenticated != (c.suite.Integrity != 0) || p.Encrypted != (c.suite.Confidentiality != 0):
		c.t.Fatalf("answer's bits: authenticated %v, encrypted %v", p.Authenticated, p.Encrypted)
	case p.Authenticated && !p.Verify(c.i):
		c.t.Fatal("answer has a wrong AuthCode")
	}
	c.bmcSeq++
	payload := p.Payload
	if p.Encrypted {
		if payload, err = c.e.Open(payload); err != nil {
			c.t.Fatal(err)
		}
	}
	return p.Type, payload
}

// do runs a command and returns completion code and data.
func (c *console20) do(cmd uint8, data ...byte) []byte {
	c.t.Helper()
	kind, payload := c.open20(c.send(c.next(PayloadIPMI, request(uint8(c.seq)&0x3f, cmd, data...))))
	if kind != PayloadIPMI {
		c.t.Fatalf("answer is %v", kind)
	}
	return answerOf(c.t, payload)
}
