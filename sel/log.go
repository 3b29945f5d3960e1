package sel

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Completion codes of the SEL commands. [IPMI 2.0 §31]
const (
	TypeNotSupported ipmb.CompletionCode = 0x80 // operation not supported for this record type [IPMI 2.0 §31.6, §31.8]
	LengthMismatch   ipmb.CompletionCode = 0x80 // a partially added record is not 16 bytes long [IPMI 2.0 §31.7]
	EraseInProgress  ipmb.CompletionCode = 0x81
)

// Operations is the operation support byte of Get SEL Info. [IPMI 2.0 §31.2]
type Operations uint8

// Operation support bits. [IPMI 2.0 §31.2, Table 31-2]
const (
	SupportsAllocation Operations = 1 << 0
	SupportsReserve    Operations = 1 << 1
	SupportsPartialAdd Operations = 1 << 2
	SupportsDelete     Operations = 1 << 3
	Overflow           Operations = 1 << 7 // events were dropped for lack of space

	// AllOperations is everything the log can do.
	AllOperations = SupportsAllocation | SupportsReserve | SupportsPartialAdd | SupportsDelete
)

// Policy is what happens to an event when the log is full.
type Policy uint8

// Policies. Stop is the specification's: the event is not logged and the overflow flag is set. Ring is the ageing that
// many machines offer: the oldest entry goes, which counts as an erasure. [IPMI 2.0 §31.2]
const (
	Stop Policy = iota
	Ring
)

// DefaultCapacity is the number of entries of a log whose Config has none. At least 16 are required. [IPMI 2.0 §31]
const DefaultCapacity = 512

// Config describes a log.
type Config struct {
	Operations Operations // as reported; Overflow is the log's own
	Capacity   int        // entries, DefaultCapacity if 0
	Policy     Policy
	EraseTime  time.Duration // how long Clear takes
	Clock      *Clock        // NewClock(nil) if nil
	// Now is the time by which EraseTime is measured. nil: the clock that Clock follows.
	Now func() time.Time
	// ZeroReservation accepts reservation ID 0000h always, as DCMI wants it. [DCMI §6.3.2.1]
	ZeroReservation bool
	// AnyReservation accepts every reservation ID, as firmware does that does not check.
	AnyReservation bool
	// Unit is the number of bytes that an entry takes of the storage, EntryLen if 0.
	Unit uint16
	// FromZero gives the first entry of an empty log the record ID 0000h, as some firmware does.
	FromZero bool
	// Overflowed: entries were lost before.
	Overflowed bool
	// Keep are record types that Delete refuses.
	Keep []RecordType

	// LastAdd and LastErase are the timestamps that a fresh log reports; 0 is Unspecified.
	LastAdd, LastErase uint32
}

// Log is a SEL device. [IPMI 2.0 §31]
//
// Record IDs are handles that grow from 1, anew after Clear, and stay when other entries are deleted. So a deletion does not cancel a
// reservation; an addition always does. Reservations belong to the log, not to a requester: clients reserve on one
// session and use the ID on another.
//
// Errors are ipmb.CompletionCode. Methods do not lock.
type Log struct {
	cfg     Config
	entries []Entry // oldest first
	cursor  int     // where the next entry is likely to be asked for

	lastID      RecordID // most recently assigned
	lastAdd     uint32
	lastErase   uint32
	overflow    bool
	revision    uint64 // grows with every change of what State and Entries say
	reservation reservation
	partial     partial
	erase       erase
}

