package fru

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrRecordLength says that a multirecord has fewer bytes than its type needs.
var ErrRecordLength = errors.New("multirecord shorter than its type")

func recordLength(t RecordType, data []byte, n int) error {
	if len(data) < n {
		return fmt.Errorf("%s: %d bytes, need %d: %w", t, len(data), n, ErrRecordLength)
	}
	return nil
}

// CombinedVoltage is one of the two voltages of a power supply's combined wattage. [FRU §18.1.14]
type CombinedVoltage uint8

// Combined voltages. [FRU §18.1.14]
const (
	Plus12V  CombinedVoltage = 0
	Minus12V CombinedVoltage = 1
	Plus5V   CombinedVoltage = 2
	Plus3V3  CombinedVoltage = 3
)

// PowerSupplyFlags are the binary flags of a power supply. [FRU §18.1.12]
type PowerSupplyFlags uint8

// Power supply flags. [FRU §18.1, Table 18-1]
const (
	PredictiveFail        PowerSupplyFlags = 1 << 0
	PowerFactorCorrection PowerSupplyFlags = 1 << 1
	Autoswitch            PowerSupplyFlags = 1 << 2
	HotSwap               PowerSupplyFlags = 1 << 3
	TwoPulses             PowerSupplyFlags = 1 << 4 // tachometer pulses per rotation, or polarity of the predictive fail pin
	powerSupplyFlags      PowerSupplyFlags = 1<<5 - 1
)

const (
	powerSupplyLen = 24
	wattMask       = 1<<12 - 1
	holdUpShift    = 12
)

// PowerSupply is a power supply information record, type 00h. [FRU §18.1, Table 18-1]
//
// Dell supplies have five more bytes of their own behind the 24 (seen on R640 and R740xd); Tail keeps them.
type PowerSupply struct {
	Capacity       uint16 // overall, W, 12 bits
	PeakVA         uint16 // FFFFh unspecified
	InrushAmps     uint8  // FFh unspecified
	InrushMillis   uint8
	LowVoltage1    int16 // input range 1, 10 mV
	HighVoltage1   int16
	LowVoltage2    int16 // input range 2, 10 mV, 0 if there is one range only
	HighVoltage2   int16
	LowHertz       uint8 // 0 and 0: DC input
	HighHertz      uint8
	DropoutMillis  uint8
	Flags          PowerSupplyFlags
	PeakWatts      uint16 // 12 bits, FFFh unspecified
	HoldUpSeconds  uint8  // 4 bits, how long the peak wattage can be sustained
	Combined1      CombinedVoltage
	Combined2      CombinedVoltage
	CombinedWatts  uint16 // 0: no combined voltages
	PredictiveTach uint8  // lower threshold, rotations per second; 0: the pin is pass/fail
	Tail           []byte
}

// Record is the multirecord that holds p.
func (p *PowerSupply) Record() Record { return Record{Type: TypePowerSupply, Data: p.AppendTo(nil)} }

// AppendTo appends the record's data.
func (p *PowerSupply) AppendTo(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, p.Capacity&wattMask)
	b = le.AppendUint16(b, p.PeakVA)
	b = append(b, p.InrushAmps, p.InrushMillis)
	for _, v := range []int16{p.LowVoltage1, p.HighVoltage1, p.LowVoltage2, p.HighVoltage2} {
		b = le.AppendUint16(b, uint16(v))
	}
	b = append(b, p.LowHertz, p.HighHertz, p.DropoutMillis, byte(p.Flags&powerSupplyFlags))
	b = le.AppendUint16(b, p.PeakWatts&wattMask|uint16(p.HoldUpSeconds)<<holdUpShift)
	b = append(b, byte(p.Combined1)<<4|byte(p.Combined2)&0x0f)
	b = le.AppendUint16(b, p.CombinedWatts)
	b = append(b, p.PredictiveTach)
	return append(b, p.Tail...)
}

// ParsePowerSupply reads the data of a type 00h record.
func ParsePowerSupply(b []byte) (PowerSupply, error) {
	if err := recordLength(TypePowerSupply, b, powerSupplyLen); err != nil {
		return PowerSupply{}, err
	}
	le := binary.LittleEndian
	peak := le.Uint16(b[18:])
	return PowerSupply{
		Capacity: le.Uint16(b) & wattMask, PeakVA: le.Uint16(b[2:]), InrushAmps: b[4], InrushMillis: b[5],
		LowVoltage1: int16(le.Uint16(b[6:])), HighVoltage1: int16(le.Uint16(b[8:])),
		LowVoltage2: int16(le.Uint16(b[10:])), HighVoltage2: int16(le.Uint16(b[12:])),
		LowHertz: b[14], HighHertz: b[15], DropoutMillis: b[16], Flags: PowerSupplyFlags(b[17]) & powerSupplyFlags,
		PeakWatts: peak & wattMask, HoldUpSeconds: uint8(peak >> holdUpShift),
		Combined1: CombinedVoltage(b[20] >> 4), Combined2: CombinedVoltage(b[20] & 0x0f), CombinedWatts: le.Uint16(b[21:]),
		PredictiveTach: b[23], Tail: append([]byte(nil), b[powerSupplyLen:]...),
	}, nil
}

