package fru

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func text(t testing.TB, s string) Field {
	t.Helper()
	f, err := NewText(s, English)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// s2600wtt is the image of an Intel S2600WTT baseboard as published by InfraSIM from the physical machine; serial
// numbers and asset tag are replaced, the checksums of header, internal use and chassis area are the vendor's.
const s2600wtt = `
01 01 02 10 19 00 00 d3
01 00 00 00 00 00 00 01
01 0e 17 d2 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e d2 2e
2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e df 2e 2e 2e 2e 2e 2e
2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e
2e df 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e 2e
2e 2e 2e 2e 2e 2e 2e 2e 2e c1 00 00 00 00 00 1b
01 09 00 c9 9e 98 d1 49 6e 74 65 6c 20 43 6f 72 70 6f 72 61 74 69 6f 6e
c8 53 32 36 30 30 57 54 54 cc 42 51 57 57 35 37 34 38 35 32 39 36 ca 47
39 32 31 38 37 2d 33 35 30 cc 46 52 55 20 56 65 72 20 31 2e 30 30 c1 56
01 11 00 c3 45 4d 43 c8 53 32 36 30 30 57 54 54 ce 31 30 30 2d 35 36 34
2d 34 30 30 2d 30 30 c3 46 46 46 ce 46 43 34 4e 4a 30 32 30 31 37 32 33
32 36 dd 46 43 32 48 55 31 34 30 30 36 38 32 36 39 5f 35 36 32 2d 33 35
38 2d 38 35 35 2d 33 39 c0 c1 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c1`

func TestParseCapturedImage(t *testing.T) {
	t.Parallel()
	image := unhex(t, s2600wtt)
	inv, err := Parse(append(bytes.Clone(image), bytes.Repeat([]byte{0xff}, 64)...)) // the rest of the EEPROM
	if err != nil {
		t.Fatal(err)
	}
	dots := strings.Repeat(".", 31)
	want := Inventory{
		Internal: unhex(t, "00000000000001"),
		Chassis: &Chassis{
			Type: 0x17, PartNumber: text(t, dots[:18]), SerialNumber: text(t, dots[:18]),
			Custom: []Field{text(t, dots), text(t, dots)}, Length: 112,
		},
		Board: &Board{
			MfgTime: 0x989ec9, Manufacturer: text(t, "Intel Corporation"), ProductName: text(t, "S2600WTT"),
			SerialNumber: text(t, "BQWW57485296"), PartNumber: text(t, "G92187-350"), FRUFileID: text(t, "FRU Ver 1.00"), Length: 72,
		},
		Product: &Product{
			Manufacturer: text(t, "EMC"), ProductName: text(t, "S2600WTT"), PartNumber: text(t, "100-564-400-00"),
			Version: text(t, "FFF"), SerialNumber: text(t, "FC4NJ020172326"),
			AssetTag: text(t, "FC2HU140068269_562-358-855-39"), FRUFileID: Field{Encoding: Text}, Length: 136,
		},
		Offsets: Offsets{0, 1, 2, 16, 25, 0},
	}
	if !reflect.DeepEqual(inv, want) {
		t.Errorf("got  %+v\nwant %+v", inv, want)
	}
	if got := inv.Board.MfgTime.Time(); got != time.Date(2015, 1, 6, 22, 1, 0, 0, time.UTC) {
		t.Errorf("manufactured %s", got)
	}
	if _, err := Parse(image); err != nil {
		t.Errorf("without the rest of the EEPROM: %v", err)
	}
	got, err := inv.AppendTo([]byte("before"))
	if err != nil || !bytes.Equal(got, append([]byte("before"), image...)) {
		t.Errorf("append: %v\ngot  %x\nwant %x", err, got, image)
	}
}

func TestAppendComputesLayout(t *testing.T) {
	t.Parallel()
	inv := Inventory{
		Board:   &Board{Language: English, Manufacturer: text(t, "DELL")},
		Records: []Record{{Type: 0xc0, Data: []byte{1, 2, 3}}},
	}
	got, err := inv.AppendTo(nil)
	// 6 fixed bytes, 5 of text, four empty fields, C1h and the checksum are 17: three units.
	want := unhex(t, `
		01 00 00 01 00 04 00 fa
		01 03 19 00 00 00 c4 44 45 4c 4c 00 00 00 00 c1 00 00 00 00 00 00 00 3d
		c0 82 03 fa c1 01 02 03`)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\ngot  % x\nwant % x", err, got, want)
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	long := Field{Encoding: Text, Data: make([]byte, 64)}
	full := Field{Encoding: Binary, Data: make([]byte, 63)}
	for _, tt := range []struct {
		name string
		inv  Inventory
		want string
	}{
		{"§13 field of 64 bytes", Inventory{Chassis: &Chassis{SerialNumber: long}}, "chassis info area: field 2: more than 63"},
		{"§13 text of one byte", Inventory{Product: &Product{Custom: []Field{{Text, []byte("A")}}}}, "custom field 1: one byte of text"},
		{"§11 area of 256 units", Inventory{Board: &Board{Custom: make33(full)}}, "at most 2040"},
		{"§11 time of 25 bits", Inventory{Board: &Board{MfgTime: 1 << 24}}, "24 bits"},
		{"§16.2.4 record of 256 bytes", Inventory{Records: []Record{{Data: make([]byte, 256)}}}, "record 1: 256 bytes"},
		{"§8 overlap", Inventory{Chassis: &Chassis{}, Board: &Board{}, Offsets: Offsets{0, 0, 1, 1}}, "inside the area"},
		{"§8 offset without area", Inventory{Board: &Board{}, Offsets: Offsets{0, 1, 0, 3}}, "internal use area: 0 bytes"},
		{"§8 offset beyond 2040", Inventory{Internal: make([]byte, 2100), Board: &Board{}}, "header reaches 2040"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := tt.inv.AppendTo([]byte{7})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if !bytes.Equal(b, []byte{7}) {
				t.Errorf("appended %d bytes beside the error", len(b)-1)
			}
		})
	}
}

