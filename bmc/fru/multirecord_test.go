package fru

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestPowerSupply(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		hex  string
		want PowerSupply
	}{
		{"captured Delta DPS-750XB", "ee02d006370510279c31204ec05d2f3f0c1f52c300000085", PowerSupply{
			Capacity: 750, PeakVA: 1744, InrushAmps: 55, InrushMillis: 5, LowVoltage1: 10000, HighVoltage1: 12700,
			LowVoltage2: 20000, HighVoltage2: 24000, LowHertz: 47, HighHertz: 63, DropoutMillis: 12,
			Flags:     PredictiveFail | PowerFactorCorrection | Autoswitch | HotSwap | TwoPulses,
			PeakWatts: 850, HoldUpSeconds: 12, PredictiveTach: 133,
		}},
		{"captured Dell 750 W, tail of five bytes", "ee028403190a28232067000000002f3f0a2fffff00000000041b00d907", PowerSupply{
			Capacity: 750, PeakVA: 900, InrushAmps: 25, InrushMillis: 10, LowVoltage1: 9000, HighVoltage1: 26400,
			LowHertz: 47, HighHertz: 63, DropoutMillis: 10, Flags: PredictiveFail | PowerFactorCorrection | Autoswitch | HotSwap,
			PeakWatts: 0xfff, HoldUpSeconds: 15, Tail: []byte{0x04, 0x1b, 0x00, 0xd9, 0x07},
		}},
		{"§18.1.14 combined wattage", strings.Repeat("00", 20) + "23780000", PowerSupply{
			Combined1: Plus5V, Combined2: Plus3V3, CombinedWatts: 120,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := unhex(t, tt.hex)
			got, err := ParsePowerSupply(b)
			got.Tail = append([]byte(nil), got.Tail...)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%v\ngot  %+v\nwant %+v", err, got, tt.want)
			}
			if tt.name == "captured Dell 750 W, tail of five bytes" {
				b[17] &= byte(powerSupplyFlags) // Dell sets a reserved bit
			}
			if out := got.AppendTo(nil); !bytes.Equal(out, b) {
				t.Errorf("got %x, want %x", out, b)
			}
			if _, err := ParsePowerSupply(b[:23]); err == nil {
				t.Error("23 bytes: no error")
			}
		})
	}
}

func TestDC(t *testing.T) {
	t.Parallel()
	out := DCOutput{Number: 1, Nominal: 1200, MaxNegative: 1140, MaxPositive: 1260, Ripple: 120, MaxCurrent: 62000}
	standby := DCOutput{Standby: true, Number: 2, Nominal: 1200, MaxNegative: 1140, MaxPositive: 1260, Ripple: 120, MaxCurrent: 1500}
	minus := DCOutput{Extended: true, Hundred: true, Nominal: -1200, MaxCurrent: 700}
	for _, tt := range []struct {
		name string
		hex  string
		want DCOutput
	}{
		{"captured Delta 12 V", "01 b004 7404 ec04 7800 0000 30f2", out},
		{"captured Delta standby", "82 b004 7404 ec04 7800 0000 dc05", standby},
		{"§18.2a extended, §18.2.2 -12 V", "10 50fb 0000 0000 0000 0000 bc02", minus},
		{"§18.2 bit 4 is reserved in type 01h", "01 0000 0000 0000 0000 0000 0000", DCOutput{Hundred: true, Number: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := tt.want.Record()
			tt.want.Hundred = tt.want.Hundred && tt.want.Extended
			if !bytes.Equal(r.Data, unhex(t, tt.hex)) {
				t.Errorf("got %x", r.Data)
			}
			if got, err := ParseDCOutput(r); err != nil || got != tt.want {
				t.Errorf("%v, got %+v, want %+v", err, got, tt.want)
			}
			if _, err := ParseDCLoad(r); err == nil {
				t.Error("an output was read as a load")
			}
		})
	}
	if o, err := ParseDCOutput(Record{TypeDCOutput, append([]byte{outputUnits}, make([]byte, 12)...)}); err != nil || o.Hundred {
		t.Errorf("§18.2: bit 4 of type 01h: %v, %+v", err, o)
	}
	if l, err := ParseDCLoad(Record{TypeDCLoad, append([]byte{outputUnits}, make([]byte, 12)...)}); err != nil || l.Hundred {
		t.Errorf("§18.3: bit 4 of type 02h: %v, %+v", err, l)
	}
	load := DCLoad{Extended: true, Hundred: true, Number: 3, Nominal: 330, MinVoltage: 313, MaxVoltage: 347, Ripple: 50, MinCurrent: 1, MaxCurrent: 20}
	r := load.Record()
	if want := unhex(t, "13 4a01 3901 5b01 3200 0100 1400"); r.Type != TypeExtendedDCLoad || !bytes.Equal(r.Data, want) {
		t.Errorf("§18.3a: got %x", r.Data)
	}
	if got, err := ParseDCLoad(r); err != nil || got != load {
		t.Errorf("§18.3a: %v, %+v", err, got)
	}
}

