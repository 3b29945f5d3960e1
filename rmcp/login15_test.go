package rmcp

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestLogin15 opens a session with each authentication type. [IPMI 2.0 §22.16, §22.17]
func TestLogin15(t *testing.T) {
	t.Parallel()
	for _, authType := range []AuthType{AuthTypeNone, AuthTypeMD2, AuthTypeMD5, AuthTypeStraight} {
		t.Run("§22.17 "+authType.String(), func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			c := login15(newPeer(t, table), authType, "admin", "secretpw")
			for range 40 {
				if got := c.do(0x01); !bytes.Equal(got, deviceID) {
					t.Fatalf("Get Device ID: % x", got)
				}
			}
			s := table.ByIndex(1)
			if s == nil || s.RMCPPlus() || s.AuthType() != authType || s.UserID() != 2 || s.MaxPrivilege() != ipmb.PrivilegeAdministrator ||
				s.Privilege() != ipmb.PrivilegeUser || s.Peer() != c.from.Peer || table.ByID(c.id) != s || table.ByHandle(s.Handle()) != s {
				t.Fatalf("session %+v", s)
			}
			if (authType != AuthTypeNone) != (len(m.tried) == 1 && m.tried[0]) {
				t.Errorf("passwords tried: %v", m.tried)
			}
			c.direct = true
			c.do(0x3c)
			c.dropped(DropUnknownSession, c.packet15(c.in, c.seq, request(1, 0x01)))
			if table.Active() != 0 || len(m.ended) != 1 || m.ended[0] != EndClosed {
				t.Errorf("after Close Session: %d active, ended %v", table.Active(), m.ended)
			}
		})
	}
}

// TestChallenge has the refusals of Get Session Challenge. [IPMI 2.0 §22.16, §22.30]
func TestChallenge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		user string
		want ipmb.CompletionCode
	}{
		{"§22.16 81h unknown name", "nobody", 0x81},
		{"§22.16 81h disabled user", "off", 0x81},
		{"§22.30 a 20-byte password is none of v1.5", "long", ipmb.InvalidField},
		{"§6.9 the null user", "", ipmb.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, _ := newTestTable(Options{})
			if _, cc := challenge15(newPeer(t, table), AuthTypeMD5, 1, c.user, ""); cc != c.want {
				t.Errorf("completion code %02Xh, want %02Xh", uint8(cc), uint8(c.want))
			}
		})
	}
	t.Run("§22.16 a repeated request gets the same bytes, a new one others", func(t *testing.T) {
		table, _ := newTestTable(Options{})
		p := newPeer(t, table)
		a, _ := challenge15(p, AuthTypeMD5, 1, "admin", "secretpw")
		b, _ := challenge15(p, AuthTypeMD5, 1, "admin", "secretpw")
		c, _ := challenge15(p, AuthTypeMD5, 2, "admin", "secretpw")
		if a.id != b.id || a.challenge != b.challenge || c.id == a.id || c.challenge == a.challenge {
			t.Errorf("%#x %x, again %#x %x, new %#x %x", a.id, a.challenge, b.id, b.challenge, c.id, c.challenge)
		}
	})
	t.Run("§22.16 OEM authentication", func(t *testing.T) {
		table, _ := newTestTable(Options{})
		p := newPeer(t, table)
		out := Packet15{Message: request(1, 0x39, append([]byte{5}, make([]byte, 16)...)...)}
		c := &console15{peer: p}
		if a := answerOf(t, c.open15(AuthTypeNone, p.send(out.AppendTo(nil))).Message); a[0] != byte(ipmb.InvalidField) {
			t.Errorf("% x, want CCh", a)
		}
	})
}

