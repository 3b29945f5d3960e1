package fault

import (
	"fmt"
)

// Word is a word of the vocabulary, the number it stands for, and what it means.
type Word struct {
	Name    string
	Value   uint8
	Meaning string
}

// nameOf is the word of a value, or its number.
func nameOf(words []Word, value uint8) string {
	for _, w := range words {
		if w.Value == value {
			return w.Name
		}
	}
	return fmt.Sprintf("0x%02x", value)
}

// Point is a place that messages pass and where faults apply.
type Point uint8

// Points.
const (
	DatagramIn Point = 1 + iota
	Session
	Request
	Response
	DatagramOut
	Device
	Machine
	PayloadIn
	points // behind the last
)

// Points are the words of Rule.At.
var Points = []Word{
	{"datagram-in", uint8(DatagramIn), "a datagram came in, nobody has looked at it"},
	{"session", uint8(Session), "the session layer answers a set-up message, or seals a packet of a session"},
	{"request", uint8(Request), "a request reaches the command table"},
	{"response", uint8(Response), "a command has run and its response leaves the command table"},
	{"datagram-out", uint8(DatagramOut), "a datagram leaves, sealed"},
	{"device", uint8(Device), "the controller uses an I2C device, a sensor, the SEL, the SDR repository or a FRU device"},
	{"machine", uint8(Machine), "the machine starts, resets, comes back, updates its firmware, gets another time, or switches its host"},
	{"payload-in", uint8(PayloadIn), "a payload other than an IPMI message came in over a session, decrypted: Serial over LAN"},
}

// String is the point's word.
func (p Point) String() string { return nameOf(Points, uint8(p)) }

// Interface is where a message came from.
type Interface uint8

// Interfaces.
const (
	LAN Interface = 1 + iota
	System
	IPMB
	Serial
)

// Interfaces are the words of When.Interface.
var Interfaces = []Word{
	{"lan", uint8(LAN), "a LAN channel"},
	{"system", uint8(System), "the host's system interface"},
	{"ipmb", uint8(IPMB), "another controller on the IPMB"},
	{"serial", uint8(Serial), "the serial connector, in Basic Mode"},
}

// String is the word.
func (i Interface) String() string { return nameOf(Interfaces, uint8(i)) }

// Generation is the kind of session that a message belongs to.
type Generation uint8

// Generations.
const (
	Outside Generation = 1 + iota
	V15
	RMCPPlus
	OutsideV15
	OutsideRMCPPlus
)

// Generations are the words of When.Session.
var Generations = []Word{
	{"none", uint8(Outside), "outside of any session; set-up messages are"},
	{"v1.5", uint8(V15), "a session of IPMI v1.5"},
	{"rmcp+", uint8(RMCPPlus), "a session of IPMI v2.0"},
	{"none-v1.5", uint8(OutsideV15), "outside of any session, in a packet as IPMI v1.5 has them"},
	{"none-rmcp+", uint8(OutsideRMCPPlus), "outside of any session, in an RMCP+ packet; not set-up"},
}

// String is the word.
func (g Generation) String() string { return nameOf(Generations, uint8(g)) }

// outside reports whether the word is about messages outside of a session.
func (g Generation) outside() bool { return g == Outside || g == OutsideV15 || g == OutsideRMCPPlus }

// Payload is an RMCP+ payload type. [IPMI 2.0 §13.27.3, Table 13-16]
type Payload uint8

const (
	payloadIPMI               Payload = 0x00
	payloadOpenSessionRequest Payload = 0x10
)

// Payloads are the words of When.Payload.
var Payloads = []Word{
	{"ipmi", 0x00, "an IPMI message"},
	{"sol", 0x01, "Serial over LAN"},
	{"oem-explicit", 0x02, "named by an enterprise number"},
	{"open-session-request", 0x10, "set-up, from the console"},
	{"open-session-response", 0x11, "set-up, to the console"},
	{"rakp-1", 0x12, "set-up, from the console"},
	{"rakp-2", 0x13, "set-up, to the console"},
	{"rakp-3", 0x14, "set-up, from the console"},
	{"rakp-4", 0x15, "set-up, to the console"},
}

// String is the word.
func (p Payload) String() string { return nameOf(Payloads, uint8(p)) }

