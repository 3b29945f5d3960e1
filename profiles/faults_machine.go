package profiles

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/bmc/i2c"
)

// faultChecker checks what rules name of the machine: a rule about something that is not there can never hit.
type faultChecker struct {
	*checker
	profile    *Profile
	path       string // of the rule's conditions
	anySuite   bool   // some rule takes cipher suites that are off
	satellites map[string]*Profile
}

func (c *faultChecker) never(key, format string, args ...any) {
	c.add(c.path+"."+key, "%s, so the rule can never hit", fmt.Sprintf(format, args...))
}

func (c *faultChecker) rule(r *fault.Rule) {
	w, p := &r.When, c.profile
	if w.Satellite != "" {
		if c.satellites == nil {
			c.satellites = make(map[string]*Profile)
			p.eachSatellite(func(s *Satellite, inner *Profile) { c.satellites[s.Name] = inner })
		}
		if p = c.satellites[w.Satellite]; p == nil {
			names := make([]string, 0, len(c.satellites))
			for name := range c.satellites {
				names = append(names, name)
			}
			slices.Sort(names)
			c.add(c.path+".satellite", "unknown satellite %q (%s)", short(w.Satellite), hint(w.Satellite, names))
			return
		}
	}
	if w.User != nil {
		var names []string
		for _, u := range p.Users {
			names = append(names, u.Name)
		}
		if !slices.Contains(names, *w.User) {
			c.add(c.path+".user", "unknown user %q (%s)", short(*w.User), hint(*w.User, names))
		}
	}
	if w.FRU != nil && !slices.ContainsFunc(p.FRU, func(f FRU) bool { return f.ID == *w.FRU }) {
		c.never("fru", "the machine has no FRU device %d", *w.FRU)
	}
	c.sessions(p, w)
	c.channels(p, r)
	if r.At == fault.Device {
		c.parts(p, w)
	}
}

// eachSatellite calls f with each controller behind the machine and its profile.
func (p *Profile) eachSatellite(f func(*Satellite, *Profile)) {
	for i := range p.IPMB {
		inner := p.Satellite(i)
		f(&p.IPMB[i], inner)
		inner.eachSatellite(f)
	}
}

// sessions checks cipher suites and kinds of sessions: some LAN channel must offer them.
func (c *faultChecker) sessions(p *Profile, w *fault.When) {
	offered := func(takes func(*Channel) bool) bool {
		return slices.ContainsFunc(p.Channels, func(ch Channel) bool {
			return ch.Medium.isLAN() && (w.Channel == nil || *w.Channel == ch.Number) && takes(&ch)
		})
	}
	if w.Suite != nil && !c.anySuite && !offered(func(ch *Channel) bool {
		return slices.ContainsFunc(ch.Suites, func(s Suite) bool { return s.ID == *w.Suite })
	}) {
		c.never("cipher_suite", "no channel of the machine offers %d", *w.Suite)
	}
	switch {
	case w.Session == fault.V15 && !offered(func(ch *Channel) bool { return ch.takes("1.5", ch.Auth.some()) }):
		c.never("session", "no channel of the machine has sessions of IPMI v1.5")
	case w.Session == fault.RMCPPlus && !c.anySuite && !offered(func(ch *Channel) bool { return ch.takes("2.0", len(ch.Suites) > 0) }):
		c.never("session", "no channel of the machine has sessions of IPMI v2.0")
	}
}

// some reports whether an authentication type of v1.5 is enabled for some privilege.
func (a *ChannelAuth) some() bool {
	return len(a.Callback)+len(a.User)+len(a.Operator)+len(a.Administrator)+len(a.OEM) > 0
}

// takes reports whether the channel takes sessions of a version of IPMI. Without versions it depends on what it offers.
func (ch *Channel) takes(version string, offers bool) bool {
	if len(ch.Versions) == 0 {
		return offers
	}
	return slices.Contains(ch.Versions, version)
}

func (m Medium) isLAN() bool { return m == MediumLAN || m == MediumOtherLAN }

// interfaceOf is the interface that the messages of a medium come over. [IPMI 2.0 §6.5]
func interfaceOf(m Medium) fault.Interface {
	switch {
	case m.isLAN():
		return fault.LAN
	case m.isBus():
		return fault.IPMB
	case m == MediumSerial:
		return fault.Serial
	case m == MediumSystemInterface:
		return fault.System
	}
	return 0
}

