package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/vmserial"
)

// vmAddress is the flag that says where the virtual machine is whose system interface is this machine's: tcp:HOST:PORT
// or unix:PATH to listen for it, the same after connect: to connect to it.
type vmAddress struct {
	text          string
	connect       bool
	network, addr string // empty: no virtual machine
}

const noVM = "none"

func (a *vmAddress) String() string { return a.text }
func (a *vmAddress) Type() string   { return "ADDRESS" }

// Set checks the form.
func (a *vmAddress) Set(text string) error {
	v := vmAddress{text: text}
	rest, connect := strings.CutPrefix(text, "connect:")
	v.connect = connect
	v.network, v.addr, _ = strings.Cut(rest, ":")
	switch {
	case text == noVM:
		v.network, v.addr = "", ""
	case v.network == "tcp":
		if err := checkAddress(v.addr); err != nil {
			return err
		}
	case v.network != "unix" || v.addr == "":
		return errors.New("expected none, tcp:HOST:PORT or unix:PATH, the last two with connect: before them or not")
	}
	*a = v
	return nil
}

// some reports whether there is a virtual machine at all.
func (a *vmAddress) some() bool { return a.network != "" }

// openVM opens the socket that virtual machines connect to, if they do.
func (d *daemon) openVM() error {
	a := &d.flags.vm
	if !a.some() || a.connect {
		return nil
	}
	var err error
	if a.network == "unix" {
		removeStale(a.addr)
		if d.vms, err = net.Listen("unix", a.addr); err != nil {
			return fmt.Errorf("cannot listen on %s: %w; choose another path with --system-interface unix:PATH", a.addr, err)
		}
		return nil
	}
	if d.vms, err = net.Listen(family("tcp", a.addr), a.addr); err != nil {
		return explainListen("--system-interface", a.addr, err)
	}
	return nil
}

func (d *daemon) closeVM() {
	if d.vms != nil {
		d.vms.Close()
	}
}

// removeStale removes a socket that a process left behind that is no longer there: nobody accepts on it.
func removeStale(path string) {
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
	} else if errors.Is(err, syscall.ECONNREFUSED) {
		os.Remove(path)
	}
}

// linkVM puts the virtual machine behind m, and returns what takes it away.
func (d *daemon) linkVM(m *bmc.Machine) (unlink func()) {
	a := &d.flags.vm
	log := d.log.With().Str("system_interface", a.text).Logger()
	switch {
	case !a.some():
		return func() {}
	case a.connect:
		return vmserial.Connect(m, func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, a.network, a.addr)
		}, log).Close
	}
	log.Info().Stringer("listen", d.vms.Addr()).Msg("listening for a virtual machine")
	return vmserial.Listen(m, d.vms, log).Close
}