// Output information byte of DC outputs and loads. [FRU §18.2-§18.3a]
const (
	outputNumber  = 0x0f
	outputUnits   = 1 << 4 // extended records: 100 mA instead of 10 mA
	outputStandby = 1 << 7
	dcLen         = 13
)

// DCOutput is a DC output record: type 01h with currents in mA, or type 09h with currents in units of 10 or 100 mA.
// [FRU §18.2, §18.2a]
type DCOutput struct {
	Extended    bool // type 09h
	Standby     bool // the output is there while the supply is switched off
	Hundred     bool // Extended only: currents in units of 100 mA, not 10 mA
	Number      uint8
	Nominal     int16  // 10 mV
	MaxNegative int16  // 10 mV, most negative voltage or deviation
	MaxPositive int16  // 10 mV
	Ripple      uint16 // mV peak to peak, 10 Hz to 30 MHz
	MinCurrent  uint16
	MaxCurrent  uint16
}

// DCLoad is a DC load record: type 02h with currents in mA, or type 0Ah with currents in units of 10 or 100 mA.
// [FRU §18.3, §18.3a]
type DCLoad struct {
	Extended   bool // type 0Ah
	Hundred    bool // Extended only: currents in units of 100 mA, not 10 mA
	Number     uint8
	Nominal    int16 // 10 mV
	MinVoltage int16 // 10 mV
	MaxVoltage int16 // 10 mV
	Ripple     uint16
	MinCurrent uint16
	MaxCurrent uint16
}

// Record is the multirecord that holds o.
func (o DCOutput) Record() Record {
	t := TypeDCOutput
	if o.Extended {
		t = TypeExtendedDCOutput
	}
	return Record{Type: t, Data: o.AppendTo(nil)}
}

// AppendTo appends the record's data.
func (o DCOutput) AppendTo(b []byte) []byte {
	info := o.Number & outputNumber
	if o.Standby {
		info |= outputStandby
	}
	if o.Extended && o.Hundred {
		info |= outputUnits
	}
	return appendDC(b, info, uint16(o.Nominal), uint16(o.MaxNegative), uint16(o.MaxPositive), o.Ripple, o.MinCurrent, o.MaxCurrent)
}

// Record is the multirecord that holds l.
func (l DCLoad) Record() Record {
	t := TypeDCLoad
	if l.Extended {
		t = TypeExtendedDCLoad
	}
	return Record{Type: t, Data: l.AppendTo(nil)}
}

// AppendTo appends the record's data.
func (l DCLoad) AppendTo(b []byte) []byte {
	info := l.Number & outputNumber
	if l.Extended && l.Hundred {
		info |= outputUnits
	}
	return appendDC(b, info, uint16(l.Nominal), uint16(l.MinVoltage), uint16(l.MaxVoltage), l.Ripple, l.MinCurrent, l.MaxCurrent)
}

func appendDC(b []byte, info byte, words ...uint16) []byte {
	b = append(b, info)
	for _, w := range words {
		b = binary.LittleEndian.AppendUint16(b, w)
	}
	return b
}

// ParseDCOutput reads a record of type 01h or 09h.
func ParseDCOutput(r Record) (DCOutput, error) {
	if r.Type != TypeDCOutput && r.Type != TypeExtendedDCOutput {
		return DCOutput{}, fmt.Errorf("%s is no DC output", r.Type)
	}
	if err := recordLength(r.Type, r.Data, dcLen); err != nil {
		return DCOutput{}, err
	}
	w := func(i int) uint16 { return binary.LittleEndian.Uint16(r.Data[i:]) }
	o := DCOutput{
		Extended: r.Type == TypeExtendedDCOutput, Standby: r.Data[0]&outputStandby != 0, Number: r.Data[0] & outputNumber,
		Nominal: int16(w(1)), MaxNegative: int16(w(3)), MaxPositive: int16(w(5)), Ripple: w(7), MinCurrent: w(9), MaxCurrent: w(11),
	}
	o.Hundred = o.Extended && r.Data[0]&outputUnits != 0
	return o, nil
}

// ParseDCLoad reads a record of type 02h or 0Ah.
func ParseDCLoad(r Record) (DCLoad, error) {
	if r.Type != TypeDCLoad && r.Type != TypeExtendedDCLoad {
		return DCLoad{}, fmt.Errorf("%s is no DC load", r.Type)
	}
	if err := recordLength(r.Type, r.Data, dcLen); err != nil {
		return DCLoad{}, err
	}
	w := func(i int) uint16 { return binary.LittleEndian.Uint16(r.Data[i:]) }
	l := DCLoad{
		Extended: r.Type == TypeExtendedDCLoad, Number: r.Data[0] & outputNumber,
		Nominal: int16(w(1)), MinVoltage: int16(w(3)), MaxVoltage: int16(w(5)), Ripple: w(7), MinCurrent: w(9), MaxCurrent: w(11),
	}
	l.Hundred = l.Extended && r.Data[0]&outputUnits != 0
	return l, nil
}
