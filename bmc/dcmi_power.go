package bmc

import (
	"math"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
)

// powerMeter adds up what the power supplies take, and remembers it for the statistics. [DCMI §6.6.1]
//
// Power is constant between two changes of the supplies, so that it is sampled when one changes. What moves by itself
// has a timer for that.
type powerMeter struct {
	supplies []*i2c.Slot
	watts    float64       // since at
	ok       bool          // some supply answers
	at       time.Duration // since the machine's start
	history  []powerSpan   // before at, oldest first, without gaps except where no supply answered
	alarm    alarm         // correction time of the power limit
	acted    bool          // the exception action was taken; the power is still above the limit
}

// powerSpan is a time in which the power was between two values.
type powerSpan struct {
	from, to  time.Duration
	low, high float64 // W
	mean      float64 // W
}

// settle is how long a sum must hold to be in the statistics: supplies that change together do so one after the other.
const settle = 10 * time.Millisecond

// maxSpans bounds the history. What is older is put together, two spans in one.
const maxSpans = 512

// powerStatistics are the answer to Get Power Reading.
type powerStatistics struct {
	Current, Low, High, Mean float64 // W
	Active                   bool
}

// read adds up the input power of the supplies that are plugged in and answer.
func (p *powerMeter) read() (watts float64, ok bool) { return supplied(p.supplies, "pin") }

// sample notes the present power.
func (p *powerMeter) sample(now, keep time.Duration) {
	if now-p.at >= settle {
		if p.ok {
			p.remember(powerSpan{p.at, now, p.watts, p.watts, p.watts}, now-keep)
		}
		p.at = now
	}
	p.watts, p.ok = p.read()
}

// remember appends to the history and forgets what ended before oldest.
func (p *powerMeter) remember(s powerSpan, oldest time.Duration) {
	gone := 0
	for gone < len(p.history) && p.history[gone].to < oldest {
		gone++
	}
	p.history = append(p.history[:0], p.history[gone:]...)
	if n := len(p.history); n > 0 {
		if last := &p.history[n-1]; last.to == s.from && last.low == s.low && last.high == s.low {
			last.to = s.to
			return
		}
	}
	if len(p.history) == maxSpans {
		const half = maxSpans / 2
		for i := range half / 2 {
			p.history[i] = p.history[2*i].and(p.history[2*i+1])
		}
		p.history = append(p.history[:half/2], p.history[half:]...)
	}
	p.history = append(p.history, s)
}

// and puts two spans together.
func (s powerSpan) and(next powerSpan) powerSpan {
	a, b := (s.to - s.from).Seconds(), (next.to - next.from).Seconds()
	return powerSpan{s.from, next.to, min(s.low, next.low), max(s.high, next.high), (s.mean*a + next.mean*b) / (a + b)}
}

// statistics are those of the period that ends now, or of as much of it as was measured. Of a span that began before the
// period, the part inside counts.
func (p *powerMeter) statistics(now, period time.Duration) powerStatistics {
	st := powerStatistics{Current: p.watts, Low: p.watts, High: p.watts, Mean: p.watts, Active: p.ok}
	if !p.ok {
		return powerStatistics{}
	}
	begin := now - period
	var joules, measured float64
	add := func(s powerSpan) {
		if t := (min(s.to, now) - max(s.from, begin)).Seconds(); t > 0 {
			joules, measured = joules+s.mean*t, measured+t
			st.Low, st.High = min(st.Low, s.low), max(st.High, s.high)
		}
	}
	for _, s := range p.history {
		add(s)
	}
	add(powerSpan{p.at, now, p.watts, p.watts, p.watts})
	if measured > 0 {
		st.Mean = joules / measured
	}
	return st
}

// wattsField is a power in whole watts of 16 bits.
func wattsField(w float64) uint16 { return uint16(min(max(math.Round(w), 0), 0xffff)) }

// exceptionAction is what follows when a power limit is exceeded for too long. [DCMI §6.6.2]
type exceptionAction uint8

// Exception actions. OEM ones are none here.
const (
	exceptionNone     exceptionAction = 0x00
	exceptionPowerOff exceptionAction = 0x01 // and log
	exceptionLog      exceptionAction = 0x11
)

// powerLimit is what Set Power Limit sets. [DCMI §6.6.3]
type powerLimit struct {
	Active     bool
	Action     exceptionAction
	Watts      uint16
	Correction time.Duration // how long the limit may be exceeded
	Statistics time.Duration // period of the normal statistics
}

