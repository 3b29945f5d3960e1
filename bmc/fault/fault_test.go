package fault

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

func ptr[T any](v T) *T { return &v }

func bytesOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pattern(t testing.TB, s string) Pattern {
	t.Helper()
	var p Pattern
	if err := p.UnmarshalText([]byte(s)); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return p
}

// commands knows two commands.
func commands(name string) ([]ipmb.Op, bool) {
	switch name {
	case "get-device-id":
		return []ipmb.Op{ipmb.GetDeviceID}, true
	case "get-sdr":
		return []ipmb.Op{ipmb.GetSDR}, true
	}
	return nil, false
}

func newSet(t testing.TB, seed uint64, rules ...Rule) *Set {
	t.Helper()
	if problems := Check(rules); problems != nil {
		t.Fatalf("rules: %v", problems)
	}
	return New(rules, seed, commands)
}

// request is a Get Device ID.
var request = Facts{Message: true, Op: ipmb.GetDeviceID, Suite: NoSuite}

// hitsOf is which of n requests a rule hits, counted from 1.
func hitsOf(s *Set, rule string, n int) (hits []int) {
	for i := range n {
		if o := s.At(Request, &request); o != nil && slices.Contains(o.Rules, rule) {
			hits = append(hits, i+1)
		}
	}
	return hits
}

func TestHits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		hits Hits
		want []int
	}{
		{"all", Hits{}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"first", Hits{First: 3}, []int{1, 2, 3}},
		{"nth", Hits{Nth: []uint64{2, 7}}, []int{2, 7}},
		{"every", Hits{Every: 3}, []int{3, 6, 9}},
		{"after", Hits{After: 8}, []int{9, 10}},
		{"first after", Hits{After: 4, First: 2}, []int{5, 6}},
		{"every after", Hits{After: 1, Every: 4}, []int{5, 9}},
		{"always drawn", Hits{Probability: ptr(1.0), First: 2}, []int{1, 2}},
	} {
		s := newSet(t, 1, Rule{Name: "r", At: Request, Hits: tt.hits, Do: Do{Action: Drop}})
		if got := hitsOf(s, "r", 10); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestExactHits pins the draws: the same seed gives the same hits for ever, and another rule changes nothing.
func TestExactHits(t *testing.T) {
	t.Parallel()
	flaky := Rule{Name: "flaky", At: Request, Hits: Hits{Probability: ptr(0.3)}, Do: Do{Action: Drop}}
	other := Rule{Name: "other", At: Request, Hits: Hits{Probability: ptr(0.5)}, Do: Do{Action: Drop}}
	want := []int{1, 5, 8, 10, 13, 17, 18, 21, 23, 26, 27, 28}
	for _, tt := range []struct {
		name  string
		seed  uint64
		rules []Rule
	}{
		{"alone", 42, []Rule{flaky}},
		{"behind another", 42, []Rule{other, flaky}},
		{"before another", 42, []Rule{flaky, other}},
		{"with a seed of its own", 7, []Rule{{Name: "flaky", At: Request, Seed: 42, Hits: flaky.Hits, Do: flaky.Do}}},
	} {
		if got := hitsOf(newSet(t, tt.seed, tt.rules...), "flaky", 30); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", tt.name, got, want)
		}
	}
	if got := hitsOf(newSet(t, 43, flaky), "flaky", 30); slices.Equal(got, want) {
		t.Error("another seed gives the same hits")
	}
}

