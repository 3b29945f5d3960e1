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
	"github.com/fakebmc/fakebmc/bmc/oem/lenovo"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// start makes a generic machine with a Lenovo section and further lines of it.
func start(t *testing.T, lines ...string) *bmc.Machine {
	t.Helper()
	return bmctest.New(t, bmctest.YAML(text(lines...)), bmctest.Machine(bmc.WithSeed(1)))
}

// text is the profile.
func text(lines ...string) string {
	return "profile: test\nextends: generic\ndevice: {firmware: \"6.92\"}\noem:\n  lenovo:\n" +
		"    psoc: [{bin: 1, apid: 0x20, revision: 5, fru: 3}, {bin: 2, apid: 0x20, revision: 5, fru: 4}]\n" +
		strings.Join(lines, "\n")
}

// exchange is a request as `ipmitool raw` has it, and completion code and data of the answer.
type exchange struct{ name, request, want string }

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func run(t *testing.T, m *bmc.Machine, steps ...exchange) {
	t.Helper()
	for _, s := range steps {
		if got := bmctest.Ask(t, m, s.request); !bytes.Equal(got, unhex(t, s.want)) {
			t.Errorf("%s: %s answers % x, want %s", s.name, s.request, got, s.want)
		}
	}
}

// TestIdentity reads what the controller says of itself.
func TestIdentity(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("61", 63)
	run(t, start(t),
		exchange{"firmware", "3a 00", "00 06 92"},
		exchange{"firmware and revision", "3a 00 00", "00 06 92 00"},
		exchange{"any byte", "3a 00 7f", "00 06 92 00"},
		exchange{"two bytes", "3a 00 00 00", "c7"},
		exchange{"board", "3a 0d", "00 ff 00"},
		exchange{"board with data", "3a 0d 00", "c7"},
		exchange{"build", "3a 50", "00 43 44 49 33 39 32 4d 00 00 32 30 32 35 2d 30 38 2d 32 38 00 00 00 30 36 3a 33 37 3a 34 32"},
		exchange{"build with data", "3a 50 00", "c7"},
		exchange{"host name of the MAC address", "3a 55", "00" + hex.EncodeToString([]byte("XCC-020000000623")) + "00"},
		exchange{"set host name", "3a 55 62 6d 63 31 00", "00"},
		exchange{"host name", "3a 55", "00 62 6d 63 31 00"},
		exchange{"it is the system name", "06 59 00 02 00 00", "00 11 00 00 04 62 6d 63 31 00 00 00 00 00 00 00 00 00 00"},
		exchange{"63 characters", "3a 55" + long + "00", "00"},
		exchange{"63 characters", "3a 55", "00" + long + "00"},
		exchange{"64 characters", "3a 55" + long + "61 00", "c7"},
		exchange{"64 characters, no end", "3a 55" + long + "61", "cc"},
		exchange{"characters behind the end", "3a 55 61 00 61", "cc"},
		exchange{"zeros behind the end", "3a 55 61 00 00", "00"},
		exchange{"a blank", "3a 55 61 20 00", "cc"},
		exchange{"no name", "3a 55 00", "00"},
		exchange{"no name", "3a 55", "00 00"},
		exchange{"FPGA", "3a 6b", "00 03 02 01"},
		exchange{"FPGA type 0", "3a 6b 00", "00 03 02 01"},
		exchange{"FPGA recovery", "3a 6b 06", "00 03 02 01"},
		exchange{"FPGA of an absent card", "3a 6b 02", "cb"},
		exchange{"FPGA type 7", "3a 6b 07", "c9"},
		exchange{"FPGA long", "3a 6b 00 00", "c7"},
		exchange{"hardware revision", "3a 6c", "00 01"},
		exchange{"hardware revision with data", "3a 6c 00", "c7"},
		exchange{"PSoC", "3a 6d", "00 01 20 05 03 00 02 20 05 04 00"},
		exchange{"PSoC with data", "3a 6d 01", "c7"},
		exchange{"XCC", "3a c1", "00 00 10 00"},
		exchange{"another maker's probe", "3a 0f", "c1"},
		exchange{"no light path", "3a c0 00 10", "c1"},
		exchange{"no VPD", "3a 0b 02 00 10 01", "c1"},
		exchange{"no enclosure", "3a f1 00", "c1"})
	run(t, start(t, "    vpd_version: 2", "    enclosure_manager: true", "    light_path: [{id: 0x0102, state: 0xff, pointer: 0x0103, reason: 1}]"),
		exchange{"an indicator", "3a c0 01 02", "00 00 ff 00 01 03 01"},
		exchange{"no such indicator", "3a c0 01 03", "c9"},
		exchange{"VPD", "3a 0b 02 00 10 01", "00 02"},
		exchange{"another block", "3a 0b 02 00 10 02", "cc"},
		exchange{"on", "3a f1 00", "00 01"},
		exchange{"IPMI only", "3a f1 04", "00"},
		exchange{"IPMI only", "3a f1 00", "00 04"},
		exchange{"operation 3", "3a f1 03", "cc"})
	run(t, start(t, "    fpga: []", "    generation: imm", "    host_name: imm1"),
		exchange{"IMM", "3a c1", "00 00 01 00"}, exchange{"no FPGA", "3a 6b", "c1"}, exchange{"name", "06 59 00 02 00 00", "00 11 00 00 04 69 6d 6d 31 00 00 00 00 00 00 00 00 00 00"},
		exchange{"build", "3a 50", "00 43 44 49 33 39 32 4d 00 00 32 30 32 35 2d 30 38 2d 32 38 00 00 00 30 36 3a 33 37 3a 34 32"},
		exchange{"reset", "2e cc 5e 2b 00 0a 01 ff 00 00 00", "00 5e 2b 00 0a 01 00"}, exchange{"XCC3's", "2e cc 66 4a 00", "c1 66 4a 00"})
	for _, request := range []string{"3a 00", "3a 0d", "3a 1e 01", "2e 1e 01", "3a 38 00", "2e 38 00", "3a 49", "3a 4a 00", "3a 4d", "3a 55", "3a 6c", "3a 6d", "3a 98 01", "3a c7"} {
		run(t, start(t, "    generation: imm"), exchange{"not of an IMM", request, "c1"})
	}
	run(t, start(t, "    fpga: []", "    hardware_revision: \"\"", "    revision: 7"),
		exchange{"no FPGA", "3a 6b", "c1"},
		exchange{"no FPGA, however long", "3a 6b 00 00", "c1"},
		exchange{"no board", "3a 6c", "ce"},
		exchange{"revision", "3a 00 00", "00 06 92 07"})
	run(t, bmctest.New(t), exchange{"without the section", "3a 50", "c1"}, exchange{"without the section", "2e cc 5e 2b 00 0a 01 ff 00 00 00", "c1 5e 2b 00"})
}

