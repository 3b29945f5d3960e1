package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// channelCommands are the rows of [IPMI 2.0 §22.22-22.25].
var channelCommands = []Command{
	{Op: ipmb.SetChannelAccess, Name: "Set Channel Access", Section: "22.22", Priv: privAdmin, Len: exactly(3), Sub: setChannelAccessSubs, Keeps: keepsChannels, Do: setChannelAccess},
	{Op: ipmb.GetChannelAccess, Name: "Get Channel Access", Section: "22.23", Priv: privUser, Len: exactly(2), Do: getChannelAccess},
	{Op: ipmb.GetChannelInfo, Name: "Get Channel Info", Section: "22.24", Priv: privUser, Len: exactly(1), Do: getChannelInfo},
	{Op: ipmb.SetChannelSecurityKeys, Name: "Set Channel Security Keys", Section: "22.25", Priv: privAdmin, Len: atLeast(3), Keeps: keepsChannels | keepsKeys, Do: setChannelSecurityKeys},
}

// Command-specific completion codes of channel commands. [IPMI 2.0 §22.22, §22.23, §22.25]
const (
	ccChannelNotSupported ipmb.CompletionCode = 0x82 // the channel is session-less
	ccAccessMode          ipmb.CompletionCode = 0x83 // access mode not supported

	ccKeyLocked   ipmb.CompletionCode = 0x80
	ccKeyShort    ipmb.CompletionCode = 0x81
	ccKeyLong     ipmb.CompletionCode = 0x82
	ccKeyRejected ipmb.CompletionCode = 0x83
	ccKRUnused    ipmb.CompletionCode = 0x84
)

const channelNumberMask = 0x0f

// accessTarget is the two-bit operation in front of access settings. [IPMI 2.0 §22.22, bits 7:6]
type accessTarget uint8

const (
	accessUnchanged accessTarget = iota
	accessStored                 // non-volatile
	accessVolatile               // the settings in force
	accessReserved
)

// Bits of a channel's access byte. [IPMI 2.0 §22.22, byte 2]
const (
	accessNoAlerting       = 1 << 5
	accessNoPerMessageAuth = 1 << 4
	accessNoUserLevelAuth  = 1 << 3
	accessModeMask         = 0x07
)

// setChannelAccess changes when, how and up to which privilege a channel takes messages. [IPMI 2.0 §22.22]
func setChannelAccess(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	if !c.hasSessions() {
		return nil, ccChannelNotSupported
	}
	modeTarget, limitTarget := accessTarget(r.Data[1]>>6), accessTarget(r.Data[2]>>6)
	limit := ipmb.Privilege(r.Data[2] & 0x0f)
	if modeTarget == accessReserved || limitTarget == accessReserved || limitTarget != accessUnchanged && !limit.IsLevel() {
		return nil, ipmb.InvalidField
	}
	mode := profiles.AccessMode(r.Data[1] & accessModeMask)
	if modeTarget != accessUnchanged && !c.takesMode(mode) {
		return nil, ccAccessMode
	}
	if modeTarget != accessUnchanged && m.solHolds(c) {
		return nil, ipmb.NotSupportedInState // [IPMI 2.0 §15.13]
	}
	if a := c.settings(modeTarget); a != nil {
		a.Mode = mode
		a.NoAlerting = r.Data[1]&accessNoAlerting != 0
		a.NoPerMessageAuth = r.Data[1]&accessNoPerMessageAuth != 0
		a.NoUserLevelAuth = r.Data[1]&accessNoUserLevelAuth != 0
	}
	if a := c.settings(limitTarget); a != nil {
		a.Privilege = limit
	}
	return nil, nil
}

// getChannelAccess reads the settings back. [IPMI 2.0 §22.23]
func getChannelAccess(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	if !c.hasSessions() {
		return nil, ccChannelNotSupported
	}
	a := c.settings(accessTarget(r.Data[1] >> 6))
	if a == nil {
		return nil, ipmb.InvalidField
	}
	mode := a.Mode
	if a == &c.volatile {
		mode = m.modeInForce(c)
	}
	b := uint8(mode) & accessModeMask
	if a.NoAlerting {
		b |= accessNoAlerting
	}
	if a.NoPerMessageAuth {
		b |= accessNoPerMessageAuth
	}
	if a.NoUserLevelAuth {
		b |= accessNoUserLevelAuth
	}
	return append(r.Buf, b, uint8(a.Privilege)), nil
}

