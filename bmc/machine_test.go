package bmc

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// testProfile is a small machine: IPMB 0, LAN 1, serial 2, system interface 15, ten user IDs.
func testProfile() *profiles.Profile {
	all := []rmcp.AuthType{rmcp.AuthTypeMD2, rmcp.AuthTypeMD5, rmcp.AuthTypeStraight}
	always := profiles.Access{Mode: profiles.AccessAlways, Privilege: ipmb.PrivilegeAdministrator}
	return &profiles.Profile{
		Name: "test",
		Seed: 1,
		Device: profiles.Device{
			ID: 0x20, Revision: 1, Firmware: profiles.Firmware{Major: 6, Minor: 0x92}, IPMIVersion: 0x02,
			Support:      []profiles.Support{profiles.SupportSensor, profiles.SupportSDRRepository, profiles.SupportSEL, profiles.SupportFRU, profiles.SupportChassis},
			Manufacturer: 19046, Product: 1044,
		},
		Sessions:  profiles.Sessions{Slots: 63, Inactivity: profiles.Duration(time.Minute), PerUser: true, KR: true},
		UserSlots: 10,
		Users: []profiles.User{
			{ID: 1, Enabled: new(bool), Privilege: ipmb.PrivilegeUser},
			{ID: 2, Name: "admin", Password: "password", Privilege: ipmb.PrivilegeAdministrator},
			{ID: 3, Name: "operator", Password: "password", Privilege: ipmb.PrivilegeOperator},
			{ID: 4, Name: "user", Password: "password", Privilege: ipmb.PrivilegeUser},
		},
		SystemInterface: profiles.SystemInterface{Type: profiles.InterfaceKCS, MaxIn: 255, MaxOut: 255, SMSInterrupt: 0x0a, EventInterrupt: 0xff},
		Channels: []profiles.Channel{
			{Number: 0, Medium: profiles.MediumIPMB, Protocol: profiles.ProtocolIPMB},
			{Number: 1, Medium: profiles.MediumLAN, Protocol: profiles.ProtocolIPMB, Sessions: profiles.MultiSession,
				Access: always, Modes: []profiles.AccessMode{profiles.AccessDisabled, profiles.AccessAlways},
				Auth:   profiles.ChannelAuth{Callback: all, User: all, Operator: all, Administrator: all},
				Suites: []profiles.Suite{{ID: 3, Privilege: ipmb.PrivilegeAdministrator}, {ID: 17, Privilege: ipmb.PrivilegeAdministrator}},
				SOL: profiles.SOL{Enabled: true, Privilege: ipmb.PrivilegeUser, Instances: 1, Threshold: 96, Retries: 7, BitRate: profiles.BitRate115200,
					Accumulate: profiles.Duration(20 * time.Millisecond), RetryInterval: profiles.Duration(480 * time.Millisecond)},
				Payloads: []uint8{0, 1}},
			{Number: 2, Medium: profiles.MediumSerial, Protocol: profiles.ProtocolIPMB, Sessions: profiles.SingleSession,
				Access: always, Modes: []profiles.AccessMode{profiles.AccessDisabled, profiles.AccessPreBoot, profiles.AccessAlways, profiles.AccessShared},
				Auth: profiles.ChannelAuth{Callback: all, User: all, Operator: all, Administrator: all},
				Serial: profiles.Serial{Modes: []profiles.SerialMode{profiles.SerialBasic, profiles.SerialPPP, profiles.SerialTerminal}, BitRate: profiles.BitRate19200,
					Sharing:  profiles.SerialSharing{Available: true, Enabled: true, SOL: true},
					BitRates: []profiles.BitRate{profiles.BitRate19200, profiles.BitRate115200}, Community: "public",
					Destinations: 4, DialStrings: 4, Addresses: 2, TAPAccounts: 2, PPPAccounts: 2, UDPProxy: 40, Connector: "COM2", Controller: "ttyS1"}},
			{Number: 15, Medium: profiles.MediumSystemInterface, Protocol: profiles.ProtocolKCS},
		},
		Power: profiles.Power{
			Actions:         []profiles.PowerAction{PowerDown, PowerUp, PowerCycle, HardReset, DiagnosticInterrupt, SoftShutdown},
			RestorePolicies: []profiles.RestorePolicy{profiles.RestoreOff, profiles.RestorePrevious, profiles.RestoreOn},
		},
		Chassis: profiles.Chassis{
			Intrusion: true, FRU: 0x20, SDR: 0x20, SEL: 0x20, SM: 0x20, Bridge: 0x20,
			LockableButtons: []profiles.Button{profiles.ButtonPower, profiles.ButtonReset, profiles.ButtonDiagnostic},
		},
		Watchdog: profiles.Watchdog{
			Interrupts: []profiles.WatchdogInterrupt{profiles.InterruptNMI, profiles.InterruptMessaging}, Sensor: 0x23,
		},
		Clock: profiles.Clock{Rate: 1},
		SEL: profiles.SEL{
			Capacity:   16,
			Operations: []profiles.LogOperation{profiles.LogAllocation, profiles.LogReserve, profiles.LogPartialAdd, profiles.LogDelete},
		},
		PEF: profiles.PEF{
			Actions: []profiles.PEFAction{
				profiles.PEFAlert, profiles.PEFPowerDown, profiles.PEFReset, profiles.PEFPowerCycle, profiles.PEFDiagnosticInterrupt,
			},
			FilterSlots: 4, PolicySlots: 4, Strings: 2, StringBlocks: 2, TrapPort: 162, Sensor: 0x12,
		},
	}
}

