package rmcp

// receive20 handles a packet of the RMCP+ format. [IPMI 2.0 §13.6, §13.27]
func (t *Table) receive20(p *Packet20, from *Arrival, out []byte) []byte {
	if p.SessionID == 0 {
		return t.outside20(p, from, out)
	}
	s := t.byID[p.SessionID]
	switch {
	case s == nil || s.state != stateActive || s.channel != from.Channel:
		return t.drop(from, DropUnknownSession, out)
	case !s.rmcpPlus: // a session speaks the format that it was activated with [IPMI 2.0 §13.6]
		return t.drop(from, DropFormat, out)
	}
	return t.inside20(s, p, from, out)
}

// outside20 handles session set-up, and messages outside of any session in RMCP+ framing.
//
// Clients: ipmitool and go-ipmi ask Get Channel Cipher Suites this way, bmclib even Get Channel Authentication
// Capabilities.
func (t *Table) outside20(p *Packet20, from *Arrival, out []byte) []byte {
	c, ok := t.open(from.Channel)
	if !ok {
		return t.drop(from, DropChannel, out)
	}
	switch p.Type {
	case PayloadOpenSessionRequest, PayloadRAKP1, PayloadRAKP3:
		if t.faults != nil {
			return t.faultySetup(&c, p, from, out)
		}
		return t.setupMessage(&c, p, from, out)
	case PayloadIPMI:
	default:
		return t.drop(from, DropPayload, out)
	}
	m, why, ok := parseMessage(p.Payload)
	if !ok {
		return t.drop(from, why, out)
	}
	r := t.begin(m, from)
	r.RMCPPlus = true
	answer, flaws, ok := t.meddle(nil, t.execute(r, maxMessage))
	if answer == nil || !ok {
		return out
	}
	if flaws != 0 {
		flawMessage(answer, flaws)
	}
	reply := Packet20{Type: PayloadIPMI, Payload: answer}
	return reply.AppendTo(out)
}

// setupMessage answers a message of session set-up. [IPMI 2.0 §13.15]
func (t *Table) setupMessage(c *Channel, p *Packet20, from *Arrival, out []byte) []byte {
	switch p.Type {
	case PayloadOpenSessionRequest:
		return t.openSession(c, p.Payload, from, out)
	case PayloadRAKP1:
		return t.rakp1(c, p.Payload, from, out)
	}
	return t.rakp3(c, p.Payload, from, out)
}

// inside20 handles a packet of an active session: window, AuthCode, decryption, and only then the window moves.
// [IPMI 2.0 §6.12.13, §6.12.14, §13.28.4]
func (t *Table) inside20(s *Session, p *Packet20, from *Arrival, out []byte) []byte {
	window := &s.inPlain
	if p.Authenticated {
		window = &s.inAuth
	}
	switch {
	case !window.fits(p.Sequence):
		return t.drop(from, DropSequence, out)
	case p.Authenticated && !p.Verify(s.integrity):
		return t.drop(from, DropAuthCode, out)
	case p.Authenticated && s.setup.flaws.has(FlawIntegrityPadShortOnly) && !p.shortPad(s.integrity):
		return t.drop(from, DropAuthCode, out)
	case p.Encrypted && !s.Encrypts():
		return t.drop(from, DropDecryption, out)
	}
	payload := p.Payload
	if p.Encrypted {
		var err error
		if payload, err = s.confidentiality.Open(payload); err != nil {
			return t.drop(from, DropDecryption, out)
		}
	}
	if p.Type != PayloadIPMI {
		return t.payload(s, p, payload, window, from, out)
	}
	m, why, ok := parseMessage(payload)
	r := t.begin(m, from)
	switch {
	case !ok:
		return t.drop(from, why, out)
	case !p.Authenticated && s.Authenticates() && !t.plainAllowed(s, &r.Message):
		return t.drop(from, DropUnauthenticated, out)
	}
	window.accept(p.Sequence)
	s.seen(from)
	r.Session, r.RMCPPlus, r.Sequence = s, true, p.Sequence
	r.Authenticated, r.Encrypted = p.Authenticated, p.Encrypted
	answer, flaws, ok := t.meddle(s, t.execute(r, maxMessage))
	if answer == nil || !ok {
		return out
	}
	reply := Packet20{Type: PayloadIPMI, Authenticated: p.Authenticated, Encrypted: p.Encrypted, Payload: answer}
	return s.seal20(out, &reply, flaws)
}

// payload hands a payload other than an IPMI message to the machine. Whether it must be authenticated or encrypted was
// agreed when the payload was activated, so that is the machine's to check. Set-up messages do not belong into a session.
// [IPMI 2.0 §24.1]
func (t *Table) payload(s *Session, p *Packet20, data []byte, w *window20, from *Arrival, out []byte) []byte {
	if p.Type != PayloadSOL && p.Type != PayloadOEMExplicit && !p.Type.IsOEM() {
		return t.drop(from, DropPayload, out)
	}
	w.accept(p.Sequence)
	if p.Authenticated || !s.Authenticates() { // else anybody could keep the session alive, or move it elsewhere
		s.seen(from)
	}
	if t.faults != nil {
		t.passing.Session = s
		var goOn bool
		if data, goOn = t.faults.Open(&t.passing, data); !goOn {
			return t.drop(from, DropFault, out)
		}
	}
	t.bmc.Payload(s, Payload{Type: p.Type, Enterprise: p.Enterprise, OEMPayload: p.OEMPayload,
		Authenticated: p.Authenticated, Encrypted: p.Encrypted, Data: data})
	return out
}

// seal20 appends a packet to the console, with the next number of its kind. Bits that the session's cipher suite has no
// algorithm for are left out.
func (s *Session) seal20(out []byte, p *Packet20, flaws Flaws) []byte {
	if flaws != 0 {
		return s.flawed20(out, p, flaws)
	}
	s.number(p)
	return p.Seal(out, s.integrity, s.confidentiality)
}

// number addresses a packet to the console and gives it the next number of its kind, whose counter it returns.
func (s *Session) number(p *Packet20) (counter *uint32) {
	p.SessionID = s.consoleID
	p.Authenticated = p.Authenticated && s.Authenticates()
	p.Encrypted = p.Encrypted && s.Encrypts()
	counter = &s.outPlain
	if p.Authenticated {
		counter = &s.outAuth
	}
	*counter = nextSequence(*counter)
	p.Sequence = *counter
	return counter
}
