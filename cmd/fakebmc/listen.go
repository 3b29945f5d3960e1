package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Where a machine listens when nobody says otherwise. 623 is IPMI's port [IPMI 2.0 §13.1.2], and below the ports that
// everybody may open.
const (
	defaultListen  = "127.0.0.1:623"
	fallbackListen = "127.0.0.1:6230"
)

// addresses is a flag that takes ADDR:PORT, more than once or with commas between.
type addresses struct{ list []string }

func (a *addresses) String() string { return strings.Join(a.list, ",") }
func (a *addresses) Type() string   { return "ADDR:PORT" }

// Set adds to the list.
func (a *addresses) Set(s string) error {
	for _, one := range strings.Split(s, ",") {
		one = strings.TrimSpace(one)
		if err := checkAddress(one); err != nil {
			return err
		}
		if slices.Contains(a.list, one) && !strings.HasSuffix(one, ":0") {
			return fmt.Errorf("%s is there twice", one)
		}
		a.list = append(a.list, one)
	}
	return nil
}

// address is a flag that takes one ADDR:PORT.
type address string

func (a *address) String() string { return string(*a) }
func (a *address) Type() string   { return "ADDR:PORT" }

// Set checks the address's form.
func (a *address) Set(s string) error {
	if err := checkAddress(s); err != nil {
		return err
	}
	*a = address(s)
	return nil
}

// checkAddress says what is wrong with the form of an address. Whether there is such an address shows when it is opened.
func checkAddress(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		if _, numeric := strconv.ParseUint(s, 10, 16); numeric == nil {
			return fmt.Errorf("expected ADDR:PORT; write 127.0.0.1:%s, or :%s for all addresses", s, s)
		}
		if ip, notIP := netip.ParseAddr(s); notIP == nil {
			return fmt.Errorf("expected ADDR:PORT; the port is missing, write %s", netip.AddrPortFrom(ip, 623))
		}
		return errors.New("expected ADDR:PORT, for example 127.0.0.1:6230, [::1]:6230, or :6230 for all addresses")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("port %q is not a number from 0 to 65535", port)
	}
	if strings.ContainsAny(host, " /") {
		return fmt.Errorf("%q is neither an address nor a name of this computer", host)
	}
	return nil
}

// family is the network of an address: the family of a written address, both for a name or none.
func family(network, addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return network
	case ip.Is4():
		return network + "4"
	case ip.IsUnspecified():
		return network // [::] is IPv4 as well, as it is for other programs
	}
	return network + "6"
}

// listenFunc is net.ListenPacket.
type listenFunc func(network, addr string) (net.PacketConn, error)

// openUDP opens the sockets, all or none. Without addresses it opens the default one, or the fallback when this
// process may not; moved reports the latter.
func openUDP(list []string, listen listenFunc) (conns []net.PacketConn, moved bool, err error) {
	wanted := list
	if len(list) == 0 {
		wanted = []string{defaultListen}
	}
	for _, addr := range wanted {
		conn, err := listen(family("udp", addr), addr)
		if err != nil && len(list) == 0 && errors.Is(err, syscall.EACCES) {
			moved, addr = true, fallbackListen
			conn, err = listen("udp4", addr)
		}
		if err != nil {
			closeAll(conns)
			return nil, false, explainListen("--listen", addr, err)
		}
		conns = append(conns, conn)
	}
	return conns, moved, nil
}

func closeAll(conns []net.PacketConn) {
	for _, c := range conns {
		c.Close()
	}
}

// openTCP opens the HTTP port.
func openTCP(addr string) (net.Listener, error) {
	l, err := net.Listen(family("tcp", addr), addr)
	if err != nil {
		return nil, explainListen("--http", addr, err)
	}
	return l, nil
}

// explainListen says why an address could not be opened, and what to do.
func explainListen(flag, addr string, err error) error {
	instead := "127.0.0.1:6231"
	switch flag {
	case "--http":
		instead = "127.0.0.1:8080"
	case "--system-interface":
		instead = "tcp:127.0.0.1:9002"
	}
	host, _, _ := net.SplitHostPort(addr)
	switch {
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("cannot listen on %s: ports below 1024 need root or the capability NET_BIND_SERVICE; choose another with %s %s", addr, flag, instead)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("cannot listen on %s: the port is in use; stop the program that has it, or choose another with %s %s", addr, flag, instead)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("cannot listen on %s: this computer does not have the address %s; see `ip address`, or choose another with %s %s", addr, host, flag, instead)
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return fmt.Errorf("cannot listen on %s: the name %q has no address here; choose an address with %s %s", addr, host, flag, instead)
	}
	return fmt.Errorf("cannot listen on %s: %w; choose another with %s %s", addr, err, flag, instead)
}
