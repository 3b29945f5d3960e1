package i2c

import "testing"

// everything returns a bus with one device of each model, spread over the channels of a multiplexer so that addresses do not clash.
func everything(t testing.TB) *Bus {
	t.Helper()
	tree := NewTree()
	b, err := tree.AddBus(PrivateBus(0))
	if err != nil {
		t.Fatal(err)
	}
	mux := attach(t, &b.Segment, Slot{At: 0x70, Device: build(t, "pca9548", Config{})}).Device.(*Mux)
	for i, m := range Models() {
		if m.Name == "pca9548" {
			continue
		}
		slot := Slot{At: uint8(0x10 + 8*(i/8)), Device: build(t, m.Name, Config{})}
		attach(t, mux.Channel(i%8), slot)
	}
	return b
}

// FuzzTransfer plays arbitrary transactions: address, lengths, bytes. Nothing may panic, no device may keep what it was
// given, and a read fills exactly what was asked for.
func FuzzTransfer(f *testing.F) {
	f.Add([]byte{0x70, 1, 0, 0x01, 0x10, 3, 4, 0, 1, 2})
	f.Add([]byte{0x70, 1, 0, 0xff, 0x10, 0, 8, 0x18, 2, 2, 0x79, 0x00})
	f.Fuzz(func(t *testing.T, in []byte) {
		b := everything(t)
		b.tree.SetHostPower(true)
		for len(in) >= 3 {
			addr, w, r := in[0], min(int(in[1]), len(in)-3), int(in[2])
			write, read := append([]byte(nil), in[3:3+w]...), make([]byte, r)
			n, err := b.Transfer(addr, write, read)
			if err == nil && n != r || err != nil && n != 0 {
				t.Fatalf("%02x: %d of %d bytes, %v", addr, n, r, err)
			}
			if string(write) != string(in[3:3+w]) {
				t.Fatal("the write was changed")
			}
			clear(write)
			clear(read)
			in = in[3+w:]
		}
		if b.busy || len(b.dirty) != 0 {
			t.Fatal("the bus is left busy")
		}
		for _, s := range b.tree.slots {
			if m, ok := s.Device.(Meter); ok {
				for _, q := range m.Quantities() {
					v, err := m.Value(q.Name)
					if err != nil || finite(v) != nil {
						t.Fatalf("%s %s: %v, %v", s.Path(), q.Name, v, err)
					}
				}
			}
		}
	})
}
