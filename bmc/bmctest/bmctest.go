// Package bmctest puts a machine into a Go test, in one call:
//
//	srv := bmctest.Run(t)                     // on a loopback port, for any client
//	srv, c := bmctest.Pipe(t)                 // on a network in memory, with a console; fit for testing/synctest
//	s := srv.Login(c, "admin", "password")
//
// The machine stops when the test ends, and the test fails if one of its handlers panicked.
package bmctest

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TB is what a test must offer; *testing.T, *testing.B and *testing.F do.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Server is a machine that answers on one address.
type Server struct {
	Machine *bmc.Machine
	Addr    netip.AddrPort
	Network *Network // nil: Addr is a real UDP address

	t TB
}

// Option changes the machine.
type Option func(*setup)

type setup struct {
	profile string
	yaml    string
	edits   []func(*profiles.Profile)
	options []bmc.Option
	channel uint8
}

// Profile takes another profile than generic: one that is built in, or a file.
func Profile(nameOrPath string) Option { return func(s *setup) { s.profile = nameOrPath } }

// YAML takes a profile from its text.
func YAML(text string) Option { return func(s *setup) { s.yaml = text } }

// Edit changes the profile before the machine is built from it.
func Edit(f func(*profiles.Profile)) Option {
	return func(s *setup) { s.edits = append(s.edits, f) }
}

// Machine passes options on to bmc.New.
func Machine(opts ...bmc.Option) Option {
	return func(s *setup) { s.options = append(s.options, opts...) }
}

// Store lets the machine keep its state in s, and start with what is in it.
func Store(s bmc.Store) Option { return Machine(bmc.WithStore(s)) }

// Channel is the LAN channel that the address is; 1 without it.
func Channel(number uint8) Option { return func(s *setup) { s.channel = number } }

// New builds a machine that no network reaches: for its Go API and the system interface.
func New(t TB, opts ...Option) *bmc.Machine {
	t.Helper()
	m, _ := build(t, opts)
	return m
}

// Run serves a machine on a free port of the loopback address.
func Run(t TB, opts ...Option) *Server {
	t.Helper()
	m, s := build(t, opts)
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatalf("bmctest: %v", err)
	}
	serve(t, m, conn, s.channel)
	return &Server{Machine: m, Addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), t: t}
}

// Pipe serves a machine on a network in memory, and puts a console on that network.
func Pipe(t TB, opts ...Option) (*Server, *console.Console) {
	t.Helper()
	m, s := build(t, opts)
	n := NewNetwork()
	conn, err := n.Listen(netip.MustParseAddrPort("192.0.2.1:623"))
	if err != nil {
		t.Fatalf("bmctest: %v", err)
	}
	serve(t, m, conn, s.channel)
	srv := &Server{Machine: m, Addr: netip.MustParseAddrPort(conn.LocalAddr().String()), Network: n, t: t}
	return srv, srv.Console()
}

// load reads the profile that the options name.
func (s *setup) load() (*profiles.Profile, error) {
	if s.yaml != "" {
		return profiles.Parse("bmctest.YAML", []byte(s.yaml))
	}
	return profiles.Load(s.profile)
}

// Ask sends a request over the system interface, written as `ipmitool raw` has it but without 0x: NetFn, command and data
// in hexadecimal. It returns completion code and data.
func Ask(t TB, m *bmc.Machine, request string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(request), ""))
	if err != nil || len(b) < 2 {
		t.Fatalf("bmctest: %q is no request: NetFn, command and data in hexadecimal", request)
	}
	r, err := m.RequestResponse(context.Background(), bmc.SystemRequest{
		NetworkFunction: b[0], Command: b[1], RequestData: b[2:], RequestDataSize: uint32(len(b) - 2),
	})
	if err != nil {
		t.Fatalf("bmctest: %q: %v", request, err)
	}
	return r.ResponseData
}

