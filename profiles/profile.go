// Package profiles describes machines: the YAML profile's Go types, its strict loader, its JSON Schema and the
// machines that are built into the binary.
//
// The structs here are the source of all three. A profile is data: it says what a machine is, never how a command
// works. A new section is a struct with tags (shape.go lists them) and a comment for every field; what must fit together
// is checked in validate.go, and schema.json is made anew with `go test ./profiles -run TestSchemaIsCurrent -update`.
//
// One profile may extend another: see [Load] for where it is looked for. Mappings are merged key by key; elements of
// lists that have a number, an ID or a name are told apart by it, and changed, added, or taken away with "remove: true";
// other lists replace the inherited one.
package profiles

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Profile is one machine.
type Profile struct {
	// Name of the profile, as `--profile` and `extends` use it: small letters, digits and hyphens.
	Name string `yaml:"profile" profile:"required" length:"1..64"`
	// Description is one line for `fakebmc profiles list`.
	Description string `yaml:"description"`
	// Extends names the profile that this one changes: one that is built in, or a file (ending in .yaml) beside this
	// one. Name and description are not inherited.
	Extends string `yaml:"extends"`
	// Seed of every random choice. 0: each start is different.
	Seed uint64 `yaml:"seed"`

	// Device is the management controller's own identity. [IPMI 2.0 §20.1]
	Device Device `yaml:"device"`
	// System is the server around the controller.
	System System `yaml:"system"`
	// SystemInterface is the host's door to the controller. [IPMI 2.0 §22.9, §22.10]
	SystemInterface SystemInterface `yaml:"system_interface"`
	// Sessions are the limits of the session table. [IPMI 2.0 §6.12]
	Sessions Sessions `yaml:"sessions"`
	// Channels of the controller. [IPMI 2.0 §6.3]
	Channels []Channel `yaml:"channels"`
	// UserSlots is the number of user IDs: 1 to this.
	UserSlots int `yaml:"user_slots" default:"10" range:"1..63"`
	// Users by ID. IDs that are not listed are empty slots. [IPMI 2.0 §6.9]
	Users []User `yaml:"users"`
	// EmptySlots is the standing of the user IDs that are not listed.
	EmptySlots SlotAccess `yaml:"empty_slots"`
	// Commands changes the command table for this machine.
	Commands Commands `yaml:"commands"`
	// I2C is the hardware: buses and the devices on them. [IPMI 2.0 §22.11]
	I2C []I2CBus `yaml:"i2c"`
	// SensorKinds are what many sensors have in common, by name: a sensor names its kind, and has the kind's keys except
	// those that it gives itself.
	SensorKinds map[string]Sensor `yaml:"sensor_kinds" profile:"partial"`
	// Still: nothing moves by itself, whatever move says.
	Still bool `yaml:"still"`
	// Sensors of the controller. [IPMI 2.0 §35]
	Sensors []Sensor `yaml:"sensors"`
	// SDR is the sensor data record repository. [IPMI 2.0 §33]
	SDR SDR `yaml:"sdr"`
	// FRU are the FRU inventory devices. [IPMI 2.0 §34]
	FRU []FRU `yaml:"fru"`
	// Power is how the host's power behaves. [IPMI 2.0 §28.3]
	Power Power `yaml:"power"`
	// Chassis is what the chassis around the host has. [IPMI 2.0 §28.1]
	Chassis Chassis `yaml:"chassis"`
	// Boot is what stands behind the system boot options. [IPMI 2.0 §28.12]
	Boot Boot `yaml:"boot"`
	// SOLConsole is what Serial over LAN connects to: a word or an address stands for its to. [IPMI 2.0 §15]
	SOLConsole SOLConsole `yaml:"sol_console"`
	// Watchdog is the watchdog timer. [IPMI 2.0 §27]
	Watchdog Watchdog `yaml:"watchdog"`
	// DCMI is the data center manageability interface. Absent: none. [DCMI §6]
	DCMI *DCMI `yaml:"dcmi"`
	// Clock is the controller's clock. [IPMI 2.0 §31.10, §37]
	Clock Clock `yaml:"clock"`
	// SEL is the system event log. [IPMI 2.0 §31]
	SEL SEL `yaml:"sel"`
	// PEF is platform event filtering. [IPMI 2.0 §17, §30]
	PEF PEF `yaml:"pef"`
	// IPMB are the other management controllers on the controller's buses. [IPMI 2.0 §3.1]
	IPMB []Satellite `yaml:"ipmb"`
	// BridgeReply is how Send Message hands on the answer of another controller: in a message of its own, as the
	// specification says, or in its own response, as some controllers do. [IPMI 2.0 §6.13.3, §22.7]
	BridgeReply string `yaml:"bridge_reply" default:"separate" words:"separate embedded"`
	// BridgeRaw: Send Message sends raw bytes, too. [IPMI 2.0 §22.7]
	BridgeRaw bool `yaml:"bridge_raw"`
	// OEM are the vendors' own commands.
	OEM OEM `yaml:"oem"`
	// Faults are what goes wrong on purpose.
	Faults Faults `yaml:"faults"`
	// Quirks are misbehaviours of real controllers, by their names: see `fakebmc profiles quirks`.
	Quirks []string `yaml:"quirks"`

	where  map[string]*node // where each value stands in the files, nil when there are none
	within string           // of a satellite's profile: its place in the machine's, "ipmb[0]."
}

