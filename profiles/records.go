package profiles

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// SDR is the sensor data record repository. It has the records of the section sensors, the locators of the section
// fru, and what is here, in this order as far as they have no record IDs. [IPMI 2.0 §33]
type SDR struct {
	// Update modes of the repository.
	Update string `yaml:"update" default:"both" words:"unspecified non-modal modal both"`
	// Without are the optional operations that the repository lacks.
	Without   []string `yaml:"without" words:"allocation reserve partial-add delete"`
	Capacity  int      `yaml:"capacity" default:"65520" range:"16..1048560"` // bytes of storage
	EraseTime Duration `yaml:"erase_time" default:"0s"`                      // how long Clear SDR Repository takes
	InitTime  Duration `yaml:"init_time" default:"0s"`                       // how long Run Initialization Agent takes
	// Added and Erased are the timestamps of the most recent addition and erasure, seconds as in the SEL. Absent: they
	// follow from the records, so that clients with a cache see the same machine again after a restart, and another one
	// when the records are others.
	Added  *uint32 `yaml:"added"`
	Erased *uint32 `yaml:"erased"` // see added
	// SameDevice: the controller's device SDRs are all records of the repository. Otherwise they are those of its sensors.
	SameDevice bool `yaml:"same_device_sdrs"`
	// FromZero: the first record has the ID 0000h, by which the specification asks for the first one.
	FromZero bool `yaml:"from_zero"`
	// Controller is the controller's own locator record, type 12h.
	Controller Controller `yaml:"controller"`
	// Controllers are locator records of other controllers.
	Controllers []OtherController `yaml:"controllers"`
	// Devices are generic device locator records, type 10h.
	Devices []DeviceLocator `yaml:"devices"`
	// Inventories are FRU device locator records, type 11h, of inventories that are not in the section fru.
	Inventories []FRULocator `yaml:"inventories"`
	// Sensors are the records of sensors that are not the controller's own: of other controllers, and of system software.
	Sensors []OtherSensor `yaml:"sensors"`
	// Associations are entity association records, types 08h and 09h.
	Associations []Association `yaml:"associations"`
	// Confirmations are management controller confirmation records, type 13h.
	Confirmations []Confirmation `yaml:"confirmations"`
	// Channels is the deprecated BMC message channel info record, type 14h.
	Channels *ChannelRecord `yaml:"channels"`
	// OEM records, type C0h.
	OEM []OEMRecord `yaml:"oem"`
	// Records are whole records of any type, header included. A record ID of 0 is the next one.
	Records []HexBytes `yaml:"records"`
}

// Controller is a management controller device locator record. [IPMI 2.0 §43.9]
type Controller struct {
	Name   string `yaml:"name" length:"0..16"`           // ID string; none: no record
	Entity Entity `yaml:"entity" default:"system-board"` // that the controller is
	Flags  uint8  `yaml:"flags" profile:"hex"`           // power state notification and global initialization, byte 8
	// Support is the controller's device support. Absent: of the controller itself, what Get Device ID says.
	Support []Support `yaml:"support"`
	OEM     uint8     `yaml:"oem" profile:"hex"` // reserved for OEM use
	// RecordID of the record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
}

// OtherController is the locator record of another controller.
type OtherController struct {
	Address uint8     `yaml:"address" profile:"key,hex"`     // slave address
	Channel uint8     `yaml:"channel" range:"0..15"`         // of the address
	Name    string    `yaml:"name" length:"0..16"`           // ID string
	Entity  Entity    `yaml:"entity" default:"system-board"` // that the controller is
	Flags   uint8     `yaml:"flags" profile:"hex"`           // power state notification and global initialization, byte 8
	Support []Support `yaml:"support"`                       // the controller's device support
	OEM     uint8     `yaml:"oem" profile:"hex"`             // reserved for OEM use
	// RecordID of the record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
}

