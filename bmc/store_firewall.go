package bmc

import (
	"fmt"
)

// storedFirewall is what the firmware firewall has switched off on a channel. Commands are named by their identities:
// their places in the table are another program's tomorrow. [IPMI 2.0 §21.7, §21.9]
type storedFirewall struct {
	Off  []storedOp           `json:"off,omitempty"`
	Subs []storedSubFunctions `json:"subfunctions,omitempty"`
}

type storedSubFunctions struct {
	storedOp
	Off uint64 `json:"off"` // bits
}

func keptFirewall() storedPart {
	return perChannel(keepsFirewall, "firewall",
		func(m *Machine, c *channel) (d storedFirewall, _ bool) {
			f := m.firewall
			for i := range f.table.rows {
				row := &f.table.rows[i]
				if row.Reach == Broadcast {
					continue
				}
				if !f.enabled(c.spec.Number, row) {
					d.Off = append(d.Off, storedOpOf(row.Op))
				}
				if off := f.subs[subKey{c.spec.Number, row.index}]; off != 0 {
					d.Subs = append(d.Subs, storedSubFunctions{storedOpOf(row.Op), off})
				}
			}
			return d, true
		},
		func(m *Machine, c *channel, d *storedFirewall) error { return m.firewall.restore(c, d) })
}

func (f *firewall) restore(c *channel, d *storedFirewall) error {
	number := c.spec.Number
	f.off[number] = nil
	for _, o := range d.Off {
		row := f.table.Lookup(o.op())
		if row == nil || !f.configurable(row, c) {
			return fmt.Errorf("command %v cannot be switched off here", o.op())
		}
		f.switchCommand(number, row, false)
	}
	for _, s := range d.Subs {
		row := f.table.Lookup(s.op())
		if row == nil || !f.enableSubs(c, row, row.Sub.Known&^s.Off) || s.Off&^row.Sub.Known != 0 {
			return fmt.Errorf("command %v has no sub-functions %X", s.op(), s.Off)
		}
	}
	return nil
}
