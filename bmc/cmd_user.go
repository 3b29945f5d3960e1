package bmc

import (
	"bytes"

	"github.com/fakebmc/fakebmc/ipmb"
)

// userCommands are the rows of [IPMI 2.0 §22.26-22.30].
var userCommands = []Command{
	{Op: ipmb.SetUserAccess, Name: "Set User Access", Section: "22.26", Priv: privAdmin, Len: between(3, 4), Keeps: keepsUsers | keepsLockouts, Do: setUserAccess},
	{Op: ipmb.GetUserAccess, Name: "Get User Access", Section: "22.27", Priv: privOperator, Len: exactly(2), Do: getUserAccess},
	{Op: ipmb.SetUserName, Name: "Set User Name", Section: "22.28", Priv: privAdmin, Len: exactly(1 + maxUserName), Keeps: keepsUsers, Do: setUserName},
	{Op: ipmb.GetUserName, Name: "Get User Name", Section: "22.29", Priv: privOperator, Len: exactly(1), Do: getUserName},
	{Op: ipmb.SetUserPassword, Name: "Set User Password", Section: "22.30", Priv: privAdmin, Len: between(2, 22), Keeps: keepsUsers | keepsLockouts, Do: setUserPassword},
}

// Command-specific completion codes of Set User Password. [IPMI 2.0 §22.30]
const (
	ccPasswordDiffers ipmb.CompletionCode = 0x80
	ccPasswordSize    ipmb.CompletionCode = 0x81
)

const userIDMask = 0x3f

// Bits of a user's channel access byte. [IPMI 2.0 §22.26, byte 1; §22.27, byte 5]
const (
	userAccessChange       = 1 << 7 // bits 6:4 are meant
	userAccessCallbackOnly = 1 << 6
	userAccessLinkAuth     = 1 << 5
	userAccessMessaging    = 1 << 4
)

// userOn finds a user and its standing on a channel that has sessions, from the channel byte and the user ID byte of a
// request.
func (m *Machine) userOn(r *Request, channel, id uint8) (*user, *userAccess, error) {
	number, c := m.channels.resolve(channel&channelNumberMask, r.Channel)
	if c == nil || !c.hasSessions() {
		return nil, nil, ipmb.InvalidField
	}
	u := m.users.byID(id & userIDMask)
	if u == nil {
		return nil, nil, ipmb.ParameterOutOfRange // the IDs are contiguous [IPMI 2.0 §5.2, C9h]
	}
	return u, &u.access[number], nil
}

// setUserAccess sets what a user may do on a channel. A limit above the channel's is no error. It takes effect at the
// user's next login. [IPMI 2.0 §22.26]
func setUserAccess(m *Machine, r *Request) ([]byte, error) {
	u, a, err := m.userOn(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	limit := ipmb.Privilege(r.Data[2] & 0x0f)
	if !limit.IsLevel() && limit != ipmb.PrivilegeNoAccess {
		return nil, ipmb.InvalidField
	}
	if len(r.Data) == 4 {
		n := r.Data[3] & 0x0f
		if n != 0 && !m.profile.Sessions.PerUser {
			return nil, ipmb.InvalidField
		}
		a.sessionLimit = n
	}
	a.privilege = limit
	m.badPasswords.forget(func(key userOnChannel) bool { return key.user == u.id && &u.access[key.channel] == a })
	if r.Data[0]&userAccessChange != 0 {
		a.callbackOnly = r.Data[0]&userAccessCallbackOnly != 0
		a.linkAuth = r.Data[0]&userAccessLinkAuth != 0
		a.messaging = r.Data[0]&userAccessMessaging != 0
	}
	return nil, nil
}

// User ID enable status. [IPMI 2.0 §22.27, byte 3 bits 7:6, errata 3]
const (
	userStatusEnabled  = 1 << 6
	userStatusDisabled = 2 << 6
)

// getUserAccess reads it back, with the counts of user IDs. [IPMI 2.0 §22.27]
func getUserAccess(m *Machine, r *Request) ([]byte, error) {
	u, a, err := m.userOn(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	status := uint8(userStatusDisabled)
	if u.enabled {
		status = userStatusEnabled
	}
	b := uint8(a.privilege)
	if a.callbackOnly {
		b |= userAccessCallbackOnly
	}
	if a.linkAuth {
		b |= userAccessLinkAuth
	}
	if a.messaging {
		b |= userAccessMessaging
	}
	return append(r.Buf, uint8(len(m.users.list)), status|m.users.countEnabled(), m.users.countFixed(), b), nil
}

// setUserName names a user ID. Duplicate names are allowed, the login takes the first. [IPMI 2.0 §22.28]
func setUserName(m *Machine, r *Request) ([]byte, error) {
	u := m.users.byID(r.Data[0] & userIDMask)
	if u == nil {
		return nil, ipmb.ParameterOutOfRange
	}
	if u.fixedName {
		return nil, ipmb.InvalidField
	}
	name := r.Data[1:]
	if n := bytes.IndexByte(name, 0); n >= 0 {
		name = name[:n] // the rest reads back as zeros
	}
	u.name = [maxUserName]byte{}
	copy(u.name[:], name)
	return nil, nil
}

// getUserName reads a user ID's name, zero-padded. [IPMI 2.0 §22.29]
func getUserName(m *Machine, r *Request) ([]byte, error) {
	u := m.users.byID(r.Data[0] & userIDMask)
	if u == nil {
		return nil, ipmb.ParameterOutOfRange
	}
	return append(r.Buf, u.name[:]...), nil
}

// Operations of Set User Password. [IPMI 2.0 §22.30]
const (
	passwordDisableUser = 0
	passwordEnableUser  = 1
	passwordSet         = 2
	passwordTest        = 3

	passwordSize20 = 1 << 7
)

// setUserPassword enables and disables a user ID, sets its password or compares it. [IPMI 2.0 §22.30]
func setUserPassword(m *Machine, r *Request) ([]byte, error) {
	u := m.users.byID(r.Data[0] & userIDMask)
	if u == nil {
		return nil, ipmb.ParameterOutOfRange
	}
	size := 16
	if r.Data[0]&passwordSize20 != 0 {
		size = 20
	}
	operation, data := r.Data[1]&3, r.Data[2:]
	switch operation {
	case passwordDisableUser, passwordEnableUser: // a password is ignored
		if u.enabled = operation == passwordEnableUser; u.enabled {
			m.badPasswords.forget(func(key userOnChannel) bool { return key.user == u.id })
		}
		return nil, nil
	}
	if len(data) != size {
		return nil, ipmb.LengthInvalid
	}
	given := newPassword(data, uint8(size))
	if operation == passwordSet {
		u.password = given
		return nil, nil
	}
	switch {
	case u.password.size != given.size:
		return nil, ccPasswordSize
	case !u.password.equal(&given):
		return nil, ccPasswordDiffers
	}
	return nil, nil
}
