package bmc

import "github.com/fakebmc/fakebmc/sel"

// Bits of the BMC global enables. [IPMI 2.0 §22.1]
const (
	enableEventBuffer = 1 << 2
	enableLogging     = 1 << 3
)

// messaging is what waits for the system's software. [IPMI 2.0 §22.1-§22.8]
type messaging struct {
	enables uint8 // BMC global enables
	buffer  sel.Entry
	full    bool // the event message buffer holds an event that nobody read
}

// newMessaging has logging on and all else off. [IPMI 2.0 §22.1]
func newMessaging() messaging { return messaging{enables: enableLogging} }

// logs reports whether events are logged.
func (q *messaging) logs() bool { return q.enables&enableLogging != 0 }

// bufferEvent puts an event into the event message buffer, unless one is there that nobody read. [IPMI 2.0 §17.5, §22.8]
func (m *Machine) bufferEvent(entry sel.Entry) {
	if q := &m.messaging; q.enables&enableEventBuffer != 0 && !q.full {
		q.buffer, q.full = entry, true
	}
}
