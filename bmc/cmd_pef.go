package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// pefCommands are the rows of [IPMI 2.0 §30].
var pefCommands = []Command{
	{Op: ipmb.GetPEFCapabilities, Name: "Get PEF Capabilities", Section: "30.1", Priv: privUser, Len: none(), Do: getPEFCapabilities},
	{Op: ipmb.ArmPEFPostponeTimer, Name: "Arm PEF Postpone Timer", Section: "30.2", Priv: privAdmin, Len: exactly(1), Sub: armPEFSubs, Do: armPEFPostponeTimer},
	{Op: ipmb.SetPEFConfigurationParameters, Name: "Set PEF Configuration Parameters", Section: "30.3", Priv: privAdmin, Len: atLeast(2), Sub: pefParameterSubs, Keeps: keepsPEF, Do: setPEFParameters},
	{Op: ipmb.GetPEFConfigurationParameters, Name: "Get PEF Configuration Parameters", Section: "30.4", Priv: privOperator, Len: exactly(3), Do: getPEFParameters},
	{Op: ipmb.SetLastProcessedEventID, Name: "Set Last Processed Event ID", Section: "30.5", Priv: privAdmin, Len: exactly(3), Do: setLastProcessedEventID},
	{Op: ipmb.GetLastProcessedEventID, Name: "Get Last Processed Event ID", Section: "30.6", Priv: privAdmin, Len: none(), Do: getLastProcessedEventID},
	{Op: ipmb.AlertImmediate, Name: "Alert Immediate", Section: "30.7", Priv: privAdmin, Len: between(2, 11), Sub: alertImmediateSubs, Do: alertImmediate},
	{Op: ipmb.PETAcknowledge, Name: "PET Acknowledge", Section: "30.8", Priv: privCallback, Reach: Sessionless, Len: exactly(12), Do: petAcknowledge},
}

// pefVersion is 1.5, for this specification. [IPMI 2.0 §30.1]
const pefVersion = 0x51

func getPEFCapabilities(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, pefVersion, m.pef.actions, uint8(m.pef.spec.FilterSlots)), nil
}

// armPEFPostponeTimer arms the timer, or reads its countdown. [IPMI 2.0 §30.2]
func armPEFPostponeTimer(m *Machine, r *Request) ([]byte, error) {
	if r.Data[0] != pefAskPostpone {
		m.armPEF(r.Data[0])
	}
	return append(r.Buf, m.pef.postponed()), nil
}

const pefSelectorMask = 0x7f

// setPEFParameters writes one parameter. [IPMI 2.0 §30.3]
func setPEFParameters(m *Machine, r *Request) ([]byte, error) {
	if err := m.pef.stored.Parameters.write(m, nil, r.Data[0]&pefSelectorMask, r.Data[1:]); err != nil {
		return nil, err
	}
	m.pefConfigured()
	return nil, nil
}

// getPEFParameters reads one parameter. [IPMI 2.0 §30.4]
func getPEFParameters(m *Machine, r *Request) ([]byte, error) {
	selectors := [3]byte{r.Data[0] & pefSelectorMask, r.Data[1], r.Data[2]}
	return m.pef.stored.Parameters.answer(m, nil, r.Buf, r.Data[0]&revisionOnly != 0, selectors)
}

// setLastProcessedEventID notes how far software, or for tests the filter, has come. [IPMI 2.0 §30.5]
func setLastProcessedEventID(m *Machine, r *Request) ([]byte, error) {
	const processedByBMC = 1 << 0
	if m.sel.Erasing() {
		return nil, sel.EraseInProgress
	}
	id := sel.RecordID(binary.LittleEndian.Uint16(r.Data[1:]))
	if r.Data[0]&processedByBMC != 0 {
		m.pef.stored.BMC = id
		m.skipAlerts(id)
	} else {
		m.softwareProcessed(id)
	}
	return nil, nil
}

