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

// WithObserver lets o see every answered request. Without one, a request costs nothing more and no clock is read.
func WithObserver(o Observer) Option { return func(m *Machine) { m.observer = o } }

// dispatch answers a request, before the observer's eyes if there is one. The caller holds the lock.
func (m *Machine) dispatch(r *Request, out []byte) ([]byte, bool) {
	if m.observer == nil {
		return m.answer(r, out)
	}
	start, began := len(out), time.Now()
	out, ok := m.answer(r, out)
	if ok {
		m.observer.Observe(m.table.Lookup(r.Op), ipmb.CompletionCode(out[start]), time.Since(began))
	}
	return out, ok
}
