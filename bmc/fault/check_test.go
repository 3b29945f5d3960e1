package fault

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	drop := Do{Action: Drop}
	for _, tt := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"twice", []Rule{{Name: "a", At: Request, Do: drop}, {Name: "a", At: Request, Do: drop}}, `[1].name: "a" is given twice (first at [0])`},
		{"name", []Rule{{Name: "A b", At: Request, Do: drop}}, "[0].name: small letters, digits and hyphens only"},
		{"no point", []Rule{{Name: "a", Do: drop}}, "[0].at: no point"},
		{"nothing", []Rule{{Name: "a", At: Request}}, "[0].do: nothing is done (see `fakebmc faults`)"},
		{"unknown there", []Rule{{Name: "a", At: DatagramIn, When: When{Command: Names{"get-sdr"}}, Do: drop}},
			"[0].when.command: not known at the point datagram-in (known at session, request, response, datagram-out), so the rule can never hit"},
		{"impossible there", []Rule{{Name: "a", At: Device, Do: drop}}, "[0].do.action: drop is not possible at the point device (possible at datagram-in, session, request, response, datagram-out, payload-in)"},
		{"odd", []Rule{{Name: "a", At: Request, When: When{NetFn: ptr(uint8(7))}, Do: drop}}, "[0].when.netfn: the network function of a request is even"},
		{"bounds", []Rule{{Name: "a", At: Request, When: When{Fields: []Field{{Size: 1, Min: 2, Max: 1}}}, Do: drop}}, "[0].when.fields[0]: min is above max, so the rule can never hit"},
		{"too great", []Rule{{Name: "a", At: Request, When: When{Fields: []Field{{Size: 1, Min: 256, Max: 300}}}, Do: drop}}, "[0].when.fields[0].min: more than 1 bytes can hold, so the rule can never hit"},
		{"code", []Rule{{Name: "a", At: Response, When: When{Failed: ptr(true), Code: ptr(Code(0))}, Do: drop}}, "[0].when.failed: contradicts completion_code, so the rule can never hit"},
		{"user outside", []Rule{{Name: "a", At: Request, When: When{User: ptr("x"), Session: Outside}, Do: drop}}, "[0].when.session: there is no user and no privilege outside of a session, so the rule can never hit"},
		{"step in session", []Rule{{Name: "a", At: Session, When: When{Step: RAKP1, Session: V15}, Do: drop}}, "[0].when.step: set-up messages are outside of a session, so the rule can never hit"},
		{"suite of v1.5", []Rule{{Name: "a", At: Session, When: When{Suite: ptr(uint8(3)), Session: V15}, Do: drop}}, "[0].when.session: a session of IPMI v1.5 has no cipher suite and no other payloads, so the rule can never hit"},
		{"nth", []Rule{{Name: "a", At: Request, Hits: Hits{First: 2, Nth: []uint64{3}}, Do: drop}}, "[0].hits.nth: so the rule can never hit"},
		{"every", []Rule{{Name: "a", At: Request, Hits: Hits{First: 2, Every: 3}, Do: drop}}, "[0].hits.first: so the rule can never hit"},
		{"never drawn", []Rule{{Name: "a", At: Request, Hits: Hits{Probability: ptr(0.0)}, Do: drop}}, "[0].hits.probability: so the rule can never hit"},
		{"state", []Rule{{Name: "a", At: Request, Scenario: &Scenario{Name: "s", When: "b"}, Do: drop}}, `[0].scenario.when: no rule brings the scenario "s" into the state "b", so this one can never hit`},
		{"part", []Rule{{Name: "a", At: Device, When: When{Part: PartSEL, Sensor: "x"}, Do: Do{Action: Lose}}}, "[0].when.sensor: does not belong to the part that the rule is about, so it can never hit"},
		{"delay", []Rule{{Name: "a", At: Request, Do: Do{Delay: &Delay{Min: 3, Max: 2}}}}, "[0].do.delay: min is above max"},
		{"no delay", []Rule{{Name: "a", At: Request, Do: Do{Delay: &Delay{}}}}, "[0].do.delay: holds nothing"},
		{"long delay", []Rule{{Name: "a", At: Request, Do: Do{Delay: &Delay{Fixed: Span(2 * time.Hour)}}}}, "[0].do.delay: at most 1h0m0s"},
		{"open bytes", []Rule{{Name: "a", At: Request, Do: Do{Extend: pattern(t, "?0")}}}, "[0].do.extend: bytes that are sent have no ?"},
		{"area of no inventory", []Rule{{Name: "a", At: Response, Do: Do{Patch: []Patch{{Area: BoardArea, Or: 1}}}}}, "[0].do.patch[0].area: only a FRU inventory has areas"},
		{"area of a record", []Rule{{Name: "a", At: Device, When: When{Part: PartSDR, Operation: Read}, Do: Do{Patch: []Patch{{Area: BoardArea, Or: 1}}}}}, "[0].do.patch: patch is nothing that this part of the machine does here"},
		{"area of what is written", []Rule{{Name: "a", At: Device, When: When{Part: PartFRU, Operation: Write}, Do: Do{Patch: []Patch{{Area: BoardArea, Or: 1}}}}}, "[0].do.patch: patch is nothing that this part of the machine does here"},
		{"checksum of no area", []Rule{{Name: "a", At: Response, Do: Do{Patch: []Patch{{Or: 1, Checksum: true}}}}}, "[0].do.patch[0].checksum: only an area has a checksum"},
		{"content", []Rule{{Name: "a", At: Device, When: When{FRU: ptr(uint8(0)), Content: pattern(t, "01")}, Do: Do{Truncate: ptr(1)}}}, "[0].when.content: does not belong to the part that the rule is about, so it can never hit"},
		{"flaw of packets at a request", []Rule{{Name: "a", At: Request, When: When{Command: Names{"get-session-challenge"}}, Do: Do{Flaws: []Flaw{WrongAuthCode}}}},
			"[0].do.flaws[0]: is made at the point session, not where a command runs"},
		{"flaw of another command", []Rule{{Name: "a", At: Request, When: When{Command: Names{"06h/3Ah"}}, Do: Do{Flaws: []Flaw{OEMAuth}}}},
			"[0].when.command: get-session-challenge is the command that begins a login, so nothing goes wrong with another"},
		{"no patch", []Rule{{Name: "a", At: Request, Do: Do{Patch: []Patch{{At: 1}}}}}, "[0].do.patch[0]: changes nothing"},
	} {
		var got []string
		for _, p := range Check(tt.rules) {
			got = append(got, p.Path+": "+p.Text)
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// TestNever: rules that can never hit, each with one reason, and beside it the nearest one that can.
func TestNever(t *testing.T) {
	t.Parallel()
	p := func(text string) Pattern { return pattern(t, text) }
	drop := Do{Action: Drop}
	field := func(at, size int, low, high uint32) Field { return Field{At: at, Size: size, Min: low, Max: high} }
	rule := func(at Point, w When, do Do) Rule { return Rule{Name: "r", At: at, When: w, Do: do} }
	hits := func(at Point, w When, h Hits) Rule { return Rule{Name: "r", At: at, When: w, Hits: h, Do: drop} }
	device := func(w When, do Do) Rule { return rule(Device, w, do) }
	for _, tt := range []struct {
		bad  Rule
		want string // path and beginning of the text
		good Rule
	}{
		{rule(Request, When{Data: p("01 02"), MaxLength: ptr(uint16(1))}, drop), "when.data: longer", rule(Request, When{Data: p("01 02"), MaxLength: ptr(uint16(2))}, drop)},
		{rule(Request, When{Fields: []Field{field(1, 2, 0, 9)}, MaxLength: ptr(uint16(2))}, drop), "when.fields[0].at: behind", rule(Request, When{Fields: []Field{field(1, 2, 0, 9)}, MaxLength: ptr(uint16(3))}, drop)},
		{rule(Request, When{Fields: []Field{field(-3, 1, 0, 9)}, MaxLength: ptr(uint16(2))}, drop), "when.fields[0].at: behind", rule(Request, When{Fields: []Field{field(-3, 1, 0, 9)}, MaxLength: ptr(uint16(3))}, drop)},
		{rule(Request, When{Fields: []Field{field(-1, 2, 0, 9)}}, drop), "when.fields[0].at: no request", rule(Request, When{Fields: []Field{field(-2, 2, 0, 9)}}, drop)},
		{rule(Request, When{Fields: []Field{field(1<<40, 1, 0, 9)}}, drop), "when.fields[0].at: no request", rule(Request, When{Fields: []Field{field(20, 1, 0, 9)}}, drop)},
		{rule(Request, When{Fields: []Field{field(0, 2, 0x0300, 0x03ff)}, Data: p("00 02")}, drop), "when.fields[0]: contradicts data", rule(Request, When{Fields: []Field{field(0, 2, 0x0300, 0x03ff)}, Data: p("00 ?3")}, drop)},
		{rule(Request, When{Fields: []Field{field(0, 1, 0, 3), field(0, 1, 4, 9)}}, drop), "when.fields[1]: contradicts fields[0]", rule(Request, When{Fields: []Field{field(0, 1, 0, 3), field(0, 1, 3, 9)}}, drop)},
		{rule(Response, When{Answer: p("c?"), Failed: ptr(false)}, drop), "when.answer: contradicts failed", rule(Response, When{Answer: p("c?"), Failed: ptr(true)}, drop)},
		{rule(Response, When{Answer: p("00"), Failed: ptr(true)}, drop), "when.answer: contradicts failed", rule(Response, When{Answer: p("?0"), Failed: ptr(true)}, drop)},
		{rule(Response, When{Answer: p("00"), Code: ptr(Code(0xc0))}, drop), "when.answer: contradicts completion_code", rule(Response, When{Answer: p("c0"), Code: ptr(Code(0xc0))}, drop)},
		{rule(Request, When{MinLength: 3, MaxLength: ptr(uint16(2))}, drop), "when.min_length: is above", rule(Request, When{MinLength: 2, MaxLength: ptr(uint16(2))}, drop)},
		{rule(Request, When{Fields: []Field{{At: 1, Size: 1, Mask: 0x0f, Min: 0x10, Max: 0x1f}}}, drop), "when.fields[0].min: has bits", rule(Request, When{Fields: []Field{{At: 1, Size: 1, Mask: 0xf0, Min: 0x10, Max: 0x1f}}}, drop)},
		{rule(PayloadIn, When{Session: V15}, drop), "when.session: only sessions of IPMI v2.0", rule(PayloadIn, When{Session: RMCPPlus}, drop)},
		{rule(PayloadIn, When{Payload: ptr(Payload(0x12))}, drop), "when.payload: the point is about", rule(PayloadIn, When{Payload: ptr(Payload(1))}, drop)},
		{hits(PayloadIn, When{}, Hits{Per: PerMessage}), "hits.per: there is no message", hits(PayloadIn, When{}, Hits{Per: PerSession})},
		{device(When{Content: p("01"), FRU: ptr(uint8(1))}, Do{Action: Pass}), "when.content: does not belong", device(When{Content: p("01")}, Do{Action: Pass})},
		{rule(DatagramOut, When{Payload: ptr(Payload(0x12))}, drop), "when.payload: only consoles", rule(DatagramOut, When{Payload: ptr(Payload(0x13))}, drop)},
		{rule(DatagramIn, When{Payload: ptr(Payload(0x13))}, drop), "when.payload: consoles do not", rule(DatagramIn, When{Payload: ptr(Payload(0x12))}, drop)},
		{rule(Session, When{Payload: ptr(Payload(0x14)), Step: RAKP1}, drop), "when.payload: not that", rule(Session, When{Payload: ptr(Payload(0x12)), Step: RAKP1}, drop)},
		{rule(Session, When{Payload: ptr(Payload(0)), Step: RAKP1}, drop), "when.payload: not that", rule(Session, When{Payload: ptr(Payload(0))}, drop)},
		{rule(DatagramIn, When{Payload: ptr(Payload(0x12)), Session: RMCPPlus}, drop), "when.step: set-up messages are outside", rule(DatagramIn, When{Payload: ptr(Payload(0x12)), Session: Outside}, drop)},
		{rule(Session, When{Step: RAKP1, User: ptr("x")}, drop), "when.step: there is no user", rule(Session, When{User: ptr("x")}, drop)},
		{rule(Session, When{Step: RAKP1, Command: Names{"get-sdr"}}, drop), "when.step: a set-up message is no", rule(Session, When{Command: Names{"get-sdr"}}, drop)},
		{rule(Session, When{Step: RAKP1, Failed: ptr(true)}, drop), "when.step: a set-up message has no", rule(Session, When{Failed: ptr(true)}, drop)},
		{rule(DatagramOut, When{Step: RAKP1, MaxLength: ptr(uint16(9))}, drop), "when.step: what a set-up", rule(Session, When{Step: RAKP1, MaxLength: ptr(uint16(9))}, drop)},
		{rule(DatagramIn, When{Step: RAKP1, Suite: ptr(uint8(3))}, drop), "when.cipher_suite: nobody", rule(DatagramOut, When{Step: RAKP1, Suite: ptr(uint8(3))}, drop)},
		{rule(Session, When{Step: OpenSession, Suite: ptr(uint8(3))}, drop), "when.cipher_suite: none is chosen", rule(Session, When{Step: RAKP1, Suite: ptr(uint8(3))}, drop)},
		{rule(Request, When{Session: Outside, Suite: ptr(uint8(3))}, drop), "when.session: messages outside", rule(Request, When{Session: RMCPPlus, Suite: ptr(uint8(3))}, drop)},
		{rule(DatagramIn, When{Class: ASF, Suite: ptr(uint8(3))}, drop), "when.class: ASF has no sessions", rule(DatagramIn, When{Class: IPMI, Suite: ptr(uint8(3))}, drop)},
		{rule(DatagramOut, When{Class: ASF, Command: Names{"get-sdr"}}, drop), "when.class: ASF has no IPMI", rule(DatagramOut, When{Class: IPMI, Command: Names{"get-sdr"}}, drop)},
		{rule(DatagramOut, When{Payload: ptr(Payload(1)), Command: Names{"get-sdr"}}, drop), "when.payload: only the payload ipmi", rule(DatagramOut, When{Payload: ptr(Payload(0)), Command: Names{"get-sdr"}}, drop)},
		{rule(Request, When{Interface: System, User: ptr("x")}, drop), "when.interface: only LAN has sessions", rule(Request, When{Interface: LAN, User: ptr("x")}, drop)},
		{rule(DatagramIn, When{Interface: Serial}, drop), "when.interface: only LAN has datagrams", rule(Request, When{Interface: Serial}, drop)},
		{rule(Request, When{Interface: System, Channel: ptr(uint8(1))}, drop), "when.channel: not one", rule(Request, When{Interface: System, Channel: ptr(uint8(15))}, drop)},
		{rule(DatagramIn, When{Channel: ptr(uint8(15))}, drop), "when.channel: the system interface", rule(Request, When{Channel: ptr(uint8(15))}, drop)},
		{rule(Request, When{Satellite: "me", Interface: LAN}, drop), "when.satellite: satellites are asked", rule(Request, When{Satellite: "me", Interface: IPMB}, drop)},
		{hits(Request, When{Interface: System}, Hits{Per: PerPeer}), "hits.per: there is no peer", hits(Request, When{}, Hits{Per: PerPeer})},
		{hits(Session, When{Step: RAKP1}, Hits{Per: PerSession}), "hits.per: there is no session", hits(Session, When{}, Hits{Per: PerSession})},
		{hits(DatagramIn, When{}, Hits{Per: PerMessage}), "hits.per: there is no message", hits(DatagramOut, When{}, Hits{Per: PerMessage})},
		{hits(Request, When{}, Hits{First: 2, Nth: []uint64{3, 4}}), "hits.nth: so", hits(Request, When{}, Hits{First: 3, Nth: []uint64{3, 4}})},
		{hits(Request, When{}, Hits{Every: 2, Nth: []uint64{3, 5}}), "hits.nth: so", hits(Request, When{}, Hits{Every: 2, Nth: []uint64{3, 6}})},
		{hits(Request, When{}, Hits{Probability: ptr(math.NaN())}), "hits.probability: expected", hits(Request, When{}, Hits{Probability: ptr(1.0)})},
		{rule(Session, When{Session: RMCPPlus}, Do{Refuse: ptr(Status(1))}), "do.refuse: only set-up", rule(Session, When{Step: RAKP1}, Do{Refuse: ptr(Status(1))})},
		{rule(Request, When{Session: Outside}, Do{Action: EndSession}), "do.action: there is no session", rule(Request, When{}, Do{Action: EndSession})},
		{rule(Session, When{Step: RAKP1}, Do{Flaws: []Flaw{WrongAuthCode}}), "do.flaws: are not those", rule(Session, When{}, Do{Flaws: []Flaw{WrongAuthCode}})},
		{rule(Session, When{Session: RMCPPlus}, Do{Flaws: []Flaw{ZeroGUID}}), "do.flaws: are those", rule(Session, When{}, Do{Flaws: []Flaw{ZeroGUID}})},
		{rule(Session, When{Step: RAKP1}, Do{Flaws: []Flaw{ZeroInbound}}), "do.flaws: are not those", rule(Session, When{Command: Names{"get-sdr"}}, Do{Flaws: []Flaw{ZeroInbound}})},
		{device(When{Part: PartSEL, FRU: ptr(uint8(1))}, Do{Action: Unavailable}), "when.fru: does not belong", device(When{Part: PartFRU, FRU: ptr(uint8(1))}, Do{Action: Unavailable})},
		{device(When{Part: PartSensor, Operation: Write}, Do{Action: Unavailable}), "when.operation: does not belong", device(When{Part: PartFRU, Operation: Write}, Do{Action: Unavailable})},
		{device(When{Part: PartSDR, Operation: Add}, Do{Action: Pass}), "when.operation: does not belong", device(When{Part: PartSEL, Operation: Add}, Do{Action: Pass})},
		{device(When{Record: ptr(uint16(1)), Operation: Add}, Do{Action: Pass}), "when.record: does not belong", device(When{Record: ptr(uint16(1))}, Do{Action: Pass})},
		{device(When{Record: ptr(uint16(1))}, Do{Action: Lose}), "do.action: lose is nothing", device(When{Part: PartSEL}, Do{Action: Lose})},
		{device(When{Sensor: "x"}, Do{Patch: []Patch{{Xor: 1}}}), "do.patch: patch is nothing", device(When{Part: PartFRU}, Do{Patch: []Patch{{Xor: 1}}})},
		{device(When{Operation: Write, Bus: ptr(uint8(1))}, Do{Fail: TruncatedRead}), "do.fail: fail is nothing", device(When{Operation: Write, Bus: ptr(uint8(1))}, Do{Fail: NAK})},
		{device(When{FRU: ptr(uint8(1))}, Do{Value: ptr(1.0)}), "do.value: value is nothing", device(When{Sensor: "x"}, Do{Value: ptr(1.0)})},
		{device(When{Sensor: "x"}, Do{Value: ptr(math.Inf(1))}), "do.value: expected a number", device(When{Sensor: "x"}, Do{Value: ptr(-1e9)})},
	} {
		var got []string
		for _, p := range Check([]Rule{tt.bad}) {
			got = append(got, p.Path+": "+p.Text)
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], "[0]."+tt.want) {
			t.Errorf("%q, want %q\n%+v", got, tt.want, tt.bad.When)
		}
		if got := Check([]Rule{tt.good}); got != nil {
			t.Errorf("%q has a neighbour that is refused: %v", tt.want, got)
		}
	}
}

// TestScenariosThatNobodyEnters: states that only lead to one another, and states behind them.
func TestScenariosThatNobodyEnters(t *testing.T) {
	t.Parallel()
	chain := func(steps ...string) (rules []Rule) {
		for i, step := range steps {
			from, to, _ := strings.Cut(step, ">")
			rules = append(rules, Rule{Name: fmt.Sprint("r", i), At: Request, Scenario: &Scenario{Name: "s", When: from, Then: to}, Do: Do{Action: Pass}})
		}
		return rules
	}
	for _, tt := range []struct {
		steps []string
		want  []string
	}{
		{[]string{"start>a", "a>b", "b>a", "b>start"}, nil},
		{[]string{"a>b", "b>a"}, []string{"[0].scenario.when", "[1].scenario.when"}},
		{[]string{"a>a"}, []string{"[0].scenario.when"}},
		{[]string{"c>", "b>c", "start>b"}, nil},
		{[]string{"c>", "b>c", "a>b"}, []string{"[0].scenario.when", "[1].scenario.when", "[2].scenario.when"}},
	} {
		var got []string
		for _, p := range Check(chain(tt.steps...)) {
			got = append(got, p.Path)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.steps, got, tt.want)
		}
	}
}

// TestManyRules: ten thousand rules, one state of a scenario after the other, are checked and asked in no time.
func TestManyRules(t *testing.T) {
	t.Parallel()
	const n = 10000
	rules := make([]Rule, n)
	for i := range rules {
		from := fmt.Sprint("s", i)
		if i == 0 {
			from = startState
		}
		rules[i] = Rule{Name: fmt.Sprint("r", i), At: Request, Scenario: &Scenario{Name: "s", When: from, Then: fmt.Sprint("s", i+1)}, Do: Do{Action: Pass}}
	}
	began := time.Now()
	s := newSet(t, 1, rules...)
	for i := range n {
		if o := s.At(Request, &request); o == nil || o.Rules[0] != fmt.Sprint("r", i) {
			t.Fatalf("request %d: %+v", i, o)
		}
		if i == 200 {
			break
		}
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
