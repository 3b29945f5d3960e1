package bmc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// remote is a SOL console that does nothing by itself.
type remote struct {
	client
}

func (r remote) send(p bmc.SOLPacket) {
	r.t.Helper()
	if err := r.s.Send(console.Frame{Type: rmcp.PayloadSOL, Payload: p.AppendTo(nil)}); err != nil {
		r.t.Fatal(err)
	}
}

// next is the next SOL packet within a time.
func (r remote) next(within time.Duration) (bmc.SOLPacket, bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	p, err := r.s.Receive(ctx)
	if errors.Is(err, console.ErrNoAnswer) || errors.Is(err, context.DeadlineExceeded) {
		return bmc.SOLPacket{}, false
	}
	if err != nil || p.Type != rmcp.PayloadSOL {
		r.t.Fatalf("%+v, %v", p, err)
	}
	s, err := bmc.ParseSOLPacket(p.Payload)
	if err != nil {
		r.t.Fatal(err)
	}
	return s, true
}

func (r remote) expect(name string, want bmc.SOLPacket) {
	r.t.Helper()
	got, ok := r.next(time.Minute / 2)
	if !ok || got.Sequence != want.Sequence || got.Acked != want.Acked || got.Accepted != want.Accepted ||
		got.Flags != want.Flags || !bytes.Equal(got.Data, want.Data) {
		r.t.Fatalf("%s: got %+v (%q), %v; want %+v (%q)", name, got, got.Data, ok, want, want.Data)
	}
}

func (r remote) quiet(name string, d time.Duration) {
	r.t.Helper()
	if p, ok := r.next(d); ok {
		r.t.Fatalf("%s: got %+v (%q), want silence", name, p, p.Data)
	}
}

func (r remote) activate() remote {
	r.t.Helper()
	r.want("§24.1", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
	return r
}

// connected serves a machine whose serial port is a stream, and a console with SOL active.
func connected(t *testing.T, opts ...bmctest.Option) (*bmctest.Server, remote, net.Conn) {
	t.Helper()
	opts = append([]bmctest.Option{bmctest.Edit(func(p *profiles.Profile) { p.SOLConsole.To = profiles.SOLConsoleNone })}, opts...)
	srv, c := bmctest.Pipe(t, opts...)
	near, far := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- srv.Machine.ServeSerial(near) }()
	t.Cleanup(func() {
		far.Close()
		<-done
	})
	synctest.Wait()
	return srv, remote{client{t, srv.Login(c, "admin", "password")}}.activate(), far
}

func data(seq uint8, s string) bmc.SOLPacket { return bmc.SOLPacket{Sequence: seq, Data: []byte(s)} }
func ack(seq uint8, n int) bmc.SOLPacket     { return bmc.SOLPacket{Acked: seq, Accepted: uint8(n)} }

func write(t *testing.T, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

func TestSOLToHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t)
		b := make([]byte, 100)
		read := func(want string) {
			t.Helper()
			host.SetReadDeadline(time.Now().Add(time.Second))
			n, err := host.Read(b)
			if string(b[:n]) != want || want != "" && err != nil {
				t.Fatalf("the host reads %q, %v; want %q", b[:n], err, want)
			}
		}
		r.send(data(1, "hello"))
		r.expect("§15.11 ACK", ack(1, 5))
		read("hello")
		r.send(data(1, "hello"))
		r.expect("§15.11 a retry is answered again", ack(1, 5))
		read("")
		r.send(data(15, "x"))
		r.expect("§15.11 the next packet", ack(15, 1))
		read("x")
		r.send(bmc.SOLPacket{Data: []byte("y")})
		r.quiet("§15.11 sequence 0 is not acknowledged", time.Second)
		read("")
	})
}

func TestSOLFromHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t)
		begin := time.Now()
		write(t, host, "abc")
		r.expect("§26.3 3 after the accumulate interval", data(1, "abc"))
		if d := time.Since(begin); d != 20*time.Millisecond {
			t.Errorf("it took %v, want 20ms", d)
		}
		write(t, host, "def")
		r.expect("§15.11 retry with what came since", data(1, "abcdef"))
		if d := time.Since(begin); d != 500*time.Millisecond {
			t.Errorf("retry after %v, want 480ms later", d)
		}
		r.send(ack(1, 3))
		r.expect("Table 15-3 partial ACK", data(1, "abcdef"))
		write(t, host, "ghi")
		r.expect("Table 15-3 nothing is appended after it", data(1, "abcdef"))
		r.send(ack(1, 6))
		r.expect("Table 15-3 completion", data(2, "ghi"))
		r.send(bmc.SOLPacket{Acked: 2, Flags: bmc.SOLNACK})
		r.quiet("Table 15-3 suspend", 30*time.Second)
		r.send(ack(2, 0))
		r.expect("Table 15-3 resume", data(2, "ghi"))
		r.send(bmc.SOLPacket{Flags: bmc.SOLFlushOutbound})
		r.quiet("Table 15-3 flush", 10*time.Second)
		begin = time.Now()
		write(t, host, strings.Repeat("z", 96))
		r.expect("§26.3 3 threshold", data(3, strings.Repeat("z", 96)))
		if d := time.Since(begin); d != 0 {
			t.Errorf("it took %v", d)
		}
		for i := range 7 {
			r.expect("§26.3 4 retries", data(3, strings.Repeat("z", 96)))
			if d := time.Since(begin); d != time.Duration(i+1)*480*time.Millisecond {
				t.Errorf("retry %d after %v", i, d)
			}
		}
		r.quiet("§15.11 the packet is dropped", 5*time.Second)
		write(t, host, "on")
		r.expect("§15.11 and the next one goes", data(4, "on"))
	})
}

// TestSOLWithoutRetries sends nothing again by itself, and yet what the console asks for. [IPMI 2.0 §15.11, Table 15-3;
// §26.3, parameter 4]
func TestSOLWithoutRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t, sol(func(s *profiles.SOL) { s.Retries = 0 }))
		nack := bmc.SOLPacket{Acked: 1, Flags: bmc.SOLNACK}
		write(t, host, "abc")
		r.expect("§15.11", data(1, "abc"))
		r.send(nack)
		r.quiet("Table 15-3 suspend", 30*time.Second)
		r.send(ack(1, 0))
		r.expect("Table 15-3 resume", data(1, "abc"))
		r.send(ack(1, 2))
		r.expect("Table 15-3 partial", data(1, "abc"))
		r.send(ack(1, 3))
		write(t, host, "def")
		r.expect("§15.11", data(2, "def"))
		r.quiet("§26.3 no retries", 30*time.Second)
		write(t, host, "ghi")
		r.expect("§15.11 the packet before is lost", data(3, "ghi"))
	})
}

// TestSOLNeverFloods resumes one packet for ever.
func TestSOLNeverFloods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t)
		write(t, host, "a")
		got := 0
		for p, ok := r.next(time.Second); ok; p, ok = r.next(time.Second) {
			got++
			r.send(ack(p.Sequence, 0))
		}
		if got != 8 {
			t.Errorf("%d packets, want one and 7 retries", got)
		}
	})
}

func TestSOLBackPressure(t *testing.T) {
	small := bmctest.Edit(func(p *profiles.Profile) { p.SOLConsole.Buffer = 16 })
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t, small)
		r.send(data(1, strings.Repeat("i", 20))) // the host does not read: one write in progress, and the buffer
		p, _ := r.next(time.Second)
		if p.Flags != bmc.SOLNACK || p.Accepted != 16 {
			t.Fatalf("§15.9 partial acceptance: %+v", p)
		}
		synctest.Wait()
		r.send(data(2, strings.Repeat("j", 20)))
		r.expect("§15.9 partial acceptance", bmc.SOLPacket{Acked: 2, Accepted: 16, Flags: bmc.SOLNACK})
		begin := time.Now()
		r.send(data(3, "k"))
		r.expect("§15.9 NACK", bmc.SOLPacket{Acked: 3, Flags: bmc.SOLNACK})
		if d := time.Since(begin); d != 100*time.Millisecond {
			t.Errorf("a full buffer answers after %v", d)
		}
		r.send(bmc.SOLPacket{Sequence: 4, Flags: bmc.SOLFlushInbound, Data: []byte("l")})
		r.expect("§15.9 flush inbound", ack(4, 1))
		b := make([]byte, 64)
		n, _ := host.Read(b)
		m, _ := host.Read(b[n:])
		if got := string(b[:n+m]); got != strings.Repeat("i", 16)+"l" {
			t.Errorf("the host read %q", got)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t, small)
		r.send(bmc.SOLPacket{Flags: bmc.SOLDeassertCTS})
		synctest.Wait()
		written := make(chan struct{})
		go func() {
			defer close(written)
			io.WriteString(host, "0123456789abcdef")
			io.WriteString(host, "!")
		}()
		r.quiet("§15.9 CTS", 5*time.Second)
		select {
		case <-written:
			t.Error("the host wrote on")
		default:
		}
		r.send(bmc.SOLPacket{})
		r.expect("§15.6 CTS comes back", data(1, "0123456789abcdef"))
		<-written
		r.send(ack(1, 16))
		r.expect("§15.6 nothing is lost", data(2, "!"))
	})
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t, small, bmctest.Edit(func(p *profiles.Profile) { p.SOLConsole.IgnoreCTS = true }))
		write(t, host, "0123456789abcdef!")
		p, _ := r.next(time.Second)
		r.send(ack(1, 16))
		if p.Flags != bmc.SOLOverrun || string(p.Data) != "0123456789abcdef" {
			t.Errorf("§15.9 overrun: %+v %q", p, p.Data)
		}
		write(t, host, "on")
		r.expect("§15.9 overrun is told once", data(2, "on"))
	})
}

func TestSOLHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t)
		r.want("§24.1 startup handshake", ipmb.ActivatePayload, "01 01 c2 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		go io.WriteString(host, "held")
		r.quiet("§24.1 CTS stays deasserted", 5*time.Second)
		r.send(bmc.SOLPacket{})
		r.expect("§24.1 until a packet asserts it", data(1, "held"))
	})
}

func TestSOLProtection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, host := connected(t)
		for _, f := range []console.Frame{{Unencrypted: true}, {Unencrypted: true, Unauthenticated: true}} {
			f.Type, f.Payload = rmcp.PayloadSOL, data(1, "x").AppendTo(nil)
			if err := r.s.Send(f); err != nil {
				t.Fatal(err)
			}
			r.quiet("§24.1 dropped", time.Second)
		}
		write(t, host, "out")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if p, err := r.s.Receive(ctx); err != nil || !p.Encrypted || !p.Authenticated {
			t.Errorf("§24.1: %+v, %v", p, err)
		}
		r.send(ack(1, 3))
		r.want("§24.3 suspend", ipmb.SuspendResumePayloadEncryption, "01 01 00", "00")
		write(t, host, "out")
		if p, err := r.s.Receive(ctx); err != nil || p.Encrypted || !p.Authenticated {
			t.Errorf("§24.3: %+v, %v", p, err)
		}
	})
}

func TestSOLEnds(t *testing.T) {
	gone := bmc.SOLPacket{Flags: bmc.SOLNACK | bmc.SOLDeactivated}
	synctest.Test(t, func(t *testing.T) {
		srv, r, host := connected(t)
		other := remote{client{t, srv.Login(srv.Console(), "admin", "password")}}
		other.want("§24.2 somebody else deactivates", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
		r.expect("§15.9 status bit 4", gone)
		r.send(data(1, "x"))
		r.quiet("§24.2 nobody answers", time.Second)
		other.activate()
		write(t, host, "mine")
		other.expect("§24.1 taken over", data(1, "mine"))
		other.send(ack(1, 4))
		r.quiet("§24.1 taken over", time.Second)
		if err := srv.Machine.PressButton(bmc.ButtonReset); err != nil {
			t.Fatal(err)
		}
		other.expect("§15.9 note 2: reset button", gone)
		other.activate()
		other.want("§24.2 own deactivation", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
		other.quiet("§24.2 needs no notice", time.Second)
		write(t, host, "nobody is there")
	})
	synctest.Test(t, func(t *testing.T) {
		srv, r, host := connected(t)
		admin := client{t, srv.Login(srv.Console(), "admin", "password")}
		id := r.s.ID()
		if _, err := admin.s.Do(context.Background(), ipmb.CloseSession.NetFn, ipmb.CloseSession.Cmd,
			byte(id), byte(id>>8), byte(id>>16), byte(id>>24)); err != nil {
			t.Fatal(err)
		}
		r.expect("§15.9 note 2: Close Session", gone)
		admin.want("§24.4", ipmb.GetPayloadActivationStatus, "01", "00 01 00 00")
		write(t, host, "nobody is there")
	})
}

func TestSOLPower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, r, _ := connected(t)
		if err := srv.Machine.SetPower(bmc.PowerDown); err != nil {
			t.Fatal(err)
		}
		r.expect("§15.9 status bit 5", bmc.SOLPacket{Flags: bmc.SOLNACK | bmc.SOLUnavailable})
		r.send(data(1, "wake up"))
		r.expect("§15.9 for each transfer", bmc.SOLPacket{Acked: 1, Flags: bmc.SOLNACK | bmc.SOLUnavailable})
		if err := srv.Machine.SetPower(bmc.PowerUp); err != nil {
			t.Fatal(err)
		}
		r.expect("§15.9 status bit 5 goes", bmc.SOLPacket{Flags: bmc.SOLNACK})
		srv.Machine.SerialBreak()
		r.expect("§15.9 status bit 2", bmc.SOLPacket{Flags: bmc.SOLBreak})
	})
}

func TestSOLInstancesShareTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, r, host := connected(t, sol(func(s *profiles.SOL) { s.Instances = 2 }))
		two := remote{client{t, srv.Login(srv.Console(), "user", "password")}}
		two.want("§24.1 instance 2", ipmb.ActivatePayload, "01 02 c0 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		write(t, host, "both")
		r.expect("§15", data(1, "both"))
		two.expect("§15", data(1, "both"))
	})
}

func TestServeSerial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, _, host := connected(t)
		near, far := net.Pipe()
		defer far.Close()
		if err := srv.Machine.ServeSerial(near); !errors.Is(err, bmc.ErrSerialBusy) {
			t.Errorf("a second stream: %v", err)
		}
		host.Close()
		synctest.Wait()
		near, far = net.Pipe()
		done := make(chan error)
		go func() { done <- srv.Machine.ServeSerial(near) }()
		synctest.Wait()
		srv.Machine.Close()
		if err := <-done; !errors.Is(err, bmc.ErrClosed) {
			t.Errorf("the machine closes: %v", err)
		}
		if _, err := far.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the stream is open: %v", err)
		}
	})
}

// screen answers what comes until it has seen a text.
func (r remote) screen(until string) string {
	r.t.Helper()
	var seen []byte
	var seq uint8
	for !strings.Contains(string(seen), until) {
		p, ok := r.next(30 * time.Second)
		if !ok {
			r.t.Fatalf("no %q in %q", until, seen)
		}
		if p.Sequence != 0 && p.Sequence != seq {
			seen, seq = append(seen, p.Data...), p.Sequence
		}
		if p.Sequence != 0 {
			r.send(ack(p.Sequence, len(p.Data)))
		}
	}
	return string(seen)
}

func TestDemoConsole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		r := remote{client{t, srv.Login(c, "admin", "password")}}.activate()
		r.send(data(1, "ecx\x7fho hi\r\n"))
		if got, want := r.screen("# "), "ecx\b \bho hi\r\nhi\r\nfakebmc:~# "; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		r.send(bmc.SOLPacket{Flags: bmc.SOLSendBreak})
		r.screen("sysrq: HELP")
		r.send(data(2, "dance\r"))
		r.screen("dance: command not found\r\nfakebmc:~# ")
		r.send(data(3, "reboot\r"))
		if log := r.screen("# "); !strings.Contains(log, "Restarting system") || !strings.Contains(log, "] Memory: ") {
			t.Errorf("boot log is %q", log)
		}
		r.send(data(4, "poweroff\r"))
		r.screen("Power down")
		time.Sleep(10 * time.Second)
		if s := srv.Machine.PowerState(); s != bmc.PowerOff {
			t.Errorf("power is %v", s)
		}
	})
}

func FuzzParseSOLPacket(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 'x'})
	f.Add([]byte{0, 15, 5, 0x40})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := bmc.ParseSOLPacket(b)
		if err != nil {
			return
		}
		again, err := bmc.ParseSOLPacket(p.AppendTo(nil))
		if err != nil || again.Sequence != p.Sequence || again.Acked != p.Acked || again.Flags != p.Flags || !bytes.Equal(again.Data, p.Data) {
			t.Errorf("%+v became %+v, %v", p, again, err)
		}
	})
}
