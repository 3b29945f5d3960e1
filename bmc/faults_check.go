package bmc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
	"github.com/fakebmc/fakebmc/sel"
)

// checkFaults says what is wrong with the rules of a profile that its loader could not know: names of commands and
// sensors, and record IDs. Quirks are for all machines, and may be about what this one does not have.
func (b *Blueprint) checkFaults(p *profiles.Profile) ([]fault.Rule, error) {
	rules, err := p.FaultRules()
	if err != nil {
		return nil, err
	}
	var errs []error
	for i := range rules {
		w := &rules[i].When
		if i >= len(p.Faults.Rules) {
			if err := b.checkFaultCommand(w); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", rules[i].Name, err))
			}
			continue
		}
		for _, check := range []struct {
			key string
			run func(*fault.When) error
		}{{"command", b.checkFaultCommand}, {"sensor", b.checkFaultSensor}, {"record", b.checkFaultRecord}} {
			if err := check.run(w); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Where(fmt.Sprintf("faults.rules[%d].when.%s", i, check.key)), err))
			}
		}
	}
	return rules, errors.Join(errs...)
}

// checkFaultCommand checks the names of commands, and that one of them fits to the network function.
func (b *Blueprint) checkFaultCommand(w *fault.When) error {
	fits := w.NetFn == nil
	for _, name := range w.Command {
		ops, ok := b.ops(name)
		if !ok {
			return fmt.Errorf("unknown command %q (%s; see `fakebmc commands`)", name, profiles.Hint(name, b.names()))
		}
		fits = fits || slices.ContainsFunc(ops, func(op ipmb.Op) bool { return op.NetFn == ipmb.NetFn(*w.NetFn) })
	}
	if w.Command != nil && !fits {
		return fmt.Errorf("no command with network function %02Xh is among them, so the rule can never hit", *w.NetFn)
	}
	return nil
}

// of is the blueprint of the controller that a rule is about.
func (b *Blueprint) of(w *fault.When) *Blueprint {
	if w.Satellite == "" {
		return b
	}
	for i := range b.satellites {
		if s := &b.satellites[i]; s.spec.Name == w.Satellite {
			return s.Blueprint
		} else if found := s.of(w); found != s.Blueprint {
			return found
		}
	}
	return b
}

// checkFaultSensor checks the name of a sensor, as records that several sensors share make it.
func (b *Blueprint) checkFaultSensor(w *fault.When) error {
	if w.Sensor == "" {
		return nil
	}
	var names []string
	for _, s := range b.of(w).sensors {
		if names = append(names, s.name); s.name == w.Sensor {
			return nil
		}
	}
	return fmt.Errorf("unknown sensor %q (%s)", w.Sensor, profiles.Hint(w.Sensor, names))
}

// checkFaultRecord checks the ID of a record: the SEL may come to have any, the SDR repository has those of the profile.
func (b *Blueprint) checkFaultRecord(w *fault.When) error {
	if w.Record == nil {
		return nil
	}
	own := b.of(w)
	inSDR := own.records.Has(sdr.RecordID(*w.Record)) || own.device.Has(sdr.RecordID(*w.Record))
	inSEL := *w.Record > uint16(sel.FirstRecord) && *w.Record < uint16(sel.LastRecord)
	switch {
	case w.Part == fault.PartSDR && !inSDR, w.Part == 0 && !inSDR && !inSEL:
		return fmt.Errorf("the machine has no record %04Xh, so the rule can never hit", *w.Record)
	case w.Part == fault.PartSEL && !inSEL:
		return fmt.Errorf("no entry has the record ID %04Xh, so the rule can never hit", *w.Record)
	}
	return nil
}

// ops are the commands of that name, or with that number, of the controller and of those behind it.
func (b *Blueprint) ops(name string) ([]ipmb.Op, bool) {
	if ops, ok := b.table.ops(name); ok {
		return ops, true
	}
	for i := range b.satellites {
		if ops, ok := b.satellites[i].ops(name); ok {
			return ops, true
		}
	}
	return nil, false
}

// names are the names of all these commands.
func (b *Blueprint) names() []string {
	names := b.table.names()
	for i := range b.satellites {
		names = append(names, b.satellites[i].names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ops are the commands of that name, or with that number: "get-device-id", "06h/01h".
func (t *Table) ops(name string) ([]ipmb.Op, bool) {
	var ops []ipmb.Op
	for i := range t.rows {
		if c := &t.rows[i]; CommandID(c.Name) == name || c.Op.String() == name {
			ops = append(ops, c.Op)
		}
	}
	if ops == nil {
		netFn, cmd, ok := strings.Cut(name, "/")
		a, err1 := strconv.ParseUint(strings.TrimSuffix(netFn, "h"), 16, 6)
		b, err2 := strconv.ParseUint(strings.TrimSuffix(cmd, "h"), 16, 8)
		op := ipmb.Op{NetFn: ipmb.NetFn(a), Cmd: uint8(b)}
		if !ok || err1 != nil || err2 != nil || op.NetFn.IsResponse() || op.ExtensionLen() > 0 {
			return nil, false
		}
		ops = append(ops, op)
	}
	return ops, true
}

// names are the names of all commands.
func (t *Table) names() []string {
	names := make([]string, len(t.rows))
	for i := range t.rows {
		names[i] = CommandID(t.rows[i].Name)
	}
	return names
}
