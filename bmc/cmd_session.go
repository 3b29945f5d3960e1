package bmc

import (
	"bytes"
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// sessionCommands are the rows of [IPMI 2.0 §22.13, §22.15-22.21].
var sessionCommands = []Command{
	{Op: ipmb.GetChannelAuthenticationCapabilities, Name: "Get Channel Authentication Capabilities", Section: "22.13", Priv: privCallback, Reach: Sessionless, Len: exactly(2), Do: getChannelAuthenticationCapabilities},
	{Op: ipmb.GetSessionChallenge, Name: "Get Session Challenge", Section: "22.16", Priv: privCallback, Reach: Sessionless, Len: exactly(17), Do: getSessionChallenge},
	{Op: ipmb.ActivateSession, Name: "Activate Session", Section: "22.17", Priv: privCallback, Reach: Sessionless, Len: exactly(22), Do: activateSession},
	{Op: ipmb.SetSessionPrivilegeLevel, Name: "Set Session Privilege Level", Section: "22.18", Priv: privUser, Len: exactly(1), Do: setSessionPrivilegeLevel},
	{Op: ipmb.CloseSession, Name: "Close Session", Section: "22.19", Priv: privCallback, Len: between(4, 5), Sub: closeSessionSubs, Do: closeSession},
	{Op: ipmb.GetSessionInfo, Name: "Get Session Info", Section: "22.20", Priv: privUser, Len: between(1, 5), Do: getSessionInfo},
	{Op: ipmb.GetAuthCode, Name: "Get AuthCode", Section: "22.21", Priv: privOperator, Len: exactly(19), Do: getAuthCode},
	{Op: ipmb.GetChannelCipherSuites, Name: "Get Channel Cipher Suites", Section: "22.15", Priv: privCallback, Reach: Sessionless, Len: exactly(3), Do: getChannelCipherSuites},
}

// Command-specific completion codes of session commands. Activate Session's are rmcp's. [IPMI 2.0 §22.16-22.19]
const (
	ccUnknownUser ipmb.CompletionCode = 0x81 // Get Session Challenge
	ccNullUserOff ipmb.CompletionCode = 0x82

	ccLevelUnavailable     ipmb.CompletionCode = 0x80 // Set Session Privilege Level: the session's own ceiling
	ccLevelExceeds         ipmb.CompletionCode = 0x81 // the user's or the channel's limit
	ccLevelUnauthenticated ipmb.CompletionCode = 0x82 // the request had no AuthCode

	ccCloseSessionID ipmb.CompletionCode = 0x87 // Close Session
	ccCloseHandle    ipmb.CompletionCode = 0x88
)

// Bits of Get Channel Authentication Capabilities. [IPMI 2.0 §22.13, Table 22-15]
const (
	authExtended = 1 << 7 // request byte 1, response byte 3

	authKG          = 1 << 5 // response byte 4
	authNoMessage   = 1 << 4
	authNoUserLevel = 1 << 3
	authNamed       = 1 << 2
	authNull        = 1 << 1
	authAnonymous   = 1 << 0

	authRMCPPlus = 1 << 1 // response byte 5
	authV15      = 1 << 0
)

const privilegeMask = 0x0f // of privilege levels and authentication types

// getChannelAuthenticationCapabilities tells how one can log in over a channel. [IPMI 2.0 §22.13]
//
// Clients: ipmitool and FreeIPMI stop before a login whose user the login status bits do not admit, or whose
// authentication type is not offered for the level.
func getChannelAuthenticationCapabilities(m *Machine, r *Request) ([]byte, error) {
	number, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	level := ipmb.Privilege(r.Data[1] & privilegeMask)
	if c == nil || !c.hasSessions() || !level.IsLevel() {
		return nil, ipmb.InvalidField
	}
	types, status, versions := c.auth[level], byte(0), byte(0)
	if c.volatile.NoPerMessageAuth {
		status |= authNoMessage
	}
	if c.volatile.NoUserLevelAuth {
		status |= authNoUserLevel
	}
	named, null, anonymous := m.users.loginStatus(number)
	status |= flag(named, authNamed) | flag(null, authNull) | flag(anonymous, authAnonymous)
	if r.Data[0]&authExtended != 0 {
		types |= authExtended
		status |= flag(c.takesRMCPPlus() && c.kg != [keyLen]byte{}, authKG)
		versions = flag(c.takesRMCPPlus(), authRMCPPlus) | flag(c.takesV15(), authV15)
	}
	return append(r.Buf, number, types, status, versions, 0, 0, 0, 0), nil // no OEM authentication type
}

// flag is bit if on, else 0.
func flag(on bool, bit byte) byte {
	if on {
		return bit
	}
	return 0
}

const (
	suiteBlock     = 16     // bytes of list data in an answer
	suitesByID     = 1 << 7 // list index byte: records of suites, else algorithms
	suiteIndexMask = 0x3f
)

// getChannelCipherSuites lists the enabled cipher suites, or their algorithms, sixteen bytes at a time.
// [IPMI 2.0 §22.15]
//
// Clients: ipmitool 1.8.19 waits 10 s for this command, outside of a session in RMCP+ framing, before each login.
func getChannelCipherSuites(m *Machine, r *Request) ([]byte, error) {
	number, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	payload := rmcp.PayloadType(r.Data[1] & payloadTypeMask)
	if c == nil || !c.isLAN() || payload != rmcp.PayloadIPMI && !c.carries(payload) && !payload.IsOEM() {
		return nil, ipmb.InvalidField
	}
	var enabled [rmcp.SuiteCount]rmcp.Suite
	suites := enabled[:0]
	for _, s := range c.suites {
		if s.Limit.IsLevel() {
			suites = append(suites, s.Suite)
		}
	}
	var room [5 * rmcp.SuiteCount]byte
	list := room[:0]
	if r.Data[2]&suitesByID != 0 {
		list = rmcp.AppendSuiteRecords(list, suites)
	} else {
		list = rmcp.AppendSuiteAlgorithms(list, suites)
	}
	start := min(int(r.Data[2]&suiteIndexMask)*suiteBlock, len(list))
	return append(append(r.Buf, number), list[start:min(start+suiteBlock, len(list))]...), nil
}

// getSessionChallenge begins an IPMI v1.5 login. [IPMI 2.0 §22.16]
func getSessionChallenge(m *Machine, r *Request) ([]byte, error) {
	if r.LAN == nil {
		return nil, ipmb.NotSupportedInState
	}
	_, c := m.channels.resolve(ChannelThis, r.Channel)
	authType := rmcp.AuthType(r.Data[0] & privilegeMask)
	oem := authType == rmcp.AuthTypeOEM && r.LAN.Flaws&(rmcp.FlawOEMAuth|rmcp.FlawOEMPassword) != 0
	if c == nil || !c.offers(authType) && !oem {
		return nil, ipmb.InvalidField
	}
	name, _, _ := bytes.Cut(r.Data[1:], []byte{0})
	u := m.loginUser(r.Channel, name, ipmb.PrivilegeUnspecified)
	switch {
	case u == nil && len(name) == 0:
		return nil, ccNullUserOff
	case u == nil:
		return nil, ccUnknownUser
	}
	login := u.login(r.Channel)
	id, challenge, err := m.sessions.Challenge(r.LAN, authType, &login)
	if err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint32(r.Buf, id), challenge[:]...), nil
}

