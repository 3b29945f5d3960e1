package metrics_test

import (
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/metrics"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// BenchmarkObserved is what metrics cost a request of the machine, beside the same one without them.
func BenchmarkObserved(b *testing.B) {
	for _, test := range []struct {
		name string
		opts []bmctest.Option
	}{
		{"without", nil},
		{"with", []bmctest.Option{bmctest.Machine(bmc.WithObserver(metrics.New(metrics.Build{})))}},
	} {
		b.Run(test.name, func(b *testing.B) {
			m := bmctest.New(b, test.opts...)
			t := m.Sessions()
			t.Lock()
			defer t.Unlock()
			// Get Channel Authentication Capabilities needs no session. [IPMI 2.0 §22.13]
			r := &rmcp.Request{Channel: 1, Message: ipmb.Message{
				To: ipmb.AddrBMC, NetFn: ipmb.NetFnApp, From: 0x81, Cmd: 0x38, Data: []byte{0x8e, 0x04},
			}}
			out := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				if answer, ok := m.Execute(r, out); !ok || answer[0] != 0 {
					b.Fatalf("answered % x", answer)
				}
			}
		})
	}
}
