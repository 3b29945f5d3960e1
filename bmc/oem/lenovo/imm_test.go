package lenovo_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestLightPath lets indicators follow sensors, other indicators and the chassis, and finds them in the repository.
func TestLightPath(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.Profile("ibm-x3650m3"))
	const off = "00 00 00 00 00 00 00"
	run(t, m,
		exchange{"fan", "3a c0 00 50", off}, exchange{"fans", "3a c0 00 14", off}, exchange{"fault", "3a c0 00 00", off},
		exchange{"location", "3a c0 00 01", off}, exchange{"no such indicator", "3a c0 00 02", "c9"},
		exchange{"the other order", "3a c0 50 00", "c9"}, exchange{"short", "3a c0 00", "c7"})
	if err := m.SetSensor("Fan 1B Tach", 200); err != nil {
		t.Fatal(err)
	}
	run(t, m,
		exchange{"fan", "3a c0 00 50", "00 00 ff 00 00 41 02"},
		exchange{"fans", "3a c0 00 14", "00 00 ff 00 00 50 01"},
		exchange{"fault", "3a c0 00 00", "00 00 ff 00 00 14 01"},
		exchange{"another fan", "3a c0 00 51", off},
		exchange{"identify", "00 04 00 01", "00"},
		exchange{"location", "3a c0 00 01", "00 00 ff 00 00 00 03"},
		exchange{"no more", "00 04 00 00", "00"},
		exchange{"location", "3a c0 00 01", off})
	if err := m.SetSensor("Fan 1B Tach", 2100); err != nil {
		t.Fatal(err)
	}
	if err := m.SetSensorState("DIMM 3", 1, true); err != nil {
		t.Fatal(err)
	}
	run(t, m,
		exchange{"fan", "3a c0 00 50", off},
		exchange{"memory", "3a c0 00 62", "00 00 ff 00 00 d2 02"},
		exchange{"fault", "3a c0 00 00", "00 00 ff 00 00 15 01"})
	if records := ledRecords(t, m); len(records) != 17 || !bytes.Equal(records[2], unhex(t, "02 00 00 ed 00 00 50 00 00 00 46 61 6e 20 31 00")) {
		t.Errorf("%d records, the third % x", len(records), records[min(2, len(records)-1)])
	}
	run(t, start(t, "    light_path: [{id: 0x0102, state: 0x80, pointer: 0x0103, reason: 4}, {id: 3}]"),
		exchange{"as the profile says", "3a c0 01 02", "00 00 80 00 01 03 04"},
		exchange{"off", "3a c0 00 03", off})
	for text, want := range map[string]string{
		"{id: 1, sensors: [Nothing]}":                   `oem.lenovo.light_path[0].sensors: sensor "Nothing"`,
		"{id: 1, indicators: [2]}, {id: 2}":             "oem.lenovo.light_path[0].indicators: no indicator 0x0002 above this one",
		"{id: 1, indicators: [1]}":                      "no indicator 0x0001 above this one",
		"{id: 2}, {id: 1, indicators: [2], states: []}": "",
	} {
		p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: generic\noem: {lenovo: {light_path: ["+text+"]}}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bmc.New(p, vendor()); err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}

// ledRecords are the bodies of the OEM records of indicators in the repository.
func ledRecords(t *testing.T, m *bmc.Machine) (list [][]byte) {
	t.Helper()
	for id := []byte{0, 0}; !bytes.Equal(id, []byte{0xff, 0xff}); {
		got := bmctest.Ask(t, m, "0a 23 00 00"+hex.EncodeToString(id)+"00 ff")
		if got[0] != 0 {
			t.Fatalf("record % x: % x", id, got)
		}
		id = got[1:3]
		if record := got[3:]; record[3] == 0xc0 && record[8] == 0xed {
			list = append(list, record[5:])
		}
	}
	return list
}

