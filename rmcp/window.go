package rmcp

// window15 is the inbound window of an IPMI v1.5 session: the highest sequence number accepted, and which of it and the
// eight below have been received. [IPMI 2.0 §6.12.8-6.12.11, App. A]
type window15 struct {
	highest  uint32
	received uint16 // bit n: highest-n has been received
}

// Distances that window15 accepts. §6.12.10 says to drop what is "eight or more" away, §6.12.11 and Appendix A accept
// up to eight; so does this.
const reach15 = 8

// newWindow15 starts at the initial inbound sequence number: it is still to come, the eight below count as received.
func newWindow15(initial uint32) window15 {
	return window15{highest: initial, received: (1<<(reach15+1) - 1) &^ 1}
}

// fits reports whether a packet with this number may be accepted.
func (w *window15) fits(seq uint32) bool {
	d := int32(seq - w.highest) // numbers wrap from FFFF_FFFFh to 0
	if d > 0 {
		return d <= reach15
	}
	return d >= -reach15 && w.received&(1<<uint(-d)) == 0
}

// accept marks a number that fits as received.
func (w *window15) accept(seq uint32) {
	if d := int32(seq - w.highest); d > 0 {
		w.highest, w.received = seq, w.received<<uint(d)|1
	} else {
		w.received |= 1 << uint(-d)
	}
}

// window20 is one of the two inbound windows, authenticated and unauthenticated packets, of an RMCP+ session. Its zero
// value is that of a new session: the first number is 1. [IPMI 2.0 §6.12.13, §6.12.14]
type window20 struct {
	highest uint32
	missing uint32 // bit n: highest-n-1 has not been received
}

// Distances that window20 accepts: 32 numbers with the highest itself.
const (
	ahead20  = 15
	behind20 = 16
)

// fits reports whether a packet with this number may be accepted. Zero is never valid in a session.
func (w *window20) fits(seq uint32) bool {
	d := int32(seq - w.highest)
	switch {
	case seq == 0 || d == 0:
		return false
	case d > 0:
		return d <= ahead20
	}
	return d >= -behind20 && w.missing&(1<<uint(-d-1)) != 0
}

// accept marks a number that fits as received. The numbers it leaps over are missing and may still come.
func (w *window20) accept(seq uint32) {
	if d := int32(seq - w.highest); d > 0 {
		w.missing = w.missing<<uint(d) | (1<<uint(d-1) - 1)
		w.highest = seq
	} else {
		w.missing &^= 1 << uint(-d-1)
	}
}

// nextSequence is the number that follows n in a session's outbound direction. Zero marks packets outside of sessions
// and is left out.
func nextSequence(n uint32) uint32 {
	if n++; n == 0 {
		n = 1
	}
	return n
}
