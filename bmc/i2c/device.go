// Package i2c is the hardware a machine stands on: I2C buses, multiplexers and devices with their registers.
//
// A Tree holds the buses of one machine. A Bus is what a management controller drives: it has an address space, devices
// in it (Slot), and a master's view of it (Bus.Transfer), which is what Master Write-Read needs [IPMI 2.0 §22.11]. A
// multiplexer is a device whose channels are further address spaces (Segment).
//
// The devices answer byte for byte as their datasheets say. Each source file names the document it follows and the
// part of it that is here. What a device measures can be read and turned by name (Meter), so sensors and FRU
// inventories are views on registers and nothing is kept twice.
//
// Nothing here is safe for concurrent use: the lock of the machine that owns the tree guards it. There is no clock and
// no randomness, so the same transactions give the same answers.
//
// Tags of the documents cited beside IPMI: [I2C §…] is NXP UM10204 rev. 6, [SMBus §…] is SMBus 2.0, [PMBus §…] is the
// PMBus specification 1.2, part II.
package i2c

import "errors"

// What a master can meet on the wire. The first four are the completion codes of Master Write-Read, 83h, 83h, 81h and
// 82h; ErrTruncated is 84h. [IPMI 2.0 §22.11]
var (
	// ErrNAKAddress says that no device acknowledged the address.
	ErrNAKAddress = errors.New("i2c: address not acknowledged")
	// ErrNAKData says that a device refused a byte; Transaction.Written counts those it took.
	ErrNAKData = errors.New("i2c: data not acknowledged")
	// ErrArbitration says that another master won the bus.
	ErrArbitration = errors.New("i2c: arbitration lost")
	// ErrBus says that the wires did something illegal, such as SDA held low.
	ErrBus = errors.New("i2c: bus error")
	// ErrTruncated says that fewer bytes came than were asked for; those that came are valid.
	ErrTruncated = errors.New("i2c: read truncated")
	// ErrBusy says that a transaction is under way on this bus.
	ErrBusy = errors.New("i2c: bus busy")
	// ErrNoQuantity says that the device has no quantity of that name.
	ErrNoQuantity = errors.New("i2c: no such quantity")
)

// Device is a target on a bus. A transaction reaches it as the events on the wire: Start for each START or repeated
// START with its address, a Receive or Send for each byte, and Stop. Implementations are pointers, keep no slice they
// are given, and accept the events in any order.
type Device interface {
	// Start is a START condition with the device's 7-bit address and the R/W bit. It answers whether the device
	// acknowledges; if it does not, no other event follows until the next Start.
	Start(addr uint8, read bool) bool
	// Receive takes one byte from the master and answers whether the device acknowledges it.
	Receive(b byte) bool
	// Send gives the master its next byte.
	Send() byte
	// Stop is the STOP condition after a Start that was acknowledged.
	Stop()
	// Reset returns the registers to what they are after the supply has come up. What a device measures is not a
	// register and stays; so does what is non-volatile.
	Reset()
	// OnChange sets what the device calls after a register, or what it measures, has changed.
	OnChange(func())
}

// Signal carries a device's OnChange; devices embed it.
type Signal struct{ f func() }

// OnChange sets the function that Changed calls.
func (s *Signal) OnChange(f func()) { s.f = f }

// Changed tells the owner that something in the device is different.
func (s *Signal) Changed() {
	if s.f != nil {
		s.f()
	}
}

// spanner is a device that answers at several consecutive addresses, such as a 24C16 at eight. The first of them must be
// a multiple of Span.
type spanner interface{ Span() int }

// Unit is what a quantity is counted in.
type Unit string

// The units of the quantities here. A pin or a flag has the unit NoUnit and the values 0 and 1.
const (
	NoUnit  Unit = ""
	Celsius Unit = "°C"
	RPM     Unit = "RPM"
	Volt    Unit = "V"
	Ampere  Unit = "A"
	Watt    Unit = "W"
	Percent Unit = "%"
)

// Quantity is one thing that a device measures or drives.
type Quantity struct {
	Name string
	Unit Unit
	Doc  string
}

// Meter is a device with quantities.
type Meter interface {
	Device
	// Quantities lists them; the first is what the device is for, and the empty name means it.
	Quantities() []Quantity
	// Value is the quantity as the registers show it now, with their resolution and limits.
	Value(name string) (float64, error)
	// SetValue changes the world the device measures, or what it drives. Values beyond what a register can hold
	// are brought to its end; a number that is not finite is refused.
	SetValue(name string, v float64) error
}
