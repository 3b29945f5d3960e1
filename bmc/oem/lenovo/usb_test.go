package lenovo_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
)

// TestFrontUSB follows the owner of the port.
func TestFrontUSB(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t)
		run(t, m,
			exchange{"configuration", "3a 98 02", "00 02 00 05 01 0a"},
			exchange{"host's", "3a 98 01", "00 00"},
			exchange{"no data", "3a 98", "c7"},
			exchange{"sub-command 0", "3a 98 00", "cc"},
			exchange{"sub-command 7", "3a 98 07", "cc"},
			exchange{"get with data", "3a 98 01 00", "c7"},
			exchange{"mode 3", "3a 98 03 03 00 05 01", "cc"},
			exchange{"button 2", "3a 98 03 02 00 05 02", "cc"},
			exchange{"short", "3a 98 03 02 00 05", "c7"},
			exchange{"long", "3a 98 03 02 00 05 01 0a 00", "c7"},
			exchange{"owner 2", "3a 98 04 02", "cc"},
			exchange{"owner without", "3a 98 04", "c7"},
			exchange{"enable", "3a 98 05 01", "d6"},
			exchange{"enable is not here, however long", "3a 98 05", "d6"},
			exchange{"get enable", "3a 98 06", "d6"},
			exchange{"to the controller", "3a 98 04 01", "00"},
			exchange{"controller's", "3a 98 01", "00 01"})
		time.Sleep(5*time.Minute + time.Second)
		run(t, m, exchange{"back for want of activity", "3a 98 01", "00 00"},
			exchange{"never back", "3a 98 03 02 00 00 01", "00"},
			exchange{"hysteresis stays", "3a 98 02", "00 02 00 00 01 0a"},
			exchange{"to the controller", "3a 98 04 01", "00"})
		time.Sleep(time.Hour)
		run(t, m, exchange{"not back", "3a 98 01", "00 01"}, exchange{"to the host", "3a 98 04 00", "00"}, exchange{"host's", "3a 98 01", "00 00"})
		hold := func() {
			if err := m.PressButton(bmc.ButtonIdentifyHold); err != nil {
				t.Error(err)
			}
		}
		hold()
		run(t, m, exchange{"button", "3a 98 01", "00 01"},
			exchange{"shared, 30 min, no button, 5 s", "3a 98 03 02 00 1e 00 05", "00"},
			exchange{"configuration", "3a 98 02", "00 02 00 1e 00 05"})
		hold()
		run(t, m, exchange{"no button", "3a 98 01", "00 01"}, exchange{"to the host", "3a 98 04 00", "00"},
			exchange{"power off", "00 02 00", "00"})
		time.Sleep(4 * time.Second)
		run(t, m, exchange{"before the hysteresis", "3a 98 01", "00 00"})
		time.Sleep(5 * time.Second)
		run(t, m, exchange{"host off", "3a 98 01", "00 01"}, exchange{"not to a host that is off", "3a 98 04 00", "d5"},
			exchange{"power on", "00 02 01", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"host on", "3a 98 01", "00 00"},
			exchange{"controller only", "3a 98 03 01 00 1e 00", "00"}, exchange{"at once", "3a 98 01", "00 01"},
			exchange{"the other side", "3a 98 04 00", "d5"}, exchange{"the present owner", "3a 98 04 01", "00"},
			exchange{"host only", "3a 98 03 00 00 1e 00", "00"}, exchange{"at once", "3a 98 01", "00 00"},
			exchange{"the other side", "3a 98 04 01", "d5"},
			exchange{"shared", "3a 98 03 02 00 1e 00", "00"}, exchange{"power cycle", "00 02 02", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"power off", "00 02 00", "00"})
		time.Sleep(10 * time.Second)
		run(t, m, exchange{"the controller's", "3a 98 01", "00 01"}, exchange{"power on", "00 02 01", "00"})
		time.Sleep(2 * time.Second)
		run(t, m, exchange{"in the hysteresis, still the controller's", "3a 98 01", "00 01"},
			exchange{"and it shall stay there", "3a 98 04 01", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"it does", "3a 98 01", "00 01"}, exchange{"host only", "3a 98 03 00 00 1e 00", "00"},
			exchange{"cold reset", "06 02", "00"})
		time.Sleep(time.Minute)
		run(t, m, exchange{"settings survive a cold reset", "3a 98 02", "00 00 00 1e 00 05"})
	})
	run(t, start(t, "    platform: sd530"),
		exchange{"owner", "3a 98 01", "00 01"},
		exchange{"mode", "3a 98 02", "00 01 00 05 01 0a"},
		exchange{"configure", "3a 98 03 02 00 1e 00 05", "d6"},
		exchange{"set owner", "3a 98 04", "d6"},
		exchange{"enabled", "3a 98 06", "00 01"},
		exchange{"disable", "3a 98 05 00", "00"},
		exchange{"enable 2", "3a 98 05 02", "cc"},
		exchange{"disabled", "3a 98 06", "00 00"})
	run(t, start(t, "    usb_unsupported: 0xd5"), exchange{"as firmware 6.92", "3a 98 06", "d5"})
}
