package bmc

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// repository makes the records of a profile: sensors, the controller's locator, FRU locators, and what the section sdr
// adds.
func (b *Blueprint) repository(p *profiles.Profile, records []sdr.Record, vendors []Vendor) error {
	r := recorder{profile: p, vendors: vendors, address: b.address, records: records}
	r.controllers()
	r.inventories()
	r.otherInventories()
	r.otherSensors()
	r.satellites()
	r.deviceLocators()
	r.associations()
	r.others()
	encoded := make([][]byte, len(r.records))
	for i, rec := range r.records {
		encoded[i] = rec.AppendTo(nil)
	}
	for i, raw := range p.SDR.Records {
		if h, err := sdr.ParseHeader(raw); err != nil || len(raw) != sdr.HeaderLen+int(h.Length) {
			r.fail(fmt.Sprintf("sdr.records[%d]", i), errors.New("the length byte does not agree with the number of bytes"))
			continue
		}
		encoded = append(encoded, raw)
	}
	var err error
	if b.records, err = sdr.NewSet(encoded...); err == nil {
		b.records = b.records.Sorted()
		if p.SDR.FromZero {
			b.records = b.records.FromZero()
		}
	} else {
		r.errs = append(r.errs, fmt.Errorf("%s: %w", p.Where("sdr"), err))
	}
	if b.device = b.records; !p.SDR.SameDevice {
		if b.device, err = sdr.NewSetOf(records...); err != nil {
			r.errs = append(r.errs, fmt.Errorf("%s: %w", p.Where("sensors"), err))
		}
	}
	b.timestamp = stampOf(encoded)
	return errors.Join(r.errs...)
}

// stampOf is a timestamp that follows from the records: clients that keep a copy see by it whether their copy is good.
// It is in the year from 2024-01-01.
func stampOf(records [][]byte) uint32 {
	h := fnv.New32a()
	for _, r := range records {
		h.Write(r)
	}
	const year, begin = 366 * 24 * 3600, 1704067200
	return begin + h.Sum32()%year
}

// recorder makes records of a profile and goes on after errors.
type recorder struct {
	profile *profiles.Profile
	vendors []Vendor
	address ipmb.Addr
	records []sdr.Record
	errs    []error
}

func (r *recorder) fail(path string, err error) {
	r.errs = append(r.errs, fmt.Errorf("%s: %w", r.profile.Where(path), err))
}

func (r *recorder) name(path, name string) sdr.IDString {
	id, err := sdr.NewIDString(name)
	if err != nil {
		r.fail(path, err)
	}
	return id
}

// controllers makes the locators of the controller itself and of others.
func (r *recorder) controllers() {
	own := r.profile.SDR.Controller
	if own.Support == nil {
		own.Support = r.profile.Device.Support
	}
	if own.Name != "" {
		r.controller(r.address, 0, &own, "sdr.controller")
	}
	for i := range r.profile.SDR.Controllers {
		c := &r.profile.SDR.Controllers[i]
		r.controller(ipmb.Addr(c.Address), c.Channel, &profiles.Controller{
			Name: c.Name, Entity: c.Entity, Flags: c.Flags, Support: c.Support, OEM: c.OEM, RecordID: c.RecordID,
		}, fmt.Sprintf("sdr.controllers[%d]", i))
	}
}

func (r *recorder) controller(at ipmb.Addr, channel uint8, c *profiles.Controller, path string) {
	var support uint8
	for _, s := range c.Support {
		support |= uint8(s)
	}
	r.records = append(r.records, &sdr.ControllerLocator{
		ID: sdr.RecordID(c.RecordID), Address: at, Channel: channel, Flags: sdr.ControllerFlags(c.Flags), Capabilities: support,
		Entity: sdr.Entity(c.Entity), OEM: c.OEM, Name: r.name(path+".name", c.Name),
	})
}

// inventories makes the locators of FRU devices. FRU device 0 needs none: the controller's own locator speaks for it.
// [IPMI 2.0 §43.8]
func (r *recorder) inventories() {
	for i := range r.profile.FRU {
		f := &r.profile.FRU[i]
		if f.Locator == nil && f.ID == 0 || f.Locator != nil && !*f.Locator {
			continue
		}
		kind := f.Type
		if kind == 0 { // of a profile made in Go
			kind = sdr.DeviceLogicalFRU
		}
		r.records = append(r.records, &sdr.FRULocator{
			ID: sdr.RecordID(f.RecordID), Access: r.address, Device: f.ID, Logical: true, Bus: f.Bus, Kind: kind, Modifier: f.Modifier,
			Entity: sdr.Entity(f.Entity), OEM: f.OEM, Name: r.name(fmt.Sprintf("fru[%d].name", i), f.Name),
		})
	}
}