// getLastProcessedEventID reads how far they have come. [IPMI 2.0 §30.6]
func getLastProcessedEventID(m *Machine, r *Request) ([]byte, error) {
	info, err := m.sel.Info()
	if err != nil {
		return nil, err
	}
	id := sel.NoRecord
	if last, ok := m.sel.Last(); ok {
		id = last.ID()
	}
	b := binary.LittleEndian.AppendUint32(r.Buf, info.LastAdd)
	return appendEntryID(appendEntryID(appendEntryID(b, id), m.pef.stored.Software), m.pef.stored.BMC), nil
}

// Completion codes and operations of Alert Immediate. [IPMI 2.0 §30.7]
const (
	ccAlertInProgress        ipmb.CompletionCode = 0x81
	ccMessagingInProgress    ipmb.CompletionCode = 0x82
	ccNoPlatformEventSupport ipmb.CompletionCode = 0x83

	alertInitiate = 0
	alertStatusOf = 1
	alertClear    = 2

	sendAlertString = 1 << 7
)

// Platform Alert sensor: the event in a trap for which none was given. [IPMI 2.0 Table 42-3, sensor type 24h]
const (
	sensorTypePlatformAlert = 0x24
	offsetTrap              = 2
)

// alertImmediate sends an alert to a destination, or tells what became of the last one on the channel.
// [IPMI 2.0 §30.7]
func alertImmediate(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	switch {
	case c == nil, !c.isLAN() && !c.isSerial():
		return nil, ipmb.InvalidField
	case m.solHolds(c):
		return nil, ipmb.NotSupportedInState // [IPMI 2.0 §15.13]
	}
	switch r.Data[1] >> 6 {
	case alertInitiate:
		return nil, m.initiateAlert(c, r.Data[1]&0x0f, r.Data[2:])
	case alertStatusOf:
		return append(r.Buf, byte(m.alerts.immediate[c.spec.Number])), nil
	case alertClear:
		m.alerts.immediate[c.spec.Number] = alertNone
		return nil, nil
	}
	return nil, ipmb.InvalidField
}

// initiateAlert takes the alert string selector and, optionally, the event. [IPMI 2.0 §30.7, bytes 3 to 11]
func (m *Machine) initiateAlert(c *channel, destination uint8, b []byte) error {
	const withEvent = 1 + 8
	pet := PET{Event: m.ownEvent(sensorTypePlatformAlert, 0, offsetTrap), Timestamp: petTime(m.clock.Time()), Source: petSourceBMC}
	switch {
	case len(b) != 1 && len(b) != withEvent:
		return ipmb.LengthInvalid
	case len(b) == withEvent && m.pef.spec.NoEventParameters:
		return ccNoPlatformEventSupport
	case m.alerts.current != nil || len(m.alerts.runs) > 0:
		return ccAlertInProgress
	case c.spec.Sessions == profiles.SingleSession && m.sessions.ActiveOn(c.spec.Number) > 0:
		return ccMessagingInProgress
	case c.isLAN() && !c.lan.hasEntry(lanDestinationType, destination),
		c.isSerial() && !c.serial.stored.Parameters.hasEntry(serialDestination, destination):
		return ipmb.ParameterOutOfRange
	case c.isSerial() && c.serial.calling():
		return ccMessagingInProgress
	}
	if b[0]&sendAlertString != 0 {
		pet.Text = m.pef.stringBySelector(b[0] &^ sendAlertString)
	}
	if len(b) == withEvent {
		pet.Source = petSourceSoftware
		pet.Event = Event{
			GeneratorID: [2]byte{b[1], 0}, EvMRev: b[2], SensorType: b[3], SensorNumber: b[4],
			EventType: b[5] &^ deassertion, Deassert: b[5]&deassertion != 0, Data: [3]byte(b[6:]),
		}
	}
	m.alertImmediate(c, destination, pet)
	return nil
}

// petAcknowledge ends the tries of an alert. What is not waited for is no error. [IPMI 2.0 §30.8]
func petAcknowledge(m *Machine, r *Request) ([]byte, error) {
	b := r.Data
	m.acknowledge(petAck{
		Sequence: binary.LittleEndian.Uint16(b), Timestamp: binary.LittleEndian.Uint32(b[2:]),
		Source: b[6], Device: b[7], Sensor: b[8], Data: [3]byte(b[9:]),
	})
	return nil, nil
}
