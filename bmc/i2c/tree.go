package i2c

import (
	"fmt"
	"slices"
)

// BusID names a bus as Master Write-Read does: a private bus by its number (0-7), or the bus of a public channel, such
// as the IPMB on channel 0. [IPMI 2.0 §22.11]
type BusID struct {
	Public bool
	Number uint8
}

// PrivateBus is the controller's private bus n.
func PrivateBus(n uint8) BusID { return BusID{Number: n} }

// PublicBus is the bus of channel n.
func PublicBus(n uint8) BusID { return BusID{Public: true, Number: n} }

// String gives "bus 1" for a private bus and "channel 0" for a public one.
func (id BusID) String() string {
	if id.Public {
		return fmt.Sprintf("channel %d", id.Number)
	}
	return fmt.Sprintf("bus %d", id.Number)
}

func (id BusID) valid() bool {
	return id.Number < 8 || id.Public && id.Number <= 0x0f
}

// Rail is the supply that feeds a device.
type Rail uint8

// A device on the standby rail always answers; one on the host's rail does so only while the host has power.
const (
	Standby Rail = iota
	Host
)

// String gives the word that profiles use.
func (r Rail) String() string {
	if r == Host {
		return "host"
	}
	return "standby"
}

// Tree is all the I2C hardware of one machine.
type Tree struct {
	// OnChange, if set, is told of each slot whose device, or whose presence or power, changed: at once for
	// changes from Go, after the STOP for changes from the bus. It may start transactions of its own.
	OnChange func(*Slot)

	buses []*Bus
	slots []*Slot
	host  bool
}

// NewTree returns a tree without buses, the host's rail off.
func NewTree() *Tree { return &Tree{} }

// AddBus adds a bus. It is an error if the number is out of range or taken.
func (t *Tree) AddBus(id BusID) (*Bus, error) {
	if !id.valid() {
		return nil, fmt.Errorf("i2c: %v: out of range", id)
	}
	if t.Bus(id) != nil {
		return nil, fmt.Errorf("i2c: %v: declared twice", id)
	}
	b := &Bus{ID: id}
	b.Segment = Segment{tree: t, bus: b, path: id.String()}
	t.buses = append(t.buses, b)
	return b, nil
}

