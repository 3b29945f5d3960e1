package i2c

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config is how one device of a profile is built. A model refuses what it has no use for.
type Config struct {
	Value  *float64           // the model's first quantity
	Values map[string]float64 // quantities by name
	Texts  map[string]string  // texts by name

	Image        []byte // contents of a memory, from address 0; shared, so it must not change
	WriteProtect string // "drop" or "refuse": what an EEPROM does with writes while its WP pin is high
	BusyPolls    int    // how often an EEPROM does not acknowledge after a write
	Size         int    // number of registers; 0 is 256
	Format       string // of a supply's numbers: "linear" (also if empty) or "direct"
}

// Setting names a field of Config that only some models take.
type Setting string

// The settings, in the words of profiles.
const (
	SettingImage        Setting = "image"
	SettingWriteProtect Setting = "write-protect"
	SettingBusyPolls    Setting = "busy-polls"
	SettingSize         Setting = "size"
	SettingFormat       Setting = "format"
)

// Model is one kind of device.
type Model struct {
	Name       string
	Doc        string
	Quantities []Quantity // settable by Value and Values; the first is Value
	Texts      []string   // names for Config.Texts
	Settings   []Setting
	Channels   int // of a multiplexer

	build func(model string, c Config) (Device, error)
}

// models is the table of what can be put on a bus; nothing changes it.
var models = modelTable()

// Models lists what can be put on a bus, in the order of the documentation. The lists in a Model are shared and must not
// be changed.
func Models() []Model { return slices.Clone(models) }

func modelTable() []Model {
	eeprom := func(name, doc string) Model {
		return Model{Name: name, Doc: doc, build: buildEEPROM,
			Settings: []Setting{SettingImage, SettingWriteProtect, SettingBusyPolls}}
	}
	lm75 := func(name, doc string) Model {
		return Model{Name: name, Doc: doc, build: buildLM75, Quantities: temperatureQuantities()}
	}
	mux := func(name string, channels int, doc string) Model {
		return Model{Name: name, Doc: doc, Channels: channels,
			build: func(string, Config) (Device, error) { return NewMux(channels), nil }}
	}
	fans := func(name string, n int, doc string) Model {
		return Model{Name: name, Doc: doc, Quantities: fanQuantities(n), build: buildFans}
	}
	return []Model{
		eeprom("24c01", "EEPROM, 128 bytes, one address byte"),
		eeprom("24c02", "EEPROM, 256 bytes, one address byte"),
		eeprom("24c04", "EEPROM, 512 bytes, one address byte, two device addresses"),
		eeprom("24c08", "EEPROM, 1 KiB, one address byte, four device addresses"),
		eeprom("24c16", "EEPROM, 2 KiB, one address byte, eight device addresses"),
		eeprom("24c32", "EEPROM, 4 KiB, two address bytes"),
		eeprom("24c64", "EEPROM, 8 KiB, two address bytes"),
		eeprom("24c128", "EEPROM, 16 KiB, two address bytes"),
		eeprom("24c256", "EEPROM, 32 KiB, two address bytes"),
		eeprom("24c512", "EEPROM, 64 KiB, two address bytes"),
		lm75("lm75", "temperature sensor, 0.5 °C, National"),
		lm75("lm75b", "temperature sensor, 0.125 °C, NXP"),
		lm75("tmp75", "temperature sensor, 0.5 to 0.0625 °C by configuration, TI"),
		fans("emc2301", 1, "controller of one PWM fan with tachometer"),
		fans("emc2302", 2, "controller of two PWM fans with tachometers"),
		fans("emc2303", 3, "controller of three PWM fans with tachometers"),
		fans("emc2305", 5, "controller of five PWM fans with tachometers"),
		{Name: "pmbus", Doc: "PMBus 1.2 power supply, one output", build: buildPSU, Quantities: psuQuantityList(),
			Texts: psuTexts(), Settings: []Setting{SettingFormat}},
		mux("pca9548", 8, "switch of eight channels"),
		mux("pca9546", 4, "switch of four channels"),
		{Name: "pca9555", Doc: "I/O expander, 16 pins", Quantities: pinQuantities(),
			build: func(string, Config) (Device, error) { return NewExpander(), nil }},
		{Name: "registers", Doc: "plain byte registers, up to 256, as in a CPLD", build: buildRegisters,
			Quantities: registerQuantities(256), Settings: []Setting{SettingImage, SettingSize}},
	}
}

