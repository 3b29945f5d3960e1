package sdr

import (
	"fmt"
	"slices"
)

// ReadingType is an event/reading type code. [IPMI 2.0 §42.1, Table 42-1]
type ReadingType uint8

// Event/reading type codes. 02h-0Ch are generic and discrete, 70h-7Fh OEM. [IPMI 2.0 §42.1]
const (
	ReadingUnspecified   ReadingType = 0x00
	Threshold            ReadingType = 0x01
	DiscreteUsage        ReadingType = 0x02 // idle, active, busy
	DiscreteState        ReadingType = 0x03 // deasserted, asserted
	DiscretePredictive   ReadingType = 0x04 // predictive failure deasserted, asserted
	DiscreteLimit        ReadingType = 0x05 // limit not exceeded, exceeded
	DiscretePerformance  ReadingType = 0x06 // performance met, lags
	DiscreteSeverity     ReadingType = 0x07
	DiscretePresence     ReadingType = 0x08 // device absent, present
	DiscreteEnabled      ReadingType = 0x09 // device disabled, enabled
	DiscreteAvailability ReadingType = 0x0a
	DiscreteRedundancy   ReadingType = 0x0b
	DiscreteACPI         ReadingType = 0x0c // D0 to D3
	SensorSpecific       ReadingType = 0x6f
	firstOEMReading      ReadingType = 0x70
	lastOEMReading       ReadingType = 0x7f
)

// String is the class and, of generic types, the name that profiles use.
func (t ReadingType) String() string {
	names := [...]string{"unspecified", "threshold", "usage", "state", "predictive-failure", "limit", "performance",
		"severity", "presence", "enabled", "availability", "redundancy", "acpi-power"}
	switch {
	case int(t) < len(names):
		return names[t]
	case t == SensorSpecific:
		return "sensor-specific"
	case t >= firstOEMReading && t <= lastOEMReading:
		return fmt.Sprintf("oem-%02x", uint8(t))
	}
	return fmt.Sprintf("reserved-%02x", uint8(t))
}

// SensorType is a sensor type code. [IPMI 2.0 §42.2, Table 42-3]
type SensorType uint8

// Sensor types that the software itself must know. [IPMI 2.0 §42.2]
const (
	Temperature          SensorType = 0x01
	Voltage              SensorType = 0x02
	Current              SensorType = 0x03
	Fan                  SensorType = 0x04
	PhysicalSecurity     SensorType = 0x05
	PowerSupply          SensorType = 0x08
	PowerUnit            SensorType = 0x09
	OtherUnits           SensorType = 0x0b
	EventLoggingDisabled SensorType = 0x10
	SystemEvent          SensorType = 0x12
	CriticalInterrupt    SensorType = 0x13
	Button               SensorType = 0x14
	BootInitiated        SensorType = 0x1d
	ACPIPowerState       SensorType = 0x22
	Watchdog2            SensorType = 0x23
	SessionAudit         SensorType = 0x2a
	FirstOEMSensorType   SensorType = 0xc0
)

// sensorTypeNames is indexed by code. [IPMI 2.0 §42.2, Table 42-3]
var sensorTypeNames = [...]string{
	"reserved", "temperature", "voltage", "current", "fan", "physical-security", "platform-security", "processor",
	"power-supply", "power-unit", "cooling-device", "other-units", "memory", "drive-slot", "post-memory-resize",
	"firmware-progress", "event-logging-disabled", "watchdog-1", "system-event", "critical-interrupt", "button",
	"module-board", "microcontroller", "add-in-card", "chassis", "chip-set", "other-fru", "cable", "terminator",
	"boot-initiated", "boot-error", "os-boot", "os-stop", "slot", "acpi-power-state", "watchdog-2", "platform-alert",
	"entity-presence", "monitor-asic", "lan", "management-health", "battery", "session-audit", "version-change", "fru-state",
}

// String is the name that profiles use, "oem-c0" for OEM types.
func (t SensorType) String() string {
	return nameOf(sensorTypeNames[:], uint8(t), uint8(FirstOEMSensorType))
}

// ParseSensorType finds a sensor type by its name.
func ParseSensorType(name string) (SensorType, bool) {
	i := slices.Index(sensorTypeNames[1:], name)
	return SensorType(i + 1), i >= 0
}

// Unit is a sensor unit type code. [IPMI 2.0 §43.17, Table 43-15]
type Unit uint8

// Common units. [IPMI 2.0 §43.17]
const (
	UnitUnspecified Unit = 0
	DegreesC        Unit = 1
	Volts           Unit = 4
	Amps            Unit = 5
	Watts           Unit = 6
	CFM             Unit = 17
	RPM             Unit = 18
)

