package profiles

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/fakebmc/fakebmc/bmc/fault"
)

// Faults are what goes wrong on purpose.
type Faults struct {
	// Seed of everything that rules draw. 0: the profile's.
	Seed uint64 `yaml:"seed"`
	// Rules in the order in which they are asked. See `fakebmc faults`.
	Rules []fault.Rule `yaml:"rules"`
}

var faultsShape = sync.OnceValue(func() *shape {
	return shapeOf(reflect.TypeFor[Faults](), make(map[reflect.Type]*shape))
})

// FaultRules are the rules of the machine: its own, and those of its quirks behind them, whose names begin with the
// quirk's.
func (p *Profile) FaultRules() ([]fault.Rule, error) {
	rules := slices.Clone(p.Faults.Rules)
	for _, name := range p.Quirks {
		q, err := LoadQuirk(name)
		if err != nil {
			return nil, err
		}
		rules = append(rules, q.named()...)
	}
	return rules, nil
}

// faults checks the rules: by themselves, and against the machine. Commands, sensors and records are checked by who has
// the command table and the records.
func (c *checker) faults(p *Profile) {
	for i, r := range p.Faults.Rules {
		if strings.Contains(r.Name, "/") {
			c.add(fmt.Sprintf("faults.rules[%d].name", i), "small letters, digits and hyphens only")
		}
	}
	for _, problem := range fault.Check(p.Faults.Rules) {
		c.add("faults.rules"+problem.Path, "%s", problem.Text)
	}
	all, _ := p.FaultRules() // unknown quirks are told below
	at := faultChecker{checker: c, profile: p, anySuite: slices.ContainsFunc(append(all, p.Faults.Rules...), func(r fault.Rule) bool {
		return slices.Contains(r.Do.Flaws, fault.AnySuite)
	})}
	for i := range p.Faults.Rules {
		at.path = fmt.Sprintf("faults.rules[%d].when", i)
		at.rule(&p.Faults.Rules[i])
	}
	known := Quirks()
	for i, name := range p.Quirks {
		path := fmt.Sprintf("quirks[%d]", i)
		switch {
		case !slices.Contains(known, name):
			c.add(path, "unknown quirk %q (%s)", short(name), hint(name, known))
		case slices.Contains(p.Quirks[:i], name):
			c.add(path, "%q is given twice", name)
		}
	}
}