// TestExactActions pins what is drawn for actions: the same for ever, and whatever other rules draw.
func TestExactActions(t *testing.T) {
	t.Parallel()
	uniform := Rule{Name: "uniform", At: Response, Do: Do{Delay: &Delay{Min: Span(time.Second), Max: Span(2 * time.Second)}}}
	bits := Rule{Name: "bits", At: Response, Do: Do{Corrupt: &Corrupt{Bits: 2}}}
	other := Rule{Name: "other", At: Response, Hits: Hits{Probability: ptr(0.5)}, Do: Do{Delay: &Delay{Median: 1, Spread: 3, Max: 2}}}
	for _, rules := range [][]Rule{{uniform, bits}, {bits, uniform}, {other, uniform, bits}} {
		s := newSet(t, 42, rules...)
		var got []string
		for range 3 {
			o := s.At(Response, &request)
			got = append(got, fmt.Sprintf("%v % x", o.Delay.Truncate(10*time.Nanosecond), o.Edit(make([]byte, 4))))
		}
		want := []string{"1.54619864s 00 00 20 02", "1.14692436s 00 02 10 00", "1.95174392s 02 40 00 00"}
		if !slices.Equal(got, want) {
			t.Errorf("%s first: %q, want %q", rules[0].Name, got, want)
		}
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	ms := func(n int) Span { return Span(n) * Span(time.Millisecond) }
	for _, tt := range []struct {
		name     string
		delay    Delay
		min, max Span
		median   Span
	}{
		{"fixed", Delay{Fixed: ms(300)}, ms(300), ms(300), ms(300)},
		{"uniform", Delay{Min: ms(100), Max: ms(300)}, ms(100), ms(300), ms(200)},
		{"lognormal", Delay{Median: ms(200), Spread: 1, Min: ms(50), Max: ms(900)}, ms(50), ms(900), ms(200)},
	} {
		draws := stream(1, "r", "actions")
		var list []Span
		for range 2001 {
			d := Span(tt.delay.draw(draws))
			if d < tt.min || d > tt.max {
				t.Fatalf("%s: %v is out of bounds", tt.name, time.Duration(d))
			}
			list = append(list, d)
		}
		slices.Sort(list)
		if m := list[1000]; m < tt.median*9/10 || m > tt.median*11/10 {
			t.Errorf("%s: median %v, want about %v", tt.name, time.Duration(m), time.Duration(tt.median))
		}
	}
}

// TestBounds: whatever rules ask for together, it stays bounded.
func TestBounds(t *testing.T) {
	t.Parallel()
	var rules []Rule
	for i := range 2000 {
		rules = append(rules, Rule{Name: fmt.Sprint("r", i), At: Response, Do: Do{
			Delay:     &Delay{Median: Span(MaxDelay), Spread: 5}, // e to the power of 20 times as much now and then
			Duplicate: 16,
			Extend:    Pattern{Value: make([]byte, MaxBytes), Mask: bytes.Repeat([]byte{0xff}, MaxBytes)},
		}})
	}
	s := newSet(t, 1, rules...)
	o := s.At(Response, &request)
	if o.Delay != MaxDelay || o.Copies != MaxCopies {
		t.Errorf("delay %v, %d copies; want %v, %d", o.Delay, o.Copies, MaxDelay, MaxCopies)
	}
	if n := len(o.Edit(nil)); n != maxEdited {
		t.Errorf("%d bytes, want %d", n, maxEdited)
	}
	wide, draws := Delay{Median: Span(time.Hour), Spread: 5, Min: Span(time.Second)}, stream(1, "r", "actions")
	most := 0
	for range 1000 {
		d := wide.draw(draws)
		if d < time.Second || d > MaxDelay {
			t.Fatalf("%v is out of bounds", d)
		}
		if d == MaxDelay {
			most++
		}
	}
	if most < 400 || most > 600 {
		t.Errorf("%d of 1000 are above the median", most)
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSet(t, 1, Rule{Name: "r", At: Request, Hits: Hits{After: 1, For: Span(10 * time.Second)}, Do: Do{Action: Drop}})
		var got []bool
		for _, wait := range []time.Duration{0, time.Hour, 9 * time.Second, time.Second, time.Hour} {
			time.Sleep(wait)
			got = append(got, s.At(Request, &request) != nil)
		}
		if want := []bool{false, true, true, false, false}; !slices.Equal(got, want) {
			t.Errorf("hits %v, want %v", got, want)
		}
	})
}

