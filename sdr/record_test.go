package sdr

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func name(t testing.TB, s string) IDString {
	t.Helper()
	id, err := NewIDString(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Records of an Intel S2600WTT, published by InfraSIM from the physical machine; what they say is known independently
// from ipmitool's and FreeIPMI's listings of that machine.
const (
	capturedFan = `23 00 51 01 37 20 00 30 1d 01 7f 28 04 01 05 30 05 00 03 03 00
		12 00 00 35 00 00 00 00 00 07 96 ff 2e ff 00 00 00 00 00 20 25 01 01 00 00 45 cc 53 79 73 74 65 6d 20 46 61 6e 20 31`
	capturedPercent = `31 00 51 01 39 20 00 58 0a 01 7f 68 03 01 80 02 80 32 18 18 01
		00 00 00 01 00 00 00 00 00 07 32 64 00 ff 00 00 70 64 00 00 00 00 00 00 00 00 ce 50 53 31 20 43 75 72 72 20 4f 75 74 20 25`
	capturedMTT = `60 00 51 01 33 2c 60 34 03 01 63 b8 0c 01 00 00 00 00 3f 3f 01
		00 00 00 05 00 00 00 00 f0 00 00 00 00 ff 00 00 00 00 00 00 00 00 00 00 00 00 c8 4d 54 54 20 43 50 55 31`
	capturedFanPresent = `29 00 51 02 28 20 00 40 1d 01 67 40 04 08 02 00 02 00 02 00 c0
		00 00 01 00 00 00 00 00 00 00 cd 46 61 6e 20 31 20 50 72 65 73 65 6e 74`
	capturedNM = `5c 00 51 02 2a 2c 60 1a 2e 02 41 c3 dc 74 00 00 00 00 07 00 00
		00 00 00 00 00 00 00 00 00 00 cf 4e 4d 20 43 61 70 61 62 69 6c 69 74 69 65 73`
)

type recordCase struct {
	name string
	hex  string
	want Record
}

func recordCases(t testing.TB) []recordCase {
	bmc := ipmb.AddrBMC
	return []recordCase{
		{"§43.1 captured full record, fan", capturedFan, &FullSensor{
			ID: 0x23, Sensor: Sensor{Owner: bmc, Number: 0x30}, Entity: Entity{EntityFan, 1},
			Initialization: ScanningEnabled | EventsEnabled | InitType | InitHysteresis | InitThresholds | InitEvents | InitScanning,
			Capabilities:   HysteresisSettable | ThresholdsSettable | EventsPerState,
			SensorType:     Fan, ReadingType: Threshold,
			Masks: ThresholdMasks{
				Assertion:   LowerNonCriticalLow | LowerCriticalLow,
				Deassertion: LowerNonCriticalLow | LowerCriticalLow,
				Compared:    LowerNonCritical | LowerCritical,
				Readable:    LowerNonCritical | LowerCritical,
				Settable:    LowerNonCritical | LowerCritical,
			}.Words(),
			Units: Units{Base: RPM}, Factors: Factors{M: 53},
			Flags:   NominalSpecified | NormalMaxSpecified | NormalMinSpecified,
			Nominal: 150, NormalMax: 255, NormalMin: 46, SensorMax: 255,
			Thresholds: Thresholds{LC: 32, LNC: 37}, Hysteresis: Hysteresis{1, 1}, OEM: 0x45, Name: name(t, "System Fan 1"),
		}},
		{"§43.1 captured full record, percentage", capturedPercent, &FullSensor{
			ID: 0x31, Sensor: Sensor{Owner: bmc, Number: 0x58}, Entity: Entity{EntityPowerSupply, 1},
			Initialization: 0x7f, Capabilities: AutoRearm | HysteresisSettable | ThresholdsSettable,
			SensorType: Current, ReadingType: Threshold,
			Masks: ThresholdMasks{
				Assertion: UpperNonCriticalHigh | UpperCriticalHigh, Deassertion: UpperNonCriticalHigh | UpperCriticalHigh,
				Compared: UpperNonCritical | UpperCritical, Readable: UpperNonCritical | UpperCritical,
				Settable: UpperNonCritical | UpperCritical,
			}.Words(),
			Units: Units{Percentage: true}, Factors: Factors{M: 1}, Flags: 7, Nominal: 50, NormalMax: 100, SensorMax: 255,
			Thresholds: Thresholds{UC: 0x70, UNC: 0x64}, Name: name(t, "PS1 Curr Out %"),
		}},
		{"§43.1 captured full record of a satellite on channel 6", capturedMTT, &FullSensor{
			ID: 0x60, Sensor: Sensor{Owner: 0x2c, Channel: 6, Number: 0x34}, Entity: Entity{EntityProcessor, 1},
			Initialization: 0x63, Capabilities: IgnoreIfAbsent | HysteresisFixed | ThresholdsSettable, SensorType: 0x0c, ReadingType: Threshold,
			Masks: Masks{Reading: 0x3f3f}, Units: Units{Percentage: true}, Factors: Factors{M: 5, RExp: -1}, SensorMax: 255,
			Name: name(t, "MTT CPU1"),
		}},
		{"§43.2 captured compact record", capturedFanPresent, &CompactSensor{
			ID: 0x29, Sensor: Sensor{Owner: bmc, Number: 0x40}, Entity: Entity{EntityFan, 1}, Initialization: 0x67,
			Capabilities: AutoRearm, SensorType: Fan, ReadingType: DiscretePresence,
			Masks: Masks{2, 2, 2}, Units: Units{Format: NoReading}, Sharing: Sharing{Count: 1}, Name: name(t, "Fan 1 Present"),
		}},
		{"§43.2 captured compact record of a satellite", capturedNM, &CompactSensor{
			ID: 0x5c, Sensor: Sensor{Owner: 0x2c, Channel: 6, Number: 0x1a}, Entity: Entity{EntityMCFirmware, 2},
			Initialization: InitScanning | ScanningEnabled, Capabilities: 0xc3, SensorType: 0xdc, ReadingType: 0x74,
			Masks: Masks{Reading: 7}, Name: name(t, "NM Capabilities"),
		}},
		{"§43.2 compact, hysteresis and sharing of fifteen", "30 00 51 02 1d 20 0f 40 1d e1 80 3f 04 08 34 12 78 56 bc 9a cb 12 13 8f ff 11 22 00 00 00 33 c2 46 41", &CompactSensor{
			ID: 0x30, Sensor: Sensor{Owner: bmc, FRULUN: 3, LUN: 3, Number: 0x40}, Entity: Entity{EntityFan, LogicalEntity | 0x61},
			Initialization: Settable, Capabilities: HysteresisFixed | ThresholdsFixed | EventsNone, SensorType: Fan, ReadingType: DiscretePresence,
			Masks:   Masks{0x1234, 0x5678, 0x9abc},
			Units:   Units{Format: NoReading, Rate: PerMicrosecond, Modifier: Divided, Percentage: true, Base: 0x12, Modified: 0x13},
			Sharing: Sharing{Direction: DirectionOutput, Count: 15, Increment: true, Offset: 127}, Hysteresis: Hysteresis{0x11, 0x22},
			OEM: 0x33, Name: name(t, "FA"),
		}},
		{"§43.3 event-only", "15 00 51 03 13 21 15 d7 07 81 2a 6f 51 85 00 aa c7 42 61 64 20 50 57 44", &EventOnly{
			ID: 0x15, Sensor: Sensor{Owner: 0x21, Channel: 1, FRULUN: 1, LUN: 1, Number: 0xd7},
			Entity: Entity{EntitySystemBoard, LogicalEntity | 1}, SensorType: SessionAudit, ReadingType: SensorSpecific,
			Sharing: Sharing{Direction: DirectionInput, Alpha: true, Count: 1, Increment: true, Offset: 5}, OEM: 0xaa, Name: name(t, "Bad PWD"),
		}},
		{"§43.4 entity association", "01 00 51 08 0b 13 01 80 0a 01 0a 02 0a 07 0a 08", &EntityAssociation{
			ID: 1, Container: Entity{EntityPowerUnit, 1}, Flags: ContainedRange,
			Contained: [4]Entity{{EntityPowerSupply, 1}, {EntityPowerSupply, 2}, {EntityPowerSupply, 7}, {EntityPowerSupply, 8}},
		}},
		{"§43.5 device-relative entity association",
			"02 00 51 09 1b 13 60 2c 60 40 2c 60 0a 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", &DeviceAssociation{
				ID: 2, Container: DeviceEntity{0x2c, 6, Entity{EntityPowerUnit, 0x60}}, Flags: LinkedRecords,
				Contained: [4]DeviceEntity{{0x2c, 6, Entity{EntityPowerSupply, 0x61}}},
			}},
		{"§43.7 generic locator on channel 9", "03 00 51 10 0e 20 93 2a 01 00 09 02 07 01 05 c3 4c 4d 37", &GenericLocator{
			ID: 3, Access: 0x20, Slave: 0x92, Channel: 9, LUN: 1, Bus: 2, Span: 1, Device: 9, Modifier: 2,
			Entity: Entity{EntitySystemBoard, 1}, OEM: 5, Name: name(t, "LM7"),
		}},
		{"§43.8 FRU locator", "7d 00 51 11 0e 20 02 80 00 00 10 00 0a 01 00 c3 50 53 31", &FRULocator{
			ID: 0x7d, Access: 0x20, Device: 2, Logical: true, Kind: DeviceLogicalFRU, Entity: Entity{EntityPowerSupply, 1}, Name: name(t, "PS1"),
		}},
		{"§43.9 controller locator", "85 00 51 12 1a 20 00 08 bf 00 00 00 2e 01 00 cf 42 61 73 62 72 64 20 4d 67 6d 74 20 43 74 6c", &ControllerLocator{
			ID: 0x85, Address: 0x20, Flags: LogsInitErrors, Capabilities: 0xbf, Entity: Entity{EntityMCFirmware, 1}, Name: name(t, "Basbrd Mgmt Ctl"),
		}},
		{"§43.9 controller locator, all flags", "86 00 51 12 0d 2c 06 ee ff 00 00 00 2e 01 07 c2 4d 45", &ControllerLocator{
			ID: 0x86, Address: 0x2c, Channel: 6, Capabilities: 0xff, Entity: Entity{EntityMCFirmware, 1}, OEM: 7, Name: name(t, "ME"),
			Flags: ACPISystemNotify | ACPIDeviceNotify | StaticController | LogsInitErrors | LogErrorsAccessing | EventsDoNotInit,
		}},
		{"§43.10 controller confirmation",
			"04 00 51 13 1b 2c 50 61 02 15 51 57 01 00 0b 0b 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f", &ControllerConfirmation{
				ID: 4, Address: 0x2c, DeviceID: 0x50, Channel: 6, DeviceRevision: 1, FirmwareMajor: 2, FirmwareMinor: 0x15, IPMIVersion: 0x51,
				Manufacturer: 343, Product: 0x0b0b, GUID: [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
			}},
		{"§43.11 message channel info has version 01h", "05 00 01 14 0b a1 00 00 00 00 00 00 95 05 ff 00", &MessageChannelInfo{
			ID: 5, Channels: [8]uint8{0xa1, 0, 0, 0, 0, 0, 0, 0x95}, MessagingInterrupt: 5, EventBufferInterrupt: 0xff,
		}},
		{"§43.12 captured OEM record, Intel", "e2 00 51 c0 10 57 01 00 53 44 52 20 46 69 6c 65 20 31 2e 30 39", &OEM{
			ID: 0xe2, Manufacturer: 343, Data: []byte("SDR File 1.09"),
		}},
		{"§43.6 reserved type", "06 00 51 0a 02 de ad", &Reserved{ID: 6, RecordType: 0x0a, Data: []byte{0xde, 0xad}}},
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	for _, tt := range recordCases(t) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := unhex(t, tt.hex)
			got, err := Parse(b)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("%v\ngot  %+v\nwant %+v", err, got, tt.want)
			}
			if out := tt.want.AppendTo([]byte{1, 2}); !bytes.Equal(out[2:], b) {
				t.Errorf("append\ngot  % x\nwant % x", out[2:], b)
			}
			if got.Type() != RecordType(b[3]) {
				t.Errorf("type %s", got.Type())
			}
		})
	}
}

