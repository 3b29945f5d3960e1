package sel

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var recordCases = []struct {
	name string
	hex  string
	want Record
}{
	{"§32.1 deassertion from a satellite on channel 6", "34 12 02 78 56 34 12 2c 61 04 01 30 81 50 99 55", SystemEvent{
		ID: 0x1234, Timestamp: 0x12345678, Generator: Generator{Address: 0x2c, Channel: 6, LUN: 1}, EvMRev: EvMRev, SensorType: 1,
		Sensor: 0x30, Deassertion: true, EventType: 1, Data: [3]uint8{0x50, 0x99, 0x55},
	}},
	{"§32.1 system software", "01 00 02 00 00 00 00 41 00 04 1f 00 6f a7 ff ff", SystemEvent{
		ID: 1, Generator: Generator{Address: ipmb.AddrSMS}, EvMRev: EvMRev, SensorType: 0x1f, EventType: 0x6f, Data: [3]uint8{0xa7, 0xff, 0xff},
	}},
	{"§32.2 timestamped OEM", "02 00 df 01 02 03 04 57 01 00 a1 a2 a3 a4 a5 a6", TimestampedOEM{
		ID: 2, Type: 0xdf, Timestamp: 0x04030201, Manufacturer: 343, Data: [6]byte{0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6},
	}},
	{"§32.2 first timestamped OEM", "02 00 c0 01 02 03 04 57 01 00 a1 a2 a3 a4 a5 a6", TimestampedOEM{
		ID: 2, Type: 0xc0, Timestamp: 0x04030201, Manufacturer: 343, Data: [6]byte{0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6},
	}},
	{"§32.3 non-timestamped OEM", "03 00 e0 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d", OEM{
		ID: 3, Type: 0xe0, Data: [13]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
	}},
	{"§31.6.1 reserved type", "04 00 bf 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d", Reserved{
		ID: 4, Type: 0xbf, Data: [13]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
	}},
}

func TestRecords(t *testing.T) {
	t.Parallel()
	for _, tt := range recordCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := unhex(t, tt.hex)
			got, err := Parse(b)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%v\ngot  %+v\nwant %+v", err, got, tt.want)
			}
			if e := EntryOf(tt.want); !bytes.Equal(e[:], b) {
				t.Errorf("got  % x\nwant % x", e, b)
			}
		})
	}
	for _, n := range []int{0, 15, 17} {
		if _, err := Parse(make([]byte, n)); !errors.Is(err, ipmb.LengthInvalid) {
			t.Errorf("§32 %d bytes: %v", n, err)
		}
	}
}

func TestRecordTypes(t *testing.T) {
	t.Parallel()
	for typ, want := range map[RecordType]string{
		0x00: "reserved 00h", 0x02: "system event", 0xbf: "reserved BFh", 0xc0: "OEM timestamped C0h", 0xdf: "OEM timestamped DFh",
		0xe0: "OEM non-timestamped E0h", 0xff: "OEM non-timestamped FFh",
	} {
		if typ.String() != want || typ.IsTimestamped() != (typ < 0xe0) {
			t.Errorf("§31.6.1 %02x: %s, timestamped %v", uint8(typ), typ, typ.IsTimestamped())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range recordCases {
		f.Add(unhex(f, tt.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Parse(b)
		if err != nil {
			return
		}
		e := EntryOf(r)
		again, err := Parse(e[:])
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("%v\ngot  %+v\nwant %+v", err, again, r)
		}
	})
}
