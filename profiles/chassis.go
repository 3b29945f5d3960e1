package profiles

import (
	"slices"
	"time"
)

// Power is how the host's power behaves. [IPMI 2.0 §28.3, §28.8, §28.9]
type Power struct {
	StartOff bool `yaml:"start_off"` // the host is off when the machine starts
	// PowerUp is the time from a command to the main supply's power good signal.
	PowerUp Duration `yaml:"power_up" default:"500ms"`
	// PowerDown is the time from a hard power down to the loss of power good.
	PowerDown Duration `yaml:"power_down" default:"200ms"`
	// Shutdown is the time that the operating system takes to shut down when it is asked to, and to power off.
	Shutdown Duration `yaml:"shutdown" default:"5s"`
	// IgnoreShutdown: the operating system hangs or does not listen, and a soft shutdown has no effect.
	IgnoreShutdown bool `yaml:"ignore_shutdown"`
	// CycleInterval is how long a power cycle keeps the host off: whole seconds up to 255. Less than 1 s is 1 s.
	CycleInterval Duration `yaml:"cycle_interval" default:"2s"`
	// Actions of Chassis Control that the machine has. Others answer CCh.
	Actions []PowerAction `yaml:"actions" default:"[power-down, power-up, power-cycle, hard-reset, diagnostic-interrupt, soft-shutdown]"`
	// Restore is what happens to the host when the mains return, until Set Power Restore Policy changes it.
	Restore RestorePolicy `yaml:"restore" default:"previous"`
	// RestorePolicies are the ones that Set Power Restore Policy takes.
	RestorePolicies []RestorePolicy `yaml:"restore_policies" default:"[always-off, previous, always-on]"`
	// RestoreDelay between the controller's start and the power up that the restore policy asks for.
	RestoreDelay Duration `yaml:"restore_delay" default:"0s"`
}

// Chassis is what the chassis around the host has. [IPMI 2.0 §28.1, §28.2]
type Chassis struct {
	Intrusion bool `yaml:"intrusion"` // has an intrusion sensor
	Lockout   bool `yaml:"lockout"`   // its front panel can be locked
	Interlock bool `yaml:"interlock"` // has a power interlock switch
	// SilentNMI: Get Chassis Capabilities does not tell of the diagnostic interrupt, though there is one.
	SilentNMI bool `yaml:"silent_nmi"`

	// Addresses on the primary IPMB; 00h: unspecified.
	FRU    uint8 `yaml:"fru" default:"0x20" profile:"hex"`    // of the FRU inventory
	SDR    uint8 `yaml:"sdr" default:"0x20" profile:"hex"`    // of the SDR repository
	SEL    uint8 `yaml:"sel" default:"0x20" profile:"hex"`    // of the system event log
	SM     uint8 `yaml:"sm" default:"0x20" profile:"hex"`     // of system management
	Bridge uint8 `yaml:"bridge" default:"0x20" profile:"hex"` // of the ICMB bridge
	// Fixed: Set Chassis Capabilities changes nothing, and as the specification has it says nothing.
	Fixed bool `yaml:"fixed"`
	// LockableButtons are those that Set Front Panel Button Enables can disable.
	LockableButtons []Button `yaml:"lockable_buttons" default:"[power, reset, diagnostic, standby]"`
	// TimedIdentifyOnly: Chassis Identify cannot be forced on for good.
	TimedIdentifyOnly bool `yaml:"timed_identify_only"`
	POH               POH  `yaml:"poh"` // power-on hours counter
}

// POH is the power-on hours counter. [IPMI 2.0 §28.14]
type POH struct {
	MinutesPerCount uint8  `yaml:"minutes_per_count" default:"60" range:"1..255"` // unit of the counter
	Count           uint32 `yaml:"count"`                                         // at the machine's start
}

// Boot is what stands behind the system boot options. [IPMI 2.0 §28.12]
type Boot struct {
	// MailboxBlocks of 16 bytes each in the boot initiator mailbox. The specification wants five at least.
	MailboxBlocks int `yaml:"mailbox_blocks" default:"5" range:"5..255"`
	// POST is the time from a start of the host to the moment when its firmware takes the boot flags: it remembers the
	// device, acknowledges, and takes the valid bit away unless the flags are persistent. 0s: there is no firmware, and
	// the flags stay until the controller's own rules clear them.
	POST Duration `yaml:"post" default:"0s"`
}

