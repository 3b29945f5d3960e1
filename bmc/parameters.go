package bmc

import (
	"bytes"
	"maps"

	"github.com/fakebmc/fakebmc/ipmb"
)

// parameterRow is one configuration parameter of the LAN, serial, SOL or PEF tables. [IPMI 2.0 §23.2, §25.2, §26.3, §30.4]
type parameterRow struct {
	number uint8
	name   string
	// size is the length of the data in bytes, set and block selectors included; a write must have it, or at least
	// short bytes where the last field may be cut. A read returns what was written.
	size, short int
	// pad fills a cut field up with zeros, so that a read returns all of it.
	pad bool
	// sets is the number of set selectors, whose number is the first data byte; 0: the parameter has none. first is the
	// lowest of them.
	sets, first int
	// blocks is the number of block selectors, the second data byte or, without set selectors, the first; counted from
	// firstBlock. 0: none.
	blocks, firstBlock int
	access             parameterAccess
	lost               lostEntries // with the controller's power
	initial            []byte      // data behind the selectors, block after block; nil: zeros
	check              func(data []byte) error
	derive             func(data []byte) // fills in the bytes that a write does not decide
	// head makes the parameter the first bytes of another one, with the same set selectors: that one's number. 0: it
	// stands for itself.
	head uint8
	// mask has the bits that exist of the first bytes behind the selectors; others are written in vain. nil: all.
	mask []byte
	// load and store replace the stored value by one that another part of the machine owns.
	load  func(m *Machine, c *channel) []byte
	store func(m *Machine, c *channel, data []byte) error
}

type parameterAccess uint8

const (
	readWrite parameterAccess = iota
	readOnly
	writeOnly
)

// lostEntries says which entries of a parameter are volatile.
type lostEntries uint8

const (
	lostNone  lostEntries = iota
	lostFirst             // those with set selector 0
	lostAll
)

// Command-specific completion codes of configuration parameters. [IPMI 2.0 §23.1, §25.1, §26.2]
const (
	ccParameterUnsupported ipmb.CompletionCode = 0x80
	ccSetInProgress        ipmb.CompletionCode = 0x81
	ccReadOnly             ipmb.CompletionCode = 0x82
	ccWriteOnly            ipmb.CompletionCode = 0x83
)

// parameterRevision is 1.1 for all parameters of the specification: present revision in the high nibble, oldest
// compatible one in the low. [IPMI 2.0 §23.2]
const parameterRevision = 0x11

// States of parameter 0, set in progress. [IPMI 2.0 §23.2]
const (
	setComplete   = 0
	setInProgress = 1
	commitWrite   = 2
	setMask       = 3
)

// parameters are the values of one parameter table on one channel. What nobody wrote has the row's initial value.
type parameters struct {
	rows       []parameterRow // shared, except for what the profile changes
	inProgress uint8
	values     map[parameterKey][]byte // data behind the selectors
	starts     []parameterEntry        // volatile ones when the controller starts; others have the initial value
	rollback   rollback
}

// parameterKey names one entry of a parameter.
type parameterKey struct{ number, set, block uint8 }

// parameterEntry is an entry with its value.
type parameterEntry struct {
	key   parameterKey
	value []byte
}

func (p *parameters) row(number uint8) *parameterRow {
	for i := range p.rows {
		if p.rows[i].number == number {
			return &p.rows[i]
		}
	}
	return nil
}

// selectors is the number of selector bytes in front of the data.
func (r *parameterRow) selectors() (n int) {
	if r.sets > 0 {
		n++
	}
	if r.blocks > 0 {
		n++
	}
	return n
}

// key checks set and block selector. What a parameter does not have must be zero. [IPMI 2.0 §23.2, bytes 3:4]
func (r *parameterRow) key(set, block uint8) (parameterKey, error) {
	inside := func(n uint8, count, first int) bool {
		if count == 0 {
			return n == 0
		}
		return int(n) >= first && int(n) < first+count
	}
	if !inside(set, r.sets, r.first) || !inside(block, r.blocks, r.firstBlock) {
		return parameterKey{}, ipmb.ParameterOutOfRange
	}
	return parameterKey{r.number, set, block}, nil
}

// get returns the data behind the selectors; the caller must not change it.
func (p *parameters) get(m *Machine, c *channel, r *parameterRow, key parameterKey) []byte {
	if r.load != nil {
		return r.load(m, c)
	}
	if r.head != 0 {
		whole := parameterKey{r.head, key.set, key.block}
		return p.get(m, c, p.row(r.head), whole)[:r.size-r.selectors()]
	}
	if v, ok := p.values[key]; ok {
		return v
	}
	size := r.size - r.selectors()
	if r.initial != nil {
		from := min(size*max(int(key.block)-r.firstBlock, 0), len(r.initial))
		return r.initial[from:min(from+size, len(r.initial))]
	}
	return make([]byte, size)
}

