package bmc

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/profiles"
)

// motions are the values that move by themselves. They move when somebody looks, and by a timer only while an event can
// follow from them.
type motions struct {
	still bool // nothing moves
	list  []motion
	alarm alarm
}

// motion is one moving value.
type motion struct {
	name   string // of what moves, for stop
	spec   *profiles.Motion
	start  float64
	set    func(float64)
	random *rand.Rand // of a walk

	slot   *i2c.Slot // the device that moves, or:
	sensor *sensor   // the sensor
	step   int64     // of a walk: steps taken
	value  float64   // of a walk
}

// add begins a motion at its start value.
func (ms *motions) add(m motion) {
	if ms.still {
		return
	}
	m.value = m.start
	ms.list = append(ms.list, m)
}

// stop ends the motion of a name.
func (ms *motions) stop(name string) {
	ms.list = slices.DeleteFunc(ms.list, func(m motion) bool { return m.name == name })
}

// seed gives each walk a random stream of its own.
func (ms *motions) seed(r *random) {
	for i := range ms.list {
		if ms.list[i].spec.Walk != nil {
			ms.list[i].random = rand.New(r.stream("motion " + ms.list[i].name))
		}
	}
}

// moveTo brings each value to where it is after the time since the start.
func (ms *motions) moveTo(since time.Duration) {
	for i := 0; i < len(ms.list); i++ {
		m := &ms.list[i]
		m.set(m.at(since))
	}
}

// at is the value after the time since the start.
func (m *motion) at(since time.Duration) float64 {
	switch s := m.spec; {
	case s.Ramp != nil:
		return m.ramp(since)
	case s.Sine != nil:
		turns := since.Seconds()/s.Sine.Period.Std().Seconds() + s.Sine.Phase/360
		return m.start + s.Sine.Amplitude*math.Sin(2*math.Pi*turns)
	case s.Walk != nil:
		return m.walk(int64(since / s.Walk.Every.Std()))
	default:
		n, step := int64(len(s.Replay.Values)), int64(since/s.Replay.Every.Std())
		if s.Replay.Once {
			return s.Replay.Values[min(step, n-1)]
		}
		return s.Replay.Values[step%n]
	}
}

func (m *motion) ramp(since time.Duration) float64 {
	r := m.spec.Ramp
	part := since.Seconds() / r.Over.Std().Seconds()
	switch r.Then {
	case "again":
		part = math.Mod(part, 1)
	case "back":
		if part = math.Mod(part, 2); part > 1 {
			part = 2 - part
		}
	default:
		part = min(part, 1)
	}
	return m.start + (r.To-m.start)*part
}

// walk takes the steps that are due.
func (m *motion) walk(due int64) float64 {
	w := m.spec.Walk
	for ; m.step < due; m.step++ {
		m.value += (2*m.random.Float64() - 1) * w.Step
		if w.Low != nil {
			m.value = max(m.value, *w.Low)
		}
		if w.High != nil {
			m.value = min(m.value, *w.High)
		}
		if w.Within > 0 {
			m.value = min(max(m.value, m.start-w.Within), m.start+w.Within)
		}
	}
	return m.value
}

// interval is how often a value must be looked at so that no event comes late.
func (m *motion) interval() time.Duration {
	switch s := m.spec; {
	case s.Walk != nil:
		return s.Walk.Every.Std()
	case s.Replay != nil:
		return s.Replay.Every.Std()
	}
	return time.Second
}

// moveReadings brings everything that moves by itself to where it is now. The sensors that look at it follow, with
// their events. The caller holds the lock.
func (m *Machine) moveReadings() {
	if len(m.hardware.motions.list) > 0 {
		m.hardware.motions.moveTo(time.Since(m.started))
	}
}

// watchMotions keeps a timer while an event can follow from a motion.
func (m *Machine) watchMotions() {
	ms := &m.hardware.motions
	var next time.Duration
	for i := range ms.list {
		if l := &ms.list[i]; m.watched(l) && (next == 0 || l.interval() < next) {
			next = l.interval()
		}
	}
	if next == 0 {
		ms.alarm.stop()
		return
	}
	m.setAlarm(&ms.alarm, max(next, leastWatch), func() {
		m.moveReadings()
		m.watchMotions()
	})
}

// watched reports whether an event, or a power statistic, can follow from a motion.
func (m *Machine) watched(l *motion) bool {
	if m.limited(l) {
		return true
	}
	watched := m.senses(l)
	m.eachSatellite(func(s *Machine) { watched = watched || s.senses(l) })
	return watched
}

// senses reports whether an event of one of the machine's own sensors can follow from a motion.
func (m *Machine) senses(l *motion) bool {
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		if (s == l.sensor || l.slot != nil && s.looksAt(l.slot)) && s.Events && s.Scanning && s.Assertion|s.Deassertion != 0 {
			return true
		}
	}
	return false
}

// leastWatch keeps the timer of a fast motion from taking the machine's time.
const leastWatch = 100 * time.Millisecond
