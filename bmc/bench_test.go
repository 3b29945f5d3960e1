package bmc_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// requester sends one request and returns the data behind the completion code.
type requester func(op ipmb.Op, data ...byte) []byte

// roads are the ways to a generic machine in this process: a session of cipher suite 3, of which one half of the work is
// the console's, and the system interface.
func roads(b *testing.B, run func(b *testing.B, ask requester)) {
	for _, road := range []struct {
		name string
		open func(b *testing.B, m *bmc.Machine) requester
	}{{"session", bySession}, {"system interface", byHost}} {
		b.Run(road.name, func(b *testing.B) {
			p, err := profiles.Load("generic")
			if err != nil {
				b.Fatal(err)
			}
			m, err := bmc.New(p, bmc.WithSeed(1))
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			run(b, road.open(b, m))
		})
	}
}

func bySession(b *testing.B, m *bmc.Machine) requester {
	c := console.New(newDirect(m), console.Options{Timeout: time.Nanosecond})
	s, err := c.Open20(context.Background(), console.Login20{User: "admin", Password: "password", Suite: suite(3), Privilege: ipmb.PrivilegeAdministrator})
	if err != nil {
		b.Fatal(err)
	}
	return func(op ipmb.Op, data ...byte) []byte {
		answer, err := s.Do(context.Background(), op.NetFn, op.Cmd, data...)
		if err != nil {
			b.Fatalf("%v [% x]: %v", op, data, err)
		}
		return answer
	}
}

func byHost(b *testing.B, m *bmc.Machine) requester {
	return func(op ipmb.Op, data ...byte) []byte {
		resp, err := m.RequestResponse(context.Background(), bmc.SystemRequest{
			NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
		})
		if err != nil || resp.CompletionCode != 0 {
			b.Fatalf("%v [% x]: %+v, %v", op, data, resp, err)
		}
		return resp.ResponseData[1:]
	}
}

// readOut measures a read-out of many requests, beside as many Get Device ID on the same road: the plainest request
// there is. The ratio says what the part behind the command costs.
func readOut(b *testing.B, ask requester, read func() (requests, records, size int)) {
	b.ReportAllocs()
	var requests, records, size int
	var plain time.Duration
	for b.Loop() {
		requests, records, size = read()
		b.StopTimer()
		began := time.Now()
		for range requests {
			ask(ipmb.GetDeviceID)
		}
		plain += time.Since(began)
		b.StartTimer()
	}
	rate := func(n int) float64 { return float64(n) * float64(b.N) / b.Elapsed().Seconds() }
	b.ReportMetric(rate(records), "records/s")
	b.ReportMetric(rate(size), "B/s")
	b.ReportMetric(float64(requests), "requests/op")
	b.ReportMetric(b.Elapsed().Seconds()/plain.Seconds(), "x-get-device-id")
}

// BenchmarkSDRDownload reads the whole SDR repository as clients do: each record's header, and then its body in parts
// of 16 bytes.
func BenchmarkSDRDownload(b *testing.B) {
	const part = 16
	roads(b, func(b *testing.B, ask requester) {
		readOut(b, ask, func() (requests, records, size int) {
			reservation := ask(ipmb.ReserveSDRRepository)
			requests = 1
			for id := []byte{0, 0}; binary.LittleEndian.Uint16(id) != 0xffff; records++ {
				head := ask(ipmb.GetSDR, reservation[0], reservation[1], id[0], id[1], 0, 5)
				requests++
				length := 5 + int(head[2+4])
				for at := 5; at < length; at += part {
					ask(ipmb.GetSDR, reservation[0], reservation[1], id[0], id[1], byte(at), byte(min(part, length-at)))
					requests++
				}
				id, size = head[:2], size+length
			}
			return requests, records, size
		})
	})
}

// BenchmarkSELReadOut reads a full log of 512 entries, each with one request.
func BenchmarkSELReadOut(b *testing.B) {
	roads(b, func(b *testing.B, ask requester) {
		const capacity = 512
		for binary.LittleEndian.Uint16(ask(ipmb.GetSELInfo)[1:]) < capacity {
			ask(ipmb.AddSELEntry, 0, 0, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
		}
		readOut(b, ask, func() (requests, records, size int) {
			for id := []byte{0, 0}; binary.LittleEndian.Uint16(id) != 0xffff; records++ {
				entry := ask(ipmb.GetSELEntry, 0, 0, id[0], id[1], 0, 0xff)
				id, size = entry[:2], size+len(entry)-2
			}
			if records != capacity {
				b.Fatalf("%d entries", records)
			}
			return records, records, size
		})
	})
}

// BenchmarkMachine builds idle generic machines from one blueprint, and tells what each of them holds on the heap.
func BenchmarkMachine(b *testing.B) {
	p, err := profiles.Load("generic")
	if err != nil {
		b.Fatal(err)
	}
	blueprint, err := bmc.NewBlueprint(p)
	if err != nil {
		b.Fatal(err)
	}
	heap := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	b.ReportAllocs()
	machines := make([]*bmc.Machine, 0, 1<<16)
	before := heap()
	for b.Loop() {
		m, err := blueprint.New()
		if err != nil {
			b.Fatal(err)
		}
		machines = append(machines, m)
	}
	b.ReportMetric(float64(heap()-before)/float64(len(machines)), "B/machine")
	for _, m := range machines {
		m.Close()
	}
}

// BenchmarkFaults is Get Device ID of the host without fault rules, and with rules about something else.
func BenchmarkFaults(b *testing.B) {
	for _, n := range []int{0, 1, 100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p, err := profiles.Load("generic")
			if err != nil {
				b.Fatal(err)
			}
			for i := range n {
				p.Faults.Rules = append(p.Faults.Rules, fault.Rule{Name: fmt.Sprint("r", i), At: fault.Request,
					When: fault.When{Command: fault.Names{"get-sel-entry"}}, Do: fault.Do{Action: fault.Drop}})
			}
			m, err := bmc.New(p, bmc.WithSeed(1))
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			ask := byHost(b, m)
			b.ReportAllocs()
			for b.Loop() {
				ask(ipmb.GetDeviceID)
			}
		})
	}
}

// TestNoFaultsCostNothing: a machine whose rules are gone allocates as one that never had any.
func TestNoFaultsCostNothing(t *testing.T) {
	m := bmctest.New(t)
	ask := func() {
		if _, err := m.RequestResponse(context.Background(), bmc.SystemRequest{NetworkFunction: 6, Command: 1}); err != nil {
			t.Fatal(err)
		}
	}
	never := testing.AllocsPerRun(200, ask)
	if err := m.SetFaults(faultsOf(t, "    - {name: r, at: request, do: {extend: 00}}\n    - {name: d, at: device, do: {noise: 1}}\n")); err != nil {
		t.Fatal(err)
	}
	if with := testing.AllocsPerRun(200, ask); with <= never {
		t.Errorf("%v allocations with a rule, %v without", with, never)
	}
	if err := m.SetFaults(profiles.Faults{}); err != nil {
		t.Fatal(err)
	}
	if gone := testing.AllocsPerRun(200, ask); gone != never {
		t.Errorf("%v allocations, %v before there were rules", gone, never)
	}
}
