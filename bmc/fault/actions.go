package fault

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Action is a row of the actions: a key of Do, or a word of Do.Action.
type Action struct {
	Name    string
	Meaning string
	at      uint16
	act     Act            // of a word
	given   func(*Do) bool // of a key
	apply   func(*Do, *Outcome, *rand.Rand)
}

// Points are the points that can carry the action out.
func (a *Action) Points() []Point { return pointsOf(a.at) }

// isGiven reports whether a rule has the action.
func (a *Action) isGiven(d *Do) bool {
	if a.act != 0 {
		return d.Action == a.act
	}
	return a.given(d)
}

// Points of actions.
var (
	atBytes = at(DatagramIn, Session, Request, Response, DatagramOut, PayloadIn)
	atTimes = at(DatagramIn, Request, Response, DatagramOut)
	atState = at(DatagramIn, Session, Request, Response, DatagramOut, Machine, PayloadIn) // what happens to the machine
)

// Actions has a row for each action.
var Actions = []Action{
	word(Drop, atBytes, func(o *Outcome) { o.Drop = true }),
	word(EndSession, at(Request), func(o *Outcome) { o.EndSession, o.Drop = true, true }),
	word(TouchSDR, at(Request, Response), func(o *Outcome) { o.TouchSDR = true }),
	word(TouchSDRErasure, at(Request, Response), func(o *Outcome) { o.TouchSDRErasure = true }),
	word(EmbedReply, at(Request), func(o *Outcome) { o.EmbedReply = true }),
	word(WordAccess, at(Request), func(o *Outcome) { o.WordAccess = true }),
	word(Unavailable, at(Device), func(o *Outcome) { o.Unavailable = true }),
	word(Lose, at(Device), func(o *Outcome) { o.Lose = true }),
	word(Full, at(Device), func(o *Outcome) { o.Full = true }),
	word(ResetCold, atState, func(o *Outcome) { o.ColdReset = true }),
	word(ResetWarm, atState, func(o *Outcome) { o.WarmReset = true }),
	word(Pass, anywhere, func(*Outcome) {}),
	{Name: "delay", Meaning: "what passes is held for a time, and others overtake it; a request is run at once and answered later",
		at: atTimes | at(Machine), given: func(d *Do) bool { return d.Delay != nil },
		apply: func(d *Do, o *Outcome, draws *rand.Rand) { o.Delay += d.Delay.draw(draws) }},
	{Name: "duplicate", Meaning: "the datagram, or the response's, comes so many times more",
		at: atDatagrams | at(Response), given: func(d *Do) bool { return d.Duplicate > 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Copies += int(d.Duplicate) }},
	{Name: "reorder", Meaning: "so many later datagrams overtake this one",
		at: atDatagrams, given: func(d *Do) bool { return d.Reorder != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) {
			o.Behind, o.Within = int(d.Reorder.Behind), d.Reorder.Within.Std()
		}},
	{Name: "replace", Meaning: "other bytes instead",
		at: atBytes | at(Device), given: func(d *Do) bool { return d.Replace != nil }, apply: edit(replace)},
	{Name: "patch", Meaning: "bytes are changed in their places",
		at: atBytes | at(Device), given: func(d *Do) bool { return len(d.Patch) > 0 }, apply: edit(patch)},
	{Name: "corrupt", Meaning: "bits or bytes are changed in drawn places",
		at: atBytes | at(Device), given: func(d *Do) bool { return d.Corrupt != nil }, apply: edit(corrupt)},
	{Name: "truncate", Meaning: "so many bytes are left, or cut off when it is negative",
		at: atBytes | at(Device), given: func(d *Do) bool { return d.Truncate != nil }, apply: edit(truncate)},
	{Name: "extend", Meaning: "bytes are added at the end",
		at: atBytes | at(Device), given: func(d *Do) bool { return d.Extend.Len() > 0 }, apply: edit(extend)},
	{Name: "from", Meaning: "the datagram comes from a place that nobody asked",
		at: at(DatagramOut), given: func(d *Do) bool { return d.From != 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.From = d.From }},
	{Name: "completion_code", Meaning: "the answer is this code: in place of running the command, or of what it answered",
		at: at(Request, Response), given: func(d *Do) bool { return d.Code != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Code = d.Code }},
	{Name: "run", Meaning: "the command runs, unanswered: beside its answer unless that is an error, and also when completion_code is the answer",
		at: at(Request), given: func(d *Do) bool { return d.Run != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Runs = append(o.Runs, d.Run) }},
	{Name: "refuse", Meaning: "a set-up message is answered with this status",
		at: at(Session), given: func(d *Do) bool { return d.Refuse != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Refuse = d.Refuse }},
	{Name: "flaws", Meaning: "the session layer makes these mistakes",
		at: at(Session, Request), given: func(d *Do) bool { return len(d.Flaws) > 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) {
			for _, f := range d.Flaws {
				o.Flaws |= 1 << f
			}
		}},
	{Name: "cancel_reservation", Meaning: "reservations are canceled before the command runs",
		at: at(Request), given: func(d *Do) bool { return len(d.Cancel) > 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) {
			for _, s := range d.Cancel {
				o.Cancel |= 1 << s
			}
		}},
	{Name: "any_reservation", Meaning: "every reservation is taken for the right one while the command runs",
		at: at(Request), given: func(d *Do) bool { return len(d.Any) > 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) {
			for _, s := range d.Any {
				o.Any |= 1 << s
			}
		}},
	{Name: "lun", Meaning: "the command is run as if the request were for this LUN of the controller",
		at: at(Request), given: func(d *Do) bool { return d.LUN != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.LUN = d.LUN }},
	{Name: "fail", Meaning: "the I2C transfer fails",
		at: at(Device), given: func(d *Do) bool { return d.Fail != 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Fail = d.Fail }},
	{Name: "value", Meaning: "the sensor is stuck at this value",
		at: at(Device), given: func(d *Do) bool { return d.Value != nil },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Value = d.Value }},
	{Name: "noise", Meaning: "the sensor's value is up to so much more or less",
		at: at(Device), given: func(d *Do) bool { return d.Noise != nil },
		apply: func(d *Do, o *Outcome, draws *rand.Rand) { o.Noise += *d.Noise * (2*draws.Float64() - 1) }},
	{Name: "away", Meaning: "the controller answers nobody for a time",
		at: atState, given: func(d *Do) bool { return d.Away != 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Away = max(o.Away, d.Away.Std()) }},
	{Name: "update", Meaning: "the controller updates its firmware for a time: Get Device ID says so, and what is no application command is answered D1h; a cold reset ends it",
		at: atState, given: func(d *Do) bool { return d.Update != 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Update = max(o.Update, d.Update.Std()) }},
	{Name: "clock", Meaning: "the controller's clock jumps",
		at: atState, given: func(d *Do) bool { return d.Clock != 0 },
		apply: func(d *Do, o *Outcome, _ *rand.Rand) { o.Clock += d.Clock.Std() }},
}

