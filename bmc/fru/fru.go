// Package fru reads and writes FRU inventory areas: the image that Read FRU Data and Write FRU Data move, or that lies
// in an EEPROM on a board. It holds a common header and up to five areas: internal use, chassis, board, product and
// multirecord. [FRU §8-§18, IPMI 2.0 §34]
//
// Fields keep the bytes that are stored, not the text they stand for, so that an image that was captured from a real
// machine can be written again byte by byte. What real machines do that the specification forbids is read and reported:
// Parse returns everything it could read together with the list of what is wrong.
//
// "[FRU]" is the Platform Management FRU Information Storage Definition v1.0 revision 1.3.
package fru

import (
	"errors"
	"fmt"
	"slices"
)

// formatVersion is the low nibble of the first byte of the common header and of each area but the multirecord area.
// [FRU §8-§12]
const formatVersion = 1

// unit is the unit of area offsets and lengths, in bytes. [FRU §8]
const unit = 8

// headerLen is the length of the common header, and the offset of its checksum plus one. [FRU §8]
const headerLen = 8

// Area names one of the five areas. The numbers are the offsets of their fields in the common header. [FRU §8]
type Area uint8

// Areas, in the order in which they stand in an image. [FRU §8, §17]
const (
	InternalUse Area = 1 + iota
	ChassisInfo
	BoardInfo
	ProductInfo
	MultiRecord
)

// String is the specification's name.
func (a Area) String() string {
	switch a {
	case InternalUse:
		return "internal use area"
	case ChassisInfo:
		return "chassis info area"
	case BoardInfo:
		return "board info area"
	case ProductInfo:
		return "product info area"
	case MultiRecord:
		return "multirecord area"
	}
	return "common header"
}

// Offsets are the starting offsets of the areas in multiples of eight bytes, 0 for an area that is absent, indexed by
// Area. Index 0 is unused. [FRU §8]
type Offsets [MultiRecord + 1]uint8

// Inventory is one FRU inventory image. Areas that are nil or empty are absent.
type Inventory struct {
	// Internal is the internal use area without its format version byte. Its end is not marked: reading ends at the next
	// area, or at the end of the image. [FRU §9]
	Internal []byte
	Chassis  *Chassis
	Board    *Board
	Product  *Product
	Records  []Record // the multirecord area

	// Offsets puts areas in places of their own, as some vendors do (Dell writes the internal use area behind the board
	// area). Parse fills it. Where all are 0, areas stand in the specification's order without gaps. [FRU §17]
	Offsets Offsets
}

// FormatError is one thing that is wrong with an image.
type FormatError struct {
	Area   Area // 0: common header
	Offset int  // from the start of the image, in bytes
	Reason string
}

// Error gives area, offset and reason.
func (e *FormatError) Error() string {
	return fmt.Sprintf("fru %s, offset %d: %s", e.Area, e.Offset, e.Reason)
}

// problems collects what is wrong while the reading goes on.
type problems []error

func (p *problems) add(a Area, offset int, format string, args ...any) {
	*p = append(*p, &FormatError{Area: a, Offset: offset, Reason: fmt.Sprintf(format, args...)})
}

// Parse reads an image. The inventory shares no memory with b. The error joins one *FormatError for each thing that is
// wrong; what could be read is returned beside it. Bytes behind the last area do not count.
func Parse(b []byte) (Inventory, error) {
	var inv Inventory
	var bad problems
	if len(b) < headerLen {
		bad.add(0, len(b), "image ends inside the header")
		return inv, errors.Join(bad...)
	}
	if sum(b[:headerLen]) != 0 {
		bad.add(0, headerLen-1, "checksum is %02Xh, want %02Xh", b[headerLen-1], checksum(b[:headerLen-1]))
	}
	if v := b[0] & 0x0f; v != formatVersion {
		bad.add(0, 0, "format version is %d, want %d", v, formatVersion)
		return inv, errors.Join(bad...) // FFh of an empty EEPROM: the offsets mean nothing
	}
	var ends [MultiRecord + 1]int
	for a := InternalUse; a <= MultiRecord; a++ {
		start := int(b[a]) * unit
		if start == 0 {
			continue
		}
		if start >= len(b) {
			bad.add(a, start, "starts behind the end of the image, %d bytes", len(b))
			continue
		}
		inv.Offsets[a] = b[a]
		ends[a] = inv.parseArea(a, b, start, &bad)
	}
	last := Area(0)
	for _, a := range byOffset(inv.Offsets) {
		if start := int(b[a]) * unit; start < ends[last] {
			bad.add(a, start, "starts inside the %s", last)
		}
		last = a
	}
	return inv, errors.Join(bad...)
}

