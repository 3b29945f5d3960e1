package intel

import (
	"math"
	"time"
)

// statistics are those of a value that is constant between two samples.
type statistics struct {
	begin    time.Time // of the statistics
	at       time.Time // since when the value is what it is
	value    float64
	ok       bool // there is a value
	low, top float64
	sum      float64 // value times seconds
	seconds  float64 // with a value
}

// settle is how long a value must hold to count: supplies that change together do so one after the other.
const settle = 10 * time.Millisecond

// sample notes the present value.
func (s *statistics) sample(now time.Time, value float64, ok bool) {
	if s.begin.IsZero() {
		s.begin, s.at = now, now
	}
	if held := now.Sub(s.at); held >= settle {
		s.count(held)
		s.at = now
	}
	s.value, s.ok = value, ok
}

// count adds a time in which the value held.
func (s *statistics) count(held time.Duration) {
	if !s.ok {
		return
	}
	if s.seconds == 0 {
		s.low, s.top = s.value, s.value
	}
	s.low, s.top = min(s.low, s.value), max(s.top, s.value)
	s.sum += s.value * held.Seconds()
	s.seconds += held.Seconds()
}

// reset begins anew.
func (s *statistics) reset() { *s = statistics{} }

// figures are the numbers on the wire.
type figures struct {
	values  [4]uint16 // present, least, greatest, average
	seconds uint32    // of the statistics
}

// figures are the statistics as they stand now. Without a value all are zero.
func (s *statistics) figures() (f figures) {
	now := time.Now()
	f.seconds = uint32(now.Sub(s.begin).Seconds())
	if !s.ok {
		return f
	}
	c := *s
	c.count(now.Sub(c.at))
	if c.seconds == 0 {
		c.low, c.top, c.sum, c.seconds = c.value, c.value, c.value, 1
	}
	for i, v := range [4]float64{c.value, min(c.low, c.value), max(c.top, c.value), c.sum / c.seconds} {
		f.values[i] = uint16(min(max(math.Round(v), 0), math.MaxUint16))
	}
	return f
}
