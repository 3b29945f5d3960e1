// Package vmserial is a machine's system interface on the wire: the protocol of QEMU's device ipmi-bmc-extern, with
// which a virtual machine's KCS, BT or SSIF interface reaches a BMC outside of it. [IPMI 2.0 §9-12]
//
// The protocol comes from OpenIPMI's simulator and QEMU's hw/ipmi/ipmi_bmc_extern.c; it has no document. It carries the
// host's requests and their answers, the interface's attention bit and interrupt, and what a chassis does to a host:
// power off, reset, NMI, graceful shutdown. It has no power on: a virtual machine that is connected is on, and one that
// goes away is off.
package vmserial

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
)

// Link is the hardware behind a machine: a virtual machine, while one is connected. One at a time can be.
type Link struct {
	machine   *bmc.Machine
	log       zerolog.Logger
	ctx       context.Context // done when the link closes
	cancel    context.CancelFunc
	running   sync.WaitGroup
	attention atomic.Pointer[bmc.Attention] // the signals as they are now; stored under the machine's lock
	wake      chan struct{}                 // one place: the signals changed

	mu   sync.Mutex // guards what follows
	peer *peer      // nil: no virtual machine is connected
}

// Times between attempts to connect or to accept. One that lasted is followed by a short one.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// Listen makes virtual machines that connect to l the hardware behind m, until Close. The host is off until one does.
// The listener stays the caller's, who closes it after the link.
func Listen(m *bmc.Machine, l net.Listener, log zerolog.Logger) *Link {
	k := newLink(m, log)
	k.running.Go(func() { k.listen(l) })
	return k
}

// Connect does the same with a virtual machine that listens: dial reaches it. It is called again, after a while, when it
// returned an error and when the connection ended.
func Connect(m *bmc.Machine, dial func(context.Context) (net.Conn, error), log zerolog.Logger) *Link {
	k := newLink(m, log)
	k.running.Go(func() { k.connect(dial) })
	return k
}

func newLink(m *bmc.Machine, log zerolog.Logger) *Link {
	k := &Link{machine: m, log: log, wake: make(chan struct{}, 1)}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	m.SetHost(hardware{k})
	m.HostPowered(false)
	m.OnAttention(func(a bmc.Attention) {
		k.attention.Store(&a)
		select {
		case k.wake <- struct{}{}:
		default:
		}
	})
	return k
}

// Close ends the connection and waits for everything that ran. The machine keeps its state, and has no hardware behind
// it any more. It may be called twice.
func (k *Link) Close() {
	k.cancel()
	k.mu.Lock()
	if k.peer != nil {
		k.peer.close()
	}
	k.mu.Unlock()
	k.running.Wait()
	k.machine.OnAttention(nil)
	k.machine.SetHost(nil)
}

// listen accepts virtual machines until the link closes. It does not wait for one to go, so that it can turn others
// away.
func (k *Link) listen(l net.Listener) {
	timed, _ := l.(interface{ SetDeadline(time.Time) error })
	stop := context.AfterFunc(k.ctx, func() {
		if timed == nil || timed.SetDeadline(time.Unix(1, 0)) != nil { // a deadline in the past ends Accept
			l.Close()
		}
	})
	defer stop()
	if timed != nil {
		_ = timed.SetDeadline(time.Time{}) // the link before this one may have left its own
	}
	for retry := firstRetry; ; {
		conn, err := l.Accept()
		switch {
		case k.ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return
		case err == nil:
			retry = firstRetry
			k.running.Go(func() { k.serve(conn) })
			continue
		}
		k.log.Error().Err(err).Dur("again_in", retry).Msg("no virtual machine can connect")
		k.pause(retry)
		retry = min(2*retry, lastRetry)
	}
}

// connect keeps a virtual machine connected until the link closes.
func (k *Link) connect(dial func(context.Context) (net.Conn, error)) {
	for retry := firstRetry; k.ctx.Err() == nil; retry = min(2*retry, lastRetry) {
		conn, err := dial(k.ctx)
		if err == nil {
			began := time.Now()
			k.serve(conn)
			if time.Since(began) > retry {
				retry = firstRetry
			}
		} else if k.ctx.Err() == nil {
			k.log.Warn().Err(err).Dur("again_in", retry).Msg("virtual machine not connected")
		}
		k.pause(retry)
	}
}

// pause waits, unless the link closes.
func (k *Link) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-k.ctx.Done():
	}
}

// serve is the life of one connection.
func (k *Link) serve(conn net.Conn) {
	log := k.log.With().Str("peer", name(conn)).Logger()
	p := newPeer(k, conn, log)
	if !k.take(p) {
		conn.Close()
		log.Warn().Msg("virtual machine turned away: another one is connected")
		return
	}
	log.Info().Msg("virtual machine connected")
	var writer sync.WaitGroup
	writer.Go(p.write)
	k.machine.HostPowered(true)
	err := p.read()
	p.close()
	writer.Wait()
	if k.ctx.Err() == nil { // else it is the link that goes
		k.machine.HostPowered(false)
	}
	k.mu.Lock()
	k.peer = nil
	k.mu.Unlock()
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		err = nil
	}
	log.Info().Err(err).Msg("virtual machine disconnected")
}

// take makes p the virtual machine, if there is none.
func (k *Link) take(p *peer) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.peer != nil || k.ctx.Err() != nil {
		return false
	}
	k.peer = p
	return true
}

// name is what the log calls the other end. A Unix socket's client has no address.
func name(conn net.Conn) string {
	if a := conn.RemoteAddr().String(); a != "" && a != "@" {
		return a
	}
	return conn.LocalAddr().String()
}
