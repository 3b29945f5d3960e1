package bmc_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/profiles"
)

// wants asks in turn: what begins with a plus sign is a time that passes.
func wants(t *testing.T, m *bmc.Machine, steps ...string) {
	t.Helper()
	for _, step := range steps {
		if d, ok := strings.CutPrefix(step, "+"); ok {
			d, err := time.ParseDuration(d)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(d)
			continue
		}
		request, want, _ := strings.Cut(step, " > ")
		if got := askHex(t, m, request); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

// TestFirmwareUpdate: what a controller answers while it updates its firmware, and what ends that. [IPMI 2.0 §5.2, §20.1]
func TestFirmwareUpdate(t *testing.T) {
	t.Parallel()
	const (
		rule     = "    - {name: r, at: request, when: {command: get-self-test-results}, do: {update: 30s}}\n"
		begin    = "06 04 > 00 55"
		normal   = "06 01 > 00 20 01 01"
		updating = "06 01 > 00 20 01 81"
	)
	for name, steps := range map[string][]string{
		"over":              {normal, "0a 20 > 00", begin, updating, "0a 20 > d1", "04 2d 01 > d1", "2c 01 dc 01 > d1 dc", "06 37 > 00", "0a 7f > c1", "+29s", "0a 20 > d1", "+2s", "0a 20 > 00", normal},
		"begun again":       {begin, "+20s", begin, "+20s", "0a 20 > d1", "+11s", "0a 20 > 00"},
		"cold reset":        {begin, "0a 20 > d1", "06 02 > 00", "+3s", "0a 20 > 00", normal},
		"warm reset is not": {begin, "06 03 > 00", "+3s", "0a 20 > d1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { wants(t, bmctest.New(t, withFaults(t, rule)), steps...) })
		})
	}
	t.Run("of a satellite", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := bmctest.New(t, satelliteFaults("    - {name: r, at: request, when: {satellite: Chassis Ctrl, command: get-self-test-results}, do: {update: 30s}}\n"))
			for _, want := range []string{"00 51", "00 55", "d1"} {
				request := "0a 20"
				if want == "00 55" {
					request = "06 04"
				}
				if got := chassis(t, m, request); !strings.HasPrefix(got, want) {
					t.Errorf("%s: %s, want %s", request, got, want)
				}
			}
			wants(t, m, "0a 20 > 00", normal)
			time.Sleep(31 * time.Second)
			if got := chassis(t, m, "0a 20"); !strings.HasPrefix(got, "00 51") {
				t.Errorf("over: %s", got)
			}
		})
	})
}

// TestEvents: each event of the machine sets off a rule, once. It is seen by the clock, which the rule moves by an hour.
func TestEvents(t *testing.T) {
	t.Parallel()
	for event, tt := range map[string]struct {
		rule  string
		steps []string
		took  time.Duration
	}{
		"cold-reset": {"", []string{"06 02 > 00", "+5s"}, 5 * time.Second},
		"warm-reset": {"", []string{"06 03 > 00", "+5s"}, 5 * time.Second},
		"back":       {"    - {name: b, at: request, when: {command: get-self-test-results}, do: {away: 4s}}\n", []string{"06 04 > 00", "+6s"}, 6 * time.Second},
		"update":     {"    - {name: b, at: request, when: {command: get-self-test-results}, do: {update: 4s}}\n", []string{"06 04 > 00", "06 04 > 00", "+6s"}, 6 * time.Second},
		"power-off":  {"", []string{"00 02 00 > 00", "+20s"}, 20 * time.Second},
		"host-reset": {"", []string{"00 02 03 > 00", "+20s"}, 20 * time.Second},
	} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := bmctest.New(t, withFaults(t, "    - {name: r, at: machine, when: {event: "+event+"}, do: {delay: 1s, clock: 1h}}\n"+tt.rule))
				now := func() uint32 { return binary.LittleEndian.Uint32(unhex(t, askHex(t, m, "0a 48")[3:])) }
				before := now()
				wants(t, m, tt.steps...)
				if moved := time.Duration(now()-before)*time.Second - tt.took; moved != time.Hour {
					t.Errorf("the clock moved by %v", moved)
				}
			})
		})
	}
	t.Run("clock-set", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			wants(t, bmctest.New(t, withFaults(t, "    - {name: r, at: machine, when: {event: clock-set}, do: {clock: -1h}}\n")),
				"0a 49 00 00 00 60 > 00", "0a 48 > 00 f0 f1 ff 5f", "0a 29 00 00 00 60 > 00", "0a 48 > 00 f0 f1 ff 5f")
		})
	})
}

// TestAwayAgain: who goes away whenever it is back does so once in a second, and not for ever at once.
func TestAwayAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, withFaults(t, "    - {name: go, at: request, when: {command: get-self-test-results}, do: {away: 1ns}}\n    - {name: again, at: machine, when: {event: back}, do: {away: 1ns}}\n"))
		wants(t, m, "06 04 > 00", "+10500ms")
		if got := m.FaultHits()["again"]; got < 10 || got > 11 {
			t.Errorf("%d times in ten seconds", got)
		}
	})
}

// TestReplacedRulesEnd: an absence and an update end with the rules that began them.
func TestReplacedRulesEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, withFaults(t, "    - {name: a, at: request, when: {command: get-self-test-results}, do: {away: 1h, update: 1h}}\n"))
		wants(t, m, "06 04 > 00", "06 01 > c3")
		if err := m.SetFaults(profiles.Faults{}); err != nil {
			t.Fatal(err)
		}
		wants(t, m, "06 01 > 00 20 01 01", "0a 20 > 00", "+2h", "0a 20 > 00")
	})
}
