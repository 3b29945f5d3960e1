package profiles

import (
	"fmt"
	"reflect"
	"slices"
)

// Satellite is another management controller on one of the controller's buses: a small machine, made of the same
// commands as the controller itself. Which of them it has follows from its device support. [IPMI 2.0 §3.1]
type Satellite struct {
	Name string `yaml:"name" length:"1..16" profile:"key"` // ID string of its locator record
	// At is its slave address as IPMI writes it, with a zero for the direction bit: 0x2c is an Intel Management Engine.
	At      uint8  `yaml:"at" range:"16..238" profile:"required,hex"`
	Channel uint8  `yaml:"channel" range:"0..11"`         // of the controller, whose bus it is on
	Rail    Rail   `yaml:"rail"`                          // that feeds it: one on the host's rail is gone while the host is off
	Absent  bool   `yaml:"absent"`                        // it is not plugged in
	Entity  Entity `yaml:"entity" default:"system-board"` // that it is
	Flags   uint8  `yaml:"flags" profile:"hex"`           // power state notification and global initialization of its locator
	Listed  *bool  `yaml:"listed" default:"true"`         // the controller's SDR repository knows it, its sensors and its inventories
	Device  Device `yaml:"device"`                        // its identity
	System  GUID   `yaml:"system_guid"`                   // Get System GUID
	// Sensors of the satellite. They may look at the machine's devices.
	Sensors []Sensor `yaml:"sensors"`
	// SDR is its own repository, for one whose device support has sdr-repository.
	SDR SDR `yaml:"sdr"`
	// FRU are its inventories.
	FRU []FRU `yaml:"fru"`
	// SEL is its own log, for one whose device support has sel.
	SEL SEL `yaml:"sel"`
	// OEM are the vendor's own commands.
	OEM OEM `yaml:"oem"`
	// IPMB are controllers behind this one, on buses of its own: their channel is one of this satellite.
	IPMB []Satellite `yaml:"ipmb"`
}

// Satellite is the i-th satellite as a profile of its own. It has the machine's devices, and one channel for each of the
// buses that it is on: its number 0 is the one towards the controller.
func (p *Profile) Satellite(i int) *Profile {
	s := &p.IPMB[i]
	d := new(Profile)
	shape := profileShape()
	v := reflect.ValueOf(d).Elem()
	for j := range shape.fields {
		setDefault(&shape.fields[j], v.FieldByIndex(shape.fields[j].index))
	}
	d.Name, d.Seed, d.Still, d.I2C, d.BridgeReply, d.BridgeRaw = p.Name, p.Seed, p.Still, p.I2C, p.BridgeReply, p.BridgeRaw
	d.Device, d.System.GUID, d.Sensors, d.SDR, d.FRU, d.SEL, d.OEM, d.IPMB = s.Device, s.System, s.Sensors, s.SDR, s.FRU, s.SEL, s.OEM, s.IPMB
	d.SEL.Capacity = max(d.SEL.Capacity, 1)
	bus := func(number uint8) Channel {
		return Channel{Number: number, Medium: MediumIPMB, Protocol: ProtocolIPMB, Access: Access{Mode: AccessShared}, Modes: []AccessMode{AccessShared}}
	}
	d.Channels = []Channel{bus(channelIPMB)}
	for j := range s.IPMB {
		if n := s.IPMB[j].Channel; !slices.ContainsFunc(d.Channels, func(c Channel) bool { return c.Number == n }) {
			d.Channels = append(d.Channels, bus(n))
		}
	}
	d.where, d.within = p.where, fmt.Sprintf("%sipmb[%d].", p.within, i)
	return d
}

// Buses for IPMI messages. [IPMI 2.0 §6.5]
func (m Medium) isBus() bool {
	return m == MediumIPMB || m == MediumPCISMBus || m == MediumSMBus1 || m == MediumSMBus2
}

// maxBehind is how many satellites may stand behind one another.
const maxBehind = 4

// satellites checks the controllers on the buses of a machine, or of a satellite.
func (c *checker) satellites(p *Profile, depth int) {
	for i := range p.IPMB {
		s, path := &p.IPMB[i], fmt.Sprintf("%sipmb[%d]", p.within, i)
		switch {
		case depth == maxBehind:
			c.add(path, "more than %d satellites behind one another", maxBehind)
			return
		case s.At&1 != 0 || s.At == 0x20:
			c.add(path+".at", "%02Xh is no satellite's address (expected an even one, and not the controller's own)", s.At)
		}
		on := slices.IndexFunc(p.Channels, func(ch Channel) bool { return ch.Number == s.Channel && ch.Medium.isBus() })
		if on < 0 || depth > 0 && s.Channel == channelIPMB {
			c.add(path+".channel", "%d is no bus for satellites", s.Channel)
		}
		for j := range p.IPMB[:i] {
			if o := &p.IPMB[j]; o.At == s.At && o.Channel == s.Channel {
				c.add(path+".at", "taken by %s", o.Name)
			}
		}
		d := p.Satellite(i)
		inner := checker{}
		inner.sensors(d)
		inner.records(d)
		inner.oem(&d.OEM, "oem")
		for _, e := range inner.found {
			e.Path = path + "." + e.Path
			c.found = append(c.found, e)
		}
		c.satellites(d, depth+1)
	}
}
