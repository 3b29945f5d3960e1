package i2c

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestMux(t *testing.T) {
	t.Parallel()
	b := one(t, 0x70, build(t, "pca9548", Config{}))
	mux := b.slots[0].Device.(*Mux)
	attach(t, mux.Channel(2), Slot{At: 0x48, Device: build(t, "lm75", Config{})})
	cold := -25.0
	attach(t, mux.Channel(3), Slot{At: 0x48, Device: build(t, "lm75", Config{Value: &cold})})
	inner := attach(t, mux.Channel(7), Slot{At: 0x71, Device: build(t, "pca9546", Config{})}).Device.(*Mux)
	deep := attach(t, inner.Channel(3), Slot{At: 0x50, Device: build(t, "24c02", Config{Image: counting(8)})})

	if got := deep.Path(); got != "bus 0/mux 70 ch 7/mux 71 ch 3/50" || b.tree.Slot(got) != deep {
		t.Errorf("path %q", got)
	}
	play(t, b, []step{
		{addr: 0x48, write: "00", err: ErrNAKAddress}, // PCA9548A §6.2: no channel at power-on
		{addr: 0x70, want: "00 00"},
		{addr: 0x70, write: "04", want: "04"},
		{addr: 0x48, write: "00", want: "19 00"},
		{addr: 0x70, write: "ff 08"}, // the last byte counts
		{addr: 0x48, write: "00", want: "e7 00"},
		{addr: 0x70, write: "0c"}, // both: lines are open drain, 1900h AND E700h
		{addr: 0x48, write: "00", want: "01 00"},
		{addr: 0x48, write: "01 1f"}, // both take it
		{addr: 0x70, write: "04"},
		{addr: 0x48, write: "01", want: "1f"},
		{addr: 0x70, write: "80"},
		{addr: 0x48, err: ErrNAKAddress},
		{addr: 0x71, write: "ff", want: "0f"}, // a PCA9546 has four
		{addr: 0x50, write: "02", want: "02 03"},
		{addr: 0x70, write: "00"},
		{addr: 0x50, err: ErrNAKAddress},
		{addr: 0x71, err: ErrNAKAddress},
	})

	// The firmware's own view needs no switching, and leaves none behind.
	got := make([]byte, 2)
	if n, err := deep.Transfer([]byte{4}, got); n != 2 || err != nil || !bytes.Equal(got, []byte{4, 5}) {
		t.Errorf("firmware read: %d, %v, % x", n, err, got)
	}
	play(t, b, []step{{addr: 0x50, err: ErrNAKAddress}})
}

func TestRails(t *testing.T) {
	t.Parallel()
	tree := NewTree()
	b, _ := tree.AddBus(PrivateBus(1))
	aux := attach(t, &b.Segment, Slot{At: 0x48, Name: "inlet", Device: build(t, "lm75", Config{})})
	mux := attach(t, &b.Segment, Slot{At: 0x70, Device: build(t, "pca9548", Config{}), Rail: Host})
	hot := 60.0
	cpu := attach(t, mux.Device.(*Mux).Channel(0), Slot{At: 0x49, Name: "cpu", Device: build(t, "lm75", Config{Value: &hot})})
	var changed []string
	tree.OnChange = func(s *Slot) { changed = append(changed, s.String()) }

	if v, err := aux.Value(""); v != 25 || err != nil {
		t.Errorf("standby: %v, %v", v, err)
	}
	play(t, b, []step{{addr: 0x70, write: "01", err: ErrNAKAddress}})
	if _, err := cpu.Value("temperature"); !errors.Is(err, ErrNAKAddress) {
		t.Errorf("host off, behind a host multiplexer: %v", err)
	}
	tree.SetHostPower(true)
	play(t, b, []step{{addr: 0x70, write: "01"}, {addr: 0x49, write: "03 2d 00"}})
	if v, err := cpu.Value("temperature"); v != 60 || err != nil {
		t.Errorf("host on: %v, %v", v, err)
	}
	tree.SetHostPower(false)
	tree.SetHostPower(false)
	tree.SetHostPower(true)
	play(t, b, []step{
		{addr: 0x70, want: "00"}, // reset
		{addr: 0x70, write: "01"},
		{addr: 0x49, write: "03", want: "2d 00"}, // its own rail is standby
	})
	if want := []string{"bus 1/70", "bus 1/70", "cpu", "bus 1/70", "bus 1/70", "bus 1/70"}; !slices.Equal(changed, want) {
		t.Errorf("changes %q, want %q", changed, want)
	}

	aux.SetPresent(false)
	play(t, b, []step{{addr: 0x48, err: ErrNAKAddress}})
	if aux.Present() || aux.Powered() {
		t.Error("pulled device is there")
	}
	aux.SetPresent(true)
	play(t, b, []step{{addr: 0x48, want: "19 00"}})
}

