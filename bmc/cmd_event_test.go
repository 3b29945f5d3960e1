package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// newest is the request for the last entry of the log.
const newest = "0000 ffff 00 ff"

// TestPlatformEventMessage over the system interface. [IPMI 2.0 §29.3]
func TestPlatformEventMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		event, get := ipmb.PlatformEventMessage, ipmb.GetSELEntry
		newTestMachine(t, clock2019).exchange(t,
			exchange{"§29.3 three data bytes", event, "41 04 01 30 01 59 11 22", "00"},
			exchange{"§32.1", get, newest, "00 ffff 0100 02 c01e795c 4100 04 01 30 01 59 11 22"},
			exchange{"§29.3 one", event, "41 04 01 30 81 59", "00"},
			exchange{"§29.3 absent bytes are FFh", get, newest, "00 ffff 0200 02 c01e795c 4100 04 01 30 81 59 ff ff"},
			exchange{"§29.4 IPMI 1.0", event, "41 03 01 30 01 59 11", "00"},
			exchange{"§29.4 in today's format", get, newest, "00 ffff 0300 02 c01e795c 4100 04 01 30 01 59 11 ff"},
			exchange{"§29.4 unknown format", event, "41 05 01 30 01 59 11 22", "cc"},
			exchange{"§29.3 no event data", event, "41 04 01 30 01", "c7"},
			exchange{"§29.3 four data bytes", event, "41 04 01 30 01 59 11 22 33", "c7"},
			exchange{"§29.3 one after the other are two", event, "41 04 01 30 01 59 11 22", "00"},
			exchange{"§29.3", get, newest, "00 ffff 0400 02 c01e795c 4100 04 01 30 01 59 11 22"})
	})
}

// TestPlatformEventOverLAN has the requester for its generator, and knows retries. [IPMI 2.0 §16.3, §29.3]
func TestPlatformEventOverLAN(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, suiteZero)
		event, get := ipmb.PlatformEventMessage, ipmb.GetSELEntry
		newLAN(t, m).login("user", 0).want(exchange{"App. G", event, "04 01 30 01 59 11 22", "d4"})
		c := newLAN(t, m).login("operator", ipmb.PrivilegeOperator)
		c.want(
			exchange{"§29.3 seven bytes", event, "04 01 30 01 59 11 22", "00"},
			exchange{"§32.1 channel 1", get, newest, "00 ffff 0100 02 c01e795c 8110 04 01 30 01 59 11 22"},
			exchange{"§29.3 eight bytes", event, "41 04 01 30 01 59 11 22", "c7"})
		message := func(session uint32, packet uint32, seq uint8, at time.Time) eventRequest {
			return eventRequest{from: 0x81, seq: seq, channel: 1, session: session, packet: packet, at: at}
		}
		now := time.Now()
		first := message(5, 100, 9, now)
		for _, r := range []struct {
			name  string
			again eventRequest
			want  bool
		}{
			{"§16.3 same sequence", message(5, 101, 9, now.Add(time.Second)), true},
			{"§16.3 other data do not matter, other sequence does", message(5, 101, 10, now), false},
			{"six bits have come around", message(5, 164, 9, now), false},
			{"long ago", message(5, 101, 9, now.Add(5*time.Second)), false},
			{"other session", message(6, 101, 9, now), false},
		} {
			if got := r.again.repeats(&first); got != r.want {
				t.Errorf("%s: %t, want %t", r.name, got, r.want)
			}
		}
		nothing := eventRequest{}
		if first.repeats(&nothing) {
			t.Error("the first event repeats nothing")
		}
	})
}