// TestResetToDefault brings settings back, ends sessions, and leaves logs and the host alone.
func TestResetToDefault(t *testing.T) {
	t.Parallel()
	run(t, start(t),
		exchange{"2 bytes", "2e cc 5e 2b", "c7"},
		exchange{"another enterprise", "2e cc 01 02 03 0a 01 ff 00 00 00", "c1 01 02 03"},
		exchange{"no function", "2e cc 5e 2b 00 0a", "c7 5e 2b 00"},
		exchange{"another function", "2e cc 5e 2b 00 0a 02 ff 00 00 00", "c1 5e 2b 00"},
		exchange{"short", "2e cc 5e 2b 00 0a 01 ff 00 00", "c7 5e 2b 00"},
		exchange{"long", "2e cc 5e 2b 00 0a 01 ff 00 00 00 00", "c7 5e 2b 00"},
		exchange{"not FFh", "2e cc 5e 2b 00 0a 01 fe 00 00 00", "cc 5e 2b 00"},
		exchange{"not zero", "2e cc 5e 2b 00 0a 01 ff 00 00 01", "cc 5e 2b 00"},
		exchange{"XCC3 with data", "2e cc 66 4a 00 00", "c7 66 4a 00"})
	for _, command := range []string{"2e cc 5e 2b 00 0a 01 ff 00 00 00", "2e cc 66 4a 00"} {
		synctest.Test(t, func(t *testing.T) {
			m := start(t)
			answer := "00" + command[5:14] + "0a 01 00"
			run(t, m,
				exchange{"host name", "3a 55 61 00", "00"}, exchange{"delay", "3a 1e 00 01", "00"},
				exchange{"USB", "3a 98 03 00 00 1e 00 05", "00"}, exchange{"switch", "3a c7 01", "00"},
				exchange{"community", "0c 01 01 10" + hex.EncodeToString([]byte("changed")) + strings.Repeat("00", 11), "00"},
				exchange{"Serial over LAN", "0c 21 01 01 00", "00"}, exchange{"serial", "0c 10 04 04 05", "00"},
				exchange{"event filter", "04 12 02 07", "00"},
				exchange{"alert destination", "0c 01 01 13 01 00 00 c0 00 02 63 00 00 00 00 00 00", "00"},
				exchange{"inventory", "0a 12 00 f0 00 99", "00 01"},
				exchange{"user 5", "06 45 05" + hex.EncodeToString([]byte("somebody")) + strings.Repeat("00", 8), "00"},
				exchange{"an event for the log", "0a 44 00 00 02 00 00 00 00 20 00 04 01 01 01 00 00 00", "00 09 00"},
				exchange{"reset", command, answer},
				exchange{"again", command, "c0" + command[5:14]},
				exchange{"not yet", "3a 55", "00 61 00"})
			time.Sleep(time.Second + time.Millisecond)
			if m.Available() {
				t.Error("the controller does not restart")
			}
			time.Sleep(time.Minute)
			run(t, m,
				exchange{"host name", "3a 55", "00" + hex.EncodeToString([]byte("XCC-020000000623")) + "00"},
				exchange{"delay", "3a 1e 01", "00 00"}, exchange{"USB", "3a 98 02", "00 02 00 05 01 0a"},
				exchange{"switch", "3a c7", "00 00"},
				exchange{"user 5", "06 46 05", "00" + strings.Repeat("00", 16)})
			if got := bmctest.Ask(t, m, "0c 02 01 10 00 00"); bytes.Contains(got, []byte("changed")) {
				t.Errorf("community: % x", got)
			}
			run(t, m,
				exchange{"Serial over LAN", "0c 22 01 01 00 00", "00 11 01"}, exchange{"serial", "0c 11 04 04 00 00", "00 11 02"}, exchange{"event filter", "04 13 02 00 00", "00 11 2f"},
				exchange{"alert destination", "0c 02 01 13 01 00", "00 11 01 00 00 00 00 00 00 00 00 00 00 00 00"},
				exchange{"inventory stays", "0a 11 00 f0 00 01", "00 01 99"})
			if got := bmctest.Ask(t, m, "0a 40"); got[2] == 0 {
				t.Error("the event log is empty")
			}
			if m.PowerState() != bmc.PowerOn {
				t.Error("the host went off")
			}
		})
	}
}

