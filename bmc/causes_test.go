package bmc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// story is what a machine does, in the order in which it does it.
type story struct {
	mu    sync.Mutex
	lines []string
}

func (s *story) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// Write takes a line of the machine's log.
func (s *story) Write(line []byte) (int, error) {
	var entry struct {
		Message string
		Sensor  uint8
		Data    string
		Logged  bool
		Filter  uint8
		On      bool
	}
	if err := json.Unmarshal(line, &entry); err != nil {
		return 0, err
	}
	switch entry.Message {
	case "event":
		s.add("event %02x:%s logged %v", entry.Sensor, entry.Data, entry.Logged)
	case "event filter matches":
		s.add("filter %d", entry.Filter)
	case "host power":
		s.add("power %v", entry.On)
	}
	return len(line), nil
}

// TestCausesAndEffectsInOrder heats the inlet of the generic machine past its last threshold at once. Each threshold's
// event is logged, the first waits in the event message buffer and raises its flag, and the event filters see them. What
// these want is done after all of that: power first, then a trap for each. [IPMI 2.0 §17, §17.6, §22.1]
func TestCausesAndEffectsInOrder(t *testing.T) {
	t.Parallel()
	effects := []string{
		"event 71:05ffff logged true", "power false",
		"trap to 192.0.2.50:162 of event 57382a",
		"trap to 192.0.2.50:162 of event 59382f",
		"trap to 192.0.2.50:162 of event 5b3837",
	}
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		heatInlet(t, nil, append([]string{
			"event 01:57382a logged true", "attention true", "filter 3",
			"event 01:59382f logged true", "filter 2",
			"event 01:5b3837 logged true", "filter 1",
			"attention false", // with the host's power
		}, effects...))
	})
	t.Run("while filtering waits", func(t *testing.T) {
		t.Parallel()
		heatInlet(t, func(m *Machine) {
			m.exchange(t,
				exchange{"§35.14 reading and comparison", ipmb.GetSensorReading, "01", "00 38 c0 f8"},
				exchange{"§35.13 event status", ipmb.GetSensorEventStatus, "01", "00 c0 80 0a 00 00"})
			if flags := m.ask(t, ipmb.GetMessageFlags, ""); flags[1]&0x02 == 0 {
				t.Errorf("§22.4 message flags % x: event message buffer full is not set", flags)
			}
			if event := m.ask(t, ipmb.ReadEventMessageBuffer, ""); len(event) != 17 || !bytes.Equal(event[11:], []byte{0x01, 0x01, 0x01, 0x57, 0x38, 0x2a}) {
				t.Errorf("§22.9 event message buffer % x, want the first event", event)
			}
		}, append([]string{
			"event 01:57382a logged true", "attention true",
			"event 01:59382f logged true", "event 01:5b3837 logged true",
			"attention false", // the buffer was read
			"filter 3", "filter 2", "filter 1",
		}, effects...))
	})
}

// heatInlet compares what a generic machine does when its inlet gets hot. With a look, event filtering waits until
// somebody has looked.
func heatInlet(t *testing.T, look func(*Machine), want []string) {
	synctest.Test(t, func(t *testing.T) {
		p, err := profiles.Load("generic")
		if err != nil {
			t.Fatal(err)
		}
		p.Power.PowerUp, p.Power.PowerDown = 0, 0
		var told story
		m, err := New(p, WithLog(zerolog.New(&told)), WithTraps(func(to netip.AddrPort, trap []byte) error {
			c := caughtTrap{data: trap}
			told.add("trap to %v of event %x", to, c.binding(t)[31:34])
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		m.exchange(t,
			exchange{"§23.1 19 a destination", ipmb.SetLANConfigurationParameters, "01 13 01 00 00 c0 00 02 32 00 00 00 00 00 00", "00"},
			exchange{"§22.1 event message buffer, event logging", ipmb.SetBMCGlobalEnables, "0c", "00"})
		if look != nil {
			m.exchange(t, exchange{"§30.2 event filtering waits", ipmb.ArmPEFPostponeTimer, "fe", "00 fe"})
		}
		m.OnAttention(func(a Attention) { told.add("attention %v", a.Set) })
		before := m.sel.Len()
		told.lines = nil
		if err := m.SetDevice("inlet", "", 56); err != nil {
			t.Fatal(err)
		}
		if look != nil {
			look(m)
			m.exchange(t, exchange{"§30.2 event filtering goes on", ipmb.ArmPEFPostponeTimer, "00", "00 00"})
		}
		synctest.Wait()
		told.mu.Lock()
		defer told.mu.Unlock()
		if !slices.Equal(told.lines, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(told.lines, "\n"), strings.Join(want, "\n"))
		}
		if n := m.sel.Len() - before; n != 4 {
			t.Errorf("%d new entries in the log, want three thresholds and the power", n)
		}
	})
}
