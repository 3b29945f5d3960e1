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

// Elsewhere is a place that a datagram should not come from.
type Elsewhere uint8

// Places that nobody asked.
const (
	OtherPort Elsewhere = 1 + iota
	OtherAddress
)

// Elsewheres are the words of Do.From.
var Elsewheres = []Word{
	{"other-port", uint8(OtherPort), "the right address and another port"},
	{"other-address", uint8(OtherAddress), "another address of the computer that the daemon runs on; there must be one"},
}

// Store is something with reservations.
type Store uint8

// Stores.
const (
	StoreSEL Store = 1 + iota
	StoreSDR
)

// Stores are the words of Do.Cancel.
var Stores = []Word{
	{"sel", uint8(StoreSEL), "the system event log"},
	{"sdr", uint8(StoreSDR), "the SDR repository"},
}

// Area is an area of a FRU inventory, by the place of its offset in the common header. [FRU §8]
type Area uint8

// Areas.
const (
	ChassisArea Area = 2 + iota
	BoardArea
	ProductArea
)

// Areas are the words of Patch.Area.
var Areas = []Word{
	{"chassis", uint8(ChassisArea), "the chassis info area"},
	{"board", uint8(BoardArea), "the board info area"},
	{"product", uint8(ProductArea), "the product info area"},
}

// Failure is how an I2C transfer fails.
type Failure uint8

// Failures.
const (
	NAK Failure = 1 + iota
	LostArbitration
	BusError
	TruncatedRead
)

// Failures are the words of Do.Fail.
var Failures = []Word{
	{"nak", uint8(NAK), "nobody acknowledges"},
	{"lost-arbitration", uint8(LostArbitration), "another master wins"},
	{"bus-error", uint8(BusError), "a line is stuck"},
	{"truncated-read", uint8(TruncatedRead), "the bus fails behind the first half of what is read"},
}

// Status is an RMCP+ status code. [IPMI 2.0 §13.24, Table 13-15]
type Status uint8

// Statuses are the words of Do.Refuse; numbers are possible, too.
var Statuses = []Word{
	{"insufficient-resources", 0x01, "insufficient resources to create a session"},
	{"invalid-session-id", 0x02, "invalid session ID"},
	{"invalid-payload-type", 0x03, "invalid payload type"},
	{"invalid-authentication-algorithm", 0x04, "invalid authentication algorithm"},
	{"invalid-integrity-algorithm", 0x05, "invalid integrity algorithm"},
	{"no-matching-authentication", 0x06, "no matching authentication payload"},
	{"no-matching-integrity", 0x07, "no matching integrity payload"},
	{"inactive-session-id", 0x08, "inactive session ID"},
	{"invalid-role", 0x09, "invalid role"},
	{"unauthorized-role", 0x0a, "unauthorized role or privilege level requested"},
	{"insufficient-resources-at-role", 0x0b, "insufficient resources to create a session at the requested role"},
	{"invalid-name-length", 0x0c, "invalid name length"},
	{"unauthorized-name", 0x0d, "unauthorized name"},
	{"unauthorized-guid", 0x0e, "unauthorized GUID"},
	{"invalid-integrity-check", 0x0f, "invalid integrity check value"},
	{"invalid-confidentiality-algorithm", 0x10, "invalid confidentiality algorithm"},
	{"no-cipher-suite", 0x11, "no cipher suite match with proposed security algorithms"},
	{"illegal-parameter", 0x12, "illegal or unrecognized parameter"},
}

// Flaw is a mistake that the session layer makes in packets, or in a login.
type Flaw uint8

// Flaws of packets: of the IPMI message, of its packet's header, of its trailer, of its encryption.
const (
	WrongChecksum1 Flaw = 1 + iota
	WrongChecksum2
	WrongRequesterSequence
	SameAddresses
	WrongSessionID
	ZeroSessionID
	StaleSequence
	RepeatedSequence
	SkippedSequence
	SequencePlusOne
	SwappedSequence
	WrongAuthCode
	BlankAuthCode
	NoAuthCode
	UnaskedAuthCode
	NewAuthCode
	LegacyPad
	WrongIntegrityPad
	ShortIntegrity
	WrongIV
	WrongPadding
	LongPadding
	IPMIPayload

	// Of a login; the session stays so.
	RoleOfOpenSession
	RoleLowNibble
	PaddedName
	CheckByIntegrity
	ShortPassword
	IntegrityBySIK
	AnyPassword
	AnySuite
	ZeroGUID
	RoleWithoutLookup
	ShortIntegrityOnly
	MessageAuthOff
	ZeroInbound
	OEMAuth
	OEMPassword
	flaws // behind the last
)