// settings are the access settings that a request means; nil for none.
func (c *channel) settings(t accessTarget) *access {
	switch t {
	case accessStored:
		return &c.stored
	case accessVolatile:
		return &c.volatile
	}
	return nil
}

// ianaIPMI is the enterprise number that stands for the IPMI specification's own channel protocols, 7154.
// [IPMI 2.0 §22.24, bytes 6:8]
const ianaIPMI = 7154

// getChannelInfo says what a channel is. [IPMI 2.0 §22.24]
func getChannelInfo(m *Machine, r *Request) ([]byte, error) {
	number, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	var active uint8
	if c.hasSessions() {
		active = uint8(min(m.sessions.ActiveOn(number), 0x3f)) // six bits
	}
	var aux [2]byte
	if number == ChannelSystemInterface {
		aux = [2]byte{m.profile.SystemInterface.SMSInterrupt, m.profile.SystemInterface.EventInterrupt}
	}
	return append(r.Buf, number, uint8(c.spec.Medium), uint8(c.spec.Protocol), uint8(c.spec.Sessions)<<6|active,
		ianaIPMI&0xff, ianaIPMI>>8, ianaIPMI>>16, aux[0], aux[1]), nil
}

// Operations and key IDs of Set Channel Security Keys. [IPMI 2.0 §22.25]
const (
	keyRead = 0
	keySet  = 1
	keyLock = 2

	keyIDKR = 0
	keyIDKG = 1

	keyStatusNotLockable = 0
	keyStatusLocked      = 1
	keyStatusUnlocked    = 2
)

// setChannelSecurityKeys reads, sets and locks the two keys of RMCP+. KG is the channel's and cannot be locked. KR is
// the controller's: it keys the random number generator. [IPMI 2.0 §22.25]
func setChannelSecurityKeys(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil || !c.isLAN() {
		return nil, ipmb.InvalidField
	}
	operation, key := r.Data[1]&3, r.Data[3:]
	if operation == keySet {
		switch {
		case len(key) < keyLen:
			return nil, ccKeyShort
		case len(key) > keyLen:
			return nil, ccKeyLong
		}
	} else if len(key) > 0 {
		return nil, ipmb.LengthInvalid
	}
	switch r.Data[2] {
	case keyIDKR:
		return m.keyKR(r.Buf, operation, key)
	case keyIDKG:
		return c.keyKG(r.Buf, operation, key)
	}
	return nil, ipmb.InvalidField
}

// keyKG is Set Channel Security Keys for KG. All zeros return the channel to one-key logins.
func (c *channel) keyKG(buf []byte, operation byte, key []byte) ([]byte, error) {
	switch operation {
	case keyRead:
		return append(append(buf, keyStatusNotLockable), c.kg[:]...), nil
	case keySet:
		c.kg = [keyLen]byte(key)
		return append(buf, keyStatusNotLockable), nil
	}
	return nil, ipmb.InvalidField
}

// keyKR is Set Channel Security Keys for KR.
func (m *Machine) keyKR(buf []byte, operation byte, key []byte) ([]byte, error) {
	k := &m.channels.kr
	if !m.profile.Sessions.KR {
		return nil, ccKRUnused
	}
	switch operation {
	case keyRead:
		if k.locked {
			return append(buf, keyStatusLocked), nil
		}
		return append(append(buf, keyStatusUnlocked), k.key[:]...), nil
	case keySet:
		if k.locked {
			return nil, ccKeyLocked
		}
		if [keyLen]byte(key) == [keyLen]byte{} {
			return nil, ccKeyRejected // a key that everybody knows would key nothing
		}
		k.key = [keyLen]byte(key)
		m.sessionRand.rekey(k.key[:])
		return append(buf, keyStatusUnlocked), nil
	case keyLock:
		k.locked = true
		return append(buf, keyStatusLocked), nil
	}
	return nil, ipmb.InvalidField
}
