package console

import (
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Packet is one packet of a session that passed all checks.
type Packet struct {
	Type          rmcp.PayloadType // PayloadIPMI in a v1.5 session
	Enterprise    uint32           // rmcp.PayloadOEMExplicit only
	OEMPayload    uint16           // rmcp.PayloadOEMExplicit only
	Authenticated bool
	Encrypted     bool
	Sequence      uint32
	Payload       []byte       // decrypted
	Message       ipmb.Message // rmcp.PayloadIPMI only
}

// Frame is a packet to send in a session. The zero value of its fields is what a good client does.
type Frame struct {
	Type            rmcp.PayloadType
	Enterprise      uint32 // rmcp.PayloadOEMExplicit only
	OEMPayload      uint16 // rmcp.PayloadOEMExplicit only
	Payload         []byte
	Unauthenticated bool    // without AuthCode, though the session has an algorithm for it
	Unencrypted     bool    // without encryption, though the session has an algorithm for it
	BadAuthCode     bool    // with one bit of the AuthCode turned
	Sequence        *uint32 // instead of the next one, which is not used up
	SessionID       *uint32 // instead of the session's
}

// parsePong reads a datagram.
func parsePong(d []byte) (rmcp.Pong, error) {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil {
		return rmcp.Pong{}, err
	}
	if h.Class != rmcp.ClassASF || h.ACK {
		return rmcp.Pong{}, rmcp.ErrNotASF
	}
	return rmcp.ParsePong(rest)
}

// outsidePayload is the IPMI message of a datagram outside of sessions, in one format.
func outsidePayload(d []byte, plus bool) ([]byte, bool) {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil || h.Class != rmcp.ClassIPMI || h.ACK {
		return nil, false
	}
	if plus {
		p, err := rmcp.ParsePacket20(rest)
		return p.Payload, err == nil && p.SessionID == 0 && p.Type == rmcp.PayloadIPMI
	}
	p, err := rmcp.ParsePacket15(rest)
	return p.Message, err == nil && p.SessionID == 0
}

// setupPayload is the payload of a datagram outside of sessions with a set-up message of type t.
func setupPayload(d []byte, t rmcp.PayloadType) ([]byte, bool) {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil || h.Class != rmcp.ClassIPMI || h.ACK {
		return nil, false
	}
	p, err := rmcp.ParsePacket20(rest)
	return p.Payload, err == nil && p.SessionID == 0 && p.Type == t
}

// checkOutside checks a datagram outside of sessions to the last byte: RMCP sequence, session ID, session sequence,
// authentication type and length. What is right looks just as this package would write it.
func checkOutside(d []byte, plus bool) error {
	_, rest, err := rmcp.ParseHeader(d)
	if err != nil {
		return fmt.Errorf("%w: %x", ErrHeader, d)
	}
	var want []byte
	if plus {
		p, err := rmcp.ParsePacket20(rest)
		if err != nil {
			return fmt.Errorf("%w: %x", ErrHeader, d)
		}
		want = (&rmcp.Packet20{Type: p.Type, Payload: p.Payload}).AppendTo(nil)
	} else {
		p, err := rmcp.ParsePacket15(rest)
		if err != nil {
			return fmt.Errorf("%w: %x", ErrHeader, d)
		}
		want = (&rmcp.Packet15{Message: p.Message}).AppendTo(nil)
	}
	if len(d) != len(want) {
		return fmt.Errorf("%w: %x", ErrLength, d)
	}
	if string(d) != string(want) {
		return fmt.Errorf("%w: %x, want %x", ErrHeader, d, want)
	}
	return nil
}

// answerTo parses payload and reports whether it is the response to m, by network function, command and sequence.
func answerTo(m *ipmb.Message, payload []byte) (ipmb.Message, bool) {
	a, err := ipmb.ParseMessage(payload)
	return a, err == nil && isAnswer(m, &a)
}

func isAnswer(m, a *ipmb.Message) bool {
	return a.NetFn == m.NetFn.Response() && a.Cmd == m.Cmd && a.Seq == m.Seq
}

// completion splits a response into completion code and data.
func completion(a *ipmb.Message) ([]byte, error) {
	if len(a.Data) == 0 {
		return nil, fmt.Errorf("%w: no completion code", ErrMessage)
	}
	if cc := ipmb.CompletionCode(a.Data[0]); cc != ipmb.OK {
		return a.Data[1:], cc
	}
	return a.Data[1:], nil
}
