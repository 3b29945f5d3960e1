package fault

import (
	"math"
	"math/rand/v2"
	"time"
)

// Limits of what rules may ask for: a fault must not cost memory.
const (
	MaxDelay  = time.Hour
	MaxBytes  = 1024 // of a pattern
	MaxCopies = 64   // more than one, of all rules together
	maxEdited = 8192 // bytes, whatever all rules together make of them
)

// Outcome is what a point is to do: all rules that hit together.
type Outcome struct {
	Rules []string // that hit, in their order

	Drop   bool
	Delay  time.Duration
	Copies int // more than one
	Behind int // later ones that go first
	Within time.Duration
	From   Elsewhere

	Code            *Code
	Refuse          *Status
	Flaws           uint64 // bit set: the Flaw
	Cancel          uint8  // bit set: the Store
	Any             uint8  // bit set: the Store
	LUN             *uint8
	EndSession      bool
	TouchSDR        bool
	EmbedReply      bool
	Runs            []*Run // do not change
	WordAccess      bool
	TouchSDRErasure bool

	Fail        Failure
	Unavailable bool
	Value       *float64
	Noise       float64 // drawn
	Lose, Full  bool

	ColdReset, WarmReset bool
	Away, Update, Clock  time.Duration

	edits []func([]byte) []byte
}

// Has reports whether a flaw is among the outcome's.
func (o *Outcome) Has(f Flaw) bool { return o.Flaws&(1<<f) != 0 }

// Edits reports whether Edit changes anything.
func (o *Outcome) Edits() bool { return o != nil && len(o.edits) > 0 }

// Edit changes bytes as the rules say. b is changed in place and may grow.
func (o *Outcome) Edit(b []byte) []byte {
	most := max(len(b), maxEdited)
	for _, e := range o.edits {
		b = e(b)
		b = b[:min(len(b), most)]
	}
	return b
}

// Machine reports whether something happens to the machine itself.
func (o *Outcome) Machine() bool {
	return o.ColdReset || o.WarmReset || o.Away > 0 || o.Update > 0 || o.Clock != 0
}

// lognormal draws a duration around the median, at most MaxDelay.
func lognormal(median time.Duration, sigma float64, draws *rand.Rand) time.Duration {
	return time.Duration(min(float64(median)*math.Exp(sigma*draws.NormFloat64()), float64(MaxDelay)))
}
