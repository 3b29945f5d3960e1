package sdr

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Sensor names one sensor of a system: who owns it, where it is reached, and its number. These are record key bytes.
// [IPMI 2.0 §43.1]
type Sensor struct {
	Owner   ipmb.Addr // slave address, or software ID when bit 0 is set
	Channel uint8     // 4 bits
	FRULUN  ipmb.LUN  // FRU inventory device owner LUN; reserved in full records
	LUN     ipmb.LUN
	Number  uint8
}

// Entity is what a sensor monitors or a device is. [IPMI 2.0 §39, §43.14]
type Entity struct {
	ID       EntityID
	Instance uint8 // bit 7 LogicalEntity; 00h-5Fh system-relative, 60h-7Fh relative to the owning controller
}

// LogicalEntity in Entity.Instance says that the entity is a logical one, a container of others. [IPMI 2.0 §43.1]
const LogicalEntity = 1 << 7

// Initialization tells the initialization agent what to do with a sensor. [IPMI 2.0 §43.1, byte 11]
type Initialization uint8

// Initialization bits. [IPMI 2.0 §43.1]
const (
	ScanningEnabled Initialization = 1 << iota // default after power up or reset
	EventsEnabled                              // default after power up or reset
	InitType
	InitHysteresis
	InitThresholds
	InitEvents
	InitScanning
	Settable // by Set Sensor Reading And Event Status
)

// Capabilities of a sensor. [IPMI 2.0 §43.1, byte 12]
type Capabilities uint8

// Capability bits and fields. [IPMI 2.0 §43.1]
const (
	IgnoreIfAbsent     Capabilities = 1 << 7 // ignore the sensor if its entity is absent or disabled
	AutoRearm          Capabilities = 1 << 6
	HysteresisReadable Capabilities = 1 << 4
	HysteresisSettable Capabilities = 2 << 4
	HysteresisFixed    Capabilities = 3 << 4
	HysteresisMask     Capabilities = 3 << 4
	ThresholdsReadable Capabilities = 1 << 2
	ThresholdsSettable Capabilities = 2 << 2
	ThresholdsFixed    Capabilities = 3 << 2
	ThresholdsMask     Capabilities = 3 << 2
	EventsPerState     Capabilities = 0 // event messages are enabled per threshold or state
	EventsWholeSensor  Capabilities = 1
	EventsGlobal       Capabilities = 2
	EventsNone         Capabilities = 3
	EventsMask         Capabilities = 3
)

// Thresholds are the raw thresholds of a sensor, in the order of Get Sensor Thresholds. [IPMI 2.0 §35.9, §43.1]
type Thresholds struct {
	LNC, LC, LNR, UNC, UC, UNR uint8
}

// Hysteresis is in raw counts, unsigned. [IPMI 2.0 §43.1, bytes 43, 44]
type Hysteresis struct {
	Positive, Negative uint8
}

// AnalogFlags say which of a full record's nominal readings are specified. [IPMI 2.0 §43.1, byte 31]
type AnalogFlags uint8

// Analog characteristic flags. [IPMI 2.0 §43.1]
const (
	NominalSpecified   AnalogFlags = 1 << 0
	NormalMaxSpecified AnalogFlags = 1 << 1
	NormalMinSpecified AnalogFlags = 1 << 2
	analogFlags        AnalogFlags = 1<<3 - 1
)

// Masks are the three mask words of a sensor record. For discrete sensors they are assertion events, deassertion events
// and readable states, one bit for each offset; for thresholds see ThresholdMasks. [IPMI 2.0 §43.1, bytes 15-20]
type Masks struct {
	Assertion, Deassertion, Reading uint16
}

// FullSensor is a full sensor record, type 01h. [IPMI 2.0 §43.1]
type FullSensor struct {
	ID             RecordID
	Sensor         Sensor
	Entity         Entity
	Initialization Initialization
	Capabilities   Capabilities
	SensorType     SensorType
	ReadingType    ReadingType
	Masks          Masks
	Units          Units
	Linearization  Linearization
	Factors        Factors
	Flags          AnalogFlags
	Nominal        uint8 // raw, like all readings here
	NormalMax      uint8
	NormalMin      uint8
	SensorMax      uint8
	SensorMin      uint8
	Thresholds     Thresholds
	Hysteresis     Hysteresis
	OEM            uint8
	Name           IDString
}

