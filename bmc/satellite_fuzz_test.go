package bmc

import (
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// FuzzBuses writes arbitrary bytes to the BMC's bus, and to it from both sides: from a controller of the world outside,
// and from a satellite. No handler may panic, and nothing may stay under way.
func FuzzBuses(f *testing.F) {
	p := testProfile()
	satelliteProfile(p)
	p.BridgeRaw = true
	add := func(road byte, m ipmb.Message) {
		f.Add(append([]byte{road, byte(len(m.AppendTo(nil)))}, m.AppendTo(nil)...))
	}
	for road := range byte(4) {
		add(road, ipmb.Message{To: 0x2c, NetFn: 6, From: 0x20, Cmd: 1})
		add(road, ipmb.Message{To: 0x20, NetFn: 4, From: 0x82, Cmd: 2, Data: []byte{4, 1, 8, 1, 0x57, 0, 0}})
		inner := ipmb.Message{To: 0x84, NetFn: 6, From: 0x82, Seq: 5, Cmd: 1}
		add(road, ipmb.Message{To: 0x82, NetFn: 6, From: 0x20, Seq: 5, Cmd: 0x34, Data: inner.AppendTo([]byte{0x41})})
		add(road, ipmb.Message{To: 0x20, NetFn: 7, FromLUN: 2, From: 0x2c, Seq: 5, Cmd: 1, Data: []byte{0}})
	}
	f.Add([]byte{0, 3, 0, 0x2c, 0x18})
	embedded := *p
	embedded.BridgeReply = "embedded"
	f.Fuzz(func(t *testing.T, script []byte) {
		for _, p := range []*profiles.Profile{p, &embedded} {
			m, err := New(p)
			if err != nil {
				t.Fatal(err)
			}
			playBuses(t, m, script)
			m.Close()
		}
	})
}

// playBuses plays messages: a byte for the road, one for the length, and the bytes.
func playBuses(t *testing.T, m *Machine, script []byte) {
	s := theSatellite(t, m, "Chassis")
	for len(script) >= 3 {
		road, n := script[0], min(int(script[1]), len(script)-2)
		message := script[2 : 2+n]
		switch road & 3 {
		case 0:
			m.FromBus(0, message)
		case 1:
			m.ask(t, ipmb.SendMessage, hexOf(append([]byte{road & 0xf0}, message...)))
		case 2:
			m.withLock(func() {
				m.hold()
				if len(message) > 0 {
					_ = s.writeBus(0, message)
				}
				m.deliver()
			})
		default:
			m.ask(t, ipmb.MasterWriteRead, hexOf(append([]byte{0}, message...)))
		}
		script = script[2+n:]
	}
	m.withLock(func() {
		if n := len(m.bridges.frames); n > 0 {
			t.Errorf("%d messages under way", n)
		}
		if n := m.messaging.pending.Len(time.Now()); n > ipmb.PendingPlaces*16 {
			t.Errorf("%d requests pending", n)
		}
	})
	panics := m.HandlerPanics()
	m.eachSatellite(func(s *Machine) { panics += s.HandlerPanics() })
	if panics > 0 {
		t.Errorf("%d handlers panicked", panics)
	}
}
