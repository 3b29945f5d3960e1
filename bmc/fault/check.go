package fault

import (
	"fmt"
	"math"
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
	reached := reachable(rules)
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
		c.per(r)
		c.do(r)
		if sc := r.Scenario; sc != nil && !reached[state{sc.Name, sc.When}] {
			c.add("scenario.when", "no rule brings the scenario %q into the state %q, so this one can never hit", sc.Name, sc.When)
		}
	}
	return c.found
}

// state is a scenario and one of its states.
type state struct{ scenario, state string }

// reachable are the states that rules lead to, one after the other, from where scenarios start.
func reachable(rules []Rule) map[state]bool {
	leads, reached := make(map[state][]state), make(map[state]bool)
	var next []state
	for i := range rules {
		sc := rules[i].Scenario
		if sc == nil {
			continue
		}
		if sc.Then != "" {
			from := state{sc.Name, sc.When}
			leads[from] = append(leads[from], state{sc.Name, sc.Then})
		}
		next = append(next, state{sc.Name, startState})
	}
	for len(next) > 0 {
		at := next[len(next)-1]
		next = next[:len(next)-1]
		if !reached[at] {
			reached[at] = true
			next = append(next, leads[at]...)
		}
	}
	return reached
}

// hits checks the counts.
func (c *checker) hits(h *Hits) {
	never := func(key string) { c.add("hits."+key, "so the rule can never hit") }
	possible := 0
	for _, n := range h.Nth {
		switch {
		case n == 0:
			c.add("hits.nth", "matches are counted from 1")
		case (h.First == 0 || n <= h.First) && (h.Every == 0 || n%h.Every == 0):
			possible++
		}
	}
	switch {
	case len(h.Nth) > 0 && possible == 0:
		never("nth")
	case h.Every != 0 && h.First != 0 && h.First < h.Every:
		never("first")
	case h.Probability != nil && *h.Probability <= 0:
		never("probability")
	case h.Probability != nil && !(*h.Probability <= 1):
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
			c.add("do."+row.key(), "%s is not possible at the point %v (possible at %s)", row.Name, r.At, listOf(row.at))
		}
	}
	c.device(r)
	c.setup(r, n)
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
	if d.Update < 0 {
		c.add("do.update", "expected a duration, not a negative one")
	}
	if d.Reorder != nil && (d.Reorder.Behind == 0 || d.Reorder.Within <= 0 || d.Reorder.Within.Std() > MaxDelay) {
		c.add("do.reorder", "expected one datagram or more, and a time of at most %v", MaxDelay)
	}
	c.numbers(d)
}

// numbers checks that numbers are some.
func (c *checker) numbers(d *Do) {
	for _, n := range []struct {
		key   string
		value *float64
	}{{"value", d.Value}, {"noise", d.Noise}} {
		if n.value != nil && (math.IsNaN(*n.value) || math.IsInf(*n.value, 0)) {
			c.add("do."+n.key, "expected a number")
		}
	}
	if d.Noise != nil && *d.Noise == 0 {
		c.add("do.noise", "changes nothing")
	}
}

// patches checks changes in places.
func (c *checker) patches(r *Rule, list string, patches []Patch) {
	for i, p := range patches {
		key := fmt.Sprintf("%s[%d]", list, i)
		if p.Set.Len() == 0 && p.And == nil && p.Or == 0 && p.Xor == 0 && p.Insert.Len() == 0 && p.Remove == 0 {
			c.add(key, "changes nothing")
		}
		if p.Area != 0 && r.At != Device { // there device checks it
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
	case d.Fixed < 0 || d.Min < 0 || d.Max < 0 || d.Median < 0 || d.Spread < 0 || math.IsNaN(d.Spread):
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
