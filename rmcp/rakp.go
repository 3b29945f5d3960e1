package rmcp

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Sizes of what set-up messages carry. [IPMI 2.0 §13.20, §13.21]
const (
	RandomSize  = 16
	GUIDSize    = 16
	MaxUserName = 16
)

const (
	rakp1Size = 28 // without the name
	rakp2Size = 40 // without the code

	roleNameOnly = 1 << 4
)

// Role is byte 25 of RAKP 1: requested maximum privilege and kind of user lookup. Codes are computed over the whole byte
// as it was sent, reserved bits too. [IPMI 2.0 §13.20, Table 13-11]
type Role uint8

// NewRole makes the byte that clients send: 14h is name-only lookup at Administrator.
func NewRole(p ipmb.Privilege, nameOnly bool) Role {
	r := Role(p) & privilegeMask
	if nameOnly {
		r |= roleNameOnly
	}
	return r
}

// Privilege is the requested maximum privilege level, bits 3:0; it may be no level.
func (r Role) Privilege() ipmb.Privilege { return ipmb.Privilege(r & privilegeMask) }

// NameOnly reports whether the user is looked up by name alone. Otherwise name and privilege limit must both match.
func (r Role) NameOnly() bool { return r&roleNameOnly != 0 }

// RAKP1 is the console's first message: who it is and its random number. [IPMI 2.0 §13.20, Table 13-11]
//
// Clients: some always send a name field of 16 bytes; the length byte decides.
type RAKP1 struct {
	Tag           uint8
	ManagedID     uint32
	ConsoleRandom [RandomSize]byte
	Role          Role
	Name          []byte // up to MaxUserName bytes, part of the input; a 00h inside is not refused here
}

// ParseRAKP1 reads the payload. An error is ipmb.ErrLength when there is nothing to answer to, or the Status to answer
// with; then Tag and ManagedID are valid. Bytes behind the name are ignored.
func ParseRAKP1(b []byte) (RAKP1, error) {
	if len(b) < setupErrorSize {
		return RAKP1{}, ipmb.ErrLength
	}
	r := RAKP1{Tag: b[0], ManagedID: binary.LittleEndian.Uint32(b[4:])}
	if len(b) < rakp1Size {
		return r, StatusIllegalParameter
	}
	copy(r.ConsoleRandom[:], b[8:])
	r.Role = Role(b[24])
	size := int(b[27])
	if size > MaxUserName || len(b) < rakp1Size+size {
		return r, StatusInvalidNameLength
	}
	r.Name = b[rakp1Size : rakp1Size+size : rakp1Size+size]
	return r, nil
}

// AppendTo appends the payload. The name must not be longer than MaxUserName.
func (r *RAKP1) AppendTo(b []byte) []byte {
	b = appendSetup(b, r.Tag, 0, r.ManagedID)
	b = append(b, r.ConsoleRandom[:]...)
	b = append(b, byte(r.Role), 0, 0, byte(len(r.Name)))
	return append(b, r.Name...)
}

// RAKP2 is the BMC's answer to RAKP1: its random number, its GUID, and the proof that it knows the user's password.
// [IPMI 2.0 §13.21, Table 13-12]
type RAKP2 struct {
	Tag           uint8
	Status        Status
	ConsoleID     uint32
	ManagedRandom [RandomSize]byte // not sent with an error, like what follows
	GUID          [GUIDSize]byte
	Code          []byte // key exchange authentication code, none with RAKP-none; part of the input
}

// ParseRAKP2 reads the payload. A Status other than StatusOK is not an error here; the only one is ipmb.ErrLength.
func ParseRAKP2(b []byte) (RAKP2, error) {
	if len(b) < setupErrorSize {
		return RAKP2{}, ipmb.ErrLength
	}
	r := RAKP2{Tag: b[0], Status: Status(b[1]), ConsoleID: binary.LittleEndian.Uint32(b[4:])}
	if r.Status != StatusOK {
		return r, nil
	}
	if len(b) < rakp2Size {
		return r, ipmb.ErrLength
	}
	copy(r.ManagedRandom[:], b[8:])
	copy(r.GUID[:], b[24:])
	r.Code = b[rakp2Size:]
	return r, nil
}

// AppendTo appends the payload: eight bytes when Status is an error.
func (r *RAKP2) AppendTo(b []byte) []byte {
	b = appendSetup(b, r.Tag, r.Status, r.ConsoleID)
	if r.Status != StatusOK {
		return b
	}
	b = append(b, r.ManagedRandom[:]...)
	b = append(b, r.GUID[:]...)
	return append(b, r.Code...)
}

// RAKP3 is the console's proof that it knows the password, or its refusal of RAKP2, after which the BMC sends nothing
// and forgets the session. [IPMI 2.0 §13.22, Table 13-13]
type RAKP3 struct {
	Tag       uint8
	Status    Status
	ManagedID uint32
	Code      []byte // key exchange authentication code, none with RAKP-none or an error; part of the input
}

// ParseRAKP3 reads the payload. Bytes behind the session ID are Code, whatever Status is; the only error is
// ipmb.ErrLength.
func ParseRAKP3(b []byte) (RAKP3, error) {
	if len(b) < setupErrorSize {
		return RAKP3{}, ipmb.ErrLength
	}
	return RAKP3{
		Tag: b[0], Status: Status(b[1]), ManagedID: binary.LittleEndian.Uint32(b[4:]), Code: b[setupErrorSize:],
	}, nil
}

// AppendTo appends the payload: eight bytes when Status is an error.
func (r *RAKP3) AppendTo(b []byte) []byte {
	b = appendSetup(b, r.Tag, r.Status, r.ManagedID)
	if r.Status != StatusOK {
		return b
	}
	return append(b, r.Code...)
}

// RAKP4 completes session set-up. [IPMI 2.0 §13.23, Table 13-14]
type RAKP4 struct {
	Tag       uint8
	Status    Status
	ConsoleID uint32
	ICV       []byte // integrity check value, none with RAKP-none or an error; part of the input
}

// ParseRAKP4 reads the payload. Bytes behind the session ID are ICV, whatever Status is; the only error is
// ipmb.ErrLength.
func ParseRAKP4(b []byte) (RAKP4, error) {
	if len(b) < setupErrorSize {
		return RAKP4{}, ipmb.ErrLength
	}
	return RAKP4{
		Tag: b[0], Status: Status(b[1]), ConsoleID: binary.LittleEndian.Uint32(b[4:]), ICV: b[setupErrorSize:],
	}, nil
}

// AppendTo appends the payload: eight bytes when Status is an error.
func (r *RAKP4) AppendTo(b []byte) []byte {
	b = appendSetup(b, r.Tag, r.Status, r.ConsoleID)
	if r.Status != StatusOK {
		return b
	}
	return append(b, r.ICV...)
}