// TestVitalProductData reads and writes an EEPROM with it.
func TestVitalProductData(t *testing.T) {
	t.Parallel()
	const vpdLines = "    vpd: [{fru: 3, from: vpd}]\n    vpd_version: 2\n" +
		"i2c: [{bus: 5, devices: [{at: 0x52, model: 24c32, name: vpd, rail: host, image: 00 00 02 aa bb}]}]"
	m := start(t, vpdLines)
	run(t, m,
		exchange{"version", "2e 51 d0 51 00 02 00 01 03 01 01 00", "00 d0 51 00 01 00 02"},
		exchange{"more", "2e 51 d0 51 00 02 00 01 03 01 04 00", "00 d0 51 00 04 00 02 aa bb ff"},
		exchange{"write", "2e 51 d0 51 00 f0 00 01 03 02 03 00 61 62 63", "00 d0 51 00 03 00"},
		exchange{"read", "2e 51 d0 51 00 f0 00 01 03 01 04 00", "00 d0 51 00 04 00 61 62 63 ff"},
		exchange{"on the bus", "06 52 0b a4 03 00 f0", "00 61 62 63"},
		exchange{"the end", "2e 51 d0 51 00 ff 0f 01 03 01 01 00", "00 d0 51 00 01 00 ff"},
		exchange{"beyond the end", "2e 51 d0 51 00 ff 0f 01 03 01 02 00", "c9 d0 51 00"},
		exchange{"too much", "2e 51 d0 51 00 00 00 01 03 01 00 01", "ca d0 51 00"},
		exchange{"another part", "2e 51 d0 51 00 02 00 01 04 01 01 00", "cb d0 51 00"},
		exchange{"another kind of address", "2e 51 d0 51 00 02 00 02 03 01 01 00", "cc d0 51 00"},
		exchange{"operation 3", "2e 51 d0 51 00 02 00 01 03 03 01 00", "cc d0 51 00"},
		exchange{"short", "2e 51 d0 51 00 02 00 01 03 01 01", "c7 d0 51 00"},
		exchange{"read with data", "2e 51 d0 51 00 02 00 01 03 01 01 00 00", "c7 d0 51 00"},
		exchange{"write without", "2e 51 d0 51 00 02 00 01 03 02 01 00", "c7 d0 51 00"},
		exchange{"another enterprise", "2e 51 4d 4f 00 02 00 01 03 01 01 00", "c1 4d 4f 00"})
	synctest.Test(t, func(t *testing.T) {
		m := start(t, vpdLines)
		run(t, m, exchange{"off", "00 02 00", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"without power", "2e 51 d0 51 00 02 00 01 03 01 01 00", "cb d0 51 00"})
	})
	run(t, start(t), exchange{"none", "2e 51 d0 51 00", "c1 d0 51 00"}, exchange{"none", "3a 0b", "c1"})
	p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: generic\noem: {lenovo: {vpd: [{fru: 0, from: nowhere}]}}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bmc.New(p, vendor()); err == nil || !strings.Contains(err.Error(), "oem.lenovo.vpd[0].from") {
		t.Errorf("error %v", err)
	}
}

// open is the request to open a file as pyghmi pads it, mode 03 or 05.
func open(mode, size, name string) string {
	version := map[string]string{"03": " 01", "05": " 00"}[mode]
	padded := hex.EncodeToString([]byte(name)) + strings.Repeat("00", 26-len(name))
	return "2e 90 4d 4f 00 01" + mode + "01" + size + version + "40" + padded
}

