package profiles

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Clock is the controller's clock: of the system event log and of the SDR repository. [IPMI 2.0 §31.10, §33.17, §37]
type Clock struct {
	// Start is what the clock says when the machine starts: "now", a time like 2019-03-01T12:00:00Z, or "unset" for a
	// clock without battery, which counts seconds from 0 until somebody sets it.
	Start ClockStart `yaml:"start" default:"now"`
	// Rate is the number of seconds that the clock counts in a second. 0 stops it.
	Rate float64 `yaml:"rate" default:"1" range:"0..100000"`
	// UTCOffset in minutes that the clock is ahead of UTC; absent: unspecified. [IPMI 2.0 §31.11a]
	UTCOffset *int16 `yaml:"utc_offset" range:"-1440..1440"`
	// Mirrored: Set SEL Time takes its time away from the machine's instead of adding the difference, so that the clock
	// then says twice the machine's time less what was set.
	Mirrored bool `yaml:"mirrored"`
	// LogChanges: Set SEL Time logs a pair of Timestamp Clock Synch events. [IPMI 2.0 §42.2, sensor type 12h]
	LogChanges bool `yaml:"log_changes"`
}

// ClockStart is "now", "unset", or a time in the form of RFC 3339. The empty text is now.
type ClockStart string

// ClockUnset is a clock that nobody has set.
const ClockUnset ClockStart = "unset"

// UnmarshalText reads one of the three.
func (s *ClockStart) UnmarshalText(text []byte) error {
	*s = ClockStart(text)
	if *s == "now" || *s == ClockUnset {
		return nil
	}
	if at, err := time.Parse(time.RFC3339, string(text)); err != nil || at.Unix() < 0 || at.Unix() >= 1<<32-1 {
		return errors.New(`expected "now", "unset" or a time of 32 bits, like "2019-03-01T12:00:00Z"`)
	}
	return nil
}

// MarshalText writes the text.
func (s ClockStart) MarshalText() ([]byte, error) { return []byte(s), nil }

// Time is the time that is meant, and false for now and unset.
func (s ClockStart) Time() (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, string(s))
	return at, err == nil
}

// SEL is the system event log. [IPMI 2.0 §31]
type SEL struct {
	Capacity int    `yaml:"capacity" default:"512" range:"16..65534"` // entries
	Unit     uint16 `yaml:"unit" default:"16" range:"16..1024"`       // bytes of storage that an entry takes
	// Full is what happens to an event when the log is full. [IPMI 2.0 §31.2, §17.5]
	Full LogPolicy `yaml:"full" default:"stop"`
	// Erase is how long Clear SEL takes; meanwhile most commands answer 81h.
	Erase Duration `yaml:"erase" default:"0s"`
	// Operations that Get SEL Info claims, and that exist.
	Operations []LogOperation `yaml:"operations" default:"[allocation, reserve, partial-add, delete]"`
	// Reservations says which reservation IDs are good where one is needed. [IPMI 2.0 §31.4.1]
	Reservations ReservationCheck `yaml:"reservations" default:"strict"`
	// KeepTypes are record types that Delete SEL Entry refuses with 80h.
	KeepTypes []uint8 `yaml:"keep_types"`
	// AlmostFull is the percentage of use at which the Event Logging Disabled sensor reports "almost full"; 0: never.
	// [IPMI 2.0 §42.2, sensor type 10h]
	AlmostFull uint8 `yaml:"almost_full" range:"0..100"`
	// FromZero: the first entry of an empty log has the record ID 0000h, by which the specification asks for the first one.
	FromZero bool `yaml:"from_zero"`
	// Filled: the log is full when the machine starts, and events have been lost: its entries come again and again, until
	// there is no more room.
	Filled bool `yaml:"filled"`
	// Cleared: Clear SEL leaves the event "log area reset/cleared" behind.
	Cleared bool `yaml:"cleared"`
	// Sensor is the number of the Event Logging Disabled sensor.
	Sensor uint8 `yaml:"sensor" default:"0x10" profile:"hex"`
	// AuxiliaryLogs that Get and Set Auxiliary Log Status know. [IPMI 2.0 §31.12]
	AuxiliaryLogs []AuxiliaryLog `yaml:"auxiliary_logs"`
	// Entries that are in the log when the machine starts, oldest first.
	Entries []SELEntry `yaml:"entries"`
}

