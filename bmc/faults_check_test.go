package bmc_test

import (
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestFaultsOfAbsentThings: rules that name what the machine lacks are refused with their place, and the nearest that it
// has is taken.
func TestFaultsOfAbsentThings(t *testing.T) {
	t.Parallel()
	const neverHits = ", so the rule can never hit"
	for _, tt := range []struct{ at, bad, want, good string }{
		{"request", "{command: get-devce-id}", `command: unknown command "get-devce-id" (did you mean "get-device-id"?; see`, "{command: get-device-id}"},
		{"request", "{command: get-sdr, netfn: 6}", "command: no command with network function 06h is among them", "{command: get-sdr, netfn: 0x0a}"},
		{"request", "{command: 2ch/02h}", "command: unknown command", "{command: 06h/7fh}"},
		{"request", "{user: admn}", `user: unknown user "admn" (did you mean "admin"?)`, `{user: ""}`},
		{"session", "{cipher_suite: 4, step: rakp-1}", "cipher_suite: no channel of the machine offers 4" + neverHits, "{cipher_suite: 3, step: rakp-1}"},
		{"request", "{channel: 5}", "channel: 5 is none of the machine's channels" + neverHits, "{channel: 6}"},
		{"datagram-in", "{channel: 6}", "channel: 6 has no datagrams" + neverHits, "{channel: 1}"},
		{"request", "{interface: lan, channel: 6}", "interface: the machine has no channel of this interface" + neverHits, "{interface: ipmb, channel: 6}"},
		{"request", "{satellite: Intel MB}", `satellite: unknown satellite "Intel MB" (did you mean "Intel ME"?)`, "{satellite: Intel ME}"},
		{"request", "{satellite: Fan Bord}", `satellite: unknown satellite "Fan Bord" (did you mean "Fan Board"?)`, "{satellite: Fan Board}"},
		{"request", "{satellite: Intel ME, command: get-node-manager-statistic}", `command: unknown command "get-node-manager-statistic" (did you mean "get-node-manager-statistics"?`, "{satellite: Intel ME, command: get-node-manager-statistics}"},
		{"device", "{sensor: Inlet Tmp}", `sensor: unknown sensor "Inlet Tmp" (did you mean "Inlet Temp"?)`, "{sensor: Inlet Temp}"},
		{"device", "{sensor: Inlet Temp, satellite: Chassis Ctrl}", `sensor: unknown sensor "Inlet Temp"`, "{sensor: Chassis Air, satellite: Chassis Ctrl}"},
		{"device", "{sensor: ME Temp}", `sensor: unknown sensor "ME Temp"`, "{sensor: ME Temp, satellite: Intel ME}"},
		{"device", "{fru: 77}", "fru: the machine has no FRU device 77" + neverHits, "{fru: 1}"},
		{"device", "{fru: 1, satellite: Chassis Ctrl}", "fru: the machine has no FRU device 1" + neverHits, "{fru: 0, satellite: Chassis Ctrl}"},
		{"device", "{part: sdr, record: 4000}", "record: the machine has no record 0FA0h" + neverHits, "{part: sdr, record: 1}"},
		{"device", "{part: sdr, record: 70, satellite: Chassis Ctrl}", "record: the machine has no record 0046h" + neverHits, "{part: sdr, record: 2, satellite: Chassis Ctrl}"},
		{"device", "{part: sel, record: 0}", "record: no entry has the record ID 0000h" + neverHits, "{part: sel, record: 4000}"},
		{"device", "{part: sel, record: 65535}", "record: no entry has the record ID FFFFh" + neverHits, "{record: 4000}"},
		{"device", "{record: 0}", "record: the machine has no record 0000h" + neverHits, "{record: 1}"},
		{"device", "{bus: 7}", "bus: the machine has no bus 7 with devices (expected one of 1", "{bus: 1}"},
		{"device", "{bus: 1, address: 0x11}", "address: nobody is at 11h there" + neverHits, "{bus: 1, address: 0x48}"},
		{"device", "{address: 0x11}", "address: nobody is at 11h there" + neverHits, "{address: 0x48}"},
		{"device", "{device: inle}", `device: unknown device "inle" (did you mean "inlet"?)`, "{device: inlet}"},
		{"device", "{device: inlet, address: 0x49}", `device: "inlet" is elsewhere` + neverHits, "{device: inlet, address: 0x48, bus: 1}"},
		{"device", "{channel: 1, part: i2c}", "channel: 1 has no bus" + neverHits, "{channel: 6, part: i2c}"},
		{"device", "{channel: 6, device: ipmb-eeprom}", `device: "ipmb-eeprom" is elsewhere` + neverHits, "{channel: 0, device: ipmb-eeprom}"},
		{"device", "{channel: 6, address: 0x50}", "address: nobody is at 50h there" + neverHits, "{channel: 6, address: 0x16, device: Intel ME}"},
		{"device", "{device: Fan Board}", `device: unknown device "Fan Board"`, "{device: Fan Board, satellite: Chassis Ctrl, channel: 1}"},
		{"device", "{part: sel, satellite: Intel ME}", "part: the machine has none" + neverHits, "{part: sel, satellite: Chassis Ctrl}"},
		{"device", "{part: fru, satellite: Intel ME}", "part: the machine has none" + neverHits, "{part: fru, satellite: Chassis Ctrl}"},
	} {
		build := func(when string) error {
			p, err := profiles.Parse("f.yaml", []byte("profile: f\nextends: satellites\nfaults:\n  rules:\n    - name: a\n      at: "+tt.at+"\n      when: "+when+"\n      do: pass\n"))
			if err != nil {
				return err
			}
			m, err := bmc.New(p, bmc.WithVendors(oem.Vendors()...))
			if err == nil {
				m.Close()
			}
			return err
		}
		if err := build(tt.bad); err == nil || !strings.Contains(err.Error(), "f.yaml:7: faults.rules[0].when."+tt.want) {
			t.Errorf("%s: %v\nwant %s", tt.bad, err, tt.want)
		}
		if err := build(tt.good); err != nil {
			t.Errorf("%s: %v", tt.good, err)
		}
	}
}

// TestFaultsOfKindsOfSessions: a rule about sessions that no channel has is refused, unless a flaw lets them in.
func TestFaultsOfKindsOfSessions(t *testing.T) {
	t.Parallel()
	load := func(edit, rules string) error {
		_, err := profiles.Parse("f.yaml", []byte("profile: f\nextends: generic\n"+edit+"faults:\n  rules:\n"+rules))
		return err
	}
	const v15, plus, none = "    - {name: a, at: request, when: {session: v1.5}, do: pass}\n", "    - {name: a, at: request, when: {session: rmcp+}, do: pass}\n",
		"    - {name: b, at: request, when: {cipher_suite: 5}, do: pass}\n"
	for _, tt := range []struct{ edit, rules, want string }{
		{"", v15, ""},
		{"", plus, ""},
		{"channels: [{number: 1, versions: [\"2.0\"]}]\n", v15, "session: no channel of the machine has sessions of IPMI v1.5"},
		{"channels: [{number: 1, versions: [\"1.5\"]}]\n", plus, "session: no channel of the machine has sessions of IPMI v2.0"},
		{"channels: [{number: 1, versions: [\"2.0\"]}]\n", plus, ""},
		{"", none, "cipher_suite: no channel of the machine offers 5"},
		{"", "    - {name: a, at: session, when: {step: open-session}, do: {flaws: [any-suite]}}\n" + none, ""},
		{"quirks: [cipher-zero]\n", none, ""},
	} {
		err := load(tt.edit, tt.rules)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s%s: %v, want %q", tt.edit, tt.rules, err, tt.want)
		}
	}
}
