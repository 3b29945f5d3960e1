package sdr

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// locatorNameAt is the offset of the type/length byte of all locators. [IPMI 2.0 §43.7-§43.9]
const locatorNameAt = 15

// Device types. [IPMI 2.0 §43.13, Table 43-12]
const (
	DeviceEEPROM24C02 uint8 = 0x09 // 24C01 is 08h, 24C02 09h … 24C17 0Fh
	DeviceLogicalFRU  uint8 = 0x10
	DeviceOther       uint8 = 0xbf
)

// GenericLocator is a generic device locator record, type 10h: a device on a bus that is neither FRU device nor
// management controller. [IPMI 2.0 §43.7]
type GenericLocator struct {
	ID       RecordID
	Access   ipmb.Addr // controller that the device is behind, 0 for a device on the IPMB itself
	Slave    ipmb.Addr // address of the device on its bus
	Channel  uint8     // of Access, 4 bits
	LUN      ipmb.LUN  // for Master Write-Read
	Bus      uint8     // private bus, 3 bits
	Span     uint8     // additional consecutive addresses, 3 bits
	Device   uint8     // device type
	Modifier uint8
	Entity   Entity
	OEM      uint8
	Name     IDString
}

// Type is 10h.
func (r *GenericLocator) Type() RecordType { return TypeGenericLocator }

// AppendTo appends the record.
func (r *GenericLocator) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeGenericLocator)
	b = append(b, byte(r.Access&^1), byte(r.Slave&^1)|r.Channel>>3&1, r.Channel<<5|byte(r.LUN&3)<<3|r.Bus&7,
		r.Span&7, 0, r.Device, r.Modifier, byte(r.Entity.ID), r.Entity.Instance, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseGenericLocator(id RecordID, b []byte) (Record, error) {
	name, err := parseLocatorName(b)
	if err != nil {
		return nil, err
	}
	return &GenericLocator{
		ID: id, Access: ipmb.Addr(b[5] &^ 1), Slave: ipmb.Addr(b[6] &^ 1), Channel: b[6]&1<<3 | b[7]>>5,
		LUN: ipmb.LUN(b[7] >> 3 & 3), Bus: b[7] & 7, Span: b[8] & 7, Device: b[10], Modifier: b[11],
		Entity: Entity{EntityID(b[12]), b[13]}, OEM: b[14], Name: name,
	}, nil
}

// FRULocator is a FRU device locator record, type 11h. FRU device 0 at LUN 0 of a controller has none: the controller's
// own locator speaks for it. [IPMI 2.0 §43.8]
type FRULocator struct {
	ID       RecordID
	Access   ipmb.Addr // controller that the device is behind, 0 for a device on the IPMB itself
	Device   uint8     // FRU device ID when Logical, else the slave address of the EEPROM
	Logical  bool      // reached by FRU commands to Access
	LUN      ipmb.LUN
	Bus      uint8 // private bus, 3 bits
	Channel  uint8 // of Access, 4 bits
	Kind     uint8 // device type, DeviceLogicalFRU when Logical
	Modifier uint8
	Entity   Entity
	OEM      uint8
	Name     IDString
}

const logicalFRU = 1 << 7

// Type is 11h.
func (r *FRULocator) Type() RecordType { return TypeFRULocator }

// AppendTo appends the record.
func (r *FRULocator) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeFRULocator)
	place := byte(r.LUN&3)<<3 | r.Bus&7
	if r.Logical {
		place |= logicalFRU
	}
	b = append(b, byte(r.Access&^1), r.Device, place, r.Channel<<4, 0, r.Kind, r.Modifier, byte(r.Entity.ID), r.Entity.Instance, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseFRULocator(id RecordID, b []byte) (Record, error) {
	name, err := parseLocatorName(b)
	if err != nil {
		return nil, err
	}
	return &FRULocator{
		ID: id, Access: ipmb.Addr(b[5] &^ 1), Device: b[6], Logical: b[7]&logicalFRU != 0, LUN: ipmb.LUN(b[7] >> 3 & 3),
		Bus: b[7] & 7, Channel: b[8] >> 4, Kind: b[10], Modifier: b[11], Entity: Entity{EntityID(b[12]), b[13]}, OEM: b[14],
		Name: name,
	}, nil
}

// ControllerFlags are power state notification and global initialization of a controller. [IPMI 2.0 §43.9, byte 8]
type ControllerFlags uint8

// Controller flags. The two lowest bits are one of EventsEnable, EventsDisable, EventsDoNotInit. [IPMI 2.0 §43.9]
const (
	ACPISystemNotify    ControllerFlags = 1 << 7
	ACPIDeviceNotify    ControllerFlags = 1 << 6
	StaticController    ControllerFlags = 1 << 5
	LogsInitErrors      ControllerFlags = 1 << 3 // this controller logs initialization agent errors
	LogErrorsAccessing  ControllerFlags = 1 << 2 // errors accessing this controller are to be logged
	EventsEnable        ControllerFlags = 0
	EventsDisable       ControllerFlags = 1
	EventsDoNotInit     ControllerFlags = 2
	controllerFlagsMask ControllerFlags = 0xef
)

// ControllerLocator is a management controller device locator record, type 12h. [IPMI 2.0 §43.9]
type ControllerLocator struct {
	ID           RecordID
	Address      ipmb.Addr
	Channel      uint8 // 4 bits, 0 for the BMC
	Flags        ControllerFlags
	Capabilities uint8 // additional device support as in Get Device ID [IPMI 2.0 §20.1]
	Entity       Entity
	OEM          uint8
	Name         IDString
}

// Type is 12h.
func (r *ControllerLocator) Type() RecordType { return TypeControllerLocator }

// AppendTo appends the record.
func (r *ControllerLocator) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeControllerLocator)
	b = append(b, byte(r.Address&^1), r.Channel&0x0f, byte(r.Flags&controllerFlagsMask), r.Capabilities, 0, 0, 0,
		byte(r.Entity.ID), r.Entity.Instance, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseControllerLocator(id RecordID, b []byte) (Record, error) {
	name, err := parseLocatorName(b)
	if err != nil {
		return nil, err
	}
	return &ControllerLocator{
		ID: id, Address: ipmb.Addr(b[5] &^ 1), Channel: b[6] & 0x0f, Flags: ControllerFlags(b[7]) & controllerFlagsMask,
		Capabilities: b[8], Entity: Entity{EntityID(b[12]), b[13]}, OEM: b[14], Name: name,
	}, nil
}

func parseLocatorName(b []byte) (IDString, error) {
	if len(b) <= locatorNameAt {
		return IDString{}, ipmb.ErrLength
	}
	return parseIDString(b[locatorNameAt:])
}

// ControllerConfirmation is a management controller confirmation record, type 13h: what Get Device ID said when the
// controller was discovered. [IPMI 2.0 §43.10]
type ControllerConfirmation struct {
	ID             RecordID
	Address        ipmb.Addr
	DeviceID       uint8 // 00h unspecified
	Channel        uint8 // 4 bits, 0 for the BMC
	DeviceRevision uint8 // 4 bits
	FirmwareMajor  uint8 // 7 bits, binary
	FirmwareMinor  uint8 // BCD
	IPMIVersion    uint8 // BCD with the digits swapped
	Manufacturer   uint32
	Product        uint16 // 0000h unspecified, FFFFh ignore
	GUID           [16]byte
}

const (
	controllerConfirmationLen = 32
	firmwareMajorMask         = 0x7f
)

// Type is 13h.
func (r *ControllerConfirmation) Type() RecordType { return TypeControllerConfirm }

// AppendTo appends the record.
func (r *ControllerConfirmation) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeControllerConfirm)
	m := r.Manufacturer & manufacturerMask
	b = append(b, byte(r.Address&^1), r.DeviceID, r.Channel<<4|r.DeviceRevision&0x0f, r.FirmwareMajor&firmwareMajorMask,
		r.FirmwareMinor, r.IPMIVersion, byte(m), byte(m>>8), byte(m>>16))
	b = binary.LittleEndian.AppendUint16(b, r.Product)
	b = append(b, r.GUID[:]...)
	return finish(b, start)
}