// offsets of the type/length byte, and so the shortest records.
const (
	fullNameAt      = 47
	compactNameAt   = 31
	eventOnlyNameAt = 16
)

// Type is 01h.
func (r *FullSensor) Type() RecordType { return TypeFullSensor }

// Conversion is how the sensor's raw readings convert to units.
func (r *FullSensor) Conversion() Conversion {
	return Conversion{Format: r.Units.Format, Linearization: r.Linearization, Factors: r.Factors}
}

// AppendTo appends the record.
func (r *FullSensor) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeFullSensor)
	b = r.Sensor.appendTo(b)
	b = append(b, byte(r.Entity.ID), r.Entity.Instance, byte(r.Initialization), byte(r.Capabilities), byte(r.SensorType), byte(r.ReadingType))
	b = r.Masks.appendTo(b)
	b = r.Units.appendTo(b)
	b = append(b, byte(r.Linearization)&linearizationMask)
	b = r.Factors.AppendTo(b)
	b = append(b, byte(r.Flags&analogFlags), r.Nominal, r.NormalMax, r.NormalMin, r.SensorMax, r.SensorMin)
	t := r.Thresholds
	b = append(b, t.UNR, t.UC, t.UNC, t.LNR, t.LC, t.LNC)
	b = append(b, r.Hysteresis.Positive, r.Hysteresis.Negative, 0, 0, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseFullSensor(id RecordID, b []byte) (Record, error) {
	if len(b) <= fullNameAt {
		return nil, ipmb.ErrLength
	}
	name, err := parseIDString(b[fullNameAt:])
	if err != nil {
		return nil, err
	}
	factors, _ := ParseFactors(b[24:30])
	return &FullSensor{
		ID: id, Sensor: parseSensor(b), Entity: Entity{EntityID(b[8]), b[9]},
		Initialization: Initialization(b[10]), Capabilities: Capabilities(b[11]),
		SensorType: SensorType(b[12]), ReadingType: ReadingType(b[13]), Masks: parseMasks(b[14:]), Units: parseUnits(b[20:]),
		Linearization: Linearization(b[23] & linearizationMask), Factors: factors, Flags: AnalogFlags(b[30]) & analogFlags,
		Nominal: b[31], NormalMax: b[32], NormalMin: b[33], SensorMax: b[34], SensorMin: b[35],
		Thresholds: Thresholds{UNR: b[36], UC: b[37], UNC: b[38], LNR: b[39], LC: b[40], LNC: b[41]},
		Hysteresis: Hysteresis{b[42], b[43]}, OEM: b[46], Name: name,
	}, nil
}

// Sharing lets one compact or event-only record describe several sensors with consecutive numbers.
// [IPMI 2.0 §43.2, bytes 24, 25]
type Sharing struct {
	Direction Direction
	Alpha     bool  // the modifier behind the name counts A, B, … instead of 1, 2, …
	Count     uint8 // 4 bits
	Increment bool  // the entity instance increments with each sensor
	Offset    uint8 // 7 bits, modifier of the first sensor
}

const (
	sharingCount     = 0x0f
	sharingModifier  = 0x30
	sharingAlpha     = 1 << 4
	sharingIncrement = 1 << 7
	directionShift   = 6
)

func (s Sharing) appendTo(b []byte) []byte {
	first, second := byte(s.Direction)<<directionShift|s.Count&sharingCount, s.Offset&^sharingIncrement
	if s.Alpha {
		first |= sharingAlpha
	}
	if s.Increment {
		second |= sharingIncrement
	}
	return append(b, first, second)
}

// ParseSharing reads the two sharing bytes. [IPMI 2.0 §43.2, bytes 24 and 25]
func ParseSharing(b []byte) Sharing {
	return Sharing{
		Direction: Direction(b[0] >> directionShift), Alpha: b[0]&sharingModifier == sharingAlpha, Count: b[0] & sharingCount,
		Increment: b[1]&sharingIncrement != 0, Offset: b[1] &^ sharingIncrement,
	}
}

// CompactSensor is a compact sensor record, type 02h. [IPMI 2.0 §43.2]
type CompactSensor struct {
	ID             RecordID
	Sensor         Sensor
	Entity         Entity
	Initialization Initialization
	Capabilities   Capabilities
	SensorType     SensorType
	ReadingType    ReadingType
	Masks          Masks
	Units          Units // Format is NoReading
	Sharing        Sharing
	Hysteresis     Hysteresis
	OEM            uint8
	Name           IDString
}

// Type is 02h.
func (r *CompactSensor) Type() RecordType { return TypeCompactSensor }

// AppendTo appends the record.
func (r *CompactSensor) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeCompactSensor)
	b = r.Sensor.appendTo(b)
	b = append(b, byte(r.Entity.ID), r.Entity.Instance, byte(r.Initialization), byte(r.Capabilities), byte(r.SensorType), byte(r.ReadingType))
	b = r.Masks.appendTo(b)
	b = r.Units.appendTo(b)
	b = r.Sharing.appendTo(b)
	b = append(b, r.Hysteresis.Positive, r.Hysteresis.Negative, 0, 0, 0, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseCompactSensor(id RecordID, b []byte) (Record, error) {
	if len(b) <= compactNameAt {
		return nil, ipmb.ErrLength
	}
	name, err := parseIDString(b[compactNameAt:])
	if err != nil {
		return nil, err
	}
	return &CompactSensor{
		ID: id, Sensor: parseSensor(b), Entity: Entity{EntityID(b[8]), b[9]},
		Initialization: Initialization(b[10]), Capabilities: Capabilities(b[11]),
		SensorType: SensorType(b[12]), ReadingType: ReadingType(b[13]), Masks: parseMasks(b[14:]), Units: parseUnits(b[20:]),
		Sharing: ParseSharing(b[23:]), Hysteresis: Hysteresis{b[25], b[26]}, OEM: b[30], Name: name,
	}, nil
}

// EventOnly is an event-only record, type 03h. [IPMI 2.0 §43.3]
type EventOnly struct {
	ID          RecordID
	Sensor      Sensor
	Entity      Entity
	SensorType  SensorType
	ReadingType ReadingType
	Sharing     Sharing
	OEM         uint8
	Name        IDString
}

// Type is 03h.
func (r *EventOnly) Type() RecordType { return TypeEventOnly }

// AppendTo appends the record.
func (r *EventOnly) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeEventOnly)
	b = r.Sensor.appendTo(b)
	b = append(b, byte(r.Entity.ID), r.Entity.Instance, byte(r.SensorType), byte(r.ReadingType))
	b = r.Sharing.appendTo(b)
	b = append(b, 0, r.OEM)
	b = r.Name.appendTo(b)
	return finish(b, start)
}

