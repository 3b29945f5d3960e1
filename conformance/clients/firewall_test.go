//go:build clients

package clients

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestIpmitoolFirewallListsTheTable compares ipmitool's list with the command table that the daemon prints: a LAN channel
// has every command that is done, except what only local interfaces take, the BMC itself sends, or a vendor has.
// [IPMI 2.0 §21.2, §21.3]
func TestIpmitoolFirewallListsTheTable(t *testing.T) {
	t.Parallel()
	var rows []struct {
		ID, Reach      string
		Section        string
		NetFn, Command uint8
		Done           bool
	}
	table := run(t, fakebmc, "commands", "--json")
	table.ok(t)
	if err := json.Unmarshal([]byte(table.out), &rows); err != nil {
		t.Fatal(err)
	}
	want := make(map[uint8]*[32]byte) // by NetFn, a bit for each command
	for _, r := range rows {
		onLAN := r.Reach == "session" || r.Reach == "no session needed"
		ofVendor := strings.HasPrefix(r.Section, "OEM")                               // on that vendor's machines
		if !r.Done || !onLAN || ofVendor || r.ID == "get-bt-interface-capabilities" { // the machine has a KCS interface
			continue
		}
		if want[r.NetFn] == nil {
			want[r.NetFn] = new([32]byte)
		}
		want[r.NetFn][r.Command/8] |= 1 << (r.Command % 8)
	}
	m := start(t, "generic")
	list := m.ipmitool(t, lanplus, "firewall", "info")
	list.ok(t)
	got := make(map[string]string)
	for line := range strings.Lines(list.out) {
		if name, bits, ok := strings.Cut(line, ":"); ok {
			got[name] = strings.Join(strings.Fields(bits), "")
		}
	}
	for netFn, mask := range want {
		for _, kind := range []string{"support", "configurable", "enabled"} {
			name := fmt.Sprintf("00,%02x %s", netFn, kind)
			if got[name] != hex.EncodeToString(mask[:]) {
				t.Errorf("ipmitool lists %s as %s, want %x", name, got[name], *mask)
			}
			delete(got, name)
		}
	}
	if len(want) < 6 || len(got) > 0 {
		t.Errorf("%d network functions in the table; ipmitool lists beside them %v", len(want), got)
	}
}

// TestIpmitoolFirewall switches commands and sub-functions off and on. [IPMI 2.0 §21.1, §21.7, §21.9]
func TestIpmitoolFirewall(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	firewall := func(what string, args ...string) {
		t.Helper()
		m.ipmitool(t, lanplus, append([]string{"firewall", what, "channel", "1", "lun", "0", "netfn", "0"}, args...)...).ok(t)
	}
	status := []string{"raw", "0x00", "0x01"}
	firewall("disable", "command", "1")
	m.ipmitool(t, lanplus, status...).refused(t, "rsp=0xd4")
	firewall("enable", "command", "1")
	m.ipmitool(t, lanplus, status...).ok(t)
	firewall("disable", "command", "2", "subfn", "3")
	m.ipmitool(t, lanplus, "chassis", "power", "reset").refused(t, "command disabled") // D6h
	m.ipmitool(t, lanplus, "firewall", "info", "channel", "1", "lun", "0", "netfn", "0", "command", "2").ok(t,
		"LUN 0, NetFn 0x00, Command 0x02: | X | X | X |", "sub-function 0x02: | X | X | X |", "sub-function 0x03: | X | X | |")
	firewall("enable", "command", "2", "subfn", "3")
	m.ipmitool(t, lanplus, "chassis", "power", "reset").ok(t)
	// Told to shoot itself in the foot, ipmitool leaves the system interface what is not configurable there: the way back.
	m.ipmitool(t, lanplus, "firewall", "disable", "channel", "15", "lun", "0", "netfn", "6", "force").ok(t)
	m.ipmitool(t, lanplus, "raw", "6", "0x61", "15", "0x46", "0").ok(t, "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")
	m.ipmitool(t, lanplus, "raw", "6", "0x61", "15", "6", "0").ok(t, "00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00")
}

// TestIpmitoolBridges sends bridged requests to where nobody is. [IPMI 2.0 §22.7]
func TestIpmitoolBridges(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	bridge := func(channel, address string) []string {
		return append([]string{"-b", channel, "-t", address}, lanplus...)
	}
	m.ipmitool(t, bridge("0", "0xee"), "raw", "6", "1").refused(t, "rsp=0x83")
	m.ipmitool(t, bridge("7", "0x2c"), "raw", "6", "1").refused(t, "rsp=0xcc")
	m.ipmitool(t, lanplus, "raw", "6", "0x34", "0x80", "0x2c", "0x18", "0xbc", "0x20", "0x04", "0x01", "0xdb").refused(t, "rsp=0xcc")
	m.ipmitool(t, lanplus, "raw", "6", "0x34").refused(t, "rsp=0xc7")
	m.ipmitool(t, lanplus, "raw", "6", "0x34", "0x40", "0x2c", "0x18").refused(t, "rsp=0xc7")
	user := []string{"-I", "lanplus", "-U", "user", "-P", "password", "-L", "USER"}
	m.ipmitool(t, user, "raw", "6", "0x34", "0x40", "0xee", "0x18", "0xfa", "0x20", "0x04", "0x01", "0xdb").refused(t, "rsp=0xd4")
	m.ipmitool(t, user, "raw", "6", "0x34", "0x0f", "0x20", "0x18", "0xc8", "0x81", "0x04", "0x01", "0x7a").refused(t, "rsp=0xd3")
}
