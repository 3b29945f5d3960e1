package bmc

import (
	"fmt"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// subs makes a mask of sub-function numbers.
func subs(numbers ...int) (mask uint64) {
	for _, n := range numbers {
		mask |= 1 << n
	}
	return mask
}

// span makes a mask of the sub-functions from first to last.
func span(first, last int) (mask uint64) {
	for n := first; n <= last; n++ {
		mask |= 1 << n
	}
	return mask
}

// TestSubFunctionNumbers compares the rows with the numbers of [IPMI 2.0 App. H, Table H-1], where reserved ones and
// those of commands without any are missing.
func TestSubFunctionNumbers(t *testing.T) {
	t.Parallel()
	want := map[ipmb.Op]uint64{
		ipmb.SetWatchdogTimer: span(0, 3), ipmb.SetBMCGlobalEnables: span(0, 3) | span(5, 7),
		ipmb.ClearMessageFlags: subs(0, 1, 3, 5, 6, 7), ipmb.EnableMessageChannelReceive: span(1, 11),
		ipmb.SendMessage: span(0, 11), ipmb.CloseSession: span(1, 11), ipmb.SetChannelAccess: span(0, 11),
		ipmb.MasterWriteRead: span(1, 19), ipmb.ChassisControl: span(1, 5), ipmb.ChassisIdentify: subs(0),
		ipmb.SetFrontPanelButtonEnables: span(0, 3), ipmb.SetSystemBootOptions: span(1, 12),
		ipmb.ArmPEFPostponeTimer: span(0, 2), ipmb.SetPEFConfigurationParameters: span(0, 13), ipmb.AlertImmediate: span(1, 12),
		ipmb.SetAuxiliaryLogStatus: span(0, 2), ipmb.SetLANConfigurationParameters: span(1, 26),
		ipmb.SuspendBMCARPs: span(1, 7) | span(9, 23), ipmb.SetSerialModemConfiguration: span(1, 34),
		ipmb.SetSerialModemMux: span(1, 8), ipmb.SetPPPUDPProxyTransmitData: span(1, 11), ipmb.SendPPPUDPProxyPacket: span(1, 11),
		ipmb.Callback: span(1, 11), ipmb.SetUserCallbackOptions: span(1, 11), ipmb.SetSOLConfigurationParameters: span(1, 17),
	}
	for _, c := range StandardTable().Rows() {
		if c.Reach == Broadcast {
			continue
		}
		if c.Sub.Known != want[c.Op] {
			t.Errorf("%s: sub-functions %b, want %b", c.Name, c.Sub.Known, want[c.Op])
		}
		if (c.Sub.Known != 0) != (c.Sub.Of != nil) {
			t.Errorf("%s: sub-functions that no request uses", c.Name)
		}
		delete(want, c.Op)
	}
	for op := range want {
		t.Errorf("%s is not in the table", op)
	}
}

// TestSubFunctionsOfRequests asks which sub-functions requests use. [IPMI 2.0 App. H, Table H-1]
func TestSubFunctionsOfRequests(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	table := StandardTable()
	for _, test := range []struct {
		op   ipmb.Op
		req  string
		want []int
	}{
		{ipmb.SetWatchdogTimer, "01 00 00 00 00 00", nil}, // as it is
		{ipmb.SetWatchdogTimer, "44 01 00 3e 64 00", []int{0, 1, 2, 3}},
		{ipmb.SetWatchdogTimer, "01 10 00 00 00 00", []int{1}},
		{ipmb.SetBMCGlobalEnables, "08", nil}, // as it is
		{ipmb.SetBMCGlobalEnables, "00", []int{3}},
		{ipmb.SetBMCGlobalEnables, "ff", []int{0, 1, 2, 5, 6, 7}},
		{ipmb.ClearMessageFlags, "ff", []int{0, 1, 3, 5, 6, 7}},
		{ipmb.EnableMessageChannelReceive, "01 01", []int{1}},
		{ipmb.EnableMessageChannelReceive, "01 02", nil}, // asks
		{ipmb.EnableMessageChannelReceive, "0f 01", nil},
		{ipmb.SendMessage, "40 2c 18 bc 20 04 01 db", []int{0}},
		{ipmb.SendMessage, "0f 20 18 c8 20 04 01 db", nil},
		{ipmb.SetChannelAccess, "0b 00 00", []int{11}},
		{ipmb.CloseSession, "01 00 00 00", nil},
		{ipmb.MasterWriteRead, "00 a0 01", nil},
		{ipmb.MasterWriteRead, "70 a0 01", []int{7}},
		{ipmb.MasterWriteRead, "80 a0 01", []int{16}},
		{ipmb.MasterWriteRead, "0f a0 01", []int{15}},
		{ipmb.ChassisControl, "00", nil},
		{ipmb.ChassisControl, "05", []int{5}},
		{ipmb.ChassisIdentify, "", nil},
		{ipmb.ChassisIdentify, "00 01", []int{0}},
		{ipmb.SetFrontPanelButtonEnables, "0a", []int{1, 3}},
		{ipmb.SetSystemBootOptions, "05 80 04 00 00 00", []int{5}},
		{ipmb.SetSystemBootOptions, "04 11 11", []int{4, 8, 12}},
		{ipmb.ArmPEFPostponeTimer, "00", []int{0}},
		{ipmb.ArmPEFPostponeTimer, "3c", []int{1}},
		{ipmb.ArmPEFPostponeTimer, "fe", []int{2}},
		{ipmb.ArmPEFPostponeTimer, "ff", nil},
		{ipmb.SetPEFConfigurationParameters, "00 01", nil},
		{ipmb.SetPEFConfigurationParameters, "04 01", []int{3}},
		{ipmb.SetPEFConfigurationParameters, "06 01", []int{4}},
		{ipmb.SetPEFConfigurationParameters, "0a 00", []int{7}},
		{ipmb.SetPEFConfigurationParameters, "0c 00", []int{8}},
		{ipmb.SetPEFConfigurationParameters, "0c 01", []int{9}},
		{ipmb.SetPEFConfigurationParameters, "0d 80", []int{10}},
		{ipmb.SetPEFConfigurationParameters, "0d 02", []int{11}},
		{ipmb.SetPEFConfigurationParameters, "0f 01", []int{12}},
		{ipmb.SetPEFConfigurationParameters, "60 01", []int{13}},
		{ipmb.AlertImmediate, "01 01", []int{1}},
		{ipmb.AlertImmediate, "0b 01", []int{12}},
		{ipmb.AlertImmediate, "01 41", nil},
		{ipmb.AlertImmediate, "01 01 00 41 04 01 30 01 57 ff ff", []int{1, 8}},
		{ipmb.SetAuxiliaryLogStatus, "02", []int{2}},
		{ipmb.SetLANConfigurationParameters, "01 00 01", []int{1}},
		{ipmb.SetLANConfigurationParameters, "01 03 0a 00 00 01", []int{1, 8}},
		{ipmb.SetLANConfigurationParameters, "08 0c 0a 00 00 01", []int{8, 21}},
		{ipmb.SetLANConfigurationParameters, "0b 12 00", []int{13, 24}},
		{ipmb.SetLANConfigurationParameters, "01 12 01", []int{1, 14}},
		{ipmb.SetLANConfigurationParameters, "01 13 02", []int{1, 16}},
		{ipmb.SetLANConfigurationParameters, "01 18 00", []int{1, 19}},
		{ipmb.SetLANConfigurationParameters, "01 1a 00", []int{1, 26}},
		{ipmb.SetLANConfigurationParameters, "01 c0 00", []int{1, 20}},
		{ipmb.SuspendBMCARPs, "01 00", nil},
		{ipmb.SuspendBMCARPs, "01 03", []int{1, 9}},
		{ipmb.SuspendBMCARPs, "07 01", []int{15}},
		{ipmb.SuspendBMCARPs, "08 03", []int{16, 20}},
		{ipmb.SuspendBMCARPs, "0b 03", []int{19, 23}},
		{ipmb.SetSerialModemConfiguration, "02 02 00", []int{2, 8}},
		{ipmb.SetSerialModemConfiguration, "08 06 00", []int{10, 30}},
		{ipmb.SetSerialModemConfiguration, "0b 36 00", []int{33, 34}},
		{ipmb.SetSerialModemConfiguration, "02 15 00", []int{2, 17}},
		{ipmb.SetSerialModemConfiguration, "02 17 01", []int{2, 18}},
		{ipmb.SetSerialModemConfiguration, "02 26 00", []int{2, 25}},
		{ipmb.SetSerialModemConfiguration, "02 2c 01", []int{2, 26}},
		{ipmb.SetSerialModemConfiguration, "02 2c 05", []int{2, 27}},
		{ipmb.SetSerialModemConfiguration, "02 ff 00", []int{2, 29}},
		{ipmb.SetSerialModemMux, "02 00", nil},
		{ipmb.SetSerialModemMux, "02 08", []int{8}},
		{ipmb.SetSerialModemMux, "02", nil},
		{ipmb.SetPPPUDPProxyTransmitData, "02 01 00", []int{2}},
		{ipmb.Callback, "0b 01 00", []int{11}},
		{ipmb.SetUserCallbackOptions, "05 02 01", []int{2}},
		{ipmb.SetSOLConfigurationParameters, "01 05 06", []int{1, 11}},
		{ipmb.SetSOLConfigurationParameters, "0b 08 6f 02", []int{13, 17}},
	} {
		r := &Request{Channel: ChannelSystemInterface, Data: unhex(t, test.req)}
		m.withLock(func() {
			if got, want := table.Lookup(test.op).Sub.Of(m, r), subs(test.want...); got != want {
				t.Errorf("App. H %s [%s] uses %b, want %b", test.op, test.req, got, want)
			}
		})
	}
}

// TestSubFunctionsSwitchedOff goes through the commands. [IPMI 2.0 §21.1]
func TestSubFunctionsSwitchedOff(t *testing.T) {
	t.Parallel()
	set := ipmb.SetCommandSubFunctionEnables
	newTestMachine(t, lanProfile).exchange(t,
		exchange{"§21.9 logging stays as it is", set, "0f 06 00 2e e7000000", "00"},
		exchange{"§21.1 logging off", ipmb.SetBMCGlobalEnables, "00", "d6"},
		exchange{"§21.1 something else", ipmb.SetBMCGlobalEnables, "28", "00"},
		exchange{"§21.9 no bridging to channel 0", set, "0f 06 00 34 fe0f0000", "00"},
		exchange{"§21.1 bridging to channel 0", ipmb.SendMessage, "00 2c 18 bc 20 06 01 d9", "d6"},
		exchange{"§21.1 bridging to system software", ipmb.SendMessage, "0f 20 18 c8 41 04 01 ba", "00"},
		exchange{"§21.9 no private bus 3", set, "0f 06 00 52 fef70f00", "00"},
		exchange{"§21.1 private bus 3", ipmb.MasterWriteRead, "07 a0 10 00", "d6"},
		exchange{"§21.1 private bus 2, which is not there", ipmb.MasterWriteRead, "05 a0 10 00", "cc"},
		exchange{"§21.9 no IP addresses", set, "0f 0c 00 01 fefeff07", "00"},
		exchange{"§21.1 IP address", ipmb.SetLANConfigurationParameters, "01 03 c0 00 02 09", "d6"},
		exchange{"§21.1 set in progress", ipmb.SetLANConfigurationParameters, "01 00 01", "00"})
}

// TestFirewallWays looks at the corners of chapter 21: group extensions without a body, the specification that a command
// follows, and Set Command Enables on a machine without a system interface.
func TestFirewallWays(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, func(p *profiles.Profile) { p.Device.IPMIVersion = 0x51 })
	m.exchange(t, exchange{"§21.4 IPMI 1.5", ipmb.GetCommandSubFunctionSupport, "0f 06 00 01", "00 00 15 11 00000000"})
	for op, want := range map[ipmb.Op]string{
		ipmb.GetDCMICapabilitiesInfo: "00 15 10", ipmb.GetBridgeState: "20 10 13", {NetFn: ipmb.NetFnGroup}: "00 00 00",
		{NetFn: ipmb.NetFnOEM, Cmd: 1}: "00 00 00", ipmb.ChassisControl: "00 15 11",
	} {
		if got := fmt.Sprintf("% x", m.followedSpecification(op)); got != want {
			t.Errorf("§21.4 %s follows %s, want %s", op, got, want)
		}
	}

	do := func(*Machine, *Request) ([]byte, error) { return nil, nil }
	table, err := newTable(profiles.Commands{}, []Command{
		{Op: ipmb.GetDCMICapabilitiesInfo, Name: "a", Do: do}, {Op: ipmb.Op{NetFn: ipmb.NetFnGroup, Cmd: 3}, Name: "b", Do: do},
		{Op: ipmb.SetCommandEnables, Name: "c", Do: do},
	})
	if err != nil {
		t.Fatal(err)
	}
	bare := &channels{}
	for _, n := range []uint8{1, 3} {
		bare.byNumber[n] = &channel{spec: &profiles.Channel{Number: n, Medium: profiles.MediumLAN, Sessions: profiles.MultiSession}}
	}
	f := newFirewall(table, bare)
	var mask commandMask
	mask.set(1)
	mask.set(3)
	on := func(c *Command) bool { return c.available(bare.byNumber[1]) }
	if got := f.mask(group{op: ipmb.Op{NetFn: ipmb.NetFnGroup}, any: true}, on); got != mask {
		t.Errorf("§21.3: commands of any body % x, want % x", got, mask)
	}
	if got := f.mask(group{op: ipmb.Op{NetFn: ipmb.NetFnGroup}, any: true, lun: 1}, on); got != (commandMask{}) {
		t.Errorf("§21.3: commands on LUN 1 % x", got)
	}
	enables := table.Lookup(ipmb.SetCommandEnables)
	if f.configurable(enables, bare.byNumber[1]) || !f.configurable(enables, bare.byNumber[3]) {
		t.Error("§21.7: without a system interface the lowest channel must keep Set Command Enables, and it alone")
	}
}