// FRULocator is a FRU device locator record. [IPMI 2.0 §43.8]
type FRULocator struct {
	Name     string `yaml:"name" length:"0..16"`                      // ID string
	Access   uint8  `yaml:"access" default:"0x20" profile:"hex"`      // controller that the inventory is behind
	Device   uint8  `yaml:"device" profile:"hex"`                     // FRU device ID, or slave address of an inventory that is not logical
	Logical  *bool  `yaml:"logical" default:"true"`                   // read with the FRU commands
	LUN      uint8  `yaml:"lun" range:"0..3"`                         // of the commands, or of Master Write-Read
	Bus      uint8  `yaml:"bus" range:"0..7"`                         // private bus
	Channel  uint8  `yaml:"channel" range:"0..15"`                    // of access
	Type     uint8  `yaml:"device_type" default:"0x10" profile:"hex"` // device type
	Modifier uint8  `yaml:"modifier" profile:"hex"`                   // device type modifier
	Entity   Entity `yaml:"entity" default:"system-board"`            // that the inventory is about
	OEM      uint8  `yaml:"oem" profile:"hex"`                        // reserved for OEM use
	// RecordID of the record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
}

// OtherSensor is the record of a sensor that is not the controller's own. [IPMI 2.0 §43.1, bytes 6 and 7]
type OtherSensor struct {
	// Owner is the slave address of another controller, or the software ID of system software as an odd number.
	Owner   uint8  `yaml:"owner" profile:"required,hex"`
	LUN     uint8  `yaml:"lun" range:"0..3"`      // of the owner
	Channel uint8  `yaml:"channel" range:"0..15"` // that the owner is on
	Sensor  Sensor `yaml:"sensor"`                // what its record says; it has no reading here
}

// DeviceLocator is a generic device locator record. [IPMI 2.0 §43.7]
type DeviceLocator struct {
	Name string `yaml:"name" length:"0..16" profile:"key"` // ID string
	// From is a device of the section i2c: its bus and address are in the record.
	From     string `yaml:"from"`
	Access   uint8  `yaml:"access" default:"0x20" profile:"hex"` // controller that the device is behind
	Slave    uint8  `yaml:"slave" profile:"hex"`                 // slave address of the device, without from
	Channel  uint8  `yaml:"channel" range:"0..15"`               // of access
	Bus      uint8  `yaml:"bus" range:"0..7"`                    // private bus, without from
	Span     uint8  `yaml:"span" range:"0..7"`                   // additional consecutive addresses
	Type     uint8  `yaml:"type" default:"0xbf" profile:"hex"`   // device type
	Modifier uint8  `yaml:"modifier" profile:"hex"`              // device type modifier
	Entity   Entity `yaml:"entity" default:"system-board"`       // that the device belongs to
	OEM      uint8  `yaml:"oem" profile:"hex"`                   // reserved for OEM use
	// RecordID of the record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
}

// Association is an entity association record. [IPMI 2.0 §43.4, §43.5]
type Association struct {
	Container Entity `yaml:"container" profile:"required"` // that has the others in it
	// Contained are up to four entities, or with range the first and last of up to two ranges.
	Contained []Entity `yaml:"contained" length:"1..4"`
	Range     bool     `yaml:"range"`    // contained are ranges
	Linked    bool     `yaml:"linked"`   // more records have the same container
	Presence  bool     `yaml:"presence"` // the container's presence sensor can always be read
	// Address of the controller to which the instances are relative. Absent: the entities are the system's.
	Address *uint8 `yaml:"address" profile:"hex"`
	Channel uint8  `yaml:"channel" range:"0..15"` // of the address
}

// Confirmation is a management controller confirmation record: what a controller said when it was found.
// [IPMI 2.0 §43.10]
type Confirmation struct {
	Address      uint8    `yaml:"address" default:"0x20" profile:"key,hex"` // slave address
	Channel      uint8    `yaml:"channel" range:"0..15"`                    // of the address
	ID           uint8    `yaml:"id" profile:"hex"`                         // device ID
	Revision     uint8    `yaml:"revision" range:"0..15"`                   // device revision
	Firmware     Firmware `yaml:"firmware" default:"1.00"`                  // firmware revision
	IPMIVersion  Version  `yaml:"ipmi_version" default:"2.0"`               // IPMI version
	Manufacturer uint32   `yaml:"manufacturer" range:"0..1048574"`          // IANA enterprise number
	Product      uint16   `yaml:"product"`                                  // product ID
	GUID         GUID     `yaml:"guid"`                                     // device GUID
}

