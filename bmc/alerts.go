package bmc

import (
	"bytes"
	"net/netip"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// alerts sends alerts, one after the other. [IPMI 2.0 §17.1, §17.2, §17.13]
type alerts struct {
	runs      []*alertRun // deferred alerts; the first is in progress
	current   *attempt    // nil: nothing waits for an acknowledge or a retry
	alarm     alarm       // of current
	sequence  uint16      // of the latest PET
	immediate [16]alertStatus
	traps     trapSender
}

// maxAlertRuns bounds the deferred alerts. At least eight events are required. [IPMI 2.0 §17.2]
const maxAlertRuns = 16

// alertStatus is the outcome of an alert. [IPMI 2.0 §30.7]
type alertStatus uint8

// Alert statuses.
const (
	alertNone       alertStatus = 0x00
	alertNormalEnd  alertStatus = 0x01
	alertNoCall     alertStatus = 0x02 // call retries failed
	alertTimeouts   alertStatus = 0x03 // no acknowledge on all tries
	alertInProgress alertStatus = 0xff
)

// alertRun is an alert policy on its way through its destinations for one event.
type alertRun struct {
	found   pefMatch
	entries []policyEntry
	next    int
	tried   bool // an alert was sent to a destination before
	reached bool // successfully
}

// attempt is an alert to one destination.
type attempt struct {
	trap      trap
	pet       PET
	ack       bool // the destination acknowledges
	call      bool // over a serial channel: no trap, and nobody answers
	retries   uint8
	interval  time.Duration
	immediate bool // by Alert Immediate, on channel
	channel   uint8
}

// alertPolicy begins the alert policy of a match, or defers it. [IPMI 2.0 §17.2, §17.13]
func (m *Machine) alertPolicy(found *pefMatch) {
	a := &m.alerts
	if len(a.runs) >= maxAlertRuns {
		m.log.Warn().Uint8("policy", found.policy).Msg("too many deferred alerts: alert dropped")
		return
	}
	a.runs = append(a.runs, &alertRun{found: *found, entries: m.pef.policySet(found.policy)})
	m.sendAlerts()
}

// sendAlerts goes on with the alerts, until one has to wait. All of them wait for the end of a power down.
// [IPMI 2.0 Table 17-1]
func (m *Machine) sendAlerts() {
	a := &m.alerts
	for a.current == nil && len(a.runs) > 0 && m.power.state != PowerTurningOff {
		run := a.runs[0]
		entry, ok := run.nextEntry(m)
		if !ok {
			a.runs = a.runs[1:]
			m.eventsProcessed()
			continue
		}
		if m.waitsForSOL(&entry) {
			run.next-- // again when SOL ends
			return
		}
		run.tried = true
		status := alertTimeouts
		if c := m.channels.byNumber[entry.channel()]; c != nil && !c.volatile.NoAlerting {
			text := m.pef.alertString(entry.stringKey(), run.found.filter)
			status = m.startAlert(c, entry.destination(), run.pet(text), false)
		}
		run.reached = status == alertNormalEnd
	}
}

// pet is the trap for the run's event.
func (r *alertRun) pet(text []byte) PET {
	return PET{Event: r.found.event, Timestamp: petTime(r.found.at), Source: petSourceBMC, Severity: r.found.severity, Text: text}
}

// nextEntry finds the next entry of the policy that is to be sent. [IPMI 2.0 §17.11, Table 17-4]
func (r *alertRun) nextEntry(m *Machine) (policyEntry, bool) {
	for r.next < len(r.entries) {
		e := r.entries[r.next]
		r.next++
		if !r.tried || !r.reached {
			return e, true
		}
		switch e.rule() {
		case profiles.PolicySkip:
		case profiles.PolicyStop:
			r.next = len(r.entries)
		case profiles.PolicyOtherChannel:
			r.skip(func(o *policyEntry) bool { return o.channel() == e.channel() })
		case profiles.PolicyOtherType:
			kind := m.destinationType(e.channel(), e.destination())
			r.skip(func(o *policyEntry) bool { return m.destinationType(o.channel(), o.destination()) == kind })
		default:
			return e, true
		}
	}
	return policyEntry{}, false
}

// skip passes over the entries that are alike.
func (r *alertRun) skip(alike func(*policyEntry) bool) {
	for r.next < len(r.entries) && alike(&r.entries[r.next]) {
		r.next++
	}
}

// destinationType tells types of destinations apart: the medium of the channel and the type on it.
func (m *Machine) destinationType(channel, destination uint8) (kind [2]uint8) {
	if c := m.channels.byNumber[channel]; c != nil {
		kind[0] = uint8(c.spec.Medium)
		if c.isLAN() && c.lan.hasEntry(lanDestinationType, destination) {
			kind[1] = c.lan.entry(lanDestinationType, destination)[0] & destinationTypeMask
		}
		if c.isSerial() && c.serial.stored.Parameters.hasEntry(serialDestination, destination) {
			kind[1] = c.serial.value(serialDestination, destination)[0] & serialDestinationMask
		}
	}
	return kind
}

// Bits of LAN parameter 18. [IPMI 2.0 §23.2]
const (
	destinationTypeMask     = 0x07
	destinationPET          = 0
	destinationAcknowledges = 1 << 7
	destinationRetryMask    = 0x07
)

// hasEntry reports whether a set selector of a parameter exists.
func (p *parameters) hasEntry(number, set uint8) bool {
	r := p.row(number)
	if r == nil {
		return false
	}
	_, err := r.key(set, 0)
	return err == nil
}

// startAlert sends an alert to a destination of a channel. It returns the outcome, or alertInProgress when that is open:
// current has it then. A destination without an address and one of an OEM type get nothing, and acknowledge nothing.
func (m *Machine) startAlert(c *channel, destination uint8, pet PET, immediate bool) alertStatus {
	if c.isSerial() {
		return m.startPage(c, destination, pet, immediate)
	}
	if !c.isLAN() {
		return alertNoCall
	}
	if !c.lan.hasEntry(lanDestinationType, destination) || !c.lan.hasEntry(lanDestination, destination) {
		return alertTimeouts
	}
	kind := c.lan.entry(lanDestinationType, destination)
	ip := destinationAddress(c.lan.entry(lanDestination, destination))
	if kind[0]&destinationTypeMask != destinationPET || ip.IsUnspecified() {
		return alertTimeouts
	}
	m.fillPET(&pet, c)
	data, err := pet.Trap()
	if err != nil {
		m.log.Error().Err(err).Msg("platform event trap cannot be encoded")
		return alertTimeouts
	}
	t := &attempt{
		trap: trap{netip.AddrPortFrom(ip, m.pef.spec.TrapPort), data, c.spec.Number}, pet: pet,
		ack: kind[0]&destinationAcknowledges != 0, interval: time.Duration(kind[1]+1) * time.Second,
		retries: kind[2] & destinationRetryMask, immediate: immediate, channel: c.spec.Number,
	}
	m.sendTrap(t.trap)
	if !t.ack && t.retries == 0 {
		return alertNormalEnd
	}
	m.alerts.current = t
	m.setAlarm(&m.alerts.alarm, t.interval, m.alertTimeout)
	return alertInProgress
}

// fillPET sets what is the same for all events.
func (m *Machine) fillPET(pet *PET, c *channel) {
	m.alerts.sequence++
	pet.Community, pet.Agent, pet.Uptime = c.community(), c.address(), time.Since(m.started)
	pet.GUID, pet.Sequence, pet.UTCOffset = m.trapGUID(), m.alerts.sequence, petNoUTCOffset
	if offset := m.clock.UTCOffset(); offset >= -petMaxOffset && offset <= petMaxOffset {
		pet.UTCOffset = offset
	}
	entity := m.entityOf(&pet.Event)
	pet.Entity, pet.Instance = uint8(entity.ID), entity.Instance
	pet.Manufacturer, pet.Product = m.profile.Device.Manufacturer, m.profile.Device.Product
}

// community is the community string of traps: without a parameter for it "public". [IPMI 2.0 §17.16; §23.2, parameter 16]
func (c *channel) community() string {
	if c.lan.row(lanCommunity) == nil {
		return "public"
	}
	text, _, _ := bytes.Cut(c.lan.entry(lanCommunity, 0), []byte{0})
	return string(text)
}

// address is the channel's IP address, also of one that does not tell it.
func (c *channel) address() profiles.IPv4 {
	if c.lan.row(lanIP) == nil {
		return c.spec.LAN.IP
	}
	return profiles.IPv4(c.lan.entry(lanIP, 0))
}

// trapGUID is the system GUID, unless a PEF parameter replaces it in traps. [IPMI 2.0 §30.4, parameter 10]
func (m *Machine) trapGUID() profiles.GUID {
	if own := m.pef.stored.Parameters.entry(pefGUID, 0); own[0]&1 != 0 {
		return profiles.GUID(own[1:])
	}
	return m.profile.System.GUID
}

// destinationAddress is the IP address of LAN parameter 19. [IPMI 2.0 §23.2]
func destinationAddress(b []byte) netip.Addr {
	if b[0]>>4 == destinationIPv6 {
		return netip.AddrFrom16([16]byte(b[1:]))
	}
	return netip.AddrFrom4([4]byte(b[2:]))
}

// alertTimeout sends the alert again, or gives it up. Without acknowledges the tries are sent all the same.
// [IPMI 2.0 §23.2, parameter 18]
func (m *Machine) alertTimeout() {
	t := m.alerts.current
	if t.retries == 0 {
		m.alertDone(alertTimeouts)
		return
	}
	t.retries--
	if t.call && t.retries == 0 {
		m.alertDone(alertNoCall)
		return
	}
	if !t.call {
		m.sendTrap(t.trap)
	}
	if !t.call && !t.ack && t.retries == 0 {
		m.alertDone(alertNormalEnd)
		return
	}
	m.setAlarm(&m.alerts.alarm, t.interval, m.alertTimeout)
}

// alertDone ends the alert that waited, and goes on.
func (m *Machine) alertDone(status alertStatus) {
	a := &m.alerts
	t := a.current
	a.current = nil
	a.alarm.stop()
	if t.immediate {
		a.immediate[t.channel] = status
	} else {
		a.runs[0].reached = status == alertNormalEnd
	}
	m.log.Info().Uint16("sequence", t.pet.Sequence).Uint8("status", uint8(status)).Msg("alert ended")
	m.sendAlerts()
}

// cancel forgets the alerts that filters began. One of Alert Immediate goes on. [IPMI 2.0 §17.4]
func (a *alerts) cancel() {
	a.runs = nil
	if a.current != nil && !a.current.immediate {
		a.current = nil
		a.alarm.stop()
	}
}

// stop forgets all alerts, as the start of the controller does.
func (a *alerts) stop() {
	a.runs, a.current, a.immediate = nil, nil, [16]alertStatus{}
	a.alarm.stop()
}

// skipAlerts forgets the alerts for events up to one that software says is processed; those in progress go on.
// [IPMI 2.0 §17.13.3]
func (m *Machine) skipAlerts(until sel.RecordID) {
	processed := func(found *pefMatch) bool { return until != sel.NoRecord && found.id != 0 && found.id <= until }
	a := &m.alerts
	a.runs = slices.DeleteFunc(a.runs, func(r *alertRun) bool { return !r.tried && processed(&r.found) })
	for i := range m.pef.matches {
		if found := &m.pef.matches[i]; processed(found) {
			found.actions &^= pefAlert // which may wait for the startup delay
		}
	}
}

// petAck names the PET that a PET Acknowledge is for. [IPMI 2.0 §30.8]
type petAck struct {
	Sequence  uint16
	Timestamp uint32
	Source    uint8 // event source type
	Device    uint8
	Sensor    uint8
	Data      [3]byte
}

// acknowledge ends the alert that waits for it.
func (m *Machine) acknowledge(ack petAck) {
	t := m.alerts.current
	if t == nil || !t.ack {
		return
	}
	e := &t.pet.Event
	if ack == (petAck{t.pet.Sequence, t.pet.Timestamp, t.pet.Source, e.GeneratorID[0], e.SensorNumber, e.Data}) {
		m.alertDone(alertNormalEnd)
	}
}

// alertImmediate sends an alert to a destination at once. [IPMI 2.0 §30.7]
func (m *Machine) alertImmediate(c *channel, destination uint8, pet PET) {
	m.alerts.immediate[c.spec.Number] = alertInProgress
	m.alerts.immediate[c.spec.Number] = m.startAlert(c, destination, pet, true)
}
