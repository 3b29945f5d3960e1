package fault

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestBeyond: three pass in any second, and what is hit does not count.
func TestBeyond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSet(t, 1, Rule{Name: "r", At: Request, Hits: Hits{Beyond: &Beyond{Count: 3, Within: Span(time.Second)}}, Do: Do{Action: Drop}})
		var got []bool
		for _, wait := range []time.Duration{0, 0, 500, 100, 399, 1, 0, 0, 500} { // milliseconds
			time.Sleep(wait * time.Millisecond)
			got = append(got, s.At(Request, &request) != nil)
		}
		if want := []bool{false, false, false, true, true, false, false, true, false}; !slices.Equal(got, want) {
			t.Errorf("hits %v, want %v", got, want)
		}
	})
}

// TestCheckRuns: what does not fit together is refused.
func TestCheckRuns(t *testing.T) {
	t.Parallel()
	drop := Do{Action: Drop}
	for _, tt := range []struct {
		rule Rule
		want string
	}{
		{Rule{Name: "a", At: Request, When: When{MinLength: 3, MaxLength: ptr(uint16(2))}, Do: drop}, "[0].when.min_length: is above max_length, so the rule can never hit"},
		{Rule{Name: "a", At: Request, When: When{Fields: []Field{{Size: 1, Mask: 0x02, Min: 3, Max: 3}}}, Do: drop},
			"[0].when.fields[0].min: has bits that the mask takes away, so the rule can never hit"},
		{Rule{Name: "a", At: Request, Hits: Hits{Beyond: &Beyond{Count: 1}}, Do: drop}, "[0].hits.beyond: expected at most 64 matches, and a duration"},
		{Rule{Name: "a", At: Response, Do: Do{Run: &Run{}}}, "[0].do.run: run is not possible at the point response (possible at request)"},
		{Rule{Name: "a", At: Request, Do: Do{Run: &Run{After: 1, On: ColdReset}}}, "[0].do.run: either after a time or on an event"},
		{Rule{Name: "a", At: Request, Do: Do{Run: &Run{After: Span(-time.Second)}}}, "[0].do.run.after: expected a duration of at most 1h0m0s"},
		{Rule{Name: "a", At: Request, Do: Do{Run: &Run{Patch: []Patch{{At: 1}}}}}, "[0].do.run.patch[0]: changes nothing"},
		{Rule{Name: "a", At: PayloadIn, When: When{Command: Names{"get-sdr"}}, Do: drop},
			"[0].when.command: not known at the point payload-in (known at session, request, response, datagram-out), so the rule can never hit"},
	} {
		problems := Check([]Rule{tt.rule})
		if len(problems) != 1 || problems[0].Path+": "+problems[0].Text != tt.want {
			t.Errorf("%v\nwant %s", problems, tt.want)
		}
	}
}
