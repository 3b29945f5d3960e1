package vmserial_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/vmserial"
	"github.com/fakebmc/fakebmc/profiles"
)

// pipes is a listener in memory, for synctest.
type pipes struct {
	waiting chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{waiting: make(chan net.Conn), closed: make(chan struct{})} }

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.waiting:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipes) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipes) Addr() net.Addr { return new(net.TCPAddr) }

// vm is the other end of a link: it writes down each write that it gets, and when.
type vm struct {
	conn net.Conn

	mu    sync.Mutex // guards what follows
	heard []string
	at    []time.Time
	gone  bool
}

// connect puts a virtual machine on the listener.
func (l *pipes) connect(t *testing.T) *vm {
	t.Helper()
	near, far := net.Pipe()
	l.waiting <- far
	return newVM(t, near)
}

func newVM(t *testing.T, conn net.Conn) *vm {
	v := &vm{conn: conn}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 1024)
		for {
			n, err := conn.Read(b)
			v.mu.Lock()
			if err != nil {
				v.gone = true
				v.mu.Unlock()
				return
			}
			v.heard, v.at = append(v.heard, hex.EncodeToString(b[:n])), append(v.at, time.Now())
			v.mu.Unlock()
		}
	}()
	return v
}

// say writes bytes as they are.
func (v *vm) say(t *testing.T, s string) {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.conn.Write(b); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// request sends a message without escapes in it, and says nothing of the answer.
func (v *vm) request(t *testing.T, netFn, cmd byte, data ...byte) {
	t.Helper()
	b := append([]byte{0x55, netFn << 2, cmd}, data...)
	var sum byte
	for _, c := range b {
		sum -= c
	}
	v.say(t, hex.EncodeToString(append(b, sum, 0xa0)))
}

// want compares what was heard since the last time, after a while; and each command had its pause.
func (v *vm) want(t *testing.T, name string, writes ...string) {
	t.Helper()
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.Equal(v.heard, writes) {
		t.Errorf("%s: heard %q, want %q", name, v.heard, writes)
	}
	for i := 1; i < len(v.at); i++ {
		if gap := v.at[i].Sub(v.at[i-1]); strings.HasSuffix(v.heard[i-1], "a1") && gap < 5*time.Millisecond {
			t.Errorf("%s: %s comes %v after %s", name, v.heard[i], gap, v.heard[i-1])
		}
	}
	v.heard, v.at = nil, nil
}

func (v *vm) wantGone(t *testing.T, name string) {
	t.Helper()
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.gone {
		t.Errorf("%s: still connected", name)
	}
}

// interrupts gives the machine an interrupt for the receive message queue and the event message buffer.
var interrupts = bmctest.Edit(func(p *profiles.Profile) {
	p.SystemInterface.SMSInterrupt, p.SystemInterface.EventInterrupt = 5, 5
})

// start makes a machine with a link that listens, in a bubble.
func start(t *testing.T, opts ...bmctest.Option) (*bmc.Machine, *pipes, *vmserial.Link) {
	t.Helper()
	m := bmctest.New(t, append(opts, interrupts)...)
	l := newPipes()
	k := vmserial.Listen(m, l, zerolog.Nop())
	t.Cleanup(k.Close)
	return m, l, k
}

func wantPower(t *testing.T, m *bmc.Machine, when string, want bmc.PowerState) {
	t.Helper()
	synctest.Wait()
	if got := m.PowerState(); got != want {
		t.Errorf("%s: power is %v, want %v", when, got, want)
	}
}

// restartCause is Get System Restart Cause's. [IPMI 2.0 §28.11]
func restartCause(t *testing.T, m *bmc.Machine) byte {
	t.Helper()
	r, err := m.RequestResponse(t.Context(), bmc.SystemRequest{NetworkFunction: 0, Command: 0x07})
	if err != nil || len(r.ResponseData) < 2 {
		t.Fatalf("Get System Restart Cause: % x, %v", r.ResponseData, err)
	}
	return r.ResponseData[1]
}

const (
	hello = "ff01a1"            // what a BMC says first
	qemu  = "ff 01 a1 08 3f a1" // what QEMU says first
)

// TestSignals follows attention and interrupts through a conversation.
func TestSignals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l, _ := start(t)
		v := l.connect(t)
		v.want(t, "connected", hello)
		v.say(t, "01 18 01 e6 a0")
		v.want(t, "Get Device ID before anything else", "011c0100"+"20010100"+"02bf"+"d97e00"+"2306"+"00000000"+"7fa0")
		v.say(t, qemu)
		v.want(t, "what is so now", "06a1", "00a1")
		v.request(t, 0x06, 0x34, 0x0f, 0x20, 0x18, 0xc8, 0x41, 0x04, 0x01, 0xba) // Send Message to itself
		v.want(t, "a message waits", "551c3400"+"5ba0", "01a1")
		v.request(t, 0x06, 0x2e, 0x0d) // Set BMC Global Enables: queue interrupt, event buffer, logging
		v.want(t, "with an interrupt", "551c2e0061a0", "05a1", "02a1")
		v.request(t, 0x06, 0x30, 0x01) // Clear Message Flags
		v.want(t, "nothing waits", "551c30005fa0", "00a1")
		v.request(t, 0x06, 0x34, 0x0f, 0x20, 0x18, 0xc8, 0x41, 0x04, 0x01, 0xba)
		v.want(t, "again", "551c34005ba0", "02a1")
		v.say(t, qemu)
		v.want(t, "it knows nothing any more", "05a1", "02a1")
		v.say(t, "04 a1")
		v.want(t, "a reset, which clears all", "06a1", "00a1")
	})
}

