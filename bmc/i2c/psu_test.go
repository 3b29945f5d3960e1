package i2c

import (
	"encoding/hex"
	"math"
	"testing"
)

func TestPSU(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"id": "DELTA", "model": "DPS-800AB-5", "serial": ""}
	for _, tt := range []struct {
		name   string
		config Config
		steps  []step
	}{
		{"LTC2978: READ_VIN of 10 V is D280h", Config{Values: map[string]float64{"vin": 10}}, []step{{addr: 0x58, write: "88", want: "80 d2"}}},
		{"§7.1 linear: 230 V, 350 W in, 329 W out, 1.5217 A, 27.417 A, 12 V, 25 °C, 4000 RPM", Config{Value: ptr(350)}, []step{
			{addr: 0x58, write: "88", want: "98 f3"}, // 920 × 2^-2
			{addr: 0x58, write: "97", want: "bc fa"}, // 700 × 2^-1
			{addr: 0x58, write: "96", want: "92 fa"}, // 658 × 2^-1
			{addr: 0x58, write: "89", want: "0b bb"}, // 779 × 2^-9
			{addr: 0x58, write: "8c", want: "6d db"}, // 877 × 2^-5
			{addr: 0x58, write: "20", want: "17"},    // exponent -9
			{addr: 0x58, write: "8b", want: "00 18"}, // 6144 × 2^-9
			{addr: 0x58, write: "8d", want: "20 db"}, // 800 × 2^-5
			{addr: 0x58, write: "90", want: "e8 13"}, // 1000 × 2^2
		}},
		{"MAX34440: READ_VOUT of 3465 mV is 0D89h, direct", Config{Format: "direct", Values: map[string]float64{"vout": 3.465}}, []step{
			{addr: 0x58, write: "8b", want: "89 0d"},
			{addr: 0x58, write: "20", want: "40"},
		}},
		{"§7.2 COEFFICIENTS", Config{Format: "direct"}, []step{
			{addr: 0x58, write: "30 02 8b 01", want: "05 01 00 00 00 03"},
			{addr: 0x58, write: "30 02 88 00", want: "05 01 00 00 00 02"},
			{addr: 0x58, write: "30 02 99 01", want: "ff ff"},
			{addr: 0x58, write: "7e", want: "40"},
		}},
		{"§7.2 no COEFFICIENTS in linear format", Config{}, []step{
			{addr: 0x58, write: "30 02 8b 01", want: "ff"},
			{addr: 0x58, write: "7e", want: "40"},
		}},
		{"§11.13 QUERY", Config{}, []step{
			{addr: 0x58, write: "1a 01 88", want: "01 a0"}, // read, linear
			{addr: 0x58, write: "1a 01 51", want: "01 e0"}, // read, write, linear
			{addr: 0x58, write: "1a 01 99", want: "01 bc"}, // read, not numeric
			{addr: 0x58, write: "1a 01 03", want: "01 dc"}, // write
			{addr: 0x58, write: "1a 01 00", want: "01 f0"}, // unsigned byte
			{addr: 0x58, write: "1a 01 d0", want: "01 00"}, // not supported
		}},
		{"§11.13 QUERY direct", Config{Format: "direct"}, []step{{addr: 0x58, write: "1a 01 88", want: "01 ac"}}},
		{"§11.12, 22.1 CAPABILITY and PMBUS_REVISION", Config{}, []step{
			{addr: 0x58, write: "19", want: "b0"}, {addr: 0x58, write: "98", want: "22"},
		}},
		{"[SMBus §5.5.7] block read", Config{Texts: texts}, []step{
			{addr: 0x58, write: "99", want: "05 44 45 4c 54 41"},
			{addr: 0x58, write: "9a", want: "0b 44 50 53 2d 38 30 30 41 42 2d 35"},
			{addr: 0x58, write: "9e", want: "00"},
			{addr: 0x58, write: "7e", want: "00"},
			{addr: 0x58, write: "99 01 41", err: ErrNAKData}, // read only
			{addr: 0x58, write: "7e", want: "80"},
		}},
		{"§10.8.6 reading too many bytes, after the PEC", Config{}, []step{
			{addr: 0x58, write: "19", want: "b0 " + pecHex("b0 19 b1 b0")},
			{addr: 0x58, write: "7e", want: "00"},
			{addr: 0x58, write: "19", want: "b0 " + pecHex("b0 19 b1 b0") + " ff ff"},
			{addr: 0x58, write: "7e", want: "02"},
			{addr: 0x58, write: "78", want: "02"}, // CML
		}},
		{"[SMBus §5.4] PEC of a write", Config{}, []step{
			{addr: 0x58, write: "51 80 d2 " + pecHex("b0 51 80 d2")},
			{addr: 0x58, write: "51", want: "80 d2"},
			{addr: 0x58, write: "51 00 d2 00", err: ErrNAKData},
			{addr: 0x58, write: "51", want: "80 d2"},
			{addr: 0x58, write: "7e", want: "20"},
			{addr: 0x58, write: "03 " + pecHex("b0 03")},
			{addr: 0x58, write: "7e", want: "00"},
		}},
		{"§10.8.4 too few bytes are ignored, §10.8.5 too many are refused", Config{}, []step{
			{addr: 0x58, write: "51 80"},
			{addr: 0x58, write: "51", want: "08 ea"}, // 520 × 2^-3, 65 °C
			{addr: 0x58, write: "7e", want: "00"},
			{addr: 0x58, write: "51 80 d2 " + pecHex("b0 51 80 d2") + " 00", err: ErrNAKData},
			{addr: 0x58, write: "51", want: "08 ea"},
			{addr: 0x58, write: "7e", want: "02"},
		}},
		{"§10.9.1 read bit in the first address, §10.9.2 unsupported command", Config{}, []step{
			{addr: 0x58, want: "ff ff"},
			{addr: 0x58, write: "7e", want: "02"},
			{addr: 0x58, write: "03"},
			{addr: 0x58, write: "d0", err: ErrNAKData},
			{addr: 0x58, write: "d0 00", want: "00", err: ErrNAKData},
			{addr: 0x58, write: "7e", want: "80"},
			{addr: 0x58, write: "7e 80"}, // §10.2.4: written ones clear
			{addr: 0x58, write: "7e", want: "00"},
			{addr: 0x58, write: "03", want: "ff"}, // write only
			{addr: 0x58, write: "7e", want: "80"},
		}},
		{"data before a repeated START is dropped and a fault", Config{}, []step{
			{addr: 0x58, write: "51 80 d2", want: "ff ff"},
			{addr: 0x58, write: "51", want: "08 ea"},
			{addr: 0x58, write: "7e", want: "02"},
		}},
		{"§11.1 WRITE_PROTECT", Config{}, []step{
			{addr: 0x58, write: "10 40"},
			{addr: 0x58, write: "01 00"}, // OPERATION is free
			{addr: 0x58, write: "51 80 d2"},
			{addr: 0x58, write: "51", want: "08 ea"},
			{addr: 0x58, write: "7e", want: "40"},
			{addr: 0x58, write: "03"}, // CLEAR_FAULTS is free
			{addr: 0x58, write: "10 80"},
			{addr: 0x58, write: "01 80"},
			{addr: 0x58, write: "01", want: "00"},
			{addr: 0x58, write: "10 c0"}, // invalid data
			{addr: 0x58, write: "10", want: "80"},
			{addr: 0x58, write: "10 00"},
			{addr: 0x58, write: "01 80"},
			{addr: 0x58, write: "01", want: "80"},
		}},
		{"§11.10 PAGE", Config{}, []step{
			{addr: 0x58, write: "00 ff"}, {addr: 0x58, write: "00", want: "ff"},
			{addr: 0x58, write: "00 01"}, {addr: 0x58, write: "00", want: "ff"}, {addr: 0x58, write: "7e", want: "40"},
		}},
		{"OPERATION off", Config{Value: ptr(350)}, []step{
			{addr: 0x58, write: "79", want: "00 00"},
			{addr: 0x58, write: "01 00"},
			{addr: 0x58, write: "79", want: "40 08"}, // OFF, POWER_GOOD#
			{addr: 0x58, write: "97", want: "00 00"},
			{addr: 0x58, write: "8b", want: "00 00"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, one(t, 0x58, build(t, "pmbus", tt.config)), tt.steps)
		})
	}
}