// SELEntry is an entry that is in the log when the machine starts: an event, or 16 bytes as they are. [IPMI 2.0 §32]
type SELEntry struct {
	Ago        Duration `yaml:"ago" default:"0s"`                        // before the start, by the controller's clock
	Generator  HexBytes `yaml:"generator" default:"20 00" length:"2"`    // generator ID, two bytes
	SensorType uint8    `yaml:"sensor_type" profile:"hex"`               // [IPMI 2.0 §42.2]
	Sensor     uint8    `yaml:"sensor" profile:"hex"`                    // its number
	EventType  uint8    `yaml:"event_type" range:"0..127" profile:"hex"` // event/reading type code [IPMI 2.0 §42.1]
	Deassert   bool     `yaml:"deassert"`                                // the event is a deassertion
	Data       HexBytes `yaml:"data" default:"ff ff ff" length:"1..3"`   // event data, missing bytes are FFh
	Record     HexBytes `yaml:"record" length:"0,16"`                    // instead of the others: the whole record; ID 0000h is replaced
}

// PEF is platform event filtering. [IPMI 2.0 §17, §30]
type PEF struct {
	Enabled       bool `yaml:"enabled"`        // parameter 1: events are filtered
	EventMessages bool `yaml:"event_messages"` // parameter 1: actions generate events themselves
	// StartupDelay postpones power actions after the host was started or reset at its front panel or by PEF; 0s:
	// disabled. Whole seconds. Parameters 1 and 3.
	StartupDelay Duration `yaml:"startup_delay" default:"0s"`
	// AlertStartupDelay postpones alerts after each start and reset of the host; 0s: disabled. Whole seconds. Parameters
	// 1 and 4.
	AlertStartupDelay Duration `yaml:"alert_startup_delay" default:"0s"`
	// Actions that the controller can take; oem does nothing.
	Actions []PEFAction `yaml:"actions" default:"[alert, power-down, reset, power-cycle, diagnostic-interrupt]"`
	// EnabledActions at start, parameter 2; absent: all of them.
	EnabledActions []PEFAction `yaml:"enabled_actions"`
	// FilterSlots is the number of event filters, parameter 5.
	FilterSlots int `yaml:"filter_slots" default:"16" range:"0..127"`
	// Filters by number. Slots that are not listed are disabled and match nothing.
	Filters []PEFFilter `yaml:"filters"`
	// PolicySlots is the number of alert policy entries, parameter 8.
	PolicySlots int `yaml:"policy_slots" default:"16" range:"0..127"`
	// Policies are the alert policy table's entries by number.
	Policies []AlertPolicy `yaml:"policies"`
	// Strings is the number of alert strings, parameter 11. String 0, the volatile one, is not counted.
	Strings uint8 `yaml:"strings" default:"8" range:"0..127"`
	// StringBlocks of 16 bytes in each alert string.
	StringBlocks int `yaml:"string_blocks" default:"4" range:"1..15"`
	// GroupControls is the number of group control table entries, parameter 14; 0: none, and no parameters 14 and 15. The
	// table is stored: there is no ICMB over which the controller could control a group.
	GroupControls uint8 `yaml:"group_controls" range:"0..8"`
	// NoEventParameters: Alert Immediate refuses platform event parameters with 83h. [IPMI 2.0 §30.7]
	NoEventParameters bool `yaml:"no_event_parameters"`
	// TrapPort is the UDP port of alert destinations. No configuration parameter has it.
	TrapPort uint16 `yaml:"trap_port" default:"162" range:"1..65535"`
	// Sensor is the number of the System Event sensor in whose name actions are reported.
	Sensor uint8 `yaml:"sensor" default:"0x12" profile:"hex"`
	// Parameters have further values at start by number. OEM parameters (96-127) exist when they are listed here.
	Parameters []Parameter `yaml:"parameters"`
}

