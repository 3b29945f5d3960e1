package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

const fill16 = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"

// TestSerialParameters walks through Table 25-4.
func TestSerialParameters(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetSerialModemConfiguration, ipmb.GetSerialModemConfiguration
	newTestMachine(t).exchange(t,
		exchange{"§25.2 revision only", get, "82 03 00 00", "00 11"},
		exchange{"§25.2 no such parameter", get, "02 37 00 00", "80"},
		exchange{"§25.2 a LAN channel", get, "01 03 00 00", "cc"},
		exchange{"§25.1 a LAN channel", set, "01 03 01", "cc"},
		exchange{"#0", set, "02 00 01", "00"},
		exchange{"#0 claimed", set, "02 00 01", "81"},
		exchange{"#0", get, "02 00 00 00", "00 11 01"},
		exchange{"#0 no rollback", set, "02 00 02", "cc"},
		exchange{"#0 complete", set, "02 00 00", "00"},
		exchange{"#1 MD2, MD5, password", get, "02 01 00 00", "00 11 16"},
		exchange{"#1 read only", set, "02 01 00", "82"},
		exchange{"#2 not supported", set, "02 02 01 16 16 16 16", "cc"},
		exchange{"#2", set, "02 02 04 04 04 14 00", "00"},
		exchange{"#2", get, "02 02 00 00", "00 11 04 04 04 14 00"},
		exchange{"#3 no auto-detect", set, "02 03 83", "cc"},
		exchange{"#3 direct, terminal", set, "02 03 84", "00"},
		exchange{"#3", get, "02 03 00 00", "00 11 84"},
		exchange{"#4", set, "02 04 f3", "00"},
		exchange{"#4", get, "02 04 00 00", "00 11 03"},
		exchange{"#5 destination 5", set, "02 05 01 00 05 ff ff", "c9"},
		exchange{"#5", set, "02 05 03 0f 04 ff ff", "00"},
		exchange{"#5", get, "02 05 00 00", "00 11 03 0f 04 ff ff"},
		exchange{"#6", get, "02 06 00 00", "00 11 03"},
		exchange{"#7 reserved flow control", set, "02 07 c0 07", "cc"},
		exchange{"#7 a bit rate that is not there", set, "02 07 40 09", "c9"},
		exchange{"#7 reserved bit rate", set, "02 07 40 05", "c9"},
		exchange{"#7 115.2 kbps", set, "02 07 60 0a", "00"},
		exchange{"#7", get, "02 07 00 00", "00 11 60 0a"},
		exchange{"#8", get, "02 08 00 00", "00 11 00 08"},
		exchange{"#9 reserved", set, "02 09 3f 00", "cc"},
		exchange{"#9", set, "02 09 3e 0f", "00"},
		exchange{"#10 needs a set selector", get, "02 0a 00 00", "c9"},
		exchange{"#10", set, "02 0a 03 41 54", "00"},
		exchange{"#10", get, "02 0a 03 00", "00 11 03 41 54 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#11 five characters", set, "02 0b 2d 2d 2d 2d 2d", "00"},
		exchange{"#11 six characters", set, "02 0b 2d 2d 2d 2d 2d 2d", "c7"},
		exchange{"#12", set, "02 0c 41 54 48 00", "00"},
		exchange{"#12", get, "02 0c 00 00", "00 11 41 54 48 00 00 00 00 00"},
		exchange{"#13", get, "02 0d 00 00", "00 11 00 00 00 00 00 00 00 00"},
		exchange{"#14", set, "02 0e 05", "00"},
		exchange{"#15 all 18 must be there", set, "02 0f 70", "c7"},
		exchange{"#15", get, "02 0f 00 00", "00 11 70 75 62 6c 69 63 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#16", get, "02 10 00 00", "00 11 04"},
		exchange{"#17 reserved type", set, "02 11 01 05 00 00 00", "cc"},
		exchange{"#17 the volatile one", set, "02 11 00 81 09 77 10", "00"},
		exchange{"#17", get, "02 11 00 00", "00 11 00 81 09 77 10"},
		exchange{"#17 destination 5", get, "02 11 05 00", "c9"},
		exchange{"#18", set, "02 12 1e", "00"},
		exchange{"#19 reserved parity", set, "02 13 01 03 07", "cc"},
		exchange{"#19 7 bits, even", set, "02 13 01 0a 07", "00"},
		exchange{"#19", get, "02 13 01 00", "00 11 01 0a 07"},
		exchange{"#20", get, "02 14 00 00", "00 11 04"},
		exchange{"#21 blocks from 1", set, "02 15 01 00 35", "c9"},
		exchange{"#21", set, "02 15 01 02 35 35", "00"},
		exchange{"#21", get, "02 15 01 02", "00 11 01 02 35 35 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#22", get, "02 16 00 00", "00 11 02"},
		exchange{"#23", set, "02 17 02 c0 00 02 01", "00"},
		exchange{"#23", get, "02 17 02 00", "00 11 02 c0 00 02 01"},
		exchange{"#24", get, "02 18 00 00", "00 11 02"},
		exchange{"#25", set, "02 19 02 31", "00"},
		exchange{"#26", set, "02 1a 01 73 65 63 72 65 74", "00"},
		exchange{"#26 write only", get, "02 1a 01 00", "83"},
		exchange{"#27", set, "02 1b 01 35 35", "00"},
		exchange{"#28 the defaults of the text", get, "02 1c 01 00", "00 11 01 00 50 47 31 ff ff ff ff 11 34 13 33 33"},
		exchange{"#28 reserved confirmation", set, "02 1c 01 03 50 47 31 ff ff ff ff 11 34 13 33 33", "cc"},
		exchange{"#30 reserved address negotiation", set, "02 1e 00 00 18", "cc"},
		exchange{"#30", set, "02 1e 05 31 17", "00"},
		exchange{"#31 26Fh", get, "02 1f 00 00", "00 11 6f 02"},
		exchange{"#32 298h", get, "02 20 00 00", "00 11 98 02"},
		exchange{"#33 reserved", set, "02 21 06", "cc"},
		exchange{"#34", set, "02 22 62 6d 63", "00"},
		exchange{"#35", get, "02 23 00 00", "00 11 ff ff ff ff ff ff ff ff"},
		exchange{"#36", get, "02 24 00 00", "00 11 ff ff ff ff"},
		exchange{"#37", get, "02 25 00 00", "00 11 02"},
		exchange{"#38", set, "02 26 01 02", "00"},
		exchange{"#39", set, "02 27 01 c0 00 02 02", "00"},
		exchange{"#40", set, "02 28 01 6d 65", "00"},
		exchange{"#41", get, "02 29 00 00", "00 11 00 " + fill16},
		exchange{"#42", set, "02 2a 01 73 65 63 72 65 74", "00"},
		exchange{"#42 write only", get, "02 2a 01 00", "83"},
		exchange{"#43 MS-CHAP v2", set, "02 2b 01 05", "00"},
		exchange{"#44", set, "02 2c 01 3c", "00"},
		exchange{"#45", set, "02 2d c0 00 02 01 c0 00 02 02", "00"},
		exchange{"#46", get, "02 2e 00 00", "00 11 28 00"},
		exchange{"#47", get, "02 2f 00 00", "00 11 28 00"},
		exchange{"#47", set, "02 2f 00 00", "82"},
		exchange{"#48", set, "02 30 c0 00 02 03", "00"},
		exchange{"#49 a block, no set", set, "02 31 01 35 35", "00"},
		exchange{"#49", get, "02 31 00 01", "00 11 01 35 35 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#50 19.2 and 115.2 kbps", get, "02 32 00 00", "00 11 12"},
		exchange{"#51 connector 1 at channel 2, shared, SOL", get, "02 33 00 00", "00 11 00 21 c1"},
		exchange{"#52 COM2", get, "02 34 00 00", "00 11 00 00 43 4f 4d 32 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#53 ttyS1", get, "02 35 00 00", "00 11 00 00 74 74 79 53 31 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#54", set, "02 36 01 03 06 00 00 00", "00"},
		exchange{"#54", get, "02 36 00 00", "00 11 01 03 06 00 00 00"},
	)
}