// Bus finds a bus; nil if there is none.
func (t *Tree) Bus(id BusID) *Bus {
	for _, b := range t.buses {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// Buses lists the buses in the order they were added.
func (t *Tree) Buses() []*Bus { return slices.Clone(t.buses) }

// Slots lists all devices of all buses in the order they were attached.
func (t *Tree) Slots() []*Slot { return slices.Clone(t.slots) }

// Slot finds a device by its name or its path; nil if there is none.
func (t *Tree) Slot(nameOrPath string) *Slot {
	if nameOrPath == "" {
		return nil
	}
	for _, s := range t.slots {
		if s.Name == nameOrPath {
			return s
		}
	}
	for _, s := range t.slots {
		if s.Path() == nameOrPath {
			return s
		}
	}
	return nil
}

// HostPower says whether the host's rail is up.
func (t *Tree) HostPower() bool { return t.host }

// SetHostPower switches the host's rail. As it comes up, the devices on it are reset.
func (t *Tree) SetHostPower(on bool) {
	if t.host == on {
		return
	}
	t.host = on
	for _, s := range t.slots {
		if s.Rail != Host || s.absent {
			continue
		}
		if on {
			s.Device.Reset()
		}
		s.changed()
	}
}

// Segment is one address space: the wires of a bus, or of one channel of a multiplexer.
type Segment struct {
	tree  *Tree
	bus   *Bus
	path  string
	above *Slot // the multiplexer, nil on a bus
	slots []*Slot
}

// Path names the segment, such as "bus 1" or "bus 1/mux 70 ch 2".
func (g *Segment) Path() string { return g.path }

// Slots lists the devices of this segment, without those behind multiplexers.
func (g *Segment) Slots() []*Slot { return slices.Clone(g.slots) }

// Slot is a place on a segment with a device in it.
type Slot struct {
	At     uint8  // first 7-bit address
	Name   string // unique in the tree, or empty
	Model  string // for people; see Models
	Rail   Rail
	Device Device

	on     *Segment
	absent bool
	dirty  bool // waits in Bus.dirty
}

// Attach puts a device on the segment. It is an error if the address is reserved [I2C §3.1.12] or taken on this segment,
// the name is taken, or the device is attached already. That a device behind a multiplexer has the address of one before it
// is legal, and a mistake people make: both answer.
func (g *Segment) Attach(s Slot) (*Slot, error) {
	if g.tree == nil {
		return nil, fmt.Errorf("i2c: %02xh: attach the multiplexer first", s.At)
	}
	slot := &Slot{At: s.At, Name: s.Name, Model: s.Model, Rail: s.Rail, Device: s.Device, on: g}
	if err := g.admit(slot); err != nil {
		return nil, fmt.Errorf("i2c: %s: %w", slot.Path(), err)
	}
	if m, ok := slot.Device.(*Mux); ok {
		for i := range m.channels {
			m.channels[i] = Segment{tree: g.tree, bus: g.bus, above: slot,
				path: fmt.Sprintf("%s/mux %02x ch %d", g.path, slot.At, i)}
		}
	}
	slot.Device.OnChange(slot.changed)
	g.slots = append(g.slots, slot)
	g.tree.slots = append(g.tree.slots, slot)
	return slot, nil
}

// admit checks a new slot against its neighbours.
func (g *Segment) admit(s *Slot) error {
	if s.Device == nil {
		return fmt.Errorf("no device")
	}
	first, n := int(s.At), s.span()
	switch {
	case first < 0x08 || first+n-1 > 0x77:
		return fmt.Errorf("address %02xh is reserved; devices live at 08h to 77h", s.At)
	case first%n != 0:
		return fmt.Errorf("answers at %d addresses, so the first must be a multiple of %d", n, n)
	}
	for _, o := range g.slots {
		if first < int(o.At)+o.span() && int(o.At) < first+n {
			return fmt.Errorf("address is taken by %s", o)
		}
	}
	for _, o := range g.tree.slots {
		if s.Name != "" && o.Name == s.Name {
			return fmt.Errorf("name %q is taken by %s", s.Name, o.Path())
		}
		if o.Device == s.Device {
			return fmt.Errorf("device is attached already as %s", o)
		}
	}
	return nil
}

func (s *Slot) span() int {
	if d, ok := s.Device.(spanner); ok {
		return d.Span()
	}
	return 1
}

// Bus is the bus whose master reaches this slot.
func (s *Slot) Bus() *Bus { return s.on.bus }

// Path says where the slot is, such as "bus 1/mux 70 ch 2/48", address in hex.
func (s *Slot) Path() string { return fmt.Sprintf("%s/%02x", s.on.path, s.At) }

// String is the name, or the path of a slot without one.
func (s *Slot) String() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Path()
}

// Powered says whether the device, and each multiplexer on the way to it, is plugged in and has its supply.
func (s *Slot) Powered() bool {
	for ; s != nil; s = s.on.above {
		if !s.here() {
			return false
		}
	}
	return true
}

func (s *Slot) here() bool {
	return !s.absent && (s.Rail == Standby || s.on.tree.host)
}

// Present says whether the device is plugged in.
func (s *Slot) Present() bool { return !s.absent }

// SetPresent plugs the device in or pulls it. As it is plugged in, it is reset.
func (s *Slot) SetPresent(in bool) {
	if in != s.absent {
		return
	}
	s.absent = !in
	if in {
		s.Device.Reset()
	}
	s.changed()
}

// changed passes the device's signal on, after the STOP if the bus is at work.
func (s *Slot) changed() {
	b, t := s.on.bus, s.on.tree
	if b.busy {
		if !s.dirty {
			s.dirty = true
			b.dirty = append(b.dirty, s)
		}
		return
	}
	if t.OnChange != nil {
		t.OnChange(s)
	}
}