// Device is the management controller's own identity. [IPMI 2.0 §20.1]
type Device struct {
	ID           uint8     `yaml:"id" profile:"hex"`                // device ID
	Revision     uint8     `yaml:"revision" range:"0..15"`          // four bits
	DeviceSDRs   bool      `yaml:"device_sdrs"`                     // the controller provides device SDRs
	Firmware     Firmware  `yaml:"firmware" default:"1.00"`         // "major.minor": major 0-127, minor two decimal digits
	IPMIVersion  Version   `yaml:"ipmi_version" default:"2.0"`      // "2.0" or "1.5"
	Support      []Support `yaml:"support"`                         // additional device support
	Manufacturer uint32    `yaml:"manufacturer" range:"0..1048574"` // IANA enterprise number, 20 bits (FFFFFh is reserved)
	Product      uint16    `yaml:"product"`                         // the manufacturer's number of the product
	Auxiliary    HexBytes  `yaml:"auxiliary" length:"0,4"`          // auxiliary firmware revision, four bytes or none
	GUID         *GUID     `yaml:"guid"`                            // Get Device GUID; absent: the command answers C1h
	SelfTest     SelfTest  `yaml:"self_test"`                       // Get Self Test Results
	ColdReset    Duration  `yaml:"cold_reset" default:"2s"`         // how long the controller is away after Cold Reset
	WarmReset    Duration  `yaml:"warm_reset" default:"0s"`         // how long it is away after Warm Reset
	EventBuffer  bool      `yaml:"event_buffer"`                    // has an event message buffer
	// Enables is what Get BMC Global Enables says at the start. Absent: 08h, events are logged. [IPMI 2.0 §22.2]
	Enables *uint8 `yaml:"enables" profile:"hex"`
}

// SelfTest is the outcome of the controller's self test. [IPMI 2.0 §20.4]
type SelfTest struct {
	// Result: 55h passed, 56h not implemented, 57h corrupted data or inaccessible devices, 58h fatal hardware error,
	// others are device specific.
	Result uint8 `yaml:"result" default:"0x55" range:"1..254" profile:"hex"`
	// Detail for 57h: a bit for each part that is inaccessible; for 58h and others: device specific.
	Detail uint8 `yaml:"detail" profile:"hex"`
}

// System is the server around the controller.
type System struct {
	GUID GUID       `yaml:"guid"` // Get System GUID and RAKP message 2, 16 bytes in the order of the wire
	Info SystemInfo `yaml:"info"` // what Get System Info Parameters reads before anyone writes
	ASF  Presence   `yaml:"asf"`  // what the presence pong says
	ACPI ACPI       `yaml:"acpi"` // the power state that the controller reports before anyone sets it
}

