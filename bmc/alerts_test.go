package bmc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// trapCatcher keeps the traps that a machine sends.
type trapCatcher struct {
	mu    sync.Mutex
	traps []caughtTrap
}

type caughtTrap struct {
	to   netip.AddrPort
	data []byte
	at   time.Time
}

func (c *trapCatcher) send(to netip.AddrPort, trap []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.traps = append(c.traps, caughtTrap{to, bytes.Clone(trap), time.Now()})
	return nil
}

// take waits for the bubble and returns the traps since the last call.
func (c *trapCatcher) take() []caughtTrap {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	traps := c.traps
	c.traps = nil
	return traps
}

// binding is the value of the trap's variable binding: what follows the second object identifier.
func (c *caughtTrap) binding(t *testing.T) []byte {
	t.Helper()
	name := []byte{0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x98, 0x6f, 0x01, 0x01, 0x01}
	i := bytes.Index(c.data, name)
	if i < 0 {
		t.Fatalf("no variable binding in % x", c.data)
	}
	return c.data[i+len(name)+2:]
}

// newAlerting is a machine with four LAN destinations: 1 and 2 plain, 3 with acknowledges, 4 nowhere. Serial channel 2
// has sessions of its own.
func newAlerting(t *testing.T, edits ...func(*profiles.Profile)) (*Machine, *trapCatcher) {
	t.Helper()
	p := testProfile()
	clock2019(p)
	p.System.GUID = profiles.GUID{0: 0xfa, 15: 0x01}
	address := func(set, last byte) profiles.Parameter {
		return profiles.Parameter{Number: 19, Set: set, Data: []byte{0, 0, 192, 0, 2, last, 0, 0, 0, 0, 0, 0}}
	}
	p.Channels[1].LAN = profiles.LAN{
		IP: profiles.IPv4{192, 0, 2, 10}, Community: "public", Destinations: 4,
		Parameters: []profiles.Parameter{
			address(1, 101), address(2, 102), address(3, 103),
			{Number: 18, Set: 2, Data: []byte{0x00, 0x04, 0x02}}, // two retries, 5 s apart
			{Number: 18, Set: 3, Data: []byte{0x80, 0x01, 0x02}}, // acknowledged within 2 s, two retries
		},
	}
	for _, edit := range edits {
		edit(p)
	}
	caught := &trapCatcher{}
	m, err := New(p, WithTraps(caught.send))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Close()
		if n := m.HandlerPanics(); n > 0 {
			t.Errorf("%d handlers panicked", n)
		}
	})
	return m, caught
}

// policy makes a policy entry of policy 1 on channel 1.
func policy(number, destination uint8, when profiles.PolicyRule) profiles.AlertPolicy {
	return profiles.AlertPolicy{Number: number, Policy: 1, When: when, Channel: 1, Destination: destination}
}

func alerting(entries ...profiles.AlertPolicy) func(*profiles.Profile) {
	return func(p *profiles.Profile) {
		pefOn([]profiles.PEFAction{profiles.PEFAlert})(p)
		p.PEF.Policies = entries
	}
}

// TestTrap compares the whole datagram with bytes put together by hand; tshark and ipmi-pet read the same form.
// [IPMI 2.0 §17.16, RFC 1157 §4.1.6]
func TestTrap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 1, profiles.PolicyAlways)), func(p *profiles.Profile) {
			p.PEF.Filters[0].Severity = profiles.SeverityCritical
		})
		pass(1500 * time.Millisecond)
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		traps := caught.take()
		if len(traps) != 1 || traps[0].to != netip.MustParseAddrPort("192.0.2.101:162") {
			t.Fatalf("traps %v", traps)
		}
		want := unhex(t, "30 6b 02 01 00 04 06 7075626c6963"+ // version 1, public
			"a4 5e 06 09 2b06010401986f0101 40 04 c000020a 02 01 06 02 03 010109 43 02 0096"+ // PET, 192.0.2.10, specific, 1.5 s
			"30 3f 30 3d 06 0a 2b06010401986f010101 04 2f"+
			"fa000000000000000000000000000001"+ // GUID
			"0001 27ce4241 ffff 20 20 10 41 30 00 00 59 60 50 0000000000 ff 00004a66 0414 c1")
		if !bytes.Equal(traps[0].data, want) {
			t.Errorf("got  % x\nwant % x", traps[0].data, want)
		}
	})
}

