package i2c

// Command codes. [PMBus Appendix I]
const (
	pmbusPage            = 0x00
	pmbusOperation       = 0x01
	pmbusClearFaults     = 0x03
	pmbusWriteProtect    = 0x10
	pmbusCapability      = 0x19
	pmbusQuery           = 0x1a
	pmbusVoutMode        = 0x20
	pmbusCoefficients    = 0x30
	pmbusVoutOVFault     = 0x40
	pmbusVoutOVWarn      = 0x42
	pmbusVoutUVWarn      = 0x43
	pmbusVoutUVFault     = 0x44
	pmbusIoutOCFault     = 0x46
	pmbusIoutOCWarn      = 0x4a
	pmbusOTFault         = 0x4f
	pmbusOTWarn          = 0x51
	pmbusVinOVFault      = 0x55
	pmbusVinOVWarn       = 0x57
	pmbusVinUVWarn       = 0x58
	pmbusVinUVFault      = 0x59
	pmbusIinOCWarn       = 0x5d
	pmbusPoutOPWarn      = 0x6a
	pmbusPinOPWarn       = 0x6b
	pmbusStatusByte      = 0x78
	pmbusStatusWord      = 0x79
	pmbusStatusVout      = 0x7a
	pmbusStatusIout      = 0x7b
	pmbusStatusInput     = 0x7c
	pmbusStatusTemp      = 0x7d
	pmbusStatusCML       = 0x7e
	pmbusStatusMfr       = 0x80
	pmbusStatusFans      = 0x81
	pmbusReadVin         = 0x88
	pmbusReadIin         = 0x89
	pmbusReadVout        = 0x8b
	pmbusReadIout        = 0x8c
	pmbusReadTemp1       = 0x8d
	pmbusReadTemp2       = 0x8e
	pmbusReadTemp3       = 0x8f
	pmbusReadFan1        = 0x90
	pmbusReadPout        = 0x96
	pmbusReadPin         = 0x97
	pmbusRevision        = 0x98
	pmbusMfrID           = 0x99
	pmbusMfrModel        = 0x9a
	pmbusMfrRevision     = 0x9b
	pmbusMfrLocation     = 0x9c
	pmbusMfrDate         = 0x9d
	pmbusMfrSerial       = 0x9e
	pmbusMfrPoutMax      = 0xa7
	pmbusFirstStatus     = pmbusStatusVout
	pmbusStatusRegisters = pmbusStatusFans - pmbusFirstStatus + 1
)

// Bits of the status registers. [PMBus §17.1-17.9]
const (
	statusOff           = 1 << 6
	statusVoutOVFault   = 1 << 5
	statusIoutOCFault   = 1 << 4
	statusVinUVFault    = 1 << 3
	statusTemperature   = 1 << 2
	statusCML           = 1 << 1
	statusNoneOfTheRest = 1 << 0
	statusVout          = 1 << 15
	statusIoutPout      = 1 << 14
	statusInput         = 1 << 13
	statusMfr           = 1 << 12
	statusPowerGoodNot  = 1 << 11
	statusFans          = 1 << 10

	highFault = 1 << 7 // STATUS_VOUT, STATUS_INPUT (VIN), STATUS_TEMPERATURE, STATUS_IOUT (OC)
	highWarn  = 1 << 6 // STATUS_VOUT, STATUS_INPUT (VIN), STATUS_TEMPERATURE
	lowWarn   = 1 << 5 // STATUS_VOUT, STATUS_INPUT (VIN)
	lowFault  = 1 << 4 // STATUS_VOUT, STATUS_INPUT (VIN)

	ioutOCWarn     = 1 << 5 // STATUS_IOUT
	poutOPWarn     = 1 << 0 // STATUS_IOUT
	inputLowOff    = 1 << 3 // STATUS_INPUT: unit off for insufficient input voltage
	iinOCWarn      = 1 << 1 // STATUS_INPUT
	pinOPWarn      = 1 << 0 // STATUS_INPUT
	fan1Fault      = 1 << 7 // STATUS_FANS_1_2
	mfrFailed      = 1 << 0 // STATUS_MFR_SPECIFIC: our own, the supply has failed
	cmlCommand     = 1 << 7 // STATUS_CML: invalid or unsupported command
	cmlData        = 1 << 6 // STATUS_CML: invalid or unsupported data
	cmlPEC         = 1 << 5 // STATUS_CML: packet error check failed
	cmlOther       = 1 << 1 // STATUS_CML: another communication fault
	operationOn    = 1 << 7 // OPERATION
	protectAll     = 1 << 7 // WRITE_PROTECT: all but itself
	protectButOp   = 1 << 6 // WRITE_PROTECT: all but itself, OPERATION and PAGE
	capabilities   = 0xb0   // PEC, 400 kHz, SMBALERT# [PMBus §11.12]
	queryRead      = 1 << 5 // QUERY [PMBus §11.13]
	queryWrite     = 1 << 6
	querySupported = 1 << 7
)

