package bmc

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
	"github.com/fakebmc/fakebmc/sel"
)

// newLog makes the system event log with the profile's entries. [IPMI 2.0 §31]
func newLog(p *profiles.Profile, clock *sel.Clock) (*sel.Log, error) {
	spec := &p.SEL
	cfg := sel.Config{
		Capacity: spec.Capacity, EraseTime: spec.Erase.Std(), Clock: clock, Now: time.Now,
		ZeroReservation: spec.Reservations == profiles.ReservationZero || p.DCMI != nil,
		AnyReservation:  spec.Reservations == profiles.ReservationAny,
		Unit:            spec.Unit, FromZero: spec.FromZero, Overflowed: spec.Filled,
	}
	for _, o := range spec.Operations {
		cfg.Operations |= sel.Operations(o)
	}
	if spec.Full == profiles.LogRings {
		cfg.Policy = sel.Ring
	}
	for _, t := range spec.KeepTypes {
		cfg.Keep = append(cfg.Keep, sel.RecordType(t))
	}
	var entries []sel.Entry
	for i := range spec.Entries {
		e := newLogEntry(&spec.Entries[i], clock.Time())
		entries = append(entries, e)
		if e.Type().IsTimestamped() {
			cfg.LastAdd = e.Timestamp()
		}
		if event, ok := eventOf(e); ok && event.isLogCleared() {
			cfg.LastErase = e.Timestamp()
		}
	}
	if spec.Filled {
		entries = filled(entries, spec.Capacity)
	}
	log, err := sel.NewLog(cfg, entries...)
	if err != nil {
		return nil, fmt.Errorf("sel: %w", err)
	}
	return log, nil
}

// filled repeats entries up to a number of them.
func filled(entries []sel.Entry, capacity int) []sel.Entry {
	for n := len(entries); n > 0 && len(entries) < capacity; {
		entries = append(entries, entries[len(entries)-n])
	}
	slices.SortStableFunc(entries, func(a, b sel.Entry) int { return cmp.Compare(a.Timestamp(), b.Timestamp()) })
	return entries
}

func newLogEntry(spec *profiles.SELEntry, now uint32) sel.Entry {
	if len(spec.Record) == sel.EntryLen {
		return sel.Entry(spec.Record)
	}
	e := Event{
		GeneratorID: [2]byte{0x20, 0}, EvMRev: sel.EvMRev, SensorType: spec.SensorType, SensorNumber: spec.Sensor,
		EventType: spec.EventType, Deassert: spec.Deassert, Data: [3]byte{0xff, 0xff, 0xff},
	}
	copy(e.GeneratorID[:], spec.Generator)
	copy(e.Data[:], spec.Data)
	return e.entry(sel.FirstRecord, now-uint32(min(spec.Ago.Std().Seconds(), float64(now))))
}

// isLogCleared reports whether the event is Event Logging Disabled's "Log Area Reset/Cleared". [IPMI 2.0 Table 42-3, 10h]
func (e *Event) isLogCleared() bool {
	return e.SensorType == 0x10 && e.EventType == 0x6f && e.Data[0]&0x0f == 2 && !e.Deassert
}

// entry is the event as a log entry. [IPMI 2.0 §32.1]
func (e *Event) entry(id sel.RecordID, at uint32) (entry sel.Entry) {
	binary.LittleEndian.PutUint16(entry[0:], uint16(id))
	entry[2] = byte(sel.TypeSystemEvent)
	binary.LittleEndian.PutUint32(entry[3:], at)
	entry[7], entry[8] = e.GeneratorID[0], e.GeneratorID[1]
	entry[9], entry[10], entry[11], entry[12] = sel.EvMRev, e.SensorType, e.SensorNumber, e.typeByte()
	copy(entry[13:], e.Data[:])
	return entry
}

// eventOf is the event of a log entry; false for OEM entries.
func eventOf(entry sel.Entry) (Event, bool) {
	return Event{
		GeneratorID: [2]byte{entry[7], entry[8]}, EvMRev: entry[9], SensorType: entry[10], SensorNumber: entry[11],
		EventType: entry[12] &^ deassertion, Deassert: entry[12]&deassertion != 0, Data: [3]byte(entry[13:]),
	}, entry.Type() == sel.TypeSystemEvent
}

