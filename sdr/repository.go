package sdr

import (
	"encoding/binary"
	"iter"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// LengthMismatch rejects a record whose header and number of bytes differ. [IPMI 2.0 §33.14]
const LengthMismatch ipmb.CompletionCode = 0x80

// Operations is the operation support byte of Get SDR Repository Info. [IPMI 2.0 §33.9]
type Operations uint8

// Operation support bits. Without NonModal and Modal, the kind of update is unspecified and both work.
// [IPMI 2.0 §33.9, Table 33-3]
const (
	SupportsAllocation Operations = 1 << 0
	SupportsReserve    Operations = 1 << 1
	SupportsPartialAdd Operations = 1 << 2
	SupportsDelete     Operations = 1 << 3
	SupportsNonModal   Operations = 1 << 5
	SupportsModal      Operations = 1 << 6
	Overflow           Operations = 1 << 7 // a record could not be written for lack of space
	updateModes                   = SupportsNonModal | SupportsModal

	// AllOperations is everything the repository can do.
	AllOperations = SupportsAllocation | SupportsReserve | SupportsPartialAdd | SupportsDelete | SupportsNonModal | SupportsModal
)

// Unspecified is the timestamp of what never happened. [IPMI 2.0 §37]
const Unspecified uint32 = 0xffffffff

// Storage that Config leaves out.
const (
	DefaultCapacity = 64<<10 - 16 // bytes
	DefaultUnit     = 16          // bytes; also what software assumes [IPMI 2.0 §33.10]
	DefaultMaxUnits = 16          // of one record; at least 64 bytes are required [IPMI 2.0 §33.10]
)

// Config describes a repository. Zero fields have the defaults above.
type Config struct {
	Operations Operations // as reported; Overflow is the repository's own
	Capacity   int        // bytes of storage, a multiple of Unit
	Unit       int        // allocation unit, bytes
	MaxUnits   uint8      // greatest record, in allocation units

	// EraseTime is how long Clear takes by Clock. While it lasts, every operation but reading answers node busy; the
	// specification has no code of its own for it.
	EraseTime time.Duration
	Clock     func() time.Time // needed for EraseTime; nil is time.Now
	// Timestamp is the time in seconds by which additions and erasures are dated, usually the SEL's time; nil takes
	// Clock's Unix time. [IPMI 2.0 §33.17, §37]
	Timestamp func() uint32

	// ZeroReservation accepts reservation ID 0000h always, as DCMI wants it. [DCMI §6.5.3.1]
	ZeroReservation bool

	// LastAdd and LastErase are the timestamps that a fresh repository reports; 0 is Unspecified.
	LastAdd, LastErase uint32
}

// Requester tells apart who sent a request, for SDR repository update mode, which belongs to the party that entered it.
// Its fields are the caller's to choose; parties are compared for equality only. [IPMI 2.0 §33.2.1]
type Requester struct {
	Channel uint8
	Address ipmb.Addr
	Session uint32
}

// Access is who asks, with which reservation.
type Access struct {
	Requester   Requester
	Reservation uint16
}

// Repository is an SDR repository device. [IPMI 2.0 §33]
//
// Record IDs are handles: they stay when other records are added or deleted, so that neither cancels a reservation; only
// Clear, Reset and another Reserve do. Reservations belong to the repository, not to a requester: clients reserve on one
// session and use the ID on another.
//
// Errors are ipmb.CompletionCode. Methods do not lock.
type Repository struct {
	cfg     Config
	records [][]byte
	shared  bool // records is a Set's: clone the slice before changing it. Single records are never changed.
	used    int  // allocation units
	cursor  int  // where the next record is likely to be asked for

	lastID      RecordID // most recently assigned
	lastAdd     uint32
	lastErase   uint32
	overflow    bool
	revision    uint64 // grows with every change of what State and Records say
	reservation reservation
	partial     partial
	erase       erase
	updating    bool
	updater     Requester
}

// NewRepository makes a repository that holds the records of set, which may be nil.
func NewRepository(set *Set, cfg Config) *Repository {
	if cfg.Unit <= 0 {
		cfg.Unit = DefaultUnit
	}
	if cfg.Capacity <= 0 {
		cfg.Capacity = DefaultCapacity
	}
	if cfg.MaxUnits == 0 {
		cfg.MaxUnits = DefaultMaxUnits
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Timestamp == nil {
		clock := cfg.Clock
		cfg.Timestamp = func() uint32 { return uint32(clock().Unix()) }
	}
	r := &Repository{cfg: cfg, lastAdd: orUnspecified(cfg.LastAdd), lastErase: orUnspecified(cfg.LastErase)}
	if set != nil {
		r.records, r.shared = set.records, true
		for _, rec := range set.records {
			r.used += r.units(len(rec))
			r.lastID = max(r.lastID, idOf(rec))
		}
	}
	return r
}

func orUnspecified(t uint32) uint32 {
	if t == 0 {
		return Unspecified
	}
	return t
}

// Info is what Get SDR Repository Info says. [IPMI 2.0 §33.9]
type Info struct {
	Records    int
	Free       int // bytes
	LastAdd    uint32
	LastErase  uint32
	Operations Operations // with Overflow
}

// freeMax is the greatest free space that Get SDR Repository Info can tell, "64 KiB - 2 or more". [IPMI 2.0 §33.9]
const freeMax = 0xfffe

// FreeField is Free as the command sends it.
func (i Info) FreeField() uint16 { return uint16(min(i.Free, freeMax)) }

// Info describes the repository.
func (r *Repository) Info() Info {
	ops := r.cfg.Operations &^ Overflow
	if r.overflow {
		ops |= Overflow
	}
	return Info{
		Records: len(r.records), Free: r.freeUnits() * r.cfg.Unit, LastAdd: r.lastAdd, LastErase: r.lastErase, Operations: ops,
	}
}

// Allocation is what Get SDR Repository Allocation Info says, in allocation units but Unit, which is in bytes.
// [IPMI 2.0 §33.10]
type Allocation struct {
	Units, Unit, Free, Largest uint16
	MaxRecord                  uint8
}

// Allocation describes the storage. Deleted records leave no holes: the largest free block is all that is free.
func (r *Repository) Allocation() Allocation {
	free := uint16(min(r.freeUnits(), 0xffff))
	return Allocation{
		Units: uint16(min(r.cfg.Capacity/r.cfg.Unit, 0xffff)), Unit: uint16(min(r.cfg.Unit, 0xffff)), Free: free, Largest: free,
		MaxRecord: r.cfg.MaxUnits,
	}
}

func (r *Repository) units(n int) int { return (n + r.cfg.Unit - 1) / r.cfg.Unit }

func (r *Repository) freeUnits() int { return max(r.cfg.Capacity/r.cfg.Unit-r.used, 0) }

// Records lists the records in order. They must not be changed.
func (r *Repository) Records() iter.Seq[[]byte] { return slices.Values(r.records) }

// find is the index of a record, or -1. Requests come in order, so the place behind the last one is tried first.
func (r *Repository) find(id RecordID) int {
	n := len(r.records)
	switch {
	case n == 0:
		return -1
	case id == FirstRecord:
		return 0
	case id == LastRecord:
		return n - 1
	case r.cursor < n && idOf(r.records[r.cursor]) == id:
		return r.cursor
	}
	return slices.IndexFunc(r.records, func(rec []byte) bool { return idOf(rec) == id })
}

// ReadAll as the count of Get reads to the end of the record. [IPMI 2.0 §33.12]
const ReadAll = 0xff

// Get reads count bytes of a record from offset; less when the record ends before. The data must not be changed. An
// offset other than 0 needs a reservation: C5h. A record that is not there is CBh, an offset behind its end C9h. Whether
// the answer is longer than an interface can carry is the caller's to know. [IPMI 2.0 §33.12]
func (r *Repository) Get(a Access, id RecordID, offset, count uint8) (data []byte, next RecordID, err error) {
	if err := r.permit(a.Requester); err != nil {
		return nil, 0, err
	}
	if offset != 0 {
		if err := r.checkReservation(a.Reservation); err != nil {
			return nil, 0, err
		}
	}
	i := r.find(id)
	if i < 0 {
		return nil, 0, ipmb.NotPresent
	}
	record := r.records[i]
	if int(offset) >= len(record) {
		return nil, 0, ipmb.ParameterOutOfRange
	}
	next = NoRecord
	if i+1 < len(r.records) {
		next = idOf(r.records[i+1])
	}
	data = record[offset:]
	if count != ReadAll && int(count) < len(data) {
		data = data[:count]
	} else if i+1 < len(r.records) {
		r.cursor = i + 1
	}
	return data[:len(data):len(data)], next, nil
}

// Add stores a whole record under a record ID of the repository's choice. [IPMI 2.0 §33.13]
func (r *Repository) Add(a Access, record []byte) (RecordID, error) {
	if err := r.permitWrite(a.Requester); err != nil {
		return 0, err
	}
	h, err := ParseHeader(record)
	if err != nil || len(record) != HeaderLen+int(h.Length) {
		return 0, ipmb.LengthInvalid
	}
	id, err := r.freeID()
	if err != nil {
		return 0, err
	}
	return r.store(id, record)
}

// store keeps a copy of record, whose header agrees with its length.
func (r *Repository) store(id RecordID, record []byte) (RecordID, error) {
	units := r.units(len(record))
	if units > int(r.cfg.MaxUnits) {
		return 0, ipmb.OutOfSpace
	}
	if units > r.freeUnits() {
		r.overflowed()
		return 0, ipmb.OutOfSpace
	}
	record = slices.Clone(record)
	binary.LittleEndian.PutUint16(record, uint16(id))
	r.own()
	r.records = append(r.records, record)
	r.used += units
	r.lastID = id
	r.lastAdd = r.cfg.Timestamp()
	r.revision++
	return id, nil
}

// overflowed notes that a record could not be written for lack of space.
func (r *Repository) overflowed() {
	if !r.overflow {
		r.overflow = true
		r.revision++
	}
}

// own makes the list of records the repository's own.
func (r *Repository) own() {
	if r.shared {
		r.records, r.shared = slices.Clone(r.records), false
	}
}

// freeID is the next record ID that no record has, also not one that is being added. IDs of deleted records come again
// only after all others were used. [IPMI 2.0 §33.8]
func (r *Repository) freeID() (RecordID, error) {
	id := r.lastID
	for range 0xffff {
		id++
		if id == FirstRecord || id == LastRecord || r.partial.open && r.partial.id == id {
			continue
		}
		if r.find(id) < 0 {
			return id, nil
		}
	}
	r.overflowed()
	return 0, ipmb.OutOfSpace
}

// Delete removes a record and returns its ID. [IPMI 2.0 §33.15]
func (r *Repository) Delete(a Access, id RecordID) (RecordID, error) {
	if r.updating {
		return 0, ipmb.SDRUpdateMode // not among the commands of update mode [IPMI 2.0 §33.2.1]
	}
	if err := r.permitWrite(a.Requester); err != nil {
		return 0, err
	}
	if err := r.checkReservation(a.Reservation); err != nil {
		return 0, err
	}
	i := r.find(id)
	if i < 0 {
		return 0, ipmb.NotPresent
	}
	id = idOf(r.records[i])
	r.used -= r.units(len(r.records[i]))
	r.own()
	r.records = slices.Delete(r.records, i, i+1)
	r.lastErase = r.cfg.Timestamp()
	r.revision++
	return id, nil
}

// Reset forgets what a reset of the repository device forgets: reservation, partial record and update mode.
// [IPMI 2.0 §33.11.2]
func (r *Repository) Reset() {
	r.cancel()
	r.updating = false
}
