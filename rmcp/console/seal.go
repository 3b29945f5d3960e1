package console

import (
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

const (
	header15Size = 10 // without RMCP header and AuthCode
	header20Size = rmcp.HeaderSize + 12
	headerOEM    = 6
	trailerSize  = 2
	badBit       = 0x01
)

// Seal appends the datagram of a frame. It uses up a sequence number, unless the frame has its own.
func (s *Session) Seal(b []byte, f Frame) []byte {
	id, signed := s.id, s.signs() && !f.Unauthenticated
	if f.SessionID != nil {
		id = *f.SessionID
	}
	seq := s.sequence(f.Sequence, signed)
	start := len(b)
	if s.plus {
		p := rmcp.Packet20{
			Type: f.Type, Enterprise: f.Enterprise, OEMPayload: f.OEMPayload, SessionID: id, Sequence: seq,
			Authenticated: signed, Encrypted: !f.Unencrypted, Payload: f.Payload,
		}
		b = p.Seal(b, s.integrity, s.confidentiality)
		if f.BadAuthCode {
			b[len(b)-1] ^= badBit
		}
		return b
	}
	auth := s.none
	if signed {
		auth = s.auth
	}
	p := rmcp.Packet15{SessionID: id, Sequence: seq, Message: f.Payload}
	b = p.Seal(b, auth)
	if f.BadAuthCode {
		b[start+rmcp.HeaderSize+9] ^= badBit
	}
	return b
}

// sequence is a frame's session sequence number. Zero is left out when the counter comes round.
func (s *Session) sequence(own *uint32, signed bool) uint32 {
	if own != nil {
		return *own
	}
	counter := &s.next[s.counter(signed)]
	n := *counter
	*counter = n + 1
	if *counter == 0 {
		*counter = 1
	}
	return n
}

// counter is the index of the sequence numbers of authenticated or unauthenticated packets.
func (s *Session) counter(signed bool) int {
	if s.plus && !signed {
		return 1
	}
	return 0
}

// Open checks a datagram of the session and decrypts it in place. The packet is made of parts of it. An error is one of
// the package's breaches. A packet that is right is taken as received: the next one must have a higher sequence number.
func (s *Session) Open(d []byte) (Packet, error) {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil || d[1] != 0 || h != (rmcp.Header{Sequence: rmcp.NoACK, Class: rmcp.ClassIPMI}) {
		return Packet{}, fmt.Errorf("%w: %x", ErrHeader, d)
	}
	var p Packet
	if s.plus {
		p, err = s.open20(d, rest)
	} else {
		p, err = s.open15(d, rest)
	}
	if err != nil {
		return Packet{}, err
	}
	last := &s.last[s.counter(p.Authenticated)]
	if p.Sequence == 0 || int32(p.Sequence-*last) <= 0 {
		err := fmt.Errorf("%w: %08Xh after %08Xh", ErrSequence, p.Sequence, *last)
		if err = s.c.breach(err); err != nil {
			return Packet{}, err
		}
	}
	*last = p.Sequence
	if p.Type != rmcp.PayloadIPMI {
		return p, nil
	}
	if p.Message, err = ipmb.ParseMessage(p.Payload); err != nil {
		return Packet{}, fmt.Errorf("%w: %w: %x", ErrMessage, err, p.Payload)
	}
	return p, nil
}

func (s *Session) open15(d, rest []byte) (Packet, error) {
	p, err := rmcp.ParsePacket15(rest)
	switch {
	case err != nil:
		return Packet{}, fmt.Errorf("%w: %w: %x", ErrHeader, err, d)
	case p.SessionID != s.id:
		return Packet{}, fmt.Errorf("%w: %08Xh", ErrSessionID, p.SessionID)
	}
	if len(p.Message)+len(p.AuthCode)+header15Size != len(rest) {
		if err := s.c.breach(fmt.Errorf("%w: %x", ErrLength, d)); err != nil {
			return Packet{}, err
		}
	}
	signed := p.AuthType != rmcp.AuthTypeNone
	if signed && !p.Verify(s.auth) {
		return Packet{}, fmt.Errorf("%w: type %v", ErrAuthCode, p.AuthType)
	}
	return Packet{Authenticated: signed, Sequence: p.Sequence, Payload: p.Message}, nil
}

func (s *Session) open20(d, rest []byte) (Packet, error) {
	p, err := rmcp.ParsePacket20(rest)
	switch {
	case err != nil:
		return Packet{}, fmt.Errorf("%w: %w: %x", ErrHeader, err, d)
	case p.SessionID != s.consoleID:
		return Packet{}, fmt.Errorf("%w: %08Xh", ErrSessionID, p.SessionID)
	}
	if err := s.checkTrailer(&p, d); err != nil {
		return Packet{}, err
	}
	payload := p.Payload
	if p.Encrypted {
		if payload, err = s.decrypt(p.Payload); err != nil {
			return Packet{}, err
		}
	}
	return Packet{
		Type: p.Type, Enterprise: p.Enterprise, OEMPayload: p.OEMPayload,
		Authenticated: p.Authenticated, Encrypted: p.Encrypted, Sequence: p.Sequence, Payload: payload,
	}, nil
}

// checkTrailer checks that the session trailer is there when it must be, has the shortest pad, and that its AuthCode is
// right. [IPMI 2.0 §13.6]
func (s *Session) checkTrailer(p *rmcp.Packet20, d []byte) error {
	covered := header20Size + len(p.Payload)
	if p.Type == rmcp.PayloadOEMExplicit {
		covered += headerOEM
	}
	trailer := d[covered:]
	if !p.Authenticated {
		if len(trailer) != 0 {
			return s.c.breach(fmt.Errorf("%w: %x", ErrLength, trailer))
		}
		return nil
	}
	if !p.Verify(s.integrity) {
		return fmt.Errorf("%w: %v", ErrAuthCode, s.integrity.Alg())
	}
	pad := trailer[:len(trailer)-trailerSize-s.integrity.Size()]
	if len(pad) > 3 || (covered-rmcp.HeaderSize+len(pad)+trailerSize)%4 != 0 {
		return s.c.breach(fmt.Errorf("%w: %d integrity pad bytes behind %d", ErrPad, len(pad), covered-rmcp.HeaderSize))
	}
	for _, b := range pad {
		if b != 0xff {
			return s.c.breach(fmt.Errorf("%w: integrity pad %x", ErrPad, pad))
		}
	}
	return nil
}

// decrypt opens an encrypted payload and checks that an AES pad is the shortest. [IPMI 2.0 §13.29]
func (s *Session) decrypt(sealed []byte) ([]byte, error) {
	if !s.encrypts() {
		return nil, fmt.Errorf("%w: encrypted in %v", ErrProtection, s.suite)
	}
	plain, err := s.confidentiality.Open(sealed)
	switch {
	case errors.Is(err, rmcp.ErrPad):
		return nil, fmt.Errorf("%w: %w", ErrPad, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrLength, err)
	}
	if s.suite.Confidentiality == rmcp.ConfidentialityAESCBC && len(sealed)-rmcp.IVSize-len(plain) > 16 {
		return plain, s.c.breach(fmt.Errorf("%w: sixteen confidentiality pad bytes", ErrPad))
	}
	return plain, nil
}
