package bmc

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/sel"
)

// Values of Arm PEF Postpone Timer with a meaning of their own. [IPMI 2.0 §30.2]
const (
	pefOff         = 0xfe // PEF waits for good
	pefAskPostpone = 0xff
)

// armPEF arms the postpone timer, or ends the postponement with 0: what waits is processed then.
func (m *Machine) armPEF(seconds uint8) {
	f := &m.pef
	f.postponeAlarm.stop()
	f.postpone = seconds
	if seconds == 0 {
		m.filterUnprocessed()
		return
	}
	m.postponePEF()
}

// postponePEF starts the countdown when software has an event to process. It runs on when further events come.
// [IPMI 2.0 §17.4.1, §30.2]
func (m *Machine) postponePEF() {
	f := &m.pef
	if f.postpone == 0 || f.postpone == pefOff || f.postponeAlarm.running() {
		return
	}
	if last, ok := m.sel.Last(); !ok || last.ID() == f.stored.Software {
		return
	}
	d := time.Duration(f.postpone) * time.Second
	f.postponeEnd = time.Now().Add(d)
	m.setAlarm(&f.postponeAlarm, d, m.filterUnprocessed)
}

// softwareProcessed notes the last event that system software processed, and starts the postpone timer anew.
// [IPMI 2.0 §17.4.1]
func (m *Machine) softwareProcessed(id sel.RecordID) {
	m.pef.stored.Software = id
	m.pef.postponeAlarm.stop()
	m.postponePEF()
}

// postponed is the present countdown in seconds, rounded up.
func (f *pef) postponed() uint8 {
	if !f.postponeAlarm.running() {
		return f.postpone
	}
	return uint8((time.Until(f.postponeEnd) + time.Second - 1) / time.Second)
}

// filterUnprocessed processes the events of the log that neither software nor PEF have processed.
func (m *Machine) filterUnprocessed() {
	f := &m.pef
	if !f.control(pefEnable) || m.pefUnavailable() {
		return
	}
	entries := slices.Collect(m.sel.Entries())
	behind := max(processedUntil(entries, f.stored.Software), processedUntil(entries, f.stored.BMC))
	for _, entry := range entries[behind:] {
		if e, ok := eventOf(entry); ok {
			m.matchEvent(e, entry.ID(), entry.Timestamp())
		}
	}
}

// processedUntil is the number of entries up to the one with an ID. FFFFh stands for none, and 0000h for an event behind
// the end, which was not logged. Record IDs grow, so an ID that was deleted still tells its place.
func processedUntil(entries []sel.Entry, id sel.RecordID) int {
	switch id {
	case sel.NoRecord:
		return 0
	case 0:
		return len(entries)
	}
	if i := slices.IndexFunc(entries, func(e sel.Entry) bool { return e.ID() > id }); i >= 0 {
		return i
	}
	return len(entries)
}
