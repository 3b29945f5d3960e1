package sdr

import "github.com/fakebmc/fakebmc/ipmb"

// AssociationFlags of an entity association. [IPMI 2.0 §43.4, byte 8]
type AssociationFlags uint8

// Association flags. [IPMI 2.0 §43.4]
const (
	ContainedRange      AssociationFlags = 1 << 7 // contained entities are two ranges, not a list
	LinkedRecords       AssociationFlags = 1 << 6 // more records with the same container exist
	PresenceAccessible  AssociationFlags = 1 << 5 // the container's presence sensor should always be accessible
	associationFlagMask                  = ContainedRange | LinkedRecords | PresenceAccessible
)

// containedEntities is the number of entries in both kinds of association.
const containedEntities = 4

// EntityAssociation is an entity association record, type 08h. Contained is a list of up to four entities, or the first
// and last of up to two ranges; unspecified entries are zero. [IPMI 2.0 §43.4]
type EntityAssociation struct {
	ID        RecordID
	Container Entity
	Flags     AssociationFlags
	Contained [containedEntities]Entity
}

const entityAssociationLen = 16

// Type is 08h.
func (r *EntityAssociation) Type() RecordType { return TypeEntityAssociation }

// AppendTo appends the record.
func (r *EntityAssociation) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeEntityAssociation)
	b = append(b, byte(r.Container.ID), r.Container.Instance, byte(r.Flags&associationFlagMask))
	for _, e := range r.Contained {
		b = append(b, byte(e.ID), e.Instance)
	}
	return finish(b, start)
}

func parseEntityAssociation(id RecordID, b []byte) (Record, error) {
	if len(b) != entityAssociationLen {
		return nil, ipmb.ErrLength
	}
	r := &EntityAssociation{ID: id, Container: Entity{EntityID(b[5]), b[6]}, Flags: AssociationFlags(b[7]) & associationFlagMask}
	for i := range r.Contained {
		r.Contained[i] = Entity{EntityID(b[8+2*i]), b[9+2*i]}
	}
	return r, nil
}

// DeviceEntity is an entity whose instance is relative to a controller; Address and Channel are zero where the instance
// is system-relative. [IPMI 2.0 §43.5]
type DeviceEntity struct {
	Address ipmb.Addr
	Channel uint8 // 4 bits
	Entity  Entity
}

// DeviceAssociation is a device-relative entity association record, type 09h. Contained is as in EntityAssociation.
// [IPMI 2.0 §43.5]
type DeviceAssociation struct {
	ID        RecordID
	Container DeviceEntity
	Flags     AssociationFlags
	Contained [containedEntities]DeviceEntity
}

// deviceAssociationLen counts six reserved bytes at the end. [IPMI 2.0 §43.5]
const deviceAssociationLen = 32

// Type is 09h.
func (r *DeviceAssociation) Type() RecordType { return TypeDeviceAssociation }

// AppendTo appends the record.
func (r *DeviceAssociation) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeDeviceAssociation)
	c := r.Container
	b = append(b, byte(c.Entity.ID), c.Entity.Instance, byte(c.Address), c.Channel<<4, byte(r.Flags&associationFlagMask))
	for _, e := range r.Contained {
		b = append(b, byte(e.Address), e.Channel<<4, byte(e.Entity.ID), e.Entity.Instance)
	}
	b = append(b, make([]byte, 6)...)
	return finish(b, start)
}

func parseDeviceAssociation(id RecordID, b []byte) (Record, error) {
	if len(b) != deviceAssociationLen {
		return nil, ipmb.ErrLength
	}
	r := &DeviceAssociation{
		ID: id, Container: DeviceEntity{Address: ipmb.Addr(b[7]), Channel: b[8] >> 4, Entity: Entity{EntityID(b[5]), b[6]}},
		Flags: AssociationFlags(b[9]) & associationFlagMask,
	}
	for i := range r.Contained {
		e := b[10+4*i:]
		r.Contained[i] = DeviceEntity{Address: ipmb.Addr(e[0]), Channel: e[1] >> 4, Entity: Entity{EntityID(e[2]), e[3]}}
	}
	return r, nil
}
