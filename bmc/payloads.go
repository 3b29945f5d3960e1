package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// payloads are the RMCP+ payload instances that run on sessions. Standard payload 0, IPMI messages, needs no
// activation and is never here. [IPMI 2.0 §24]
type payloads struct {
	sol [maxPayloadInstances]payloadInstance // instance 1 is sol[0]
}

const maxPayloadInstances = 15 // [IPMI 2.0 §24.4] four bits

// payloadInstance is one activation; session nil: not active.
type payloadInstance struct {
	session       *rmcp.Session
	encrypted     bool // data from the BMC; Suspend/Resume Payload Encryption changes it
	authenticated bool
}

// Limits of what one SOL packet carries each way, header included. [IPMI 2.0 §24.1, bytes 6:9]
const (
	solInboundMax  = 255
	solOutboundMax = 255
)

// solPolicy is what the SOL configuration of a channel demands. [IPMI 2.0 §26.2, parameters 1 and 2]
type solPolicy = profiles.SOL

// activateSOL gives an instance to a session. The errors are the completion codes of Activate Payload.
// [IPMI 2.0 §24.1]
func (p *payloads) activateSOL(s *rmcp.Session, policy solPolicy, instance int, encrypt, authenticate bool) error {
	switch {
	case !policy.Enabled:
		return ccPayloadDisabled
	case encrypt && !authenticate:
		return ipmb.InvalidField // encryption needs authentication
	case encrypt && !s.Encrypts():
		return ccNoEncryption
	case policy.ForceEncryption && !encrypt:
		return ccEncryptionRequired
	case policy.ForceAuthentication && !authenticate:
		return ipmb.InvalidField
	case s.Privilege() < policy.Privilege:
		return ipmb.InsufficientPrivilege
	}
	in := &p.sol[instance-1]
	if in.session != nil && in.session != s {
		if policy.Instances > 1 && p.activeSOL() >= int(policy.Instances) {
			return ccActivationLimit
		}
		return ccPayloadElsewhere
	}
	*in = payloadInstance{session: s, encrypted: encrypt, authenticated: authenticate && s.Authenticates()}
	return nil
}

// activeSOL counts the instances that run.
func (p *payloads) activeSOL() (n int) {
	for i := range p.sol {
		if p.sol[i].session != nil {
			n++
		}
	}
	return n
}

// sessionEnded deactivates all payloads of a session. [IPMI 2.0 §24.2]
func (p *payloads) sessionEnded(s *rmcp.Session) {
	for i := range p.sol {
		if p.sol[i].session == s {
			p.sol[i] = payloadInstance{}
		}
	}
}
