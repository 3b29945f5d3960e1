package bmc_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
)

// satelliteFaults is the machine with controllers behind it, and rules.
func satelliteFaults(rules string) bmctest.Option {
	return bmctest.YAML("profile: faulty\nextends: satellites\nfaults:\n  seed: 42\n  rules:\n" + rules)
}

// chassis asks the chassis controller, at 82h on the primary IPMB, as the host does.
func chassis(t *testing.T, m *bmc.Machine, request string) string {
	t.Helper()
	b := unhex(t, request)
	r, err := m.RequestResponse(context.Background(), bmc.SystemRequest{ResponderAddress: 0x82, NetworkFunction: b[0], Command: b[1], RequestData: b[2:], RequestDataSize: uint32(len(b) - 2)})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("% x", r.ResponseData)
}

// TestSatelliteFaults: rules about a controller behind the BMC reach it at all of its points, and the BMC at none.
func TestSatelliteFaults(t *testing.T) {
	t.Parallel()
	const selfTest, add = "06 04", "0a 44 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff"
	for _, tt := range []struct {
		name, rule  string
		asks        []string
		want, clean []string
	}{
		{"not about satellites", "{at: request, when: {command: get-self-test-results}, do: {completion_code: node-busy}}", []string{selfTest}, []string{"00 55 00"}, []string{"00 55 00"}},
		{"another satellite", "{at: request, when: {satellite: Intel ME}, do: {completion_code: node-busy}}", []string{selfTest}, []string{"00 55 00"}, []string{"00 55 00"}},
		{"code", "{at: request, when: {satellite: Chassis Ctrl, command: get-self-test-results, interface: ipmb}, do: {completion_code: node-busy}}", []string{selfTest}, []string{"c0"}, []string{"00 55 00"}},
		{"silence", "{at: request, when: {satellite: Chassis Ctrl}, hits: {nth: [2]}, do: drop}", []string{selfTest, selfTest}, []string{"00 55 00", "c3"}, []string{"00 55 00", "00 55 00"}},
		{"too late for the host", "{at: request, when: {satellite: Chassis Ctrl}, do: {delay: 1s}}", []string{selfTest}, []string{"c3"}, []string{"00 55 00"}},
		{"bytes", "{at: response, when: {satellite: Chassis Ctrl, answer: 00 55}, do: {patch: [{at: 1, set: 57}], extend: 99}}", []string{selfTest}, []string{"00 57 00 99"}, []string{"00 55 00"}},
		{"no bytes", "{at: response, when: {satellite: Chassis Ctrl}, do: {truncate: 0}}", []string{selfTest}, []string{"c3"}, []string{"00 55 00"}},
		{"away", "{at: request, when: {satellite: Chassis Ctrl}, hits: {first: 1}, do: {away: 1m}}", []string{selfTest, selfTest}, []string{"00 55 00", "d3"}, []string{"00 55 00", "00 55 00"}},
		{"reset", "{at: response, when: {satellite: Chassis Ctrl}, hits: {first: 1}, do: cold-reset}", []string{selfTest, selfTest}, []string{"00 55 00", "d3"}, []string{"00 55 00", "00 55 00"}},
		{"nobody on the bus", "{at: device, when: {channel: 0, device: Chassis Ctrl}, do: {fail: nak}}", []string{selfTest}, []string{"d3"}, []string{"00 55 00"}},
		{"message changed on the bus", "{at: device, when: {channel: 0, address: 0x41, operation: write}, do: {corrupt: {bits: 1}}}", []string{selfTest}, []string{"c3"}, []string{"00 55 00"}},
		{"stuck sensor", "{at: device, when: {satellite: Chassis Ctrl, sensor: Chassis Air}, do: {value: 40}}", []string{"04 2d 01"}, []string{"00 28 c0 c0"}, []string{"00 1a c0 c0"}},
		{"no reading", "{at: device, when: {satellite: Chassis Ctrl, sensor: Chassis Air}, do: unavailable}", []string{"04 2d 01"}, []string{"00 00 e0 c0"}, []string{"00 1a c0 c0"}},
		{"log full", "{at: device, when: {satellite: Chassis Ctrl, part: sel, operation: add}, do: full}", []string{add}, []string{"c4"}, []string{"00 01 00"}},
		{"inventory", "{at: device, when: {satellite: Chassis Ctrl, fru: 0}, do: {patch: [{at: 0, set: fe}]}}", []string{"0a 11 00 00 00 01"}, []string{"00 01 fe"}, []string{"00 01 01"}},
		{"record", "{at: device, when: {satellite: Chassis Ctrl, part: sdr, record: 2}, do: unavailable}", []string{"0a 23 00 00 02 00 00 02"}, []string{"cb"}, []string{"00 03 00 02 00"}},
		{"device record", "{at: device, when: {satellite: Chassis Ctrl, part: sdr, record: 2}, do: {patch: [{at: 2, set: 99}]}}", []string{"04 21 00 00 02 00 00 03", "04 21 00 00 01 00 00 03"}, []string{"00 03 00 02 00 99", "00 02 00 01 00 51"}, []string{"00 03 00 02 00 51", "00 02 00 01 00 51"}},
		{"reservation", "{at: request, when: {satellite: Chassis Ctrl, command: get-device-sdr, fields: [{at: 4, min: 1}]}, do: {cancel_reservation: [sdr]}}", []string{"04 22", "04 21 01 00 02 00 01 01"}, []string{"00 01 00", "c5"}, []string{"00 01 00", "00 03 00 00"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clean := bmctest.New(t, bmctest.Profile("satellites"))
				faulty := bmctest.New(t, satelliteFaults("    - {name: r, "+tt.rule[1:]+"\n"))
				before := bmctest.Ask(t, faulty, "06 37")
				for i, request := range tt.asks {
					if got := chassis(t, clean, request); got != tt.clean[i] {
						t.Errorf("%s without the fault: %s, want %s", request, got, tt.clean[i])
					}
					if got := chassis(t, faulty, request); got != tt.want[i] {
						t.Errorf("%s: %s, want %s", request, got, tt.want[i])
					}
				}
				if after := bmctest.Ask(t, faulty, "06 37"); !bytes.Equal(before, after) {
					t.Errorf("the BMC itself: % x, then % x", before, after)
				}
			})
		})
	}
}

