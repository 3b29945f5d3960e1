package fault

import (
	"math/rand/v2"
	"sync"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Set is the rules of one machine with their counters. A nil Set has no rules.
//
// Its lock is the last one: it may be taken under every other, and nothing is taken under it.
type Set struct {
	at [points][]*compiled // does not change

	mu     sync.Mutex // guards the counters and the scenarios
	rules  []*compiled
	states map[string]string // scenario: state, absent: start
	next   []state           // that what passes brings about, when all rules were asked
}

// compiled is a rule made ready.
type compiled struct {
	*Rule
	ops        []ipmb.Op
	conditions []*Condition
	actions    []*Action
	use        use        // of parts, at the point device
	chance     *rand.Rand // draws of hits
	draws      *rand.Rand // draws of actions

	counters      counters
	matched, hits uint64
}

// Commands finds the identities that a command's name or number stands for.
type Commands func(name string) ([]ipmb.Op, bool)

// New makes a set of rules that Check has found nothing wrong with; commands knows every name in them. seed is that of
// the rules without one of their own.
func New(rules []Rule, seed uint64, commands Commands) *Set {
	s, counted := &Set{states: make(map[string]string)}, 0
	for i := range rules {
		r := &rules[i]
		c := &compiled{Rule: r, use: r.use()}
		for _, name := range r.When.Command {
			ops, _ := commands(name)
			c.ops = append(c.ops, ops...)
		}
		for j := range Conditions {
			if Conditions[j].given(&r.When) {
				c.conditions = append(c.conditions, &Conditions[j])
			}
		}
		for j := range Actions {
			if Actions[j].isGiven(&r.Do) {
				c.actions = append(c.actions, &Actions[j])
			}
		}
		own := seed
		if r.Seed != 0 {
			own = r.Seed
		}
		c.chance, c.draws = stream(own, r.Name, "hits"), stream(own, r.Name, "actions")
		if r.Hits.Per != 0 {
			counted++
		}
		s.rules = append(s.rules, c)
		s.at[r.At] = append(s.at[r.At], c)
	}
	for _, c := range s.rules {
		c.counters.most = max(1, maxCounters/max(1, counted))
	}
	return s
}

// Has reports whether there are rules for a point. It costs nothing.
func (s *Set) Has(p Point) bool { return s != nil && len(s.at[p]) > 0 }

// At asks the rules of a point about what passes there. Nil: nothing goes wrong.
func (s *Set) At(p Point, f *Facts) *Outcome {
	if !s.Has(p) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var o *Outcome
	for _, c := range s.at[p] {
		if !c.matches(f) || !s.hit(c, f) {
			continue
		}
		if o == nil {
			o = new(Outcome)
		}
		o.Rules = append(o.Rules, c.Name)
		for _, a := range c.actions {
			a.apply(&c.Do, o, c.draws)
		}
	}
	for _, n := range s.next {
		s.states[n.scenario] = n.state
	}
	s.next = s.next[:0]
	if o != nil {
		o.Delay = min(max(o.Delay, 0), MaxDelay)
		o.Copies = min(o.Copies, MaxCopies)
	}
	return o
}

// matches reports whether all conditions hold. Rules that name no satellite are about the BMC.
func (c *compiled) matches(f *Facts) bool {
	if f.Satellite != "" && c.When.Satellite == "" || c.At == Device && !c.use.about(f) {
		return false
	}
	for _, row := range c.conditions {
		if !row.holds(c, f) {
			return false
		}
	}
	return true
}

// hit counts a match, and says whether it is hit.
func (s *Set) hit(c *compiled, f *Facts) bool {
	if sc := c.Scenario; sc != nil && s.stateOf(sc.Name) != sc.When {
		return false
	}
	n := c.counters.of(c.Hits.Per, f)
	if n == nil {
		return false
	}
	c.matched++
	if !n.hit(&c.Hits, c.chance) {
		return false
	}
	c.hits++
	if sc := c.Scenario; sc != nil && sc.Then != "" {
		s.next = append(s.next, state{sc.Name, sc.Then})
	}
	return true
}

func (s *Set) stateOf(scenario string) string {
	if state, ok := s.states[scenario]; ok {
		return state
	}
	return startState
}

// Count is how often a rule matched, and how often it hit.
type Count struct {
	Rule          string
	Matches, Hits uint64
}

// Counts lists the rules in their order.
func (s *Set) Counts() []Count {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Count, len(s.rules))
	for i, c := range s.rules {
		list[i] = Count{Rule: c.Name, Matches: c.matched, Hits: c.hits}
	}
	return list
}

// State is the state of a scenario.
func (s *Set) State(scenario string) string {
	if s == nil {
		return startState
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stateOf(scenario)
}
