package intel

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Short names for the rows.
const (
	user     = ipmb.PrivilegeUser
	operator = ipmb.PrivilegeOperator
)

// nodeManagerCommands are the rows of Node Manager. [NM §4.2-4.5]
var nodeManagerCommands = []bmc.Command{
	{Op: op(0xc0), Name: "Enable/Disable Node Manager Policy Control", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(3, 3), Do: controlPolicies},
	{Op: op(0xc1), Name: "Set Node Manager Policy", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(14, 14), Do: setPolicy},
	{Op: op(0xc2), Name: "Get Node Manager Policy", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(2, 2), Do: getPolicy},
	{Op: op(0xc3), Name: "Set Node Manager Policy Alert Thresholds", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(3, -1), Do: setThresholds},
	{Op: op(0xc4), Name: "Get Node Manager Policy Alert Thresholds", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(2, 2), Do: getThresholds},
	{Op: op(0xc5), Name: "Set Node Manager Policy Suspend Periods", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(3, -1), Do: setPeriods},
	{Op: op(0xc6), Name: "Get Node Manager Policy Suspend Periods", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(2, 2), Do: getPeriods},
	{Op: op(0xc7), Name: "Reset Node Manager Statistics", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(3, 3), Do: resetStatistics},
	{Op: op(0xc8), Name: "Get Node Manager Statistics", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(3, 3), Do: getStatistics},
	{Op: op(0xc9), Name: "Get Node Manager Capabilities", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(2, 2), Do: getCapabilities},
	{Op: op(0xca), Name: "Get Node Manager Version", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(0, 0), Do: getVersion},
	{Op: op(0xcb), Name: "Set Node Manager Power Draw Range", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(5, 5), Do: setPowerDrawRange},
	{Op: op(0xce), Name: "Set Node Manager Alert Destination", Section: "OEM Intel", Priv: operator, Len: bmc.Bytes(3, 3), Do: setAlertDestination},
	{Op: op(0xcf), Name: "Get Node Manager Alert Destination", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(0, 0), Do: getAlertDestination},
	{Op: op(0xf2), Name: "Get Limiting Policy ID", Section: "OEM Intel", Priv: user, Len: bmc.Bytes(1, 1), Do: getLimitingPolicy},
}

// Completion codes of Node Manager.
const (
	ccPolicyID    ipmb.CompletionCode = 0x80
	ccDomainID    ipmb.CompletionCode = 0x81
	ccTrigger     ipmb.CompletionCode = 0x82
	ccPolicyType  ipmb.CompletionCode = 0x83
	ccLimit       ipmb.CompletionCode = 0x84
	ccCorrection  ipmb.CompletionCode = 0x85
	ccPeriodTable ipmb.CompletionCode = 0x85 // a period whose end is not behind its start
	ccTriggerAt   ipmb.CompletionCode = 0x86
	ccCount       ipmb.CompletionCode = 0x87 // too many thresholds or periods
	ccMode        ipmb.CompletionCode = 0x88
	ccPeriod      ipmb.CompletionCode = 0x89 // statistics reporting period
	ccAggressive  ipmb.CompletionCode = 0x8b
	ccNotLimiting ipmb.CompletionCode = 0xa1
)

// Bits of requests and answers.
const (
	domainMask     = 0x0f
	policyEnabled  = 1 << 4
	domainEnabled  = 1 << 5 // Get Node Manager Policy
	globalEnabled  = 1 << 6
	triggerMask    = 0x0f
	addPolicy      = 1 << 4 // Set Node Manager Policy; 0: remove it
	powerControl   = 1 << 4 // Get Node Manager Policy: the policy's type
	aggressiveMask = 3 << 5
	volatilePolicy = 1 << 7
	exceptionAlert = 1 << 0
	exceptionOff   = 1 << 1
	modeMask       = 0x1f

	stateEnabled    = 1 << 4 // Get Node Manager Statistics
	stateMonitoring = 1 << 5
	stateMeasuring  = 1 << 6
	stateLimiting   = 1 << 7
)