// unitNames is indexed by code. 59 is reserved. [IPMI 2.0 §43.17, Table 43-15]
var unitNames = [...]string{
	"unspecified", "degrees-c", "degrees-f", "degrees-k", "volts", "amps", "watts", "joules", "coulombs", "va", "nits",
	"lumen", "lux", "candela", "kpa", "psi", "newton", "cfm", "rpm", "hz", "microsecond", "millisecond", "second", "minute",
	"hour", "day", "week", "mil", "inches", "feet", "cu-in", "cu-feet", "mm", "cm", "m", "cu-cm", "cu-m", "liters",
	"fluid-ounce", "radians", "steradians", "revolutions", "cycles", "gravities", "ounce", "pound", "ft-lb", "oz-in", "gauss",
	"gilberts", "henry", "millihenry", "farad", "microfarad", "ohms", "siemens", "mole", "becquerel", "ppm", "reserved",
	"decibels", "dba", "dbc", "gray", "sievert", "color-temp-deg-k", "bit", "kilobit", "megabit", "gigabit", "byte",
	"kilobyte", "megabyte", "gigabyte", "word", "dword", "qword", "line", "hit", "miss", "retry", "reset", "overrun",
	"underrun", "collision", "packets", "messages", "characters", "error", "correctable-error", "uncorrectable-error",
	"fatal-error", "grams",
}

// String is the name that profiles use.
func (u Unit) String() string { return nameOf(unitNames[:], uint8(u), 0) }

// ParseUnit finds a unit by its name.
func ParseUnit(name string) (Unit, bool) {
	i := slices.Index(unitNames[:], name)
	return Unit(max(i, 0)), i >= 0 && name != "reserved"
}

// EntityID is an entity ID code. [IPMI 2.0 §43.14, Table 43-13]
type EntityID uint8

// Common entities. [IPMI 2.0 §43.14]
const (
	EntityUnspecified   EntityID = 0x00
	EntityProcessor     EntityID = 0x03
	EntityDisk          EntityID = 0x04
	EntitySystemBoard   EntityID = 0x07
	EntityPowerSupply   EntityID = 0x0a
	EntityAddInCard     EntityID = 0x0b
	EntityPowerUnit     EntityID = 0x13
	EntityChassis       EntityID = 0x17
	EntityFan           EntityID = 0x1d
	EntityMemoryDevice  EntityID = 0x20
	EntityMCFirmware    EntityID = 0x2e
	EntityAirInlet      EntityID = 0x37
	EntityDCMIAirInlet  EntityID = 0x40
	EntityDCMICPU       EntityID = 0x41
	EntityDCMIBaseboard EntityID = 0x42
)

// entityNames is indexed by code. [IPMI 2.0 §43.14, Table 43-13]
var entityNames = [...]string{
	"unspecified", "other", "unknown", "processor", "disk", "peripheral-bay", "management-module", "system-board",
	"memory-module", "processor-module", "power-supply", "add-in-card", "front-panel", "back-panel", "power-board",
	"drive-backplane", "expansion-board", "other-board", "processor-board", "power-unit", "power-module",
	"power-distribution", "chassis-back-panel", "chassis", "sub-chassis", "other-chassis-board", "disk-bay",
	"peripheral-bay-2", "device-bay", "fan", "cooling-unit", "cable", "memory-device", "management-software",
	"system-firmware", "operating-system", "system-bus", "group", "remote-management-device", "external-environment",
	"battery", "processing-blade", "connectivity-switch", "processor-memory-module", "io-module", "processor-io-module",
	"controller-firmware", "ipmi-channel", "pci-bus", "pci-express-bus", "scsi-bus", "sata-sas-bus", "front-side-bus",
	"real-time-clock", "reserved", "air-inlet",
}

// String is the name that profiles use.
func (e EntityID) String() string {
	switch e {
	case EntityDCMIAirInlet:
		return "dcmi-air-inlet"
	case EntityDCMICPU:
		return "dcmi-cpu"
	case EntityDCMIBaseboard:
		return "dcmi-baseboard"
	}
	return nameOf(entityNames[:], uint8(e), 0xd0)
}

// ParseEntityID finds an entity ID by its name.
func ParseEntityID(name string) (EntityID, bool) {
	for _, e := range []EntityID{EntityDCMIAirInlet, EntityDCMICPU, EntityDCMIBaseboard} {
		if name == e.String() {
			return e, true
		}
	}
	i := slices.Index(entityNames[:], name)
	return EntityID(max(i, 0)), i >= 0 && name != "reserved"
}

// nameOf is the name of a code, "oem-c0" from firstOEM on unless that is 0, or "reserved-30".
func nameOf(names []string, code, firstOEM uint8) string {
	switch {
	case int(code) < len(names) && names[code] != "reserved":
		return names[code]
	case firstOEM > 0 && code >= firstOEM:
		return fmt.Sprintf("oem-%02x", code)
	}
	return fmt.Sprintf("reserved-%02x", code)
}
