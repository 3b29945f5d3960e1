package bmc

import (
	"errors"
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// Blueprint is what machines of one profile share because none of them writes it: the command table, what its sensors
// are, sensor data records and FRU images. Each machine copies what it changes. A Blueprint may be used by several
// goroutines.
type Blueprint struct {
	profile   *profiles.Profile
	address   ipmb.Addr // of the controller
	table     *Table
	vendors   []Vendor // those that the profile speaks
	sensors   []sensorSpec
	records   *sdr.Set
	device    *sdr.Set // what the controller says of itself: its device SDRs
	images    map[uint8][]byte
	byDevice  map[string][]byte // images of inventories that are in EEPROMs
	faults    []fault.Rule
	timestamp uint32 // of the repository, from its records

	satellites []satelliteBlueprint
}

// NewBlueprint makes the shared parts of a profile's machines, or says everything that is wrong with them. It keeps the
// profile and does not change it. Of the vendors it takes those that the profile speaks, and its satellites' profiles.
func NewBlueprint(p *profiles.Profile, vendors ...Vendor) (*Blueprint, error) {
	b := &Blueprint{profile: p, address: ipmb.AddrBMC, images: make(map[uint8][]byte), byDevice: make(map[string][]byte)}
	err := b.fill(vendors)
	if b.whole() {
		var wrong error
		b.faults, wrong = b.checkFaults(p)
		err = errors.Join(err, wrong)
	}
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	return b, nil
}

// whole reports whether there is everything that fault rules may name.
func (b *Blueprint) whole() bool {
	for i := range b.satellites {
		if !b.satellites[i].whole() {
			return false
		}
	}
	return b.table != nil && b.records != nil && b.device != nil
}

// commands are the lists of rows of a controller, and the names of those that it lacks.
func (b *Blueprint) commands() (lists [][]Command, off []string, err error) {
	if b.address == ipmb.AddrBMC {
		lists, off = standardCommands(), append(lacking(b.profile), b.profile.Commands.Off...)
	} else {
		lists = satelliteCommands(b.profile)
	}
	for _, v := range b.vendors {
		if v.Lacks == nil {
			continue
		}
		for _, op := range v.Lacks(b.profile) {
			off = append(off, op.String())
		}
	}
	lists = append(lists, vendorCommands(b.vendors)...)
	rows, err := cannedCommands(b.profile, lists)
	return append(lists, rows), off, err
}

// fill makes the parts out of the profile.
func (b *Blueprint) fill(vendors []Vendor) error {
	p := b.profile
	b.vendors = spoken(p, vendors)
	var errs []error
	var records []sdr.Record
	lists, off, err := b.commands()
	if err != nil {
		errs = append(errs, err)
	}
	if b.table, err = newTable(profiles.Commands{Off: off, Remote: p.Commands.Remote}, lists...); err != nil {
		errs = append(errs, err)
	}
	for i := range p.Sensors {
		s := &p.Sensors[i]
		r, err := sensorRecord(s)
		if err == nil {
			if len(s.Raw) == 0 {
				r = owned(r, b.address, 0)
			}
			var spec sensorSpec
			if spec, err = specOf(r, s, b.address); err == nil {
				b.sensors = append(b.sensors, shared(spec, r)...)
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Where(fmt.Sprintf("sensors[%d]", i)), err))
			continue
		}
		if s.Record != "none" {
			records = append(records, r)
		}
	}
	if err := b.inventories(p); err != nil {
		errs = append(errs, err)
	}
	if err := b.repository(p, records, vendors); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, b.satelliteBlueprints(p, vendors))...)
}

// shared makes one specification for each sensor that a record describes.
func shared(spec sensorSpec, r sdr.Record) []sensorSpec {
	var sharing sdr.Sharing
	switch r := r.(type) {
	case *sdr.CompactSensor:
		sharing = r.Sharing
		spec.unit = r.Units.Base.String()
	case *sdr.EventOnly:
		sharing = r.Sharing
	case *sdr.FullSensor:
		spec.unit = unitName(r.Units)
	}
	specs := []sensorSpec{spec}
	for i := uint8(1); i < sharing.Count; i++ {
		next := spec
		next.number += i
		specs = append(specs, next)
	}
	if sharing.Count > 1 {
		for i := range specs {
			specs[i].name = spec.name + sharedSuffix(sharing, i)
		}
	}
	return specs
}

// sharedSuffix is the modifier behind the name of the i-th sensor of a shared record. [IPMI 2.0 §43.2]
func sharedSuffix(s sdr.Sharing, i int) string {
	n := int(s.Offset) + i
	if !s.Alpha {
		return fmt.Sprint(n)
	}
	letters := ""
	for n++; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

func unitName(u sdr.Units) string {
	if u.Percentage {
		return "percent"
	}
	return u.Base.String()
}

// build makes the hardware and what looks at it.
func (m *Machine) build(b *Blueprint) (err error) {
	if m.hardware, err = newHardware(m.profile, b.byDevice); err != nil {
		return err
	}
	if m.sensors, err = newSensors(b.sensors, m.hardware, m.profile); err != nil {
		return err
	}
	if m.inventories, err = newInventories(m.profile, b, m.hardware); err != nil {
		return err
	}
	m.sdrs = m.newSDRs(b)
	m.bridges.tree = m.hardware.tree
	return m.addSatellites(b)
}

// startSensors takes the first readings. What they show is how the machine is found, and raises no events.
func (m *Machine) startSensors() {
	m.started = time.Now()
	m.moveSensors()
	m.eachSatellite(func(s *Machine) {
		s.started = m.started
		s.moveSensors()
	})
	m.hardware.motions.seed(m.rand)
	m.hardware.tree.SetHostPower(true)
	m.hardware.switchHost(m.power.state.On())
	m.showACPI()
	m.showLog()
	m.senseAll()
	m.sensors.loud = true
	m.eachSatellite(func(s *Machine) {
		s.senseAll()
		s.sensors.loud = true
	})
	m.hardware.tree.OnChange = m.hardwareChanged
	m.watchMotions()
}

// moveSensors lets the values of sensors without a device move.
func (m *Machine) moveSensors() {
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		if s.profile.Move != nil {
			m.hardware.motions.add(motion{name: m.motionName(s), spec: s.profile.Move, start: s.value, sensor: s, set: func(v float64) {
				s.value = v
				m.sense(s)
			}})
		}
	}
}
