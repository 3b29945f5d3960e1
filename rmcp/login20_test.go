package rmcp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestLogin20 opens a session with every suite, and with KG, 20-byte passwords and the null user.
func TestLogin20(t *testing.T) {
	t.Parallel()
	kg := NewKey([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	for id := range uint8(SuiteCount) {
		for _, key := range []Key{{}, kg} {
			t.Run(fmt.Sprintf("§13.15 suite %d, KG %v", id, !key.IsZero()), func(t *testing.T) {
				t.Parallel()
				table, m := newTestTable(Options{})
				m.channel.KG = key
				c := newConsole20(newPeer(t, table), id, "admin", "secretpw")
				c.kg = key
				c.login()
				for range 40 {
					if got := c.do(0x01); !bytes.Equal(got, deviceID) {
						t.Fatalf("Get Device ID: % x", got)
					}
				}
				s := table.ByIndex(1)
				if s == nil || !s.RMCPPlus() || s.Suite().ID != id || s.UserName() != "admin" || s.UserID() != 2 ||
					s.Privilege() != ipmb.PrivilegeUser || s.MaxPrivilege() != ipmb.PrivilegeAdministrator || s.Handle() != 1 {
					t.Fatalf("session: %+v", s)
				}
				if want := c.suite.Auth != AuthRAKPNone; len(m.tried) > 0 != want {
					t.Errorf("PasswordTried: %v", m.tried)
				}
			})
		}
	}
	t.Run("§22.30 a 20-byte password", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		login20(newPeer(t, table), 3, "long", "twenty-byte-password").do(0x01)
	})
	t.Run("§6.9.1 the null user", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		c := login20(newPeer(t, table), 17, "", "")
		if c.do(0x01); table.ByIndex(1).MaxPrivilege() != ipmb.PrivilegeUser {
			t.Errorf("maximum privilege %v, want the user's limit", table.ByIndex(1).MaxPrivilege())
		}
	})
	t.Run("§13.20 a name field of 16 bytes", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		c := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
		c.open()
		b := append(c.rakp1(), make([]byte, 11)...)
		if s, m2 := c.sendRAKP1(b); s != StatusOK || !c.x.VerifyRAKP2Code(m2.Code, c.password) {
			t.Errorf("RAKP 2: %v", s)
		}
	})
}

