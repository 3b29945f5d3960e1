package rmcp

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Kinds of algorithm payloads inside Open Session messages. [IPMI 2.0 §13.17, Table 13-9]
const (
	algPayloadAuth            = 0
	algPayloadIntegrity       = 1
	algPayloadConfidentiality = 2

	algPayloadSize = 8
	privilegeMask  = 0x0f

	openSessionRequestSize  = 8 + 3*algPayloadSize
	openSessionResponseSize = 12 + 3*algPayloadSize
	setupErrorSize          = 8 // tag, status, reserved, session ID
)

// Proposal is what a console proposes for one of a session's algorithms. [IPMI 2.0 §13.17, Table 13-9]
type Proposal[A ~uint8] struct {
	Alg A    // meaningless when Any
	Any bool // the BMC chooses
}

// Propose is the proposal of one algorithm.
func Propose[A ~uint8](alg A) Proposal[A] { return Proposal[A]{Alg: alg} }

// Allows reports whether alg satisfies the proposal.
func (p Proposal[A]) Allows(alg A) bool { return p.Any || p.Alg == alg }

// OpenSessionRequest asks for an RMCP+ session. [IPMI 2.0 §13.17, Table 13-9]
//
// Clients: ipmitool, FreeIPMI, pyghmi and go-ipmi send privilege 0; ipmitool always sends tag 0 and console ID A0A2A3A4h;
// OpenIPMI lets the BMC choose all three algorithms.
type OpenSessionRequest struct {
	Tag             uint8
	Privilege       ipmb.Privilege // requested maximum; PrivilegeUnspecified: the highest for the algorithms
	ConsoleID       uint32
	Auth            Proposal[AuthAlg]
	Integrity       Proposal[IntegrityAlg]
	Confidentiality Proposal[ConfidentialityAlg]
}

// ParseOpenSessionRequest reads the payload. An error is ipmb.ErrLength when there is nothing to answer to, or the Status
// to answer with; then Tag and ConsoleID are valid. Bytes behind the three algorithm payloads are ignored: one proposal
// of each kind is all that the table defines. Whether Privilege is a level is not checked.
func ParseOpenSessionRequest(b []byte) (OpenSessionRequest, error) {
	if len(b) < setupErrorSize {
		return OpenSessionRequest{}, ipmb.ErrLength
	}
	r := OpenSessionRequest{
		Tag:       b[0],
		Privilege: ipmb.Privilege(b[1] & privilegeMask),
		ConsoleID: binary.LittleEndian.Uint32(b[4:]),
	}
	if len(b) < openSessionRequestSize {
		return r, StatusIllegalParameter
	}
	for i, absent := range [...]Status{StatusNoMatchingAuth, StatusNoMatchingIntegrity, StatusIllegalParameter} {
		switch p := b[setupErrorSize+i*algPayloadSize:]; {
		case p[0] > algPayloadConfidentiality:
			return r, StatusInvalidPayloadType
		case int(p[0]) != i:
			return r, absent
		case p[3] != 0 && p[3] != algPayloadSize:
			return r, StatusIllegalParameter
		}
	}
	auth, any, _ := parseAlgPayload(b[8:], algPayloadAuth)
	r.Auth = Proposal[AuthAlg]{AuthAlg(auth), any}
	integrity, any, _ := parseAlgPayload(b[16:], algPayloadIntegrity)
	r.Integrity = Proposal[IntegrityAlg]{IntegrityAlg(integrity), any}
	confidentiality, any, _ := parseAlgPayload(b[24:], algPayloadConfidentiality)
	r.Confidentiality = Proposal[ConfidentialityAlg]{ConfidentialityAlg(confidentiality), any}
	return r, nil
}

// AppendTo appends the payload.
func (r *OpenSessionRequest) AppendTo(b []byte) []byte {
	b = append(b, r.Tag, byte(r.Privilege)&privilegeMask, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, r.ConsoleID)
	b = appendAlgPayload(b, algPayloadAuth, uint8(r.Auth.Alg), r.Auth.Any)
	b = appendAlgPayload(b, algPayloadIntegrity, uint8(r.Integrity.Alg), r.Integrity.Any)
	return appendAlgPayload(b, algPayloadConfidentiality, uint8(r.Confidentiality.Alg), r.Confidentiality.Any)
}