// ChannelRecord is a BMC message channel info record. [IPMI 2.0 §43.11]
type ChannelRecord struct {
	Channels       HexBytes `yaml:"channels" length:"8"`           // a byte for each of the channels 0 to 7
	Interrupt      uint8    `yaml:"interrupt" default:"255"`       // messaging interrupt
	EventInterrupt uint8    `yaml:"event_interrupt" default:"255"` // event message buffer interrupt
}

// OEMRecord is an OEM record. [IPMI 2.0 §43.12]
type OEMRecord struct {
	Manufacturer uint32   `yaml:"manufacturer" range:"0..1048575"` // IANA enterprise number
	Data         HexBytes `yaml:"data" length:"0..56"`             // behind it
	// RecordID of the record. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`
}

// FRU is one FRU inventory device. Its contents are an EEPROM's, or its own memory. [IPMI 2.0 §34] [FRU §8]
type FRU struct {
	ID   uint8  `yaml:"id" range:"0..254" profile:"key"` // FRU device ID; 0 is the controller's own
	Name string `yaml:"name" length:"0..16"`             // ID string of the locator record
	// From is the EEPROM that holds the inventory. Absent: memory of its own.
	From string `yaml:"from"`
	Size int    `yaml:"size" default:"256" range:"8..65535"` // of its own memory, bytes
	Rail Rail   `yaml:"rail"`                                // of its own memory
	// Fill is the byte of its own memory behind the inventory. Absent: FFh.
	Fill *uint8 `yaml:"fill" profile:"hex"`
	// Words: the device is read and written in words of two bytes.
	Words bool `yaml:"words"`
	// Protected are the byte offsets that Write FRU Data refuses: first and last.
	Protected []int  `yaml:"protected" length:"0,2" range:"0..65535"`
	Entity    Entity `yaml:"entity" default:"system-board"` // that the inventory is about
	// Locator: the SDR repository has a locator record. Absent: all but FRU device 0 have one.
	Locator  *bool `yaml:"locator"`
	Type     uint8 `yaml:"device_type" default:"0x10" profile:"hex"` // device type in the locator, 10h logical FRU device
	Modifier uint8 `yaml:"modifier" profile:"hex"`                   // device type modifier in the locator
	Bus      uint8 `yaml:"bus" range:"0..7"`                         // private bus in the locator
	OEM      uint8 `yaml:"oem" profile:"hex"`                        // reserved for OEM use in the locator
	// RecordID of the locator. 0: the next one.
	RecordID uint16 `yaml:"record_id" profile:"hex"`

	// Image is the whole inventory, in place of the areas below.
	Image    HexBytes         `yaml:"image"`
	Internal HexBytes         `yaml:"internal"` // internal use area, without its version byte
	Chassis  *ChassisArea     `yaml:"chassis"`  // chassis info area
	Board    *BoardArea       `yaml:"board"`    // board info area
	Product  *ProductArea     `yaml:"product"`  // product info area
	Records  []FRUMultiRecord `yaml:"records"`  // multirecord area
	// Offsets put the areas in places of their own. Absent: one behind the other, in the order of the specification.
	Offsets *FRUOffsets `yaml:"offsets"`
}

// FRUOffsets are the starting offsets of areas as the common header tells them: in multiples of eight bytes, 0 for an
// area that is not there. [FRU §8]
type FRUOffsets struct {
	Internal uint8 `yaml:"internal"` // internal use area
	Chassis  uint8 `yaml:"chassis"`  // chassis info area
	Board    uint8 `yaml:"board"`    // board info area
	Product  uint8 `yaml:"product"`  // product info area
	Records  uint8 `yaml:"records"`  // multirecord area
}

