package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sel"
)

// selCommands are the rows of [IPMI 2.0 §31].
var selCommands = []Command{
	{Op: ipmb.GetSELInfo, Name: "Get SEL Info", Section: "31.2", Priv: privUser, Len: none(), Do: getSELInfo},
	{Op: ipmb.GetSELAllocationInfo, Name: "Get SEL Allocation Info", Section: "31.3", Priv: privUser, Len: none(), Do: getSELAllocationInfo},
	{Op: ipmb.ReserveSEL, Name: "Reserve SEL", Section: "31.4", Priv: privUser, Len: none(), Do: reserveSEL},
	{Op: ipmb.GetSELEntry, Name: "Get SEL Entry", Section: "31.5", Priv: privUser, Len: exactly(6), Do: getSELEntry},
	{Op: ipmb.AddSELEntry, Name: "Add SEL Entry", Section: "31.6", Priv: privOperator, Len: exactly(sel.EntryLen), Do: addSELEntry},
	{Op: ipmb.PartialAddSELEntry, Name: "Partial Add SEL Entry", Section: "31.7", Priv: privOperator, Len: atLeast(6), Do: partialAddSELEntry},
	{Op: ipmb.DeleteSELEntry, Name: "Delete SEL Entry", Section: "31.8", Priv: privOperator, Len: exactly(4), Do: deleteSELEntry},
	{Op: ipmb.ClearSEL, Name: "Clear SEL", Section: "31.9", Priv: privOperator, Len: exactly(6), Do: clearSEL},
	{Op: ipmb.GetSELTime, Name: "Get SEL Time", Section: "31.10", Priv: privUser, Len: none(), Do: getSELTime},
	{Op: ipmb.SetSELTime, Name: "Set SEL Time", Section: "31.11", Priv: privOperator, Len: exactly(4), Keeps: keepsClock, Do: setSELTime},
	{Op: ipmb.GetAuxiliaryLogStatus, Name: "Get Auxiliary Log Status", Section: "31.12", Priv: privUser, Len: exactly(1), Do: getAuxiliaryLogStatus},
	{Op: ipmb.SetAuxiliaryLogStatus, Name: "Set Auxiliary Log Status", Section: "31.13", Priv: privAdmin, Len: between(1+mcaLogStatus, 1+oemLogStatus), Sub: auxiliaryLogSubs, Keeps: keepsAuxiliaryLogs, Do: setAuxiliaryLogStatus},
	{Op: ipmb.GetSELTimeUTCOffset, Name: "Get SEL Time UTC Offset", Section: "31.11a", Priv: privUser, Len: none(), Do: getSELTimeUTCOffset},
	{Op: ipmb.SetSELTimeUTCOffset, Name: "Set SEL Time UTC Offset", Section: "31.11b", Priv: privOperator, Len: exactly(2), Keeps: keepsClock, Do: setSELTimeUTCOffset},
}

// selVersion is 1.5, for this specification. [IPMI 2.0 §31.2]
const selVersion = 0x51

// GetSELInfoResp is the answer to Get SEL Info. [IPMI 2.0 §31.2, Table 31-2]
type GetSELInfoResp sel.Info

// AppendTo appends the 14 bytes.
func (i GetSELInfoResp) AppendTo(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(append(b, selVersion), uint16(i.Entries))
	b = binary.LittleEndian.AppendUint16(b, sel.Info(i).FreeField())
	b = binary.LittleEndian.AppendUint32(b, i.LastAdd)
	b = binary.LittleEndian.AppendUint32(b, i.LastErase)
	return append(b, byte(i.Operations))
}

func getSELInfo(m *Machine, r *Request) ([]byte, error) {
	info, err := m.sel.Info()
	if err != nil {
		return nil, err
	}
	return GetSELInfoResp(info).AppendTo(r.Buf), nil
}

// GetSELAllocationInfoResp is the answer to Get SEL Allocation Info. [IPMI 2.0 §31.3]
type GetSELAllocationInfoResp sel.Allocation

