package i2c

import (
	"bytes"
	"testing"
)

func TestEEPROM(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		model  string
		config Config
		steps  []step
	}{
		{"AT24C02C random and sequential read", "24c02", Config{Image: counting(256)}, []step{
			{addr: 0x50, write: "10", want: "10 11 12 13"},
		}},
		{"AT24C02C current address read goes on, and wraps at the end of the array", "24c02", Config{Image: counting(256)}, []step{
			{addr: 0x50, write: "fd", want: "fd"},
			{addr: 0x50, want: "fe ff 00 01"},
		}},
		{"AT24C02C page write wraps in its page of 8", "24c02", Config{Image: counting(256)}, []step{
			{addr: 0x50, write: "0e a0 a1 a2 a3"},
			{addr: 0x50, want: "0a"}, // the counter wrapped too
			{addr: 0x50, write: "07", want: "07 a2 a3 0a 0b 0c 0d a0 a1 10"},
		}},
		{"AT24C02C more than a page overwrites its beginning", "24c02", Config{}, []step{
			{addr: 0x50, write: "00 01 02 03 04 05 06 07 08 09"},
			{addr: 0x50, write: "00", want: "09 02 03 04 05 06 07 08 ff"},
		}},
		{"AT24C02C repeated START instead of STOP drops the write", "24c02", Config{Image: counting(16)}, []step{
			{addr: 0x50, write: "04 aa", want: "05"},
			{addr: 0x50, write: "04", want: "04"},
		}},
		{"24c01 ignores the upper address bit", "24c01", Config{Image: counting(128)}, []step{
			{addr: 0x50, write: "85", want: "05"},
			{addr: 0x50, write: "7f", want: "7f 00"},
		}},
		{"AT24C16C device address bits are word address bits 10:8", "24c16", Config{Image: counting(2048)}, []step{
			{addr: 0x50, write: "ff", want: "ff 01"},
			{addr: 0x53, write: "10", want: "13 14"},
			{addr: 0x57, write: "ff", want: "06 00"},
			{addr: 0x52, write: "00 55"},
			{addr: 0x52, write: "00", want: "55 03"},
			{addr: 0x58, err: ErrNAKAddress},
		}},
		{"24AA16 §3.6 block bits of a current address read", "24c16", Config{Image: counting(2048)}, []step{
			{addr: 0x50, write: "10", want: "10"},
			{addr: 0x54, want: "15"},
		}},
		{"24c04 and 24c08 span", "24c04", Config{Image: counting(512)}, []step{
			{addr: 0x51, write: "00", want: "01"},
			{addr: 0x52, err: ErrNAKAddress},
		}},
		{"AT24C256C two address bytes, page of 64", "24c256", Config{Image: counting(0x8000)}, []step{
			{addr: 0x50, write: "01 02", want: "03 04"},
			{addr: 0x50, write: "7f ff", want: "7e 00"},
			{addr: 0x50, write: "ff fe", want: "7d 7e 00"}, // bit 15 is ignored
			{addr: 0x50, write: "00 3f e0 e1"},
			{addr: 0x50, write: "00 3f", want: "e0 40"},
			{addr: 0x50, write: "00 00", want: "e1 01"},
		}},
		{"one address byte of two changes no data", "24c32", Config{Image: counting(64)}, []step{
			{addr: 0x50, write: "00"},
			{addr: 0x50, write: "00 00", want: "00 01"},
		}},
		{"beyond the image is erased", "24c64", Config{Image: []byte{1}}, []step{
			{addr: 0x50, write: "00 00", want: "01 ff"},
		}},
		{"WP, Atmel: acknowledged and dropped", "24c02", Config{WriteProtect: "drop", BusyPolls: 1}, []step{
			{addr: 0x50, write: "00 11"},
			{addr: 0x50, write: "00", want: "ff"},
		}},
		{"WP, ST: data not acknowledged", "24c02", Config{WriteProtect: "refuse"}, []step{
			{addr: 0x50, write: "00 11", err: ErrNAKData},
			{addr: 0x50, write: "00", want: "ff"},
		}},
		{"write cycle: acknowledge polling", "24c02", Config{BusyPolls: 2}, []step{
			{addr: 0x50, write: "00"}, // no data, no cycle
			{addr: 0x50, write: "00 11"},
			{addr: 0x50, write: "00", err: ErrNAKAddress},
			{addr: 0x50, err: ErrNAKAddress},
			{addr: 0x50, write: "00", want: "11"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, one(t, 0x50, build(t, tt.model, tt.config)), tt.steps)
		})
	}
}

// TestEEPROMImageIsShared writes to one of two devices of the same image.
func TestEEPROMImageIsShared(t *testing.T) {
	t.Parallel()
	image := counting(256)
	a, b := build(t, "24c02", Config{Image: image}).(*EEPROM), build(t, "24c02", Config{Image: image}).(*EEPROM)
	play(t, one(t, 0x50, a), []step{{addr: 0x50, write: "00 77 78"}})
	if !bytes.Equal(image, counting(256)) || !bytes.Equal(b.Bytes(), image) {
		t.Error("the write reached the shared image")
	}
	if got := a.Bytes()[:3]; !bytes.Equal(got, []byte{0x77, 0x78, 2}) {
		t.Errorf("contents % x", got)
	}
	if b.array != nil {
		t.Error("a device that was only read has a copy")
	}
}

func TestEEPROMGo(t *testing.T) {
	t.Parallel()
	e := build(t, "24c02", Config{WriteProtect: "refuse"}).(*EEPROM)
	changes := 0
	e.OnChange(func() { changes++ })
	if n := e.WriteAt([]byte{1, 2, 3}, 254); n != 2 || changes != 1 {
		t.Errorf("WriteAt at the end: %d bytes, %d changes", n, changes)
	}
	if n := e.WriteAt([]byte{1, 2}, 254); n != 2 || changes != 1 {
		t.Errorf("WriteAt of the same: %d bytes, %d changes", n, changes)
	}
	buf := make([]byte, 4)
	if n := e.ReadAt(buf, 253); n != 3 || !bytes.Equal(buf, []byte{0xff, 1, 2, 0}) {
		t.Errorf("ReadAt: %d, % x", n, buf)
	}
	if e.ReadAt(buf, 256) != 0 || e.ReadAt(buf, -1) != 0 || e.WriteAt(buf, 256) != 0 {
		t.Error("access outside the array")
	}
	e.Reset()
	if e.Bytes()[254] != 1 {
		t.Error("the array did not survive a reset")
	}
}