// AreaForm is how an info area is written, for those who want a real one's bytes. Fields that are in none of the lists
// are 8-bit text. [FRU §10-§13]
type AreaForm struct {
	Length      int  `yaml:"length" range:"0..2040"` // least length of the area in bytes, filled up with zeros
	BadChecksum bool `yaml:"bad_checksum"`           // the checksum is wrong
	// SixBit, BCDPlus and Binary are the keys of fields in those encodings: binary are the characters' numbers, and an
	// empty field of that is 00h instead of C0h.
	SixBit  []string `yaml:"six_bit" words:"part serial manufacturer product name version asset file"`
	BCDPlus []string `yaml:"bcd_plus" words:"part serial manufacturer product name version asset file"` // see six_bit
	Binary  []string `yaml:"binary" words:"part serial manufacturer product name version asset file"`   // see six_bit
}

// ChassisArea is a chassis info area. [FRU §10]
type ChassisArea struct {
	Type   uint8    `yaml:"type" default:"0x17" profile:"hex"` // SMBIOS enclosure type, 17h rack mount chassis
	Part   string   `yaml:"part" length:"0..63"`               // part number
	Serial string   `yaml:"serial" length:"0..63"`             // serial number
	Custom []string `yaml:"custom" length:"0..63"`             // more fields
	Form   AreaForm `yaml:"form"`                              // how the area is written
}

// BoardArea is a board info area. [FRU §11]
type BoardArea struct {
	Made         Minute   `yaml:"made"`                                 // date and time of manufacture, UTC
	Manufacturer string   `yaml:"manufacturer" length:"0..63"`          // name
	Product      string   `yaml:"product" length:"0..63"`               // name
	Serial       string   `yaml:"serial" length:"0..63"`                // serial number
	Part         string   `yaml:"part" length:"0..63"`                  // part number
	File         string   `yaml:"file" length:"0..63"`                  // FRU file ID
	Custom       []string `yaml:"custom" length:"0..63"`                // more fields
	Language     uint8    `yaml:"language" default:"25" range:"0..136"` // language code: 0 and 25 are English [FRU §15]
	Form         AreaForm `yaml:"form"`                                 // how the area is written
}

// ProductArea is a product info area. [FRU §12]
type ProductArea struct {
	Manufacturer string   `yaml:"manufacturer" length:"0..63"`          // name
	Name         string   `yaml:"name" length:"0..63"`                  // of the product
	Part         string   `yaml:"part" length:"0..63"`                  // part or model number
	Version      string   `yaml:"version" length:"0..63"`               // of the product
	Serial       string   `yaml:"serial" length:"0..63"`                // serial number
	Asset        string   `yaml:"asset" length:"0..63"`                 // asset tag
	File         string   `yaml:"file" length:"0..63"`                  // FRU file ID
	Custom       []string `yaml:"custom" length:"0..63"`                // more fields
	Language     uint8    `yaml:"language" default:"25" range:"0..136"` // language code: 0 and 25 are English [FRU §15]
	Form         AreaForm `yaml:"form"`                                 // how the area is written
}

// FRUMultiRecord is one record of a multirecord area. It has one of its kinds. [FRU §16, §18]
type FRUMultiRecord struct {
	PowerSupply *PowerSupplyRecord `yaml:"power_supply"` // type 00h
	Output      *DCRecord          `yaml:"output"`       // DC output, type 01h
	Load        *DCRecord          `yaml:"load"`         // DC load, type 02h
	Access      *AccessRecord      `yaml:"access"`       // management access, type 03h
	// Raw is a record of any type.
	Raw *RawRecord `yaml:"raw"`
}

// PowerSupplyRecord is a power supply information record. [FRU §18.1]
type PowerSupplyRecord struct {
	Watts      uint16    `yaml:"watts" range:"0..4095"`                                                                // overall capacity
	PeakVA     uint16    `yaml:"peak_va" default:"65535"`                                                              // FFFFh unspecified
	Inrush     uint8     `yaml:"inrush" default:"255"`                                                                 // A, FFh unspecified
	InrushTime uint8     `yaml:"inrush_time"`                                                                          // ms
	Input      []float64 `yaml:"input" length:"0,2" range:"-327..327"`                                                 // lowest and highest input voltage, V
	Input2     []float64 `yaml:"input2" length:"0,2" range:"-327..327"`                                                // of the second range
	Hertz      []uint8   `yaml:"hertz" length:"0,2"`                                                                   // lowest and highest frequency
	Dropout    uint8     `yaml:"dropout"`                                                                              // tolerance of a loss of AC, ms
	Flags      []string  `yaml:"flags" words:"predictive-fail power-factor-correction autoswitch hot-swap two-pulses"` // what it has
	Peak       uint16    `yaml:"peak" default:"4095" range:"0..4095"`                                                  // peak W, FFFh unspecified
	HoldUp     uint8     `yaml:"hold_up" range:"0..15"`                                                                // s
}

