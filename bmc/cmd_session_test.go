package bmc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// lan is a console on a machine's LAN channel, without a network and without cryptography: it logs in with cipher suite 0
// or with straight passwords.
type lan struct {
	t       *testing.T
	m       *Machine
	arrival rmcp.Arrival
	id      uint32 // the BMC's session ID; 0: outside of a session
	v15     bool
	seq     uint32
	auth    *rmcp.AuthCoder
	wire    sentDatagrams
}

// sentDatagrams keeps what the table sends by itself, timers' goroutines too.
type sentDatagrams struct {
	mu   sync.Mutex // guards list
	list [][]byte
}

func (w *sentDatagrams) WriteDatagram(b []byte, _, _ netip.AddrPort) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, bytes.Clone(b))
}

// all is what came since the last forget.
func (w *sentDatagrams) all() [][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

func (w *sentDatagrams) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = nil
}

func newLAN(t *testing.T, m *Machine) *lan {
	c := &lan{t: t, m: m, arrival: rmcp.Arrival{Channel: 1,
		Peer: netip.MustParseAddrPort("192.0.2.7:50000"), Local: netip.MustParseAddrPort("192.0.2.1:623")}}
	c.arrival.Wire = &c.wire
	return c
}

// suiteZero offers cipher suite 0 beside the others.
func suiteZero(p *profiles.Profile) {
	p.Channels[1].Suites = append([]profiles.Suite{{ID: 0, Privilege: ipmb.PrivilegeAdministrator}}, p.Channels[1].Suites...)
}

// handle hands a datagram to the machine and returns the answer without RMCP header.
func (c *lan) handle(b []byte) []byte {
	c.t.Helper()
	c.wire.forget()
	out := c.m.Sessions().Handle(b, &c.arrival, nil)
	if len(out) == 0 && len(c.wire.all()) > 0 {
		out = c.wire.all()[0]
	}
	if len(out) == 0 {
		return nil
	}
	_, data, err := rmcp.ParseHeader(out)
	if err != nil {
		c.t.Fatalf("answer % x: %v", out, err)
	}
	return data
}

// setup sends a message of RMCP+ session set-up.
func (c *lan) setup(kind rmcp.PayloadType, payload []byte) []byte {
	c.t.Helper()
	p := rmcp.Packet20{Type: kind, Payload: payload}
	a, err := rmcp.ParsePacket20(c.handle(p.AppendTo(nil)))
	if err != nil || a.Type != kind+1 {
		c.t.Fatalf("answer to %v: %v %+v", kind, err, a)
	}
	return a.Payload
}

// login opens an RMCP+ session and raises it to a level if there is one.
func (c *lan) login(user string, level ipmb.Privilege) *lan {
	c.t.Helper()
	open := rmcp.OpenSessionRequest{ConsoleID: 0xa0a2a3a4}
	r, err := rmcp.ParseOpenSessionResponse(c.setup(rmcp.PayloadOpenSessionRequest, open.AppendTo(nil)))
	if err != nil || r.Status != rmcp.StatusOK {
		c.t.Fatalf("Open Session: %v %v", err, r.Status)
	}
	one := rmcp.RAKP1{ManagedID: r.ManagedID, Role: rmcp.NewRole(ipmb.PrivilegeAdministrator, true), Name: []byte(user)}
	if a, err := rmcp.ParseRAKP2(c.setup(rmcp.PayloadRAKP1, one.AppendTo(nil))); err != nil || a.Status != rmcp.StatusOK {
		c.t.Fatalf("RAKP 1: %v %v", err, a.Status)
	}
	three := rmcp.RAKP3{ManagedID: r.ManagedID}
	if a, err := rmcp.ParseRAKP4(c.setup(rmcp.PayloadRAKP3, three.AppendTo(nil))); err != nil || a.Status != rmcp.StatusOK {
		c.t.Fatalf("RAKP 3: %v %v", err, a.Status)
	}
	c.id, c.seq, c.v15 = r.ManagedID, 0, false
	if level != 0 {
		c.want(exchange{"§22.18 raise", ipmb.SetSessionPrivilegeLevel, fmt.Sprintf("%02x", uint8(level)), fmt.Sprintf("00 %02x", uint8(level))})
	}
	return c
}