// TestDataCollection runs a collection.
func TestDataCollection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t)
		run(t, m,
			exchange{"never run", "3a 4d", "00 00"}, exchange{"nothing to push to", "3a 4a 01", "d5"},
			exchange{"start", "3a 49 00 00", "00"}, exchange{"running", "3a 4d 00", "00 01"}, exchange{"again", "3a 49", "c0"},
			exchange{"long", "3a 49 00 00 00", "c7"}, exchange{"long", "3a 4d 00 00", "c7"})
		time.Sleep(6 * time.Second)
		run(t, m, exchange{"done", "3a 4d", "00 02"}, exchange{"push", "3a 4a 01 02", "00"}, exchange{"push nothing", "3a 4a", "c7"},
			exchange{"again", "3a 49 01", "00"}, exchange{"restart", "06 02", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"a restart ends it", "3a 4d", "00 00"})
	})
	run(t, start(t, "    ffdc: 0s"), exchange{"no feature", "3a 49", "c1"}, exchange{"no feature", "3a 4a 00", "c1"}, exchange{"no feature", "3a 4d", "c1"}, exchange{"however long", "3a 4d 00 00", "c1"})
}

// TestNodeManagerSwitch bars the way to 2Ch, and needs an administrator.
func TestNodeManagerSwitch(t *testing.T) {
	t.Parallel()
	srv, c := bmctest.Pipe(t, bmctest.YAML(text()))
	ctx := t.Context()
	s := srv.Login(c, "admin", "password")
	do := func(netFn ipmb.NetFn, cmd uint8, data ...byte) []byte {
		t.Helper()
		b, err := s.Do(ctx, netFn, cmd, data...)
		if code, ok := err.(ipmb.CompletionCode); ok {
			return []byte{byte(code)}
		}
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte{0}, b...)
	}
	want := func(what string, got []byte, want ...byte) {
		t.Helper()
		if !bytes.Equal(got, want) {
			t.Errorf("%s: % x, want % x", what, got, want)
		}
	}
	barred := []byte{0x40, 0x2c, 0x18, 0xbc, 0x20, 0x04, 0x01, 0xdb}
	want("switch", do(0x3a, 0xc7), 0, 0)
	want("barred", do(0x06, 0x34, barred...), 0xd3)
	want("value 2", do(0x3a, 0xc7, 2), 0xcc)
	want("long", do(0x3a, 0xc7, 1, 0), 0xc7)
	want("on", do(0x3a, 0xc7, 1), 0)
	want("switch", do(0x3a, 0xc7), 0, 1)
	if got := do(0x06, 0x34, barred...); got[0] == 0xd3 {
		t.Error("still barred")
	}
	if err := s.SetPrivilege(ctx, ipmb.PrivilegeUser); err != nil {
		t.Fatal(err)
	}
	want("as User", do(0x3a, 0xc7), 0xd4)
	want("as User", do(0x3a, 0x55, 'x', 0), 0)
}

