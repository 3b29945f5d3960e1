package i2c

import (
	"fmt"
	"math"
	"slices"
)

// PSU is an AC/DC power supply on PMBus 1.2 with one output. [PMBus]
//
// Supported: PAGE (0 and FFh), OPERATION (bit 7), CLEAR_FAULTS, WRITE_PROTECT, CAPABILITY, QUERY, VOUT_MODE,
// COEFFICIENTS, the limits of voltages, currents, power and temperature, STATUS_BYTE, STATUS_WORD and the detail registers
// VOUT, IOUT, INPUT, TEMPERATURE, CML, MFR_SPECIFIC and FANS_1_2, READ_VIN, READ_IIN, READ_VOUT, READ_IOUT,
// READ_TEMPERATURE_1 to _3, READ_FAN_SPEED_1, READ_POUT, READ_PIN, PMBUS_REVISION, MFR_ID, MFR_MODEL, MFR_REVISION,
// MFR_LOCATION, MFR_DATE, MFR_SERIAL (read only) and MFR_POUT_MAX. Packet error codes are checked and given.
//
// The supply is one circuit: its load is what counts, and input power, both currents and the voltages agree with it.
// Setting any of pin, pout, iin and iout sets the load. Without input voltage, with OPERATION off, or failed, it delivers nothing.
// No fault switches it off, since the response commands are not here.
//
// Deviations and choices where the document leaves one: a write to a read-only command is not acknowledged and is an
// invalid command; a write that WRITE_PROTECT forbids is acknowledged, dropped and invalid data; SMBus time-outs and
// the alert response address are left out.
type PSU struct {
	Signal
	direct   bool
	exponent int // of the output voltage [PMBus §8.3.1]

	// The world.
	vin, vout, efficiency, load float64 // V, V, 1, W at the output if it is on
	temperature                 [3]float64
	fan                         float64
	rating                      float64 // W
	failed                      bool
	texts                       [6]string // from MFR_ID on

	// Registers.
	page, operation, protect byte
	status                   [pmbusStatusRegisters]byte                    // from STATUS_VOUT on; latched
	limits                   [pmbusPinOPWarn - pmbusVoutOVFault + 1]uint16 // by command, from 40h on

	psuWire
}

// psuTexts are the names of the texts, in the order of their commands from 99h on.
func psuTexts() []string { return []string{"id", "model", "revision", "location", "date", "serial"} }

// NewPSU returns a supply of 230 V to 12 V, 800 W rating, 94 % efficiency, without load. Its numbers are in the linear format, or
// the direct one.
func NewPSU(direct bool) *PSU {
	p := &PSU{direct: direct, exponent: -9, vin: 230, vout: 12, efficiency: 0.94, rating: 800,
		temperature: [3]float64{25, 35, 45}, fan: 4000, texts: [6]string{0: "fakebmc", 1: "PSU", 2: "1.0"}}
	p.Reset()
	return p
}

// SetText sets an identification text (see Model.Texts) of at most 32 bytes, the most an SMBus block holds. [SMBus §5.5.7]
func (p *PSU) SetText(name, text string) error {
	i := slices.Index(psuTexts(), name)
	if i < 0 {
		return fmt.Errorf("a supply has no text %q", name)
	}
	if len(text) > 32 {
		return fmt.Errorf("text %s has %d bytes, a block holds 32", name, len(text))
	}
	p.texts[i] = text
	p.Changed()
	return nil
}

// Reset sets the registers to their defaults; limits follow the rating. Then it looks at the world.
func (p *PSU) Reset() {
	p.page, p.operation, p.protect = 0, operationOn, 0
	p.status = [pmbusStatusRegisters]byte{}
	p.psuWire = psuWire{}
	p.setLimits()
	p.evaluate()
}

func (p *PSU) setLimits() {
	iout, pin := p.rating/p.vout, p.rating/p.efficiency
	for _, l := range [...]struct {
		code byte
		v    float64
	}{
		{pmbusVoutOVFault, p.vout * 1.15}, {pmbusVoutOVWarn, p.vout * 1.1},
		{pmbusVoutUVWarn, p.vout * 0.93}, {pmbusVoutUVFault, p.vout * 0.9},
		{pmbusIoutOCFault, iout * 1.2}, {pmbusIoutOCWarn, iout * 1.1}, {pmbusIinOCWarn, pin * 1.1 / 90},
		{pmbusOTFault, 70}, {pmbusOTWarn, 65},
		{pmbusVinOVFault, 275}, {pmbusVinOVWarn, 264}, {pmbusVinUVWarn, 90}, {pmbusVinUVFault, 85},
		{pmbusPoutOPWarn, p.rating * 1.1}, {pmbusPinOPWarn, pin * 1.1},
	} {
		p.limits[l.code-pmbusVoutOVFault] = p.encode(psuLimit(l.code), l.v)
	}
}

