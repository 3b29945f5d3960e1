package bmc

import (
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Vendor is what a manufacturer adds to the standard commands: rows of the command table, and the state behind them.
// One package below bmc/oem holds one vendor; bmc/oem lists them. [IPMI 2.0 §5.1, network functions 2Eh and 30h to 3Fh]
type Vendor struct {
	Name string // as profiles write it in their oem section
	// Speaks reports whether the profile's machine has the vendor's commands.
	Speaks func(p *profiles.Profile) bool
	// Commands are the vendor's rows. One with the Op of a standard command replaces it.
	Commands []Command
	// Lacks are those of them that the profile's machine has not got: C1h. Nil: it has them all.
	Lacks func(p *profiles.Profile) []ipmb.Op
	// Records are OEM records in the repository of the controller that a satellite of the profile is behind, by which
	// clients find it. Nil: there are none.
	Records func(p *profiles.Profile, at ipmb.Addr, channel uint8) []profiles.OEMRecord
	// OwnRecords are OEM records in the controller's own repository, about what the profile's section of the vendor has. Nil:
	// there are none.
	OwnRecords func(p *profiles.Profile) []profiles.OEMRecord
	// New makes the vendor's state in one machine, which is complete but for the vendors' states.
	New func(m Inside) (Part, error)
}

// Part is a vendor's state in one machine. Its methods are called under the machine's locks, like a handler.
type Part interface {
	// HostPower tells that the host's power came or went.
	HostPower(on bool)
	// Changed tells that a device of the machine changed.
	Changed()
	// HostStops tells of a reset of the host, or that its power went.
	HostStops()
	// Pressed tells of a button of the front panel.
	Pressed(b Button)
	// RestoreDelay is what the vendor adds to the time from the return of the mains to the power restore policy.
	RestoreDelay() time.Duration
	// MayReach says whether messages may be bridged to an address of a bus; OK: they may.
	MayReach(channel uint8, addr ipmb.Addr) ipmb.CompletionCode
	// AuxiliaryLog is the status of a log of that type which is the vendor's, as Get Auxiliary Log Status answers; nil: the
	// vendor has none. [IPMI 2.0 §31.12]
	AuxiliaryLog(kind uint8) []byte
	// Defaults brings the vendor's settings back to what they were at the start.
	Defaults()
	// Stop tells that the controller restarts or ends: what was started stops.
	Stop()
	// Shown is what there is to see of the state, a struct with JSON tags; nil: nothing.
	Shown() any
	// Kept is the non-volatile part of the state, a struct with JSON tags; nil: there is none. Restore takes it up again:
	// decode reads it strictly.
	Kept() any
	Restore(decode func(document any) error) error
}

// PlainPart is a Part that does nothing, for vendors' states to embed.
type PlainPart struct{}

// HostPower does nothing.
func (PlainPart) HostPower(bool) {}

// Changed does nothing.
func (PlainPart) Changed() {}

// HostStops does nothing.
func (PlainPart) HostStops() {}

// Pressed does nothing.
func (PlainPart) Pressed(Button) {}

// RestoreDelay adds nothing.
func (PlainPart) RestoreDelay() time.Duration { return 0 }

// MayReach has nothing against it.
func (PlainPart) MayReach(uint8, ipmb.Addr) ipmb.CompletionCode { return ipmb.OK }

// AuxiliaryLog is none.
func (PlainPart) AuxiliaryLog(uint8) []byte { return nil }

// Defaults does nothing.
func (PlainPart) Defaults() {}

// Stop does nothing.
func (PlainPart) Stop() {}

// Shown is nothing.
func (PlainPart) Shown() any { return nil }

// Kept is nothing.
func (PlainPart) Kept() any { return nil }

// Restore has nothing to take up.
func (PlainPart) Restore(func(any) error) error { return errNoSuchPart }

// WithVendors gives the machine the commands of those of the vendors that its profile speaks. Without it there are the
// specification's only.
func WithVendors(vendors ...Vendor) Option {
	return func(m *Machine) { m.vendors = append(m.vendors, vendors...) }
}

// PartOf is the vendor's state of type T in the machine whose request a handler answers.
func PartOf[T Part](m *Machine) T {
	for _, p := range m.parts {
		if t, ok := p.(T); ok {
			return t
		}
	}
	panic("a vendor's command in a machine without the vendor")
}

// Vendors is what there is to see of the vendors' states, by their names in profiles: structs with JSON tags, as they are now.
func (m *Machine) Vendors() map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := make(map[string]any)
	for i, part := range m.parts {
		if s := part.Shown(); s != nil {
			states[m.partNames[i]] = s
		}
	}
	return states
}