func ptr(v float64) *float64 { return &v }

// pecHex is the code over the bytes of a transaction; TestPEC proves it.
func pecHex(s string) string {
	b := make([]byte, 0, 8)
	for i := 0; i+1 < len(s); i += 3 {
		v, _ := hex.DecodeString(s[i : i+2])
		b = append(b, v...)
	}
	return hex.EncodeToString([]byte{PEC(0, b...)})
}

// TestPSUStatus turns one thing at a time and reads STATUS_WORD (LS byte first) and the detail register. [PMBus §17]
func TestPSUStatus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		value          string
		bad, good      float64
		register       string
		word, detail   string
		after, cleared string // STATUS_WORD while good again, and after CLEAR_FAULTS
	}{
		{"§17.5 input lost", "vin", 0, 230, "7c", "49 28", "38", "09 20", "00 00"},
		{"§17.5 input low", "vin", 88, 230, "7c", "01 20", "20", "01 20", "00 00"},
		{"§17.5 input high", "vin", 270, 230, "7c", "01 20", "40", "01 20", "00 00"},
		{"§17.4 output current", "iout", 90, 10, "7b", "11 60", "a1", "11 60", "00 00"},
		{"§17.3 output voltage high", "vout", 14, 12, "7a", "21 80", "c0", "21 80", "00 00"},
		{"§17.6 temperature", "temperature2", 66, 30, "7d", "04 00", "40", "04 00", "00 00"},
		{"§17.6 temperature fault", "temperature3", 71, 30, "7d", "04 00", "c0", "04 00", "00 00"},
		{"§17.9 fan", "fan1", 0, 4000, "81", "01 04", "80", "01 04", "00 00"},
		{"§17.8 failed", "failed", 1, 0, "80", "41 18", "01", "01 10", "00 00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := build(t, "pmbus", Config{Value: ptr(100)}).(*PSU)
			if tt.value == "vout" {
				if err := d.SetValue("pout", 600); err != nil { // so that the current is within its limits
					t.Fatal(err)
				}
			}
			b := one(t, 0x58, d)
			set := func(v float64) {
				t.Helper()
				if err := d.SetValue(tt.value, v); err != nil {
					t.Fatal(err)
				}
			}
			clean := []step{{addr: 0x58, write: "79", want: "00 00"}}
			if d.Alert() {
				t.Error("SMBALERT# without a cause")
			}
			play(t, b, clean)
			set(tt.bad)
			play(t, b, []step{
				{addr: 0x58, write: "79", want: tt.word}, {addr: 0x58, write: tt.register, want: tt.detail},
				{addr: 0x58, write: "03"}, // §10.2.6: still there
				{addr: 0x58, write: "79", want: tt.word},
			})
			if !d.Alert() {
				t.Error("no SMBALERT#")
			}
			set(tt.good)
			play(t, b, []step{
				{addr: 0x58, write: "79", want: tt.after}, // latched
				{addr: 0x58, write: "03"},
				{addr: 0x58, write: "79", want: tt.cleared},
			})
		})
	}
}

