package bmc

import (
	"bytes"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// memoryStore is a store that a test looks into. It fails when it is told to.
type memoryStore struct {
	mu     sync.Mutex
	values map[string][]byte
	saves  int
	keys   []string // of the last save
	err    error
}

func newMemoryStore() *memoryStore { return &memoryStore{values: make(map[string][]byte)} }

func (s *memoryStore) Load() (map[string][]byte, error) { return maps.Clone(s.values), s.err }

func (s *memoryStore) Save(changes map[string][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.saves++
	s.keys = slices.Sorted(maps.Keys(changes))
	for k, v := range changes {
		if v == nil {
			delete(s.values, k)
		} else {
			s.values[k] = bytes.Clone(v)
		}
	}
	return nil
}

func (s *memoryStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// keptProfile is the generic machine with everything that can be kept, and power changes that take no time.
func keptProfile(t testing.TB) *profiles.Profile {
	t.Helper()
	p, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	p.Seed = 1
	p.Power.PowerUp, p.Power.PowerDown, p.Power.StartOff = 0, 0, true
	p.Sessions.KR = true
	p.SEL.AuxiliaryLogs = []profiles.AuxiliaryLog{profiles.AuxiliaryMCA, profiles.AuxiliaryOEM1}
	p.FRU = append(p.FRU, profiles.FRU{ID: 200, Name: "Own", Size: 600})
	return p
}

// kept builds a machine on a store. The caller closes it.
func kept(t testing.TB, s Store, edits ...func(*profiles.Profile)) *Machine {
	t.Helper()
	p := keptProfile(t)
	for _, edit := range edits {
		edit(p)
	}
	m, err := New(p, WithStore(s))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// close ends a machine, and looks whether a handler panicked.
func (m *Machine) closeKept(t testing.TB) {
	t.Helper()
	m.Close()
	if n := m.HandlerPanics(); n > 0 {
		t.Errorf("%d handlers panicked", n)
	}
}

func (m *Machine) read(t *testing.T, list []reading) (answers []string) {
	t.Helper()
	for _, r := range list {
		answers = append(answers, hex.EncodeToString(m.ask(t, r.op, r.req)))
	}
	return answers
}

// TestKept changes each part of the state over IPMI, ends the machine, and reads the same from its successor.
func TestKept(t *testing.T) {
	t.Parallel()
	for _, test := range keptCases() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStore()
				m := kept(t, s)
				before, volatile := m.read(t, test.shown), m.read(t, test.absent)
				m.exchange(t, test.set...)
				shown := m.read(t, test.shown)
				for i := range shown {
					if shown[i] == before[i] {
						t.Errorf("%v [%s] is %s before and after", test.shown[i].op, test.shown[i].req, shown[i])
					}
				}
				if len(test.absent) > 0 && slices.Equal(volatile, m.read(t, test.absent)) {
					t.Error("nothing volatile changed")
				}
				values := maps.Clone(s.values) // what a crash leaves
				m.closeKept(t)
				for name, store := range map[string]*memoryStore{"a crash": {values: values}, "its end": s} {
					next := kept(t, store)
					if got := next.read(t, test.shown); !slices.Equal(got, shown) {
						t.Errorf("after %s: %q, want %q", name, got, shown)
					}
					if got := next.read(t, test.absent); !slices.Equal(got, volatile) {
						t.Errorf("after %s, volatile: %q, want %q", name, got, volatile)
					}
					next.closeKept(t)
				}
			})
		})
	}
}

// Everything at once: the parts do not disturb each other, and a third machine finds what the second found.
func TestKeptTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		m := kept(t, s)
		var shown []reading
		for _, test := range keptCases() {
			if len(test.absent) == 0 && test.name != "a locked KR" {
				m.exchange(t, test.set...)
				shown = append(shown, test.shown...)
			}
		}
		want := m.read(t, shown)
		for range 2 {
			m.closeKept(t)
			m = kept(t, s)
			if got := m.read(t, shown); !slices.Equal(got, want) {
				for i := range got {
					if got[i] != want[i] {
						t.Errorf("%v [%s]: %s, want %s", shown[i].op, shown[i].req, got[i], want[i])
					}
				}
			}
		}
		m.closeKept(t)
	})
}