// activateSession ends an IPMI v1.5 login, or changes an active session's outbound sequence number. [IPMI 2.0 §22.17]
func activateSession(m *Machine, r *Request) ([]byte, error) {
	if r.LAN == nil {
		return nil, ipmb.NotSupportedInState
	}
	req, err := rmcp.ParseActivateSession(r.Data)
	if err != nil {
		return nil, err
	}
	a := rmcp.Activation{ActivateSession: req}
	s := r.LAN.Pending
	if s == nil {
		s = r.Session
	}
	if s != nil {
		_, c := m.channels.resolve(s.Channel(), r.Channel)
		if level := ipmb.Privilege(req.Privilege); c == nil || !c.takesV15() || s.AuthType() != rmcp.AuthTypeOEM && level.IsLevel() && c.auth[level]&(1<<req.AuthType) == 0 {
			return nil, ipmb.InvalidField // no IPMI v1.5 sessions, or not with this authentication type for this level
		}
		a.Limit, a.SessionLimit = m.levelLimit(s)
		a.MessageAuthOff, a.UserAuthOff = c.volatile.NoPerMessageAuth, c.volatile.NoUserLevelAuth
	}
	got, err := m.sessions.Activate(r.LAN, &a)
	if err != nil {
		return nil, err
	}
	b := binary.LittleEndian.AppendUint32(append(r.Buf, byte(got.AuthType)), got.ID)
	return append(binary.LittleEndian.AppendUint32(b, got.Inbound), byte(got.Privilege)), nil
}

// setSessionPrivilegeLevel changes the level at which the session operates. [IPMI 2.0 §22.18]
//
// The command "is sent in authenticated format". With user-level authentication switched off a packet without AuthCode
// may carry it, because its own level is User; to raise the session, such a packet gets 82h, "cannot disable User Level
// authentication": else whoever can send a packet could.
//
// Clients: pyghmi steps down to Operator after 80h or 81h.
func setSessionPrivilegeLevel(m *Machine, r *Request) ([]byte, error) {
	if r.Session == nil {
		return nil, ipmb.NotSupportedInState
	}
	level := ipmb.Privilege(r.Data[0] & privilegeMask)
	limit, _ := m.levelLimit(r.Session)
	switch {
	case level == ipmb.PrivilegeUnspecified: // only asks
		return append(r.Buf, byte(r.Session.Privilege())), nil
	case level == ipmb.PrivilegeCallback || !level.IsLevel():
		return nil, ipmb.InvalidField
	case level > ipmb.PrivilegeUser && !r.LAN.Authenticated && r.Session.Authenticates() && !r.Session.MessageAuthOff():
		return nil, ccLevelUnauthenticated
	case level > limit:
		return nil, ccLevelExceeds
	case level > r.Session.MaxPrivilege():
		return nil, ccLevelUnavailable
	}
	r.Session.SetPrivilege(level)
	return append(r.Buf, byte(level)), nil
}