// newParts makes the states of the vendors that the profile speaks.
func (m *Machine) newParts(vendors []Vendor) error {
	for _, v := range vendors {
		if v.New == nil {
			continue
		}
		part, err := v.New(Inside{m})
		if err != nil {
			return err
		}
		m.parts, m.partNames = append(m.parts, part), append(m.partNames, v.Name)
	}
	return nil
}

// spoken are those of the vendors whose commands the profile's machine has.
func spoken(p *profiles.Profile, vendors []Vendor) []Vendor {
	var list []Vendor
	for _, v := range vendors {
		if v.Speaks(p) {
			list = append(list, v)
		}
	}
	return list
}

// vendorCommands lists the vendors' rows. What vendors can do to a machine is not the table's to know: each may change any
// part of the non-volatile state.
func vendorCommands(vendors []Vendor) [][]Command {
	var lists [][]Command
	for _, v := range vendors {
		rows := slices.Clone(v.Commands)
		for i := range rows {
			rows[i].Keeps = allParts
		}
		lists = append(lists, rows)
	}
	return lists
}

// keptVendors is what vendors keep, a document for each. The states are made when everything else is restored, so that
// their documents wait for them.
func keptVendors() storedPart {
	return storedPart{
		set: keepsVendors, name: "vendors", version: 1,
		export: func(m *Machine, put func(string, any)) {
			for i, part := range m.parts {
				if d := part.Kept(); d != nil {
					put(m.partNames[i], d)
				}
			}
		},
		restore: func(m *Machine, sub string, decode func(any) error) error {
			i := slices.IndexFunc(spoken(m.profile, m.vendors), func(v Vendor) bool { return v.Name == sub })
			if i < 0 {
				return errNoSuchPart
			}
			if m.keeper.vendors == nil {
				m.keeper.vendors = make(map[string]func(any) error)
			}
			m.keeper.vendors[sub] = decode
			return nil
		},
	}
}

// restoreVendors gives the documents that waited to the vendors' states.
func (m *Machine) restoreVendors() error {
	var errs []error
	for i, part := range m.parts {
		if decode, ok := m.keeper.vendors[m.partNames[i]]; ok {
			if err := part.Restore(decode); err != nil {
				errs = append(errs, fmt.Errorf("vendors/%s: %w", m.partNames[i], err))
			}
		}
	}
	m.keeper.vendors = nil
	return errors.Join(errs...)
}

// restoreDelay is the longest time that a vendor wants to wait before the power restore policy acts.
func (m *Machine) restoreDelay() time.Duration {
	var longest time.Duration
	for _, p := range m.parts {
		longest = max(longest, p.RestoreDelay())
	}
	return longest
}

// mayReach asks the vendors whether messages may be bridged to an address.
func (m *Machine) mayReach(channel uint8, addr ipmb.Addr) error {
	for _, p := range m.parts {
		if code := p.MayReach(channel, addr); code != ipmb.OK {
			return code
		}
	}
	return nil
}

// Inside is a machine as vendors' handlers and states use it: they run under the machine's locks, so its methods take
// none. Nobody else may call them.
type Inside struct{ m *Machine }

// Inside is the machine for the handler of one of its requests.
func (m *Machine) Inside() Inside { return Inside{m} }

// Log is the machine's log, for changes that somebody should be able to see. Messages are constant and lower case.
func (i Inside) Log() *zerolog.Logger { return &i.m.log }

// Profile is what the machine was built from.
func (i Inside) Profile() *profiles.Profile { return i.m.profile }