// TestKeptPower ends machines whose host is on and off, and looks what the power restore policy makes of it.
// [IPMI 2.0 §28.8]
func TestKeptPower(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		policy string // of Set Power Restore Policy
		on     bool
		status string // Get Chassis Status afterwards
		cause  string // Get System Restart Cause
	}{
		{"off", "00", true, "00 00 01 40 f6", "00"},
		{"previous, was on", "01", true, "00 21 01 40 f6", "07"},
		{"previous, was off", "01", false, "00 20 01 40 f6", "00"},
		{"on", "02", false, "00 41 01 40 f6", "06"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStore()
				m := kept(t, s)
				m.exchange(t,
					exchange{"§28.8", ipmb.SetPowerRestorePolicy, test.policy, "00 07"},
					exchange{"§28.9", ipmb.SetPowerCycleInterval, "07", "00"},
					exchange{"§28.6", ipmb.SetFrontPanelButtonEnables, "06", "00"})
				if test.on {
					m.exchange(t, exchange{"§28.3 power up", ipmb.ChassisControl, "01", "00"})
				}
				time.Sleep(90 * time.Minute)
				values := maps.Clone(s.values)
				m.closeKept(t)
				for after, store := range map[string]*memoryStore{"a crash": {values: values}, "its end": s} {
					m := kept(t, store)
					synctest.Wait()
					m.exchange(t,
						exchange{after + ": §28.2", ipmb.GetChassisStatus, "", test.status},
						exchange{after + ": §28.11", ipmb.GetSystemRestartCause, "", "00" + test.cause + "00"})
					if got := m.power.stored.Interval; got != 7*time.Second {
						t.Errorf("%s: power cycle interval %v", after, got)
					}
					want := 4711 * time.Hour // the profile's
					switch {
					case test.on && after == "a crash":
						want += time.Hour // when the counter counted last
					case test.on:
						want += 90 * time.Minute
					}
					if got := m.power.poweredFor(); got != want {
						t.Errorf("%s: power on for %v, want %v", after, got, want)
					}
					m.closeKept(t)
				}
			})
		})
	}
}

// The clock has a battery: it goes on while the machine is not there, at its rate. One without starts anew.
func TestKeptClock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		start profiles.ClockStart
		rate  float64
		set   string
		want  uint32 // a minute by the computer's clock later
	}{
		"set":             {"now", 1, "00 00 00 40", 0x40000000 + 60},
		"set, and faster": {"now", 60, "00 00 00 40", 0x40000000 + 3600},
		"from 2019":       {"2019-01-01T00:00:00Z", 1, "", 1546300800 + 60},
		"no battery":      {profiles.ClockUnset, 1, "00 00 00 40", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				edit := func(p *profiles.Profile) { p.Clock.Start, p.Clock.Rate = test.start, test.rate }
				s := newMemoryStore()
				m := kept(t, s, edit)
				if test.set != "" {
					m.exchange(t, exchange{"§31.11", ipmb.SetSELTime, test.set, "00"})
				}
				m.closeKept(t)
				time.Sleep(time.Minute)
				m = kept(t, s, edit)
				defer m.closeKept(t)
				if got := m.clock.Time(); got != test.want {
					t.Errorf("got %d, want %d", got, test.want)
				}
			})
		})
	}
}

// TestKeptLockout locks a user out by bad passwords, until a time and for good. [IPMI 2.0 §23.2, parameter 26]
func TestKeptLockout(t *testing.T) {
	t.Parallel()
	for name, lockout := range map[string]string{"for 20 s": "0200", "for good": "0000"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newMemoryStore()
				m := kept(t, s)
				m.exchange(t, exchange{"§23.1", ipmb.SetLANConfigurationParameters, "01 1a 00 02 0000" + lockout, "00"})
				locked := func(m *Machine) bool {
					_, ok := m.UserByName(1, []byte("admin"), ipmb.PrivilegeUnspecified)
					return !ok
				}
				for range 2 {
					m.Sessions().Lock()
					m.PasswordTried(1, 2, false)
					m.Sessions().Unlock()
				}
				values := maps.Clone(s.values)
				m.closeKept(t)
				m = kept(t, &memoryStore{values: values})
				if !locked(m) {
					t.Error("the user is no longer locked out")
				}
				time.Sleep(21 * time.Second)
				if got, want := locked(m), lockout == "0000"; got != want {
					t.Errorf("locked out after 21 s: %v, want %v", got, want)
				}
				m.exchange(t, exchange{"§22.26", ipmb.SetUserAccess, "91 02 04 00", "00"})
				m.closeKept(t)
				m = kept(t, m.keeper.store)
				defer m.closeKept(t)
				if locked(m) {
					t.Error("enabled again, and locked out after a restart")
				}
			})
		})
	}
}

