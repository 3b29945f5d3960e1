package bmc

import "encoding/binary"

// Sub-function numbers of commands, for the rows of the command table. A request uses a sub-function when it asks for
// what the sub-function stands for; what is
// left as it is uses none. [IPMI 2.0 App. H, Table H-1]
var (
	chassisControlSubs = SubFunctions{Known: 0b111110, Of: func(_ *Machine, r *Request) uint64 { // power down has none
		return 0b111110 & (1 << (r.Data[0] & 0x0f))
	}}
	chassisIdentifySubs = SubFunctions{Known: 1, Of: func(_ *Machine, r *Request) uint64 { // force on
		if len(r.Data) < 2 {
			return 0
		}
		return uint64(r.Data[1] & 1)
	}}
	frontPanelSubs = SubFunctions{Known: 0x0f, Of: func(m *Machine, r *Request) uint64 { // changes, a bit for each button
		return uint64((r.Data[0] ^ byte(m.chassis.stored.Disabled)) & 0x0f)
	}}
	bootOptionSubs       = SubFunctions{Known: 0x1ffe, Of: bootOptionParts}
	setWatchdogSubs      = SubFunctions{Known: 0x0f, Of: watchdogParts}
	closeSessionSubs     = SubFunctions{Known: sessionChannels, Of: closedChannel}
	setChannelAccessSubs = SubFunctions{Known: 0x0fff, Of: func(m *Machine, r *Request) uint64 { // by channel 0-11
		return channelBit(m, r, r.Data[0]) & 0x0fff
	}}
	globalEnablesSubs = SubFunctions{Known: 0xef, Of: func(m *Machine, r *Request) uint64 { // changes, by bit
		return uint64(r.Data[0]^uint8(m.messaging.enables)) & 0xef
	}}
	clearFlagsSubs = SubFunctions{Known: 0xeb, Of: func(_ *Machine, r *Request) uint64 { // by bit of the request
		return uint64(r.Data[0]) & 0xeb
	}}
	channelReceiveSubs = SubFunctions{Known: sessionChannels, Of: func(m *Machine, r *Request) uint64 {
		if r.Data[1]&receiveStateMask == receiveGet {
			return 0
		}
		return channelBit(m, r, r.Data[0]) & sessionChannels
	}}
	sendMessageSubs = SubFunctions{Known: 0x0fff, Of: func(m *Machine, r *Request) uint64 { // by target channel 0-11
		return channelBit(m, r, r.Data[0]) & 0x0fff
	}}
	masterWriteReadSubs = SubFunctions{Known: 0x0ffffe, Of: masterWriteReadPart}
)

// sessionChannels are the sub-functions of commands that number channels from 1 to 11.
const sessionChannels = 0x0ffe

// channelBit is the bit of the channel that a request's byte names.
func channelBit(m *Machine, r *Request, b byte) uint64 {
	number, _ := m.channels.resolve(b&channelNumberMask, r.Channel)
	return 1 << number
}

// bootOptionParts: 1-7 are the parameters of that number, 8-12 the acknowledge bits of parameter 4 for OEM, SMS, OS
// service partition, OS loader and BIOS, in the opposite order of its bits.
func bootOptionParts(_ *Machine, r *Request) uint64 {
	parameter := r.Data[0] & 0x7f
	if parameter < 1 || parameter > 7 {
		return 0
	}
	used := uint64(1) << parameter
	if parameter == 4 && len(r.Data) > 1 {
		for bit := range 5 {
			if r.Data[1]&(1<<bit) != 0 {
				used |= 1 << (12 - bit)
			}
		}
	}
	return used
}

// watchdogParts: 0 timer use, 1 timeout and pre-timeout actions, 2 clearing of expiration flags, 3 countdown; what stays
// as it is uses none.
func watchdogParts(m *Machine, r *Request) (used uint64) {
	now := &m.watchdog.settings
	if watchdogUse(r.Data[0]&0x07) != now.Use {
		used |= 1 << 0
	}
	if r.Data[1]&0x77 != uint8(now.Interrupt)<<4|uint8(now.Action) {
		used |= 1 << 1
	}
	if r.Data[3] != 0 {
		used |= 1 << 2
	}
	if binary.LittleEndian.Uint16(r.Data[4:]) != now.Countdown {
		used |= 1 << 3
	}
	return used
}

// closedChannel is the channel of the session that a request closes.
func closedChannel(m *Machine, r *Request) uint64 {
	s := m.sessions.ByID(binary.LittleEndian.Uint32(r.Data))
	if s == nil && len(r.Data) > 4 {
		s = m.sessions.ByHandle(r.Data[4])
	}
	if s == nil {
		return 0
	}
	return 1 << s.Channel() & sessionChannels
}

// masterWriteReadPart: 1-7 are the public buses of channels 1 to 7, 8-15 private buses 0 to 7, 16-19 the public buses of
// channels 8 to 11.
func masterWriteReadPart(m *Machine, r *Request) uint64 {
	bus := r.Data[0] >> 1 & 7
	if r.Data[0]&1 == 1 {
		return 1 << (8 + bus)
	}
	channel, _ := m.channels.resolve(r.Data[0]>>4, r.Channel)
	switch {
	case channel >= 1 && channel <= 7:
		return 1 << channel
	case channel >= 8 && channel <= 11:
		return 1 << (16 + channel - 8)
	}
	return 0
}

// allows reports whether all sub-functions that a request uses are switched on.
func (f *firewall) allows(m *Machine, c *Command, r *Request) bool {
	if len(f.subs) == 0 || c.Sub.Of == nil {
		return true
	}
	return f.subs[subKey{r.Channel & 15, c.index}]&c.Sub.Of(m, r) == 0
}
