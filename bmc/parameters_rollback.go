package bmc

import "bytes"

// rollback holds what the writes of a set in progress have replaced, until they are committed. A write takes effect at
// once; set complete without commit write takes it back. [IPMI 2.0 §23.2, parameter 0]
type rollback struct {
	offered bool
	undo    map[parameterKey]func()
}

// remember keeps an entry's value before the first write to it.
func (p *parameters) remember(m *Machine, c *channel, key parameterKey) {
	if !p.rollback.offered || p.inProgress != setInProgress || p.rollback.undo[key] != nil {
		return
	}
	undo := func() { delete(p.values, key) }
	if old, written := p.values[key]; written {
		undo = func() { p.values[key] = old }
	}
	if r := p.row(key.number); r.store != nil {
		old := bytes.Clone(r.load(m, c))
		undo = func() { _ = r.store(m, c, old) } // it was in force, so that it is taken
	}
	if p.rollback.undo == nil {
		p.rollback.undo = make(map[parameterKey]func())
	}
	p.rollback.undo[key] = undo
}

// commit makes the pending writes last.
func (p *parameters) commit() { clear(p.rollback.undo) }

// complete ends a set in progress and takes back what was not committed.
func (p *parameters) complete() {
	p.inProgress = setComplete
	for _, undo := range p.rollback.undo {
		undo()
	}
	clear(p.rollback.undo)
}
