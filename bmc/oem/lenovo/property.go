package lenovo

import (
	"encoding/binary"
	"strings"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Property access, 3Ah/C4h: pyghmi, confluent and xCAT read the firmware inventory with it. Lengths on the wire are MS
// byte first; names and values are a tag and bytes.

// Operations.
const (
	propertyGet  = 0x00
	propertyList = 0x02
	propertySet  = 0x03
)

// Statuses of the answer. Clients take everything but 00h as "not there".
const (
	propertyFound  = 0x00
	propertyAbsent = 0x02 // decision
	propertyBranch = 0x09
)

// Tags.
const (
	tagText   = 0x80 // and the length
	tagByte   = 0x11
	tagNumber = 0x44 // four bytes, LS byte first

	maxText = 0x7f
)

// maxProperties bounds what clients can add.
const maxProperties = 256

// property is a value as it is on the wire, with its tag.
type property []byte

func textProperty(text string) property { return append(property{tagText | byte(len(text))}, text...) }

func numberProperty(n uint32) property {
	return binary.LittleEndian.AppendUint32(property{tagNumber}, n)
}

// propertyName reads the tagged name at the front of d.
func propertyName(d []byte) (name string, rest []byte, ok bool) {
	if len(d) == 0 || d[0]&tagText == 0 {
		return "", nil, false
	}
	n := int(d[0] &^ tagText)
	if len(d) < 1+n {
		return "", nil, false
	}
	return string(d[1 : 1+n]), d[1+n:], true
}

// propertyAccess is 3Ah/C4h: an operation, the length of what follows it, and the name. The length that clients give is
// that of the name with its tag; it is not trusted.
func propertyAccess(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, op, d := of(m), r.Data[0], r.Data[3:]
	if op == propertySet || op == propertyList {
		d = d[1:] // the number of values, or a flag
	}
	name, rest, ok := propertyName(d)
	if !ok {
		return nil, ipmb.InvalidField
	}
	switch op {
	case propertyGet:
		value, found := c.properties[name]
		if !found {
			return append(r.Buf, propertyAbsent, 0, 0), nil
		}
		b := binary.BigEndian.AppendUint16(append(r.Buf, propertyFound), uint16(len(value)))
		return append(b, value...), nil
	case propertyList:
		for path := range c.properties {
			if strings.HasPrefix(path, name) {
				return append(r.Buf, propertyBranch), nil
			}
		}
		return append(r.Buf, propertyAbsent), nil
	case propertySet:
		if len(rest) != 2 || rest[0] != tagByte {
			return nil, ipmb.InvalidField
		}
		if _, found := c.properties[name]; !found && len(c.properties) >= maxProperties {
			return nil, ipmb.OutOfSpace
		}
		c.properties[name] = property{tagByte, rest[1]}
		return append(r.Buf, propertyFound), nil
	}
	return nil, ipmb.InvalidField
}
