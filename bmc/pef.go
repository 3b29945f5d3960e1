package bmc

import (
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// PEF configuration parameters with a meaning for the filter. [IPMI 2.0 §30.4, Table 30-6]
const (
	pefControl           = 1
	pefActions           = 2
	pefStartupDelay      = 3
	pefAlertStartupDelay = 4
	pefFilterCount       = 5
	pefFilters           = 6
	pefFilterEnable      = 7
	pefPolicyCount       = 8
	pefPolicies          = 9
	pefGUID              = 10
	pefStringCount       = 11
	pefStringKeys        = 12
	pefStrings           = 13
	pefGroupControlCount = 14
	pefGroupControls     = 15

	firstOEMPEFParameter = 96
)

// Bits of PEF control. [IPMI 2.0 §30.4, parameter 1]
const (
	pefEnable             = 1 << 0
	pefEventMessages      = 1 << 1
	pefEnableStartup      = 1 << 2
	pefEnableAlertStartup = 1 << 3
)

// PEF actions by their bits. [IPMI 2.0 §17.7, byte 2]
const (
	pefAlert      = uint8(profiles.PEFAlert)
	pefPowerDown  = uint8(profiles.PEFPowerDown)
	pefReset      = uint8(profiles.PEFReset)
	pefPowerCycle = uint8(profiles.PEFPowerCycle)
	pefNMI        = uint8(profiles.PEFDiagnosticInterrupt)

	pefPostponable = pefPowerDown | pefReset | pefPowerCycle // by the startup delay [IPMI 2.0 §17.4]
)

// defaultStartupDelay is what parameters 3 and 4 say when the delay is disabled. [IPMI 2.0 §30.4, parameter 3]
const defaultStartupDelay = 60

// pef is platform event filtering. [IPMI 2.0 §17]
type pef struct {
	spec    *profiles.PEF
	actions uint8 // that the controller can take
	stored  pefStored
	newest  sel.RecordID // of the latest event that was filtered; 0: it was not logged

	postpone      uint8 // as armed: seconds, 0 off, or pefOff
	postponeEnd   time.Time
	postponeAlarm alarm

	ready      time.Time // end of the startup delay
	alertReady time.Time // end of the alert startup delay
	matches    []pefMatch
	alarm      alarm // takes the actions of matches
}

// pefStored is what the controller keeps in non-volatile storage.
type pefStored struct {
	Parameters parameters
	Software   sel.RecordID // last processed by system software; FFFFh: none [IPMI 2.0 §17.4.1]
	BMC        sel.RecordID // last processed by event filtering
}

// pefMatch is what the filters found about an event.
type pefMatch struct {
	event    Event
	id       sel.RecordID // 0: it was not logged
	at       uint32       // timestamp
	actions  uint8        // that have not been taken
	filter   uint8        // number of the first filter with the policy
	policy   uint8
	severity uint8
	silent   bool // the actions are not reported: the event itself is such a report
}

func newPEF(p *profiles.Profile) (pef, error) {
	spec := &p.PEF
	f := pef{spec: spec, actions: bitsOf(spec.Actions)}
	f.stored.Software, f.stored.BMC = sel.NoRecord, sel.NoRecord
	t := &f.stored.Parameters
	t.rows = []parameterRow{
		{number: pefControl, name: "PEF control", size: 1, mask: []byte{0x0f}},
		{number: pefActions, name: "PEF action global control", size: 1, mask: []byte{f.actions}},
		{number: pefStartupDelay, name: "PEF startup delay", size: 1},
		{number: pefAlertStartupDelay, name: "PEF alert startup delay", size: 1},
		{number: pefFilterCount, name: "number of event filters", size: 1, access: readOnly, initial: []byte{uint8(spec.FilterSlots)}},
		{number: pefFilters, name: "event filters", size: 1 + filterLen, sets: spec.FilterSlots, first: 1, mask: []byte{0xe0, f.actions, 0x7f}},
		{number: pefFilterEnable, name: "event filter data 1", size: 2, sets: spec.FilterSlots, first: 1, head: pefFilters, mask: []byte{0xe0}},
		{number: pefPolicyCount, name: "number of alert policy entries", size: 1, access: readOnly, initial: []byte{uint8(spec.PolicySlots)}},
		{number: pefPolicies, name: "alert policies", size: 1 + policyLen, sets: spec.PolicySlots, first: 1},
		{number: pefGUID, name: "system GUID", size: 17, mask: []byte{0x01}},
		{number: pefStringCount, name: "number of alert strings", size: 1, access: readOnly, initial: []byte{spec.Strings}},
		{number: pefStringKeys, name: "alert string keys", size: 3, mask: []byte{0x7f, 0x7f}, lost: lostFirst, sets: 1 + int(spec.Strings)},
		{number: pefStrings, name: "alert strings", size: 18, short: 2, lost: lostFirst, sets: 1 + int(spec.Strings), blocks: spec.StringBlocks, firstBlock: 1},
		{number: pefGroupControlCount, name: "number of group control table entries", size: 1, access: readOnly, initial: []byte{spec.GroupControls}},
		{number: pefGroupControls, name: "group control table", size: 11, sets: int(spec.GroupControls), first: 1,
			mask: []byte{0x3f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0x1f, 0x7f}, check: checkGroupControl},
	}
	t.rows = slices.DeleteFunc(t.rows, func(r parameterRow) bool { // a table without entries is not there
		filters, policies := r.number == pefFilters || r.number == pefFilterEnable, r.number == pefPolicies
		groups := r.number == pefGroupControlCount || r.number == pefGroupControls
		return filters && spec.FilterSlots == 0 || policies && spec.PolicySlots == 0 || groups && spec.GroupControls == 0
	})
	control, actions := uint8(0), f.actions
	for bit, on := range map[uint8]bool{
		pefEnable: spec.Enabled, pefEventMessages: spec.EventMessages,
		pefEnableStartup: spec.StartupDelay > 0, pefEnableAlertStartup: spec.AlertStartupDelay > 0,
	} {
		if on {
			control |= bit
		}
	}
	if spec.EnabledActions != nil {
		actions &= bitsOf(spec.EnabledActions)
	}
	t.put(parameterKey{number: pefControl}, []byte{control})
	t.put(parameterKey{number: pefActions}, []byte{actions})
	t.put(parameterKey{number: pefStartupDelay}, []byte{startupSeconds(spec.StartupDelay)})
	t.put(parameterKey{number: pefAlertStartupDelay}, []byte{startupSeconds(spec.AlertStartupDelay)})
	for i := range spec.Filters {
		filter := newEventFilter(&spec.Filters[i])
		t.put(parameterKey{number: pefFilters, set: spec.Filters[i].Number}, filter[:])
	}
	for i := range spec.Policies {
		entry := newPolicyEntry(&spec.Policies[i])
		t.put(parameterKey{number: pefPolicies, set: spec.Policies[i].Number}, entry[:])
	}
	if err := t.configure(spec.Parameters, firstOEMPEFParameter); err != nil {
		return pef{}, fmt.Errorf("pef: %w", err)
	}
	return f, nil
}

// checkGroupControl refuses the reserved operations. [IPMI 2.0 §30.4, parameter 15]
func checkGroupControl(data []byte) error {
	const operation, lastOperation = 9, 5
	return atMost(operation, 0x0f, lastOperation)(data)
}

// bitsOf joins bits.
func bitsOf[T ~uint8](list []T) (bits uint8) {
	for _, b := range list {
		bits |= uint8(b)
	}
	return bits
}

func startupSeconds(d profiles.Duration) uint8 {
	if d == 0 {
		return defaultStartupDelay
	}
	return uint8(d.Std() / time.Second)
}

// value is the first byte of a parameter that has no selectors.
func (f *pef) value(number uint8) uint8 {
	t := &f.stored.Parameters
	return t.get(nil, nil, t.row(number), parameterKey{number: number})[0]
}

func (f *pef) control(bit uint8) bool { return f.value(pefControl)&bit != 0 }

// filterEvent takes an event behind the log, with its entry, which has the time also of what was not logged. PEF waits while it is postponed, for events that software can find in the
// log. [IPMI 2.0 §17.3, §17.4.1]
func (m *Machine) filterEvent(e Event, entry sel.Entry, logged bool) {
	f, id := &m.pef, entry.ID()
	switch {
	case !f.control(pefEnable):
		if f.stored.BMC = id; !logged {
			f.stored.BMC = 0
		}
	case m.pefUnavailable():
	case f.postpone != 0 && logged:
		m.postponePEF()
	case f.postpone == pefOff: // nobody can find the event later [IPMI 2.0 §30.2]
	default:
		if !logged {
			id = 0
		}
		m.matchEvent(e, id, entry.Timestamp())
	}
}

// pefUnavailable reports whether the controller is in a mode without filtering. What is in the log is filtered when it
// leaves the mode. [IPMI 2.0 §17.4]
func (m *Machine) pefUnavailable() bool {
	return m.device.manufacturing || m.sdrs.repository.UpdateMode()
}

// pefAvailable follows the end of such a mode.
func (m *Machine) pefAvailable() {
	switch {
	case m.owner != nil: // a satellite has no filters
	case m.pef.postpone == 0:
		m.filterUnprocessed()
	default:
		m.postponePEF()
	}
}

// matchEvent compares an event with the filters. What is to be done is done a moment later, outside of what may have
// caused the event: a change of power, for example.
func (m *Machine) matchEvent(e Event, id sel.RecordID, at uint32) {
	f := &m.pef
	f.newest = id
	found := f.match(&e)
	if found.actions == 0 {
		m.eventsProcessed()
		return
	}
	found.event, found.id, found.at = e, id, at
	found.silent = e.SensorType == sensorTypeSystemEvent && e.EventType == eventTypeSensor && e.Data[0]&offsetMask == offsetPEFAction
	m.log.Info().Uint8("filter", found.filter).Uint8("actions", found.actions).Uint8("policy", found.policy).Msg("event filter matches")
	f.matches = append(f.matches, found)
	m.setAlarm(&f.alarm, 0, m.takeActions)
}

// match collects what all enabled filters that match want, as far as it is enabled. [IPMI 2.0 §17.6, §17.7, §17.13]
func (f *pef) match(e *Event) (found pefMatch) {
	enabled := f.value(pefActions)
	for n := 1; n <= f.spec.FilterSlots; n++ {
		filter := f.filter(uint8(n))
		actions := filter.actions() & enabled
		if actions == 0 || !filter.enabled() || !filter.matches(e) {
			continue
		}
		if actions&pefAlert != 0 {
			switch policy := filter.policy(); {
			case found.actions&pefAlert == 0, policy < found.policy:
				found.policy, found.filter, found.severity = policy, uint8(n), filter.severity()
			case policy == found.policy:
				found.severity = max(found.severity, filter.severity())
			}
		}
		found.actions |= actions
	}
	return found
}

// takeActions takes the actions of all matches whose delays are over. [IPMI 2.0 §17.4, §17.6]
func (m *Machine) takeActions() {
	f := &m.pef
	now := time.Now()
	var next time.Time
	wait := func(until time.Time) {
		if next.IsZero() || until.Before(next) {
			next = until
		}
	}
	for i := 0; i < len(f.matches); i++ { // which grows when a report of an action matches in its turn
		found := f.matches[i]
		due := found.actions
		if due&pefPostponable != 0 && now.Before(f.ready) {
			due &^= pefPostponable
			wait(f.ready)
		}
		if due&pefAlert != 0 && now.Before(f.alertReady) {
			due &^= pefAlert
			wait(f.alertReady)
		}
		if due != 0 {
			m.takeAction(&found, due)
			f.matches[i].actions &^= due
		}
	}
	f.matches = slices.DeleteFunc(f.matches, func(found pefMatch) bool { return found.actions == 0 })
	f.alarm.stop()
	if len(f.matches) > 0 {
		m.setAlarm(&f.alarm, next.Sub(now), m.takeActions)
	}
	m.eventsProcessed()
}

// pefPriority has the actions of which only the first is taken. [IPMI 2.0 Table 17-1]
var pefPriority = []struct {
	bit    uint8
	action PowerAction
	cause  restartCause
}{
	{pefPowerDown, PowerDown, causeUnknown},
	{pefPowerCycle, PowerCycle, causePEFCycle},
	{pefReset, HardReset, causePEFReset},
	{pefNMI, DiagnosticInterrupt, causeUnknown},
}

// takeAction takes the due actions of one match.
func (m *Machine) takeAction(found *pefMatch, due uint8) {
	for i, p := range pefPriority {
		if due&p.bit == 0 {
			continue
		}
		for _, lower := range pefPriority[i+1:] {
			due &^= lower.bit
		}
		break
	}
	if m.pef.control(pefEventMessages) && !found.silent {
		m.sensorEvent(m.ownEvent(sensorTypeSystemEvent, m.pef.spec.Sensor, data2Specific|offsetPEFAction, due))
	}
	for _, p := range pefPriority {
		if due&p.bit != 0 {
			_ = m.applyPower(p.action, powerSource{cause: p.cause}) // the host may be off already
		}
	}
	if due&pefAlert != 0 {
		m.alertPolicy(found)
	}
}

// eventsProcessed notes that all events are processed, when they are: their actions taken, their alerts sent.
// [IPMI 2.0 §17.13.1]
func (m *Machine) eventsProcessed() {
	if len(m.pef.matches) == 0 && len(m.alerts.runs) == 0 && m.pef.control(pefEnable) {
		m.pef.stored.BMC = m.pef.newest
	}
}

// pefConfigured follows a write of a PEF parameter. Disabling PEF cancels what is pending. [IPMI 2.0 §17.4]
func (m *Machine) pefConfigured() {
	if !m.pef.control(pefEnable) {
		m.pef.cancel()
		m.alerts.cancel()
	}
}

// cancel forgets actions that have not been taken.
func (f *pef) cancel() {
	f.matches = nil
	f.alarm.stop()
}

// pefHostStopped follows a reset or a loss of the host's power: who postponed PEF is no longer there.
// [IPMI 2.0 §30.2]
func (m *Machine) pefHostStopped() {
	m.pef.stored.Parameters.systemReset()
	if m.pef.postpone != 0 {
		m.armPEF(0)
	}
}

// pefHostStarted begins the startup delays. That of power actions is for starts at the front panel and those that PEF
// itself caused, so that a person can break a circle. [IPMI 2.0 §17.4; §30.4, parameters 1, 3, 4]
func (m *Machine) pefHostStarted(cause restartCause) {
	f := &m.pef
	now := time.Now()
	switch cause {
	case causePowerButton, causeResetButton, causePEFReset, causePEFCycle:
		if f.control(pefEnableStartup) {
			f.ready = now.Add(time.Duration(f.value(pefStartupDelay)) * time.Second)
		}
	}
	if f.control(pefEnableAlertStartup) {
		f.alertReady = now.Add(time.Duration(f.value(pefAlertStartupDelay)) * time.Second)
	}
}

// pefStops follows a restart of the controller or the loss of its power: what was in progress is forgotten.
func (m *Machine) pefStops() {
	f := &m.pef
	f.stored.Parameters.restart()
	f.cancel()
	m.alerts.stop()
	f.postponeAlarm.stop()
	f.postpone = 0
	f.ready, f.alertReady = time.Time{}, time.Time{}
}

// pefStarts is the start of the controller. Events that were not processed before are processed now. A reset or a power
// cycle that was pending is not done, and a pending power down keeps the host off. [IPMI 2.0 §17.4.1, §17.13.2]
func (m *Machine) pefStarts() {
	m.filterUnprocessed()
	for i := range m.pef.matches {
		found := &m.pef.matches[i]
		found.actions &^= pefReset | pefPowerCycle
		if found.actions&pefPowerDown != 0 {
			m.power.stored.WasOn = false
		}
	}
}