// TestOpenSession has every status of [IPMI 2.0 §13.17, §13.18, §13.24] that Open Session Response can have.
func TestOpenSession(t *testing.T) {
	t.Parallel()
	full := func(*console20, *testBMC) {}
	for _, c := range []struct {
		name    string
		prepare func(*console20, *testBMC)
		change  func([]byte) []byte
		want    Status
		level   ipmb.Privilege
	}{
		{"00h highest level", full, nil, StatusOK, ipmb.PrivilegeAdministrator},
		{"00h highest level of a suite with a lower one", func(_ *console20, m *testBMC) { m.channel.Suites[3].Limit = ipmb.PrivilegeOperator }, nil, StatusOK, ipmb.PrivilegeOperator},
		{"00h the requested level", func(c *console20, _ *testBMC) { c.level = ipmb.PrivilegeUser }, nil, StatusOK, ipmb.PrivilegeUser},
		{"01h no slot", func(_ *console20, m *testBMC) { m.table.opt.Slots = 0 }, nil, StatusInsufficientResources, 0},
		{"02h console ID zero", func(c *console20, _ *testBMC) { c.x.ConsoleID = 0 }, nil, StatusInvalidSessionID, 0},
		{"03h payload of an unknown type", full, func(b []byte) []byte { b[8] = 3; return b }, StatusInvalidPayloadType, 0},
		{"04h unknown authentication algorithm", full, func(b []byte) []byte { b[12] = 4; return b }, StatusInvalidAuthAlg, 0},
		{"05h unknown integrity algorithm", full, func(b []byte) []byte { b[20] = 5; return b }, StatusInvalidIntegrityAlg, 0},
		{"06h no authentication payload", full, func(b []byte) []byte { b[8] = 1; return b }, StatusNoMatchingAuth, 0},
		{"06h nothing fits the wildcard", func(_ *console20, m *testBMC) { m.channel.Suites = m.channel.Suites[:3] }, func(b []byte) []byte { b[11] = 0; return b }, StatusNoMatchingAuth, 0},
		{"07h no integrity payload", full, func(b []byte) []byte { b[16] = 0; return b }, StatusNoMatchingIntegrity, 0},
		{"07h nothing fits the wildcard", func(_ *console20, m *testBMC) { m.channel.Suites = m.channel.Suites[:3] }, func(b []byte) []byte { b[19] = 0; return b }, StatusNoMatchingIntegrity, 0},
		{"09h reserved role", func(c *console20, _ *testBMC) { c.level = 6 }, nil, StatusInvalidRole, 0},
		{"10h unknown confidentiality algorithm", full, func(b []byte) []byte { b[28] = 4; return b }, StatusInvalidConfidentialityAlg, 0},
		{"11h suite not enabled", func(_ *console20, m *testBMC) { m.channel.Suites = m.channel.Suites[:3] }, nil, StatusNoCipherSuite, 0},
		{"11h suite without a level", func(_ *console20, m *testBMC) { m.channel.Suites[3].Limit = 0 }, nil, StatusNoCipherSuite, 0},
		{"11h suite not for that level", func(c *console20, m *testBMC) {
			m.channel.Suites[3].Limit = ipmb.PrivilegeUser
			c.level = ipmb.PrivilegeOperator
		}, nil, StatusNoCipherSuite, 0},
		{"11h algorithms of different suites", full, func(b []byte) []byte { b[12] = 3; return b }, StatusNoCipherSuite, 0},
		{"12h payload length", full, func(b []byte) []byte { b[11] = 7; return b }, StatusIllegalParameter, 0},
		{"12h too short", full, func(b []byte) []byte { return b[:31] }, StatusIllegalParameter, 0},
	} {
		t.Run("§13.24 "+c.name, func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			con := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
			con.tag = 0x55
			c.prepare(con, m)
			b := con.openRequest()
			if c.change != nil {
				b = c.change(b)
			}
			payload := openSetup(t, PayloadOpenSessionResponse, con.send(setupPacket(PayloadOpenSessionRequest, b)))
			if c.want != StatusOK {
				want := binary.LittleEndian.AppendUint32([]byte{0x55, byte(c.want), 0, 0}, con.x.ConsoleID)
				if !bytes.Equal(payload, want) {
					t.Fatalf("Open Session Response % x, want % x", payload, want)
				}
				if len(table.byID) != 0 {
					t.Error("the attempt was kept")
				}
				return
			}
			if len(payload) != 36 || payload[1] != 0 || payload[2] != byte(c.level) {
				t.Fatalf("Open Session Response % x, want level %v", payload, c.level)
			}
		})
	}
	t.Run("§13.17 wildcards", func(t *testing.T) {
		t.Parallel()
		table, m := newTestTable(Options{})
		m.channel.Suites[17].Limit = ipmb.PrivilegeOEM // the highest of all: taken when nothing is asked for
		con := newConsole20(newPeer(t, table), 17, "admin", "secretpw")
		b := con.openRequest()
		b[11], b[19], b[27] = 0, 0, 0
		r, err := ParseOpenSessionResponse(openSetup(t, PayloadOpenSessionResponse, con.send(setupPacket(PayloadOpenSessionRequest, b))))
		if err != nil || r.Status != StatusOK || r.Auth != 3 || r.Integrity != 4 || r.Confidentiality != 1 || r.Privilege != ipmb.PrivilegeOEM {
			t.Errorf("%v %+v, want suite 17", err, r)
		}
	})
	t.Run("§13.17 nothing to answer to", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		p := newPeer(t, table)
		p.dropped(DropFormat, setupPacket(PayloadOpenSessionRequest, make([]byte, 7)))
		p.dropped(DropFormat, setupPacket(PayloadRAKP1, make([]byte, 7)))
		p.dropped(DropFormat, setupPacket(PayloadRAKP3, make([]byte, 7)))
		p.dropped(DropPayload, setupPacket(PayloadRAKP2, make([]byte, 40)))
		p.dropped(DropPayload, setupPacket(PayloadSOL, make([]byte, 4)))
	})
}

