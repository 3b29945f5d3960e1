package bmc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// eventTrap collects the events of a machine from its log, as "sensor:data" with "-" in front of a deassertion's.
type eventTrap struct {
	mu  sync.Mutex
	log bytes.Buffer
}

func (e *eventTrap) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.log.Write(b)
}

// want compares the events since the last call.
func (e *eventTrap) want(t *testing.T, name string, want ...string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	var got []string
	for line := range strings.Lines(e.log.String()) {
		var entry struct {
			Message  string
			Sensor   uint8
			Deassert bool
			Data     string
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Message != "event" {
			continue
		}
		sign := ""
		if entry.Deassert {
			sign = "-"
		}
		got = append(got, fmt.Sprintf("%02x:%s%s", entry.Sensor, sign, entry.Data))
	}
	e.log.Reset()
	if !slices.Equal(got, want) {
		t.Errorf("%s: events %v, want %v", name, got, want)
	}
}

// trappedMachine builds sensorProfile with some changes, and a trap for its events.
func trappedMachine(t *testing.T, edits ...func(*profiles.Profile)) (*Machine, *eventTrap) {
	t.Helper()
	p := testProfile()
	sensorProfile(p)
	for _, edit := range edits {
		edit(p)
	}
	trap := &eventTrap{}
	m, err := New(p, WithLog(zerolog.New(trap)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, trap
}

// set turns sensors and fails the test on errors.
func (m *Machine) set(t *testing.T, sensor string, v float64) {
	t.Helper()
	if err := m.SetSensor(sensor, v); err != nil {
		t.Fatal(err)
	}
}

// TestThresholdEvents moves a reading over thresholds in both directions, with a hysteresis of two counts.
// [IPMI 2.0 §35.13.2, §35.13.3, §29.7]
func TestThresholdEvents(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	trap.want(t, "the start is quiet")
	for _, step := range []struct {
		celsius float64
		want    []string
	}{
		{39, nil},
		{40, []string{"01:572828"}},  // §35.13.3: high-going asserts at the threshold
		{38, nil},                    // §35.13.2: within hysteresis
		{37, []string{"01:-572528"}}, // §35.13.2: 40 - (2+1)
		{41, []string{"01:572928"}},
		{55, []string{"01:593732"}},
		{24, []string{"01:-571828", "01:-591832"}},
		{61, []string{"01:573d28", "01:593d32", "01:5b3d3c"}},
		{24, []string{"01:-571828", "01:-591832", "01:-5b183c"}},
		{10, []string{"01:500a0a"}}, // low-going asserts at the threshold
		{12, nil},
		{13, []string{"01:-500d0a"}}, // 10 + (2+1)
		{1, []string{"01:50010a", "01:520105", "01:540102"}},
	} {
		m.set(t, "Inlet", step.celsius)
		trap.want(t, fmt.Sprintf("%v °C", step.celsius), step.want...)
	}
}

// TestSetSensorHysteresis changes where events end. [IPMI 2.0 §35.6, §35.7]
func TestSetSensorHysteresis(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.exchange(t,
		exchange{"§35.7", ipmb.GetSensorHysteresis, "01 ff", "00 02 02"},
		exchange{"§35.6", ipmb.SetSensorHysteresis, "01 ff 05 00", "00"},
		exchange{"§35.7", ipmb.GetSensorHysteresis, "01 ff", "00 05 00"},
		exchange{"§35.7 a discrete sensor: CDh", ipmb.GetSensorHysteresis, "02 ff", "cd"},
		exchange{"§35.6 a discrete sensor: CDh", ipmb.SetSensorHysteresis, "02 ff 01 01", "cd"},
		exchange{"§35.6 absent: CBh", ipmb.SetSensorHysteresis, "20 ff 01 01", "cb"})
	m.set(t, "Inlet", 40)
	m.set(t, "Inlet", 35)
	m.set(t, "Inlet", 34)
	m.set(t, "Inlet", 10)
	m.set(t, "Inlet", 11)
	trap.want(t, "positive 5, negative 0", "01:572828", "01:-572228", "01:500a0a", "01:-500b0a")
}

// TestSetSensorThresholds changes thresholds; the reading is compared at once. [IPMI 2.0 §35.8, §35.9]
func TestSetSensorThresholds(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.exchange(t,
		exchange{"§35.9", ipmb.GetSensorThresholds, "01", "00 3f 0a 05 02 28 32 3c"},
		exchange{"§35.8 upper critical", ipmb.SetSensorThresholds, "01 10 00 00 00 00 14 00", "00"},
		exchange{"§35.9", ipmb.GetSensorThresholds, "01", "00 3f 0a 05 02 28 14 3c"},
		exchange{"§35.14", ipmb.GetSensorReading, "01", "00 18 c0 d0"},
		exchange{"§35.8 one that is not there: CCh", ipmb.SetSensorThresholds, "05 01 05 00 00 00 00 00", "cc"},
		exchange{"§35.8 discrete: CDh", ipmb.SetSensorThresholds, "02 10 00 00 00 00 14 00", "cd"},
		exchange{"§35.9 discrete: CDh", ipmb.GetSensorThresholds, "02", "cd"},
		exchange{"§35.9 those that are not there are 00h", ipmb.GetSensorThresholds, "05", "00 02 00 0a 00 00 00 00"},
		exchange{"§35.9 absent: CBh", ipmb.GetSensorThresholds, "20", "cb"},
		exchange{"§35.8 seven bytes: C7h", ipmb.SetSensorThresholds, "01 10 00 00 00 00 14", "c7"})
	trap.want(t, "the present reading is above the new threshold", "01:591814")
}

// TestFixedThresholds has a sensor whose limits can be read and not set. [IPMI 2.0 §43.1 byte 12]
func TestFixedThresholds(t *testing.T) {
	t.Parallel()
	m, _ := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[0].FixedLimits = true })
	m.exchange(t,
		exchange{"readable", ipmb.GetSensorThresholds, "01", "00 3f 0a 05 02 28 32 3c"},
		exchange{"not settable: CDh", ipmb.SetSensorThresholds, "01 10 00 00 00 00 14 00", "cd"},
		exchange{"hysteresis readable", ipmb.GetSensorHysteresis, "01 ff", "00 02 02"},
		exchange{"hysteresis not settable: CDh", ipmb.SetSensorHysteresis, "01 ff 01 01", "cd"})
}

// TestSensorEventEnable switches events one by one, all together, and scanning. [IPMI 2.0 §35.10, §35.11]
func TestSensorEventEnable(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.exchange(t,
		exchange{"§35.11 at the start", ipmb.GetSensorEventEnable, "01", "00 c0 95 0a 95 0a"},
		exchange{"§35.10 disable assertion of UNC and deassertion of UC", ipmb.SetSensorEventEnable, "01 e0 80 00 00 02", "00"},
		exchange{"§35.11", ipmb.GetSensorEventEnable, "01", "00 c0 15 0a 95 08"})
	m.set(t, "Inlet", 55)
	m.set(t, "Inlet", 24)
	trap.want(t, "those two are silent", "01:593732", "01:-571828")
	m.exchange(t,
		exchange{"§35.10 enable them, with bytes left out", ipmb.SetSensorEventEnable, "01 d0 80", "00"},
		exchange{"§35.11", ipmb.GetSensorEventEnable, "01", "00 c0 95 0a 95 08"},
		exchange{"§35.10 all messages off", ipmb.SetSensorEventEnable, "01 40", "00"},
		exchange{"§35.11 individual enables stay", ipmb.GetSensorEventEnable, "01", "00 40 95 0a 95 08"})
	m.set(t, "Inlet", 55)
	trap.want(t, "off")
	m.exchange(t,
		exchange{"§35.13 status goes on", ipmb.GetSensorEventStatus, "01", "00 40 80 02 00 00"},
		exchange{"§35.10 scanning off", ipmb.SetSensorEventEnable, "01 80", "00"})
	m.set(t, "Inlet", 24)
	m.exchange(t,
		exchange{"§35.14 the last reading stays", ipmb.GetSensorReading, "01", "00 37 80 d8"},
		exchange{"§35.10 scanning on", ipmb.SetSensorEventEnable, "01 c0", "00"},
		exchange{"§35.14", ipmb.GetSensorReading, "01", "00 18 c0 c0"},
		exchange{"§35.10 reserved operation: CCh", ipmb.SetSensorEventEnable, "01 f0", "cc"},
		exchange{"§35.10 absent: CBh", ipmb.SetSensorEventEnable, "20 c0", "cb"},
		exchange{"§35.10 one byte: C7h", ipmb.SetSensorEventEnable, "01", "c7"},
		exchange{"§35.10 events that the sensor lacks stay off", ipmb.SetSensorEventEnable, "01 d0 ff 0f ff 0f", "00"},
		exchange{"§35.11", ipmb.GetSensorEventEnable, "01", "00 c0 95 0a 95 0a"})
}

// TestRearm latches the events of a manual re-arm sensor and regenerates them. [IPMI 2.0 §35.12, §35.13]
func TestRearm(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[0].ManualRearm = true })
	m.set(t, "Inlet", 45)
	m.set(t, "Inlet", 24)
	m.set(t, "Inlet", 45)
	m.set(t, "Inlet", 24)
	trap.want(t, "one event for each until it is re-armed", "01:572d28", "01:-571828")
	m.exchange(t, exchange{"§35.13 both latched", ipmb.GetSensorEventStatus, "01", "00 c0 80 00 80 00"})
	m.set(t, "Inlet", 46)
	trap.want(t, "not armed")
	m.exchange(t,
		exchange{"§35.12 another offset", ipmb.ReArmSensorEvents, "01 80 01 00 00 00", "00"},
		exchange{"§35.13", ipmb.GetSensorEventStatus, "01", "00 c0 80 00 80 00"},
		exchange{"§35.12 all", ipmb.ReArmSensorEvents, "01 00", "00"},
		exchange{"§35.13 the condition is there", ipmb.GetSensorEventStatus, "01", "00 c0 80 00 00 00"},
		exchange{"§35.12 event-only: CDh", ipmb.ReArmSensorEvents, "04 00", "cd"},
		exchange{"§35.12 absent: CBh", ipmb.ReArmSensorEvents, "20 00", "cb"})
	trap.want(t, "regenerated", "01:572e28")
}

