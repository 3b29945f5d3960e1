package bmc

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// users are the controller's user IDs, 1 to the number of slots. [IPMI 2.0 §6.9]
type users struct {
	list []user // list[0] is user ID 1, the null user
}

// user is one user ID. A slot that nobody uses has no name, is disabled and has no
// access anywhere; IPMI messaging is on, so that a name, a password, a privilege and the enable make a user.
type user struct {
	id        uint8
	name      [maxUserName]byte // zero-padded
	fixedName bool              // Set User Name is refused
	password  password
	enabled   bool
	access    [16]userAccess // by channel number
}

// userAccess is a user's standing on one channel. [IPMI 2.0 §22.26]
type userAccess struct {
	privilege    ipmb.Privilege // limit
	messaging    bool           // IPMI messaging enabled
	linkAuth     bool
	callbackOnly bool
	sessionLimit uint8 // 0: none
	payloads     payloadMask
	callback     userCallback // serial channels only
}

// payloadMask has a bit for each payload type that a user may use: standard types 0-15 in bits 0-15, OEM types 20h-2Fh
// in bits 16-31. It is the four bytes of Get User Payload Access, LS byte first. [IPMI 2.0 §24.7]
type payloadMask uint32

const maxUserName = 16 // bytes [IPMI 2.0 §22.28]

// password is a stored password with the size it was set with. [IPMI 2.0 §22.30]
type password struct {
	key  [20]byte // zero-padded
	size uint8    // 16 or 20
}

// newPassword pads s. A password whose first byte is 00h is the null password, all zeros. [IPMI 2.0 §22.30]
func newPassword(s []byte, size uint8) password {
	p := password{size: size}
	if len(s) > 0 && s[0] != 0 {
		copy(p.key[:size], s)
	}
	return p
}

// equal compares in constant time.
func (p *password) equal(q *password) bool {
	return subtle.ConstantTimeCompare(p.key[:], q.key[:]) == 1
}

// null reports whether the password is all zeros.
func (p *password) null() bool { return p.key == [20]byte{} }

func newUsers(p *profiles.Profile) (*users, error) {
	if p.UserSlots < 1 || p.UserSlots > 63 {
		return nil, fmt.Errorf("user_slots: %d is not from 1 to 63", p.UserSlots)
	}
	us, empty := &users{list: make([]user, p.UserSlots)}, p.EmptySlots
	for i := range us.list {
		us.list[i].id = uint8(i + 1)
		us.list[i].password.size = 16
		for c := range us.list[i].access {
			us.list[i].access[c] = userAccess{privilege: ipmb.PrivilegeNoAccess, messaging: empty.Messaging == nil || *empty.Messaging,
				linkAuth: empty.LinkAuth, payloads: defaultPayloads, callback: noCallback}
		}
	}
	var errs []error
	for i := range p.Users {
		spec := &p.Users[i]
		u := us.byID(spec.ID)
		if u == nil {
			errs = append(errs, fmt.Errorf("users: ID %d is not from 1 to %d", spec.ID, p.UserSlots))
			continue
		}
		if err := u.set(spec, p.Channels); err != nil {
			errs = append(errs, fmt.Errorf("users: ID %d: %w", spec.ID, err))
		}
	}
	us.list[0].fixedName = true // [IPMI 2.0 §22.28]
	return us, errors.Join(errs...)
}

// set fills a slot from the profile.
func (u *user) set(spec *profiles.User, channels []profiles.Channel) error {
	if len(spec.Name) > maxUserName {
		return fmt.Errorf("name is longer than %d bytes", maxUserName)
	}
	copy(u.name[:], spec.Name)
	u.fixedName = spec.FixedName
	size := spec.PasswordSize
	if size == 0 {
		size = 16
		if len(spec.Password) > 16 {
			size = 20
		}
	}
	if size != 16 && size != 20 || len(spec.Password) > size {
		return fmt.Errorf("password does not fit in %d bytes", size)
	}
	u.password = newPassword([]byte(spec.Password), uint8(size))
	u.enabled = spec.Enabled == nil || *spec.Enabled
	for i := range channels {
		if ch := &channels[i]; ch.Sessions != profiles.SessionLess && ch.Number < 16 {
			u.access[ch.Number] = userAccess{privilege: spec.Privilege, messaging: true, linkAuth: true, payloads: defaultPayloads, callback: noCallback}
		}
	}
	for _, a := range spec.Channels {
		if a.Number > 15 {
			return fmt.Errorf("channel %d does not exist", a.Number)
		}
		access := userAccess{privilege: a.Privilege, messaging: a.Messaging == nil || *a.Messaging, linkAuth: a.LinkAuth,
			callbackOnly: a.CallbackOnly, sessionLimit: a.SessionLimit, callback: noCallback}
		if a.Privilege == ipmb.PrivilegeUnspecified {
			access.privilege = spec.Privilege
		}
		if a.SOL == nil || *a.SOL {
			access.payloads = defaultPayloads
		}
		u.access[a.Number] = access
	}
	return nil
}

// defaultPayloads lets a user use SOL, payload type 1.
const defaultPayloads payloadMask = 1 << 1

// byID returns a slot, or nil.
func (us *users) byID(id uint8) *user {
	if id < 1 || int(id) > len(us.list) {
		return nil
	}
	return &us.list[id-1]
}

// find is the login's lookup: from ID 1 upward the first enabled user with that name and IPMI messaging on the
// channel. With a role, the user's limit must be the role, too (RMCP+'s name and privilege lookup). Name has no
// padding; the empty name is the null user. [IPMI 2.0 §6.9, §13.20]
func (us *users) find(channel uint8, name []byte, role ipmb.Privilege) *user {
	if len(name) > maxUserName || channel > 15 {
		return nil
	}
	for i := range us.list {
		u := &us.list[i]
		a := &u.access[channel]
		if !u.enabled || !a.messaging || a.privilege == ipmb.PrivilegeNoAccess || !bytes.Equal(u.nameBytes(), name) {
			continue
		}
		if u.unused() || role != ipmb.PrivilegeUnspecified && a.privilege != role {
			continue
		}
		return u
	}
	return nil
}

// nameBytes is the name without its padding.
func (u *user) nameBytes() []byte {
	if n := bytes.IndexByte(u.name[:], 0); n >= 0 {
		return u.name[:n]
	}
	return u.name[:]
}

// unused reports whether a slot other than the null user's has no name: nobody can log in to it by the empty name.
func (u *user) unused() bool { return u.id != 1 && u.name[0] == 0 }

// countEnabled counts the user IDs that are enabled. [IPMI 2.0 §22.27, errata 3: by Set User Password]
func (us *users) countEnabled() (n uint8) {
	for i := range us.list {
		if us.list[i].enabled {
			n++
		}
	}
	return n
}

// countFixed counts the user IDs with fixed names, the null user among them. [IPMI 2.0 §22.27]
func (us *users) countFixed() (n uint8) {
	for i := range us.list {
		if us.list[i].fixedName {
			n++
		}
	}
	return n
}

// loginStatus says which kinds of users could log in over a channel: some with a name, the null user with a password,
// the null user without one. [IPMI 2.0 §22.13, byte 4 bits 2:0]
func (us *users) loginStatus(channel uint8) (named, null, anonymous bool) {
	for i := range us.list {
		u := &us.list[i]
		a := &u.access[channel&15]
		if !u.enabled || !a.messaging || a.privilege == ipmb.PrivilegeNoAccess || u.unused() {
			continue
		}
		switch {
		case u.name[0] != 0:
			named = true
		case u.password.null():
			anonymous = true
		default:
			null = true
		}
	}
	return named, null, anonymous
}
