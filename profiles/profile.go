// Package profiles describes machines: the YAML profile's Go types, its strict loader, its JSON Schema and the
// machines that are built into the binary.
//
// The structs here are the source of all three. A profile is data: it says what a machine is, never how a command
// works.
package profiles

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Profile is one machine.
type Profile struct {
	// Name of the profile, as `--profile` and `extends` use it.
	Name string `yaml:"profile"`
	// Description is one line for `fakebmc profiles list`.
	Description string `yaml:"description"`
	// Extends names the profile (embedded, or a file beside this one) that this one changes.
	Extends string `yaml:"extends"`
	// Seed of every random choice. 0: each start is different.
	Seed uint64 `yaml:"seed"`

	Device          Device          `yaml:"device"`
	System          System          `yaml:"system"`
	SystemInterface SystemInterface `yaml:"system_interface"`
	Sessions        Sessions        `yaml:"sessions"`
	Channels        []Channel       `yaml:"channels"`
	UserSlots       int             `yaml:"user_slots"` // user IDs 1 to this, at most 63
	Users           []User          `yaml:"users"`
	Commands        Commands        `yaml:"commands"`
}

// Device is the management controller's own identity. [IPMI 2.0 §20.1]
type Device struct {
	ID           uint8     `yaml:"id"`
	Revision     uint8     `yaml:"revision"`     // four bits
	DeviceSDRs   bool      `yaml:"device_sdrs"`  // the controller provides device SDRs
	Firmware     Firmware  `yaml:"firmware"`     // "major.minor": major 0-127, minor two decimal digits
	IPMIVersion  Version   `yaml:"ipmi_version"` // "2.0" or "1.5"
	Support      []Support `yaml:"support"`      // additional device support
	Manufacturer uint32    `yaml:"manufacturer"` // IANA enterprise number, 20 bits
	Product      uint16    `yaml:"product"`
	Auxiliary    HexBytes  `yaml:"auxiliary"`    // auxiliary firmware revision, four bytes or none
	GUID         *GUID     `yaml:"guid"`         // Get Device GUID; absent: the command answers C1h
	SelfTest     SelfTest  `yaml:"self_test"`    // Get Self Test Results
	ColdReset    Duration  `yaml:"cold_reset"`   // how long the controller is away after Cold Reset
	WarmReset    Duration  `yaml:"warm_reset"`   // how long it is away after Warm Reset
	EventBuffer  bool      `yaml:"event_buffer"` // has an event message buffer
}

// SelfTest is the outcome of the controller's self test. [IPMI 2.0 §20.4]
type SelfTest struct {
	Result uint8 `yaml:"result"` // 55h passed, 56h not implemented, 57h corrupted data, 58h fatal error, others device specific
	Detail uint8 `yaml:"detail"` // for 57h: bits of the inaccessible parts
}

// System is the server around the controller.
type System struct {
	GUID GUID       `yaml:"guid"` // Get System GUID and RAKP message 2, in the order of the wire
	Info SystemInfo `yaml:"info"`
	ASF  Presence   `yaml:"asf"`
	ACPI ACPI       `yaml:"acpi"`
}

// SystemInfo is what Get System Info Parameters reads before anyone writes. [IPMI 2.0 §22.14a]
type SystemInfo struct {
	FirmwareVersion string   `yaml:"firmware_version"`
	Name            string   `yaml:"name"`
	PrimaryOS       string   `yaml:"primary_os"`
	PresentOS       string   `yaml:"present_os"`
	PresentVersion  string   `yaml:"present_os_version"`
	BMCURL          string   `yaml:"bmc_url"`
	BaseOSURL       string   `yaml:"base_os_url"`
	ReadOnly        []string `yaml:"read_only"` // names of the parameters above that refuse writes with 82h
}

// Presence is what the ASF presence pong says. [ASF §3.2.4.3]
type Presence struct {
	Enterprise   uint32   `yaml:"enterprise"` // IANA number, 4542 (ASF) when there is no OEM capability
	OEM          HexBytes `yaml:"oem"`        // four bytes, OEM defined
	Entities     uint8    `yaml:"entities"`
	Interactions uint8    `yaml:"interactions"`
}

// ACPI is the power state that the controller reports before anyone sets it. [IPMI 2.0 §20.6]
type ACPI struct {
	System uint8 `yaml:"system"`
	Device uint8 `yaml:"device"`
}

// SystemInterface is the host's door to the controller. [IPMI 2.0 §22.9, §22.10]
type SystemInterface struct {
	Type           InterfaceType `yaml:"type"`    // kcs, smic, bt or ssif
	MaxIn          uint8         `yaml:"max_in"`  // largest request in bytes, FFh: 255 or more
	MaxOut         uint8         `yaml:"max_out"` // largest response in bytes (BT, SSIF)
	BT             BT            `yaml:"bt"`
	SSIF           SSIF          `yaml:"ssif"`
	SMSInterrupt   uint8         `yaml:"sms_interrupt"`   // Get Channel Info's interrupt assignment, FFh none [IPMI 2.0 §22.24]
	EventInterrupt uint8         `yaml:"event_interrupt"` // the same for the event message buffer
}

// BT has the numbers of Get BT Interface Capabilities. [IPMI 2.0 §22.10]
type BT struct {
	Outstanding uint8    `yaml:"outstanding"` // requests the controller can hold
	Timeout     Duration `yaml:"timeout"`     // request to response, whole seconds, at most 30 s
	Retries     uint8    `yaml:"retries"`
}

