package profiles

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// offer is a line of a profile's list of quirks that are not switched on.
var offer = regexp.MustCompile(`^#   - ([a-z0-9-]+) +\S`)

// TestOfferedQuirksExist: the comments of the machines that offer quirks name quirks that exist and are off, in one form.
func TestOfferedQuirksExist(t *testing.T) {
	t.Parallel()
	lists, known := 0, Quirks()
	for _, name := range Names() {
		text, err := machines.ReadFile("machines/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		inside := false
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if line == "# quirks offered:" {
				inside, lists = true, lists+1
				continue
			}
			if inside = inside && strings.HasPrefix(line, "#   - "); !inside {
				continue
			}
			switch m := offer.FindStringSubmatch(line); {
			case m == nil:
				t.Errorf("%s: %q is no offer", name, line)
			case !slices.Contains(known, m[1]):
				t.Errorf("%s offers %s, which is no quirk", name, m[1])
			case slices.Contains(p.Quirks, m[1]):
				t.Errorf("%s offers %s, which is on", name, m[1])
			}
		}
	}
	if lists < 9 {
		t.Errorf("%d profiles offer quirks, want 9 at least", lists)
	}
}
