package fault

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// maxCounters bounds what the rules with per remember together: each has its share, and forgets the counter that was made
// first.
const maxCounters = 1 << 14

// counter counts the matches of a rule.
type counter struct {
	matches uint64
	until   time.Time   // end of Hits.For; zero: not hit yet
	passed  []time.Time // of the matches that Hits.Beyond let pass, the latest last
}

// counters are a rule's counters: one, or one for each peer, session or message.
type counters struct {
	one  counter
	each map[string]*counter
	made []string // the keys of each, in the order in which they were made
	most int      // of them
}

// of is the counter of what passes; nil when there is nothing to tell it by.
func (c *counters) of(per Per, f *Facts) *counter {
	key, ok := "", true
	switch per {
	case 0:
		return &c.one
	case PerPeer:
		key, ok = f.Peer.String(), f.Peer.IsValid()
	case PerSession:
		key, ok = fmt.Sprint(f.SessionID), f.SessionID != 0
	case PerMessage:
		digest := sha256.Sum256(append([]byte(f.Op.String()), f.Data...)) // of whatever length the data is
		key, ok = string(digest[:]), f.Message
	}
	if !ok {
		return nil
	}
	if n := c.each[key]; n != nil {
		return n
	}
	if c.each == nil {
		c.each = make(map[string]*counter)
	}
	if len(c.made) >= c.most {
		delete(c.each, c.made[0])
		c.made = slices.Delete(c.made, 0, 1)
	}
	n := new(counter)
	c.each[key] = n
	c.made = append(c.made, key)
	return n
}

// hit counts a match and says whether it is hit: counts first, the time span then, the draw last.
func (c *counter) hit(h *Hits, draws *rand.Rand) bool {
	c.matches++
	if c.matches <= h.After {
		return false
	}
	n := c.matches - h.After
	switch {
	case h.First != 0 && n > h.First,
		len(h.Nth) > 0 && !slices.Contains(h.Nth, n),
		h.Every != 0 && n%h.Every != 0:
		return false
	}
	if h.Beyond != nil && !c.tooFast(h.Beyond) {
		return false
	}
	now := time.Time{}
	if h.For > 0 {
		if now = time.Now(); !c.until.IsZero() && !now.Before(c.until) {
			return false
		}
	}
	if h.Probability != nil && draws.Float64() >= *h.Probability {
		return false
	}
	if h.For > 0 && c.until.IsZero() {
		c.until = now.Add(h.For.Std())
	}
	return true
}

// maxBeyond bounds the times that a counter remembers.
const maxBeyond = 64

// tooFast reports whether a match comes beyond what may pass, and remembers it when it may.
func (c *counter) tooFast(b *Beyond) bool {
	now := time.Now()
	c.passed = slices.DeleteFunc(c.passed, func(t time.Time) bool { return now.Sub(t) >= b.Within.Std() })
	if len(c.passed) >= min(b.Count, maxBeyond) {
		return true
	}
	c.passed = append(c.passed, now)
	return false
}

// stream is a source of draws for a purpose of a rule: it follows from seed, rule and purpose alone.
func stream(seed uint64, rule, purpose string) *rand.Rand {
	key := binary.LittleEndian.AppendUint64(nil, seed)
	key = append(key, rule...)
	key = append(key, 0)
	return rand.New(rand.NewChaCha8(sha256.Sum256(append(key, purpose...))))
}
