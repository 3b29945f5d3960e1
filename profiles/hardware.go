package profiles

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
)

// I2CBus is one of the controller's I2C buses and what is on it.
type I2CBus struct {
	// Bus is the number of a private bus, 0 to 7, or the bus of a public channel, "channel-6".
	Bus     BusID       `yaml:"bus" profile:"key"`
	Devices []I2CDevice `yaml:"devices"` // on the bus
}

// I2CDevice is one device on a bus, or behind a multiplexer.
type I2CDevice struct {
	At uint8 `yaml:"at" range:"8..119" profile:"key,hex"` // 7-bit address, the first one of a device with several
	// Model of the device.
	Model string `yaml:"model" profile:"required" words:"24c01 24c02 24c04 24c08 24c16 24c32 24c64 24c128 24c256 24c512 lm75 lm75b tmp75 emc2301 emc2302 emc2303 emc2305 pmbus pca9548 pca9546 pca9555 registers"`
	// Name by which sensors, FRU inventories and the API call it: letters, digits, hyphens and underscores.
	Name string `yaml:"name" length:"0..32"`
	// Rail that feeds the device. One on the host's rail does not answer while the host is off.
	Rail   Rail `yaml:"rail"`
	Absent bool `yaml:"absent"` // the device is not plugged in
	// Value is what the device is for, such as the temperature of an lm75, when the machine starts.
	Value  *float64           `yaml:"value"`
	Values map[string]float64 `yaml:"values"` // the device's quantities by name
	// Off are quantities that have another value while the host is off, such as the power that a supply draws.
	Off   map[string]float64 `yaml:"off"`
	Texts map[string]string  `yaml:"texts"` // identification texts by name (pmbus)
	// Move lets the value change by itself.
	Move  *Motion           `yaml:"move"`
	Moves map[string]Motion `yaml:"moves"` // the same for quantities by name

	Image        HexBytes `yaml:"image"`                             // contents of a memory, from address 0
	WriteProtect string   `yaml:"write_protect" words:"drop refuse"` // what an EEPROM with its WP pin high does with writes
	BusyPolls    int      `yaml:"busy_polls" range:"0..1000"`        // how often an EEPROM does not acknowledge after a write
	Size         int      `yaml:"size" range:"0..256"`               // number of registers (registers), 0: 256
	Format       string   `yaml:"format" words:"linear direct"`      // of a supply's numbers (pmbus)
	Channels     []I2CBay `yaml:"channels" length:"0..8"`            // what is behind a multiplexer
}

// I2CBay is one channel of a multiplexer.
type I2CBay struct {
	Number  uint8       `yaml:"number" range:"0..7" profile:"key"` // of the channel
	Devices []I2CDevice `yaml:"devices"`                           // behind it
}

// BusID names a bus as Master Write-Read does. [IPMI 2.0 §22.11]
type BusID i2c.BusID

var errBusID = errors.New(`expected a private bus, 0 to 7, or the bus of a channel, like "channel-6"`)

// UnmarshalText reads "1" or "channel-6".
func (b *BusID) UnmarshalText(text []byte) error {
	number, public := strings.CutPrefix(string(text), "channel-")
	n, err := strconv.ParseUint(number, 10, 4)
	if err != nil || !public && n > 7 {
		return errBusID
	}
	*b = BusID{Public: public, Number: uint8(n)}
	return nil
}

// MarshalText writes "1" or "channel-6".
func (b BusID) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// String is "1" or "channel-6".
func (b BusID) String() string {
	if b.Public {
		return fmt.Sprintf("channel-%d", b.Number)
	}
	return strconv.Itoa(int(b.Number))
}

// Rail is the supply that feeds something.
type Rail uint8

// Rails: a device on the standby rail always answers.
const (
	RailStandby Rail = iota
	RailHost
)

var railWords = []word{{"standby", uint8(RailStandby)}, {"host", uint8(RailHost)}}

// String is the word of profiles.
func (r Rail) String() string { return nameOf(railWords, r) }

// Motion is how a value changes by itself. It has one of its fields. The value moves when it is looked at, and at least
// every interval if an event can follow from it.
type Motion struct {
	Ramp   *Ramp   `yaml:"ramp"`   // from the start value to another one
	Sine   *Sine   `yaml:"sine"`   // around the start value
	Walk   *Walk   `yaml:"walk"`   // at random, by the seed
	Replay *Replay `yaml:"replay"` // what was recorded
}

// Ramp goes from the start value to another one.
type Ramp struct {
	To   float64  `yaml:"to" profile:"required"`   // where it ends
	Over Duration `yaml:"over" profile:"required"` // how long it takes
	// Then is what follows: it stays there, begins again, or goes back and forth.
	Then string `yaml:"then" default:"stay" words:"stay again back"`
}

