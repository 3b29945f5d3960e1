package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// watchdogCommands are the rows of [IPMI 2.0 §27].
var watchdogCommands = []Command{
	{Op: ipmb.ResetWatchdogTimer, Name: "Reset Watchdog Timer", Section: "27.5", Priv: privOperator, Len: none(), Do: resetWatchdogTimer},
	{Op: ipmb.SetWatchdogTimer, Name: "Set Watchdog Timer", Section: "27.6", Priv: privOperator, Len: exactly(6), Sub: setWatchdogSubs, Do: setWatchdogTimer},
	{Op: ipmb.GetWatchdogTimer, Name: "Get Watchdog Timer", Section: "27.7", Priv: privUser, Len: none(), Do: getWatchdogTimer},
}

// ccWatchdogNotSet refuses to start a timer that nobody set. [IPMI 2.0 §27.5]
const ccWatchdogNotSet ipmb.CompletionCode = 0x80

// Bits of the timer use byte. [IPMI 2.0 §27.6, byte 1; §27.7, byte 2]
const (
	watchdogDontLog  = 1 << 7
	watchdogDontStop = 1 << 6 // Set
	watchdogRunning  = 1 << 6 // Get
	watchdogFlags    = 0x3e   // expiration flags, by use
)

// resetWatchdogTimer starts the timer. A host that is off has nothing to watch. [IPMI 2.0 §27.5]
func resetWatchdogTimer(m *Machine, _ *Request) ([]byte, error) {
	switch {
	case !m.watchdog.ready:
		return nil, ccWatchdogNotSet
	case !m.power.state.On():
		return nil, ipmb.NotSupportedInState // [IPMI 2.0 §27.1]
	}
	m.resetWatchdog()
	return nil, nil
}

// watchdogSettingsOf reads the six bytes of Set Watchdog Timer. [IPMI 2.0 §27.6]
func watchdogSettingsOf(b []byte) watchdogSettings {
	return watchdogSettings{
		DontLog:    b[0]&watchdogDontLog != 0,
		Use:        watchdogUse(b[0] & 0x07),
		Interrupt:  profiles.WatchdogInterrupt(b[1] >> 4 & 0x07),
		Action:     watchdogAction(b[1] & 0x07),
		PreTimeout: b[2],
		Countdown:  binary.LittleEndian.Uint16(b[4:]),
	}
}

// setWatchdogTimer takes new settings. [IPMI 2.0 §27.6]
func setWatchdogTimer(m *Machine, r *Request) ([]byte, error) {
	s := watchdogSettingsOf(r.Data)
	if s.Use < useFRB2 || s.Use > useOEM || s.Action > expirePowerCycle || !m.watchdog.supports(s.Interrupt) {
		return nil, ipmb.InvalidField
	}
	m.setWatchdog(s, r.Data[3]&watchdogFlags, r.Data[0]&watchdogDontStop != 0)
	return nil, nil
}

// getWatchdogTimer reads settings, flags and countdown. [IPMI 2.0 §27.7]
func getWatchdogTimer(m *Machine, r *Request) ([]byte, error) {
	w := &m.watchdog
	use := byte(w.settings.Use)
	if w.settings.DontLog {
		use |= watchdogDontLog
	}
	if w.running {
		use |= watchdogRunning
	}
	b := append(r.Buf, use, byte(w.settings.Interrupt)<<4|byte(w.settings.Action), w.settings.PreTimeout, w.expired)
	b = binary.LittleEndian.AppendUint16(b, w.settings.Countdown)
	return binary.LittleEndian.AppendUint16(b, w.present()), nil
}
