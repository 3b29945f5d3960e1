package bmc

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// chassisCommands are the rows of [IPMI 2.0 §28].
var chassisCommands = []Command{
	{Op: ipmb.GetChassisCapabilities, Name: "Get Chassis Capabilities", Section: "28.1", Priv: privUser, Len: none(), Do: getChassisCapabilities},
	{Op: ipmb.GetChassisStatus, Name: "Get Chassis Status", Section: "28.2", Priv: privUser, Len: none(), Do: getChassisStatus},
	{Op: ipmb.ChassisControl, Name: "Chassis Control", Section: "28.3", Priv: privOperator, Len: exactly(1), Sub: chassisControlSubs, Keeps: keepsPower, Do: chassisControl},
	{Op: ipmb.ChassisReset, Name: "Chassis Reset", Section: "28.4", Priv: privOperator, Len: none(), Do: chassisReset},
	{Op: ipmb.ChassisIdentify, Name: "Chassis Identify", Section: "28.5", Priv: privOperator, Len: between(0, 2), Sub: chassisIdentifySubs, Do: chassisIdentify},
	{Op: ipmb.SetChassisCapabilities, Name: "Set Chassis Capabilities", Section: "28.7", Priv: privAdmin, Len: between(5, 6), Keeps: keepsChassis, Do: setChassisCapabilities},
	{Op: ipmb.SetPowerRestorePolicy, Name: "Set Power Restore Policy", Section: "28.8", Priv: privOperator, Len: exactly(1), Keeps: keepsPower, Do: setPowerRestorePolicy},
	{Op: ipmb.GetSystemRestartCause, Name: "Get System Restart Cause", Section: "28.11", Priv: privUser, Len: none(), Do: getSystemRestartCause},
	{Op: ipmb.SetSystemBootOptions, Name: "Set System Boot Options", Section: "28.12", Priv: privOperator, Len: atLeast(1), Sub: bootOptionSubs, Keeps: keepsBoot, Do: setSystemBootOptions},
	{Op: ipmb.GetSystemBootOptions, Name: "Get System Boot Options", Section: "28.13", Priv: privOperator, Len: exactly(3), Do: getSystemBootOptions},
	{Op: ipmb.SetFrontPanelButtonEnables, Name: "Set Front Panel Button Enables", Section: "28.6", Priv: privAdmin, Len: exactly(1), Sub: frontPanelSubs, Keeps: keepsChassis, Do: setFrontPanelButtonEnables},
	{Op: ipmb.SetPowerCycleInterval, Name: "Set Power Cycle Interval", Section: "28.9", Priv: privAdmin, Len: exactly(1), Keeps: keepsPower, Do: setPowerCycleInterval},
	{Op: ipmb.GetPOHCounter, Name: "Get POH Counter", Section: "28.14", Priv: privUser, Len: none(), Do: getPOHCounter},
}

// Capabilities flags that can be set; above them are diagnostic interrupt and power interlock. [IPMI 2.0 §28.1, byte 2]
const (
	capabilityIntrusion = 1 << 0
	capabilityLockout   = 1 << 1
)

// getChassisCapabilities says what the chassis has, and where. [IPMI 2.0 §28.1]
func getChassisCapabilities(m *Machine, r *Request) ([]byte, error) {
	c := &m.chassis.stored.Capabilities
	var flags byte
	bit(&flags, 0, c.Intrusion)
	bit(&flags, 1, c.Lockout)
	bit(&flags, 2, m.power.supports(DiagnosticInterrupt) && !m.chassis.spec.SilentNMI)
	bit(&flags, 3, m.chassis.spec.Interlock)
	return append(r.Buf, flags, c.FRU, c.SDR, c.SEL, c.SM, c.Bridge), nil
}

// setChassisCapabilities changes what Get Chassis Capabilities says. Fields that cannot be changed are no error.
// [IPMI 2.0 §28.7]
func setChassisCapabilities(m *Machine, r *Request) ([]byte, error) {
	if m.chassis.spec.Fixed {
		return nil, nil
	}
	c := &m.chassis.stored.Capabilities
	c.Intrusion, c.Lockout = r.Data[0]&capabilityIntrusion != 0, r.Data[0]&capabilityLockout != 0
	const noReadWrite = 0xfe // bit 0 of a slave address
	c.FRU, c.SDR, c.SEL, c.SM = r.Data[1]&noReadWrite, r.Data[2]&noReadWrite, r.Data[3]&noReadWrite, r.Data[4]&noReadWrite
	if len(r.Data) == 6 {
		c.Bridge = r.Data[5] & noReadWrite
	}
	return nil, nil
}

// GetChassisStatusResp is the state of power and chassis. [IPMI 2.0 §28.2, Table 28-3]
type GetChassisStatusResp struct {
	Power     uint8 // 6:5 restore policy, 4 control fault, 3 power fault, 2 interlock, 1 overload, 0 on
	LastEvent uint8 // 4 on by command; last power down: 3 fault, 2 interlock, 1 overload, 0 AC failed
	Misc      uint8 // 6 identify state valid, 5:4 identify state, 3 cooling, 2 drive, 1 lockout, 0 intrusion
	Buttons   uint8 // 7:4 can be disabled, 3:0 disabled: standby, diagnostic, reset, power
}