func make33(f Field) []Field {
	fields := make([]Field, 33)
	for i := range fields {
		fields[i] = f
	}
	return fields
}

func TestParseReports(t *testing.T) {
	t.Parallel()
	with := func(offset int, c byte) func(b []byte) []byte {
		return func(b []byte) []byte { b[offset] = c; return b }
	}
	for _, tt := range []struct {
		name   string
		damage func(b []byte) []byte
		area   Area
		offset int
		reason string
	}{
		{"§8 short header", func(b []byte) []byte { return b[:7] }, 0, 7, "image ends"},
		{"§8 checksum", with(7, 0), 0, 7, "checksum is 00h, want D3h"},
		{"§8 empty EEPROM", with(0, 0xff), 0, 0, "format version is 15"},
		{"§8 area behind the end", with(4, 0xff), ProductInfo, 2040, "behind the end"},
		{"§9 version", with(8, 2), InternalUse, 8, "format version is 2"},
		{"§8 area at the end", func(b []byte) []byte { return b[:200] }, ProductInfo, 200, "behind the end of the image, 200"},
		{"§12 no length", func(b []byte) []byte { return b[:201] }, ProductInfo, 201, "before the area's length"},
		{"§12 no fixed bytes", func(b []byte) []byte { return b[:202] }, ProductInfo, 202, "inside its fixed bytes"},
		{"§12 no field", func(b []byte) []byte { return b[:203] }, ProductInfo, 203, "no C1h"},
		{"§10 version 9", with(16, 9), ChassisInfo, 16, "format version is 9"},
		{"§10 version", with(16, 0), ChassisInfo, 16, "format version is 0"},
		{"§10 checksum", with(127, 0), ChassisInfo, 127, "checksum is 00h, want 1Bh"},
		{"§10 length 0", with(17, 0), ChassisInfo, 17, "length is 0"},
		{"§10 C1h too early", with(19, 0xc1), ChassisInfo, 19, "C1h after 0 of 2"},
		{"§11 length reaches into the product area", with(129, 10), BoardInfo, 207, "checksum"},
		{"§11 field longer than the area", with(185, 0xff), BoardInfo, 185, "type/length FFh: 63 bytes, 13 are left"},
		{"§12 no C1h", func(b []byte) []byte { return b[:200+88] }, ProductInfo, 201, "length is 136"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.damage(unhex(t, s2600wtt)))
			if err == nil {
				t.Fatal("no error")
			}
			joined, ok := err.(interface{ Unwrap() []error })
			if !ok {
				t.Fatalf("%T is not joined", err)
			}
			for _, e := range joined.Unwrap() {
				var f *FormatError
				if errors.As(e, &f) && f.Area == tt.area && f.Offset == tt.offset && strings.Contains(f.Reason, tt.reason) {
					return
				}
			}
			t.Errorf("got %v", err)
		})
	}
}

func TestParseKeepsWhatItCanRead(t *testing.T) {
	t.Parallel()
	b := unhex(t, s2600wtt)
	b[127]++ // chassis checksum
	inv, err := Parse(b)
	if err == nil || inv.Chassis == nil || inv.Chassis.Type != 0x17 || inv.Board == nil || inv.Product == nil {
		t.Errorf("error %v, inventory %+v", err, inv)
	}
	if !strings.Contains(err.Error(), "fru chassis info area, offset 127: checksum is 1Ch, want 1Bh") {
		t.Errorf("error %v", err)
	}
}

