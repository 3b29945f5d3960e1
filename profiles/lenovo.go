package profiles

// LenovoPlatform is the kind of a Lenovo server: some OEM commands depend on it.
type LenovoPlatform uint8

// Platforms.
const (
	LenovoRack  LenovoPlatform = iota // rack and tower servers
	LenovoSD530                       // nodes of a D2 enclosure: the front USB port is the controller's
	LenovoOther                       // anything else: no power restore delay
)

// LenovoGeneration is what a controller says of itself in 3Ah/C1h.
type LenovoGeneration uint8

// Generations.
const (
	LenovoXCC  LenovoGeneration = iota // XClarity Controller
	LenovoIMM                          // Integrated Management Module: it lacks what Lenovo describes of an XCC's commands
	LenovoNone                         // the command is missing
)

// Lenovo is what the OEM commands of an XClarity Controller tell. Absent values are those of a ThinkSystem rack server
// with firmware 6.92.
type Lenovo struct {
	Platform   LenovoPlatform   `yaml:"platform" default:"rack"`  // what some commands depend on
	Generation LenovoGeneration `yaml:"generation" default:"xcc"` // who answers the feature probe 3Ah/C1h
	// Revision is the third byte of Query Firmware Version; the first two are the device's firmware version.
	Revision uint8 `yaml:"revision"`
	// SystemID and BoardRevision are the answer to Query Board Information.
	SystemID      uint8 `yaml:"system_id" default:"0xff" profile:"hex"`
	BoardRevision uint8 `yaml:"board_revision" profile:"hex"` // of the planar
	// Build is the answer to Get Build Information.
	Build LenovoBuild `yaml:"build"`
	// FPGA lists the firmware revisions of FPGAs; a type that is not listed answers CBh, and without any the command is C1h.
	FPGA []LenovoFPGA `yaml:"fpga" length:"0..7" default:"[{type: 0, revision: 030201}, {type: 5, revision: 030201}, {type: 6, revision: 030201}]"`
	// HardwareRevision of the FPGA board, one byte. None: CEh.
	HardwareRevision HexBytes `yaml:"hardware_revision" length:"0..1" default:"01"`
	// PSoC lists programmable chips.
	PSoC []LenovoPSoC `yaml:"psoc" length:"0..49"`
	// HostName at the start. Empty: "XCC-" and the MAC address, or, of an IMM, what the system's info has.
	HostName string `yaml:"host_name" length:"0..63"`
	// ResetDelay is the time from Reset XCC to Default to the restart.
	ResetDelay Duration `yaml:"reset_delay" default:"1s"`
	// FFDC is how long a data collection takes, 0s: there is none, and its commands answer C1h.
	FFDC Duration `yaml:"ffdc" default:"5s"`
	// NetFn2E: the commands 1Eh and 38h are answered at network function 2Eh, too, without an enterprise number.
	NetFn2E *bool `yaml:"netfn_2e" default:"true"`
	// USBUnsupported is the completion code for a front USB sub-command that the platform lacks; firmware 6.92 sends D5h.
	USBUnsupported uint8 `yaml:"usb_unsupported" default:"0xd6" range:"128..255" profile:"hex"`
	// NodeManager is the address behind the switch C7h, 0: the switch bars nothing.
	NodeManager uint8 `yaml:"node_manager" default:"0x2c" profile:"hex"`
	// Properties are what 3Ah/C4h reads, by path: the firmware inventory of pyghmi and confluent.
	Properties map[string]string `yaml:"properties"`
	// Numbers are properties with a value of 32 bits, such as the IPv4 address of an enclosure's manager.
	Numbers map[string]uint32 `yaml:"numbers"`
	// LEDs are what 3Ah/02h reads.
	LEDs []LenovoLED `yaml:"leds" length:"0..256"`
	// LightPath are the indicators that 3Ah/C0h reads. None: the command answers C1h.
	LightPath []LenovoLightPath `yaml:"light_path" length:"0..256"`
	// VPDVersion is the answer to 3Ah/0Bh: 2 is a blade node. 0: the command answers C1h.
	VPDVersion uint8 `yaml:"vpd_version"`
	// VPD is the vital product data behind 2Eh/51h. None: C1h.
	VPD []LenovoVPD `yaml:"vpd"`
	// Files are the settings files behind 2Eh/90h at the start, by name, at most 16. None: C1h.
	Files map[string]string `yaml:"files" length:"0..131072"`
	// ThermalProfile of an iDataPlex server, twelve bytes. Absent: 2Eh/41h answers C1h.
	ThermalProfile HexBytes `yaml:"thermal_profile" length:"0,12"`
	// AuxiliaryLog is log 1 of Get Auxiliary Log Status, whose entries 2Eh/93h reads.
	AuxiliaryLog *LenovoAuxiliaryLog `yaml:"auxiliary_log"`
	// ACMeter: the energy that the supplies take from the mains is measured. Not so in a node of an enclosure with supplies
	// for all: what its PMBus devices take is what it takes of those.
	ACMeter *bool `yaml:"ac_meter" default:"true"`
	// EnclosureManager: the machine is in an enclosure, whose manager's network 3Ah/F1h switches. Absent: C1h.
	EnclosureManager bool `yaml:"enclosure_manager"`
}

