package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// sdrCommands are the rows of [IPMI 2.0 §33].
var sdrCommands = []Command{
	{Op: ipmb.GetSDRRepositoryInfo, Name: "Get SDR Repository Info", Section: "33.9", Priv: privUser, Len: none(), Do: getSDRInfo},
	{Op: ipmb.GetSDRRepositoryAllocationInfo, Name: "Get SDR Repository Allocation Info", Section: "33.10", Priv: privUser, Len: none(), Do: getSDRAllocation},
	{Op: ipmb.ReserveSDRRepository, Name: "Reserve SDR Repository", Section: "33.11", Priv: privUser, Len: none(), Do: reserveSDRs},
	{Op: ipmb.GetSDR, Name: "Get SDR", Section: "33.12", Priv: privUser, Len: exactly(6), Do: getSDR},
	{Op: ipmb.AddSDR, Name: "Add SDR", Section: "33.13", Priv: privOperator, Len: atLeast(sdr.HeaderLen), Do: addSDR},
	{Op: ipmb.PartialAddSDR, Name: "Partial Add SDR", Section: "33.14", Priv: privOperator, Len: atLeast(6), Do: partialAddSDR},
	{Op: ipmb.DeleteSDR, Name: "Delete SDR", Section: "33.15", Priv: privOperator, Len: exactly(4), Do: deleteSDR},
	{Op: ipmb.ClearSDRRepository, Name: "Clear SDR Repository", Section: "33.16", Priv: privOperator, Len: exactly(6), Do: clearSDRs},
	{Op: ipmb.GetSDRRepositoryTime, Name: "Get SDR Repository Time", Section: "33.17", Priv: privUser, Len: none(), Do: getSDRTime},
	{Op: ipmb.SetSDRRepositoryTime, Name: "Set SDR Repository Time", Section: "33.18", Priv: privOperator, Len: exactly(4), Keeps: keepsClock, Do: setSDRTime},
	{Op: ipmb.EnterSDRRepositoryUpdateMode, Name: "Enter SDR Repository Update Mode", Section: "33.19", Priv: privOperator, Len: none(), Do: enterSDRUpdate},
	{Op: ipmb.ExitSDRRepositoryUpdateMode, Name: "Exit SDR Repository Update Mode", Section: "33.20", Priv: privOperator, Len: none(), Do: exitSDRUpdate},
	{Op: ipmb.RunInitializationAgent, Name: "Run Initialization Agent", Section: "33.21", Priv: privOperator, Len: exactly(1), Do: runInitAgent},
}

// requester tells the repository who asks: update mode belongs to one party. [IPMI 2.0 §33.2.1]
func (r *Request) requester() sdr.Requester {
	by := sdr.Requester{Channel: r.Channel, Address: r.Message.From}
	if r.Session != nil {
		by.Session = r.Session.ID()
	}
	return by
}

// sdrAccess is who asks with the reservation at the start of the data.
func (r *Request) sdrAccess() sdr.Access {
	return sdr.Access{Requester: r.requester(), Reservation: binary.LittleEndian.Uint16(r.Data)}
}

// closedInUpdate turns away what is not among the commands of update mode. [IPMI 2.0 §33.2.1]
func (m *Machine) closedInUpdate() error {
	if m.sdrs.repository.UpdateMode() {
		return ipmb.SDRUpdateMode
	}
	return nil
}

// supports answers C1h for operations that the repository lacks.
func (m *Machine) sdrSupports(op sdr.Operations) error {
	if m.sdrs.repository.Info().Operations&op == 0 {
		return ipmb.InvalidCommand
	}
	return nil
}

// getSDRInfo describes the repository. [IPMI 2.0 §33.9]
func getSDRInfo(m *Machine, r *Request) ([]byte, error) {
	if err := m.closedInUpdate(); err != nil {
		return nil, err
	}
	i := m.sdrs.repository.Info()
	le := binary.LittleEndian
	b := le.AppendUint16(append(r.Buf, sdr.Version), uint16(i.Records))
	b = le.AppendUint16(b, i.FreeField())
	b = le.AppendUint32(le.AppendUint32(b, i.LastAdd), i.LastErase)
	return append(b, byte(i.Operations)), nil
}

// getSDRAllocation describes the storage. [IPMI 2.0 §33.10]
func getSDRAllocation(m *Machine, r *Request) ([]byte, error) {
	if err := m.sdrSupports(sdr.SupportsAllocation); err != nil {
		return nil, err
	}
	if err := m.closedInUpdate(); err != nil {
		return nil, err
	}
	a := m.sdrs.repository.Allocation()
	b := r.Buf
	for _, v := range []uint16{a.Units, a.Unit, a.Free, a.Largest} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return append(b, a.MaxRecord), nil
}

// reserveSDRs gives out a reservation. [IPMI 2.0 §33.11]
func reserveSDRs(m *Machine, r *Request) ([]byte, error) {
	if err := m.sdrSupports(sdr.SupportsReserve); err != nil {
		return nil, err
	}
	id, err := m.sdrs.repository.Reserve(r.requester())
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint16(r.Buf, id), nil
}

// getSDR reads a record or a part of one. [IPMI 2.0 §33.12]
func getSDR(m *Machine, r *Request) ([]byte, error) {
	a, id := r.sdrAccess(), recordID(r.Data[2:])
	data, next, err := m.sdrs.repository.Get(a, id, r.Data[4], r.Data[5])
	switch {
	case err != nil:
		return nil, err
	case 2+len(data) > m.carries(r):
		return nil, ipmb.CannotReturnBytes
	}
	data, err = m.faultyRecord(r, fault.PartSDR, data, func() []byte {
		record, _, _ := m.sdrs.repository.Get(a, id, 0, sdr.ReadAll)
		return record
	})
	if err != nil {
		return nil, err
	}
	return append(appendRecordID(r.Buf, next), data...), nil
}

