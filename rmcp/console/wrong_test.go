package console_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TestWrongFrames sends what a BMC must not answer, and then something good to see that the session has not suffered.
func TestWrongFrames(t *testing.T) {
	t.Parallel()
	m := ipmb.Message{To: ipmb.AddrBMC, NetFn: ipmb.NetFnApp, From: ipmb.AddrRemoteConsole, Cmd: getDeviceID}
	payload := m.AppendTo(nil)
	for _, test := range []struct {
		name  string
		frame console.Frame
	}{
		{"13.28.4 AuthCode", console.Frame{BadAuthCode: true}},
		{"6.12.13 sequence 0", console.Frame{Sequence: new(uint32(0))}},
		{"6.12.13 sequence far ahead", console.Frame{Sequence: new(uint32(0x40000000))}},
		{"13.6 session ID", console.Frame{SessionID: new(uint32(0x01020304))}},
		{"13.6 no AuthCode", console.Frame{Unauthenticated: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, nil)
			suite, _ := rmcp.SuiteByID(17)
			plus, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw", Suite: suite})
			if err != nil {
				t.Fatal(err)
			}
			old, err := c.Open15(limited(t), console.Login15{User: "admin", Password: "secretpw", AuthType: rmcp.AuthTypeMD5})
			if err != nil {
				t.Fatal(err)
			}
			test.frame.Payload = payload
			for _, s := range []*console.Session{plus, old} {
				if err := s.Send(test.frame); err != nil {
					t.Fatal(err)
				}
				if err := c.Quiet(limited(t)); err != nil {
					t.Errorf("RMCP+ %v: %v", s.RMCPPlus(), err)
				}
				if _, err := s.Do(limited(t), ipmb.NetFnApp, getDeviceID); err != nil {
					t.Errorf("RMCP+ %v, after it: %v", s.RMCPPlus(), err)
				}
			}
		})
	}
}

