package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestDHCP shows the addresses go and come when DHCP starts. [IPMI 2.0 §23.2 parameter 4, DCMI §6.1.3 parameter 1]
func TestDHCP(t *testing.T) {
	t.Parallel()
	set, get, dcmi := ipmb.SetLANConfigurationParameters, ipmb.GetLANConfigurationParameters, ipmb.SetDCMIConfigurationParameters
	const ip, mask, gateway = "01 03 00 00", "01 06 00 00", "01 0c 00 00"
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) {
			p.DCMI = &profiles.DCMI{}
			p.Channels[1].LAN = profiles.LAN{IP: profiles.IPv4{192, 0, 2, 10}, Source: profiles.SourceStatic,
				Lease: profiles.Lease{Time: profiles.Duration(time.Second), IP: profiles.IPv4{198, 51, 100, 7}, Mask: profiles.IPv4{255, 255, 0, 0}, Gateway: profiles.IPv4{198, 51, 100, 1}}}
		})
		m.exchange(t,
			exchange{"DCMI §6.1.3 a static address stays", dcmi, "01 00 01", "00 dc"},
			exchange{"§23.2 3", get, ip, "00 11 c0 00 02 0a"},
			exchange{"§23.2 4 DHCP", set, "01 04 02", "00"},
			exchange{"§23.2 3 none meanwhile", get, ip, "00 11 00 00 00 00"})
		time.Sleep(1100 * time.Millisecond)
		m.exchange(t,
			exchange{"§23.2 3", get, ip, "00 11 c6 33 64 07"},
			exchange{"§23.2 6", get, mask, "00 11 ff ff 00 00"},
			exchange{"§23.2 12", get, gateway, "00 11 c6 33 64 01"},
			exchange{"DCMI §6.1.3 anew", dcmi, "01 00 01", "00 dc"},
			exchange{"§23.2 3 none meanwhile", get, ip, "00 11 00 00 00 00"},
			exchange{"§23.2 4 static", set, "01 04 01", "00"},
			exchange{"§23.2 3 static", set, "01 03 c0 00 02 63", "00"})
		time.Sleep(5 * time.Second)
		m.exchange(t, exchange{"§23.2 3 no lease any more", get, ip, "00 11 c0 00 02 63"})
	})
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) {
			p.DCMI = &profiles.DCMI{}
			p.Channels[1].LAN = profiles.LAN{IP: profiles.IPv4{192, 0, 2, 10}, Source: profiles.SourceDHCP}
		})
		m.exchange(t, exchange{"DCMI §6.1.3 without a lease of its own", dcmi, "01 00 01", "00 dc"})
		time.Sleep(time.Second)
		m.exchange(t, exchange{"§23.2 3 the same again", get, ip, "00 11 c0 00 02 0a"})
	})
}