func TestIntercept(t *testing.T) {
	t.Parallel()
	b := one(t, 0x50, build(t, "24c02", Config{Image: counting(16)}))
	for _, tt := range []struct {
		name string
		hook func(*Transaction) error
		n    int
		err  error
		want []byte
	}{
		{"passes", (*Transaction).Run, 4, nil, []byte{0, 1, 2, 3}},
		{"arbitration", func(*Transaction) error { return ErrArbitration }, 0, ErrArbitration, []byte{9, 9, 9, 9}},
		{"truncates", func(t *Transaction) error {
			if err := t.Run(); err != nil {
				return err
			}
			return t.Truncate(2)
		}, 2, ErrTruncated, []byte{0, 1, 0, 0}},
		{"damages", func(t *Transaction) error { err := t.Run(); t.Read[1] ^= 0x80; return err }, 4, nil, []byte{0, 0x81, 2, 3}},
		{"knows the device", func(t *Transaction) error {
			if t.Slot() != b.slots[0] {
				return ErrBus
			}
			return t.Run()
		}, 4, nil, []byte{0, 1, 2, 3}},
		{"re-enters", func(t *Transaction) error { _, err := t.Bus.Transfer(0x50, nil, nil); return err }, 0, ErrBusy, []byte{9, 9, 9, 9}},
	} {
		b.Intercept = tt.hook
		got := []byte{9, 9, 9, 9}
		if n, err := b.Transfer(0x50, []byte{0}, got); n != tt.n || !errors.Is(err, tt.err) || !bytes.Equal(got, tt.want) {
			t.Errorf("%s: %d, %v, % x", tt.name, n, err, got)
		}
	}
	b.Intercept = nil
	play(t, b, []step{{addr: 0x50, write: "00", want: "00"}})
}

// TestOnChangeMayTransfer: the signal comes after the STOP, so its owner can use the bus.
func TestOnChangeMayTransfer(t *testing.T) {
	t.Parallel()
	b := one(t, 0x48, build(t, "lm75", Config{}))
	var seen []float64
	b.tree.OnChange = func(s *Slot) {
		v, err := s.Value("")
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, v)
	}
	play(t, b, []step{{addr: 0x48, write: "03 20 00"}})
	if err := b.slots[0].SetValue("", 30); err != nil {
		t.Error(err)
	}
	if !slices.Equal(seen, []float64{25, 30}) {
		t.Errorf("seen %v", seen)
	}
}

