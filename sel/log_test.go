package sel

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// ticker is a clock that tests move.
type ticker struct{ now time.Time }

func (c *ticker) Now() time.Time { return c.now }

const start = 1_700_000_000

func newLog(t testing.TB, change ...func(*Config)) (*Log, *ticker) {
	t.Helper()
	c := &ticker{now: time.Unix(start, 0)}
	cfg := Config{Operations: AllOperations, Capacity: 16, Clock: NewClock(c.Now)}
	for _, f := range change {
		f(&cfg)
	}
	l, err := NewLog(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

// event is an entry of the given type whose other bytes all are fill.
func event(typ RecordType, fill byte) Entry {
	e := Entry(bytes.Repeat([]byte{fill}, EntryLen))
	e[2] = byte(typ)
	return e
}

func add(t testing.TB, l *Log, n int) {
	t.Helper()
	for i := range n {
		if _, err := l.Add(event(TypeSystemEvent, byte(i))); err != nil {
			t.Fatal(err)
		}
	}
}

func reserve(t testing.TB, l *Log) uint16 {
	t.Helper()
	id, err := l.Reserve()
	if err != nil || id == 0 {
		t.Fatalf("reservation %d, %v", id, err)
	}
	return id
}

func ids(l *Log) (list []RecordID) {
	for e := range l.Entries() {
		list = append(list, e.ID())
	}
	return list
}

func info(t testing.TB, l *Log) Info {
	t.Helper()
	i, err := l.Info()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func wantCode(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		typ  RecordType
		want string // stored
		err  error
	}{
		{"§31.6.1 system event", TypeSystemEvent, "0100 02 00f15365 77777777 7777777777", nil},
		{"§31.6.1 first timestamped OEM", 0xc0, "0100 c0 00f15365 77777777 7777777777", nil},
		{"§31.6.1 last timestamped OEM", 0xdf, "0100 df 00f15365 77777777 7777777777", nil},
		{"§31.6.1 non-timestamped OEM", 0xe0, "0100 e0 77777777 77777777 7777777777", nil},
		{"§31.6 reserved type", 0x03, "", TypeNotSupported},
		{"§31.6 last reserved type", 0xbf, "", TypeNotSupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, _ := newLog(t)
			id, err := l.Add(event(tt.typ, 0x77))
			wantCode(t, "add", err, tt.err)
			e, ok := l.Last()
			if ok != (err == nil) || !bytes.Equal(e[:len(unhex(t, tt.want))], unhex(t, tt.want)) || id != e.ID() {
				t.Errorf("stored % x as %04x", e, id)
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t)
	_, _, err := l.Get(0, FirstRecord, 0, ReadAll)
	wantCode(t, "§31.5 empty", err, ipmb.NotPresent)
	add(t, l, 3)
	res := reserve(t, l)
	second := l.entries[1]
	for _, tt := range []struct {
		name          string
		reservation   uint16
		id            RecordID
		offset, count uint8
		want          []byte
		next          RecordID
		err           error
	}{
		{"§31.5 first", 0, FirstRecord, 0, ReadAll, l.entries[0][:], 2, nil},
		{"§31.5 last", 0, LastRecord, 0, ReadAll, l.entries[2][:], NoRecord, nil},
		{"§31.5 by ID", 0, 2, 0, 16, second[:], 3, nil},
		{"§31.5 part", res, 2, 3, 4, second[3:7], 3, nil},
		{"§31.5 part beyond the end", res, 2, 10, 10, second[10:], 3, nil},
		{"§31.5 nothing", 0, 2, 0, 0, []byte{}, 3, nil},
		{"§31.4.1 part without reservation", 0, 2, 3, 4, nil, 0, ipmb.ReservationCanceled},
		{"§31.4.1 offset 0 needs none", res + 1, 2, 0, 4, second[:4], 3, nil},
		{"§5.2 no such entry", 0, 9, 0, ReadAll, nil, 0, ipmb.NotPresent},
		{"§5.2 offset behind the entry", res, 2, 16, 1, nil, 0, ipmb.ParameterOutOfRange},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, next, err := l.Get(tt.reservation, tt.id, tt.offset, tt.count)
			wantCode(t, "get", err, tt.err)
			if !bytes.Equal(got, tt.want) || next != tt.next {
				t.Errorf("got % x, next %04x, want % x, next %04x", got, next, tt.want, tt.next)
			}
		})
	}
	data, _, err := l.Get(0, 2, 0, ReadAll)
	if err != nil || len(data) != EntryLen {
		t.Fatal(err)
	}
	data[5] ^= 0xff
	if l.entries[1] != second {
		t.Error("the log shares its memory")
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	l, c := newLog(t)
	want := Info{Free: 256, LastAdd: Unspecified, LastErase: Unspecified, Operations: AllOperations}
	if got := info(t, l); got != want {
		t.Errorf("§31.2 fresh: %+v", got)
	}
	add(t, l, 2)
	c.now = c.now.Add(time.Minute)
	if _, err := l.Delete(reserve(t, l), FirstRecord); err != nil {
		t.Fatal(err)
	}
	want = Info{Entries: 1, Free: 240, LastAdd: start, LastErase: start + 60, Operations: AllOperations}
	if got := info(t, l); got != want || got.FreeField() != 240 {
		t.Errorf("§31.2 got %+v, want %+v", got, want)
	}
	if a, want := l.Allocation(), (Allocation{Units: 16, Unit: 16, Free: 15, Largest: 15, MaxRecord: 1}); a != want {
		t.Errorf("§31.3 got %+v, want %+v", a, want)
	}
	if f := (Info{Free: 70000}).FreeField(); f != 0xffff {
		t.Errorf("§31.2 70000 bytes free: %04x", f)
	}
	small, _ := newLog(t, func(c *Config) { c.Operations, c.LastAdd, c.LastErase = 0x0a, 5, 6 })
	if got := info(t, small); got.Operations != 0x0a || got.LastAdd != 5 || got.LastErase != 6 {
		t.Errorf("configured: %+v", got)
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	l, c := newLog(t)
	add(t, l, 16)
	c.now = c.now.Add(time.Minute)
	_, err := l.Add(event(TypeSystemEvent, 0))
	wantCode(t, "§31.2 stop", err, ipmb.OutOfSpace)
	if i := info(t, l); i.Operations != AllOperations|0x80 || i.Entries != 16 || i.LastAdd != start || i.LastErase != Unspecified {
		t.Errorf("§31.2 stop: %+v", i)
	}
	l.SetPolicy(Ring)
	id, err := l.Add(event(TypeSystemEvent, 0))
	if err != nil || id != 17 || l.Len() != 16 || ids(l)[0] != 2 {
		t.Errorf("ring: %d, %v, %v", id, err, ids(l))
	}
	if i := info(t, l); i.LastAdd != start+60 || i.LastErase != start+60 || i.Free != 0 {
		t.Errorf("ring: %+v", i)
	}
	wantCode(t, "clear", l.Clear(reserve(t, l)), nil)
	if i := info(t, l); i.Operations != AllOperations || i.Free != 256 {
		t.Errorf("§31.9 after clear: %+v", i)
	}
	if id, err := l.Add(event(TypeSystemEvent, 0)); err != nil || id != 1 {
		t.Errorf("record IDs begin anew after clear: %d, %v", id, err)
	}
}

func TestAnyReservation(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t, func(c *Config) { c.AnyReservation = true })
	add(t, l, 2)
	if id, err := l.Delete(0x4321, FirstRecord); err != nil || id != 1 {
		t.Errorf("delete with 4321h: %d, %v", id, err)
	}
	wantCode(t, "clear with 4321h", l.Clear(0x4321), nil)
	if done, err := l.EraseDone(0x1234); err != nil || !done {
		t.Errorf("status with 1234h: %t, %v", done, err)
	}
}

func TestKeptTypes(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t, func(c *Config) { c.Keep = []RecordType{0xe0} })
	for _, kind := range []RecordType{0xe0, TypeSystemEvent} {
		if _, err := l.Add(event(kind, 0)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := l.Delete(reserve(t, l), 1)
	wantCode(t, "§31.8 80h", err, TypeNotSupported)
	_, err = l.Delete(reserve(t, l), 2)
	wantCode(t, "§31.8 other types", err, nil)
}

// TestEraseTime is measured by another clock than the log's, which may stand still.
func TestEraseTime(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	l, _ := newLog(t, func(c *Config) { c.EraseTime, c.Now = time.Second, func() time.Time { return now } })
	wantCode(t, "clear", l.Clear(reserve(t, l)), nil)
	if !l.Erasing() {
		t.Error("erase is done at once")
	}
	if now = now.Add(time.Second); l.Erasing() {
		t.Error("erase goes on after its time")
	}
}

func TestRecordIDsWrap(t *testing.T) {
	t.Parallel()
	cfg := Config{Capacity: 16}
	first, last := event(TypeSystemEvent, 0), event(TypeSystemEvent, 0)
	first.setID(1)
	last.setID(0xfffe)
	l, err := NewLog(cfg, first, last)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := l.Add(event(TypeSystemEvent, 0)); err != nil || id != 2 {
		t.Errorf("§32.1 behind FFFEh: %04x, %v", id, err)
	}
}

func TestNewLogRefuses(t *testing.T) {
	t.Parallel()
	one, reserved := event(0x03, 0), event(TypeSystemEvent, 0)
	one.setID(1)
	reserved.setID(0xffff)
	for name, entries := range map[string][]Entry{
		"§32.1 FFFFh":     {reserved},
		"§32.1 twice":     {one, one},
		"behind FFFEh":    {func() Entry { e := one; e.setID(0xfffe); return e }(), event(TypeSystemEvent, 0)},
		"too many for it": make([]Entry, 17),
	} {
		if _, err := NewLog(Config{Capacity: 16}, entries...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	l, err := NewLog(Config{Capacity: 16}, one, event(TypeSystemEvent, 0))
	if full, err := NewLog(Config{Capacity: 16}, make([]Entry, 16)...); err != nil || full.Len() != 16 {
		t.Errorf("as many as there is room for: %v", err)
	}
	if err != nil || !slices.Equal(ids(l), []RecordID{1, 2}) || l.entries[0] != one {
		t.Errorf("entries as they are: %v, %v", ids(l), err)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t)
	add(t, l, 4)
	_, err := l.Delete(0, 1)
	wantCode(t, "§31.4.1 without reservation", err, ipmb.ReservationCanceled)
	res := reserve(t, l)
	for _, tt := range []struct {
		id, want RecordID
		err      error
	}{{FirstRecord, 1, nil}, {LastRecord, 4, nil}, {2, 2, nil}, {2, 0, ipmb.NotPresent}} {
		got, err := l.Delete(res, tt.id)
		if got != tt.want {
			t.Errorf("§31.8 deleting %04x: %04x", tt.id, got)
		}
		wantCode(t, "§31.4.2 a deletion that moves no ID keeps the reservation", err, tt.err)
	}
	if !slices.Equal(ids(l), []RecordID{3}) {
		t.Errorf("§31.8 left %v", ids(l))
	}
}

func TestReservations(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t)
	add(t, l, 1)
	read := func(res uint16) error {
		_, _, err := l.Get(res, 1, 1, 1)
		return err
	}
	old := reserve(t, l)
	res := reserve(t, l)
	wantCode(t, "§31.4.2 a new Reserve cancels", read(old), ipmb.ReservationCanceled)
	wantCode(t, "§31.4 the new one holds", read(res), nil)
	add(t, l, 1)
	wantCode(t, "§31.4.2 an addition cancels", read(res), ipmb.ReservationCanceled)
	res = reserve(t, l)
	l.Reset()
	wantCode(t, "§31.4.2 a reset cancels", read(res), ipmb.ReservationCanceled)
	res = reserve(t, l)
	l.CancelReservation()
	wantCode(t, "cancelled on demand", read(res), ipmb.ReservationCanceled)
	l.reservation.last = 0xffff
	if res := reserve(t, l); res != 1 {
		t.Errorf("§31.4 after FFFFh: %04x", res)
	}
	wantCode(t, "§31.4 0000h is none", read(0), ipmb.ReservationCanceled)
	dcmi, _ := newLog(t, func(c *Config) { c.ZeroReservation = true })
	wantCode(t, "DCMI 0000h", dcmi.Clear(0), nil)
	without, _ := newLog(t, func(c *Config) { c.Operations = SupportsDelete })
	wantCode(t, "§31.9 0000h where reserving is not supported", without.Clear(0), nil)
}

func TestClear(t *testing.T) {
	t.Parallel()
	l, c := newLog(t, func(c *Config) { c.EraseTime = 3 * time.Second })
	add(t, l, 2)
	wantCode(t, "§31.4.1 without reservation", l.Clear(0), ipmb.ReservationCanceled)
	res := reserve(t, l)
	if done, err := l.EraseDone(res); !done || err != nil {
		t.Errorf("§31.9 status before any erase: %v, %v", done, err)
	}
	c.now = c.now.Add(time.Second)
	wantCode(t, "§31.9 clear", l.Clear(res), nil)
	wantCode(t, "the same request again", l.Clear(res), nil)
	for name, err := range map[string]error{
		"§31.2 info":        func() error { _, err := l.Info(); return err }(),
		"§31.4 reserve":     func() error { _, err := l.Reserve(); return err }(),
		"§31.5 get":         func() error { _, _, err := l.Get(0, 1, 0, 1); return err }(),
		"§31.6 add":         func() error { _, err := l.Add(event(TypeSystemEvent, 0)); return err }(),
		"§31.7 partial add": func() error { _, err := l.PartialAdd(res, 0, 0, false, nil); return err }(),
		"§31.8 delete":      func() error { _, err := l.Delete(res, 1); return err }(),
	} {
		wantCode(t, name+" while erasing", err, EraseInProgress)
	}
	if done, err := l.EraseDone(res); done || err != nil {
		t.Errorf("§31.9 in progress: %v, %v", done, err)
	}
	_, err := l.EraseDone(res + 1)
	wantCode(t, "§31.9 status with another reservation", err, ipmb.ReservationCanceled)
	c.now = c.now.Add(3 * time.Second)
	if done, err := l.EraseDone(res); !done || err != nil || l.Erasing() {
		t.Errorf("§31.9 completed: %v, %v", done, err)
	}
	if i := info(t, l); i.Entries != 0 || i.LastErase != start+1 {
		t.Errorf("§31.9 after clear: %+v", i)
	}
	wantCode(t, "§31.4.2 clear cancels", l.Clear(res), ipmb.ReservationCanceled)
	reserve(t, l)
	_, err = l.EraseDone(res)
	wantCode(t, "§31.9 status with a reservation that was replaced", err, ipmb.ReservationCanceled)
}

func TestPartialAdd(t *testing.T) {
	t.Parallel()
	l, c := newLog(t)
	add(t, l, 1)
	e := event(TypeSystemEvent, 0x55)
	_, err := l.PartialAdd(0, 0, 0, false, e[:4])
	wantCode(t, "§31.7 without reservation", err, ipmb.ReservationCanceled)
	res := reserve(t, l)
	id, err := l.PartialAdd(res, 0, 0, false, e[:4])
	if err != nil || id != 2 || l.Len() != 1 {
		t.Fatalf("§31.7 first part: %d, %v, %d entries", id, err, l.Len())
	}
	for _, tt := range []struct {
		name   string
		id     RecordID
		offset uint8
	}{{"gap", id, 5}, {"overlap", id, 3}, {"other entry", id + 1, 4}, {"no entry", 0, 4}} {
		_, err := l.PartialAdd(res, tt.id, tt.offset, false, e[4:6])
		wantCode(t, "§31.7 "+tt.name, err, ipmb.ParameterOutOfRange)
	}
	c.now = c.now.Add(time.Minute)
	if got, err := l.PartialAdd(res, id, 4, true, e[4:]); err != nil || got != id {
		t.Errorf("§31.7 last part: %d, %v", got, err)
	}
	if last, _ := l.Last(); last.ID() != id || last.Timestamp() != start+60 || !bytes.Equal(last[7:], e[7:]) {
		t.Errorf("§31.7 stored % x", last)
	}
	_, err = l.PartialAdd(res, 0, 0, false, e[:4])
	wantCode(t, "§31.4.2 the addition cancelled", err, ipmb.ReservationCanceled)

	res = reserve(t, l)
	_, err = l.PartialAdd(res, 0, 0, true, e[:15])
	wantCode(t, "§31.7 a byte too few", err, LengthMismatch)
	_, err = l.PartialAdd(res, 0, 0, true, append(e[:], 0))
	wantCode(t, "§31.7 a byte too many", err, LengthMismatch)
	id, err = l.PartialAdd(res, 0, 0, false, e[:4])
	wantCode(t, "§31.7 begin", err, nil)
	res = reserve(t, l)
	_, err = l.PartialAdd(res, id, 4, true, e[4:])
	wantCode(t, "§31.7 another Reserve: begin anew", err, ipmb.ParameterOutOfRange)
	id, err = l.PartialAdd(res, 0, 0, false, e[:4])
	wantCode(t, "§31.7 begin again", err, nil)
	add(t, l, 1)
	res = reserve(t, l)
	_, err = l.PartialAdd(res, id, 4, true, e[4:])
	wantCode(t, "§31.7 the reservation was lost: begin anew", err, ipmb.ParameterOutOfRange)
	if l.Len() != 3 {
		t.Errorf("§31.7 %d entries", l.Len())
	}
}

func FuzzLog(f *testing.F) {
	f.Add([]byte{0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6})
	f.Fuzz(func(t *testing.T, script []byte) {
		l, err := NewLog(Config{Operations: AllOperations, Capacity: 16})
		if err != nil {
			t.Fatal(err)
		}
		var res uint16
		var id RecordID
		var sent uint8
		for i := 0; i+1 < len(script); i += 2 {
			arg := script[i+1]
			switch script[i] % 7 {
			case 0:
				res, _ = l.Reserve()
			case 1:
				_, _ = l.Add(event(RecordType(arg), arg))
			case 2:
				_, _ = l.Delete(res, RecordID(arg))
			case 3:
				_ = l.Clear(res)
			case 4:
				l.SetPolicy(Policy(arg & 1))
			case 5:
				id, _ = l.PartialAdd(res, 0, 0, arg&1 == 1, make([]byte, arg%20))
				sent = arg % 20
			case 6:
				_, _ = l.PartialAdd(res, id, sent, arg&1 == 1, make([]byte, arg%20))
				sent += arg % 20
			}
		}
		seen := map[RecordID]bool{}
		for id, n := FirstRecord, 0; id != NoRecord && l.Len() > 0; n++ {
			data, next, err := l.Get(0, id, 0, ReadAll)
			if err != nil || n > 16 {
				t.Fatalf("entry %d: %v", n, err)
			}
			if e := Entry(data); seen[e.ID()] || e.ID() == 0 || e.ID() == LastRecord {
				t.Fatalf("record ID %04x twice or reserved", e.ID())
			} else {
				seen[e.ID()] = true
			}
			id = next
		}
		if len(seen) != l.Len() || l.Len() > 16 {
			t.Fatalf("%d entries, %d seen", l.Len(), len(seen))
		}
	})
}
