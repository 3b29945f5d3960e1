package bmc

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestEveryCommandFromBus sends every command of the table, with data at random, over the bus to the BMC and to the
// controllers behind it. Each answer is one to its request, and no handler panics: what a request over the bus lacks
// is a session, a peer and the system interface's buffer. [IPMI 2.0 §7.3, §13.8]
func TestEveryCommandFromBus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, err := profiles.Load("satellites")
		if err != nil {
			t.Fatal(err)
		}
		m, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		r, answers := rand.New(rand.NewPCG(1, 2)), 0
		ask := func(c *Machine, name string, request ipmb.Message) {
			request.To = c.address
			before := c.HandlerPanics()
			var b []byte
			m.withLock(func() {
				m.hold()
				b = c.take(0, request.AppendTo(nil))
				m.deliver()
			})
			if c.HandlerPanics() != before {
				t.Errorf("%02x: %s % x: the handler panics", uint8(c.address), name, request.Data)
			}
			if b == nil {
				return // reset, or answered later
			}
			answers++
			want := request.Response()
			a, err := ipmb.ParseMessage(b)
			if err != nil || len(a.Data) == 0 {
				t.Fatalf("%02x: %s % x: answered % x, %v", uint8(c.address), name, request.Data, b, err)
			}
			want.Data = a.Data
			if string(want.AppendTo(nil)) != string(b) {
				t.Errorf("%02x: %s % x: answered % x, which is for somebody else", uint8(c.address), name, request.Data, b)
			}
		}
		for range 10 {
			for _, row := range m.table.Rows() {
				if row.Op == ipmb.ColdReset {
					continue
				}
				for range 8 {
					data := row.Op.AppendExtension(nil)
					for range r.IntN(40) {
						data = append(data, byte(r.UintN(256)&r.UintN(256)))
					}
					request := ipmb.Message{NetFn: row.Op.NetFn, ToLUN: ipmb.LUN(r.IntN(2)), From: 0x52, FromLUN: ipmb.LUN(r.IntN(4)),
						Seq: uint8(r.IntN(64)), Cmd: row.Op.Cmd, Data: data}
					ask(m, row.Name, request)
					m.eachSatellite(func(s *Machine) { ask(s, row.Name, request) })
				}
			}
			time.Sleep(10 * time.Second) // what was begun ends
		}
		if answers < 10*8*len(m.table.Rows()) {
			t.Errorf("only %d answers", answers)
		}
	})
}
