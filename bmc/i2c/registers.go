package i2c

import (
	"fmt"
	"math"
	"strconv"
)

// Registers is a plain file of byte registers, as a CPLD or a microcontroller has: the first byte written is the register
// number, more are data, and the number counts up with each byte written or read, back to 0 after the last. A number
// that does not exist is not acknowledged. Reset undoes what was written on the bus: it returns the registers to the image
// and to what was set from Go, which is the world the device shows.
//
// Its quantities are the registers, named by their number in hex: "00", "1f".
type Registers struct {
	Signal
	reg     []byte
	image   []byte
	pointer int
	want    bool // the next byte is the register number
}

// NewRegisters returns size (1 to 256) registers, the first of them filled from image, the rest 0.
func NewRegisters(size int, image []byte) (*Registers, error) {
	if size < 1 || size > 256 {
		return nil, fmt.Errorf("size is 1 to 256 registers, not %d", size)
	}
	if len(image) > size {
		return nil, fmt.Errorf("image has %d bytes, the device %d registers", len(image), size)
	}
	r := &Registers{reg: make([]byte, size), image: make([]byte, size)}
	copy(r.image, image)
	r.Reset()
	return r, nil
}

// Start acknowledges always; for a write, the register number comes next.
func (r *Registers) Start(_ uint8, read bool) bool {
	r.want = !read
	return true
}

// Receive takes the register number, then data.
func (r *Registers) Receive(b byte) bool {
	if r.want {
		if int(b) >= len(r.reg) {
			return false
		}
		r.want = false
		r.pointer = int(b)
		return true
	}
	r.put(r.pointer, b)
	r.pointer = (r.pointer + 1) % len(r.reg)
	return true
}

// Send gives the register the number stands at.
func (r *Registers) Send() byte {
	b := r.reg[r.pointer]
	r.pointer = (r.pointer + 1) % len(r.reg)
	return b
}

// Stop ends the transaction; the register number stays.
func (r *Registers) Stop() {}

// Reset undoes what was written on the bus.
func (r *Registers) Reset() {
	copy(r.reg, r.image)
	r.pointer = 0
}

// Get reads register n; 0 if there is none.
func (r *Registers) Get(n int) byte {
	if n < 0 || n >= len(r.reg) {
		return 0
	}
	return r.reg[n]
}

// Set changes register n, if there is one, and what it is after a Reset.
func (r *Registers) Set(n int, b byte) {
	if n >= 0 && n < len(r.reg) {
		r.image[n] = b
		r.put(n, b)
	}
}

func (r *Registers) put(n int, b byte) {
	if r.reg[n] != b {
		r.reg[n] = b
		r.Changed()
	}
}

// Quantities lists the registers.
func (r *Registers) Quantities() []Quantity { return registerQuantities(len(r.reg)) }

func registerQuantities(n int) []Quantity {
	qs := make([]Quantity, n)
	for i := range qs {
		qs[i] = Quantity{Name: fmt.Sprintf("%02x", i), Doc: fmt.Sprintf("register %02Xh, 0 to 255", i)}
	}
	return qs
}

func (r *Registers) index(name string) (int, error) {
	if name == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(name, 16, 8)
	if err != nil || int(n) >= len(r.reg) {
		return 0, fmt.Errorf("%q: %w", name, ErrNoQuantity)
	}
	return int(n), nil
}

// Value reads the register of that number.
func (r *Registers) Value(name string) (float64, error) {
	i, err := r.index(name)
	if err != nil {
		return 0, err
	}
	return float64(r.reg[i]), nil
}

// SetValue writes the register of that number.
func (r *Registers) SetValue(name string, v float64) error {
	i, err := r.index(name)
	if err != nil {
		return err
	}
	if err := finite(v); err != nil {
		return err
	}
	r.Set(i, byte(clampRound(v, 0, 255)))
	return nil
}

// finite refuses what no register can hold.
func finite(v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("value %v is not a finite number", v)
	}
	return nil
}

// clampRound rounds to the nearest integer between lo and hi.
func clampRound(v, lo, hi float64) int {
	return int(max(lo, min(hi, math.Round(v))))
}