// encode writes a number as the supply does.
func (p *PSU) encode(k pmbusKind, v float64) uint16 {
	switch {
	case p.direct:
		return psuCoefficients(k).Encode(v)
	case k == kindVout:
		return Linear16(v, p.exponent)
	}
	return Linear11(v)
}

// decode reads a number as the supply does.
func (p *PSU) decode(k pmbusKind, w uint16) float64 {
	switch {
	case p.direct:
		return psuCoefficients(k).Decode(w)
	case k == kindVout:
		return ParseLinear16(w, p.exponent)
	}
	return ParseLinear11(w)
}

func (p *PSU) limit(code byte) float64 {
	return p.decode(psuLimit(code), p.limits[code-pmbusVoutOVFault])
}

// On says whether the supply delivers.
func (p *PSU) On() bool {
	return !p.failed && p.operation&operationOn != 0 && p.vin >= p.limit(pmbusVinUVFault)
}

// Failed says whether the supply is broken.
func (p *PSU) Failed() bool { return p.failed }

// SetFailed breaks or mends the supply: a broken one answers, delivers nothing and shows STATUS_MFR_SPECIFIC bit 0.
func (p *PSU) SetFailed(failed bool) {
	if p.failed != failed {
		p.failed = failed
		p.evaluate()
		p.Changed()
	}
}

// reading is a measured number before its encoding.
func (p *PSU) reading(code byte) float64 {
	on := p.On()
	switch code {
	case pmbusReadVin:
		return p.vin
	case pmbusReadFan1:
		return p.fan
	case pmbusReadTemp1, pmbusReadTemp2, pmbusReadTemp3:
		return p.temperature[code-pmbusReadTemp1]
	case pmbusMfrPoutMax:
		return p.rating
	}
	if !on {
		return 0
	}
	switch code {
	case pmbusReadVout:
		return p.vout
	case pmbusReadIout:
		return p.load / p.vout
	case pmbusReadPout:
		return p.load
	case pmbusReadPin:
		return p.load / p.efficiency
	case pmbusReadIin:
		return p.load / p.efficiency / p.vin
	}
	return 0
}

// latch sets bits of a detail register.
func (p *PSU) latch(register, bits byte) { p.status[register-pmbusFirstStatus] |= bits }

// evaluate latches what is wrong now. [PMBus §10.2]
func (p *PSU) evaluate() {
	set := func(cond bool, register, bits byte) {
		if cond {
			p.latch(register, bits)
		}
	}
	set(p.vin > p.limit(pmbusVinOVFault), pmbusStatusInput, highFault)
	set(p.vin > p.limit(pmbusVinOVWarn), pmbusStatusInput, highWarn)
	set(p.vin < p.limit(pmbusVinUVWarn), pmbusStatusInput, lowWarn)
	set(p.vin < p.limit(pmbusVinUVFault), pmbusStatusInput, lowFault|inputLowOff)
	t := max(p.temperature[0], p.temperature[1], p.temperature[2])
	set(t > p.limit(pmbusOTFault), pmbusStatusTemp, highFault)
	set(t > p.limit(pmbusOTWarn), pmbusStatusTemp, highWarn)
	set(p.failed, pmbusStatusMfr, mfrFailed)
	if !p.On() {
		return
	}
	set(p.vout > p.limit(pmbusVoutOVFault), pmbusStatusVout, highFault)
	set(p.vout > p.limit(pmbusVoutOVWarn), pmbusStatusVout, highWarn)
	set(p.vout < p.limit(pmbusVoutUVWarn), pmbusStatusVout, lowWarn)
	set(p.vout < p.limit(pmbusVoutUVFault), pmbusStatusVout, lowFault)
	iout := p.reading(pmbusReadIout)
	set(iout > p.limit(pmbusIoutOCFault), pmbusStatusIout, highFault)
	set(iout > p.limit(pmbusIoutOCWarn), pmbusStatusIout, ioutOCWarn)
	set(p.load > p.limit(pmbusPoutOPWarn), pmbusStatusIout, poutOPWarn)
	set(p.reading(pmbusReadIin) > p.limit(pmbusIinOCWarn), pmbusStatusInput, iinOCWarn)
	set(p.reading(pmbusReadPin) > p.limit(pmbusPinOPWarn), pmbusStatusInput, pinOPWarn)
	set(p.fan <= 0, pmbusStatusFans, fan1Fault)
}

// ClearFaults is the command of that name: what is still wrong is latched again at once. [PMBus §15.1, 10.2.6]
func (p *PSU) ClearFaults() {
	p.status = [pmbusStatusRegisters]byte{}
	p.evaluate()
	p.Changed()
}

