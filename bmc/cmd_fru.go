package bmc

import (
	"encoding/binary"
	"errors"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
)

// fruCommands are the rows of [IPMI 2.0 §34].
var fruCommands = []Command{
	{Op: ipmb.GetFRUInventoryAreaInfo, Name: "Get FRU Inventory Area Info", Section: "34.1", Priv: privUser, Len: exactly(1), Do: getFRUInfo},
	{Op: ipmb.ReadFRUData, Name: "Read FRU Data", Section: "34.2", Priv: privUser, Len: exactly(4), Do: readFRU},
	{Op: ipmb.WriteFRUData, Name: "Write FRU Data", Section: "34.3", Priv: privOperator, Len: atLeast(3), Do: writeFRU},
}

// Codes of the FRU commands. [IPMI 2.0 §34.2, §34.3]
const (
	codeFRUProtected ipmb.CompletionCode = 0x80
	codeFRUBusy      ipmb.CompletionCode = 0x81
)

// fruCode is the code of an inventory's error. A device without power is not present, as one that is not plugged in.
func fruCode(err error) error {
	switch {
	case errors.Is(err, errInventoryAway):
		return ipmb.NotPresent
	case errors.Is(err, errInventoryBusy):
		return codeFRUBusy
	case errors.Is(err, errProtected):
		return codeFRUProtected
	}
	return err
}

// wordAccess says that offsets and counts are in words of two bytes. [IPMI 2.0 §34.1]
const wordAccess = 1 << 0

// getFRUInfo gives size and kind of access. [IPMI 2.0 §34.1]
func getFRUInfo(m *Machine, r *Request) ([]byte, error) {
	inv, ok := m.inventory(r.Data[0])
	if !ok {
		return nil, ipmb.NotPresent
	}
	if err := m.reachable(inv); err != nil {
		return nil, fruCode(err)
	}
	var access byte
	if inv.unit(r) > 1 {
		access = wordAccess
	}
	return append(binary.LittleEndian.AppendUint16(r.Buf, uint16(min(inv.size(), 0xffff))), access), nil
}

// unit is how many bytes an offset or a count stands for.
func (inv *inventory) unit(r *Request) int {
	if inv.spec.Words || r.wordAccess {
		return 2
	}
	return 1
}

// readFRU reads from the inventory: fewer bytes where it ends. An offset behind the end is C9h, an answer longer than
// the interface carries CAh; the specification names no codes. [IPMI 2.0 §34.2]
func readFRU(m *Machine, r *Request) ([]byte, error) {
	inv, ok := m.inventory(r.Data[0])
	if !ok {
		return nil, ipmb.NotPresent
	}
	offset, count := int(binary.LittleEndian.Uint16(r.Data[1:]))*inv.unit(r), int(r.Data[3])*inv.unit(r)
	switch {
	case offset >= inv.size():
		return nil, ipmb.ParameterOutOfRange
	case 1+min(count, inv.size()-offset) > m.carries(r):
		return nil, ipmb.CannotReturnBytes
	}
	b := append(r.Buf, make([]byte, 1+count)...)
	n, err := m.faultyInventory(r, inv, b[len(r.Buf)+1:], offset)
	if err != nil {
		return nil, fruCode(err)
	}
	b[len(r.Buf)] = byte(n / inv.unit(r))
	return b[:len(r.Buf)+1+n], nil
}

// writeFRU writes into the inventory. Data that would go beyond its end is C9h and changes nothing; with 80h, what is in
// front of the protected offset is written. [IPMI 2.0 §34.3]
func writeFRU(m *Machine, r *Request) ([]byte, error) {
	inv, ok := m.inventory(r.Data[0])
	if !ok {
		return nil, ipmb.NotPresent
	}
	offset, data := int(binary.LittleEndian.Uint16(r.Data[1:]))*inv.unit(r), r.Data[3:]
	switch {
	case len(data)%inv.unit(r) != 0:
		return nil, ipmb.LengthInvalid
	case offset+len(data) > inv.size():
		return nil, ipmb.ParameterOutOfRange
	}
	wanted := len(data)
	data, err := m.faultyWrite(fault.Facts{Part: fault.PartFRU, FRU: r.Data[0]}, data)
	if err != nil {
		return nil, err
	}
	n, err := m.writeInventory(inv, data[:min(wanted, len(data))], offset)
	if err != nil {
		return nil, fruCode(err)
	}
	return append(r.Buf, byte(n/inv.unit(r))), nil
}