// SSIF has the numbers of Get System Interface Capabilities for SSIF. [IPMI 2.0 §22.9]
type SSIF struct {
	Transactions uint8 `yaml:"transactions"` // 0 single-part, 1 multi-part start and end, 2 with middle
	PEC          bool  `yaml:"pec"`
}

// Sessions are the limits of the session table. [IPMI 2.0 §6.12]
type Sessions struct {
	Slots      int      `yaml:"slots"`      // simultaneously active sessions; Get Session Info can say 63 at most
	Inactivity Duration `yaml:"inactivity"` // 60 s by the specification
	PerUser    bool     `yaml:"per_user"`   // Set User Access may set a session limit
}

// Channel is one of the controller's channels. [IPMI 2.0 §6.3]
type Channel struct {
	Number      uint8        `yaml:"number"`   // 0 primary IPMB, 1-Bh, Fh system interface
	Medium      Medium       `yaml:"medium"`   // Get Channel Info's medium type
	Protocol    Protocol     `yaml:"protocol"` // Get Channel Info's protocol type
	Sessions    SessionKind  `yaml:"sessions"` // session support
	Access      Access       `yaml:"access"`   // initial volatile and non-volatile access settings
	Modes       []AccessMode `yaml:"modes"`    // access modes that Set Channel Access takes
	Auth        ChannelAuth  `yaml:"auth"`     // IPMI v1.5 authentication types, by privilege
	Suites      []Suite      `yaml:"cipher_suites"`
	KG          HexBytes     `yaml:"kg"`        // 20 bytes, absent: one-key login
	KGLocked    bool         `yaml:"kg_locked"` // an OEM lock; standard KG cannot be locked
	Payloads    []uint8      `yaml:"payloads"`  // payload types offered on the channel, 0 and 1
	BadPassword BadPassword  `yaml:"bad_password"`
}

// Access is a channel's access settings. [IPMI 2.0 §22.22]
type Access struct {
	Mode             AccessMode     `yaml:"mode"`
	Privilege        ipmb.Privilege `yaml:"privilege"` // channel privilege level limit
	NoAlerting       bool           `yaml:"no_alerting"`
	NoPerMessageAuth bool           `yaml:"no_per_message_auth"`
	NoUserLevelAuth  bool           `yaml:"no_user_level_auth"`
}

// ChannelAuth lists the IPMI v1.5 authentication types enabled for each requested privilege. [IPMI 2.0 §23.2, LAN parameter 2]
type ChannelAuth struct {
	Callback      []AuthType `yaml:"callback"`
	User          []AuthType `yaml:"user"`
	Operator      []AuthType `yaml:"operator"`
	Administrator []AuthType `yaml:"administrator"`
	OEM           []AuthType `yaml:"oem"`
}

// Suite is one RMCP+ cipher suite of a channel: a number, or a number and its maximum privilege. [IPMI 2.0 §22.15.2, LAN parameter 24]
type Suite struct {
	ID        uint8          `yaml:"id"`
	Privilege ipmb.Privilege `yaml:"privilege"` // default administrator
}

// BadPassword is the bad password threshold of a channel. [IPMI 2.0 §23.2, LAN parameter 26]
type BadPassword struct {
	Threshold uint8    `yaml:"threshold"` // 0: off
	Reset     Duration `yaml:"reset"`     // attempt count reset interval, multiples of 10 s
	Lockout   Duration `yaml:"lockout"`   // user lockout interval, multiples of 10 s, 0: until enabled again
}

// User is one user ID. [IPMI 2.0 §6.9, §22.26]
type User struct {
	ID           uint8          `yaml:"id"`
	Name         string         `yaml:"name"` // at most 16 bytes; user 1 has none
	FixedName    bool           `yaml:"fixed_name"`
	Password     string         `yaml:"password"`      // at most 20 bytes; more than 16: stored as a 20-byte password
	PasswordSize int            `yaml:"password_size"` // 16 or 20; absent: the shorter that fits
	Enabled      *bool          `yaml:"enabled"`       // default true
	Privilege    ipmb.Privilege `yaml:"privilege"`     // on every channel that has sessions, unless channels say otherwise
	Channels     []UserAccess   `yaml:"channels"`
}

// UserAccess is a user's standing on one channel. [IPMI 2.0 §22.26]
type UserAccess struct {
	Number       uint8          `yaml:"number"`
	Privilege    ipmb.Privilege `yaml:"privilege"`
	Messaging    *bool          `yaml:"messaging"` // IPMI messaging, default true
	LinkAuth     bool           `yaml:"link_auth"`
	CallbackOnly bool           `yaml:"callback_only"`
	SessionLimit uint8          `yaml:"session_limit"` // 0: no limit
	SOL          *bool          `yaml:"sol"`           // SOL payload, default true
}

// Commands changes the command table for this machine.
type Commands struct {
	Off []string `yaml:"off"` // names or numbers ("06h/52h") of commands that the machine lacks: C1h
}

// Time-outs that a profile cannot leave out of sight.
const (
	DefaultInactivity = 60 * time.Second // [IPMI 2.0 §6.12.15]
	DefaultSlots      = 63               // [IPMI 2.0 §22.20] six bits
	DefaultUserSlots  = 10
)