// TestWhatIsNotBarred asks where no switch is in the way, and nobody is there: 83h.
func TestWhatIsNotBarred(t *testing.T) {
	t.Parallel()
	const channels = "channels: [{number: 3, medium: ipmb, protocol: ipmb, sessions: none}]"
	const channel0, channel3 = "06 34 40 2c 18 bc 20 04 01 db", "06 34 43 2c 18 bc 20 04 01 db"
	m := start(t, channels)
	run(t, m, exchange{"barred", channel0, "d3"}, exchange{"another bus", channel3, "83"})
	run(t, start(t, "    generation: imm", channels), exchange{"an IMM has no switch", channel0, "83"})
	run(t, start(t, "    node_manager: 0", channels), exchange{"a machine without Node Manager", channel0, "83"})
}

// TestProperties reads, lists and sets what pyghmi and xCAT do.
func TestProperties(t *testing.T) {
	t.Parallel()
	name := func(s string) string { return hex.EncodeToString(append([]byte{0x80 | byte(len(s))}, s...)) }
	bios := name("/v2/bios/build_id")
	run(t, start(t, "    properties: {/v2/bios/build_id: IVE192G}", "    numbers: {/v2/ibmc/smm/smm_ip: 0xc0000264}"),
		exchange{"a number", "3a c4 00 00 12" + name("/v2/ibmc/smm/smm_ip"), "00 00 00 05 44 64 02 00 c0"},
		exchange{"get", "3a c4 00 00 12" + bios, "00 00 00 08 87 49 56 45 31 39 32 47"},
		exchange{"absent", "3a c4 00 00 05" + name("/v2/"), "00 02 00 00"},
		exchange{"branch", "3a c4 02 00 05 00" + name("/v2/"), "00 09"},
		exchange{"no branch", "3a c4 02 00 05 00" + name("/v3/"), "00 02"},
		exchange{"set", "3a c4 03 00 1d 01" + name("/v2/ibmc/uefi/force-inventory") + "11 01", "00 00"},
		exchange{"set", "3a c4 00 00 1d" + name("/v2/ibmc/uefi/force-inventory"), "00 00 00 02 11 01"},
		exchange{"no name", "3a c4 00 00 01 01", "cc"},
		exchange{"name is cut", "3a c4 00 00 01 85 61", "cc"},
		exchange{"no value", "3a c4 03 00 05 01" + name("/v2/"), "cc"},
		exchange{"operation 7", "3a c4 07 00 05" + name("/v2/"), "cc"},
		exchange{"short", "3a c4 00 00", "c7"})
}

