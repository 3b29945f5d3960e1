package bmc_test

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// direct is a wire without a network: what a console writes is handled at once, and the answers wait to be read.
type direct struct {
	table   *rmcp.Table
	from    rmcp.Arrival
	answers [][]byte
}

var _ net.Conn = (*direct)(nil)

func newDirect(m *bmc.Machine) *direct {
	d := &direct{table: m.Sessions()}
	d.from = rmcp.Arrival{Wire: d, Channel: 1, Peer: netip.MustParseAddrPort("192.0.2.100:50000"), Local: netip.MustParseAddrPort("192.0.2.1:623")}
	return d
}

func (d *direct) WriteDatagram(b []byte, _, _ netip.AddrPort) {
	d.answers = append(d.answers, append([]byte(nil), b...))
}

func (d *direct) Write(b []byte) (int, error) {
	if out := d.table.Handle(append([]byte(nil), b...), &d.from, nil); len(out) > 0 {
		d.answers = append(d.answers, out)
	}
	return len(b), nil
}

func (d *direct) Read(b []byte) (int, error) {
	if len(d.answers) == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(b, d.answers[0])
	d.answers = d.answers[1:]
	return n, nil
}

func (d *direct) Close() error                     { return nil }
func (d *direct) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(d.from.Peer) }
func (d *direct) RemoteAddr() net.Addr             { return net.UDPAddrFromAddrPort(d.from.Local) }
func (d *direct) SetDeadline(time.Time) error      { return nil }
func (d *direct) SetReadDeadline(time.Time) error  { return nil }
func (d *direct) SetWriteDeadline(time.Time) error { return nil }

// FuzzRequests sends requests in a row, over an administrator's session and over the system interface. Each is two
// bytes of network function and command, a byte that has the road in bit 7 and the number of data bytes, and the data.
// No handler may panic, and the machine still answers in the end.
func FuzzRequests(f *testing.F) {
	p, err := profiles.Load("generic")
	if err != nil {
		f.Fatal(err)
	}
	table := bmc.StandardTable()
	for _, row := range table.Rows() {
		ext := row.Op.AppendExtension(nil)
		for _, n := range []int{0, 1, 2, 4, 6, 17} {
			data := append(append([]byte(nil), ext...), make([]byte, n)...)
			f.Add(append([]byte{byte(row.Op.NetFn), row.Op.Cmd, byte(len(data))}, data...))
		}
	}
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, script []byte) {
		m, err := bmc.New(p, bmc.WithSeed(1))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		c := console.New(newDirect(m), console.Options{Timeout: time.Nanosecond})
		s, err := c.Open20(ctx, console.Login20{User: "admin", Password: "password", Suite: suite(3)})
		if err != nil {
			t.Fatal(err)
		}
		for len(script) >= 3 {
			netFn, cmd, n := ipmb.NetFn(script[0]&0x3e), script[1], min(int(script[2]&0x7f), len(script)-3)
			data := script[3 : 3+n]
			if script[2]&0x80 == 0 {
				s.SendMessage(ipmb.Message{To: ipmb.AddrBMC, NetFn: netFn, ToLUN: ipmb.LUN(script[0] >> 6 & 3), From: ipmb.AddrRemoteConsole, Cmd: cmd, Data: data})
			} else if _, err := m.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(netFn), Command: cmd, RequestData: data, RequestDataSize: uint32(n)}); err != nil {
				t.Fatalf("%02xh/%02xh % x: %v", netFn, cmd, data, err)
			}
			script = script[3+n:]
		}
		if n := m.HandlerPanics(); n > 0 {
			t.Fatalf("%d handlers panicked", n)
		}
		if resp, err := m.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: 6, Command: 1}); err != nil || resp.CompletionCode != 0 && resp.CompletionCode != 0xc3 && resp.CompletionCode != 0xd4 {
			t.Fatalf("Get Device ID in the end: %+v, %v", resp, err)
		}
	})
}

// FuzzDCMI sends DCMI requests in a row over the system interface: the command, the number of data bytes, and the data
// behind the group extension, which is always there, so that each request reaches its handler.
func FuzzDCMI(f *testing.F) {
	p, err := profiles.Load("generic")
	if err != nil {
		f.Fatal(err)
	}
	for _, row := range bmc.StandardTable().Rows() {
		if row.Op.Body != ipmb.BodyDCMI {
			continue
		}
		for _, data := range [][]byte{nil, {1}, {1, 0}, {1, 0, 0}, {0, 0, 0, 0}, {1, 0x40, 0, 0}, {0, 16, 'a', 'b', 'c', 0},
			{0, 0, 0, 1, 0x2c, 1, 0xe8, 3, 0, 0, 0, 0, 0, 30, 0}, {0x37, 1, 0x40, 60, 5, 0}, bytes.Repeat([]byte{0xff}, 20)} {
			f.Add(append([]byte{row.Op.Cmd, byte(len(data))}, data...))
		}
	}
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, script []byte) {
		m, err := bmc.New(p, bmc.WithSeed(1))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for len(script) >= 2 {
			n := min(int(script[1]&0x3f), len(script)-2)
			data := append([]byte{ipmb.BodyDCMI}, script[2:2+n]...)
			r, err := m.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(ipmb.NetFnGroup), Command: script[0], RequestData: data, RequestDataSize: uint32(len(data))})
			switch {
			case err != nil:
				t.Fatalf("%02xh % x: %v", script[0], data, err)
			case len(r.ResponseData) < 2 || r.ResponseData[1] != ipmb.BodyDCMI:
				t.Fatalf("%02xh % x answered % x", script[0], data, r.ResponseData)
			}
			script = script[2+n:]
		}
		if n := m.HandlerPanics(); n > 0 {
			t.Fatalf("%d handlers panicked", n)
		}
	})
}

// FuzzSOL sends SOL packets in a row to an active instance: auxiliary data of the activation, then for each packet the
// number of its bytes and the bytes. The machine must neither panic nor send without end.
func FuzzSOL(f *testing.F) {
	p, err := profiles.Load("generic")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0xc0, 9, 1, 0, 0, 0, 'h', 'e', 'l', 'p', '\r', 4, 0, 1, 5, 0})
	f.Add([]byte{0xe0, 4, 1, 0, 0, 0x3e, 4, 0, 1, 0, 0x40, 4, 0, 1, 0, 0})
	f.Add([]byte{0xc2, 12, 2, 0, 0, 0, 'r', 'e', 'b', 'o', 'o', 't', '\r', 1, 5, 3, 0, 0, 0, 'x'})
	f.Add([]byte{0x00, 5, 15, 15, 255, 0x7f, 3})
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) == 0 {
			return
		}
		m, err := bmc.New(p, bmc.WithSeed(1))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		wire := newDirect(m)
		s, err := console.New(wire, console.Options{Timeout: time.Nanosecond}).Open20(ctx, console.Login20{User: "admin", Password: "password", Suite: suite(3)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Do(ctx, ipmb.NetFnApp, ipmb.ActivatePayload.Cmd, 1, 1, script[0], 0, 0, 0); err != nil {
			return
		}
		for script = script[1:]; len(script) > 0; {
			n := min(int(script[0]), len(script)-1)
			wire.answers = nil
			if err := s.Send(console.Frame{Type: rmcp.PayloadSOL, Payload: script[1 : 1+n]}); err != nil {
				t.Fatal(err)
			}
			if len(wire.answers) > 64 {
				t.Fatalf("%d packets for one", len(wire.answers))
			}
			script = script[1+n:]
		}
		if n := m.HandlerPanics(); n > 0 {
			t.Fatalf("%d handlers panicked", n)
		}
	})
}