// otherInventories makes the locators of inventories that are elsewhere, or that the controller only claims to have.
func (r *recorder) otherInventories() {
	for i := range r.profile.SDR.Inventories {
		l := &r.profile.SDR.Inventories[i]
		r.records = append(r.records, &sdr.FRULocator{
			ID: sdr.RecordID(l.RecordID), Access: ipmb.Addr(l.Access), Device: l.Device, Logical: l.Logical == nil || *l.Logical,
			LUN: ipmb.LUN(l.LUN), Bus: l.Bus, Channel: l.Channel, Kind: l.Type, Modifier: l.Modifier, Entity: sdr.Entity(l.Entity),
			OEM: l.OEM, Name: r.name(fmt.Sprintf("sdr.inventories[%d].name", i), l.Name),
		})
	}
}

// otherSensors makes the records of sensors that others own.
func (r *recorder) otherSensors() {
	for i := range r.profile.SDR.Sensors {
		rec, err := otherSensorRecord(&r.profile.SDR.Sensors[i])
		if err != nil {
			r.fail(fmt.Sprintf("sdr.sensors[%d].sensor", i), err)
			continue
		}
		r.records = append(r.records, rec)
	}
}

// deviceLocators makes generic device locators. The place of a device of the section i2c is taken from there.
func (r *recorder) deviceLocators() {
	for i := range r.profile.SDR.Devices {
		d, path := &r.profile.SDR.Devices[i], fmt.Sprintf("sdr.devices[%d]", i)
		l := &sdr.GenericLocator{
			ID: sdr.RecordID(d.RecordID), Access: ipmb.Addr(d.Access), Slave: ipmb.Addr(d.Slave), Channel: d.Channel, Bus: d.Bus, Span: d.Span, Device: d.Type,
			Modifier: d.Modifier, Entity: sdr.Entity(d.Entity), OEM: d.OEM, Name: r.name(path+".name", d.Name),
		}
		if d.From != "" {
			bus, at, ok := placeOf(r.profile, d.From)
			switch {
			case !ok:
				r.fail(path+".from", fmt.Errorf("no device %q directly on a bus", d.From))
				continue
			case bus.Public:
				l.Channel, l.Access = bus.Number, 0
			default:
				l.Bus = bus.Number
			}
			l.Slave = ipmb.Addr(at << 1)
		}
		r.records = append(r.records, l)
	}
}

// placeOf finds a device that is directly on a bus.
func placeOf(p *profiles.Profile, name string) (bus i2c.BusID, at uint8, ok bool) {
	for _, b := range p.I2C {
		if i := slices.IndexFunc(b.Devices, func(d profiles.I2CDevice) bool { return d.Name == name }); i >= 0 {
			return i2c.BusID(b.Bus), b.Devices[i].At, true
		}
	}
	return bus, 0, false
}

// associations makes entity association records.
func (r *recorder) associations() {
	for i := range r.profile.SDR.Associations {
		a := &r.profile.SDR.Associations[i]
		var flags sdr.AssociationFlags
		for _, f := range []struct {
			set  bool
			flag sdr.AssociationFlags
		}{{a.Range, sdr.ContainedRange}, {a.Linked, sdr.LinkedRecords}, {a.Presence, sdr.PresenceAccessible}} {
			if f.set {
				flags |= f.flag
			}
		}
		if a.Address == nil {
			rec := &sdr.EntityAssociation{Container: sdr.Entity(a.Container), Flags: flags}
			for j, e := range a.Contained {
				rec.Contained[j] = sdr.Entity(e)
			}
			r.records = append(r.records, rec)
			continue
		}
		relative := func(e profiles.Entity) sdr.DeviceEntity {
			return sdr.DeviceEntity{Address: ipmb.Addr(*a.Address), Channel: a.Channel, Entity: sdr.Entity(e)}
		}
		rec := &sdr.DeviceAssociation{Container: relative(a.Container), Flags: flags}
		for j, e := range a.Contained {
			rec.Contained[j] = relative(e)
		}
		r.records = append(r.records, rec)
	}
}