// ask runs a command and returns completion code and data; nil: no answer.
func (c *lan) ask(op ipmb.Op, req string) []byte {
	c.t.Helper()
	msg := ipmb.Message{To: ipmb.AddrBMC, NetFn: op.NetFn, From: ipmb.AddrRemoteConsole, Seq: uint8(c.seq) & 0x3f, Cmd: op.Cmd,
		Data: append(op.AppendExtension(nil), unhex(c.t, req)...)}
	b := msg.AppendTo(nil)
	var answer []byte
	if c.v15 || c.id == 0 {
		answer = c.ask15(b)
	} else {
		c.seq++
		p := rmcp.Packet20{SessionID: c.id, Sequence: c.seq, Payload: b}
		out := c.handle(p.AppendTo(nil))
		if out == nil {
			return nil
		}
		a, err := rmcp.ParsePacket20(out)
		if err != nil {
			c.t.Fatal(err)
		}
		answer = a.Payload
	}
	if answer == nil {
		return nil
	}
	got, err := ipmb.ParseMessage(answer)
	if err != nil {
		c.t.Fatal(err)
	}
	return got.Data
}

func (c *lan) ask15(b []byte) []byte {
	p := rmcp.Packet15{SessionID: c.id, Sequence: c.seq, Message: b}
	d := p.AppendTo(nil)
	if c.auth != nil {
		d = p.Seal(nil, c.auth)
		if c.seq != 0 {
			c.seq++
		}
	}
	out := c.handle(d)
	if out == nil {
		return nil
	}
	a, err := rmcp.ParsePacket15(out)
	if err != nil || a.SessionID != c.id {
		c.t.Fatalf("answer %+v: %v", a, err)
	}
	return a.Message
}

// want compares answers.
func (c *lan) want(steps ...exchange) {
	c.t.Helper()
	for _, s := range steps {
		if got := c.ask(s.op, s.req); !bytes.Equal(got, unhex(c.t, s.want)) {
			c.t.Errorf("%s: %s [%s] answered [% x], want [%s]", s.name, s.op, s.req, got, s.want)
		}
	}
}

func TestGetChannelAuthenticationCapabilities(t *testing.T) {
	t.Parallel()
	get := ipmb.GetChannelAuthenticationCapabilities
	newLAN(t, newTestMachine(t)).want(
		exchange{"§22.13 this channel", get, "0e 04", "00 01 16 04 00 00 00 00 00"},
		exchange{"§22.13 extended", get, "8e 04", "00 01 96 04 03 00 00 00 00"},
		exchange{"§22.13 reserved bits", get, "fe f4", "00 01 96 04 03 00 00 00 00"},
		exchange{"§22.13 by number", get, "81 02", "00 01 96 04 03 00 00 00 00"},
		exchange{"§22.13 serial: no RMCP+", get, "82 04", "00 02 96 04 01 00 00 00 00"},
		exchange{"§22.13 a level without types", get, "0e 05", "00 01 00 04 00 00 00 00 00"},
		exchange{"§22.13 level 0", get, "0e 00", "cc"},
		exchange{"§22.13 level 6", get, "0e 06", "cc"},
		exchange{"§22.13 session-less channel", get, "0f 04", "cc"},
		exchange{"§22.13 no channel", get, "04 04", "cc"},
		exchange{"§22.13 one byte", get, "0e", "c7"},
		exchange{"§22.13 three bytes", get, "0e 04 00", "c7"})
	newLAN(t, newTestMachine(t, func(p *profiles.Profile) {
		lan := &p.Channels[1]
		lan.KG = bytes.Repeat([]byte{1}, 20)
		lan.Access.NoPerMessageAuth, lan.Access.NoUserLevelAuth = true, true
		lan.Auth = profiles.ChannelAuth{}
		p.Users[0].Enabled = nil
	})).want(
		exchange{"§22.13 KG, disables, anonymous, no v1.5", get, "8e 04", "00 01 80 3d 02 00 00 00 00"},
		exchange{"§22.13 KG is extended data", get, "0e 04", "00 01 00 1d 00 00 00 00 00"})
	newTestMachine(t, func(p *profiles.Profile) {
		p.Channels[1].Suites = nil
		p.Users[0].Enabled, p.Users[0].Password = nil, "x"
	}).exchange(t,
		exchange{"§22.13 null user with a password, no RMCP+, system interface", get, "81 04", "00 01 96 06 01 00 00 00 00"},
		exchange{"§22.13 Eh is the system interface itself", get, "8e 04", "cc"})
}

