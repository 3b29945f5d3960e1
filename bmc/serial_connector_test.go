package bmc

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// farEnd is who is at the serial connector, or at the host's end of the line.
type farEnd struct {
	t    *testing.T
	conn net.Conn
}

// plugIn connects a far end to the connector, or to the host's serial port.
func plugIn(t *testing.T, serve func(io.ReadWriteCloser) error) *farEnd {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- serve(near) }()
	t.Cleanup(func() {
		far.Close()
		<-done
	})
	synctest.Wait()
	return &farEnd{t, far}
}

func (e *farEnd) write(b string) {
	e.t.Helper()
	if _, err := io.WriteString(e.conn, b); err != nil {
		e.t.Fatal(err)
	}
	synctest.Wait()
}

// read is what has come until now.
func (e *farEnd) read() []byte {
	var all []byte
	b := make([]byte, 512)
	for {
		synctest.Wait()
		e.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		n, err := e.conn.Read(b)
		all = append(all, b[:n]...)
		if err != nil || n == 0 {
			return all
		}
	}
}

func (e *farEnd) want(name, want string) {
	e.t.Helper()
	if got := e.read(); string(got) != want {
		e.t.Errorf("%s: %q arrived, want %q", name, got, want)
	}
}

// basic is a message of a console as a packet.
func basic(netFn ipmb.NetFn, cmd uint8, data ...byte) string {
	m := ipmb.Message{To: ipmb.AddrBMC, NetFn: netFn, From: ipmb.AddrRemoteConsole, Seq: 1, Cmd: cmd, Data: data}
	return string(appendBasic(nil, m.AppendTo(nil)))
}

// messages are the messages of the packets that came, without addresses.
func (e *farEnd) messages() (all []ipmb.Message) {
	e.t.Helper()
	var r basicReader
	for _, c := range e.read() {
		if b, ok := r.read(c); ok {
			m, err := ipmb.ParseMessage(bytes.Clone(b))
			if err != nil {
				e.t.Fatalf("[% x]: %v", b, err)
			}
			all = append(all, m)
		}
	}
	return all
}

// wantMessages compares command and data of the packets that came.
func (e *farEnd) wantMessages(name string, want ...string) {
	e.t.Helper()
	var got [][]byte
	for _, m := range e.messages() {
		got = append(got, append([]byte{m.Cmd}, m.Data...))
	}
	if len(got) != len(want) {
		e.t.Errorf("%s: messages [% x], want %q", name, got, want)
		return
	}
	for i := range want {
		if !bytes.Equal(got[i], unhex(e.t, want[i])) {
			e.t.Errorf("%s: message %d is [% x], want [%s]", name, i, got[i], want[i])
		}
	}
}

// plugged is a machine with far ends at both ends of the line.
func plugged(t *testing.T) (m *Machine, host, console *farEnd) {
	t.Helper()
	m = newTestMachine(t, suiteZero, func(p *profiles.Profile) { p.SOLConsole.To = profiles.SOLConsoleNone })
	return m, plugIn(t, m.ServeSerial), plugIn(t, m.ServeConnector)
}

// TestConnectorFollowsMux carries characters to whom the multiplexers say. [IPMI 2.0 §14.2.3, §25.3, §25.13]
func TestConnectorFollowsMux(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, host, console := plugged(t)
		mux := ipmb.SetSerialModemMux
		host.write("lost")
		console.want("Table 14-2 the BMC has it", "")
		console.write("also lost")
		host.want("Table 14-2", "")
		m.exchange(t, exchange{"to system", mux, "02 03", "00 02"})
		host.write("login: ")
		console.want("§15.2 system", "login: ")
		console.write("root")
		host.want("§15.2 system", "root")
		m.exchange(t, exchange{"§25.13 connector to add-in", ipmb.SetSerialRoutingMux, "02 00 04", "00 04"})
		console.write("add-in")
		host.want("§25.13", "")
		m.exchange(t, exchange{"§25.13 connector to system", ipmb.SetSerialRoutingMux, "02 00 03", "00 03"},
			exchange{"to BMC", mux, "02 04", "00 03"})
		console.write("forced")
		host.want("§25.13", "forced")
		m.exchange(t, exchange{"§25.13 BMC controlled", ipmb.SetSerialRoutingMux, "02 00 01", "00 01"})
		console.write("lost")
		host.want("§25.3 BMC", "")
	})
}

