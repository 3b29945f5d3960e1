package bmc

import (
	"encoding/binary"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// The methods in this file are what the session layer asks of a machine. They take the machine's lock. [rmcp.BMC]

// Available reports whether the machine answers at all: not while it resets.
func (m *Machine) Available() bool { return !m.gone() }

// Presence is what the ASF presence pong says. [ASF §3.2.4.3]
func (m *Machine) Presence() rmcp.Presence { return m.presence }

func presenceOf(p *profiles.Presence) rmcp.Presence {
	r := rmcp.Presence{Enterprise: p.Enterprise, Entities: p.Entities, Interactions: p.Interactions}
	if len(p.OEM) == 4 {
		r.OEM = binary.BigEndian.Uint32(p.OEM)
	}
	return r
}

// SystemGUID is the GUID of Get System GUID and RAKP message 2.
func (m *Machine) SystemGUID() [16]byte { return m.profile.System.GUID }

// Channel returns a LAN channel's present settings.
func (m *Machine) Channel(number uint8) (rmcp.Channel, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, c := m.channels.resolve(number, number)
	if c == nil || !c.isLAN() {
		return rmcp.Channel{}, false
	}
	return rmcp.Channel{
		Open:           c.volatile.Mode == profiles.AccessAlways || c.volatile.Mode == profiles.AccessShared,
		Limit:          c.volatile.Privilege,
		Suites:         c.suites,
		KG:             c.kg,
		MessageAuthOff: c.volatile.NoPerMessageAuth,
		UserAuthOff:    c.volatile.NoUserLevelAuth,
	}, true
}

// UserByName finds the user of a login.
func (m *Machine) UserByName(channel uint8, name []byte, role ipmb.Privilege) (rmcp.User, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.loginUser(channel, name, role)
	if u == nil {
		return rmcp.User{}, false
	}
	return u.login(channel), true
}

// loginUser finds the user of a login, or nil. A user who is locked out is not there. The caller holds the lock.
func (m *Machine) loginUser(channel uint8, name []byte, role ipmb.Privilege) *user {
	u := m.users.find(channel, name, role)
	if u == nil || m.badPasswords.locked(userOnChannel{u.id, channel}, time.Now()) {
		return nil
	}
	return u
}

// login is what a login over a channel needs to know of a user.
func (u *user) login(channel uint8) rmcp.User {
	a := &u.access[channel]
	return rmcp.User{
		ID: u.id, Name: string(u.nameBytes()), Password: u.password.key, PasswordSize: u.password.size,
		Limit: a.privilege, SessionLimit: a.sessionLimit,
	}
}

// levelLimit is the highest level that a session, or the login for one, may have by the present limits of its channel
// and user, and the user's session limit. Without access there is no level. [IPMI 2.0 §22.18, §22.26]
func (m *Machine) levelLimit(s *rmcp.Session) (level ipmb.Privilege, sessions uint8) {
	_, c := m.channels.resolve(s.Channel(), s.Channel())
	u := m.users.byID(s.UserID())
	if c == nil || u == nil || !u.enabled {
		return ipmb.PrivilegeUnspecified, 0
	}
	a := &u.access[s.Channel()]
	if !a.messaging || !a.privilege.IsLevel() {
		return ipmb.PrivilegeUnspecified, 0
	}
	return min(a.privilege, c.volatile.Privilege), a.sessionLimit
}

// PasswordTried counts a login attempt that was right in everything but, perhaps, the password.
func (m *Machine) PasswordTried(channel, user uint8, ok bool) {
	m.mu.Lock()
	defer func() { _ = m.release() }() // the session layer holds its lock
	key := userOnChannel{user, channel}
	if ok {
		m.badPasswords.succeeded(key)
		return
	}
	_, c := m.channels.resolve(channel, channel)
	if c == nil || !m.badPasswords.failed(key, c.badPassword, time.Now()) {
		return
	}
	m.changed(keepsLockouts)
	m.log.Info().Uint8("user", user).Uint8("channel", channel).Msg("user locked out after bad passwords")
}

// SessionEnded takes everything down that hung on a session. [IPMI 2.0 §24.2, §6.13]
func (m *Machine) SessionEnded(s *rmcp.Session, _ rmcp.EndReason) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.payloadsEnd(s)
	m.messaging.pending.DropSession(s.ID())
	m.forwarding.drop(s.ID())
}

// Payload takes what a console sends of a payload other than IPMI messages. Without activation it goes nowhere.
func (m *Machine) Payload(s *rmcp.Session, p rmcp.Payload) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if in := m.payloads.of(s); in != nil && p.Type == rmcp.PayloadSOL && !m.closed {
		m.solReceive(in, &p)
	}
}