func TestGetChannelCipherSuites(t *testing.T) {
	t.Parallel()
	get := ipmb.GetChannelCipherSuites
	all := func(p *profiles.Profile) {
		p.Channels[1].Suites = nil
		for id := range uint8(20) {
			p.Channels[1].Suites = append(p.Channels[1].Suites, profiles.Suite{ID: id, Privilege: ipmb.PrivilegeAdministrator})
		}
	}
	newLAN(t, newTestMachine(t)).want(
		exchange{"§22.15 by suite", get, "0e 00 80", "00 01 c0 03 01 41 81 c0 11 03 44 81"},
		exchange{"§22.15 the list is over", get, "0e 00 81", "00 01"},
		exchange{"§22.15 last index", get, "0e 00 bf", "00 01"},
		exchange{"§22.15 by algorithm", get, "01 00 00", "00 01 01 03 41 44 81"},
		exchange{"§22.15 SOL", get, "0e 01 80", "00 01 c0 03 01 41 81 c0 11 03 44 81"},
		exchange{"§22.15 reserved payload type", get, "0e 05 80", "cc"},
		exchange{"§22.15 serial", get, "02 00 80", "cc"},
		exchange{"§22.15 no channel", get, "05 00 80", "cc"},
		exchange{"§22.15 two bytes", get, "0e 00", "c7"})
	newLAN(t, newTestMachine(t, all)).want(
		exchange{"§22.15 first block", get, "0e 00 80", "00 01 c0 00 00 40 80 c0 01 01 40 80 c0 02 01 41 80 c0"},
		exchange{"§22.15 second block", get, "0e 00 81", "00 01 03 01 41 81 c0 04 01 41 82 c0 05 01 41 83 c0 06"},
		exchange{"§22.15 last block", get, "0e 00 86", "00 01 13 03 44 83"},
		exchange{"§22.15 algorithms", get, "0e 00 00", "00 01 00 01 02 03 40 41 42 43 44 80 81 82 83"})
	newLAN(t, newTestMachine(t, func(p *profiles.Profile) { p.Channels[1].Suites[0].Privilege = 0 })).want(
		exchange{"§23.2 a suite without level is off", get, "0e 00 80", "00 01 c0 11 03 44 81"})
}

func TestSession15(t *testing.T) {
	t.Parallel()
	name := func(s string) string { return fmt.Sprintf("%x", append([]byte(s), make([]byte, 16-len(s))...)) }
	challenge := ipmb.GetSessionChallenge
	newLAN(t, newTestMachine(t, func(p *profiles.Profile) {
		p.Users = append(p.Users, profiles.User{ID: 5, Name: "long", Password: "twenty-byte-password", Privilege: ipmb.PrivilegeUser})
	})).want(
		exchange{"§22.16 unknown user", challenge, "02" + name("nobody"), "81"},
		exchange{"§22.16 null user disabled", challenge, "02" + name(""), "82"},
		exchange{"§22.16 type not enabled", challenge, "00" + name("admin"), "cc"},
		exchange{"§22.16 OEM type", challenge, "05" + name("admin"), "cc"},
		exchange{"§22.30 20-byte password", challenge, "02" + name("long"), "cc"},
		exchange{"§22.16 short", challenge, "02", "c7"},
		exchange{"§22.17 outside of a session", ipmb.ActivateSession, "02 04" + name("") + "01000000", "85"},
		exchange{"§22.17 short", ipmb.ActivateSession, "02 04", "c7"})
	m := newTestMachine(t)
	c := newLAN(t, m)
	c.v15 = true
	a := c.ask(challenge, "04"+name("operator"))
	if len(a) != 21 || a[0] != 0 {
		t.Fatalf("Get Session Challenge: % x", a)
	}
	c.id = binary.LittleEndian.Uint32(a[1:])
	c.auth, _ = rmcp.NewAuthCoder(rmcp.AuthTypeStraight, []byte("password"))
	text := fmt.Sprintf("%x", a[5:])
	c.want(
		exchange{"§22.17 above the user's limit", ipmb.ActivateSession, "04 04" + text + "01000000", "86"},
		exchange{"§22.17 type not enabled for the level", ipmb.ActivateSession, "04 05" + text + "01000000", "cc"})
	a = c.ask(ipmb.ActivateSession, "04 03"+text+"01000000")
	if len(a) != 11 || a[0] != 0 || a[1] != 4 || binary.LittleEndian.Uint32(a[2:]) != c.id || a[10] != 3 {
		t.Fatalf("Activate Session: % x", a)
	}
	c.seq = binary.LittleEndian.Uint32(a[6:])
	c.want(
		exchange{"§22.18 a session starts at User", ipmb.SetSessionPrivilegeLevel, "00", "00 02"},
		exchange{"§22.20 own session, v1.5", ipmb.GetSessionInfo, "00", "00 01 3f 01 03 02 01 c0000207 000000000000 50c3"},
		exchange{"§22.18 Operator", ipmb.SetSessionPrivilegeLevel, "03", "00 03"},
		exchange{"§22.18 above the user's limit", ipmb.SetSessionPrivilegeLevel, "04", "81"})
	m.exchange(t,
		exchange{"§22.16 no LAN", challenge, "02" + name("admin"), "d5"},
		exchange{"§22.17 no LAN", ipmb.ActivateSession, "02 04" + name("") + "01000000", "d5"})
}