// Sine swings around the start value.
type Sine struct {
	Amplitude float64  `yaml:"amplitude" profile:"required"` // to either side
	Period    Duration `yaml:"period" profile:"required"`    // of one swing
	Phase     float64  `yaml:"phase" range:"0..360"`         // at the start, degrees
}

// Walk takes a step up or down, at random but by the profile's seed.
type Walk struct {
	Step  float64  `yaml:"step" profile:"required"` // greatest step
	Every Duration `yaml:"every" default:"1s"`      // time between steps
	Low   *float64 `yaml:"low"`                     // never below
	High  *float64 `yaml:"high"`                    // never above
	// Within is how far the value goes from the start value, to either side. 0: as far as it comes.
	Within float64 `yaml:"within" range:"0.."`
}

// Replay gives recorded values, one after the other.
type Replay struct {
	Values []float64 `yaml:"values"` // recorded values; or:
	// File is a CSV file beside the profile.
	File string `yaml:"file"`
	// Column of the file: its heading, or its number from 1. Absent: the first.
	Column string   `yaml:"column"`
	Every  Duration `yaml:"every" default:"1s"` // time between values
	Once   bool     `yaml:"once"`               // stays at the last value instead of beginning again
}

// DeviceNames lists the names of the devices of all buses.
func (p *Profile) DeviceNames() []string {
	var names []string
	for d := range p.devices {
		if d.Name != "" {
			names = append(names, d.Name)
		}
	}
	return names
}

// EachDevice yields each device of the machine, also those behind multiplexers.
func (p *Profile) EachDevice() iter.Seq[*I2CDevice] {
	return func(yield func(*I2CDevice) bool) {
		p.devices(func(d *I2CDevice, _ string) bool { return yield(d) })
	}
}

// devices yields each device of the machine with its path.
func (p *Profile) devices(yield func(*I2CDevice, string) bool) {
	var each func(ds []I2CDevice, path string) bool
	each = func(ds []I2CDevice, path string) bool {
		for i := range ds {
			d, place := &ds[i], fmt.Sprintf("%s.devices[%d]", path, i)
			if !yield(d, place) {
				return false
			}
			for j := range d.Channels {
				if !each(d.Channels[j].Devices, fmt.Sprintf("%s.channels[%d]", place, j)) {
					return false
				}
			}
		}
		return true
	}
	for i := range p.I2C {
		if !each(p.I2C[i].Devices, fmt.Sprintf("i2c[%d]", i)) {
			return
		}
	}
}

// hardware checks the devices. What only a device model knows (quantities, sizes) is found when the machine is built.
func (c *checker) hardware(p *Profile) {
	names := make(map[string]bool)
	for d, path := range p.devices {
		if strings.Trim(d.Name, wordCharacters) != "" {
			c.add(path+".name", "letters, digits, hyphens and underscores only")
		}
		if d.Name != "" && names[d.Name] {
			c.add(path+".name", "%q is given twice", d.Name)
		}
		names[d.Name] = true
		if len(d.Channels) > 0 && d.Model != "pca9548" && d.Model != "pca9546" {
			c.add(path+".channels", "a %s is no multiplexer", d.Model)
		}
		if d.Move != nil {
			c.motion(d.Move, path+".move")
		}
		for name, m := range d.Moves {
			c.motion(&m, path+".moves."+name)
		}
	}
}

const wordCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// leastInterval keeps a motion from taking the machine's time.
const leastInterval = 10 * time.Millisecond

// motion checks one motion.
func (c *checker) motion(m *Motion, path string) {
	kinds := 0
	span := func(d Duration, place string) {
		kinds++
		if d.Std() < leastInterval {
			c.add(path+place, "expected at least %v", leastInterval)
		}
	}
	if m.Ramp != nil {
		span(m.Ramp.Over, ".ramp.over")
	}
	if m.Sine != nil {
		span(m.Sine.Period, ".sine.period")
	}
	if m.Walk != nil {
		span(m.Walk.Every, ".walk.every")
		if l, h := m.Walk.Low, m.Walk.High; l != nil && h != nil && *l > *h {
			c.add(path+".walk.low", "%v is above high, %v", *l, *h)
		}
	}
	if m.Replay != nil {
		span(m.Replay.Every, ".replay.every")
		if len(m.Replay.Values) == 0 {
			c.add(path+".replay", "no values")
		}
		if slices.ContainsFunc(m.Replay.Values, math.IsNaN) {
			c.add(path+".replay", "a value is no number")
		}
	}
	if kinds != 1 {
		c.add(path, "expected one of ramp, sine, walk and replay")
	}
}