func TestAreasThatAreExactlyFull(t *testing.T) {
	t.Parallel()
	// Version, length, type, two fields with their type/length bytes, C1h and checksum: 32 bytes.
	f := Field{Encoding: Binary, Data: make([]byte, 12)}
	inv := Inventory{
		Internal: []byte{1, 2, 3, 4, 5, 6, 7},
		Chassis:  &Chassis{PartNumber: f, SerialNumber: Field{Encoding: Binary, Data: make([]byte, 13)}, Length: 32},
		Records:  []Record{{Type: 0xc0, Data: make([]byte, 0, 255)[:255]}, {Type: 0xff, Data: make([]byte, 4)}},
	}
	image, err := inv.AppendTo(nil)
	if err != nil || len(image) != 8+8+32+5+255+5+4+3 {
		t.Fatalf("%d bytes, %v", len(image), err)
	}
	got, err := Parse(image)
	if inv.Offsets = (Offsets{0, 1, 2, 0, 0, 6}); err != nil || !reflect.DeepEqual(got, inv) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, inv)
	}
	inv = Inventory{Internal: []byte{1, 2, 3, 4, 5, 6, 7}, Records: inv.Records[:1]}
	image, err = inv.AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Parse(image); err != nil || len(got.Internal) != 7 {
		t.Errorf("§9 internal use in front of records: %v, % x", err, got.Internal)
	}
}

func TestParseReportsOverlap(t *testing.T) {
	t.Parallel()
	b := unhex(t, s2600wtt)
	b[2], b[7] = 17, b[7]-15 // the chassis area begins inside the board area
	_, err := Parse(b)
	if err == nil || !strings.Contains(err.Error(), "offset 136: starts inside the board info area") {
		t.Errorf("error %v", err)
	}
}

func TestMfgTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		time string
		want MfgTime
	}{
		{"1996-01-01T00:01:59Z", 1},
		{"1996-01-02T00:00:00Z", 1440},
		{"2015-01-06T22:01:00Z", 0x989ec9},
		{"2027-11-24T20:15:00Z", 0xffffff},
		{"2015-01-06T23:01:00+01:00", 0x989ec9},
	} {
		at, err := time.Parse(time.RFC3339, tt.time)
		if err != nil {
			t.Fatal(err)
		}
		got, err := MfgTimeOf(at)
		if err != nil || got != tt.want || !got.Time().Equal(at.Truncate(time.Minute)) {
			t.Errorf("%s: %d, %v, want %d", tt.time, got, err, tt.want)
		}
	}
	for _, bad := range []time.Time{epoch, epoch.Add(-time.Hour), time.Date(2027, 11, 24, 20, 16, 0, 0, time.UTC)} {
		if _, err := MfgTimeOf(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
	if m, err := MfgTimeOf(time.Time{}); m != 0 || err != nil || !m.Time().IsZero() {
		t.Errorf("zero time: %d, %v", m, err)
	}
}

// seal sets versions and checksums where they belong, so that fuzzing comes past them.
func seal(b []byte) {
	if len(b) < headerLen {
		return
	}
	b[0], b[7] = 1, 0
	b[7] = checksum(b[:8])
	for _, o := range b[2:5] {
		at := int(o) * unit
		if o == 0 || at+2 > len(b) || at+int(b[at+1])*unit > len(b) || b[at+1] == 0 {
			continue
		}
		area := b[at : at+int(b[at+1])*unit]
		area[0], area[len(area)-1] = 1, 0
		area[len(area)-1] = checksum(area)
	}
	for at := int(b[5]) * unit; at > 0 && at+5 <= len(b) && at+5+int(b[at+2]) <= len(b); at += 5 + int(b[at+2]) {
		h := b[at : at+5]
		h[1], h[3] = h[1]&endOfList|recordFormat, checksum(b[at+5:at+5+int(h[2])])
		h[4] = checksum(h[:4])
	}
}

func FuzzParse(f *testing.F) {
	f.Add(unhex(f, s2600wtt))
	f.Add(unhex(f, "01 00 00 00 00 01 00 fe 03 82 02 60 19 02 9e"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = Parse(b)
		b = bytes.Clone(b)
		seal(b)
		inv, err := Parse(b)
		if err != nil {
			return
		}
		image, err := inv.AppendTo(nil)
		if err != nil {
			t.Fatalf("%+v: %v", inv, err)
		}
		again, err := Parse(image)
		if err != nil {
			t.Fatalf("%x: %v", image, err)
		}
		// The end of the internal use area is the end of the image; a multiple of eight bytes is written.
		again.Internal = again.Internal[:min(len(inv.Internal), len(again.Internal))]
		if len(inv.Internal) == 0 {
			again.Internal = inv.Internal
		}
		if !reflect.DeepEqual(inv, again) {
			t.Fatalf("got  %+v\nwant %+v", again, inv)
		}
	})
}