// Power is where the host's power is.
func (i Inside) Power() PowerState { return i.m.top().power.state }

// Control carries out a power action as Chassis Control over the request's channel would. [IPMI 2.0 §28.3]
func (i Inside) Control(a PowerAction, channel uint8) error {
	return i.m.top().applyPower(a, powerSource{cause: causeChassisControl, channel: channel})
}

// Random is the stream of random numbers for a purpose.
func (i Inside) Random(purpose string) *mathrand.Rand { return mathrand.New(i.m.rand.stream(purpose)) }

// Carries is how many bytes of data the answer to a request can have, an enterprise's bytes among them.
func (i Inside) Carries(r *Request) int { return i.m.carries(r) }

// SystemName is the system info parameter of that name. [IPMI 2.0 §22.14a, parameter 2]
func (i Inside) SystemName() string { return i.m.info.text(infoSystemName) }

// SetSystemName changes it; at most 255 bytes.
func (i Inside) SetSystemName(name string) {
	i.m.info.setText(infoSystemName, name)
	i.m.changed(keepsSystemInfo)
}

// MAC is the hardware address of the first LAN channel, or zeros. [IPMI 2.0 §23.2, parameter 5]
func (i Inside) MAC() (mac [6]byte) {
	for n := range i.m.channels.byNumber {
		if c := i.m.channels.byNumber[n]; c != nil && c.spec.Medium == profiles.MediumLAN {
			mac = c.spec.LAN.MAC
			if c.lan.row(lanMAC) != nil {
				copy(mac[:], c.lan.entry(lanMAC, 0))
			}
			return mac
		}
	}
	return mac
}

// SystemACPI is the system power state. [IPMI 2.0 §20.7]
func (i Inside) SystemACPI() uint8 { return i.m.device.acpi.system }

// SetSystemACPI sets it. [IPMI 2.0 §20.6]
func (i Inside) SetSystemACPI(state uint8) error {
	if err := i.m.device.acpi.set(&state, nil); err != nil {
		return err
	}
	i.m.showACPI()
	return nil
}

// Identified reports whether the indicator is on or blinks. [IPMI 2.0 §28.5]
func (i Inside) Identified() bool { return i.m.chassis.identified != identifyOff }

// Identify switches the indicator on for good. [IPMI 2.0 §28.5]
func (i Inside) Identify() { i.m.identifyFor(identifyForever) }

// Device is the device of that name or path, as it is now.
func (i Inside) Device(name string) (DeviceState, error) {
	s, err := i.m.hardware.slot(name)
	if err != nil {
		return DeviceState{}, err
	}
	return deviceOf(s), nil
}

// Supplies adds up a quantity ("pin", "pout") of the PMBus supplies that are plugged in and answer; false: none does.
func (i Inside) Supplies(quantity string) (sum float64, ok bool) {
	return supplied(i.m.hardware.supplies(), quantity)
}

// SetSensor makes an analog sensor, and the devices behind it, read a value.
func (i Inside) SetSensor(name string, value float64) error { return i.m.setSensor(name, value) }

// CheckSensor says whether there is a sensor of that name.
func (i Inside) CheckSensor(name string) error {
	_, err := i.m.sensors.named(name)
	return err
}

// Wrong is the number of a sensor, and whether it is beyond one of its thresholds, or, if it is discrete, in one of the
// states. A sensor that does not read tells nothing wrong.
func (i Inside) Wrong(name string, states []uint8) (number uint8, wrong bool) {
	s, err := i.m.sensors.named(name)
	if err != nil {
		return 0, false
	}
	now := i.m.sensorState(s)
	for _, state := range now.States {
		wrong = wrong || slices.Contains(states, state)
	}
	return s.number, wrong || len(now.Thresholds) > 0
}

// CheckFans says which of the fans has no analog sensor.
func (i Inside) CheckFans(fans []profiles.ZoneFan) error {
	for _, f := range fans {
		s, err := i.m.turn(f.Sensor)
		if err != nil {
			return err
		}
		if !s.analog {
			return fmt.Errorf("sensor %q: %w", s.name, ErrNotAnalog)
		}
	}
	return nil
}

