package bmc

import (
	"maps"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sel"
)

// Store is where a machine keeps what a controller keeps in non-volatile storage. Values are small; keys are paths such
// as "users/2". A machine calls it with the session table's lock held and without its own, so that one call is made at
// a time, and the machine's Go API and its readings go on meanwhile.
type Store interface {
	// Load returns all that is kept. It is called once, when the machine is built.
	Load() (map[string][]byte, error)
	// Save makes all changes or none of them, for good: when it returns nil, a crash loses none. A nil value deletes the
	// key. It does not keep the map.
	Save(changes map[string][]byte) error
}

// WithStore lets a machine keep its non-volatile state in s, and start with what is in it. A request that changes
// something is answered when that is saved; if it cannot be saved the answer is FFh, and the machine tries again later.
//
// A machine that finds its own state starts as one whose mains return: the host is off until the power restore policy
// brings it back. [IPMI 2.0 §28.8]
//
// Without a store a machine keeps nothing. Machines must not share one.
func WithStore(s Store) Option { return func(m *Machine) { m.keeper.store = s } }

// keeper carries what changes into the store. The machine's lock guards dirty, the session table's lock the rest.
type keeper struct {
	store  Store   // nil: nothing is kept
	dirty  partSet // parts that may differ from what is saved
	failed partSet // parts that could not be saved
	saved  saved
	seen   seen
	retry  alarm // of what failed
	hours  alarm // of the power-on hours

	vendors    map[string]func(any) error // documents that wait for their vendors
	systemInfo map[parameterKey][]byte    // as it was found, until the vendors have named the system; nil: it was not
}

// saved is what the store has.
type saved struct {
	documents map[string]documentSum // those that are as in the store, or as the profile makes them
	sel, sdr  recordList
}

// seen is what changes by many ways, and most often. It is not marked but compared.
type seen struct {
	sel, sdr  uint64 // revisions
	processed processedEvents
}

// processedEvents are the last events that system software and event filtering have processed. [IPMI 2.0 §30.5]
type processedEvents struct{ Software, BMC sel.RecordID }

// changes are what is to be saved.
type changes struct {
	values map[string][]byte // nil: to be deleted
	sums   map[string]documentSum
	parts  partSet
	saved  saved // what the store has then; its documents are those of before
}

// changed notes that parts of the non-volatile state may be different now. The caller holds the machine's lock.
func (m *Machine) changed(parts partSet) { m.keeper.dirty |= parts }

// unsaved collects what differs from the store; nil: nothing does. The caller holds both locks.
func (m *Machine) unsaved() *changes {
	k := &m.keeper
	if k.store == nil {
		return nil
	}
	if now := m.compared(); now != k.seen {
		k.dirty |= now.differs(k.seen)
		k.seen = now
	}
	if k.dirty == 0 {
		return nil
	}
	c := m.export(k.dirty | k.failed)
	k.dirty = 0
	if len(c.values) == 0 {
		k.saved, k.failed = c.saved, 0
		return nil
	}
	return c
}

func (m *Machine) compared() seen {
	return seen{
		sel: m.sel.Revision(), sdr: m.sdrs.repository.Revision(),
		processed: processedEvents{Software: m.pef.stored.Software, BMC: m.pef.stored.BMC},
	}
}

// differs are the parts that are not as they were.
func (s seen) differs(from seen) (parts partSet) {
	if s.sel != from.sel {
		parts |= keepsSEL
	}
	if s.sdr != from.sdr {
		parts |= keepsSDR
	}
	if s.processed != from.processed {
		parts |= keepsProcessed
	}
	return parts
}

// saveRetry is when the machine tries again to save what it could not.
const saveRetry = 5 * time.Second

// save writes changes into the store. The caller holds the session table's lock only. What the store refuses is tried
// again in a while, and with the next change.
func (m *Machine) save(c *changes) error {
	if c == nil {
		return nil
	}
	k := &m.keeper
	err := k.store.Save(c.values)
	if err == nil {
		maps.Copy(c.saved.documents, c.sums)
		k.saved, k.failed = c.saved, 0
		return nil
	}
	m.log.Error().Err(err).Dur("again_in", saveRetry).
		Msg("state not saved: a restart would lose the latest changes; is the disk full, or read-only?")
	m.mu.Lock()
	defer m.mu.Unlock()
	k.failed = c.parts
	if !m.closed {
		m.setAlarm(&k.retry, saveRetry, func() { m.changed(k.failed) })
	}
	return err
}

// release gives the machine's lock back, and then saves what changed under it. The caller keeps the session table's lock.
func (m *Machine) release() error {
	c := m.unsaved()
	m.mu.Unlock()
	return m.save(c)
}

// answered is the end of a request: release, upon which a change that could not be saved is answered FFh. The answer of
// op begins at start of out; ok is false when there is none.
func (m *Machine) answered(op ipmb.Op, out []byte, start int, ok bool) ([]byte, bool) {
	if err := m.release(); err != nil && ok && len(out) > start {
		return op.AppendExtension(append(out[:start], byte(ipmb.Unspecified))), true
	}
	return out, ok
}

// startKeeper begins what a machine with a store does by itself. Vendors give the system its first name: one that was
// kept comes back.
func (m *Machine) startKeeper() {
	k := &m.keeper
	if k.store == nil {
		return
	}
	if k.systemInfo != nil {
		m.info.values, k.systemInfo = k.systemInfo, nil
	}
	m.countPowerOn()
	m.returnFromStore()
}

// stop stops the timers.
func (k *keeper) stop() {
	k.retry.stop()
	k.hours.stop()
}

// Succeed lets successor build another machine that starts with what this one keeps. Meanwhile this one stands still; if
// there is a successor, it answers nothing and keeps nothing any more, and only waits to be closed. On an error it goes
// on.
func (m *Machine) Succeed(successor func() (*Machine, error)) (*Machine, error) {
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	m.changed(keepsPower)
	if err := m.release(); err != nil {
		return nil, err
	}
	next, err := successor()
	if err != nil {
		return nil, err
	}
	m.away.Store(true)
	m.keeper.store = nil
	return next, nil
}
