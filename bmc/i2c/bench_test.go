package i2c

import "testing"

// BenchmarkTransfer reads one temperature register.
func BenchmarkTransfer(b *testing.B) {
	bus := one(b, 0x48, build(b, "lm75", Config{}))
	reg := make([]byte, 2)
	write := []byte{0}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bus.Transfer(0x48, write, reg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkServer builds the devices of a server: twelve sensors behind a switch, five fans, two supplies, three EEPROMs
// of one image, an expander. Its bytes are what a machine of a fleet costs here.
func BenchmarkServer(b *testing.B) {
	image := counting(256)
	b.ReportAllocs()
	for b.Loop() {
		tree := NewTree()
		bus, _ := tree.AddBus(PrivateBus(1))
		mux := attach(b, &bus.Segment, Slot{At: 0x70, Device: build(b, "pca9548", Config{})}).Device.(*Mux)
		for i := range 12 {
			attach(b, mux.Channel(i%4), Slot{At: uint8(0x48 + i/4), Device: build(b, "lm75", Config{})})
		}
		attach(b, &bus.Segment, Slot{At: 0x2e, Device: build(b, "emc2305", Config{})})
		attach(b, &bus.Segment, Slot{At: 0x58, Device: build(b, "pmbus", Config{})})
		attach(b, &bus.Segment, Slot{At: 0x59, Device: build(b, "pmbus", Config{})})
		for i := range 3 {
			attach(b, &bus.Segment, Slot{At: uint8(0x50 + i), Device: build(b, "24c256", Config{Image: image})})
		}
		attach(b, &bus.Segment, Slot{At: 0x20, Device: build(b, "pca9555", Config{})})
	}
}