// OpenSessionResponse answers an OpenSessionRequest. [IPMI 2.0 §13.18, Table 13-10]
//
// Clients: FreeIPMI refuses Privilege 0 in a success.
type OpenSessionResponse struct {
	Tag             uint8 // the request's
	Status          Status
	Privilege       ipmb.Privilege // highest that the algorithms allow
	ConsoleID       uint32         // the request's
	ManagedID       uint32         // the BMC's, never 0; not sent with an error, like what follows
	Auth            AuthAlg
	Integrity       IntegrityAlg
	Confidentiality ConfidentialityAlg
}

// ParseOpenSessionResponse reads the payload. A Status other than StatusOK is not an error here. The errors are
// ipmb.ErrLength and, for algorithm payloads of the wrong kind or length, StatusIllegalParameter.
func ParseOpenSessionResponse(b []byte) (OpenSessionResponse, error) {
	if len(b) < setupErrorSize {
		return OpenSessionResponse{}, ipmb.ErrLength
	}
	r := OpenSessionResponse{
		Tag:       b[0],
		Status:    Status(b[1]),
		Privilege: ipmb.Privilege(b[2] & privilegeMask),
		ConsoleID: binary.LittleEndian.Uint32(b[4:]),
	}
	if r.Status != StatusOK {
		return r, nil
	}
	if len(b) != openSessionResponseSize {
		return r, ipmb.ErrLength
	}
	r.ManagedID = binary.LittleEndian.Uint32(b[8:])
	auth, any0, ok0 := parseAlgPayload(b[12:], algPayloadAuth)
	integrity, any1, ok1 := parseAlgPayload(b[20:], algPayloadIntegrity)
	confidentiality, any2, ok2 := parseAlgPayload(b[28:], algPayloadConfidentiality)
	if !ok0 || !ok1 || !ok2 || any0 || any1 || any2 {
		return r, StatusIllegalParameter
	}
	r.Auth, r.Integrity, r.Confidentiality =
		AuthAlg(auth), IntegrityAlg(integrity), ConfidentialityAlg(confidentiality)
	return r, nil
}

// AppendTo appends the payload: eight bytes when Status is an error.
func (r *OpenSessionResponse) AppendTo(b []byte) []byte {
	if r.Status != StatusOK {
		return appendSetup(b, r.Tag, r.Status, r.ConsoleID)
	}
	b = append(b, r.Tag, byte(r.Status), byte(r.Privilege)&privilegeMask, 0)
	b = binary.LittleEndian.AppendUint32(b, r.ConsoleID)
	b = binary.LittleEndian.AppendUint32(b, r.ManagedID)
	b = appendAlgPayload(b, algPayloadAuth, uint8(r.Auth), false)
	b = appendAlgPayload(b, algPayloadIntegrity, uint8(r.Integrity), false)
	return appendAlgPayload(b, algPayloadConfidentiality, uint8(r.Confidentiality), false)
}

// parseAlgPayload reads one algorithm payload of at least eight bytes: kind, reserved (2), length, algorithm, reserved
// (3). Length 8 counts all of it, length 0 is the wildcard. ok is false for another kind or length.
func parseAlgPayload(b []byte, kind uint8) (alg uint8, any, ok bool) {
	if b[0] != kind {
		return 0, false, false
	}
	switch b[3] {
	case 0:
		return 0, true, true
	case algPayloadSize:
		return b[4] & algMask, false, true
	}
	return 0, false, false
}

func appendAlgPayload(b []byte, kind, alg uint8, any bool) []byte {
	if any {
		return append(b, kind, 0, 0, 0, 0, 0, 0, 0)
	}
	return append(b, kind, 0, 0, algPayloadSize, alg&algMask, 0, 0, 0)
}

// appendSetup appends what set-up messages with a status begin with, and what an error is all of: tag, status, reserved,
// the receiver's session ID.
func appendSetup(b []byte, tag uint8, status Status, sessionID uint32) []byte {
	b = append(b, tag, byte(status), 0, 0)
	return binary.LittleEndian.AppendUint32(b, sessionID)
}