func TestSetSessionPrivilegeLevel(t *testing.T) {
	t.Parallel()
	set := ipmb.SetSessionPrivilegeLevel
	m := newTestMachine(t, suiteZero, func(p *profiles.Profile) {
		p.Users = append(p.Users, profiles.User{ID: 5, Name: "back", Privilege: ipmb.PrivilegeCallback})
	})
	c := newLAN(t, m).login("admin", 0)
	c.want(
		exchange{"§22.18 present level", set, "00", "00 02"},
		exchange{"§22.18 Administrator", set, "04", "00 04"},
		exchange{"§22.18 present level after it", set, "00", "00 04"},
		exchange{"§22.18 down again", set, "02", "00 02"},
		exchange{"§22.18 Callback is reserved", set, "01", "cc"},
		exchange{"§22.18 reserved level", set, "06", "cc"},
		exchange{"§22.18 OEM, above the channel's limit", set, "05", "81"},
		exchange{"§22.18 no data", set, "", "c7"})
	newLAN(t, m).login("back", 0).want(exchange{"§22.18 Callback stays Callback", set, "02", "d4"})
	m.exchange(t,
		exchange{"§22.26 lower the user's limit", ipmb.SetUserAccess, "01 02 03", "00"},
		exchange{"§22.18 system interface", set, "04", "d5"})
	c.want(exchange{"§22.18 the present limit counts", set, "04", "81"}, exchange{"§22.18 what is left", set, "03", "00 03"})
	m.exchange(t, exchange{"§22.26 no access any more", ipmb.SetUserAccess, "01 02 0f", "00"})
	c.want(exchange{"§22.18 no access", set, "02", "81"})
	m.exchange(t,
		exchange{"§22.26 Administrator again", ipmb.SetUserAccess, "01 02 04", "00"},
		exchange{"§22.22 lower the channel's limit", ipmb.SetChannelAccess, "01 00 83", "00"})
	c.want(exchange{"§22.18 above the channel's present limit", set, "04", "81"}, exchange{"§22.18 at it", set, "03", "00 03"})
	low := newTestMachine(t, suiteZero, func(p *profiles.Profile) { p.Channels[1].Suites[0].Privilege = ipmb.PrivilegeOperator })
	newLAN(t, low).login("admin", 0).want(
		exchange{"§22.18 above the cipher suite's level", set, "04", "80"},
		exchange{"§22.18 the cipher suite's level", set, "03", "00 03"})
}

func TestCloseSession(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	id := func(c *lan) string { return fmt.Sprintf("%x", binary.LittleEndian.AppendUint32(nil, c.id)) }
	admin, user, third := newLAN(t, m).login("admin", 4), newLAN(t, m).login("user", 0), newLAN(t, m).login("user", 0)
	user.want(
		exchange{"§22.19 another's session", ipmb.CloseSession, id(admin), "d4"},
		exchange{"§22.19 another's handle", ipmb.CloseSession, "00000000 01", "d4"},
		exchange{"§22.19 unknown ID", ipmb.CloseSession, "01020304", "87"},
		exchange{"§22.19 ID 0 without a handle", ipmb.CloseSession, "00000000", "87"},
		exchange{"§22.19 unknown handle", ipmb.CloseSession, "00000000 09", "88"},
		exchange{"§22.19 handle 0", ipmb.CloseSession, "00000000 00", "88"},
		exchange{"§22.19 ID and handle", ipmb.CloseSession, id(user) + "02", "c7"},
		exchange{"§22.19 three bytes", ipmb.CloseSession, "000000", "c7"},
		exchange{"§22.19 one's own", ipmb.CloseSession, id(user), "00"})
	if got := user.ask(ipmb.GetDeviceID, ""); got != nil {
		t.Errorf("§22.19 a closed session answered % x", got)
	}
	admin.want(exchange{"§22.19 another's by handle, as Administrator", ipmb.CloseSession, "00000000 03", "00"})
	if got := third.ask(ipmb.GetDeviceID, ""); got != nil {
		t.Errorf("§22.19 a closed session answered % x", got)
	}
	m.exchange(t,
		exchange{"§22.19 no such session over the system interface", ipmb.CloseSession, "01020304", "d5"},
		exchange{"§22.19 any over the system interface", ipmb.CloseSession, id(admin), "00"},
		exchange{"§22.20 nobody is left", ipmb.GetSessionInfo, "01", "00 00 3f 00"})
}

