package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sel"
)

// eventCommands are the rows of [IPMI 2.0 §29].
var eventCommands = []Command{
	{Op: ipmb.SetEventReceiver, Name: "Set Event Receiver", Section: "29.1", Priv: privAdmin, Len: exactly(2), Do: setEventReceiver},
	{Op: ipmb.GetEventReceiver, Name: "Get Event Receiver", Section: "29.2", Priv: privUser, Len: none(), Do: getEventReceiver},
	{Op: ipmb.PlatformEventMessage, Name: "Platform Event Message", Section: "29.3", Priv: privOperator, Len: between(5, 8), Do: platformEventMessage},
}

// setEventReceiver says where the controller's own events go, and re-arms all sensors. [IPMI 2.0 §29.1]
func setEventReceiver(m *Machine, r *Request) ([]byte, error) {
	address := ipmb.Addr(r.Data[0])
	if address != noEventReceiver && address&1 != 0 {
		return nil, ipmb.InvalidField
	}
	m.events.receiver = eventReceiver{address: address, lun: ipmb.LUN(r.Data[1] & 3)}
	m.rearmAll()
	return nil, nil
}

// getEventReceiver reads where they go. [IPMI 2.0 §29.2]
func getEventReceiver(m *Machine, r *Request) ([]byte, error) {
	to := m.events.receiver
	return append(r.Buf, byte(to.address), byte(to.lun)), nil
}

// platformEventMessage receives an event. Messages of IPMI 1.0 are logged in the format of today. [IPMI 2.0 §29.3]
func platformEventMessage(m *Machine, r *Request) ([]byte, error) {
	e, err := ParsePlatformEventReq(r)
	if err != nil {
		return nil, err
	}
	if m.receivedAgain(r) {
		return nil, nil // [IPMI 2.0 §16.3]
	}
	m.event(e)
	return nil, nil
}

// ParsePlatformEventReq reads a Platform Event Message. Only on the system interface the generator ID is a part of its
// data, by convention a software ID; elsewhere the requester is the generator, whose LUN counts if it is a controller.
// Absent event data are FFh. [IPMI 2.0 §29.3, Table 29-4; Table 32-1, byte 9]
func ParsePlatformEventReq(r *Request) (Event, error) {
	const least = 5 // EvMRev to event data 1
	b, e := r.Data, Event{EvMRev: sel.EvMRev, Data: [3]byte{0xff, 0xff, 0xff}, received: true}
	if r.SystemInterface() {
		e.GeneratorID, e.fromSystemSoftware = [2]byte{b[0], 0}, true
		b = b[1:]
	} else {
		e.GeneratorID = [2]byte{byte(r.Message.From), r.Channel << 4}
		if software := r.Message.From&1 != 0; !software {
			e.GeneratorID[1] |= byte(r.Message.FromLUN)
		}
	}
	if len(b) < least || len(b) > least+2 {
		return Event{}, ipmb.LengthInvalid
	}
	if b[0] != sel.EvMRev && b[0] != sel.EvMRev10 {
		return Event{}, ipmb.InvalidField
	}
	e.SensorType, e.SensorNumber, e.EventType, e.Deassert = b[1], b[2], b[3]&^deassertion, b[3]&deassertion != 0
	copy(e.Data[:], b[4:])
	return e, nil
}
