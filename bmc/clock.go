package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// newClock makes the controller's clock, which the system event log and the SDR repository share: an offset and a rate on
// the process's clock. [IPMI 2.0 §31.10, §33.17, §37]
func newClock(p *profiles.Clock) *sel.Clock {
	began := time.Now()
	origin := began
	if at, ok := p.Start.Time(); ok {
		origin = at
	}
	base := func() time.Time {
		return origin.Add(time.Duration(float64(time.Since(began)) * p.Rate))
	}
	var c *sel.Clock
	if p.Start == profiles.ClockUnset {
		c = sel.NewRelativeClock(base)
	} else {
		c = sel.NewClock(base)
	}
	if p.UTCOffset != nil {
		_ = c.SetUTCOffset(*p.UTCOffset) // the profile was checked
	}
	return c
}

// setTime sets the clock. A change is bracketed by two events, if the machine reports changes of its clock.
// [IPMI 2.0 §31.11; Table 42-3, sensor type 12h offset 5]
func (m *Machine) setTime(t uint32) error {
	if t == sel.Unspecified {
		return m.clock.SetTime(t) // which says why not
	}
	if m.profile.Clock.Mirrored {
		t = uint32(2*m.clock.Host().Unix() - int64(t))
	}
	const second = 1 << 7 // of the pair
	m.clockEvent(0)
	err := m.clock.SetTime(t)
	m.clockEvent(second)
	m.happens(fault.ClockSet)
	return err
}

func (m *Machine) clockEvent(which uint8) {
	if m.profile.Clock.LogChanges {
		m.sensorEvent(m.ownEvent(sensorTypeSystemEvent, m.profile.PEF.Sensor, offsetClockSynch|data2Specific, which))
	}
}
