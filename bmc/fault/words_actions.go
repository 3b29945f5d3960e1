package fault

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

// String is the word.
func (e Elsewhere) String() string { return nameOf(Elsewheres, uint8(e)) }

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

// String is the word.
func (s Store) String() string { return nameOf(Stores, uint8(s)) }

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

// String is the word.
func (a Area) String() string { return nameOf(Areas, uint8(a)) }

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

// String is the word.
func (f Failure) String() string { return nameOf(Failures, uint8(f)) }

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

// String is the word.
func (s Status) String() string { return nameOf(Statuses, uint8(s)) }

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