// TestDroppedFrames answers nothing that is no request.
func TestDroppedFrames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, l, _ := start(t)
		v := l.connect(t)
		v.want(t, "connected", hello)
		for _, s := range []string{
			"01 18 01 e7 a0", "18 01 a0", "01 1c 01 e2 a0", "0a a1", "08 a1", "ff a1", "aa a0", strings.Repeat("11", 4000) + "a0",
		} {
			v.say(t, s)
		}
		v.want(t, "garbage")
		v.say(t, "01 19 01 e5 a0")
		v.want(t, "LUN 01b", "011d01c21fa0")
	})
}

// TestHardware tells the virtual machine what Chassis Control wants, and hears what it does. [IPMI 2.0 §28.3]
func TestHardware(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, _ := start(t)
		do := func(a bmc.PowerAction) {
			t.Helper()
			if err := m.SetPower(a); err != nil {
				t.Errorf("%v: %v", a, err)
			}
		}
		wantPower(t, m, "nobody is connected", bmc.PowerOff)
		do(bmc.PowerUp)
		time.Sleep(time.Hour)
		wantPower(t, m, "nobody has started it", bmc.PowerTurningOn)
		v := l.connect(t)
		v.say(t, qemu)
		v.say(t, "04 a1")
		v.want(t, "connected", hello, "06a1", "00a1")
		wantPower(t, m, "started", bmc.PowerOn)
		if got := restartCause(t, m); got != 5 {
			t.Errorf("the report of its start makes the restart cause %d, want 5 (asked for in Go)", got)
		}
		do(bmc.DiagnosticInterrupt)
		v.want(t, "NMI", "07a1")
		do(bmc.HardReset)
		v.want(t, "reset", "04a1")
		v.say(t, "04 a1")
		v.want(t, "which it reports", "06a1", "00a1")
		if got := restartCause(t, m); got != 5 {
			t.Errorf("the report of a reset that was asked for makes the restart cause %d, want 5", got)
		}
		v.say(t, "04 a1")
		v.want(t, "a reset of its own", "06a1", "00a1")
		if got := restartCause(t, m); got != 0x0a {
			t.Errorf("the restart cause of a reset of its own is %d, want 0ah (soft reset)", got)
		}
		do(bmc.SoftShutdown)
		v.want(t, "graceful shutdown", "09a1")
		wantPower(t, m, "asked", bmc.PowerShuttingDown)
		v.conn.Close()
		wantPower(t, m, "gone", bmc.PowerOff)

		v = l.connect(t)
		v.say(t, qemu)
		wantPower(t, m, "somebody started it", bmc.PowerOn)
		v.want(t, "connected again", hello, "06a1", "00a1")
		v.request(t, 0x00, 0x02, 0x00) // Chassis Control: power down
		v.want(t, "answer first", "5504"+"0200"+"a5a0", "03a1")
		v.say(t, "04 a1") // -no-shutdown, and system_reset and cont in QEMU's monitor
		wantPower(t, m, "started again without a new connection", bmc.PowerOn)
	})
}