// TestConnectorEscapes switches by escape sequences, as far as they are enabled. [IPMI 2.0 Table 14-1, §25.2 parameter 8]
func TestConnectorEscapes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, host, console := plugged(t)
		mux, set := ipmb.SetSerialModemMux, ipmb.SetSerialModemConfiguration
		m.exchange(t, exchange{"to system", mux, "02 03", "00 02"})
		console.write("\x1b(")
		m.exchange(t, exchange{"#8 not enabled", mux, "02 00", "00 02"}, exchange{"#8 all", set, "02 08 76 08", "00"})
		host.want("the host sees it", "\x1b(")
		console.write("\x1b(")
		console.want("§15.12 acknowledged", "\x1b*")
		m.exchange(t, exchange{"Table 14-1 to BMC", mux, "02 00", "00 03"})
		console.write("\x1bQ")
		console.want("Table 14-1 acknowledged", "\x1b*")
		m.exchange(t, exchange{"Table 14-1 to system", mux, "02 00", "00 02"})
		console.write("\x1bR\x1br\x1bR")
		m.exchange(t, exchange{"§25.2 hard reset takes the connector", mux, "02 00", "00 03"},
			exchange{"§28.11 cause", ipmb.GetSystemRestartCause, "", "00 05 00"},
			exchange{"power down", ipmb.ChassisControl, "00", "00"})
		console.write("\x1b^")
		console.want("§25.2 note 5", "\x1b*")
		if m.PowerState() != PowerOn {
			t.Errorf("§25.2 wake: the host is %v", m.PowerState())
		}
	})
}

// TestConnectorDCD takes the connector when the far end goes away. [IPMI 2.0 Table 14-1]
func TestConnectorDCD(t *testing.T) {
	t.Parallel()
	for enabled, want := range map[string]string{"01": "03", "00": "02"} {
		synctest.Test(t, func(t *testing.T) {
			m, _, console := plugged(t)
			m.exchange(t, exchange{"#3 direct connect", ipmb.SetSerialModemConfiguration, "02 03 81", "00"},
				exchange{"#8", ipmb.SetSerialModemConfiguration, "02 08 " + enabled + " 08", "00"},
				exchange{"to system", ipmb.SetSerialModemMux, "02 03", "00 02"})
			console.conn.Close()
			synctest.Wait()
			m.exchange(t, exchange{"DCD loss, enable bit " + enabled, ipmb.SetSerialModemMux, "02 00", "00 " + want})
		})
	}
}

// TestBasicMode asks over the connector what needs no session. [IPMI 2.0 §14.4]
func TestBasicMode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, host, console := plugged(t)
		const app = ipmb.NetFnApp
		console.write(basic(app, 0x38, 0x0e, 0x04))
		console.wantMessages("§22.13", "38 00 02 16 04 00 00 00 00 00")
		console.write(basic(app, 0x38, 0x0e, 0x04))
		if got := console.read(); len(got) == 0 || got[0] != basicHandshake {
			t.Errorf("§14.4.5 no handshake in front of [% x]", got)
		}
		console.write(basic(app, 0x01))
		console.wantMessages("no session", "01 d4")
		console.write(basic(app, 0x39, 2, 'a', 'd', 'm', 'i', 'n', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
		if got := console.messages(); len(got) != 1 || got[0].Data[0] == 0 {
			t.Errorf("§22.16 no logins here: %+v", got)
		}
		console.write("noise" + string([]byte{basicStart, 0x20, basicEscape, 'x', basicStop}) + string([]byte{basicStart, 0x20, 0x18, 0xc9, basicStop}))
		console.wantMessages("§14.4.2 rejected without an answer")

		m.exchange(t, exchange{"to system", ipmb.SetSerialModemMux, "02 03", "00 02"})
		console.write(basic(app, 0x38, 0x0e, 0x04))
		console.wantMessages("§14.2.4 for the host")
		host.want("§14.2.4", basic(app, 0x38, 0x0e, 0x04))
		m.exchange(t, exchange{"#8 switch on the pattern", ipmb.SetSerialModemConfiguration, "02 08 10 08", "00"})
		console.write(basic(app, 0x38, 0x0e, 0x04))
		console.wantMessages("§14.2.4 answered", "38 00 02 16 04 00 00 00 00 00")
		m.exchange(t, exchange{"§14.2.4 switched", ipmb.SetSerialModemMux, "02 00", "00 03"})
	})
}

