package sdr

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Set is an ordered, immutable collection of records from which any number of repositories can start. They share its
// memory until they are written.
type Set struct {
	records [][]byte // each is whole, its header agrees with its length
}

// NewSet copies records in the order in which a repository will list them. Record IDs are kept, and must differ; 0000h is
// replaced by the next one behind the record in front of it that no other record has.
func NewSet(records ...[]byte) (*Set, error) {
	s := &Set{records: make([][]byte, 0, len(records))}
	used := make(map[RecordID]bool, len(records))
	for i, r := range records {
		h, err := ParseHeader(r)
		if err != nil || len(r) != HeaderLen+int(h.Length) {
			return nil, fmt.Errorf("sensor data record %d: %d bytes do not agree with the header", i+1, len(r))
		}
		if h.ID == LastRecord || used[h.ID] {
			return nil, fmt.Errorf("sensor data record %d: record ID %04Xh is taken or reserved", i+1, uint16(h.ID))
		}
		if h.ID != 0 {
			used[h.ID] = true
		}
	}
	last := RecordID(0)
	for _, r := range records {
		r = slices.Clone(r)
		if idOf(r) == 0 {
			for last++; used[last] || last == FirstRecord || last == LastRecord; {
				last++
			}
			used[last] = true
			binary.LittleEndian.PutUint16(r, uint16(last))
		}
		last = idOf(r)
		s.records = append(s.records, r)
	}
	return s, nil
}

// NewSetOf encodes typed records and makes a set of them.
func NewSetOf(records ...Record) (*Set, error) {
	encoded := make([][]byte, len(records))
	for i, r := range records {
		encoded[i] = r.AppendTo(nil)
	}
	return NewSet(encoded...)
}

// Sorted is the set in the order of its record IDs, as a controller that assigns them lists its repository.
func (s *Set) Sorted() *Set {
	return &Set{records: slices.SortedStableFunc(slices.Values(s.records), func(a, b []byte) int { return cmp.Compare(idOf(a), idOf(b)) })}
}

// FromZero is the set with the record ID 0000h for the first record, as some real controllers have it.
func (s *Set) FromZero() *Set {
	z := &Set{records: slices.Clone(s.records)}
	if len(z.records) > 0 {
		z.records[0] = slices.Clone(z.records[0])
		binary.LittleEndian.PutUint16(z.records[0], uint16(FirstRecord))
	}
	return z
}

// Len is the number of records.
func (s *Set) Len() int { return len(s.records) }

// Has reports whether a record has the ID.
func (s *Set) Has(id RecordID) bool {
	return slices.ContainsFunc(s.records, func(r []byte) bool { return idOf(r) == id })
}

func idOf(record []byte) RecordID { return RecordID(binary.LittleEndian.Uint16(record)) }
