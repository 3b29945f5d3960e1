package bmc_test

import (
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// port is a serial port with all its lines.
type port struct {
	net.Conn
	mu   sync.Mutex
	seen []string
}

func (p *port) note(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, s)
}

func (p *port) SendBreak() { p.note("break") }
func (p *port) Ring()      { p.note("ring") }
func (p *port) SetSignals(now bmc.SerialSignals) {
	s := ""
	for _, line := range []struct {
		on   bool
		name string
	}{{now.CTS, "CTS "}, {now.DCD, "DCD "}, {now.DSR, "DSR "}} {
		if line.on {
			s += line.name
		}
	}
	p.note(s)
}

// take is what happened since the last call.
func (p *port) take() []string {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

func (p *port) want(t *testing.T, name string, want ...string) {
	t.Helper()
	if got := p.take(); !slices.Equal(got, want) {
		t.Errorf("%s: the port saw %q, want %q", name, got, want)
	}
}

// plugged serves a machine whose serial port is a stream with all lines.
func plugged(t *testing.T, edit func(*profiles.Profile)) (*bmctest.Server, client, *port) {
	t.Helper()
	srv, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
		p.SOLConsole.To = profiles.SOLConsoleNone
		if edit != nil {
			edit(p)
		}
	}))
	near, far := net.Pipe()
	p := &port{Conn: near}
	done := make(chan error, 1)
	go func() { done <- srv.Machine.ServeSerial(p) }()
	t.Cleanup(func() {
		far.Close()
		<-done
	})
	synctest.Wait()
	return srv, client{t, srv.Login(c, "admin", "password")}, p
}

// TestSOLSignals passes the handshake lines, breaks and rings to the host's port. [IPMI 2.0 §15.6, §15.9]
func TestSOLSignals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, p := plugged(t, nil)
		r := remote{c}
		p.want(t, "nobody is there", "")
		r.activate()
		p.want(t, "§24.1 asserted upon activation", "CTS DCD DSR ")
		r.send(bmc.SOLPacket{Sequence: 1, Flags: bmc.SOLDeassertCTS})
		p.want(t, "§15.9 CTS", "DCD DSR ")
		r.send(bmc.SOLPacket{Sequence: 2, Flags: bmc.SOLDeassertDCD | bmc.SOLSendBreak | bmc.SOLRing})
		p.want(t, "§15.9 DCD and DSR, break, ring", "CTS ", "break", "ring")
		r.send(bmc.SOLPacket{Sequence: 3})
		p.want(t, "§15.9 DCD and DSR", "CTS DCD DSR ")
		r.want("§24.2", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
		p.want(t, "§15.9 deasserted when SOL is", "")
		r.want("§24.1 with startup handshake", ipmb.ActivatePayload, "01 01 c2 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		p.want(t, "§24.1 still deasserted")
		r.send(bmc.SOLPacket{Sequence: 1})
		p.want(t, "§24.1 until a packet says otherwise", "CTS DCD DSR ")
	})
}

// TestSOLTestMode sets DCD and DSR one by one, and reports RTS and DTR. [IPMI 2.0 §15.9, §24.1]
func TestSOLTestMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c, p := plugged(t, nil)
		r := remote{c}
		r.want("§24.1 test mode", ipmb.ActivatePayload, "01 01 e0 00 00 00", "00 01000000 ff00 ff00 6f02 ffff")
		p.take()
		r.send(bmc.SOLPacket{Sequence: 1, Flags: bmc.SOLDeassertDSR})
		p.want(t, "§15.9 DSR", "CTS DCD ")
		r.expect("§15.9 RTS and DTR are on", bmc.SOLPacket{Acked: 1, Flags: bmc.SOLRTS | bmc.SOLDTR})
		r.send(bmc.SOLPacket{Sequence: 2, Flags: bmc.SOLDeassertDCD})
		p.want(t, "§15.9 DCD", "CTS DSR ")
		r.expect("§15.9", bmc.SOLPacket{Acked: 2, Flags: bmc.SOLRTS | bmc.SOLDTR})
		srv.Machine.SetSerialControl(false, true)
		r.expect("§15.9 RTS changed", bmc.SOLPacket{Flags: bmc.SOLNACK | bmc.SOLDTR})
		srv.Machine.SetSerialControl(false, true)
		r.quiet("§15.9 nothing changed", time.Second)
	})
	synctest.Test(t, func(t *testing.T) {
		srv, c, p := plugged(t, func(p *profiles.Profile) { p.Channels[1].SOL.NoTestMode = true })
		r := remote{c}
		r.want("§24.1 no test mode", ipmb.ActivatePayload, "01 01 e0 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		p.take()
		r.send(bmc.SOLPacket{Sequence: 1, Flags: bmc.SOLFlushInbound})
		p.want(t, "§15.9 it is flush then")
		r.expect("§15.9", ack(1, 0))
		srv.Machine.SetSerialControl(false, false)
		r.quiet("§15.9 not told", time.Second)
	})
}

// TestWakeOnRing powers the host up by a ring. [IPMI 2.0 §15.9]
func TestWakeOnRing(t *testing.T) {
	for _, wakes := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			srv, c, _ := plugged(t, func(p *profiles.Profile) { p.SOLConsole.WakeOnRing = wakes })
			r := remote{c}.activate()
			if err := srv.Machine.SetPower(bmc.PowerDown); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			r.send(bmc.SOLPacket{Sequence: 1, Flags: bmc.SOLRing})
			time.Sleep(10 * time.Second)
			if got := srv.Machine.PowerState() == bmc.PowerOn; got != wakes {
				t.Errorf("wake_on_ring %v: the host is %v", wakes, srv.Machine.PowerState())
			}
		})
	}
}

// TestSerialAlertsWhileSOL shows the three behaviors of alerts over the line that SOL has. [IPMI 2.0 §24.1]
func TestSerialAlertsWhileSOL(t *testing.T) {
	for _, test := range []struct{ name, activate, during, after string }{
		{"fail", "01 01 c0 00 00 00", "02", "02"},
		{"deferred", "01 01 c4 00 00 00", "02", "0b"},
		{"succeed", "01 01 c8 00 00 00", "0a", "0b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c, _ := plugged(t, func(p *profiles.Profile) {
					p.PEF.Policies = []profiles.AlertPolicy{{Number: 1, Policy: 1, Channel: 4, Destination: 1}}
				})
				c.want("destination 1: dial page, seven retries", ipmb.SetSerialModemConfiguration, "04 11 01 00 00 07 10", "00")
				c.want("every minute", ipmb.SetSerialModemConfiguration, "04 12 3c", "00")
				c.want("mux to system", ipmb.SetSerialModemMux, "04 03", "00 02")
				c.want("§24.1", ipmb.ActivatePayload, test.activate, "00 00000000 ff00 ff00 6f02 ffff")
				c.want("an event", ipmb.PlatformEventMessage, "04 01 30 01 59", "00")
				time.Sleep(time.Second)
				c.want("§25.3 alert in progress?", ipmb.SetSerialModemMux, "04 06", "00 "+test.during)
				c.want("§24.2", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
				time.Sleep(time.Second)
				c.want("§25.3 alert in progress?", ipmb.SetSerialModemMux, "04 06", "00 "+test.after)
			})
		})
	}
}