// TestSettingsFiles opens, reads, writes and closes as pyghmi does.
func TestSettingsFiles(t *testing.T) {
	t.Parallel()
	const none = "00 00 00 00"
	synctest.Test(t, func(t *testing.T) {
		m := start(t, "    files: {config: abc, config.efi: "+strings.Repeat("x", 300)+"}")
		run(t, m,
			exchange{"size", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("config.efi")), "00 4d 4f 00 2c 01 00 00"},
			exchange{"size of another", "2e 90 4d 4f 00 06 78", "cb 4d 4f 00"},
			exchange{"open", open("05", none, "config"), "00 4d 4f 00 01 00 00 00"},
			exchange{"open again", open("05", none, "config"), "00 4d 4f 00 02 00 00 00"},
			exchange{"read", "2e 90 4d 4f 00 02 01 00 00 00 00 00 00 00 c8 00", "00 4d 4f 00 03 00 61 62 63"},
			exchange{"read the end", "2e 90 4d 4f 00 02 02 00 00 00 02 00 00 00 c8 00", "00 4d 4f 00 01 00 63"},
			exchange{"read behind the end", "2e 90 4d 4f 00 02 02 00 00 00 04 00 00 00 c8 00", "c9 4d 4f 00"},
			exchange{"read at the end of numbers", "2e 90 4d 4f 00 02 02 00 00 00 ff ff ff ff c8 00", "c9 4d 4f 00"},
			exchange{"write to one that reads", "2e 90 4d 4f 00 03 01 00 00 00 00 00 00 00 01", "d5 4d 4f 00"},
			exchange{"write while others read", open("03", "05 00 00 00", "config"), "0a 4d 4f 00"},
			exchange{"close", "2e 90 4d 4f 00 05 01 00 00 00", "00 4d 4f 00"},
			exchange{"close", "2e 90 4d 4f 00 05 02 00 00 00", "00 4d 4f 00"},
			exchange{"close again", "2e 90 4d 4f 00 05 02 00 00 00", "cb 4d 4f 00"},
			exchange{"read a closed one", "2e 90 4d 4f 00 02 02 00 00 00 00 00 00 00 01 00", "cb 4d 4f 00"},
			exchange{"write", open("03", "05 00 00 00", "config"), "00 4d 4f 00 03 00 00 00"},
			exchange{"first part", "2e 90 4d 4f 00 03 03 00 00 00 00 00 00 00 76 77 78", "00 4d 4f 00"},
			exchange{"not behind it", "2e 90 4d 4f 00 03 03 00 00 00 04 00 00 00 76", "c9 4d 4f 00"},
			exchange{"too much", "2e 90 4d 4f 00 03 03 00 00 00 03 00 00 00 76 77 78", "c9 4d 4f 00"},
			exchange{"second part", "2e 90 4d 4f 00 03 03 00 00 00 03 00 00 00 79 7a", "00 4d 4f 00"},
			exchange{"read it back", "2e 90 4d 4f 00 02 03 00 00 00 00 00 00 00 08 00", "00 4d 4f 00 05 00 76 77 78 79 7a"},
			exchange{"the old one is there", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("config")), "00 4d 4f 00 03 00 00 00"},
			exchange{"somebody writes", open("05", none, "config"), "0a 4d 4f 00"},
			exchange{"another file", open("05", none, "config.efi"), "00 4d 4f 00 04 00 00 00"},
			exchange{"close", "2e 90 4d 4f 00 05 03 00 00 00", "00 4d 4f 00"},
			exchange{"the new one is there", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("config")), "00 4d 4f 00 05 00 00 00"},
			exchange{"no such file", open("05", none, "confi"), "cb 4d 4f 00"},
			exchange{"mode 4", strings.Replace(open("05", none, "config"), "0105", "0104", 1), "cc 4d 4f 00"},
			exchange{"no name", "2e 90 4d 4f 00 01 05 01 00 00 00 00 00 40", "c7 4d 4f 00"},
			exchange{"an empty name", open("05", none, ""), "cc 4d 4f 00"},
			exchange{"too long", open("03", "01 00 02 00", "new"), "c4 4d 4f 00"},
			exchange{"far too long", open("03", "ff ff ff ff", "new"), "c4 4d 4f 00"},
			exchange{"operation 4", "2e 90 4d 4f 00 04 01 00 00 00", "cc 4d 4f 00"},
			exchange{"no handle", "2e 90 4d 4f 00 02 01 00 00", "c7 4d 4f 00"},
			exchange{"short read", "2e 90 4d 4f 00 02 04 00 00 00 00 00 00 00 01", "c7 4d 4f 00"},
			exchange{"short write", "2e 90 4d 4f 00 03 04 00 00 00 00 00 00", "c7 4d 4f 00"},
			exchange{"long close", "2e 90 4d 4f 00 05 04 00 00 00 00", "c7 4d 4f 00"})
		// Somebody opens a file to write and goes away.
		run(t, m, exchange{"write", open("03", "05 00 00 00", "config"), "00 4d 4f 00 05 00 00 00"})
		time.Sleep(time.Minute - time.Second)
		run(t, m, exchange{"still busy", open("05", none, "config"), "0a 4d 4f 00"})
		time.Sleep(time.Second)
		run(t, m, exchange{"no longer", open("05", none, "config"), "00 4d 4f 00 06 00 00 00"})
		if got := bmctest.Ask(t, m, "2e 90 4d 4f 00 02 04 00 00 00 00 00 00 00 ff ff"); len(got) != 253 || got[4] != 0xf7 || got[6] != 'x' {
			t.Errorf("a whole file is %d bytes, % x", len(got), got[:min(7, len(got))])
		}
		// Handles are forgotten, files are not without bounds.
		for i := range 8 {
			run(t, m, exchange{"open", open("05", none, "config.efi"), "00 4d 4f 00" + hex.EncodeToString([]byte{byte(7 + i)}) + "00 00 00"})
		}
		run(t, m, exchange{"the oldest is forgotten", "2e 90 4d 4f 00 05 06 00 00 00", "cb 4d 4f 00"},
			exchange{"the next is not", "2e 90 4d 4f 00 05 07 00 00 00", "00 4d 4f 00"})
		made := 0
		for i := range 20 {
			got := bmctest.Ask(t, m, open("03", none, "file"+string(rune('a'+i))))
			if got[0] == 0xc4 {
				break
			}
			made++
			run(t, m, exchange{"close", "2e 90 4d 4f 00 05" + hex.EncodeToString(got[4:8]), "00 4d 4f 00"})
		}
		if made != 14 {
			t.Errorf("%d files made beside 2", made)
		}
		run(t, m, exchange{"open", open("05", none, "config"), "00 4d 4f 00 1d 00 00 00"}, exchange{"restart", "06 02", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"a restart closes", "2e 90 4d 4f 00 05 1d 00 00 00", "cb 4d 4f 00"},
			exchange{"what was written stays", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("filea")), "00 4d 4f 00 00 00 00 00"})
		run(t, m, exchange{"defaults", "2e cc 66 4a 00", "00 66 4a 00 0a 01 00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"the profile's", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("config")), "00 4d 4f 00 03 00 00 00"},
			exchange{"no others", "2e 90 4d 4f 00 06" + hex.EncodeToString([]byte("filea")), "cb 4d 4f 00"})
	})
	run(t, start(t), exchange{"none", "2e 90 4d 4f 00 06 78", "c1 4d 4f 00"})
}

