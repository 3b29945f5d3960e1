package main

import (
	"bytes"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// opener plays the operating system: it refuses some addresses.
type opener struct {
	refuse map[string]error
	opened []string
	closed int
}

type openedConn struct {
	net.PacketConn
	o *opener
}

func (c openedConn) Close() error { c.o.closed++; return nil }

func (o *opener) listen(network, addr string) (net.PacketConn, error) {
	if err := o.refuse[addr]; err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: os.NewSyscallError("bind", err)}
	}
	o.opened = append(o.opened, network+" "+addr)
	return openedConn{o: o}, nil
}

func TestOpenUDP(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		list   []string
		refuse map[string]error
		opened []string
		moved  bool
		err    string // part of the error
	}{
		{name: "the default", opened: []string{"udp4 127.0.0.1:623"}},
		{name: "port 623 may not be opened", refuse: map[string]error{"127.0.0.1:623": syscall.EACCES},
			opened: []string{"udp4 127.0.0.1:6230"}, moved: true},
		{name: "port 623 is in use: the fallback is for what may not be", refuse: map[string]error{"127.0.0.1:623": syscall.EADDRINUSE},
			err: "cannot listen on 127.0.0.1:623: the port is in use; stop the program that has it, or choose another with --listen"},
		{name: "the fallback is in use", refuse: map[string]error{"127.0.0.1:623": syscall.EACCES, "127.0.0.1:6230": syscall.EADDRINUSE},
			err: "cannot listen on 127.0.0.1:6230: the port is in use"},
		{name: "port 623 was asked for", list: []string{"127.0.0.1:623"}, refuse: map[string]error{"127.0.0.1:623": syscall.EACCES},
			err: "cannot listen on 127.0.0.1:623: ports below 1024 need root or the capability NET_BIND_SERVICE; choose another with --listen 127.0.0.1:623"},
		{name: "families", list: []string{"0.0.0.0:1", "[::]:1", "[::1]:1", ":1", "localhost:1"},
			opened: []string{"udp4 0.0.0.0:1", "udp [::]:1", "udp6 [::1]:1", "udp :1", "udp localhost:1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := &opener{refuse: test.refuse}
			conns, moved, err := openUDP(test.list, o.listen)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("got error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(o.opened, test.opened) || moved != test.moved || len(conns) != len(test.opened) {
				t.Errorf("got %q moved %v, want %q moved %v", o.opened, moved, test.opened, test.moved)
			}
		})
	}
}

func TestOpenUDPAllOrNone(t *testing.T) {
	t.Parallel()
	o := &opener{refuse: map[string]error{"127.0.0.1:3": syscall.EADDRINUSE}}
	_, _, err := openUDP([]string{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"}, o.listen)
	if err == nil {
		t.Fatal("no error")
	}
	if o.closed != 2 {
		t.Errorf("closed %d of the 2 that were open", o.closed)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"admin": "admin", "": "''", "two words": "'two words'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "a-b_c.d": "a-b_c.d",
	} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}

// Variables that the orchestrators set for a service called fakebmc, and those that only look alike.
func TestOrchestratorVariables(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"FAKEBMC_SERVICE_HOST":        true,
		"FAKEBMC_SERVICE_PORT":        true,
		"FAKEBMC_SERVICE_PORT_IPMI":   true,
		"FAKEBMC_PORT":                true,
		"FAKEBMC_PORT_623_UDP":        true,
		"FAKEBMC_PORT_623_UDP_ADDR":   true,
		"FAKEBMC_PORT_8080_TCP_PROTO": true,
		"FAKEBMC_LAB_SERVICE_HOST":    true,
		"FAKEBMC_LISTEN":              false,
		"FAKEBMC_PORTS":               false,
		"FAKEBMC_LISTEN_ADDR":         false,
	} {
		if got := orchestrator.MatchString(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// A socket that breaks while serving ends fakebmc with status 1: nobody's mistake.
func TestBrokenSocket(t *testing.T) {
	t.Parallel()
	var out, log bytes.Buffer
	status := run([]string{"--listen", "127.0.0.1:0"}, process{
		out: &out, err: &log,
		signals: func() <-chan os.Signal { return nil },
		listen: func(network, addr string) (net.PacketConn, error) {
			conn, err := net.ListenPacket(network, addr)
			if err == nil {
				conn.Close()
			}
			return conn, err
		},
	})
	if status != exitFailed || !strings.Contains(log.String(), "fakebmc: a socket broke: ") {
		t.Errorf("got status %d, want %d: %s", status, exitFailed, log.String())
	}
}