// SystemInfo is what Get System Info Parameters reads before anyone writes. [IPMI 2.0 §22.14a]
type SystemInfo struct {
	FirmwareVersion string `yaml:"firmware_version" length:"0..255"`   // of the system (BIOS)
	Name            string `yaml:"name" length:"0..255"`               // of the system
	PrimaryOS       string `yaml:"primary_os" length:"0..255"`         // primary operating system name
	PresentOS       string `yaml:"present_os" length:"0..255"`         // operating system that runs now
	PresentVersion  string `yaml:"present_os_version" length:"0..255"` // its version
	BMCURL          string `yaml:"bmc_url" length:"0..255"`            // where a person finds the controller
	BaseOSURL       string `yaml:"base_os_url" length:"0..255"`        // where a person finds the operating system or hypervisor's manager
	// Parameters by number: OEM parameters (192-255), which vendors' clients read.
	Parameters []Parameter `yaml:"parameters"`
	// ReadOnly names the parameters above that refuse writes with 82h.
	ReadOnly []string `yaml:"read_only" words:"firmware_version name primary_os present_os present_os_version bmc_url base_os_url"`
}

// Presence is what the ASF presence pong says. [ASF §3.2.4.3]
type Presence struct {
	Enterprise   uint32   `yaml:"enterprise" default:"4542"`             // IANA number, 4542 (ASF) when there is no OEM capability
	OEM          HexBytes `yaml:"oem" length:"0,4"`                      // four bytes, OEM defined, or none for zeros
	Entities     uint8    `yaml:"entities" default:"0x81" profile:"hex"` // supported entities: 80h IPMI, 01h ASF 1.0
	Interactions uint8    `yaml:"interactions" profile:"hex"`            // supported interactions: 80h RMCP security extensions
}

// ACPI is the power state that the controller reports before anyone sets it. [IPMI 2.0 §20.6]
type ACPI struct {
	System uint8 `yaml:"system" range:"0..127" profile:"hex"` // 00h S0/G0 working … 05h S5/G2 soft-off, 2Ah unknown
	Device uint8 `yaml:"device" range:"0..127" profile:"hex"` // 00h D0 … 03h D3, 2Ah unknown
}

// SystemInterface is the host's door to the controller. [IPMI 2.0 §22.9, §22.10]
type SystemInterface struct {
	Type           InterfaceType `yaml:"type" default:"kcs"`            // kcs, smic, bt or ssif
	MaxIn          uint8         `yaml:"max_in" default:"255"`          // largest request in bytes, FFh: 255 or more
	MaxOut         uint8         `yaml:"max_out" default:"255"`         // largest response in bytes (BT, SSIF)
	BT             BT            `yaml:"bt"`                            // for type bt
	SSIF           SSIF          `yaml:"ssif"`                          // for type ssif
	SMSInterrupt   uint8         `yaml:"sms_interrupt" default:"255"`   // Get Channel Info's interrupt assignment, FFh none [IPMI 2.0 §22.24]
	EventInterrupt uint8         `yaml:"event_interrupt" default:"255"` // the same for the event message buffer
}

// BT has the numbers of Get BT Interface Capabilities. [IPMI 2.0 §22.10]
type BT struct {
	Outstanding uint8    `yaml:"outstanding" default:"1" range:"1..255"` // requests the controller can hold
	Timeout     Duration `yaml:"timeout" default:"5s"`                   // request to response, whole seconds, at most 30 s
	Retries     uint8    `yaml:"retries"`                                // that the controller recommends
}

// SSIF has the numbers of Get System Interface Capabilities for SSIF. [IPMI 2.0 §22.9]
type SSIF struct {
	Transactions uint8 `yaml:"transactions" range:"0..2"` // 0 single-part, 1 multi-part start and end, 2 with middle
	PEC          bool  `yaml:"pec"`                       // packet error codes are supported
}