// TestAutoRearm lets event status follow the present state. [IPMI 2.0 §35.13.1]
func TestAutoRearm(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.set(t, "Inlet", 45)
	m.exchange(t, exchange{"§35.13 asserted", ipmb.GetSensorEventStatus, "01", "00 c0 80 00 00 00"})
	m.set(t, "Inlet", 24)
	m.exchange(t, exchange{"§35.13 deasserted", ipmb.GetSensorEventStatus, "01", "00 c0 00 00 80 00"})
	m.set(t, "Inlet", 45)
	trap.want(t, "each time", "01:572d28", "01:-571828", "01:572d28")
	m.exchange(t, exchange{"§35.12", ipmb.ReArmSensorEvents, "01 00", "00"})
	trap.want(t, "re-armed: again", "01:572d28")
}

// TestDiscreteEvents raises the events of states. [IPMI 2.0 §29.7, §42]
func TestDiscreteEvents(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[1].Deassertion = &[]uint8{1} })
	for _, v := range []float64{1, 0} {
		if err := m.SetDevice("psu", "failed", v); err != nil {
			t.Fatal(err)
		}
	}
	trap.want(t, "broken and mended", "02:01ffff", "02:-01ffff")
	if err := m.SetDevicePresent("psu", false); err != nil {
		t.Fatal(err)
	}
	if err := m.SetDevicePresent("psu", true); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "pulled and back: presence has no deassertion event", "02:00ffff")
	m.exchange(t, exchange{"§35.13", ipmb.GetSensorEventStatus, "02", "00 c0 01 00 02 00"})
	if err := m.SetSensorState("Inlet", 0, true); err == nil {
		t.Error("a threshold sensor has states")
	}
	if err := m.SetSensor("Supply", 1); err == nil {
		t.Error("a discrete sensor has a value")
	}
	if err := m.SetSensor("Nobody", 1); err == nil {
		t.Error("an unknown sensor was turned")
	}
}

