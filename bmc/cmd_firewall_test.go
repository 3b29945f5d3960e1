package bmc

import (
	"bytes"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// chassisCommandsOff are the enables of NetFn Chassis without the commands in off.
func withoutBits(mask []byte, off ...int) []byte {
	m := bytes.Clone(mask)
	for _, n := range off {
		m[n/8] &^= 1 << (n % 8)
	}
	return m
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s []byte
	for _, c := range b {
		s = append(s, digits[c>>4], digits[c&15])
	}
	return string(s)
}

func TestFirewallDiscovery(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	// NetFn pairs 00h (Chassis), 04h, 06h, 0Ah, 0Ch as far as they are done: compare with the table.
	var pairs uint32
	for _, c := range m.table.Rows() {
		if c.Done() && c.Reach != SystemInterfaceOnly {
			pairs |= 1 << (c.Op.NetFn / 2)
		}
	}
	got := m.ask(t, ipmb.GetNetFnSupport, "01")
	if got[0] != 0 || got[1] != 0x01 || got[2] != byte(pairs) || got[3] != 0 || got[4] != byte(pairs>>16) || !bytes.Equal(got[6:], make([]byte, 12)) {
		t.Errorf("§21.2: % x, want pairs %08x on LUN 0 alone", got, pairs)
	}
	// Chassis has 00h-0Bh except nothing, and 0Fh. [IPMI 2.0 App. G]
	m.exchange(t,
		exchange{"§21.3 Chassis, set bits are missing", ipmb.GetCommandSupport, "01 00 00", "00 00 70 ffff ffff ffff ffff ffff ffff ffff"},
		exchange{"§21.3 odd NetFn", ipmb.GetCommandSupport, "01 01 00", "00 00 70 ffff ffff ffff ffff ffff ffff ffff"},
		exchange{"§21.3 upper half", ipmb.GetCommandSupport, "01 40 00", "00 ffff ffff ffff ffff ffff ffff ffff ffff"},
		exchange{"§21.3 LUN 2", ipmb.GetCommandSupport, "01 00 02", "00 ffff ffff ffff ffff ffff ffff ffff ffff"},
		exchange{"§21.3 reserved half", ipmb.GetCommandSupport, "01 80 00", "cc"},
		exchange{"§21.3 no channel", ipmb.GetCommandSupport, "07 00 00", "cc"},
		exchange{"§21.7 NetFn 2Ch without body", ipmb.SetCommandEnables, "01 2c 00 00000000000000000000000000000000", "c7"},
		exchange{"§21.4 NetFn 2Ch without body", ipmb.GetCommandSubFunctionSupport, "01 2c 00 01", "c7"},
		exchange{"§21.3 NetFn 2Ch body 00h", ipmb.GetCommandSupport, "01 2c 00 00", "00 ffff ffff ffff ffff ffff ffff ffff ffff"},
		exchange{"§21.3 body without NetFn 2Ch", ipmb.GetCommandSupport, "01 00 00 dc", "c7"},
		exchange{"§21.5 Chassis, set bits are there", ipmb.GetConfigurableCommands, "01 00 00", "00 ff 8f 0000 0000 0000 0000 0000 0000 0000"},
		exchange{"§21.8 all on", ipmb.GetCommandEnables, "01 00 00", "00 ff 8f 0000 0000 0000 0000 0000 0000 0000"},
		exchange{"§21.4 Chassis Control", ipmb.GetCommandSubFunctionSupport, "01 00 00 02", "00 00 20 11 00000000"},
		exchange{"§21.4 no such command", ipmb.GetCommandSubFunctionSupport, "01 00 00 0d", "cc"},
		exchange{"§21.6 Chassis Control 1-5", ipmb.GetConfigurableCommandSubFunctions, "01 00 00 02", "00 3e000000"},
		exchange{"§21.6 none", ipmb.GetConfigurableCommandSubFunctions, "01 00 00 01", "00 00000000"},
		exchange{"§21.11 not 2Ch or 2Eh", ipmb.GetOEMNetFnIANASupport, "01 06 00", "cc"})
}

func TestFirewallCommands(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	all := m.ask(t, ipmb.GetCommandEnables, "0f 00 00")[1:]
	app := m.ask(t, ipmb.GetCommandEnables, "0f 06 00")[1:]
	set := func(mask []byte) string { return "0f 00 00" + hexOf(mask) }
	m.exchange(t,
		exchange{"§21.7 Get Chassis Status off", ipmb.SetCommandEnables, set(withoutBits(all, 1)), "00"},
		exchange{"§21.1 a disabled command", ipmb.GetChassisStatus, "", "d4"},
		exchange{"§21.8 reads back", ipmb.GetCommandEnables, "0f 00 00", "00" + hexOf(withoutBits(all, 1))},
		exchange{"§21.5 still configurable", ipmb.GetConfigurableCommands, "0f 00 00", "00" + hexOf(all)},
		exchange{"§21.8 another channel is untouched", ipmb.GetCommandEnables, "01 00 00", "00" + hexOf(all)},
		exchange{"§21.7 an unsupported command on, nothing changes", ipmb.SetCommandEnables, "0f 00 00 ff9f" + hexOf(all[2:]), "80"},
		exchange{"§21.1 still disabled", ipmb.GetChassisStatus, "", "d4"},
		exchange{"§21.7 on again", ipmb.SetCommandEnables, set(all), "00"},
		exchange{"§21.7 Set Command Enables cannot go from the system interface", ipmb.SetCommandEnables, "0f 06 00" + hexOf(withoutBits(app, 0x60)), "80"},
		exchange{"§21.7 but from another channel", ipmb.SetCommandEnables, "01 06 00" + hexOf(withoutBits(m.ask(t, ipmb.GetCommandEnables, "01 06 00")[1:], 0x60)), "00"},
		exchange{"§21.7 short", ipmb.SetCommandEnables, "0f 00 00", "c7"})
	if got := m.ask(t, ipmb.GetNetFnSupport, "01"); got[1] != 2 {
		t.Errorf("§21.2: LUN support % x, want restricted", got[1])
	}
	if got := m.ask(t, ipmb.GetChassisStatus, ""); got[0] != 0 {
		t.Errorf("§21.7: % x after switching it on again", got)
	}
}

// The commands of chapter 22 that have sub-functions, as Table H-1 numbers them: bits, flags, channels and buses.
func TestFirewallMessagingSubFunctions(t *testing.T) {
	t.Parallel()
	newTestMachine(t).exchange(t,
		exchange{"§21.6 Set BMC Global Enables", ipmb.GetConfigurableCommandSubFunctions, "0f 06 00 2e", "00 ef000000"},
		exchange{"§21.6 Clear Message Flags", ipmb.GetConfigurableCommandSubFunctions, "0f 06 00 30", "00 eb000000"},
		exchange{"§21.6 Enable Message Channel Receive", ipmb.GetConfigurableCommandSubFunctions, "0f 06 00 32", "00 fe0f0000"},
		exchange{"§21.6 Send Message", ipmb.GetConfigurableCommandSubFunctions, "0f 06 00 34", "00 ff0f0000"},
		exchange{"§21.6 Master Write-Read", ipmb.GetConfigurableCommandSubFunctions, "0f 06 00 52", "00 feff0f00"},
		exchange{"§21.9 event logging off", ipmb.SetCommandSubFunctionEnables, "0f 06 00 2e e7000000", "00"},
		exchange{"§21.1 event logging", ipmb.SetBMCGlobalEnables, "00", "d6"},
		exchange{"§21.1 the rest", ipmb.SetBMCGlobalEnables, "09", "00"},
		exchange{"§21.9 the primary IPMB off", ipmb.SetCommandSubFunctionEnables, "0f 06 00 34 fe0f0000", "00"},
		exchange{"§21.1 to the primary IPMB", ipmb.SendMessage, "00 20 18 c8 81 00 01 7e", "d6"},
	)
}

func TestFirewallSubFunctions(t *testing.T) {
	t.Parallel()
	newTestMachine(t, func(p *profiles.Profile) {}).exchange(t,
		exchange{"§21.10 all on", ipmb.GetCommandSubFunctionEnables, "0f 00 00 02", "00 3e000000"},
		exchange{"§21.9 hard reset off", ipmb.SetCommandSubFunctionEnables, "0f 00 00 02 36000000", "00"},
		exchange{"§21.1 a disabled sub-function", ipmb.ChassisControl, "03", "d6"},
		exchange{"§21.10 reads back", ipmb.GetCommandSubFunctionEnables, "0f 00 00 02", "00 36000000"},
		exchange{"§21.4 unavailable", ipmb.GetCommandSubFunctionSupport, "0f 00 00 02", "00 00 20 11 08000000"},
		exchange{"§21.9 one that is not there", ipmb.SetCommandSubFunctionEnables, "0f 00 00 02 3f000000", "80"},
		exchange{"§21.9 32 and up", ipmb.SetCommandSubFunctionEnables, "0f 00 00 02 3e000000 01000000", "80"},
		exchange{"§21.9 eight bytes", ipmb.SetCommandSubFunctionEnables, "0f 00 00 02 3e000000 00000000", "00"},
		exchange{"§21.10 a command without any", ipmb.GetCommandSubFunctionEnables, "0f 00 00 01", "00 00000000"},
		exchange{"§21.10 no such command", ipmb.GetCommandSubFunctionEnables, "0f 00 00 0d", "80"},
		exchange{"§21.9 no such command", ipmb.SetCommandSubFunctionEnables, "0f 00 00 0d 00000000", "80"},
		exchange{"§21.6 no such command", ipmb.GetConfigurableCommandSubFunctions, "0f 00 00 0d", "00 00000000"},
		exchange{"§21.10 another LUN", ipmb.GetCommandSubFunctionEnables, "0f 00 01 02", "80"},
		exchange{"§21.9 Set Channel Access of channel 1 off", ipmb.SetCommandSubFunctionEnables, "0f 06 00 40 fd0f0000", "00"},
		exchange{"§21.1 channel 1", ipmb.SetChannelAccess, "01 00 00", "d6"},
		exchange{"§21.1 channel 2", ipmb.SetChannelAccess, "02 00 00", "00"},
		exchange{"§21.9 boot flags off", ipmb.SetCommandSubFunctionEnables, "0f 00 00 08 de1f0000", "00"},
		exchange{"§21.1 boot flags", ipmb.SetSystemBootOptions, "05 80 04 00 00 00", "d6"},
		exchange{"§21.1 another parameter", ipmb.SetSystemBootOptions, "00 00", "00"},
		exchange{"§21.9 short", ipmb.SetCommandSubFunctionEnables, "0f 00 00 02 3e0000", "c7"})
}
