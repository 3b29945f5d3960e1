package intel

import (
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// nodeManager watches the machine's power against policies. It has no means to lower the power: a policy whose limit is
// below what the supplies take is "limiting", and when its correction time is over it takes its exception actions.
type nodeManager struct {
	bmc.PlainPart
	in          bmc.Inside
	spec        *profiles.NodeManager
	enabled     bool // policies, all together
	domains     [3]*domain
	inlet       statistics
	destination [3]byte // of alerts, as Set Node Manager Alert Destination sends it
}

// Domains.
const (
	domainPlatform = 0
	domainCPU      = 1
	domainMemory   = 2
)

// domain is a part of the machine whose power is watched.
type domain struct {
	id        uint8
	enabled   bool    // its policies
	share     float64 // of the platform's power
	low, high uint16  // W, of policies
	power     statistics
	policies  []*policy // in the order of their IDs
}

// Triggers of policies.
const (
	triggerNone  = 0 // always
	triggerInlet = 1 // while the inlet is hotter than the trigger limit
)

// noAlertDestination says that nobody is registered.
const noAlertDestination = 1 << 7

func newNodeManager(in bmc.Inside) *nodeManager {
	spec := in.Profile().OEM.Intel.NodeManager
	nm := &nodeManager{in: in, spec: spec, enabled: true, destination: [3]byte{noAlertDestination}}
	for id, percent := range [...]uint8{domainPlatform: 100, domainCPU: spec.CPU, domainMemory: spec.Memory} {
		if percent > 0 {
			share := float64(percent) / 100
			nm.domains[id] = &domain{id: uint8(id), enabled: true, share: share,
				low: uint16(float64(spec.MinPower) * share), high: uint16(float64(spec.MaxPower) * share)}
		}
	}
	nm.evaluate()
	return nm
}

// domain is the domain that a request's byte names.
func (nm *nodeManager) domain(b byte) (*domain, error) {
	if id := b & domainMask; int(id) < len(nm.domains) && nm.domains[id] != nil {
		return nm.domains[id], nil
	}
	return nil, ccDomainID
}

// policy is the policy of a domain that a request's bytes name.
func (nm *nodeManager) policy(b, id byte) (*policy, error) {
	d, err := nm.domain(b)
	if err != nil {
		return nil, err
	}
	for _, p := range d.policies {
		if p.id == id {
			return p, nil
		}
	}
	return nil, ccPolicyID
}

// remove removes a policy.
func (nm *nodeManager) remove(b, id byte) error {
	p, err := nm.policy(b, id)
	if err != nil {
		return err
	}
	p.rest(nm)
	p.domain.forget(p)
	return nil
}

// add adds a policy, or changes one that is switched off.
func (nm *nodeManager) add(b, id byte, s policySettings) error {
	d, err := nm.domain(b)
	if err != nil {
		return err
	}
	if err := nm.check(d, &s); err != nil {
		return err
	}
	p, err := nm.policy(b, id)
	switch {
	case err != nil && len(d.policies) == int(nm.spec.Policies):
		return ipmb.OutOfSpace
	case err != nil:
		p = &policy{id: id, domain: d}
		d.keep(p)
	case p.Enabled:
		return ipmb.NotSupportedInState
	}
	p.policySettings = s
	nm.evaluate()
	return nil
}

// check checks a policy's settings, in the order of their bytes.
func (nm *nodeManager) check(d *domain, s *policySettings) error {
	switch {
	case s.Trigger > triggerInlet, s.Trigger == triggerInlet && nm.spec.Inlet == nil:
		return ccTrigger
	case s.Aggressive > 2:
		return ccAggressive
	case s.Limit < d.low || s.Limit > d.high:
		return ccLimit
	case s.Correction < minCorrection || s.Correction > maxCorrection:
		return ccCorrection
	case s.Trigger == triggerInlet && s.TriggerLimit > maxInlet:
		return ccTriggerAt
	case s.Period < minPeriod || s.Period > maxPeriod:
		return ccPeriod
	}
	return nil
}

// look brings everything to where it is now.
func (nm *nodeManager) look() {
	nm.in.Look()
	nm.evaluate()
}

// Changed follows the hardware.
func (nm *nodeManager) Changed() { nm.evaluate() }

// HostPower follows the host.
func (nm *nodeManager) HostPower(bool) { nm.evaluate() }

// Stop is the controller's restart, or its end: what stays are the policies in persistent storage, and their statistics
// begin anew.
func (nm *nodeManager) Stop() {
	nm.inlet.reset()
	for _, d := range nm.domains {
		if d == nil {
			continue
		}
		d.power.reset()
		for i := len(d.policies) - 1; i >= 0; i-- {
			p := d.policies[i]
			p.rest(nm)
			p.power.reset()
			p.trigger.reset()
			if p.Volatile {
				d.forget(p)
			}
		}
	}
}

// evaluate measures, and holds the policies against what it finds.
func (nm *nodeManager) evaluate() {
	now := time.Now()
	watts, powered := nm.in.Supplies("pin")
	inlet, warm := nm.in.Read(nm.spec.Inlet)
	nm.inlet.sample(now, inlet, warm)
	for _, d := range nm.domains {
		if d == nil {
			continue
		}
		d.power.sample(now, watts*d.share, powered)
		for _, p := range d.policies {
			p.power.sample(now, watts*d.share, powered)
			p.trigger.sample(now, inlet, warm && p.Trigger == triggerInlet)
			p.evaluate(nm)
		}
	}
}

// Statistics that Get Node Manager Statistics has. The others are of what this machine does not measure.
const (
	modePower         = 0x01
	modeInlet         = 0x02
	modePolicyPower   = 0x11
	modePolicyTrigger = 0x12
)

// statistics finds the statistics of a mode, and the state bits that go with them. Only a policy monitors: the example of
// Lenovo's Native NM IPMI Switch has 50h for the whole machine.
func (nm *nodeManager) statistics(mode, b, id byte) (s *statistics, state byte, err error) {
	d, err := nm.domain(b)
	if err != nil {
		return nil, 0, err
	}
	if nm.enabled && d.enabled {
		state |= stateEnabled
	}
	switch mode {
	case modePower:
		s = &d.power
	case modeInlet:
		if s = &nm.inlet; d.id != domainPlatform || nm.spec.Inlet == nil {
			return nil, 0, ccDomainID
		}
	case modePolicyPower, modePolicyTrigger:
		p, err := nm.policy(b, id)
		if err != nil {
			return nil, 0, err
		}
		if s = &p.power; mode == modePolicyTrigger {
			s = &p.trigger
		}
		state = p.state(nm)
	default:
		return nil, 0, ccMode
	}
	if s.ok {
		state |= stateMeasuring
	}
	return s, state, nil
}
