package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// Sensor is one of the controller's sensors and its sensor data record. [IPMI 2.0 §35, §43.1-§43.3]
//
// A sensor whose type has a unit of its own (temperature, voltage, current, fan), or that is given a unit, is analog and
// has thresholds; the loader finds its conversion factors. Others are discrete and have states.
type Sensor struct {
	Number uint8 `yaml:"number" range:"0..254" profile:"key,hex"` // sensor number
	// Name is the ID string of the sensor data record.
	Name string `yaml:"name" length:"0..16"`
	// Kind is the name of an entry of sensor_kinds: what this sensor does not say, that says.
	Kind string `yaml:"kind"`
	// LUN of the controller that the sensor is on: 0, 1 or 3. Its number is the sensor's alone all the same.
	LUN  uint8      `yaml:"lun" range:"0..3"`
	Type SensorType `yaml:"type"` // sensor type
	// Reading is the event/reading type. Absent: threshold of an analog sensor, sensor-specific of a discrete one.
	Reading ReadingType `yaml:"reading"`
	// Entity that the sensor monitors.
	Entity Entity `yaml:"entity" default:"system-board"`

	// From is where the reading comes from: a device, a device's quantity ("psu1.vout"), or a sum of them
	// ("psu1.pin + psu2.pin"). Absent: the sensor has a value of its own.
	From   Sources  `yaml:"from"`
	Scale  float64  `yaml:"scale" default:"1"` // by which the source's value is multiplied
	Offset float64  `yaml:"offset"`            // that is then added
	Value  *float64 `yaml:"value"`             // of a sensor without source, when the machine starts
	Move   *Motion  `yaml:"move"`              // lets the value of a sensor without source change by itself
	// Rail of the sensor: one on the host's rail is unavailable while the host is off.
	Rail        Rail  `yaml:"rail"`
	Unavailable bool  `yaml:"unavailable"`             // the reading is not available when the machine starts
	Scanning    *bool `yaml:"scanning" default:"true"` // scanning is enabled when the machine starts
	EventsOn    *bool `yaml:"events" default:"true"`   // event messages are enabled when the machine starts

	Unit       Unit   `yaml:"unit"`                               // base unit
	Modifier   Unit   `yaml:"modifier"`                           // modifier unit
	Combine    string `yaml:"combine" words:"divided multiplied"` // base unit by or times modifier unit
	Rate       string `yaml:"rate" words:"us ms s min h day"`     // the unit is per this time
	Percentage bool   `yaml:"percentage"`                         // the reading is a percentage
	// Range is the lowest and the highest value that the reading must be able to tell. Absent: it follows from type,
	// thresholds and value. With factors: the sensor minimum and maximum reading of the record.
	Range     []float64 `yaml:"range" length:"0,2"`
	Nominal   *float64  `yaml:"nominal"`    // nominal reading
	NormalMin *float64  `yaml:"normal_min"` // normal minimum
	NormalMax *float64  `yaml:"normal_max"` // normal maximum
	// Factors are the conversion factors, for those who know them. More than one: a non-linear sensor's, by reading.
	Factors       []Factors     `yaml:"factors"`
	Format        string        `yaml:"format" words:"unsigned ones-complement twos-complement"` // of the raw reading, with factors; of a discrete sensor, what its record claims
	Linearization Linearization `yaml:"linearization"`                                           // function of a linearized sensor, with factors
	Lower         Thresholds    `yaml:"lower"`                                                   // lower thresholds
	Upper         Thresholds    `yaml:"upper"`                                                   // upper thresholds
	Hysteresis    *Hysteresis   `yaml:"hysteresis"`                                              // absent: two raw counts
	// Live are thresholds at the start that are others than the record's. A sensor that has some can tell those that its
	// masks let be read, also where its capabilities say that it has none, as on some real machines.
	Live        *Limits `yaml:"live"`
	FixedLimits bool    `yaml:"fixed_limits"` // thresholds and hysteresis cannot be set

	// States of a discrete sensor that follow from devices.
	States []SensorState `yaml:"states"`
	// Asserted are the states of a discrete sensor when the machine starts; on some real machines these are not all
	// possible ones.
	Asserted []uint8 `yaml:"asserted" range:"0..14"`
	// Possible are the states that a discrete sensor can report. Absent: those that are mentioned.
	Possible []uint8 `yaml:"possible" range:"0..14"`
	// Assertion are the event offsets that raise an event when they come. Absent: for thresholds, going low of lower and
	// going high of upper ones; of a discrete sensor, all that are possible.
	Assertion *[]uint8 `yaml:"assertion" range:"0..14"`
	// Deassertion are the event offsets that raise an event when they go. Absent: as assertion.
	Deassertion *[]uint8 `yaml:"deassertion" range:"0..14"`
	ManualRearm bool     `yaml:"manual_rearm"` // event status stays until it is re-armed
	Settable    bool     `yaml:"settable"`     // Set Sensor Reading And Event Status works
	Retypable   bool     `yaml:"retypable"`    // Set Sensor Type works

	// Share is how many sensors with consecutive numbers the record describes (compact and event-only records).
	Share uint8 `yaml:"share" range:"0..15"`
	// Sharing is what the record says of it, in place of what follows from share: bytes 24 and 25 of a compact record, 13
	// and 14 of an event-only one.
	Sharing HexBytes `yaml:"sharing" length:"0,2"`
	// Record is the kind of the sensor data record. Absent: full of an analog sensor, compact of a discrete one.
	Record string `yaml:"record" words:"full compact event-only none"`
	// RecordID of the sensor data record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
	// Raw is the whole sensor data record, header included, in place of everything that is in it.
	Raw HexBytes `yaml:"raw" length:"0,17..260"`
	// Capabilities, Initialization, Masks and Direction override what would be in the record.
	Capabilities   *uint8   `yaml:"capabilities" profile:"hex"`       // byte 12 of the record
	Initialization *uint8   `yaml:"initialization" profile:"hex"`     // byte 11 of the record
	Masks          []uint16 `yaml:"masks" length:"0,3" profile:"hex"` // bytes 15 to 20: assertion, deassertion, reading
	Direction      string   `yaml:"direction" words:"input output"`   // of the entity that is monitored
	OEM            uint8    `yaml:"oem" profile:"hex"`                // reserved for OEM use
}