func TestParseRefusesLengths(t *testing.T) {
	t.Parallel()
	for _, tt := range recordCases(t) {
		b := unhex(t, tt.hex)
		for n := range b {
			short := append([]byte(nil), b[:n]...)
			if _, err := Parse(short); !errors.Is(err, ipmb.LengthInvalid) {
				t.Errorf("%s: %d bytes of %d: %v", tt.name, n, len(b), err)
			}
			if n < HeaderLen || tt.want.Type() == TypeOEM && n >= oemLen || tt.want.Type() == 0x0a {
				continue
			}
			short[4] = byte(n - HeaderLen) // length agrees, but the type needs more
			if _, err := Parse(short); !errors.Is(err, ipmb.LengthInvalid) {
				t.Errorf("%s: header and %d bytes: %v", tt.name, n-HeaderLen, err)
			}
		}
		if _, err := Parse(append(b, 0)); !errors.Is(err, ipmb.LengthInvalid) {
			t.Errorf("%s: a byte too much: %v", tt.name, err)
		}
	}
}

func TestThresholdMasks(t *testing.T) {
	t.Parallel()
	// Front Panel Temp of the S2600WTT: the settable thresholds are known, and events go high above and low below.
	m := Masks{0x3a85, 0x7a85, 0x3b3b}.Thresholds()
	want := ThresholdMasks{
		Assertion:   LowerNonCriticalLow | LowerCriticalLow | UpperNonCriticalHigh | UpperCriticalHigh | UpperNonRecoverableHigh,
		Deassertion: LowerNonCriticalLow | LowerCriticalLow | UpperNonCriticalHigh | UpperCriticalHigh | UpperNonRecoverableHigh,
		Compared:    allThresholds &^ LowerNonRecoverable,
		Readable:    allThresholds &^ LowerNonRecoverable,
		Settable:    allThresholds &^ LowerNonRecoverable,
	}
	if m != want {
		t.Errorf("§43.1: got %+v, want %+v", m, want)
	}
	if w := want.Words(); w != (Masks{0x3a85, 0x7a85, 0x3b3b}) {
		t.Errorf("§43.1: words %04x", w)
	}
}

