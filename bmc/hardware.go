package bmc

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/profiles"
)

// hardware is what the machine stands on: its I2C buses and devices. Sensors, FRU inventories and Master Write-Read all
// look at the same registers.
type hardware struct {
	tree    *i2c.Tree
	motions motions
	loads   []load
}

// load is a quantity that follows the host's power: what a supply draws is little while the host is off.
type load struct {
	slot     *i2c.Slot
	quantity string
	on, off  float64
}

// switchHost switches the host's rail, and what follows it.
func (h *hardware) switchHost(on bool) {
	if h.tree.HostPower() == on {
		return
	}
	for i := range h.loads {
		l := &h.loads[i]
		meter := l.slot.Device.(i2c.Meter)
		if on {
			_ = meter.SetValue(l.quantity, l.on) // it had this value
			continue
		}
		l.on, _ = meter.Value(l.quantity)
		_ = meter.SetValue(l.quantity, l.off) // a finite number, for a quantity that is there
	}
	h.tree.SetHostPower(on)
}

// set gives a quantity a value by itself. While the host is off, one that has another value then comes back with it.
func (h *hardware) set(slot *i2c.Slot, meter i2c.Meter, quantity string, v float64) {
	if !h.tree.HostPower() {
		for i := range h.loads {
			if l := &h.loads[i]; l.slot == slot && l.quantity == quantity {
				l.on = v
				return
			}
		}
	}
	_ = meter.SetValue(quantity, v) // finite, and the quantity is there
}

// ErrUnknownName says that the machine has no device, sensor or inventory of that name.
var ErrUnknownName = errors.New("unknown name")

// newHardware builds the buses and devices of a profile. EEPROMs that hold a FRU inventory get its image.
func newHardware(p *profiles.Profile, images map[string][]byte) (*hardware, error) {
	b := builder{profile: p, images: images, hardware: &hardware{tree: i2c.NewTree(), motions: motions{still: p.Still}}}
	for i := range p.I2C {
		bus, err := b.hardware.tree.AddBus(i2c.BusID(p.I2C[i].Bus))
		if err != nil {
			b.fail(fmt.Sprintf("i2c[%d].bus", i), err)
			continue
		}
		b.devices(&bus.Segment, p.I2C[i].Devices, fmt.Sprintf("i2c[%d]", i))
	}
	return b.hardware, errors.Join(b.errs...)
}

// builder makes the hardware of a profile and goes on after errors so that all are told.
type builder struct {
	profile  *profiles.Profile
	images   map[string][]byte
	hardware *hardware
	errs     []error
}

func (b *builder) fail(path string, err error) {
	b.errs = append(b.errs, fmt.Errorf("%s: %w", b.profile.Where(path), err))
}

func (b *builder) devices(on *i2c.Segment, list []profiles.I2CDevice, path string) {
	for i := range list {
		b.device(on, &list[i], fmt.Sprintf("%s.devices[%d]", path, i))
	}
}

func (b *builder) device(on *i2c.Segment, d *profiles.I2CDevice, path string) {
	model, ok := i2c.ModelByName(d.Model)
	if !ok {
		b.fail(path+".model", fmt.Errorf("unknown model %q", d.Model))
		return
	}
	image := []byte(d.Image)
	if inventory := b.images[d.Name]; d.Name != "" && inventory != nil {
		if len(image) > 0 {
			b.fail(path+".image", errors.New("the device holds a FRU inventory: leave the image out"))
		}
		image = inventory
	}
	device, err := model.New(i2c.Config{
		Value: d.Value, Values: d.Values, Texts: d.Texts, Image: image, WriteProtect: d.WriteProtect,
		BusyPolls: d.BusyPolls, Size: d.Size, Format: d.Format,
	})
	if err != nil {
		b.fail(path, err)
		return
	}
	slot, err := on.Attach(i2c.Slot{At: d.At, Name: d.Name, Model: d.Model, Rail: i2c.Rail(d.Rail), Device: device})
	if err != nil {
		b.fail(path, err)
		return
	}
	slot.SetPresent(!d.Absent)
	b.moves(slot, d, path)
	b.loads(slot, d, path)
	mux, ok := device.(*i2c.Mux)
	for i, c := range d.Channels {
		place := fmt.Sprintf("%s.channels[%d]", path, i)
		if !ok || int(c.Number) >= mux.Channels() {
			b.fail(place+".number", fmt.Errorf("a %s has no channel %d", d.Model, c.Number))
			continue
		}
		b.devices(mux.Channel(int(c.Number)), c.Devices, place)
	}
}

// loads lets a device's quantities follow the host's power.
func (b *builder) loads(slot *i2c.Slot, d *profiles.I2CDevice, path string) {
	for _, name := range slices.Sorted(maps.Keys(d.Off)) {
		meter, ok := slot.Device.(i2c.Meter)
		if !ok {
			b.fail(path+".off", fmt.Errorf("a %s measures nothing", d.Model))
			return
		}
		on, err := meter.Value(name)
		if err != nil {
			b.fail(path+".off", err)
			continue
		}
		b.hardware.loads = append(b.hardware.loads, load{slot: slot, quantity: name, on: on, off: d.Off[name]})
	}
}