// TestDuplicateEvent is answered like the first, and not logged, also when others' events came in between.
// [IPMI 2.0 §16.2, §16.3]
func TestDuplicateEvent(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, func(p *profiles.Profile) { p.SEL.Capacity = 64 })
	ask := func(from ipmb.Addr, seq uint8, logged bool) {
		t.Helper()
		m.mu.Lock()
		defer m.mu.Unlock()
		before := m.sel.Len()
		msg := ipmb.Message{To: 0x20, From: from, Seq: seq, NetFn: ipmb.NetFnSensor, Cmd: 2, Data: []byte{4, 1, 0x30, 1, 0x57}}
		if out, ok := m.dispatch(m.begin(&msg, ChannelPrimaryIPMB), nil); !ok || out[0] != 0 {
			t.Errorf("answer % x", out)
		}
		if got := m.sel.Len() > before; got != logged {
			t.Errorf("event %d of %02Xh is logged: %t, want %t", seq, uint8(from), got, logged)
		}
	}
	ask(0x2c, 1, true)
	ask(0x2c, 1, false)
	ask(0x2c, 2, true)
	if e, _ := m.sel.Last(); e[7] != 0x2c || e[8] != 0 {
		t.Errorf("§29.3 generator % x, want 2Ch on channel 0", e[7:9])
	}
	for from := ipmb.Addr(0x60); from < 0x60+2*(eventGenerators-1); from += 2 {
		ask(from, 2, true)
	}
	ask(0x2c, 2, false)
	ask(0x2c, 1, true) // a new one, which has that number again
	ask(0x60, 2, false)
	ask(0x80, 2, true) // pushes out 62h, which was heard of longest ago
	ask(0x62, 2, true)
	if n := len(m.events.received); n != eventGenerators {
		t.Errorf("%d generators are remembered, want %d", n, eventGenerators)
	}
	m.exchange(t, exchange{"§20.3", ipmb.WarmReset, "", "00"})
	ask(0x62, 2, true) // retries are no longer tracked
}

// TestSoftwareHasNoLUN logs software's events without a LUN. [IPMI 2.0 Table 32-1, byte 9]
func TestSoftwareHasNoLUN(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for _, c := range []struct {
		from ipmb.Addr
		want byte
	}{{0x2c, 0x03}, {0x81, 0x00}} {
		m.mu.Lock()
		msg := ipmb.Message{To: 0x20, From: c.from, FromLUN: 3, Seq: 1, NetFn: ipmb.NetFnSensor, Cmd: 2, Data: []byte{4, 1, 0x30, 1, 0x57}}
		out, _ := m.dispatch(m.begin(&msg, ChannelPrimaryIPMB), nil)
		e, ok := m.sel.Last()
		m.mu.Unlock()
		if !ok || out[0] != 0 || e[7] != byte(c.from) || e[8] != c.want {
			t.Errorf("event of %02Xh: answer % x, generator % x, want LUN byte %02Xh", uint8(c.from), out, e[7:9], c.want)
		}
	}
}

// TestEventReceiver takes the controller's own events away, and no others. [IPMI 2.0 §29.1, §29.2]
func TestEventReceiver(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	own := func() int {
		m.mu.Lock()
		defer m.mu.Unlock()
		before := m.sel.Len()
		m.event(m.ownEvent(sensorTypeSystemEvent, 1, 0))
		return m.sel.Len() - before
	}
	set, get := ipmb.SetEventReceiver, ipmb.GetEventReceiver
	m.exchange(t, exchange{"§29.2 itself", get, "", "00 20 00"})
	if own() != 1 {
		t.Error("own event is not logged")
	}
	m.exchange(t,
		exchange{"§29.1 off", set, "ff 00", "00"},
		exchange{"§29.2", get, "", "00 ff 00"})
	if own() != 0 {
		t.Error("own event is logged while generation is off")
	}
	m.exchange(t,
		exchange{"§29.3 others' events", ipmb.PlatformEventMessage, "41 04 01 30 01 59", "00"},
		exchange{"§29.3 are logged", ipmb.GetSELInfo, "", "00 51 0200 e000" + stamp(t, m) + "ffffffff 0f"},
		exchange{"§29.1 software ID", set, "41 00", "cc"},
		exchange{"§29.1 elsewhere", set, "52 fe", "00"},
		exchange{"§29.2 elsewhere", get, "", "00 52 02"},
		exchange{"§29.1 short", set, "20", "c7"})
	if own() != 0 {
		t.Error("own event is logged while another controller is told")
	}
	m.exchange(t, exchange{"§29.1", set, "20 00", "00"})
	if own() != 1 {
		t.Error("own event is not logged")
	}
}

