package profiles

import (
	"strings"
	"testing"
)

// TestQuirks: every quirk is one that loads under its own name and says what it is, and its rules can hit.
func TestQuirks(t *testing.T) {
	t.Parallel()
	for _, name := range Quirks() {
		q, err := LoadQuirk(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if q.Name != name {
			t.Errorf("%s.yaml has the quirk %s", name, q.Name)
		}
		p := &Profile{Quirks: []string{name}}
		rules, err := p.FaultRules()
		if err != nil || len(rules) != len(q.Rules) || len(rules) == 0 || len(q.Clients) == 0 {
			t.Errorf("%s: %d rules of %d, %d clients, %v", name, len(rules), len(q.Rules), len(q.Clients), err)
			continue
		}
		if !strings.HasPrefix(rules[0].Name, name+"/") || strings.Contains(q.Rules[0].Name, "/") {
			t.Errorf("%s: its rule is %q", name, rules[0].Name)
		}
	}
	if _, err := LoadQuirk("sdr-next-lop"); err == nil || err.Error() != `unknown quirk "sdr-next-lop" (did you mean "sdr-next-loop"?)` {
		t.Errorf("a wrong name: %v", err)
	}
}

// TestQuirkErrors: a file that is wrong is refused with its place.
func TestQuirkErrors(t *testing.T) {
	t.Parallel()
	const head = "quirk: a\nsummary: b\nwire: c\nclients: [{client: d, sees: e}]\n"
	for text, want := range map[string]string{
		"quirk: a\n": "a.yaml:1: summary: missing",
		head + "rules:\n  - {name: r, at: request, do: dorp}\n": `a.yaml:6: rules[0].do: unknown action "dorp" (did you mean "drop"?)`,
		head + "rules:\n  - {name: r, at: device, do: drop}\n":  "a.yaml:6: rules[0].do: drop is not possible at the point device",
	} {
		if _, err := parseQuirk("a.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}