// closeSession ends a session: one's own, or any with Administrator privilege or over a local interface. A session ID of
// zero stands in front of a session handle. [IPMI 2.0 §22.19]
//
// A local interface has no session of its own, so that there an ID of none is no wrong ID but a command that does not
// fit the state.
func closeSession(m *Machine, r *Request) ([]byte, error) {
	id := binary.LittleEndian.Uint32(r.Data)
	wrong := ccCloseSessionID
	var s *rmcp.Session
	switch {
	case id == 0 && len(r.Data) == 5:
		wrong, s = ccCloseHandle, m.sessions.ByHandle(r.Data[4])
	case len(r.Data) == 5:
		return nil, ipmb.LengthInvalid
	default:
		s = m.sessions.ByID(id)
	}
	switch {
	case s == nil && r.Local():
		return nil, ipmb.NotSupportedInState
	case s == nil:
		return nil, wrong
	case s != r.Session && r.Privilege() < ipmb.PrivilegeAdministrator:
		return nil, ipmb.InsufficientPrivilege
	}
	m.sessions.End(s, rmcp.EndClosed)
	return nil, nil
}

// Session indexes of Get Session Info with a meaning of their own, and the most sessions that it can count.
// [IPMI 2.0 §22.20, Table 22-25]
const (
	sessionOwn      = 0x00
	sessionByHandle = 0xfe
	sessionByID     = 0xff
	sessionCountMax = 0x3f
)

// getSessionInfo tells who is logged in, and from where. The console's MAC address is not known to a UDP socket and is
// zero, as is the IP address of a console that comes over IPv6. [IPMI 2.0 §22.20]
func getSessionInfo(m *Machine, r *Request) ([]byte, error) {
	var s *rmcp.Session
	want := 1
	switch index := r.Data[0]; index {
	case sessionOwn:
		s = r.Session
	case sessionByHandle:
		if want = 2; len(r.Data) == want {
			if r.Data[1] == 0 {
				return nil, ipmb.InvalidField
			}
			s = m.sessions.ByHandle(r.Data[1])
		}
	case sessionByID:
		if want = 5; len(r.Data) == want {
			s = m.sessions.ByID(binary.LittleEndian.Uint32(r.Data[1:]))
		}
	default:
		s = m.sessions.ByIndex(int(index))
	}
	if len(r.Data) != want {
		return nil, ipmb.LengthInvalid
	}
	slots, active := min(m.sessions.Slots(), sessionCountMax), min(m.sessions.Active(), sessionCountMax)
	if s == nil {
		return append(r.Buf, 0, byte(slots), byte(active)), nil
	}
	b := append(r.Buf, s.Handle(), byte(slots), byte(active), s.UserID(), byte(s.Privilege()),
		flag(s.RMCPPlus(), 1<<4)|s.Channel())
	var ip [4]byte
	if a := s.Peer().Addr(); a.Is4() {
		ip = a.As4()
	}
	b = append(append(b, ip[:]...), 0, 0, 0, 0, 0, 0)
	return binary.LittleEndian.AppendUint16(b, s.Peer().Port()), nil
}

// Kinds of Get AuthCode's algorithm, request byte 1 bits 7:6. [IPMI 2.0 §22.21, Table 22-26]
const (
	authCodeV15     = 0x00
	authCodeRMCP    = 0x40
	authCodeKind    = 0xc0
	authCodeAlgMask = 0x3f
)

// getAuthCode hashes sixteen bytes with a user's password, for software that checks what a console sent it.
// [IPMI 2.0 §22.21]
func getAuthCode(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[1]&channelNumberMask, r.Channel)
	if c == nil || !c.hasSessions() {
		return nil, ipmb.InvalidField
	}
	u := m.users.byID(r.Data[2] & userIDMask)
	if u == nil {
		return nil, ipmb.ParameterOutOfRange
	}
	data := r.Data[3:]
	switch r.Data[0] & authCodeKind {
	case authCodeRMCP:
		return rmcp.AppendPasswordCode(r.Buf, rmcp.IntegrityAlg(r.Data[0]&authCodeAlgMask), u.password.key, data)
	case authCodeV15:
		authType := rmcp.AuthType(r.Data[0] & privilegeMask)
		if authType != rmcp.AuthTypeMD2 && authType != rmcp.AuthTypeMD5 || u.password.size > rmcp.AuthCodeSize {
			return nil, ipmb.InvalidField // straight passwords are not given out any more
		}
		auth, err := rmcp.NewAuthCoder(authType, u.password.key[:rmcp.AuthCodeSize])
		if err != nil {
			return nil, ipmb.InvalidField
		}
		return auth.SumData(r.Buf, data), nil
	}
	return nil, ipmb.InvalidField
}