func TestPer(t *testing.T) {
	t.Parallel()
	peer := func(n int) Facts {
		f := request
		f.Peer, f.SessionID, f.Data = netip.MustParseAddrPort(fmt.Sprintf("192.0.2.1:%d", 1000+n)), uint32(n+1), []byte{byte(n)}
		return f
	}
	for _, per := range []Per{PerPeer, PerSession, PerMessage} {
		rules := []Rule{{Name: "r", At: Request, Hits: Hits{First: 1, Per: per}, Do: Do{Action: Drop}}}
		for i := range 255 { // they share what may be remembered
			rules = append(rules, Rule{Name: fmt.Sprint("other-", i), At: Response, Hits: Hits{Per: PerPeer}, Do: Do{Action: Drop}})
		}
		s := newSet(t, 1, rules...)
		var got []bool
		for _, n := range []int{0, 1, 0, 2, 1} {
			f := peer(n)
			got = append(got, s.At(Request, &f) != nil)
		}
		if want := []bool{true, true, false, true, false}; !slices.Equal(got, want) {
			t.Errorf("%v: hits %v, want %v", per, got, want)
		}
		for n := range 600 {
			f := peer(n)
			f.SessionID, f.Data = uint32(n+1), bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 500)
			s.At(Request, &f)
		}
		c := s.rules[0].counters
		if len(c.each) != maxCounters/256 || len(c.made) != len(c.each) {
			t.Errorf("%v: %d counters, %d in order", per, len(c.each), len(c.made))
		}
		for key := range c.each {
			if len(key) > 64 {
				t.Fatalf("%v: remembers %d bytes", per, len(key))
			}
		}
	}
	outside := newSet(t, 1, Rule{Name: "r", At: Request, Hits: Hits{Per: PerSession}, Do: Do{Action: Drop}})
	if outside.At(Request, &request) != nil {
		t.Error("a rule for each session hits outside of one")
	}
}

