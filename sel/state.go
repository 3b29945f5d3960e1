package sel

import (
	"fmt"
	"slices"
)

// State is what a log has to keep beside its entries. Reservations are none of it: a restart of the SEL device cancels
// them. [IPMI 2.0 §31.4.2]
type State struct {
	LastID             RecordID // most recently assigned
	LastAdd, LastErase uint32
	Overflow           bool
}

// State is the present state.
func (l *Log) State() State {
	return State{LastID: l.lastID, LastAdd: l.lastAdd, LastErase: l.lastErase, Overflow: l.overflow}
}

// Revision grows with every change of the entries and of State.
func (l *Log) Revision() uint64 { return l.revision }

// Restore puts a state and entries, oldest first, in the place of the present ones, without dating them anew.
func (l *Log) Restore(s State, entries []Entry) error {
	if len(entries) > l.cfg.Capacity {
		return fmt.Errorf("%d entries, room for %d", len(entries), l.cfg.Capacity)
	}
	used := make(map[RecordID]bool, len(entries))
	for i, e := range entries {
		if id := e.ID(); id == FirstRecord && !(l.cfg.FromZero && i == 0) || id == LastRecord || used[id] {
			return fmt.Errorf("entry %d: record ID %04Xh is taken or reserved", i+1, uint16(id))
		}
		used[e.ID()] = true
	}
	l.Reset()
	l.entries, l.cursor = slices.Clone(entries), 0
	l.lastID, l.lastAdd, l.lastErase, l.overflow = s.LastID, s.LastAdd, s.LastErase, s.Overflow
	l.revision++
	return nil
}
