package bmc

import (
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// satellite is what a machine has that is a controller on another one's bus. It is a machine of its own with fewer
// commands. It shares its owner's locks, hardware and clock: there is one truth about the hardware, whichever
// controller looks at it.
type satellite struct {
	address ipmb.Addr // 20h of the machine that owns the others
	owner   *Machine  // nil: this is it
	uplink  uint8     // the owner's channel whose bus this is on; here it is channel 0
	slot    *i2c.Slot // the place on that bus
	speaks  []Vendor  // whose commands it has
}

// satelliteBlueprint is a satellite's own blueprint and its place.
type satelliteBlueprint struct {
	*Blueprint
	spec *profiles.Satellite
}

// satellites makes the blueprints of the controllers on the buses of a machine.
func (b *Blueprint) satelliteBlueprints(p *profiles.Profile, vendors []Vendor) error {
	var errs []error
	for i := range p.IPMB {
		spec := &p.IPMB[i]
		inner := &Blueprint{profile: p.Satellite(i), address: ipmb.Addr(spec.At), images: make(map[uint8][]byte), byDevice: b.byDevice}
		if err := inner.fill(vendors); err != nil {
			errs = append(errs, err)
		}
		b.satellites = append(b.satellites, satelliteBlueprint{inner, spec})
	}
	return errors.Join(errs...)
}

// satelliteCommands are the rows of a satellite: what each controller has, and what belongs to its device support.
// [IPMI 2.0 §20.1, byte 7]
func satelliteCommands(p *profiles.Profile) [][]Command {
	var has profiles.Support
	for _, s := range p.Device.Support {
		has |= s
	}
	supported := func(s profiles.Support, rows []Command) []Command {
		if has&s == 0 {
			return nil
		}
		return rows
	}
	var bridge []Command
	if len(p.IPMB) > 0 {
		bridge = commandsOf(messagingCommands, ipmb.SendMessage)
	}
	lists := [][]Command{
		commandsOf(deviceCommands, ipmb.GetDeviceID, ipmb.ColdReset, ipmb.WarmReset, ipmb.GetSelfTestResults, ipmb.ManufacturingTestOn),
		bridge,
		supported(profiles.SupportEventGenerator, commandsOf(eventCommands, ipmb.SetEventReceiver, ipmb.GetEventReceiver)),
		supported(profiles.SupportEventReceiver, commandsOf(eventCommands, ipmb.PlatformEventMessage)),
		supported(profiles.SupportSensor, sensorCommands),
		supported(profiles.SupportSDRRepository, sdrCommands),
		supported(profiles.SupportSEL, commandsOf(selCommands, ipmb.GetSELInfo, ipmb.GetSELAllocationInfo, ipmb.ReserveSEL,
			ipmb.GetSELEntry, ipmb.AddSELEntry, ipmb.DeleteSELEntry, ipmb.ClearSEL, ipmb.GetSELTime, ipmb.SetSELTime)),
		supported(profiles.SupportFRU, fruCommands),
	}
	if p.Device.GUID != nil {
		lists = append(lists, commandsOf(deviceCommands, ipmb.GetDeviceGUID))
	}
	if p.System.GUID != (profiles.GUID{}) {
		lists = append(lists, commandsOf(messagingCommands, ipmb.GetSystemGUID))
	}
	return lists
}

// commandsOf picks rows of a list.
func commandsOf(list []Command, ops ...ipmb.Op) (rows []Command) {
	for _, c := range list {
		for _, op := range ops {
			if c.Op == op {
				rows = append(rows, c)
			}
		}
	}
	return rows
}

// owned gives a sensor's record the controller that the sensor belongs to.
func owned(r sdr.Record, owner ipmb.Addr, channel uint8) sdr.Record {
	switch r := r.(type) {
	case *sdr.FullSensor:
		r.Sensor.Owner, r.Sensor.Channel = owner, channel
	case *sdr.CompactSensor:
		r.Sensor.Owner, r.Sensor.Channel = owner, channel
	case *sdr.EventOnly:
		r.Sensor.Owner, r.Sensor.Channel = owner, channel
	}
	return r
}

// satellites lists what the repository says of the controllers on the machine's buses: where they are, their sensors,
// and their inventories.
func (r *recorder) satellites() {
	for i := range r.profile.IPMB {
		s, path := &r.profile.IPMB[i], fmt.Sprintf("ipmb[%d]", i)
		if s.Listed != nil && !*s.Listed {
			continue
		}
		r.controller(ipmb.Addr(s.At), s.Channel, &profiles.Controller{
			Name: s.Name, Entity: s.Entity, Flags: s.Flags, Support: s.Device.Support,
		}, path)
		for j := range s.Sensors {
			if s.Sensors[j].Record == "none" {
				continue
			}
			rec, err := sensorRecord(&s.Sensors[j])
			if err != nil {
				continue // told with the satellite's own records
			}
			r.records = append(r.records, owned(rec, ipmb.Addr(s.At), s.Channel))
		}
		for j := range s.FRU {
			f := &s.FRU[j]
			if f.ID == 0 || f.Locator != nil && !*f.Locator {
				continue
			}
			r.records = append(r.records, &sdr.FRULocator{
				Access: ipmb.Addr(s.At), Channel: s.Channel, Device: f.ID, Logical: true, Kind: sdr.DeviceLogicalFRU, Modifier: f.Modifier,
				Entity: sdr.Entity(f.Entity), OEM: f.OEM, Name: r.name(fmt.Sprintf("%s.fru[%d].name", path, j), f.Name),
			})
		}
		p := r.profile.Satellite(i)
		for _, v := range spoken(p, r.vendors) {
			if v.Records == nil {
				continue
			}
			for _, rec := range v.Records(p, ipmb.Addr(s.At), s.Channel) {
				r.records = append(r.records, &sdr.OEM{Manufacturer: rec.Manufacturer, Data: rec.Data})
			}
		}
	}
}

// addSatellites builds the controllers on the machine's buses and puts them there.
func (m *Machine) addSatellites(b *Blueprint) error {
	var errs []error
	for i := range b.satellites {
		inner := &b.satellites[i]
		s, err := inner.newSatellite(m)
		if err == nil {
			err = m.attach(s, inner.spec)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", m.profile.Where(fmt.Sprintf("ipmb[%d]", i)), err))
			continue
		}
		m.bridges.satellites = append(m.bridges.satellites, s)
	}
	return errors.Join(errs...)
}

// newSatellite builds a controller that another one owns. It gets the session table when there is one.
func (b *satelliteBlueprint) newSatellite(owner *Machine) (*Machine, error) {
	p := b.profile
	m := &Machine{
		rand: owner.rand, table: b.table, profile: p, mu: owner.mu,
		hardware: owner.hardware, clock: owner.clock, started: owner.started, users: new(users),
		satellite: satellite{address: b.address, owner: owner, uplink: b.spec.Channel, speaks: b.vendors},
	}
	m.log = owner.log.With().Str("satellite", b.spec.Name).Logger()
	m.logsExchanges = owner.logsExchanges
	m.bridges.tree = i2c.NewTree()
	m.device, m.events, m.messaging = newDeviceState(p), newEvents(), newMessaging(p)
	m.power = newPower(p)
	var err error
	if m.channels, err = newChannels(p); err != nil {
		return nil, err
	}
	m.firewall = newFirewall(m.table, m.channels)
	if m.sel, err = newLog(p, m.clock); err != nil {
		return nil, err
	}
	if m.sensors, err = newSensors(b.sensors, m.hardware, p); err != nil {
		return nil, err
	}
	if m.inventories, err = newInventories(p, b.Blueprint, m.hardware); err != nil {
		return nil, err
	}
	m.sdrs = m.newSDRs(b.Blueprint)
	return m, m.addSatellites(b.Blueprint)
}

// top is the machine that owns all the others.
func (m *Machine) top() *Machine {
	for m.owner != nil {
		m = m.owner
	}
	return m
}

// eachSatellite calls f with each controller behind the machine.
func (m *Machine) eachSatellite(f func(*Machine)) {
	for _, s := range m.bridges.satellites {
		f(s)
		s.eachSatellite(f)
	}
}

// restartSatellite is what a cold reset of a satellite, and its power coming up, do.
func (m *Machine) restartSatellite() {
	m.device.manufacturing = false // [IPMI 2.0 §20.5]
	m.messaging.restart()
	m.sel.Reset() // [IPMI 2.0 §31.4.2]
	m.events = newEvents()
	m.restartSensors()
	m.sdrs.repository.Reset() // [IPMI 2.0 §33.11.2]
	m.sdrs.device.Reset()
	for _, part := range m.parts {
		part.Stop()
	}
}

// closeSatellite stops a satellite's timers for good.
func (m *Machine) closeSatellite() {
	m.closed = true
	m.device.stop()
	m.faults.away.stop()
	m.faults.update.stop()
	for _, part := range m.parts {
		part.Stop()
	}
}

// eachPart calls f with the vendors' states of the machine and of the controllers behind it.
func (m *Machine) eachPart(f func(Part)) {
	for _, part := range m.parts {
		f(part)
	}
	m.eachSatellite(func(s *Machine) {
		for _, part := range s.parts {
			f(part)
		}
	})
}

// Satellite is a controller on one of the machine's buses.
type Satellite struct {
	Name    string
	Address ipmb.Addr
	Path    string // of buses and addresses, "channel 6/16"
}

// Satellites lists the controllers behind the machine, those behind others included.
func (m *Machine) Satellites() []Satellite {
	defer m.lockAll()()
	var list []Satellite
	m.eachSatellite(func(s *Machine) {
		list = append(list, Satellite{Name: s.slot.Name, Address: s.address, Path: s.slot.Path()})
	})
	return list
}

// startVendors makes the vendors' states, also those of the satellites.
func (m *Machine) startVendors(b *Blueprint) error {
	errs := []error{m.newParts(b.vendors)}
	m.eachSatellite(func(s *Machine) { errs = append(errs, s.newParts(s.speaks)) })
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("profile %s: %w", m.profile.Name, err)
	}
	if err := m.restoreVendors(); err != nil {
		return fmt.Errorf("%w\n%w", errNotRestored, err)
	}
	return nil
}