// TestSubFunctionsAbove31 has the second four bytes, with Set Serial/Modem Configuration's numbers. [IPMI 2.0 §21.9]
func TestSubFunctionsAbove31(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.withLock(func() {
		m.table.Lookup(ipmb.SetSerialModemConfiguration).Do = func(*Machine, *Request) ([]byte, error) { return nil, nil }
	})
	m.exchange(t,
		exchange{"§21.6", ipmb.GetConfigurableCommandSubFunctions, "0f 0c 00 10", "00 feffffff 07000000"},
		exchange{"§21.9 32 and 33 off", ipmb.SetCommandSubFunctionEnables, "0f 0c 00 10 feffffff 04000000", "00"},
		exchange{"§21.10", ipmb.GetCommandSubFunctionEnables, "0f 0c 00 10", "00 feffffff 04000000"},
		exchange{"§21.9 without the second four bytes", ipmb.SetCommandSubFunctionEnables, "0f 0c 00 10 fcffffff", "00"},
		exchange{"§21.10 above 31 as they were", ipmb.GetCommandSubFunctionEnables, "0f 0c 00 10", "00 fcffffff 04000000"},
		exchange{"§21.4 has no more than four bytes", ipmb.GetCommandSubFunctionSupport, "0f 0c 00 10", "00 00 20 11 02000000"},
		exchange{"§21.9 above 34", ipmb.SetCommandSubFunctionEnables, "0f 0c 00 10 feffffff 0f000000", "80"})
}
