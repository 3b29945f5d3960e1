package i2c

import (
	"math"
	"testing"
)

func TestFanController(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		model  string
		values map[string]float64
		steps  []step
	}{
		{"EMC2301 Table 5.1 defaults", "emc2301", map[string]float64{"fan1": 1e6}, []step{
			{addr: 0x2f, write: "20", want: "40 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
			{addr: 0x2f, write: "31", want: "01 2b 28 00 2a 19 10 66 f5 00 00 f8 ff"},
			{addr: 0x2f, write: "fd", want: "37 5d 80"},
			{addr: 0x2f, write: "40", want: "00 00"}, // no second fan
		}},
		{"EMC2305 product", "emc2305", nil, []step{{addr: 0x2f, write: "fd", want: "34 5d 80"}, {addr: 0x2f, write: "71", want: "01 2b"}}},
		// [SMSC EMC2301 equation 3] RPM = 3,932,160 × m / COUNT, m = 2 at the default range: 5,461.3 RPM are 1440, left-aligned 2D00h.
		{"EMC2301 §5.18 tachometer", "emc2301", map[string]float64{"fan1": 3932160 * 2 / 1440.0}, []step{
			{addr: 0x2f, write: "3e", want: "2d 00"},
			{addr: 0x2f, write: "32 0b"}, // range 500: m = 1, count 720
			{addr: 0x2f, write: "3e", want: "16 80"},
			{addr: 0x2f, write: "32 6b"}, // range 4000: m = 8, count 5760
			{addr: 0x2f, write: "3e", want: "b4 00"},
			{addr: 0x2f, write: "32 23"}, // 3 edges: half of the default
			{addr: 0x2f, write: "3e", want: "16 80"},
		}},
		{"§5.7 drive scales the speed", "emc2302", map[string]float64{"fan1": 0, "fan2": 8000}, []step{
			{addr: 0x2e, write: "4e", want: "1e b8"}, // count 983
			{addr: 0x2e, write: "40 80", want: ""},
			{addr: 0x2e, write: "4e", want: "3d 30"}, // 7,864,320 / 4015.7
			{addr: 0x2e, write: "40 00"},
			{addr: 0x2e, write: "4e", want: "ff f8"},
			{addr: 0x2e, write: "25", want: "01"}, // fan 1 is driven and stands; fan 2 is off
		}},
		{"§5.18 low byte belongs to the high byte read before", "emc2301", map[string]float64{"fan1": 8000}, []step{
			{addr: 0x2f, write: "3e", want: "1e"},
			{addr: 0x2f, write: "30 80"},
			{addr: 0x2f, write: "3f", want: "b8"},
		}},
		{"§5.3 stall status is cleared by reading, unless still true", "emc2301", map[string]float64{"fan1": 0}, []step{
			{addr: 0x2f, write: "24", want: "01 01 00 00"},
			{addr: 0x2f, write: "24", want: "01 01"},
			{addr: 0x2f, write: "30 00"},
			{addr: 0x2f, write: "25", want: "01"},
			{addr: 0x2f, write: "24", want: "00 00"},
		}},
		{"§5.17 speed control", "emc2301", map[string]float64{"fan1": 10200}, []step{
			{addr: 0x2f, write: "32 ab"}, // algorithm on, target FFh: off
			{addr: 0x2f, write: "30", want: "00"},
			{addr: 0x2f, write: "3c 00"}, // waits for the high byte
			{addr: 0x2f, write: "30", want: "00"},
			{addr: 0x2f, write: "3d 2d"}, // count 1440, 5461 RPM
			{addr: 0x2f, write: "30", want: "89"},
			{addr: 0x2f, write: "30 ff"}, // read only now
			{addr: 0x2f, write: "30", want: "89"},
			{addr: 0x2f, write: "3d f0"}, // 1024 RPM is below minimum drive
			{addr: 0x2f, write: "30", want: "66"},
			{addr: 0x2f, write: "3d f6"}, // above the valid count: ignored
			{addr: 0x2f, write: "30", want: "66"},
			{addr: 0x2f, write: "3d 08"}, // 30,720 RPM: full drive
			{addr: 0x2f, write: "30", want: "ff"},
		}},
		{"§5.19 lock", "emc2301", nil, []step{
			{addr: 0x2f, write: "38 70"},
			{addr: 0x2f, write: "ef ff"},
			{addr: 0x2f, write: "ef 00", want: ""},
			{addr: 0x2f, write: "ef", want: "01"},
			{addr: 0x2f, write: "38 80"},
			{addr: 0x2f, write: "38", want: "70"},
			{addr: 0x2f, write: "29 ff"}, // not locked, one fan
			{addr: 0x2f, write: "29", want: "01"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, one(t, tt.steps[0].addr, build(t, tt.model, Config{Values: tt.values})), tt.steps)
		})
	}
}

func TestFanControllerGo(t *testing.T) {
	t.Parallel()
	d := build(t, "emc2305", Config{Values: map[string]float64{"fan3": 4000, "pwm3": 40}}).(*FanController)
	near := func(name string, want float64) {
		t.Helper()
		if got, err := d.Value(name); err != nil || math.Abs(got-want) > want/200 {
			t.Errorf("%s is %v (%v), want about %v", name, got, err, want)
		}
	}
	near("fan3", 4000)
	near("pwm3", 40)
	d.SetDrive(2, 255)
	near("fan3", 10000)
	d.SetDrive(2, 51)
	near("fan3", 2000)
	d.SetDrive(2, 0)
	near("fan3", 0)
	d.SetDrive(2, 51)
	near("fan3", 2000)

	b := one(t, 0x2f, d)
	play(t, b, []step{{addr: 0x2f, write: "50 ff"}, {addr: 0x2f, write: "29 04"}, {addr: 0x2f, write: "24", want: "00"}})
	near("fan3", 10000)
	if d.Alert() {
		t.Error("ALERT# without a stall")
	}
	if err := d.SetValue("fan3", 0); err != nil || !d.Alert() {
		t.Error("a fan that has failed gives no ALERT#", err)
	}
	d.SetDrive(2, 128)
	near("fan3", 0)
	d.SetRPM(2, 5000)
	d.Reset()
	near("fan3", 5000)
	near("pwm3", 50)
	for _, name := range []string{"fan0", "fan6", "pwm", "pwm12", "3", "fan+1"} {
		if _, err := d.Value(name); err == nil {
			t.Errorf("%q found", name)
		}
	}
}