// TestSerialParametersByProfile shows what a channel lacks without PPP, terminal mode, destinations or sharing.
func TestSerialParametersByProfile(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetSerialModemConfiguration, ipmb.GetSerialModemConfiguration
	newTestMachine(t, func(p *profiles.Profile) {
		s := &p.Channels[2].Serial
		s.Modes, s.Destinations, s.TAPAccounts, s.UDPProxy, s.Sharing.Available = s.Modes[:1], 0, 0, 0, false
		s.ReadOnly, s.Without = []uint8{9}, []uint8{14}
		s.Parameters = []profiles.Parameter{{Number: 13, Data: []byte("ATDP")}, {Number: 200, Data: []byte{7}}}
	}).exchange(t,
		exchange{"#3 no PPP", set, "02 03 02", "cc"},
		exchange{"#8 sharing cannot be enabled", set, "02 08 01 0f", "00"},
		exchange{"#8", get, "02 08 00 00", "00 11 01 07"},
		exchange{"#9 made read only", set, "02 09 00 00", "82"},
		exchange{"#13 from the profile", get, "02 0d 00 00", "00 11 41 54 44 50 00 00 00 00"},
		exchange{"#14 taken away", get, "02 0e 00 00", "80"},
		exchange{"#16 no page alerting", get, "02 10 00 00", "00 11 00"},
		exchange{"#17", get, "02 11 00 00", "80"},
		exchange{"#25", get, "02 19 00 00", "80"},
		exchange{"#29", get, "02 1d 00 00", "80"},
		exchange{"#30", get, "02 1e 00 00", "80"},
		exchange{"#45", get, "02 2d 00 00", "80"},
		exchange{"#46 not supported on the channel", get, "02 2e 00 00", "00 11 00 00"},
		exchange{"#200 OEM", get, "02 c8 00 00", "00 11 07"},
		exchange{"§25.4 no TAP paging", ipmb.GetTAPResponseCodes, "02", "cc"},
		exchange{"§25.5 no proxy", ipmb.SetPPPUDPProxyTransmitData, "02 01 00", "cc"},
		exchange{"§25.8 no proxy", ipmb.GetPPPUDPProxyReceiveData, "02 00", "cc"},
	)
}

