package sdr

import "fmt"

// State is what a repository has to keep beside its records. Reservations and update mode are none of it.
// [IPMI 2.0 §33.11.2]
type State struct {
	LastID             RecordID // most recently assigned
	LastAdd, LastErase uint32
	Overflow           bool
}

// State is the present state.
func (r *Repository) State() State {
	return State{LastID: r.lastID, LastAdd: r.lastAdd, LastErase: r.lastErase, Overflow: r.overflow}
}

// Revision grows with every change of the records and of State.
func (r *Repository) Revision() uint64 { return r.revision }

// Restore puts a state and the records of set in the place of the present ones.
func (r *Repository) Restore(s State, set *Set) error {
	used := 0
	for _, rec := range set.records {
		used += r.units(len(rec))
	}
	if room := r.cfg.Capacity / r.cfg.Unit; used > room {
		return fmt.Errorf("%d records take %d allocation units, there are %d", set.Len(), used, room)
	}
	r.Reset()
	r.records, r.shared, r.used, r.cursor = set.records, true, used, 0
	r.lastID, r.lastAdd, r.lastErase, r.overflow = s.LastID, s.LastAdd, s.LastErase, s.Overflow
	r.revision++
	return nil
}
