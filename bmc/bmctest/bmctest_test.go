package bmctest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/state"
	"github.com/fakebmc/fakebmc/ipmb"
)

func TestRunAnswersOnLoopback(t *testing.T) {
	t.Parallel()
	srv := bmctest.Run(t)
	s := srv.Login(srv.Console(), "admin", "password")
	id, err := s.Do(context.Background(), ipmb.GetDeviceID.NetFn, ipmb.GetDeviceID.Cmd)
	if err != nil || len(id) != 15 || id[0] != 0x20 {
		t.Fatalf("Get Device ID: % x, %v", id, err)
	}
	if !srv.Addr.Addr().IsLoopback() {
		t.Errorf("listens on %s", srv.Addr)
	}
}

func TestPipeRunsInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		s := srv.Login(c, "admin", "password")
		begin := time.Now()
		time.Sleep(61 * time.Second)
		if _, err := s.Do(context.Background(), ipmb.GetDeviceID.NetFn, ipmb.GetDeviceID.Cmd); err == nil {
			t.Error("a session that was idle for 61 s still answers")
		}
		if d := time.Since(begin); d < 61*time.Second || d > 90*time.Second {
			t.Errorf("took %v of virtual time", d)
		}
	})
}

func TestNetworkDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := bmctest.NewNetwork()
		addr := netip.MustParseAddrPort("192.0.2.1:623")
		conn, err := n.Listen(addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Listen(addr); err == nil {
			t.Error("one address was opened twice")
		}
		b := make([]byte, 4)
		conn.SetReadDeadline(time.Now().Add(time.Second))
		begin := time.Now()
		if _, _, err := conn.ReadFrom(b); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("read ended after %v: %v", time.Since(begin), err)
		}
		conn.SetReadDeadline(time.Time{})
		other, err := n.Listen(netip.MustParseAddrPort("192.0.2.2:0"))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if _, err := other.WriteTo([]byte("hello"), net.UDPAddrFromAddrPort(addr)); err != nil {
			t.Fatal(err)
		}
		k, from, err := conn.ReadFrom(b)
		if err != nil || string(b[:k]) != "hell" || from.String() != other.LocalAddr().String() {
			t.Errorf("read %q from %v, %v", b[:k], from, err)
		}
		go func() {
			time.Sleep(time.Second)
			conn.Close()
		}()
		if _, _, err := conn.ReadFrom(b); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read from a closed socket: %v", err)
		}
	})
}

// TestListenVM is a host's first words and Get Device ID. [IPMI 2.0 §20.1]
func TestListenVM(t *testing.T) {
	t.Parallel()
	srv := bmctest.Run(t)
	conn, err := net.Dial("tcp", srv.ListenVM().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte{0xff, 0x01, 0xa1, 0x08, 0x3f, 0xa1, 0x01, 0x18, 0x01, 0xe6, 0xa0}); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for {
		answer, err := in.ReadBytes(0xa0)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(answer, []byte{0x01, 0x1c, 0x01, 0x00, 0x20}); i >= 0 {
			return
		}
	}
}

// A machine keeps its state in a store, and its successor starts with it.
func TestStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(t *testing.T, want string, set []byte) {
		s, err := state.Open(dir, state.Identity{Profile: "generic"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() }) // after the machine, which is built later
		srv, c := bmctest.Pipe(t, bmctest.Store(s))
		session := srv.Login(c, "admin", "password")
		name, err := session.Do(t.Context(), ipmb.NetFnApp, ipmb.GetUserName.Cmd, 5)
		if err != nil || string(bytes.TrimRight(name, "\x00")) != want {
			t.Errorf("user 5 is %q, %v, want %q", name, err, want)
		}
		if _, err := session.Do(t.Context(), ipmb.NetFnApp, ipmb.SetUserName.Cmd, set...); err != nil {
			t.Error(err)
		}
	}
	alice := append([]byte{5, 'a', 'l', 'i', 'c', 'e'}, make([]byte, 11)...)
	t.Run("first", func(t *testing.T) { run(t, "", alice) })
	t.Run("second", func(t *testing.T) { run(t, "alice", alice) })
}