// TestSatelliteIsAway: how long a satellite is gone after a reset, and what a rule adds to that.
func TestSatelliteIsAway(t *testing.T) {
	t.Parallel()
	const reset = "    - {name: r, at: request, when: {satellite: Chassis Ctrl, command: get-device-id}, hits: {first: 1}, do: cold-reset}\n"
	for name, tt := range map[string]struct {
		rules string
		want  time.Duration
	}{
		"reset":             {reset, 2 * time.Second},
		"and longer":        {reset + "    - {name: s, at: machine, when: {satellite: Chassis Ctrl, event: cold-reset}, do: {away: 40s}}\n", 40 * time.Second},
		"the BMC's is none": {reset + "    - {name: s, at: machine, when: {event: cold-reset}, do: {away: 40s}}\n", 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := bmctest.New(t, satelliteFaults(tt.rules))
				if got := chassis(t, m, "06 01"); !strings.HasPrefix(got, "00 21 82") {
					t.Fatalf("Get Device ID: %s", got)
				}
				began := time.Now()
				for chassis(t, m, "06 04") == "d3" && time.Since(began) < time.Minute {
					time.Sleep(100 * time.Millisecond)
				}
				if back := time.Since(began); back < tt.want || back > tt.want+time.Second {
					t.Errorf("back after %v, want %v", back, tt.want)
				}
			})
		})
	}
}

// TestBehindASatellite: a rule about a bus that a satellite is the master of.
func TestBehindASatellite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, satelliteFaults("    - {name: r, at: device, when: {satellite: Chassis Ctrl, channel: 1, device: Fan Board}, hits: {nth: [2]}, do: {fail: nak}}\n"))
		s := srv.Login(c, "admin", "password")
		var got []string
		for range 3 {
			// Send Message through the chassis controller to the fan board: Get Device ID. [IPMI 2.0 §22.7]
			inner := ipmb.Message{To: 0x84, NetFn: ipmb.NetFnApp, From: 0x82, Cmd: 0x01}
			outer := ipmb.Message{To: 0x82, NetFn: ipmb.NetFnApp, From: 0x20, Cmd: 0x34, Data: inner.AppendTo([]byte{0x41})}
			if err := s.SendMessage(c.Request(ipmb.NetFnApp, 0x34, outer.AppendTo([]byte{0x40})...)); err != nil {
				t.Fatal(err)
			}
			var last []byte
			for {
				p, err := s.Receive(context.Background())
				if err != nil {
					break
				}
				last = p.Payload
			}
			got = append(got, fmt.Sprintf("%x", last[5:7]))
		}
		// Command and completion code of the last answer: Get Device ID's, or NAK on write of Send Message.
		if want := "[0100 3483 0100]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	})
}

// TestLateSatellite: the answer of a slow satellite reaches the console when it comes, and a flood of slow answers is
// bounded.
func TestLateSatellite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, satelliteFaults("    - {name: r, at: request, when: {satellite: Chassis Ctrl}, do: {delay: 2s}}\n"))
		s := srv.Login(c, "admin", "password")
		began := time.Now()
		inner := ipmb.Message{To: 0x82, NetFn: ipmb.NetFnApp, From: 0x20, Cmd: 0x04}
		if err := s.SendMessage(c.Request(ipmb.NetFnApp, 0x34, inner.AppendTo([]byte{0x40})...)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for {
			p, err := s.Receive(context.Background())
			if err != nil {
				break
			}
			got = append(got, fmt.Sprintf("%v %x", time.Since(began), p.Payload[5:len(p.Payload)-1]))
		}
		if want := "[0s 3400 2s 04005500]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	})
}
