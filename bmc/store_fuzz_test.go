package bmc

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// FuzzKeptIsMarked runs requests, and looks after each whether every part that is different now was noted as such, and
// so is in the store. Each request is two bytes of network function and command, a byte with the number of data bytes,
// and the data.
func FuzzKeptIsMarked(f *testing.F) {
	for _, chapter := range standardCommands() {
		var script []byte
		for _, data := range [][]byte{nil, {1}, {0xff, 0xff}, {1, 2, 3, 4}, {1, 0xc2, 0x84, 5, 6, 7}, make([]byte, 16), bytes.Repeat([]byte{1}, 22)} {
			for _, row := range chapter {
				if row.Op == ipmb.ColdReset || row.Op == ipmb.WarmReset {
					continue // which would leave nobody to answer the others
				}
				data := append(row.Op.AppendExtension(nil), data...)
				script = append(append(script, byte(row.Op.NetFn), row.Op.Cmd, byte(len(data))), data...)
			}
		}
		f.Add(script)
	}
	for _, test := range keptCases() {
		var script []byte
		for _, x := range test.set {
			data := append(x.op.AppendExtension(nil), unhex(f, x.req)...)
			script = append(append(script, byte(x.op.NetFn), x.op.Cmd, byte(len(data))), data...)
		}
		f.Add(script)
	}
	p := keptProfile(f)
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newMemoryStore()
		m, err := New(p, WithStore(s))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for len(script) >= 3 {
			n := min(int(script[2]), len(script)-3)
			r := SystemRequest{NetworkFunction: script[0] & 0x3e, Command: script[1], RequestData: script[3 : 3+n], RequestDataSize: uint32(n)}
			if _, err := m.RequestResponse(context.Background(), r); err != nil {
				t.Fatal(err)
			}
			if missed := m.missed(); len(missed) > 0 {
				t.Fatalf("%02xh/%02xh % x changed %q, and did not say so", r.NetworkFunction, r.Command, r.RequestData, missed)
			}
			script = script[3+n:]
		}
		before := maps.Clone(s.values)
		m.Close()
		next, err := New(p, WithStore(s))
		if err != nil {
			t.Fatalf("what was kept is not taken: %v\n%q", err, before)
		}
		next.Close()
	})
}

// missed are the keys that differ from the store although nothing is marked.
func (m *Machine) missed() []string {
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keeper.seen != m.compared() {
		return []string{"a log"}
	}
	return slices.Sorted(maps.Keys(m.export(allParts &^ (keepsClock | keepsPower | keepsSEL | keepsSDR)).values))
}

// FuzzRestore gives a machine a store of any content. It is taken or refused, without a panic, and what was taken is
// written as it was read.
func FuzzRestore(f *testing.F) {
	p := keptProfile(f)
	s := newMemoryStore()
	m, err := New(p, WithStore(s))
	if err != nil {
		f.Fatal(err)
	}
	for _, test := range keptCases() {
		for _, x := range test.set {
			data := append(x.op.AppendExtension(nil), unhex(f, x.req)...)
			_, err := m.RequestResponse(context.Background(), SystemRequest{
				NetworkFunction: uint8(x.op.NetFn), Command: x.op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
			})
			if err != nil {
				f.Fatal(err)
			}
		}
	}
	m.Close()
	seen := make(map[string]bool)
	for _, key := range slices.Sorted(maps.Keys(s.values)) { // one of each part
		if part, _, _ := strings.Cut(key, "/"); !seen[part] {
			seen[part] = true
			f.Add(key, s.values[key])
		}
	}
	f.Add("users/2", []byte(`{"version":2,"state":{}}`))
	f.Add("later", []byte(`{"version":1,"state":{}}`))
	f.Add("lan/1", []byte(`{"version":1,"state":[{"parameter":3,"data":"00"}]}`))
	f.Add("memories/fru 200/ffff", []byte(`{"version":1,"state":{"data":"00"}}`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		s := newMemoryStore()
		s.values["sel"] = []byte(`{"version":1,"state":{"last_id":1,"last_addition":1,"last_erase":1,"overflow":false}}`)
		s.values["sdr"] = s.values["sel"]
		s.values[key] = value
		m, err := New(p, WithStore(s))
		if err != nil {
			return
		}
		m.Close()
		next, err := New(p, WithStore(s))
		if err != nil {
			t.Fatalf("taken once, and not again: %v\n%s: %s", err, key, s.values[key])
		}
		next.Close()
	})
}