// channels checks that the machine has the channel, and one of that interface.
func (c *faultChecker) channels(p *Profile, r *fault.Rule) {
	w := &r.When
	of := func(want fault.Interface) bool {
		return slices.ContainsFunc(p.Channels, func(ch Channel) bool {
			return (w.Channel == nil || ch.Number == *w.Channel) && (want == 0 || interfaceOf(ch.Medium) == want)
		})
	}
	onWire := r.At == fault.DatagramIn || r.At == fault.PayloadIn || r.At == fault.Session || r.At == fault.DatagramOut
	switch {
	case w.Channel == nil && w.Interface == 0:
	case !of(0):
		c.never("channel", "%d is none of the machine's channels", *w.Channel)
	case w.Interface != 0 && !of(w.Interface):
		c.never("interface", "the machine has no channel of this interface")
	case w.Channel == nil:
	case onWire && !of(fault.LAN):
		c.never("channel", "%d has no datagrams", *w.Channel)
	case r.At == fault.Device && !of(fault.IPMB):
		c.never("channel", "%d has no bus", *w.Channel)
	}
}

// place is where a device is.
type place struct {
	bus  BusID
	at   uint8
	span int // addresses
	name string
}

// spanOf is how many addresses a model answers at.
func spanOf(model string) int {
	if e, err := i2c.NewEEPROM(model, nil); err == nil {
		return e.Span()
	}
	return 1
}

// places are all devices on the machine's buses, controllers among them: those behind multiplexers as well, which answer
// at their addresses when they are switched to.
func (p *Profile) places() (list []place) {
	var add func(bus BusID, devices []I2CDevice)
	add = func(bus BusID, devices []I2CDevice) {
		for i := range devices {
			d := &devices[i]
			list = append(list, place{bus, d.At, spanOf(d.Model), d.Name})
			for j := range d.Channels {
				add(bus, d.Channels[j].Devices)
			}
		}
	}
	for i := range p.I2C {
		add(p.I2C[i].Bus, p.I2C[i].Devices)
	}
	for i := range p.IPMB {
		s := &p.IPMB[i]
		list = append(list, place{BusID{Public: true, Number: s.Channel}, s.At >> 1, 1, s.Name})
	}
	return list
}

// parts checks that the machine has a device where a rule wants one.
func (c *faultChecker) parts(p *Profile, w *fault.When) {
	none := func(key string, part fault.Part, n int) {
		if w.Part == part && n == 0 {
			c.never(key, "the machine has none")
		}
	}
	places := p.places()
	none("part", fault.PartI2C, len(places))
	none("part", fault.PartSensor, len(p.Sensors))
	none("part", fault.PartFRU, len(p.FRU))
	if w.Satellite != "" {
		var has Support
		for _, s := range p.Device.Support {
			has |= s
		}
		none("part", fault.PartSEL, int(has&SupportSEL))
		if !p.Device.DeviceSDRs {
			none("part", fault.PartSDR, int(has&SupportSDRRepository))
		}
	}
	if w.Bus == nil && w.Address == nil && w.Device == "" && w.Channel == nil {
		return
	}
	var names, buses []string
	onBus, at, named := false, false, false
	for _, d := range places {
		if d.name != "" {
			names = append(names, d.name)
		}
		if bus := strconv.Itoa(int(d.bus.Number)); !d.bus.Public && !slices.Contains(buses, bus) {
			buses = append(buses, bus)
		}
		here := (w.Bus == nil || !d.bus.Public && d.bus.Number == *w.Bus) && (w.Channel == nil || d.bus.Public && d.bus.Number == *w.Channel)
		onBus = onBus || here
		here = here && (w.Address == nil || *w.Address >= d.at && int(*w.Address) < int(d.at)+d.span)
		at = at || here
		named = named || here && (w.Device == "" || d.name == w.Device)
	}
	switch {
	case w.Device != "" && !slices.Contains(names, w.Device):
		c.add(c.path+".device", "unknown device %q (%s)", short(w.Device), hint(w.Device, names))
	case !onBus && w.Bus != nil:
		c.add(c.path+".bus", "the machine has no bus %d with devices (%s)", *w.Bus, hint("", buses))
	case !onBus:
		c.never("channel", "nobody is on the bus of channel %d", *w.Channel)
	case !at:
		c.never("address", "nobody is at %02Xh there", *w.Address)
	case !named:
		c.never("device", "%q is elsewhere", short(w.Device))
	}
}
