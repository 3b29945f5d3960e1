package bmctest

import (
	"net"
	"net/netip"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc/vmserial"
)

// ListenVM makes a virtual machine that connects to the address it returns the host of the machine, until the test ends:
//
//	-chardev socket,id=bmc,host=…,port=…,reconnect=1 -device ipmi-bmc-extern,id=bmc0,chardev=bmc -device isa-ipmi-kcs,bmc=bmc0
//
// The host is off until one connects.
func (s *Server) ListenVM() netip.AddrPort {
	s.t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		s.t.Fatalf("bmctest: %v", err)
	}
	link := vmserial.Listen(s.Machine, l, zerolog.Nop())
	s.t.Cleanup(func() {
		link.Close()
		l.Close()
	})
	return l.Addr().(*net.TCPAddr).AddrPort()
}
