package sel

import (
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

func TestClock(t *testing.T) {
	t.Parallel()
	base := &ticker{now: time.Unix(start, 900_000_000)}
	c := NewClock(base.Now)
	if c.Time() != start || c.UTCOffset() != UnspecifiedUTCOffset {
		t.Errorf("§31.10 fresh: %d, %d", c.Time(), c.UTCOffset())
	}
	if err := c.SetUTCOffset(-480); err != nil || c.UTCOffset() != -480 {
		t.Errorf("§31.11b %d, %v", c.UTCOffset(), err)
	}
	if err := c.SetTime(0x30000000); err != nil || c.Time() != 0x30000000 {
		t.Errorf("§31.11 %x, %v", c.Time(), err)
	}
	if c.UTCOffset() != UnspecifiedUTCOffset {
		t.Errorf("§31.11b Set SEL Time left the offset at %d", c.UTCOffset())
	}
	base.now = base.now.Add(999 * time.Millisecond)
	if c.Time() != 0x30000000 {
		t.Errorf("§31.11 %x within the second", c.Time())
	}
	base.now = base.now.Add(time.Millisecond)
	if c.Time() != 0x30000001 {
		t.Errorf("§31.11 %x a second later", c.Time())
	}
	if err := c.SetTime(0xfffffffe); err != nil || c.Time() != 0xfffffffe {
		t.Errorf("§37 in 2106: %x, %v", c.Time(), err)
	}
	wantCode(t, "§37.1 FFFFFFFFh is no time", c.SetTime(Unspecified), ipmb.InvalidField)
}

func TestUTCOffsetRange(t *testing.T) {
	t.Parallel()
	c := NewClock(nil)
	for _, tt := range []struct {
		minutes int16
		err     error
	}{{-1440, nil}, {1440, nil}, {UnspecifiedUTCOffset, nil}, {-1441, ipmb.ParameterOutOfRange}, {1441, ipmb.ParameterOutOfRange}} {
		before := c.UTCOffset()
		wantCode(t, "§31.11b", c.SetUTCOffset(tt.minutes), tt.err)
		if want := tt.minutes; tt.err != nil {
			if c.UTCOffset() != before {
				t.Errorf("§31.11b a refused offset was kept: %d", want)
			}
		} else if c.UTCOffset() != want {
			t.Errorf("§31.11b got %d, want %d", c.UTCOffset(), want)
		}
	}
}

func TestRelativeClock(t *testing.T) {
	t.Parallel()
	base := &ticker{now: time.Unix(start, 500_000_000)}
	c := NewRelativeClock(base.Now)
	base.now = base.now.Add(90 * time.Second)
	if c.Time() != 90 || c.Time() > LastRelative {
		t.Errorf("§37.1 got %d", c.Time())
	}
}