// logEvent logs an event. Without a log entry, because logging is off, the log is full or is being erased, its record ID
// is FFFFh in the event message buffer. [IPMI 2.0 §22.8]
func (m *Machine) logEvent(e *Event) (entry sel.Entry, logged bool) {
	entry = e.entry(sel.NoRecord, m.clock.Time())
	if !m.messaging.logs() && !e.fromSystemSoftware {
		return entry, false
	}
	if _, lost, err := m.addEntry(entry); err != nil || lost {
		return entry, false
	}
	entry, _ = m.sel.Last()
	return entry, true
}

// Offsets of the Event Logging Disabled sensor. [IPMI 2.0 Table 42-3, sensor type 10h]
const (
	sensorTypeEventLogging = 0x10
	offsetLogCleared       = 2
	offsetLogFull          = 4
	offsetLogAlmostFull    = 5
)

// logFilled follows every addition to the log: it reports the moments when the log becomes almost full, and full. The
// latter report is the log's last entry, so it comes when one is left.
func (m *Machine) logFilled() {
	spec := &m.profile.SEL
	defer m.showLog()
	if spec.AlmostFull == 0 {
		return
	}
	entries, capacity, threshold := m.sel.Len(), m.sel.Capacity(), m.almostFull()
	switch {
	case entries == capacity-1 && spec.Full == profiles.LogStops:
		m.sensorEvent(m.ownEvent(sensorTypeEventLogging, spec.Sensor, offsetLogFull))
	case entries == threshold && threshold < capacity-1:
		percent := uint8(entries * 100 / capacity)
		m.sensorEvent(m.ownEvent(sensorTypeEventLogging, spec.Sensor, offsetLogAlmostFull|data3Specific, 0xff, percent))
	}
}

// almostFull is the number of entries from which on the log is almost full.
func (m *Machine) almostFull() int {
	return (m.sel.Capacity()*int(m.profile.SEL.AlmostFull) + 99) / 100
}

// showLog lets the Event Logging Disabled sensor show how full the log is. logFilled reports the events, with
// the percentage. The end of a state is none: it would be an entry, which may be the one that fills the log again.
func (m *Machine) showLog() {
	spec, entries := &m.profile.SEL, m.sel.Len()
	const full, almost = uint16(1 << offsetLogFull), uint16(1 << offsetLogAlmostFull)
	var states uint16
	if spec.Full == profiles.LogStops && entries >= m.sel.Capacity() {
		states |= full
	}
	if spec.AlmostFull > 0 && entries >= m.almostFull() {
		states |= almost
	}
	s, err := m.sensors.find(spec.Sensor)
	if err != nil || s.Type != sdr.EventLoggingDisabled || len(s.states) > 0 || s.override {
		return
	}
	states = states&s.masks.Reading | s.own&^(full|almost)
	gone := s.own &^ states
	s.own, s.present = states, states
	s.asserted &^= gone & s.autoBits()
}

// clearLog begins to erase the log. Record IDs that were processed mean nothing any more. [IPMI 2.0 §30.5, §31.9]
func (m *Machine) clearLog(reservation uint16) error {
	again := m.sel.Erasing()
	if err := m.sel.Clear(reservation); err != nil || again {
		return err
	}
	m.pef.stored.Software, m.pef.stored.BMC = sel.NoRecord, sel.NoRecord
	m.postponePEF()
	m.showLog()
	if m.profile.SEL.Cleared {
		m.sensorEvent(m.ownEvent(sensorTypeEventLogging, m.profile.SEL.Sensor, offsetLogCleared))
	}
	return nil
}

// auxiliaryLogs have the status that software or firmware gave them: as Set Auxiliary Log Status sends it, without the
// log type. [IPMI 2.0 §31.12, §31.13]
type auxiliaryLogs [3][]byte

// Lengths of the status. [IPMI 2.0 Table 31-12]
const (
	mcaLogStatus = 8
	oemLogStatus = 15
)

func newAuxiliaryLogs(p *profiles.Profile) (a auxiliaryLogs) {
	for _, kind := range p.SEL.AuxiliaryLogs {
		n := oemLogStatus
		if kind == profiles.AuxiliaryMCA {
			n = mcaLogStatus
		}
		a[kind] = make([]byte, n)
		binary.LittleEndian.PutUint32(a[kind], sel.Unspecified)
	}
	return a
}

// status is the status of a log, or nil when the machine does not have it.
func (a *auxiliaryLogs) status(kind uint8) []byte {
	if int(kind) >= len(a) {
		return nil
	}
	return a[kind]
}
