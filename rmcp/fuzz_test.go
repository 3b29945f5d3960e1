package rmcp

import (
	"bytes"
	"testing"
)

// FuzzHandle feeds datagrams from outside of any session: no panic, no growth, an answer that is a datagram.
func FuzzHandle(f *testing.F) {
	p := newPeer(f, nil)
	c := newConsole20(p, 3, "admin", "secretpw")
	f.Add(Ping{Tag: 1}.AppendTo(nil))
	f.Add((&Packet15{Message: request(1, 1)}).AppendTo(nil))
	f.Add((&Packet15{Message: request(1, 0x39, append([]byte{2, 'a', 'd', 'm', 'i', 'n'}, make([]byte, 11)...)...)}).AppendTo(nil))
	f.Add((&Packet20{Payload: request(1, 1)}).AppendTo(nil))
	f.Add(setupPacket(PayloadOpenSessionRequest, c.openRequest()))
	f.Add(setupPacket(PayloadRAKP1, c.rakp1()))
	f.Add(setupPacket(PayloadRAKP3, make([]byte, 28)))
	table, _ := newTestTable(Options{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > maxDatagram {
			return
		}
		p := newPeer(t, table)
		out := p.send(b)
		if len(out) > 0 {
			if _, _, err := ParseHeader(out); err != nil {
				t.Fatalf("answer % x: %v", out, err)
			}
		}
		if len(table.byID) > halfOpenSlots || len(table.halfOpen) != len(table.byID) || table.Active() != 0 {
			t.Fatalf("%d entries, %d logins, %d sessions", len(table.byID), len(table.halfOpen), table.Active())
		}
	})
}

// FuzzSession feeds payloads into sessions with the right keys: no panic, and the session goes on.
func FuzzSession(f *testing.F) {
	f.Add(uint8(17), uint8(0), request(1, 1))
	f.Add(uint8(3), uint8(1), []byte{1, 0, 0, 0, 'x'})
	f.Add(uint8(4), uint8(2), []byte{1})
	f.Add(uint8(255), uint8(0), request(1, cmdActivateSession, make([]byte, 22)...))
	f.Add(uint8(0), uint8(0x20), request(1, 2, 200))
	f.Fuzz(func(t *testing.T, suite, kind uint8, payload []byte) {
		if len(payload) > MaxMessage15 {
			return
		}
		table, _ := newTestTable(Options{})
		defer table.CloseAll()
		if suite >= SuiteCount {
			c := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
			c.send(c.packet15(AuthTypeMD5, c.seq, payload))
			return
		}
		c := login20(newPeer(t, table), suite, "admin", "secretpw")
		c.send(c.next(PayloadType(kind&payloadTypeMask), payload))
		if table.Active() > 1 {
			t.Fatal("a second session")
		}
	})
}

// FuzzLogin changes bytes of the three set-up messages while the state of the login is kept: no message but the right one
// activates a session.
func FuzzLogin(f *testing.F) {
	f.Add(uint8(3), uint8(0), uint8(4), uint8(1))
	f.Add(uint8(17), uint8(1), uint8(24), uint8(0x10))
	f.Add(uint8(8), uint8(2), uint8(8), uint8(0xff))
	f.Fuzz(func(t *testing.T, suite, which, at, mask uint8) {
		suite = suite%(SuiteCount-1) + 1 // suite 0 has no code to get wrong
		table, _ := newTestTable(Options{})
		defer table.CloseAll()
		c := newConsole20(newPeer(t, table), suite, "admin", "secretpw")
		change := func(n uint8, kind PayloadType, b []byte) {
			b = bytes.Clone(b)
			if which%3 == n {
				b[int(at)%len(b)] ^= mask
				c.send(setupPacket(kind, b))
			}
		}
		change(0, PayloadOpenSessionRequest, c.openRequest())
		if c.open() != StatusOK {
			t.Fatal("Open Session is refused")
		}
		one := c.rakp1()
		change(1, PayloadRAKP1, one)
		if s, _ := c.sendRAKP1(one); s != StatusOK {
			t.Fatalf("RAKP 1: %v", s)
		}
		three := c.rakp3()
		change(2, PayloadRAKP3, three)
		// Tag, status and reserved bytes are in front of what the code covers.
		if at := int(at) % len(three); which%3 == 2 && mask != 0 && at > 3 && table.Active() != 0 {
			t.Fatalf("a changed RAKP 3 (byte %d ^ %02Xh) activated a session", at, mask)
		}
	})
}