// TestPSUCircuit: power, current and voltage agree whichever of them is set.
func TestPSUCircuit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		set   string
		value float64
	}{{"pin", 500}, {"pout", 450}, {"iin", 500.0 / 230}, {"iout", 37.5}} {
		d := build(t, "pmbus", Config{Values: map[string]float64{"efficiency": 90, tt.set: tt.value}}).(*PSU)
		for name, want := range map[string]float64{"pin": 500, "pout": 450, "iin": 500.0 / 230, "iout": 37.5, "vin": 230, "vout": 12, "efficiency": 90, "rating": 800, "temperature1": 25, "fan1": 4000, "failed": 0} {
			got, err := d.Value(name)
			if err != nil || math.Abs(got-want) > want/500 {
				t.Errorf("%s set to %v: %s is %v (%v), want %v", tt.set, tt.value, name, got, err, want)
			}
		}
		if err := d.SetValue("vin", 0); err != nil {
			t.Error(err)
		}
		for _, name := range []string{"pin", "pout", "iin", "iout", "vout", "vin"} {
			if got, _ := d.Value(name); got != 0 {
				t.Errorf("%s is %v without input", name, got)
			}
		}
		if err := d.SetValue("vin", 115); err != nil {
			t.Error(err)
		}
		if got, _ := d.Value("pin"); math.Abs(got-500) > 1 {
			t.Errorf("load did not come back: %v W", got)
		}
	}
	d := NewPSU(false)
	if d.SetValue("vout", 0) == nil || d.SetText("colour", "red") == nil || d.SetText("id", string(make([]byte, 33))) == nil {
		t.Error("impossible settings are taken")
	}
	d.SetFailed(true)
	if d.On() || !d.Failed() {
		t.Error("a failed supply delivers")
	}
}
