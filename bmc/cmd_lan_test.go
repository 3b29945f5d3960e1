package bmc

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func lanProfile(p *profiles.Profile) {
	p.Channels[1].LAN = profiles.LAN{
		IP: profiles.IPv4{192, 0, 2, 10}, Source: profiles.SourceStatic, MAC: profiles.MAC{2, 0, 0, 0, 6, 0x23},
		Mask: profiles.IPv4{255, 255, 255, 0}, Gateway: profiles.IPv4{192, 0, 2, 1}, Community: "public", Destinations: 2,
		ReadOnly: []uint8{5}, Without: []uint8{9},
		Parameters: []profiles.Parameter{{Number: 20, Data: profiles.HexBytes{0x64, 0x80}}, {Number: 192, Data: profiles.HexBytes{1, 2, 3}}},
	}
}

// TestLANRollback takes back what was written and not committed, also by a reset of the host. [IPMI 2.0 §23.2, parameter 0]
func TestLANRollback(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetLANConfigurationParameters, ipmb.SetLANConfigurationParameters
	m := newTestMachine(t, func(p *profiles.Profile) { lanProfile(p); p.Channels[1].LAN.Rollback = true })
	write := func(last byte) {
		t.Helper()
		m.exchange(t,
			exchange{"0 set in progress", set, "01 00 01", "00"},
			exchange{"2 of the channel", set, fmt.Sprintf("01 02 04 04 04 04 %02x", last&0x04), "00"},
			exchange{"3 with a value of the profile", set, fmt.Sprintf("01 03 0a 00 00 %02x", last), "00"},
			exchange{"3 twice", set, fmt.Sprintf("01 03 0a 00 01 %02x", last), "00"},
			exchange{"21 without one", set, fmt.Sprintf("01 15 %02x", last), "00"},
			exchange{"at once", get, "01 03 00 00", fmt.Sprintf("00 11 0a 00 01 %02x", last)})
	}
	want := func(enables, address, priority string) {
		t.Helper()
		m.exchange(t,
			exchange{"0", get, "01 00 00 00", "00 11 00"},
			exchange{"2", get, "01 02 00 00", "00 11 " + enables},
			exchange{"3", get, "01 03 00 00", "00 11 " + address},
			exchange{"21", get, "01 15 00 00", "00 11 " + priority})
	}
	write(4)
	m.exchange(t, exchange{"0 set complete", set, "01 00 00", "00"})
	want("16 16 16 16 00", "c0 00 02 0a", "00")
	write(4)
	if err := m.SetPower(HardReset); err != nil {
		t.Fatal(err)
	}
	want("16 16 16 16 00", "c0 00 02 0a", "00")
	write(3)
	m.exchange(t,
		exchange{"0 commit write", set, "01 00 02", "00"},
		exchange{"0 is in progress", get, "01 00 00 00", "00 11 01"},
		exchange{"21 after the commit", set, "01 15 05", "00"},
		exchange{"0 reserved", set, "01 00 03", "cc"},
		exchange{"0 set complete", set, "01 00 00", "00"})
	want("04 04 04 04 00", "0a 00 01 03", "03")
	m.exchange(t, exchange{"21 without set in progress", set, "01 15 06", "00"}, exchange{"0 set complete", set, "01 00 00", "00"})
	want("04 04 04 04 00", "0a 00 01 03", "06")
}

