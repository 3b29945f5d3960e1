package bmc

import (
	"slices"

	"github.com/fakebmc/fakebmc/ipmb"
)

// firewall is the state of the firmware firewall: which commands and sub-functions are switched off on which channel.
// Nothing is at start. The settings are non-volatile. [IPMI 2.0 §21]
type firewall struct {
	table *Table
	off   [16][]uint64 // by channel, a bit for each row of the table; nil: nothing is off
	subs  map[subKey]uint64
	// kept is a channel whose Set Command Enables cannot be switched off, so that there is a way back: the system
	// interface, or the lowest channel of a machine without one. [IPMI 2.0 §21.7]
	kept uint8
}

// subKey names a command on a channel.
type subKey struct {
	channel uint8
	index   int // of the row
}

// SubFunctions are the parts of a command that the firewall can switch off one by one. [IPMI 2.0 App. H, Table H-1]
type SubFunctions struct {
	// Known has a bit for each sub-function that is there.
	Known uint64
	// Of returns the bits of the sub-functions that a request uses. Its data are as long as the row says.
	Of func(m *Machine, r *Request) uint64
}

func newFirewall(t *Table, cs *channels) *firewall {
	f := &firewall{table: t, kept: ChannelSystemInterface}
	if cs.byNumber[f.kept] == nil {
		f.kept = uint8(slices.IndexFunc(cs.byNumber[:], func(c *channel) bool { return c != nil }))
	}
	return f
}

// enabled reports whether a command is switched on for a channel.
func (f *firewall) enabled(channel uint8, c *Command) bool {
	off := f.off[channel&15]
	return off == nil || off[c.index/64]&(1<<(c.index%64)) == 0
}

// available reports whether a channel can have a command at all, whatever is switched off there.
func (c *Command) available(ch *channel) bool {
	if c.Do == nil {
		return false
	}
	switch c.Reach {
	case SystemInterfaceOnly:
		return ch.spec.Number == ChannelSystemInterface
	case LocalOnly:
		return !ch.hasSessions()
	case BMCGenerated, Broadcast:
		return false
	}
	return true
}

// configurable reports whether a command can be switched off on a channel: all that are there, but for one.
func (f *firewall) configurable(c *Command, ch *channel) bool {
	return c.available(ch) && (c.Op != ipmb.SetCommandEnables || ch.spec.Number != f.kept)
}

// group selects the 128 commands that one request of chapter 21 is about.
type group struct {
	op   ipmb.Op // NetFn, body, enterprise
	half uint8   // 0: commands 00h-7Fh, 1: 80h-FFh
	lun  ipmb.LUN
	any  bool // whoever defined them: NetFn 2Ch or 2Eh, and the request does not say
}

// has reports whether a command with the group's number n has a property.
func (f *firewall) has(g group, n int, property func(*Command) bool) bool {
	if !g.any {
		c := f.command(g, n)
		return c != nil && property(c)
	}
	for i := range f.table.rows {
		c := &f.table.rows[i]
		if c.Op.NetFn == g.op.NetFn && c.Op.Cmd == g.half<<7|uint8(n) && g.lun == ipmb.LUNBMC && property(c) {
			return true
		}
	}
	return false
}

// command is the row of the group's command n, or nil.
func (f *firewall) command(g group, n int) *Command {
	if g.lun != ipmb.LUNBMC {
		return nil // all commands are on LUN 00b
	}
	op := g.op
	op.Cmd = g.half<<7 | uint8(n)
	return f.table.Lookup(op)
}

// commandMask has a bit for each command of a group.
type commandMask [16]byte

func (m *commandMask) set(n int)      { m[n/8] |= 1 << (n % 8) }
func (m *commandMask) has(n int) bool { return m[n/8]&(1<<(n%8)) != 0 }

// mask collects the commands of a group that have a property.
func (f *firewall) mask(g group, property func(*Command) bool) (m commandMask) {
	for n := range 128 {
		if f.has(g, n, property) {
			m.set(n)
		}
	}
	return m
}

// enable takes new enables for a group. If one of them is not possible nothing changes, and it returns false.
// [IPMI 2.0 §21.7]
func (f *firewall) enable(ch *channel, g group, want commandMask) bool {
	number := ch.spec.Number
	for n := range 128 {
		c := f.command(g, n)
		now := c != nil && c.available(ch) && f.enabled(number, c)
		if want.has(n) != now && (c == nil || !f.configurable(c, ch)) {
			return false
		}
	}
	for n := range 128 {
		if c := f.command(g, n); c != nil && f.configurable(c, ch) {
			f.switchCommand(number, c, want.has(n))
		}
	}
	return true
}

func (f *firewall) switchCommand(channel uint8, c *Command, on bool) {
	off := &f.off[channel&15]
	if *off == nil {
		if on {
			return
		}
		*off = make([]uint64, len(f.table.rows)/64+1)
	}
	bit := uint64(1) << (c.index % 64)
	if on {
		(*off)[c.index/64] &^= bit
	} else {
		(*off)[c.index/64] |= bit
	}
}

// enableSubs takes new enables for a command's sub-functions. [IPMI 2.0 §21.9]
func (f *firewall) enableSubs(ch *channel, c *Command, want uint64) bool {
	if want&^c.Sub.Known != 0 {
		return false
	}
	if f.subs == nil {
		f.subs = make(map[subKey]uint64)
	}
	key := subKey{ch.spec.Number, c.index}
	if f.subs[key] = c.Sub.Known &^ want; f.subs[key] == 0 {
		delete(f.subs, key)
	}
	return true
}

// enabledSubs are the sub-functions of a command that are on.
func (f *firewall) enabledSubs(ch *channel, c *Command) uint64 {
	return c.Sub.Known &^ f.subs[subKey{ch.spec.Number, c.index}]
}

// restricted reports whether anything is switched off on a channel.
func (f *firewall) restricted(channel uint8) bool {
	for _, bits := range f.off[channel&15] {
		if bits != 0 {
			return true
		}
	}
	for key := range f.subs {
		if key.channel == channel {
			return true
		}
	}
	return false
}