// TestRAKP1 has every status of [IPMI 2.0 §13.20, §13.21, §13.24] that RAKP 2 can have, and the ceilings.
func TestRAKP1(t *testing.T) {
	t.Parallel()
	same := func(*console20, *testBMC) {}
	for _, c := range []struct {
		name    string
		prepare func(*console20, *testBMC) // after Open Session
		change  func([]byte) []byte
		want    Status
		ceiling ipmb.Privilege
	}{
		{"00h name-only lookup", same, nil, StatusOK, ipmb.PrivilegeAdministrator},
		{"00h requested level below the user's", func(c *console20, _ *testBMC) { c.role = 0x13 }, nil, StatusOK, ipmb.PrivilegeOperator},
		{"00h requested level above the user's", func(c *console20, _ *testBMC) { c.user = "oper" }, nil, StatusOK, ipmb.PrivilegeOperator},
		{"00h requested level above the channel's", func(_ *console20, m *testBMC) { m.channel.Limit = ipmb.PrivilegeUser }, nil, StatusOK, ipmb.PrivilegeUser},
		{"00h requested level above the suite's", func(c *console20, m *testBMC) {
			m.channel.Suites[3].Limit = ipmb.PrivilegeOperator
			c.tag++
			c.open()
		}, nil, StatusOK, ipmb.PrivilegeOperator},
		{"00h name and privilege lookup", func(c *console20, _ *testBMC) { c.role = 0x04 }, nil, StatusOK, ipmb.PrivilegeAdministrator},
		{"00h role only", func(c *console20, _ *testBMC) { c.role, c.user = 0x02, "" }, nil, StatusOK, ipmb.PrivilegeUser},
		{"00h a Callback session", func(c *console20, _ *testBMC) { c.user = "back" }, nil, StatusOK, ipmb.PrivilegeCallback},
		{"00h reserved bits of the role", func(c *console20, _ *testBMC) { c.role = 0xf4 }, nil, StatusOK, ipmb.PrivilegeAdministrator},
		{"01h no slot", func(_ *console20, m *testBMC) { m.table.opt.Slots = 0 }, nil, StatusInsufficientResources, 0},
		{"02h unknown session", func(c *console20, _ *testBMC) { c.x.ManagedID ^= 1 }, nil, StatusInvalidSessionID, 0},
		{"09h role zero", func(c *console20, _ *testBMC) { c.role = 0x10 }, nil, StatusInvalidRole, 0},
		{"09h reserved role", func(c *console20, _ *testBMC) { c.role = 0x16 }, nil, StatusInvalidRole, 0},
		{"0Ah the user has another level", func(c *console20, _ *testBMC) { c.role = 0x03 }, nil, StatusUnauthorizedRole, 0},
		{"0Ah the channel forbids the level", func(c *console20, m *testBMC) { c.role, m.channel.Limit = 0x04, ipmb.PrivilegeOperator }, nil, StatusUnauthorizedRole, 0},
		{"0Bh session limit of the user", func(c *console20, m *testBMC) { c.user, m.users[2].SessionLimit = "oper", 1; fill(m, 3) }, nil, StatusInsufficientResourcesAtRole, 0},
		{"0Bh no slot above User", func(_ *console20, m *testBMC) { m.table.opt.HighSlots = 1; fill(m, 3) }, nil, StatusInsufficientResourcesAtRole, 0},
		{"0Ch name length", same, func(b []byte) []byte { b[27] = 17; return append(b, make([]byte, 20)...) }, StatusInvalidNameLength, 0},
		{"0Ch name shorter than its length", same, func(b []byte) []byte { b[27]++; return b }, StatusInvalidNameLength, 0},
		{"0Dh unknown name", func(c *console20, _ *testBMC) { c.user = "nobody" }, nil, StatusUnauthorizedName, 0},
		{"0Dh disabled user", func(c *console20, _ *testBMC) { c.user = "off" }, nil, StatusUnauthorizedName, 0},
		{"0Dh name with a null", func(c *console20, _ *testBMC) { c.user = "admin\x00" }, nil, StatusUnauthorizedName, 0},
		{"12h too short", same, func(b []byte) []byte { return b[:27] }, StatusIllegalParameter, 0},
	} {
		t.Run("§13.24 "+c.name, func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			con := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
			con.tag = 9
			if s := con.open(); s != StatusOK {
				t.Fatal(s)
			}
			c.prepare(con, m)
			b := con.rakp1()
			if c.change != nil {
				b = c.change(b)
			}
			payload := openSetup(t, PayloadRAKP2, con.send(setupPacket(PayloadRAKP1, b)))
			if c.want != StatusOK {
				id := con.x.ConsoleID
				if c.want == StatusInvalidSessionID {
					id = 0 // indeterminate
				}
				if want := binary.LittleEndian.AppendUint32([]byte{con.tag, byte(c.want), 0, 0}, id); !bytes.Equal(payload, want) {
					t.Fatalf("RAKP 2 % x, want % x", payload, want)
				}
				return
			}
			r, err := ParseRAKP2(payload)
			if err != nil || r.Status != StatusOK || r.GUID != m.guid {
				t.Fatalf("RAKP 2: %v %+v", err, r)
			}
			con.x.ManagedRandom, con.x.GUID = r.ManagedRandom, r.GUID
			con.password = m.users[m.userIndex(con.user)].Password
			if !con.x.VerifyRAKP2Code(r.Code, con.password) {
				t.Fatal("code of RAKP 2 is wrong")
			}
			if s, _ := con.sendRAKP3(con.rakp3()); s != StatusOK {
				t.Fatal(s)
			}
			if s := table.ByIndex(1); s.MaxPrivilege() != c.ceiling || s.Privilege() != min(c.ceiling, ipmb.PrivilegeUser) {
				t.Errorf("session at %v of %v, want a ceiling of %v", s.Privilege(), s.MaxPrivilege(), c.ceiling)
			}
		})
	}
	t.Run("§13.21 an error can be corrected with a new message", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		c := newConsole20(newPeer(t, table), 3, "nobody", "secretpw")
		c.open()
		if s, _ := c.sendRAKP1(c.rakp1()); s != StatusUnauthorizedName {
			t.Fatal(s)
		}
		c.user, c.tag = "admin", 1
		if s, _ := c.sendRAKP1(c.rakp1()); s != StatusOK {
			t.Fatal(s)
		}
		if s, _ := c.sendRAKP3(c.rakp3()); s != StatusOK {
			t.Fatal(s)
		}
	})
	t.Run("§13.24 08h the exchange is over", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		if s, m := c.sendRAKP1(c.rakp1()); s != StatusInactiveSessionID || m.ConsoleID != c.x.ConsoleID {
			t.Errorf("RAKP 1 to an active session: %v %+v", s, m)
		}
		if got := c.do(0x01); got[0] != 0 {
			t.Errorf("the session suffered: % x", got)
		}
	})
}