// Codes of Set Power Limit and Set Thermal Limit. [DCMI §6.6.3, §6.7.2]
const (
	ccNoActiveLimit         ipmb.CompletionCode = 0x80
	ccLimitOutOfRange       ipmb.CompletionCode = 0x84
	ccTimeOutOfRange        ipmb.CompletionCode = 0x85
	ccStatisticsOutOfRange  ipmb.CompletionCode = 0x89
	thermalExceptionLog                         = 1 << 5
	thermalExceptionOff                         = 1 << 6
	thermalExceptionActions                     = thermalExceptionLog | thermalExceptionOff
)

// setPowerLimit takes new values. A limit that is active is replaced at once, and time begins anew.
func (m *Machine) setPowerLimit(l powerLimit) error {
	d, spec := m.dcmi, m.dcmi.spec.Power
	switch {
	case l.Action != exceptionNone && l.Action != exceptionPowerOff && l.Action != exceptionLog:
		return ipmb.InvalidField
	case l.Watts < spec.LimitLow || l.Watts > spec.LimitHigh:
		return ccLimitOutOfRange
	case l.Correction < spec.CorrectionLow.Std() || l.Correction > spec.CorrectionHigh.Std():
		return ccTimeOutOfRange
	case l.Statistics < spec.StatisticsLow.Std() || l.Statistics > spec.StatisticsHigh.Std():
		return ccStatisticsOutOfRange
	}
	l.Active = d.stored.Limit.Active
	d.stored.Limit = l
	m.armPowerLimit()
	return nil
}

// activatePowerLimit switches the limit on or off.
func (m *Machine) activatePowerLimit(on bool) {
	m.dcmi.stored.Limit.Active = on
	m.armPowerLimit()
}

// armPowerLimit looks at the limit as if the power had just come to what it is.
func (m *Machine) armPowerLimit() {
	m.dcmi.meter.alarm.stop()
	m.dcmi.meter.acted = false
	m.checkPowerLimit()
	m.watchMotions()
}

// longestPeriod is how far back the statistics look.
func (d *dcmi) longestPeriod() time.Duration {
	longest := d.stored.Limit.Statistics
	for _, p := range d.spec.Power.Periods {
		longest = max(longest, p.Std())
	}
	return longest
}

// samplePower follows a change of the supplies, or of the host's power.
func (m *Machine) samplePower() {
	if d := m.dcmi; d != nil && d.spec.Power != nil {
		d.meter.sample(time.Since(m.started), d.longestPeriod())
		m.checkPowerLimit()
	}
}

// powerChanged follows a change of a device.
func (m *Machine) powerChanged(slot *i2c.Slot) {
	if m.dcmi != nil && slices.Contains(m.dcmi.meter.supplies, slot) {
		m.samplePower()
	}
}

// checkPowerLimit starts the correction time when the power goes above the limit, and stops it when it meets the limit
// or drops below. A host that is off has nothing to correct. [DCMI §6.6.3]
func (m *Machine) checkPowerLimit() {
	p, l := &m.dcmi.meter, &m.dcmi.stored.Limit
	switch {
	case m.device.down || !l.Active || !m.power.state.On() || !p.ok || p.watts <= float64(l.Watts):
		p.alarm.stop()
		p.acted = false
	case !p.acted && !p.alarm.running():
		m.setAlarm(&p.alarm, l.Correction, m.powerLimitExceeded)
	}
}

// Event-only sensors of DCMI. [DCMI §3.1.3, Table 3-2]
const (
	sensorTypeTemperature = 0x01
	sensorTypePowerUnit   = 0x09
	eventTypeLimit        = 0x05
	eventTypeSystemState  = 0x0a
	offsetLimitExceeded   = 1
	offsetPowerOff        = 2
)

// powerLimitExceeded takes the exception action, once until the power was at the limit or below it again.
func (m *Machine) powerLimitExceeded() {
	l := &m.dcmi.stored.Limit
	m.dcmi.meter.acted = true
	m.log.Info().Uint16("limit", l.Watts).Float64("watts", m.dcmi.meter.watts).Uint8("exception", uint8(l.Action)).Msg("power limit exceeded")
	if l.Action == exceptionNone {
		return
	}
	m.limitEvent(sensorTypePowerUnit, m.dcmi.spec.Events.Power)
	if l.Action == exceptionPowerOff {
		m.powerOffByLimit()
	}
}

// limitEvent says that a limit is exceeded.
func (m *Machine) limitEvent(sensorType, sensor uint8) {
	e := m.ownEvent(sensorType, sensor, offsetLimitExceeded)
	e.EventType = eventTypeLimit
	m.event(e)
}

// powerOffByLimit takes the host's power away and says so.
func (m *Machine) powerOffByLimit() {
	_ = m.applyPower(PowerDown, powerSource{}) // never refused
	e := m.ownEvent(sensorTypeSystemEvent, m.dcmi.spec.Events.Off, offsetPowerOff)
	e.EventType = eventTypeSystemState
	m.event(e)
}