// TestAuxiliaryLog reads status and entries.
func TestAuxiliaryLog(t *testing.T) {
	t.Parallel()
	lines := "    auxiliary_log: {capacity: 300, entries: [{time: 0x5e0be100, record: 7, data: 01 02 03}, {time: 0x5e0be101, data: " +
		strings.Repeat("ab", 400) + ", incomplete: true}]}"
	m := start(t, lines)
	run(t, m,
		exchange{"status", "0a 5a 01", "00 01 e1 0b 5e 66 4a 00 02 00 2a 01"},
		exchange{"another log", "0a 5a 02", "cc"},
		exchange{"generic's own", "0a 5a 00", "00 ff ff ff ff 00 00 00 00"},
		exchange{"it cannot be set", "0a 5b 01 00 00 00 00 66 4a 00 00 00 00 00 00 00 00 00", "cc"},
		exchange{"entry", "2e 93 4d 4f 00 01 00 00 00 ff 05", "00 4d 4f 00 03 00 07 00 00 00 00 01 02 03"},
		exchange{"a part", "2e 93 4d 4f 00 01 00 01 00 01 00", "00 4d 4f 00 03 00 07 00 00 00 00 02"},
		exchange{"its end", "2e 93 4d 4f 00 01 00 03 00 01 00", "00 4d 4f 00 03 00 07 00 00 00 00"},
		exchange{"behind its end", "2e 93 4d 4f 00 01 00 04 00 01 00", "c9 4d 4f 00"},
		exchange{"incomplete", "2e 93 4d 4f 00 02 00 8f 01 ff 05", "00 4d 4f 00 90 01 00 00 00 00 01 ab"},
		exchange{"entry 0", "2e 93 4d 4f 00 00 00 00 00 ff 05", "cb 4d 4f 00"},
		exchange{"entry 3", "2e 93 4d 4f 00 03 00 00 00 ff 05", "cb 4d 4f 00"},
		exchange{"short", "2e 93 4d 4f 00 01 00 00 00 ff", "c7 4d 4f 00"})
	if got := bmctest.Ask(t, m, "2e 93 4d 4f 00 02 00 00 00 ff 05"); len(got) != 253 || got[252] != 0xab {
		t.Errorf("as much as fits: %d bytes", len(got))
	}
	run(t, start(t, lines, "    generation: imm"), exchange{"status of an IMM", "0a 5a 01", "00 01 e1 0b 5e 4d 4f 00 02 00 2a 01"})
	run(t, start(t, "    auxiliary_log: {}"), exchange{"no entry", "0a 5a 01", "00 ff ff ff ff 66 4a 00 00 00 00 02"})
	run(t, start(t), exchange{"no log", "0a 5a 01", "cc"}, exchange{"no log", "2e 93 4d 4f 00 01 00 00 00 ff 05", "c1 4d 4f 00"})
}