func TestGetSessionInfo(t *testing.T) {
	t.Parallel()
	get := ipmb.GetSessionInfo
	m := newTestMachine(t, suiteZero)
	admin := newLAN(t, m).login("admin", 4)
	other := newLAN(t, m)
	other.arrival.Peer = netip.MustParseAddrPort("[2001:db8::1]:4660")
	other.login("user", 0)
	id := fmt.Sprintf("%x", binary.LittleEndian.AppendUint32(nil, admin.id))
	const one, two = "00 01 3f 02 02 04 11 c0000207 000000000000 50c3", "00 02 3f 02 04 02 11 00000000 000000000000 3412"
	admin.want(
		exchange{"§22.20 own", get, "00", one},
		exchange{"§22.20 first", get, "01", one},
		exchange{"§22.20 second, IPv6", get, "02", two},
		exchange{"§22.20 none", get, "03", "00 00 3f 02"},
		exchange{"§22.20 by handle", get, "fe 02", two},
		exchange{"§22.20 by unknown handle", get, "fe 07", "00 00 3f 02"},
		exchange{"§22.20 handle 0", get, "fe 00", "cc"},
		exchange{"§22.20 by ID", get, "ff" + id, one},
		exchange{"§22.20 by unknown ID", get, "ff 00000000", "00 00 3f 02"},
		exchange{"§22.20 handle missing", get, "fe", "c7"},
		exchange{"§22.20 ID too short", get, "ff 010203", "c7"},
		exchange{"§22.20 index with data", get, "01 01", "c7"},
		exchange{"§22.20 nothing", get, "", "c7"})
	m.exchange(t,
		exchange{"§22.20 system interface has no own session", get, "00", "00 00 3f 02"},
		exchange{"§22.20 system interface", get, "01", one})
}

// TestGetAuthCode compares with codes that Python's hashlib and hmac computed.
func TestGetAuthCode(t *testing.T) {
	t.Parallel()
	get := ipmb.GetAuthCode
	const data = "000102030405060708090a0b0c0d0e0f"
	newTestMachine(t, func(p *profiles.Profile) {
		p.Users = append(p.Users, profiles.User{ID: 5, Name: "long", Password: "twenty-byte-password", Privilege: ipmb.PrivilegeUser})
	}).exchange(t,
		exchange{"§22.21 MD5", get, "02 01 02" + data, "00" + "b58d2a1ef987fd09bd7a8cca25da4cda"},
		exchange{"§22.21 HMAC-SHA1-96", get, "41 01 02" + data, "00" + "8534be120e33928590d2d2b8"},
		exchange{"§22.21 HMAC-MD5-128", get, "42 01 02" + data, "00" + "ac5de17586a1bb6d8f78720d3486426f"},
		exchange{"§22.21 MD5-128", get, "43 01 02" + data, "00" + "ccfbb15eb722fd33382dfe1943611d4e"},
		exchange{"§22.21 HMAC-SHA256-128", get, "44 01 02" + data, "00" + "7c988ab6c2509d6087e6c13dcb050c3e"},
		exchange{"§22.21 none", get, "00 01 02" + data, "cc"},
		exchange{"§22.21 straight password", get, "04 01 02" + data, "cc"},
		exchange{"§22.21 OEM", get, "05 01 02" + data, "cc"},
		exchange{"§22.21 integrity none", get, "40 01 02" + data, "cc"},
		exchange{"§22.21 unknown integrity", get, "45 01 02" + data, "cc"},
		exchange{"§22.21 reserved kind", get, "82 01 02" + data, "cc"},
		exchange{"§22.30 20-byte password", get, "02 01 05" + data, "cc"},
		exchange{"§22.21 user 0", get, "02 01 00" + data, "c9"},
		exchange{"§22.21 session-less channel", get, "02 00 02" + data, "cc"},
		exchange{"§22.21 short", get, "02 01 02 00", "c7"})
}