// TestTerminalModeConfiguration shows the volatile and the non-volatile copy of parameter 29.
func TestTerminalModeConfiguration(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetSerialModemConfiguration, ipmb.GetSerialModemConfiguration
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"#29 start", get, "02 1d 00 00", "00 11 27 11"},
		exchange{"#29 volatile", set, "02 1d 03 22", "00"},
		exchange{"#29 in force", get, "02 1d 00 00", "00 11 03 22"},
		exchange{"#29 non-volatile", set, "02 1d 60 51", "00"},
		exchange{"#29 still in force", get, "02 1d 00 00", "00 11 03 22"},
		exchange{"#29 restore", set, "02 1d 80 00", "00"},
		exchange{"#29 restored", get, "02 1d 00 00", "00 11 20 51"},
		exchange{"#29 reserved operation", set, "02 1d c0 11", "cc"},
		exchange{"#29 reserved input newline", set, "02 1d 00 10", "cc"},
		exchange{"#29 reserved output newline", set, "02 1d 00 61", "cc"},
		exchange{"#29 volatile", set, "02 1d 01 11", "00"},
	)
	if err := m.PressButton(ButtonReset); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"#29 after a hard reset, note 2", get, "02 1d 00 00", "00 11 20 51"})
}

// TestPPPUDPProxy shows the transmit buffer, and a link that is never up.
func TestPPPUDPProxy(t *testing.T) {
	t.Parallel()
	set, get, send, receive := ipmb.SetPPPUDPProxyTransmitData, ipmb.GetPPPUDPProxyTransmitData, ipmb.SendPPPUDPProxyPacket, ipmb.GetPPPUDPProxyReceiveData
	m := newTestMachine(t, suiteZero)
	m.exchange(t,
		exchange{"§25.5", set, "02 02 01 02 03 04", "00"},
		exchange{"§25.5 does not overwrite the rest", set, "02 02 aa", "00"},
		exchange{"§25.6", get, "02 02", "00 aa 02 03 04 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"§25.5 the last block has 8 bytes", set, "02 03 01 02 03 04 05 06 07 08 09", "c8"},
		exchange{"§25.6 but answers 16", get, "02 03", "00 01 02 03 04 05 06 07 08 00 00 00 00 00 00 00 00"},
		exchange{"§25.5 blocks from 1", set, "02 00 01", "c9"},
		exchange{"§25.5 beyond the end", set, "02 04 01", "c9"},
		exchange{"§25.7 link not up", send, "02 6f 02 6f 02 00 00 00 00 c0 00 02 01 28 00", "80"},
		exchange{"§25.7 more than the buffer", send, "02 6f 02 6f 02 00 00 00 00 c0 00 02 01 29 00", "c9"},
		exchange{"§25.8 length", receive, "02 80", "00 00 00"},
		exchange{"§25.8 no data", receive, "02 01", "80"},
		exchange{"§25.4", ipmb.GetTAPResponseCodes, "02", "00 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30"},
		exchange{"§25.4 a LAN channel", ipmb.GetTAPResponseCodes, "01", "cc"},
	)
	newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator).want(exchange{"App. G: system interface only", receive, "02 00", "d4"})
}