func build(t TB, opts []Option) (*bmc.Machine, *setup) {
	t.Helper()
	s := &setup{profile: "generic", channel: 1}
	for _, opt := range opts {
		opt(s)
	}
	p, err := s.load()
	if err != nil {
		t.Fatalf("bmctest: %v", err)
	}
	for _, edit := range s.edits {
		edit(p)
	}
	m, err := bmc.New(p, append([]bmc.Option{bmc.WithVendors(oem.Vendors()...)}, s.options...)...)
	if err != nil {
		t.Fatalf("bmctest: %v", err)
	}
	t.Cleanup(func() {
		reportFaults(t, m)
		m.Close()
		if n := m.HandlerPanics(); n > 0 {
			t.Errorf("bmctest: %d handlers panicked", n)
		}
	})
	return m, s
}

// reportFaults tells of fault rules that never matched: what they should have shown was not shown. A rule of a quirk may
// be for clients that the test does not have.
func reportFaults(t TB, m *bmc.Machine) {
	log, ok := t.(interface {
		Logf(format string, args ...any)
	})
	for _, c := range m.FaultCounts() {
		if c.Matches == 0 && ok {
			log.Logf("bmctest: fault rule %q never matched", c.Rule)
		}
	}
}

// serve runs a server until the test ends.
func serve(t TB, m *bmc.Machine, conn net.PacketConn, channel uint8) {
	t.Helper()
	srv, err := rmcp.NewServer(conn, m.Sessions(), rmcp.ServerOptions{Channel: channel})
	if err != nil {
		t.Fatalf("bmctest: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve() }()
	t.Cleanup(func() {
		srv.Close()
		if err := <-done; err != nil {
			t.Errorf("bmctest: the server ended: %v", err)
		}
	})
}

// consoleTimeout is how long a console waits for one answer. It only passes in full where a BMC stays silent.
const consoleTimeout = 5 * time.Second

// Console puts another console on the server's network.
func (s *Server) Console() *console.Console {
	s.t.Helper()
	opt := console.Options{Timeout: consoleTimeout}
	if s.Network == nil {
		c, err := console.Dial(s.Addr.String(), opt)
		if err != nil {
			s.t.Fatalf("bmctest: %v", err)
		}
		s.t.Cleanup(func() { c.Close() })
		return c
	}
	conn, err := s.Network.Listen(netip.MustParseAddrPort("192.0.2.100:0"))
	if err != nil {
		s.t.Fatalf("bmctest: %v", err)
	}
	c := console.NewPacket(conn, net.UDPAddrFromAddrPort(s.Addr), opt)
	s.t.Cleanup(func() { c.Close() })
	return c
}

// Login opens an RMCP+ session with cipher suite 17 and raises it to the most that the user may have.
func (s *Server) Login(c *console.Console, user, password string) *console.Session {
	s.t.Helper()
	suite, _ := rmcp.SuiteByID(17)
	return s.LoginWith(c, console.Login20{User: user, Password: password, Suite: suite})
}

// LoginWith opens an RMCP+ session and raises it to the most that it may have.
func (s *Server) LoginWith(c *console.Console, l console.Login20) *console.Session {
	s.t.Helper()
	ctx := context.Background()
	l.NoRaise = true
	session, err := c.Open20(ctx, l)
	if err != nil {
		s.t.Fatalf("bmctest: log in as %q with %v: %v", l.User, l.Suite, err)
	}
	for level := session.MaxPrivilege(); ; level-- { // RMCP+ does not tell what user and channel allow
		err := session.SetPrivilege(ctx, level)
		if err == nil {
			return session
		}
		if !errors.Is(err, levelExceeds) || level <= ipmb.PrivilegeUser {
			s.t.Fatalf("bmctest: raise the session of %q to %v: %v", l.User, level, err)
			return session
		}
	}
}

// levelExceeds is Set Session Privilege Level's "requested level exceeds channel and/or user privilege limit".
// [IPMI 2.0 §22.18]
const levelExceeds ipmb.CompletionCode = 0x81
