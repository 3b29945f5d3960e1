package rmcp

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestAuthenticationDisables: which packets of a session need an AuthCode, with Get Device ID as a User command and 02h
// as one above. [IPMI 2.0 §6.12.4, §22.17]
func TestAuthenticationDisables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                string
		messageOff, userOff bool
		user, above         bool // accepted without AuthCode
	}{
		{"§6.12.4 both enabled", false, false, false, false},
		{"§6.12.4 per-message disabled", true, false, true, true},
		{"§6.12.4 user-level disabled", false, true, true, false},
	} {
		t.Run(c.name+", v1.5", func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			m.channel.MessageAuthOff, m.channel.UserAuthOff = c.messageOff, c.userOff
			con := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
			if (con.in == AuthTypeNone) != c.messageOff {
				t.Fatalf("Activate Session says %v for the rest", con.in)
			}
			m.channel.MessageAuthOff, m.channel.UserAuthOff = !c.messageOff, !c.userOff // sessions keep what they have
			for _, in := range []struct {
				cmd      uint8
				accepted bool
			}{{0x01, c.user}, {0x02, c.above}} {
				b := con.packet15(AuthTypeNone, con.seq, request(1, in.cmd, 1))
				if !in.accepted {
					con.dropped(DropUnauthenticated, b)
					continue
				}
				con.open15(AuthTypeNone, con.send(b)) // the answer is as the request
				con.seq++
			}
			con.open15(AuthTypeMD5, con.send(con.packet15(AuthTypeMD5, con.seq, request(1, 0x02, 1))))
			bad := con.packet15(AuthTypeMD5, con.seq+1, request(1, 0x01))
			bad[20]++
			con.dropped(DropAuthCode, bad) // what has an AuthCode is verified nevertheless
		})
		t.Run(c.name+", RMCP+", func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			m.channel.MessageAuthOff, m.channel.UserAuthOff = c.messageOff, c.userOff
			con := login20(newPeer(t, table), 3, "admin", "secretpw")
			for i, in := range []struct {
				cmd      uint8
				accepted bool
			}{{0x01, c.user}, {0x02, c.above}} {
				b := con.packet(uint32(i)+1, PayloadIPMI, false, true, request(1, in.cmd, 1))
				if !in.accepted {
					con.dropped(DropUnauthenticated, b)
				} else if con.send(b) == nil {
					t.Errorf("command %02Xh without AuthCode got no answer", in.cmd)
				}
			}
			con.do(0x02, 1)
		})
	}
}

// TestInside15 has the silent drops of a v1.5 session. [IPMI 2.0 §6.12.4, §6.12.10]
func TestInside15(t *testing.T) {
	t.Parallel()
	table, m := newTestTable(Options{})
	c := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
	first := c.packet15(AuthTypeMD5, c.seq, request(1, 0x01))
	c.do(0x01)
	c.dropped(DropSequence, first)
	c.dropped(DropSequence, c.packet15(AuthTypeMD5, c.seq+8, request(1, 0x01)))
	c.dropped(DropSequence, c.packet15(AuthTypeMD5, c.seq-9, request(1, 0x01)))
	bad := c.packet15(AuthTypeMD5, c.seq, request(1, 0x01))
	bad[len(bad)-1]++
	c.dropped(DropAuthCode, bad)
	c.dropped(DropMessage, c.packet15(AuthTypeMD5, c.seq, []byte{1, 2, 3}))
	straight, _ := NewAuthCoder(AuthTypeStraight, []byte("secretpw"))
	other := Packet15{SessionID: c.id, Sequence: c.seq, Message: request(1, 0x01)}
	c.dropped(DropAuthType, other.Seal(nil, straight))
	c.dropped(DropFormat, (&Packet20{Type: PayloadIPMI, SessionID: c.id, Sequence: 1, Payload: request(1, 1)}).AppendTo(nil))
	c.dropped(DropUnknownSession, (&Packet15{SessionID: c.id + 1, Sequence: 1, Message: request(1, 1)}).AppendTo(nil))
	if c.do(0x01); m.table.Active() != 1 {
		t.Error("the session suffered")
	}
	// The legacy pad is no part of the message. [IPMI 2.0 §13.6]
	padded := append(c.packet15(AuthTypeMD5, c.seq, request(1, 0x01)), 0)
	c.open15(AuthTypeMD5, c.send(padded))
	c.seq, c.bmcSeq = c.seq+1, c.bmcSeq+1
	// A v1.5 packet has one byte for the message's length. [IPMI 2.0 §13.6]
	if got := c.do(0x02, 255); len(got) != 1 || got[0] != byte(ipmb.CannotReturnBytes) {
		t.Errorf("an answer too long for the packet: % x, want CAh", got)
	}
	if got := c.do(0x02, 247); len(got) != 248 {
		t.Errorf("the longest answer: %d bytes", len(got))
	}
	if got := c.do(0x02, 248); len(got) != 1 {
		t.Errorf("an answer that is one too long: %d bytes", len(got))
	}
}