func TestAttachErrors(t *testing.T) {
	t.Parallel()
	tree := NewTree()
	b, _ := tree.AddBus(PrivateBus(1))
	d := build(t, "lm75", Config{})
	attach(t, &b.Segment, Slot{At: 0x48, Name: "inlet", Device: d})
	attach(t, &b.Segment, Slot{At: 0x54, Device: build(t, "24c08", Config{})})
	for _, tt := range []struct {
		slot Slot
		want string
	}{
		{Slot{At: 0x48, Device: build(t, "lm75", Config{})}, "taken by inlet"},
		{Slot{At: 0x57, Device: build(t, "24c02", Config{})}, "taken by bus 1/54"},
		{Slot{At: 0x50, Device: build(t, "24c16", Config{})}, "taken by bus 1/54"},
		{Slot{At: 0x51, Device: build(t, "24c04", Config{})}, "multiple of 2"},
		{Slot{At: 0x07, Device: build(t, "lm75", Config{})}, "reserved"},
		{Slot{At: 0x78, Device: build(t, "lm75", Config{})}, "reserved"},
		{Slot{At: 0x76, Device: build(t, "24c08", Config{})}, "reserved"},
		{Slot{At: 0x4a, Device: d}, "attached already"},
		{Slot{At: 0x4a, Name: "inlet", Device: build(t, "lm75", Config{})}, `"inlet" is taken`},
		{Slot{At: 0x4a}, "no device"},
	} {
		if _, err := b.Attach(tt.slot); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%02x: %v, want %q", tt.slot.At, err, tt.want)
		}
	}
	if _, err := NewMux(8).Channel(0).Attach(Slot{At: 0x48, Device: build(t, "lm75", Config{})}); err == nil {
		t.Error("attached behind a loose multiplexer")
	}
	for _, id := range []BusID{PrivateBus(1), PrivateBus(8), PublicBus(16)} {
		if _, err := tree.AddBus(id); err == nil {
			t.Errorf("%v added", id)
		}
	}
	if _, err := tree.AddBus(PublicBus(0)); err != nil || tree.Bus(PublicBus(0)).Path() != "channel 0" {
		t.Error("IPMB", err)
	}
	if len(tree.Buses()) != 2 || len(tree.Slots()) != 2 || len(b.Slots()) != 2 || tree.Slot("inlet").Device != d || tree.Slot("") != nil {
		t.Error("lookups")
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range Models() {
		if seen[m.Name] || m.Doc == "" {
			t.Errorf("model %q twice or without doc", m.Name)
		}
		seen[m.Name] = true
		d, err := m.New(Config{})
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		if mux, ok := d.(*Mux); ok != (m.Channels > 0) || ok && mux.Channels() != m.Channels {
			t.Errorf("%s: channels", m.Name)
		}
		meter, ok := d.(Meter)
		if !ok {
			if len(m.Quantities) > 0 {
				t.Errorf("%s: quantities without Meter", m.Name)
			}
			continue
		}
		if !slices.Equal(meter.Quantities(), m.Quantities) {
			t.Errorf("%s: quantities %v, device has %v", m.Name, m.Quantities, meter.Quantities())
		}
		first, err1 := meter.Value(m.Quantities[0].Name)
		empty, err2 := meter.Value("")
		if err1 != nil || err2 != nil || first != empty {
			t.Errorf("%s: first quantity %v %v, empty name %v %v", m.Name, first, err1, empty, err2)
		}
		for _, q := range m.Quantities {
			v, err := meter.Value(q.Name)
			if err != nil || meter.SetValue(q.Name, v) != nil {
				t.Errorf("%s: %s: %v", m.Name, q.Name, err)
			}
			if meter.SetValue(q.Name, nan()) == nil {
				t.Errorf("%s: %s: not a number is accepted", m.Name, q.Name)
			}
		}
		if _, err := meter.Value("nothing"); !errors.Is(err, ErrNoQuantity) {
			t.Errorf("%s: unknown quantity: %v", m.Name, err)
		}
		if err := meter.SetValue("nothing", 1); !errors.Is(err, ErrNoQuantity) {
			t.Errorf("%s: unknown quantity: %v", m.Name, err)
		}
	}
}

func nan() float64 { z := 0.0; return z / z }