// DriveFans lets the sensors of fans follow a duty in percent.
func (i Inside) DriveFans(fans []profiles.ZoneFan, percent uint8) error {
	for _, f := range fans {
		if err := i.m.setSensor(f.Sensor, f.Full*float64(percent)/100); err != nil {
			return err
		}
	}
	return nil
}

// SetCondition makes something go wrong with the chassis, or well again.
func (i Inside) SetCondition(c Condition, on bool) { i.m.setCondition(c, on) }

// Time is the controller's clock, as Get SEL Time tells it. [IPMI 2.0 §31.10]
func (i Inside) Time() uint32 { return i.m.clock.Time() }

// Read adds up quantities of devices; false: one of them does not answer.
func (i Inside) Read(from profiles.Sources) (value float64, ok bool) {
	sources, err := i.m.hardware.sources(from, true)
	if err != nil || len(sources) == 0 {
		return 0, false
	}
	for _, s := range sources {
		v, err := s.slot.Value(s.quantity)
		if err != nil {
			return 0, false
		}
		value += v
	}
	return value, true
}

// Look brings what moves by itself to where it is now.
func (i Inside) Look() { i.m.moveReadings() }

// Raise sends an event of one of the controller's own sensors on the way that all events go. [IPMI 2.0 §17]
func (i Inside) Raise(sensorType, sensor, eventType uint8, deassert bool, data [3]byte) {
	e := i.m.ownEvent(sensorType, sensor)
	e.EventType, e.Deassert, e.Data = eventType, deassert, data
	i.m.sensorEvent(e)
}

// Memory is an EEPROM on one of the machine's buses.
func (i Inside) Memory(name string) (Memory, error) {
	slot, err := i.m.hardware.slot(name)
	if err != nil {
		return Memory{}, err
	}
	eeprom, ok := slot.Device.(*i2c.EEPROM)
	if !ok {
		return Memory{}, fmt.Errorf("%s is a %s, not an EEPROM", name, slot.Model)
	}
	return Memory{i.m, &inventory{spec: new(profiles.FRU), eeprom: eeprom, slot: slot}}, nil
}

// Memory is a memory as vendors' commands read and write it. What the part refuses, they refuse with the codes of the FRU
// inventory commands. [IPMI 2.0 §34]
type Memory struct {
	m   *Machine
	inv *inventory
}

// Size in bytes.
func (m Memory) Size() int { return m.inv.size() }

// ReadAt reads from an offset and says how many bytes there were.
func (m Memory) ReadAt(b []byte, offset int) (int, error) {
	n, err := m.m.readInventory(m.inv, b, offset)
	return n, fruCode(err)
}

// WriteAt writes from an offset and says how many bytes went in.
func (m Memory) WriteAt(b []byte, offset int) (int, error) {
	n, err := m.m.writeInventory(m.inv, b, offset)
	return n, fruCode(err)
}

// RestoreDefaults brings the settings of channels, LAN, users, Serial over LAN and event filtering back to the profile's,
// and the vendors' own with them. Logs, records and inventories stay.
func (i Inside) RestoreDefaults() error { return i.m.restoreDefaults() }

// ColdReset starts the controller anew. [IPMI 2.0 §20.2]
func (i Inside) ColdReset() { i.m.coldReset() }

// Timer runs a function under the machine's locks when its time has come. The zero value is a stopped one.
type Timer struct{ a alarm }

// Set makes f run in d, unless the timer is set anew or stopped before.
func (t *Timer) Set(i Inside, d time.Duration, f func()) { i.m.setAlarm(&t.a, d, f) }

// Stop unsets the timer.
func (t *Timer) Stop() { t.a.stop() }

// Running reports whether the timer is set.
func (t *Timer) Running() bool { return t.a.running() }

// Bytes is the range from lo to hi of request data lengths, behind an enterprise's bytes. hi -1: no upper bound.
func Bytes(lo, hi int) Length { return between(lo, hi) }