// TestThermalProfile reads and writes an iDataPlex server's.
func TestThermalProfile(t *testing.T) {
	t.Parallel()
	const zeros = "00 00 00 00 00 00 00 00 00 00 00 00"
	run(t, start(t, "    thermal_profile: 37 41 00 00 00 00 05 0a 3c 0a 0a 1e"),
		exchange{"read", "2e 41 4d 4f 00 6f ff 61 00", "00 4d 4f 00" + zeros + "37 41 00 00 00 00 05 0a 3c 0a 0a 1e"},
		exchange{"write", "2e 41 4d 4f 00 6f fe 60 00 00 00 00 00 00 00 ff 35 44 00 00 00 00 05 0a 3c 0a 0a 1e", "00 4d 4f 00"},
		exchange{"read", "2e 41 4d 4f 00 6f ff 61 00", "00 4d 4f 00" + zeros + "35 44 00 00 00 00 05 0a 3c 0a 0a 1e"},
		exchange{"short", "2e 41 4d 4f 00 6f fe 60 00 00 00 00 00 00 00 ff 35", "c7 4d 4f 00"},
		exchange{"something else", "2e 41 4d 4f 00 6f ff 61 01", "cc 4d 4f 00"})
	run(t, start(t), exchange{"none", "2e 41 4d 4f 00 6f ff 61 00", "c1 4d 4f 00"})
}

// TestNodeWithoutSupplies has no meter of the mains: its hot-swap controller tells what it takes.
func TestNodeWithoutSupplies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t, "    ac_meter: false\ni2c: [{bus: 3, devices: [{at: 0x58, absent: true}, {at: 0x59, absent: true}, "+
			"{at: 0x11, model: pmbus, name: hotswap, values: {pin: 100}}]}]")
		run(t, m, exchange{"AC", "2e 81 66 4a 00 01 01 82 01 08", "cb 66 4a 00"},
			exchange{"DC", "2e 81 66 4a 00 01 01 82 00 08", "00 66 4a 00 00 00 00 00 00 00 00 00"})
		time.Sleep(1000 * time.Second)
		run(t, m, exchange{"DC", "2e 81 66 4a 00 01 01 82 00 08", "00 66 4a 00 00 00 00 00 05 f5 e1 00"},
			exchange{"node energy", "3a 32 04 01 00 00 00", "00 00 00 a0 86 01 00 00 00"},
			exchange{"node power", "3a 32 04 08 00 00 00", "00 00 00 00 00 00 00 64 00 00 00 00 00 00 00"})
	})
}