// Writes that were not committed are gone; those that were are there. [IPMI 2.0 §23.2, parameter 0]
func TestKeptCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		edit := func(p *profiles.Profile) {
			for i := range p.Channels {
				p.Channels[i].LAN.Rollback = true
			}
		}
		s := newMemoryStore()
		m := kept(t, s, edit)
		m.exchange(t,
			exchange{"set in progress", ipmb.SetLANConfigurationParameters, "01 00 01", "00"},
			exchange{"IP address", ipmb.SetLANConfigurationParameters, "01 03 c6 33 64 07", "00"},
			exchange{"commit write", ipmb.SetLANConfigurationParameters, "01 00 02", "00"},
			exchange{"another one", ipmb.SetLANConfigurationParameters, "01 03 c6 33 64 08", "00"})
		m.closeKept(t)
		m = kept(t, s, edit)
		defer m.closeKept(t)
		m.exchange(t, exchange{"§23.2", ipmb.GetLANConfigurationParameters, "01 03 00 00", "00 11 c6 33 64 07"})
	})
}

// Reservations and what is in progress are gone; a cleared log stays empty. [IPMI 2.0 §31.4.2, §31.9]
func TestKeptLogIsReserved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		m := kept(t, s)
		m.exchange(t,
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§31.7 first part", ipmb.PartialAddSELEntry, "0100 0000 00 00 00", "00 0900"})
		m.ask(t, ipmb.ClearSEL, "0100 434c52 aa")
		m.closeKept(t)
		m = kept(t, s)
		defer m.closeKept(t)
		m.exchange(t,
			exchange{"§31.4.2", ipmb.DeleteSELEntry, "0100 0000", "c5"},
			exchange{"§31.7", ipmb.PartialAddSELEntry, "0100 0900 01 01 00", "c5"},
			exchange{"§31.6 an empty log", ipmb.AddSELEntry, "0000 c0 00000000 d97e00 010203040506", "00 0100"})
	})
}

// Events that were logged and not filtered before a crash are filtered afterwards. [IPMI 2.0 §17.4.1]
func TestKeptEventIsFilteredLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		m := kept(t, s)
		m.exchange(t,
			exchange{"§30.3 PEF on", ipmb.SetPEFConfigurationParameters, "01 01", "00"},
			exchange{"§30.2 PEF off until told otherwise", ipmb.ArmPEFPostponeTimer, "fe", "00 fe"})
		m.ask(t, ipmb.PlatformEventMessage, "41 04 01 01 01 57 ff ff")
		id := m.sel.State().LastID
		if m.pef.stored.BMC == id {
			t.Fatal("filtered already")
		}
		m.closeKept(t)
		m = kept(t, s)
		defer m.closeKept(t)
		synctest.Wait()
		if m.pef.stored.BMC != id {
			t.Errorf("filtered up to %d, want %d", m.pef.stored.BMC, id)
		}
	})
}