// Watchdog is the watchdog timer. [IPMI 2.0 §27]
type Watchdog struct {
	// Interrupts that the pre-timeout can raise. Others answer CCh.
	Interrupts []WatchdogInterrupt `yaml:"interrupts" default:"[smi, nmi, messaging]"`
	// Initial is what Get Watchdog Timer tells before anyone has set the timer: six bytes as Set Watchdog Timer has them.
	Initial HexBytes `yaml:"initial" length:"0,6"`
	// Sensor is the number of the watchdog 2 sensor, in whose name expirations are logged.
	Sensor uint8 `yaml:"sensor" default:"0x23" profile:"hex"`
}

// PowerAction is an action of Chassis Control. [IPMI 2.0 §28.3]
type PowerAction uint8

// Power actions.
const (
	PowerDown PowerAction = iota // force off
	PowerUp
	PowerCycle
	HardReset
	DiagnosticInterrupt // NMI
	SoftShutdown        // the operating system is asked to shut down
)

var powerActionWords = []word{
	{"power-down", uint8(PowerDown)},
	{"power-up", uint8(PowerUp)},
	{"power-cycle", uint8(PowerCycle)},
	{"hard-reset", uint8(HardReset)},
	{"diagnostic-interrupt", uint8(DiagnosticInterrupt)},
	{"soft-shutdown", uint8(SoftShutdown)},
}

// String is the word of profiles.
func (a PowerAction) String() string { return nameOf(powerActionWords, a) }

// RestorePolicy is what happens to the host when the mains return. [IPMI 2.0 §28.8]
type RestorePolicy uint8

// Restore policies.
const (
	RestoreOff      RestorePolicy = iota // stays off
	RestorePrevious                      // as it was
	RestoreOn                            // powers up
)

var restorePolicyWords = []word{
	{"always-off", uint8(RestoreOff)},
	{"previous", uint8(RestorePrevious)},
	{"always-on", uint8(RestoreOn)},
}

// String is the word of profiles.
func (r RestorePolicy) String() string { return nameOf(restorePolicyWords, r) }

// Button is a front panel button as a bit of Set Front Panel Button Enables. [IPMI 2.0 §28.6]
type Button uint8

// Buttons that can be disabled.
const (
	ButtonPower Button = 1 << iota
	ButtonReset
	ButtonDiagnostic // NMI
	ButtonStandby    // sleep
)

var buttonWords = []word{
	{"power", uint8(ButtonPower)},
	{"reset", uint8(ButtonReset)},
	{"diagnostic", uint8(ButtonDiagnostic)},
	{"standby", uint8(ButtonStandby)},
}

// String is the word of profiles.
func (b Button) String() string { return nameOf(buttonWords, b) }

// WatchdogInterrupt is a pre-timeout interrupt. [IPMI 2.0 §27.6, byte 2]
type WatchdogInterrupt uint8

// Pre-timeout interrupts.
const (
	InterruptNone WatchdogInterrupt = iota
	InterruptSMI
	InterruptNMI
	InterruptMessaging
)

var watchdogInterruptWords = []word{
	{"smi", uint8(InterruptSMI)},
	{"nmi", uint8(InterruptNMI)},
	{"messaging", uint8(InterruptMessaging)},
}

// String is the word of profiles.
func (i WatchdogInterrupt) String() string {
	if i == InterruptNone {
		return "none"
	}
	return nameOf(watchdogInterruptWords, i)
}

// power checks what must fit together in a power section.
func (c *checker) power(p *Power) {
	if d := p.CycleInterval.Std(); d%time.Second != 0 || d > 255*time.Second {
		c.add("power.cycle_interval", "expected whole seconds, at most 255s")
	}
	if len(p.RestorePolicies) > 0 && !slices.Contains(p.RestorePolicies, p.Restore) {
		c.add("power.restore", "%v is not one of restore_policies", p.Restore)
	}
}
