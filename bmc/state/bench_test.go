package state_test

import (
	"fmt"
	"testing"

	"github.com/fakebmc/fakebmc/bmc/state"
)

// BenchmarkSave saves an entry of a log and the log's document, as an event does. The time is the disk's.
func BenchmarkSave(b *testing.B) {
	s, err := state.Open(b.TempDir(), mine)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		err := s.Save(map[string][]byte{
			fmt.Sprintf("sel-records/%016x", n%512): []byte("0123456789abcdef0123456789abcdef"),
			"sel":                                   fmt.Appendf(nil, `{"version":1,"state":{"last_id":%d}}`, n),
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