// TestLEDs follow sensors and the chassis.
func TestLEDs(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.Profile("lenovo-sr650"))
	run(t, m, exchange{"UID", "3a 02 00", "00 00"}, exchange{"heartbeat", "3a 02 01", "00 01"}, exchange{"fault", "3a 02 02", "00 00"},
		exchange{"fan 2", "3a 02 11", "00 00"}, exchange{"fan 8", "3a 02 17", "c9"})
	if err := m.SetSensor("Fan 2 Rear Tach", 500); err != nil {
		t.Fatal(err)
	}
	run(t, m, exchange{"fault", "3a 02 02", "00 ff"}, exchange{"fan 1", "3a 02 10", "00 00"}, exchange{"fan 2", "3a 02 11", "00 ff"},
		exchange{"identify", "00 04 00 01", "00"}, exchange{"UID", "3a 02 00", "00 ff"})
}

// TestSmallCommands are LEDs, suspend and identify, as pyghmi and xCAT send them.
func TestSmallCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t, "    leds: [{number: 0x10, state: 0x55}]")
		run(t, m,
			exchange{"LED", "3a 02 10", "00 55"}, exchange{"no such LED", "3a 02 11", "c9"}, exchange{"no LED", "3a 02", "c7"},
			exchange{"awake", "3a 1d 01", "00 00"},
			exchange{"suspend", "3a 1d 00 03", "00"}, exchange{"suspended", "3a 1d 01", "00 03"}, exchange{"it is on", "00 01", "00 21 00 40 f0"},
			exchange{"ACPI state", "06 07", "00 03 00"},
			exchange{"wake", "3a 1d 00 00", "00"}, exchange{"awake", "3a 1d 01", "00 00"},
			exchange{"another state", "3a 1d 00 01", "cc"}, exchange{"no state", "3a 1d 00", "c7"}, exchange{"get with one", "3a 1d 01 00", "c7"},
			exchange{"operation 2", "3a 1d 02", "cc"},
			exchange{"identify", "3a 06 01 01", "00"}, exchange{"something else", "3a 06 01 00", "cc"},
			exchange{"meter of another module", "2e 81 66 4a 00 02 01 82 01 08", "cc 66 4a 00"},
			exchange{"another module", "2e 82 66 4a 00 00 00 02", "cc 66 4a 00"},
			exchange{"another counter", "3a 32 04 03 00 00 00", "cc"}, exchange{"another energy", "3a 32 05 01 00 00 00", "cc"})
		if !m.Identifying() {
			t.Error("it does not identify itself")
		}
		run(t, m, exchange{"off", "00 02 00", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"a host that is off cannot be suspended", "3a 1d 00 03", "d5"}, exchange{"it is off", "3a 1d 01", "00 05"})
	})
}

// TestWrongSections are refused with what is wrong.
func TestWrongSections(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 128)
	for section, want := range map[string]string{
		"properties: {" + long + ": a}":           "oem.lenovo.properties: \"" + long + "\": a path has 1 to 127 characters",
		"numbers: {" + long + ": 1}":              "oem.lenovo.numbers: \"" + long + "\": a path has 1 to 127 characters",
		"numbers: {/a: 1}, properties: {/a: b}":   "oem.lenovo.numbers: /a is among the properties, too",
		"leds: [{number: 1, sensors: [Nothing]}]": `oem.lenovo.leds[0].sensors: sensor "Nothing"`,
		"files: {a: '', b: '', c: '', d: '', e: '', f: '', g: '', h: '', i: '', j: '', k: '', l: '', m: '', n: '', o: '', p: '', q: ''}": "17 files are more than 16",
	} {
		p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: generic\noem: {lenovo: {"+section+"}}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bmc.New(p, vendor()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", section, err, want)
		}
	}
}
