package dell_test

import (
	"encoding/binary"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
)

// TestPowerHistory asks for average, highest and lowest power while the supplies' changes: a span that is over begins anew.
func TestPowerHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, bmctest.YAML(base+"still: true\n"))
		draw := func(watts float64) {
			t.Helper()
			for _, supply := range []string{"psu1", "psu2"} {
				if err := m.SetDevice(supply, "pin", watts/2); err != nil {
					t.Fatal(err)
				}
			}
			bmctest.Ask(t, m, "30 b3 0a 00") // looks
		}
		powers := func(parameter string, n int) (list []int) {
			t.Helper()
			b := bmctest.Ask(t, m, "06 59 00 "+parameter+" 00 00")
			if b[0] != 0 || len(b) != n {
				t.Fatalf("%s: % x, want %d bytes", parameter, b, n)
			}
			for i := range 4 {
				list = append(list, int(binary.LittleEndian.Uint16(b[2+2*i:])))
			}
			return list
		}
		want := func(parameter string, n int, minute, hour int) {
			t.Helper()
			if got := powers(parameter, n); got[0] != minute || got[1] != hour || got[2] != hour || got[3] != hour {
				t.Errorf("%s: %v, want %d in the minute and %d in hour, day and week", parameter, got, minute, hour)
			}
		}
		draw(200)
		time.Sleep(61 * time.Second) // virtual
		draw(400)
		time.Sleep(30 * time.Second)
		draw(100)
		time.Sleep(20 * time.Second)
		draw(300)
		want("ec", 26, 400, 400)
		want("ed", 26, 100, 100)
		// 61 s at the start's or 200 W, 30 s with 400 W, 20 s with 100 W; the minute began at 61 s.
		if got := powers("eb", 10); got[0] != 280 || got[1] < 235 || got[1] > 255 || got[2] != got[1] || got[3] != got[1] {
			t.Errorf("averages %v", got)
		}
		times := bmctest.Ask(t, m, "06 59 00 ec 00 00")[10:]
		if at := binary.LittleEndian.Uint32(times); at < 1704067261 || at > 1704067262 {
			t.Errorf("highest power at %d, want 61 s after the start", at)
		}
		time.Sleep(70 * time.Second)
		want("ec", 26, 300, 400)
		want("ed", 26, 300, 100)
	})
}
