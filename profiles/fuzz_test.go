package profiles

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzParse: no YAML panics, and a machine that is taken is the same when it is printed and read again.
func FuzzParse(f *testing.F) {
	for _, name := range Names() {
		data, err := machines.ReadFile(machinesDir + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, tt := range append(badProfiles, goodProfiles...) {
		f.Add([]byte(tt.yaml))
	}
	for _, h := range hostileProfiles() {
		if len(h.yaml) < 4096 {
			f.Add([]byte(h.yaml))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("fuzz.yaml", data)
		if err != nil {
			if p != nil || err.Error() == "" {
				t.Fatalf("%v beside %+v", err, p)
			}
			return
		}
		wantSame(t, p)
	})
}

// FuzzParseFaults: no rules panic, in a profile or in a quirk, and those that are taken are the same when they are
// printed and read again.
func FuzzParseFaults(f *testing.F) {
	for _, name := range Quirks() {
		data, err := quirkFiles.ReadFile("quirks/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		_, rules, _ := strings.Cut(string(data), "rules:\n")
		f.Add(rules)
	}
	f.Add("  - {name: a, at: request, when: {command: x, fields: [{at: -1, size: 2, min: 1, max: 2}]}, hits: {nth: [1], per: peer}, do: drop}\n")
	f.Add("  - {name: a, at: session, scenario: {name: s, when: b, then: start}, do: {patch: [{at: 1, set: \"?1\", insert: \"00\"}], flaws: [iv]}}\n")
	f.Fuzz(func(t *testing.T, rules string) {
		const quirk = "quirk: a\nsummary: b\nwire: c\nclients: [{client: d, sees: e}]\nrules:\n"
		_, _ = parseQuirk("fuzz.yaml", []byte(quirk+rules))
		indented := strings.ReplaceAll("\n"+rules, "\n", "\n  ")
		if p, err := Parse("fuzz.yaml", []byte("profile: a\nfaults:\n  rules:"+indented)); err == nil {
			wantSame(t, p)
		}
	})
}

// hostileProfiles are made to cost time or memory, or to break the library.
func hostileProfiles() []example {
	bomb := "profile: a\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 12 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	const much = maxSize - 64
	fill := func(text string) string { return "profile: a\nx: " + strings.Repeat(text, much/len(text)) + "\n" }
	return []example{
		{name: "alias bomb", yaml: bomb},
		{name: "merge bomb", yaml: "profile: a\na: &a {<<: *a}\n"},
		{name: "merge key of nothing", yaml: "profile: a\n<<: \n"},
		{name: "merge keys in merge keys", yaml: "profile: a\n? <<\n: [[{<<: {<<: []}}]]\n"},
		{name: "alias as key", yaml: "profile: a\n? &k [*k]\n: *k\n"},
		{name: "open lists", yaml: fill("[")},
		{name: "open mappings", yaml: fill("{")},
		{name: "open keys", yaml: fill("? ")},
		{name: "nested dashes", yaml: fill("- ")},
		{name: "empty elements", yaml: "profile: a\nx: [" + strings.Repeat("a,", much/4-16) + "]\n"},
		{name: "long key", yaml: "profile: a\n? " + strings.Repeat("k", much) + "\n: 1\n"},
		{name: "comments", yaml: "profile: a\n" + strings.Repeat("#\n", much/2)},
		{name: "comments inside", yaml: "profile: a\nx:\n" + strings.Repeat(" #\n", much/3) + " - 1\n"},
		{name: "blank lines", yaml: "profile: a\nx: |\n" + strings.Repeat("\n", much)},
		{name: "quotes", yaml: fill(`"" `)},
		{name: "anchors", yaml: "profile: a\nx: [" + strings.Repeat("&a ,", much/4-16) + "]\n"},
		{name: "tags", yaml: fill("! ")},
		{name: "unknown keys", yaml: "profile: a\n" + manyKeys(much)},
		{name: "users with one id", yaml: "profile: a\nusers: [" + strings.Repeat("{id: 1},", much/8-16) + "]\n"},
		{name: "documents", yaml: "profile: a\n" + strings.Repeat("---\n", much/4)},
	}
}

func manyKeys(size int) string {
	var b bytes.Buffer
	for i := 0; b.Len() < size-16; i++ {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	return b.String()
}

// TestHostile: none is taken but those that are only long, and none takes long.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, tt := range hostileProfiles() {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			p, err := Parse("hostile.yaml", []byte(tt.yaml))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Logf("%v, %d bytes", took, len(tt.yaml))
			}
			if err == nil && tt.name != "comments" || err != nil && len(err.Error()) > 100_000 {
				t.Errorf("profile %v, an error of %d bytes", p != nil, len(fmt.Sprint(err)))
			}
			if err != nil {
				t.Logf("%.200v", err)
			}
		})
	}
}