// carries is how many bytes of data an answer to the request can have: the message's length is one byte over LAN, the
// system interface has the length that the profile says, and an IPMB message has 32 bytes. [IPMI 2.0 §7, §13.6]
func (m *Machine) carries(r *Request) int {
	const (
		lan     = 255 - 8 // addresses, checksums, sequence number, command and completion code
		ipmbMax = 32 - 8
		framing = 3 // NetFn, command, completion code
	)
	switch {
	case !r.Local():
		return lan
	case r.SystemInterface():
		if n := int(m.profile.SystemInterface.MaxOut); n > framing {
			return n - framing
		}
		return lan
	}
	return ipmbMax
}

func recordID(b []byte) sdr.RecordID { return sdr.RecordID(binary.LittleEndian.Uint16(b)) }

func appendRecordID(b []byte, id sdr.RecordID) []byte {
	return binary.LittleEndian.AppendUint16(b, uint16(id))
}

// addSDR stores a whole record. [IPMI 2.0 §33.13]
func addSDR(m *Machine, r *Request) ([]byte, error) {
	id, err := m.sdrs.repository.Add(sdr.Access{Requester: r.requester()}, r.Data)
	if err != nil {
		return nil, err
	}
	return appendRecordID(r.Buf, id), nil
}

// partialAddSDR stores a part of a record. [IPMI 2.0 §33.14]
func partialAddSDR(m *Machine, r *Request) ([]byte, error) {
	if err := m.sdrSupports(sdr.SupportsPartialAdd); err != nil {
		return nil, err
	}
	progress := r.Data[5] & 0x0f
	if progress > 1 {
		return nil, ipmb.InvalidField
	}
	id, err := m.sdrs.repository.PartialAdd(r.sdrAccess(), recordID(r.Data[2:]), r.Data[4], progress == 1, r.Data[6:])
	if err != nil {
		return nil, err
	}
	return appendRecordID(r.Buf, id), nil
}

// deleteSDR removes a record. [IPMI 2.0 §33.15]
func deleteSDR(m *Machine, r *Request) ([]byte, error) {
	if err := m.sdrSupports(sdr.SupportsDelete); err != nil {
		return nil, err
	}
	id, err := m.sdrs.repository.Delete(r.sdrAccess(), recordID(r.Data[2:]))
	if err != nil {
		return nil, err
	}
	return appendRecordID(r.Buf, id), nil
}

// What Clear SDR Repository is asked. [IPMI 2.0 §33.16]
const (
	eraseInitiate = 0xaa
	eraseStatus   = 0x00
	eraseDone     = 0x01
)

// clearSDRs erases the repository, or tells how far that is. [IPMI 2.0 §33.16]
func clearSDRs(m *Machine, r *Request) ([]byte, error) {
	if string(r.Data[2:5]) != "CLR" {
		return nil, ipmb.InvalidField
	}
	repo, a := m.sdrs.repository, r.sdrAccess()
	switch r.Data[5] {
	case eraseInitiate:
		if err := repo.Clear(a); err != nil {
			return nil, err
		}
		if repo.Erasing() {
			return append(r.Buf, 0), nil
		}
		return append(r.Buf, eraseDone), nil
	case eraseStatus:
		done, err := repo.EraseDone(a)
		if err != nil {
			return nil, err
		}
		if !done {
			return append(r.Buf, 0), nil
		}
		return append(r.Buf, eraseDone), nil
	}
	return nil, ipmb.InvalidField
}

// getSDRTime reads the clock that the SEL has, too. [IPMI 2.0 §33.17]
func getSDRTime(m *Machine, r *Request) ([]byte, error) {
	if err := m.closedInUpdate(); err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint32(r.Buf, m.clock.Time()), nil
}

// setSDRTime sets the same clock. [IPMI 2.0 §33.18]
func setSDRTime(m *Machine, r *Request) ([]byte, error) {
	if err := m.closedInUpdate(); err != nil {
		return nil, err
	}
	return nil, m.setTime(binary.LittleEndian.Uint32(r.Data))
}

// enterSDRUpdate begins an update by one party. [IPMI 2.0 §33.19]
func enterSDRUpdate(m *Machine, r *Request) ([]byte, error) {
	return nil, m.sdrs.repository.EnterUpdateMode(r.requester())
}

// exitSDRUpdate ends it. [IPMI 2.0 §33.20]
func exitSDRUpdate(m *Machine, r *Request) ([]byte, error) {
	err := m.sdrs.repository.ExitUpdateMode(r.requester())
	if err == nil {
		m.pefAvailable()
	}
	return nil, err
}

// initAgentRun asks the initialization agent to run; without it only its state is asked. [IPMI 2.0 §33.21]
const initAgentRun = 1 << 0

// runInitAgent sets the sensors as their records say, or tells whether that is done. [IPMI 2.0 §33.21]
func runInitAgent(m *Machine, r *Request) ([]byte, error) {
	if err := m.closedInUpdate(); err != nil {
		return nil, err
	}
	if r.Data[0]&initAgentRun != 0 {
		m.runInitAgent()
	}
	if !m.initAgentDone() {
		return append(r.Buf, 0), nil
	}
	return append(r.Buf, 1), nil
}
