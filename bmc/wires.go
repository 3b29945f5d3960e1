package bmc

import (
	"errors"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// bridges are a machine's ways to other controllers: the buses of its public channels, who is on them, and the messages
// under way.
//
// A message is written to a bus as bytes to a slave address, so that whoever is there acknowledges it or not, and the
// writer knows that at once. What a controller took it looks at when the request in progress has its answer. So two
// messages never overtake one another, and no handler runs inside another one.
//
// On the wires of every bus a message has the IPMB's form. What system software gets has that of the channel's protocol:
// see fromBusForm.
type bridges struct {
	satellites []*Machine
	tree       *i2c.Tree // of the public buses

	// Of the machine that owns the others:
	frames []frame
	held   bool  // a request is in progress, which delivers them in the end
	alarm  alarm // delivers them when none is
}

// frame is a message that a controller took off its bus.
type frame struct {
	to      *Machine
	channel uint8 // of to
	bytes   []byte
}

// Bounds of the messages under way.
const (
	maxFrames = 256
	maxFrame  = 256 // bytes; bridged ones may be longer than the 32 of the IPMB [IPMI 2.0 §6.14]
)

// listener is a controller's end of a bus: it takes what a master writes to the controller's address. It is a slave that
// is written to and never read. [IPMB 1.0 §2]
type listener struct {
	i2c.Signal
	m       *Machine
	channel uint8 // of m
	bytes   []byte
}

// Start begins a message. A controller in reset does not answer.
func (l *listener) Start(addr uint8, read bool) bool {
	l.bytes = append(l.bytes[:0], addr<<1)
	return !read && !l.m.gone()
}

// Receive takes a byte of it.
func (l *listener) Receive(b byte) bool {
	if len(l.bytes) == maxFrame {
		return false
	}
	l.bytes = append(l.bytes, b)
	return true
}

// Send is never asked.
func (l *listener) Send() byte { return 0xff }

// Stop ends the message. An address alone is none.
func (l *listener) Stop() {
	if len(l.bytes) > 1 {
		l.m.post(l.channel, l.bytes)
	}
	l.bytes = nil
}

// Reset is the controller's power coming up.
func (l *listener) Reset() {
	l.bytes = nil
	if l.m.sensors != nil && l.m.sensors.loud {
		l.m.restartSatellite()
	}
}

// attach puts a satellite on a bus of the machine.
func (m *Machine) attach(s *Machine, spec *profiles.Satellite) error {
	id := i2c.PublicBus(spec.Channel)
	bus := m.bridges.tree.Bus(id)
	if bus == nil {
		var err error
		if bus, err = m.bridges.tree.AddBus(id); err != nil {
			return err
		}
	}
	var err error
	s.slot, err = bus.Attach(i2c.Slot{
		At: spec.At >> 1, Name: spec.Name, Model: "controller", Rail: i2c.Rail(spec.Rail), Device: &listener{m: s},
	})
	if err == nil {
		s.slot.SetPresent(!spec.Absent)
	}
	return err
}

// writeBus writes bytes to the bus of a channel, the slave address first. The errors are the completion codes of Send
// Message and Master Write-Read.
func (m *Machine) writeBus(channel uint8, b []byte) error {
	if m.owner != nil && channel == ChannelPrimaryIPMB {
		return m.writeUp(b)
	}
	if b[0] == addrBroadcast {
		return m.broadcast(channel, b)
	}
	_, err := transferOn(m.bridges.tree, i2c.PublicBus(channel), b[0]>>1, b[1:], nil)
	return err
}

// writeUp writes to the bus that a satellite is on: to its owner, or to another satellite there.
func (m *Machine) writeUp(b []byte) error {
	switch o := m.owner; {
	case !m.slot.Powered(), ipmb.Addr(b[0]) == m.address:
		return ccNAKOnWrite
	case ipmb.Addr(b[0]) != o.address:
		return o.writeBus(m.uplink, b)
	case o.gone():
		return ccNAKOnWrite
	default:
		o.post(m.uplink, b)
		return nil
	}
}

// broadcast writes to all controllers of a bus, who acknowledge together. The one whose address is behind the broadcast's
// looks at the message. [IPMI 2.0 §20.9]
func (m *Machine) broadcast(channel uint8, b []byte) error {
	err := error(ccNAKOnWrite)
	for _, s := range m.bridges.satellites {
		if s.uplink != channel || !s.slot.Powered() || s.gone() {
			continue
		}
		err = nil
		if len(b) > 1 && ipmb.Addr(b[1]) == s.address {
			s.post(ChannelPrimaryIPMB, b)
		}
	}
	return err
}

// transferOn is one transaction on a bus of a tree. The errors are the completion codes of Master Write-Read. A public bus
// without devices is there all the same: nobody acknowledges. [IPMI 2.0 §22.11]
func transferOn(tree *i2c.Tree, id i2c.BusID, addr uint8, write, read []byte) (int, error) {
	bus := tree.Bus(id)
	if bus == nil && id.Public {
		return 0, ccNAKOnWrite
	}
	if bus == nil {
		return 0, ipmb.InvalidField
	}
	n, err := bus.Transfer(addr, write, read)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, i2c.ErrArbitration):
		return 0, ccLostArbitration
	case errors.Is(err, i2c.ErrNAKAddress), errors.Is(err, i2c.ErrNAKData):
		return 0, ccNAKOnWrite
	case errors.Is(err, i2c.ErrTruncated):
		return n, ccTruncatedRead
	case errors.Is(err, i2c.ErrBusy):
		return 0, ipmb.NodeBusy
	}
	return 0, ccBusError
}

