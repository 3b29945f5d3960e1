package i2c

import (
	"fmt"
	"strconv"
)

// Expander is a PCA9555 16-bit I/O expander. [NXP PCA9555 §6]
//
// Eight registers in pairs, port 0 and port 1: input (0, 1; read only), output (2, 3; FFh), polarity inversion (4, 5; 00h),
// configuration (6, 7; FFh, 1 is input). The command byte chooses one; each further byte of the same transaction, written or
// read, is for the other register of the pair. A register is read by its own command byte or, without one, at the register
// that was chosen last. Only the lower three bits of the command byte are used; the datasheet does not say.
//
// Its quantities are the pins, P00 to P07 and P10 to P17, with 0 and 1.
type Expander struct {
	Signal
	external uint16 // what the world drives; inputs float high through their pull-ups
	output   uint16
	polarity uint16
	config   uint16
	seen     uint16 // pins as the input registers were last read, for INT

	command byte
	want    bool
}

// NewExpander returns an expander with all pins inputs and high.
func NewExpander() *Expander {
	e := &Expander{external: 0xffff}
	e.Reset()
	return e
}

// Pins are the levels at the pins, P00 in bit 0 and P10 in bit 8.
func (e *Expander) Pins() uint16 { return e.external&e.config | e.output&^e.config }

// Pin is the level at one pin, 0 to 15.
func (e *Expander) Pin(n int) bool { return e.Pins()&(1<<n) != 0 }

// SetPin sets what the world drives at a pin, 0 to 15. While the pin is an output, the output wins.
func (e *Expander) SetPin(n int, high bool) {
	was := e.Pins()
	if high {
		e.external |= 1 << n
	} else {
		e.external &^= 1 << n
	}
	if e.Pins() != was {
		e.Changed()
	}
}

// Interrupt says whether INT is asserted: an input is different from when its port was last read. [NXP PCA9555 §6.4]
func (e *Expander) Interrupt() bool { return (e.Pins()^e.seen)&e.config != 0 }

// Start acknowledges always.
func (e *Expander) Start(_ uint8, read bool) bool {
	e.want = !read
	return true
}

// pair is the pair of registers the command stands at; nil for the inputs.
func (e *Expander) pair() *uint16 {
	switch e.command >> 1 {
	case 1:
		return &e.output
	case 2:
		return &e.polarity
	case 3:
		return &e.config
	}
	return nil
}

// Receive takes the command byte, then data.
func (e *Expander) Receive(b byte) bool {
	if e.want {
		e.want = false
		e.command = b & 0x07
		return true
	}
	if r := e.pair(); r != nil {
		was := *r
		if e.command&1 == 0 {
			*r = was&0xff00 | uint16(b)
		} else {
			*r = was&0x00ff | uint16(b)<<8
		}
		if *r != was {
			e.Changed()
		}
	}
	e.command ^= 1
	return true
}

// Send gives the register the command stands at.
func (e *Expander) Send() byte {
	shift := 8 * (e.command & 1)
	var v uint16
	if r := e.pair(); r != nil {
		v = *r
	} else {
		port := uint16(0xff) << shift
		asserted := e.Interrupt()
		e.seen = e.seen&^port | e.Pins()&port
		if asserted && !e.Interrupt() {
			e.Changed()
		}
		v = e.Pins() ^ e.polarity
	}
	e.command ^= 1
	return byte(v >> shift)
}

// Stop ends the transaction.
func (e *Expander) Stop() {}

// Reset makes all pins inputs. [NXP PCA9555 §6.3]
func (e *Expander) Reset() {
	e.output, e.polarity, e.config = 0xffff, 0, 0xffff
	e.seen = e.Pins()
	e.command, e.want = 0, false
}

// Quantities lists the pins.
func (e *Expander) Quantities() []Quantity { return pinQuantities() }

func pinQuantities() []Quantity {
	qs := make([]Quantity, 16)
	for i := range qs {
		qs[i] = Quantity{Name: fmt.Sprintf("p%d%d", i/8, i%8), Doc: "level of the pin, 0 or 1"}
	}
	return qs
}

func (e *Expander) pin(name string) (int, error) {
	if name == "" {
		return 0, nil
	}
	if len(name) == 3 && name[0] == 'p' {
		if n, err := strconv.ParseUint(name[1:], 8, 4); err == nil {
			return int(n), nil
		}
	}
	return 0, fmt.Errorf("%q: %w", name, ErrNoQuantity)
}

// Value is the level at a pin.
func (e *Expander) Value(name string) (float64, error) {
	n, err := e.pin(name)
	if err != nil || !e.Pin(n) {
		return 0, err
	}
	return 1, nil
}

// SetValue drives a pin: 0 is low, anything else high.
func (e *Expander) SetValue(name string, v float64) error {
	n, err := e.pin(name)
	if err != nil {
		return err
	}
	if err := finite(v); err != nil {
		return err
	}
	e.SetPin(n, v != 0)
	return nil
}