// TestUnavailableKeepsConditions takes a reading away and gives it back: nothing is raised for what did not change.
func TestUnavailableKeepsConditions(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.set(t, "Inlet", 45)
	trap.want(t, "hot", "01:572d28")
	for _, there := range []bool{false, true} {
		if err := m.SetSensorAvailable("Inlet", there); err != nil {
			t.Fatal(err)
		}
	}
	trap.want(t, "away and back, still hot")
	if err := m.SetSensorAvailable("Inlet", false); err != nil {
		t.Fatal(err)
	}
	if err := m.SetDevice("inlet", "", 24); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "cooled down unseen")
	if err := m.SetSensorAvailable("Inlet", true); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "seen again", "01:-571828")
}

// TestMotions moves readings by the clock; events come without anyone looking.
func TestMotions(t *testing.T) {
	t.Parallel()
	second := profiles.Duration(time.Second)
	for _, tt := range []struct {
		name   string
		motion profiles.Motion
		at     []float64 // after each second
	}{
		{"ramp", profiles.Motion{Ramp: &profiles.Ramp{To: 34, Over: 5 * second}}, []float64{26, 28, 30, 32, 34, 34, 34}},
		{"ramp again", profiles.Motion{Ramp: &profiles.Ramp{To: 28, Over: 2 * second, Then: "again"}}, []float64{26, 24, 26}},
		{"ramp back", profiles.Motion{Ramp: &profiles.Ramp{To: 28, Over: 2 * second, Then: "back"}}, []float64{26, 28, 26, 24}},
		{"sine", profiles.Motion{Sine: &profiles.Sine{Amplitude: 10, Period: 4 * second}}, []float64{34, 24, 14, 24}},
		{"replay", profiles.Motion{Replay: &profiles.Replay{Values: []float64{20, 21, 22}, Every: second}}, []float64{21, 22, 20}},
		{"replay once", profiles.Motion{Replay: &profiles.Replay{Values: []float64{20, 21, 22}, Every: second, Once: true}}, []float64{21, 22, 22}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m, _ := trappedMachine(t, func(p *profiles.Profile) { p.I2C[0].Devices[0].Move = &tt.motion })
			defer m.Close()
			for i, want := range tt.at {
				time.Sleep(time.Second)
				if s, err := m.Sensor("Inlet"); err != nil || s.Value != want {
					t.Errorf("%s: after %d s %v, %v; want %v", tt.name, i+1, s.Value, err, want)
				}
			}
		})
	}
}

