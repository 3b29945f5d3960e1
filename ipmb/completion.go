package ipmb

import (
	"fmt"
	"maps"
	"slices"
)

// CompletionCode is the first data byte of a response. Every code but OK is an error, so a command's function returns
// the code that it means to send. [IPMI 2.0 §5.2, Table 5-2]
type CompletionCode uint8

// Generic completion codes. [IPMI 2.0 §5.2, Table 5-2]
const (
	OK                      CompletionCode = 0x00
	NodeBusy                CompletionCode = 0xc0
	InvalidCommand          CompletionCode = 0xc1
	InvalidLUN              CompletionCode = 0xc2
	Timeout                 CompletionCode = 0xc3
	OutOfSpace              CompletionCode = 0xc4
	ReservationCanceled     CompletionCode = 0xc5
	RequestTruncated        CompletionCode = 0xc6
	LengthInvalid           CompletionCode = 0xc7
	FieldLengthExceeded     CompletionCode = 0xc8
	ParameterOutOfRange     CompletionCode = 0xc9
	CannotReturnBytes       CompletionCode = 0xca
	NotPresent              CompletionCode = 0xcb
	InvalidField            CompletionCode = 0xcc
	IllegalForSensor        CompletionCode = 0xcd
	ResponseUnavailable     CompletionCode = 0xce
	DuplicatedRequest       CompletionCode = 0xcf
	SDRUpdateMode           CompletionCode = 0xd0
	FirmwareUpdateMode      CompletionCode = 0xd1
	InitializationRunning   CompletionCode = 0xd2
	DestinationUnavailable  CompletionCode = 0xd3
	InsufficientPrivilege   CompletionCode = 0xd4
	NotSupportedInState     CompletionCode = 0xd5
	SubFunctionDisabled     CompletionCode = 0xd6
	Unspecified             CompletionCode = 0xff
	firstCommandSpecific    CompletionCode = 0x80
	lastCommandSpecific     CompletionCode = 0xbe
	lastDeviceSpecific      CompletionCode = 0x7e
	firstDeviceSpecificCode CompletionCode = 0x01
)

var completionNames = map[CompletionCode]string{
	OK:                     "ok",
	NodeBusy:               "node-busy",
	InvalidCommand:         "invalid-command",
	InvalidLUN:             "invalid-lun",
	Timeout:                "timeout",
	OutOfSpace:             "out-of-space",
	ReservationCanceled:    "reservation-canceled",
	RequestTruncated:       "request-truncated",
	LengthInvalid:          "length-invalid",
	FieldLengthExceeded:    "field-length-exceeded",
	ParameterOutOfRange:    "parameter-out-of-range",
	CannotReturnBytes:      "cannot-return-bytes",
	NotPresent:             "not-present",
	InvalidField:           "invalid-field",
	IllegalForSensor:       "illegal-for-sensor",
	ResponseUnavailable:    "response-unavailable",
	DuplicatedRequest:      "duplicated-request",
	SDRUpdateMode:          "sdr-update-mode",
	FirmwareUpdateMode:     "firmware-update-mode",
	InitializationRunning:  "initialization-running",
	DestinationUnavailable: "destination-unavailable",
	InsufficientPrivilege:  "insufficient-privilege",
	NotSupportedInState:    "not-supported-in-state",
	SubFunctionDisabled:    "sub-function-disabled",
	Unspecified:            "unspecified",
}

// String is the name that profiles and fault rules use ("node-busy"), or the kind and number of a code without one.
func (c CompletionCode) String() string {
	if s, ok := completionNames[c]; ok {
		return s
	}
	switch {
	case c >= firstDeviceSpecificCode && c <= lastDeviceSpecific:
		return fmt.Sprintf("device-specific %02Xh", uint8(c))
	case c >= firstCommandSpecific && c <= lastCommandSpecific:
		return fmt.Sprintf("command-specific %02Xh", uint8(c))
	}
	return fmt.Sprintf("reserved %02Xh", uint8(c))
}

// Error makes every code an error. OK as an error is a programmer's mistake.
func (c CompletionCode) Error() string {
	return fmt.Sprintf("completion code %02Xh (%s)", uint8(c), c.String())
}

// CompletionCodes lists the generic codes, in their order. [IPMI 2.0 §5.2, Table 5-2]
func CompletionCodes() []CompletionCode { return slices.Sorted(maps.Keys(completionNames)) }
