package bmc

import (
	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// sessionFaults is a machine's rules as the session layer asks them. Its methods are called with the session table's lock
// held, and take the machine's.
type sessionFaults Machine

// endOfFault is why a session ended that a fault has ended: it looks as if it had expired.
const endOfFault = rmcp.EndTimeout

var flawTable = []struct {
	word fault.Flaw
	flaw rmcp.Flaws
}{
	{fault.WrongChecksum1, rmcp.FlawChecksum1},
	{fault.WrongChecksum2, rmcp.FlawChecksum2},
	{fault.WrongRequesterSequence, rmcp.FlawRequesterSequence},
	{fault.SameAddresses, rmcp.FlawSameAddresses},
	{fault.WrongSessionID, rmcp.FlawSessionID},
	{fault.ZeroSessionID, rmcp.FlawSessionIDZero},
	{fault.StaleSequence, rmcp.FlawSequenceStale},
	{fault.RepeatedSequence, rmcp.FlawSequenceRepeated},
	{fault.SkippedSequence, rmcp.FlawSequenceSkipped},
	{fault.SequencePlusOne, rmcp.FlawSequencePlusOne},
	{fault.SwappedSequence, rmcp.FlawSequenceSwapped},
	{fault.WrongAuthCode, rmcp.FlawAuthCode},
	{fault.BlankAuthCode, rmcp.FlawAuthCodeBlank},
	{fault.NoAuthCode, rmcp.FlawAuthCodeMissing},
	{fault.UnaskedAuthCode, rmcp.FlawAuthCodeUnasked},
	{fault.NewAuthCode, rmcp.FlawAuthCodeNew},
	{fault.LegacyPad, rmcp.FlawLegacyPad},
	{fault.WrongIntegrityPad, rmcp.FlawIntegrityPad},
	{fault.ShortIntegrity, rmcp.FlawIntegrityPadShort},
	{fault.WrongIV, rmcp.FlawIV},
	{fault.WrongPadding, rmcp.FlawPadding},
	{fault.LongPadding, rmcp.FlawPadding16},
	{fault.RoleOfOpenSession, rmcp.FlawRoleOfOpenSession},
	{fault.RoleLowNibble, rmcp.FlawRoleLowNibble},
	{fault.PaddedName, rmcp.FlawNamePadded},
	{fault.CheckByIntegrity, rmcp.FlawCheckByIntegrity},
	{fault.ShortPassword, rmcp.FlawPassword16},
	{fault.IntegrityBySIK, rmcp.FlawIntegrityBySIK},
	{fault.AnyPassword, rmcp.FlawAnyPassword},
	{fault.AnySuite, rmcp.FlawAnySuite},
	{fault.ZeroGUID, rmcp.FlawGUIDZero},
	{fault.RoleWithoutLookup, rmcp.FlawRoleWithoutLookup},
	{fault.MessageAuthOff, rmcp.FlawMessageAuthOff},
	{fault.ZeroInbound, rmcp.FlawInboundZero},
	{fault.OEMAuth, rmcp.FlawOEMAuth},
	{fault.OEMPassword, rmcp.FlawOEMPassword},
	{fault.ShortIntegrityOnly, rmcp.FlawIntegrityPadShortOnly},
	{fault.IPMIPayload, rmcp.FlawPayloadType},
}

func flawsOf(o *fault.Outcome) (flaws rmcp.Flaws) {
	for _, row := range flawTable {
		if o.Has(row.word) {
			flaws |= row.flaw
		}
	}
	return flaws
}

// steps are the set-up messages as rules call them.
var steps = map[rmcp.PayloadType]fault.Step{
	rmcp.PayloadOpenSessionRequest:  fault.OpenSession,
	rmcp.PayloadOpenSessionResponse: fault.OpenSession,
	rmcp.PayloadRAKP1:               fault.RAKP1,
	rmcp.PayloadRAKP2:               fault.RAKP1,
	rmcp.PayloadRAKP3:               fault.RAKP3,
	rmcp.PayloadRAKP4:               fault.RAKP3,
}

// aboutSession adds what is known of a session.
func aboutSession(f *fault.Facts, s *rmcp.Session) {
	if s.RMCPPlus() {
		f.Suite = s.Suite().ID
	}
	if !s.Active() {
		return // a login is no session
	}
	f.SessionID, f.User, f.Privilege, f.Session = s.ID(), s.UserName(), s.Privilege(), fault.V15
	if s.RMCPPlus() {
		f.Session = fault.RMCPPlus
	}
}

// facts is what is known of what passes.
func (sf *sessionFaults) facts(p *rmcp.Passage) fault.Facts {
	m := (*Machine)(sf)
	f := fault.Facts{Peer: p.Peer, Channel: p.Channel, Interface: fault.LAN, Session: fault.Outside, Suite: fault.NoSuite,
		Class: fault.IPMI, Payload: fault.Payload(p.Payload), Step: steps[p.Payload], Answer: p.Answer}
	switch {
	case p.ASF:
		f.Class = fault.ASF
	case p.Foreign:
		f.Class = 0
	}
	if p.Session != nil {
		aboutSession(&f, p.Session)
	}
	if r := p.Request; r != nil {
		f.Data = r.Message.Data
		f.Op, _, f.Message = ipmb.OpOf(r.Message.NetFn, r.Message.Cmd, r.Message.Data)
	}
	m.mu.Lock()
	f.Power = m.powerFact()
	m.mu.Unlock()
	return f
}

// at asks the rules of a point of the session layer. data is that of a set-up message, or of a payload that is no IPMI
// message.
func (sf *sessionFaults) at(point fault.Point, p *rmcp.Passage, data []byte) *fault.Outcome {
	m := (*Machine)(sf)
	if !m.faults.set.Load().Has(point) {
		return nil
	}
	f := sf.facts(p)
	if data != nil {
		f.Data = data
		f.Raw = f.Step == 0
	}
	o := m.faultAt(point, &f)
	if o != nil && o.Machine() {
		m.mu.Lock()
		m.machineFault(o)
		m.mu.Unlock()
	}
	return o
}

// strays are the places that datagrams come from as rules call them.
var strays = [...]rmcp.Stray{fault.OtherPort: rmcp.OtherPort, fault.OtherAddress: rmcp.OtherAddress}

func fateOf(o *fault.Outcome) (f rmcp.Fate) {
	if o == nil {
		return f
	}
	f = rmcp.Fate{Drop: o.Drop, Delay: o.Delay, Copies: o.Copies, Behind: o.Behind, Within: o.Within, From: strays[o.From]}
	if o.Edits() {
		f.Edit = o.Edit
	}
	return f
}

// Receive implements rmcp.Faults.
func (sf *sessionFaults) Receive(p *rmcp.Passage, _ []byte) rmcp.Fate {
	return fateOf(sf.at(fault.DatagramIn, p, nil))
}

// Send implements rmcp.Faults.
func (sf *sessionFaults) Send(p *rmcp.Passage, _ []byte) rmcp.Fate {
	return fateOf(sf.at(fault.DatagramOut, p, nil))
}

// Setup implements rmcp.Faults.
func (sf *sessionFaults) Setup(p *rmcp.Passage, message []byte) (f rmcp.SetupFault) {
	o := sf.at(fault.Session, p, message)
	if o == nil {
		return f
	}
	f.Drop, f.Flaws = o.Drop, flawsOf(o)
	if o.Refuse != nil {
		status := rmcp.Status(*o.Refuse)
		f.Refuse = &status
	}
	if o.Edits() {
		f.Edit = o.Edit
	}
	return f
}

// Settle implements rmcp.Faults: what faults do to the machine is done when what set them off has passed.
func (sf *sessionFaults) Settle() {
	m := (*Machine)(sf)
	if !m.faults.waits.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults.waits.Store(false)
	strikes := m.faults.strikes
	m.faults.strikes = nil
	for _, s := range strikes {
		if !m.closed {
			s.on.strike(s.Outcome)
		}
	}
}

// Open implements rmcp.Faults.
func (sf *sessionFaults) Open(p *rmcp.Passage, payload []byte) ([]byte, bool) {
	o := sf.at(fault.PayloadIn, p, payload)
	if o.Edits() {
		payload = o.Edit(append([]byte(nil), payload...))
	}
	return payload, o == nil || !o.Drop
}

// Seal implements rmcp.Faults.
func (sf *sessionFaults) Seal(p *rmcp.Passage, payload []byte) ([]byte, rmcp.Flaws, bool) {
	message := p.Payload == rmcp.PayloadIPMI
	var data []byte
	if p.Session != nil && (!message || p.Request == nil) { // what nobody asked for has no request's data
		data = payload
	}
	o := sf.at(fault.Session, p, data)
	if o == nil {
		return payload, 0, true
	}
	if o.Edits() {
		payload = o.Edit(append([]byte(nil), payload...))
		if n := len(payload); message && n >= ipmb.MinMessage { // wrong checksums are flaws
			payload[2], payload[n-1] = ipmb.Checksum(payload[:2]), ipmb.Checksum(payload[3:n-1])
		}
	}
	return payload, flawsOf(o), !o.Drop
}