// A request that changes nothing saves nothing and allocates nothing; an event saves one record of the log.
func TestSavesWhatChanged(t *testing.T) {
	s := newMemoryStore()
	m := kept(t, s)
	defer m.closeKept(t)
	for range 300 {
		m.ask(t, ipmb.AddSELEntry, "0000 c0 00000000 d97e00 010203040506")
	}
	before := s.saves
	m.ask(t, ipmb.AddSELEntry, "0000 c1 00000000 d97e00 010203040506")
	if want := []string{"sel", "sel-records/0000000000000134"}; !slices.Equal(s.keys, want) || s.saves != before+1 {
		t.Errorf("%d saves, the last of %q, want %q", s.saves-before, s.keys, want)
	}
	m.ask(t, ipmb.SetUserName, "05 66726564 000000000000000000000000")
	if want := []string{"users/5"}; !slices.Equal(s.keys, want) {
		t.Errorf("Set User Name saved %q", s.keys)
	}
	m.ask(t, ipmb.WriteFRUData, "00 0003 aa")
	if want := []string{"memories/bus 4/57/0300"}; !slices.Equal(s.keys, want) {
		t.Errorf("Write FRU Data saved %q", s.keys)
	}
	before = s.saves
	m.ask(t, ipmb.SetUserName, "05 66726564 000000000000000000000000")
	m.ask(t, ipmb.GetSELEntry, "0000 0000 00 ff")
	m.ask(t, ipmb.GetSensorReading, "01")
	if s.saves != before {
		t.Errorf("%d saves of nothing: %q", s.saves-before, s.keys)
	}
	m.sessions.Lock()
	defer m.sessions.Unlock()
	if n := testing.AllocsPerRun(100, func() {
		m.mu.Lock()
		_ = m.release()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// The answer comes when the change is saved, and not before.
func TestSavedBeforeAnswered(t *testing.T) {
	t.Parallel()
	s := newMemoryStore()
	m := kept(t, s)
	defer m.closeKept(t)
	s.fail(errors.New("no space left on device"))
	m.exchange(t,
		exchange{"a change", ipmb.SetUserName, "05 66726564 000000000000000000000000", "ff"},
		exchange{"a group extension's change", ipmb.SetDCMIConfigurationParameters, "02 00 03", "ff dc"},
		exchange{"what only reads", ipmb.GetUserName, "05", "00 66726564 000000000000000000000000"})
	s.fail(nil)
	m.exchange(t, exchange{"a change", ipmb.SetUserName, "06 66726565 000000000000000000000000", "00"})
	for _, key := range []string{"users/5", "users/6", "dcmi"} {
		if !slices.Contains(s.keys, key) {
			t.Errorf("%s is not in %q", key, s.keys)
		}
	}
}

// What could not be saved is saved when it can be, also when nobody asks for anything.
func TestSaveIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		m := kept(t, s)
		defer m.closeKept(t)
		s.fail(errors.New("no space left on device"))
		m.exchange(t, exchange{"§31.6", ipmb.AddSELEntry, "0000 c0 00000000 d97e00 010203040506", "ff"})
		time.Sleep(3*saveRetry + time.Second)
		s.fail(nil)
		time.Sleep(saveRetry)
		synctest.Wait()
		if s.values["sel-records/0000000000000000"] == nil {
			t.Errorf("the entry is not in %q", slices.Sorted(maps.Keys(s.values)))
		}
	})
}

// A machine without a store notes what changes and does nothing about it.
func TestNothingKept(t *testing.T) {
	t.Parallel()
	m, err := New(keptProfile(t))
	if err != nil {
		t.Fatal(err)
	}
	defer m.closeKept(t)
	m.exchange(t, exchange{"§22.28", ipmb.SetUserName, "05 66726564 000000000000000000000000", "00"})
	if m.keeper.saved.documents != nil {
		t.Error("something is kept")
	}
}

// State that does not fit is refused with everything that does not, and the machine is not built.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	for key, test := range map[string]struct{ value, want string }{
		"later":                        {`{"version":1,"state":{}}`, "a newer fakebmc wrote it"},
		"users/5":                      {`{"version":2,"state":{}}`, "version 2, this program knows 1"},
		"users/60":                     {`{"version":1,"state":{}}`, "there are user IDs 1 to 10"},
		"boot":                         {`{"version":1,"state":{"scan":1}}`, `unknown field "scan"`},
		"chassis":                      {`{"version":1,"state":{}} {}`, "something follows the document"},
		"lan/1":                        {`{"version":1,"state":[{"parameter":3,"data":"0102"}]}`, "parameter 3 (IP address) has 4 bytes, not 2"},
		"lan/0":                        {`{"version":1,"state":[]}`, "this machine has no such part"},
		"firewall/1":                   {`{"version":1,"state":{"off":[{"netfn":6,"command":253}]}}`, "command 06h/FDh cannot be switched off here"},
		"power":                        {`{"version":1,"state":{"restore_policy":"never","on":true,"cycle_seconds":0,"power_on_time":"1h"}}`, `no "never"`},
		"sel-records/1":                {"00", "the key does not end in a number"},
		"sel-records/0000000000000001": {"0100c0", "sel: there are records, and no document"},
		"memories/fru 7/0":             {`{"version":1,"state":{"data":"00"}}`, "there is no such memory"},
	} {
		s := newMemoryStore()
		s.values[key] = []byte(test.value)
		m, err := New(keptProfile(t), WithStore(s))
		if err == nil {
			m.Close()
			t.Errorf("%s: taken", key)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "remove the state") {
			t.Errorf("%s: %v, want %q", key, err, test.want)
		}
		if s.saves > 0 {
			t.Errorf("%s: something was saved", key)
		}
	}
}
