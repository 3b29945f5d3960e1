package fault

import (
	"fmt"
	"strings"
)

// Problem is something wrong with a list of rules. Path is the place in the list, "[2].do.delay".
type Problem struct {
	Path, Text string
}

// checker collects problems.
type checker struct {
	found []Problem
	path  string // of the rule
}

func (c *checker) add(key, format string, args ...any) {
	path := c.path
	if key != "" {
		path += "." + key
	}
	c.found = append(c.found, Problem{path, fmt.Sprintf(format, args...)})
}

// Check lists what is wrong with rules by themselves: what does not fit together, and rules that can never hit. What they
// name of a machine is checked by who knows the machine.
func Check(rules []Rule) []Problem {
	c := new(checker)
	names := make(map[string]int)
	reached := map[[2]string]bool{}
	for i := range rules {
		if sc := rules[i].Scenario; sc != nil {
			reached[[2]string{sc.Name, sc.Then}] = true
		}
	}
	for i := range rules {
		r := &rules[i]
		c.path = fmt.Sprintf("[%d]", i)
		if first, twice := names[r.Name]; twice {
			c.add("name", "%q is given twice (first at [%d])", r.Name, first)
		}
		names[r.Name] = i
		if strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz0123456789-/.") != "" || r.Name == "" {
			c.add("name", "small letters, digits and hyphens only")
		}
		if r.At < DatagramIn || r.At >= points {
			c.add("at", "no point")
			continue
		}
		c.when(r)
		c.hits(&r.Hits)
		c.do(r)
		if sc := r.Scenario; sc != nil && sc.When != startState && !reached[[2]string{sc.Name, sc.When}] {
			c.add("scenario.when", "no rule brings the scenario %q into the state %q, so this one can never hit", sc.Name, sc.When)
		}
	}
	return c.found
}

// when checks the conditions.
func (c *checker) when(r *Rule) {
	w := &r.When
	for i := range Conditions {
		row := &Conditions[i]
		if row.given(w) && row.at&(1<<r.At) == 0 {
			c.add("when."+row.Name, "not known at the point %v (known at %s), so the rule can never hit", r.At, listOf(row.at))
		}
	}
	if w.NetFn != nil && *w.NetFn&1 == 1 {
		c.add("when.netfn", "the network function of a request is even")
	}
	for i, f := range w.Fields {
		if f.Min > f.Max {
			c.add(fmt.Sprintf("when.fields[%d]", i), "min is above max, so the rule can never hit")
		}
		if f.Size < 1 || f.Size > 4 {
			c.add(fmt.Sprintf("when.fields[%d].size", i), "expected 1 to 4")
		} else if f.Size < 4 && f.Plus == nil && f.Min>>(8*f.Size) != 0 {
			c.add(fmt.Sprintf("when.fields[%d].min", i), "more than %d bytes can hold, so the rule can never hit", f.Size)
		}
	}
	for i, f := range w.Fields {
		if f.Min&^f.mask() != 0 {
			c.add(fmt.Sprintf("when.fields[%d].min", i), "has bits that the mask takes away, so the rule can never hit")
		}
	}
	if w.MaxLength != nil && w.MinLength > *w.MaxLength {
		c.add("when.min_length", "is above max_length, so the rule can never hit")
	}
	if w.Failed != nil && w.Code != nil && *w.Failed == (*w.Code == 0) {
		c.add("when.failed", "contradicts completion_code, so the rule can never hit")
	}
	if w.Code != nil && w.Answer.Len() > 0 && uint8(*w.Code)&w.Answer.Mask[0] != w.Answer.Value[0] {
		c.add("when.answer", "contradicts completion_code, so the rule can never hit")
	}
	if w.Step != 0 && r.At != Session && (w.Data.Len() > 0 || len(w.Fields) > 0) {
		c.add("when.step", "what a set-up message holds is known at the point session only, so the rule can never hit")
	}
	c.session(w)
	c.device(w)
}

