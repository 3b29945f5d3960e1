package fru

import (
	"errors"
	"fmt"
	"time"
)

// maxArea is the greatest length of an info area: one byte counts units of eight. [FRU §10-§12]
const maxArea = 0xff * unit

// epoch is the zero of manufacturing times. The specification names no time zone; UTC is what most tools assume.
// [FRU §11]
var epoch = time.Date(1996, 1, 1, 0, 0, 0, 0, time.UTC)

// MfgTime is a manufacturing date and time in minutes since 1996-01-01 00:00, 24 bits; 0 is unspecified. [FRU §11]
type MfgTime uint32

// maxMfgTime is in November 2027.
const maxMfgTime MfgTime = 1<<24 - 1

// MfgTimeOf cuts t to the minute. The zero time is unspecified. Times before 1996-01-01 00:01 or after
// 2027-11-24 20:15 UTC cannot be told.
func MfgTimeOf(t time.Time) (MfgTime, error) {
	if t.IsZero() {
		return 0, nil
	}
	m := t.Sub(epoch) / time.Minute
	if m <= 0 || m > time.Duration(maxMfgTime) {
		return 0, fmt.Errorf("manufacturing time %s is not between 1996 and %s", t.Format(time.RFC3339),
			maxMfgTime.Time().Format(time.RFC3339))
	}
	return MfgTime(m), nil
}

// Time is the time in UTC, or the zero time when m is unspecified.
func (m MfgTime) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return epoch.Add(time.Duration(m) * time.Minute)
}

// Chassis is the chassis info area. It has no language: its text is English. [FRU §10]
type Chassis struct {
	Type         uint8 // SMBIOS enclosure type, 17h rack mount chassis [FRU §14]
	PartNumber   Field
	SerialNumber Field
	Custom       []Field
	Length       int // of the whole area in bytes when longer than needed; Parse fills it
}

// Board is the board info area. [FRU §11]
type Board struct {
	Language     Language
	MfgTime      MfgTime
	Manufacturer Field
	ProductName  Field
	SerialNumber Field // always English
	PartNumber   Field
	FRUFileID    Field // always English
	Custom       []Field
	Length       int // as in Chassis
}

// Product is the product info area. [FRU §12]
type Product struct {
	Language     Language
	Manufacturer Field
	ProductName  Field
	PartNumber   Field // part or model number
	Version      Field
	SerialNumber Field // always English
	AssetTag     Field
	FRUFileID    Field
	Custom       []Field
	Length       int // as in Chassis
}

func (c *Chassis) fields() []*Field { return []*Field{&c.PartNumber, &c.SerialNumber} }

func (b *Board) fields() []*Field {
	return []*Field{&b.Manufacturer, &b.ProductName, &b.SerialNumber, &b.PartNumber, &b.FRUFileID}
}

func (p *Product) fields() []*Field {
	return []*Field{&p.Manufacturer, &p.ProductName, &p.PartNumber, &p.Version, &p.SerialNumber, &p.AssetTag, &p.FRUFileID}
}

// AppendTo appends the area with its checksum. [FRU §10]
func (c *Chassis) AppendTo(b []byte) ([]byte, error) {
	return appendArea(b, ChassisInfo, []byte{c.Type}, c.fields(), c.Custom, c.Length)
}

// AppendTo appends the area with its checksum. [FRU §11]
func (b *Board) AppendTo(dst []byte) ([]byte, error) {
	if b.MfgTime > maxMfgTime {
		return dst, fmt.Errorf("fru %s: manufacturing time %d has more than 24 bits", BoardInfo, b.MfgTime)
	}
	fixed := []byte{byte(b.Language), byte(b.MfgTime), byte(b.MfgTime >> 8), byte(b.MfgTime >> 16)}
	return appendArea(dst, BoardInfo, fixed, b.fields(), b.Custom, b.Length)
}

// AppendTo appends the area with its checksum. [FRU §12]
func (p *Product) AppendTo(b []byte) ([]byte, error) {
	return appendArea(b, ProductInfo, []byte{byte(p.Language)}, p.fields(), p.Custom, p.Length)
}

