package bmc

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// fruProfile has an inventory in an EEPROM, one of the controller's own in words, one that is write-protected, and one
// on the host's rail whose EEPROM is busy after a write.
func fruProfile(p *profiles.Profile) {
	p.I2C = []profiles.I2CBus{{Bus: profiles.BusID{Number: 1}, Devices: []profiles.I2CDevice{
		{At: 0x50, Model: "24c02", Name: "board"},
		{At: 0x51, Model: "24c02", Name: "slow", Rail: profiles.RailHost, BusyPolls: 1},
		{At: 0x52, Model: "24c02", Name: "locked", WriteProtect: "drop"},
	}}}
	p.FRU = []profiles.FRU{
		{ID: 0, Name: "System", From: "board", Board: &profiles.BoardArea{
			Made: profiles.Minute{Time: time.Date(2024, 3, 1, 8, 30, 0, 0, time.UTC)}, Manufacturer: "Example", Product: "Board", Serial: "S1", Part: "P1",
		}},
		{ID: 1, Name: "Words", Words: true, Size: 16, Image: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
		{ID: 2, Name: "Protected", Size: 16, Protected: []int{8, 11}},
		{ID: 3, Name: "Slow", From: "slow"},
		{ID: 4, Name: "Locked", From: "locked"},
	}
}

// TestFRUData reads and writes inventories. [IPMI 2.0 §34.1-§34.3]
func TestFRUData(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, fruProfile)
	m.exchange(t,
		exchange{"§34.1 bytes", ipmb.GetFRUInventoryAreaInfo, "00", "00 00 01 00"},
		exchange{"§34.1 words", ipmb.GetFRUInventoryAreaInfo, "01", "00 10 00 01"},
		exchange{"§34.1 absent: CBh", ipmb.GetFRUInventoryAreaInfo, "09", "cb"},
		exchange{"§34.1 FFh is reserved: CBh", ipmb.GetFRUInventoryAreaInfo, "ff", "cb"},
		exchange{"§34.2 common header [FRU §8]", ipmb.ReadFRUData, "00 00 00 08", "00 08 01 00 00 01 00 00 00 fe"},
		exchange{"§34.2 up to the end", ipmb.ReadFRUData, "00 fe 00 08", "00 02 ff ff"},
		exchange{"§34.2 behind the end: C9h", ipmb.ReadFRUData, "00 00 01 08", "c9"},
		exchange{"§34.2 absent: CBh", ipmb.ReadFRUData, "09 00 00 08", "cb"},
		exchange{"§34.2 more than the interface carries: CAh", ipmb.ReadFRUData, "00 00 00 ff", "ca"},
		exchange{"§34.2 words", ipmb.ReadFRUData, "01 02 00 03", "00 03 05 06 07 08 09 0a"},
		exchange{"§34.3 words", ipmb.WriteFRUData, "01 02 00 a5 a6", "00 01"},
		exchange{"§34.2 stays", ipmb.ReadFRUData, "01 02 00 02", "00 02 a5 a6 07 08"},
		exchange{"§34.3 half a word: C7h", ipmb.WriteFRUData, "01 02 00 a5", "c7"},
		exchange{"§34.3 bytes", ipmb.WriteFRUData, "00 f0 00 11 22 33", "00 03"},
		exchange{"§34.2 stays", ipmb.ReadFRUData, "00 f0 00 04", "00 04 11 22 33 ff"},
		exchange{"§34.3 beyond the end: C9h", ipmb.WriteFRUData, "00 fe 00 01 02 03", "c9"},
		exchange{"§34.2 and nothing was written", ipmb.ReadFRUData, "00 fe 00 02", "00 02 ff ff"},
		exchange{"§34.3 absent: CBh", ipmb.WriteFRUData, "09 00 00 01", "cb"})
}

// TestFRUProtection refuses writes. [IPMI 2.0 §34.3]
func TestFRUProtection(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, fruProfile)
	m.exchange(t,
		exchange{"in front", ipmb.WriteFRUData, "02 00 00 01 02", "00 02"},
		exchange{"80h: within", ipmb.WriteFRUData, "02 09 00 01 02", "80"},
		exchange{"80h: into, what is in front is written", ipmb.WriteFRUData, "02 06 00 0a 0b 0c 0d", "80"},
		exchange{"", ipmb.ReadFRUData, "02 06 00 04", "00 04 0a 0b ff ff"},
		exchange{"behind", ipmb.WriteFRUData, "02 0c 00 01", "00 01"},
		exchange{"80h: the EEPROM's pin", ipmb.WriteFRUData, "04 00 00 01", "80"})
}

