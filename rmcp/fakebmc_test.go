package rmcp

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// testBMC is a machine with the session commands and Get Device ID, and nothing else.
type testBMC struct {
	table    *Table
	away     bool
	channel  Channel
	users    []testUser
	guid     [GUIDSize]byte
	requests []Request // all but their data
	tried    []bool    // PasswordTried
	payloads [][]byte
	ended    []EndReason
	during   func(r *Request) // runs inside Execute
	inside   bool
}

type testUser struct {
	User
	disabled bool
}

const testChannel = 1

var deviceID = []byte{0, 0x20, 1, 2, 3, 2, 0xbf, 0x57, 1, 0, 0x44, 4, 0, 0, 0, 0}

// newTestBMC offers all cipher suites to Administrator and four users.
func newTestBMC() *testBMC {
	m := &testBMC{channel: Channel{Open: true, Limit: ipmb.PrivilegeAdministrator}}
	for id := range uint8(SuiteCount) {
		s, _ := SuiteByID(id)
		m.channel.Suites = append(m.channel.Suites, SuiteLimit{s, ipmb.PrivilegeAdministrator})
	}
	m.users = []testUser{
		{User: User{ID: 1, Limit: ipmb.PrivilegeUser, PasswordSize: 16}},
		{User: User{ID: 2, Name: "admin", Password: NewKey([]byte("secretpw")), PasswordSize: 16, Limit: ipmb.PrivilegeAdministrator}},
		{User: User{ID: 3, Name: "oper", Password: NewKey([]byte("operpw")), PasswordSize: 16, Limit: ipmb.PrivilegeOperator, SessionLimit: 2}},
		{User: User{ID: 4, Name: "long", Password: NewKey([]byte("twenty-byte-password")), PasswordSize: 20, Limit: ipmb.PrivilegeAdministrator}},
		{User: User{ID: 5, Name: "back", Password: NewKey([]byte("backpw")), PasswordSize: 16, Limit: ipmb.PrivilegeCallback}},
		{User: User{ID: 6, Name: "off", PasswordSize: 16, Limit: ipmb.PrivilegeAdministrator}, disabled: true},
	}
	for i := range m.guid {
		m.guid[i] = 0xa0 + byte(i)
	}
	return m
}

func newTestTable(opt Options) (*Table, *testBMC) {
	m := newTestBMC()
	if opt.Rand == nil {
		opt.Rand = rand.NewChaCha8([32]byte{1})
	}
	m.table = NewTable(m, opt)
	return m.table, m
}

func (m *testBMC) Available() bool      { return !m.away }
func (m *testBMC) SystemGUID() [16]byte { return m.guid }
func (m *testBMC) Presence() Presence {
	return Presence{Enterprise: EnterpriseASF, Entities: EntityIPMI | EntityASF1}
}

func (m *testBMC) Channel(n uint8) (Channel, bool) { return m.channel, n == testChannel }

func (m *testBMC) UserByName(_ uint8, name []byte, role ipmb.Privilege) (User, bool) {
	for _, u := range m.users {
		if u.Name == string(name) && !u.disabled && (role == 0 || role == u.Limit) {
			return u.User, true
		}
	}
	return User{}, false
}

func (m *testBMC) PasswordTried(_, _ uint8, ok bool) { m.tried = append(m.tried, ok) }

func (m *testBMC) UserLevelCommand(msg *ipmb.Message) bool { return msg.Cmd == 0x01 }

func (m *testBMC) Payload(s *Session, p Payload) {
	m.payloads = append(m.payloads, bytes.Clone(p.Data))
	m.table.SendPayload(s, Payload{Type: p.Type, Authenticated: true, Encrypted: true, Data: append([]byte("echo "), p.Data...)})
}

func (m *testBMC) SessionEnded(s *Session, why EndReason) {
	if m.inside || s.Active() {
		panic("SessionEnded inside of Execute, or of an active session")
	}
	m.ended = append(m.ended, why)
}

func (m *testBMC) Execute(r *Request, out []byte) ([]byte, bool) {
	m.inside = true
	defer func() { m.inside = false }()
	if m.during != nil {
		m.during(r)
	}
	if m.requests != nil {
		kept := *r
		kept.Message.Data = nil
		m.requests = append(m.requests, kept)
	}
	switch {
	case r.Message.NetFn.IsResponse():
		return out, false
	case r.Message.NetFn != ipmb.NetFnApp:
	case len(r.Message.Data) < testLengths[r.Message.Cmd]:
		return append(out, byte(ipmb.LengthInvalid)), true
	case r.Message.Cmd == 0x01:
		return append(out, deviceID...), true
	case r.Message.Cmd == 0x02: // a long answer: data[0] bytes behind the completion code
		return append(append(out, 0), make([]byte, int(r.Message.Data[0]))...), true
	case r.Message.Cmd == 0x39:
		return m.getChallenge(r, out)
	case r.Message.Cmd == cmdActivateSession:
		return m.activateSession(r, out)
	case r.Message.Cmd == 0x3c && r.Session != nil:
		m.table.End(r.Session, EndClosed)
		return append(out, 0), true
	}
	return append(out, byte(ipmb.InvalidCommand)), true
}