// Sessions are the limits of the session table. [IPMI 2.0 §6.12]
type Sessions struct {
	// Slots for simultaneously active sessions. Get Session Info has six bits, so 63 is the most that a real
	// controller can have; more are for load tests, and the command then says 63.
	Slots int `yaml:"slots" default:"63" range:"1..65535"`
	// HighSlots are those of the slots that sessions with a ceiling above User may take, 0: all. A login that finds none
	// is refused with 83h (IPMI v1.5) or status 0Bh (RMCP+).
	HighSlots int `yaml:"high_slots" range:"0..65535"`
	// Inactivity after which a session ends, 60 s by the specification. [IPMI 2.0 §6.12.15]
	Inactivity Duration `yaml:"inactivity" default:"60s"`
	// PerUser: Set User Access may limit the sessions of a user.
	PerUser bool `yaml:"per_user"`
	// KR: Set Channel Security Keys knows the key KR, which keys the random number generator. [IPMI 2.0 §22.25]
	KR bool `yaml:"kr"`
}

// Channel is one of the controller's channels. [IPMI 2.0 §6.3]
type Channel struct {
	Number   uint8       `yaml:"number" profile:"key"`      // 0 primary IPMB, 1-11 (0Bh), 15 (0Fh) system interface
	Medium   Medium      `yaml:"medium" profile:"required"` // Get Channel Info's medium type
	Protocol Protocol    `yaml:"protocol" default:"ipmb"`   // Get Channel Info's protocol type
	Sessions SessionKind `yaml:"sessions"`                  // session support
	Access   Access      `yaml:"access"`                    // initial volatile and non-volatile access settings
	// Modes are the access modes that Set Channel Access takes.
	Modes []AccessMode `yaml:"modes" default:"[always]"`
	// Auth lists the IPMI v1.5 authentication types. A list stands for all privileges.
	Auth ChannelAuth `yaml:"auth"`
	// Versions of IPMI whose sessions the channel takes and says that it takes. Absent: 1.5 with some authentication type
	// in auth, 2.0 with some cipher suite.
	Versions []string `yaml:"versions" words:"1.5 2.0"`
	// Suites are the RMCP+ cipher suites that the channel offers, in the order in which it tells them. LAN parameters
	// 22 to 24 can describe 16; those after them keep their privilege.
	Suites   []Suite  `yaml:"cipher_suites" length:"0..20"`
	KG       HexBytes `yaml:"kg" length:"0,20" profile:"secret"` // 20 bytes, absent: one-key login
	Payloads []uint8  `yaml:"payloads" range:"0..1"`             // standard payload types offered on the channel: 0 IPMI, 1 SOL
	// OEMPayloads are the OEM payload types offered on the channel. [IPMI 2.0 §24.10]
	OEMPayloads []OEMPayload `yaml:"oem_payloads" length:"0..16"`
	SOL         SOL          `yaml:"sol"`          // Serial over LAN configuration at start
	LAN         LAN          `yaml:"lan"`          // network configuration at start, for LAN channels
	Serial      Serial       `yaml:"serial"`       // configuration at start, for serial channels
	BadPassword BadPassword  `yaml:"bad_password"` // when wrong passwords lock a user out
}

// Access is a channel's access settings. [IPMI 2.0 §22.22]
type Access struct {
	Mode             AccessMode     `yaml:"mode" default:"always"`                                                              // when the channel takes IPMI messages
	Privilege        ipmb.Privilege `yaml:"privilege" default:"administrator" words:"callback user operator administrator oem"` // channel privilege level limit
	NoAlerting       bool           `yaml:"no_alerting"`                                                                        // alerts are not sent
	NoPerMessageAuth bool           `yaml:"no_per_message_auth"`                                                                // IPMI v1.5: only the activation of a session is authenticated
	NoUserLevelAuth  bool           `yaml:"no_user_level_auth"`                                                                 // IPMI v1.5: commands of User level need no authentication
}

// ChannelAuth lists the IPMI v1.5 authentication types enabled for each requested privilege.
// [IPMI 2.0 §23.2, LAN parameter 2]
type ChannelAuth struct {
	Callback      []rmcp.AuthType `yaml:"callback" profile:"short"`      // for sessions that ask for Callback
	User          []rmcp.AuthType `yaml:"user" profile:"short"`          // for sessions that ask for User
	Operator      []rmcp.AuthType `yaml:"operator" profile:"short"`      // for sessions that ask for Operator
	Administrator []rmcp.AuthType `yaml:"administrator" profile:"short"` // for sessions that ask for Administrator
	OEM           []rmcp.AuthType `yaml:"oem" profile:"short"`           // for sessions that ask for OEM
}

