package rmcp

import (
	"net/netip"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// BMC is what the session layer asks of the machine behind it. Every method is called with the table's lock held; an
// implementation takes its own lock inside and calls nothing of the table but what is documented for handlers, and that
// from Execute alone.
type BMC interface {
	// Available reports whether the BMC is there at all. While it is not (a cold reset), datagrams are dropped.
	Available() bool
	// Presence is what the pong says.
	Presence() Presence
	// SystemGUID is the GUID of RAKP Message 2: the same bytes, in the same order, as Get System GUID's.
	SystemGUID() [GUIDSize]byte
	// Channel returns the present settings of a LAN channel; false when there is no such channel.
	Channel(number uint8) (Channel, bool)
	// UserByName is the login's lookup: from user ID 1 upward the first user with this name who is enabled and may use
	// IPMI messaging on the channel. The empty name is the null user. With a role the user's privilege limit must be
	// that level, too; PrivilegeUnspecified looks at the name only. [IPMI 2.0 §13.20, §22.16]
	UserByName(channel uint8, name []byte, role ipmb.Privilege) (User, bool)
	// PasswordTried tells the bad password threshold about an attempt that was valid in everything but, if !ok, the
	// password. [IPMI 2.0 §23.2, parameter 26]
	PasswordTried(channel, user uint8, ok bool)
	// UserLevelCommand reports whether a message's command may run at User privilege: such a message needs no AuthCode
	// when user-level authentication is off. [IPMI 2.0 §6.12.4]
	UserLevelCommand(m *ipmb.Message) bool
	// Execute runs a message and appends completion code and data to out. False sends nothing. Responses that consoles
	// send to the BMC's own requests come here as well (their NetFn is odd).
	Execute(r *Request, out []byte) ([]byte, bool)
	// Payload takes a payload other than an IPMI message: SOL, OEM. What it answers goes through Table.SendPayload.
	Payload(s *Session, p Payload)
	// SessionEnded tells that a session is over, however it came: its payloads and pending bridged requests go. It is
	// never called from inside of Execute, even if that ended the session.
	SessionEnded(s *Session, why EndReason)
}

// Channel is a LAN channel's settings that logins and packets depend on.
type Channel struct {
	// Open reports whether IPMI messaging is possible now: access mode always available or shared, or pre-boot only
	// while the host is there. [IPMI 2.0 §6.6, §22.22]
	Open bool
	// Limit is the channel's privilege level limit. [IPMI 2.0 §22.22]
	Limit ipmb.Privilege
	// Suites are the enabled cipher suites in their order, each with its highest privilege level.
	// [IPMI 2.0 §23.2, parameters 23 and 24]
	Suites []SuiteLimit
	// KG is the BMC key; all zero is one-key login. [IPMI 2.0 §13.31]
	KG Key
	// MessageAuthOff and UserAuthOff are the per-message and user-level authentication disables. A session keeps those
	// that it was activated with. [IPMI 2.0 §6.12.4]
	MessageAuthOff, UserAuthOff bool
}

// SuiteLimit is an enabled cipher suite and the highest privilege level of its sessions. A limit of
// PrivilegeUnspecified means that the suite is off.
type SuiteLimit struct {
	Suite
	Limit ipmb.Privilege
}

// User is what a login needs to know of a user.
type User struct {
	ID           uint8
	Name         string
	Password     Key
	PasswordSize uint8          // 16, or 20: not usable for v1.5 sessions [IPMI 2.0 §22.30]
	Limit        ipmb.Privilege // on the channel that was asked for
	SessionLimit uint8          // 0: none [IPMI 2.0 §22.26]
}

// Request is one IPMI message on its way to the machine. It and the message's data are only valid during Execute.
type Request struct {
	Message       ipmb.Message
	Channel       uint8
	Session       *Session // nil outside of a session
	Pending       *Session // the half-open session that a first Activate Session came on; Session is nil then
	RMCPPlus      bool     // the packet had the RMCP+ format
	Authenticated bool     // the packet had an AuthCode, and it was right
	Encrypted     bool
	Sequence      uint32 // of the session header; 0 outside of a session
	Peer, Local   netip.AddrPort

	// Hold and Copies are what the machine's faults want: the answer leaves so much later, and so many times more.
	Hold   time.Duration
	Copies int
	// Flaws are what they want of the login that Get Session Challenge begins: FlawPassword16, FlawOEMAuth, FlawOEMPassword.
	Flaws Flaws
}

// Payload is an RMCP+ payload in a session that is not an IPMI message. Data is only valid during the call.
type Payload struct {
	Type          PayloadType
	Enterprise    uint32 // PayloadOEMExplicit only
	OEMPayload    uint16 // PayloadOEMExplicit only
	Authenticated bool
	Encrypted     bool
	Data          []byte
}

// EndReason says how a session came to its end. [IPMI 2.0 §13.16, §42.2 sensor type 2Ah]
type EndReason uint8

// Ends of sessions.
const (
	EndClosed  EndReason = iota // Close Session
	EndTimeout                  // 60 seconds without a valid message
	EndChange                   // a change of configuration, a reset, or the end of the machine
	EndReasons                  // their number
)

// String names the reason.
func (e EndReason) String() string {
	switch e {
	case EndClosed:
		return "closed"
	case EndTimeout:
		return "timeout"
	case EndChange:
		return "changed"
	}
	return "unknown"
}