// ModelByName finds a model.
func ModelByName(name string) (Model, bool) {
	if i := slices.IndexFunc(models, func(m Model) bool { return m.Name == name }); i >= 0 {
		return models[i], true
	}
	return Model{}, false
}

// New builds a device of this model. The error joins all that is wrong with the configuration.
func (m Model) New(c Config) (Device, error) {
	if m.build == nil {
		return nil, fmt.Errorf("no I2C model %q", m.Name)
	}
	if err := m.check(c); err != nil {
		return nil, err
	}
	d, err := m.build(m.Name, c)
	if err != nil {
		return nil, err
	}
	if err := m.apply(d, c); err != nil {
		return nil, err
	}
	d.Reset() // the world was there before the power: nothing is latched yet
	return d, nil
}

// check refuses what the model has no use for.
func (m Model) check(c Config) error {
	var errs []error
	given := []struct {
		name Setting
		is   bool
	}{
		{SettingImage, len(c.Image) > 0},
		{SettingWriteProtect, c.WriteProtect != ""},
		{SettingBusyPolls, c.BusyPolls != 0},
		{SettingSize, c.Size != 0},
		{SettingFormat, c.Format != ""},
	}
	for _, g := range given {
		if g.is && !slices.Contains(m.Settings, g.name) {
			errs = append(errs, fmt.Errorf("%s: a %s has none", g.name, m.Name))
		}
	}
	if c.Value != nil && len(m.Quantities) == 0 {
		errs = append(errs, fmt.Errorf("value: a %s has none", m.Name))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if !slices.ContainsFunc(m.Quantities, func(q Quantity) bool { return q.Name == name }) {
			errs = append(errs, fmt.Errorf("values: a %s has no %q", m.Name, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Texts)) {
		if !slices.Contains(m.Texts, name) {
			errs = append(errs, fmt.Errorf("texts: a %s has no %q (it has: %s)", m.Name, name, strings.Join(m.Texts, ", ")))
		}
	}
	return errors.Join(errs...)
}

// apply sets the quantities, the first one last: it is what the device is for, so it holds even if others influence it.
func (m Model) apply(d Device, c Config) error {
	meter, ok := d.(Meter)
	if !ok {
		return nil
	}
	var errs []error
	set := func(name string, v float64) {
		if err := meter.SetValue(name, v); err != nil {
			errs = append(errs, err)
		}
	}
	for _, q := range slices.Backward(m.Quantities) {
		if v, ok := c.Values[q.Name]; ok {
			set(q.Name, v)
		}
	}
	if c.Value != nil {
		set("", *c.Value)
	}
	return errors.Join(errs...)
}

func buildEEPROM(model string, c Config) (Device, error) {
	e, err := NewEEPROM(model, c.Image)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	switch c.WriteProtect {
	case "":
	case "drop":
		e.Protect = DropWrites
	case "refuse":
		e.Protect = RefuseWrites
	default:
		return nil, fmt.Errorf("write-protect: %q is neither drop nor refuse", c.WriteProtect)
	}
	if c.BusyPolls < 0 {
		return nil, fmt.Errorf("busy-polls: %d is negative", c.BusyPolls)
	}
	e.BusyPolls = c.BusyPolls
	return e, nil
}

func buildLM75(model string, _ Config) (Device, error) { return NewLM75(model) }

func buildFans(model string, _ Config) (Device, error) { return NewFanController(model) }

func buildPSU(_ string, c Config) (Device, error) {
	if c.Format != "" && c.Format != "linear" && c.Format != "direct" {
		return nil, fmt.Errorf("format: %q is neither linear nor direct", c.Format)
	}
	p := NewPSU(c.Format == "direct")
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Texts)) {
		if err := p.SetText(name, c.Texts[name]); err != nil {
			errs = append(errs, fmt.Errorf("texts: %w", err))
		}
	}
	return p, errors.Join(errs...)
}

func buildRegisters(_ string, c Config) (Device, error) {
	size := c.Size
	if size == 0 {
		size = 256
	}
	return NewRegisters(size, c.Image)
}