// PEFFilter is an event filter. [IPMI 2.0 §17.7, Table 17-2]
type PEFFilter struct {
	Number     uint8       `yaml:"number" range:"1..127" profile:"key"`      // of the filter
	Enabled    *bool       `yaml:"enabled" default:"true"`                   // the filter is used
	Fixed      bool        `yaml:"fixed"`                                    // preconfigured by the manufacturer
	Actions    []PEFAction `yaml:"actions"`                                  // what a match does
	Policy     uint8       `yaml:"policy" range:"0..15"`                     // alert policy number
	Severity   Severity    `yaml:"severity"`                                 // of the trap
	Generator  HexBytes    `yaml:"generator" default:"ff ff" length:"2"`     // generator ID, FFh matches any
	SensorType uint8       `yaml:"sensor_type" default:"0xff" profile:"hex"` // FFh: any
	Sensor     uint8       `yaml:"sensor" default:"0xff" profile:"hex"`      // FFh: any
	EventType  uint8       `yaml:"event_type" default:"0xff" profile:"hex"`  // event/reading type and direction (80h: deassertion), FFh: any
	Offsets    []uint8     `yaml:"offsets" range:"0..15" length:"0..16"`     // event offsets that match; absent: all
	Data       HexBytes    `yaml:"data" length:"0,9"`                        // AND mask, compare 1, compare 2 of event data 1 to 3; none: any
}

// AlertPolicy is an entry of the alert policy table. [IPMI 2.0 §17.11, Table 17-4]
type AlertPolicy struct {
	Number      uint8      `yaml:"number" range:"1..127" profile:"key"` // of the entry
	Policy      uint8      `yaml:"policy" range:"1..15"`                // policy number
	Enabled     *bool      `yaml:"enabled" default:"true"`              // the entry is used
	When        PolicyRule `yaml:"when" default:"always"`               // depending on the entry before
	Channel     uint8      `yaml:"channel" range:"0..15"`               // over which the alert goes
	Destination uint8      `yaml:"destination" range:"0..15"`           // destination selector
	String      uint8      `yaml:"string" profile:"hex"`                // alert string key, 80h: event-specific, 00h none
}

// LogPolicy is what happens to an event when the log is full.
type LogPolicy uint8

// Policies of a full log.
const (
	LogStops LogPolicy = iota // the event is not logged, and the overflow flag is set
	LogRings                  // the oldest entry goes
)

var logPolicyWords = []word{{"stop", uint8(LogStops)}, {"ring", uint8(LogRings)}}

// String is the word of profiles.
func (p LogPolicy) String() string { return nameOf(logPolicyWords, p) }

// ReservationCheck says which reservation IDs the log takes.
type ReservationCheck uint8

// Checks of reservations.
const (
	// ReservationStrict takes the one that is out, as the specification wants it. On a machine with the section dcmi
	// 0000h is good as well, for the log and for the SDR repository. [DCMI §6.3.2.1, §6.5.3.1]
	ReservationStrict ReservationCheck = iota
	// ReservationZero takes 0000h as well. [DCMI §6.3.2.1]
	ReservationZero
	// ReservationAny takes every ID, as some firmware does: bmclib (with go-ipmi 0.8.3) clears with 4321h, and reserves
	// nothing.
	ReservationAny
)

var reservationWords = []word{{"strict", uint8(ReservationStrict)}, {"zero", uint8(ReservationZero)}, {"any", uint8(ReservationAny)}}

// String is the word of profiles.
func (r ReservationCheck) String() string { return nameOf(reservationWords, r) }

// LogOperation is an optional command of the log as a bit of Get SEL Info. [IPMI 2.0 §31.2]
type LogOperation uint8

// Operations.
const (
	LogAllocation LogOperation = 1 << iota
	LogReserve
	LogPartialAdd
	LogDelete
)

var logOperationWords = []word{
	{"allocation", uint8(LogAllocation)},
	{"reserve", uint8(LogReserve)},
	{"partial-add", uint8(LogPartialAdd)},
	{"delete", uint8(LogDelete)},
}

// String is the word of profiles.
func (o LogOperation) String() string { return nameOf(logOperationWords, o) }

// AuxiliaryLog is a log beside the SEL. [IPMI 2.0 §31.12]
type AuxiliaryLog uint8

// Auxiliary logs.
const (
	AuxiliaryMCA AuxiliaryLog = iota
	AuxiliaryOEM1
	AuxiliaryOEM2
)

var auxiliaryLogWords = []word{{"mca", uint8(AuxiliaryMCA)}, {"oem1", uint8(AuxiliaryOEM1)}, {"oem2", uint8(AuxiliaryOEM2)}}

// String is the word of profiles.
func (l AuxiliaryLog) String() string { return nameOf(auxiliaryLogWords, l) }

// PEFAction is an action of an event filter as a bit. [IPMI 2.0 §17.7, byte 2]
type PEFAction uint8