// TestTrapFields has those that are not always the same. [IPMI 2.0 §17.16]
func TestTrapFields(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(profiles.AlertPolicy{Number: 1, Policy: 1, Channel: 1, Destination: 1, String: 0x83}))
		set := ipmb.SetPEFConfigurationParameters
		m.exchange(t,
			exchange{"§31.11b", ipmb.SetSELTimeUTCOffset, "c4ff", "00"}, // an hour west
			exchange{"§30.3 10 GUID for traps", set, "0a 01 0102030405060708090a0b0c0d0e0f10", "00"},
			exchange{"§30.3 12 string 2 is for filter 1, set 3", set, "0c 02 01 03", "00"},
			exchange{"§30.3 13", set, "0d 02 01 7465 6d70 6572 6174 7572 6520 6973 2068", "00"},
			exchange{"§30.3 13", set, "0d 02 02 6967 6800", "00"},
			exchange{"§29.3 deassertion", ipmb.PlatformEventMessage, "41 04 01 30 81 59 60 50", "00"})
		traps := caught.take()
		if len(traps) != 1 {
			t.Fatalf("%d traps", len(traps))
		}
		if !bytes.Contains(traps[0].data, unhex(t, "02 03 010189")) {
			t.Errorf("Table 17-6 specific trap: % x", traps[0].data)
		}
		want := append(unhex(t, "0102030405060708090a0b0c0d0e0f10 0001 27ce4240 ffc4 20 20 00 41 30 00 00 59 60 50 0000000000 ff 00004a66 0414 80 53 01"),
			"temperature is high\xc1"...)
		if got := traps[0].binding(t); !bytes.Equal(got, want) {
			t.Errorf("Table 17-7, 17-8\ngot  % x\nwant % x", got, want)
		}
	})
}

// TestAlertRetries sends unacknowledged alerts as often as they are configured, and acknowledged ones until somebody
// does. [IPMI 2.0 §23.2 parameter 18, §30.8]
func TestAlertRetries(t *testing.T) {
	t.Parallel()
	send := ipmb.AlertImmediate
	status := func(want string) exchange { return exchange{"§30.7 status", send, "01 40 00", "00 " + want} }
	t.Run("no acknowledge", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m, caught := newAlerting(t)
			start := time.Now()
			m.exchange(t, status("00"), exchange{"§30.7", send, "01 02 00", "00"}, status("ff"),
				exchange{"§30.7 81h", send, "01 01 00", "81"})
			pass(time.Minute)
			m.exchange(t, status("01"), exchange{"§30.7 clear", send, "01 80 00", "00"}, status("00"))
			traps := caught.take()
			var at []time.Duration
			for _, c := range traps {
				at = append(at, c.at.Sub(start))
			}
			if !slices.Equal(at, []time.Duration{0, 5 * time.Second, 10 * time.Second}) {
				t.Errorf("sent at %v", at)
			}
			if !bytes.Equal(traps[0].data, traps[2].data) {
				t.Error("§17.16 a retry has another content")
			}
		})
	})
	t.Run("nobody acknowledges", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m, caught := newAlerting(t)
			m.exchange(t, exchange{"§30.7", send, "01 03 00", "00"})
			pass(6*time.Second - instant)
			m.exchange(t, status("ff"))
			pass(2 * instant)
			m.exchange(t, status("03"))
			if n := len(caught.take()); n != 3 {
				t.Errorf("%d tries, want 3", n)
			}
		})
	})
	t.Run("acknowledged", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m, caught := newAlerting(t)
			m.exchange(t, exchange{"§30.7", send, "01 03 00 41 04 01 30 01 59 60 50", "00"})
			pass(3 * time.Second)
			b := caught.take()[0].binding(t)
			seq, stamp := binary.BigEndian.Uint16(b[16:]), binary.BigEndian.Uint32(b[18:])
			ack := func(seq uint16, source byte) string {
				le := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint16(nil, seq), stamp)
				return fmt.Sprintf("%x %02x 41 30 59 60 50", le, source)
			}
			outside := newLAN(t, m) // no session is needed
			outside.want(exchange{"§30.8 another trap", ipmb.PETAcknowledge, ack(seq+1, 0x21), "00"},
				exchange{"§30.8 another source", ipmb.PETAcknowledge, ack(seq, 0x20), "00"})
			m.exchange(t, status("ff"))
			outside.want(exchange{"§30.8", ipmb.PETAcknowledge, ack(seq, 0x21), "00"},
				exchange{"§30.8 again is no error", ipmb.PETAcknowledge, ack(seq, 0x21), "00"},
				exchange{"§30.8 short", ipmb.PETAcknowledge, "00", "c7"})
			m.exchange(t, status("01"))
			pass(time.Minute)
			if n := len(caught.take()); n != 0 {
				t.Errorf("%d tries after the acknowledge", n)
			}
		})
	})
}

