package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// deviceCommands are the rows of [IPMI 2.0 §20].
var deviceCommands = []Command{
	{Op: ipmb.GetDeviceID, Name: "Get Device ID", Section: "20.1", Priv: privUser, Len: none(), Do: getDeviceID},
	{Op: ipmb.GetDeviceID, Name: "Broadcast Get Device ID", Section: "20.9", Priv: privUser, Reach: Broadcast},
	{Op: ipmb.ColdReset, Name: "Cold Reset", Section: "20.2", Priv: privAdmin},
	{Op: ipmb.WarmReset, Name: "Warm Reset", Section: "20.3", Priv: privAdmin},
	{Op: ipmb.GetSelfTestResults, Name: "Get Self Test Results", Section: "20.4", Priv: privUser},
	{Op: ipmb.ManufacturingTestOn, Name: "Manufacturing Test On", Section: "20.5", Priv: privAdmin},
	{Op: ipmb.SetACPIPowerState, Name: "Set ACPI Power State", Section: "20.6", Priv: privAdmin},
	{Op: ipmb.GetACPIPowerState, Name: "Get ACPI Power State", Section: "20.7", Priv: privUser},
	{Op: ipmb.GetDeviceGUID, Name: "Get Device GUID", Section: "20.8", Priv: privUser},
}

// GetDeviceIDResp identifies the controller. [IPMI 2.0 §20.1, Table 20-2]
type GetDeviceIDResp struct {
	DeviceID     uint8
	Revision     uint8  // bit 7: device SDRs; bits 3:0: revision
	Firmware1    uint8  // bit 7: not in normal operation; bits 6:0: major revision
	Firmware2    uint8  // minor revision, BCD
	IPMIVersion  uint8  // BCD, digits swapped: 02h is 2.0
	Support      uint8  // additional device support
	Manufacturer uint32 // 20 bits, LS byte first on the wire
	Product      uint16 // LS byte first
	Auxiliary    []byte // four bytes or none
}

// AppendTo appends the data behind the completion code: 11 or 15 bytes.
func (r *GetDeviceIDResp) AppendTo(b []byte) []byte {
	b = append(b, r.DeviceID, r.Revision, r.Firmware1, r.Firmware2, r.IPMIVersion, r.Support,
		byte(r.Manufacturer), byte(r.Manufacturer>>8), byte(r.Manufacturer>>16)&0x0f,
		byte(r.Product), byte(r.Product>>8))
	return append(b, r.Auxiliary...)
}

const flagDeviceSDRs = 1 << 7

// getDeviceID says who the controller is. [IPMI 2.0 §20.1]
func getDeviceID(m *Machine, r *Request) ([]byte, error) {
	d := &m.profile.Device
	resp := GetDeviceIDResp{
		DeviceID: d.ID, Revision: d.Revision & 0x0f, Firmware1: d.Firmware.Major & 0x7f, Firmware2: d.Firmware.Minor,
		IPMIVersion: uint8(d.IPMIVersion), Manufacturer: d.Manufacturer, Product: d.Product, Auxiliary: d.Auxiliary,
	}
	if d.DeviceSDRs {
		resp.Revision |= flagDeviceSDRs
	}
	for _, s := range d.Support {
		resp.Support |= uint8(s)
	}
	return resp.AppendTo(r.Buf), nil
}