// TestConnectionActive tells the far end who has the line. [IPMI 2.0 §14.3, §25.9]
func TestConnectionActive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, _, console := plugged(t)
		mux, set := ipmb.SetSerialModemMux, ipmb.SetSerialModemConfiguration
		console.wantMessages("#8 not enabled")
		m.exchange(t, exchange{"#8 during direct call", set, "02 08 00 0a", "00"})
		console.wantMessages("§14.3 at once", "18 00 02")
		time.Sleep(4100 * time.Millisecond)
		console.wantMessages("§14.3 every two seconds", "18 00 02", "18 00 02")
		m.exchange(t, exchange{"to system", mux, "02 01", "00 02"})
		console.wantMessages("§14.3.1 before the switch", "18 02 02")
		time.Sleep(5 * time.Second)
		console.wantMessages("§14.3 silence")
		m.exchange(t, exchange{"to BMC", mux, "02 02", "00 03"})
		console.wantMessages("§14.3", "18 00 02")

		m.exchange(t, exchange{"#8 with acknowledge", set, "02 08 00 0b", "00"}, exchange{"to system", mux, "02 01", "00 03"})
		time.Sleep(100 * time.Millisecond)
		console.wantMessages("§14.3.2 three retries", "18 02 02", "18 02 02", "18 02 02", "18 02 02")
		m.exchange(t, exchange{"§25.3 accepted, not yet", mux, "02 00", "00 03"})
		console.write(basic(ipmb.NetFnTransport, 0x18, 0x02, 0x02))
		console.wantMessages("§14.3.2 the acknowledge is answered", "18 00")
		m.exchange(t, exchange{"§14.3.2 switched", mux, "02 00", "00 02"}, exchange{"to BMC", mux, "02 02", "00 03"},
			exchange{"to system", mux, "02 01", "00 03"})
		time.Sleep(3200 * time.Millisecond)
		m.exchange(t, exchange{"§14.3.2 three seconds without an acknowledge", mux, "02 00", "00 02"})
		console.read()
		m.exchange(t, exchange{"hard reset", ipmb.ChassisControl, "03", "00"})
		console.wantMessages("§14.3 the BMC took the line", "18 00 02")
	})
}

// TestSOLActivating tells the far end that Serial over LAN takes the line. [IPMI 2.0 §15.2, §26.1]
func TestSOLActivating(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, host, console := plugged(t)
		m.exchange(t, exchange{"to system", ipmb.SetSerialModemMux, "02 03", "00 02"})
		c := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
		c.want(exchange{"§24.1", ipmb.ActivatePayload, "01 01 00 00 00 00", "00 00 00 00 00 ff 00 ff 00 6f 02 ff ff"})
		console.wantMessages("§26.1", "20 00 01 01 00")
		console.write("isolated")
		host.want("Table 15-1", "")
		c.want(exchange{"§24.2", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00"})
		console.write("back")
		host.want("Table 15-1", "back")
	})
}

// TestServeConnector has the errors.
func TestServeConnector(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, _, _ := plugged(t)
		near, _ := net.Pipe()
		if err := m.ServeConnector(near); err != ErrSerialBusy {
			t.Errorf("a second one: %v", err)
		}
		none := newTestMachine(t, func(p *profiles.Profile) { p.Channels = append(p.Channels[:2], p.Channels[3]) })
		if err := none.ServeConnector(near); err != ErrNoConnector {
			t.Errorf("no serial channel: %v", err)
		}
	})
}

// FuzzBasicReader never panics, keeps what it was given, and stays small.
func FuzzBasicReader(f *testing.F) {
	f.Add([]byte{0x20, 0x18, 0xc8, 0x81, 0x04, 0x38, 0x0e, 0x04, 0x31}, []byte("noise\xa0\xaa"))
	f.Fuzz(func(t *testing.T, message, noise []byte) {
		var r basicReader
		for _, c := range noise {
			r.read(c)
		}
		if len(r.message) > maxBasicMessage {
			t.Fatalf("%d bytes", len(r.message))
		}
		var got []byte
		whole := false
		for _, c := range appendBasic(nil, message) {
			got, whole = r.read(c)
		}
		if whole != (len(message) <= maxBasicMessage) || whole && !bytes.Equal(got, message) {
			t.Errorf("[% x] became [% x], %v", message, got, whole)
		}
	})
}

// TestBasicModeFaults: what comes over the connector meets the rules of the interface serial, and nobody while the
// controller is away.
func TestBasicModeFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, _, console := plugged(t)
		rules := []fault.Rule{
			{Name: "bus", At: fault.Request, When: fault.When{Interface: fault.IPMB}, Do: fault.Do{Action: fault.Drop}},
			{Name: "late", At: fault.Request, When: fault.When{Interface: fault.Serial}, Hits: fault.Hits{First: 1},
				Do: fault.Do{Delay: &fault.Delay{Fixed: fault.Span(2 * time.Second)}}},
			{Name: "away", At: fault.Request, When: fault.When{Interface: fault.Serial}, Hits: fault.Hits{Nth: []uint64{2}},
				Do: fault.Do{Away: fault.Span(5 * time.Second)}},
		}
		if err := m.SetFaults(profiles.Faults{Rules: rules}); err != nil {
			t.Fatal(err)
		}
		ask, answer := basic(ipmb.NetFnApp, 0x38, 0x0e, 0x04), "38 00 02 16 04 00 00 00 00 00"
		console.write(ask)
		console.wantMessages("held back")
		time.Sleep(2 * time.Second)
		console.wantMessages("two seconds later", answer)
		console.write(ask)
		console.wantMessages("and then away", answer)
		console.write(ask)
		console.wantMessages("away")
		time.Sleep(5 * time.Second)
		console.write(ask)
		console.wantMessages("back", answer)
	})
}
