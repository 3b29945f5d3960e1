package bmc

import (
	"encoding/binary"
	"slices"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sel"
)

// deviceFault asks the rules about the use of a part of the machine. Nil: nothing goes wrong. The caller holds the lock.
func (m *Machine) deviceFault(f fault.Facts) *fault.Outcome {
	if !m.faults.set.Load().Has(fault.Device) {
		return nil
	}
	f.Power = m.powerFact()
	return m.faultAt(fault.Device, &f)
}

// watchBuses puts the rules between the controller and its I2C buses, or takes them away. The caller holds the lock.
func (m *Machine) watchBuses(on bool) {
	for _, b := range m.hardware.tree.Buses() {
		b.Intercept = nil
		if on {
			b.Intercept = m.faultyTransfer
		}
	}
}

// publicBus is the number that rules know the buses of channels by: none.
const publicBus = 0xff

// faultyTransfer is a transaction on a bus under faults.
func (m *Machine) faultyTransfer(t *i2c.Transaction) error {
	f := fault.Facts{Part: fault.PartI2C, Bus: t.Bus.ID.Number, Address: t.Addr, Operation: fault.Read}
	if t.Bus.ID.Public {
		f.Bus = publicBus
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

// faultyRead is what was read of a record or an inventory, under faults.
func (m *Machine) faultyRead(f fault.Facts, data []byte) ([]byte, error) {
	f.Operation = fault.Read
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

// recordRead is the record that was read: the one that the data begins with, since the first and the last one have
// request IDs of their own.
func recordRead(request []byte, data []byte) uint16 {
	if offset := request[4]; offset == 0 && len(data) >= 2 {
		return binary.LittleEndian.Uint16(data)
	}
	return binary.LittleEndian.Uint16(request[2:])
}

// addEntry adds an entry to the log, under faults. lost: nobody is told, but it is not there.
func (m *Machine) addEntry(e sel.Entry) (id sel.RecordID, lost bool, err error) {
	o := m.deviceFault(fault.Facts{Part: fault.PartSEL, Operation: fault.Add})
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