// NewLog makes a log that holds entries, oldest first, with their IDs, types and timestamps as they are. An ID of 0000h
// is replaced by the one behind the entry in front of it.
func NewLog(cfg Config, entries ...Entry) (*Log, error) {
	if cfg.Capacity <= 0 {
		cfg.Capacity = DefaultCapacity
	}
	if cfg.Clock == nil {
		cfg.Clock = NewClock(nil)
	}
	if cfg.Now == nil {
		cfg.Now = cfg.Clock.base
	}
	if len(entries) > cfg.Capacity {
		return nil, fmt.Errorf("system event log: %d entries, room for %d", len(entries), cfg.Capacity)
	}
	l := &Log{cfg: cfg, lastAdd: orUnspecified(cfg.LastAdd), lastErase: orUnspecified(cfg.LastErase), overflow: cfg.Overflowed}
	for i, e := range entries {
		first := cfg.FromZero && i == 0
		if e.ID() == 0 && !first {
			e.setID(l.lastID + 1)
		}
		if e.ID() == 0 && !first || e.ID() == LastRecord || i > 0 && l.has(e.ID()) {
			return nil, fmt.Errorf("system event log: entry %d: record ID %04Xh is taken or reserved", i+1, uint16(e.ID()))
		}
		l.lastID = e.ID()
		l.entries = append(l.entries, e)
	}
	return l, nil
}

func orUnspecified(t uint32) uint32 {
	if t == 0 {
		return Unspecified
	}
	return t
}

// Clock is the log's clock.
func (l *Log) Clock() *Clock { return l.cfg.Clock }

// Len is the number of entries.
func (l *Log) Len() int { return len(l.entries) }

// Supports reports whether the log claims an operation.
func (l *Log) Supports(o Operations) bool { return l.cfg.Operations&o == o }

// Capacity is the number of entries that the log has room for.
func (l *Log) Capacity() int { return l.cfg.Capacity }

// Entries lists the entries, oldest first.
func (l *Log) Entries() iter.Seq[Entry] { return slices.Values(l.entries) }

// Last is the newest entry.
func (l *Log) Last() (Entry, bool) {
	if len(l.entries) == 0 {
		return Entry{}, false
	}
	return l.entries[len(l.entries)-1], true
}

// Info is what Get SEL Info says. [IPMI 2.0 §31.2]
type Info struct {
	Entries    int
	Free       int // bytes
	LastAdd    uint32
	LastErase  uint32
	Operations Operations // with Overflow
}

// FreeField is Free as the command sends it: FFFFh is 65535 bytes or more. [IPMI 2.0 §31.2]
func (i Info) FreeField() uint16 { return uint16(min(i.Free, 0xffff)) }

// Info describes the log: 81h while it is being erased. [IPMI 2.0 §31.2]
func (l *Log) Info() (Info, error) {
	if l.Erasing() {
		return Info{}, EraseInProgress
	}
	ops := l.cfg.Operations &^ Overflow
	if l.overflow {
		ops |= Overflow
	}
	return Info{
		Entries: len(l.entries), Free: l.free() * int(l.unit()), LastAdd: l.lastAdd, LastErase: l.lastErase, Operations: ops,
	}, nil
}

// Allocation is what Get SEL Allocation Info says. An allocation unit is one entry. [IPMI 2.0 §31.3]
type Allocation struct {
	Units, Unit, Free, Largest uint16 // Unit is in bytes, the others in units
	MaxRecord                  uint8  // units
}

// unit is the number of bytes that an entry takes.
func (l *Log) unit() uint16 { return max(l.cfg.Unit, EntryLen) }

// Allocation describes the storage.
func (l *Log) Allocation() Allocation {
	free := uint16(min(l.free(), 0xffff))
	return Allocation{Units: uint16(min(l.cfg.Capacity, 0xffff)), Unit: l.unit(), Free: free, Largest: free, MaxRecord: 1}
}

func (l *Log) free() int { return l.cfg.Capacity - len(l.entries) }

// SetPolicy changes what happens to events when the log is full.
func (l *Log) SetPolicy(p Policy) { l.cfg.Policy = p }

// find is the index of an entry, or -1. Requests come in order, so the place behind the last one is tried first.
func (l *Log) find(id RecordID) int {
	n := len(l.entries)
	switch {
	case n == 0:
		return -1
	case id == FirstRecord:
		return 0
	case id == LastRecord:
		return n - 1
	case l.cursor < n && l.entries[l.cursor].ID() == id:
		return l.cursor
	}
	return slices.IndexFunc(l.entries, func(e Entry) bool { return e.ID() == id })
}