// Thresholds of one side, in the sensor's unit. [IPMI 2.0 §35.8]
type Thresholds struct {
	NonCritical    *float64 `yaml:"non_critical"`    // warning
	Critical       *float64 `yaml:"critical"`        // the entity is out of its limits
	NonRecoverable *float64 `yaml:"non_recoverable"` // damage
}

// Limits are thresholds of both sides.
type Limits struct {
	Lower Thresholds `yaml:"lower"` // lower thresholds
	Upper Thresholds `yaml:"upper"` // upper thresholds
}

// Hysteresis of both directions, in the sensor's unit. A number stands for both. [IPMI 2.0 §35.6]
type Hysteresis struct {
	Positive float64 `yaml:"positive" range:"0.." profile:"short"` // below upper thresholds
	Negative float64 `yaml:"negative" range:"0.." profile:"short"` // above lower thresholds
}

// SensorState is a state of a discrete sensor that follows from a device. [IPMI 2.0 §42]
type SensorState struct {
	State uint8 `yaml:"state" range:"0..14" profile:"key"` // offset
	// From is a device, which is there or not, or a device's quantity, which is 0 or not.
	From  Sources  `yaml:"from" profile:"required"`
	Above *float64 `yaml:"above"` // the state is asserted while the quantity is above this
	Below *float64 `yaml:"below"` // the state is asserted while the quantity is below this
	Not   bool     `yaml:"not"`   // the other way round
}

