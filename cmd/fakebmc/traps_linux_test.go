package main

import (
	"net"
	"testing"
	"time"
)

// TestSendTrap sends a datagram from one loopback address to another. Only Linux has all of 127.0.0.0/8 from the start.
func TestSendTrap(t *testing.T) {
	t.Parallel()
	receiver, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	d := &daemon{flags: &serveFlags{listen: addresses{list: []string{"127.0.0.3:6230"}}}}
	if err := d.sendTrap(receiver.LocalAddr().(*net.UDPAddr).AddrPort(), []byte("trap")); err != nil {
		t.Fatal(err)
	}
	receiver.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 10)
	n, from, err := receiver.ReadFrom(b)
	if err != nil || string(b[:n]) != "trap" || !from.(*net.UDPAddr).IP.Equal(net.IPv4(127, 0, 0, 3)) {
		t.Errorf("%q from %v, %v", b[:n], from, err)
	}
}
