package rmcp

import (
	"crypto/rand"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Limits and times of a table that nobody set.
const (
	DefaultSlots      = 63               // the most that Get Session Info can count [IPMI 2.0 §22.20]
	DefaultInactivity = 60 * time.Second // ± 3 s [IPMI 2.0 §6.12.15]
	DefaultHalfOpen   = 10 * time.Second // the specification names no time
	halfOpenSlots     = 64
)

// Options are a table's settings; the zero value has the defaults.
type Options struct {
	Slots      int           // sessions that may be active at a time
	HighSlots  int           // of them with a ceiling above User; 0: as many as there are slots
	Inactivity time.Duration // after which a session without a good packet ends
	HalfOpen   time.Duration // after which an unfinished login is forgotten
	Rand       io.Reader     // session IDs, challenges, random numbers, initialization vectors; nil: crypto/rand
	Log        zerolog.Logger
}

// Wire sends datagrams to consoles. Server implements it.
type Wire interface {
	// WriteDatagram sends b to peer, from local if the wire has several addresses. It does not keep b.
	WriteDatagram(b []byte, peer, local netip.AddrPort)
}

// Arrival says how a datagram came in.
type Arrival struct {
	Wire        Wire // for what follows later
	Channel     uint8
	Peer, Local netip.AddrPort
}

// Table is the session table of one BMC. Handle takes datagrams of all its servers; no part of it knows sockets.
//
// Its lock guards sessions and counts of one machine, and is taken before the machine's. It is held while a datagram is
// handled, from its decoding to its sealed answer. Whoever calls the machine's handlers by another way (the system
// interface, timers) takes it first. Methods that say "lock held" are for those callers and for handlers.
//
// Active sessions and unfinished logins have places of their own, so that nobody can take the sessions' slots without a
// password; when there are too many unfinished logins one of the address that has the most is forgotten.
// [IPMI 2.0 §6.12a]
type Table struct {
	Stats Stats

	bmc BMC
	opt Options

	mu         sync.Mutex
	byID       map[uint32]*Session
	active     []*Session  // in the order of activation
	halfOpen   []*Session  // the one that was quiet for longest first
	handles    [4]uint64   // bit set: session handle in use
	lastHandle uint8       // the latest one that was given out
	timer      *time.Timer // nil or stopped without sessions and logins
	wakeAt     time.Time   // when it runs; zero: stopped
	queue      queue
	ended      []ended

	faults  Faults // nil: nothing fails on purpose
	passing Passage
	flaws   Flaws // of the set-up message in progress
	held    map[*held]struct{}
	order   []*held // in the order in which they came

	request Request // the one in progress, and room for its answer: kept here so that they cost no allocation
	message [maxMessage]byte
}

type ended struct {
	session *Session
	why     EndReason
}

// NewTable makes an empty table for a machine.
func NewTable(bmc BMC, opt Options) *Table {
	if opt.Slots <= 0 {
		opt.Slots = DefaultSlots
	}
	if opt.Inactivity <= 0 {
		opt.Inactivity = DefaultInactivity
	}
	if opt.HalfOpen <= 0 {
		opt.HalfOpen = DefaultHalfOpen
	}
	if opt.Rand == nil {
		opt.Rand = rand.Reader
	}
	return &Table{bmc: bmc, opt: opt, byID: make(map[uint32]*Session), held: make(map[*held]struct{})}
}

// Lock takes the table's lock.
func (t *Table) Lock() { t.mu.Lock() }

// Unlock sends what was queued under the lock, tells the machine of sessions that ended, and gives the lock back. The
// caller must not hold the machine's lock any more.
func (t *Table) Unlock() {
	t.settle()
	t.mu.Unlock()
}

// settle does what could not be done while the machine was at work.
func (t *Table) settle() {
	if t.faults != nil {
		t.faults.Settle()
	}
	for len(t.ended) > 0 || !t.queue.empty() {
		t.flush()
		for _, e := range t.takeEnded() {
			t.bmc.SessionEnded(e.session, e.why)
		}
	}
}

func (t *Table) takeEnded() []ended {
	e := t.ended
	t.ended = nil
	return e
}

// Slots is the number of sessions that may be active. Lock held.
func (t *Table) Slots() int { return t.opt.Slots }

// Active is the number of active sessions. Lock held.
func (t *Table) Active() int { return len(t.active) }

// ActiveOn is the number of active sessions of a channel. Lock held.
func (t *Table) ActiveOn(channel uint8) (n int) {
	for _, s := range t.active {
		if s.channel == channel {
			n++
		}
	}
	return n
}

// ByIndex returns the nth active session, counted from 1 in the order of activation, or nil. Lock held.
func (t *Table) ByIndex(n int) *Session {
	if n < 1 || n > len(t.active) {
		return nil
	}
	return t.active[n-1]
}

// ByID returns an active session by the BMC's session ID, or nil. Lock held.
func (t *Table) ByID(id uint32) *Session {
	if s := t.byID[id]; s != nil && s.state == stateActive {
		return s
	}
	return nil
}

// ByHandle returns an active session by its handle, or nil. Lock held.
func (t *Table) ByHandle(handle uint8) *Session {
	if handle == 0 {
		return nil
	}
	for _, s := range t.active {
		if s.handle == handle {
			return s
		}
	}
	return nil
}

// Sessions calls f with each active session until it returns false. f may end sessions. Lock held.
func (t *Table) Sessions(f func(*Session) bool) {
	for _, s := range slices.Clone(t.active) {
		if s.state == stateActive && !f(s) {
			return
		}
	}
}

// ofUser is the number of active sessions of a user on a channel.
func (t *Table) ofUser(channel, user uint8) (n int) {
	for _, s := range t.active {
		if s.channel == channel && s.userID == user {
			n++
		}
	}
	return n
}

// newID draws a session ID that nobody has. Zero means "outside of a session".
func (t *Table) newID() uint32 {
	for {
		if id := t.random32(); id != 0 && t.byID[id] == nil {
			return id
		}
	}
}

// random32 draws a number. Without randomness there is no security left: a source that fails is a mistake of whoever
// gave it.
func (t *Table) random32() uint32 {
	var b [4]byte
	t.random(b[:])
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func (t *Table) random(b []byte) {
	if _, err := io.ReadFull(t.opt.Rand, b); err != nil {
		panic("rmcp: Options.Rand: " + err.Error())
	}
}

// addHalfOpen takes in an unfinished login, and forgets the one that was quiet for longest if there are too many.
func (t *Table) addHalfOpen(s *Session) {
	if len(t.halfOpen) >= halfOpenSlots {
		t.forget(t.leastWanted())
	}
	s.id = t.newID()
	s.lastSeen = time.Now()
	t.byID[s.id] = s
	t.halfOpen = append(t.halfOpen, s)
	t.arm(t.deadline(s))
}

// leastWanted is the unfinished login that makes room for another: of the address that has the most of them, the one that
// was quiet for longest. So an address that floods the table pushes out its own logins and not those of others.
func (t *Table) leastWanted() *Session {
	var victim *Session
	most := 0
	for i, s := range t.halfOpen {
		n := 0
		for _, other := range t.halfOpen[i:] { // the address's first one sees all of them
			if other.peer.Addr() == s.peer.Addr() {
				n++
			}
		}
		if n > most {
			victim, most = s, n
		}
	}
	return victim
}

// touch notes a good packet of an unfinished login.
func (t *Table) touch(s *Session) {
	s.lastSeen = time.Now()
	if i := slices.Index(t.halfOpen, s); i >= 0 {
		copy(t.halfOpen[i:], t.halfOpen[i+1:])
		t.halfOpen[len(t.halfOpen)-1] = s
	}
}

// forget drops an unfinished login.
func (t *Table) forget(s *Session) {
	delete(t.byID, s.id)
	s.state = stateEnded
	if i := slices.Index(t.halfOpen, s); i >= 0 {
		t.halfOpen = slices.Delete(t.halfOpen, i, i+1)
	}
}

// admit makes a session out of a finished login. The caller has looked for a free slot.
func (t *Table) admit(s *Session, ceiling ipmb.Privilege) {
	s.start(ceiling)
	if i := slices.Index(t.halfOpen, s); i >= 0 {
		t.halfOpen = slices.Delete(t.halfOpen, i, i+1)
	}
	t.active = append(t.active, s)
	s.handle = t.takeHandle()
	s.lastSeen = time.Now()
	t.arm(t.deadline(s))
	t.Stats.Opened.Add(1)
	t.opt.Log.Info().Stringer("peer", s.peer).Uint32("session", s.id).Str("user", s.userName).Bool("rmcp+", s.rmcpPlus).
		Stringer("limit", s.max).Msg("session opened")
}

// takeHandle takes the next free session handle of 1 to FEh; FFh is reserved. A handle comes again only after all others,
// so that software does not take a new session for one that is over. [IPMI 2.0 §22.7, Table 22-10 note 1, §22.20]
func (t *Table) takeHandle() uint8 {
	const last = 0xfe
	for range last {
		t.lastHandle = t.lastHandle%last + 1
		if word, bit := &t.handles[t.lastHandle/64], uint64(1)<<(t.lastHandle%64); *word&bit == 0 {
			*word |= bit
			return t.lastHandle
		}
	}
	return 0
}

// End ends a session. Its payloads and pending requests go when the lock is given back. A request in progress is still
// answered inside the session. Lock held.
func (t *Table) End(s *Session, why EndReason) {
	switch s.state {
	case stateHalfOpen:
		t.forget(s)
		return
	case stateEnded:
		return
	}
	s.state = stateEnded
	delete(t.byID, s.id)
	if i := slices.Index(t.active, s); i >= 0 {
		t.active = slices.Delete(t.active, i, i+1)
	}
	t.handles[s.handle/64] &^= 1 << (s.handle % 64)
	t.ended = append(t.ended, ended{s, why})
	t.Stats.Ended[why].Add(1)
	t.opt.Log.Info().Stringer("peer", s.peer).Uint32("session", s.id).Str("user", s.userName).Stringer("why", why).
		Msg("session ended")
}

// EndAll ends every session and forgets every unfinished login. Lock held.
func (t *Table) EndAll(why EndReason) {
	for len(t.active) > 0 {
		t.End(t.active[len(t.active)-1], why)
	}
	for len(t.halfOpen) > 0 {
		t.forget(t.halfOpen[len(t.halfOpen)-1])
	}
	t.disarm()
}

// CloseAll is EndAll for callers without the lock: the end of the machine.
func (t *Table) CloseAll() {
	t.Lock()
	defer t.Unlock()
	t.EndAll(EndChange)
	t.DropHeld()
}
