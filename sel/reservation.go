package sel

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// reservation is the one reservation that a log can have out. [IPMI 2.0 §31.4]
type reservation struct {
	last  uint16 // most recently given, never 0000h
	valid bool
	any   bool // every ID is taken for it
}

// partial is an entry that is being added in parts. It is invisible until its last part. [IPMI 2.0 §31.7]
type partial struct {
	open bool
	id   RecordID
	n    int // bytes of entry that are there
	data Entry
}

// erase is the present or most recent Clear. [IPMI 2.0 §31.9]
type erase struct {
	until       time.Time // zero: none was initiated
	reservation uint16    // with which it was initiated, good for asking how far it is
}

// Reserve gives out a reservation ID and cancels the one before. [IPMI 2.0 §31.4]
func (l *Log) Reserve() (uint16, error) {
	if l.Erasing() {
		return 0, EraseInProgress
	}
	l.cancel()
	l.reservation.last++
	if l.reservation.last == 0 {
		l.reservation.last = 1
	}
	l.reservation.valid = true
	return l.reservation.last, nil
}

// Reset forgets what a reset of the SEL device forgets: the reservation and an incomplete entry. [IPMI 2.0 §31.4.2]
func (l *Log) Reset() { l.cancel() }

// CancelReservation cancels the reservation.
func (l *Log) CancelReservation() { l.cancel() }

// AnyReservation makes the log take every reservation ID for the right one, as firmware does that does not check, or look
// at them again.
func (l *Log) AnyReservation(on bool) { l.reservation.any = on }

// cancel drops the reservation and with it an entry that is not complete.
func (l *Log) cancel() {
	l.reservation.valid = false
	l.partial = partial{}
}

// checkReservation is nil for the reservation that is out, and for 0000h where reserving is not supported or not
// needed. [IPMI 2.0 §31.4.1]
func (l *Log) checkReservation(id uint16) error {
	if l.cfg.AnyReservation || l.reservation.any || l.reservation.valid && id == l.reservation.last {
		return nil
	}
	if id == 0 && (l.cfg.ZeroReservation || l.cfg.Operations&SupportsReserve == 0) {
		return nil
	}
	return ipmb.ReservationCanceled
}

// PartialAdd adds part of an entry. The first part has ID 0 and offset 0 and begins anew; each further one names the ID
// that the first returned and continues where the one before ended, else C9h, without harm to what was sent before. With
// the last part the entry is dated and becomes visible, or is rejected with LengthMismatch or TypeNotSupported, both 80h.
// [IPMI 2.0 §31.7]
func (l *Log) PartialAdd(reservation uint16, id RecordID, offset uint8, last bool, data []byte) (RecordID, error) {
	id, entry, err := l.Collect(reservation, id, offset, last, data)
	if err != nil || entry == nil {
		return id, err
	}
	return l.Add(*entry)
}

// Collect takes a part of an entry as PartialAdd does, and returns the entry with its last part instead of adding it.
func (l *Log) Collect(reservation uint16, id RecordID, offset uint8, last bool, data []byte) (RecordID, *Entry, error) {
	if l.Erasing() {
		return 0, nil, EraseInProgress
	}
	if err := l.checkReservation(reservation); err != nil {
		return 0, nil, err
	}
	p := &l.partial
	switch {
	case id == 0 && offset == 0:
		first, err := l.freeID()
		if err != nil {
			return 0, nil, err
		}
		*p = partial{open: true, id: first}
	case !p.open || id != p.id || int(offset) != p.n:
		return 0, nil, ipmb.ParameterOutOfRange
	}
	if p.n+len(data) > EntryLen {
		*p = partial{}
		return 0, nil, LengthMismatch
	}
	p.n += copy(p.data[p.n:], data)
	if !last {
		return p.id, nil, nil
	}
	done := *p
	*p = partial{}
	if done.n != EntryLen {
		return 0, nil, LengthMismatch
	}
	return done.id, &done.data, nil
}

// Erasing reports whether a Clear is in progress.
func (l *Log) Erasing() bool {
	return !l.erase.until.IsZero() && l.cfg.Now().Before(l.erase.until)
}

// Clear begins to erase all entries. They are gone at once; the erase lasts for the configured time. The last processed
// event IDs, which belong to platform event filtering, are the caller's to reset. The same request again while the erase
// lasts, which a retry on a lossy network is, changes nothing. [IPMI 2.0 §31.9]
func (l *Log) Clear(reservation uint16) error {
	if l.Erasing() && reservation == l.erase.reservation {
		return nil
	}
	if err := l.checkReservation(reservation); err != nil {
		return err
	}
	l.entries, l.cursor, l.lastID = nil, 0, 0
	l.overflow = false
	l.revision++
	l.lastErase = l.cfg.Clock.Time()
	l.cancel()
	l.erase = erase{until: l.cfg.Now().Add(l.cfg.EraseTime), reservation: reservation}
	return nil
}

// EraseDone answers the erasure status request of Clear SEL. The reservation that began the erase, which the erase itself
// cancelled, is good for asking until another is given out. [IPMI 2.0 §31.9]
func (l *Log) EraseDone(reservation uint16) (bool, error) {
	began := !l.erase.until.IsZero() && reservation == l.erase.reservation && !l.reservation.valid
	if err := l.checkReservation(reservation); err != nil && !began {
		return false, err
	}
	return !l.Erasing(), nil
}
