package bmc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// storedChannel is what a channel keeps beside its configuration parameters: the non-volatile access settings and KG.
// [IPMI 2.0 §22.22, §22.25]
type storedChannel struct {
	Mode           uint8    `json:"mode"`
	Privilege      uint8    `json:"privilege"`
	NoAlerting     bool     `json:"no_alerting"`
	MessageAuthOff bool     `json:"no_per_message_auth"`
	UserAuthOff    bool     `json:"no_user_level_auth"`
	KG             hexBytes `json:"kg"`
	Terminal       hexBytes `json:"terminal_mode,omitempty"` // of a serial channel [IPMI 2.0 §25.2, parameter 29]
}

// perChannel makes a part with a document for each channel that has some of it.
func perChannel[T any](set partSet, name string, export func(*Machine, *channel) (T, bool), restore func(*Machine, *channel, *T) error) storedPart {
	return storedPart{
		set: set, name: name, version: 1,
		export: func(m *Machine, put func(string, any)) {
			for number, c := range m.channels.byNumber {
				if c == nil {
					continue
				}
				if d, ok := export(m, c); ok {
					put(strconv.Itoa(number), d)
				}
			}
		},
		restore: func(m *Machine, sub string, decode func(any) error) error {
			number, err := strconv.ParseUint(sub, 10, 4)
			if err != nil || m.channels.byNumber[number] == nil {
				return errors.New("there is no such channel")
			}
			c := m.channels.byNumber[number]
			if _, ok := export(m, c); !ok {
				return errNoSuchPart
			}
			var d T
			if err := decode(&d); err != nil {
				return err
			}
			return restore(m, c, &d)
		},
	}
}

func keptChannels() storedPart {
	return perChannel(keepsChannels, "channels",
		func(_ *Machine, c *channel) (storedChannel, bool) {
			a := &c.stored
			d := storedChannel{
				Mode: uint8(a.Mode), Privilege: uint8(a.Privilege), NoAlerting: a.NoAlerting, MessageAuthOff: a.NoPerMessageAuth,
				UserAuthOff: a.NoUserLevelAuth, KG: c.kg[:],
			}
			if c.isSerial() {
				d.Terminal = c.serial.stored.Terminal[:]
			}
			return d, c.hasSessions()
		},
		func(_ *Machine, c *channel, d *storedChannel) error {
			mode := profiles.AccessMode(d.Mode)
			switch {
			case len(d.KG) != keyLen:
				return fmt.Errorf("kg: %d bytes are not %d", len(d.KG), keyLen)
			case mode != c.spec.Access.Mode && !c.takesMode(mode):
				return fmt.Errorf("mode: the channel has no mode %d", d.Mode)
			case !ipmb.Privilege(d.Privilege).IsLevel():
				return fmt.Errorf("privilege: %d is no level", d.Privilege)
			case c.isSerial() && len(d.Terminal) != 2:
				return fmt.Errorf("terminal_mode: %d bytes are not 2", len(d.Terminal))
			}
			if c.isSerial() {
				c.serial.stored.Terminal = [2]byte(d.Terminal)
				c.serial.terminal = c.serial.stored.Terminal
			}
			c.stored = access{
				Mode: mode, Privilege: ipmb.Privilege(d.Privilege), NoAlerting: d.NoAlerting,
				NoPerMessageAuth: d.MessageAuthOff, NoUserLevelAuth: d.UserAuthOff,
			}
			c.volatile = c.stored
			c.kg = [keyLen]byte(d.KG)
			return nil
		})
}

// storedKey is KR. [IPMI 2.0 §22.25]
type storedKey struct {
	KR     hexBytes `json:"kr"`
	Locked bool     `json:"locked"`
}

func keptKeys() storedPart {
	return single(keepsKeys, "keys",
		func(m *Machine) (storedKey, bool) {
			k := &m.channels.kr
			return storedKey{KR: k.key[:], Locked: k.locked}, m.profile.Sessions.KR
		},
		func(m *Machine, d *storedKey) error {
			if len(d.KR) != keyLen {
				return fmt.Errorf("kr: %d bytes are not %d", len(d.KR), keyLen)
			}
			k := &m.channels.kr
			if k.key, k.locked = [keyLen]byte(d.KR), d.Locked; k.key != [keyLen]byte{} {
				m.sessionRand.rekey(k.key[:])
			}
			return nil
		})
}

