package bmc

import "time"

// alarm is a timer whose function runs under the machine's locks: once for each time it is set, and not after stop.
// The zero value is a stopped one.
type alarm struct {
	timer *time.Timer // nil: not set
	turn  uint64      // grows with every set and stop, so that a timer that already fired finds out it is too late
}

// setAlarm makes f run in d, unless a is set anew or stopped before. The caller holds the machine's lock; f runs with
// the session table's lock and the machine's.
func (m *Machine) setAlarm(a *alarm, d time.Duration, f func()) {
	a.stop()
	turn := a.turn
	a.timer = time.AfterFunc(d, func() {
		defer m.lockAll()()
		if m.closed || a.turn != turn {
			return
		}
		a.timer = nil
		f()
	})
}

// stop unsets the alarm. The caller holds the machine's lock.
func (a *alarm) stop() {
	a.turn++
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

// running reports whether the alarm is set.
func (a *alarm) running() bool { return a.timer != nil }
