package ipmb

import (
	"testing"
	"time"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	var q Queue
	if _, ok := q.Take(); ok {
		t.Error("§22.6: an empty queue gave a message")
	}
	data := []byte{1}
	for i := range QueuePlaces {
		data[0] = byte(i)
		if !q.Put(Queued{Channel: 1, Privilege: PrivilegeUser, Data: data}) {
			t.Fatalf("§7.4: no place for message %d", i)
		}
	}
	if q.Put(Queued{Channel: 1}) {
		t.Error("§22.6: a full channel took another message")
	}
	if !q.Put(Queued{Channel: 0}) {
		t.Error("§7.4: one channel took the places of another")
	}
	for i := range QueuePlaces {
		m, ok := q.Take()
		if !ok || m.Channel != 1 || m.Privilege != PrivilegeUser || m.Data[0] != byte(i) {
			t.Fatalf("§22.6: message %d is %+v, %v: not in order, or not a copy", i, m, ok)
		}
	}
	if q.Len() != 1 {
		t.Errorf("§22.6: %d messages left, want 1", q.Len())
	}
	if q.Flush(); q.Len() != 0 {
		t.Error("§22.3: a flushed queue holds messages")
	}
}

func request(addr Addr) Bridged {
	return Bridged{
		Origin: Origin{Channel: 1, Session: 7, Addr: AddrRemoteConsole, Seq: 9},
		Target: Target{Addr: addr}, NetFn: NetFnApp, Cmd: 1,
	}
}

func TestPendingMatches(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	answer := func(seq uint8) Message {
		return Message{To: AddrBMC, NetFn: NetFnApp.Response(), From: 0x2c, Seq: seq, Cmd: 1}
	}
	for name, change := range map[string]func(m *Message, channel *uint8, session *uint32){
		"channel":    func(_ *Message, channel *uint8, _ *uint32) { *channel = 1 },
		"session":    func(_ *Message, _ *uint8, session *uint32) { *session = 1 },
		"responder":  func(m *Message, _ *uint8, _ *uint32) { m.From = 0x2e },
		"LUN":        func(m *Message, _ *uint8, _ *uint32) { m.FromLUN = 1 },
		"sequence":   func(m *Message, _ *uint8, _ *uint32) { m.Seq++ },
		"NetFn":      func(m *Message, _ *uint8, _ *uint32) { m.NetFn = NetFnStorage.Response() },
		"not answer": func(m *Message, _ *uint8, _ *uint32) { m.NetFn = NetFnApp },
		"command":    func(m *Message, _ *uint8, _ *uint32) { m.Cmd = 2 },
	} {
		var p Pending
		seq, _ := p.Add(now, request(0x2c))
		m, channel, session := answer(seq), uint8(0), uint32(0)
		change(&m, &channel, &session)
		if b, ok := p.Take(now, channel, session, &m); ok {
			t.Errorf("§6.13.3: another %s was taken for the answer to %+v", name, b)
		}
		m = answer(seq)
		b, ok := p.Take(now, 0, 0, &m)
		if !ok || b.Origin != request(0).Origin {
			t.Errorf("§6.13.3: after a wrong %s the answer found %+v, %v", name, b, ok)
		}
		if _, ok := p.Take(now, 0, 0, &m); ok {
			t.Error("§6.13.3: one request was answered twice")
		}
	}
}

func TestPendingSequenceNumbers(t *testing.T) {
	t.Parallel()
	var p Pending
	now := time.Unix(1000, 0)
	first, _ := p.Add(now, request(0x2c))
	for i := range 200 {
		now = now.Add(time.Millisecond)
		seq, ok := p.Add(now, request(0x2c))
		if !ok || seq == first || seq > 0x3f {
			t.Fatalf("§6.13.4: request %d got sequence number %d, %v while %d was pending", i, seq, ok, first)
		}
		p.Drop(Target{Addr: 0x2c}, seq)
	}
	if n := p.Len(now); n != 1 {
		t.Errorf("§6.13.3: %d requests wait, want 1", n)
	}
}

func TestPendingEnds(t *testing.T) {
	t.Parallel()
	var p Pending
	now := time.Unix(1000, 0)
	var last uint8
	for i := range PendingPlaces {
		var ok bool
		if last, ok = p.Add(now, request(0x2c)); !ok {
			t.Fatalf("§6.13.3: no place for request %d", i)
		}
	}
	if _, ok := p.Add(now, request(0x2e)); ok {
		t.Error("§6.13.3: a full channel took another request")
	}
	other := request(0x2c)
	other.Target.Channel, other.Target.Session, other.Origin.Session = 3, 8, 0
	if _, ok := p.Add(now.Add(time.Second), other); !ok {
		t.Error("§6.13.3: one channel took the places of another")
	}
	late := Message{To: AddrBMC, NetFn: NetFnApp.Response(), From: 0x2c, Seq: last, Cmd: 1}
	if _, ok := p.Take(now.Add(PendingTime), 0, 0, &late); ok {
		t.Error("§6.13.3: an answer after 5 s found its request")
	}
	if n := p.Len(now.Add(PendingTime)); n != 1 {
		t.Errorf("§6.13.3: %d requests wait after 5 s, want the later one", n)
	}
	if p.DropSession(9); p.Len(now) != 1 {
		t.Error("§6.13.3: the end of another session dropped the request")
	}
	if p.DropSession(8); p.Len(now) != 0 {
		t.Error("§6.13.3: the end of the target's session left the request")
	}
	p.Add(now, request(0x2c))
	if p.DropSession(7); p.Len(now) != 0 {
		t.Error("§6.13.3: the end of the origin's session left the request")
	}
	p.Add(now, request(0x2c))
	if p.Flush(); p.Len(now) != 0 {
		t.Error("§20.3: a flushed table holds requests")
	}
}

// TestPendingChain keeps a request that is a Send Message for the answer behind its response. [IPMI 2.0 §6.13.3]
func TestPendingChain(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	send := SendMessage
	b := request(0x82)
	b.NetFn, b.Cmd, b.Chain = send.NetFn, send.Cmd, true
	first := func(seq uint8, code CompletionCode) *Message {
		return &Message{To: AddrBMC, NetFn: send.NetFn.Response(), From: 0x82, Seq: seq, Cmd: send.Cmd, Data: []byte{byte(code)}}
	}
	second := func(seq uint8) *Message {
		return &Message{To: AddrBMC, NetFn: NetFnApp.Response(), From: 0x82, Seq: seq, Cmd: 1, Data: []byte{0}}
	}
	var p Pending
	seq, _ := p.Add(now, b)
	if _, ok := p.Take(now, 0, 0, second(seq)); ok {
		t.Error("the answer from further away came before the response, and was taken")
	}
	if _, ok := p.Take(now, 0, 0, first(seq, OK)); !ok {
		t.Error("the response was not taken")
	}
	if _, ok := p.Take(now.Add(4*time.Second), 0, 0, second(seq)); !ok || p.Len(now) != 0 {
		t.Errorf("the answer: %v, and %d requests wait", ok, p.Len(now))
	}
	seq, _ = p.Add(now, b)
	if _, ok := p.Take(now, 0, 0, first(seq, InvalidField)); !ok || p.Len(now) != 0 {
		t.Errorf("a response that is an error: %v, and %d requests wait", ok, p.Len(now))
	}
	seq, _ = p.Add(now, b)
	p.Take(now, 0, 0, first(seq, OK))
	if _, ok := p.Take(now.Add(PendingTime), 0, 0, second(seq)); ok {
		t.Error("an answer 5 s after the response found its request")
	}
}