// storedParameter is one entry of a configuration parameter, without its selectors.
type storedParameter struct {
	Number uint8    `json:"parameter"`
	Set    uint8    `json:"set,omitempty"`
	Block  uint8    `json:"block,omitempty"`
	Data   hexBytes `json:"data"`
}

// keptChannelParameters makes a part of the parameter tables of channels.
func keptChannelParameters(set partSet, name string, of func(*channel) *parameters) storedPart {
	return perChannel(set, name,
		func(m *Machine, c *channel) ([]storedParameter, bool) {
			p := of(c)
			return p.documents(m, c), p.kept()
		},
		func(m *Machine, c *channel, d *[]storedParameter) error { return of(c).restore(m, c, *d) })
}

// serialParameters are the parameters of a serial channel; others have none.
func (c *channel) serialParameters() *parameters {
	if !c.isSerial() {
		return new(parameters)
	}
	return &c.serial.stored.Parameters
}

// keptParameters makes a part of a parameter table that is the machine's.
func keptParameters(set partSet, name string, of func(*Machine) *parameters) storedPart {
	return single(set, name,
		func(m *Machine) ([]storedParameter, bool) {
			p := of(m)
			return p.documents(m, nil), p.kept()
		},
		func(m *Machine, d *[]storedParameter) error { return of(m).restore(m, nil, *d) })
}

// kept reports whether there is a table whose writes last: those that wait for their commit may be rolled back, and are
// lost with the controller's power. [IPMI 2.0 §23.2, parameter 0]
func (p *parameters) kept() bool { return len(p.rows) > 0 && len(p.rollback.undo) == 0 }

// documents lists the entries that are non-volatile and can be written, in the order of their numbers.
func (p *parameters) documents(m *Machine, c *channel) []storedParameter {
	d := []storedParameter{}
	for key, value := range p.values {
		if r := p.row(key.number); r != nil && r.load == nil && r.keeps(key) {
			d = append(d, storedParameter{key.number, key.set, key.block, value})
		}
	}
	for i := range p.rows {
		if r := &p.rows[i]; r.store != nil && r.load != nil && r.keeps(parameterKey{number: r.number}) {
			d = append(d, storedParameter{Number: r.number, Data: r.load(m, c)})
		}
	}
	slices.SortFunc(d, func(a, b storedParameter) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Block, b.Block))
	})
	return d
}

// keeps reports whether an entry is non-volatile and can be written.
func (r *parameterRow) keeps(key parameterKey) bool {
	return r.access != readOnly && !r.volatile(key)
}

// restore takes up entries. They must be such as there are, of the right length; what is in them was checked when it was
// written.
func (p *parameters) restore(m *Machine, c *channel, d []storedParameter) error {
	for i := range d {
		r := p.row(d[i].Number)
		if r == nil {
			return fmt.Errorf("there is no parameter %d", d[i].Number)
		}
		key, err := r.key(d[i].Set, d[i].Block)
		data := []byte(d[i].Data)
		longest, shortest := r.size-r.selectors(), r.size-r.selectors()
		if r.short > 0 {
			shortest = r.short - r.selectors()
		}
		switch {
		case err != nil || !r.keeps(key) || r.head != 0 || (r.load == nil) != (r.store == nil):
			return fmt.Errorf("parameter %d (%s) has no entry %d/%d that is kept", r.number, r.name, d[i].Set, d[i].Block)
		case len(data) > longest || len(data) < shortest:
			return fmt.Errorf("parameter %d (%s) has %d bytes, not %d", r.number, r.name, longest, len(data))
		case r.store == nil:
			p.put(key, data)
			continue
		}
		if bytes.Equal(r.load(m, c), data) {
			continue
		}
		if err := r.store(m, c, data); err != nil {
			return fmt.Errorf("parameter %d (%s): %w", r.number, r.name, err)
		}
	}
	return nil
}
