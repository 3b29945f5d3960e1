package rmcp

import "time"

// deadline is when a session or unfinished login ends if nothing good comes from its console. [IPMI 2.0 §6.12.15]
func (t *Table) deadline(s *Session) time.Time {
	if s.state == stateHalfOpen {
		return s.lastSeen.Add(t.opt.HalfOpen)
	}
	return s.lastSeen.Add(t.opt.Inactivity)
}

// arm sees to it that expire runs at the given time or before. Packets of a session only move its deadline, which only
// goes up; the timer finds that out when it runs.
func (t *Table) arm(at time.Time) {
	if !t.wakeAt.IsZero() && !at.Before(t.wakeAt) {
		return
	}
	t.wakeAt = at
	if t.timer == nil {
		t.timer = time.AfterFunc(time.Until(at), t.expire)
	} else {
		t.timer.Reset(time.Until(at))
	}
}

// disarm stops the timer.
func (t *Table) disarm() {
	if t.timer != nil {
		t.timer.Stop()
	}
	t.wakeAt = time.Time{}
}

// expire ends the sessions and forgets the logins that are overdue, and sets the timer to the next one's deadline.
func (t *Table) expire() {
	t.Lock()
	defer t.Unlock()
	now := time.Now()
	t.wakeAt = time.Time{}
	var next time.Time
	due := func(s *Session) bool {
		at := t.deadline(s)
		if !at.After(now) {
			return true
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
		return false
	}
	for i := len(t.halfOpen) - 1; i >= 0; i-- {
		if s := t.halfOpen[i]; due(s) {
			t.forget(s)
		}
	}
	for i := len(t.active) - 1; i >= 0; i-- {
		if s := t.active[i]; due(s) {
			t.End(s, EndTimeout)
		}
	}
	if !next.IsZero() {
		t.arm(next)
	}
}
