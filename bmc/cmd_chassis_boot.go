package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
)

// bootLength is the data of each boot option parameter: how many bytes a write has. [IPMI 2.0 §28.13, Table 28-14]
var bootLength = [bootParameters]Length{
	bootSetInProgress: exactly(1),
	bootPartition:     exactly(1),
	bootScan:          exactly(1),
	bootClearing:      exactly(1),
	bootAcknowledge:   exactly(2),
	bootFlags:         exactly(5),
	bootInitiator:     exactly(9),
	bootMailbox:       between(2, 1+mailboxBlock),
}

const (
	bootLocked       = 1 << 7 // parameter valid byte: marked invalid or locked
	bootSelectorMask = 0x7f
	bootVersion      = 1 // parameter version
)

// setSystemBootOptions writes a boot option parameter, or only its valid bit. [IPMI 2.0 §28.12]
func setSystemBootOptions(m *Machine, r *Request) ([]byte, error) {
	selector, data := r.Data[0]&bootSelectorMask, r.Data[1:]
	if selector >= bootParameters {
		return nil, ccBootParameter
	}
	if len(data) > 0 {
		if !bootLength[selector].Takes(len(data)) {
			return nil, ipmb.LengthInvalid
		}
		if err := m.writeBootOption(selector, data, r); err != nil {
			return nil, err
		}
	}
	m.boot.locked &^= 1 << selector
	if r.Data[0]&bootLocked != 0 {
		m.boot.locked |= 1 << selector
	}
	return nil, nil
}

// writeBootOption takes a parameter's data, which have the parameter's length.
func (m *Machine) writeBootOption(selector uint8, data []byte, r *Request) error {
	b := &m.boot
	switch selector {
	case bootSetInProgress:
		return b.setInProgress(data[0] & 0x03)
	case bootPartition:
		b.partition = data[0]
	case bootScan:
		b.stored.Scan = data[0] & 0x03
	case bootClearing:
		b.clearing = data[0] & 0x1f
	case bootAcknowledge:
		mask := data[0]
		b.ack = b.ack&^mask | data[1]&mask
	case bootFlags:
		f := BootFlags(data)
		if f.Valid() && f.Persistent() && r.Privilege() < ipmb.PrivilegeAdministrator {
			return ipmb.InsufficientPrivilege
		}
		m.setBootFlags(f)
	case bootInitiator:
		b.initiator = [9]byte(data)
		b.initiator[0] &= channelNumberMask
	case bootMailbox:
		return b.writeMailbox(int(data[0]), data[1:])
	}
	return nil
}

// setInProgress changes the set in progress state. There is no roll back, so that there is nothing to commit: writes
// take effect when they are made. [IPMI 2.0 §28.13, parameter 0]
func (b *boot) setInProgress(state uint8) error {
	const complete, inProgress = 0, 1
	switch {
	case state == complete:
		b.inProgress = false
	case state == inProgress && b.inProgress:
		return ccBootInProgress
	case state == inProgress:
		b.inProgress = true
	default:
		return ipmb.InvalidField
	}
	return nil
}

// writeMailbox overwrites the beginning of a block. [IPMI 2.0 §28.13, parameter 7]
func (b *boot) writeMailbox(block int, data []byte) error {
	if block >= b.blocks {
		return ipmb.ParameterOutOfRange
	}
	if b.mailbox == nil {
		b.mailbox = make([]byte, b.blocks*mailboxBlock)
	}
	copy(b.mailbox[block*mailboxBlock:], data)
	return nil
}

// getSystemBootOptions reads a boot option parameter. [IPMI 2.0 §28.13]
func getSystemBootOptions(m *Machine, r *Request) ([]byte, error) {
	b := &m.boot
	selector, set := r.Data[0]&bootSelectorMask, int(r.Data[1])
	if selector >= bootParameters {
		return nil, ccBootParameter
	}
	valid := selector
	if b.locked&(1<<selector) != 0 {
		valid |= bootLocked
	}
	out := append(r.Buf, bootVersion, valid)
	switch selector {
	case bootSetInProgress:
		var state byte
		bit(&state, 0, b.inProgress)
		out = append(out, state)
	case bootPartition:
		out = append(out, b.partition)
	case bootScan:
		out = append(out, b.stored.Scan)
	case bootClearing:
		out = append(out, b.clearing)
	case bootAcknowledge:
		out = append(out, 0, b.ack) // the write mask is write-only
	case bootFlags:
		out = append(out, b.flags[:]...)
	case bootInitiator:
		out = append(out, b.initiator[:]...)
	case bootMailbox:
		if set >= b.blocks {
			return nil, ipmb.ParameterOutOfRange
		}
		block := [mailboxBlock]byte{}
		if b.mailbox != nil {
			copy(block[:], b.mailbox[set*mailboxBlock:])
		}
		out = append(append(out, byte(set)), block[:]...)
	}
	return out, nil
}