// TestInside20 has the silent drops of an RMCP+ session. [IPMI 2.0 §6.12.13, §13.6, §13.28.4]
func TestInside20(t *testing.T) {
	t.Parallel()
	table, m := newTestTable(Options{})
	c := login20(newPeer(t, table), 17, "admin", "secretpw")
	first := c.packet(1, PayloadIPMI, true, true, request(1, 0x01))
	c.dropped(DropSequence, c.packet(0, PayloadIPMI, true, true, request(1, 0x01)))
	c.dropped(DropSequence, c.packet(16, PayloadIPMI, true, true, request(1, 0x01)))
	bad := bytes.Clone(first)
	bad[len(bad)-1]++
	c.dropped(DropAuthCode, bad)
	c.dropped(DropUnauthenticated, c.packet(1, PayloadIPMI, false, true, request(1, 0x01)))
	c.open20(c.send(first))
	c.dropped(DropSequence, first)
	c.seq = 1
	c.dropped(DropPayload, c.next(PayloadRAKP1, make([]byte, 40)))
	c.dropped(DropPayload, c.packet(2, 0x3f, true, true, []byte{1}))
	c.dropped(DropMessage, c.packet(2, PayloadIPMI, true, true, []byte{1, 2}))
	c.dropped(DropFormat, (&Packet15{SessionID: c.x.ManagedID, Sequence: 1, Message: request(1, 1)}).AppendTo(nil))
	plain := Packet20{Type: PayloadIPMI, SessionID: c.x.ManagedID, Sequence: 2, Authenticated: true, Encrypted: true, Payload: make([]byte, 31)}
	c.dropped(DropDecryption, sealRaw(plain, c.i))
	// An unencrypted request has an unencrypted answer. [IPMI 2.0 Table 24-4]
	answer := c.send(c.packet(2, PayloadIPMI, true, false, request(1, 0x01)))
	if _, data, _ := ParseHeader(answer); data[1] != payloadAuthenticated {
		t.Errorf("answer to an unencrypted request has bits %02Xh", data[1])
	}
	c.seq, c.bmcSeq = 2, 2
	c.do(0x01)
	if got := c.do(0x02, 255); len(got) != 256 {
		t.Errorf("a long answer: %d bytes", len(got))
	}
	if table.Active() != 1 || len(m.ended) != 0 {
		t.Error("the session suffered")
	}
}

// sealRaw seals a packet whose payload is not encrypted although its bit says so.
func sealRaw(p Packet20, i *Integrity) []byte {
	b := []byte{6, 0, 0xff, 7, 6, 0xc0}
	b = binary.LittleEndian.AppendUint32(b, p.SessionID)
	b = binary.LittleEndian.AppendUint32(b, p.Sequence)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(p.Payload)))
	b = append(b, p.Payload...)
	pad := byte(0)
	for (len(b)-4+2)%4 != 0 {
		b, pad = append(b, 0xff), pad+1
	}
	b = append(b, pad, 7)
	return i.Sum(b, b[4:])
}

// TestNoIntegrity: a session without integrity has no AuthCodes, and one without confidentiality no encryption.
// [IPMI 2.0 §13.6]
func TestNoIntegrity(t *testing.T) {
	t.Parallel()
	table, _ := newTestTable(Options{})
	c := login20(newPeer(t, table), 0, "admin", "secretpw")
	c.do(0x01)
	full := login20(newPeer(t, table), 3, "admin", "secretpw")
	b := full.packet(1, PayloadIPMI, true, false, request(1, 0x01))
	binary.LittleEndian.PutUint32(b[6:], c.x.ManagedID)
	c.dropped(DropAuthCode, b)
	b = (&Packet20{Type: PayloadIPMI, SessionID: c.x.ManagedID, Sequence: 2, Encrypted: true, Payload: request(1, 1)}).AppendTo(nil)
	c.dropped(DropDecryption, b)
}

