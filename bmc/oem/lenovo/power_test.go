package lenovo_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
)

// TestRestoreDelay waits a random 1 to 15 s when the mains return, the same with the same seed.
func TestRestoreDelay(t *testing.T) {
	t.Parallel()
	run(t, start(t, "    platform: sd530"), exchange{"not on this platform", "3a 1e 01", "c1"},
		exchange{"not on this platform, however long", "3a 1e", "c1"}, exchange{"not on this platform", "2e 1e 01", "c1"})
	run(t, start(t, "    netfn_2e: false"), exchange{"no alias", "2e 1e 01", "c7"}, exchange{"no alias", "2e 38 00", "c7"})
	steps := []exchange{
		{"query", "3a 1e 01", "00 00"},
		{"alias", "2e 1e 01", "00 00"},
		{"no data", "3a 1e", "c7"},
		{"no option", "3a 1e 00", "c7"},
		{"long", "3a 1e 00 01 00", "c7"},
		{"query with a byte", "3a 1e 01 00", "c7"},
		{"reserved option", "3a 1e 00 02", "cc"},
		{"no such sub-command", "3a 1e 02", "cc"},
		{"always on", "00 06 02", "00 07"},
	}
	synctest.Test(t, func(t *testing.T) {
		var seen [2][]time.Duration
		for i := range seen {
			m := start(t)
			run(t, m, steps...)
			plain := timeToOn(t, m)
			if plain > 3*time.Second {
				t.Errorf("without the delay the host came up after %v", plain)
			}
			run(t, m, exchange{"random", "2e 1e 00 01", "00"}, exchange{"query", "3a 1e 01", "00 01"})
			for range 100 {
				seen[i] = append(seen[i], timeToOn(t, m)-plain)
			}
		}
		delays := make(map[time.Duration]bool)
		for i, d := range seen[0] {
			if d != seen[1][i] {
				t.Errorf("draw %d: %v and %v with the same seed", i, d, seen[1][i])
			}
			delays[d] = true
		}
		for d := range delays {
			if d < time.Second || d > 15*time.Second {
				t.Errorf("a delay of %v", d)
			}
		}
		if len(delays) != 15 {
			t.Errorf("%d different delays, not 1 to 15 s: %v", len(delays), delays)
		}
	})
}

// timeToOn takes the mains away and returns them, and says when the host is on, counted from the controller's start.
func timeToOn(t *testing.T, m *bmc.Machine) time.Duration {
	t.Helper()
	m.RemoveAC()
	m.ReturnAC()
	time.Sleep(m.Profile().Device.ColdReset.Std())
	begin := time.Now()
	for m.PowerState() != bmc.PowerOn {
		if time.Since(begin) > time.Minute {
			t.Fatal("the host stays off")
		}
		time.Sleep(100 * time.Millisecond)
	}
	return time.Since(begin).Round(time.Second)
}

// TestShown tells of the state, and the log of what changes.
func TestShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		m := bmctest.New(t, bmctest.YAML(text()), bmctest.Machine(bmc.WithLog(zerolog.New(&log))))
		run(t, m, exchange{"NMI", "3a 38 05 01", "00"}, exchange{"collect", "3a 49", "00"}, exchange{"USB", "3a 98 04 01", "00"},
			exchange{"name", "3a 55 61 62 00", "00"}, exchange{"delay", "3a 1e 00 01", "00"}, exchange{"switch", "3a c7 01", "00"})
		got, err := json.Marshal(m.Vendors()["lenovo"])
		const want = `{"random_restore_delay":true,"node_manager_bridging":true,"front_usb_mode":2,"front_usb_timeout_minutes":5,` +
			`"front_usb_button":true,"front_usb_hysteresis_seconds":10,"front_usb_enabled":true,"enclosure_manager_network":1,` +
			`"host_name":"ab","front_usb_owner":"bmc","pending_action":"power-cycle","data_collection":"running","pushed_bytes":0}`
		if err != nil || string(got) != want {
			t.Errorf("shows %s, want %s: %v", got, want, err)
		}
		time.Sleep(time.Minute)
		got, err = json.Marshal(m.Vendors()["lenovo"])
		for _, part := range []string{`"pending_action":""`, `"data_collection":"done"`} {
			if err != nil || !strings.Contains(string(got), part) {
				t.Errorf("later shows %s, want %s: %v", got, part, err)
			}
			m.Close() // so that nothing is written any more
			for _, line := range []string{"action follows the interrupt", "front usb port switched", "host name set", "power restore delay set", "bridging to the node manager switched"} {
				if !strings.Contains(log.String(), line) {
					t.Errorf("the log does not tell %q", line)
				}
			}
		}
	})
}

