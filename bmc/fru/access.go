package fru

import "fmt"

// AccessType is the sub-record type of a management access record. [FRU §18.4, Table 18-6]
type AccessType uint8

// Management access sub-records. Lengths are in characters. [FRU §18.4, Table 18-6]
const (
	SystemURL     AccessType = 0x01 // 16-256
	SystemName    AccessType = 0x02 // 8-64
	SystemPing    AccessType = 0x03 // address, 8-64
	ComponentURL  AccessType = 0x04 // 16-256
	ComponentName AccessType = 0x05 // 8-256
	ComponentPing AccessType = 0x06 // address, 8-64
	SystemGUID    AccessType = 0x07 // 16 bytes
)

// ManagementAccess is a management access record, type 03h. Data is text in 8-bit characters, or the 16 bytes of a
// GUID. [FRU §18.4]
type ManagementAccess struct {
	Type AccessType
	Data []byte
}

// Record is the multirecord that holds m.
func (m ManagementAccess) Record() Record {
	return Record{Type: TypeManagementAccess, Data: m.AppendTo(nil)}
}

// AppendTo appends the record's data.
func (m ManagementAccess) AppendTo(b []byte) []byte {
	return append(append(b, byte(m.Type)), m.Data...)
}

// ParseManagementAccess reads the data of a type 03h record.
func ParseManagementAccess(b []byte) (ManagementAccess, error) {
	if err := recordLength(TypeManagementAccess, b, 1); err != nil {
		return ManagementAccess{}, err
	}
	return ManagementAccess{Type: AccessType(b[0]), Data: append([]byte(nil), b[1:]...)}, nil
}

// Compatibility is a base or extended compatibility record, types 04h and 05h: which codes of a scheme that
// Manufacturer defined this entity is compatible with. [FRU §18.5, §18.6]
type Compatibility struct {
	Extended     bool   // type 05h
	Manufacturer uint32 // IANA enterprise number, 24 bits
	Entity       uint8  // entity ID [IPMI 2.0 §43.14]
	Base         uint8
	Start        uint8  // first compatible code, 7 bits, neither 00h nor 7Fh
	Mask         []byte // bit 0 of the first byte: Start+1 is compatible too
}

const (
	compatibilityLen = 6
	codeMask         = 0x7f
)

// Record is the multirecord that holds c.
func (c Compatibility) Record() Record {
	t := TypeBaseCompatibility
	if c.Extended {
		t = TypeExtendedCompatibility
	}
	return Record{Type: t, Data: c.AppendTo(nil)}
}

// AppendTo appends the record's data.
func (c Compatibility) AppendTo(b []byte) []byte {
	b = appendManufacturer(b, c.Manufacturer)
	b = append(b, c.Entity, c.Base, c.Start&codeMask)
	return append(b, c.Mask...)
}

// ParseCompatibility reads a record of type 04h or 05h.
func ParseCompatibility(r Record) (Compatibility, error) {
	if r.Type != TypeBaseCompatibility && r.Type != TypeExtendedCompatibility {
		return Compatibility{}, fmt.Errorf("%s is no compatibility record", r.Type)
	}
	if err := recordLength(r.Type, r.Data, compatibilityLen); err != nil {
		return Compatibility{}, err
	}
	return Compatibility{
		Extended: r.Type == TypeExtendedCompatibility, Manufacturer: manufacturer(r.Data), Entity: r.Data[3], Base: r.Data[4],
		Start: r.Data[5] & codeMask, Mask: append([]byte(nil), r.Data[compatibilityLen:]...),
	}, nil
}

// Codes lists the compatible codes in ascending order. [FRU §18.6.1]
func (c Compatibility) Codes() []int {
	codes := []int{int(c.Start)}
	for i, m := range c.Mask {
		for bit := range 8 {
			if m&(1<<bit) != 0 {
				codes = append(codes, int(c.Start)+1+8*i+bit)
			}
		}
	}
	return codes
}

// OEM is an OEM record, types C0h-FFh. [FRU §18.7]
type OEM struct {
	Type         RecordType
	Manufacturer uint32 // IANA enterprise number, 24 bits
	Data         []byte
}

const oemLen = 3

// Record is the multirecord that holds o.
func (o OEM) Record() Record { return Record{Type: o.Type, Data: o.AppendTo(nil)} }

// AppendTo appends the record's data.
func (o OEM) AppendTo(b []byte) []byte {
	return append(appendManufacturer(b, o.Manufacturer), o.Data...)
}

// ParseOEM reads a record of types C0h-FFh.
func ParseOEM(r Record) (OEM, error) {
	if r.Type < FirstOEMRecordType {
		return OEM{}, fmt.Errorf("%s is no OEM record", r.Type)
	}
	if err := recordLength(r.Type, r.Data, oemLen); err != nil {
		return OEM{}, err
	}
	return OEM{Type: r.Type, Manufacturer: manufacturer(r.Data), Data: append([]byte(nil), r.Data[oemLen:]...)}, nil
}

func appendManufacturer(b []byte, m uint32) []byte {
	return append(b, byte(m), byte(m>>8), byte(m>>16))
}

func manufacturer(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
