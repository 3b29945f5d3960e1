package bmc

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// watchdogCount is one count of the timer. [IPMI 2.0 §27.6]
const watchdogCount = 100 * time.Millisecond

// watchdogUse is who uses the timer. [IPMI 2.0 §27.2]
type watchdogUse uint8

// Timer uses; those between are BIOS/POST, OS Load and SMS/OS.
const (
	useFRB2 watchdogUse = 1
	useOEM  watchdogUse = 5
)

// watchdogAction is what happens when the timer expires. The numbers are those of the watchdog 2 sensor's offsets, too.
// [IPMI 2.0 §27.6, Table 42-3]
type watchdogAction uint8

// Timeout actions.
const (
	expireQuietly watchdogAction = iota
	expireReset
	expirePowerDown
	expirePowerCycle
)

// watchdogSettings is what Set Watchdog Timer sets. [IPMI 2.0 §27.6]
type watchdogSettings struct {
	DontLog    bool
	Use        watchdogUse
	Interrupt  profiles.WatchdogInterrupt // pre-timeout
	Action     watchdogAction
	PreTimeout uint8  // seconds before the end
	Countdown  uint16 // initial, in counts of 100 ms
}

// watchdog is the watchdog timer. [IPMI 2.0 §27]
type watchdog struct {
	spec     *profiles.Watchdog
	settings watchdogSettings
	ready    bool  // set since the last start of host and controller
	running  bool  //
	reached  bool  // the pre-timeout interval
	expired  uint8 // timer use expiration flags, a bit for each use
	end      time.Time
	left     uint16 // counts, when it does not run
	alarm    alarm
	epoch    uint64 // grows when the timer stops and when it is set: suspended ARPs resume [IPMI 2.0 §23.3]
}

func newWatchdog(p *profiles.Profile) watchdog {
	w := watchdog{spec: &p.Watchdog, settings: watchdogSettings{Use: useFRB2}}
	if b := p.Watchdog.Initial; len(b) > 0 {
		w.settings = watchdogSettingsOf(b)
		w.left = w.settings.Countdown
	}
	return w
}

// supports reports whether the timer can raise an interrupt.
func (w *watchdog) supports(i profiles.WatchdogInterrupt) bool {
	return i == profiles.InterruptNone || slices.Contains(w.spec.Interrupts, i)
}

// present is the present countdown, rounded up to counts.
func (w *watchdog) present() uint16 {
	if !w.running {
		return w.left
	}
	return uint16((max(0, time.Until(w.end)) + watchdogCount - 1) / watchdogCount)
}

// setWatchdog takes new settings, clears expiration flags and the pre-timeout interrupt flag, and stops the timer. With
// dontStop a timer that runs goes on from the new countdown.
func (m *Machine) setWatchdog(s watchdogSettings, clear uint8, dontStop bool) {
	w := &m.watchdog
	w.settings, w.ready = s, true
	m.messaging.preTimeout(false)
	w.expired &^= clear
	w.epoch++
	if w.running && dontStop {
		m.startWatchdog()
		return
	}
	w.halt()
	w.left = s.Countdown
}

// halt stops the timer where it is.
func (w *watchdog) halt() {
	w.left = w.present()
	w.epoch++
	w.running, w.reached = false, false
	w.alarm.stop()
}

// startWatchdog starts the timer from its initial countdown.
func (m *Machine) startWatchdog() {
	w := &m.watchdog
	w.running, w.reached = true, false
	w.end = time.Now().Add(time.Duration(w.settings.Countdown) * watchdogCount)
	pre := time.Duration(w.settings.PreTimeout) * time.Second
	if w.settings.Interrupt == profiles.InterruptNone || pre == 0 {
		m.watchdogAt(0, m.watchdogExpired)
		return
	}
	m.watchdogAt(pre, func() {
		m.watchdogInterrupt()
		m.watchdogAt(0, m.watchdogExpired)
	})
}

// watchdogAt runs next that long before the timer's end, or now if that is past.
func (m *Machine) watchdogAt(before time.Duration, next func()) {
	d := time.Until(m.watchdog.end) - before
	if d <= 0 {
		m.watchdog.alarm.stop()
		next()
		return
	}
	m.setAlarm(&m.watchdog.alarm, d, next)
}

// resetWatchdog starts or restarts the timer. Once the pre-timeout interval is reached it has no effect, and is no
// error. [IPMI 2.0 §27.5]
func (m *Machine) resetWatchdog() {
	if w := &m.watchdog; !w.running || !w.reached {
		m.startWatchdog()
	}
}

// watchdogInterrupt is the pre-timeout. [IPMI 2.0 §27.4]
func (m *Machine) watchdogInterrupt() {
	w := &m.watchdog
	w.reached = true
	m.messaging.preTimeout(true)
	m.watchdogEvent(watchdogTimerInterrupt)
	if w.settings.Interrupt == profiles.InterruptNMI {
		m.tellHost(Host.NMI)
	}
}

// watchdogExpired ends the countdown: flag, event, action. [IPMI 2.0 §27.1, §27.3]
func (m *Machine) watchdogExpired() {
	w := &m.watchdog
	s := w.settings
	if s.Interrupt != profiles.InterruptNone && !w.reached {
		m.watchdogInterrupt() // an interval of 0: together with the action
	}
	w.running, w.reached, w.left = false, false, 0
	w.epoch++
	w.expired |= 1 << s.Use
	m.watchdogEvent(uint8(s.Action))
	w.settings.DontLog = false
	by := powerSource{cause: causeWatchdog}
	m.log.Info().Uint8("use", uint8(s.Use)).Uint8("watchdog_action", uint8(s.Action)).Msg("watchdog expired")
	switch s.Action {
	case expireReset:
		_ = m.applyPower(HardReset, by) // the host may be on its way down already
	case expirePowerDown:
		_ = m.applyPower(PowerDown, by)
	case expirePowerCycle:
		_ = m.applyPower(PowerCycle, by)
	}
}

// Watchdog 2 sensor. [IPMI 2.0 Table 42-3, sensor type 23h]
const (
	sensorTypeWatchdog2    = 0x23
	eventTypeSensor        = 0x6f // sensor-specific
	watchdogTimerInterrupt = 8    // offset
)

// watchdogEvent reports an expiration or a pre-timeout, unless software asked not to. [IPMI 2.0 §27.3]
func (m *Machine) watchdogEvent(offset uint8) {
	w := &m.watchdog
	if w.settings.DontLog {
		return
	}
	m.sensorEvent(Event{
		GeneratorID: [2]byte{0x20, 0x00}, EvMRev: 0x04,
		SensorType: sensorTypeWatchdog2, SensorNumber: w.spec.Sensor, EventType: eventTypeSensor,
		Data: [3]byte{data2Specific | offset, uint8(w.settings.Interrupt)<<4 | uint8(w.settings.Use), 0xff},
	})
}

// hostStopped follows a reset or a loss of the host's power: the timer stops and waits to be set again.
// [IPMI 2.0 §27.1, §27.2, §27.6]
func (w *watchdog) hostStopped() {
	w.halt()
	w.ready = false
	w.settings.DontLog = false
}

// reset follows a cold reset of the controller, which loses the expiration flags as well. [IPMI 2.0 §27.7]
func (w *watchdog) reset() {
	w.halt()
	*w = watchdog{spec: w.spec, settings: watchdogSettings{Use: useFRB2}, alarm: w.alarm, epoch: w.epoch}
}