// DCRecord is a DC output or load record. [FRU §18.2, §18.3]
type DCRecord struct {
	Number  uint8   `yaml:"number" range:"0..15"`                       // of the output
	Standby bool    `yaml:"standby"`                                    // outputs: is there while the supply is off
	Volts   float64 `yaml:"volts" range:"-327..327" profile:"required"` // nominal voltage
	Low     float64 `yaml:"low" range:"-327..327"`                      // most negative voltage
	High    float64 `yaml:"high" range:"-327..327"`                     // most positive voltage
	Ripple  uint16  `yaml:"ripple"`                                     // mV, peak to peak
	MinAmps float64 `yaml:"min_amps" range:"0..65"`                     // least current
	MaxAmps float64 `yaml:"max_amps" range:"0..65"`                     // greatest current
}

// AccessRecord is a management access record. [FRU §18.4]
type AccessRecord struct {
	Kind string `yaml:"kind" words:"system-url system-name system-ping component-url component-name component-ping" profile:"required"` // what text is
	Text string `yaml:"text" length:"0..254"`                                                                                           // in 8-bit characters
}

// RawRecord is a multirecord as bytes. [FRU §16]
type RawRecord struct {
	Type uint8    `yaml:"type" profile:"required,hex"` // record type, C0h to FFh are OEM records
	Data HexBytes `yaml:"data" length:"0..255"`        // without the header
}

// Minute is a date, or a date and a time to the minute, UTC.
type Minute struct{ time.Time }

// UnmarshalText reads "2024-03-01" or "2024-03-01 08:30".
func (m *Minute) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			m.Time = t
			return nil
		}
	}
	return fmt.Errorf(`expected a date, like "2024-03-01", or "2024-03-01 08:30"`)
}

// MarshalText writes "2024-03-01 08:30".
func (m Minute) MarshalText() ([]byte, error) { return []byte(m.Format("2006-01-02 15:04")), nil }

// records checks what must fit together in the sections sdr and fru.
func (c *checker) records(p *Profile) {
	names := p.DeviceNames()
	device := func(name, path string) {
		if name != "" && !slices.Contains(names, name) {
			c.add(path, "unknown device %q (%s)", short(name), hint(name, names))
		}
	}
	for i, d := range p.SDR.Devices {
		device(d.From, "sdr.devices["+strconv.Itoa(i)+"].from")
	}
	for i := range p.SDR.Controllers {
		if p.SDR.Controllers[i].Name == "" {
			c.add("sdr.controllers["+strconv.Itoa(i)+"].name", "missing")
		}
	}
	for i := range p.FRU {
		f, path := &p.FRU[i], "fru["+strconv.Itoa(i)+"]"
		device(f.From, path+".from")
		if len(f.Image) > 0 && (f.Internal != nil || f.Chassis != nil || f.Board != nil || f.Product != nil || len(f.Records) > 0) {
			c.add(path+".image", "the image has the areas already")
		}
		if f.Words && f.From == "" && f.Size%2 != 0 {
			c.add(path+".size", "%d bytes are no whole words", f.Size)
		}
		for j, r := range f.Records {
			kinds := 0
			for _, is := range []bool{r.PowerSupply != nil, r.Output != nil, r.Load != nil, r.Access != nil, r.Raw != nil} {
				if is {
					kinds++
				}
			}
			if kinds != 1 {
				c.add(fmt.Sprintf("%s.records[%d]", path, j), "expected one of power_supply, output, load, access and raw")
			}
		}
	}
}
