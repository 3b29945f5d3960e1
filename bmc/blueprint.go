package bmc

import (
	"errors"
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// Blueprint is what machines of one profile share because none of them writes it: the command table, what its sensors
// are, sensor data records and FRU images. Each machine copies what it changes. A Blueprint may be used by several
// goroutines.
type Blueprint struct {
	profile   *profiles.Profile
	table     *Table
	sensors   []sensorSpec
	records   *sdr.Set
	device    *sdr.Set // what the controller says of itself: its device SDRs
	images    map[uint8][]byte
	byDevice  map[string][]byte // images of inventories that are in EEPROMs
	timestamp uint32            // of the repository, from its records
}

// NewBlueprint makes the shared parts of a profile's machines, or says everything that is wrong with them. It keeps the
// profile and does not change it.
func NewBlueprint(p *profiles.Profile) (*Blueprint, error) {
	b := &Blueprint{profile: p, images: make(map[uint8][]byte), byDevice: make(map[string][]byte)}
	var errs []error
	var records []sdr.Record
	var err error
	if b.table, err = newTable(append(lacking(p), p.Commands.Off...), standardCommands()...); err != nil {
		errs = append(errs, err)
	}
	for i := range p.Sensors {
		s := &p.Sensors[i]
		r, err := sensorRecord(s)
		if err == nil {
			var spec sensorSpec
			if spec, err = specOf(r, s); err == nil {
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
	if err := b.repository(p, records); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	return b, nil
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
	return nil
}

// startSensors takes the first readings. What they show is how the machine is found, and raises no events.
func (m *Machine) startSensors() {
	m.started = time.Now()
	for i := range m.sensors.list {
		s := &m.sensors.list[i]
		if s.profile.Move != nil {
			m.hardware.motions.add(motion{name: s.motionName(), spec: s.profile.Move, start: s.value, sensor: s, set: func(v float64) {
				s.value = v
				m.sense(s)
			}})
		}
	}
	m.hardware.motions.seed(m.rand)
	m.hardware.tree.SetHostPower(true)
	m.hardware.switchHost(m.power.state.On())
	m.showACPI()
	m.senseAll()
	m.sensors.loud = true
	m.hardware.tree.OnChange = m.hardwareChanged
	m.watchMotions()
}
