package lenovo_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/oem/lenovo"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestEnclosure asks the manager of an enclosure for its supplies, fans and nodes, and sets what can be set.
func TestEnclosure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, bmctest.YAML("profile: x\nextends: lenovo-smm-d2\nstill: true\n"))
		run(t, m,
			exchange{"in", "32 90 01", "00 54 04 54 04 54 04"},
			exchange{"out", "32 90 02", "00 11 04 11 04 11 04"},
			exchange{"fans", "32 90 03", "00 00 a0 0f 00"},
			exchange{"power 4", "32 90 04", "cc"},
			exchange{"supplies", "32 91", "00 00 00 00 03 03 00 00"},
			exchange{"air", "32 94", "00 01 00 00"},
			exchange{"fan mode", "34 03", "00 00"},
			exchange{"capped", "32 9b 01", "00"},
			exchange{"fan mode", "34 03", "00 01"},
			exchange{"fans", "32 90 03", "00 00 90 01 00"},
			exchange{"fan mode 6", "32 9b 06", "cc"},
			exchange{"one more", "32 a2", "00 01 01 d0 07"},
			exchange{"twice as many", "32 a3 02 00", "00"},
			exchange{"twice as many", "32 a2", "00 02 00 d0 07"},
			exchange{"none", "32 a3 00 01", "00"},
			exchange{"none", "32 a2", "00 00 01 a0 0f"},
			exchange{"redundancy 3", "32 a3 03 00", "cc"},
			exchange{"oversubscription 2", "32 a3 00 02", "cc"},
			exchange{"older enclosures'", "32 9c 01", "c1"},
			exchange{"fan", "32 a5 01", "00 a0 21 2b 02"},
			exchange{"fan 3", "32 a5 03", "c9"},
			exchange{"node", "32 a7 01", "00 00 00 f4 01"},
			exchange{"a node without permission", "32 a7 03", "00 20 02 f4 01"},
			exchange{"an empty bay", "32 a7 04", "d5"},
			exchange{"no such bay", "32 a7 05", "c9"},
			exchange{"build", "32 a8", "00 00 01 13 01 05" + hex.EncodeToString([]byte("TESM15A"))},
			exchange{"model", "32 b0 05 00", "00" + hex.EncodeToString([]byte("7X20CTO1WW"))},
			exchange{"serial", "32 b0 05 01", "00" + hex.EncodeToString([]byte("J30000D2"))},
			exchange{"text 2", "32 b0 05 02", "cc"},
			exchange{"text of a riser", "32 b0 04 00", "cc"},
			exchange{"idle", "32 b1 00", "00 00"},
			exchange{"state 1", "32 b1 01", "cc"},
			exchange{"collect", "34 12 00", "00 00"},
			exchange{"busy", "32 b1 00", "00 01"},
			exchange{"collecting", "34 12 01", "00 01"},
			exchange{"again", "34 12 00", "00 01"},
			exchange{"operation 2", "34 12 02", "cc"},
			exchange{"reseat", "32 a4 01 02", "00"},
			exchange{"gone", "32 a7 01", "d5"},
			exchange{"twice", "32 a4 01 02", "d5"},
			exchange{"reseat an empty bay", "32 a4 04 02", "d5"},
			exchange{"reseat operation 1", "32 a4 02 01", "cc"},
			exchange{"drip sensors", "34 05", "c1"},
			exchange{"a node's command", "3a 50", "c1"})
		time.Sleep(10 * time.Second)
		run(t, m, exchange{"back", "32 a7 01", "00 00 00 f4 01"}, exchange{"collected", "34 12 01", "00 00"})
		got := bmctest.Ask(t, m, "34 06 02")
		if text := string(got[1:]); len(got) != 109 || text[0] != 1 || text[5:23] != "PSU 2000W         " || text[23:25] != "\x68\x00" || text[59:71] != "D1DG8100002 " {
			t.Errorf("supply 2: % x", got)
		}
		if err := m.SetDevice("psu1", "vin", 0); err != nil {
			t.Fatal(err)
		}
		if err := m.SetDevicePresent("psu2", false); err != nil {
			t.Fatal(err)
		}
		run(t, m,
			exchange{"no input of one, the other is gone", "32 91", "00 00 00 00 01 00 00 00"},
			exchange{"no capacity", "32 a2", "00 00 01 00 00"},
			exchange{"fan of none", "32 a5 02", "00 00 00 00 00"},
			exchange{"information of none", "34 06 02", "00" + strings.Repeat("00", 108)},
			exchange{"supply 3", "34 06 03", "c9"},
			exchange{"reset", "32 ad", "00"}, exchange{"again", "32 ad", "c0"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"fan mode", "34 03", "00 00"}, exchange{"power bank", "32 a2", "00 01 01 00 00"})
	})
	p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: lenovo-smm-d2\noem: {lenovo_smm: {supplies: [{number: 3, from: psu9}]}}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bmc.New(p, enclosures()); err == nil || !strings.Contains(err.Error(), "oem.lenovo_smm.supplies[2].from: psu9 is no power supply") {
		t.Errorf("error %v", err)
	}
}

func enclosures() bmc.Option { return bmc.WithVendors(lenovo.EnclosureVendor()) }

// TestEnclosureIsKept starts a second machine with what a first one left.
func TestEnclosureIsKept(t *testing.T) {
	t.Parallel()
	kept := store{}
	begin := func() *bmc.Machine {
		return bmctest.New(t, bmctest.Profile("lenovo-smm-d2"), bmctest.Machine(bmc.WithStore(kept)))
	}
	m := begin()
	run(t, m, exchange{"fan mode", "32 9b 05", "00"}, exchange{"power bank", "32 a3 02 00", "00"})
	m.Close()
	run(t, begin(), exchange{"fan mode", "34 03", "00 05"}, exchange{"power bank", "32 a2", "00 02 00 d0 07"})
	kept["vendors/lenovo_smm"] = []byte(`{"version":1,"state":{"fan_mode":9}}`)
	p, err := profiles.Load("lenovo-smm-d2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bmc.New(p, enclosures(), bmc.WithStore(kept)); err == nil || !strings.Contains(err.Error(), "fan mode 9") {
		t.Errorf("error %v", err)
	}
}
