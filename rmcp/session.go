package rmcp

import (
	"net/netip"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// state is how far a session has come.
type state uint8

const (
	stateHalfOpen state = iota // challenge given or Open Session answered; not yet a session
	stateActive
	stateEnded
)

// Session is one session, or the attempt at one, of either generation. The table's lock guards it. The machine may keep
// the pointer until SessionEnded.
type Session struct {
	id         uint32 // the BMC's: temporary and final ID of v1.5, managed system session ID of RMCP+
	state      state
	rmcpPlus   bool
	channel    uint8
	handle     uint8
	userID     uint8
	authType   AuthType // v1.5
	privilege  ipmb.Privilege
	max        ipmb.Privilege
	userName   string
	suite      Suite          // RMCP+
	peer       netip.AddrPort // where the activating packet came from
	route      route          // where the last good packet came from; unrequested packets go there
	lastSeen   time.Time      // last good packet
	messageOff bool           // per-message authentication was disabled at activation
	userOff    bool           // user-level authentication was disabled at activation

	// IPMI v1.5
	auth       *AuthCoder
	authNew    *AuthCoder // with the password of now, for FlawAuthCodeNew
	challenge  [16]byte
	requestSeq uint8    // of the message that asked for the challenge
	wrong      exchange // AuthCode of the last Activate Session that was wrong
	initial    uint32   // initial inbound sequence number
	fresh      bool     // no packet with a sequence number yet: Activate Session with null sequence is a retry
	window     window15
	outbound   uint32 // last number sent

	// RMCP+
	consoleID       uint32
	integrity       *Integrity
	confidentiality *Confidentiality
	inAuth, inPlain window20
	outAuth         uint32 // last numbers sent
	outPlain        uint32
	plainMessages   bool   // Suspend Payload Encryption of IPMI messages
	setup           *setup // Open Session and RAKP; what a repeated RAKP 3 needs stays with the session
}

// route is the way back to a console.
type route struct {
	wire        Wire
	channel     uint8
	peer, local netip.AddrPort
}

func routeOf(from *Arrival) route { return route{from.Wire, from.Channel, from.Peer, from.Local} }

// ID is the BMC's session ID; with RMCP+ the managed system session ID.
func (s *Session) ID() uint32 { return s.id }

// Handle is the session handle, unique in the table, so on every channel as well: 1 to FEh, or 0 when more sessions are
// active than there are handles. [IPMI 2.0 §6.12.16, §22.20]
func (s *Session) Handle() uint8 { return s.handle }

// Channel is the channel that the session was activated over.
func (s *Session) Channel() uint8 { return s.channel }

// UserID is the user who logged in.
func (s *Session) UserID() uint8 { return s.userID }

// UserName is the name that the user logged in with; empty for the null user.
func (s *Session) UserName() string { return s.userName }

// Privilege is the present operating level.
func (s *Session) Privilege() ipmb.Privilege { return s.privilege }

// MaxPrivilege is the session's own ceiling: the least of what was requested and what channel, user and cipher suite
// allowed at activation.
func (s *Session) MaxPrivilege() ipmb.Privilege { return s.max }

// SetPrivilege changes the operating level; the caller has checked it. [IPMI 2.0 §22.18]
func (s *Session) SetPrivilege(p ipmb.Privilege) { s.privilege = p }

// RMCPPlus reports whether it is an RMCP+ session, else one of IPMI v1.5.
func (s *Session) RMCPPlus() bool { return s.rmcpPlus }

// AuthType is the authentication type of a v1.5 session.
func (s *Session) AuthType() AuthType { return s.authType }

// Suite is the cipher suite of an RMCP+ session.
func (s *Session) Suite() Suite { return s.suite }

// Peer is the address that the activating packet came from. [IPMI 2.0 §22.20]
func (s *Session) Peer() netip.AddrPort { return s.peer }

// Active reports whether the session is activated and not over.
func (s *Session) Active() bool { return s.state == stateActive }

// Authenticates reports whether the session's packets can carry AuthCodes.
func (s *Session) Authenticates() bool {
	if s.rmcpPlus {
		return s.suite.Integrity != IntegrityNone
	}
	return s.authType != AuthTypeNone
}

// MessageAuthOff reports whether per-message authentication was disabled when the session was activated, so that none of
// its messages needs an AuthCode. [IPMI 2.0 §6.12.4]
func (s *Session) MessageAuthOff() bool { return s.messageOff }

// UserAuthOff reports whether user-level authentication was disabled when the session was activated, so that its User
// commands need no AuthCode. [IPMI 2.0 §6.12.4]
func (s *Session) UserAuthOff() bool { return s.userOff }

// Encrypts reports whether the session's packets can be encrypted.
func (s *Session) Encrypts() bool {
	return s.rmcpPlus && s.suite.Confidentiality != ConfidentialityNone
}

// SuspendEncryption says whether IPMI messages that the BMC sends unasked go unencrypted. Answers are as encrypted as
// their requests. [IPMI 2.0 §24.3]
func (s *Session) SuspendEncryption(suspend bool) { s.plainMessages = suspend }

// start sets the levels of a session that has just been activated: User, or Callback if that is its ceiling.
// [IPMI 2.0 §22.18]
func (s *Session) start(ceiling ipmb.Privilege) {
	s.state = stateActive
	s.max = ceiling
	s.privilege = min(ceiling, ipmb.PrivilegeUser)
}

// RestartEncryption begins the BMC's encrypted stream anew, with a new initialization vector. [IPMI 2.0 §24.3]
func (s *Session) RestartEncryption() {
	if s.confidentiality != nil {
		s.confidentiality.Restart()
	}
}

// RegenerateIV starts the encryption of what the BMC sends anew, with a fresh initialization vector in the next
// encrypted packet. [IPMI 2.0 §24.3, operation 2h]
func (s *Session) RegenerateIV() {
	if s.confidentiality != nil {
		s.confidentiality.Restart()
	}
}