func TestIDString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, hex, want string }{
		{"§43.15 8-bit", "c4 46 61 6e fc", "Fanü"},
		{"§43.15 none", "c0", ""},
		{"§43.15 bit 5 is reserved", "e2 61 62", "ab"},
		{"§43.16 6-bit, length in characters", "84 29 dc a6", "IPMI"},
		{"§43.16 6-bit, length in bytes", "83 29 dc a6", "IPMI"},
		{"§43.15 BCD plus, length in bytes", "42 1a de", "1 :,"},
		{"§43.15 BCD plus, length in characters", "44 12 bf", "12-_"},
		{"§43.15 Unicode", "02 46 00 ac 20", "F€"},
		{"filled with NUL", "c8 46 61 6e 00 00 00 00 00", "Fan"},
		{"sixteen bytes for a name of three", "c3 46 61 6e 00 00 00 00 00 00 00 00 00 00 00 00 00", "Fan"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			id, err := parseIDString(unhex(t, tt.hex))
			if err != nil || id.String() != tt.want {
				t.Errorf("%v, %q, want %q", err, id, tt.want)
			}
		})
	}
	if _, err := parseIDString(unhex(t, "c4 46 61 6e")); !errors.Is(err, ipmb.LengthInvalid) {
		t.Errorf("three of four characters: %v", err)
	}
	if id := name(t, "A"); !bytes.Equal(id.appendTo(nil), unhex(t, "c2 41 20")) {
		t.Errorf("§43.15 one character: % x", id.appendTo(nil))
	}
	for _, bad := range []string{"Seventeen chars!!", "10 €"} {
		if _, err := NewIDString(bad); !errors.Is(err, ErrIDString) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		SensorType(0x2c).String(): "fru-state", SensorType(0x01).String(): "temperature", SensorType(0xc0).String(): "oem-c0",
		SensorType(0x00).String(): "reserved-00", Watchdog2.String(): "watchdog-2", Unit(18).String(): "rpm", Unit(92).String(): "grams",
		Unit(58).String(): "ppm", Unit(59).String(): "reserved-3b", Unit(70).String(): "byte", EntityID(0x37).String(): "air-inlet",
		EntityID(0x20).String(): "memory-device", EntityID(0x2e).String(): "controller-firmware", EntityDCMICPU.String(): "dcmi-cpu",
		EntityID(0xd0).String(): "oem-d0", ReadingType(0x0b).String(): "redundancy", ReadingType(0x6f).String(): "sensor-specific",
		ReadingType(0x71).String(): "oem-71", LinearizeInverse.String(): "1/x", Linearization(0x72).String(): "non-linear",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for c := range 256 {
		if s := SensorType(c).String(); !strings.HasPrefix(s, "reserved") && !strings.HasPrefix(s, "oem") {
			if back, ok := ParseSensorType(s); !ok || back != SensorType(c) {
				t.Errorf("sensor type %q is %d, want %d", s, back, c)
			}
		}
		if s := Unit(c).String(); !strings.HasPrefix(s, "reserved") {
			if back, ok := ParseUnit(s); !ok || back != Unit(c) {
				t.Errorf("unit %q is %d, want %d", s, back, c)
			}
		}
		if s := EntityID(c).String(); !strings.HasPrefix(s, "reserved") && !strings.HasPrefix(s, "oem") {
			if back, ok := ParseEntityID(s); !ok || back != EntityID(c) {
				t.Errorf("entity %q is %d, want %d", s, back, c)
			}
		}
	}
	if _, ok := ParseUnit("reserved"); ok {
		t.Error("reserved is a unit")
	}
	if _, ok := ParseSensorType("reserved"); ok {
		t.Error("reserved is a sensor type")
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range recordCases(f) {
		f.Add(unhex(f, tt.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Parse(b)
		if err != nil {
			return
		}
		out := r.AppendTo(nil)
		again, err := Parse(out)
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("%v\ngot  %+v\nwant %+v\nfrom % x", err, again, r, out)
		}
	})
}
