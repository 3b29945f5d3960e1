// Package fault says what goes wrong on purpose: where, when, how often, and how.
//
// A fault is data, a [Rule]: a point that messages pass, conditions, counts, and an action. The package is pure: it is
// given a point and facts about what passes there, and says what to do. Whoever owns the point does it, so that no other
// code sees or changes a message: the session layer for datagrams, set-up and packets, the machine for requests,
// responses and itself, the parts for devices.
//
// Rules are asked in their order and all that hit act together. Hits are counted first and drawn second. The draws of a
// rule come from a stream that its seed and its name alone decide: with the same seed and the same messages the same
// things go wrong, and another rule more or less changes nothing about that.
package fault

import "github.com/fakebmc/fakebmc/ipmb"

// Rule is one fault: where it applies, when, how often, and what it does.
type Rule struct {
	// Name of the rule in logs, metrics and reports.
	Name string `yaml:"name" profile:"key" length:"1..96"`
	// At is the point where it applies.
	At Point `yaml:"at" profile:"required"`
	// When has the conditions that must all hold. None: always.
	When When `yaml:"when"`
	// Hits says which of the matches are hit. Absent: all.
	Hits Hits `yaml:"hits"`
	// Scenario makes the rule wait for a state, and change it.
	Scenario *Scenario `yaml:"scenario"`
	// Seed of the rule's draws. 0: that of all the rules.
	Seed uint64 `yaml:"seed"`
	// Do is what goes wrong: a word for an action without parameters, or a mapping.
	Do Do `yaml:"do" profile:"required"`
}

// When has the conditions of a rule.
type When struct {
	Command   Names          `yaml:"command"`                                                    // names, or numbers like "06h/01h", with spaces between them
	LUN       *uint8         `yaml:"lun" range:"0..3"`                                           // the controller's LUN that the request is for
	NetFn     *uint8         `yaml:"netfn" range:"0..62" profile:"hex"`                          // network function of the request
	Data      Pattern        `yaml:"data"`                                                       // the request's data, the set-up message, another payload, or a whole message that no request asked for begins so; ? is any digit: "00 ?? 4?"
	Fields    []Field        `yaml:"fields"`                                                     // numbers inside the request's data
	MinLength uint16         `yaml:"min_length" range:"0..1024"`                                 // the request's data has at least so many bytes
	MaxLength *uint16        `yaml:"max_length" range:"0..1024"`                                 // the request's data has at most so many bytes
	Answer    Pattern        `yaml:"answer"`                                                     // the response begins so, completion code first
	Code      *Code          `yaml:"completion_code"`                                            // of the response
	Failed    *bool          `yaml:"failed"`                                                     // the response has a completion code that is not 00h
	Satellite string         `yaml:"satellite"`                                                  // by its name: the rule is about this controller behind the BMC, and not about the BMC
	Channel   *uint8         `yaml:"channel" range:"0..15"`                                      // that the message came over; at the point device the one whose bus it is
	Interface Interface      `yaml:"interface"`                                                  // lan, system, ipmb or serial
	User      *string        `yaml:"user"`                                                       // name of the session's user, "" for the null user
	Privilege ipmb.Privilege `yaml:"privilege" words:"callback user operator administrator oem"` // the session's operating level
	Session   Generation     `yaml:"session"`                                                    // kind of session, none for messages outside of one
	Suite     *uint8         `yaml:"cipher_suite" range:"0..19"`                                 // of the session, or of the login
	Payload   *Payload       `yaml:"payload"`                                                    // payload type of RMCP+; what v1.5 carries is ipmi
	Step      Step           `yaml:"step"`                                                       // set-up message of RMCP+ that came in
	Class     Class          `yaml:"class"`                                                      // ipmi or asf
	Part      Part           `yaml:"part"`                                                       // of the machine, at the point device
	Operation Operation      `yaml:"operation"`                                                  // on that part
	Bus       *uint8         `yaml:"bus"`                                                        // I2C bus
	Address   *uint8         `yaml:"address" range:"0..127" profile:"hex"`                       // I2C address, seven bits
	Device    string         `yaml:"device"`                                                     // I2C device, by its name
	Sensor    string         `yaml:"sensor"`                                                     // sensor, by its name
	FRU       *uint8         `yaml:"fru"`                                                        // FRU device ID
	Record    *uint16        `yaml:"record"`                                                     // record ID, of the SEL or of sensor data
	Content   Pattern        `yaml:"content"`                                                    // the SEL entry or sensor data record begins so
	Power     Power          `yaml:"power"`                                                      // the host's: on or off
	Event     Event          `yaml:"event"`                                                      // what happens to the machine, at the point machine
}

// Field is a number inside a request's data, least significant byte first, and its bounds.
type Field struct {
	At   int    `yaml:"at" profile:"required"`         // offset: byte 1 of the specification's tables is at 0; negative: from the end
	Size int    `yaml:"size" default:"1" range:"1..4"` // in bytes
	Mask uint32 `yaml:"mask"`                          // the bits that count; 0: all
	Plus *int   `yaml:"plus"`                          // offset of a second number of the same size, which is added
	Min  uint32 `yaml:"min"`                           // least value
	Max  uint32 `yaml:"max" default:"4294967295"`      // greatest value
}

// Hits says which of the matches of a rule are hit. What is given must all hold.
type Hits struct {
	After       uint64   `yaml:"after"`                    // so many matches pass before anything is counted
	First       uint64   `yaml:"first"`                    // only the first so many
	Nth         []uint64 `yaml:"nth" range:"1.."`          // only these, counted from 1
	Every       uint64   `yaml:"every"`                    // only every so manieth
	For         Span     `yaml:"for"`                      // only for this long from the first hit on
	Probability *float64 `yaml:"probability" range:"0..1"` // of those that are left, drawn
	Beyond      *Beyond  `yaml:"beyond"`                   // only what comes too fast
	Per         Per      `yaml:"per"`                      // what is counted by itself: each peer, session or message
}