func (m *testBMC) userIndex(name string) int {
	for i, u := range m.users {
		if u.Name == name {
			return i
		}
	}
	return 0
}

// fill gives a user a session.
func fill(m *testBMC, user uint8) {
	s := &Session{id: 0xdead, channel: testChannel, userID: user, rmcpPlus: true, setup: &setup{over: true}}
	m.table.byID[s.id] = s
	m.table.admit(s, ipmb.PrivilegeOperator)
}

// TestRAKP3 has every status of [IPMI 2.0 §13.22-13.24] that RAKP 4 can have.
func TestRAKP3(t *testing.T) {
	t.Parallel()
	type world struct {
		*console20
		m *testBMC
	}
	for _, c := range []struct {
		name  string
		suite uint8
		send  func(w *world) []byte
		want  Status
		tried int
	}{
		{"01h the last slot went meanwhile", 3, func(w *world) []byte { w.m.table.opt.Slots = 0; return w.rakp3() }, StatusInsufficientResources, 0},
		{"01h the user's last session went meanwhile", 3, func(w *world) []byte {
			w.m.users[1].SessionLimit = 1
			c := newConsole20(w.peer, 3, "admin", "secretpw")
			c.tag = 77
			c.open()
			c.sendRAKP1(c.rakp1())
			fill(w.m, 2)
			*w.console20 = *c
			return c.rakp3()
		}, StatusInsufficientResources, 0},
		{"02h unknown session", 3, func(w *world) []byte { w.x.ManagedID++; return w.rakp3() }, StatusInvalidSessionID, 0},
		{"08h before RAKP 1", 3, func(w *world) []byte { w.tag = 5; w.open(); return w.rakp3() }, StatusInactiveSessionID, 0},
		{"0Fh wrong password", 3, func(w *world) []byte { w.password[0]++; return w.rakp3() }, StatusInvalidIntegrityCheck, 1},
		{"0Fh wrong password, SHA-256", 17, func(w *world) []byte { w.password[0]++; return w.rakp3() }, StatusInvalidIntegrityCheck, 1},
		{"0Fh code cut short", 3, func(w *world) []byte { b := w.rakp3(); return b[:len(b)-1] }, StatusInvalidIntegrityCheck, 1},
		{"0Fh code absent", 3, func(w *world) []byte { return w.rakp3()[:8] }, StatusInvalidIntegrityCheck, 1},
		{"0Fh code where RAKP-none has none", 0, func(w *world) []byte { return append(w.rakp3(), make([]byte, 20)...) }, StatusInvalidIntegrityCheck, 0},
	} {
		t.Run("§13.24 "+c.name, func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			con := newConsole20(newPeer(t, table), c.suite, "admin", "secretpw")
			con.open()
			if s, _ := con.sendRAKP1(con.rakp1()); s != StatusOK {
				t.Fatal(s)
			}
			b := c.send(&world{con, m})
			before := table.Active()
			payload := openSetup(t, PayloadRAKP4, con.send(setupPacket(PayloadRAKP3, b)))
			id := con.x.ConsoleID
			if c.want == StatusInvalidSessionID {
				id = 0
			}
			if want := binary.LittleEndian.AppendUint32([]byte{con.tag, byte(c.want), 0, 0}, id); !bytes.Equal(payload, want) {
				t.Fatalf("RAKP 4 % x, want % x", payload, want)
			}
			if again := openSetup(t, PayloadRAKP4, con.send(setupPacket(PayloadRAKP3, b))); !bytes.Equal(again, payload) {
				t.Errorf("repeated: % x, want the same", again)
			}
			if len(m.tried) != c.tried || table.Active() != before {
				t.Errorf("passwords tried: %v, want %d; sessions: %d", m.tried, c.tried, table.Active())
			}
			if c.want == StatusInvalidIntegrityCheck && c.suite != 0 {
				con.password = m.users[1].Password
				if s, _ := con.sendRAKP3(con.rakp3()); s != StatusInactiveSessionID {
					t.Errorf("right code after a wrong one: %v, want 08h: start over", s)
				}
			}
		})
	}
	t.Run("§13.22 a status ends the exchange without an answer", func(t *testing.T) {
		t.Parallel()
		table, m := newTestTable(Options{})
		c := newConsole20(newPeer(t, table), 3, "admin", "wrong")
		c.open()
		c.sendRAKP1(c.rakp1())
		refusal := RAKP3{ManagedID: c.x.ManagedID, Status: StatusInvalidIntegrityCheck}
		if got := c.send(setupPacket(PayloadRAKP3, refusal.AppendTo(nil))); got != nil {
			t.Errorf("answer % x", got)
		}
		if len(table.byID) != 0 || len(m.tried) != 1 || m.tried[0] {
			t.Errorf("attempt kept: %v, passwords tried: %v", len(table.byID), m.tried)
		}
		if s, _ := c.sendRAKP3(c.rakp3()); s != StatusInvalidSessionID {
			t.Errorf("RAKP 3 after it: %v", s)
		}
	})
}