func TestLANParameters(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetLANConfigurationParameters, ipmb.SetLANConfigurationParameters
	newTestMachine(t, lanProfile).exchange(t,
		exchange{"§23.2 0 set complete", get, "01 00 00 00", "00 11 00"},
		exchange{"§23.1 0 set in progress", set, "01 00 01", "00"},
		exchange{"§23.1 0 again", set, "01 00 01", "81"},
		exchange{"§23.1 0 commit write without rollback", set, "01 00 02", "cc"},
		exchange{"§23.1 0 set complete", set, "01 00 00", "00"},
		exchange{"§23.2 1 support", get, "01 01 00 00", "00 11 16"},
		exchange{"§23.1 1 is read-only", set, "01 01 16", "82"},
		exchange{"§23.2 2 enables", get, "01 02 00 00", "00 11 16 16 16 16 00"},
		exchange{"§23.1 2 unsupported type", set, "01 02 17 16 16 16 00", "cc"},
		exchange{"§23.1 2", set, "01 02 04 04 04 04 00", "00"},
		exchange{"§23.2 2 changed", get, "01 02 00 00", "00 11 04 04 04 04 00"},
		exchange{"§23.2 3 IP address", get, "01 03 00 00", "00 11 c0 00 02 0a"},
		exchange{"§23.1 3", set, "01 03 0a 00 00 01", "00"},
		exchange{"§23.2 3 changed", get, "01 03 00 00", "00 11 0a 00 00 01"},
		exchange{"§23.1 3 short", set, "01 03 0a 00 00", "c7"},
		exchange{"§23.2 4 static", get, "01 04 00 00", "00 11 01"},
		exchange{"§23.1 4 reserved source", set, "01 04 05", "cc"},
		exchange{"§23.2 5 MAC address", get, "01 05 00 00", "00 11 02 00 00 00 06 23"},
		exchange{"§23.1 5 read-only by profile", set, "01 05 02 00 00 00 06 24", "82"},
		exchange{"§23.2 6", get, "01 06 00 00", "00 11 ff ff ff 00"},
		exchange{"§23.2 7 IPv4 header", get, "01 07 00 00", "00 11 40 40 10"},
		exchange{"§23.2 8 primary port 26Fh", get, "01 08 00 00", "00 11 6f 02"},
		exchange{"§23.2 9 absent by profile", get, "01 09 00 00", "80"},
		exchange{"§23.2 revision only", get, "81 03 00 00", "00 11"},
		exchange{"§23.2 revision only of nothing", get, "81 09 00 00", "80"},
		exchange{"§23.2 16 community", get, "01 10 00 00", "00 11 7075626c6963 000000000000000000000000"},
		exchange{"§23.2 17 destinations", get, "01 11 00 00", "00 11 02"},
		exchange{"§23.2 18 volatile destination", get, "01 12 00 00", "00 11 00 00 02 00"},
		exchange{"§23.1 18 destination 2", set, "01 12 02 80 04 03", "00"},
		exchange{"§23.2 18 destination 2", get, "01 12 02 00", "00 11 02 80 04 03"},
		exchange{"§23.2 18 destination 1 untouched", get, "01 12 01 00", "00 11 01 00 02 00"},
		exchange{"§23.2 18 destination 3 of 2", get, "01 12 03 00", "c9"},
		exchange{"§23.1 19 IPv4", set, "01 13 01 00 00 c0000201 020000000002", "00"},
		exchange{"§23.2 19 IPv4", get, "01 13 01 00", "00 11 01 00 00 c0000201 020000000002"},
		exchange{"§23.1 19 IPv6", set, "01 13 02 10 20010db8000000000000000000000001", "00"},
		exchange{"§23.2 19 IPv6", get, "01 13 02 00", "00 11 02 10 20010db8000000000000000000000001"},
		exchange{"§23.1 19 IPv6 with an IPv4 length", set, "01 13 02 10 00 c0000201 020000000002", "c7"},
		exchange{"§23.1 19 reserved format", set, "01 13 02 20 00 c0000201 020000000002", "cc"},
		exchange{"§23.2 20 VLAN from the profile", get, "01 14 00 00", "00 11 64 80"},
		exchange{"§23.2 22 suites", get, "01 16 00 00", "00 11 02"},
		exchange{"§23.2 23 suite IDs", get, "01 17 00 00", "00 11 00 03 11 0000000000000000000000000000"},
		exchange{"§23.2 24 levels", get, "01 18 00 00", "00 11 00 44 00000000000000"},
		exchange{"§23.1 24 second suite off", set, "01 18 00 04 00000000000000", "00"},
		exchange{"§23.2 24 changed", get, "01 18 00 00", "00 11 00 04 00000000000000"},
		exchange{"§23.1 24 no third suite", set, "01 18 00 14 04 000000000040", "00"},
		exchange{"§23.2 24 as written", get, "01 18 00 00", "00 11 00 14 04 000000000040"},
		exchange{"§23.1 24 second suite off", set, "01 18 00 04 00000000000000", "00"},
		exchange{"§23.1 24 reserved level", set, "01 18 00 47 00000000000000", "cc"},
		exchange{"§23.1 26 threshold 3, 30 s, 60 s", set, "01 1a 01 03 0300 0600", "00"},
		exchange{"§23.2 26", get, "01 1a 00 00", "00 11 01 03 0300 0600"},
		exchange{"§23.2 50 IPv6", get, "01 32 00 00", "00 11 07"},
		exchange{"§23.1 51 reserved", set, "01 33 03", "cc"},
		exchange{"§23.2 56 no static address", get, "01 38 01 00", "00 11 01 00 00000000000000000000000000000000 00 01"},
		exchange{"§23.1 56 enabled", set, "01 38 01 80 20010db8000000000000000000000001 40 05", "00"},
		exchange{"§23.2 56 is active", get, "01 38 01 00", "00 11 01 80 20010db8000000000000000000000001 40 00"},
		exchange{"§23.1 56 disabled", set, "01 38 01 00 20010db8000000000000000000000001 40 00", "00"},
		exchange{"§23.2 56 is disabled", get, "01 38 01 00", "00 11 01 00 20010db8000000000000000000000001 40 01"},
		exchange{"§23.2a 63 defaults", get, "01 3f 00 00", "00 11 00 00 02020402 3c0a0202 0405053c 05960202"},
		exchange{"§23.2a 63 defaults, second block", get, "01 3f 00 01", "00 11 00 01 04020502 0520"},
		exchange{"§23.2b 80 defaults", get, "01 50 00 00", "00 11 00 00 04080301 03030403 0f040a0c 04"},
		exchange{"§23.1 80 the whole block", set, "01 50 00 00 01020304 05060708 090a0b0c 0d000000", "00"},
		exchange{"§23.2 80", get, "01 50 00 00", "00 11 00 00 01020304 05060708 090a0b0c 0d000000"},
		exchange{"§23.1 63 second block, six values", set, "01 3f 00 01 010203040506", "00"},
		exchange{"§23.2 63 second block", get, "01 3f 00 01", "00 11 00 01 010203040506"},
		exchange{"§23.2 63 block 2 of 2", get, "01 3f 00 02", "c9"},
		exchange{"§23.2 192 OEM from the profile", get, "01 c0 00 00", "00 11 01 02 03"},
		exchange{"§23.2 193 nobody's", get, "01 c1 00 00", "80"},
		exchange{"§23.2 set selector without sets", get, "01 03 01 00", "c9"},
		exchange{"§23.2 serial channel", get, "02 03 00 00", "cc"},
		exchange{"§23.1 no channel", set, "05 03 0a 00 00 01", "cc"})
}