// Beyond lets matches pass that come slowly enough.
type Beyond struct {
	Count  int  `yaml:"count" profile:"required" range:"0..64"` // so many matches pass
	Within Span `yaml:"within" profile:"required"`              // in any time that is so long
}

// Scenario lets rules follow one another: a scenario is in one state at a time, "start" at first. What passes meets the
// rules of the state in which it came; the state changes when all rules were asked.
type Scenario struct {
	Name string `yaml:"name" profile:"required" length:"1..64"` // of the scenario
	When string `yaml:"when" default:"start" length:"1..64"`    // the rule is asked in this state only
	Then string `yaml:"then"`                                   // its hit brings about this state
}

// startState is the state of a scenario that nothing has happened to.
const startState = "start"

// Do has the actions of a rule; they act together.
type Do struct {
	Action Act `yaml:"action" profile:"short"` // an action without parameters

	Delay     *Delay    `yaml:"delay"`                    // holds what passes: a duration, or a distribution
	Duplicate uint8     `yaml:"duplicate" range:"0..16"`  // so many copies more
	Reorder   *Reorder  `yaml:"reorder"`                  // lets so many later ones overtake
	Truncate  *int      `yaml:"truncate"`                 // leaves so many bytes; negative: takes so many away
	Extend    Pattern   `yaml:"extend" length:"0..1024"`  // bytes behind the end
	Replace   *Pattern  `yaml:"replace" length:"0..1024"` // bytes instead
	Patch     []Patch   `yaml:"patch"`                    // changes in places
	Corrupt   *Corrupt  `yaml:"corrupt"`                  // changes in drawn places
	From      Elsewhere `yaml:"from"`                     // the datagram comes from the wrong place

	Code   *Code    `yaml:"completion_code"`    // answers so; at the point request without running the command
	Run    *Run     `yaml:"run"`                // the command runs besides, or instead
	Refuse *Status  `yaml:"refuse"`             // answers a set-up message with this status
	Flaws  []Flaw   `yaml:"flaws"`              // mistakes in packets and key exchange
	Cancel []Store  `yaml:"cancel_reservation"` // cancels reservations before the command runs
	Any    []Store  `yaml:"any_reservation"`    // takes every reservation for right while the command runs
	LUN    *uint8   `yaml:"lun" range:"0..3"`   // runs the command as if the request were for this LUN
	Fail   Failure  `yaml:"fail"`               // of an I2C transfer
	Value  *float64 `yaml:"value"`              // of a sensor, instead of its own
	Noise  *float64 `yaml:"noise"`              // of a sensor: up to so much more or less, drawn
	Away   Span     `yaml:"away"`               // the controller answers nobody for this long
	Update Span     `yaml:"update"`             // the controller updates its firmware for this long, or until it is reset
	Clock  Span     `yaml:"clock"`              // the controller's clock jumps, back when it is negative
}

// Delay is how long something is held: one duration, or a draw from a distribution. Without median it is uniform from
// min to max; with one it is lognormal, inside of min and max.
type Delay struct {
	Fixed  Span    `yaml:"fixed" profile:"short"` // always this long
	Min    Span    `yaml:"min"`                   // at least this long
	Max    Span    `yaml:"max"`                   // at most this long
	Median Span    `yaml:"median"`                // of the lognormal distribution
	Spread float64 `yaml:"spread" range:"0..5"`   // its sigma: 0.5 is a busy network, 1 a bad one
}

// Reorder is how a datagram is held back.
type Reorder struct {
	Behind uint8 `yaml:"behind" default:"1" range:"1..16" profile:"short"` // datagrams that go first
	Within Span  `yaml:"within" default:"500ms"`                           // it goes after this at the latest
}

// Patch changes bytes in one place: offsets count from 0, from the end when negative. A place that is not there stays
// as it is.
type Patch struct {
	Area     Area    `yaml:"area"`                    // of a FRU inventory: offsets count inside of it
	At       int     `yaml:"at" profile:"required"`   // offset
	Set      Pattern `yaml:"set" length:"0..1024"`    // writes these; ? keeps a digit
	And      *uint8  `yaml:"and" profile:"hex"`       // keeps these bits of the byte
	Or       uint8   `yaml:"or" profile:"hex"`        // sets these
	Xor      uint8   `yaml:"xor" profile:"hex"`       // turns these over
	Insert   Pattern `yaml:"insert" length:"0..1024"` // puts these in front
	Remove   int     `yaml:"remove" range:"0..1024"`  // takes so many away
	Checksum bool    `yaml:"checksum"`                // makes the area's checksum right afterwards
}

// Run is a command that runs when nobody asks, with the data of the request that was hit.
type Run struct {
	After Span    `yaml:"after" profile:"short"` // so much later
	On    Event   `yaml:"on"`                    // when this happens to the machine
	Patch []Patch `yaml:"patch"`                 // changes of the data
}

// Corrupt changes bits or whole bytes in drawn places.
type Corrupt struct {
	Bits  int `yaml:"bits" range:"0..64"`    // so many bits
	Bytes int `yaml:"bytes" range:"0..64"`   // so many bytes
	From  int `yaml:"from" range:"0..65535"` // first place
	To    int `yaml:"to" range:"0..65535"`   // behind the last; 0: to the end
}