// Flaws are the words of Do.Flaws.
var Flaws = []Word{
	{"checksum-1", uint8(WrongChecksum1), "the first checksum of the IPMI message is wrong"},
	{"checksum-2", uint8(WrongChecksum2), "the second checksum of the IPMI message is wrong"},
	{"requester-sequence", uint8(WrongRequesterSequence), "the message's sequence number is not the request's"},
	{"same-addresses", uint8(SameAddresses), "requester and responder are not exchanged in the answer"},
	{"session-id", uint8(WrongSessionID), "the packet has another session's ID"},
	{"session-id-zero", uint8(ZeroSessionID), "the packet has the session ID 0"},
	{"sequence-stale", uint8(StaleSequence), "the packet's sequence number is far behind"},
	{"sequence-repeated", uint8(RepeatedSequence), "the packet has the sequence number of the one before it"},
	{"sequence-skipped", uint8(SkippedSequence), "a sequence number is left out"},
	{"sequence-plus-one", uint8(SequencePlusOne), "the packet's sequence number is one too high, the next one's is right"},
	{"sequence-swapped", uint8(SwappedSequence), "the packet's sequence number has the most significant byte first"},
	{"auth-code", uint8(WrongAuthCode), "the AuthCode is wrong"},
	{"auth-code-blank", uint8(BlankAuthCode), "the AuthCode is all zeros"},
	{"auth-code-missing", uint8(NoAuthCode), "the packet has no AuthCode though its request had one"},
	{"auth-code-unasked", uint8(UnaskedAuthCode), "the packet has an AuthCode though its request had none (v1.5)"},
	{"auth-code-new-password", uint8(NewAuthCode), "the AuthCode is made with the password that the user has now, not with that of the login (v1.5)"},
	{"legacy-pad", uint8(LegacyPad), "a v1.5 packet has a byte behind its message"},
	{"integrity-pad", uint8(WrongIntegrityPad), "the integrity pad has zeros instead of FFh, under a right AuthCode (RMCP+)"},
	{"integrity-pad-short", uint8(ShortIntegrity), "the integrity pad is reckoned without pad length and next header (RMCP+)"},
	{"iv", uint8(WrongIV), "the initialization vector is not the one that encrypted, under a right AuthCode (RMCP+)"},
	{"padding", uint8(WrongPadding), "the confidentiality pad counts wrongly (AES)"},
	{"padding-16", uint8(LongPadding), "the confidentiality pad has 16 bytes where none are needed (AES)"},
	{"payload-type", uint8(IPMIPayload), "the packet says that its payload is an IPMI message, whatever it is (RMCP+)"},
	{"role-of-open-session", uint8(RoleOfOpenSession), "login: the role has the level of the Open Session Request"},
	{"role-low-nibble", uint8(RoleLowNibble), "login: RAKP Message 3 is checked with the role's low four bits"},
	{"name-padded", uint8(PaddedName), "login: the user name counts as 16 bytes, filled up with zeros"},
	{"check-by-integrity", uint8(CheckByIntegrity), "login: RAKP Message 4 is checked with the integrity algorithm"},
	{"password-16", uint8(ShortPassword), "login: only 16 bytes of the password count with HMAC-MD5; and in IPMI v1.5, at the point request of Get Session Challenge"},
	{"integrity-by-sik", uint8(IntegrityBySIK), "login: AuthCodes of the session have the key SIK instead of K1"},
	{"any-password", uint8(AnyPassword), "login: RAKP Message 3 is not checked"},
	{"any-suite", uint8(AnySuite), "login: cipher suites that are off are taken as well, up to Administrator"},
	{"guid-zero", uint8(ZeroGUID), "login: the managed system's GUID is all zeros"},
	{"role-without-lookup", uint8(RoleWithoutLookup), "login: every code is computed without the role's bit for name-only lookup"},
	{"message-auth-off", uint8(MessageAuthOff), "login: packets without AuthCode are taken after Activate Session (v1.5)"},
	{"inbound-zero", uint8(ZeroInbound), "login: inbound sequence numbers begin with 0 after Activate Session (v1.5)"},
	{"oem-auth", uint8(OEMAuth), "login: authentication type OEM is taken as Supermicro's first controllers have it, at the point request of Get Session Challenge (v1.5)"},
	{"oem-auth-password", uint8(OEMPassword), "login: authentication type OEM is taken and is the password, as straight password is, at the point request of Get Session Challenge (v1.5)"},
	{"integrity-pad-short-only", uint8(ShortIntegrityOnly), "login: packets whose integrity pad is reckoned with pad length and next header are dropped (RMCP+)"},
}