func TestScenario(t *testing.T) {
	t.Parallel()
	sdr := request
	sdr.Op = ipmb.GetSDR
	s := newSet(t, 1,
		Rule{Name: "begin", At: Request, When: When{Command: Names{"get-sdr"}}, Scenario: &Scenario{Name: "boot", When: "start", Then: "down"}, Do: Do{Action: ResetCold}},
		Rule{Name: "busy", At: Request, When: When{Command: Names{"get-device-id"}}, Hits: Hits{First: 2}, Scenario: &Scenario{Name: "boot", When: "down"}, Do: Do{Code: ptr(Code(0xc0))}},
		Rule{Name: "up", At: Request, When: When{Command: Names{"get-device-id"}}, Hits: Hits{Nth: []uint64{2}}, Scenario: &Scenario{Name: "boot", When: "down", Then: "start"}, Do: Do{Action: TouchSDR}},
	)
	var got []string
	for _, f := range []*Facts{&request, &sdr, &sdr, &request, &request, &request, &sdr} {
		line := s.State("boot") + ":"
		if o := s.At(Request, f); o != nil {
			line += strings.Join(o.Rules, "+")
		}
		got = append(got, line)
	}
	want := []string{"start:", "start:begin", "down:", "down:busy", "down:busy+up", "start:", "start:begin"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	wantCounts := []Count{{"begin", 2, 2}, {"busy", 2, 2}, {"up", 2, 1}}
	if got := s.Counts(); !slices.Equal(got, wantCounts) {
		t.Errorf("counts %v, want %v", got, wantCounts)
	}
}

// TestScenarioSteps: one message is one step, whatever the order of the rules.
func TestScenarioSteps(t *testing.T) {
	t.Parallel()
	step := func(name, from, to string) Rule {
		return Rule{Name: name, At: Request, Scenario: &Scenario{Name: "s", When: from, Then: to}, Do: Do{Action: Pass}}
	}
	a, b, c := step("a", "start", "one"), step("b", "one", "two"), step("c", "two", "start")
	for _, rules := range [][]Rule{{a, b, c}, {c, b, a}, {b, c, a}} {
		s := newSet(t, 1, rules...)
		var got []string
		for range 4 {
			got = append(got, s.At(Request, &request).Rules...)
		}
		if want := []string{"a", "b", "c", "a"}; !slices.Equal(got, want) {
			t.Errorf("%s first: %q, want %q", rules[0].Name, got, want)
		}
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   Do
		in   string
		want string
	}{
		{"truncate to", Do{Truncate: ptr(2)}, "01 02 03", "01 02"},
		{"truncate to more", Do{Truncate: ptr(9)}, "01 02 03", "01 02 03"},
		{"truncate by", Do{Truncate: ptr(-1)}, "01 02 03", "01 02"},
		{"truncate by more", Do{Truncate: ptr(-9)}, "01 02 03", ""},
		{"extend", Do{Extend: pattern(t, "aa bb")}, "01", "01 aa bb"},
		{"replace", Do{Replace: ptr(pattern(t, "aa bb"))}, "01", "aa bb"},
		{"replace by nothing", Do{Replace: &Pattern{}}, "01", ""},
		{"set", Do{Patch: []Patch{{At: 1, Set: pattern(t, "a? ??")}}}, "01 02 03", "01 a2 03"},
		{"set over the end", Do{Patch: []Patch{{At: -1, Set: pattern(t, "aa bb")}}}, "01 02 03", "01 02 aa"},
		{"bits", Do{Patch: []Patch{{At: 0, And: ptr(uint8(0xf0)), Or: 0x02, Xor: 0x80}}}, "ff", "72"},
		{"insert", Do{Patch: []Patch{{At: 1, Insert: pattern(t, "aa bb")}}}, "01 02", "01 aa bb 02"},
		{"remove", Do{Patch: []Patch{{At: 1, Remove: 2}}}, "01 02 03 04", "01 04"},
		{"remove and insert", Do{Patch: []Patch{{At: 0, Remove: 9, Insert: pattern(t, "aa")}}}, "01 02", "aa"},
		{"nowhere", Do{Patch: []Patch{{At: 3, Set: pattern(t, "aa")}, {At: -4, Xor: 1}}}, "01 02 03", "01 02 03"},
		{"one after the other", Do{Truncate: ptr(1), Extend: pattern(t, "ee"), Patch: []Patch{{At: 0, Set: pattern(t, "aa")}}}, "01 02", "aa ee"},
		{"corrupt nothing", Do{Corrupt: &Corrupt{Bytes: 4, From: 2}}, "01 02", "01 02"},
	} {
		s := newSet(t, 1, Rule{Name: "r", At: Response, Do: tt.do})
		got := s.At(Response, &request).Edit(bytesOf(t, tt.in))
		if want := bytesOf(t, tt.want); !slices.Equal(got, want) {
			t.Errorf("%s: % x, want % x", tt.name, got, want)
		}
	}
	s := newSet(t, 1, Rule{Name: "r", At: Response, Do: Do{Corrupt: &Corrupt{Bytes: 1, From: 2, To: 4}}})
	for range 50 {
		got := s.At(Response, &request).Edit(make([]byte, 6))
		if changed := len(got) - strings.Count(string(got), "\x00"); changed != 1 || got[2] == 0 && got[3] == 0 {
			t.Fatalf("one byte of the third and fourth: % x", got)
		}
	}
}

// TestAreas changes an inventory whose common header says where its chassis info area is. [FRU §8, §10]
func TestAreas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		patches  []Patch
		in, want string
	}{
		{"area", []Patch{{Area: ChassisArea, At: 2, Set: pattern(t, "aa")}, {Area: ChassisArea, At: -1, Set: pattern(t, "bb")}},
			"01 00 01 00 00 00 00 fe 01 01 00 00 00 00 00 fe 07", "01 00 01 00 00 00 00 fe 01 01 aa 00 00 00 00 bb 07"},
		{"checksum", []Patch{{Area: ChassisArea, At: 2, Set: pattern(t, "aa"), Checksum: true}},
			"01 00 01 00 00 00 00 fe 01 01 00 00 00 00 00 fe 07", "01 00 01 00 00 00 00 fe 01 01 aa 00 00 00 00 54 07"},
		{"no area", []Patch{{Area: BoardArea, At: 2, Set: pattern(t, "aa")}}, "01 00 01 00 00 00 00 fe 01 01 00 00", "01 00 01 00 00 00 00 fe 01 01 00 00"},
		{"area behind the end", []Patch{{Area: ChassisArea, At: 2, Set: pattern(t, "aa"), Checksum: true}}, "01 00 ff 00 00 00 00 fe 01 ff", "01 00 ff 00 00 00 00 fe 01 ff"},
		{"area over the end", []Patch{{Area: ChassisArea, At: 2, Set: pattern(t, "aa")}}, "01 00 01 00 00 00 00 fe 01 ff 00", "01 00 01 00 00 00 00 fe 01 ff aa"},
	} {
		s := newSet(t, 1, Rule{Name: "r", At: Device, Do: Do{Patch: tt.patches}})
		got := s.At(Device, &Facts{Part: PartFRU, Operation: Read}).Edit(bytesOf(t, tt.in))
		if want := bytesOf(t, tt.want); !slices.Equal(got, want) {
			t.Errorf("%s: % x, want % x", tt.name, got, want)
		}
	}
}

