package bmc

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// recordList is a list of records as the store has it: each under a key of its own, so that an addition writes one
// record. The keys are numbers that only grow; their order is the records'.
type recordList struct {
	next    uint64 // number of the next record
	records []savedRecord
}

type savedRecord struct {
	number uint64
	data   string
}

func recordKey(prefix string, number uint64) string { return fmt.Sprintf("%s%016x", prefix, number) }

// follow returns the list that has what now has, and puts what it takes to come there into values. Lists grow at their
// end and shrink anywhere: what is in the middle of both is found.
func (l recordList) follow(prefix string, now iter.Seq[[]byte], values map[string][]byte) recordList {
	to := recordList{next: l.next, records: make([]savedRecord, 0, len(l.records)+1)}
	i := 0
	for data := range now {
		for i < len(l.records) && l.records[i].data != string(data) {
			values[recordKey(prefix, l.records[i].number)] = nil
			i++
		}
		if i < len(l.records) {
			to.records = append(to.records, l.records[i])
			i++
			continue
		}
		values[recordKey(prefix, to.next)] = hex.AppendEncode(nil, data)
		to.records = append(to.records, savedRecord{to.next, string(data)})
		to.next++
	}
	for _, r := range l.records[i:] {
		values[recordKey(prefix, r.number)] = nil
	}
	return to
}

// load appends a record from the store, which come in the order of their keys.
func (l *recordList) load(digits string, value []byte) error {
	number, err := strconv.ParseUint(digits, 16, 63)
	if err != nil || len(digits) != 16 {
		return errors.New("the key does not end in a number")
	}
	data, err := hex.AppendDecode(nil, value)
	if err != nil {
		return err
	}
	l.records = append(l.records, savedRecord{number, string(data)})
	l.next = number + 1
	return nil
}

// data lists the records.
func (l *recordList) data() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, r := range slices.Clone(l.records) {
			if !yield([]byte(r.data)) {
				return
			}
		}
	}
}
