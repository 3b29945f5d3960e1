package bmc

// firewall is the state of the firmware firewall: which commands are switched off on which channel. [IPMI 2.0 §21]
type firewall struct {
	table *Table
	off   [16][]uint64 // by channel, a bit for each row of the table; nil: nothing is off
}

func newFirewall(t *Table) *firewall { return &firewall{table: t} }

// enabled reports whether a command is switched on for a channel.
func (f *firewall) enabled(channel uint8, c *Command) bool {
	off := f.off[channel&15]
	return off == nil || off[c.index/64]&(1<<(c.index%64)) == 0
}