// TestRepeatedSetup repeats each message, as a console does when the answer gets lost: same bytes, no second session.
// [IPMI 2.0 §13.17, §13.20, §13.22 message tag]
func TestRepeatedSetup(t *testing.T) {
	t.Parallel()
	table, m := newTestTable(Options{})
	c := newConsole20(newPeer(t, table), 17, "admin", "secretpw")
	twice := func(kind PayloadType, payload []byte) {
		t.Helper()
		b := setupPacket(kind, payload)
		first := c.send(b)
		for range 3 {
			if again := c.send(b); !bytes.Equal(first, again) {
				t.Fatalf("%v repeated:\n% x, first\n% x", kind, again, first)
			}
		}
	}
	twice(PayloadOpenSessionRequest, c.openRequest())
	if n := len(table.byID); n != 1 {
		t.Fatalf("%d logins after a repeated Open Session", n)
	}
	c.open()
	one := c.rakp1()
	twice(PayloadRAKP1, one)
	c.sendRAKP1(one)
	again := *c
	if again.open(); again.x.ManagedID == c.x.ManagedID {
		t.Error("Open Session after RAKP 1 is a new attempt, but got the old one's ID")
	}
	three := c.rakp3()
	twice(PayloadRAKP3, three)
	if table.Active() != 1 || len(m.tried) != 1 {
		t.Errorf("%d sessions, %d passwords tried, want one of each", table.Active(), len(m.tried))
	}
	c.key()
	c.do(0x01)
	twice(PayloadRAKP3, three)
	twice(PayloadOpenSessionRequest, c.openRequest())
	old := c.x.ManagedID
	if c.open(); c.x.ManagedID == old {
		t.Error("Open Session after an activation got the active session's ID")
	}
	c.x.ManagedID = old
	c.do(0x01)
}

// TestSameConsoleID: two ipmitools at a time have the same console session ID and tag. [IPMI 2.0 §13.17]
func TestSameConsoleID(t *testing.T) {
	t.Parallel()
	table, _ := newTestTable(Options{})
	a, b := newConsole20(newPeer(t, table), 3, "admin", "secretpw"), newConsole20(newPeer(t, table), 3, "admin", "secretpw")
	b.from.Peer = netipPort(b.from.Peer, 50001)
	a.open()
	b.open()
	if a.x.ManagedID == b.x.ManagedID {
		t.Fatal("two consoles got one session ID")
	}
	a.sendRAKP1(a.rakp1())
	b.sendRAKP1(b.rakp1())
	if s, _ := b.sendRAKP3(b.rakp3()); s != StatusOK {
		t.Fatal(s)
	}
	if s, _ := a.sendRAKP3(a.rakp3()); s != StatusOK {
		t.Fatal(s)
	}
	a.key()
	b.key()
	a.do(0x01)
	b.do(0x01)
}