// TestPETEntity shows that a trap names what the sensor watches. [IPMI 2.0 Table 17-7]
func TestPETEntity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, func(p *profiles.Profile) {
			p.Sensors = append(p.Sensors,
				profiles.Sensor{Number: 0x30, Name: "Inlet", Type: sensorTypeTemperature, Entity: profiles.Entity{ID: sdr.EntityAirInlet, Instance: 2}, Value: new(float64), Range: []float64{-128, 127}},
				profiles.Sensor{Number: 0x40, Name: "Drive ", Type: 0x0d, Entity: profiles.Entity{ID: 0x1a, Instance: 1}, Possible: []uint8{0}, Share: 3})
		})
		for _, test := range []struct{ name, sensor, want string }{
			{"a full record", "30", "30 37 02"},
			{"the third of a shared record", "42", "42 1a 03"},
			{"behind the shared record", "43", "43 00 00"},
			{"no such sensor", "31", "31 00 00"},
		} {
			m.exchange(t, exchange{"§30.7", ipmb.AlertImmediate, "01 01 00 20 04 01 " + test.sensor + " 01 59 60 50", "00"})
			if b := caught.take()[0].binding(t); !bytes.Equal(b[28:31], unhex(t, test.want)) {
				t.Errorf("%s: sensor, entity, instance [% x], want [%s]", test.name, b[28:31], test.want)
			}
			pass(time.Minute)
		}
	})
}

// TestAlertImmediate has the rest of its answers. [IPMI 2.0 §30.7]
func TestAlertImmediate(t *testing.T) {
	t.Parallel()
	send := ipmb.AlertImmediate
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, func(p *profiles.Profile) { p.Channels[1].Access.NoAlerting = true })
		m.exchange(t,
			exchange{"§30.7 no such destination", send, "01 05 00", "c9"},
			exchange{"§30.7 no such channel", send, "05 01 00", "cc"},
			exchange{"§30.7 channel that alerts nobody", send, "00 01 00", "cc"},
			exchange{"§30.7 reserved operation", send, "01 c1 00", "cc"},
			exchange{"§30.7 half an event", send, "01 01 00 41 04", "c7"},
			exchange{"§30.7 nothing has an address", send, "01 04 00", "00"},
			exchange{"§30.7 nobody answers from there", send, "01 40 00", "00 03"},
			exchange{"§30.7 there is no modem", send, "02 01 00", "00"},
			exchange{"§30.7 the call failed", send, "02 40 00", "00 02"},
			exchange{"§22.22 alerting is for PEF", send, "01 01 00", "00"},
			exchange{"§30.7 sent", send, "01 40 00", "00 01"})
		traps := caught.take()
		if len(traps) != 1 || !bytes.Contains(traps[0].data, unhex(t, "02 03 246f02")) {
			t.Errorf("§42.2 without an event it is a platform alert: %v", traps)
		}
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		if n := len(caught.take()); n != 0 {
			t.Errorf("§22.22 %d alerts over a channel without alerting", n)
		}
	})
	m, _ := newAlerting(t, func(p *profiles.Profile) {
		p.PEF.NoEventParameters = true
		p.Channels[1].Sessions = profiles.SingleSession
		suiteZero(p)
	})
	m.exchange(t, exchange{"§30.7 83h", send, "01 01 00 41 04 01 30 01 59 60 50", "83"})
	newLAN(t, m).login("admin", 0)
	m.exchange(t, exchange{"§30.7 82h", send, "01 01 00", "82"})
}