// controlPolicies switches policies on and off: all, those of a domain, or one.
func controlPolicies(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	on := r.Data[0]&1 != 0
	switch r.Data[0] & 0x0f >> 1 {
	case 0:
		nm.enabled = on
	case 1:
		d, err := nm.domain(r.Data[1])
		if err != nil {
			return nil, err
		}
		d.enabled = on
	case 2:
		p, err := nm.policy(r.Data[1], r.Data[2])
		if err != nil {
			return nil, err
		}
		p.Enabled = on
	default:
		return nil, ipmb.InvalidField
	}
	nm.evaluate()
	return nil, nil
}

// setPolicy adds, changes or removes a policy.
func setPolicy(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	b, nm := r.Data, manager(m)
	if b[2]&addPolicy == 0 {
		return nil, nm.remove(b[0], b[1])
	}
	return nil, nm.add(b[0], b[1], policySettings{
		Enabled: b[0]&policyEnabled != 0, Trigger: b[2] & triggerMask, Aggressive: b[2] & aggressiveMask >> 5, Volatile: b[2]&volatilePolicy != 0,
		Exceptions: b[3], Limit: binary.LittleEndian.Uint16(b[4:]), Correction: binary.LittleEndian.Uint32(b[6:]),
		TriggerLimit: binary.LittleEndian.Uint16(b[10:]), Period: binary.LittleEndian.Uint16(b[12:]),
	})
}

