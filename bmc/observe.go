package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Observer sees every request that a machine answers. It is called under the machine's lock, from whatever goroutine
// brought the request: it must be quick, must not block, and must not call the machine. Several machines may share one.
type Observer interface {
	// Observe tells of one answered request: its row, nil when the table has none; the completion code; and how long
	// the machine took for it.
	Observe(cmd *Command, code ipmb.CompletionCode, took time.Duration)
}

// WithObserver lets o see every answered request. Without one, and without a log of exchanges, a request costs nothing
// more and no clock is read.
func WithObserver(o Observer) Option { return func(m *Machine) { m.observer = o } }

// dispatch answers a request, before the eyes of the observer and the log if there are any. The caller holds the lock.
func (m *Machine) dispatch(r *Request, out []byte) ([]byte, bool) {
	if m.observer == nil && !m.logsExchanges {
		return m.respond(r, out)
	}
	start, began := len(out), time.Now()
	out, ok := m.respond(r, out)
	if !ok || len(out) == start {
		return out, ok
	}
	cmd, code, took := m.table.Lookup(r.Op), ipmb.CompletionCode(out[start]), time.Since(began)
	if m.observer != nil {
		m.observer.Observe(cmd, code, took)
	}
	if m.logsExchanges {
		m.logExchange(r, cmd, code, took)
	}
	return out, true
}

// logExchange writes the one line of a request. Its data is not there: passwords and keys are data of requests.
func (m *Machine) logExchange(r *Request, cmd *Command, code ipmb.CompletionCode, took time.Duration) {
	name := "unknown"
	if cmd != nil {
		name = CommandID(cmd.Name)
	}
	e := m.log.Debug().Str("cmd", name).Stringer("op", r.Op).Stringer("cc", code).Dur("dur", took).Uint8("channel", r.Channel)
	if r.LAN != nil {
		e = e.Stringer("peer", r.LAN.Peer)
	}
	if r.Session != nil {
		e = e.Uint32("session", r.Session.ID()).Str("user", r.Session.UserName())
	}
	e.Msg("request answered")
}
