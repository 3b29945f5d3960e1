package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// addrBroadcast stands in front of a request that is meant to discover controllers. [IPMI 2.0 §20.9]
const addrBroadcast = 0x00

// FromBus takes a message that another controller wrote to the bus of a channel, slave address first, and returns the
// answer as it goes back to the bus, or nil if there is none: the message is for somebody else, a checksum is wrong, it
// is an answer itself, or it waits for system software. With the broadcast address in front, the controller answers if
// the address behind it is its own and the command is Get Device ID. [IPMI 2.0 §7.3, §20.9]
func (m *Machine) FromBus(channel uint8, message []byte) []byte {
	broadcast := len(message) > 0 && message[0] == addrBroadcast
	if broadcast {
		message = message[1:]
	}
	msg, err := ipmb.ParseMessage(message)
	if err != nil || msg.To != ipmb.AddrBMC {
		return nil
	}
	if broadcast {
		op, _, _ := ipmb.OpOf(msg.NetFn, msg.Cmd, msg.Data)
		if op != ipmb.GetDeviceID || msg.NetFn.IsResponse() {
			return nil
		}
	}
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	_, c := m.channels.resolve(channel, channel)
	if c == nil || !c.isBus() || m.away.Load() {
		return nil
	}
	data, ok := m.dispatch(m.begin(&msg, channel), nil)
	if !ok {
		return nil
	}
	answer := msg.Response()
	answer.Data = data
	return answer.AppendTo(nil)
}