// TestSerialMux walks through the operations of Set Serial/Modem Mux and Table 14-2.
func TestSerialMux(t *testing.T) {
	t.Parallel()
	mux, access := ipmb.SetSerialModemMux, ipmb.SetChannelAccess
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§25.3 always available: BMC at the start", mux, "02 00", "00 01"},
		exchange{"§25.3 request to system", mux, "02 01", "00 02"},
		exchange{"§25.3 get keeps the outcome", mux, "02 00", "00 02"},
		exchange{"§25.3 block requests to BMC", mux, "02 07", "00 42"},
		exchange{"§25.3 a request to BMC", mux, "02 02", "00 40"},
		exchange{"§25.3 force to BMC", mux, "02 04", "00 43"},
		exchange{"§25.3 block requests to system", mux, "02 05", "00 c3"},
		exchange{"§25.3 a request to system", mux, "02 01", "00 c1"},
		exchange{"§25.3 force to system", mux, "02 03", "00 c2"},
		exchange{"§25.3 allow requests to system", mux, "02 06", "00 42"},
		exchange{"§25.3 allow requests to BMC", mux, "02 08", "00 02"},
		exchange{"§25.3 a request to BMC", mux, "02 02", "00 03"},
		exchange{"§25.3 reserved", mux, "02 09", "cc"},
		exchange{"§25.3 a LAN channel", mux, "01 00", "cc"},
		exchange{"access mode disabled", access, "02 80 00", "00"},
		exchange{"Table 14-2 disabled: always system", mux, "02 00", "00 02"},
		exchange{"Table 14-2 disabled: BMC is rejected", mux, "02 04", "00 00"},
		exchange{"Table 14-2 disabled: system", mux, "02 01", "00 02"},
		exchange{"sharing off", ipmb.SetSerialModemConfiguration, "02 08 00 00", "00"},
		exchange{"Table 14-2 no sharing, disabled", mux, "02 01", "00 00"},
		exchange{"access mode shared", access, "02 83 00", "00"},
		exchange{"Table 14-2 no sharing: always BMC", mux, "02 03", "00 01"},
	)
}

// TestSerialMuxBlocks shows that blocks survive a reset by Chassis Control and no other, and that the controller takes
// the connector whenever the host stops.
func TestSerialMuxBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mux := ipmb.SetSerialModemMux
		m := newTestMachine(t)
		m.exchange(t,
			exchange{"to system", mux, "02 03", "00 02"},
			exchange{"block system", mux, "02 05", "00 82"},
			exchange{"hard reset", ipmb.ChassisControl, "03", "00"},
			exchange{"§25.3 BMC has it, still blocked", mux, "02 00", "00 83"},
			exchange{"power cycle", ipmb.ChassisControl, "02", "00"},
		)
		time.Sleep(5 * time.Second)
		m.exchange(t, exchange{"§25.3 still blocked", mux, "02 00", "00 83"})
		if err := m.SetPower(PowerDown); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, exchange{"§25.3 power down by other means", mux, "02 00", "00 03"})
	})
}

