package bmc

import (
	"crypto/rand"
	"encoding/binary"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// faults are what goes wrong with a machine on purpose. Health, metrics and what else looks at the machine from outside
// are beyond their reach.
type faults struct {
	set    atomic.Pointer[fault.Set] // nil: nothing goes wrong
	absent atomic.Bool               // a fault keeps the controller away
	away   alarm                     // ends that
	update alarm                     // ends an update of the firmware

	// Guarded by the machine's lock.
	hits    map[string]uint64 // of sets that are gone, by rule
	strikes []strike          // what happens to controllers when the session table's lock is given back
	runs    []*lateRun        // commands that wait
	waits   atomic.Bool       // there are some; may be read without the lock
	held    int               // timers of later
	updates bool              // the firmware is being updated
}

// strike is what happens to a controller: the machine, or one behind it. Of all these parts a satellite has its own
// absence and its own update only; the rest is its machine's.
type strike struct {
	*fault.Outcome
	on *Machine
}

// rules are those of the machine that owns the others.
func (m *Machine) rules() *fault.Set { return m.top().faults.set.Load() }

// satelliteName is what rules know a satellite by; "" for the machine itself.
func (m *Machine) satelliteName() string {
	if m.owner == nil {
		return ""
	}
	return m.slot.Name
}

// SetFaults replaces everything that goes wrong with the machine, at once: rules, and quirks by their names. If anything
// is wrong with them the old ones stay. Sessions go on; what the old rules have begun, an absence or an update of the
// firmware, is over.
func (m *Machine) SetFaults(f profiles.Faults, quirks ...string) error {
	p := *m.profile
	p.Faults, p.Quirks = f, quirks
	if err := p.ValidateFaults(); err != nil {
		return err
	}
	rules, err := m.blueprint.checkFaults(&p)
	if err != nil {
		return err
	}
	defer m.lockAll()()
	if m.closed {
		return ErrClosed
	}
	m.arm(rules, f.Seed)
	return nil
}

// arm makes rules those of the machine. Without a seed of their own they get the machine's, and without that a new one,
// which is logged so that a run can be had again. The caller holds both locks.
func (m *Machine) arm(rules []fault.Rule, seed uint64) {
	if seed == 0 {
		seed = m.rand.seed
	}
	if seed == 0 {
		var b [8]byte
		rand.Read(b[:])
		seed = binary.LittleEndian.Uint64(b[:]) >> 1
	}
	if m.faults.hits == nil {
		m.faults.hits = make(map[string]uint64)
	}
	for _, c := range m.faults.set.Load().Counts() {
		m.faults.hits[c.Rule] += c.Hits
	}
	m.reportFaults()
	m.endFaults()
	if len(rules) == 0 {
		m.faults.set.Store(nil)
		m.watchBuses(false)
		m.sessions.SetFaults(nil)
		return
	}
	set := fault.New(rules, seed, m.blueprint.ops)
	m.faults.set.Store(set)
	m.watchBuses(set.Has(fault.Device))
	if set.Has(fault.DatagramIn) || set.Has(fault.PayloadIn) || set.Has(fault.Session) || set.Has(fault.DatagramOut) || set.Has(fault.Response) || set.Has(fault.Request) {
		m.sessions.SetFaults((*sessionFaults)(m))
	} else {
		m.sessions.SetFaults(nil)
	}
	m.log.Info().Int("rules", len(rules)).Uint64("seed", seed).Msg("faults armed")
}

// FaultCount is how often a fault rule matched and hit since it was set.
type FaultCount = fault.Count

// FaultCounts lists the rules of the machine in their order.
func (m *Machine) FaultCounts() []FaultCount { return m.faults.set.Load().Counts() }

// FaultHits is how often each rule hit, by its name; with the rules that were replaced.
func (m *Machine) FaultHits() map[string]uint64 {
	m.mu.Lock()
	hits := maps.Clone(m.faults.hits)
	m.mu.Unlock()
	if hits == nil {
		hits = make(map[string]uint64)
	}
	for _, c := range m.FaultCounts() {
		hits[c.Rule] += c.Hits
	}
	return hits
}

// reportFaults tells of rules that never matched, when they are replaced and when the machine ends.
func (m *Machine) reportFaults() {
	for _, c := range m.FaultCounts() {
		if c.Matches == 0 {
			m.log.Warn().Str("rule", c.Rule).Msg("fault rule never matched")
		}
	}
}

// faultAt asks the rules of a point. Nil: nothing goes wrong.
func (m *Machine) faultAt(p fault.Point, f *fault.Facts) *fault.Outcome {
	o := m.rules().At(p, f)
	if o != nil {
		m.log.Debug().Strs("rules", o.Rules).Stringer("at", p).Msg("fault")
	}
	return o
}

// powerFact is the host's power as rules know it. The caller holds the lock.
func (m *Machine) powerFact() fault.Power {
	if m.top().power.state.On() {
		return fault.On
	}
	return fault.Off
}

// requestFacts is what is known of a request.
func (m *Machine) requestFacts(r *Request) fault.Facts {
	f := fault.Facts{Data: r.Message.Data, LUN: uint8(r.Message.ToLUN), Channel: r.Channel, Interface: fault.LAN, Session: fault.Outside, Suite: fault.NoSuite,
		Class: fault.IPMI, Satellite: m.satelliteName(), Power: m.powerFact()}
	f.Op, _, f.Message = ipmb.OpOf(r.Message.NetFn, r.Message.Cmd, r.Message.Data)
	switch {
	case r.SystemInterface():
		f.Interface = fault.System
	case r.outside:
		f.Interface = fault.Serial
	case r.LAN == nil:
		f.Interface = fault.IPMB
	default:
		f.Peer, f.RMCPPlus = r.LAN.Peer, r.LAN.RMCPPlus
	}
	if r.Session != nil {
		aboutSession(&f, r.Session)
	}
	return f
}

// respond answers a request, with the faults of request and response.
func (m *Machine) respond(r *Request, out []byte) ([]byte, bool) {
	set := m.rules()
	if set == nil || !set.Has(fault.Request) && !set.Has(fault.Response) || r.Message.NetFn.IsResponse() || m.closed {
		return m.answer(r, out)
	}
	facts, start, ok := m.requestFacts(r), len(out), true
	o := m.faultAt(fault.Request, &facts)
	if o != nil {
		m.beforeRequest(r, o)
		if o.Drop {
			return out, false
		}
		if o.Any != 0 {
			m.trust(o.Any)
			defer m.trust(0)
		}
	}
	if o != nil && o.Code != nil {
		r.Op = facts.Op
		out = facts.Op.AppendExtension(append(out, byte(*o.Code)))
	} else if out, ok = m.answer(r, out); !ok {
		return out, false
	}
	if o != nil && len(o.Runs) > 0 && (o.Code != nil || out[start] == byte(ipmb.OK)) {
		m.runBesides(r, o)
	}
	facts.Answer = out[start:]
	if o = m.faultAt(fault.Response, &facts); o == nil {
		return out, true
	}
	m.afterRequest(r, o)
	if o.Code != nil {
		out = facts.Op.AppendExtension(append(out[:start], byte(*o.Code)))
	}
	if o.Edits() {
		out = append(out[:start], o.Edit(slices.Clone(out[start:]))...)
	}
	return out, !o.Drop
}

// beforeRequest does what a fault wants before the command runs.
func (m *Machine) beforeRequest(r *Request, o *fault.Outcome) {
	if o.Cancel&(1<<fault.StoreSEL) != 0 {
		m.sel.CancelReservation()
	}
	if o.Cancel&(1<<fault.StoreSDR) != 0 {
		m.sdrs.repository.CancelReservation()
		m.sdrs.device.CancelReservation()
	}
	if o.EndSession && r.Session != nil {
		m.sessions.End(r.Session, endOfFault)
	}
	r.embedReply, r.wordAccess = o.EmbedReply, o.WordAccess
	if r.LAN != nil {
		r.LAN.Flaws |= flawsOf(o)
	}
	if o.LUN != nil {
		r.Message.ToLUN = ipmb.LUN(*o.LUN)
	}
	if o.Edits() {
		r.Message.Data = o.Edit(slices.Clone(r.Message.Data))
	}
	m.afterRequest(r, o)
}

// trust makes stores, bits by their numbers, take every reservation for the right one.
func (m *Machine) trust(stores uint8) {
	m.sel.AnyReservation(stores&(1<<fault.StoreSEL) != 0)
	m.sdrs.repository.AnyReservation(stores&(1<<fault.StoreSDR) != 0)
	m.sdrs.device.AnyReservation(stores&(1<<fault.StoreSDR) != 0)
}

// afterRequest does what requests and responses have in common.
func (m *Machine) afterRequest(r *Request, o *fault.Outcome) {
	r.hold += o.Delay
	if r.LAN != nil {
		r.LAN.Hold += o.Delay
		r.LAN.Copies += o.Copies
	}
	if o.TouchSDRErasure {
		m.sdrs.repository.TouchErasure()
	}
	if o.TouchSDR {
		m.sdrs.repository.Touch()
	}
	m.machineFault(o)
}

// machineFault does to the machine what a fault wants, as soon as what passes has passed. The caller holds both locks.
func (m *Machine) machineFault(o *fault.Outcome) {
	if o.Machine() {
		top := m.top()
		top.faults.strikes = append(top.faults.strikes, strike{o, m})
		top.faults.waits.Store(true)
	}
}

// maxHeld bounds what faults let happen later; what is more does not happen.
const maxHeld = 256

// later runs f under both locks, unless the machine has ended by then. The caller holds the machine's.
func (m *Machine) later(d time.Duration, f func()) {
	faults := &m.top().faults
	if faults.held == maxHeld {
		return
	}
	faults.held++
	time.AfterFunc(d, func() {
		defer m.lockAll()()
		faults.held--
		if !m.closed {
			f()
		}
	})
}

// strike does to the machine what a fault wants. The caller holds both locks.
func (m *Machine) strike(o *fault.Outcome) {
	if o.Clock != 0 {
		m.clock.Jump(o.Clock)
	}
	if o.Away > 0 {
		m.faults.absent.Store(true)
		m.setAlarm(&m.faults.away, o.Away, func() {
			m.faults.absent.Store(false)
			m.happens(fault.Back)
		})
	}
	if o.Update > 0 {
		m.setAlarm(&m.faults.update, o.Update, m.endUpdate)
		if !m.faults.updates {
			m.faults.updates = true
			m.log.Info().Dur("takes", o.Update).Msg("firmware update")
			m.happens(fault.Update)
		}
	}
	switch {
	case o.ColdReset:
		m.coldReset()
	case o.WarmReset:
		m.warmReset()
	}
}

// endUpdate ends an update of the firmware. The caller holds the lock.
func (m *Machine) endUpdate() {
	m.faults.update.stop()
	m.faults.updates = false
}

// endFaults ends what rules have begun that are there no more: absences and updates. The caller holds the lock.
func (m *Machine) endFaults() {
	m.faults.away.stop()
	m.faults.absent.Store(false)
	m.endUpdate()
	for _, s := range m.bridges.satellites {
		s.endFaults()
	}
}

// happens asks the rules about something that happens to the machine. The caller holds both locks.
func (m *Machine) happens(e fault.Event) {
	m.runWaiting(e)
	if !m.rules().Has(fault.Machine) {
		return
	}
	o := m.faultAt(fault.Machine, &fault.Facts{Event: e, Satellite: m.satelliteName(), Power: m.powerFact()})
	if o == nil || !o.Machine() {
		return
	}
	delay := o.Delay
	if o.ColdReset || o.WarmReset || e == fault.Back {
		delay = max(delay, leastReset) // a reset may set off another, and who is back may go again
	}
	if delay == 0 {
		m.strike(o)
		return
	}
	m.later(delay, func() { m.strike(o) })
}

// leastReset is the least time from an event to the reset that it sets off.
const leastReset = time.Second

// gone reports whether the controller answers nobody: in a reset, or because a fault keeps it away.
func (m *Machine) gone() bool { return m.away.Load() || m.faults.absent.Load() }
