package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// Request and answer of Get Device SDR Info. [IPMI 2.0 §35.2]
const (
	countSDRs = 1 << 0
)

// getDeviceSDRInfo counts the controller's sensors on the request's LUN, or all records. [IPMI 2.0 §35.2]
func getDeviceSDRInfo(m *Machine, r *Request) ([]byte, error) {
	if !m.profile.Device.DeviceSDRs {
		return nil, ipmb.InvalidCommand
	}
	count, luns := 0, byte(0) // a bit for each LUN that has sensors
	for i := range m.sensors.list {
		lun := m.sensors.list[i].lun
		luns |= 1 << lun
		if lun == r.Message.ToLUN {
			count++
		}
	}
	if len(r.Data) > 0 && r.Data[0]&countSDRs != 0 {
		count = m.sdrs.device.Info().Records
	}
	return append(r.Buf, byte(min(count, 255)), luns), nil
}

// codeRecordChanged says that a record was altered since it was read from its start. [IPMI 2.0 §35.3]
const codeRecordChanged ipmb.CompletionCode = 0x80

// getDeviceSDR reads a device SDR or a part of one. The record shows the types that Set Sensor Type gave the sensor.
// [IPMI 2.0 §35.3]
func getDeviceSDR(m *Machine, r *Request) ([]byte, error) {
	if !m.profile.Device.DeviceSDRs {
		return nil, ipmb.InvalidCommand
	}
	offset, count := r.Data[4], int(r.Data[5])
	a := r.sdrAccess()
	if offset != 0 { // checks the reservation
		if _, _, err := m.sdrs.device.Get(a, recordID(r.Data[2:]), offset, sdr.ReadAll); err != nil {
			return nil, err
		}
		if m.sdrs.deviceChanged {
			return nil, codeRecordChanged
		}
	}
	record, next, err := m.sdrs.device.Get(a, recordID(r.Data[2:]), 0, sdr.ReadAll)
	if err != nil {
		return nil, err
	}
	m.sdrs.deviceChanged = m.sdrs.deviceChanged && offset != 0
	record = m.typed(record)
	data := record[offset:]
	if count != sdr.ReadAll {
		data = data[:min(count, len(data))]
	}
	if data, err = m.faultyRecord(r, fault.PartSDR, data, func() []byte { return record }); err != nil {
		return nil, err
	}
	if 2+len(data) > m.carries(r) {
		return nil, ipmb.CannotReturnBytes
	}
	return append(appendRecordID(r.Buf, next), data...), nil
}

// reserveDeviceSDRs gives out a reservation. [IPMI 2.0 §35.4]
func reserveDeviceSDRs(m *Machine, r *Request) ([]byte, error) {
	if !m.profile.Device.DeviceSDRs {
		return nil, ipmb.InvalidCommand
	}
	id, err := m.sdrs.device.Reserve(r.requester())
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint16(r.Buf, id), nil
}