// Step is a set-up message of RMCP+ that came from a console. [IPMI 2.0 §13.15]
type Step uint8

// Steps.
const (
	OpenSession Step = 1 + iota
	RAKP1
	RAKP3
)

// Steps are the words of When.Step.
var Steps = []Word{
	{"open-session", uint8(OpenSession), "Open Session Request, and its answer"},
	{"rakp-1", uint8(RAKP1), "RAKP Message 1, and its answer RAKP Message 2"},
	{"rakp-3", uint8(RAKP3), "RAKP Message 3, and its answer RAKP Message 4"},
}

// String is the word.
func (s Step) String() string { return nameOf(Steps, uint8(s)) }

// Class is the message class of the RMCP header. [IPMI 2.0 §13.1.3]
type Class uint8

// Classes.
const (
	IPMI Class = 1 + iota
	ASF
)

// Classes are the words of When.Class.
var Classes = []Word{
	{"ipmi", uint8(IPMI), "IPMI"},
	{"asf", uint8(ASF), "ASF: presence ping and pong"},
}

// String is the word.
func (c Class) String() string { return nameOf(Classes, uint8(c)) }

// Part is a part of the machine that the controller uses.
type Part uint8

// Parts.
const (
	PartI2C Part = 1 + iota
	PartSensor
	PartSEL
	PartSDR
	PartFRU
)

// Parts are the words of When.Part.
var Parts = []Word{
	{"i2c", uint8(PartI2C), "an I2C device"},
	{"sensor", uint8(PartSensor), "a sensor"},
	{"sel", uint8(PartSEL), "the system event log"},
	{"sdr", uint8(PartSDR), "a sensor data record, of the repository or of the device"},
	{"fru", uint8(PartFRU), "a FRU inventory device"},
}

// String is the word.
func (p Part) String() string { return nameOf(Parts, uint8(p)) }

// Operation is what is done with a part.
type Operation uint8

// Operations.
const (
	Read Operation = 1 + iota
	Write
	Add
)

// Operations are the words of When.Operation.
var Operations = []Word{
	{"read", uint8(Read), "something is read"},
	{"write", uint8(Write), "something is written"},
	{"add", uint8(Add), "a record is added"},
}

// String is the word.
func (o Operation) String() string { return nameOf(Operations, uint8(o)) }

// Power is whether the host is on.
type Power uint8

// Power states.
const (
	On Power = 1 + iota
	Off
)

// Powers are the words of When.Power.
var Powers = []Word{
	{"on", uint8(On), "the host is on"},
	{"off", uint8(Off), "the host is off"},
}

// String is the word.
func (p Power) String() string { return nameOf(Powers, uint8(p)) }

// Event is something that happens to the machine.
type Event uint8

// Events.
const (
	Started Event = 1 + iota
	ColdReset
	WarmReset
	PowerOn
	PowerOff
	HostReset
	Back
	Update
	ClockSet
)

// Events are the words of When.Event.
var Events = []Word{
	{"start", uint8(Started), "the machine begins"},
	{"cold-reset", uint8(ColdReset), "the controller resets and forgets what is volatile"},
	{"warm-reset", uint8(WarmReset), "the controller resets its communication"},
	{"power-on", uint8(PowerOn), "the host goes on"},
	{"power-off", uint8(PowerOff), "the host goes off"},
	{"host-reset", uint8(HostReset), "the host resets"},
	{"back", uint8(Back), "the controller is there again, after a reset or an absence"},
	{"update", uint8(Update), "an update of the controller's firmware begins"},
	{"clock-set", uint8(ClockSet), "somebody sets the controller's clock"},
}

// String is the word.
func (e Event) String() string { return nameOf(Events, uint8(e)) }

// Per is what a rule's matches are counted by.
type Per uint8

// What matches are counted by.
const (
	PerPeer Per = 1 + iota
	PerSession
	PerMessage
)

// Pers are the words of Hits.Per.
var Pers = []Word{
	{"peer", uint8(PerPeer), "each address and port counts by itself"},
	{"session", uint8(PerSession), "each session counts by itself"},
	{"message", uint8(PerMessage), "each command with its data counts by itself"},
}

// String is the word.
func (p Per) String() string { return nameOf(Pers, uint8(p)) }
