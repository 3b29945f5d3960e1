package bmc

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/profiles"
)

// inventories makes the images of the profile's FRU inventories.
func (b *Blueprint) inventories(p *profiles.Profile) error {
	var errs []error
	for i := range p.FRU {
		f := &p.FRU[i]
		image, err := inventoryImage(f)
		if err == nil && f.From != "" {
			err = b.inEEPROM(p, f, image)
		} else if err == nil && len(image) > sizeOf(f) {
			err = fmt.Errorf("the inventory has %d bytes, its memory %d: set size", len(image), sizeOf(f))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Where(fmt.Sprintf("fru[%d]", i)), err))
		}
		if f.Fill != nil && f.From == "" && len(image) < sizeOf(f) {
			image = slices.Concat(image, bytes.Repeat([]byte{*f.Fill}, sizeOf(f)-len(image)))
		}
		b.images[f.ID] = image
	}
	return errors.Join(errs...)
}

// defaultFRUSize is the memory of an inventory in a profile made in Go.
const defaultFRUSize = 256

func sizeOf(f *profiles.FRU) int {
	if f.Size == 0 {
		return defaultFRUSize
	}
	return f.Size
}

// inEEPROM puts an image into its EEPROM. An inventory without areas is what the EEPROM has.
func (b *Blueprint) inEEPROM(p *profiles.Profile, f *profiles.FRU, image []byte) error {
	if b.byDevice[f.From] != nil {
		return fmt.Errorf("from: %s holds another inventory already", f.From)
	}
	for d := range p.EachDevice() {
		if d.Name != f.From {
			continue
		}
		e, err := i2c.NewEEPROM(d.Model, nil)
		switch {
		case err != nil:
			return fmt.Errorf("from: %s is a %s: an inventory is in an EEPROM", f.From, d.Model)
		case len(image) > e.Size():
			return fmt.Errorf("the inventory has %d bytes, %s has %d", len(image), f.From, e.Size())
		}
	}
	if len(image) > 0 {
		b.byDevice[f.From] = image
	}
	return nil
}

