package sel

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Timestamps with a meaning of their own. [IPMI 2.0 §37.1]
const (
	// Unspecified is an invalid or unknown time.
	Unspecified uint32 = 0xffffffff
	// LastRelative is the greatest timestamp that counts seconds since the log's start, from before its clock was set.
	LastRelative uint32 = 0x20000000
)

// UTC offsets. [IPMI 2.0 §31.11a]
const (
	maxUTCOffset         = 1440 // minutes
	UnspecifiedUTCOffset = 0x07ff
)

// Clock is the log's time: an offset on the time of another clock. It keeps seconds since 1970-01-01, in whatever time
// zone software set it. [IPMI 2.0 §31.10-§31.11b, §37]
type Clock struct {
	base   func() time.Time
	offset time.Duration
	utc    int16
}

// NewClock follows base, which is time.Now when nil.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base, utc: UnspecifiedUTCOffset}
}

// NewRelativeClock starts at 0, as a clock without battery does: until it is set it counts the seconds since now.
// [IPMI 2.0 §37.1]
func NewRelativeClock(base func() time.Time) *Clock {
	c := NewClock(base)
	c.offset = time.Unix(0, 0).Sub(c.base())
	return c
}

// Now is the time by the clock.
func (c *Clock) Now() time.Time { return c.base().Add(c.offset) }

// Restore takes up a time and a UTC offset as they were kept; an offset that cannot be is C9h.
func (c *Clock) Restore(now time.Time, utc int16) error {
	if err := c.SetUTCOffset(utc); err != nil {
		return err
	}
	c.offset = now.Sub(c.base())
	return nil
}

// Host is the time of the clock that this one follows.
func (c *Clock) Host() time.Time { return c.base() }

// Time is the timestamp of now.
func (c *Clock) Time() uint32 { return uint32(c.Now().Unix()) }

// SetTime sets the clock and makes the UTC offset unspecified. Unspecified is no time: CCh. [IPMI 2.0 §31.11, §31.11b]
func (c *Clock) SetTime(t uint32) error {
	if t == Unspecified {
		return ipmb.InvalidField
	}
	c.offset = time.Unix(int64(t), 0).Sub(c.base())
	c.utc = UnspecifiedUTCOffset
	return nil
}

// Jump sets the clock forward by d, or back when it is negative.
func (c *Clock) Jump(d time.Duration) { c.offset += d }

// UTCOffset is the number of minutes that local time is ahead of UTC, or UnspecifiedUTCOffset. [IPMI 2.0 §31.11a]
func (c *Clock) UTCOffset() int16 { return c.utc }

// SetUTCOffset takes -1440 to 1440 and UnspecifiedUTCOffset; all others are C9h. [IPMI 2.0 §31.11b]
func (c *Clock) SetUTCOffset(minutes int16) error {
	if (minutes < -maxUTCOffset || minutes > maxUTCOffset) && minutes != UnspecifiedUTCOffset {
		return ipmb.ParameterOutOfRange
	}
	c.utc = minutes
	return nil
}
