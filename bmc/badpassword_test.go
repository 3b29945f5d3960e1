package bmc

import (
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// TestBadPasswordThreshold follows [IPMI 2.0 §23.2, parameter 26].
func TestBadPasswordThreshold(t *testing.T) {
	t.Parallel()
	limit := profiles.BadPassword{Threshold: 3, Reset: profiles.Duration(20 * time.Second), Lockout: profiles.Duration(30 * time.Second)}
	key := userOnChannel{user: 2, channel: 1}
	at := func(s int) time.Time { return time.Unix(1_000_000+int64(s), 0) }
	type step struct {
		name   string
		second int
		do     func(b *badPasswords, now time.Time)
		locked bool
	}
	wrong := func(b *badPasswords, now time.Time) { b.failed(key, limit, now) }
	right := func(b *badPasswords, _ time.Time) { b.succeeded(key) }
	enable := func(b *badPasswords, _ time.Time) { b.forget(func(k userOnChannel) bool { return k.user == 2 }) }
	look := func(*badPasswords, time.Time) {}
	var b badPasswords
	for _, s := range []step{
		{"first", 0, wrong, false},
		{"second", 1, wrong, false},
		{"a right one starts over", 2, right, false},
		{"first again", 3, wrong, false},
		{"second again", 4, wrong, false},
		{"after the reset interval the count is 1", 24, wrong, false},
		{"2", 25, wrong, false},
		{"3 locks", 26, wrong, true},
		{"still", 55, look, true},
		{"the lockout interval is over", 56, look, false},
		{"1", 57, wrong, false},
		{"2 more", 58, wrong, false},
		{"locked again", 59, wrong, true},
		{"enabling ends it", 60, enable, false},
	} {
		s.do(&b, at(s.second))
		if got := b.locked(key, at(s.second)); got != s.locked {
			t.Errorf("%s: locked %t, want %t", s.name, got, s.locked)
		}
	}
	if b.failed(key, profiles.BadPassword{}, at(0)) {
		t.Error("threshold 0 locked a user out")
	}
	forever := profiles.BadPassword{Threshold: 1}
	b.failed(key, forever, at(0))
	if !b.locked(key, at(1_000_000)) {
		t.Error("lockout interval 0 ended by itself")
	}
	if b.locked(userOnChannel{user: 2, channel: 2}, at(1)) {
		t.Error("locked on a channel where no wrong password was given")
	}
}
