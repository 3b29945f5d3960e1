package profiles

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fakebmc/fakebmc/bmc/i2c"
)

// TestModelsAreThoseOfTheHardware keeps the words of a device's model what package i2c has.
func TestModelsAreThoseOfTheHardware(t *testing.T) {
	t.Parallel()
	f := profileShape().field("i2c").shape.elem.field("devices").shape.elem.field("model")
	var have []string
	for _, m := range i2c.Models() {
		have = append(have, m.Name)
	}
	if !slices.Equal(f.limits.words, have) {
		t.Errorf("words of model:\n%v\nmodels:\n%v", f.limits.words, have)
	}
}

// TestReplayFile reads columns of CSV files beside the profile.
func TestReplayFile(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"m/temps.csv":  {Data: []byte("time,inlet,cpu\n0,24.5,40\n1,25,\n2,25.5,44\n")},
		"m/plain.csv":  {Data: []byte("1\n2\n3\n")},
		"m/broken.csv": {Data: []byte("a\n1\nx\n")},
	}
	for _, tt := range []struct {
		replay string
		want   []float64
		err    string
	}{
		{"{file: temps.csv, column: inlet}", []float64{24.5, 25, 25.5}, ""},
		{"{file: temps.csv, column: cpu}", []float64{40, 44}, ""},
		{`{file: temps.csv, column: "2"}`, []float64{24.5, 25, 25.5}, ""},
		{"{file: plain.csv}", []float64{1, 2, 3}, ""},
		{"{file: temps.csv, column: outlet}", nil, `no column "outlet"`},
		{"{file: broken.csv}", nil, `line 3: "x" is no number`},
		{"{file: nowhere.csv}", nil, "cannot be read"},
		{"{file: plain.csv, values: [1]}", nil, "given already"},
		{"{values: []}", nil, "no values"},
	} {
		fsys["m/p.yaml"] = &fstest.MapFile{Data: []byte("profile: p\nextends: generic\ni2c:\n  - bus: 1\n    devices:\n" +
			"      - at: 0x48\n        move:\n          replay: " + tt.replay + "\n")}
		p, err := LoadFS(fsys, "m/p.yaml")
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %q", tt.replay, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.replay, err)
			continue
		}
		if got := p.I2C[0].Devices[0].Move.Replay.Values; !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.replay, got, tt.want)
		}
	}
}

// TestHardwareScalars reads the scalars of hardware and sensors, and prints them as they were.
func TestHardwareScalars(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, want string
		value    interface {
			UnmarshalText([]byte) error
			MarshalText() ([]byte, error)
		}
	}{
		{"1", "1", new(BusID)}, {"channel-6", "channel-6", new(BusID)}, {"8", "", new(BusID)}, {"channel-16", "", new(BusID)},
		{"processor 2", "processor 2", new(Entity)}, {"3.2", "processor 2", new(Entity)}, {"fan", "fan 1", new(Entity)},
		{"0xd0 4", "208.4", new(Entity)}, {"dcmi-cpu 1", "dcmi-cpu 1", new(Entity)}, {"procesor 1", "", new(Entity)}, {"7.300", "", new(Entity)},
		{"inlet", "inlet", new(Sources)}, {"psu1.pin+psu2.pin", "psu1.pin + psu2.pin", new(Sources)}, {"psu1.", "psu1", new(Sources)},
		{"a + ", "", new(Sources)}, {"a b", "", new(Sources)},
		{"2024-03-01 08:30", "2024-03-01 08:30", new(Minute)}, {"2024-03-01", "2024-03-01 00:00", new(Minute)}, {"March", "", new(Minute)},
	} {
		err := tt.value.UnmarshalText([]byte(tt.in))
		if (err != nil) != (tt.want == "") {
			t.Errorf("%T %q: %v", tt.value, tt.in, err)
		}
		if got, _ := tt.value.MarshalText(); err == nil && string(got) != tt.want {
			t.Errorf("%T %q: printed %q, want %q", tt.value, tt.in, got, tt.want)
		}
	}
}

// TestHardwareProblems finds what does not fit together.
func TestHardwareProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, yaml, want string }{
		{"unknown device", "sensors: [{number: 1, name: A, type: temperature, from: inlte}]\ni2c: [{bus: 1, devices: [{at: 0x48, model: lm75, name: inlet}]}]", `unknown device "inlte" (did you mean "inlet"?)`},
		{"unknown model", "i2c: [{bus: 1, devices: [{at: 0x48, model: lm76}]}]", "lm75"},
		{"name twice", "i2c: [{bus: 1, devices: [{at: 0x48, model: lm75, name: a}, {at: 0x49, model: lm75, name: a}]}]", "given twice"},
		{"address twice", "i2c: [{bus: 1, devices: [{at: 0x48, model: lm75}, {at: 0x48, model: lm75}]}]", "given twice"},
		{"two motions", "i2c: [{bus: 1, devices: [{at: 0x48, model: lm75, move: {sine: {amplitude: 1, period: 5s}, walk: {step: 1}}}]}]", "expected one of ramp"},
		{"no type", "sensors: [{number: 1, name: A}]", "sensors[0].type: missing"},
		{"no name", "sensors: [{number: 1, type: fan}]", "sensors[0].name: missing"},
		{"range", "sensors: [{number: 1, name: A, type: fan, range: [5, 5]}]", "not below"},
		{"record and areas", "fru: [{id: 0, image: 01, board: {serial: a}}]", "has the areas already"},
		{"two kinds of a multirecord", "fru: [{id: 0, records: [{access: {kind: system-name, text: a}, raw: {type: 0xc0}}]}]", "expected one of power_supply"},
	} {
		_, err := Parse("p.yaml", []byte("profile: p\n"+tt.yaml+"\n"))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