// TestEventPath goes through logging, the event message buffer and PEF, each on its own. [IPMI 2.0 §17, §22.1, §22.8]
func TestEventPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		enables          globalEnables
		full, host       bool
		logged, buffered bool
	}{
		{"logging", enableLogging, false, false, true, false},
		{"logging and buffer", enableLogging | enableBuffer, false, false, true, true},
		{"buffer alone", enableBuffer, false, false, false, true},
		{"full log", enableLogging | enableBuffer, true, false, false, true},
		{"§22.1 software's events are logged always", 0, false, true, true, false},
		{"§22.8 and are not buffered", enableBuffer, false, true, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, alarmed)
				m.mu.Lock()
				m.messaging.enables = c.enables
				for c.full && m.sel.Len() < m.sel.Capacity() {
					if _, err := m.sel.Add([16]byte{2: 0xe0}); err != nil {
						t.Fatal(err)
					}
				}
				before := m.sel.Len()
				e := m.ownEvent(1, 0x30, 0x09)
				e.EventType, e.fromSystemSoftware, e.received = 1, c.host, c.host
				m.event(e)
				if logged := m.sel.Len() > before; logged != c.logged {
					t.Errorf("logged: %t, want %t", logged, c.logged)
				}
				if m.messaging.buffered != c.buffered {
					t.Errorf("buffered: %t, want %t", m.messaging.buffered, c.buffered)
				}
				if id := sel.Entry(m.messaging.buffer).ID(); c.buffered && (id == 0xffff) == c.logged {
					t.Errorf("buffered record ID %04X, logged: %t", id, c.logged)
				}
				m.mu.Unlock()
				synctest.Wait()
				m.mu.Lock()
				defer m.mu.Unlock()
				if m.power.state != PowerOff {
					t.Errorf("PEF left the host %v, want off", m.power.state)
				}
				first, full := m.messaging.buffer, m.messaging.buffered
				m.event(m.ownEvent(2, 0x31, 0x02))
				if full && m.messaging.buffer != first {
					t.Error("§22.8 an event that nobody read was overwritten")
				}
			})
		})
	}
}

// alarmed switches the host off when a temperature is critical.
func alarmed(p *profiles.Profile) {
	p.PEF.Enabled = true
	p.PEF.Filters = []profiles.PEFFilter{{
		Number: 1, SensorType: 1, Sensor: 0xff, EventType: 1, Offsets: []uint8{9}, Severity: profiles.SeverityCritical,
		Actions: []profiles.PEFAction{profiles.PEFPowerDown},
	}}
}

// FuzzEventCommands sends anything to the commands of chapters 29 to 31: no handler panics, and each answers.
func FuzzEventCommands(f *testing.F) {
	rows := append(append(append([]Command{}, eventCommands...), selCommands...), pefCommands...)
	for i := range rows {
		f.Add(uint8(i), []byte{1, 0, 'C', 'L', 'R', 0xaa})
		f.Add(uint8(i), []byte{0x41, 4, 1, 0x30, 1, 9})
		f.Add(uint8(i), []byte{6, 1, 0x80, 0x03, 1, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0})
		f.Add(uint8(i), []byte{1, 1, 0x80, 0x20, 4, 1, 0x30, 1, 9, 0xff, 0xff})
		f.Add(uint8(i), []byte{1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	}
	f.Fuzz(func(t *testing.T, row uint8, data []byte) {
		m := newTestMachine(t, func(p *profiles.Profile) {
			alarmed(p)
			p.SEL.Reservations = profiles.ReservationAny
			p.SEL.AuxiliaryLogs = []profiles.AuxiliaryLog{profiles.AuxiliaryMCA}
		})
		op := rows[int(row)%len(rows)].Op
		for range 2 {
			r, err := m.RequestResponse(t.Context(), SystemRequest{
				NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
			})
			if err != nil || len(r.ResponseData) == 0 {
				t.Fatalf("%v [% x]: % x, %v", op, data, r.ResponseData, err)
			}
		}
	})
}