// TestEnergy counts what the supplies take.
func TestEnergy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t)
		number := func(request string, from int) (n uint64) {
			t.Helper()
			for _, b := range bmctest.Ask(t, m, request)[from:] {
				n = n<<8 | uint64(b)
			}
			return n
		}
		run(t, m, exchange{"find", "2e 82 66 4a 00 00 00 01", "00 66 4a 00 00 02 01 01"},
			exchange{"IBM", "2e 82 4d 4f 00 00 00 01", "00 4d 4f 00 00 02 01 01"},
			exchange{"no meter", "2e 81 66 4a 00 01 01 82 02 08", "cb 66 4a 00"})
		const ac, dc = "2e 81 66 4a 00 01 01 82 01 08", "2e 81 66 4a 00 01 01 82 00 08"
		before, beforeDC := number(ac, 4), number(dc, 4)
		var watts float64
		for _, name := range []string{"psu1", "psu2"} {
			d, err := m.Device(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range d.Quantities {
				if q.Name == "pin" {
					watts += q.Value
				}
			}
		}
		time.Sleep(100 * time.Second)
		after, afterDC := number(ac, 4), number(dc, 4)
		if got := float64(after-before) / 1000 / 100; watts == 0 || got < watts*0.8 || got > watts*1.2 {
			t.Errorf("100 s count %.1f W, and the supplies take %.1f W", got, watts)
		}
		if afterDC-beforeDC >= after-before || afterDC == beforeDC {
			t.Errorf("DC counts %d mJ, AC %d mJ", afterDC-beforeDC, after-before)
		}
	})
}

// TestProfileErrors refuses what the commands could not tell.
func TestProfileErrors(t *testing.T) {
	t.Parallel()
	p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: generic\noem: {lenovo: {properties: {/a: "+strings.Repeat("x", 128)+"}}}"))
	if err != nil {
		t.Fatal(err)
	}
	v := vendor()
	if _, err := bmc.New(p, v); err == nil || !strings.Contains(err.Error(), "oem.lenovo.properties: /a: a value has at most 127 characters") {
		t.Errorf("error %v", err)
	}
}

func vendor() bmc.Option { return bmc.WithVendors(lenovo.Vendor()) }

// store is a store in memory.
type store map[string][]byte

func (s store) Load() (map[string][]byte, error) { return s, nil }

func (s store) Save(changes map[string][]byte) error {
	for key, value := range changes {
		if value == nil {
			delete(s, key)
		} else {
			s[key] = bytes.Clone(value)
		}
	}
	return nil
}

// TestSettingsAreKept starts a second machine with what a first one left.
func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	kept := store{}
	begin := func() *bmc.Machine {
		return bmctest.New(t, bmctest.YAML(text("    enclosure_manager: true")), bmctest.Machine(bmc.WithStore(kept)))
	}
	m := begin()
	run(t, m,
		exchange{"host name", "3a 55 62 6d 63 31 00", "00"}, exchange{"delay", "3a 1e 00 01", "00"},
		exchange{"USB", "3a 98 03 00 00 1e 00 05", "00"}, exchange{"switch", "3a c7 01", "00"}, exchange{"enclosure", "3a f1 04", "00"})
	m.Close()
	run(t, begin(),
		exchange{"host name", "3a 55", "00 62 6d 63 31 00"}, exchange{"delay", "3a 1e 01", "00 01"},
		exchange{"USB", "3a 98 02", "00 00 00 1e 00 05"}, exchange{"switch", "3a c7", "00 01"}, exchange{"enclosure", "3a f1 00", "00 04"})
	kept["vendors/lenovo"] = []byte(`{"version":1,"state":{"front_usb_mode":7}}`)
	p, err := profiles.Parse("x.yaml", []byte(text()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bmc.New(p, vendor(), bmc.WithStore(kept)); err == nil || !strings.Contains(err.Error(), "vendors/lenovo: front_usb_mode: 7") {
		t.Errorf("error %v", err)
	}
	delete(kept, "vendors/lenovo")
	kept["vendors/dell"] = []byte(`{"version":1,"state":{}}`)
	if _, err := bmc.New(p, vendor(), bmc.WithStore(kept)); err == nil || !strings.Contains(err.Error(), "vendors/dell") {
		t.Errorf("error %v", err)
	}
}
