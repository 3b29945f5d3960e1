package profiles

import (
	"strings"
	"testing"
	"testing/fstest"
)

const kindsBase = `profile: base
sensor_kinds:
  hot: {type: temperature, upper: {non_critical: 80, critical: 90}, hysteresis: 1, move: {walk: {step: 1, within: 3}}}
  there: {type: entity-presence, possible: [0, 1]}
sensors:
  - {number: 1, name: CPU, kind: hot, value: 50}
  - {number: 2, name: Supply, kind: there, asserted: [0], possible: [0]}
  - {number: 3, name: Plain, type: voltage, value: 12}
sdr:
  sensors: [{owner: 0xb1, sensor: {number: 1, name: BIOS, kind: there}}]
`

// TestSensorKinds gives sensors what their kinds say and they do not, also where another profile changes the kind.
func TestSensorKinds(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"base.yaml": {Data: []byte(kindsBase)},
		"over.yaml": {Data: []byte(`profile: over
extends: base.yaml
sensor_kinds:
  hot: {upper: {critical: 95}}
sensors:
  - {number: 2, asserted: [1]}
  - {number: 4, name: GPU, kind: hot, upper: {non_critical: 70}}
`)},
	}
	p, err := LoadFS(fsys, "over.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.SensorKinds) != 0 || len(p.Sensors) != 4 {
		t.Fatalf("%d kinds, %d sensors", len(p.SensorKinds), len(p.Sensors))
	}
	for i, want := range []struct{ nonCritical, critical float64 }{0: {80, 95}, 3: {70, 95}} {
		if want.critical == 0 {
			continue
		}
		s := &p.Sensors[i]
		if s.Kind != "" || *s.Upper.NonCritical != want.nonCritical || *s.Upper.Critical != want.critical || s.Move.Walk.Within != 3 {
			t.Errorf("%s: upper %v %v", s.Name, *s.Upper.NonCritical, *s.Upper.Critical)
		}
	}
	if s := &p.Sensors[1]; len(s.Possible) != 1 || len(s.Asserted) != 1 || s.Asserted[0] != 1 || s.Type.String() != "entity-presence" {
		t.Errorf("%+v", s)
	}
	if other := p.SDR.Sensors[0]; other.Owner != 0xb1 || len(other.Sensor.Possible) != 2 {
		t.Errorf("%+v", other)
	}
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "kind") {
		t.Errorf("printed with its kinds:\n%s", text)
	}
}

// TestBadSensorKinds tells what is wrong with kinds where it stands, once.
func TestBadSensorKinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []example{
		{name: "unknown kind", yaml: "profile: a\nsensor_kinds: {hot: {type: fan}}\nsensors: [{number: 1, name: a, kind: hat}]\n",
			want: `bad.yaml:3: sensors[0].kind: unknown kind "hat" (did you mean "hot"?)`},
		{name: "unused kind", yaml: "profile: a\nsensor_kinds:\n  hot: {type: fan, uper: {}}\n",
			want: `bad.yaml:3: sensor_kinds.hot.uper: unknown key (did you mean "upper"?)`},
		{name: "used twice", yaml: "profile: a\nsensor_kinds:\n  hot: {type: fun}\nsensors:\n  - {number: 1, name: a, kind: hot}\n  - {number: 2, name: b, kind: hot}\n",
			want: `bad.yaml:3: sensor_kinds.hot.type: unknown sensor type "fun" (did you mean "fan"?)`},
		{name: "with a number", yaml: "profile: a\nsensor_kinds:\n  hot: {number: 1, type: fan}\n",
			want: "bad.yaml:3: sensor_kinds.hot.number: a kind has no number"},
		{name: "no mapping", yaml: "profile: a\nsensor_kinds: {hot: fan}\n",
			want: "bad.yaml:2: sensor_kinds.hot: expected a mapping, got a single value"},
	} {
		_, err := Parse("bad.yaml", []byte(tt.yaml))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v\nwant %s", tt.name, err, tt.want)
		}
	}
	p := mustLoad(t, "generic")
	p.Sensors[0].Kind = "hot"
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "only the loader") {
		t.Errorf("a kind in Go: %v", err)
	}
}