// TestConditions holds each row to what it is about: one fact that fits, one that does not.
func TestConditions(t *testing.T) {
	t.Parallel()
	base := Facts{
		Message: true, Op: ipmb.GetSDR, Data: []byte{1, 0, 2, 0, 0, 0xff}, Answer: []byte{0xc3, 5}, SessionID: 7, Channel: 1,
		Interface: LAN, User: "admin", Privilege: ipmb.PrivilegeOperator, Session: RMCPPlus, Suite: 17, Class: IPMI, Step: RAKP1,
		Part: PartI2C, Operation: Read, Bus: 3, Address: 0x48, Device: "inlet", Sensor: "Temp", FRU: 2, Record: 9, Content: []byte{9, 0, 0x51}, LUN: 1, Power: On, Event: ColdReset,
	}
	sensor, fru, record := base, base, base
	sensor.Part, fru.Part, record.Part = PartSensor, PartFRU, PartSEL
	behind := base
	behind.Satellite = "Intel ME"
	for _, tt := range []struct {
		key     string
		yes, no When
		on      Facts
	}{
		{"command", When{Command: Names{"get-device-id", "get-sdr"}}, When{Command: Names{"get-device-id"}}, base},
		{"lun", When{LUN: ptr(uint8(1))}, When{LUN: ptr(uint8(0))}, base},
		{"netfn", When{NetFn: ptr(uint8(0x0a))}, When{NetFn: ptr(uint8(0x06))}, base},
		{"data", When{Data: pattern(t, "?? 00 02")}, When{Data: pattern(t, "02")}, base},
		{"fields", When{Fields: []Field{{At: 2, Size: 2, Min: 2, Max: 2}}}, When{Fields: []Field{{At: -1, Size: 1, Max: 0xfe}}}, base},
		{"fields", When{Fields: []Field{{At: 5, Size: 1, Mask: 0x10, Min: 0x10, Max: 0x10}}}, When{Fields: []Field{{At: 0, Size: 1, Mask: 0x02, Min: 0x02, Max: 0x02}}}, base},
		{"min_length", When{MinLength: 6}, When{MinLength: 7}, base},
		{"max_length", When{MaxLength: ptr(uint16(6))}, When{MaxLength: ptr(uint16(5))}, base},
		{"answer", When{Answer: pattern(t, "c? 05")}, When{Answer: pattern(t, "00")}, base},
		{"completion_code", When{Code: ptr(Code(0xc3))}, When{Code: ptr(Code(0))}, base},
		{"failed", When{Failed: ptr(true)}, When{Failed: ptr(false)}, base},
		{"satellite", When{Satellite: "Intel ME"}, When{Satellite: "Fan Board"}, behind},
		{"channel", When{Channel: ptr(uint8(1))}, When{Channel: ptr(uint8(2))}, base},
		{"interface", When{Interface: LAN}, When{Interface: System}, base},
		{"user", When{User: ptr("admin")}, When{User: ptr("root")}, base},
		{"privilege", When{Privilege: ipmb.PrivilegeOperator}, When{Privilege: ipmb.PrivilegeUser}, base},
		{"session", When{Session: RMCPPlus}, When{Session: Outside}, base},
		{"session", When{Session: OutsideRMCPPlus}, When{Session: OutsideV15}, Facts{Op: base.Op, Message: true, Interface: LAN, Session: Outside, RMCPPlus: true, Suite: NoSuite, Class: IPMI}},
		{"session", When{Session: OutsideV15}, When{Session: RMCPPlus}, Facts{Op: base.Op, Message: true, Interface: LAN, Session: Outside, Suite: NoSuite, Class: IPMI}},
		{"fields", When{Fields: []Field{{At: 0, Size: 1, Plus: ptr(1), Min: 300, Max: 300}}}, When{Fields: []Field{{At: 0, Size: 1, Plus: ptr(9)}}}, Facts{Op: base.Op, Message: true, Data: []byte{200, 100}, Suite: NoSuite, Class: IPMI}},
		{"cipher_suite", When{Suite: ptr(uint8(17))}, When{Suite: ptr(uint8(3))}, base},
		{"payload", When{Payload: ptr(Payload(0))}, When{Payload: ptr(Payload(1))}, base},
		{"step", When{Step: RAKP1}, When{Step: RAKP3}, base},
		{"class", When{Class: IPMI}, When{Class: ASF}, base},
		{"part", When{Part: PartI2C}, When{Part: PartSEL}, base},
		{"operation", When{Operation: Read}, When{Operation: Write}, base},
		{"bus", When{Bus: ptr(uint8(3))}, When{Bus: ptr(uint8(4))}, base},
		{"address", When{Address: ptr(uint8(0x48))}, When{Address: ptr(uint8(0x49))}, base},
		{"device", When{Device: "inlet"}, When{Device: "outlet"}, base},
		{"sensor", When{Sensor: "Temp"}, When{Sensor: "Fan"}, sensor},
		{"fru", When{FRU: ptr(uint8(2))}, When{FRU: ptr(uint8(3))}, fru},
		{"record", When{Record: ptr(uint16(9))}, When{Record: ptr(uint16(8))}, record},
		{"content", When{Content: pattern(t, "?? ?? 51")}, When{Content: pattern(t, "?? ?? 51 01")}, record},
		{"power", When{Power: On}, When{Power: Off}, base},
		{"event", When{Event: ColdReset}, When{Event: PowerOn}, base},
	} {
		i := slices.IndexFunc(Conditions, func(c Condition) bool { return c.Name == tt.key })
		if i < 0 {
			t.Errorf("no condition %q", tt.key)
			continue
		}
		for _, p := range Conditions[i].Points() {
			for _, half := range []struct {
				when When
				want bool
			}{{tt.yes, true}, {tt.no, false}} {
				s := New([]Rule{{Name: "r", At: p, When: half.when, Do: Do{Action: Drop}}}, 1, commands)
				if got := s.At(p, &tt.on) != nil; got != half.want {
					t.Errorf("%s at %v: %v, want %v", tt.key, p, got, half.want)
				}
			}
		}
	}
}