// AppendTo appends the four bytes behind the completion code.
func (s GetChassisStatusResp) AppendTo(b []byte) []byte {
	return append(b, s.Power, s.LastEvent, s.Misc, s.Buttons)
}

// getChassisStatus reads the state of power and chassis. [IPMI 2.0 §28.2]
func getChassisStatus(m *Machine, r *Request) ([]byte, error) {
	p, c := &m.power, &m.chassis
	const identifySupported = 1 << 6
	s := GetChassisStatusResp{
		Power:     byte(p.stored.Policy) << 5,
		LastEvent: byte(p.event),
		Misc:      identifySupported | byte(c.identified)<<4,
		Buttons:   byte(c.lockable)<<4 | byte(c.stored.Disabled),
	}
	bit(&s.Power, 0, p.state.On())
	bit(&s.Power, 1, c.condition(ConditionOverload))
	bit(&s.Power, 2, c.condition(ConditionInterlock))
	bit(&s.Power, 3, c.condition(ConditionPowerFault))
	bit(&s.Power, 4, p.fault)
	bit(&s.Misc, 0, c.condition(ConditionIntrusion))
	bit(&s.Misc, 1, c.lockedOut())
	bit(&s.Misc, 2, c.condition(ConditionDriveFault))
	bit(&s.Misc, 3, c.condition(ConditionCoolingFault))
	return s.AppendTo(r.Buf), nil
}

// bit sets bit n of b.
func bit(b *uint8, n int, set bool) {
	if set {
		*b |= 1 << n
	}
}

// chassisControl applies a power action. [IPMI 2.0 §28.3]
func chassisControl(m *Machine, r *Request) ([]byte, error) {
	action := PowerAction(r.Data[0] & 0x0f)
	if !m.power.supports(action) {
		return nil, ipmb.InvalidField
	}
	m.chassisControlled()
	return nil, m.applyPower(action, powerSource{cause: causeChassisControl, channel: r.Channel})
}

// chassisReset is an older way to say hard reset. [IPMI 2.0 §28.4]
func chassisReset(m *Machine, r *Request) ([]byte, error) {
	return nil, m.applyPower(HardReset, powerSource{cause: causeChassisControl, channel: r.Channel})
}

// identifyDefault is how long an identify without an interval lasts. [IPMI 2.0 §28.5]
const identifyDefault = 15 * time.Second

// chassisIdentify switches the indicator. [IPMI 2.0 §28.5]
func chassisIdentify(m *Machine, r *Request) ([]byte, error) {
	const forceOn = 1 << 0
	switch {
	case len(r.Data) == 2 && m.chassis.spec.TimedIdentifyOnly:
		return nil, ipmb.InvalidField
	case len(r.Data) == 2 && r.Data[1]&forceOn != 0:
		m.identifyFor(identifyForever)
	case len(r.Data) == 0:
		m.identifyFor(identifyDefault)
	default:
		m.identifyFor(time.Duration(r.Data[0]) * time.Second)
	}
	return nil, nil
}

// setFrontPanelButtonEnables disables buttons. [IPMI 2.0 §28.6]
func setFrontPanelButtonEnables(m *Machine, r *Request) ([]byte, error) {
	disable := profiles.Button(r.Data[0] & 0x0f)
	if disable&^m.chassis.lockable != 0 {
		return nil, ipmb.InvalidField
	}
	m.chassis.stored.Disabled = disable
	return nil, nil
}

// restoreUnchanged only asks for the policies that there are. [IPMI 2.0 §28.8]
const restoreUnchanged = 3

// setPowerRestorePolicy sets what follows the return of the mains, and says which policies there are.
// [IPMI 2.0 §28.8]
func setPowerRestorePolicy(m *Machine, r *Request) ([]byte, error) {
	p := &m.power
	if policy := profiles.RestorePolicy(r.Data[0] & 0x07); policy != restoreUnchanged {
		if !slices.Contains(p.spec.RestorePolicies, policy) {
			return nil, ipmb.InvalidField
		}
		p.stored.Policy = policy
	}
	var support byte
	for _, policy := range p.spec.RestorePolicies {
		support |= 1 << policy
	}
	return append(r.Buf, support), nil
}

// setPowerCycleInterval sets how long a power cycle keeps the host off. [IPMI 2.0 §28.9]
func setPowerCycleInterval(m *Machine, r *Request) ([]byte, error) {
	m.power.stored.Interval = time.Duration(r.Data[0]) * time.Second
	return nil, nil
}

// getSystemRestartCause says why the host last started, and over which channel it was told to. [IPMI 2.0 §28.11]
func getSystemRestartCause(m *Machine, r *Request) ([]byte, error) {
	s := m.power.started
	return append(r.Buf, byte(s.cause), s.channel), nil
}

// getPOHCounter reads the power-on hours. [IPMI 2.0 §28.14]
func getPOHCounter(m *Machine, r *Request) ([]byte, error) {
	unit := minutesPerCount(m.profile)
	b := append(r.Buf, byte(unit/time.Minute))
	return binary.LittleEndian.AppendUint32(b, uint32(m.power.poweredFor()/unit)), nil
}