// TestRunsAgain is a QEMU with -no-shutdown, which its monitor lets go on: it says nothing of that, but what its host asks
// tells. What it asked just before the end does not.
func TestRunsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, _ := start(t)
		v := l.connect(t)
		v.say(t, qemu)
		v.want(t, "connected", hello, "06a1", "00a1")
		v.request(t, 0x00, 0x02, 0x00) // Chassis Control: power down
		v.want(t, "told", "5504"+"0200"+"a5a0", "03a1")
		const getDeviceID = "01 18 01 e6 a0"
		time.Sleep(500 * time.Millisecond)
		v.say(t, getDeviceID)
		wantPower(t, m, "what was asked before the end", bmc.PowerOff)
		time.Sleep(time.Minute)
		wantPower(t, m, "silent since", bmc.PowerOff)
		v.say(t, getDeviceID)
		wantPower(t, m, "asks again", bmc.PowerOn)
	})
}

// TestNotOffered asks nothing of a virtual machine that it did not offer.
func TestNotOffered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, _ := start(t)
		v := l.connect(t)
		v.say(t, "ff 01 a1 08 02 a1") // reset alone
		for _, a := range []bmc.PowerAction{bmc.DiagnosticInterrupt, bmc.HardReset, bmc.SoftShutdown, bmc.PowerDown} {
			if err := m.SetPower(a); err != nil {
				t.Error(err)
			}
		}
		v.want(t, "all of them", hello, "04a1")
	})
}

// TestOneAtATime turns a second virtual machine away.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, k := start(t)
		first := l.connect(t)
		synctest.Wait()
		second := l.connect(t)
		second.wantGone(t, "the second")
		first.say(t, "01 18 01")
		first.conn.Close()
		synctest.Wait()
		third := l.connect(t)
		third.say(t, "01 18 01 e6 a0")
		third.want(t, "the third, after half a request of the first", hello, "011c01002001010002bfd97e002306000000007fa0")
		k.Close()
		third.wantGone(t, "the third when the link closes")
		wantPower(t, m, "without hardware", bmc.PowerOn)
		if err := m.SetPower(bmc.PowerCycle); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		wantPower(t, m, "without hardware, the profile's time later", bmc.PowerOn)
	})
}

// TestWhoDoesNotRead loses the connection, and the machine goes on meanwhile.
func TestWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, l, _ := start(t)
		near, far := net.Pipe()
		defer near.Close()
		l.waiting <- far
		near.SetWriteDeadline(time.Now().Add(time.Minute))
		near.Write(bytes.Repeat([]byte{0x01, 0x18, 0x01, 0xe6, 0xa0}, 100))
		synctest.Wait()
		if err := m.SetPower(bmc.HardReset); err != nil {
			t.Error(err)
		}
		wantPower(t, m, "it does not read", bmc.PowerOn)
		time.Sleep(11 * time.Second)
		wantPower(t, m, "for longer than it may", bmc.PowerOff)
	})
}

// TestConnect calls again, less and less often.
func TestConnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t)
		began := time.Now()
		var at []time.Duration
		var v *vm
		k := vmserial.Connect(m, func(context.Context) (net.Conn, error) {
			at = append(at, time.Since(began).Truncate(time.Second))
			if len(at) < 8 || len(at) == 9 {
				return nil, errors.New("nobody is there")
			}
			near, far := net.Pipe()
			v = newVM(t, near)
			return far, nil
		}, zerolog.Nop())
		time.Sleep(3 * time.Minute)
		wantPower(t, m, "there", bmc.PowerOn)
		v.conn.Close()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		v.want(t, "there again", hello)
		k.Close()
		if got, want := fmt.Sprint(at), "[0s 1s 3s 7s 15s 31s 1m1s 1m31s 3m1s 3m3s]"; got != want {
			t.Errorf("called at %v, want %v", got, want)
		}
	})
}

// TestListenerStays: one link after another on real sockets, as when a profile is read again.
func TestListenerStays(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 3 {
		m := bmctest.New(t)
		k := vmserial.Listen(m, l, zerolog.Nop())
		conn, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 3)
		if _, err := conn.Read(b); err != nil || hex.EncodeToString(b) != hello {
			t.Errorf("heard % x, %v", b, err)
		}
		k.Close()
		k.Close()
		if _, err := conn.Read(b); err == nil {
			t.Error("the connection outlives the link")
		}
		conn.Close()
	}
}
