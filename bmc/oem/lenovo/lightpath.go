package lenovo

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Light path diagnostics: indicators that lead from the fault of the whole machine to the part that has it. FreeIPMI
// (ipmi-oem IBM get-led) and xCAT (rvitals leds) find their numbers in the SDR repository and read each with 3Ah/C0h.

// ledRecord is the first byte of an indicator's OEM record.
const ledRecord = 0xed

// lightPathRecords are the indicators' OEM records: the type, two bytes that nobody reads, the number, LS byte first, two
// more such bytes, and a name with a zero behind it. The bytes that nobody reads are zero. Both clients take the smaller
// byte of the number for its MS byte.
func lightPathRecords(p *profiles.Profile) []profiles.OEMRecord {
	var records []profiles.OEMRecord
	for _, led := range p.OEM.Lenovo.LightPath {
		data := profiles.HexBytes{ledRecord, 0, 0, byte(led.ID), byte(led.ID >> 8), 0, 0}
		if led.Name != "" {
			data = append(append(data, led.Name...), 0)
		}
		records = append(records, profiles.OEMRecord{Manufacturer: ianaIBM, Data: data})
	}
	return records
}

// Why an indicator is on.
const (
	byIndicator = 0x01
	bySensor    = 0x02
	byUser      = 0x03
)

// ledOn is the state of an indicator that follows something, when its state in the profile is off.
const ledOn = 0xff

// checkLightPath finds indicators that follow what is not there. They follow only those above them, so that none follows
// itself.
func (c *controller) checkLightPath() error {
	for i := range c.spec.LEDs {
		for _, name := range c.spec.LEDs[i].Sensors {
			if err := c.in.CheckSensor(name); err != nil {
				return fmt.Errorf("oem.lenovo.leds[%d].sensors: %w", i, err)
			}
		}
	}
	for i := range c.spec.LightPath {
		led := &c.spec.LightPath[i]
		path := fmt.Sprintf("oem.lenovo.light_path[%d]", i)
		for _, name := range led.Sensors {
			if err := c.in.CheckSensor(name); err != nil {
				return fmt.Errorf("%s.sensors: %w", path, err)
			}
		}
		for _, id := range led.Indicators {
			if indicator(c.spec.LightPath[:i], id) < 0 {
				return fmt.Errorf("%s.indicators: no indicator %#04x above this one", path, id)
			}
		}
	}
	return nil
}

// indicator is the place of an indicator in a list, or -1.
func indicator(list []profiles.LenovoLightPath, id uint16) int {
	return slices.IndexFunc(list, func(led profiles.LenovoLightPath) bool { return led.ID == id })
}

// light is what an indicator shows.
type light struct {
	state   uint8  // 00h: off
	pointer uint16 // indicator, or sensor in the low byte
	reason  uint8
}

// lights are what the first n indicators show.
func (c *controller) lights(n int) []light {
	list := make([]light, n)
	for i := range list {
		list[i] = c.lit(&c.spec.LightPath[i], list[:i])
	}
	return list
}

// stateOn is the state of an indicator that is on: the profile's, if that is not off.
func stateOn(state uint8) uint8 {
	if state == 0 {
		return ledOn
	}
	return state
}

// wrong is the first of the sensors that tells something wrong.
func (c *controller) wrong(sensors []string, states []uint8) (number uint8, wrong bool) {
	for _, name := range sensors {
		if number, wrong = c.in.Wrong(name, states); wrong {
			return number, true
		}
	}
	return 0, false
}

// lit is what an indicator shows when those above it show this.
func (c *controller) lit(led *profiles.LenovoLightPath, above []light) light {
	on := stateOn(led.State)
	if number, wrong := c.wrong(led.Sensors, led.States); wrong {
		return light{on, uint16(number), bySensor}
	}
	for _, id := range led.Indicators {
		if above[indicator(c.spec.LightPath, id)].state != 0 {
			return light{on, id, byIndicator}
		}
	}
	switch {
	case led.Identify && c.in.Identified():
		return light{state: on, reason: byUser}
	case led.Identify, len(led.Sensors)+len(led.Indicators) > 0:
		return light{}
	}
	return light{led.State, led.Pointer, led.Reason}
}

// getLightPath is 3Ah/C0h with the number of an indicator, MS byte first: a byte, its state, a byte, where it points to, MS
// byte first, and why. What the two bytes are is not known; they are zero.
func getLightPath(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	i := indicator(c.spec.LightPath, binary.BigEndian.Uint16(r.Data))
	if i < 0 {
		return nil, ipmb.ParameterOutOfRange
	}
	c.in.Look()
	led := c.lights(i + 1)[i]
	return append(r.Buf, 0, led.state, 0, byte(led.pointer>>8), byte(led.pointer), led.reason), nil
}

// getLED is 3Ah/02h: 00h off, FFh on, anything else blinks. pyghmi shows the indicators of the front panel.
func getLED(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	i := slices.IndexFunc(c.spec.LEDs, func(led profiles.LenovoLED) bool { return led.Number == r.Data[0] })
	if i < 0 {
		return nil, ipmb.ParameterOutOfRange
	}
	led := &c.spec.LEDs[i]
	c.in.Look()
	_, wrong := c.wrong(led.Sensors, led.States)
	switch {
	case wrong, led.Identify && c.in.Identified():
		return append(r.Buf, stateOn(led.State)), nil
	case led.Identify, len(led.Sensors) > 0:
		return append(r.Buf, 0), nil
	}
	return append(r.Buf, led.State), nil
}
