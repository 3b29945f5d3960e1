package bmc

import (
	"maps"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// badPasswords counts wrong passwords and locks users out. It holds only users who gave one. [IPMI 2.0 §23.2,
// parameter 26]
type badPasswords struct {
	byUser map[userOnChannel]*attempts
}

// userOnChannel names a user ID on a channel: attempts are counted for each.
type userOnChannel struct{ user, channel uint8 }

// attempts are one user's wrong passwords in a row on one channel.
type attempts struct {
	count  uint8
	last   time.Time // of the latest wrong one
	locked bool
	until  time.Time // end of the lockout; zero: until somebody enables the user
}

// failed counts a wrong password and reports whether it locked the user out.
func (b *badPasswords) failed(key userOnChannel, limit profiles.BadPassword, now time.Time) bool {
	if limit.Threshold == 0 {
		return false
	}
	a := b.byUser[key]
	if a == nil {
		a = &attempts{}
		b.put(key, a)
	}
	if reset := limit.Reset.Std(); reset > 0 && now.Sub(a.last) >= reset {
		a.count = 0
	}
	a.last = now
	a.count++
	if a.count < limit.Threshold {
		return false
	}
	a.count, a.locked, a.until = 0, true, time.Time{}
	if d := limit.Lockout.Std(); d > 0 {
		a.until = now.Add(d)
	}
	return true
}

// put notes attempts.
func (b *badPasswords) put(key userOnChannel, a *attempts) {
	if b.byUser == nil {
		b.byUser = make(map[userOnChannel]*attempts)
	}
	b.byUser[key] = a
}

// succeeded forgets the attempts before a right password.
func (b *badPasswords) succeeded(key userOnChannel) { delete(b.byUser, key) }

// locked reports whether a user may not log in on a channel now.
func (b *badPasswords) locked(key userOnChannel, now time.Time) bool {
	a := b.byUser[key]
	if a == nil || !a.locked {
		return false
	}
	if !a.until.IsZero() && !now.Before(a.until) {
		delete(b.byUser, key)
		return false
	}
	return true
}

// forget drops the attempts and ends the lockouts of some users: somebody enabled the user ID again, set its access to
// the channel, or wrote the threshold anew.
func (b *badPasswords) forget(which func(userOnChannel) bool) {
	maps.DeleteFunc(b.byUser, func(key userOnChannel, _ *attempts) bool { return which(key) })
}