func parseControllerConfirmation(id RecordID, b []byte) (Record, error) {
	if len(b) != controllerConfirmationLen {
		return nil, ipmb.ErrLength
	}
	return &ControllerConfirmation{
		ID: id, Address: ipmb.Addr(b[5] &^ 1), DeviceID: b[6], Channel: b[7] >> 4, DeviceRevision: b[7] & 0x0f,
		FirmwareMajor: b[8] & firmwareMajorMask, FirmwareMinor: b[9], IPMIVersion: b[10],
		Manufacturer: (uint32(b[11]) | uint32(b[12])<<8 | uint32(b[13])<<16) & manufacturerMask,
		Product:      binary.LittleEndian.Uint16(b[14:]), GUID: [16]byte(b[16:]),
	}, nil
}

// MessageChannelInfo is a BMC message channel info record, type 14h, which Get Channel Info replaced. Its version byte
// is 01h. [IPMI 2.0 §43.11]
type MessageChannelInfo struct {
	ID                   RecordID
	Channels             [8]uint8 // bit 7 transmit, 6:4 receive LUN (7 none), 3:0 protocol
	MessagingInterrupt   uint8    // FFh none
	EventBufferInterrupt uint8    // FFh none
}

const (
	messageChannelInfoLen     = 16
	messageChannelInfoVersion = 0x01
)

// Type is 14h.
func (r *MessageChannelInfo) Type() RecordType { return TypeMessageChannelInfo }

// AppendTo appends the record.
func (r *MessageChannelInfo) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeMessageChannelInfo)
	b[start+2] = messageChannelInfoVersion
	b = append(b, r.Channels[:]...)
	b = append(b, r.MessagingInterrupt, r.EventBufferInterrupt, 0)
	return finish(b, start)
}

func parseMessageChannelInfo(id RecordID, b []byte) (Record, error) {
	if len(b) != messageChannelInfoLen {
		return nil, ipmb.ErrLength
	}
	return &MessageChannelInfo{ID: id, Channels: [8]uint8(b[5:]), MessagingInterrupt: b[13], EventBufferInterrupt: b[14]}, nil
}