// testLengths are the least lengths of the data of testBMC's commands.
var testLengths = [256]int{0x02: 1, 0x39: 17}

func (m *testBMC) getChallenge(r *Request, out []byte) ([]byte, bool) {
	name := bytes.TrimRight(r.Message.Data[1:17], "\x00")
	u, ok := m.UserByName(r.Channel, name, 0)
	if !ok {
		return append(out, 0x81), true
	}
	id, challenge, err := m.table.Challenge(r, AuthType(r.Message.Data[0]), &u)
	if err != nil {
		return append(out, byte(err.(ipmb.CompletionCode))), true
	}
	out = append(out, 0, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
	return append(out, challenge[:]...), true
}

func (m *testBMC) activateSession(r *Request, out []byte) ([]byte, bool) {
	req, err := ParseActivateSession(r.Message.Data)
	if err != nil {
		return append(out, byte(ipmb.LengthInvalid)), true
	}
	a := Activation{ActivateSession: req, Limit: m.channel.Limit, MessageAuthOff: m.channel.MessageAuthOff, UserAuthOff: m.channel.UserAuthOff}
	if s := r.Pending; s != nil {
		u := m.users[s.UserID()-1]
		a.Limit, a.SessionLimit = min(a.Limit, u.Limit), u.SessionLimit
	}
	got, err := m.table.Activate(r, &a)
	if err != nil {
		return append(out, byte(err.(ipmb.CompletionCode))), true
	}
	out = append(out, 0, byte(got.AuthType), byte(got.ID), byte(got.ID>>8), byte(got.ID>>16), byte(got.ID>>24))
	return append(out, byte(got.Inbound), byte(got.Inbound>>8), byte(got.Inbound>>16), byte(got.Inbound>>24), byte(got.Privilege)), true
}

// testWire collects what a table sends by itself.
type testWire struct{ sent [][]byte }

func (w *testWire) WriteDatagram(b []byte, _, _ netip.AddrPort) {
	w.sent = append(w.sent, bytes.Clone(b))
}

// peer is one console's way to a table, without any network.
type peer struct {
	t     testing.TB
	table *Table
	wire  *testWire
	from  Arrival
	// direct makes send return the first datagram on the wire when there is no answer.
	direct bool
	// via replaces the way to the table, by a socket for instance.
	via func(b []byte) []byte
}

func newPeer(t testing.TB, table *Table) *peer {
	w := &testWire{}
	return &peer{t: t, table: table, wire: w, from: Arrival{Wire: w, Channel: testChannel,
		Peer:  netip.MustParseAddrPort("192.0.2.7:50000"),
		Local: netip.MustParseAddrPort("192.0.2.1:623")}}
}

// send hands a datagram to the table and returns the answer, nil if there is none.
func (p *peer) send(b []byte) []byte {
	p.t.Helper()
	if p.via != nil {
		return p.via(b)
	}
	before := len(p.wire.sent)
	switch b = p.table.Handle(bytes.Clone(b), &p.from, nil); {
	case len(b) > 0:
		return b
	case p.direct && len(p.wire.sent) > before:
		return p.wire.sent[before] // the answer took the other way because something is behind it
	}
	return nil
}

// dropped sends a datagram that must get no answer, for one reason.
func (p *peer) dropped(why DropReason, b []byte) {
	p.t.Helper()
	before := p.table.Stats.Dropped[why].Load()
	if got := p.send(b); got != nil {
		p.t.Fatalf("answer % x, want none (%v)", got, why)
	}
	if got := p.table.Stats.Dropped[why].Load() - before; got != 1 {
		p.t.Fatalf("dropped for %v: %d, want 1; all: %v", why, got, drops(p.table))
	}
}

func drops(t *Table) map[string]uint64 {
	m := map[string]uint64{}
	for r := range DropReasons {
		if n := t.Stats.Dropped[r].Load(); n > 0 {
			m[r.String()] = n
		}
	}
	return m
}

// request makes a console's message.
func request(seq, cmd uint8, data ...byte) []byte {
	m := ipmb.Message{To: ipmb.AddrBMC, NetFn: ipmb.NetFnApp, From: ipmb.AddrRemoteConsole, Seq: seq, Cmd: cmd, Data: data}
	return m.AppendTo(nil)
}

// answerOf checks an answer's addresses and checksums and returns completion code and data.
func answerOf(t testing.TB, b []byte) []byte {
	t.Helper()
	m, err := ipmb.ParseMessage(b)
	if err != nil {
		t.Fatalf("answer % x: %v", b, err)
	}
	if m.To != ipmb.AddrRemoteConsole || m.From != ipmb.AddrBMC || m.NetFn != ipmb.NetFnApp|1 {
		t.Fatalf("answer's addresses or NetFn are wrong: %+v", m)
	}
	return m.Data
}

const second = time.Second

func netipPort(a netip.AddrPort, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr(), port)
}