// TestLANStatistics has no traffic: only clearing and saturation can be seen without a network.
func TestLANStatistics(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, lanProfile)
	m.sessions.Stats.Channel(1).In.Add(70000)
	m.sessions.Stats.Channel(1).Out.Add(3)
	m.exchange(t,
		exchange{"§23.4 counts stop at FFFFh", ipmb.GetIPUDPRMCPStatistics, "01 00", "00 ffff 0000 0000 0000 0300 ffff ffff 0000 0000"},
		exchange{"§23.4 clear", ipmb.GetIPUDPRMCPStatistics, "01 01", "00 0000 0000 0000 0000 0000 0000 0000 0000 0000"})
	m.sessions.Stats.Channel(1).In.Add(2)
	m.exchange(t, exchange{"§23.4 from zero", ipmb.GetIPUDPRMCPStatistics, "01 00", "00 0200 0000 0000 0000 0000 0200 0200 0000 0000"})
}

// TestLANStatisticsOfChannels counts what each channel received and sent, traps too. [IPMI 2.0 §23.4]
func TestLANStatisticsOfChannels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, _ := newAlerting(t, func(p *profiles.Profile) {
			second := p.Channels[1]
			second.Number = 3
			p.Channels = append(p.Channels, second)
		})
		ping := func(channel uint8) []byte {
			c := newLAN(t, m)
			c.arrival.Channel = channel
			return c.handle(unhex(t, "06 00 ff 06 000011be 80 09 00 00"))
		}
		if ping(1) == nil || ping(3) == nil || ping(3) == nil {
			t.Error("no pong")
		}
		newLAN(t, m).handle(unhex(t, "07 00 ff 06 00"))
		m.exchange(t, exchange{"§30.7", ipmb.AlertImmediate, "03 01 00", "00"})
		pass(time.Second)
		m.exchange(t,
			exchange{"§23.4 channel 1", ipmb.GetIPUDPRMCPStatistics, "01 00", "00 0200 0000 0000 0000 0100 0200 0100 0000 0000"},
			exchange{"§23.4 channel 3", ipmb.GetIPUDPRMCPStatistics, "03 00", "00 0200 0000 0000 0000 0300 0200 0200 0000 0000"},
			exchange{"§23.4 clear channel 3", ipmb.GetIPUDPRMCPStatistics, "03 01", "00 0000 0000 0000 0000 0000 0000 0000 0000 0000"},
			exchange{"§23.4 channel 1 goes on", ipmb.GetIPUDPRMCPStatistics, "01 00", "00 0200 0000 0000 0000 0100 0200 0100 0000 0000"})
	})
}