// inventoryImage makes the image of one inventory; nil if the profile gives it no contents.
func inventoryImage(f *profiles.FRU) ([]byte, error) {
	if len(f.Image) > 0 {
		return f.Image, nil
	}
	if f.Internal == nil && f.Chassis == nil && f.Board == nil && f.Product == nil && len(f.Records) == 0 {
		return nil, nil
	}
	inv := fru.Inventory{Internal: f.Internal}
	if o := f.Offsets; o != nil {
		inv.Offsets = fru.Offsets{
			fru.InternalUse: o.Internal, fru.ChassisInfo: o.Chassis, fru.BoardInfo: o.Board, fru.ProductInfo: o.Product,
			fru.MultiRecord: o.Records,
		}
	}
	var errs []error
	var spoilt []fru.Area
	area := func(a fru.Area, key string, form *profiles.AreaForm, language uint8) *texts {
		if form.BadChecksum {
			spoilt = append(spoilt, a)
		}
		return &texts{key: key, form: form, language: fru.Language(language), errs: &errs}
	}
	if c := f.Chassis; c != nil {
		t := area(fru.ChassisInfo, "chassis", &c.Form, uint8(fru.English))
		inv.Chassis = &fru.Chassis{
			Type: c.Type, PartNumber: t.text("part", c.Part), SerialNumber: t.english("serial", c.Serial), Custom: t.custom(c.Custom),
			Length: c.Form.Length,
		}
	}
	if c := f.Board; c != nil {
		made, err := fru.MfgTimeOf(c.Made.Time)
		if err != nil {
			errs = append(errs, fmt.Errorf("board.made: %w", err))
		}
		t := area(fru.BoardInfo, "board", &c.Form, c.Language)
		inv.Board = &fru.Board{
			Language: t.language, MfgTime: made, Manufacturer: t.text("manufacturer", c.Manufacturer), ProductName: t.text("product", c.Product),
			SerialNumber: t.english("serial", c.Serial), PartNumber: t.text("part", c.Part), FRUFileID: t.english("file", c.File),
			Custom: t.custom(c.Custom), Length: c.Form.Length,
		}
	}
	if c := f.Product; c != nil {
		t := area(fru.ProductInfo, "product", &c.Form, c.Language)
		inv.Product = &fru.Product{
			Language: t.language, Manufacturer: t.text("manufacturer", c.Manufacturer), ProductName: t.text("name", c.Name),
			PartNumber: t.text("part", c.Part), Version: t.text("version", c.Version), SerialNumber: t.english("serial", c.Serial),
			AssetTag: t.text("asset", c.Asset), FRUFileID: t.text("file", c.File), Custom: t.custom(c.Custom), Length: c.Form.Length,
		}
	}
	for i := range f.Records {
		inv.Records = append(inv.Records, multiRecord(&f.Records[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	image, err := inv.AppendTo(nil)
	if err != nil {
		return nil, err
	}
	for _, a := range spoilt {
		start := int(image[a]) * areaUnit // the header has the offsets in the order of the areas [FRU §8]
		image[start+int(image[start+1])*areaUnit-1] ^= 0xff
	}
	return image, nil
}

// areaUnit is what offsets and lengths of areas count. [FRU §8]
const areaUnit = 8

// texts encodes the fields of one area, and collects what is wrong with them.
type texts struct {
	key      string
	form     *profiles.AreaForm
	language fru.Language
	errs     *[]error
}

// text encodes a field in the area's language.
func (t *texts) text(key, s string) fru.Field { return t.encode(key, s, t.language) }

// english encodes a field that is English in any area.
func (t *texts) english(key, s string) fru.Field { return t.encode(key, s, fru.English) }

func (t *texts) encode(key, s string, lang fru.Language) (f fru.Field) {
	var err error
	switch {
	case slices.Contains(t.form.SixBit, key):
		f, err = fru.NewSixBit(s)
	case slices.Contains(t.form.BCDPlus, key):
		f, err = fru.NewBCDPlus(s)
	case slices.Contains(t.form.Binary, key):
		if f, err = fru.NewText(s, fru.English); err == nil {
			f = fru.Field{Data: f.Data[:len([]rune(s))]} // without the space behind a single character
		}
	default:
		f, err = fru.NewText(s, lang)
	}
	if err != nil {
		*t.errs = append(*t.errs, fmt.Errorf("%s.%s: %w", t.key, key, err))
	}
	return f
}

func (t *texts) custom(list []string) []fru.Field {
	var fields []fru.Field
	for i, s := range list {
		fields = append(fields, t.text(fmt.Sprintf("custom[%d]", i), s))
	}
	return fields
}

// multiRecord makes one record of a multirecord area.
func multiRecord(r *profiles.FRUMultiRecord) fru.Record {
	switch {
	case r.PowerSupply != nil:
		return powerSupplyRecord(r.PowerSupply)
	case r.Output != nil:
		o := r.Output
		return fru.DCOutput{
			Standby: o.Standby, Number: o.Number, Nominal: centivolts(o.Volts), MaxNegative: centivolts(o.Low),
			MaxPositive: centivolts(o.High), Ripple: o.Ripple, MinCurrent: milliamps(o.MinAmps), MaxCurrent: milliamps(o.MaxAmps),
		}.Record()
	case r.Load != nil:
		l := r.Load
		return fru.DCLoad{
			Number: l.Number, Nominal: centivolts(l.Volts), MinVoltage: centivolts(l.Low), MaxVoltage: centivolts(l.High),
			Ripple: l.Ripple, MinCurrent: milliamps(l.MinAmps), MaxCurrent: milliamps(l.MaxAmps),
		}.Record()
	case r.Access != nil:
		kinds := []string{"system-url", "system-name", "system-ping", "component-url", "component-name", "component-ping"}
		return fru.ManagementAccess{
			Type: fru.AccessType(1 + slices.Index(kinds, r.Access.Kind)), Data: []byte(r.Access.Text),
		}.Record()
	case r.Raw != nil:
		return fru.Record{Type: fru.RecordType(r.Raw.Type), Data: r.Raw.Data}
	}
	return fru.Record{}
}

// Units of the power records: 10 mV and 1 mA. [FRU §18]
func centivolts(v float64) int16 { return int16(math.Round(v * 100)) }
func milliamps(a float64) uint16 { return uint16(math.Round(a * 1000)) }

func powerSupplyRecord(p *profiles.PowerSupplyRecord) fru.Record {
	r := fru.PowerSupply{
		Capacity: p.Watts, PeakVA: p.PeakVA, InrushAmps: p.Inrush, InrushMillis: p.InrushTime, DropoutMillis: p.Dropout,
		PeakWatts: p.Peak, HoldUpSeconds: p.HoldUp,
	}
	if len(p.Input) == 2 {
		r.LowVoltage1, r.HighVoltage1 = centivolts(p.Input[0]), centivolts(p.Input[1])
	}
	if len(p.Input2) == 2 {
		r.LowVoltage2, r.HighVoltage2 = centivolts(p.Input2[0]), centivolts(p.Input2[1])
	}
	if len(p.Hertz) == 2 {
		r.LowHertz, r.HighHertz = p.Hertz[0], p.Hertz[1]
	}
	for i, name := range []string{"predictive-fail", "power-factor-correction", "autoswitch", "hot-swap", "two-pulses"} {
		if slices.Contains(p.Flags, name) {
			r.Flags |= 1 << i
		}
	}
	return r.Record()
}
