package i2c

import "fmt"

// LM75 is a temperature sensor of the LM75 family. [National LM75 (July 2009) §1.11-1.14] [NXP LM75B §7.4] [TI TMP75
// SBOS288 §7.5]
//
// Four registers are chosen by a pointer byte: 0 temperature (read only), 1 configuration, 2 THYST, 3 TOS. Temperatures
// are 16 bits, MS byte first, two's complement, left-aligned, 1 °C is 0100h. The pointer stays between transactions.
//
//	lm75   National: temperature, THYST and TOS have 9 bits (0.5 °C)
//	lm75b  NXP: temperature has 11 bits (0.125 °C), THYST and TOS 9
//	tmp75  TI: 9 to 12 bits (0.0625 °C), as configuration bits 6:5 say; THYST and TOS have 12
//
// In the shut-down state the temperature register holds the last conversion; a TMP75 converts once when bit 7 (one shot)
// is written. Conversions take no time here, so the fault queue counts as full as soon as a limit is passed; its bits
// are stored. Reading past two bytes begins again at the MS byte. Pointers 4 to 7 of an lm75, which the datasheet forbids, give
// what was read last, as the original chip does (Linux drivers/hwmon/lm75.c finds it by that); pointer bits above 2 are
// ignored. Others use two pointer bits.
type LM75 struct {
	Signal
	chip lm75Chip

	celsius     float64 // the world
	temperature int16   // register 0
	config      byte    // register 1
	hyst, os    int16   // registers 2 and 3

	pointer byte
	last    int16 // what was read last, left-aligned
	high    byte  // MS byte of a write
	index   int   // of the byte in this half of the transaction
	active  bool  // OS, as a condition and not as a level
	cooling bool  // interrupt mode waits for THYST rather than TOS
}

type lm75Chip struct {
	bits, limitBits int
	configMask      byte
	tmp75           bool // resolution and one-shot bits
	lastRead        bool // pointers 4-7 give what was read last
}

// Bits of the configuration register. [National LM75 §1.13] [TI TMP75 §7.5.3]
const (
	lm75Shutdown   = 1 << 0
	lm75Interrupt  = 1 << 1
	lm75Polarity   = 1 << 2
	lm75FaultQueue = 3 << 3
	tmp75Bits      = 3 << 5
	tmp75OneShot   = 1 << 7
)

const lm75ConfigBits = lm75Shutdown | lm75Interrupt | lm75Polarity | lm75FaultQueue

func lm75Chips() map[string]lm75Chip {
	return map[string]lm75Chip{
		"lm75":  {bits: 9, limitBits: 9, configMask: lm75ConfigBits, lastRead: true},
		"lm75b": {bits: 11, limitBits: 9, configMask: lm75ConfigBits},
		"tmp75": {bits: 12, limitBits: 12, configMask: lm75ConfigBits | tmp75Bits, tmp75: true},
	}
}

// NewLM75 returns a sensor of a model (lm75, lm75b, tmp75) at 25 °C.
func NewLM75(model string) (*LM75, error) {
	chip, ok := lm75Chips()[model]
	if !ok {
		return nil, fmt.Errorf("no temperature sensor model %q", model)
	}
	l := &LM75{chip: chip, celsius: 25}
	l.Reset()
	return l, nil
}

// SetTemperature changes the temperature of the sensor, in °C.
func (l *LM75) SetTemperature(celsius float64) {
	l.celsius = celsius
	l.convert(false)
}

// Temperature is what register 0 shows, in °C.
func (l *LM75) Temperature() float64 { return float64(l.temperature) / 256 }

// Limits are TOS and THYST, in °C.
func (l *LM75) Limits() (tos, thyst float64) { return float64(l.os) / 256, float64(l.hyst) / 256 }

// OS is the level of the over-temperature output (ALERT of a TMP75); true is high. Active is low unless the polarity bit
// is set.
func (l *LM75) OS() bool { return l.active == (l.config&lm75Polarity != 0) }

// bits is the present resolution of the temperature register.
func (l *LM75) bits() int {
	if l.chip.tmp75 {
		return 9 + int(l.config&tmp75Bits>>5)
	}
	return l.chip.bits
}

// leftAligned encodes a temperature with so many bits of resolution.
func leftAligned(celsius float64, bits int) int16 {
	lsb := 16 - bits
	n := clampRound(celsius*256/float64(int(1)<<lsb), -float64(int(1)<<(bits-1)), float64(int(1)<<(bits-1)-1))
	return int16(n << lsb)
}