// appendArea appends what the three info areas have in common: version, length, fixed bytes, fields, C1h, fill and
// checksum. length is the least length in bytes.
func appendArea(b []byte, a Area, fixed []byte, fields []*Field, custom []Field, length int) ([]byte, error) {
	start := len(b)
	b = append(b, formatVersion, 0)
	b = append(b, fixed...)
	var err error
	for i, f := range fields {
		if b, err = f.appendTo(b); err != nil {
			return b[:start], fmt.Errorf("fru %s: field %d: %w", a, i+1, err)
		}
	}
	for i, f := range custom {
		if b, err = f.appendTo(b); err != nil {
			return b[:start], fmt.Errorf("fru %s: custom field %d: %w", a, i+1, err)
		}
	}
	b = append(b, endOfFields)
	n := max(len(b)-start+1, length)
	if n += padding(n); n > maxArea {
		return b[:start], fmt.Errorf("fru %s: %d bytes, at most %d", a, n, maxArea)
	}
	b = append(b, make([]byte, start+n-1-len(b))...)
	b[start+1] = byte(n / unit)
	return append(b, checksum(b[start:])), nil
}

// areaReader reads one info area and notes what is wrong with it.
type areaReader struct {
	area  Area
	image []byte
	bad   *problems
	pos   int // of the next byte in image
	end   int // of the fields: the place of the checksum
}

// open checks version, length and checksum of the area at start and moves behind the length byte. The result is the
// area's length in bytes, 0 when it cannot be read.
func (r *areaReader) open(start int) int {
	if v := r.image[start] & 0x0f; v != formatVersion {
		r.bad.add(r.area, start, "format version is %d, want %d", v, formatVersion)
		return 0
	}
	if start+1 >= len(r.image) {
		r.bad.add(r.area, start+1, "image ends before the area's length")
		return 0
	}
	n := int(r.image[start+1]) * unit
	if n == 0 {
		r.bad.add(r.area, start+1, "length is 0")
		return 0
	}
	r.pos, r.end = start+2, start+n-1
	if start+n > len(r.image) {
		r.bad.add(r.area, start+1, "length is %d, but the image ends after %d bytes", n, len(r.image)-start)
		r.end = len(r.image)
		return n
	}
	if sum(r.image[start:start+n]) != 0 {
		r.bad.add(r.area, r.end, "checksum is %02Xh, want %02Xh", r.image[r.end], checksum(r.image[start:r.end]))
	}
	return n
}

// fixed returns the next n bytes, or n zeros.
func (r *areaReader) fixed(n int) []byte {
	if r.pos+n > r.end {
		r.bad.add(r.area, r.pos, "area ends inside its fixed bytes")
		r.pos = r.end
		return make([]byte, n)
	}
	b := r.image[r.pos : r.pos+n]
	r.pos += n
	return b
}

var (
	errEnd     = errors.New("end of fields")
	errNoField = errors.New("no field")
)

// field reads a type/length byte and its data.
func (r *areaReader) field() (Field, error) {
	if r.pos >= r.end {
		r.bad.add(r.area, r.pos, "no C1h behind the last field")
		return Field{}, errNoField
	}
	tl := r.image[r.pos]
	if tl == endOfFields {
		return Field{}, errEnd
	}
	n := int(tl & lengthMask)
	if r.pos+1+n > r.end {
		r.bad.add(r.area, r.pos, "type/length %02Xh: %d bytes, %d are left", tl, n, r.end-r.pos-1)
		return Field{}, errNoField
	}
	f := Field{Encoding: Encoding(tl >> encodingShift)}
	if n > 0 {
		f.Data = append([]byte(nil), r.image[r.pos+1:r.pos+1+n]...)
	}
	r.pos += 1 + n
	return f, nil
}

// fields fills the area's own fields and returns the custom ones.
func (r *areaReader) fields(own []*Field) (custom []Field) {
	for i, dst := range own {
		f, err := r.field()
		if err == errEnd {
			r.bad.add(r.area, r.pos, "C1h after %d of %d fields", i, len(own))
		}
		if err != nil {
			return nil
		}
		*dst = f
	}
	for {
		f, err := r.field()
		if err != nil {
			return custom
		}
		custom = append(custom, f)
	}
}

func parseChassis(r areaReader, start int) *Chassis {
	c := &Chassis{}
	if c.Length = r.open(start); c.Length == 0 {
		return nil
	}
	c.Type = r.fixed(1)[0]
	c.Custom = r.fields(c.fields())
	return c
}

func parseBoard(r areaReader, start int) *Board {
	b := &Board{}
	if b.Length = r.open(start); b.Length == 0 {
		return nil
	}
	fixed := r.fixed(4)
	b.Language = Language(fixed[0])
	b.MfgTime = MfgTime(fixed[1]) | MfgTime(fixed[2])<<8 | MfgTime(fixed[3])<<16
	b.Custom = r.fields(b.fields())
	return b
}

func parseProduct(r areaReader, start int) *Product {
	p := &Product{}
	if p.Length = r.open(start); p.Length == 0 {
		return nil
	}
	p.Language = Language(r.fixed(1)[0])
	p.Custom = r.fields(p.fields())
	return p
}