// word is the row of an action without parameters.
func word(a Act, at uint16, apply func(*Outcome)) Action {
	row := Action{Name: a.String(), at: at, act: a, apply: func(_ *Do, o *Outcome, _ *rand.Rand) { apply(o) }}
	for _, w := range Acts {
		if w.Value == uint8(a) {
			row.Meaning = w.Meaning
		}
	}
	return row
}

// edit is an action that changes bytes. Its draws are made of one number that is drawn at once, so that the rule's
// stream does not depend on how many bytes there are.
func edit(change func(d *Do, b []byte, draws *rand.Rand) []byte) func(*Do, *Outcome, *rand.Rand) {
	return func(d *Do, o *Outcome, draws *rand.Rand) {
		seed := draws.Uint64()
		o.edits = append(o.edits, func(b []byte) []byte {
			return change(d, b, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func replace(d *Do, b []byte, _ *rand.Rand) []byte { return append(b[:0], d.Replace.Value...) }

func extend(d *Do, b []byte, _ *rand.Rand) []byte { return append(b, d.Extend.Value...) }

func truncate(d *Do, b []byte, _ *rand.Rand) []byte {
	n := *d.Truncate
	if n < 0 {
		n = max(0, len(b)+n)
	}
	return b[:min(n, len(b))]
}

func patch(d *Do, b []byte, _ *rand.Rand) []byte { return patchAll(d.Patch, b) }

func patchAll(list []Patch, b []byte) []byte {
	for i := range list {
		b = list[i].apply(b)
	}
	return b
}

// Data is the request's data as the command runs with it. b is changed in place and may grow.
func (r *Run) Data(b []byte) []byte { return patchAll(r.Patch, b) }

// apply changes one place.
func (p *Patch) apply(b []byte) []byte {
	if p.Area == 0 {
		return p.change(b)
	}
	from, to, ok := p.Area.bounds(b)
	if !ok {
		return b
	}
	behind := slices.Clone(b[to:])
	area := p.change(slices.Clip(b[from:to]))
	if p.Checksum && len(area) > 0 {
		last := len(area) - 1
		area[last] = 0
		for _, v := range area[:last] {
			area[last] -= v
		}
	}
	return append(append(b[:from], area...), behind...)
}

// bounds are where the area begins and ends in an inventory, in multiples of eight bytes by the common header and the
// area's own length. [FRU §8, §10]
func (a Area) bounds(b []byte) (from, to int, ok bool) {
	if len(b) < 8 {
		return 0, 0, false
	}
	from = 8 * int(b[a])
	if from == 0 || from+1 >= len(b) {
		return 0, 0, false
	}
	return from, min(from+8*int(b[from+1]), len(b)), true
}

// change changes one place of b.
func (p *Patch) change(b []byte) []byte {
	i, ok := place(p.At, len(b))
	if !ok {
		return b
	}
	p.Set.write(b[i:])
	if p.And != nil {
		b[i] &= *p.And
	}
	b[i] = (b[i] | p.Or) ^ p.Xor
	if n := min(p.Remove, len(b)-i); n > 0 {
		b = append(b[:i], b[i+n:]...)
	}
	if n := p.Insert.Len(); n > 0 {
		b = append(b, p.Insert.Value...) // room
		copy(b[i+n:], b[i:])
		copy(b[i:], p.Insert.Value)
	}
	return b
}

func corrupt(d *Do, b []byte, draws *rand.Rand) []byte {
	c := d.Corrupt
	end := len(b)
	if c.To != 0 {
		end = min(end, c.To)
	}
	if c.From >= end {
		return b
	}
	room := b[c.From:end]
	for range c.Bits {
		i := draws.IntN(8 * len(room))
		room[i/8] ^= 1 << (i % 8)
	}
	for range c.Bytes {
		room[draws.IntN(len(room))] ^= byte(1 + draws.IntN(0xff))
	}
	return b
}

// draw takes a delay.
func (d *Delay) draw(draws *rand.Rand) time.Duration {
	switch {
	case d.Median > 0:
		v := max(lognormal(d.Median.Std(), d.Spread, draws), d.Min.Std())
		if d.Max > 0 {
			v = min(v, d.Max.Std())
		}
		return v
	case d.Max > d.Min:
		return d.Min.Std() + time.Duration(draws.Int64N(int64(d.Max-d.Min)+1))
	case d.Max > 0:
		return d.Max.Std()
	}
	return d.Fixed.Std()
}