// Factors convert raw readings: y = L[(M·x + B·10^b_exp)·10^r_exp]. [IPMI 2.0 §36.3]
type Factors struct {
	Reading     uint8  `yaml:"reading"`                   // of a non-linear sensor: the raw reading where they are exact
	M           int16  `yaml:"m" range:"-512..511"`       // multiplier
	B           int16  `yaml:"b" range:"-512..511"`       // offset
	BExp        int8   `yaml:"b_exp" range:"-8..7"`       // exponent of the offset
	RExp        int8   `yaml:"r_exp" range:"-8..7"`       // exponent of the result
	Tolerance   uint8  `yaml:"tolerance" range:"0..63"`   // half raw counts
	Accuracy    uint16 `yaml:"accuracy" range:"0..1023"`  // hundredths of a percent
	AccuracyExp uint8  `yaml:"accuracy_exp" range:"0..3"` // exponent of the accuracy
}

// Source is a device, or one of its quantities.
type Source struct {
	Device   string
	Quantity string // empty: the first
}

// Sources are added up.
type Sources []Source

// UnmarshalText reads "psu1.pin + psu2.pin".
func (s *Sources) UnmarshalText(text []byte) error {
	*s = nil
	for part := range strings.SplitSeq(string(text), "+") {
		device, quantity, _ := strings.Cut(strings.TrimSpace(part), ".")
		if device == "" || strings.Trim(device+quantity, wordCharacters) != "" {
			return errors.New(`expected a device, one of its quantities or a sum of them, like "inlet", "psu1.vout" or "psu1.pin + psu2.pin"`)
		}
		*s = append(*s, Source{Device: device, Quantity: quantity})
	}
	return nil
}

// MarshalText writes "psu1.pin + psu2.pin".
func (s Sources) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String is "psu1.pin + psu2.pin".
func (s Sources) String() string {
	parts := make([]string, len(s))
	for i, src := range s {
		parts[i] = src.Device
		if src.Quantity != "" {
			parts[i] += "." + src.Quantity
		}
	}
	return strings.Join(parts, " + ")
}

// Entity is what a sensor monitors or a device is: its ID and instance. [IPMI 2.0 §39, §43.14]
type Entity sdr.Entity

var errEntity = errors.New(`expected an entity and its instance, like "processor 1", "power-supply 2", "0x40 1" or "7.1"`)

// UnmarshalText reads "processor 2" or "3.2"; the instance is 1 when it is absent.
func (e *Entity) UnmarshalText(text []byte) error {
	name, instance, found := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !found {
		name, instance, found = strings.Cut(name, ".")
	}
	id, ok := sdr.ParseEntityID(name)
	if !ok {
		n, err := parseUint(name, 8)
		if err != nil {
			return errEntity
		}
		id = sdr.EntityID(n)
	}
	n := uint64(1)
	if found {
		var err error
		if n, err = parseUint(strings.TrimSpace(instance), 8); err != nil {
			return errEntity
		}
	}
	*e = Entity{ID: id, Instance: uint8(n)}
	return nil
}

// MarshalText writes "processor 2".
func (e Entity) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// String is "processor 2", "208.1" of an entity without a name.
func (e Entity) String() string {
	if name := e.ID.String(); entityNamed(name) {
		return fmt.Sprintf("%s %d", name, e.Instance)
	}
	return fmt.Sprintf("%d.%d", e.ID, e.Instance)
}

func entityNamed(name string) bool {
	_, ok := sdr.ParseEntityID(name)
	return ok
}

// SensorType is a sensor type code. [IPMI 2.0 §42.2]
type SensorType sdr.SensorType

// String is the word of profiles.
func (t SensorType) String() string { return nameOf(sensorTypeWords, t) }

// ReadingType is an event/reading type code. [IPMI 2.0 §42.1]
type ReadingType sdr.ReadingType