// TestRows: every key of When and Do has its row, and the other way round.
func TestRows(t *testing.T) {
	t.Parallel()
	keys := func(typ reflect.Type) (names []string) {
		for f := range typ.NumField() {
			names = append(names, typ.Field(f).Tag.Get("yaml"))
		}
		return names
	}
	var conditions, actions, words []string
	for _, c := range Conditions {
		conditions = append(conditions, c.Name)
		if len(c.Points()) == 0 {
			t.Errorf("%s is known nowhere", c.Name)
		}
	}
	for _, a := range Actions {
		if a.Meaning == "" || len(a.Points()) == 0 {
			t.Errorf("%s: no meaning, or possible nowhere", a.Name)
		}
		if a.act != 0 {
			words = append(words, a.Name)
		} else {
			actions = append(actions, a.Name)
		}
	}
	var acts, hitKeys []string
	for _, w := range HitKeys {
		hitKeys = append(hitKeys, w.Name)
	}
	for _, list := range Lists {
		for _, w := range list.Words {
			if w.Meaning == "" {
				t.Errorf("%s: %s has no meaning", list.Title, w.Name)
			}
		}
	}
	for _, w := range Acts {
		acts = append(acts, w.Name)
	}
	for _, tt := range []struct {
		what       string
		rows, keys []string
	}{
		{"When", conditions, keys(reflect.TypeFor[When]())},
		{"Do", append(actions, "action"), keys(reflect.TypeFor[Do]())},
		{"Act", words, acts},
		{"Hits", hitKeys, keys(reflect.TypeFor[Hits]())},
	} {
		slices.Sort(tt.rows)
		slices.Sort(tt.keys)
		if !slices.Equal(tt.rows, tt.keys) {
			t.Errorf("%s: rows %q, keys %q", tt.what, tt.rows, tt.keys)
		}
	}
}

func TestNilSet(t *testing.T) {
	var s *Set
	if s.Has(Request) || s.At(Request, &request) != nil || s.Counts() != nil || s.State("x") != "start" {
		t.Error("no rules do something")
	}
	if n := testing.AllocsPerRun(100, func() { s.At(Request, &request) }); n != 0 {
		t.Errorf("no rules allocate %v times", n)
	}
}

// BenchmarkNoRules is what a point costs a machine without faults.
func BenchmarkNoRules(b *testing.B) {
	var s *Set
	b.ReportAllocs()
	for b.Loop() {
		if s.At(Request, &request) != nil {
			b.Fatal("hit")
		}
	}
}