// TestFirmwareSwitchesMux shows what the host's firmware does at the start and the end of POST.
func TestFirmwareSwitchesMux(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, mode, flags string // mode of Set Channel Access, data 4 of the boot flags
		channel           string // of the boot initiator info
		during, after     string
	}{
		{"pre-boot", "41", "00", "00", "02", "02"},
		{"always", "42", "00", "00", "02", "03"},
		{"shared", "43", "00", "00", "02", "02"},
		{"shared, flags to BMC", "43", "01", "01", "02", "03"},
		{"always, flags to system", "42", "02", "01", "02", "02"},
		{"always, flags to shared mode", "42", "08", "02", "02", "02"},
		{"always, flags to shared mode of another channel", "42", "08", "01", "02", "03"},
		{"disabled", "40", "00", "00", "00", "00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, func(p *profiles.Profile) { p.Boot.POST = profiles.Duration(10 * time.Second) })
				m.exchange(t,
					exchange{"access mode", ipmb.SetChannelAccess, "02 " + test.mode + " 00", "00"},
					exchange{"boot flags", ipmb.SetSystemBootOptions, "05 80 00 00 " + test.flags + " 00", "00"},
					exchange{"boot initiator", ipmb.SetSystemBootOptions, "06 " + test.channel + " 00000000 00000000", "00"},
					exchange{"hard reset", ipmb.ChassisControl, "03", "00"},
				)
				m.exchange(t, exchange{"Table 14-2 during POST", ipmb.SetSerialModemMux, "02 00", "00 " + test.during})
				time.Sleep(11 * time.Second)
				m.exchange(t, exchange{"Table 14-2 after POST", ipmb.SetSerialModemMux, "02 00", "00 " + test.after})
			})
		})
	}
}

// TestCallback shows who may call back whom, and that calls are tried as often as the configuration says.
func TestCallback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		call, set := ipmb.Callback, ipmb.SetSerialModemConfiguration
		m := newTestMachine(t, suiteZero)
		admin := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
		m.exchange(t,
			exchange{"#5 callback is off", call, "02 01", "d5"},
			exchange{"#5 on", set, "02 05 01 00 ff ff ff", "00"},
			exchange{"§25.10 a dial page", call, "02 01", "cc"},
			exchange{"#17 basic mode callback, two retries", set, "02 11 01 03 00 02 10", "00"},
			exchange{"#18 every ten seconds", set, "02 12 0a", "00"},
			exchange{"§25.10 destination 5", call, "02 05", "c9"},
			exchange{"§25.10 a LAN channel", call, "01 01", "cc"},
			exchange{"mux to system", ipmb.SetSerialModemMux, "02 03", "00 02"},
		)
		admin.want(exchange{"§25.11 the user may not", call, "02 01", "d4"})
		m.exchange(t,
			exchange{"§25.12 nothing yet", ipmb.GetUserCallbackOptions, "02 02", "00 00 00 ff ff ff"},
			exchange{"§25.11", ipmb.SetUserCallbackOptions, "02 02 ff ff 01 02 ff", "00"},
			exchange{"§25.12", ipmb.GetUserCallbackOptions, "02 02", "00 03 0f 01 02 ff"},
			exchange{"§25.11 user 1", ipmb.SetUserCallbackOptions, "01 02 01 00 ff ff ff", "cc"},
			exchange{"§25.11 no such user", ipmb.SetUserCallbackOptions, "0b 02 01 00 ff ff ff", "c9"},
			exchange{"§25.11 a LAN channel", ipmb.SetUserCallbackOptions, "02 01 01 00 ff ff ff", "cc"},
		)
		admin.want(exchange{"§25.10", call, "02 01", "00"})
		m.exchange(t,
			exchange{"§25.10 a second one", call, "02 01", "c0"},
			exchange{"§25.3 the call has the connector", ipmb.SetSerialModemMux, "02 00", "00 03"},
			exchange{"§30.7 an alert now", ipmb.AlertImmediate, "02 01 00", "82"},
		)
		time.Sleep(19 * time.Second)
		m.exchange(t, exchange{"#17 the second retry is to come", call, "02 01", "c0"})
		time.Sleep(2 * time.Second)
		m.exchange(t,
			exchange{"§25.3 given up", ipmb.SetSerialModemMux, "02 00", "00 02"},
			exchange{"§25.10 again", call, "02 01", "00"},
		)
	})
}

