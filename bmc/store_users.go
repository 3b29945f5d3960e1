package bmc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// storedUser is a user ID. Whether its name is fixed is the profile's. [IPMI 2.0 §22.26-22.30, §24.6]
type storedUser struct {
	Name     latin1             `json:"name"`
	Password hexBytes           `json:"password"` // padded to the size it was set with
	Enabled  bool               `json:"enabled"`
	Access   []storedUserAccess `json:"access"`
}

type storedUserAccess struct {
	Channel      uint8    `json:"channel"`
	Privilege    uint8    `json:"privilege"`
	Messaging    bool     `json:"messaging"`
	LinkAuth     bool     `json:"link_auth"`
	CallbackOnly bool     `json:"callback_only"`
	SessionLimit uint8    `json:"session_limit"`
	Payloads     uint32   `json:"payloads"`
	Callback     hexBytes `json:"callback"` // [IPMI 2.0 §25.11]
}

// keptUsers are the users, each in a document of its own.
func keptUsers() storedPart {
	return storedPart{
		set: keepsUsers, name: "users", version: 1,
		export: func(m *Machine, put func(string, any)) {
			for i := range m.users.list {
				u := &m.users.list[i]
				put(strconv.Itoa(int(u.id)), u.document(m.channels))
			}
		},
		restore: func(m *Machine, sub string, decode func(any) error) error {
			id, err := strconv.ParseUint(sub, 10, 8)
			u := m.users.byID(uint8(id))
			if err != nil || u == nil {
				return fmt.Errorf("there are user IDs 1 to %d", len(m.users.list))
			}
			var d storedUser
			if err := decode(&d); err != nil {
				return err
			}
			return u.restore(&d, m.channels)
		},
	}
}

func (u *user) document(cs *channels) storedUser {
	d := storedUser{Name: u.nameBytes(), Password: u.password.key[:u.password.size], Enabled: u.enabled}
	for number, c := range cs.byNumber {
		if c == nil {
			continue
		}
		a := &u.access[number]
		d.Access = append(d.Access, storedUserAccess{
			Channel: uint8(number), Privilege: uint8(a.privilege), Messaging: a.messaging, LinkAuth: a.linkAuth,
			CallbackOnly: a.callbackOnly, SessionLimit: a.sessionLimit, Payloads: uint32(a.payloads), Callback: a.callback[:],
		})
	}
	return d
}

func (u *user) restore(d *storedUser, cs *channels) error {
	switch size := len(d.Password); {
	case len(d.Name) > maxUserName:
		return fmt.Errorf("name: longer than %d bytes", maxUserName)
	case size != 16 && size != 20:
		return fmt.Errorf("password: %d bytes are not 16 or 20", size)
	}
	for _, a := range d.Access {
		level := ipmb.Privilege(a.Privilege)
		switch {
		case a.Channel > 15 || cs.byNumber[a.Channel] == nil:
			return fmt.Errorf("access: there is no channel %d", a.Channel)
		case !level.IsLevel() && level != ipmb.PrivilegeNoAccess && level != ipmb.PrivilegeUnspecified:
			return fmt.Errorf("access: %d is no privilege", a.Privilege)
		case len(a.Callback) != len(userCallback{}):
			return fmt.Errorf("access: callback: %d bytes are not %d", len(a.Callback), len(userCallback{}))
		}
		u.access[a.Channel] = userAccess{
			privilege: level, messaging: a.Messaging, linkAuth: a.LinkAuth, callbackOnly: a.CallbackOnly,
			sessionLimit: a.SessionLimit, payloads: payloadMask(a.Payloads), callback: userCallback(a.Callback),
		}
	}
	u.name = [maxUserName]byte{}
	copy(u.name[:], d.Name)
	u.password = password{size: uint8(len(d.Password))}
	copy(u.password.key[:], d.Password)
	u.enabled = d.Enabled
	return nil
}

// storedLockout is a user who was disabled by bad passwords. The count of attempts is not kept, as it need not be.
// [IPMI 2.0 §23.2, parameter 26]
type storedLockout struct {
	User    uint8      `json:"user"`
	Channel uint8      `json:"channel"`
	Until   *time.Time `json:"until,omitempty"` // absent: until somebody enables the user
}

func keptLockouts() storedPart {
	return single(keepsLockouts, "lockouts",
		func(m *Machine) ([]storedLockout, bool) {
			d := []storedLockout{}
			for key, a := range m.badPasswords.byUser {
				if !a.locked {
					continue
				}
				l := storedLockout{User: key.user, Channel: key.channel}
				if !a.until.IsZero() {
					until := a.until.UTC()
					l.Until = &until
				}
				d = append(d, l)
			}
			slices.SortFunc(d, func(a, b storedLockout) int {
				return int(a.Channel)<<8 + int(a.User) - int(b.Channel)<<8 - int(b.User)
			})
			return d, true
		},
		func(m *Machine, d *[]storedLockout) error {
			for _, l := range *d {
				if m.users.byID(l.User) == nil || l.Channel > 15 || m.channels.byNumber[l.Channel] == nil {
					return errors.New("there is no such user or channel")
				}
				a := &attempts{locked: true}
				if l.Until != nil {
					a.until = *l.Until
				}
				m.badPasswords.put(userOnChannel{user: l.User, channel: l.Channel}, a)
			}
			return nil
		})
}
