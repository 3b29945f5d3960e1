package main

import (
	"net"
	"strings"
	"testing"
)

// IPMI's own port needs no -p.
func TestGreetingOnPort623(t *testing.T) {
	t.Parallel()
	f := new(serveFlags)
	f.flagSet()
	d, err := newDaemon(f, newLog(new(strings.Builder), "off", "json"), func(_, addr string) (net.PacketConn, error) {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		return named(conn, addr), err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	const want = "try: ipmitool -I lanplus -H 127.0.0.1 -U admin -P password mc info"
	if got := d.greeting(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
