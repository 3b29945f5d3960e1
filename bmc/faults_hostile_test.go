package bmc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
)

// careful reads the whole SDR repository one byte at a time, and begins again when its reservation is gone. It returns
// the records without their IDs, and the IDs.
func careful(t *testing.T, m *bmc.Machine) (records [][]byte, ids []uint16, restarts int) {
	t.Helper()
again:
	records, ids = nil, nil
	reservation := bmctest.Ask(t, m, "0a 22")[1:]
	for id := uint16(0); id != 0xffff; {
		record, next, length := []byte(nil), uint16(0), 5
		for at := 0; at < length; at++ {
			b := bmctest.Ask(t, m, fmt.Sprintf("0a 23 %x %02x %02x %02x 01", reservation, byte(id), byte(id>>8), at))
			switch ipmb.CompletionCode(b[0]) {
			case ipmb.OK:
			case ipmb.ReservationCanceled, ipmb.NotPresent:
				if restarts++; restarts > 3 {
					t.Fatalf("record %04xh: % x, again and again", id, b)
				}
				goto again
			default:
				t.Fatalf("record %04xh: % x", id, b)
			}
			record, next = append(record, b[3]), binary.LittleEndian.Uint16(b[1:])
			if at == 4 {
				length = 5 + int(b[3])
			}
		}
		records, ids = append(records, record[2:]), append(ids, binary.LittleEndian.Uint16(record))
		id = next
	}
	return records, ids, restarts
}

// TestHostileIsLegal: a careful client reads the same records from the hostile machine as from the one that it extends,
// with other IDs.
func TestHostileIsLegal(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.Profile("../profiles/examples/hostile.yaml"))
	want, plain, _ := careful(t, bmctest.New(t, bmctest.Profile("satellites")))
	if b := bmctest.Ask(t, m, "0a 23 00 00 00 00 00 02"); !bytes.Equal(b, []byte{0xca}) {
		t.Errorf("two bytes at once: % x, want ca", b)
	}
	got, ids, restarts := careful(t, m)
	if restarts != 1 || len(got) != len(want) || len(got) < 10 {
		t.Fatalf("%d restarts, %d records of %d", restarts, len(got), len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i], want[i]) || ids[i] != plain[i]|0x4000 {
			t.Errorf("%04xh: % x\nwant %04xh: % x", ids[i], got[i], plain[i]|0x4000, want[i])
		}
	}
	if b := bmctest.Ask(t, m, "0a 23 00 00 01 00 00 01"); !bytes.Equal(b, []byte{0xcb}) {
		t.Errorf("an ID of before: % x, want cb", b)
	}
}

// TestHostileBridging meets both forms of bridged answers.
func TestHostileBridging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, bmctest.Profile("../profiles/examples/hostile.yaml"))
		s := srv.Login(c, "admin", "password")
		for i, want := range []string{"", "201cc42c04010050", ""} {
			// Get Device ID, tracked, to the Management Engine.
			b, err := s.Do(context.Background(), ipmb.NetFnApp, 0x34, 0x46, 0x2c, 0x18, 0xbc, 0x20, 0x04, 0x01, 0xdb)
			if err != nil || !strings.HasPrefix(hex.EncodeToString(b), want) || (want == "") != (len(b) == 0) {
				t.Errorf("answer %d: % x, %v; want %q", i+1, b, err, want)
			}
		}
	})
}
