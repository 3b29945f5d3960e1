package bmc

import (
	"iter"

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
	channel       *channel // over which it was activated: its configuration is in force
	encrypted     bool     // Suspend/Resume Payload Encryption changes it
	authenticated bool
	testMode      bool // the console sets DCD and DSR, and is told of RTS and DTR
	alerts        solAlerts
	solStream
}

// Limits of what one SOL packet carries each way, header included. [IPMI 2.0 §24.1, bytes 6:9]
const (
	solInboundMax  = 255
	solOutboundMax = 255
)

// solPolicy is what the SOL configuration of a channel demands. [IPMI 2.0 §26.2]
type solPolicy = profiles.SOL

func (in *payloadInstance) policy() *solPolicy { return &in.channel.sol }

// clear makes an instance inactive.
func (in *payloadInstance) clear() {
	in.solStream.clear()
	in.session, in.channel, in.encrypted, in.authenticated, in.testMode, in.alerts = nil, nil, false, false, false, 0
}

// solAlerts is what becomes of alerts over the serial channel that shares the line, while SOL is active.
// [IPMI 2.0 §24.1, auxiliary byte 1]
type solAlerts uint8

// Behaviours of alerts.
const (
	solAlertsFail solAlerts = iota
	solAlertsDeferred
	solAlertsSucceed
)

// alertBehavior is the most that an active instance allows.
func (p *payloads) alertBehavior() (b solAlerts) {
	for in := range p.running() {
		b = max(b, in.alerts)
	}
	return b
}

// activateSOL gives an instance to a session that came over channel c. The errors are the completion codes of Activate
// Payload. Only what a session's cipher suite has can be forced upon it. [IPMI 2.0 §24.1; §26.3, parameter 2]
func (p *payloads) activateSOL(s *rmcp.Session, c *channel, instance int, auxiliary byte) error {
	policy := &c.sol
	encrypt, authenticate := auxiliary&solEncrypt != 0, auxiliary&solAuthenticate != 0
	switch {
	case !policy.Enabled:
		return ccPayloadDisabled
	case encrypt && !authenticate:
		return ipmb.InvalidField // encryption needs authentication
	case auxiliary>>solAlertShift&3 > uint8(solAlertsSucceed):
		return ipmb.InvalidField
	case encrypt && !s.Encrypts():
		return ccNoEncryption
	case policy.ForceEncryption && s.Encrypts() && !encrypt:
		return ccEncryptionRequired
	case policy.ForceAuthentication && s.Authenticates() && !authenticate:
		return ipmb.InvalidField
	case s.Privilege() < policy.Privilege:
		return ipmb.InsufficientPrivilege
	}
	in := &p.sol[instance-1]
	if other := p.of(s); other != nil && other != in {
		return ccActivationLimit // SOL packets do not tell instances of one session apart
	}
	if in.session != nil && in.session != s {
		if policy.Instances > 1 && p.activeSOL() >= int(policy.Instances) {
			return ccActivationLimit
		}
		return ccPayloadElsewhere
	}
	if p.activeSOL() == 0 {
		c.restoreBitRate()
	}
	in.clear()
	in.session, in.channel = s, c
	in.encrypted, in.authenticated = encrypt, authenticate && s.Authenticates()
	in.noCTS = auxiliary&solHandshake != 0
	in.noDCD, in.noDSR = in.noCTS, in.noCTS
	in.testMode = auxiliary&solTestMode != 0 && !policy.NoTestMode
	in.alerts = solAlerts(auxiliary >> solAlertShift & 3)
	return nil
}

// activeSOL counts the instances that run.
func (p *payloads) activeSOL() (n int) {
	for range p.running() {
		n++
	}
	return n
}

// running are the active SOL instances.
func (p *payloads) running() iter.Seq[*payloadInstance] {
	return func(yield func(*payloadInstance) bool) {
		for i := range p.sol {
			if p.sol[i].session != nil && !yield(&p.sol[i]) {
				return
			}
		}
	}
}

// of is the instance that a session's SOL packets belong to. They do not tell which, so that there is one.
// [IPMI 2.0 §15.9]
func (p *payloads) of(s *rmcp.Session) *payloadInstance {
	for in := range p.running() {
		if in.session == s {
			return in
		}
	}
	return nil
}

// deactivateSOL takes an instance down. A console that does not do it itself is told. [IPMI 2.0 §15.9, status bit 4]
func (m *Machine) deactivateSOL(in *payloadInstance, by *rmcp.Session) {
	if in.session != by {
		m.solSend(in, SOLPacket{Flags: SOLNACK | SOLDeactivated})
	}
	in.clear()
	m.line.follow()
	m.followConnector()
	m.line.drained()
	m.sendAlerts() // some may have waited for the line
}

// deactivateAllSOL is what the buttons for power and reset do, so that somebody at the machine can end remote control.
// [IPMI 2.0 §15.9, note 2]
func (m *Machine) deactivateAllSOL() {
	for in := range m.payloads.running() {
		m.deactivateSOL(in, nil)
	}
}

// payloadsEnd deactivates all payloads of a session that is over, whoever closed it. [IPMI 2.0 §24.2, §15.9 note 2]
func (m *Machine) payloadsEnd(s *rmcp.Session) {
	for in := range m.payloads.running() {
		if in.session == s {
			m.deactivateSOL(in, nil)
		}
	}
}