// Actions.
const (
	PEFAlert PEFAction = 1 << iota
	PEFPowerDown
	PEFReset
	PEFPowerCycle
	PEFOEM
	PEFDiagnosticInterrupt
)

var pefActionWords = []word{
	{"alert", uint8(PEFAlert)},
	{"power-down", uint8(PEFPowerDown)},
	{"reset", uint8(PEFReset)},
	{"power-cycle", uint8(PEFPowerCycle)},
	{"oem", uint8(PEFOEM)},
	{"diagnostic-interrupt", uint8(PEFDiagnosticInterrupt)},
}

// String is the word of profiles.
func (a PEFAction) String() string { return nameOf(pefActionWords, a) }

// Severity of an event. [IPMI 2.0 §17.7, byte 4]
type Severity uint8

// Severities.
const (
	SeverityUnspecified    Severity = 0x00
	SeverityMonitor        Severity = 0x01
	SeverityInformation    Severity = 0x02
	SeverityOK             Severity = 0x04
	SeverityNonCritical    Severity = 0x08
	SeverityCritical       Severity = 0x10
	SeverityNonRecoverable Severity = 0x20
)

var severityWords = []word{
	{"unspecified", uint8(SeverityUnspecified)},
	{"monitor", uint8(SeverityMonitor)},
	{"information", uint8(SeverityInformation)},
	{"ok", uint8(SeverityOK)},
	{"non-critical", uint8(SeverityNonCritical)},
	{"critical", uint8(SeverityCritical)},
	{"non-recoverable", uint8(SeverityNonRecoverable)},
}

// String is the word of profiles.
func (s Severity) String() string { return nameOf(severityWords, s) }

// PolicyRule says when a policy entry sends: always, or only if the alert to the destination before was not successful,
// and what happens else. [IPMI 2.0 §17.11, Table 17-4]
type PolicyRule uint8

// Rules.
const (
	PolicyAlways       PolicyRule = iota
	PolicySkip                    // else: the next entry
	PolicyStop                    // else: no more entries
	PolicyOtherChannel            // else: the next entry on another channel
	PolicyOtherType               // else: the next entry with another type of destination
)

var policyRuleWords = []word{
	{"always", uint8(PolicyAlways)},
	{"skip", uint8(PolicySkip)},
	{"stop", uint8(PolicyStop)},
	{"other-channel", uint8(PolicyOtherChannel)},
	{"other-type", uint8(PolicyOtherType)},
}

// String is the word of profiles.
func (r PolicyRule) String() string { return nameOf(policyRuleWords, r) }

// events checks what must fit together in the sections of this file.
func (c *checker) events(p *Profile) {
	if len(p.SEL.Entries) > p.SEL.Capacity {
		c.add("sel.entries", "%d entries are more than the capacity (%d)", len(p.SEL.Entries), p.SEL.Capacity)
	}
	for _, d := range []struct {
		path string
		span Duration
	}{{"pef.startup_delay", p.PEF.StartupDelay}, {"pef.alert_startup_delay", p.PEF.AlertStartupDelay}} {
		if t := d.span.Std(); t%time.Second != 0 || t > 255*time.Second {
			c.add(d.path, "expected whole seconds, at most 255s")
		}
	}
	for i, f := range p.PEF.Filters {
		path := fmt.Sprintf("pef.filters[%d]", i)
		if int(f.Number) > p.PEF.FilterSlots {
			c.add(path+".number", "%d is beyond filter_slots (%d)", f.Number, p.PEF.FilterSlots)
		}
		for _, a := range f.Actions {
			if !slices.Contains(p.PEF.Actions, a) {
				c.add(path+".actions", "%v is not one of pef.actions", a)
			}
		}
		if slices.Contains(f.Actions, PEFAlert) && f.Policy == 0 {
			c.add(path+".policy", "an alert needs a policy number, 1 to 15")
		}
	}
	for i, e := range p.PEF.Policies {
		path := fmt.Sprintf("pef.policies[%d]", i)
		if int(e.Number) > p.PEF.PolicySlots {
			c.add(path+".number", "%d is beyond policy_slots (%d)", e.Number, p.PEF.PolicySlots)
		}
		if !slices.ContainsFunc(p.Channels, func(ch Channel) bool { return ch.Number == e.Channel }) {
			c.add(path+".channel", "%d is none of the machine's channels", e.Channel)
		}
	}
}
