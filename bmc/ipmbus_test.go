package bmc

import (
	"bytes"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestFromBus speaks to the controller as a satellite at 52h does. [IPMI 2.0 §7.3, §20.9]
func TestFromBus(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	getDeviceID := ipmb.Message{To: 0x20, NetFn: 6, From: 0x52, Seq: 5, FromLUN: 1, Cmd: 1}
	id := unhex(t, "00 20 01 06 92 02 8f 66 4a 00 14 04")
	want := (&ipmb.Message{To: 0x52, NetFn: 7, ToLUN: 1, From: 0x20, Seq: 5, Cmd: 1, Data: id}).AppendTo(nil)
	elsewhere := getDeviceID
	elsewhere.To = 0x22
	guid := getDeviceID
	guid.Cmd = ipmb.GetSystemGUID.Cmd
	response := getDeviceID
	response.NetFn = 7
	broken := getDeviceID.AppendTo(nil)
	broken[len(broken)-1]++
	broadcast := func(m ipmb.Message) []byte { return m.AppendTo([]byte{0}) }
	for _, tt := range []struct {
		name    string
		channel uint8
		message []byte
		want    []byte
	}{
		{"§20.1", 0, getDeviceID.AppendTo(nil), want},
		{"§20.9 broadcast", 0, broadcast(getDeviceID), want},
		{"§20.9 broadcast for another address", 0, broadcast(elsewhere), nil},
		{"§20.9 broadcast of another command", 0, broadcast(guid), nil},
		{"§20.9 broadcast alone", 0, []byte{0}, nil},
		{"§7.3 for another address", 0, elsewhere.AppendTo(nil), nil},
		{"§7.3 an answer that nobody waits for", 0, response.AppendTo(nil), nil},
		{"§7.3 wrong checksum", 0, broken, nil},
		{"§6.3 a LAN is no bus", 1, getDeviceID.AppendTo(nil), nil},
		{"§6.3 no channel", 5, getDeviceID.AppendTo(nil), nil},
	} {
		if got := m.FromBus(tt.channel, tt.message); !bytes.Equal(got, tt.want) {
			t.Errorf("%s: % x, want % x", tt.name, got, tt.want)
		}
	}
}