// TestAlertPolicies goes through the entries. [IPMI 2.0 §17.11, Table 17-4]
func TestAlertPolicies(t *testing.T) {
	t.Parallel()
	off := false
	other := func(e profiles.AlertPolicy, policy uint8) profiles.AlertPolicy {
		e.Policy = policy
		return e
	}
	disabled := func(e profiles.AlertPolicy) profiles.AlertPolicy {
		e.Enabled = &off
		return e
	}
	serial := func(e profiles.AlertPolicy) profiles.AlertPolicy {
		e.Channel = 2
		return e
	}
	const (
		always, skip, stop = profiles.PolicyAlways, profiles.PolicySkip, profiles.PolicyStop
		channel, kind      = profiles.PolicyOtherChannel, profiles.PolicyOtherType
	)
	for _, c := range []struct {
		name    string
		entries []profiles.AlertPolicy
		want    string // last bytes of the addresses
	}{
		{"all", []profiles.AlertPolicy{policy(1, 1, always), policy(2, 2, always)}, "101 102 102 102"},
		{"disabled", []profiles.AlertPolicy{disabled(policy(1, 1, always)), policy(2, 2, always)}, "102 102 102"},
		{"other policy", []profiles.AlertPolicy{other(policy(1, 1, always), 2), policy(2, 2, always)}, "102 102 102"},
		{"skip", []profiles.AlertPolicy{policy(1, 1, always), policy(2, 3, skip), policy(3, 1, always)}, "101 101"},
		{"skip after a failure", []profiles.AlertPolicy{policy(1, 4, always), policy(2, 1, skip)}, "101"},
		{"stop", []profiles.AlertPolicy{policy(1, 1, always), policy(2, 3, stop), policy(3, 1, always)}, "101"},
		{"stop after a failure", []profiles.AlertPolicy{policy(1, 4, always), policy(2, 1, stop), policy(3, 1, always)}, "101 101"},
		{"first entry", []profiles.AlertPolicy{policy(1, 1, stop)}, "101"},
		{"other channel", []profiles.AlertPolicy{policy(1, 1, always), policy(2, 1, channel), policy(3, 2, always), serial(policy(4, 1, always))}, "101"},
		{"other type", []profiles.AlertPolicy{policy(1, 1, always), policy(2, 1, kind), policy(3, 2, always)}, "101"},
		{"tries without an acknowledge fail", []profiles.AlertPolicy{policy(1, 3, always), policy(2, 1, skip)}, "103 103 103 101"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, caught := newAlerting(t, alerting(c.entries...))
				m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
				if strings.HasPrefix(c.want, "103") {
					synctest.Wait()
					m.exchange(t, exchange{"§30.6 in progress", ipmb.GetLastProcessedEventID, "", "00 c01e795c 0100 ffff ffff"})
				}
				pass(time.Minute)
				var got []string
				for _, trap := range caught.take() {
					got = append(got, fmt.Sprint(trap.to.Addr().As4()[3]))
				}
				if strings.Join(got, " ") != c.want {
					t.Errorf("sent to %v, want %s", got, c.want)
				}
				m.exchange(t, exchange{"§17.13.1 processed", ipmb.GetLastProcessedEventID, "", "00 c01e795c 0100 ffff 0100"})
			})
		})
	}
}

// TestDeferredAlerts wait for the alerts before them, at least eight events. [IPMI 2.0 §17.2]
func TestDeferredAlerts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 3, profiles.PolicyAlways)))
		for i := range 9 {
			m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, fmt.Sprintf("41 04 01 %02x 01 59", i), "00"})
		}
		pass(9 * 6 * time.Second)
		traps := caught.take()
		if len(traps) != 27 {
			t.Fatalf("%d traps, want three tries for each of nine events", len(traps))
		}
		for i, trap := range traps {
			if b := trap.binding(t); int(b[17]) != i/3+1 || int(b[28]) != i/3 {
				t.Errorf("trap %d: sequence %d, sensor %d", i, b[17], b[28])
			}
		}
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		synctest.Wait()
		m.exchange(t, exchange{"§17.4 disabling cancels", ipmb.SetPEFConfigurationParameters, "01 00", "00"})
		pass(time.Minute)
		if n := len(caught.take()); n != 1 {
			t.Errorf("%d tries, want the one before PEF was disabled", n)
		}
	})
}