// parseArea reads the area at start and returns where it ends.
func (inv *Inventory) parseArea(a Area, b []byte, start int, bad *problems) (end int) {
	r := areaReader{area: a, image: b, bad: bad}
	switch a {
	case InternalUse:
		if v := b[start] & 0x0f; v != formatVersion {
			bad.add(a, start, "format version is %d, want %d", v, formatVersion)
		}
		end = internalEnd(b, start)
		inv.Internal = append([]byte{}, b[start+1:end]...)
	case ChassisInfo:
		if inv.Chassis = parseChassis(r, start); inv.Chassis != nil {
			end = start + inv.Chassis.Length
		}
	case BoardInfo:
		if inv.Board = parseBoard(r, start); inv.Board != nil {
			end = start + inv.Board.Length
		}
	case ProductInfo:
		if inv.Product = parseProduct(r, start); inv.Product != nil {
			end = start + inv.Product.Length
		}
	case MultiRecord:
		inv.Records, end = parseRecords(b, start, bad)
	}
	return end
}

// internalEnd finds the nearest area behind start, or the end of the image.
func internalEnd(b []byte, start int) int {
	end := len(b)
	for a := ChassisInfo; a <= MultiRecord; a++ {
		if o := int(b[a]) * unit; o > start && o < end {
			end = o
		}
	}
	return end
}

// AppendTo appends the image, common header and all areas with their checksums, filled with 00h to a multiple of eight
// bytes. The error names the first field or area that the format cannot hold.
func (inv *Inventory) AppendTo(b []byte) ([]byte, error) {
	start := len(b)
	areas, err := inv.areas()
	if err != nil {
		return b, err
	}
	offsets := inv.Offsets
	if offsets == (Offsets{}) {
		if offsets, err = consecutive(areas); err != nil {
			return b, err
		}
	} else if err := checkOffsets(offsets, areas); err != nil {
		return b, err
	}
	b = append(b, formatVersion)
	b = append(b, offsets[1:]...)
	b = append(b, 0) // pad
	b = append(b, checksum(b[start:]))
	for _, a := range byOffset(offsets) {
		at := start + int(offsets[a])*unit
		b = append(b, make([]byte, at-len(b))...)
		b = append(b, areas[a]...)
		b = append(b, make([]byte, padding(len(areas[a])))...)
	}
	return b, nil
}

// areas encodes each present area.
func (inv *Inventory) areas() (areas [MultiRecord + 1][]byte, err error) {
	if inv.Internal != nil {
		areas[InternalUse] = append([]byte{formatVersion}, inv.Internal...)
	}
	if inv.Chassis != nil {
		if areas[ChassisInfo], err = inv.Chassis.AppendTo(nil); err != nil {
			return areas, err
		}
	}
	if inv.Board != nil {
		if areas[BoardInfo], err = inv.Board.AppendTo(nil); err != nil {
			return areas, err
		}
	}
	if inv.Product != nil {
		if areas[ProductInfo], err = inv.Product.AppendTo(nil); err != nil {
			return areas, err
		}
	}
	if len(inv.Records) > 0 {
		areas[MultiRecord], err = appendRecords(nil, inv.Records)
	}
	return areas, err
}

// consecutive gives each area the next free offset. [FRU §17]
func consecutive(areas [MultiRecord + 1][]byte) (offsets Offsets, err error) {
	next := headerLen / unit
	for a := InternalUse; a <= MultiRecord; a++ {
		if len(areas[a]) == 0 {
			continue
		}
		if next > 0xff {
			return offsets, fmt.Errorf("fru %s: would start at byte %d, the header reaches %d", a, next*unit, 0xff*unit)
		}
		offsets[a] = uint8(next)
		next += (len(areas[a]) + unit - 1) / unit
	}
	return offsets, nil
}

// checkOffsets refuses offsets without area, areas without offset, and areas that overlap.
func checkOffsets(offsets Offsets, areas [MultiRecord + 1][]byte) error {
	for a := InternalUse; a <= MultiRecord; a++ {
		if (offsets[a] == 0) != (len(areas[a]) == 0) {
			return fmt.Errorf("fru %s: %d bytes, but offset %d", a, len(areas[a]), int(offsets[a])*unit)
		}
	}
	end := headerLen
	for _, a := range byOffset(offsets) {
		if at := int(offsets[a]) * unit; at < end {
			return fmt.Errorf("fru %s: starts at byte %d, inside the area in front of it, which ends at %d", a, at, end)
		}
		end = int(offsets[a])*unit + len(areas[a])
	}
	return nil
}

// byOffset lists the present areas in the order of their places.
func byOffset(offsets Offsets) []Area {
	var order []Area
	for a := InternalUse; a <= MultiRecord; a++ {
		if offsets[a] != 0 {
			order = append(order, a)
		}
	}
	slices.SortStableFunc(order, func(x, y Area) int { return int(offsets[x]) - int(offsets[y]) })
	return order
}

// padding is the number of bytes from n to the next multiple of eight.
func padding(n int) int { return (unit - n%unit) % unit }

// checksum is the zero checksum of b: both add up to zero modulo 256. [FRU §8]
func checksum(b []byte) byte { return -sum(b) }

func sum(b []byte) (s byte) {
	for _, c := range b {
		s += c
	}
	return s
}