// session checks the conditions on sessions.
func (c *checker) session(w *When) {
	inside := w.User != nil || w.Privilege != 0
	switch {
	case w.Session == Outside && inside:
		c.add("when.session", "there is no user and no privilege outside of a session, so the rule can never hit")
	case w.Session > Outside && w.Step != 0:
		c.add("when.step", "set-up messages are outside of a session, so the rule can never hit")
	case inside && w.Step != 0:
		c.add("when.step", "there is no user and no privilege before the session is up, so the rule can never hit")
	case w.Session == V15 && (w.Suite != nil || w.Payload != nil && *w.Payload != 0):
		c.add("when.session", "a session of IPMI v1.5 has no cipher suite and no other payloads, so the rule can never hit")
	case w.Class == ASF && (w.Session != 0 && w.Session != Outside || w.Step != 0 || w.Payload != nil || inside):
		c.add("when.class", "ASF has no sessions, so the rule can never hit")
	case w.Interface > LAN && (w.Session > Outside || inside || w.Suite != nil):
		c.add("when.interface", "only LAN has sessions, so the rule can never hit")
	case w.Step != 0 && (w.Command != nil || w.NetFn != nil):
		c.add("when.step", "a set-up message is no command, so the rule can never hit")
	}
}

// device checks the conditions on parts of the machine.
func (c *checker) device(w *When) {
	for _, own := range []struct {
		key   string
		given bool
		parts []Part
	}{
		{"bus", w.Bus != nil, []Part{PartI2C}},
		{"address", w.Address != nil, []Part{PartI2C}},
		{"device", w.Device != "", []Part{PartI2C}},
		{"sensor", w.Sensor != "", []Part{PartSensor}},
		{"fru", w.FRU != nil, []Part{PartFRU}},
		{"record", w.Record != nil, []Part{PartSEL, PartSDR}},
		{"content", w.Content.Len() > 0, []Part{PartSEL, PartSDR}},
	} {
		if own.given && !fits(w, own.parts) {
			c.add("when."+own.key, "does not belong to the part that the rule is about, so it can never hit")
		}
	}
}

// fits reports whether a rule may be about one of the parts.
func fits(w *When, parts []Part) bool {
	about := w.Part
	if about == 0 {
		switch {
		case w.Bus != nil, w.Address != nil, w.Device != "":
			about = PartI2C
		case w.Sensor != "":
			about = PartSensor
		case w.FRU != nil:
			about = PartFRU
		default:
			return true
		}
	}
	for _, p := range parts {
		if p == about {
			return true
		}
	}
	return false
}

// hits checks the counts.
func (c *checker) hits(h *Hits) {
	never := func(key string) { c.add("hits."+key, "so the rule can never hit") }
	for _, n := range h.Nth {
		switch {
		case n == 0:
			c.add("hits.nth", "matches are counted from 1")
		case h.First != 0 && n > h.First && len(h.Nth) == 1:
			never("nth")
		case h.Every != 0 && n%h.Every != 0 && len(h.Nth) == 1:
			never("nth")
		}
	}
	switch {
	case h.Every != 0 && h.First != 0 && h.First < h.Every:
		never("first")
	case h.Probability != nil && *h.Probability <= 0:
		never("probability")
	case h.Probability != nil && *h.Probability > 1:
		c.add("hits.probability", "expected 0 to 1")
	}
	if b := h.Beyond; b != nil && (b.Count < 0 || b.Count > maxBeyond || b.Within <= 0) {
		c.add("hits.beyond", "expected at most %d matches, and a duration", maxBeyond)
	}
	if h.For < 0 {
		c.add("hits.for", "expected a duration, not a negative one")
	}
}

// do checks the actions.
func (c *checker) do(r *Rule) {
	d, n := &r.Do, 0
	for i := range Actions {
		row := &Actions[i]
		if !row.isGiven(d) {
			continue
		}
		n++
		if row.at&(1<<r.At) == 0 {
			key := "do." + row.Name
			if row.act != 0 {
				key = "do.action"
			}
			c.add(key, "%s is not possible at the point %v (possible at %s)", row.Name, r.At, listOf(row.at))
		}
	}
	c.parts(r)
	if n == 0 {
		c.add("do", "nothing is done (see `fakebmc faults`)")
	}
	if d.Delay != nil {
		c.delay(d.Delay)
	}
	c.patches(r, "do.patch", d.Patch)
	if run := d.Run; run != nil {
		c.patches(r, "do.run.patch", run.Patch)
		if run.After < 0 || run.After.Std() > MaxDelay {
			c.add("do.run.after", "expected a duration of at most %v", MaxDelay)
		}
		if run.After != 0 && run.On != 0 {
			c.add("do.run", "either after a time or on an event")
		}
	}
	c.bytes("do.extend", d.Extend)
	if d.Replace != nil {
		c.bytes("do.replace", *d.Replace)
	}
	if k := d.Corrupt; k != nil && (k.Bits <= 0 && k.Bytes <= 0 || k.Bits < 0 || k.Bytes < 0 || k.From < 0 || k.To != 0 && k.To <= k.From) {
		c.add("do.corrupt", "changes nothing")
	}
	if d.Away < 0 {
		c.add("do.away", "expected a duration, not a negative one")
	}
	if d.Reorder != nil && (d.Reorder.Behind == 0 || d.Reorder.Within <= 0 || d.Reorder.Within.Std() > MaxDelay) {
		c.add("do.reorder", "expected one datagram or more, and a time of at most %v", MaxDelay)
	}
	login := 0
	for i, f := range d.Flaws {
		if f < WrongChecksum1 || f >= flaws {
			c.add(fmt.Sprintf("do.flaws[%d]", i), "no flaw")
			continue
		}
		if f.ofLogin() {
			login++
		}
	}
	if login > 0 && login == len(d.Flaws) && n == 1 && r.When.Session > Outside {
		c.add("when.session", "a login is outside of a session, so the rule can never hit")
	}
}

