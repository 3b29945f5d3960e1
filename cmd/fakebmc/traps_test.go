package main

import (
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

func TestTrapSource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		list []string
		to   string
		want string
	}{
		{"all addresses", []string{":623"}, "192.0.2.1", ""},
		{"unspecified", []string{"0.0.0.0:623"}, "192.0.2.1", ""},
		{"its own", []string{"192.0.2.7:623"}, "198.51.100.1", "192.0.2.7:0"},
		{"loopback cannot send elsewhere", []string{"127.0.0.1:623"}, "192.0.2.1", ""},
		{"loopback to loopback", []string{"127.0.0.2:623"}, "127.0.0.1", "127.0.0.2:0"},
		{"the one of the family", []string{"192.0.2.7:623", "[2001:db8::7]:623"}, "2001:db8::1", "[2001:db8::7]:0"},
		{"none of the family", []string{"192.0.2.7:623"}, "2001:db8::1", ""},
		{"the first that can", []string{"127.0.0.1:623", "192.0.2.7:623", "192.0.2.8:623"}, "192.0.2.1", "192.0.2.7:0"},
		{"none", nil, "192.0.2.1", ""},
	} {
		got := ""
		if from := trapSource(test.list, netip.MustParseAddr(test.to)); from != nil {
			got = from.String()
		}
		if got != test.want {
			t.Errorf("%s: from %q, want %q", test.name, got, test.want)
		}
	}
}

// TestSendTrap sends a datagram from one loopback address to another.
func TestSendTrap(t *testing.T) {
	t.Parallel()
	receiver, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	d := &daemon{flags: &serveFlags{listen: addresses{list: []string{"127.0.0.3:6230"}}}}
	if err := d.sendTrap(receiver.LocalAddr().(*net.UDPAddr).AddrPort(), []byte("trap")); err != nil {
		if runtime.GOOS == "linux" {
			t.Fatal(err)
		}
		t.Skip("only Linux has all of 127.0.0.0/8 from the start: ", err)
	}
	receiver.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 10)
	n, from, err := receiver.ReadFrom(b)
	if err != nil || string(b[:n]) != "trap" || !from.(*net.UDPAddr).IP.Equal(net.IPv4(127, 0, 0, 3)) {
		t.Errorf("%q from %v, %v", b[:n], from, err)
	}
}
