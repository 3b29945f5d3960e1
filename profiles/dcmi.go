package profiles

import (
	"fmt"
	"time"
)

// DCMI is the data center manageability interface. A machine without this section has none of its commands. Which
// channels and sensors it tells of follows from the other sections. [DCMI §6]
type DCMI struct {
	// ID is the management controller identifier string. Absent: "DCMI" and the MAC address of the first LAN channel.
	ID string `yaml:"id" length:"0..63"`
	// AssetTag of a machine whose FRU device 0 has no product info area: with one, the tag is there.
	AssetTag string `yaml:"asset_tag" length:"0..63"`
	// TemperatureSampling is how often temperatures are said to be sampled, whole seconds.
	TemperatureSampling Duration    `yaml:"temperature_sampling" default:"1s"`
	DHCP                DCMIDHCP    `yaml:"dhcp"`    // how the controller asks for its address
	Power               *DCMIPower  `yaml:"power"`   // absent: no power management, and its commands are missing
	Thermal             DCMIThermal `yaml:"thermal"` // what Set Thermal Limit takes
	Events              DCMIEvents  `yaml:"events"`  // event-only sensors
}

// DCMIEvents are the numbers of the event-only sensors. [DCMI §3.1.3, Table 3-2]
type DCMIEvents struct {
	Power   uint8 `yaml:"power" default:"0xe0" profile:"hex"`   // power threshold event
	Off     uint8 `yaml:"off" default:"0xe1" profile:"hex"`     // power off event
	Thermal uint8 `yaml:"thermal" default:"0xe2" profile:"hex"` // thermal limit event
}

// DCMIDHCP are the configuration parameters at start. [DCMI §6.1.3, Table 6-6]
type DCMIDHCP struct {
	Discovery uint8    `yaml:"discovery" profile:"hex"`      // parameter 2: 80h random back-off, 02h options 60 and 43, 01h option 12
	Initial   Duration `yaml:"initial" default:"4s"`         // parameter 3: initial timeout, whole seconds up to 255
	Contact   Duration `yaml:"contact" default:"2m"`         // parameter 4: server contact timeout, whole seconds
	Retry     Duration `yaml:"contact_retry" default:"1m4s"` // parameter 5: server contact retry interval, whole seconds
}

// DCMIPower is power management over the machine's PMBus supplies. [DCMI §6.6]
type DCMIPower struct {
	// Revision of the power management device.
	Revision uint8 `yaml:"revision" default:"1" range:"0..15"`
	// Periods of the enhanced statistics: up to 63 seconds, minutes, hours or days each; 0s is the present reading.
	Periods []Duration `yaml:"periods" length:"0..31" default:"[5s, 15s, 30s, 1m, 3m, 7m, 15m, 30m, 1h]"`
	// Statistics is the period of the normal statistics at start; Set Power Limit changes it.
	Statistics     Duration `yaml:"statistics" default:"5m"`
	StatisticsLow  Duration `yaml:"statistics_low" default:"1s"`  // least period, whole seconds
	StatisticsHigh Duration `yaml:"statistics_high" default:"1h"` // greatest period, whole seconds
	// Limit in watts at start. It is not active.
	Limit          uint16   `yaml:"limit" default:"1000"`
	LimitLow       uint16   `yaml:"limit_low" default:"1"`        // least limit
	LimitHigh      uint16   `yaml:"limit_high" default:"65535"`   // greatest limit
	Correction     Duration `yaml:"correction" default:"1s"`      // time limit at start: how long the limit may be exceeded
	CorrectionLow  Duration `yaml:"correction_low" default:"1ms"` // least time limit
	CorrectionHigh Duration `yaml:"correction_high" default:"1h"` // greatest time limit
}

// DCMIThermal is what Set Thermal Limit takes. [DCMI §6.7.2]
type DCMIThermal struct {
	LimitLow  uint8    `yaml:"limit_low"`                // least limit, in the unit of the inlet sensor
	LimitHigh uint8    `yaml:"limit_high" default:"127"` // greatest limit
	TimeHigh  Duration `yaml:"time_high" default:"1h"`   // greatest exception time, whole seconds
}

// PeriodByte is an averaging period as Get DCMI Capabilities Info lists it: a unit in the upper two bits and a number.
// It is not ok for a period that has no byte. [DCMI §6.1.1, parameter 5]
func PeriodByte(d Duration) (b byte, ok bool) {
	for unit, span := range [...]time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour} {
		if n := d.Std() / span; d >= 0 && n <= 0x3f && n*span == d.Std() {
			b, ok = byte(unit)<<6|byte(n), true
			if n == 0 {
				break
			}
		}
	}
	return b, ok
}

// dcmi checks what must fit together in a section dcmi.
func (c *checker) dcmi(d *DCMI) {
	if d == nil {
		return
	}
	seconds := func(path string, v Duration, low, high int) {
		if t := v.Std(); t%time.Second != 0 || t < time.Duration(low)*time.Second || t > time.Duration(high)*time.Second {
			c.add("dcmi."+path, "expected whole seconds, %ds to %ds", low, high)
		}
	}
	seconds("temperature_sampling", d.TemperatureSampling, 0, 0xff)
	seconds("dhcp.initial", d.DHCP.Initial, 0, 0xff)
	seconds("dhcp.contact", d.DHCP.Contact, 0, 0xffff)
	seconds("dhcp.contact_retry", d.DHCP.Retry, 0, 0xffff)
	seconds("thermal.time_high", d.Thermal.TimeHigh, 0, 0xffff)
	if d.DHCP.Discovery&^0x83 != 0 {
		c.add("dcmi.dhcp.discovery", "reserved bits (expected a sum of 80h, 02h and 01h)")
	}
	p := d.Power
	if p == nil {
		return
	}
	for i, period := range p.Periods {
		if _, ok := PeriodByte(period); !ok {
			c.add(fmt.Sprintf("dcmi.power.periods[%d]", i), "expected up to 63 whole seconds, minutes, hours or days")
		}
	}
	seconds("power.statistics_low", p.StatisticsLow, 0, 0xffff)
	seconds("power.statistics_high", p.StatisticsHigh, 0, 0xffff)
	seconds("power.statistics", p.Statistics, int(p.StatisticsLow.Std()/time.Second), int(p.StatisticsHigh.Std()/time.Second))
	if p.Limit < p.LimitLow || p.Limit > p.LimitHigh {
		c.add("dcmi.power.limit", "not between limit_low and limit_high")
	}
	if p.CorrectionLow < 0 || p.CorrectionHigh.Std() > 0xffffffff*time.Millisecond {
		c.add("dcmi.power.correction_high", "expected 0s to 32 bits of milliseconds")
	}
	if p.Correction < p.CorrectionLow || p.Correction > p.CorrectionHigh {
		c.add("dcmi.power.correction", "not between correction_low and correction_high")
	}
}