func parseEventOnly(id RecordID, b []byte) (Record, error) {
	if len(b) <= eventOnlyNameAt {
		return nil, ipmb.ErrLength
	}
	name, err := parseIDString(b[eventOnlyNameAt:])
	if err != nil {
		return nil, err
	}
	return &EventOnly{
		ID: id, Sensor: parseSensor(b), Entity: Entity{EntityID(b[8]), b[9]},
		SensorType: SensorType(b[10]), ReadingType: ReadingType(b[11]), Sharing: ParseSharing(b[12:]), OEM: b[15], Name: name,
	}, nil
}

func (s Sensor) appendTo(b []byte) []byte {
	return append(b, byte(s.Owner), s.Channel<<4|byte(s.FRULUN&3)<<2|byte(s.LUN&3), s.Number)
}

// parseSensor reads the key bytes of a sensor record.
func parseSensor(b []byte) Sensor {
	return Sensor{Owner: ipmb.Addr(b[5]), Channel: b[6] >> 4, FRULUN: ipmb.LUN(b[6] >> 2 & 3), LUN: ipmb.LUN(b[6] & 3), Number: b[7]}
}

func (m Masks) appendTo(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, m.Assertion)
	b = binary.LittleEndian.AppendUint16(b, m.Deassertion)
	return binary.LittleEndian.AppendUint16(b, m.Reading)
}

func parseMasks(b []byte) Masks {
	le := binary.LittleEndian
	return Masks{le.Uint16(b), le.Uint16(b[2:]), le.Uint16(b[4:])}
}
