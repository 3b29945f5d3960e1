package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// addrBroadcast stands in front of a request that is meant to discover controllers. [IPMI 2.0 §20.9]
const addrBroadcast = 0x00

// FromBus takes a message that a controller of the world outside wrote to the bus of a channel, slave address first, and
// returns the answer as it goes back to the bus, or nil if there is none. [IPMI 2.0 §7.3]
func (m *Machine) FromBus(channel uint8, message []byte) []byte {
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	m.hold()
	answer := m.take(channel, message)
	m.deliver()
	err := m.release()
	if msg, parse := ipmb.ParseMessage(answer); err != nil && parse == nil && len(msg.Data) > 0 {
		op, _, _ := ipmb.OpOf(msg.NetFn, msg.Cmd, msg.Data[1:]) // what it changed could not be saved
		msg.Data = op.AppendExtension([]byte{byte(ipmb.Unspecified)})
		answer = msg.AppendTo(nil)
	}
	return answer
}