// TestNMIIsLogged leaves an event of a sensor for it in the event log.
func TestNMIIsLogged(t *testing.T) {
	t.Parallel()
	m := start(t, "sensors: [{number: 0x7e, name: Front Panel NMI, type: critical-interrupt, possible: [0]}]")
	before := bmctest.Ask(t, m, "0a 40")[2]
	run(t, m, exchange{"NMI", "3a 38 00", "00"})
	if got := bmctest.Ask(t, m, "0a 40")[2]; got == before {
		t.Error("no event")
	}
	if got := bmctest.Ask(t, m, "0a 43 00 00 ff ff 00 ff"); len(got) != 19 || got[13] != 0x13 || got[14] != 0x7e {
		t.Errorf("the last event is % x", got)
	}
}

// host counts what the machine does to the hardware.
type host struct {
	nmi, reset, off, on chan struct{}
	machine             *bmc.Machine
}

func (h host) PowerOn()          { h.on <- struct{}{}; h.machine.HostPowered(true) }
func (h host) PowerOff()         { h.off <- struct{}{} }
func (h host) Reset()            { h.reset <- struct{}{} }
func (h host) NMI()              { h.nmi <- struct{}{} }
func (h host) GracefulShutdown() {}

// TestNMIAndReset interrupts, and resets or cycles the power later, unless something else came first.
func TestNMIAndReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t)
		h := host{make(chan struct{}, 9), make(chan struct{}, 9), make(chan struct{}, 9), make(chan struct{}, 9), m}
		m.SetHost(h)
		count := func(what string, nmi, reset, off int) {
			t.Helper()
			synctest.Wait()
			if len(h.nmi) != nmi || len(h.reset) != reset || len(h.off) != off {
				t.Errorf("%s: %d NMI, %d resets, %d power offs; want %d, %d, %d", what, len(h.nmi), len(h.reset), len(h.off), nmi, reset, off)
			}
		}
		run(t, m, exchange{"NMI only", "3a 38 00", "00"}, exchange{"type is checked", "3a 38 00 02", "cc"},
			exchange{"no data", "3a 38", "c7"}, exchange{"long", "3a 38 00 00 00", "c7"})
		time.Sleep(time.Hour)
		count("NMI only", 1, 0, 0)
		run(t, m, exchange{"reset in 5 s", "3a 38 05", "00"})
		time.Sleep(4 * time.Second)
		count("before the reset", 2, 0, 0)
		time.Sleep(2 * time.Second)
		count("after the reset", 2, 1, 0)
		run(t, m, exchange{"restart cause", "00 07", "00 01 0f"}, exchange{"cycle in 5 s", "2e 38 05 01", "00"})
		time.Sleep(3 * time.Second)
		run(t, m, exchange{"replaced", "3a 38 04 00", "00"})
		time.Sleep(time.Hour)
		count("replaced", 4, 2, 0)
		run(t, m, exchange{"cycle in 5 s", "3a 38 05 01", "00"}, exchange{"replaced by none", "3a 38 00", "00"})
		time.Sleep(time.Hour)
		count("replaced by none", 6, 2, 0)
		run(t, m, exchange{"cycle in 5 s", "3a 38 05 01", "00"}, exchange{"reset by other means", "00 02 03", "00"})
		time.Sleep(time.Hour)
		count("cancelled by a reset", 7, 3, 0)
		run(t, m, exchange{"cycle in 5 s", "3a 38 05 01", "00"})
		time.Sleep(time.Hour)
		count("cycled", 8, 3, 1)
		run(t, m, exchange{"restart cause", "00 07", "00 01 0f"})
		run(t, m, exchange{"reset in 9 s", "3a 38 09", "00"}, exchange{"off", "00 02 00", "00"})
		time.Sleep(time.Hour)
		count("cancelled by power off", 9, 3, 2)
		run(t, m, exchange{"host is off", "3a 38 00", "d5"})
	})
}
