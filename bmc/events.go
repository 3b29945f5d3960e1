package bmc

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sel"
)

// Event is one event message. [IPMI 2.0 §29.3, Table 29-6]
type Event struct {
	GeneratorID  [2]byte // as in a SEL record: address or software ID, then channel and LUN
	EvMRev       uint8   // 04h: this specification's format
	SensorType   uint8
	SensorNumber uint8
	EventType    uint8 // event/reading type code, 7 bits
	Deassert     bool
	Data         [3]byte

	fromSystemSoftware bool // came over the system interface: logged even with logging disabled [IPMI 2.0 §22.1]
	received           bool // came as a message, from wherever
}

// deassertion is the direction, in the byte with the event type. [IPMI 2.0 §29.4]
const deassertion = 1 << 7

// System Event sensor. [IPMI 2.0 Table 42-3, sensor type 12h]
const (
	sensorTypeSystemEvent = 0x12
	offsetPEFAction       = 4
	offsetClockSynch      = 5
)

// typeByte has direction and event type. [IPMI 2.0 §29.4]
func (e *Event) typeByte() uint8 {
	if e.Deassert {
		return e.EventType | deassertion
	}
	return e.EventType
}

// ownEvent is an assertion of a sensor-specific offset of one of the controller's own sensors. Data bytes that are not
// given are unspecified.
func (m *Machine) ownEvent(sensorType, sensor uint8, data ...uint8) Event {
	e := Event{
		GeneratorID: [2]byte{byte(m.address), 0}, EvMRev: sel.EvMRev,
		SensorType: sensorType, SensorNumber: sensor, EventType: eventTypeSensor, Data: [3]byte{0xff, 0xff, 0xff},
	}
	copy(e.Data[:], data)
	return e
}

// event is the one way that an event goes, whoever generated it: event receiver, system event log, event message buffer,
// platform event filtering. Each of these is on or off on its own. The caller holds the lock. [IPMI 2.0 §17, §17.5, §22.1]
func (m *Machine) event(e Event) {
	if m.top().device.down {
		return
	}
	if !e.received && m.events.receiver.address != m.address {
		m.tellReceiver(&e)
		return
	}
	if m.owner != nil {
		_, _ = m.logEvent(&e) // a satellite that receives events has its log, and no filters
		return
	}
	entry, logged := m.logEvent(&e)
	m.log.Info().Uint8("sensor_type", e.SensorType).Uint8("sensor", e.SensorNumber).Uint8("event_type", e.EventType).
		Bool("deassert", e.Deassert).Bool("from_host", e.fromSystemSoftware).Bool("logged", logged).
		Hex("data", e.Data[:]).Msg("event")
	m.messaging.storeEvent(entry, e.fromSystemSoftware)
	m.filterEvent(e, entry, logged)
	if logged {
		m.logFilled()
	}
}

// tellReceiver sends an event of the controller's own to the event receiver, which is another controller on the IPMB,
// unless the generation of events is off. [IPMI 2.0 §29.1, §29.3]
func (m *Machine) tellReceiver(e *Event) {
	to := m.events.receiver
	if to.address == noEventReceiver {
		return
	}
	op := ipmb.PlatformEventMessage
	m.events.seq = (m.events.seq + 1) & 0x3f
	msg := ipmb.Message{
		To: to.address, ToLUN: to.lun, NetFn: op.NetFn, From: m.address, Seq: m.events.seq, Cmd: op.Cmd,
		Data: append([]byte{e.EvMRev, e.SensorType, e.SensorNumber, e.typeByte()}, e.Data[:]...),
	}
	if err := m.writeBus(ChannelPrimaryIPMB, msg.AppendTo(nil)); err != nil {
		m.log.Info().Uint8("receiver", uint8(to.address)).Err(err).Msg("event not delivered")
	}
}

// events is what the event path remembers.
type events struct {
	receiver eventReceiver
	received []eventRequest // over IPMB or a LAN: the last of each generator, longest ago first
	seq      uint8          // of the last event that was sent to another controller
}

// noEventReceiver as the address of the event receiver switches the generation of events off. [IPMI 2.0 §29.1]
const noEventReceiver ipmb.Addr = 0xff

// eventReceiver is where the controller's own events go: by default to itself, who is everybody's receiver.
type eventReceiver struct {
	address ipmb.Addr
	lun     ipmb.LUN
}

func newEvents() events { return events{receiver: eventReceiver{address: ipmb.AddrBMC}} }

// eventRequest is what tells a Platform Event Message that is sent again, because its answer got lost, from a new one.
// [IPMI 2.0 §16.3]
type eventRequest struct {
	from    ipmb.Addr
	lun     ipmb.LUN
	seq     uint8
	channel uint8
	session uint32    // ID; 0 outside of a session
	packet  uint32    // session sequence number
	at      time.Time // when it came
}

// eventGenerators is how many generators are remembered: six beside a system's own are wanted. [IPMI 2.0 §16.2]
const eventGenerators = 16

// duplicateWindow is how long a sequence number on the IPMB is remembered. In a session fewer than 64 packets lie
// between a request and its retry: after that many, six bits come again.
const (
	duplicateWindow  = 5 * time.Second
	duplicatePackets = 64
)

// sameSource reports whether two events came from one generator in the same way.
func (r *eventRequest) sameSource(o *eventRequest) bool {
	return r.from == o.from && r.lun == o.lun && r.channel == o.channel && r.session == o.session
}

// repeats reports whether r is before, sent again.
func (r *eventRequest) repeats(before *eventRequest) bool {
	return !before.at.IsZero() && r.sameSource(before) && r.seq == before.seq &&
		r.packet-before.packet < duplicatePackets && r.at.Sub(before.at) < duplicateWindow
}

// receivedAgain reports whether the request of a Platform Event Message was received before, and remembers it. The
// system interface has no sequence numbers.
func (m *Machine) receivedAgain(r *Request) bool {
	if r.SystemInterface() {
		return false
	}
	now := eventRequest{
		from: r.Message.From, lun: r.Message.FromLUN, seq: r.Message.Seq, channel: r.Channel, at: time.Now(),
	}
	if r.Session != nil {
		now.session, now.packet = r.Session.ID(), r.LAN.Sequence
	}
	list, again := m.events.received, false
	if i := slices.IndexFunc(list, func(r eventRequest) bool { return now.sameSource(&r) }); i >= 0 {
		again = now.repeats(&list[i])
		list = slices.Delete(list, i, i+1)
	} else if len(list) == eventGenerators {
		list = slices.Delete(list, 0, 1)
	}
	m.events.received = append(list, now)
	return again
}
