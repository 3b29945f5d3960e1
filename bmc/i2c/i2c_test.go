package i2c

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// step is one transaction: what is written and what must come back, in hex with spaces, or the error.
type step struct {
	addr  uint8
	write string
	want  string // as many bytes are read
	err   error
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func play(t *testing.T, b *Bus, steps []step) {
	t.Helper()
	for i, s := range steps {
		want := unhex(t, s.want)
		got := make([]byte, len(want))
		n, err := b.Transfer(s.addr, unhex(t, s.write), got)
		if !errors.Is(err, s.err) {
			t.Fatalf("step %d: %02x w[%s]: error %v, want %v", i, s.addr, s.write, err, s.err)
		}
		if err == nil && (n != len(want) || string(got) != string(want)) {
			t.Fatalf("step %d: %02x w[%s]: read % x, want % x", i, s.addr, s.write, got[:n], want)
		}
	}
}

// one returns a bus with a single device at an address.
func one(t testing.TB, at uint8, d Device) *Bus {
	t.Helper()
	b, err := NewTree().AddBus(PrivateBus(0))
	if err != nil {
		t.Fatal(err)
	}
	attach(t, &b.Segment, Slot{At: at, Device: d})
	return b
}

func attach(t testing.TB, g *Segment, s Slot) *Slot {
	t.Helper()
	slot, err := g.Attach(s)
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

func build(t testing.TB, model string, c Config) Device {
	t.Helper()
	m, ok := ModelByName(model)
	if !ok {
		t.Fatalf("no model %q", model)
	}
	d, err := m.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// counting is an image whose byte at i is i, plus its block number.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + i>>8)
	}
	return b
}