// post keeps a message that the machine took off a bus until it is delivered. Beyond the bound messages are lost, as they
// are in a controller without room.
func (m *Machine) post(channel uint8, b []byte) {
	top := m.top()
	if len(top.bridges.frames) == maxFrames {
		return
	}
	top.bridges.frames = append(top.bridges.frames, frame{m, channel, append([]byte(nil), b...)})
	if !top.bridges.held && !top.bridges.alarm.running() {
		top.setAlarm(&top.bridges.alarm, 0, top.deliver)
	}
}

// hold keeps messages until deliver.
func (m *Machine) hold() { m.bridges.held = true }

// deliver hands on the messages under way, in their order.
func (m *Machine) deliver() {
	if len(m.bridges.frames) > 0 {
		m.drain()
	}
	m.bridges.held = false
}

// drain delivers what is under way and what follows from it. It never goes on for ever, whatever controllers tell one
// another.
func (m *Machine) drain() {
	top := m.top()
	held := top.bridges.held
	top.bridges.held = true
	for n := 0; len(top.bridges.frames) > 0 && n < maxFrames; n++ {
		f := top.bridges.frames[0]
		top.bridges.frames = top.bridges.frames[1:]
		if answer := f.to.take(f.channel, f.bytes); answer != nil {
			_ = f.to.writeBus(f.channel, answer) // an answer that nobody takes is lost
		}
	}
	if len(top.bridges.frames) == 0 {
		top.bridges.frames = nil
	}
	top.bridges.held = held
}

// take runs a message that came over the bus of a channel, slave address first, and returns the answer as it goes back
// to the bus, or nil if there is none: the message is for somebody else, a checksum is wrong, it is an answer itself, or
// it waits for system software. With the broadcast address in front, the controller answers if the address behind it is
// its own and the command is Get Device ID. [IPMI 2.0 §7.3, §20.9]
func (m *Machine) take(channel uint8, message []byte) []byte {
	broadcast := len(message) > 0 && message[0] == addrBroadcast
	if broadcast {
		message = message[1:]
	}
	msg, err := ipmb.ParseMessage(message)
	if err != nil || msg.To != m.address {
		return nil
	}
	if broadcast {
		op, _, _ := ipmb.OpOf(msg.NetFn, msg.Cmd, msg.Data)
		if op != ipmb.GetDeviceID || msg.NetFn.IsResponse() {
			return nil
		}
	}
	_, c := m.channels.resolve(channel, channel)
	if c == nil || !c.isBus() || m.gone() {
		return nil
	}
	// Not the machine's own request: that may be in progress.
	r := &Request{Message: &msg, Channel: channel, Buf: make([]byte, 0, 64)}
	data, ok := m.dispatch(r, nil)
	if !ok {
		return nil
	}
	answer := msg.Response()
	answer.Data = data
	if r.hold > 0 {
		m.later(r.hold, func() { _ = m.writeBus(channel, answer.AppendTo(nil)) }) // an answer that nobody takes is lost
		return nil
	}
	return answer.AppendTo(nil)
}