// Suite is one RMCP+ cipher suite of a channel: a number, or a number and its maximum privilege.
// [IPMI 2.0 §22.15.2, LAN parameter 24]
type Suite struct {
	// ID of a standard cipher suite.
	ID uint8 `yaml:"id" range:"0..19" profile:"required,short"`
	// Privilege is the most that a session with this suite can hold; unspecified: the suite is told, and nobody can use
	// it.
	Privilege ipmb.Privilege `yaml:"privilege" default:"administrator" words:"unspecified callback user operator administrator oem"`
}

// OEMPayload is an OEM payload type of a channel. [IPMI 2.0 §24.10]
type OEMPayload struct {
	Handle     uint8  `yaml:"handle" range:"32..47" profile:"required,key,hex"` // 20h-2Fh
	Enterprise uint32 `yaml:"enterprise" range:"0..16777215"`                   // IANA number of who defined it
	ID         uint16 `yaml:"id"`                                               // the enterprise's number of the payload
	Version    uint8  `yaml:"version" default:"0x10" profile:"hex"`             // format version in BCD, 10h is 1.0
}

// BadPassword is the bad password threshold of a channel. [IPMI 2.0 §23.2, LAN parameter 26]
type BadPassword struct {
	Event     bool     `yaml:"event"`     // a lockout raises a Session Audit event
	Threshold uint8    `yaml:"threshold"` // 0: off
	Reset     Duration `yaml:"reset"`     // attempt count reset interval, multiples of 10 s, 0: never
	Lockout   Duration `yaml:"lockout"`   // user lockout interval, multiples of 10 s, 0: until enabled again
}

// User is one user ID. [IPMI 2.0 §6.9, §22.26]
type User struct {
	ID        uint8  `yaml:"id" range:"1..63" profile:"key"`           // user ID
	Name      string `yaml:"name" length:"0..16"`                      // at most 16 bytes; user 1 has none
	FixedName bool   `yaml:"fixed_name"`                               // Set User Name is refused
	Password  string `yaml:"password" length:"0..20" profile:"secret"` // at most 20 bytes; more than 16: stored as a 20-byte password
	// PasswordSize as stored: 16 or 20; 0: the shorter that fits.
	PasswordSize int   `yaml:"password_size"`
	Enabled      *bool `yaml:"enabled" default:"true"` // the user may log in
	// Privilege on every channel that has sessions, unless channels says otherwise.
	Privilege ipmb.Privilege `yaml:"privilege" words:"callback user operator administrator oem no-access" profile:"required"`
	// Channels where the user's standing is another.
	Channels []UserAccess `yaml:"channels"`
}

// UserAccess is a user's standing on one channel. [IPMI 2.0 §22.26]
type UserAccess struct {
	Number       uint8          `yaml:"number" profile:"key"`                                                 // of the channel
	Privilege    ipmb.Privilege `yaml:"privilege" words:"callback user operator administrator oem no-access"` // on this channel; absent: as on the others
	Messaging    *bool          `yaml:"messaging" default:"true"`                                             // IPMI messaging
	LinkAuth     bool           `yaml:"link_auth"`                                                            // may be used for link authentication (PPP)
	CallbackOnly bool           `yaml:"callback_only"`                                                        // only after a callback
	SessionLimit uint8          `yaml:"session_limit" range:"0..15"`                                          // simultaneous sessions, 0: no limit
	SOL          *bool          `yaml:"sol" default:"true"`                                                   // SOL payload
}

// SlotAccess is the standing of a user ID that nobody uses, on all channels that have sessions. [IPMI 2.0 §22.27]
type SlotAccess struct {
	Messaging *bool `yaml:"messaging" default:"true"` // IPMI messaging
	LinkAuth  bool  `yaml:"link_auth"`                // may be used for link authentication (PPP)
}

// Commands changes the command table for this machine.
type Commands struct {
	// Off has names or numbers ("06h/52h") of commands that the machine lacks: C1h.
	Off []string `yaml:"off"`
	// Remote has names or numbers of commands that the machine takes over sessions, and the specification only from the
	// system interface and the IPMB.
	Remote []string `yaml:"remote"`
}