// pmbusFormat is how the data of a command is written, as QUERY bits 4:2. [PMBus §11.13]
type pmbusFormat byte

const (
	formatLinear   pmbusFormat = 0
	formatDirect   pmbusFormat = 3
	formatUnsigned pmbusFormat = 4
	formatText     pmbusFormat = 7 // manufacturer or not numeric
)

// pmbusKind is what a number means, so how it is encoded.
type pmbusKind byte

const (
	kindNone pmbusKind = iota
	kindVin
	kindVout
	kindCurrent
	kindTemperature
	kindFan
	kindPower
	kinds
)

// pmbusCommand is the shape of a command.
type pmbusCommand struct {
	write, read byte // bytes of data; of a block its count byte, too
	send        bool // Send Byte: no data
	call        bool // block write-block read process call
	block       bool // read is a block, as long as it is
	kind        pmbusKind
}

func (c pmbusCommand) supported() bool { return c.send || c.block || c.write > 0 || c.read > 0 }

// psuCommand gives the shape of a command code; one that is not supported has none.
func psuCommand(code byte) pmbusCommand {
	switch code {
	case pmbusClearFaults:
		return pmbusCommand{send: true}
	case pmbusPage, pmbusOperation, pmbusWriteProtect:
		return pmbusCommand{write: 1, read: 1}
	case pmbusCapability, pmbusVoutMode, pmbusRevision, pmbusStatusByte:
		return pmbusCommand{read: 1}
	case pmbusStatusWord:
		return pmbusCommand{read: 2}
	case pmbusStatusVout, pmbusStatusIout, pmbusStatusInput, pmbusStatusTemp, pmbusStatusCML, pmbusStatusMfr, pmbusStatusFans:
		return pmbusCommand{write: 1, read: 1} // written ones clear [PMBus §10.2.4]
	case pmbusQuery:
		return pmbusCommand{write: 2, read: 2, call: true}
	case pmbusCoefficients:
		return pmbusCommand{write: 3, read: 6, call: true}
	case pmbusMfrID, pmbusMfrModel, pmbusMfrRevision, pmbusMfrLocation, pmbusMfrDate, pmbusMfrSerial:
		return pmbusCommand{block: true}
	}
	if k := psuLimit(code); k != kindNone {
		return pmbusCommand{write: 2, read: 2, kind: k}
	}
	if k := psuReading(code); k != kindNone {
		return pmbusCommand{read: 2, kind: k}
	}
	return pmbusCommand{}
}

// psuLimit says what a limit command limits.
func psuLimit(code byte) pmbusKind {
	switch code {
	case pmbusVoutOVFault, pmbusVoutOVWarn, pmbusVoutUVWarn, pmbusVoutUVFault:
		return kindVout
	case pmbusIoutOCFault, pmbusIoutOCWarn, pmbusIinOCWarn:
		return kindCurrent
	case pmbusOTFault, pmbusOTWarn:
		return kindTemperature
	case pmbusVinOVFault, pmbusVinOVWarn, pmbusVinUVWarn, pmbusVinUVFault:
		return kindVin
	case pmbusPoutOPWarn, pmbusPinOPWarn:
		return kindPower
	}
	return kindNone
}

// psuReading says what a read-only number is.
func psuReading(code byte) pmbusKind {
	switch code {
	case pmbusReadVin:
		return kindVin
	case pmbusReadVout:
		return kindVout
	case pmbusReadIin, pmbusReadIout:
		return kindCurrent
	case pmbusReadTemp1, pmbusReadTemp2, pmbusReadTemp3:
		return kindTemperature
	case pmbusReadFan1:
		return kindFan
	case pmbusReadPout, pmbusReadPin, pmbusMfrPoutMax:
		return kindPower
	}
	return kindNone
}

// psuCoefficients are those of the direct format: 10 mV, 1 mV, 10 mA, 0.1 °C, 1 RPM and 0.1 W.
func psuCoefficients(k pmbusKind) Coefficients {
	return [kinds]Coefficients{
		kindNone: {M: 1}, kindVin: {M: 1, R: 2}, kindVout: {M: 1, R: 3}, kindCurrent: {M: 1, R: 2},
		kindTemperature: {M: 1, R: 1}, kindFan: {M: 1}, kindPower: {M: 1, R: 1},
	}[k]
}