// String is the word of profiles.
func (t ReadingType) String() string { return nameOf(readingTypeWords, t) }

// Unit is a sensor unit. [IPMI 2.0 §43.17]
type Unit sdr.Unit

// String is the word of profiles.
func (u Unit) String() string { return nameOf(unitWords, u) }

// Linearization is the function of a linearized sensor. [IPMI 2.0 §43.1, byte 24]
type Linearization sdr.Linearization

// String is the word of profiles.
func (l Linearization) String() string { return nameOf(linearizationWords, l) }

// The words of the codes are those of package sdr.
var (
	sensorTypeWords  = codeWords(func(c uint8) string { return sdr.SensorType(c).String() })
	readingTypeWords = codeWords(func(c uint8) string { return sdr.ReadingType(c).String() })
	unitWords        = codeWords(func(c uint8) string { return sdr.Unit(c).String() })
	// linearizationWords are shell-safe: no carets.
	linearizationWords = []word{
		{"linear", 0}, {"ln", 1}, {"log10", 2}, {"log2", 3}, {"exp", 4}, {"exp10", 5}, {"exp2", 6}, {"inverse", 7},
		{"square", 8}, {"cube", 9}, {"square-root", 10}, {"cube-root", 11}, {"non-linear", 0x70},
	}
)

// codeWords lists the codes that have a name.
func codeWords(name func(uint8) string) []word {
	var words []word
	for c := range 0x100 {
		n := name(uint8(c))
		if !strings.HasPrefix(n, "reserved") && !strings.HasPrefix(n, "oem-") {
			words = append(words, word{n, uint8(c)})
		}
	}
	return words
}

// Analog reports whether the sensor has an analog reading.
func (s *Sensor) Analog() bool {
	switch {
	case s.Record == "compact" || s.Record == "event-only":
		return false
	case s.Unit != 0 || len(s.Factors) > 0:
		return true
	case s.Reading != 0:
		return s.Reading == ReadingType(sdr.Threshold)
	case len(s.States)+len(s.Asserted)+len(s.Possible) > 0:
		return false
	}
	return s.Type >= SensorType(sdr.Temperature) && s.Type <= SensorType(sdr.Fan)
}

// sensors checks what must fit together. What the record cannot hold is found when the machine is built.
func (c *checker) sensors(p *Profile) {
	names := p.DeviceNames()
	known := func(s Sources, path string) {
		for _, src := range s {
			if !slices.Contains(names, src.Device) {
				c.add(path, "unknown device %q (%s)", short(src.Device), hint(src.Device, names))
			}
		}
	}
	for i := range p.Sensors {
		s, path := &p.Sensors[i], "sensors["+strconv.Itoa(i)+"]"
		known(s.From, path+".from")
		if s.LUN == uint8(ipmb.LUNSMS) {
			c.add(path+".lun", "2 is system software's (expected 0, 1 or 3)")
		}
		for j, st := range s.States {
			known(st.From, fmt.Sprintf("%s.states[%d].from", path, j))
		}
		if s.Kind != "" {
			c.add(path+".kind", "only the loader of YAML knows sensor_kinds")
		}
		switch {
		case len(s.Raw) > 0:
		case s.Name == "":
			c.add(path+".name", "missing")
		case s.Type == 0:
			c.add(path+".type", "missing")
		}
		if len(s.Range) == 2 && s.Range[0] >= s.Range[1] {
			c.add(path+".range", "%v is not below %v", s.Range[0], s.Range[1])
		}
		if s.Move != nil {
			c.motion(s.Move, path+".move")
			if len(s.From) > 0 {
				c.add(path+".move", "the sensor follows %v: let that move", s.From)
			}
		}
		if s.Value != nil && len(s.From) > 0 {
			c.add(path+".value", "the sensor follows %v: give that the value", s.From)
		}
		if s.Scale == 0 {
			c.add(path+".scale", "0 leaves no reading")
		}
	}
}
