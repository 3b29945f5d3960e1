package bmc_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// TestSOLTakesTheSerialLine goes through the list of commands that behave differently while Serial over LAN uses the line
// that it shares with the serial channel. [IPMI 2.0 §15.13, Table 15-4]
func TestSOLTakesTheSerialLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, r, _ := connected(t)
		host := func(name string, op ipmb.Op, req, want string) {
			t.Helper()
			systemWant(t, srv.Machine, name, op, req, want)
		}
		mux, access := ipmb.SetSerialModemMux, ipmb.GetChannelAccess
		r.want("access mode in force", access, "0480", "00 00 04")
		r.want("access mode kept", access, "0440", "00 03 04")
		r.want("set access mode", ipmb.SetChannelAccess, "048200", "d5")
		r.want("set the limit only", ipmb.SetChannelAccess, "040084", "00")
		r.want("set configuration", ipmb.SetSerialModemConfiguration, "040501 00ff ffff", "00")
		host("proxy", ipmb.SetPPPUDPProxyTransmitData, "0401 00", "d5")
		host("proxy", ipmb.GetPPPUDPProxyTransmitData, "0401", "d5")
		host("proxy", ipmb.SendPPPUDPProxyPacket, "0400 0000 0000 0000 0000 0000 0001 00", "d5")
		host("proxy", ipmb.GetPPPUDPProxyReceiveData, "0400", "d5")
		host("callback", ipmb.Callback, "0401", "d5")
		host("callback options", ipmb.SetUserCallbackOptions, "02040100ffffff", "00")
		r.want("send message", ipmb.SendMessage, "04 00 81 18 67 20 04 01 db", "d5")
		r.want("alert", ipmb.AlertImmediate, "04 01 00", "d5")
		r.want("mux get", mux, "0400", "00 00")
		r.want("mux 1", mux, "0401", "00 02")
		r.want("mux 2", mux, "0402", "00 00")
		r.want("mux 3", mux, "0403", "00 02")
		r.want("mux 4", mux, "0404", "d5")
		r.want("mux 5", mux, "0405", "d5")
		r.want("mux 6", mux, "0406", "00 02")
		r.want("mux 7", mux, "0407", "d5")
		r.want("mux 8", mux, "0408", "00 02")
		r.want("SOL ends", ipmb.DeactivatePayload, "010100000000", "00")
		r.want("access mode restored", access, "0480", "00 03 04")
		r.want("mux 4", mux, "0404", "00 03")
		r.want("alert", ipmb.AlertImmediate, "04 01 00", "00")

		r.activate()
		r.want("an add-in card takes the host's serial controller", ipmb.SetSerialRoutingMux, "040002", "00 02")
		r.want("which ended SOL", ipmb.GetPayloadActivationStatus, "01", "00 01 00 00")
		r.want("and forbids it", ipmb.ActivatePayload, activateSOL, "d5")
		r.want("the BMC has it back", ipmb.SetSerialRoutingMux, "040001", "00 01")
		r.activate()
	})
}

// systemWant asks over the system interface and compares the whole answer.
func systemWant(t *testing.T, m *bmc.Machine, name string, op ipmb.Op, req, want string) {
	t.Helper()
	data := append(op.AppendExtension(nil), unhex(t, req)...)
	r, err := m.RequestResponse(context.Background(), bmc.SystemRequest{
		NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
	})
	if err != nil || !bytes.Equal(r.ResponseData, unhex(t, want)) {
		t.Errorf("%s: %s [%s] answered [% x], %v, want [%s]", name, op, req, r.ResponseData, err, want)
	}
}
