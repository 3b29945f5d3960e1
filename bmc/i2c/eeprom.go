package i2c

import (
	"bytes"
	"fmt"
)

// WriteProtect is what the WP pin of an EEPROM does.
type WriteProtect uint8

// With the pin high, Atmel and Microchip parts acknowledge the data and drop it; ST parts do not acknowledge it.
const (
	Writable WriteProtect = iota
	DropWrites
	RefuseWrites
)

// EEPROM is a serial EEPROM of the 24Cxx family. [Atmel AT24C01C/02C, AT24C04C/08C, AT24C16C, AT24C32D/64D, AT24C128C/256C]
//
// Up to 24C16 the word address is one byte, and its upper bits are the lower bits of the device address: 24C04 answers at
// two addresses, 24C08 at four, 24C16 at eight. From 24C32 the word address is two bytes, MS byte first, bits above the
// size ignored.
//
//   - Byte and page write: data goes into a page buffer, whose address wraps at the end of the page, and into the
//     array at the STOP. A repeated START instead of the STOP drops it.
//   - Current-address, random and sequential read: the address counter goes on from the last byte accessed and wraps at
//     the end of the array. The device address bits of a read replace the counter's block bits too: Microchip (24AA16
//     §3.6) calls them "in effect the three Most Significant bits of the word address"; Atmel does not say.
//   - The write cycle of some milliseconds, in which the part does not acknowledge its address, is counted in
//     addressings, not in time, so that answers do not depend on a clock: see BusyPolls.
type EEPROM struct {
	Signal
	// Protect is the WP pin.
	Protect WriteProtect
	// BusyPolls is how many times the address is not acknowledged after a write.
	BusyPolls int

	chip  eepromChip
	image []byte // contents as built, shared, never written; what lies beyond it is FFh
	array []byte // own contents, from the first write on

	counter  int
	buffer   []byte // page buffer: the bytes of this write, of its page
	valid    []bool // which of them came
	pending  bool   // anything came
	addrLeft int    // address bytes still to come
	busy     int
}

type eepromChip struct {
	size, page int
	wide       bool // word address of two bytes
}

// The parts, by model name.
func eepromChips() map[string]eepromChip {
	return map[string]eepromChip{
		"24c01": {128, 8, false}, "24c02": {256, 8, false}, "24c04": {512, 16, false}, "24c08": {1024, 16, false},
		"24c16": {2048, 16, false}, "24c32": {4096, 32, true}, "24c64": {8192, 32, true},
		"24c128": {16384, 64, true}, "24c256": {32768, 64, true}, "24c512": {65536, 128, true},
	}
}

// NewEEPROM returns an EEPROM of a model ("24c02" …) that holds the image and FFh, the erased state, behind it. The image
// is not copied until the first write, so many machines can share one; it must not change.
func NewEEPROM(model string, image []byte) (*EEPROM, error) {
	chip, ok := eepromChips()[model]
	if !ok {
		return nil, fmt.Errorf("no EEPROM model %q", model)
	}
	if len(image) > chip.size {
		return nil, fmt.Errorf("image has %d bytes, a %s holds %d", len(image), model, chip.size)
	}
	return &EEPROM{chip: chip, image: image}, nil
}

// NewMemory returns a memory of any size up to 64 KiB that is on no bus: what a controller keeps in its own flash.
func NewMemory(size int, image []byte) (*EEPROM, error) {
	if size < 1 || size > 1<<16 || len(image) > size {
		return nil, fmt.Errorf("%d bytes do not fit a memory of %d", len(image), size)
	}
	return &EEPROM{chip: eepromChip{size: size, page: size, wide: true}, image: image}, nil
}

// BeginWriteCycle makes the part busy as after a write on the bus: see BusyPolls.
func (e *EEPROM) BeginWriteCycle() { e.busy = e.BusyPolls }

// Span is the number of addresses the part answers at.
func (e *EEPROM) Span() int {
	if e.chip.wide {
		return 1
	}
	return max(1, e.chip.size/256)
}

// Size is the capacity in bytes.
func (e *EEPROM) Size() int { return e.chip.size }

