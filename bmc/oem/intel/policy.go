package intel

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
)

// policySettings are what Set Node Manager Policy sets.
type policySettings struct {
	Enabled      bool
	Trigger      uint8
	Aggressive   uint8  // 0 automatic, 1 not, 2 aggressive
	Volatile     bool   // not kept over a restart
	Exceptions   uint8  // what follows when the limit is not kept, and the power domain
	Limit        uint16 // W
	Correction   uint32 // ms
	TriggerLimit uint16 // °C
	Period       uint16 // of the statistics, s
}

// policy is one policy of a domain.
type policy struct {
	policySettings
	id         uint8
	domain     *domain
	thresholds []threshold
	periods    []suspendPeriod

	power, trigger statistics
	limiting       bool // the power is above the limit
	correction     bmc.Timer
	exceeded       bool // for longer than the correction time
}

// threshold is a power that a policy alerts at.
type threshold struct {
	watts  uint16
	passed bool
}

// Bounds of a policy.
const (
	maxThresholds = 3
	maxPeriods    = 5
)

// suspendPeriod is a time of some days of the week in which a policy rests.
type suspendPeriod struct {
	start, stop uint8 // in units of six minutes since midnight
	days        uint8 // bit 0 Monday to bit 6 Sunday
}

func (s suspendPeriod) valid() bool { return s.start < s.stop && s.stop <= 240 }

// holds reports whether a time of the controller's clock is in the period.
func (s suspendPeriod) holds(seconds uint32) bool {
	const day, unit, thursday = 24 * 3600, 360, 3 // 1970-01-01 was one; Monday is 0
	weekday := (seconds/day + thursday) % 7
	now := seconds % day / unit
	return s.days&(1<<weekday) != 0 && now >= uint32(s.start) && now < uint32(s.stop)
}

// keep puts a policy in its place.
func (d *domain) keep(p *policy) {
	i, _ := slices.BinarySearchFunc(d.policies, p.id, func(o *policy, id uint8) int { return int(o.id) - int(id) })
	d.policies = slices.Insert(d.policies, i, p)
}

func (d *domain) forget(p *policy) {
	d.policies = slices.DeleteFunc(d.policies, func(o *policy) bool { return o == p })
}

// active reports whether a policy is at work now.
func (p *policy) active(nm *nodeManager) bool {
	now := nm.in.Time()
	return nm.enabled && p.domain.enabled && p.Enabled && nm.in.Power().On() &&
		!slices.ContainsFunc(p.periods, func(s suspendPeriod) bool { return s.holds(now) })
}

// state is what the statistics of the policy say of it.
func (p *policy) state(nm *nodeManager) (b byte) {
	if nm.enabled && p.domain.enabled && p.Enabled {
		b |= stateEnabled
	}
	if p.active(nm) {
		b |= stateMonitoring
	}
	if p.limiting {
		b |= stateLimiting
	}
	return b
}

// evaluate holds the policy against the power.
func (p *policy) evaluate(nm *nodeManager) {
	if !p.active(nm) {
		p.rest(nm)
		return
	}
	triggered := p.Trigger == triggerNone || p.trigger.ok && p.trigger.value > float64(p.TriggerLimit)
	p.limiting = triggered && p.power.ok && p.power.value > float64(p.Limit)
	switch {
	case !p.limiting:
		p.met(nm)
	case !p.exceeded && !p.correction.Running():
		p.correction.Set(nm.in, time.Duration(p.Correction)*time.Millisecond, func() { p.exceed(nm) })
	}
	for i := range p.thresholds {
		t := &p.thresholds[i]
		if passed := p.power.ok && p.power.value > float64(t.watts); passed != t.passed {
			t.passed = passed
			nm.alert(nm.spec.Alerts, alertThreshold|uint8(i), p, !passed)
		}
	}
}

// rest ends what the policy was at.
func (p *policy) rest(nm *nodeManager) {
	p.limiting = false
	p.met(nm)
	for i := range p.thresholds {
		p.thresholds[i].passed = false
	}
}

// met is the power at the limit or below it.
func (p *policy) met(nm *nodeManager) {
	p.correction.Stop()
	if p.exceeded && p.Exceptions&exceptionAlert != 0 {
		nm.alert(nm.spec.Exceptions, correctionExceeded, p, true)
	}
	p.exceeded = false
}

// exceed is the end of the correction time: the policy's exception actions.
func (p *policy) exceed(nm *nodeManager) {
	p.exceeded = true
	if p.Exceptions&exceptionAlert != 0 {
		nm.alert(nm.spec.Exceptions, correctionExceeded, p, false)
	}
	if p.Exceptions&exceptionOff != 0 {
		nm.in.Raise(sensorTypeOEM, nm.spec.Health, eventTypeHealth, false, [3]byte{healthNodeManager, shutdownByPolicy<<4 | p.domain.id, p.id})
		_ = nm.in.Control(bmc.PowerDown, 0) // never refused
	}
}

// Events of Node Manager, as Intel's guide to the system event log describes them (G90620-002, §13.2-13.5).
const (
	sensorTypeOEM      = 0xdc
	eventTypeException = 0x72
	eventTypeHealth    = 0x73
	alertThreshold     = 0xa0 // codes in event data 2 and 3; bits 1:0: number of the threshold
	correctionExceeded = 0xa8 // bit 3: policy correction time exceeded
	healthNodeManager  = 0xa2 // sensor Node Manager
	shutdownByPolicy   = 15
)

// alert sends an event about a policy.
func (nm *nodeManager) alert(sensor, data1 uint8, p *policy, gone bool) {
	nm.in.Raise(sensorTypeOEM, sensor, eventTypeException, gone, [3]byte{data1, p.domain.id, p.id})
}
