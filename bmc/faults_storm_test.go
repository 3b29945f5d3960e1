package bmc

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func rulesNamed(names ...string) (f profiles.Faults) {
	for i, name := range names {
		f.Rules = append(f.Rules, fault.Rule{Name: name, At: []fault.Point{fault.Request, fault.Device, fault.Response}[i%3], Do: fault.Do{Action: fault.Pass}})
	}
	return f
}

// TestFaultsChangeUnderTraffic replaces rules, good and bad ones, while requests come from all sides. Each request meets
// one set of rules or another, whole.
func TestFaultsChangeUnderTraffic(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	var all sync.WaitGroup
	const rounds = 300
	for range 3 {
		all.Go(func() {
			for range rounds {
				r, err := m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: uint8(ipmb.NetFnApp), Command: 0x04})
				if err != nil || r.CompletionCode != 0 {
					t.Errorf("Get Self Test Results: %+v, %v", r, err)
				}
			}
		})
	}
	all.Go(func() {
		for i := range rounds {
			if err := m.SetFaults(rulesNamed(fmt.Sprint("a", i%7), fmt.Sprint("b", i%5), "c")); err != nil {
				t.Error(err)
			}
			if err := m.SetFaults(rulesNamed("a", "a")); err == nil {
				t.Error("two rules of one name are taken")
			}
			if got := m.FaultCounts(); len(got) != 3 && len(got) != 0 {
				t.Errorf("half of a set: %v", got)
			}
			m.FaultHits()
		}
	})
	all.Wait()
	if n := len(m.FaultHits()); n > 13 {
		t.Errorf("%d rules are remembered", n)
	}
}

// TestNoAnswerThatCannotBeSaved: a fault leaves nothing of an answer, and the store fails.
func TestNoAnswerThatCannotBeSaved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemoryStore()
		m, err := New(keptProfile(t), WithStore(store))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		nothing := 0
		if err := m.SetFaults(profiles.Faults{Rules: []fault.Rule{{Name: "r", At: fault.Response, Do: fault.Do{Truncate: &nothing}}}}); err != nil {
			t.Fatal(err)
		}
		store.fail(errors.New("disk full"))
		request := ipmb.Message{To: ipmb.AddrBMC, NetFn: ipmb.NetFnStorage, From: 0x82, Cmd: 0x49, Data: []byte{1, 2, 3, 4}} // Set SEL Time
		answer, err := ipmb.ParseMessage(m.FromBus(0, request.AppendTo(nil)))
		if err != nil || len(answer.Data) != 0 {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}