// AppendTo appends the nine bytes.
func (a GetSELAllocationInfoResp) AppendTo(b []byte) []byte {
	for _, n := range []uint16{a.Units, a.Unit, a.Free, a.Largest} {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	return append(b, a.MaxRecord)
}

// selHas refuses an optional command that the log does not have.
func (m *Machine) selHas(o sel.Operations) error {
	if !m.sel.Supports(o) {
		return ipmb.InvalidCommand
	}
	return nil
}

func getSELAllocationInfo(m *Machine, r *Request) ([]byte, error) {
	if err := m.selHas(sel.SupportsAllocation); err != nil {
		return nil, err
	}
	return GetSELAllocationInfoResp(m.sel.Allocation()).AppendTo(r.Buf), nil
}

func reserveSEL(m *Machine, r *Request) ([]byte, error) {
	if err := m.selHas(sel.SupportsReserve); err != nil {
		return nil, err
	}
	id, err := m.sel.Reserve()
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint16(r.Buf, id), nil
}

// selTarget is what begins the requests about one entry: a reservation and a record ID.
func selTarget(b []byte) (reservation uint16, id sel.RecordID) {
	return binary.LittleEndian.Uint16(b), sel.RecordID(binary.LittleEndian.Uint16(b[2:]))
}

func appendEntryID(b []byte, id sel.RecordID) []byte {
	return binary.LittleEndian.AppendUint16(b, uint16(id))
}

// getSELEntry reads an entry or a part of it. [IPMI 2.0 §31.5]
func getSELEntry(m *Machine, r *Request) ([]byte, error) {
	reservation, id := selTarget(r.Data)
	data, next, err := m.sel.Get(reservation, id, r.Data[4], r.Data[5])
	if err != nil {
		return nil, err
	}
	data, err = m.faultyRecord(r, fault.PartSEL, data, func() []byte {
		entry, _, _ := m.sel.Get(reservation, id, 0, sel.ReadAll)
		return entry
	})
	if err != nil {
		return nil, err
	}
	return append(appendEntryID(r.Buf, next), data...), nil
}

// addSELEntry adds an entry as system software wants it. It is logged and nothing else: the event message buffer and
// event filtering are for events. [IPMI 2.0 §31.6]
func addSELEntry(m *Machine, r *Request) ([]byte, error) {
	id, _, err := m.addEntry(sel.Entry(r.Data))
	if err != nil {
		return nil, err
	}
	m.logFilled()
	return appendEntryID(r.Buf, id), nil
}

// Progress of Partial Add SEL Entry. [IPMI 2.0 §31.7, byte 6]
const (
	partialAddGoesOn = 0
	partialAddLast   = 1
)

func partialAddSELEntry(m *Machine, r *Request) ([]byte, error) {
	if err := m.selHas(sel.SupportsPartialAdd); err != nil {
		return nil, err
	}
	reservation, id := selTarget(r.Data)
	progress := r.Data[5] & 0x0f
	if progress > partialAddLast {
		return nil, ipmb.InvalidField
	}
	id, entry, err := m.sel.Collect(reservation, id, r.Data[4], progress == partialAddLast, r.Data[6:])
	if err == nil && entry != nil {
		if id, _, err = m.addEntry(*entry); err == nil {
			m.logFilled()
		}
	}
	if err != nil {
		return nil, err
	}
	return appendEntryID(r.Buf, id), nil
}

func deleteSELEntry(m *Machine, r *Request) ([]byte, error) {
	if err := m.selHas(sel.SupportsDelete); err != nil {
		return nil, err
	}
	reservation, id := selTarget(r.Data)
	id, err := m.sel.Delete(reservation, id)
	if err != nil {
		return nil, err
	}
	m.showLog()
	return appendEntryID(r.Buf, id), nil
}

// Clear SEL. [IPMI 2.0 §31.9]
const (
	clearLetters   = "CLR"
	clearInitiate  = 0xaa
	clearStatus    = 0x00
	erasing        = 0
	erasureIsDone  = 1
	clearLettersAt = 2
	clearOperation = 5
)

// clearSEL begins to erase the log, or tells how far that is.
func clearSEL(m *Machine, r *Request) ([]byte, error) {
	reservation := binary.LittleEndian.Uint16(r.Data)
	operation := r.Data[clearOperation]
	if string(r.Data[clearLettersAt:clearOperation]) != clearLetters || operation != clearInitiate && operation != clearStatus {
		return nil, ipmb.InvalidField
	}
	if operation == clearInitiate {
		if err := m.clearLog(reservation); err != nil {
			return nil, err
		}
		if m.sel.Erasing() {
			return append(r.Buf, erasing), nil
		}
		return append(r.Buf, erasureIsDone), nil
	}
	done, err := m.sel.EraseDone(reservation)
	switch {
	case err != nil:
		return nil, err
	case done:
		return append(r.Buf, erasureIsDone), nil
	}
	return append(r.Buf, erasing), nil
}

func getSELTime(m *Machine, r *Request) ([]byte, error) {
	return binary.LittleEndian.AppendUint32(r.Buf, m.clock.Time()), nil
}

func setSELTime(m *Machine, r *Request) ([]byte, error) {
	return nil, m.setTime(binary.LittleEndian.Uint32(r.Data))
}

func getSELTimeUTCOffset(m *Machine, r *Request) ([]byte, error) {
	return binary.LittleEndian.AppendUint16(r.Buf, uint16(m.clock.UTCOffset())), nil
}

func setSELTimeUTCOffset(m *Machine, r *Request) ([]byte, error) {
	return nil, m.clock.SetUTCOffset(int16(binary.LittleEndian.Uint16(r.Data)))
}

const auxiliaryLogMask = 0x0f

// getAuxiliaryLogStatus reads what software or firmware said about a log beside the SEL, or what a vendor's log says of
// itself. [IPMI 2.0 §31.12]
func getAuxiliaryLogStatus(m *Machine, r *Request) ([]byte, error) {
	kind := r.Data[0] & auxiliaryLogMask
	status := m.auxiliaryLogs.status(kind)
	for _, p := range m.parts {
		if own := p.AuxiliaryLog(kind); own != nil {
			status = own
		}
	}
	if status == nil {
		return nil, ipmb.InvalidField
	}
	return append(r.Buf, status...), nil
}

// setAuxiliaryLogStatus writes it. [IPMI 2.0 §31.13]
func setAuxiliaryLogStatus(m *Machine, r *Request) ([]byte, error) {
	status := m.auxiliaryLogs.status(r.Data[0] & auxiliaryLogMask)
	switch {
	case status == nil:
		return nil, ipmb.InvalidField
	case len(r.Data)-1 != len(status):
		return nil, ipmb.LengthInvalid
	}
	copy(status, r.Data[1:])
	return nil, nil
}
