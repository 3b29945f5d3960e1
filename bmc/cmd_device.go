package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// deviceCommands are the rows of [IPMI 2.0 §20].
var deviceCommands = []Command{
	{Op: ipmb.GetDeviceID, Name: "Get Device ID", Section: "20.1", Priv: privUser, Len: none(), Do: getDeviceID},
	{Op: ipmb.GetDeviceID, Name: "Broadcast Get Device ID", Section: "20.9", Priv: privUser, Reach: Broadcast, Len: none(), Do: getDeviceID},
	{Op: ipmb.ColdReset, Name: "Cold Reset", Section: "20.2", Priv: privAdmin, Len: none(), Do: coldReset},
	{Op: ipmb.WarmReset, Name: "Warm Reset", Section: "20.3", Priv: privAdmin, Len: none(), Do: warmReset},
	{Op: ipmb.GetSelfTestResults, Name: "Get Self Test Results", Section: "20.4", Priv: privUser, Len: none(), Do: getSelfTestResults},
	{Op: ipmb.ManufacturingTestOn, Name: "Manufacturing Test On", Section: "20.5", Priv: privAdmin, Do: manufacturingTestOn},
	{Op: ipmb.SetACPIPowerState, Name: "Set ACPI Power State", Section: "20.6", Priv: privAdmin, Len: exactly(2), Do: setACPIPowerState},
	{Op: ipmb.GetACPIPowerState, Name: "Get ACPI Power State", Section: "20.7", Priv: privUser, Len: none(), Do: getACPIPowerState},
	{Op: ipmb.GetDeviceGUID, Name: "Get Device GUID", Section: "20.8", Priv: privUser, Len: none(), Do: getDeviceGUID},
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

// Bits of Get Device ID. [IPMI 2.0 §20.1, bytes 3 and 4]
const (
	flagDeviceSDRs = 1 << 7
	flagNotNormal  = 1 << 7 // device busy: firmware or SDR update, self-initialization
)

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
	if m.device.manufacturing || m.faults.updates {
		resp.Firmware1 |= flagNotNormal
	}
	for _, s := range d.Support {
		resp.Support |= uint8(s)
	}
	return resp.AppendTo(r.Buf), nil
}

// coldReset resets the controller. It answers first. [IPMI 2.0 §20.2]
func coldReset(m *Machine, _ *Request) ([]byte, error) {
	m.coldReset()
	return nil, nil
}

// warmReset resets the controller's communication. It answers first. [IPMI 2.0 §20.3]
func warmReset(m *Machine, _ *Request) ([]byte, error) {
	m.warmReset()
	return nil, nil
}

// Outcomes of the self test without a detail. [IPMI 2.0 §20.4]
const (
	selfTestPassed  = 0x55
	selfTestMissing = 0x56 // not implemented; a profile that says nothing has none
)

// getSelfTestResults says how the self test at the start went. [IPMI 2.0 §20.4]
func getSelfTestResults(m *Machine, r *Request) ([]byte, error) {
	switch t := &m.profile.Device.SelfTest; t.Result {
	case 0, selfTestMissing:
		return append(r.Buf, selfTestMissing, 0), nil
	case selfTestPassed:
		return append(r.Buf, selfTestPassed, 0), nil
	default:
		return append(r.Buf, t.Result, t.Detail), nil
	}
}

// manufacturingTestOn enters manufacturing test mode, which only a reset leaves. Its data are device specific and not
// looked at. The mode itself is left open by the specification; here the controller says that it is not in normal
// operation. [IPMI 2.0 §20.5]
func manufacturingTestOn(m *Machine, _ *Request) ([]byte, error) {
	m.device.manufacturing = true
	return nil, nil
}

const acpiSet = 1 << 7 // the state in bits 6:0 is meant [IPMI 2.0 §20.6]

// setACPIPowerState is how software tells the controller what state the system is in. [IPMI 2.0 §20.6]
func setACPIPowerState(m *Machine, r *Request) ([]byte, error) {
	meant := func(b byte) *uint8 {
		if b&acpiSet == 0 {
			return nil
		}
		b &^= acpiSet
		return &b
	}
	if err := m.device.acpi.set(meant(r.Data[0]), meant(r.Data[1])); err != nil {
		return nil, err
	}
	m.showACPI()
	return nil, nil
}

// getACPIPowerState reads it back. [IPMI 2.0 §20.7]
func getACPIPowerState(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, m.device.acpi.system, m.device.acpi.device), nil
}

// getDeviceGUID is the controller's GUID, not the system's. [IPMI 2.0 §20.8]
func getDeviceGUID(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, m.profile.Device.GUID[:]...), nil
}