// PageSize is the length of the page buffer.
func (e *EEPROM) PageSize() int { return e.chip.page }

func (e *EEPROM) at(i int) byte {
	switch {
	case e.array != nil:
		return e.array[i]
	case i < len(e.image):
		return e.image[i]
	}
	return 0xff
}

// own makes the contents private.
func (e *EEPROM) own() []byte {
	if e.array == nil {
		a := make([]byte, e.chip.size)
		for i := copy(a, e.image); i < len(a); i++ {
			a[i] = 0xff
		}
		e.array = a
	}
	return e.array
}

// Bytes returns a copy of the contents.
func (e *EEPROM) Bytes() []byte {
	b := make([]byte, e.chip.size)
	e.ReadAt(b, 0)
	return b
}

// ReadAt copies contents from off and returns how many bytes there were. It works as the array does, not the bus: no
// counter moves.
func (e *EEPROM) ReadAt(b []byte, off int) int {
	if off < 0 || off >= e.chip.size {
		return 0
	}
	n := min(len(b), e.chip.size-off)
	for i := range n {
		b[i] = e.at(off + i)
	}
	return n
}

// WriteAt changes contents from off and returns how many bytes fitted. Neither page nor WP pin holds it back: who
// programs an inventory through the controller is past both.
func (e *EEPROM) WriteAt(b []byte, off int) int {
	if off < 0 || off >= e.chip.size || len(b) == 0 {
		return 0
	}
	n := min(len(b), e.chip.size-off)
	if a := e.own(); !bytes.Equal(a[off:off+n], b[:n]) {
		copy(a[off:], b[:n])
		e.Changed()
	}
	return n
}

// Start sets the block bits of the counter. It does not acknowledge during a write cycle.
func (e *EEPROM) Start(addr uint8, read bool) bool {
	e.drop()
	if e.busy > 0 {
		e.busy--
		return false
	}
	if span := e.Span(); span > 1 {
		e.counter = e.counter&0xff | int(addr)&(span-1)<<8
	}
	e.addrLeft = 0
	if !read {
		e.addrLeft = 1
		if e.chip.wide {
			e.addrLeft = 2
		}
	}
	return true
}

// Receive takes the word address, then data for the page buffer.
func (e *EEPROM) Receive(b byte) bool {
	if e.addrLeft > 0 {
		if e.chip.wide && e.addrLeft == 2 {
			e.counter = e.counter&0xff | int(b)<<8
		} else {
			e.counter = e.counter&^0xff | int(b)
		}
		e.addrLeft--
		if e.addrLeft == 0 {
			e.counter %= e.chip.size
		}
		return true
	}
	if e.Protect == RefuseWrites {
		return false
	}
	if e.buffer == nil {
		e.buffer, e.valid = make([]byte, e.chip.page), make([]bool, e.chip.page)
	}
	i := e.counter % e.chip.page
	e.buffer[i], e.valid[i], e.pending = b, true, true
	e.counter = e.counter - i + (i+1)%e.chip.page
	return true
}

// Send gives the byte the counter stands at.
func (e *EEPROM) Send() byte {
	e.counter %= e.chip.size
	b := e.at(e.counter)
	e.counter = (e.counter + 1) % e.chip.size
	return b
}

// Stop writes the page buffer into the array.
func (e *EEPROM) Stop() {
	defer e.drop()
	if !e.pending || e.Protect != Writable {
		return
	}
	e.busy = e.BusyPolls
	page := e.counter - e.counter%e.chip.page
	var differ bool
	for i, b := range e.buffer {
		if e.valid[i] && e.at(page+i) != b {
			e.own()[page+i], differ = b, true
		}
	}
	if differ {
		e.Changed()
	}
}

// drop forgets the page buffer.
func (e *EEPROM) drop() {
	if e.pending {
		e.buffer, e.valid, e.pending = nil, nil, false
	}
}

// Reset forgets the counter and what was not yet written; the array is non-volatile.
func (e *EEPROM) Reset() {
	e.drop()
	e.counter, e.addrLeft, e.busy = 0, 0, 0
}