func TestModelErrors(t *testing.T) {
	t.Parallel()
	v := 1.0
	for _, tt := range []struct {
		model  string
		config Config
		want   []string
	}{
		{"lm75", Config{Image: []byte{1}, Size: 3, Texts: map[string]string{"id": "x"}}, []string{"image:", "size:", `no "id"`}},
		{"lm75", Config{Values: map[string]float64{"pressure": 1}, BusyPolls: 1, Format: "direct"}, []string{`no "pressure"`, "busy-polls:", "format:"}},
		{"24c02", Config{Value: &v}, []string{"value:"}},
		{"24c02", Config{Image: make([]byte, 257)}, []string{"257 bytes"}},
		{"24c02", Config{WriteProtect: "yes"}, []string{"write-protect:"}},
		{"24c02", Config{BusyPolls: -1}, []string{"busy-polls:"}},
		{"registers", Config{Size: 257}, []string{"size is 1 to 256"}},
		{"registers", Config{Size: 1, Image: []byte{1, 2}}, []string{"image has 2"}},
		{"registers", Config{Size: 16, Values: map[string]float64{"1f": 1}}, []string{`"1f"`}},
	} {
		m, _ := ModelByName(tt.model)
		_, err := m.New(tt.config)
		for _, w := range tt.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", tt.model, err, w)
			}
		}
	}
	if _, ok := ModelByName("lm76"); ok {
		t.Error("lm76 found")
	}
	if _, err := (Model{Name: "lm76"}).New(Config{}); err == nil {
		t.Error("lm76 built")
	}
}

func TestRegisters(t *testing.T) {
	t.Parallel()
	d := build(t, "registers", Config{Size: 16, Image: []byte{0xa0, 0xa1}, Values: map[string]float64{"0f": 300, "02": 7}}).(*Registers)
	b := one(t, 0x60, d)
	play(t, b, []step{
		{addr: 0x60, write: "0f", want: "ff a0 a1 07"},
		{addr: 0x60, write: "10", err: ErrNAKData},
		{addr: 0x60, write: "0f 11 12"},
		{addr: 0x60, write: "0f", want: "11 12"},
		{addr: 0x60, want: "a1"},
	})
	d.Set(1, 0x55)
	d.Set(99, 1)
	d.Reset()
	play(t, b, []step{{addr: 0x60, write: "0f", want: "ff a0 55 07"}})
	if d.Get(1) != 0x55 || d.Get(16) != 0 || d.Get(-1) != 0 {
		t.Error("Get")
	}
}

// TestExpander follows [NXP PCA9555 §6.5] and its examples: the byte after one for a register is for its pair.
func TestExpander(t *testing.T) {
	t.Parallel()
	d := build(t, "pca9555", Config{}).(*Expander)
	b := one(t, 0x20, d)
	play(t, b, []step{
		{addr: 0x20, write: "00", want: "ff ff"},    // inputs float high
		{addr: 0x20, write: "02", want: "ff ff"},    // §6.2.3 output default
		{addr: 0x20, write: "04", want: "00 00"},    // §6.2.4
		{addr: 0x20, write: "06", want: "ff ff ff"}, // §6.2.5
		{addr: 0x20, write: "03 5a a5"},             // first port 1, then port 0
		{addr: 0x20, write: "02", want: "a5 5a a5 5a"},
		{addr: 0x20, write: "03", want: "5a a5"},
		{addr: 0x20, write: "00", want: "ff ff"}, // still inputs
		{addr: 0x20, write: "06 00 ff"},          // port 0 drives
		{addr: 0x20, write: "00", want: "a5 ff"},
		{addr: 0x20, write: "04 0f 80"}, // inputs are inverted
		{addr: 0x20, write: "00", want: "aa 7f"},
		{addr: 0x20, write: "00 00 00", want: "aa"}, // inputs are read only
		{addr: 0x20, want: "7f aa"},                 // no command: at the register of the pair
	})
	if d.Interrupt() {
		t.Error("INT without a change")
	}
	if err := d.SetValue("p17", 0); err != nil || !d.Interrupt() || d.Pin(15) {
		t.Error("INT at a change of an input", err)
	}
	play(t, b, []step{{addr: 0x20, write: "00", want: "aa"}})
	if !d.Interrupt() {
		t.Error("§6.4: a read of port 0 does not clear an interrupt of port 1")
	}
	play(t, b, []step{{addr: 0x20, write: "01", want: "ff"}})
	if d.Interrupt() {
		t.Error("INT after its port was read")
	}
	d.SetPin(0, false)
	if d.Interrupt() || !d.Pin(0) {
		t.Error("an output follows the world")
	}
	d.Reset()
	if v, err := d.Value("p00"); v != 0 || err != nil {
		t.Errorf("after a reset P00 is the input it is driven to: %v, %v", v, err)
	}
}