// convert measures, unless shut down, and drives OS.
func (l *LM75) convert(once bool) {
	if l.config&lm75Shutdown != 0 && !once {
		return
	}
	was, wasActive := l.temperature, l.active
	l.temperature = leftAligned(l.celsius, l.bits())
	l.compare()
	if was != l.temperature || wasActive != l.active {
		l.Changed()
	}
}

// compare drives OS. An LM75 trips above TOS, a TMP75 at or above it. [National LM75 §1.6, 1.7] [TI TMP75 §7.4.4]
func (l *LM75) compare() {
	above := l.temperature > l.os || l.chip.tmp75 && l.temperature == l.os
	below := l.temperature < l.hyst
	if l.config&lm75Interrupt == 0 {
		l.active = above || l.active && !below
		return
	}
	switch {
	case !l.cooling && above:
		l.active, l.cooling = true, true
	case l.cooling && below:
		l.active, l.cooling = true, false
	}
}

// Start acknowledges always.
func (l *LM75) Start(_ uint8, read bool) bool {
	l.index = 0
	if read {
		l.index = 1 // no pointer byte
	}
	return true
}

// Receive takes the pointer, then data for its register.
func (l *LM75) Receive(b byte) bool {
	i := l.index
	l.index++
	if i == 0 {
		l.pointer = b & 0x03
		if l.chip.lastRead {
			l.pointer = b & 0x07
		}
		return true
	}
	switch l.pointer {
	case 1:
		if i == 1 {
			l.configure(b)
		}
	case 2, 3:
		if i == 1 {
			l.high = b
		}
		if i == 2 {
			l.limit(int16(uint16(l.high)<<8 | uint16(b)))
		}
	}
	return true
}

func (l *LM75) configure(b byte) {
	was := l.config
	l.config = b & l.chip.configMask
	if (was^l.config)&lm75Interrupt != 0 || l.config&lm75Shutdown != 0 && l.config&lm75Interrupt != 0 {
		l.active, l.cooling = false, false // [National LM75 §1.8]
	}
	if was != l.config {
		l.Changed()
	}
	l.convert(l.chip.tmp75 && b&tmp75OneShot != 0)
}

func (l *LM75) limit(v int16) {
	v &= ^int16(0) << (16 - l.chip.limitBits)
	if l.pointer == 2 {
		l.hyst = v
	} else {
		l.os = v
	}
	l.Changed()
	l.compare()
}

// Send gives the register the pointer stands at. In interrupt mode it also ends OS.
func (l *LM75) Send() byte {
	i := l.index
	l.index++
	if l.config&lm75Interrupt != 0 && l.active {
		l.active = false
		l.Changed()
	}
	switch l.pointer {
	case 0:
		l.last = l.temperature
	case 1:
		l.last = int16(uint16(l.config)<<8 | uint16(l.config))
	case 2:
		l.last = l.hyst
	case 3:
		l.last = l.os
	}
	if i%2 == 1 {
		return byte(uint16(l.last) >> 8)
	}
	return byte(l.last)
}

// Stop ends the transaction; a register of which only one byte came is unchanged.
func (l *LM75) Stop() {}

// Reset sets TOS 80 °C, THYST 75 °C, configuration and pointer 0, and converts. [National LM75 §1.10]
func (l *LM75) Reset() {
	l.config, l.pointer, l.last = 0, 0, 0
	l.os, l.hyst = 80<<8, 75<<8
	l.active, l.cooling = false, false
	l.convert(false)
}

// Quantities is the temperature.
func (l *LM75) Quantities() []Quantity { return temperatureQuantities() }

func temperatureQuantities() []Quantity {
	return []Quantity{{"temperature", Celsius, "what the sensor measures"}}
}

// Value is the temperature.
func (l *LM75) Value(name string) (float64, error) {
	if name != "" && name != "temperature" {
		return 0, fmt.Errorf("%q: %w", name, ErrNoQuantity)
	}
	return l.Temperature(), nil
}

// SetValue sets the temperature.
func (l *LM75) SetValue(name string, v float64) error {
	if name != "" && name != "temperature" {
		return fmt.Errorf("%q: %w", name, ErrNoQuantity)
	}
	if err := finite(v); err != nil {
		return err
	}
	l.SetTemperature(v)
	return nil
}
