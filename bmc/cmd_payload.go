package bmc

import (
	"encoding/binary"
	"math/bits"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// payloadCommands are the rows of [IPMI 2.0 §24].
var payloadCommands = []Command{
	{Op: ipmb.ActivatePayload, Name: "Activate Payload", Section: "24.1", Priv: privUser, Len: exactly(6), Do: activatePayload},
	{Op: ipmb.DeactivatePayload, Name: "Deactivate Payload", Section: "24.2", Priv: privUser, Len: exactly(6), Do: deactivatePayload},
	{Op: ipmb.GetPayloadActivationStatus, Name: "Get Payload Activation Status", Section: "24.4", Priv: privUser, Len: exactly(1), Do: getPayloadActivationStatus},
	{Op: ipmb.GetPayloadInstanceInfo, Name: "Get Payload Instance Info", Section: "24.5", Priv: privUser, Len: exactly(2), Do: getPayloadInstanceInfo},
	{Op: ipmb.SetUserPayloadAccess, Name: "Set User Payload Access", Section: "24.6", Priv: privAdmin, Len: exactly(6), Keeps: keepsUsers, Do: setUserPayloadAccess},
	{Op: ipmb.GetUserPayloadAccess, Name: "Get User Payload Access", Section: "24.7", Priv: privOperator, Len: exactly(2), Do: getUserPayloadAccess},
	{Op: ipmb.GetChannelPayloadSupport, Name: "Get Channel Payload Support", Section: "24.8", Priv: privUser, Len: exactly(1), Do: getChannelPayloadSupport},
	{Op: ipmb.GetChannelPayloadVersion, Name: "Get Channel Payload Version", Section: "24.9", Priv: privUser, Len: exactly(2), Do: getChannelPayloadVersion},
	{Op: ipmb.GetChannelOEMPayloadInfo, Name: "Get Channel OEM Payload Info", Section: "24.10", Priv: privUser, Len: exactly(7), Do: getChannelOEMPayloadInfo},
	{Op: ipmb.SuspendResumePayloadEncryption, Name: "Suspend/Resume Payload Encryption", Section: "24.3", Priv: privUser, Len: exactly(3), Do: suspendResumePayloadEncryption},
}

// Command-specific completion codes of payload commands. [IPMI 2.0 §24.1-24.10]
const (
	ccPayloadElsewhere   ipmb.CompletionCode = 0x80 // already active on another session
	ccPayloadDisabled    ipmb.CompletionCode = 0x81
	ccActivationLimit    ipmb.CompletionCode = 0x82
	ccNoEncryption       ipmb.CompletionCode = 0x83 // the session cannot encrypt
	ccEncryptionRequired ipmb.CompletionCode = 0x84

	ccPayloadInactive ipmb.CompletionCode = 0x80 // Deactivate Payload: already deactivated

	ccPayloadUnavailable ipmb.CompletionCode = 0x80 // Get Channel Payload Version, Get Channel OEM Payload Info

	ccEncryptionOperation   ipmb.CompletionCode = 0x80 // Suspend/Resume: operation not supported for the payload type
	ccEncryptionForbidden   ipmb.CompletionCode = 0x81 // Suspend/Resume: the configuration demands encryption
	ccEncryptionUnavailable ipmb.CompletionCode = 0x82 // Suspend/Resume: the session cannot encrypt
	ccInstanceInactive      ipmb.CompletionCode = 0x83 // Suspend/Resume: instance not active
)

const (
	payloadTypeMask     = 0x3f
	payloadInstanceMask = 0x0f

	solEncrypt      = 1 << 7 // auxiliary byte 1 of Activate Payload for SOL
	solAuthenticate = 1 << 6
	solTestMode     = 1 << 5
	solAlertShift   = 2
	solHandshake    = 1 << 1 // CTS, DCD and DSR stay deasserted until the first packet

	noVLAN = 0xffff // [IPMI 2.0 §24.1, bytes 12:13]
)

// solTarget is the SOL policy and instance that a request's first two bytes name, on the channel that it came over.
// IPMI messages and payloads that the channel does not have are an error.
func (m *Machine) solTarget(r *Request) (solPolicy, int, error) {
	c := m.channels.byNumber[r.Channel]
	if rmcp.PayloadType(r.Data[0]&payloadTypeMask) != rmcp.PayloadSOL || c == nil {
		return solPolicy{}, 0, ipmb.InvalidField
	}
	policy, instance := c.sol, int(r.Data[1]&payloadInstanceMask)
	if !c.carries(rmcp.PayloadSOL) {
		policy = m.channels.solPolicy()
	}
	if instance < 1 || instance > int(policy.Instances) {
		return policy, 0, ipmb.ParameterOutOfRange
	}
	return policy, instance, nil
}

// activatePayload starts SOL on the session that asks. [IPMI 2.0 §24.1]
func activatePayload(m *Machine, r *Request) ([]byte, error) {
	_, instance, err := m.solTarget(r)
	if err != nil {
		return nil, err
	}
	if r.Session == nil || !r.Session.RMCPPlus() {
		return nil, ipmb.NotSupportedInState // only an RMCP+ session can carry it
	}
	u := m.users.byID(r.Session.UserID())
	if u == nil || u.access[r.Channel].payloads&payloadMask(1<<rmcp.PayloadSOL) == 0 {
		return nil, ipmb.InsufficientPrivilege // [IPMI 2.0 §24.6]
	}
	if m.hostSerialAway() {
		return nil, ipmb.NotSupportedInState // an add-in card has it [IPMI 2.0 §25.13]
	}
	active := m.payloads.sol[instance-1].session != nil
	if err = m.payloads.activateSOL(r.Session, m.channels.byNumber[r.Channel], instance, r.Data[2]); err != nil {
		return nil, err
	}
	if !active {
		m.solActivates(instance)
	}
	m.line.follow()
	m.followConnector()
	var testing byte
	if m.payloads.sol[instance-1].testMode {
		testing = 1
	}
	b := append(r.Buf, testing, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, solInboundMax)
	b = binary.LittleEndian.AppendUint16(b, solOutboundMax)
	b = binary.LittleEndian.AppendUint16(b, r.LAN.Local.Port())
	return binary.LittleEndian.AppendUint16(b, noVLAN), nil
}

// deactivatePayload stops an instance: an own one, or as administrator or from the host anyone's. [IPMI 2.0 §24.2]
func deactivatePayload(m *Machine, r *Request) ([]byte, error) {
	policy, instance, err := m.solTarget(r)
	if err != nil {
		return nil, err
	}
	if !policy.Enabled {
		return nil, ccPayloadDisabled
	}
	in := &m.payloads.sol[instance-1]
	if in.session == nil {
		return nil, ccPayloadInactive
	}
	if in.session != r.Session && r.Privilege() < privAdmin {
		return nil, ipmb.InsufficientPrivilege
	}
	m.deactivateSOL(in, r.Session)
	return nil, nil
}

// Operations of Suspend/Resume Payload Encryption. [IPMI 2.0 §24.3]
const (
	encryptionSuspend    = 0
	encryptionResume     = 1
	encryptionRegenerate = 2
	encryptionOpMask     = 0x1f
)

// suspendResumePayloadEncryption switches the encryption of what the BMC sends by itself: SOL data, unrequested IPMI
// messages. [IPMI 2.0 §24.3]
func suspendResumePayloadEncryption(m *Machine, r *Request) ([]byte, error) {
	s, operation := r.Session, r.Data[2]&encryptionOpMask
	var in *payloadInstance
	forced := false
	switch rmcp.PayloadType(r.Data[0] & payloadTypeMask) {
	case rmcp.PayloadIPMI: // always active
		if s == nil {
			return nil, ccInstanceInactive
		}
	case rmcp.PayloadSOL:
		policy, instance, err := m.solTarget(r)
		if err != nil {
			return nil, err
		}
		if in = &m.payloads.sol[instance-1]; in.session == nil {
			return nil, ccInstanceInactive
		}
		s, forced = in.session, policy.ForceEncryption
	default:
		return nil, ccEncryptionOperation
	}
	if s != r.Session && r.Privilege() < privAdmin {
		return nil, ipmb.InsufficientPrivilege
	}
	if !s.Encrypts() {
		return nil, ccEncryptionUnavailable
	}
	switch {
	case operation == encryptionSuspend && forced:
		return nil, ccEncryptionForbidden
	case operation == encryptionRegenerate:
		s.RegenerateIV()
	case operation > encryptionRegenerate:
		return nil, ccEncryptionOperation
	case in != nil:
		in.encrypted = operation == encryptionResume
	default:
		s.SuspendEncryption(operation == encryptionSuspend)
	}
	return nil, nil
}

// getPayloadActivationStatus says which instances run. [IPMI 2.0 §24.4]
func getPayloadActivationStatus(m *Machine, r *Request) ([]byte, error) {
	if rmcp.PayloadType(r.Data[0]&payloadTypeMask) != rmcp.PayloadSOL {
		return nil, ipmb.InvalidField
	}
	var active uint16
	for i := range m.payloads.sol {
		if m.payloads.sol[i].session != nil {
			active |= 1 << i
		}
	}
	return binary.LittleEndian.AppendUint16(append(r.Buf, m.channels.solPolicy().Instances), active), nil
}

// solPort is the number of the system's serial port that SOL redirects. [IPMI 2.0 §24.5]
const solPort = 1

// getPayloadInstanceInfo says on which session an instance runs. [IPMI 2.0 §24.5]
func getPayloadInstanceInfo(m *Machine, r *Request) ([]byte, error) {
	_, instance, err := m.solTarget(r)
	if err != nil {
		return nil, err
	}
	var id uint32
	if s := m.payloads.sol[instance-1].session; s != nil {
		id = s.ID()
	}
	return append(binary.LittleEndian.AppendUint32(r.Buf, id), solPort, 0, 0, 0, 0, 0, 0, 0), nil
}

// Operations of Set User Payload Access. [IPMI 2.0 §24.6, byte 2 bits 7:6]
const (
	payloadAccessEnable  = 0
	payloadAccessDisable = 1
)

// settablePayloads are the bits that Set User Payload Access changes: standard payloads 1-7 and OEM payloads 0-7; the
// other two bytes are reserved. [IPMI 2.0 §24.6, bytes 3:6]
const settablePayloads payloadMask = 0x00ff_00fe

// setUserPayloadAccess lets a user use payload types, or not. Bits that are zero change nothing. [IPMI 2.0 §24.6]
func setUserPayloadAccess(m *Machine, r *Request) ([]byte, error) {
	_, a, err := m.userOn(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	mask := payloadMask(binary.LittleEndian.Uint32(r.Data[2:])) & settablePayloads
	switch r.Data[1] >> 6 {
	case payloadAccessEnable:
		a.payloads |= mask
	case payloadAccessDisable:
		a.payloads &^= mask
	default:
		return nil, ipmb.InvalidField
	}
	return nil, nil
}

// getUserPayloadAccess reads it back. [IPMI 2.0 §24.7]
func getUserPayloadAccess(m *Machine, r *Request) ([]byte, error) {
	_, a, err := m.userOn(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint32(r.Buf, uint32(a.payloads)), nil
}

// Session set-up payload types as a bit mask from 10h: Open Session request and response, RAKP 1 to 4.
// [IPMI 2.0 §13.27.3]
const setupPayloads = 0x3f

// getChannelPayloadSupport says which payload types a channel has. [IPMI 2.0 §24.8]
func getChannelPayloadSupport(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	var standard, oem uint16
	var setup uint8
	if c.isLAN() {
		setup = setupPayloads
	}
	for _, t := range c.spec.Payloads {
		if t < 16 {
			standard |= 1 << t
		}
	}
	for _, p := range c.spec.OEMPayloads {
		oem |= bits.RotateLeft16(1, int(p.Handle-oemPayloadFirst))
	}
	b := binary.LittleEndian.AppendUint16(r.Buf, standard)
	b = binary.LittleEndian.AppendUint16(append(b, setup, 0), oem)
	return append(b, 0, 0), nil
}

// oemPayloadFirst is the first OEM payload handle. [IPMI 2.0 §13.27.3]
const oemPayloadFirst = 0x20

// payloadVersion10 is format version 1.0 in BCD, that of every payload type of the specification.
// [IPMI 2.0 §13.27.3, §24.9]
const payloadVersion10 = 0x10

// getChannelPayloadVersion says which format version of a payload type a channel has. [IPMI 2.0 §24.9]
func getChannelPayloadVersion(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	typ := r.Data[1] & payloadTypeMask
	if c.carries(rmcp.PayloadType(typ)) || c.isLAN() && typ >= uint8(rmcp.PayloadOpenSessionRequest) && typ <= uint8(rmcp.PayloadRAKP4) {
		return append(r.Buf, payloadVersion10), nil
	}
	if p := c.oemPayload(func(p *profiles.OEMPayload) bool { return p.Handle == typ }); p != nil {
		return append(r.Buf, p.Version), nil
	}
	return nil, ccPayloadUnavailable
}

// getChannelOEMPayloadInfo finds an OEM payload by its handle, or its handle by who defined it. [IPMI 2.0 §24.10]
func getChannelOEMPayloadInfo(m *Machine, r *Request) ([]byte, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	typ := r.Data[1] & payloadTypeMask
	enterprise := uint32(r.Data[2]) | uint32(r.Data[3])<<8 | uint32(r.Data[4])<<16
	id := binary.LittleEndian.Uint16(r.Data[5:])
	p := c.oemPayload(func(p *profiles.OEMPayload) bool {
		if typ == uint8(rmcp.PayloadOEMExplicit) {
			return p.Enterprise == enterprise && p.ID == id
		}
		return p.Handle == typ
	})
	if p == nil {
		return nil, ccPayloadUnavailable
	}
	b := append(r.Buf, p.Handle, byte(p.Enterprise), byte(p.Enterprise>>8), byte(p.Enterprise>>16))
	return append(binary.LittleEndian.AppendUint16(b, p.ID), p.Version), nil
}
