package lenovo_test

import (
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem/lenovo"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// everything has every section that Lenovo's commands look at.
const everything = `profile: everything
extends: ibm-x3650m3
i2c: [{bus: 5, devices: [{at: 0x52, model: 24c32, name: vpd, image: 00 00 02}]}]
oem:
  lenovo:
    generation: xcc
    reset_delay: 1h
    psoc: [{bin: 1, apid: 0x20, revision: 5, fru: 3}]
    fpga: [{type: 0, revision: 030201}]
    vpd_version: 2
    enclosure_manager: true
    vpd: [{fru: 3, from: vpd}]
    files: {config.efi: some text}
    auxiliary_log: {entries: [{record: 7, data: 01 02 03}]}
    thermal_profile: 37 41 00 00 00 00 05 0a 3c 0a 0a 1e
    leds: [{number: 0, identify: true}]
  lenovo_smm:
    reset_delay: 1h
    supplies: [{number: 1, from: psu1}]
    nodes: [{bay: 1}]
`

// FuzzCommands sends requests in a row: network function, command, number of data bytes, and data. No handler may panic or
// answer what it never should, and the machine still answers in the end.
func FuzzCommands(f *testing.F) {
	p, err := profiles.Parse("everything.yaml", []byte(everything))
	if err != nil {
		f.Fatal(err)
	}
	vendors := bmc.WithVendors(lenovo.Vendor(), lenovo.EnclosureVendor())
	for _, v := range []bmc.Vendor{lenovo.Vendor(), lenovo.EnclosureVendor()} {
		for _, row := range v.Commands {
			ext := row.Op.AppendExtension(nil)
			for _, n := range []int{0, 1, 2, 5, 7, 17} {
				data := append(append([]byte(nil), ext...), make([]byte, n)...)
				f.Add(append([]byte{byte(row.Op.NetFn), row.Op.Cmd, byte(len(data))}, data...))
			}
		}
	}
	open := append([]byte("\x2e\x90\x14\x4d\x4f\x00\x01\x03\x01\x08\x00\x00\x00\x01\x40"), "config.efi"...)
	open[2] = byte(len(open) - 3)
	f.Add(append(open, "\x2e\x90\x10\x4d\x4f\x00\x03\x01\x00\x00\x00\x00\x00\x00\x00abcd\x2e\x90\x08\x4d\x4f\x00\x05\x01\x00\x00\x00"...))
	f.Fuzz(func(t *testing.T, script []byte) {
		m, err := bmc.New(p, bmc.WithSeed(1), vendors)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		ask := func(netFn, cmd byte, data []byte) []byte {
			r, err := m.RequestResponse(t.Context(), bmc.SystemRequest{
				NetworkFunction: netFn & 0x3e, Command: cmd, RequestData: data, RequestDataSize: uint32(len(data)),
			})
			if err != nil {
				t.Fatal(err)
			}
			if ipmb.CompletionCode(r.CompletionCode) == ipmb.Unspecified {
				t.Fatalf("%02x %02x % x: a handler's mistake", netFn, cmd, data)
			}
			return r.ResponseData
		}
		for len(script) >= 3 {
			netFn, cmd, n := script[0], script[1], min(int(script[2]), len(script)-3)
			if op, _, _ := ipmb.OpOf(ipmb.NetFn(netFn&0x3e), cmd, script[3:3+n]); op == ipmb.ColdReset || op == ipmb.WarmReset {
				return
			}
			ask(netFn, cmd, script[3:3+n])
			script = script[3+n:]
		}
		if got := ask(0x3a, 0x50, nil); len(got) != 31 {
			t.Errorf("in the end, build information is % x", got)
		}
	})
}