// parts checks that the part of the machine that a rule is about can do what it says.
func (c *checker) parts(r *Rule) {
	d := &r.Do
	for _, own := range []struct {
		key   string
		given bool
		parts []Part
	}{
		{"do.fail", d.Fail != 0, []Part{PartI2C}},
		{"do.value", d.Value != nil, []Part{PartSensor}},
		{"do.noise", d.Noise != nil, []Part{PartSensor}},
		{"do.action", d.Action == Lose || d.Action == Full, []Part{PartSEL}},
		{"do.action", d.Action == Unavailable, []Part{PartSensor, PartSEL, PartSDR, PartFRU}},
	} {
		if own.given && r.At == Device && !fits(&r.When, own.parts) {
			c.add(own.key, "is nothing that this part of the machine does")
		}
	}
	if (d.Action == Lose || d.Action == Full) && r.When.Operation != 0 && r.When.Operation != Add {
		c.add("when.operation", "only what is added can be lost, so the rule can never hit")
	}
	if r.When.Operation == Add && !fits(&r.When, []Part{PartSEL}) {
		c.add("when.operation", "entries are added to the SEL only, so the rule can never hit")
	}
}

// patches checks changes in places.
func (c *checker) patches(r *Rule, list string, patches []Patch) {
	for i, p := range patches {
		key := fmt.Sprintf("%s[%d]", list, i)
		if p.Set.Len() == 0 && p.And == nil && p.Or == 0 && p.Xor == 0 && p.Insert.Len() == 0 && p.Remove == 0 {
			c.add(key, "changes nothing")
		}
		if p.Area != 0 && (r.At != Device || !fits(&r.When, []Part{PartFRU})) {
			c.add(key+".area", "only a FRU inventory has areas")
		}
		if p.Checksum && p.Area == 0 {
			c.add(key+".checksum", "only an area has a checksum")
		}
		if p.Remove < 0 {
			c.add(key+".remove", "expected 0 or more")
		}
		c.bytes(key+".insert", p.Insert)
		c.pattern(key+".set", p.Set)
	}
}

// delay checks a delay.
func (c *checker) delay(d *Delay) {
	switch {
	case d.Fixed < 0 || d.Min < 0 || d.Max < 0 || d.Median < 0 || d.Spread < 0:
		c.add("do.delay", "expected a duration, not a negative one")
	case d.Fixed.Std() > MaxDelay || d.Max.Std() > MaxDelay || d.Median.Std() > MaxDelay || d.Min.Std() > MaxDelay:
		c.add("do.delay", "at most %v", MaxDelay)
	case d.Fixed > 0 && (d.Min > 0 || d.Max > 0 || d.Median > 0 || d.Spread > 0):
		c.add("do.delay", "either one duration or a distribution")
	case d.Fixed == 0 && d.Median == 0 && d.Max == 0:
		c.add("do.delay", "holds nothing")
	case d.Max > 0 && d.Max < d.Min, d.Median == 0 && d.Fixed == 0 && d.Max < d.Min:
		c.add("do.delay", "min is above max")
	case d.Median == 0 && d.Spread > 0:
		c.add("do.delay.spread", "only with median")
	}
}

// bytes checks bytes that are sent.
func (c *checker) bytes(key string, p Pattern) {
	c.pattern(key, p)
	if p.open() {
		c.add(key, "bytes that are sent have no ?")
	}
}

func (c *checker) pattern(key string, p Pattern) {
	if p.Len() > MaxBytes {
		c.add(key, "%d bytes (expected at most %d)", p.Len(), MaxBytes)
	}
	if len(p.Mask) != len(p.Value) {
		c.add(key, "value and mask have different lengths")
	}
}