// TestFRUDevice loses its device for a while. [IPMI 2.0 §34.2, §34.3]
func TestFRUDevice(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, fruProfile)
	m.exchange(t,
		exchange{"", ipmb.WriteFRUData, "03 00 00 01", "00 01"},
		exchange{"81h: busy in its write cycle", ipmb.ReadFRUData, "03 00 00 01", "81"},
		exchange{"ready", ipmb.ReadFRUData, "03 00 00 01", "00 01 01"},
		exchange{"", ipmb.WriteFRUData, "03 00 00 02", "00 01"},
		exchange{"81h: busy for writes too", ipmb.WriteFRUData, "03 00 00 03", "81"})
	if err := m.SetPower(PowerDown); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"CBh: no power", ipmb.GetFRUInventoryAreaInfo, "03", "cb"},
		exchange{"CBh: no power", ipmb.ReadFRUData, "03 00 00 01", "cb"},
		exchange{"CBh: no power", ipmb.WriteFRUData, "03 00 00 01", "cb"})
}

// TestFRUAndBusAreOne sees on the bus what Write FRU Data wrote, and the other way round.
func TestFRUAndBusAreOne(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, fruProfile)
	m.exchange(t, exchange{"", ipmb.WriteFRUData, "00 f0 00 a1 a2", "00 02"})
	board := m.hardware.tree.Slot("board")
	got := make([]byte, 2)
	if _, err := board.Transfer([]byte{0xf0}, got); err != nil || !bytes.Equal(got, []byte{0xa1, 0xa2}) {
		t.Errorf("on the bus: % x, %v", got, err)
	}
	if _, err := board.Transfer([]byte{0xf0, 0xb1}, nil); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"", ipmb.ReadFRUData, "00 f0 00 02", "00 02 b1 a2"})
}

// TestFRUInGo reads and writes a whole inventory.
func TestFRUInGo(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, fruProfile)
	inv, err := m.FRU(0)
	if err != nil || inv.Board == nil || inv.Board.ProductName.Text(inv.Board.Language) != "Board" || inv.Board.MfgTime.Time().Minute() != 30 {
		t.Fatalf("%+v, %v", inv.Board, err)
	}
	tag, err := fru.NewText("asset-7", fru.English)
	if err != nil {
		t.Fatal(err)
	}
	inv.Product, inv.Offsets = &fru.Product{Language: fru.English, AssetTag: tag}, fru.Offsets{}
	if err := m.SetFRU(0, inv); err != nil {
		t.Fatal(err)
	}
	if inv, err = m.FRU(0); err != nil || inv.Product.AssetTag.Text(fru.English) != "asset-7" {
		t.Errorf("%+v, %v", inv.Product, err)
	}
	if _, err := m.FRU(9); !errors.Is(err, ErrUnknownName) {
		t.Errorf("FRU 9: %v", err)
	}
}

// TestMachinesShareImages writes into one of two machines of a profile: the other keeps what it had.
func TestMachinesShareImages(t *testing.T) {
	t.Parallel()
	p := testProfile()
	fruProfile(p)
	var machines [2]*Machine
	for i := range machines {
		var err error
		if machines[i], err = New(p); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(machines[i].Close)
	}
	machines[0].exchange(t, exchange{"", ipmb.WriteFRUData, "01 00 00 ff ff", "00 01"}, exchange{"", ipmb.WriteFRUData, "00 00 00 aa", "00 01"})
	machines[1].exchange(t,
		exchange{"own memory", ipmb.ReadFRUData, "01 00 00 01", "00 01 01 02"},
		exchange{"EEPROM", ipmb.ReadFRUData, "00 00 00 01", "00 01 01"})
}

// TestInventoryProblems refuses what cannot be.
func TestInventoryProblems(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]profiles.FRU{
		"no EEPROM":          {ID: 0, From: "fan"},
		"nobody":             {ID: 0, From: "nobody"},
		"too long":           {ID: 0, Size: 8, Image: make([]byte, 9)},
		"field too long":     {ID: 0, Product: &profiles.ProductArea{Name: fmt.Sprintf("%064d", 0)}},
		"too long for 24c02": {ID: 0, From: "board", Image: make([]byte, 257)},
	} {
		p := testProfile()
		fruProfile(p)
		p.I2C[0].Devices = append(p.I2C[0].Devices, profiles.I2CDevice{At: 0x2c, Model: "emc2301", Name: "fan"})
		p.FRU = []profiles.FRU{f}
		if m, err := New(p); err == nil {
			m.Close()
			t.Errorf("%s: a machine was built", name)
		}
	}
}