// TestActivate has the completion codes of Activate Session, which come with session ID, authentication type and AuthCode
// of the request. [IPMI 2.0 §22.17]
func TestActivate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		user    string
		pw      string
		prepare func(c *console15, m *testBMC)
		want    ipmb.CompletionCode
	}{
		{"00h", "admin", "secretpw", func(c *console15, m *testBMC) {}, 0},
		{"00h requested level below the limit", "admin", "secretpw", func(c *console15, m *testBMC) { c.privilege = 2 }, 0},
		{"81h no slot", "admin", "secretpw", func(c *console15, m *testBMC) { m.table.opt.Slots = 0 }, NoSessionSlot},
		{"82h session limit of the user", "oper", "operpw", func(c *console15, m *testBMC) { c.privilege = 3; fill(m, 3); m.users[2].SessionLimit = 1 }, NoSlotForUser},
		{"83h no slot above User", "oper", "operpw", func(c *console15, m *testBMC) { c.privilege = 3; fill(m, 2); m.table.opt.HighSlots = 1 }, NoSlotForPrivilege},
		{"00h but one at User", "oper", "operpw", func(c *console15, m *testBMC) { c.privilege = 2; fill(m, 2); m.table.opt.HighSlots = 1 }, 0},
		{"86h above the user's limit", "oper", "operpw", func(c *console15, m *testBMC) {}, ExceedsLimit},
		{"86h above the channel's limit", "admin", "secretpw", func(c *console15, m *testBMC) { m.channel.Limit = ipmb.PrivilegeUser }, ExceedsLimit},
		{"CCh level zero", "admin", "secretpw", func(c *console15, m *testBMC) { c.privilege = 0 }, ipmb.InvalidField},
		{"CCh reserved level", "admin", "secretpw", func(c *console15, m *testBMC) { c.privilege = 6 }, ipmb.InvalidField},
		{"CCh another challenge", "admin", "secretpw", func(c *console15, m *testBMC) { c.challenge[3]++ }, ipmb.InvalidField},
	} {
		t.Run("§22.17 "+c.name, func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			con, _ := challenge15(newPeer(t, table), AuthTypeMD5, 1, c.user, c.pw)
			c.prepare(con, m)
			before := table.Active()
			if cc := con.activate(); cc != c.want {
				t.Fatalf("completion code %02Xh, want %02Xh", uint8(cc), uint8(c.want))
			}
			if c.want != 0 && (table.Active() != before || len(m.tried) != 0) {
				t.Errorf("%d sessions, passwords tried %v", table.Active(), m.tried)
			}
			if s := table.ByID(con.id); c.want == 0 && (con.seq == 0 || uint8(s.MaxPrivilege()) != con.privilege) {
				t.Errorf("initial inbound sequence %d, maximum privilege %v, answered %d", con.seq, s.MaxPrivilege(), con.privilege)
			}
		})
	}
	start := func(t *testing.T) (*console15, *testBMC) {
		table, m := newTestTable(Options{})
		c, _ := challenge15(newPeer(t, table), AuthTypeMD5, 1, "admin", "secretpw")
		return c, m
	}
	code := func(c *console15, b []byte) ipmb.CompletionCode {
		return ipmb.CompletionCode(answerOf(c.t, c.open15(c.authType, b).Message)[0])
	}
	t.Run("§22.17 84h sequence number that is not null", func(t *testing.T) {
		c, _ := start(t)
		if cc := code(c, c.send(c.packet15(AuthTypeMD5, 1, c.activation(2, 5)))); cc != SequenceOutOfRange {
			t.Error(cc)
		}
	})
	t.Run("§22.17 84h initial outbound sequence zero", func(t *testing.T) {
		c, _ := start(t)
		if cc := code(c, c.send(c.packet15(AuthTypeMD5, 0, c.activation(2, 0)))); cc != SequenceOutOfRange {
			t.Error(cc)
		}
	})
	t.Run("§22.17 85h outside of a session", func(t *testing.T) {
		c, _ := start(t)
		out := Packet15{Message: c.activation(2, 5)}
		c.id = 0
		if cc := ipmb.CompletionCode(answerOf(t, c.open15(AuthTypeNone, c.send(out.AppendTo(nil))).Message)[0]); cc != InvalidSessionID {
			t.Error(cc)
		}
	})
	t.Run("§22.17 85h in an RMCP+ session", func(t *testing.T) {
		table, _ := newTestTable(Options{})
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		if got := c.do(cmdActivateSession, make([]byte, 22)...); got[0] != byte(InvalidSessionID) {
			t.Errorf("% x", got)
		}
	})
	t.Run("§22.17 CCh data says another authentication type", func(t *testing.T) {
		c, _ := start(t)
		b := c.activation(2, 5)
		b[6], b[len(b)-1] = 4, b[len(b)-1]-2 // keeps the checksum
		if cc := code(c, c.send(c.packet15(AuthTypeMD5, 0, b))); cc != ipmb.InvalidField {
			t.Error(cc)
		}
	})
	t.Run("§22.17 everything but Activate Session falls silently", func(t *testing.T) {
		c, _ := start(t)
		c.dropped(DropHalfOpen, c.packet15(AuthTypeMD5, 0, request(1, 0x01)))
		c.dropped(DropHalfOpen, c.packet15(AuthTypeMD5, 1, request(1, 0x38, 0x0e, 4)))
		c.dropped(DropAuthType, c.packet15(AuthTypeNone, 0, c.activation(1, 5)))
		c.dropped(DropUnknownSession, (&Packet20{Type: PayloadIPMI, SessionID: c.id, Sequence: 1, Payload: request(1, 1)}).AppendTo(nil))
		if cc := c.activate(); cc != 0 {
			t.Errorf("Activate Session after those: %v", cc)
		}
	})
	t.Run("§22.17 a wrong AuthCode falls silently and counts", func(t *testing.T) {
		c, m := start(t)
		right := c.auth
		c.auth, _ = NewAuthCoder(AuthTypeMD5, []byte("wrong"))
		c.dropped(DropAuthCode, c.packet15(AuthTypeMD5, 0, c.activation(2, 5)))
		c.challenge[0]++
		c.dropped(DropAuthCode, c.packet15(AuthTypeMD5, 0, c.activation(2, 5))) // would fail for another reason, too
		c.challenge[0]--
		if c.auth = right; c.activate() != 0 || len(m.tried) != 2 || m.tried[0] || !m.tried[1] {
			t.Errorf("passwords tried %v, want one wrong, one right", m.tried)
		}
	})
	t.Run("§22.17 a wrong AuthCode that is sent again counts once", func(t *testing.T) {
		c, m := start(t)
		c.auth, _ = NewAuthCoder(AuthTypeMD5, []byte("wrong"))
		b := c.packet15(AuthTypeMD5, 0, c.activation(2, 5))
		for range 4 { // nothing answers it, so a console repeats it
			c.dropped(DropAuthCode, b)
		}
		if len(m.tried) != 1 {
			t.Errorf("passwords tried %v by repetitions, want one", m.tried)
		}
		c.auth, _ = NewAuthCoder(AuthTypeMD5, []byte("wrong too"))
		c.dropped(DropAuthCode, c.packet15(AuthTypeMD5, 0, c.activation(2, 5)))
		if len(m.tried) != 2 || m.tried[0] || m.tried[1] {
			t.Errorf("passwords tried %v, want two wrong", m.tried)
		}
	})
	t.Run("§22.17 repeated until the first packet with a number", func(t *testing.T) {
		c, m := start(t)
		b := c.packet15(AuthTypeMD5, 0, c.activation(2, 0x500))
		first := c.send(b)
		for range 3 {
			if again := c.send(b); !bytes.Equal(first, again) {
				t.Fatalf("repeated: % x, first % x", again, first)
			}
		}
		if len(m.tried) != 1 || m.table.Active() != 1 {
			t.Fatalf("passwords tried %v, %d sessions", m.tried, m.table.Active())
		}
		c.dropped(DropSequence, c.packet15(AuthTypeMD5, 0, request(1, 0x01))) // null sequence is Activate Session's alone
		c.seq = binary.LittleEndian.Uint32(answerOf(t, c.open15(AuthTypeMD5, first).Message)[6:])
		c.bmcSeq = 0x500
		c.do(0x01)
		c.dropped(DropSequence, b)
	})
	t.Run("§22.17 inside the session sets the outbound number", func(t *testing.T) {
		table, _ := newTestTable(Options{})
		c := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
		c.do(0x01)
		p := c.open15(AuthTypeMD5, c.send(c.packet15(AuthTypeMD5, c.seq, c.activation(3, 0x7777))))
		a := answerOf(t, p.Message)
		if p.Sequence != 0x7777 || a[0] != 0 || binary.LittleEndian.Uint32(a[6:]) != c.seq+1 {
			t.Fatalf("sequence %#x, answer % x", p.Sequence, a)
		}
		c.seq, c.bmcSeq = c.seq+1, 0x7777
		c.do(0x01)
	})
	t.Run("§22.17 inside the session does not raise its maximum", func(t *testing.T) {
		c, _ := start(t)
		if c.privilege = 2; c.activate() != 0 {
			t.Fatal("Activate Session failed")
		}
		c.privilege = 3
		p := c.open15(AuthTypeMD5, c.send(c.packet15(AuthTypeMD5, c.seq, c.activation(3, 0x7777))))
		if cc := answerOf(t, p.Message)[0]; cc != byte(ExceedsLimit) || p.Sequence != c.bmcSeq+1 {
			t.Errorf("completion code %02Xh, sequence %#x", cc, p.Sequence)
		}
	})
}