func TestSuspendARPs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, lanProfile)
		suspend := ipmb.SuspendBMCARPs
		setTimer, start := ipmb.SetWatchdogTimer, ipmb.ResetWatchdogTimer
		m.exchange(t,
			exchange{"§23.2 10 both kinds on", ipmb.SetLANConfigurationParameters, "01 0a 03", "00"},
			exchange{"§23.3 no LAN", suspend, "0f 03", "cc"},
			exchange{"§23.3 no channel", suspend, "05 03", "cc"},
			exchange{"§23.3 short", suspend, "01", "c7"},
			exchange{"§23.3 the watchdog does not run", suspend, "01 03", "00 03"},
			exchange{"§27.6 set, 10 s, no action", setTimer, "04 00 00 00 64 00", "00"},
			exchange{"§27.5 start", start, "", "00"},
			exchange{"§23.3 responses", suspend, "01 02", "00 01"},
			exchange{"§23.3 gratuitous", suspend, "01 01", "00 02"},
			exchange{"§23.3 none", suspend, "01 00", "00 03"},
			exchange{"§23.3 both", suspend, "01 03", "00 00"})
		occurring := func(name string, want uint8) {
			t.Helper()
			synctest.Wait()
			m.mu.Lock()
			defer m.mu.Unlock()
			if got := m.arpsOccurring(m.channels.byNumber[1]); got != want {
				t.Errorf("%s: ARPs %02b occur, want %02b", name, got, want)
			}
		}
		time.Sleep(9 * time.Second)
		m.exchange(t, exchange{"§27.5 again", start, "", "00"})
		time.Sleep(9 * time.Second)
		occurring("the timer goes on", 0)
		time.Sleep(2 * time.Second)
		occurring("the timer expired", 3)
		m.exchange(t,
			exchange{"§27.6 set", setTimer, "04 00 00 00 64 00", "00"},
			exchange{"§27.5 start", start, "", "00"},
			exchange{"§23.3 both", suspend, "01 03", "00 00"},
			exchange{"§27.6 set without stopping", setTimer, "44 00 00 00 64 00", "00"})
		occurring("the timer was set anew", 3)
		m.exchange(t,
			exchange{"§23.3 both", suspend, "01 03", "00 00"},
			exchange{"§23.2 10 responses only", ipmb.SetLANConfigurationParameters, "01 0a 02", "00"},
			exchange{"§23.3 gratuitous ones are disabled", suspend, "01 00", "00 02"})
	})
}

// TestOEMParameterValues lets an OEM parameter take what the profile allows. [IPMI 2.0 §23.2, parameters 192-255]
func TestOEMParameterValues(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetLANConfigurationParameters, ipmb.SetLANConfigurationParameters
	limited := profiles.Parameter{Number: 192, Data: profiles.HexBytes{1}, Allowed: []profiles.HexBytes{{0}, {1}}}
	m := newTestMachine(t, func(p *profiles.Profile) {
		p.Channels[1].LAN.Parameters = []profiles.Parameter{limited, {Number: 193, Data: profiles.HexBytes{1}}}
	})
	m.exchange(t,
		exchange{"allowed", set, "01 c0 00", "00"},
		exchange{"not allowed", set, "01 c0 02", "cc"},
		exchange{"as it was set", get, "01 c0 00 00", "00 11 00"},
		exchange{"anything", set, "01 c1 02", "00"})
	limited.Number, limited.Data = 21, profiles.HexBytes{0}
	if _, err := newLANParameters(&profiles.LAN{Parameters: []profiles.Parameter{limited}}); err == nil || err.Error() != "parameters: 21 cannot be given here" {
		t.Errorf("error %v", err)
	}
}