// String is the flaw's word.
func (f Flaw) String() string { return nameOf(Flaws, uint8(f)) }

// ofLogin reports whether the flaw is one of RMCP+ set-up.
func (f Flaw) ofLogin() bool { return f >= RoleOfOpenSession && f < MessageAuthOff }

// ofActivation reports whether the flaw is one of Activate Session, with which v1.5 logs in.
func (f Flaw) ofActivation() bool { return f >= MessageAuthOff && f < OEMAuth }

// ofPacket reports whether the flaw is one of packets, and not of a login.
func (f Flaw) ofPacket() bool { return f < RoleOfOpenSession }

// ofChallenge reports whether Get Session Challenge can begin a login with the flaw.
func (f Flaw) ofChallenge() bool { return f == ShortPassword || f >= OEMAuth }

// Act is an action without parameters.
type Act uint8

// Actions without parameters.
const (
	Drop Act = 1 + iota
	EndSession
	TouchSDR
	TouchSDRErasure
	EmbedReply
	WordAccess
	Unavailable
	Lose
	Full
	ResetCold
	ResetWarm
	Pass
)

// Acts are the words of Do.Action.
var Acts = []Word{
	{"drop", uint8(Drop), "nothing goes on: no answer"},
	{"end-session", uint8(EndSession), "the session is over, as if it had expired, and nothing is answered"},
	{"touch-sdr", uint8(TouchSDR), "the SDR repository changes: its time stamp moves and reservations are canceled"},
	{"touch-sdr-erasure", uint8(TouchSDRErasure), "the SDR repository says that it was erased now, and keeps its records and reservations"},
	{"embed-reply", uint8(EmbedReply), "the answer to a bridged request is inside of Send Message's response, whatever the profile says"},
	{"word-access", uint8(WordAccess), "offsets and counts of the FRU commands are in words of two bytes, whatever the profile says"},
	{"unavailable", uint8(Unavailable), "the sensor has no reading, the record or inventory is not there"},
	{"lose", uint8(Lose), "the entry is lost, and nobody is told"},
	{"full", uint8(Full), "there is no room for the entry"},
	{"cold-reset", uint8(ResetCold), "the controller resets"},
	{"warm-reset", uint8(ResetWarm), "the controller resets its communication"},
	{"pass", uint8(Pass), "nothing goes wrong: the rule counts, and its scenario goes on"},
}

// String is the action's word.
func (a Act) String() string { return nameOf(Acts, uint8(a)) }

// String is the word.
func (v Interface) String() string { return nameOf(Interfaces, uint8(v)) }

// outside reports whether the word is about messages outside of a session.
func (v Generation) outside() bool { return v == Outside || v == OutsideV15 || v == OutsideRMCPPlus }

// String is the word.
func (v Generation) String() string { return nameOf(Generations, uint8(v)) }

// String is the word.
func (v Payload) String() string { return nameOf(Payloads, uint8(v)) }

// String is the word.
func (v Step) String() string { return nameOf(Steps, uint8(v)) }

// String is the word.
func (v Class) String() string { return nameOf(Classes, uint8(v)) }

// String is the word.
func (v Part) String() string { return nameOf(Parts, uint8(v)) }

// String is the word.
func (v Operation) String() string { return nameOf(Operations, uint8(v)) }

// String is the word.
func (v Power) String() string { return nameOf(Powers, uint8(v)) }

// String is the word.
func (v Event) String() string { return nameOf(Events, uint8(v)) }

// String is the word.
func (v Per) String() string { return nameOf(Pers, uint8(v)) }

// String is the word.
func (v Elsewhere) String() string { return nameOf(Elsewheres, uint8(v)) }

// String is the word.
func (v Store) String() string { return nameOf(Stores, uint8(v)) }

// String is the word.
func (v Area) String() string { return nameOf(Areas, uint8(v)) }

// String is the word.
func (v Failure) String() string { return nameOf(Failures, uint8(v)) }

// String is the word.
func (v Status) String() string { return nameOf(Statuses, uint8(v)) }