// has reports whether an entry has this very ID: find takes 0000h for the first one.
func (l *Log) has(id RecordID) bool {
	if id == FirstRecord {
		return len(l.entries) > 0 && l.entries[0].ID() == id
	}
	return l.find(id) >= 0
}

// ReadAll as the count of Get reads to the end of the entry. [IPMI 2.0 §31.5]
const ReadAll = 0xff

// Get reads count bytes of an entry from offset; less when the entry ends before. An offset other than 0 needs a
// reservation: C5h. An entry that is not there, also the first of an empty log, is CBh, an offset behind the end C9h.
// [IPMI 2.0 §31.5]
func (l *Log) Get(reservation uint16, id RecordID, offset, count uint8) (data []byte, next RecordID, err error) {
	if l.Erasing() {
		return nil, 0, EraseInProgress
	}
	if offset != 0 {
		if err := l.checkReservation(reservation); err != nil {
			return nil, 0, err
		}
	}
	i := l.find(id)
	if i < 0 {
		return nil, 0, ipmb.NotPresent
	}
	if offset >= EntryLen {
		return nil, 0, ipmb.ParameterOutOfRange
	}
	next = NoRecord
	if i+1 < len(l.entries) {
		next = l.entries[i+1].ID()
	}
	e := l.entries[i]
	data = e[offset:]
	if count != ReadAll && int(count) < len(data) {
		data = data[:count]
	} else if i+1 < len(l.entries) {
		l.cursor = i + 1
	}
	return data, next, nil
}

// Add logs an entry under a record ID of the log's choice, dated by the log unless its type says otherwise. Standard
// types but system events are 80h. A full log that does not age entries is C4h. [IPMI 2.0 §31.6]
func (l *Log) Add(e Entry) (RecordID, error) {
	if l.Erasing() {
		return 0, EraseInProgress
	}
	if t := e.Type(); t < FirstTimestampedOEM && t != TypeSystemEvent {
		return 0, TypeNotSupported
	}
	id, err := l.freeID()
	if err != nil {
		return 0, err
	}
	return l.store(id, e)
}

// store logs e under id.
func (l *Log) store(id RecordID, e Entry) (RecordID, error) {
	now := l.cfg.Clock.Time()
	if l.free() <= 0 {
		if l.cfg.Policy != Ring {
			l.overflowed()
			return 0, ipmb.OutOfSpace
		}
		l.entries = slices.Delete(l.entries, 0, 1)
		l.lastErase = now
	}
	l.revision++
	e.setID(id)
	if e.Type().IsTimestamped() {
		e.setTimestamp(now)
	}
	l.entries = append(l.entries, e)
	l.lastID, l.lastAdd = id, now
	l.cancel()
	return id, nil
}

// freeID is the next record ID that no entry has. IDs of deleted entries come again only after all others were used.
func (l *Log) freeID() (RecordID, error) {
	if l.cfg.FromZero && len(l.entries) == 0 {
		return FirstRecord, nil
	}
	id := l.lastID
	for range 0xffff {
		id++
		if id != FirstRecord && id != LastRecord && l.find(id) < 0 {
			return id, nil
		}
	}
	l.overflowed()
	return 0, ipmb.OutOfSpace
}

// overflowed notes that something was not logged for lack of space.
func (l *Log) overflowed() {
	if !l.overflow {
		l.overflow = true
		l.revision++
	}
}

// Delete removes an entry and returns its ID. Types that the log keeps are 80h. [IPMI 2.0 §31.8]
func (l *Log) Delete(reservation uint16, id RecordID) (RecordID, error) {
	if l.Erasing() {
		return 0, EraseInProgress
	}
	if err := l.checkReservation(reservation); err != nil {
		return 0, err
	}
	i := l.find(id)
	if i < 0 {
		return 0, ipmb.NotPresent
	}
	if slices.Contains(l.cfg.Keep, l.entries[i].Type()) {
		return 0, TypeNotSupported
	}
	id = l.entries[i].ID()
	l.entries = slices.Delete(l.entries, i, i+1)
	l.lastErase = l.cfg.Clock.Time()
	l.revision++
	return id, nil
}
