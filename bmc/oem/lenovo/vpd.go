package lenovo

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Vital product data: IBM's own inventory of blades and mezzanine cards, in an EEPROM beside the one with the FRU inventory.
// xCAT asks for its version and, when that is 2, for the hardware addresses of the ports.

// vpdVersion is the data of 3Ah/0Bh as xCAT sends it.
var vpdVersion = [4]byte{0x02, 0x00, 0x10, 0x01}

// getVPDVersion is 3Ah/0Bh.
func getVPDVersion(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if [4]byte(r.Data) != vpdVersion {
		return nil, ipmb.InvalidField
	}
	return append(r.Buf, of(m).spec.VPDVersion), nil
}

// Fields of the vital product data command.
const (
	vpdByFRU = 0x01 // the address is a FRU device ID
	vpdRead  = 0x01
	vpdWrite = 0x02 // xCAT writes a text ID of 16 bytes with it
)

// checkVPD finds data that is in no EEPROM.
func (c *controller) checkVPD() error {
	for i, v := range c.spec.VPD {
		if _, err := c.in.Memory(v.From); err != nil {
			return fmt.Errorf("oem.lenovo.vpd[%d].from: %w", i, err)
		}
	}
	return nil
}

// vitalProductData is 2Eh/51h: offset, 01 and a FRU device ID, operation, count, and with a write the data. The answer has
// two bytes in front of the data, which xCAT skips; here they are the count. A range beyond the end is C9h (decision).
func vitalProductData(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, d := of(m), r.Data
	const header = 7
	offset, count := int(binary.LittleEndian.Uint16(d)), int(binary.LittleEndian.Uint16(d[5:]))
	switch operation := d[4]; {
	case d[2] != vpdByFRU, operation != vpdRead && operation != vpdWrite:
		return nil, ipmb.InvalidField
	case operation == vpdRead && len(d) != header, operation == vpdWrite && len(d) != header+count:
		return nil, ipmb.LengthInvalid
	}
	i := slices.IndexFunc(c.spec.VPD, func(v profiles.LenovoVPD) bool { return v.FRU == d[3] })
	if i < 0 {
		return nil, ipmb.NotPresent
	}
	memory, err := c.in.Memory(c.spec.VPD[i].From)
	switch {
	case err != nil:
		return nil, err
	case offset+count > memory.Size():
		return nil, ipmb.ParameterOutOfRange
	case d[4] == vpdWrite:
		n, err := memory.WriteAt(d[header:], offset)
		return binary.LittleEndian.AppendUint16(r.Buf, uint16(n)), err
	case enterpriseLen+2+count > c.in.Carries(r):
		return nil, ipmb.CannotReturnBytes
	}
	data := make([]byte, count)
	if _, err := memory.ReadAt(data, offset); err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint16(r.Buf, uint16(count)), data...), nil
}
