package bmc

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
	"github.com/fakebmc/fakebmc/sel"
)

// storedLog is the system event log beside its records, and the SDR repository likewise. [IPMI 2.0 §31.2, §33.9]
type storedLog struct {
	LastID    uint16 `json:"last_id"`
	LastAdd   uint32 `json:"last_addition"`
	LastErase uint32 `json:"last_erase"`
	Overflow  bool   `json:"overflow"`
}

// logRecords lists the records of the system event log.
func (m *Machine) logRecords() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for e := range m.sel.Entries() {
			if !yield(e[:]) {
				return
			}
		}
	}
}

// keptSEL is the system event log. Its documents come behind its records, which the list has by then.
func keptSEL() storedPart {
	return single(keepsSEL, "sel",
		func(m *Machine) (storedLog, bool) {
			s := m.sel.State()
			return storedLog{LastID: uint16(s.LastID), LastAdd: s.LastAdd, LastErase: s.LastErase, Overflow: s.Overflow}, true
		},
		func(m *Machine, d *storedLog) error {
			var entries []sel.Entry
			for data := range m.keeper.saved.sel.data() {
				if len(data) != sel.EntryLen {
					return fmt.Errorf("a record of %d bytes", len(data))
				}
				entries = append(entries, sel.Entry(data))
			}
			return m.sel.Restore(sel.State{
				LastID: sel.RecordID(d.LastID), LastAdd: d.LastAdd, LastErase: d.LastErase, Overflow: d.Overflow,
			}, entries)
		})
}

// keptSDR is the SDR repository.
func keptSDR() storedPart {
	return single(keepsSDR, "sdr",
		func(m *Machine) (storedLog, bool) {
			s := m.sdrs.repository.State()
			return storedLog{LastID: uint16(s.LastID), LastAdd: s.LastAdd, LastErase: s.LastErase, Overflow: s.Overflow}, true
		},
		func(m *Machine, d *storedLog) error {
			set, err := sdr.NewSet(slices.Collect(m.keeper.saved.sdr.data())...)
			if err != nil {
				return err
			}
			if m.profile.SDR.FromZero {
				set = set.FromZero()
			}
			return m.sdrs.repository.Restore(sdr.State{
				LastID: sdr.RecordID(d.LastID), LastAdd: d.LastAdd, LastErase: d.LastErase, Overflow: d.Overflow,
			}, set)
		})
}

// storedClock is a moment by the controller's clock and by the computer's. The clock has a battery: it goes on while the
// machine is not there. [IPMI 2.0 §37]
type storedClock struct {
	Time      time.Time `json:"time"` // by the controller's clock
	At        time.Time `json:"at"`   // by the computer's
	UTCOffset int16     `json:"utc_offset"`
}

// keptClock is the clock of log and repository. A clock without battery starts anew.
func keptClock() storedPart {
	return single(keepsClock, "clock",
		func(m *Machine) (storedClock, bool) {
			spec := &m.profile.Clock
			return storedClock{Time: m.clock.Now().UTC(), At: time.Now().UTC(), UTCOffset: m.clock.UTCOffset()}, spec.Start != profiles.ClockUnset
		},
		func(m *Machine, d *storedClock) error {
			gone := max(0, time.Since(d.At))
			return m.clock.Restore(d.Time.Add(time.Duration(float64(gone)*m.profile.Clock.Rate)), d.UTCOffset)
		})
}

// storedProcessed are the record IDs of Get Last Processed Event ID. [IPMI 2.0 §17.4.1, §30.5]
type storedProcessed struct {
	Software uint16 `json:"software"`
	BMC      uint16 `json:"bmc"`
}

func keptProcessed() storedPart {
	return single(keepsProcessed, "processed-events",
		func(m *Machine) (storedProcessed, bool) {
			return storedProcessed{Software: uint16(m.pef.stored.Software), BMC: uint16(m.pef.stored.BMC)}, true
		},
		func(m *Machine, d *storedProcessed) error {
			m.pef.stored.Software, m.pef.stored.BMC = sel.RecordID(d.Software), sel.RecordID(d.BMC)
			m.pef.newest = m.pef.stored.BMC
			return nil
		})
}

// storedAuxiliaryLogs have the status of each log that the machine has, by its type. [IPMI 2.0 §31.13]
type storedAuxiliaryLog struct {
	Type   uint8    `json:"type"`
	Status hexBytes `json:"status"`
}

func keptAuxiliaryLogs() storedPart {
	return single(keepsAuxiliaryLogs, "auxiliary-logs",
		func(m *Machine) (d []storedAuxiliaryLog, ok bool) {
			for kind, status := range m.auxiliaryLogs {
				if status != nil {
					d = append(d, storedAuxiliaryLog{uint8(kind), slices.Clone(status)})
				}
			}
			return d, len(d) > 0
		},
		func(m *Machine, d *[]storedAuxiliaryLog) error {
			for _, log := range *d {
				status := m.auxiliaryLogs.status(log.Type)
				if status == nil || len(status) != len(log.Status) {
					return fmt.Errorf("type %d: there is no such log", log.Type)
				}
				copy(status, log.Status)
			}
			return nil
		})
}
