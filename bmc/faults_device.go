package bmc

import (
	"encoding/binary"
	"slices"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
	"github.com/fakebmc/fakebmc/sel"
)

// deviceFault asks the rules about the use of a part of the machine. Nil: nothing goes wrong. The caller holds the lock.
func (m *Machine) deviceFault(f fault.Facts) *fault.Outcome {
	if !m.rules().Has(fault.Device) {
		return nil
	}
	f.Satellite, f.Power = m.satelliteName(), m.powerFact()
	return m.faultAt(fault.Device, &f)
}

// watchBuses puts the rules between controllers and their I2C buses, or takes them away: those of the machine, and those
// that satellites have others on. The caller holds the lock.
func (m *Machine) watchBuses(on bool) {
	for _, b := range m.bridges.tree.Buses() {
		b.Intercept = nil
		if on {
			b.Intercept = m.faultyTransfer
		}
	}
	for _, s := range m.bridges.satellites {
		s.watchBuses(on)
	}
}

// faultyTransfer is a transaction on a bus under faults.
func (m *Machine) faultyTransfer(t *i2c.Transaction) error {
	f := fault.Facts{Part: fault.PartI2C, Bus: t.Bus.ID.Number, Channel: fault.Private, Address: t.Addr, Operation: fault.Read}
	if t.Bus.ID.Public {
		f.Bus, f.Channel = fault.Private, t.Bus.ID.Number
	}
	if len(t.Write) > 0 && len(t.Read) == 0 {
		f.Operation = fault.Write
	}
	if s := t.Slot(); s != nil {
		f.Device = s.Name
	}
	o := m.deviceFault(f)
	if o == nil {
		return t.Run()
	}
	switch o.Fail {
	case fault.NAK:
		return i2c.ErrNAKAddress
	case fault.LostArbitration:
		return i2c.ErrArbitration
	case fault.BusError:
		return i2c.ErrBus
	case fault.TruncatedRead:
		if err := t.Run(); err != nil {
			return err
		}
		return t.Truncate(t.Got / 2)
	}
	if f.Operation == fault.Write && o.Edits() {
		t.Write = o.Edit(slices.Clone(t.Write))
		return t.Run()
	}
	err := t.Run()
	if o.Edits() {
		copy(t.Read[:t.Got], o.Edit(slices.Clone(t.Read[:t.Got])))
	}
	return err
}

// measure is what the sensor reads, under faults.
func (m *Machine) measure(s *sensor) (raw uint8, states uint16, ok bool) {
	raw, states, ok = m.look(s)
	o := m.deviceFault(fault.Facts{Part: fault.PartSensor, Sensor: s.name, Operation: fault.Read})
	switch {
	case o == nil:
		return raw, states, ok
	case o.Unavailable || !ok:
		return 0, 0, false
	case !s.analog:
		if o.Value != nil {
			states = uint16(*o.Value)
		}
		return raw, states, true
	}
	if o.Value != nil {
		raw = s.toRaw(*o.Value)
	}
	if o.Noise != 0 {
		raw = s.toRaw(s.toValue(raw) + o.Noise)
	}
	return raw, states, true
}

// faultyWrite is what is to be written into an inventory, under faults.
func (m *Machine) faultyWrite(f fault.Facts, data []byte) ([]byte, error) {
	f.Operation = fault.Write
	o := m.deviceFault(f)
	switch {
	case o == nil:
		return data, nil
	case o.Unavailable:
		return nil, ipmb.NotPresent
	case o.Edits():
		data = o.Edit(slices.Clone(data))
	}
	return data, nil
}

// faultyRecord is what was read of a record, under faults. They strike the record as a whole, so that it is damaged in the
// same places however a client takes it apart; its first two bytes are its ID. [IPMI 2.0 §31.5, §33.12, §35.3]
func (m *Machine) faultyRecord(r *Request, part fault.Part, data []byte, whole func() []byte) ([]byte, error) {
	if !m.rules().Has(fault.Device) {
		return data, nil
	}
	record := whole()
	o := m.deviceFault(fault.Facts{Part: part, Operation: fault.Read, Record: binary.LittleEndian.Uint16(record), Content: record})
	switch {
	case o == nil:
		return data, nil
	case o.Unavailable:
		return nil, ipmb.NotPresent
	case !o.Edits():
		return data, nil
	}
	record = o.Edit(slices.Clone(record))
	record = record[min(int(r.Data[4]), len(record)):]
	if count := r.Data[5]; count != sdr.ReadAll {
		record = record[:min(int(count), len(record))]
	}
	if 2+len(record) > m.carries(r) {
		return nil, ipmb.CannotReturnBytes
	}
	return record, nil
}

// faultyInventory reads from an inventory under faults, which strike it as a whole. Where it has become shorter, there is
// less to read.
func (m *Machine) faultyInventory(r *Request, inv *inventory, b []byte, offset int) (int, error) {
	o := m.deviceFault(fault.Facts{Part: fault.PartFRU, FRU: r.Data[0], Operation: fault.Read})
	switch {
	case o == nil, !o.Unavailable && !o.Edits():
		return m.readInventory(inv, b, offset)
	case o.Unavailable:
		return 0, ipmb.NotPresent
	}
	all := make([]byte, inv.size())
	n, err := m.readInventory(inv, all, 0)
	if err != nil {
		return 0, err
	}
	all = o.Edit(all[:n])
	n = copy(b, all[min(offset, len(all)):])
	return n - n%inv.unit(r), nil
}

// addEntry adds an entry to the log, under faults. lost: nobody is told, but it is not there.
func (m *Machine) addEntry(e sel.Entry) (id sel.RecordID, lost bool, err error) {
	o := m.deviceFault(fault.Facts{Part: fault.PartSEL, Operation: fault.Add, Content: e[:]})
	switch {
	case o == nil:
	case o.Full:
		return 0, false, ipmb.OutOfSpace
	case o.Lose:
		id = sel.RecordID(1)
		if last, ok := m.sel.Last(); ok {
			id = last.ID() + 1
		}
		return id, true, nil
	case o.Edits():
		copy(e[:], o.Edit(slices.Clone(e[:])))
	}
	id, err = m.sel.Add(e)
	return id, false, err
}