// LenovoLightPath is an indicator of the light path diagnostics. One that follows nothing is as its state says.
type LenovoLightPath struct {
	ID uint16 `yaml:"id" profile:"key,hex"` // of the request
	// Name in the indicator's record of the SDR repository.
	Name string `yaml:"name" length:"0..16"`
	// Sensors light the indicator while one of them is beyond a threshold or in one of the states.
	Sensors []string `yaml:"sensors"`
	// States of discrete sensors that light it.
	States []uint8 `yaml:"states" default:"[1]" range:"0..14"`
	// Indicators above this one that light it.
	Indicators []uint16 `yaml:"indicators"`
	// Identify: it is on while the chassis identifies itself.
	Identify bool  `yaml:"identify"`
	State    uint8 `yaml:"state" profile:"hex"` // 00h off, FFh on, others blink
	// Pointer of an indicator that follows nothing: another indicator, or a sensor in its low byte, why it is on.
	Pointer uint16 `yaml:"pointer" profile:"hex"`
	Reason  uint8  `yaml:"reason" range:"0..4"` // of the same: 1 another indicator, 2 a sensor, 3 a user, 4 BIOS or administrator
}

// LenovoVPD is the vital product data of a part.
type LenovoVPD struct {
	FRU  uint8  `yaml:"fru" profile:"key"`       // FRU device ID of the part
	From string `yaml:"from" profile:"required"` // EEPROM that holds the data
}

// LenovoAuxiliaryLog is a log beside the SEL. [IPMI 2.0 §31.12]
type LenovoAuxiliaryLog struct {
	Capacity uint16                    `yaml:"capacity" default:"512"`  // entries
	Entries  []LenovoAuxiliaryLogEntry `yaml:"entries" length:"0..512"` // oldest first
}

// LenovoAuxiliaryLogEntry is an entry of the log.
type LenovoAuxiliaryLogEntry struct {
	Time       uint32   `yaml:"time"`                 // when it came, seconds since 1970
	Record     uint16   `yaml:"record"`               // record of the SEL that it belongs to, 0: none
	Data       HexBytes `yaml:"data" length:"0..400"` // of the entry
	Incomplete bool     `yaml:"incomplete"`           // some of the data is lost
}

// LenovoLED is an indicator of the front panel. One that follows nothing is as its state says.
type LenovoLED struct {
	Number uint8 `yaml:"number" profile:"key,hex"` // of the request
	// Sensors light it while one of them is beyond a threshold or in one of the states.
	Sensors  []string `yaml:"sensors"`
	States   []uint8  `yaml:"states" default:"[1]" range:"0..14"` // of discrete sensors
	Identify bool     `yaml:"identify"`                           // it is on while the chassis identifies itself
	State    uint8    `yaml:"state" profile:"hex"`                // 00h off, FFh on, others blink
}

var lenovoPlatformWords = []word{
	{"rack", uint8(LenovoRack)},
	{"sd530", uint8(LenovoSD530)},
	{"other", uint8(LenovoOther)},
}

// String is the word of profiles.
func (p LenovoPlatform) String() string { return nameOf(lenovoPlatformWords, p) }

var lenovoGenerationWords = []word{
	{"xcc", uint8(LenovoXCC)},
	{"imm", uint8(LenovoIMM)},
	{"none", uint8(LenovoNone)},
}

// String is the word of profiles.
func (g LenovoGeneration) String() string { return nameOf(lenovoGenerationWords, g) }

// LenovoBuild is the answer to Get Build Information.
type LenovoBuild struct {
	Name string `yaml:"name" default:"CDI392M" length:"0..8"`     // at most 8 characters
	Date string `yaml:"date" default:"2025-08-28" length:"0..12"` // YYYY-MM-DD
	Time string `yaml:"time" default:"06:37:42" length:"8"`       // HH:MM:SS
}

// LenovoFPGA is the firmware revision of an FPGA.
type LenovoFPGA struct {
	Type     uint8    `yaml:"type" range:"0..6" profile:"key"`        // 0 local active, 1-4 CPU card active, 5 local primary, 6 local recovery
	Revision HexBytes `yaml:"revision" length:"3" profile:"required"` // major, minor, sub-minor
}

// LenovoPSoC is a record of Query PSoC Firmware Revision Level.
type LenovoPSoC struct {
	Bin      uint8  `yaml:"bin" profile:"key"`      // physical place
	APID     uint8  `yaml:"apid" profile:"hex"`     // application's number
	Revision uint8  `yaml:"revision" profile:"hex"` // of the firmware
	FRU      uint16 `yaml:"fru"`                    // FRU ID
}