// TestOutside: messages outside of sessions, in both framings, are answered in the framing of the request.
// [IPMI 2.0 §13.6, §22.13]
func TestOutside(t *testing.T) {
	t.Parallel()
	table, m := newTestTable(Options{})
	m.requests = []Request{}
	p := newPeer(t, table)
	c15 := &console15{peer: p}
	if got := answerOf(t, c15.open15(AuthTypeNone, p.send((&Packet15{Sequence: 77, Message: request(9, 1)}).AppendTo(nil))).Message); !bytes.Equal(got, deviceID) {
		t.Errorf("v1.5 framing: % x", got)
	}
	b := p.send((&Packet20{Type: PayloadIPMI, Sequence: 0, Payload: request(9, 1)}).AppendTo(nil))
	if got := answerOf(t, openSetup(t, PayloadIPMI, b)); !bytes.Equal(got, deviceID) {
		t.Errorf("RMCP+ framing: % x", got)
	}
	if len(m.requests) != 2 || m.requests[0].RMCPPlus || !m.requests[1].RMCPPlus || m.requests[0].Session != nil || m.requests[0].Peer != p.from.Peer {
		t.Errorf("requests %+v", m.requests)
	}
	straight, _ := NewAuthCoder(AuthTypeStraight, []byte("secretpw"))
	p.dropped(DropAuthType, (&Packet15{Message: request(1, 1)}).Seal(nil, straight))
	p.dropped(DropMessage, (&Packet15{Message: request(1, 1)[:6]}).AppendTo(nil))
	p.dropped(DropMessage, (&Packet20{Payload: request(1, 1)[:6]}).AppendTo(nil))
	p.dropped(DropFormat, []byte{6, 0, 0xff, 7, 6, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	p.dropped(DropFormat, []byte{6, 0, 0xff, 7})
	m.channel.Open = false
	p.dropped(DropChannel, (&Packet15{Message: request(1, 1)}).AppendTo(nil))
	p.dropped(DropChannel, (&Packet20{Payload: request(1, 1)}).AppendTo(nil))
	p.dropped(DropChannel, setupPacket(PayloadOpenSessionRequest, make([]byte, 32)))
	m.channel.Open = true
	p.from.Channel = 2
	p.dropped(DropChannel, (&Packet15{Message: request(1, 1)}).AppendTo(nil))
	p.from.Channel = testChannel
	m.away = true
	p.dropped(DropAway, (&Packet15{Message: request(1, 1)}).AppendTo(nil))
}

// TestRMCP has the rules of the RMCP header and of the Presence Ping. [IPMI 2.0 §13.1.3, §13.2]
func TestRMCP(t *testing.T) {
	t.Parallel()
	table, m := newTestTable(Options{})
	p := newPeer(t, table)
	pong := []byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x40, 0x2a, 0, 16, 0, 0, 0x11, 0xbe, 0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0}
	if got := p.send(Ping{Tag: 0x2a}.AppendTo(nil)); !bytes.Equal(got, pong) {
		t.Errorf("§13.2.4 pong % x, want % x", got, pong)
	}
	ping := Ping{Tag: 0x2a}.AppendTo(nil)
	ping[2] = 0x17
	if got := p.send(ping); !bytes.Equal(got, pong) || len(p.wire.sent) != 1 || !bytes.Equal(p.wire.sent[0], []byte{6, 0, 0x17, 0x86}) {
		t.Errorf("§13.2.1 ACK % x, then pong % x", p.wire.sent, got)
	}
	other := bytes.Clone(ping)
	other[8] = 0x81
	if got := p.send(other); !bytes.Equal(got, []byte{6, 0, 0x17, 0x86}) {
		t.Errorf("§13.2.1 another ASF message that wants an ACK: % x", got)
	}
	p.dropped(DropASF, Ping{Tag: TagUnidirectional}.AppendTo(nil))
	p.dropped(DropACK, []byte{6, 0, 0x17, 0x86})
	p.dropped(DropACK, []byte{6, 0, 0xff, 0x86})
	p.dropped(DropClass, []byte{6, 0, 0x17, 8, 0, 0, 0, 1})
	p.dropped(DropClass, []byte{6, 0, 0x17, 0x1f})
	p.dropped(DropHeader, []byte{5, 0, 0xff, 7})
	p.dropped(DropHeader, []byte{6, 0, 0xff})
	p.dropped(DropHeader, nil)
	m.channel.Open = false
	p.dropped(DropChannel, Ping{Tag: 1}.AppendTo(nil))
}

// TestQueue: what is sent unasked leaves behind the answer, with numbers that rise in that order.
func TestQueue(t *testing.T) {
	t.Parallel()
	bridged := ipmb.Message{To: ipmb.AddrRemoteConsole, NetFn: ipmb.NetFnApp | 1, From: 0x2c, Seq: 3, Cmd: 1, Data: []byte{0, 0x50}}
	t.Run("§6.13 RMCP+", func(t *testing.T) {
		t.Parallel()
		table, m := newTestTable(Options{})
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		m.during = func(r *Request) { table.Send(r.Session, &bridged) }
		if got := c.send(c.next(PayloadIPMI, request(1, 1))); got != nil {
			t.Fatalf("answer % x, want it on the wire", got)
		}
		if len(c.wire.sent) != 2 {
			t.Fatalf("%d datagrams, want two", len(c.wire.sent))
		}
		if _, b := c.open20(c.wire.sent[0]); !bytes.Equal(answerOf(t, b), deviceID) {
			t.Errorf("first % x, want the answer", b)
		}
		if _, b := c.open20(c.wire.sent[1]); !bytes.Equal(b, bridged.AppendTo(nil)) {
			t.Errorf("second % x, want the bridged answer", b)
		}
		m.during = nil
		c.do(1)
		table.Lock()
		table.Send(table.ByIndex(1), &bridged)
		table.ByIndex(1).SuspendEncryption(true)
		table.Send(table.ByIndex(1), &bridged)
		table.Unlock()
		c.open20(c.wire.sent[2])
		if _, data, _ := ParseHeader(c.wire.sent[3]); data[1] != payloadAuthenticated {
			t.Errorf("§24.3 bits %02Xh with encryption suspended", data[1])
		}
	})
	t.Run("§6.13 v1.5", func(t *testing.T) {
		t.Parallel()
		table, _ := newTestTable(Options{})
		c := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
		c.do(1)
		table.Lock()
		table.Send(table.ByIndex(1), &bridged)
		long := bridged
		long.Data = make([]byte, 300)
		table.Send(table.ByIndex(1), &long) // fits in no packet
		table.SendPayload(table.ByIndex(1), Payload{Type: PayloadSOL, Data: []byte{1}})
		table.Unlock()
		if len(c.wire.sent) != 1 || c.open15(AuthTypeMD5, c.wire.sent[0]).Sequence != c.bmcSeq+1 {
			t.Errorf("sent % x", c.wire.sent)
		}
		c.bmcSeq++
		c.do(1)
	})
	t.Run("§24.1 SOL", func(t *testing.T) {
		t.Parallel()
		table, m := newTestTable(Options{})
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		c.send(c.next(PayloadSOL, []byte{1, 0, 0, 0, 'x'}))
		if len(m.payloads) != 1 || len(c.wire.sent) != 1 {
			t.Fatalf("payloads % x, sent % x", m.payloads, c.wire.sent)
		}
		if kind, b := c.open20(c.wire.sent[0]); kind != PayloadSOL || !bytes.HasSuffix(b, []byte{0, 'x'}) {
			t.Errorf("%v % x", kind, b)
		}
	})
	t.Run("§22.19 a closed session's answer still leaves inside it", func(t *testing.T) {
		t.Parallel()
		table, m := newTestTable(Options{})
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		m.during = nil
		c.send(c.next(PayloadIPMI, request(1, 0x3c)))
		if len(c.wire.sent) != 1 {
			t.Fatal("no answer to Close Session")
		}
		if _, b := c.open20(c.wire.sent[0]); answerOf(t, b)[0] != 0 || len(m.ended) != 1 {
			t.Errorf("% x, ended %v", b, m.ended)
		}
		c.dropped(DropUnknownSession, c.next(PayloadIPMI, request(1, 1)))
	})
}