// others makes confirmations, the channel info and OEM records: the profile's, and those of its vendors.
func (r *recorder) others() {
	s := &r.profile.SDR
	for i := range s.Confirmations {
		c := &s.Confirmations[i]
		r.records = append(r.records, &sdr.ControllerConfirmation{
			Address: ipmb.Addr(c.Address), DeviceID: c.ID, Channel: c.Channel, DeviceRevision: c.Revision,
			FirmwareMajor: c.Firmware.Major, FirmwareMinor: c.Firmware.Minor, IPMIVersion: uint8(c.IPMIVersion),
			Manufacturer: c.Manufacturer, Product: c.Product, GUID: c.GUID,
		})
	}
	if c := s.Channels; c != nil {
		info := &sdr.MessageChannelInfo{MessagingInterrupt: c.Interrupt, EventBufferInterrupt: c.EventInterrupt}
		copy(info.Channels[:], c.Channels)
		r.records = append(r.records, info)
	}
	for i := range s.OEM {
		r.records = append(r.records, &sdr.OEM{ID: sdr.RecordID(s.OEM[i].RecordID), Manufacturer: s.OEM[i].Manufacturer, Data: s.OEM[i].Data})
	}
	for _, v := range spoken(r.profile, r.vendors) {
		if v.OwnRecords == nil {
			continue
		}
		for _, rec := range v.OwnRecords(r.profile) {
			r.records = append(r.records, &sdr.OEM{ID: sdr.RecordID(rec.RecordID), Manufacturer: rec.Manufacturer, Data: rec.Data})
		}
	}
}

// sdrs are the machine's SDR repository and its device SDRs.
type sdrs struct {
	repository    *sdr.Repository
	device        *sdr.Repository
	deviceChanged bool      // a device SDR since it was last read from its start
	initUntil     time.Time // the initialization agent runs until then
}

// typed is a device SDR with the types that its sensor has now.
func (m *Machine) typed(record []byte) []byte {
	const numberAt, typeAt = 7, 12 // [IPMI 2.0 §43.1]
	switch sdr.RecordType(record[3]) {
	case sdr.TypeFullSensor, sdr.TypeCompactSensor:
	default:
		return record
	}
	s, err := m.sensors.find(record[numberAt])
	if err != nil || s.Type == s.sensorType && s.Reading == s.readingType {
		return record
	}
	record = slices.Clone(record)
	record[typeAt], record[typeAt+1] = byte(s.Type), byte(s.Reading)
	return record
}

// newSDRs makes the repositories, which share the Blueprint's records until they are written.
func (m *Machine) newSDRs(b *Blueprint) sdrs {
	p := &m.profile.SDR
	cfg := sdr.Config{
		Operations: operationsOf(p), Capacity: p.Capacity, EraseTime: p.EraseTime.Std(), Timestamp: m.clock.Time,
		LastAdd: b.timestamp, LastErase: b.timestamp, ZeroReservation: m.profile.DCMI != nil,
	}
	if p.Added != nil {
		cfg.LastAdd = *p.Added
	}
	if p.Erased != nil {
		cfg.LastErase = *p.Erased
	}
	return sdrs{repository: sdr.NewRepository(b.records, cfg), device: sdr.NewRepository(b.device, sdr.Config{Operations: sdr.SupportsReserve})}
}

func operationsOf(p *profiles.SDR) sdr.Operations {
	ops := sdr.AllOperations &^ (sdr.SupportsModal | sdr.SupportsNonModal)
	switch p.Update {
	case "modal":
		ops |= sdr.SupportsModal
	case "non-modal":
		ops |= sdr.SupportsNonModal
	case "both", "":
		ops |= sdr.SupportsModal | sdr.SupportsNonModal
	}
	for _, without := range p.Without {
		switch without {
		case "allocation":
			ops &^= sdr.SupportsAllocation
		case "reserve":
			ops &^= sdr.SupportsReserve
		case "partial-add":
			ops &^= sdr.SupportsPartialAdd
		case "delete":
			ops &^= sdr.SupportsDelete
		}
	}
	return ops
}

// runInitAgent sets the sensors as their records say: types, thresholds, hysteresis, event enables and scanning.
// [IPMI 2.0 §33.6, §33.21]
func (m *Machine) runInitAgent() {
	m.sdrs.initUntil = time.Now().Add(m.profile.SDR.InitTime.Std())
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		from := s.settings()
		if s.init&sdr.InitType != 0 {
			s.Type, s.Reading = from.Type, from.Reading
		}
		if s.init&sdr.InitThresholds != 0 {
			s.setThresholds(s.limits.Settable, &from.Thresholds)
		}
		if s.init&sdr.InitHysteresis != 0 && s.caps&sdr.HysteresisMask == sdr.HysteresisSettable {
			s.Hysteresis = from.Hysteresis
		}
		if s.init&sdr.InitEvents != 0 {
			s.Assertion, s.Deassertion, s.Events = from.Assertion, from.Deassertion, from.Events
		}
		if s.init&sdr.InitScanning != 0 {
			s.Scanning = from.Scanning
		}
		m.sense(s)
	}
	m.watchMotions()
}

// initAgentDone reports whether the initialization agent has come to its end.
func (m *Machine) initAgentDone() bool { return !time.Now().Before(m.sdrs.initUntil) }
