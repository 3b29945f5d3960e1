package i2c

import "testing"

// TestTemperatureRegister holds the published tables: [STLM75 Table 3] for 9 bits, [NXP LM75B Table 10] for 11,
// [TI TMP1075/TMP75 Table 7-1] for 12.
func TestTemperatureRegister(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bits    int
		celsius float64
		want    uint16 // right-aligned, as the tables print it
	}{
		{9, 125, 0x0fa}, {9, 25, 0x032}, {9, 0.5, 0x001}, {9, 0, 0}, {9, -0.5, 0x1ff}, {9, -25, 0x1ce}, {9, -40, 0x1b0}, {9, -55, 0x192},
		{11, 127, 0x3f8}, {11, 126.875, 0x3f7}, {11, 125, 0x3e8}, {11, 25, 0x0c8}, {11, 0.125, 0x001}, {11, -0.125, 0x7ff},
		{11, -25, 0x738}, {11, -54.875, 0x649}, {11, -55, 0x648},
		{12, 128, 0x7ff}, {12, 127.9375, 0x7ff}, {12, 100, 0x640}, {12, 80, 0x500}, {12, 75, 0x4b0}, {12, 50, 0x320},
		{12, 25, 0x190}, {12, 0.25, 0x004}, {12, -0.25, 0xffc}, {12, -25, 0xe70}, {12, -55, 0xc90}, {12, -128, 0x800}, {12, -300, 0x800},
	} {
		got := uint16(leftAligned(tt.celsius, tt.bits)) >> (16 - tt.bits)
		if got != tt.want {
			t.Errorf("%v °C in %d bits: %03x, want %03x", tt.celsius, tt.bits, got, tt.want)
		}
	}
}

func TestLM75(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		model   string
		celsius float64
		steps   []step
	}{
		{"LM75 §1.10 power-up: pointer 0, TOS 80, THYST 75, configuration 0", "lm75", 24.6, []step{
			{addr: 0x48, want: "18 80"}, // 24.5
			{addr: 0x48, write: "03", want: "50 00"},
			{addr: 0x48, write: "02", want: "4b 00"},
			{addr: 0x48, write: "01", want: "00 00"},
		}},
		{"LM75 §1.11 the pointer stays", "lm75", 25, []step{
			{addr: 0x48, write: "03"},
			{addr: 0x48, want: "50 00"},
			{addr: 0x48, want: "50"},
			{addr: 0x48, want: "50 00 50 00"},
		}},
		{"LM75 §1.13 configuration bits 7:5 stay zero", "lm75", 25, []step{
			{addr: 0x48, write: "01 ff"},
			{addr: 0x48, want: "1f"},
		}},
		{"LM75 §1.14 limits have 9 bits; one byte is not enough", "lm75", 25, []step{
			{addr: 0x48, write: "03 28 ff"},
			{addr: 0x48, want: "28 80"},
			{addr: 0x48, write: "03 11"},
			{addr: 0x48, want: "28 80"},
			{addr: 0x48, write: "02 e7 80"},
			{addr: 0x48, want: "e7 80"},
		}},
		{"LM75 §1.12 temperature is read only", "lm75", -25, []step{
			{addr: 0x48, write: "00 12 34", want: "e7 00"},
		}},
		{"drivers/hwmon/lm75.c detect: 4 to 7 give what was read last, repeating at 8", "lm75", 25, []step{
			{addr: 0x48, write: "02", want: "4b"},
			{addr: 0x48, write: "04", want: "4b"},
			{addr: 0x48, write: "03", want: "50"},
			{addr: 0x48, write: "07", want: "50"},
			{addr: 0x48, write: "0a", want: "4b"},
		}},
		{"LM75B §7.4.3 11 bits", "lm75b", 25.125, []step{{addr: 0x48, want: "19 20"}}},
		{"TMP75 §7.5.3.6 resolution", "tmp75", 25.0625, []step{
			{addr: 0x48, want: "19 00"},
			{addr: 0x48, write: "01 60"},
			{addr: 0x48, write: "00", want: "19 10"},
			{addr: 0x48, write: "03 50 ff"},
			{addr: 0x48, write: "03", want: "50 f0"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, one(t, 0x48, build(t, tt.model, Config{Value: &tt.celsius})), tt.steps)
		})
	}
}

func TestLM75Shutdown(t *testing.T) {
	t.Parallel()
	d := build(t, "tmp75", Config{}).(*LM75)
	b := one(t, 0x48, d)
	play(t, b, []step{{addr: 0x48, write: "01 01"}})
	d.SetTemperature(50)
	play(t, b, []step{
		{addr: 0x48, write: "00", want: "19 00"}, // the last conversion
		{addr: 0x48, write: "01 81"},             // one shot
		{addr: 0x48, write: "01", want: "01"},    // reads as 0
		{addr: 0x48, write: "00", want: "32 00"},
	})
	d.SetTemperature(60)
	play(t, b, []step{{addr: 0x48, write: "01 00"}, {addr: 0x48, write: "00", want: "3c 00"}})
}

// TestLM75OS walks the temperature through [National LM75 Figure 3].
func TestLM75OS(t *testing.T) {
	t.Parallel()
	d := build(t, "lm75", Config{}).(*LM75)
	b := one(t, 0x48, d)
	walk := func(mode string, want ...bool) {
		t.Helper()
		for i, c := range []float64{70, 80, 80.5, 78, 75, 74.5} {
			d.SetTemperature(c)
			if d.OS() != want[i] {
				t.Errorf("%s mode at %v °C: OS %v, want %v", mode, c, d.OS(), want[i])
			}
			if mode == "interrupt" {
				play(t, b, []step{{addr: 0x48, write: "00", want: map[float64]string{70: "46", 80: "50", 80.5: "50", 78: "4e", 75: "4b", 74.5: "4a"}[c]}})
				if !d.OS() {
					t.Errorf("interrupt mode at %v °C: OS active after a read", c)
				}
			}
		}
	}
	walk("comparator", true, true, false, false, false, true)
	play(t, b, []step{{addr: 0x48, write: "01 02"}})
	walk("interrupt", true, true, false, true, true, false)
	play(t, b, []step{{addr: 0x48, write: "01 04"}})
	walk("comparator, active high", false, false, true, true, true, false)
}
