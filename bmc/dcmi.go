package bmc

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// dcmi is the data center manageability interface of a machine that has one. [DCMI §6]
type dcmi struct {
	spec    *profiles.DCMI
	meter   powerMeter
	thermal map[uint8]*thermalWatch // by the instance of the inlet; those with a limit
	stored  dcmiStored
}

// dcmiStored is what the controller keeps in non-volatile storage.
type dcmiStored struct {
	AssetTag []byte // of a machine whose FRU device 0 has no product info area
	ID       [idStringSize]byte
	Config   dcmiConfig
	Limit    powerLimit
	Thermal  map[uint8]thermalLimit // by the instance of the inlet
}

// dcmiConfig are the configuration parameters 2 to 5. The controller's address is its network's business, so they are
// stored and change nothing outside. [DCMI §6.1.3, Table 6-6]
type dcmiConfig struct {
	Discovery      uint8
	Initial        uint8  // s
	Contact, Retry uint16 // s
}

// idStringSize is the greatest length of the management controller identifier string with its zero. [DCMI §6.4.6]
const idStringSize = 64

// newDCMI makes the interface, or nothing if the profile has none.
func newDCMI(m *Machine) *dcmi {
	spec := m.profile.DCMI
	if spec == nil {
		return nil
	}
	d := &dcmi{spec: spec, thermal: make(map[uint8]*thermalWatch), stored: dcmiStored{
		AssetTag: []byte(spec.AssetTag),
		Config: dcmiConfig{
			Discovery: spec.DHCP.Discovery, Initial: uint8(seconds(spec.DHCP.Initial)),
			Contact: seconds(spec.DHCP.Contact), Retry: seconds(spec.DHCP.Retry),
		},
		Thermal: make(map[uint8]thermalLimit),
	}}
	id := spec.ID
	if id == "" {
		id = "DCMI"
		if _, lan, _ := m.dcmiLANs(); lan != noChannel {
			mac := m.channels.byNumber[lan].spec.LAN.MAC
			id += fmt.Sprintf("%X", mac[:]) // no colons: it may become a host name, by DHCP option 12
		}
	}
	copy(d.stored.ID[:idStringSize-1], id)
	if p := spec.Power; p != nil {
		d.stored.Limit = powerLimit{Watts: p.Limit, Correction: p.Correction.Std(), Statistics: p.Statistics.Std()}
		d.meter.supplies = m.hardware.supplies()
	}
	return d
}

// seconds is a time span of whole seconds as a number of 16 bits.
func seconds(d profiles.Duration) uint16 { return uint16(d.Std() / time.Second) }

// lackingDCMI are the DCMI commands that a machine of the profile has nothing behind: all of them without the section,
// those of power without power management. [DCMI §6.6]
func lackingDCMI(p *profiles.Profile) []string {
	var off []string
	for _, c := range dcmiCommands {
		power := strings.HasPrefix(c.Section, "DCMI 6.6.")
		if p.DCMI == nil || power && p.DCMI.Power == nil {
			off = append(off, CommandID(c.Name))
		}
	}
	return off
}

// assetField finds the asset tag in the product info area of FRU device 0, which the tag of DCMI is kept in step with.
// It returns nothing where there is no such area. [DCMI §6.4.1]
func (m *Machine) assetField() (inv *inventory, content fru.Inventory, err error) {
	inv, ok := m.inventory(0)
	if !ok {
		return nil, content, nil
	}
	content, _ = fru.Parse(inv.eeprom.Bytes()) // what is damaged elsewhere does not matter for reading
	if content.Product == nil {
		return nil, content, nil
	}
	if inv.slot != nil && !inv.slot.Powered() {
		return nil, content, errInventoryAway
	}
	return inv, content, nil
}

// assetTag is the asset tag and how it is encoded. [DCMI §6.4.2]
func (m *Machine) assetTag() (tag []byte, e fru.Encoding, english bool, err error) {
	inv, content, err := m.assetField()
	switch {
	case err != nil:
		return nil, 0, false, err
	case inv == nil:
		return m.dcmi.stored.AssetTag, fru.Text, true, nil
	}
	f := content.Product.AssetTag
	if len(f.Data) == 0 {
		f.Encoding = fru.Text // an empty field is in any encoding
	}
	return f.Data, f.Encoding, content.Product.Language.IsEnglish(), nil
}

// setAssetTag stores the asset tag. A tag of one character is followed by a space in a FRU inventory, where one byte of
// text would end the fields. [DCMI §6.4.3] [FRU §13]
func (m *Machine) setAssetTag(tag []byte) (stored int, err error) {
	inv, content, err := m.assetField()
	switch {
	case err != nil:
		return 0, err
	case inv == nil:
		m.dcmi.stored.AssetTag = bytes.Clone(tag)
		return len(tag), nil
	}
	tag = bytes.Clone(tag)
	if len(tag) == 1 {
		tag = append(tag, ' ')
	}
	content.Product.AssetTag = fru.Field{Encoding: fru.Text, Data: tag}
	content.Offsets = fru.Offsets{} // the area may need more room
	image, err := content.AppendTo(nil)
	if err != nil || len(image) > inv.size() {
		return 0, ipmb.OutOfSpace
	}
	if inv.protects(image) {
		return 0, errProtected
	}
	inv.eeprom.WriteAt(image, 0)
	return len(tag), nil
}

// protects reports whether some of the image cannot be written.
func (inv *inventory) protects(image []byte) bool {
	if inv.slot != nil && inv.eeprom.Protect != i2c.Writable {
		return true
	}
	p, now := inv.spec.Protected, inv.eeprom.Bytes()
	if len(p) != 2 || p[0] >= len(image) {
		return false
	}
	end := min(p[1]+1, len(image))
	return !bytes.Equal(image[p[0]:end], now[p[0]:end])
}

// setID writes into the identifier string. Everything from its first zero on is zero. A zero among the data ends the
// string, upon which a controller that has its address from DHCP asks for it anew. [DCMI §6.4.6.2]
func (m *Machine) setID(offset int, data []byte) {
	id := &m.dcmi.stored.ID
	n := offset + copy(id[offset:], data)
	if i := bytes.IndexByte(data, 0); i >= 0 {
		n = offset + i
		m.restartDHCP()
	}
	clear(id[n:])
}

// startDCMI takes the first power reading.
func (m *Machine) startDCMI() {
	if m.dcmi != nil {
		m.dcmi.meter.at = time.Since(m.started)
		m.samplePower()
		m.watchMotions()
	}
}

// restart follows a restart of the controller: statistics begin anew, and what was measured for the limits is forgotten.
func (d *dcmi) restart(m *Machine) {
	if d == nil {
		return
	}
	d.stop()
	d.meter = powerMeter{supplies: d.meter.supplies, alarm: d.meter.alarm, at: time.Since(m.started)}
	for _, w := range d.thermal {
		w.acted = false
	}
	m.samplePower()
	for i := range m.sensors.list {
		m.followThermal(&m.sensors.list[i])
	}
}

// stop stops the timers.
func (d *dcmi) stop() {
	if d == nil {
		return
	}
	d.meter.alarm.stop()
	for _, w := range d.thermal {
		w.alarm.stop()
	}
}
