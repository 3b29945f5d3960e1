package fru

import "fmt"

// RecordType is the type of a multirecord. [FRU §16.2.1, Table 16-2]
type RecordType uint8

// Multirecord types. C0h-FFh are OEM records. [FRU §16.2.1, Table 16-2]
const (
	TypePowerSupply           RecordType = 0x00
	TypeDCOutput              RecordType = 0x01
	TypeDCLoad                RecordType = 0x02
	TypeManagementAccess      RecordType = 0x03
	TypeBaseCompatibility     RecordType = 0x04
	TypeExtendedCompatibility RecordType = 0x05
	TypeASFFixedSMBus         RecordType = 0x06
	TypeASFLegacyAlerts       RecordType = 0x07
	TypeASFRemoteControl      RecordType = 0x08
	TypeExtendedDCOutput      RecordType = 0x09
	TypeExtendedDCLoad        RecordType = 0x0a
	FirstOEMRecordType        RecordType = 0xc0
)

// String is the specification's name.
func (t RecordType) String() string {
	switch t {
	case TypePowerSupply:
		return "power supply information"
	case TypeDCOutput:
		return "DC output"
	case TypeDCLoad:
		return "DC load"
	case TypeManagementAccess:
		return "management access"
	case TypeBaseCompatibility:
		return "base compatibility"
	case TypeExtendedCompatibility:
		return "extended compatibility"
	case TypeASFFixedSMBus:
		return "ASF fixed SMBus device"
	case TypeASFLegacyAlerts:
		return "ASF legacy-device alerts"
	case TypeASFRemoteControl:
		return "ASF remote control"
	case TypeExtendedDCOutput:
		return "extended DC output"
	case TypeExtendedDCLoad:
		return "extended DC load"
	}
	if t >= FirstOEMRecordType {
		return fmt.Sprintf("OEM %02Xh", uint8(t))
	}
	return fmt.Sprintf("reserved %02Xh", uint8(t))
}

// Record header. [FRU §16.1, Table 16-1]
const (
	recordHeaderLen = 5
	recordFormat    = 2 // of all types in this version of the format
	endOfList       = 1 << 7
	recordFormatBit = 0x0f
)

// MaxRecord is the greatest number of data bytes of a multirecord. [FRU §16.2.4]
const MaxRecord = 255

// Record is one multirecord: its type and its data without the header. PowerSupply, DCOutput and their siblings give
// the data of the types that the specification defines.
type Record struct {
	Type RecordType
	Data []byte
}

func appendRecords(b []byte, records []Record) ([]byte, error) {
	for i, r := range records {
		if len(r.Data) > MaxRecord {
			return b, fmt.Errorf("fru %s: record %d: %d bytes, at most %d", MultiRecord, i+1, len(r.Data), MaxRecord)
		}
		flags := byte(recordFormat)
		if i == len(records)-1 {
			flags |= endOfList
		}
		start := len(b)
		b = append(b, byte(r.Type), flags, byte(len(r.Data)), checksum(r.Data))
		b = append(b, checksum(b[start:]))
		b = append(b, r.Data...)
	}
	return b, nil
}

// parseRecords reads the list at start up to its end or the first header that cannot be trusted to lead to the next, and
// returns where it stopped.
func parseRecords(b []byte, start int, bad *problems) (records []Record, pos int) {
	for pos = start; ; {
		if pos+recordHeaderLen > len(b) {
			bad.add(MultiRecord, pos, "image ends inside the header of record %d", len(records)+1)
			return records, pos
		}
		h := b[pos : pos+recordHeaderLen]
		if sum(h) != 0 {
			bad.add(MultiRecord, pos+4, "header checksum of record %d is %02Xh, want %02Xh", len(records)+1, h[4], checksum(h[:4]))
			return records, pos
		}
		if v := h[1] & recordFormatBit; v != recordFormat {
			bad.add(MultiRecord, pos+1, "format version of record %d is %d, want %d", len(records)+1, v, recordFormat)
		}
		data := b[pos+recordHeaderLen:]
		n := int(h[2])
		if n > len(data) {
			bad.add(MultiRecord, pos+2, "record %d has %d bytes, the image ends after %d", len(records)+1, n, len(data))
			return records, pos
		}
		if data = data[:n]; sum(data)+h[3] != 0 {
			bad.add(MultiRecord, pos+3, "checksum of record %d is %02Xh, want %02Xh", len(records)+1, h[3], checksum(data))
		}
		records = append(records, Record{Type: RecordType(h[0]), Data: append([]byte(nil), data...)})
		pos += recordHeaderLen + n
		if h[1]&endOfList != 0 {
			return records, pos
		}
	}
}
