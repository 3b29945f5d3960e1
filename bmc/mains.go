package bmc

import (
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// RemoveAC takes the mains away: host and controller lose their power at once, and nothing answers.
func (m *Machine) RemoveAC() {
	defer m.lockAll()()
	p := &m.power
	if m.closed || !p.mains {
		return
	}
	p.mains = false
	if !p.restoring {
		p.stored.WasOn = p.state != PowerOff
	}
	m.changed(keepsPower)
	m.away.Store(true)
	m.device.stop()
	p.alarm.stop()
	p.again, p.fault = false, false
	wasOn := p.state.On()
	if p.state = PowerOff; wasOn {
		m.hostStops()
		m.powerGood(false)
		m.tellHost(Host.PowerOff)
	}
	p.event = p.event&eventByCommand | eventACFailed
	m.sessions.EndAll(rmcp.EndChange)
	m.controllerRestarts()
	m.log.Info().Msg("mains lost")
}

// ReturnAC brings the mains back: the controller starts, which takes as long as after a cold reset, and then applies
// the power restore policy. [IPMI 2.0 §28.8]
func (m *Machine) ReturnAC() {
	defer m.lockAll()()
	p := &m.power
	if m.closed || p.mains {
		return
	}
	p.mains, p.restoring = true, true
	m.log.Info().Msg("mains returned")
	m.powerAlarm(m.profile.Device.ColdReset.Std(), func() {
		m.away.Store(false)
		m.controllerStarts()
		m.powerAlarm(p.spec.RestoreDelay.Std()+m.restoreDelay(), m.restorePower)
	})
}

// restorePower applies the power restore policy. [IPMI 2.0 §28.8]
func (m *Machine) restorePower() {
	m.power.restoring = false
	m.changed(keepsPower)
	switch s := &m.power.stored; {
	case s.Policy == profiles.RestoreOn:
		_ = m.powerUp(powerSource{cause: causeAlwaysRestore}) // refused: an open chassis stays off
	case s.Policy == profiles.RestorePrevious && s.WasOn:
		_ = m.powerUp(powerSource{cause: causeRestorePrevious})
	}
}

// Mains reports whether the machine has AC.
func (m *Machine) Mains() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.power.mains
}
