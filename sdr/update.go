package sdr

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// reservation is the one reservation that a repository can have out. [IPMI 2.0 §33.11]
type reservation struct {
	last  uint16 // most recently given, never 0000h
	valid bool
	any   bool // every ID is taken for it
}

// partial is a record that is being added in parts. It is invisible until its last part. [IPMI 2.0 §33.14]
type partial struct {
	open   bool
	id     RecordID
	record []byte
}

// erase is the present or most recent Clear. [IPMI 2.0 §33.16]
type erase struct {
	until       time.Time // zero: none was initiated
	reservation uint16    // with which it was initiated, good for asking how far it is
}

// Reserve gives out a reservation ID and cancels the one before. [IPMI 2.0 §33.11]
func (r *Repository) Reserve(by Requester) (uint16, error) {
	if r.updating {
		return 0, ipmb.SDRUpdateMode // reservations are not used in update mode [IPMI 2.0 §33.2.1]
	}
	if r.Erasing() {
		return 0, ipmb.NodeBusy
	}
	r.cancel()
	r.reservation.last++
	if r.reservation.last == 0 {
		r.reservation.last = 1
	}
	r.reservation.valid = true
	return r.reservation.last, nil
}

// CancelReservation cancels the reservation, as any real repository may at any time.
func (r *Repository) CancelReservation() { r.cancel() }

// AnyReservation makes the repository take every reservation ID for the right one, as firmware does that does not check, or
// look at them again.
func (r *Repository) AnyReservation(on bool) { r.reservation.any = on }

// Touch makes the repository look as if a record had just been added or changed: its most recent addition moves on by a
// second at least, and the reservation is canceled. [IPMI 2.0 §33.9, §33.11.2]
func (r *Repository) Touch() {
	r.lastAdd = max(r.lastAdd+1, r.cfg.Timestamp())
	r.cancel()
}

// TouchErasure makes the repository look as if it had just been erased: its most recent erasure moves on by a second at
// least. [IPMI 2.0 §33.9]
func (r *Repository) TouchErasure() {
	was := r.lastErase
	if was == Unspecified {
		was = 0
	}
	r.lastErase = max(was+1, r.cfg.Timestamp())
	r.revision++
}

// cancel drops the reservation and with it a record that is not complete.
func (r *Repository) cancel() {
	r.reservation.valid = false
	r.partial = partial{}
}

// checkReservation is nil for the reservation that is out, in update mode, and for 0000h where reserving is not
// supported or not needed. [IPMI 2.0 §33.2.1, §33.11.1]
func (r *Repository) checkReservation(id uint16) error {
	switch {
	case r.updating, r.reservation.any:
		return nil
	case r.reservation.valid && id == r.reservation.last:
		return nil
	case id == 0 && (r.cfg.ZeroReservation || r.cfg.Operations&SupportsReserve == 0):
		return nil
	}
	return ipmb.ReservationCanceled
}

// permit turns other parties away while update mode is on. [IPMI 2.0 §33.2.1]
func (r *Repository) permit(by Requester) error {
	if r.updating && by != r.updater {
		return ipmb.SDRUpdateMode
	}
	return nil
}

// permitWrite is permit, and asks for update mode where there is no other way to write. [IPMI 2.0 §33.2]
func (r *Repository) permitWrite(by Requester) error {
	if err := r.permit(by); err != nil {
		return err
	}
	if r.Erasing() {
		return ipmb.NodeBusy
	}
	if !r.updating && r.cfg.Operations&updateModes == SupportsModal {
		return ipmb.NotSupportedInState
	}
	return nil
}

// UpdateMode reports whether the repository is in update mode, in which other commands may answer D0h.
// [IPMI 2.0 §33.2.1]
func (r *Repository) UpdateMode() bool { return r.updating }

