package rmcp

import "fmt"

// Status is the RMCP+ status code of session set-up messages. Every code but StatusOK is an error.
// [IPMI 2.0 §13.24, Table 13-15]
type Status uint8

// Status codes. [IPMI 2.0 §13.24, Table 13-15]
const (
	StatusOK                          Status = 0x00
	StatusInsufficientResources       Status = 0x01
	StatusInvalidSessionID            Status = 0x02
	StatusInvalidPayloadType          Status = 0x03
	StatusInvalidAuthAlg              Status = 0x04
	StatusInvalidIntegrityAlg         Status = 0x05
	StatusNoMatchingAuth              Status = 0x06
	StatusNoMatchingIntegrity         Status = 0x07
	StatusInactiveSessionID           Status = 0x08
	StatusInvalidRole                 Status = 0x09
	StatusUnauthorizedRole            Status = 0x0a // role or privilege level that the user, or the channel, does not have
	StatusInsufficientResourcesAtRole Status = 0x0b
	StatusInvalidNameLength           Status = 0x0c
	StatusUnauthorizedName            Status = 0x0d
	StatusUnauthorizedGUID            Status = 0x0e // the console does not accept the BMC's GUID
	StatusInvalidIntegrityCheck       Status = 0x0f // the other side's code is wrong: different password, or KG
	StatusInvalidConfidentialityAlg   Status = 0x10
	StatusNoCipherSuite               Status = 0x11
	StatusIllegalParameter            Status = 0x12
)

// Error makes every code an error. StatusOK as an error is a programmer's mistake.
func (s Status) Error() string { return fmt.Sprintf("rmcp+ status %02Xh: %s", uint8(s), s.String()) }

// String is the specification's text, shortened.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "reserved"
}

var statusNames = [...]string{
	StatusOK:                          "no errors",
	StatusInsufficientResources:       "insufficient resources to create a session",
	StatusInvalidSessionID:            "invalid session id",
	StatusInvalidPayloadType:          "invalid payload type",
	StatusInvalidAuthAlg:              "invalid authentication algorithm",
	StatusInvalidIntegrityAlg:         "invalid integrity algorithm",
	StatusNoMatchingAuth:              "no matching authentication payload",
	StatusNoMatchingIntegrity:         "no matching integrity payload",
	StatusInactiveSessionID:           "inactive session id",
	StatusInvalidRole:                 "invalid role",
	StatusUnauthorizedRole:            "unauthorized role or privilege level requested",
	StatusInsufficientResourcesAtRole: "insufficient resources to create a session at the requested role",
	StatusInvalidNameLength:           "invalid name length",
	StatusUnauthorizedName:            "unauthorized name",
	StatusUnauthorizedGUID:            "unauthorized guid",
	StatusInvalidIntegrityCheck:       "invalid integrity check value",
	StatusInvalidConfidentialityAlg:   "invalid confidentiality algorithm",
	StatusNoCipherSuite:               "no cipher suite match with proposed security algorithms",
	StatusIllegalParameter:            "illegal or unrecognized parameter",
}
