// Package ipmb holds the IPMI message (network function, command, completion code, addresses, LUNs, checksums), which
// is the same on the IPMB and inside LAN, serial and bridged packets, and the queues it waits in.
//
// It knows bytes and values only: no sockets, no goroutines, no logs. [IPMI 2.0 §5, §7, §13.8]
package ipmb

import (
	"errors"
	"fmt"
)

// Addr is an IPMB slave address (bit 0 clear, the 8-bit form: 20h is the BMC) or a software ID (bit 0 set).
// [IPMI 2.0 §5.5, Table 5-4]
type Addr uint8

// Well-known addresses. [IPMI 2.0 §5.5]
const (
	AddrBMC           Addr = 0x20
	AddrSMS           Addr = 0x41 // system management software, first of 41h-5Fh
	AddrRemoteConsole Addr = 0x81 // remote console software, first of 81h-8Dh
)

// IsSoftware reports whether a is a software ID, not a slave address.
func (a Addr) IsSoftware() bool { return a&1 == 1 }

// LUN is a logical unit number, two bits. [IPMI 2.0 §7.2]
type LUN uint8

// LUNs of the BMC. [IPMI 2.0 §7.2, Table 7-1]
const (
	LUNBMC  LUN = 0 // the controller's commands
	LUNOEM1 LUN = 1
	LUNSMS  LUN = 2 // the receive message queue of system software
	LUNOEM2 LUN = 3
)

// ErrLength says that bytes are fewer, or more, than their layout needs. It is also the completion code C7h.
var ErrLength error = LengthInvalid

// Errors of ParseMessage.
var (
	ErrShort    = errors.New("ipmi message shorter than seven bytes")
	ErrChecksum = errors.New("ipmi message checksum mismatch")
)

// MinMessage is the length of a request without data: two addresses, NetFn/LUN, sequence/LUN, command, two checksums.
const MinMessage = 7

// Message is one IPMI request or response, as it stands in LAN payloads and on the IPMB. [IPMI 2.0 §13.8, Figure 13-4]
//
// To, ToLUN is the responder of a request and the requester of a response; From, FromLUN the other side. The bytes are
// in the same places for both: to, NetFn<<2|ToLUN, checksum, from, Seq<<2|FromLUN, command, data, checksum. A
// response's Data begins with its completion code.
type Message struct {
	To      Addr
	NetFn   NetFn
	ToLUN   LUN
	From    Addr
	Seq     uint8 // six bits
	FromLUN LUN
	Cmd     uint8
	Data    []byte // not a copy when it comes from ParseMessage
}

// ParseMessage reads a message that starts at its first address and ends at its second checksum, and checks both
// checksums. Data is a part of b. The errors are ErrShort and ErrChecksum.
func ParseMessage(b []byte) (Message, error) {
	if len(b) < MinMessage {
		return Message{}, ErrShort
	}
	if b[0]+b[1]+b[2] != 0 {
		return Message{}, fmt.Errorf("header: %w", ErrChecksum)
	}
	if sum(b[3:]) != 0 {
		return Message{}, fmt.Errorf("body: %w", ErrChecksum)
	}
	last := len(b) - 1
	return Message{
		To:      Addr(b[0]),
		NetFn:   NetFn(b[1] >> 2),
		ToLUN:   LUN(b[1] & 3),
		From:    Addr(b[3]),
		Seq:     b[4] >> 2,
		FromLUN: LUN(b[4] & 3),
		Cmd:     b[5],
		Data:    b[6:last:last],
	}, nil
}

// AppendTo appends the message with both checksums.
func (m *Message) AppendTo(b []byte) []byte {
	start := len(b)
	b = append(b, byte(m.To), byte(m.NetFn)<<2|byte(m.ToLUN&3))
	b = append(b, Checksum(b[start:]), byte(m.From), m.Seq<<2|byte(m.FromLUN&3), m.Cmd)
	b = append(b, m.Data...)
	return append(b, Checksum(b[start+3:]))
}

// Response is the message that answers m, without data: addresses and LUNs change places, sequence and command stay.
// [IPMI 2.0 §13.8]
func (m *Message) Response() Message {
	return Message{
		To: m.From, NetFn: m.NetFn.Response(), ToLUN: m.FromLUN,
		From: m.To, Seq: m.Seq, FromLUN: m.ToLUN, Cmd: m.Cmd,
	}
}

// Checksum is the two's complement of the sum of b, so that b and its checksum add up to zero. [IPMB 1.0 §2.3]
func Checksum(b []byte) byte { return -sum(b) }

func sum(b []byte) (s byte) {
	for _, c := range b {
		s += c
	}
	return s
}