// StatusWord is STATUS_WORD; its lower byte is STATUS_BYTE. [PMBus §17.1, 17.2]
func (p *PSU) StatusWord() uint16 {
	at := func(register byte) byte { return p.status[register-pmbusFirstStatus] }
	var w, rest uint16
	set := func(cond bool, bits uint16) {
		if cond {
			w |= bits
		}
	}
	set(!p.On(), statusOff|statusPowerGoodNot)
	set(at(pmbusStatusVout)&highFault != 0, statusVoutOVFault)
	set(at(pmbusStatusIout)&highFault != 0, statusIoutOCFault)
	set(at(pmbusStatusInput)&lowFault != 0, statusVinUVFault)
	set(at(pmbusStatusTemp) != 0, statusTemperature)
	set(at(pmbusStatusCML) != 0, statusCML)
	set(at(pmbusStatusVout) != 0, statusVout)
	set(at(pmbusStatusIout) != 0, statusIoutPout)
	set(at(pmbusStatusInput) != 0, statusInput)
	set(at(pmbusStatusMfr) != 0, statusMfr)
	set(at(pmbusStatusFans) != 0, statusFans)
	rest = w & (statusMfr | statusFans)
	set(rest != 0 || at(pmbusStatusVout)&^highFault != 0 || at(pmbusStatusIout)&^highFault != 0 ||
		at(pmbusStatusInput)&^lowFault != 0, statusNoneOfTheRest)
	return w
}

// Alert says whether SMBALERT# is asserted: a fault or warning is latched.
func (p *PSU) Alert() bool { return p.status != [pmbusStatusRegisters]byte{} }

// psuQuantity is a number by name.
type psuQuantity struct {
	Quantity
	code byte // of the command that reads it; 0 for the circuit's constants
}

func psuQuantities() []psuQuantity {
	return []psuQuantity{
		{Quantity{"pin", Watt, "input power"}, pmbusReadPin},
		{Quantity{"pout", Watt, "output power"}, pmbusReadPout},
		{Quantity{"iin", Ampere, "input current"}, pmbusReadIin},
		{Quantity{"iout", Ampere, "output current"}, pmbusReadIout},
		{Quantity{"vin", Volt, "input voltage; 0 is a pulled cord"}, pmbusReadVin},
		{Quantity{"vout", Volt, "output voltage while it delivers"}, pmbusReadVout},
		{Quantity{"temperature1", Celsius, "READ_TEMPERATURE_1, the inlet"}, pmbusReadTemp1},
		{Quantity{"temperature2", Celsius, "READ_TEMPERATURE_2"}, pmbusReadTemp2},
		{Quantity{"temperature3", Celsius, "READ_TEMPERATURE_3"}, pmbusReadTemp3},
		{Quantity{"fan1", RPM, "READ_FAN_SPEED_1"}, pmbusReadFan1},
		{Quantity{"failed", NoUnit, "1 if the supply is broken"}, 0},
		{Quantity{"efficiency", Percent, "output power for input power, 1 to 100"}, 0},
		{Quantity{"rating", Watt, "output power it is made for; with vout, sets the limits at reset"}, pmbusMfrPoutMax},
	}
}

// Quantities lists what it measures, and the constants of its circuit.
func (p *PSU) Quantities() []Quantity { return psuQuantityList() }

func psuQuantityList() []Quantity {
	qs := psuQuantities()
	out := make([]Quantity, len(qs))
	for i, q := range qs {
		out[i] = q.Quantity
	}
	return out
}

func psuFind(name string) (psuQuantity, error) {
	qs := psuQuantities()
	if name == "" {
		return qs[0], nil
	}
	if i := slices.IndexFunc(qs, func(q psuQuantity) bool { return q.Name == name }); i >= 0 {
		return qs[i], nil
	}
	return psuQuantity{}, fmt.Errorf("%q: %w", name, ErrNoQuantity)
}

// Value is a number as its command would give it.
func (p *PSU) Value(name string) (float64, error) {
	q, err := psuFind(name)
	switch {
	case err != nil:
		return 0, err
	case q.code != 0:
		k := psuReading(q.code)
		return p.decode(k, p.encode(k, p.reading(q.code))), nil
	case q.Name == "efficiency":
		return p.efficiency * 100, nil
	case p.failed:
		return 1, nil
	}
	return 0, nil
}

// SetValue changes the circuit or what surrounds it. Power and current are those while it delivers: they say what the
// load draws, now or once it is on.
func (p *PSU) SetValue(name string, v float64) error {
	q, err := psuFind(name)
	if err != nil {
		return err
	}
	if err := finite(v); err != nil {
		return err
	}
	positive := max(0, v)
	switch q.Name {
	case "pin":
		p.load = positive * p.efficiency
	case "pout":
		p.load = positive
	case "iin":
		p.load = positive * p.vin * p.efficiency
	case "iout":
		p.load = positive * p.vout
	case "vin":
		p.vin = positive
	case "vout":
		if v < 0.01 {
			return fmt.Errorf("vout %v: a supply that delivers has more than 0 V; set failed or vin instead", v)
		}
		p.vout = v
	case "fan1":
		p.fan = positive
	case "failed":
		p.failed = v != 0
	case "efficiency":
		p.efficiency = math.Min(math.Max(v, 1), 100) / 100
	case "rating":
		p.rating = max(1, v)
	default:
		p.temperature[q.code-pmbusReadTemp1] = v
	}
	p.evaluate()
	p.Changed()
	return nil
}