// moves reports whether the timer of the machine's motions runs.
func (m *Machine) moves() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hardware.motions.alarm.running()
}

// TestMotionRaisesEvents waits for the event of a ramp, and for none once the events are off or the value is set.
func TestMotionRaisesEvents(t *testing.T) {
	t.Parallel()
	ramp := func(p *profiles.Profile) {
		p.I2C[0].Devices[0].Move = &profiles.Motion{Ramp: &profiles.Ramp{To: 64, Over: profiles.Duration(40 * time.Second)}}
	}
	synctest.Test(t, func(t *testing.T) {
		m, trap := trappedMachine(t, ramp)
		defer m.Close()
		time.Sleep(17 * time.Second)
		trap.want(t, "after 17 s", "01:572828")
		m.set(t, "Inlet", 30)
		time.Sleep(time.Minute)
		trap.want(t, "set by hand, it stays", "01:-571e28")
		if m.moves() {
			t.Error("the timer runs although nothing moves")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		m, trap := trappedMachine(t, ramp)
		defer m.Close()
		m.exchange(t, exchange{"§35.10 events off", ipmb.SetSensorEventEnable, "01 40", "00"})
		if m.moves() {
			t.Error("the timer runs although no event can follow")
		}
		time.Sleep(time.Minute)
		trap.want(t, "nobody looks")
		m.exchange(t, exchange{"it moved", ipmb.GetSensorReading, "01", "00 40 40 f8"})
	})
}

// TestWalkFollowsTheSeed repeats a random walk, and takes another with another seed.
func TestWalkFollowsTheSeed(t *testing.T) {
	t.Parallel()
	walk := func(seed uint64) (values []float64) {
		synctest.Test(t, func(t *testing.T) {
			m, _ := trappedMachine(t, func(p *profiles.Profile) {
				p.Seed = seed
				p.I2C[0].Devices[0].Move = &profiles.Motion{Walk: &profiles.Walk{Step: 3, Every: profiles.Duration(time.Second), Low: number(20), High: number(30)}}
			})
			defer m.Close()
			for range 50 {
				time.Sleep(time.Second)
				s, err := m.Sensor("Inlet")
				if err != nil || s.Value < 20 || s.Value > 30 {
					t.Errorf("%v, %v", s.Value, err)
				}
				values = append(values, s.Value)
			}
		})
		return values
	}
	if a, b := walk(1), walk(1); !slices.Equal(a, b) {
		t.Errorf("the same seed: %v and %v", a, b)
	}
	if a, b := walk(1), walk(2); slices.Equal(a, b) {
		t.Errorf("another seed walks the same: %v", a)
	}
}
