package bmc

// acpi is the power state that the controller reports. Software sets it, and the controller itself sets it when it sees
// the host's power come or go. [IPMI 2.0 §20.6, §20.7]
type acpi struct {
	system uint8
	device uint8
}

// Power states that the controller sets by itself. [IPMI 2.0 §20.6, Table 20-7]
const (
	acpiLegacyOn = 0x20 // until the operating system starts ACPI
	acpiSoftOff  = 0x05 // S5/G2
	acpiD0       = 0x00
	acpiD3       = 0x03
)

// follow takes over what the main supply says. A system powers up to Legacy On; the operating system then sets S0.
func (a *acpi) follow(on bool) {
	if on {
		a.system, a.device = acpiLegacyOn, acpiD0
	} else {
		a.system, a.device = acpiSoftOff, acpiD3
	}
}