// EnterUpdateMode begins an update by one party. A repository without modal updates has no such command: C1h.
// [IPMI 2.0 §33.19]
func (r *Repository) EnterUpdateMode(by Requester) error {
	if err := r.permit(by); err != nil {
		return err
	}
	if r.cfg.Operations&updateModes == SupportsNonModal {
		return ipmb.InvalidCommand
	}
	r.cancel()
	r.updating, r.updater = true, by
	return nil
}

// ExitUpdateMode ends the update. A record that is not complete is discarded. Outside update mode it is D5h.
// [IPMI 2.0 §33.20]
func (r *Repository) ExitUpdateMode(by Requester) error {
	if err := r.permit(by); err != nil {
		return err
	}
	if !r.updating {
		return ipmb.NotSupportedInState
	}
	r.cancel()
	r.updating = false
	return nil
}

// PartialAdd adds part of a record. The first part has ID 0 and offset 0 and begins anew; each further one names the ID
// that the first returned and continues where the one before ended, else C9h, without harm to what was sent before. With
// the last part the record becomes visible, or is rejected with LengthMismatch. [IPMI 2.0 §33.14]
func (r *Repository) PartialAdd(a Access, id RecordID, offset uint8, last bool, data []byte) (RecordID, error) {
	if err := r.permitWrite(a.Requester); err != nil {
		return 0, err
	}
	if err := r.checkReservation(a.Reservation); err != nil {
		return 0, err
	}
	switch {
	case offset == 0 && id == 0:
		r.partial = partial{}
		first, err := r.freeID()
		if err != nil {
			return 0, err
		}
		r.partial = partial{open: true, id: first}
	case !r.partial.open || id != r.partial.id || int(offset) != len(r.partial.record):
		return 0, ipmb.ParameterOutOfRange
	}
	p := &r.partial
	if len(p.record)+len(data) > int(r.cfg.MaxUnits)*r.cfg.Unit {
		r.partial = partial{}
		return 0, ipmb.OutOfSpace
	}
	p.record = append(p.record, data...)
	if !last {
		return p.id, nil
	}
	record, id := p.record, p.id
	r.partial = partial{}
	if h, err := ParseHeader(record); err != nil || len(record) != HeaderLen+int(h.Length) {
		return 0, LengthMismatch
	}
	return r.store(id, record)
}

// Erasing reports whether a Clear is in progress.
func (r *Repository) Erasing() bool {
	return !r.erase.until.IsZero() && r.cfg.Clock().Before(r.erase.until)
}

// Clear begins to erase all records. They are gone at once; the erase lasts for the configured time. The same request
// again while it lasts, which a retry on a lossy network is, changes nothing. [IPMI 2.0 §33.16]
func (r *Repository) Clear(a Access) error {
	if r.permit(a.Requester) == nil && r.Erasing() && a.Reservation == r.erase.reservation {
		return nil
	}
	if err := r.permitWrite(a.Requester); err != nil {
		return err
	}
	if err := r.checkReservation(a.Reservation); err != nil {
		return err
	}
	r.records, r.shared, r.used, r.cursor = nil, false, 0, 0
	r.overflow = false
	r.revision++
	r.lastErase = r.cfg.Timestamp()
	r.cancel()
	r.erase = erase{until: r.cfg.Clock().Add(r.cfg.EraseTime), reservation: a.Reservation}
	return nil
}

// EraseDone answers the erasure status request of Clear SDR Repository. The reservation that began the erase, which the
// erase itself cancelled, is good for asking until another is given out. [IPMI 2.0 §33.16]
func (r *Repository) EraseDone(a Access) (bool, error) {
	if err := r.permit(a.Requester); err != nil {
		return false, err
	}
	began := !r.erase.until.IsZero() && a.Reservation == r.erase.reservation && !r.reservation.valid
	if err := r.checkReservation(a.Reservation); err != nil && !began {
		return false, err
	}
	return !r.Erasing(), nil
}

// Snapshot is the present content as a set, for storing it or starting other repositories from it.
func (r *Repository) Snapshot() *Set {
	return &Set{records: slices.Clip(slices.Clone(r.records))}
}