// moves lets a device's quantities move.
func (b *builder) moves(slot *i2c.Slot, d *profiles.I2CDevice, path string) {
	add := func(quantity string, m *profiles.Motion, path string) {
		meter, ok := slot.Device.(i2c.Meter)
		if !ok {
			b.fail(path, fmt.Errorf("a %s measures nothing", d.Model))
			return
		}
		start, err := meter.Value(quantity)
		if err != nil {
			b.fail(path, err)
			return
		}
		b.hardware.motions.add(motion{
			name: motionName(slot, quantity), spec: m, start: start, slot: slot,
			set: func(v float64) { b.hardware.set(slot, meter, quantity, v) },
		})
	}
	if d.Move != nil {
		add("", d.Move, path+".move")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Moves)) {
		m := d.Moves[name]
		add(name, &m, path+".moves."+name)
	}
}

// DeviceState is a device of the machine's hardware.
type DeviceState struct {
	Name       string // empty: none
	Path       string // bus and address, such as "bus 1/48"
	Model      string
	Rail       string // "standby" or "host"
	Present    bool   // plugged in
	Powered    bool   // and fed, and so are the multiplexers on the way
	Quantities []QuantityState
}

// QuantityState is one thing that a device measures or drives.
type QuantityState struct {
	Name  string
	Value float64
	Unit  string
}

// Devices lists the machine's devices.
func (m *Machine) Devices() []DeviceState {
	defer m.lockAll()()
	m.moveReadings()
	slots := m.hardware.tree.Slots()
	states := make([]DeviceState, len(slots))
	for i, s := range slots {
		states[i] = deviceOf(s)
	}
	return states
}

// Device is the device of that name or path.
func (m *Machine) Device(name string) (DeviceState, error) {
	defer m.lockAll()()
	m.moveReadings()
	s, err := m.hardware.slot(name)
	if err != nil {
		return DeviceState{}, err
	}
	return deviceOf(s), nil
}

func deviceOf(s *i2c.Slot) DeviceState {
	d := DeviceState{Name: s.Name, Path: s.Path(), Model: s.Model, Rail: s.Rail.String(), Present: s.Present(), Powered: s.Powered()}
	meter, ok := s.Device.(i2c.Meter)
	if !ok {
		return d
	}
	for _, q := range meter.Quantities() {
		if v, err := meter.Value(q.Name); err == nil {
			d.Quantities = append(d.Quantities, QuantityState{Name: q.Name, Value: v, Unit: string(q.Unit)})
		}
	}
	return d
}

// SetDevice changes what a device measures or drives. An empty quantity is the one that the device is for. The sensors
// that look at it follow, with their events. A quantity that moves by itself stops doing so.
func (m *Machine) SetDevice(name, quantity string, value float64) error {
	defer m.lockAll()()
	if m.closed {
		return ErrClosed
	}
	s, err := m.hardware.slot(name)
	if err != nil {
		return err
	}
	m.hardware.motions.stop(motionName(s, quantity))
	return s.SetValue(quantity, value)
}

// SetDevicePresent plugs a device in or pulls it out.
func (m *Machine) SetDevicePresent(name string, present bool) error {
	defer m.lockAll()()
	if m.closed {
		return ErrClosed
	}
	s, err := m.hardware.slot(name)
	if err != nil {
		return err
	}
	s.SetPresent(present)
	return nil
}

// motionName names the motion of a device's quantity. The empty quantity is the one that the device is for.
func motionName(s *i2c.Slot, quantity string) string {
	if meter, ok := s.Device.(i2c.Meter); ok && quantity == "" {
		quantity = meter.Quantities()[0].Name
	}
	return s.Path() + " " + quantity
}

func (h *hardware) slot(name string) (*i2c.Slot, error) {
	if s := h.tree.Slot(name); s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("device %q: %w", name, ErrUnknownName)
}

// supplies are the machine's power supplies.
func (h *hardware) supplies() (list []*i2c.Slot) {
	for _, slot := range h.tree.Slots() {
		if _, ok := slot.Device.(*i2c.PSU); ok {
			list = append(list, slot)
		}
	}
	return list
}

// transfer is one transaction on a bus for somebody who names the bus by number, and returns how many bytes were read.
// [IPMI 2.0 §22.11]
func (h *hardware) transfer(id i2c.BusID, addr uint8, write, read []byte) (int, error) {
	return transferOn(h.tree, id, addr, write, read)
}

// supplied adds up a quantity of the supplies that are plugged in and answer; false: none does.
func supplied(supplies []*i2c.Slot, quantity string) (sum float64, ok bool) {
	for _, slot := range supplies {
		if v, err := slot.Value(quantity); err == nil && slot.Powered() {
			sum, ok = sum+v, true
		}
	}
	return sum, ok
}
