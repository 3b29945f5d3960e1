package lenovo

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// The auxiliary log has bytes for entries of the SEL that say too little. Clients ask Get Auxiliary Log Status for log 1,
// [IPMI 2.0 §31.12], and read the entries with 2Eh/93h. XCC tells the log with Lenovo's number, [XCC 6.92], and xCAT reads
// the entries of a log that is told with IBM eServer X's, as an IMM does.

// auxiliaryKind is its log type.
const auxiliaryKind = 0x01

// AuxiliaryLog is when the last entry came, the enterprise number, how many entries there are, and for how many there is
// room: eleven bytes. [XCC 6.92]
func (c *controller) AuxiliaryLog(kind uint8) []byte {
	log := c.spec.AuxiliaryLog
	if log == nil || kind != auxiliaryKind {
		return nil
	}
	enterprise, last := uint32(ianaLenovo), uint32(sel.Unspecified)
	if c.spec.Generation == profiles.LenovoIMM {
		enterprise = ianaIBMX
	}
	n := len(log.Entries)
	if n > 0 {
		last = log.Entries[n-1].Time
	}
	b := binary.LittleEndian.AppendUint32(nil, last)
	b = append(b, byte(enterprise), byte(enterprise>>8), byte(enterprise>>16))
	b = binary.LittleEndian.AppendUint16(b, uint16(n))
	return binary.LittleEndian.AppendUint16(b, uint16(max(0, int(log.Capacity)-n)))
}

// auxiliaryIncomplete says that an entry has not got all of its data.
const auxiliaryIncomplete = 1 << 0

// auxiliaryLogEntry is 2Eh/93h with the entry's number, from 1 on, an offset and a count: the length of the entry, the
// record of the SEL that it belongs to, or 0, two bytes, flags and data. xCAT reads all but the two bytes, which are zero
// here. There is as much data as fits the answer (decision).
func auxiliaryLogEntry(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, d := of(m), r.Data
	log := c.spec.AuxiliaryLog
	number, offset, count := int(binary.LittleEndian.Uint16(d)), int(binary.LittleEndian.Uint16(d[2:])), int(binary.LittleEndian.Uint16(d[4:]))
	if number == 0 || number > len(log.Entries) {
		return nil, ipmb.NotPresent
	}
	e := &log.Entries[number-1]
	if offset > len(e.Data) {
		return nil, ipmb.ParameterOutOfRange
	}
	b := binary.LittleEndian.AppendUint16(r.Buf, uint16(len(e.Data)))
	b = append(binary.LittleEndian.AppendUint16(b, e.Record), 0, 0, flag(e.Incomplete)*auxiliaryIncomplete)
	data := e.Data[offset:]
	return append(b, data[:min(len(data), count, max(0, c.in.Carries(r)-enterpriseLen-len(b)))]...), nil
}
