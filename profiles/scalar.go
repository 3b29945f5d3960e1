package profiles

import "time"

// HexBytes is a string of bytes in hexadecimal, "a1 b2" or "a1b2".
type HexBytes []byte

// Duration is a time span with a unit, "1500ms" or "60s".
type Duration time.Duration

// GUID is 16 bytes in the order of the wire.
type GUID [16]byte

// Firmware is a firmware revision: the major number and the minor number in BCD. [IPMI 2.0 §20.1]
type Firmware struct {
	Major uint8 // 0-127
	Minor uint8 // two BCD digits
}

// Version is an IPMI version in BCD with the digits swapped: 02h is 2.0, 51h is 1.5. [IPMI 2.0 §20.1]
type Version uint8

// Support is one bit of the additional device support byte. [IPMI 2.0 §20.1, byte 7]
type Support uint8

// Additional device support.
const (
	SupportSensor Support = 1 << iota
	SupportSDRRepository
	SupportSEL
	SupportFRU
	SupportEventReceiver
	SupportEventGenerator
	SupportBridge
	SupportChassis
)

// Medium is a channel medium type. [IPMI 2.0 §6.5, Table 6-3]
type Medium uint8

// Channel medium types.
const (
	MediumIPMB            Medium = 1
	MediumICMB10          Medium = 2
	MediumICMB09          Medium = 3
	MediumLAN             Medium = 4 // 802.3
	MediumSerial          Medium = 5
	MediumOtherLAN        Medium = 6
	MediumPCISMBus        Medium = 7
	MediumSMBus1          Medium = 8
	MediumSMBus2          Medium = 9
	MediumUSB1            Medium = 10
	MediumUSB2            Medium = 11
	MediumSystemInterface Medium = 12
)

// Protocol is a channel protocol type. [IPMI 2.0 §6.4, Table 6-2]
type Protocol uint8

// Channel protocol types.
const (
	ProtocolIPMB         Protocol = 0x01
	ProtocolICMB         Protocol = 0x02
	ProtocolSMBus        Protocol = 0x04
	ProtocolKCS          Protocol = 0x05
	ProtocolSMIC         Protocol = 0x06
	ProtocolBT10         Protocol = 0x07
	ProtocolBT15         Protocol = 0x08
	ProtocolTerminalMode Protocol = 0x09
)

// SessionKind is a channel's session support. [IPMI 2.0 §22.24]
type SessionKind uint8

// Session support.
const (
	SessionLess SessionKind = iota
	SingleSession
	MultiSession
	SessionBased // switched between single and multi session by its configuration
)

// AccessMode is when a channel takes IPMI messages. [IPMI 2.0 §6.6, Table 6-4]
type AccessMode uint8

// Access modes.
const (
	AccessDisabled AccessMode = iota
	AccessPreBoot
	AccessAlways
	AccessShared
)

// AuthType is an IPMI v1.5 authentication type. [IPMI 2.0 §13.6]
type AuthType uint8

// Authentication types.
const (
	AuthNone     AuthType = 0
	AuthMD2      AuthType = 1
	AuthMD5      AuthType = 2
	AuthPassword AuthType = 4 // straight password or key
	AuthOEM      AuthType = 5
)

// InterfaceType is the kind of system interface. [IPMI 2.0 §22.9]
type InterfaceType uint8

// System interface types.
const (
	InterfaceSSIF InterfaceType = 0
	InterfaceKCS  InterfaceType = 1
	InterfaceSMIC InterfaceType = 2
	InterfaceBT   InterfaceType = 3 // not a number of §22.9: BT has a command of its own
)