// TestManagementAccessExample has the records of Table 18-8, whose lengths and flags the specification prints.
func TestManagementAccessExample(t *testing.T) {
	t.Parallel()
	inv := Inventory{Records: []Record{
		ManagementAccess{Type: SystemURL, Data: []byte("http://192.168.0.1")}.Record(),
		ManagementAccess{Type: SystemName, Data: []byte("Finance UPS")}.Record(),
	}}
	b, err := inv.AppendTo(nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := b[8:13], b[8+5+0x13:][:5]
	if !bytes.Equal(first[:3], []byte{0x03, 0x02, 0x13}) || !bytes.Equal(second[:3], []byte{0x03, 0x82, 0x0c}) {
		t.Errorf("§18.4.1: headers % x, % x", first, second)
	}
	got, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	inv.Offsets = Offsets{0, 0, 0, 0, 0, 1}
	if !reflect.DeepEqual(got, inv) {
		t.Errorf("got %+v", got)
	}
	m, err := ParseManagementAccess(got.Records[1].Data)
	if err != nil || m.Type != SystemName || string(m.Data) != "Finance UPS" {
		t.Errorf("%v, %+v", err, m)
	}
}

// TestCompatibilityExample has the example of §18.6.1. The specification prints the second mask as 00001000b, but explains
// it bit by bit as 00011000b, which is what the codes 22 and 23 need.
func TestCompatibilityExample(t *testing.T) {
	t.Parallel()
	c := Compatibility{Manufacturer: 0x000157, Entity: 10, Base: 1, Start: 10, Mask: []byte{0b00111111, 0b00011000}}
	if got, want := c.Codes(), []int{10, 11, 12, 13, 14, 15, 16, 22, 23}; !reflect.DeepEqual(got, want) {
		t.Errorf("§18.6.1: got %v, want %v", got, want)
	}
	r := c.Record()
	if want := unhex(t, "57 01 00 0a 01 0a 3f 18"); r.Type != TypeBaseCompatibility || !bytes.Equal(r.Data, want) {
		t.Errorf("§18.5: %s % x", r.Type, r.Data)
	}
	if got, err := ParseCompatibility(r); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("§18.5: %v, %+v", err, got)
	}
}

func TestOEMRecord(t *testing.T) {
	t.Parallel()
	o := OEM{Type: 0xc1, Manufacturer: 674, Data: []byte{9}}
	r := o.Record()
	if !bytes.Equal(r.Data, unhex(t, "a2 02 00 09")) {
		t.Errorf("§18.7: % x", r.Data)
	}
	if got, err := ParseOEM(r); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("§18.7: %v, %+v", err, got)
	}
	if RecordType(0xc0).String() != "OEM C0h" || RecordType(0xbf).String() != "reserved BFh" {
		t.Error("§16.2.1 C0h is the first OEM type")
	}
	if _, err := ParseOEM(Record{Type: 0xbf, Data: r.Data}); err == nil {
		t.Error("§18.7: type BFh was read as OEM")
	}
}

func TestParseRecordsReports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, hex, reason string
		records           int
	}{
		{"§16.1 header checksum", "03 82 02 9d 00 02 61", "offset 12: header checksum of record 1 is 00h, want DCh", 0},
		{"§16.2.3 version", "03 80 02 9d de 02 61", "offset 9: format version of record 1 is 0", 1},
		{"§16.2.4 length", "03 82 03 9d db 02 61", "offset 10: record 1 has 3 bytes, the image ends after 2", 0},
		{"§16.2.5 record checksum", "03 82 02 9e db 02 61", "offset 11: checksum of record 1 is 9Eh, want 9Dh", 1},
		{"§16.2.2 no end of list", "03 02 02 9d 5c 02 61", "offset 15: image ends inside the header of record 2", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inv, err := Parse(append(unhex(t, "01 00 00 00 00 01 00 fe"), unhex(t, tt.hex)...))
			if err == nil || !strings.Contains(err.Error(), tt.reason) || len(inv.Records) != tt.records {
				t.Errorf("%d records, %v", len(inv.Records), err)
			}
		})
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(uint8(0), unhex(f, "ee028403190a28232067000000002f3f0a2fffff00000000041b00d907"))
	f.Add(uint8(1), unhex(f, "82b0047404ec0478000000dc05"))
	f.Add(uint8(4), unhex(f, "5701000a010a3f18"))
	f.Fuzz(func(t *testing.T, typ uint8, b []byte) {
		r := Record{Type: RecordType(typ), Data: b}
		if p, err := ParsePowerSupply(b); err == nil {
			if again, err := ParsePowerSupply(p.AppendTo(nil)); err != nil || !reflect.DeepEqual(p, again) {
				t.Fatalf("%v, got %+v, want %+v", err, again, p)
			}
		}
		if o, err := ParseDCOutput(r); err == nil {
			if again, err := ParseDCOutput(o.Record()); err != nil || o != again {
				t.Fatalf("%v, got %+v, want %+v", err, again, o)
			}
		}
		if l, err := ParseDCLoad(r); err == nil {
			if again, err := ParseDCLoad(l.Record()); err != nil || l != again {
				t.Fatalf("%v, got %+v, want %+v", err, again, l)
			}
		}
		if c, err := ParseCompatibility(r); err == nil {
			if again, err := ParseCompatibility(c.Record()); err != nil || !reflect.DeepEqual(c, again) {
				t.Fatalf("%v, got %+v, want %+v", err, again, c)
			}
		}
		if o, err := ParseOEM(r); err == nil {
			if again, err := ParseOEM(o.Record()); err != nil || !reflect.DeepEqual(o, again) {
				t.Fatalf("%v, got %+v, want %+v", err, again, o)
			}
		}
		if m, err := ParseManagementAccess(b); err == nil {
			if again, err := ParseManagementAccess(m.AppendTo(nil)); err != nil || !reflect.DeepEqual(m, again) {
				t.Fatalf("%v, got %+v, want %+v", err, again, m)
			}
		}
	})
}
