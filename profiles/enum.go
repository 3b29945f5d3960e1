package profiles

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

var supportWords = []word{
	{"sensor", uint8(SupportSensor)},
	{"sdr-repository", uint8(SupportSDRRepository)},
	{"sel", uint8(SupportSEL)},
	{"fru", uint8(SupportFRU)},
	{"event-receiver", uint8(SupportEventReceiver)},
	{"event-generator", uint8(SupportEventGenerator)},
	{"bridge", uint8(SupportBridge)},
	{"chassis", uint8(SupportChassis)},
}

// String is the word of profiles.
func (s Support) String() string { return nameOf(supportWords, s) }

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

var mediumWords = []word{
	{"ipmb", uint8(MediumIPMB)},
	{"icmb-1.0", uint8(MediumICMB10)},
	{"icmb-0.9", uint8(MediumICMB09)},
	{"lan", uint8(MediumLAN)},
	{"serial", uint8(MediumSerial)},
	{"other-lan", uint8(MediumOtherLAN)},
	{"pci-smbus", uint8(MediumPCISMBus)},
	{"smbus-1", uint8(MediumSMBus1)},
	{"smbus-2", uint8(MediumSMBus2)},
	{"usb-1", uint8(MediumUSB1)},
	{"usb-2", uint8(MediumUSB2)},
	{"system-interface", uint8(MediumSystemInterface)},
}

// String is the word of profiles.
func (m Medium) String() string { return nameOf(mediumWords, m) }

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

var protocolWords = []word{
	{"ipmb", uint8(ProtocolIPMB)},
	{"icmb", uint8(ProtocolICMB)},
	{"smbus", uint8(ProtocolSMBus)},
	{"kcs", uint8(ProtocolKCS)},
	{"smic", uint8(ProtocolSMIC)},
	{"bt-1.0", uint8(ProtocolBT10)},
	{"bt-1.5", uint8(ProtocolBT15)},
	{"terminal-mode", uint8(ProtocolTerminalMode)},
}

// String is the word of profiles.
func (p Protocol) String() string { return nameOf(protocolWords, p) }

// SessionKind is a channel's session support. [IPMI 2.0 §22.24]
type SessionKind uint8

// Session support.
const (
	SessionLess SessionKind = iota
	SingleSession
	MultiSession
	SessionBased // switched between single and multi session by its configuration
)

var sessionKindWords = []word{
	{"none", uint8(SessionLess)},
	{"single", uint8(SingleSession)},
	{"multi", uint8(MultiSession)},
	{"session-based", uint8(SessionBased)},
}

// String is the word of profiles.
func (k SessionKind) String() string { return nameOf(sessionKindWords, k) }

// AccessMode is when a channel takes IPMI messages. [IPMI 2.0 §6.6, Table 6-4]
type AccessMode uint8

// Access modes.
const (
	AccessDisabled AccessMode = iota
	AccessPreBoot
	AccessAlways
	AccessShared
)

var accessModeWords = []word{
	{"disabled", uint8(AccessDisabled)},
	{"pre-boot", uint8(AccessPreBoot)},
	{"always", uint8(AccessAlways)},
	{"shared", uint8(AccessShared)},
}

// String is the word of profiles.
func (m AccessMode) String() string { return nameOf(accessModeWords, m) }

// InterfaceType is the kind of system interface. [IPMI 2.0 §22.9]
type InterfaceType uint8

// System interface types.
const (
	InterfaceSSIF InterfaceType = 0
	InterfaceKCS  InterfaceType = 1
	InterfaceSMIC InterfaceType = 2
	InterfaceBT   InterfaceType = 3 // not a number of §22.9: BT has a command of its own
)

var interfaceWords = []word{
	{"ssif", uint8(InterfaceSSIF)},
	{"kcs", uint8(InterfaceKCS)},
	{"smic", uint8(InterfaceSMIC)},
	{"bt", uint8(InterfaceBT)},
}

// String is the word of profiles.
func (t InterfaceType) String() string { return nameOf(interfaceWords, t) }
