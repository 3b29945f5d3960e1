package sdr

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var start = time.Unix(1_700_000_000, 0)

// oem is an OEM record with n data bytes behind the manufacturer, 8+n bytes in all.
func oem(id RecordID, n int, fill byte) []byte {
	return (&OEM{ID: id, Manufacturer: 343, Data: bytes.Repeat([]byte{fill}, n)}).AppendTo(nil)
}

func set(t testing.TB, records ...[]byte) *Set {
	t.Helper()
	s, err := NewSet(records...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newRepository(t testing.TB, s *Set, change ...func(*Config)) (*Repository, *clock) {
	t.Helper()
	c := &clock{now: start}
	cfg := Config{Operations: AllOperations, Clock: c.Now}
	for _, f := range change {
		f(&cfg)
	}
	return NewRepository(s, cfg), c
}

func reserve(t testing.TB, r *Repository) Access {
	t.Helper()
	id, err := r.Reserve(Requester{})
	if err != nil || id == 0 {
		t.Fatalf("reservation %d, %v", id, err)
	}
	return Access{Reservation: id}
}

func ids(r *Repository) (list []RecordID) {
	for rec := range r.Records() {
		list = append(list, idOf(rec))
	}
	return list
}

func wantCode(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestNewSetAssignsIDs(t *testing.T) {
	t.Parallel()
	r, _ := newRepository(t, set(t, oem(0, 1, 0), oem(3, 1, 0), oem(0, 1, 0), oem(1, 1, 0), oem(0, 1, 0)))
	if got, want := ids(r), []RecordID{2, 3, 4, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, records := range map[string][][]byte{
		"§33.12 FFFFh is the last record": {oem(0xffff, 1, 0)},
		"§33.8 an ID twice":               {oem(7, 1, 0), oem(7, 1, 0)},
		"§43 length disagrees":            {oem(7, 1, 0)[:8]},
		"§43 no header":                   {{1, 2, 3}},
	} {
		if _, err := NewSet(records...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	first, second := oem(0x10, 4, 0xaa), oem(0x20, 50, 0xbb)
	r, _ := newRepository(t, set(t, first, second))
	a := reserve(t, r)
	for _, tt := range []struct {
		name          string
		a             Access
		id            RecordID
		offset, count uint8
		want          []byte
		next          RecordID
		err           error
	}{
		{"§33.12 first", Access{}, FirstRecord, 0, ReadAll, first, 0x20, nil},
		{"§33.12 last", Access{}, LastRecord, 0, ReadAll, second, NoRecord, nil},
		{"§33.12 by ID", Access{}, 0x20, 0, ReadAll, second, NoRecord, nil},
		{"§33.12 header only", Access{}, 0x10, 0, 5, first[:5], 0x20, nil},
		{"§33.12 part", a, 0x20, 5, 20, second[5:25], NoRecord, nil},
		{"§33.12 part to the end", a, 0x20, 50, ReadAll, second[50:], NoRecord, nil},
		{"§33.12 part beyond the end", a, 0x20, 50, 20, second[50:], NoRecord, nil},
		{"§33.12 nothing", Access{}, 0x10, 0, 0, []byte{}, 0x20, nil},
		{"§33.11.1 part without reservation", Access{}, 0x20, 5, 20, nil, 0, ipmb.ReservationCanceled},
		{"§33.11.1 part with another reservation", Access{Reservation: a.Reservation + 1}, 0x20, 5, 20, nil, 0, ipmb.ReservationCanceled},
		{"§33.11.1 offset 0 needs none", Access{Reservation: 0x4444}, 0x10, 0, 5, first[:5], 0x20, nil},
		{"§5.2 no such record", Access{}, 0x11, 0, ReadAll, nil, 0, ipmb.NotPresent},
		{"§5.2 offset behind the record", a, 0x10, uint8(len(first)), 1, nil, 0, ipmb.ParameterOutOfRange},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, next, err := r.Get(tt.a, tt.id, tt.offset, tt.count)
			wantCode(t, "get", err, tt.err)
			if !bytes.Equal(got, tt.want) || next != tt.next {
				t.Errorf("got % x, next %04x, want % x, next %04x", got, next, tt.want, tt.next)
			}
		})
	}
	empty, _ := newRepository(t, nil)
	_, _, err := empty.Get(Access{}, FirstRecord, 0, ReadAll)
	wantCode(t, "§33.12 empty repository", err, ipmb.NotPresent)
}

func TestEnumeration(t *testing.T) {
	t.Parallel()
	var records [][]byte
	for id := RecordID(300); id > 0; id -= 3 {
		records = append(records, oem(id, 1, 0))
	}
	r, _ := newRepository(t, set(t, records...))
	id, n := FirstRecord, 0
	for ; id != NoRecord; n++ {
		data, next, err := r.Get(Access{}, id, 0, ReadAll)
		if err != nil || !bytes.Equal(data, records[n]) {
			t.Fatalf("record %d: %x, %v", n, data, err)
		}
		id = next
	}
	if n != len(records) {
		t.Errorf("%d records, want %d", n, len(records))
	}
}

func TestAddAndDelete(t *testing.T) {
	t.Parallel()
	r, c := newRepository(t, set(t, oem(1, 1, 0), oem(5, 1, 0)), func(cfg *Config) { cfg.LastErase = 99 })
	if i := r.Info(); i.LastAdd != Unspecified || i.LastErase != 99 || i.Records != 2 {
		t.Errorf("§33.9 fresh: %+v", i)
	}
	a := reserve(t, r)
	c.now = start.Add(time.Minute)
	record := oem(0x1234, 2, 7)
	id, err := r.Add(Access{}, record)
	if err != nil || id != 6 || r.Info().LastAdd != uint32(start.Unix())+60 {
		t.Errorf("§33.13 added %04x, %v, %+v", id, err, r.Info())
	}
	got, _, _ := r.Get(Access{}, LastRecord, 0, ReadAll)
	if !bytes.Equal(got, oem(6, 2, 7)) || record[0] != 0x34 {
		t.Errorf("§33.13 stored % x", got)
	}
	_, _, err = r.Get(a, 6, 1, 1)
	wantCode(t, "§33.11.2 an add that moves no ID keeps the reservation", err, nil)
	_, err = r.Add(Access{}, record[:9])
	wantCode(t, "§33.13 length disagrees", err, ipmb.LengthInvalid)
	_, err = r.Add(Access{}, record[:4])
	wantCode(t, "§33.13 no header", err, ipmb.LengthInvalid)

	_, err = r.Delete(Access{}, 5)
	wantCode(t, "§33.11.1 delete without reservation", err, ipmb.ReservationCanceled)
	c.now = start.Add(2 * time.Minute)
	if id, err := r.Delete(a, LastRecord); err != nil || id != 6 || r.Info().LastErase != uint32(start.Unix())+120 {
		t.Errorf("§33.15 deleted %04x, %v", id, err)
	}
	if id, err := r.Delete(a, FirstRecord); err != nil || id != 1 {
		t.Errorf("§33.15 deleted %04x, %v", id, err)
	}
	_, err = r.Delete(a, 1)
	wantCode(t, "§33.15 deleted before", err, ipmb.NotPresent)
	if id, err := r.Add(Access{}, record); err != nil || id != 7 || !slices.Equal(ids(r), []RecordID{5, 7}) {
		t.Errorf("§33.8 a deleted ID came back at once: %04x, %v, %v", id, err, ids(r))
	}
}

func TestRecordIDsWrap(t *testing.T) {
	t.Parallel()
	r, _ := newRepository(t, set(t, oem(1, 1, 0), oem(0xfffe, 1, 0)))
	if id, err := r.Add(Access{}, oem(0, 1, 0)); err != nil || id != 2 {
		t.Errorf("§33.8 behind FFFEh: %04x, %v", id, err)
	}
}

func TestPartialAdd(t *testing.T) {
	t.Parallel()
	r, _ := newRepository(t, set(t, oem(9, 1, 0)))
	record := oem(0, 20, 0xcd)
	_, err := r.PartialAdd(Access{}, 0, 0, false, record[:10])
	wantCode(t, "§33.14 without reservation", err, ipmb.ReservationCanceled)

	a := reserve(t, r)
	id, err := r.PartialAdd(a, 0, 0, false, record[:10])
	if err != nil || id != 10 {
		t.Fatalf("§33.14 first part: %04x, %v", id, err)
	}
	_, _, err = r.Get(Access{}, id, 0, ReadAll)
	wantCode(t, "§33.14 an incomplete record is invisible", err, ipmb.NotPresent)
	for _, tt := range []struct {
		name   string
		id     RecordID
		offset uint8
	}{{"gap", id, 11}, {"overlap", id, 9}, {"other record", id + 1, 10}, {"no record", 0, 10}} {
		_, err = r.PartialAdd(a, tt.id, tt.offset, false, record[10:12])
		wantCode(t, "§33.14 "+tt.name, err, ipmb.ParameterOutOfRange)
	}
	if other, err := r.Add(Access{}, oem(0, 1, 1)); err != nil || other == id {
		t.Errorf("the ID of the incomplete record was given away: %04x, %v", other, err)
	}
	if got, err := r.PartialAdd(a, id, 10, true, record[10:]); err != nil || got != id {
		t.Errorf("§33.14 last part: %04x, %v", got, err)
	}
	if got, _, err := r.Get(Access{}, id, 0, ReadAll); err != nil || !bytes.Equal(got[2:], record[2:]) || idOf(got) != id {
		t.Errorf("§33.14 stored % x, %v", got, err)
	}

	if _, err := r.PartialAdd(a, 0, 0, true, record[:27]); err != LengthMismatch {
		t.Errorf("§33.14 a byte too few: %v", err)
	}
	if _, err := r.PartialAdd(a, 0, 0, true, append(record, 0)); err != LengthMismatch {
		t.Errorf("§33.14 a byte too many: %v", err)
	}
	if id, err = r.PartialAdd(a, 0, 0, false, record[:10]); err != nil {
		t.Fatal(err)
	}
	a = reserve(t, r)
	_, err = r.PartialAdd(a, id, 10, true, record[10:])
	wantCode(t, "§33.14 the reservation was lost: begin anew", err, ipmb.ParameterOutOfRange)
	if _, err = r.PartialAdd(a, 0, 0, false, make([]byte, 257)); !errors.Is(err, ipmb.OutOfSpace) {
		t.Errorf("§33.10 longer than the greatest record: %v", err)
	}
}

func TestReservations(t *testing.T) {
	t.Parallel()
	r, _ := newRepository(t, set(t, oem(1, 20, 0)))
	read := func(a Access) error {
		_, _, err := r.Get(a, 1, 1, 1)
		return err
	}
	old := reserve(t, r)
	a := reserve(t, r)
	wantCode(t, "§33.11.2 a new Reserve cancels", read(old), ipmb.ReservationCanceled)
	wantCode(t, "§33.11 the new one holds", read(a), nil)
	wantCode(t, "§33.11 0000h is none", read(Access{}), ipmb.ReservationCanceled)
	r.Reset()
	wantCode(t, "§33.11.2 a reset cancels", read(a), ipmb.ReservationCanceled)
	a = reserve(t, r)
	r.CancelReservation()
	wantCode(t, "cancelled on demand", read(a), ipmb.ReservationCanceled)

	r.reservation.last = 0xffff
	if a := reserve(t, r); a.Reservation != 1 {
		t.Errorf("after FFFFh: %04x", a.Reservation)
	}
	without, _ := newRepository(t, set(t, oem(1, 20, 0)), func(c *Config) { c.Operations = SupportsDelete })
	_, _, err := without.Get(Access{}, 1, 1, 1)
	wantCode(t, "§33.12 0000h where reserving is not supported", err, nil)
}

func TestClear(t *testing.T) {
	t.Parallel()
	s := set(t, oem(1, 20, 0), oem(2, 20, 0))
	r, c := newRepository(t, s, func(c *Config) { c.EraseTime = 2 * time.Second })
	wantCode(t, "§33.11.1 without reservation", r.Clear(Access{}), ipmb.ReservationCanceled)
	a := reserve(t, r)
	if _, err := r.EraseDone(Access{}); !errors.Is(err, ipmb.ReservationCanceled) {
		t.Errorf("§33.16 status without reservation: %v", err)
	}
	if done, err := r.EraseDone(a); !done || err != nil {
		t.Errorf("§33.16 status before any erase: %v, %v", done, err)
	}
	wantCode(t, "§33.16 clear", r.Clear(a), nil)
	if done, err := r.EraseDone(a); done || err != nil || !r.Erasing() {
		t.Errorf("§33.16 in progress: %v, %v", done, err)
	}
	wantCode(t, "the same request again", r.Clear(a), nil)
	_, err := r.Add(Access{}, oem(0, 1, 0))
	wantCode(t, "add while erasing", err, ipmb.NodeBusy)
	_, err = r.Reserve(Requester{})
	wantCode(t, "reserve while erasing", err, ipmb.NodeBusy)
	if i := r.Info(); i.Records != 0 || i.LastErase != uint32(start.Unix()) || i.Free != DefaultCapacity {
		t.Errorf("§33.16 after clear: %+v", i)
	}
	c.now = c.now.Add(2 * time.Second)
	if done, err := r.EraseDone(a); !done || err != nil || r.Erasing() {
		t.Errorf("§33.16 completed: %v, %v", done, err)
	}
	wantCode(t, "§33.11.2 clear cancels", r.Clear(a), ipmb.ReservationCanceled)
	reserve(t, r)
	_, err = r.EraseDone(a)
	wantCode(t, "§33.16 status with a reservation that was replaced", err, ipmb.ReservationCanceled)
	if id, err := r.Add(Access{}, oem(0, 1, 0)); err != nil || id == 0 {
		t.Errorf("add after clear: %v", err)
	}
	if s.Len() != 2 {
		t.Error("clear reached the set")
	}
}

func TestSpace(t *testing.T) {
	t.Parallel()
	r, _ := newRepository(t, set(t, oem(1, 9, 0)), func(c *Config) { c.Capacity, c.MaxUnits = 160, 4 })
	if a, want := r.Allocation(), (Allocation{Units: 10, Unit: 16, Free: 8, Largest: 8, MaxRecord: 4}); a != want {
		t.Errorf("§33.10 got %+v, want %+v", a, want)
	}
	if i := r.Info(); i.Free != 128 || i.FreeField() != 128 || i.Operations != AllOperations {
		t.Errorf("§33.9 %+v", i)
	}
	_, err := r.Add(Access{}, oem(0, 57, 0))
	wantCode(t, "§33.10 five units, at most four", err, ipmb.OutOfSpace)
	if r.Info().Operations&Overflow != 0 {
		t.Error("§33.9 overflow for a record that is too long")
	}
	for range 2 {
		_, err := r.Add(Access{}, oem(0, 56, 0))
		wantCode(t, "§33.13 four units", err, nil)
	}
	id, err := r.Add(Access{}, oem(0, 0, 0))
	wantCode(t, "§33.13 full", err, ipmb.OutOfSpace)
	if i := r.Info(); id != 0 || i.Free != 0 || i.Operations&Overflow == 0 {
		t.Errorf("§33.9 full: %04x, %+v", id, i)
	}
	if _, err := r.Delete(reserve(t, r), 1); err != nil || r.Info().Free != 32 {
		t.Errorf("§33.15 freed: %v, %+v", err, r.Info())
	}
	wantCode(t, "clear", r.Clear(reserve(t, r)), nil)
	if i := r.Info(); i.Free != 160 || i.Operations&Overflow != 0 {
		t.Errorf("§33.16 after clear: %+v", i)
	}
	if f := (Info{Free: 65535}).FreeField(); f != 0xfffe {
		t.Errorf("§33.9 64 KiB - 1 free: %04x", f)
	}
}

func TestUpdateMode(t *testing.T) {
	t.Parallel()
	me, other := Requester{Channel: 15}, Requester{Channel: 1, Session: 7}
	r, _ := newRepository(t, set(t, oem(1, 20, 0)), func(c *Config) { c.Operations = SupportsReserve | SupportsDelete | SupportsModal })
	_, err := r.Add(Access{Requester: me}, oem(0, 1, 0))
	wantCode(t, "§33.2 modal only, outside update mode", err, ipmb.NotSupportedInState)
	wantCode(t, "§33.20 exit outside", r.ExitUpdateMode(me), ipmb.NotSupportedInState)
	wantCode(t, "§33.19 enter", r.EnterUpdateMode(me), nil)
	if !r.UpdateMode() {
		t.Error("§33.19 not entered")
	}
	for name, err := range map[string]error{
		"get":                  func() error { _, _, err := r.Get(Access{Requester: other}, 1, 0, 5); return err }(),
		"add":                  func() error { _, err := r.Add(Access{Requester: other}, oem(0, 1, 0)); return err }(),
		"part":                 func() error { _, err := r.PartialAdd(Access{Requester: other}, 0, 0, false, nil); return err }(),
		"clear":                r.Clear(Access{Requester: other}),
		"done":                 func() error { _, err := r.EraseDone(Access{Requester: other}); return err }(),
		"enter":                r.EnterUpdateMode(other),
		"exit":                 r.ExitUpdateMode(other),
		"reserve by the owner": func() error { _, err := r.Reserve(me); return err }(),
		"delete by the owner":  func() error { _, err := r.Delete(Access{Requester: me}, 1); return err }(),
	} {
		wantCode(t, "§33.2.1 "+name, err, ipmb.SDRUpdateMode)
	}
	mine := Access{Requester: me}
	if _, _, err := r.Get(mine, 1, 4, 5); err != nil {
		t.Errorf("§33.2.1 part without reservation: %v", err)
	}
	wantCode(t, "§33.2.1 clear without reservation", r.Clear(mine), nil)
	if done, err := r.EraseDone(mine); !done || err != nil {
		t.Errorf("§33.2.1 erase status without reservation: %v, %v", done, err)
	}
	record := oem(0, 20, 0)
	id, err := r.PartialAdd(mine, 0, 0, false, record[:9])
	wantCode(t, "§33.2.1 partial add without reservation", err, nil)
	_, err = r.PartialAdd(mine, id, 9, true, record[9:])
	wantCode(t, "§33.2.1 last part", err, nil)
	wantCode(t, "§33.20 exit", r.ExitUpdateMode(me), nil)
	if r.UpdateMode() || r.Info().Records != 1 {
		t.Errorf("§33.20 after the update: %+v", r.Info())
	}
	_, err = r.Reserve(other)
	wantCode(t, "§33.20 open to all again", err, nil)

	nonModal, _ := newRepository(t, nil, func(c *Config) { c.Operations = SupportsNonModal })
	wantCode(t, "§33.2 non-modal only", nonModal.EnterUpdateMode(me), ipmb.InvalidCommand)
}

// TestRepositoriesShareASet writes in several repositories of one set at once: run with -race.
func TestRepositoriesShareASet(t *testing.T) {
	t.Parallel()
	s := set(t, oem(1, 20, 1), oem(2, 20, 2), oem(3, 20, 3))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r := NewRepository(s, Config{Operations: AllOperations})
			id, err := r.Reserve(Requester{})
			if err != nil {
				t.Error(err)
			}
			if _, err := r.Delete(Access{Reservation: id}, 2); err != nil {
				t.Error(err)
			}
			if _, err := r.Add(Access{}, oem(0, 20, 9)); err != nil {
				t.Error(err)
			}
			if got := ids(r); !slices.Equal(got, []RecordID{1, 3, 4}) {
				t.Errorf("got %v", got)
			}
		})
	}
	wg.Wait()
	untouched := NewRepository(s, Config{})
	if got := ids(untouched); !slices.Equal(got, []RecordID{1, 2, 3}) {
		t.Errorf("the set changed: %v", got)
	}
	snapshot := untouched.Snapshot()
	if _, err := untouched.Add(Access{}, oem(0, 1, 0)); err != nil || snapshot.Len() != 3 {
		t.Errorf("snapshot grew to %d, %v", snapshot.Len(), err)
	}
}

func FuzzPartialAdd(f *testing.F) {
	f.Add([]byte{0, 5, 1, 9, 2, 40})
	f.Fuzz(func(t *testing.T, script []byte) {
		r := NewRepository(nil, Config{Operations: AllOperations, Capacity: 512})
		record := oem(0, 40, 3)
		var a Access
		var id RecordID
		var sent int
		for i := 0; i+1 < len(script); i += 2 {
			n := min(int(script[i+1]), len(record)-sent)
			switch script[i] % 5 {
			case 0:
				a.Reservation, _ = r.Reserve(Requester{})
			case 1:
				id, _ = r.PartialAdd(a, 0, 0, false, record[:min(n, len(record))])
				sent = min(n, len(record))
			case 2:
				_, _ = r.PartialAdd(a, id, uint8(sent), script[i+1]&1 == 1, record[sent:sent+n])
				sent += n
			case 3:
				_, _ = r.Delete(a, FirstRecord)
			case 4:
				_ = r.Clear(a)
				sent = 0
			}
		}
		used := 0
		for rec := range r.Records() {
			if len(rec) != HeaderLen+int(rec[4]) {
				t.Fatalf("stored % x", rec)
			}
			used += (len(rec) + 15) / 16 * 16
		}
		if used+r.Info().Free != 512 {
			t.Fatalf("%d bytes used, %d free", used, r.Info().Free)
		}
	})
}

func BenchmarkGet(b *testing.B) {
	var records [][]byte
	for id := range RecordID(200) {
		records = append(records, oem(id+1, 50, 0))
	}
	s, err := NewSet(records...)
	if err != nil {
		b.Fatal(err)
	}
	r := NewRepository(s, Config{})
	b.ReportAllocs()
	id := FirstRecord
	for b.Loop() {
		_, next, err := r.Get(Access{}, id, 0, ReadAll)
		if err != nil {
			b.Fatal(err)
		}
		if id = next; id == NoRecord {
			id = FirstRecord
		}
	}
}
