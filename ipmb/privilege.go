package ipmb

import "fmt"

// Privilege is a privilege level, the same numbers in users, channels, sessions and commands. [IPMI 2.0 §6.8]
type Privilege uint8

// Privilege levels. [IPMI 2.0 §6.8, §22.18]
const (
	PrivilegeUnspecified   Privilege = 0x0 // "highest matching" in Open Session, "no change" in Set Session Privilege Level
	PrivilegeCallback      Privilege = 0x1
	PrivilegeUser          Privilege = 0x2
	PrivilegeOperator      Privilege = 0x3
	PrivilegeAdministrator Privilege = 0x4
	PrivilegeOEM           Privilege = 0x5
	PrivilegeNoAccess      Privilege = 0xf // user access only
)

// String is the name that profiles use.
func (p Privilege) String() string {
	switch p {
	case PrivilegeUnspecified:
		return "unspecified"
	case PrivilegeCallback:
		return "callback"
	case PrivilegeUser:
		return "user"
	case PrivilegeOperator:
		return "operator"
	case PrivilegeAdministrator:
		return "administrator"
	case PrivilegeOEM:
		return "oem"
	case PrivilegeNoAccess:
		return "no-access"
	}
	return fmt.Sprintf("reserved-%X", uint8(p))
}

// IsLevel reports whether p is a level that a session can hold, Callback to OEM.
func (p Privilege) IsLevel() bool { return p >= PrivilegeCallback && p <= PrivilegeOEM }