// getPolicy reads a policy.
func getPolicy(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	p, err := nm.policy(r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	state := p.domain.id
	for _, s := range []struct {
		bit byte
		is  bool
	}{{policyEnabled, p.Enabled}, {domainEnabled, p.domain.enabled}, {globalEnabled, nm.enabled}} {
		if s.is {
			state |= s.bit
		}
	}
	kind := p.Trigger | powerControl | p.Aggressive<<5
	if p.Volatile {
		kind |= volatilePolicy
	}
	b := append(r.Buf, state, kind, p.Exceptions)
	b = binary.LittleEndian.AppendUint16(b, p.Limit)
	b = binary.LittleEndian.AppendUint32(b, p.Correction)
	b = binary.LittleEndian.AppendUint16(b, p.TriggerLimit)
	return binary.LittleEndian.AppendUint16(b, p.Period), nil
}

// setThresholds sets the powers that a policy alerts at.
func setThresholds(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	p, err := manager(m).policy(r.Data[0], r.Data[1])
	n, rest := int(r.Data[2]), r.Data[3:]
	switch {
	case err != nil:
		return nil, err
	case n > maxThresholds:
		return nil, ccCount
	case len(rest) != 2*n:
		return nil, ipmb.LengthInvalid
	case p.Enabled:
		return nil, ipmb.NotSupportedInState
	}
	p.thresholds = make([]threshold, n)
	for i := range p.thresholds {
		p.thresholds[i].watts = binary.LittleEndian.Uint16(rest[2*i:])
	}
	return nil, nil
}

// getThresholds reads them.
func getThresholds(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	p, err := manager(m).policy(r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	b := append(r.Buf, byte(len(p.thresholds)))
	for _, t := range p.thresholds {
		b = binary.LittleEndian.AppendUint16(b, t.watts)
	}
	return b, nil
}

// setPeriods sets the times of the week when a policy rests.
func setPeriods(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	p, err := manager(m).policy(r.Data[0], r.Data[1])
	n, rest := int(r.Data[2]), r.Data[3:]
	switch {
	case err != nil:
		return nil, err
	case n > maxPeriods:
		return nil, ccCount
	case len(rest) != 3*n:
		return nil, ipmb.LengthInvalid
	case p.Enabled:
		return nil, ipmb.NotSupportedInState
	}
	periods := make([]suspendPeriod, n)
	for i := range periods {
		periods[i] = suspendPeriod{start: rest[3*i], stop: rest[3*i+1], days: rest[3*i+2]}
		if !periods[i].valid() {
			return nil, ccPeriodTable
		}
	}
	p.periods = periods
	return nil, nil
}

// getPeriods reads them.
func getPeriods(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	p, err := manager(m).policy(r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	b := append(r.Buf, byte(len(p.periods)))
	for _, s := range p.periods {
		b = append(b, s.start, s.stop, s.days)
	}
	return b, nil
}

// resetStatistics begins statistics anew: of a domain, or of a policy.
func resetStatistics(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	switch r.Data[0] & modeMask {
	case 0:
		d, err := nm.domain(r.Data[1])
		if err != nil {
			return nil, err
		}
		d.power.reset()
		if d.id == domainPlatform {
			nm.inlet.reset()
		}
	case 1:
		p, err := nm.policy(r.Data[1], r.Data[2])
		if err != nil {
			return nil, err
		}
		p.power.reset()
		p.trigger.reset()
	default:
		return nil, ccMode
	}
	nm.evaluate()
	return nil, nil
}

// getStatistics has the present, least, greatest and average value of what the mode says.
func getStatistics(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	nm.look()
	s, state, err := nm.statistics(r.Data[0]&modeMask, r.Data[1], r.Data[2])
	if err != nil {
		return nil, err
	}
	f := s.figures()
	b := r.Buf
	for _, v := range f.values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, nm.in.Time())
	b = binary.LittleEndian.AppendUint32(b, f.seconds)
	return append(b, r.Data[1]&domainMask|state), nil
}

// Limits of policies that Node Manager tells.
const (
	minCorrection = 6000   // ms
	maxCorrection = 600000 // ms
	minPeriod     = 1      // s
	maxPeriod     = 3600   // s
	maxInlet      = 255    // °C
)

// getCapabilities has the limits of a domain's policies.
func getCapabilities(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	const typePower, secondary = 1, 1 << 7
	d, err := nm.domain(r.Data[0])
	if err != nil {
		return nil, err
	}
	low, high := d.low, d.high
	switch r.Data[1] & triggerMask {
	case triggerNone:
	case triggerInlet:
		if nm.spec.Inlet == nil {
			return nil, ccTrigger
		}
		low, high = 0, maxInlet
	default:
		return nil, ccTrigger
	}
	if kind := r.Data[1] >> 4; kind&7 != typePower || r.Data[1]&secondary != 0 {
		return nil, ccPolicyType
	}
	b := append(r.Buf, nm.spec.Policies)
	b = binary.LittleEndian.AppendUint16(b, high)
	b = binary.LittleEndian.AppendUint16(b, low)
	b = binary.LittleEndian.AppendUint32(b, minCorrection)
	b = binary.LittleEndian.AppendUint32(b, maxCorrection)
	b = binary.LittleEndian.AppendUint16(b, minPeriod)
	b = binary.LittleEndian.AppendUint16(b, maxPeriod)
	return append(b, d.id), nil // bit 7: 0, what the supplies take from the wall
}

// getVersion says which Node Manager it is.
func getVersion(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	s := manager(m).spec
	return append(r.Buf, s.Version, s.Interface, s.Patch, s.Firmware.Major, s.Firmware.Minor), nil
}

// setPowerDrawRange sets the least and the greatest power that a domain's policies may ask for.
func setPowerDrawRange(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d, err := manager(m).domain(r.Data[0])
	if err != nil {
		return nil, err
	}
	low, high := binary.LittleEndian.Uint16(r.Data[1:]), binary.LittleEndian.Uint16(r.Data[3:])
	if low > high {
		return nil, ccLimit
	}
	d.low, d.high = low, high
	return nil, nil
}

// setAlertDestination stores who is told of alerts. Events go to the event receiver all the same.
func setAlertDestination(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	manager(m).destination = [3]byte(r.Data)
	return nil, nil
}

// getAlertDestination reads it.
func getAlertDestination(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := manager(m).destination
	return append(r.Buf, d[:]...), nil
}

// getLimitingPolicy names the policy that is limiting a domain's power: the one with the lowest limit.
func getLimitingPolicy(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	nm := manager(m)
	nm.look()
	d, err := nm.domain(r.Data[0])
	if err != nil {
		return nil, err
	}
	var limiting *policy
	for _, p := range d.policies {
		if p.limiting && (limiting == nil || p.Limit < limiting.Limit) {
			limiting = p
		}
	}
	if limiting == nil {
		return nil, ccNotLimiting
	}
	return append(r.Buf, limiting.id), nil
}
