package profiles

import (
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Kinds of fields that the machine's own sections do not all use.
type anySection struct {
	Common `yaml:",inline"`
	Float  float64            `yaml:"float" range:"-1.5..1.5"`
	Int    int16              `yaml:"int" default:"-3"`
	Map    map[string]Common  `yaml:"map"`
	Words  map[string]string  `yaml:"words"`
	Ptr    *Common            `yaml:"ptr"`
	Deep   [][]uint8          `yaml:"deep" range:"0..9"`
	Off    *bool              `yaml:"off" default:"true"`
	Self   []anySection       `yaml:"self"`
	Spans  map[string]float64 `yaml:"spans" range:"1.."`
}

// Common is embedded: its keys are the section's own.
type Common struct {
	Name string `yaml:"common_name" default:"none"`
}

// readSection reads a section as the loader does, after laying it over another.
func readSection(t *testing.T, base, over string) (*anySection, error) {
	t.Helper()
	s := shapeOf(reflect.TypeFor[anySection](), make(map[reflect.Type]*shape))
	var p problems
	var under *node
	for _, text := range []string{base, over} {
		n, err := decode("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		under = merger{problems: &p}.merge(s, under, n)
	}
	v := new(anySection)
	a := assigner{problems: &p, where: make(map[string]*node)}
	a.assign(s, nil, under, reflect.ValueOf(v).Elem(), "")
	return v, p.err()
}

func TestShapes(t *testing.T) {
	t.Parallel()
	base := "common_name: a\nfloat: 0.25\nmap: {x: {common_name: x}, y: {common_name: y}}\nwords: {a: b}\nself: [{int: 4}]\n"
	over := "float: -1\nmap: {y: {}, z: {common_name: z}}\nwords: {c: d}\nptr: {}\ndeep: [[1, 2], []]\noff: false\nspans: {k: 1e3}\nself: [{int: 5}]\n"
	got, err := readSection(t, base, over)
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	want := &anySection{
		Common: Common{"a"}, Float: -1, Int: -3, Ptr: &Common{"none"}, Deep: [][]uint8{{1, 2}, nil}, Off: &no,
		Map:   map[string]Common{"x": {"x"}, "y": {"y"}, "z": {"z"}},
		Words: map[string]string{"a": "b", "c": "d"}, Spans: map[string]float64{"k": 1000},
		Self: []anySection{{Common: Common{"none"}, Int: 5, Off: &yes}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got\n%+v\nwant\n%+v", got, want)
	}

	s := shapeOf(reflect.TypeFor[anySection](), make(map[reflect.Type]*shape))
	n, err := printed(s, nil, reflect.ValueOf(got).Elem())
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	again, err := readSection(t, "{}", string(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if !reflect.DeepEqual(again, got) {
		t.Errorf("printed:\n%s\nread again:\n%+v", text, again)
	}
}

func TestShapeMessages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"float: 2":         "x.yaml:1: float: 2 is out of range (-1.5 to 1.5)",
		"float: .nan":      `x.yaml:1: float: expected a number, got ".nan"`,
		"float: 1e999":     `x.yaml:1: float: expected a number, got "1e999"`,
		"int: -32769":      "x.yaml:1: int: -32769 is out of range (-32768 to 32767)",
		"int: 1.5":         `x.yaml:1: int: expected a number, got "1.5"`,
		"deep: [[10]]":     "x.yaml:1: deep[0][0]: 10 is out of range (0 to 9)",
		"spans: {a.b: 0}":  `x.yaml:1: spans."a.b": 0 is out of range (at least 1)`,
		"words: {a: [b]}":  `x.yaml:1: words.a: expected text ("" for none), got a list`,
		"map: {a: {b: 1}}": `x.yaml:1: map.a.b: unknown key (expected one of common_name)`,
		"off: null":        "x.yaml:1: off: nothing here: expected true or false",
		"ptr: ":            "x.yaml:1: ptr: nothing here: expected a mapping",
	} {
		if _, err := readSection(t, "{}", text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestBadShapes: a mistake in a type is met by the first test that loads a profile.
func TestBadShapes(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"has no yaml tag": struct{ A int }{},
		"bad tag range": struct {
			A int `yaml:"a" range:"1"`
		}{},
		"bad tag length": struct {
			A string `yaml:"a" length:"x"`
		}{},
		"bad default": struct {
			A int `yaml:"a" default:"["`
		}{},
		"unknown mark": struct {
			A int `yaml:"a" profile:"kye"`
		}{},
		"cannot have a chan": struct {
			A chan int `yaml:"a"`
		}{},
		"are no strings": struct {
			A map[int]int `yaml:"a"`
		}{},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			shapeOf(reflect.TypeOf(v), make(map[reflect.Type]*shape))
		}()
	}
}