// TestCallbackLevels shows that every level but User may call back. [IPMI 2.0 App. G, note 7]
func TestCallbackLevels(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	m.exchange(t, exchange{"#5 on", ipmb.SetSerialModemConfiguration, "02 05 01 00 ff ff ff", "00"})
	for level, want := range map[string]string{"02": "d4", "03": "d4", "04": "cc"} {
		l := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
		m.exchange(t, exchange{"§25.11", ipmb.SetUserCallbackOptions, "02 02 01 00 ff ff ff", "00"})
		if level == "03" {
			m.exchange(t, exchange{"§25.11", ipmb.SetUserCallbackOptions, "02 02 00 00 ff ff ff", "00"})
		}
		l.want(
			exchange{"level", ipmb.SetSessionPrivilegeLevel, level, "00 " + level},
			exchange{"§25.10 at level " + level, ipmb.Callback, "02 01", want},
		)
	}
}

// TestSerialAlert shows the calls of an alert over a serial channel.
func TestSerialAlert(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		alert, set, mux := ipmb.AlertImmediate, ipmb.SetSerialModemConfiguration, ipmb.SetSerialModemMux
		m := newTestMachine(t)
		m.exchange(t,
			exchange{"§30.7 no retries", alert, "02 01 00", "00"},
			exchange{"§30.7 the call failed", alert, "02 40 00", "00 02"},
			exchange{"§30.7 destination 5", alert, "02 05 00", "c9"},
			exchange{"#17 dial page, one retry", set, "02 11 01 00 00 01 10", "00"},
			exchange{"#17 callback", set, "02 11 02 03 00 01 10", "00"},
			exchange{"#18", set, "02 12 1e", "00"},
			exchange{"mux to system", mux, "02 03", "00 02"},
			exchange{"§30.7", alert, "02 01 00", "00"},
			exchange{"§30.7 in progress", alert, "02 40 00", "00 ff"},
			exchange{"§25.3 alert in progress", mux, "02 00", "00 0b"},
			exchange{"§25.10 alert in progress", ipmb.SetSerialModemConfiguration, "02 05 01 00 ff ff ff", "00"},
			exchange{"§25.10 alert in progress", ipmb.Callback, "02 02", "81"},
			exchange{"§30.7 another", alert, "02 01 00", "81"},
		)
		time.Sleep(31 * time.Second)
		m.exchange(t,
			exchange{"§30.7 retries failed", alert, "02 40 00", "00 02"},
			exchange{"§25.3", mux, "02 00", "00 02"},
			exchange{"§30.7 no destination of alerts", alert, "02 02 00", "00"},
			exchange{"§30.7", alert, "02 40 00", "00 02"},
		)
	})
}

// TestSerialRoutingMux shows that an add-in card can have the host's serial controller, and that a cold reset returns it.
func TestSerialRoutingMux(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		routing := ipmb.SetSerialRoutingMux
		m := newTestMachine(t)
		m.exchange(t,
			exchange{"§25.13 at the start", routing, "02 00 00", "00 01"},
			exchange{"§25.13 connector to add-in", routing, "02 00 04", "00 04"},
			exchange{"§25.13 get", routing, "02 00 00", "00 04"},
			exchange{"§25.13 hard reset", ipmb.ChassisControl, "03", "00"},
			exchange{"§25.13 kept", routing, "02 00 00", "00 04"},
			exchange{"§25.13 no such association", routing, "02 01 00", "c9"},
			exchange{"§25.13 reserved", routing, "02 00 05", "cc"},
			exchange{"§25.13 a LAN channel", routing, "01 00 00", "cc"},
			exchange{"cold reset", ipmb.ColdReset, "", "00"},
		)
		time.Sleep(time.Minute)
		m.exchange(t, exchange{"§25.13 power-on default", routing, "02 00 00", "00 01"})
	})
}