// TestSkipDeferredAlerts lets software skip events whose alerts have not begun. [IPMI 2.0 §17.13.3, §30.5]
func TestSkipDeferredAlerts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 3, profiles.PolicyAlways)))
		for i := range 4 {
			m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, fmt.Sprintf("41 04 01 %02x 01 59", i), "00"})
			synctest.Wait()
		}
		m.exchange(t,
			exchange{"§30.5 by software", ipmb.SetLastProcessedEventID, "00 0400", "00"},
			exchange{"§30.5 none by the BMC", ipmb.SetLastProcessedEventID, "01 ffff", "00"},
			exchange{"§30.5 up to the third by the BMC", ipmb.SetLastProcessedEventID, "01 0300", "00"})
		pass(time.Minute)
		var sensors []byte
		for _, trap := range caught.take() {
			sensors = append(sensors, trap.binding(t)[28])
		}
		if !bytes.Equal(sensors, []byte{0, 0, 0, 3, 3, 3}) {
			t.Errorf("traps of the sensors % x, want three tries each of the first, which had begun, and of the last", sensors)
		}
		m.exchange(t, exchange{"§30.6", ipmb.GetLastProcessedEventID, "", "00 c01e795c 0400 0400 0400"})
	})
}

// TestAlertStartupDelay postpones alerts after a start of the host. [IPMI 2.0 §30.4, parameter 4]
func TestAlertStartupDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 1, profiles.PolicyAlways)), func(p *profiles.Profile) {
			p.PEF.AlertStartupDelay = profiles.Duration(20 * time.Second)
		})
		m.exchange(t,
			exchange{"§28.3 reset", ipmb.ChassisControl, "03", "00"},
			exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		pass(20*time.Second - instant)
		if n := len(caught.take()); n != 0 {
			t.Errorf("%d alerts during the delay", n)
		}
		if pass(2 * instant); len(caught.take()) != 1 {
			t.Error("no alert after the delay")
		}
	})
}

// TestCauseAndEffect follows one critical temperature to the log, the buffer, the power and the trap, which waits for the
// end of the power down. [IPMI 2.0 Table 17-1]
func TestCauseAndEffect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 1, profiles.PolicyAlways)), func(p *profiles.Profile) {
			p.PEF.Filters[0].Actions = append(p.PEF.Filters[0].Actions, profiles.PEFPowerDown)
			p.Power.PowerDown = profiles.Duration(time.Second)
		})
		m.mu.Lock()
		m.messaging.enables |= enableBuffer
		e := m.ownEvent(0x01, 0x30, 0x59, 0x60, 0x50)
		e.EventType = 1
		m.event(e)
		last, _ := m.sel.Last()
		if last.ID() != 1 || m.messaging.buffer != last || !m.messaging.buffered {
			t.Errorf("log % x, event message buffer % x", last, m.messaging.buffer)
		}
		m.mu.Unlock()
		pass(time.Second - instant)
		if s, n := m.PowerState(), len(caught.take()); s != PowerTurningOff || n != 0 {
			t.Errorf("power is %v and %d traps are sent", s, n)
		}
		pass(2 * instant)
		if s, n := m.PowerState(), len(caught.take()); s != PowerOff || n != 1 {
			t.Errorf("power is %v and %d traps are sent", s, n)
		}
	})
}

// TestTrapOverUDP sends a datagram in earnest, to an IPv4 and an IPv6 address of this computer.
func TestTrapOverUDP(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1", "::1"} {
		ip := netip.MustParseAddr(address)
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: ip.AsSlice()})
		if err != nil {
			if ip.Is6() {
				continue // a computer without IPv6
			}
			t.Fatal(err)
		}
		defer conn.Close()
		data := append([]byte{0, 0}, append(ip.AsSlice(), make([]byte, 6)...)...)
		if ip.Is6() {
			data = append([]byte{0x10}, ip.AsSlice()...)
		}
		m := newTestMachine(t, func(p *profiles.Profile) {
			p.PEF.TrapPort = conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
			p.Channels[1].LAN = profiles.LAN{Destinations: 1, Parameters: []profiles.Parameter{{Number: 19, Set: 1, Data: data}}}
		})
		m.exchange(t, exchange{"§30.7", ipmb.AlertImmediate, "01 01 00", "00"})
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 512)
		n, err := conn.Read(b)
		if err != nil || n < 47 || b[0] != 0x30 {
			t.Errorf("%s: % x, %v", address, b[:n], err)
		}
	}
}
