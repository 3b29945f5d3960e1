package profiles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fakebmc/fakebmc/bmc/fault"
)

// Faults are what goes wrong on purpose.
type Faults struct {
	// Seed of everything that rules draw. 0: the profile's.
	Seed uint64 `yaml:"seed"`
	// Rules in the order in which they are asked. See `fakebmc faults`.
	Rules []fault.Rule `yaml:"rules"`
}

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

// faults checks the rules: by themselves, and against the machine. Commands are checked by who has the command table.
func (c *checker) faults(p *Profile) {
	for i, r := range p.Faults.Rules {
		if strings.Contains(r.Name, "/") {
			c.add(fmt.Sprintf("faults.rules[%d].name", i), "small letters, digits and hyphens only")
		}
	}
	for _, problem := range fault.Check(p.Faults.Rules) {
		c.add("faults.rules"+problem.Path, "%s", problem.Text)
	}
	for i := range p.Faults.Rules {
		c.faultOf(p, &p.Faults.Rules[i].When, fmt.Sprintf("faults.rules[%d].when", i))
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

// faultOf checks what a rule names of the machine: a rule about something that is not there can never hit.
func (c *checker) faultOf(p *Profile, w *fault.When, path string) {
	unknown := func(key, what, name string, known []string) {
		if !slices.Contains(known, name) {
			c.add(path+"."+key, "unknown %s %q (%s)", what, short(name), hint(name, known))
		}
	}
	if w.User != nil {
		var names []string
		for _, u := range p.Users {
			names = append(names, u.Name)
		}
		unknown("user", "user", *w.User, names)
	}
	if w.Sensor != "" {
		var names []string
		for _, s := range p.Sensors {
			names = append(names, s.Name)
		}
		unknown("sensor", "sensor", w.Sensor, names)
	}
	if w.Device != "" {
		var names []string
		for d := range p.devices {
			names = append(names, d.Name)
		}
		unknown("device", "device", w.Device, names)
	}
	if w.FRU != nil && !slices.ContainsFunc(p.FRU, func(f FRU) bool { return f.ID == *w.FRU }) {
		c.add(path+".fru", "the machine has no FRU device %d", *w.FRU)
	}
	if w.Channel != nil && !slices.ContainsFunc(p.Channels, func(ch Channel) bool { return ch.Number == *w.Channel }) {
		c.add(path+".channel", "%d is none of the machine's channels", *w.Channel)
	}
	if w.Suite != nil && !slices.ContainsFunc(p.Channels, func(ch Channel) bool {
		return slices.ContainsFunc(ch.Suites, func(s Suite) bool { return s.ID == *w.Suite })
	}) {
		c.add(path+".cipher_suite", "no channel of the machine offers %d", *w.Suite)
	}
	if w.Bus != nil || w.Address != nil {
		c.faultOnBus(p, w, path)
	}
}

// faultOnBus checks bus and address: nobody has to be at the address, but the bus must be there.
func (c *checker) faultOnBus(p *Profile, w *fault.When, path string) {
	var buses []string
	for _, b := range p.I2C {
		if !b.Bus.Public {
			buses = append(buses, strconv.Itoa(int(b.Bus.Number)))
		}
	}
	if w.Bus != nil && !slices.Contains(buses, strconv.Itoa(int(*w.Bus))) {
		c.add(path+".bus", "the machine has no bus %d (%s)", *w.Bus, hint("", buses))
	}
	if w.Bus == nil && len(p.I2C) == 0 {
		c.add(path+".address", "the machine has no I2C bus")
	}
}
