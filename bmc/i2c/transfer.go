package i2c

import "fmt"

// Bus is a bus with the management controller as its master.
type Bus struct {
	Segment
	ID BusID
	// Intercept, if set, stands between the master and the wires. It calls Transaction.Run to let the transaction
	// happen, before which it may return an error of this package instead, and after which it may change what was
	// read. What it returns is the result.
	Intercept func(*Transaction) error

	busy  bool
	dirty []*Slot // changed during the transaction under way
}

// Transaction is one exchange: START, address, bytes written, repeated START, address, bytes read, STOP. With nothing to
// write the first half is left out, with nothing to read the second, and with neither it is the SMBus quick command, which
// asks only whether the address is acknowledged. [I2C §3.1.10] [SMBus §5.5.1]
type Transaction struct {
	Bus   *Bus
	Addr  uint8  // 7-bit
	Write []byte // not to be changed
	Read  []byte // filled from the front
	// Written counts the bytes a device acknowledged, Got those that were read.
	Written, Got int

	only *Slot // set if the controller's firmware speaks to one device, its multiplexers switched
}

// Transfer performs one transaction for the master and returns how many bytes were read. The error is one of this
// package's. It does not keep the slices.
func (b *Bus) Transfer(addr uint8, write, read []byte) (int, error) {
	return b.do(&Transaction{Bus: b, Addr: addr, Write: write, Read: read})
}

// Transfer performs one transaction with this device, as the controller's own firmware does: each multiplexer on the way
// is switched to the device for its duration, and nothing else behind them answers. With nothing to write and to read it asks whether
// the device is there.
func (s *Slot) Transfer(write, read []byte) (int, error) {
	b := s.on.bus
	return b.do(&Transaction{Bus: b, Addr: s.At, Write: write, Read: read, only: s})
}

func (b *Bus) do(t *Transaction) (int, error) {
	if b.busy {
		return 0, ErrBusy
	}
	b.busy = true
	var err error
	if b.Intercept != nil {
		err = b.Intercept(t)
	} else {
		err = t.Run()
	}
	b.busy = false
	changed := b.dirty
	b.dirty = nil
	for _, s := range changed {
		s.dirty = false
		s.changed()
	}
	return t.Got, err
}

// Slot is the first device that would see this address now, or nil.
func (t *Transaction) Slot() *Slot {
	var room [4]party
	if ps := t.parties(room[:0]); len(ps) > 0 {
		return ps[0].slot
	}
	return nil
}

// Truncate lets the read end after n bytes, for Intercept: it blanks the rest and returns ErrTruncated.
func (t *Transaction) Truncate(n int) error {
	t.Got = max(0, min(n, t.Got))
	clear(t.Read[t.Got:])
	return ErrTruncated
}

// party is a device that takes part in a transaction.
type party struct {
	slot   *Slot
	active bool // acknowledged the latest START
	bound  bool // acknowledged any START, so is owed a STOP
}

func (t *Transaction) parties(ps []party) []party {
	if t.only != nil {
		if t.only.Powered() {
			ps = append(ps, party{slot: t.only})
		}
		return ps
	}
	return t.Bus.Segment.find(t.Addr, ps)
}

// find appends the devices that see an address on this segment and on the channels that are switched to it.
func (g *Segment) find(addr uint8, ps []party) []party {
	for _, s := range g.slots {
		if !s.here() {
			continue
		}
		if addr >= s.At && int(addr) < int(s.At)+s.span() {
			ps = append(ps, party{slot: s})
		}
		if m, ok := s.Device.(*Mux); ok {
			for i := range m.channels {
				if m.Selected(i) {
					ps = m.channels[i].find(addr, ps)
				}
			}
		}
	}
	return ps
}

// Run lets the transaction happen on the wires. Lines are open drain: if several devices answer, any one's acknowledgement
// counts and a byte read is the AND of theirs. [I2C §3.1.1]
func (t *Transaction) Run() error {
	t.Written, t.Got = 0, 0
	var room [4]party
	ps := t.parties(room[:0])
	err := t.run(ps)
	for _, p := range ps {
		if p.bound {
			p.slot.Device.Stop()
		}
	}
	return err
}

func (t *Transaction) run(ps []party) error {
	if len(t.Write) > 0 || len(t.Read) == 0 {
		if !start(ps, t.Addr, false) {
			return ErrNAKAddress
		}
		for _, b := range t.Write {
			if !receive(ps, b) {
				return ErrNAKData
			}
			t.Written++
		}
	}
	if len(t.Read) == 0 {
		return nil
	}
	if !start(ps, t.Addr, true) {
		return ErrNAKAddress
	}
	for i := range t.Read {
		t.Read[i] = send(ps)
		t.Got++
	}
	return nil
}

func start(ps []party, addr uint8, read bool) (ack bool) {
	for i := range ps {
		p := &ps[i]
		p.active = p.slot.Device.Start(addr, read)
		p.bound = p.bound || p.active
		ack = ack || p.active
	}
	return ack
}

func receive(ps []party, b byte) (ack bool) {
	for i := range ps {
		if p := &ps[i]; p.active {
			p.active = p.slot.Device.Receive(b)
			ack = ack || p.active
		}
	}
	return ack
}

func send(ps []party) byte {
	b := byte(0xff)
	for i := range ps {
		if ps[i].active {
			b &= ps[i].slot.Device.Send()
		}
	}
	return b
}

// Value reads a quantity as the controller's firmware does: the device has to answer on the bus, so a missing supply
// and Intercept show, and the number has the resolution of the register.
func (s *Slot) Value(quantity string) (float64, error) {
	m, ok := s.Device.(Meter)
	if !ok {
		return 0, fmt.Errorf("%s: %q: %w", s, quantity, ErrNoQuantity)
	}
	if _, err := s.Transfer(nil, nil); err != nil {
		return 0, err
	}
	return m.Value(quantity)
}

// SetValue changes what the device measures, whether or not it has power to tell.
func (s *Slot) SetValue(quantity string, v float64) error {
	m, ok := s.Device.(Meter)
	if !ok {
		return fmt.Errorf("%s: %q: %w", s, quantity, ErrNoQuantity)
	}
	if err := m.SetValue(quantity, v); err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	return nil
}
