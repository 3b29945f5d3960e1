package bmc

import (
	"math/bits"
	"slices"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Serial/modem configuration parameters with a meaning for other parts of the machine. [IPMI 2.0 §25.2, Table 25-4]
const (
	serialConnectionMode   = 3
	serialCallback         = 5
	serialComm             = 7
	serialMuxControl       = 8
	serialCommunity        = 15
	serialDestinationCount = 16
	serialDestination      = 17
	serialCallRetry        = 18
	serialDestinationComm  = 19
	serialDialStringCount  = 20
	serialDialString       = 21
	serialAddressCount     = 22
	serialAddress          = 23
	serialTAPCount         = 24
	serialTAPAccount       = 25
	serialTAPSettings      = 28
	serialTerminalMode     = 29
	serialPPPCount         = 37
	serialPPPAccount       = 38
	serialPPPHoldTime      = 44
	serialProxyTransmit    = 46
	serialProxyReceive     = 47
	serialBitRates         = 50
	serialPorts            = 51
	serialConnectorNames   = 52
	serialControllerNames  = 53
)

// Sizes that the specification leaves to the controller, or sets.
const (
	modemInitBlocks  = 3 // at least three recommended [IPMI 2.0 §25.2, parameter 10]
	dialStringBlocks = 2 // required [IPMI 2.0 §25.2, parameters 21 and 49]
	serialPortCount  = 1 // port associations: the host has one serial port
)

// Numbers of set selectors in serialRows that stand for a count of the profile. Entry 0 of each is the volatile one.
const (
	setsDestinations = -1 - iota
	setsDialStrings
	setsAddresses
	setsTAPAccounts
	setsPPPAccounts
)

// allEscaped are the asynchronous control character maps that have every control character escaped.
var allEscaped = slices.Repeat([]byte{0xff}, 8)

// serialRows are the serial/modem configuration parameters. Which of them have an effect is said at [profiles.Serial].
// [IPMI 2.0 §25.2, Table 25-4]
var serialRows = []parameterRow{
	{number: 1, name: "authentication type support", size: 1, access: readOnly, load: loadAuthSupport},
	{number: 2, name: "authentication type enables", size: 5, load: loadAuthEnables, store: storeAuthEnables},
	{number: serialConnectionMode, name: "connection mode", size: 1, mask: []byte{0x87}},
	{number: 4, name: "session inactivity timeout", size: 1, initial: []byte{0x02}, mask: []byte{0x0f}}, // 60 s
	{number: serialCallback, name: "channel callback control", size: 5, initial: []byte{0, 0, 0xff, 0xff, 0xff}, mask: []byte{0x03, 0x0f}},
	{number: 6, name: "session termination", size: 1, initial: []byte{0x03}, mask: []byte{0x03}},
	{number: serialComm, name: "IPMI messaging comm settings", size: 2, mask: []byte{0xe0, 0x0f}},
	{number: serialMuxControl, name: "mux switch control", size: 2, mask: []byte{0x7f, 0x0f}},
	{number: 9, name: "modem ring time", size: 2, mask: []byte{0x3f, 0x0f}, check: checkRingTime},
	{number: 10, name: "modem init string", size: 17, short: 2, pad: true, sets: modemInitBlocks, first: 1},
	{number: 11, name: "modem escape sequence", size: 5, short: 1, pad: true},
	{number: 12, name: "modem hang-up sequence", size: 8, short: 1, pad: true},
	{number: 13, name: "modem dial command", size: 8, short: 1, pad: true},
	{number: 14, name: "page blackout interval", size: 1},
	{number: serialCommunity, name: "community string", size: 18},
	{number: serialDestinationCount, name: "number of alert destinations", size: 1, access: readOnly},
	{number: serialDestination, name: "destination info", size: 5, sets: setsDestinations, lost: lostFirst, initial: []byte{0, 4, 0, 0}, // 5 s, 0-based
		mask: []byte{0x8f, 0xff, 0x77, 0xff}, check: checkDestinationInfo},
	{number: serialCallRetry, name: "call retry interval", size: 1},
	{number: serialDestinationComm, name: "destination comm settings", size: 3, sets: setsDestinations, lost: lostFirst, mask: []byte{0xdf, 0x0f}},
	{number: serialDialStringCount, name: "number of dial strings", size: 1, access: readOnly},
	{number: serialDialString, name: "destination dial strings", size: 18, short: 3, pad: true, sets: setsDialStrings, lost: lostFirst,
		blocks: dialStringBlocks, firstBlock: 1},
	{number: serialAddressCount, name: "number of alert destination IP addresses", size: 1, access: readOnly},
	{number: serialAddress, name: "destination IP addresses", size: 5, sets: setsAddresses, lost: lostFirst},
	{number: serialTAPCount, name: "number of TAP accounts", size: 1, access: readOnly},
	{number: serialTAPAccount, name: "TAP account", size: 2, sets: setsTAPAccounts, lost: lostFirst},
	// Bytes 2 to 8 are one more than the six characters that the text has.
	{number: 26, name: "TAP passwords", size: 8, short: 2, pad: true, sets: setsTAPAccounts, lost: lostFirst, access: writeOnly},
	{number: 27, name: "TAP pager ID strings", size: 17, short: 2, pad: true, sets: setsTAPAccounts, lost: lostFirst},
	{number: serialTAPSettings, name: "TAP service settings", size: 14, sets: setsTAPAccounts, lost: lostFirst, mask: []byte{0x03}, check: atMost(0, 0x03, 2),
		initial: []byte{0, 'P', 'G', '1', 0xff, 0xff, 0xff, 0xff, 0x11, 0x34, 0x13, 0x33, 0x33}},
	{number: serialTerminalMode, name: "terminal mode configuration", size: 2, lost: lostAll, load: loadTerminalMode, store: storeTerminalMode},
	{number: 30, name: "PPP protocol options", size: 3, mask: []byte{0x07, 0x37, 0x1f}, check: checkPPPOptions},
	{number: 31, name: "PPP primary RMCP port number", size: 2, initial: []byte{0x6f, 0x02}},
	{number: 32, name: "PPP secondary RMCP port number", size: 2, initial: []byte{0x98, 0x02}},
	{number: 33, name: "PPP link authentication", size: 1, mask: []byte{0x0f}, check: atMost(0, 0x0f, 5)},
	{number: 34, name: "CHAP name", size: 16, short: 1, pad: true},
	{number: 35, name: "PPP ACCM", size: 8, initial: allEscaped},
	{number: 36, name: "PPP snoop ACCM", size: 4, initial: allEscaped[:4]},
	{number: serialPPPCount, name: "number of PPP accounts", size: 1, access: readOnly},
	{number: serialPPPAccount, name: "PPP account dial string selector", size: 2, sets: setsPPPAccounts, lost: lostFirst},
	{number: 39, name: "PPP account IP addresses", size: 5, sets: setsPPPAccounts, lost: lostFirst},
	{number: 40, name: "PPP account user names", size: 17, short: 2, pad: true, sets: setsPPPAccounts, lost: lostFirst},
	{number: 41, name: "PPP account user domains", size: 17, short: 2, pad: true, sets: setsPPPAccounts, lost: lostFirst},
	{number: 42, name: "PPP account user passwords", size: 17, short: 2, pad: true, sets: setsPPPAccounts, lost: lostFirst, access: writeOnly},
	{number: 43, name: "PPP account authentication settings", size: 2, sets: setsPPPAccounts, lost: lostFirst, mask: []byte{0x0f}, check: atMost(0, 0x0f, 5)},
	{number: serialPPPHoldTime, name: "PPP account connection hold times", size: 2, sets: setsPPPAccounts, lost: lostFirst},
	{number: 45, name: "PPP UDP proxy IP header data", size: 8},
	{number: serialProxyTransmit, name: "PPP UDP proxy transmit buffer size", size: 2, access: readOnly},
	{number: serialProxyReceive, name: "PPP UDP proxy receive buffer size", size: 2, access: readOnly},
	{number: 48, name: "PPP remote console IP address", size: 4},
	{number: 49, name: "system phone number", size: 17, short: 2, pad: true, blocks: dialStringBlocks, firstBlock: 1},
	{number: serialBitRates, name: "bit rate support", size: 1, access: readOnly},
	{number: serialPorts, name: "system serial port association", size: 3, sets: serialPortCount, access: readOnly},
	{number: serialConnectorNames, name: "system connector names", size: 17, sets: serialPortCount},
	{number: serialControllerNames, name: "system serial channel names", size: 17, sets: serialPortCount},
	{number: 54, name: "bad password threshold", size: 6, load: loadBadPassword, store: storeBadPassword},
}

// newSerialParameters makes a channel's parameters from the profile.
func newSerialParameters(number uint8, spec *profiles.Serial) (parameters, error) {
	p := parameters{rows: slices.Clone(serialRows)}
	counts := map[int]uint8{
		setsDestinations: spec.Destinations, setsDialStrings: spec.DialStrings, setsAddresses: spec.Addresses,
		setsTAPAccounts: spec.TAPAccounts, setsPPPAccounts: spec.PPPAccounts,
	}
	p.rows = slices.DeleteFunc(p.rows, func(r parameterRow) bool {
		return slices.Contains(spec.Without, r.number) || r.sets < 0 && counts[r.sets] == 0 ||
			isPPPParameter(r.number) && !slices.Contains(spec.Modes, profiles.SerialPPP) ||
			r.number == serialTerminalMode && !slices.Contains(spec.Modes, profiles.SerialTerminal)
	})
	limits := serialLimits{modes: bitsOf(spec.Modes), detects: spec.AutoDetect, rates: bitRateBits(spec.BitRates), destinations: spec.Destinations}
	for i := range p.rows {
		r := &p.rows[i]
		if slices.Contains(spec.ReadOnly, r.number) {
			r.access = readOnly
		}
		if r.sets < 0 {
			r.sets = 1 + int(counts[r.sets])
		}
		limits.apply(r)
		if r.number == serialMuxControl && !spec.Sharing.Available {
			r.mask = []byte{0x7f, 0x0f &^ muxSharing}
		}
	}
	p.serialValues(number, spec)
	return p, p.configure(spec.Parameters, firstOEMParameter)
}

// serialValues sets what the profile has keys for.
func (p *parameters) serialValues(number uint8, spec *profiles.Serial) {
	set := func(parameter uint8, data ...byte) { p.put(parameterKey{number: parameter}, data) }
	enabled := spec.Enabled
	if enabled == nil && len(spec.Modes) > 0 {
		enabled = spec.Modes[:1]
	}
	set(serialConnectionMode, uint8(spec.Connection)<<7|bitsOf(enabled))
	set(serialComm, 0, uint8(spec.BitRate))
	sharing := uint8(0)
	if spec.Sharing.Available && spec.Sharing.Enabled {
		sharing = muxSharing
	}
	set(serialMuxControl, 0, sharing)
	community := make([]byte, 18)
	copy(community, spec.Community)
	set(serialCommunity, community...)
	set(serialDestinationCount, spec.Destinations)
	set(serialDialStringCount, spec.DialStrings)
	set(serialAddressCount, spec.Addresses)
	set(serialTAPCount, spec.TAPAccounts)
	set(serialPPPCount, spec.PPPAccounts)
	set(serialProxyTransmit, uint8(spec.UDPProxy), uint8(spec.UDPProxy>>8))
	set(serialProxyReceive, uint8(spec.UDPProxy), uint8(spec.UDPProxy>>8))
	set(serialBitRates, bitRateBits(spec.BitRates))
	for destination := range int(spec.Destinations) + 1 {
		p.put(parameterKey{number: serialDestinationComm, set: uint8(destination)}, []byte{0, uint8(spec.BitRate)})
	}
	p.serialPort(number, spec)
}

// Bits of a system serial port association. [IPMI 2.0 §25.2, parameter 51]
const (
	portShared = 1 << 7 // with Serial Port Sharing
	portSOL    = 1 << 6
)

// serialPort says which connector and which of the host's serial controllers belong together.
func (p *parameters) serialPort(number uint8, spec *profiles.Serial) {
	const connector = 1
	association := []byte{number<<4 | connector, solPort}
	if spec.Sharing.Available {
		association[1] |= portShared
	}
	if spec.Sharing.SOL {
		association[1] |= portSOL
	}
	p.put(parameterKey{number: serialPorts}, association)
	for parameter, name := range map[uint8]string{serialConnectorNames: spec.Connector, serialControllerNames: spec.Controller} {
		data := make([]byte, 16) // encoding 0: ASCII+LATIN 1
		copy(data[1:], name)
		p.put(parameterKey{number: parameter}, data)
	}
}

// isPPPParameter reports whether a parameter is there for PPP mode alone. The sizes of the UDP proxy's buffers say 0
// instead.
func isPPPParameter(number uint8) bool {
	return number >= 30 && number <= 45 || number == 48
}

// bitRateBits has the bits of parameter 50.
func bitRateBits(rates []profiles.BitRate) (bits uint8) {
	for _, rate := range rates {
		bits |= 1 << (rate - profiles.BitRate9600)
	}
	return bits
}

// serialLimits are what the checks of parameters need to know of the profile.
type serialLimits struct {
	modes        uint8 // connection modes that there are
	detects      bool  // more than one of them at a time
	rates        uint8 // as in parameter 50
	destinations uint8
}

// apply gives a parameter the check that depends on the profile.
func (l serialLimits) apply(r *parameterRow) {
	switch r.number {
	case serialConnectionMode:
		r.check = l.checkMode
	case serialCallback:
		r.check = l.checkCallback
	case serialComm, serialDestinationComm:
		r.check = l.checkComm
	}
}

// checkMode refuses modes that are not there, and a second one if the mode is not detected. [IPMI 2.0 §25.2, parameter 3]
func (l serialLimits) checkMode(data []byte) error {
	const modes = 0x07
	enabled := data[0] & modes
	if enabled&^l.modes != 0 || !l.detects && bits.OnesCount8(enabled) > 1 {
		return ipmb.InvalidField
	}
	return nil
}

// checkCallback takes destinations that exist, and FFh for none. [IPMI 2.0 §25.2, parameter 5]
func (l serialLimits) checkCallback(data []byte) error {
	for _, destination := range data[2:] {
		if destination != 0xff && destination > l.destinations {
			return ipmb.ParameterOutOfRange
		}
	}
	return nil
}

// checkComm takes flow control and bit rates that there are. [IPMI 2.0 §25.2, parameters 7 and 19]
func (l serialLimits) checkComm(data []byte) error {
	const (
		flowReserved = 3
		evenParity   = 2 // the last one; in parameter 7 the bits are reserved
	)
	rate := profiles.BitRate(data[1] & 0x0f)
	switch {
	case data[0]>>6 == flowReserved, data[0]&0x07 > evenParity:
		return ipmb.InvalidField
	case rate < profiles.BitRate9600, l.rates&(1<<(rate-profiles.BitRate9600)) == 0:
		return ipmb.ParameterOutOfRange
	}
	return nil
}

// checkRingTime refuses the reserved ring duration. [IPMI 2.0 §25.2, parameter 9]
func checkRingTime(data []byte) error {
	const reserved = 0x3f
	if data[0]&0x3f == reserved {
		return ipmb.InvalidField
	}
	return nil
}

// Destination types. [IPMI 2.0 §25.2, parameter 17]
const (
	destinationDialPage      = 0x0
	destinationTAPPage       = 0x1
	destinationPPPAlert      = 0x2
	destinationBasicCallback = 0x3
	destinationPPPCallback   = 0x4
	destinationOEM1          = 0xe
	serialDestinationMask    = 0x0f
	callRetryMask            = 0x07 // of byte 4
)

func checkDestinationInfo(data []byte) error {
	if kind := data[0] & serialDestinationMask; kind > destinationPPPCallback && kind < destinationOEM1 {
		return ipmb.InvalidField
	}
	return nil
}

// checkPPPOptions refuses the reserved ways of snooping and of negotiating an address. [IPMI 2.0 §25.2, parameter 30]
func checkPPPOptions(data []byte) error {
	const snoopReserved, addressReserved = 2, 3
	if data[0]&0x03 >= snoopReserved || data[2]>>3&0x03 == addressReserved {
		return ipmb.InvalidField
	}
	return nil
}

// Operations and fields of the terminal mode configuration. [IPMI 2.0 §25.2, parameter 29]
const (
	terminalVolatile    = 0
	terminalNonVolatile = 1
	terminalRestore     = 2

	terminalOptions = 0x2f

	lastOutputNewline = 5
	lastInputNewline  = 2
)

// terminalDefault is line editing with echo and handshake, a backspace that deletes, <cr-lf> and <cr>.
var terminalDefault = [2]byte{0x27, 0x11}

// loadTerminalMode reads the settings in force.
func loadTerminalMode(_ *Machine, c *channel) []byte { return c.serial.terminal[:] }

// storeTerminalMode sets the settings in force, the non-volatile ones, or the former to the latter.
// [IPMI 2.0 §25.2, parameter 29]
func storeTerminalMode(_ *Machine, c *channel, data []byte) error {
	settings := [2]byte{data[0] & terminalOptions, data[1]}
	operation := data[0] >> 6
	deletes, output, input := data[0]>>2&3, data[1]>>4, data[1]&0x0f
	if operation < terminalRestore && (deletes > 1 || output > lastOutputNewline || input == 0 || input > lastInputNewline) {
		return ipmb.InvalidField
	}
	switch operation {
	case terminalVolatile:
		c.serial.terminal = settings
	case terminalNonVolatile:
		c.serial.stored.Terminal = settings
	case terminalRestore:
		c.serial.terminal = c.serial.stored.Terminal
	default:
		return ipmb.InvalidField
	}
	return nil
}