// read appends a parameter as Get … Configuration Parameters returns it, selectors included.
func (p *parameters) read(m *Machine, c *channel, b []byte, number, set, block uint8) ([]byte, error) {
	if number == 0 {
		return append(b, p.inProgress), nil
	}
	r := p.row(number)
	switch {
	case r == nil:
		return nil, ccParameterUnsupported
	case r.access == writeOnly:
		return nil, ccWriteOnly
	}
	key, err := r.key(set, block)
	if err != nil {
		return nil, err
	}
	if r.sets > 0 {
		b = append(b, set)
	}
	if r.blocks > 0 {
		b = append(b, block)
	}
	return append(b, p.get(m, c, r, key)...), nil
}

// write takes the data of Set … Configuration Parameters. Parameter 0 is a notice to others, not a lock; commit write is an
// error where there is no rollback. [IPMI 2.0 §23.1, §23.2]
func (p *parameters) write(m *Machine, c *channel, number uint8, data []byte) error {
	if number == 0 {
		return p.writeProgress(data)
	}
	r := p.row(number)
	switch {
	case r == nil:
		return ccParameterUnsupported
	case r.access == readOnly:
		return ccReadOnly
	case len(data) > r.size, len(data) < r.size && (r.short == 0 || len(data) < r.short):
		return ipmb.LengthInvalid
	}
	var set, block uint8
	if r.sets > 0 {
		set, data = data[0], data[1:]
	}
	if r.blocks > 0 {
		block, data = data[0], data[1:]
	}
	key, err := r.key(set, block)
	if err != nil {
		return err
	}
	data = r.padded(data)
	if r.check != nil {
		if err := r.check(data); err != nil {
			return err
		}
	}
	if r.head != 0 {
		key.number = r.head
	}
	p.remember(m, c, key)
	if r.store != nil {
		return r.store(m, c, data)
	}
	data = bytes.Clone(data)
	for i, mask := range r.mask {
		data[i] &= mask
	}
	if r.derive != nil {
		r.derive(data)
	}
	if r.head != 0 {
		data = append(data, p.get(m, c, p.row(r.head), key)[len(data):]...)
	}
	p.put(key, data)
	return nil
}

// padded fills data behind the selectors up with zeros if the row says so.
func (r *parameterRow) padded(data []byte) []byte {
	if n := r.size - r.selectors() - len(data); r.pad && n > 0 {
		return append(bytes.Clone(data), make([]byte, n)...)
	}
	return data
}

// put stores a copy of a value without asking.
func (p *parameters) put(key parameterKey, data []byte) {
	if p.values == nil {
		p.values = make(map[parameterKey][]byte)
	}
	p.values[key] = bytes.Clone(data)
}

func (p *parameters) writeProgress(data []byte) error {
	if len(data) != 1 {
		return ipmb.LengthInvalid
	}
	switch state := data[0] & setMask; {
	case state == setComplete:
		p.complete()
	case state == commitWrite && p.rollback.offered:
		p.commit()
		p.inProgress = setInProgress
	case state != setInProgress:
		return ipmb.InvalidField
	case p.inProgress != setComplete:
		return ccSetInProgress
	default:
		p.inProgress = setInProgress
	}
	return nil
}

// volatile reports whether an entry is lost with the controller's power.
func (r *parameterRow) volatile(key parameterKey) bool {
	return r.lost == lostAll || r.lost == lostFirst && key.set == 0
}

// restart is the start of the controller.
func (p *parameters) restart() {
	p.complete()
	maps.DeleteFunc(p.values, func(key parameterKey, _ []byte) bool {
		r := p.row(key.number)
		return r != nil && r.volatile(key)
	})
	for _, e := range p.starts {
		p.values[e.key] = e.value
	}
}

// systemReset ends a set in progress, as a reset of the system and power-off do. [IPMI 2.0 §23.2, parameter 0]
func (p *parameters) systemReset() { p.complete() }

// getParameters is Get LAN, Serial/Modem and SOL Configuration Parameters: revision only, or one parameter.
// [IPMI 2.0 §23.2, §25.2, §26.3]
func (p *parameters) getParameters(m *Machine, c *channel, r *Request) ([]byte, error) {
	return p.answer(m, c, r.Buf, r.Data[0]&revisionOnly != 0, [3]byte(r.Data[1:]))
}

// answer appends the revision and, unless that is all that is asked for, the parameter with the selectors: parameter,
// set, block.
func (p *parameters) answer(m *Machine, c *channel, b []byte, revisionOnly bool, selectors [3]byte) ([]byte, error) {
	number := selectors[0]
	if !revisionOnly {
		return p.read(m, c, append(b, parameterRevision), number, selectors[1], selectors[2])
	}
	if number != 0 && p.row(number) == nil {
		return nil, ccParameterUnsupported
	}
	return append(b, parameterRevision), nil
}

const revisionOnly = 1 << 7