func TestDuplicateIsDropped(t *testing.T) {
	t.Parallel()
	c := dial(t, nil)
	s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw"})
	if err != nil {
		t.Fatal(err)
	}
	m := c.Request(ipmb.NetFnApp, getDeviceID)
	datagram := s.Seal(nil, console.Frame{Payload: m.AppendTo(nil)})
	for range 2 {
		if err := c.Send(datagram); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Receive(limited(t)); err != nil || p.Message.Seq != m.Seq {
		t.Errorf("%+v, %v", p, err)
	}
	if err := c.Quiet(limited(t)); err != nil {
		t.Error(err)
	}
}

// TestBreaches changes what a good BMC sends, and expects that the console sees it.
func TestBreaches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		suite  uint8
		change func(d []byte) []byte
		want   error
	}{
		{"13.28.4 AuthCode", 3, func(d []byte) []byte { d[len(d)-1] ^= 1; return d }, console.ErrAuthCode},
		{"13.28.4 ciphertext", 3, func(d []byte) []byte { d[40] ^= 1; return d }, console.ErrAuthCode},
		{"13.6 sequence goes back", 0, func(d []byte) []byte { d[10] = 1; return d }, console.ErrSequence},
		{"13.6 bytes behind the packet", 0, func(d []byte) []byte { return append(d, 0) }, console.ErrLength},
		{"13.1.3 RMCP sequence", 0, func(d []byte) []byte { d[2] = 5; return d }, console.ErrHeader},
		{"13.8 checksum", 0, func(d []byte) []byte { d[len(d)-1]++; return d }, console.ErrMessage},
		{"13.8 address", 0, func(d []byte) []byte { d[16] += 2; d[18] -= 2; return d }, console.ErrMessage},
		{"13.6 nothing", 0, func(d []byte) []byte { return nil }, console.ErrNoAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bad := &badConn{}
			var err error
			if bad.Conn, err = net.Dial("udp", listen(t, nil)); err != nil {
				t.Fatal(err)
			}
			c := console.New(bad, console.Options{Timeout: 300 * time.Millisecond})
			t.Cleanup(func() { c.Close() })
			suite, _ := rmcp.SuiteByID(test.suite)
			s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw", Suite: suite})
			if err != nil {
				t.Fatal(err)
			}
			bad.change = test.change
			if _, err := s.Do(limited(t), ipmb.NetFnApp, getDeviceID); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestTolerate lets what leaves a packet usable pass, and nothing else.
func TestTolerate(t *testing.T) {
	t.Parallel()
	bad := &badConn{}
	var err error
	if bad.Conn, err = net.Dial("udp", listen(t, nil)); err != nil {
		t.Fatal(err)
	}
	var breaches []error
	c := console.New(bad, console.Options{Tolerate: func(breach error) bool {
		breaches = append(breaches, breach)
		return true
	}})
	t.Cleanup(func() { c.Close() })
	s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw"})
	if err != nil {
		t.Fatal(err)
	}
	bad.change = func(d []byte) []byte { d[10] = 1; d[16] += 2; d[18] -= 2; return append(d, 0) }
	if got, err := s.Do(limited(t), ipmb.NetFnApp, getDeviceID); err != nil || string(got) != string(deviceID) {
		t.Errorf("%x, %v", got, err)
	}
	for i, want := range []error{console.ErrLength, console.ErrSequence, console.ErrMessage} {
		if i >= len(breaches) || !errors.Is(breaches[i], want) {
			t.Fatalf("breaches are %v, want %v at %d", breaches, want, i)
		}
	}
	bad.change = func(d []byte) []byte { d[len(d)-1]++; return d }
	if _, err := s.Do(limited(t), ipmb.NetFnApp, getDeviceID); !errors.Is(err, console.ErrMessage) {
		t.Errorf("a wrong checksum: %v", err)
	}
}

// badConn changes what it receives.
type badConn struct {
	net.Conn
	change func([]byte) []byte
}

func (c *badConn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if err != nil || c.change == nil {
			return n, err
		}
		if d := c.change(append([]byte(nil), b[:n]...)); d != nil {
			return copy(b, d), nil
		}
	}
}

func TestPayloadEcho(t *testing.T) {
	t.Parallel()
	for id := range uint8(rmcp.SuiteCount) {
		suite, _ := rmcp.SuiteByID(id)
		t.Run(suite.String(), func(t *testing.T) {
			t.Parallel()
			c := dial(t, nil)
			s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw", Suite: suite})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 40 { // every pad length of both kinds
				sent := make([]byte, n)
				if err := s.Send(console.Frame{Type: rmcp.PayloadSOL, Payload: sent}); err != nil {
					t.Fatal(err)
				}
				p, err := s.Receive(limited(t))
				if err != nil || p.Type != rmcp.PayloadSOL || string(p.Payload) != string(sent) {
					t.Fatalf("%d bytes: %+v, %v", n, p, err)
				}
			}
			f := console.Frame{Type: rmcp.PayloadOEMExplicit, Enterprise: 0x4a66, OEMPayload: 0x1234, Payload: []byte("oem")}
			if err := s.Send(f); err != nil {
				t.Fatal(err)
			}
			p, err := s.Receive(limited(t))
			if err != nil || p.Enterprise != f.Enterprise || p.OEMPayload != f.OEMPayload || string(p.Payload) != "oem" {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}

// TestNoAnswer counts the attempts against a black hole, in a bubble's time.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		sent := make(chan int, 1)
		go func() {
			n, b := 0, make([]byte, 1500)
			for {
				if _, err := far.Read(b); err != nil {
					sent <- n
					return
				}
				n++
			}
		}()
		c := console.New(near, console.Options{Timeout: time.Second, Retries: 3})
		start := time.Now()
		_, err := c.Do(context.Background(), ipmb.NetFnApp, getDeviceID)
		if !errors.Is(err, console.ErrNoAnswer) || time.Since(start) != 4*time.Second {
			t.Errorf("%v after %v, want no answer after 4 s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		start = time.Now()
		if _, err := c.Ping(ctx); !errors.Is(err, console.ErrNoAnswer) || time.Since(start) != 500*time.Millisecond {
			t.Errorf("%v after %v, want no answer after 0.5 s", err, time.Since(start))
		}
		c.Close()
		if n := <-sent; n != 5 {
			t.Errorf("%d datagrams sent, want 4 requests and a ping", n)
		}
	})
}

func TestSessionless(t *testing.T) {
	t.Parallel()
	c := dial(t, nil)
	pong, err := c.Ping(limited(t))
	if err != nil || pong.Enterprise != rmcp.EnterpriseASF || pong.Entities != 0x81 {
		t.Errorf("13.2.4: %+v, %v", pong, err)
	}
	for _, do := range []func(context.Context, ipmb.NetFn, uint8, ...byte) ([]byte, error){c.Do, c.DoPlus} {
		if got, err := do(limited(t), ipmb.NetFnApp, getDeviceID); err != nil || string(got) != string(deviceID) {
			t.Errorf("%x, %v", got, err)
		}
		if err := c.Send((&rmcp.Packet15{Message: []byte{1}}).AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Quiet(limited(t)); err != nil {
		t.Error(err)
	}
	if err := c.Send(rmcp.Ping{Tag: 7}.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
	if err := c.Quiet(limited(t)); !errors.Is(err, console.ErrUnexpected) {
		t.Errorf("Quiet does not notice a pong for another tag: %v", err)
	}
}