// newTestMachine builds testProfile with some changes.
func newTestMachine(t *testing.T, edits ...func(*profiles.Profile)) *Machine {
	t.Helper()
	p := testProfile()
	for _, edit := range edits {
		edit(p)
	}
	m, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Close()
		if n := m.HandlerPanics(); n > 0 {
			t.Errorf("%d handlers panicked", n)
		}
	})
	return m
}

// exchange is one request over the system interface and the whole answer, completion code first, in hexadecimal.
type exchange struct {
	name string
	op   ipmb.Op
	req  string
	want string
}

// run sends the exchanges in order and compares the answers.
func (m *Machine) exchange(t *testing.T, steps ...exchange) {
	t.Helper()
	for _, s := range steps {
		if got := m.ask(t, s.op, s.req); !bytes.Equal(got, unhex(t, s.want)) {
			t.Errorf("%s: %s [%s] answered [% x], want [%s]", s.name, s.op, s.req, got, s.want)
		}
	}
}

// ask sends one request over the system interface.
func (m *Machine) ask(t *testing.T, op ipmb.Op, req string) []byte {
	t.Helper()
	data := append(op.AppendExtension(nil), unhex(t, req)...)
	resp, err := m.RequestResponse(context.Background(), SystemRequest{
		NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.ResponseData
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}

// TestGetDeviceID compares with the bytes of the fields. [IPMI 2.0 §20.1]
func TestGetDeviceID(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§20.1", ipmb.GetDeviceID, "", "00 20 01 06 92 02 8f 66 4a 00 14 04"},
		exchange{"§20.1 with data", ipmb.GetDeviceID, "00", "c7"})
}

// TestDispatch walks the table's checks in their order.
func TestDispatch(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"unknown command", ipmb.Op{NetFn: ipmb.NetFnApp, Cmd: 0xfd}, "", "c1"},
		exchange{"PICMG keeps its body byte", ipmb.Op{NetFn: ipmb.NetFnGroup, Cmd: 0x00}, "", "c1 00"},
		exchange{"OEM/Group keeps its enterprise", ipmb.Op{NetFn: ipmb.NetFnOEMGroup, Enterprise: 343, Cmd: 0xc0}, "", "c1 57 01 00"},
		exchange{"sent by the BMC only", ipmb.SerialModemConnectionActive, "00", "c1"})
	resp, err := m.RequestResponse(context.Background(), SystemRequest{NetworkFunction: 6, Command: 1, Lun: 1})
	if err != nil || resp.CompletionCode != uint8(ipmb.InvalidLUN) {
		t.Errorf("Get Device ID on LUN 1 answered %+v, %v; want C2h", resp, err)
	}
	resp, err = m.RequestResponse(context.Background(), SystemRequest{NetworkFunction: 0x2c, Command: 1})
	if err != nil || resp.CompletionCode != uint8(ipmb.LengthInvalid) {
		t.Errorf("group extension without its body answered %+v, %v; want C7h", resp, err)
	}
}

// TestRequestResponseParameters refuses what no interface can send.
func TestRequestResponseParameters(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for name, r := range map[string]SystemRequest{
		"LUN 4":               {Lun: 4, NetworkFunction: 6},
		"odd NetFn":           {NetworkFunction: 7},
		"NetFn 64":            {NetworkFunction: 64},
		"size above the data": {NetworkFunction: 6, Command: 1, RequestDataSize: 1},
	} {
		if resp, err := m.RequestResponse(context.Background(), r); err == nil {
			t.Errorf("%s: answered %+v, want an error", name, resp)
		}
	}
	resp, err := m.RequestResponse(context.Background(), SystemRequest{NetworkFunction: 6, Command: 1, RequestData: []byte{9}, ResponderAddress: 0x20})
	if err != nil || resp.ResponseDataSize != 12 || resp.ResponseData[0] != resp.CompletionCode {
		t.Errorf("size 0 of 1 byte: %+v, %v; want the 12 bytes of Get Device ID", resp, err)
	}
	resp, err = m.RequestResponse(context.Background(), SystemRequest{NetworkFunction: 6, Command: 1, ResponderAddress: 0x2c})
	if err != nil || resp.CompletionCode != uint8(ipmb.DestinationUnavailable) {
		t.Errorf("responder 2Ch: %+v, %v; want D3h", resp, err)
	}
}
