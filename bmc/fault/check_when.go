package fault

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
)

// never notes a condition that cannot hold together with the others.
func (c *checker) never(key, why string) { c.add("when."+key, "%s, so the rule can never hit", why) }

// when checks the conditions.
func (c *checker) when(r *Rule) {
	w := &r.When
	for i := range Conditions {
		row := &Conditions[i]
		if row.given(w) && row.at&(1<<r.At) == 0 {
			c.add("when."+row.Name, "not known at the point %v (known at %s), so the rule can never hit", r.At, listOf(row.at))
		}
	}
	if w.NetFn != nil && ipmb.NetFn(*w.NetFn).IsResponse() {
		c.add("when.netfn", "the network function of a request is even")
	}
	for i := range w.Fields {
		c.field(w, i)
	}
	switch {
	case w.MaxLength == nil:
	case w.MinLength > *w.MaxLength:
		c.never("min_length", "is above max_length")
	case w.Data.Len() > int(*w.MaxLength):
		c.never("data", "longer than max_length")
	}
	c.answer(w)
	c.setupConditions(r)
	c.session(r)
	c.network(r)
}

// field checks a number inside the data, and whether the other conditions leave it a value.
func (c *checker) field(w *When, i int) {
	f, key := &w.Fields[i], fmt.Sprintf("fields[%d]", i)
	if f.Size < 1 || f.Size > 4 {
		c.add("when."+key+".size", "expected 1 to 4")
		return
	}
	switch low, high := w.Data.bounds(f); {
	case f.Min > f.Max:
		c.never(key, "min is above max")
	case f.Size < 4 && f.Plus == nil && f.Min>>(8*f.Size) != 0:
		c.never(key+".min", fmt.Sprintf("more than %d bytes can hold", f.Size))
	case f.At > MaxBytes || f.At < -MaxBytes || f.At < 0 && -f.At < f.Size:
		c.never(key+".at", "no request has the number there")
	case w.MaxLength != nil && (f.At >= 0 && f.At+f.Size > int(*w.MaxLength) || -f.At > int(*w.MaxLength)):
		c.never(key+".at", "behind what max_length leaves")
	case f.Plus == nil && f.Min&^f.mask() != 0:
		c.never(key+".min", "has bits that the mask takes away")
	case f.Mask == 0 && f.Plus == nil && (low > f.Max || high < f.Min):
		c.never(key, "contradicts data")
	}
	for j := range i {
		if o := &w.Fields[j]; o.At == f.At && o.Size == f.Size && o.mask() == f.mask() && o.Plus == nil && f.Plus == nil && (o.Max < f.Min || o.Min > f.Max) {
			c.never(key, fmt.Sprintf("contradicts fields[%d]", j))
		}
	}
}

// bounds are the least and the greatest value that a number can have in data that begins with the pattern.
func (p Pattern) bounds(f *Field) (low, high uint32) {
	var least, most [4]byte
	for k := range f.Size {
		most[k] = 0xff
		if i := f.At + k; f.At >= 0 && i < min(len(p.Value), len(p.Mask)) {
			least[k], most[k] = p.Value[i], p.Value[i]|^p.Mask[i]
		}
	}
	return binary.LittleEndian.Uint32(least[:]), binary.LittleEndian.Uint32(most[:])
}

// answer checks the conditions on the response.
func (c *checker) answer(w *When) {
	failed := w.Failed != nil && *w.Failed
	switch {
	case w.Failed != nil && w.Code != nil && failed == (*w.Code == 0):
		c.never("failed", "contradicts completion_code")
	case w.Answer.Len() == 0 || len(w.Answer.Mask) == 0:
	case w.Code != nil && uint8(*w.Code)&w.Answer.Mask[0] != w.Answer.Value[0]:
		c.never("answer", "contradicts completion_code")
	case w.Failed != nil && (!failed && w.Answer.Value[0] != 0 || failed && w.Answer.Value[0] == 0 && w.Answer.Mask[0] == 0xff):
		c.never("answer", "contradicts failed")
	}
}

// isSetup reports whether a payload type is one of session set-up. [IPMI 2.0 §13.27.3, Table 13-16]
func (p Payload) isSetup() bool { return p >= payloadOpenSessionRequest }

// fromConsole reports whether a payload of set-up is one that consoles send.
func (p Payload) fromConsole() bool { return p&1 == 0 }

// request is the payload type of a set-up message from a console.
func (s Step) request() Payload { return payloadOpenSessionRequest + 2*Payload(s-OpenSession) }

// setupConditions checks what is said of set-up messages.
func (c *checker) setupConditions(r *Rule) {
	w := &r.When
	set := w.Step != 0
	if p := w.Payload; r.At == PayloadIn {
		return
	} else if p != nil && p.isSetup() {
		set = true
		switch {
		case r.At == DatagramOut && p.fromConsole():
			c.never("payload", "only consoles send it")
		case r.At != DatagramOut && !p.fromConsole():
			c.never("payload", "consoles do not send it, and the point is about what they sent")
		case w.Step != 0 && *p != w.Step.request() && *p != w.Step.request()+1:
			c.never("payload", "not that of the step")
		}
	} else if p != nil && w.Step != 0 {
		c.never("payload", "not that of the step")
	}
	if !set {
		return
	}
	switch {
	case r.At != Session && (w.Data.Len() > 0 || len(w.Fields) > 0 || w.MaxLength != nil || w.MinLength != 0):
		c.never("step", "what a set-up message holds is known at the point session only")
	case w.Session > Outside:
		c.never("step", "set-up messages are outside of a session")
	case w.User != nil || w.Privilege != 0:
		c.never("step", "there is no user and no privilege before the session is up")
	case w.Command != nil || w.NetFn != nil:
		c.never("step", "a set-up message is no command")
	case w.Answer.Len() > 0 || w.Code != nil || w.Failed != nil:
		c.never("step", "a set-up message has no completion code")
	case w.Suite != nil && r.At == DatagramIn:
		c.never("cipher_suite", "nobody has looked at the set-up message")
	case w.Suite != nil && r.At == Session && (w.Step == OpenSession || w.Payload != nil && *w.Payload == payloadOpenSessionRequest):
		c.never("cipher_suite", "none is chosen before Open Session Request is answered")
	}
}

// session checks the conditions on sessions.
func (c *checker) session(r *Rule) {
	w := &r.When
	inside := w.User != nil || w.Privilege != 0
	message := w.Command != nil || w.NetFn != nil || r.At == Request || r.At == Response
	switch {
	case w.Session.outside() && inside:
		c.never("session", "there is no user and no privilege outside of a session")
	case w.Session == V15 && (w.Suite != nil || w.Payload != nil && *w.Payload != payloadIPMI):
		c.never("session", "a session of IPMI v1.5 has no cipher suite and no other payloads")
	case w.Session.outside() && w.Suite != nil && message:
		c.never("session", "messages outside of a session have no cipher suite")
	case w.Class == ASF && (w.Session > Outside || w.Step != 0 || w.Payload != nil || inside || w.Suite != nil):
		c.never("class", "ASF has no sessions")
	case w.Class == ASF && (message || w.Data.Len() > 0 || w.Answer.Len() > 0 || w.Code != nil || w.Failed != nil):
		c.never("class", "ASF has no IPMI messages")
	case r.At == PayloadIn && (w.Session.outside() || w.Session == V15):
		c.never("session", "only sessions of IPMI v2.0 have other payloads")
	case r.At == PayloadIn && w.Payload != nil && (*w.Payload == payloadIPMI || w.Payload.isSetup()):
		c.never("payload", "the point is about other payloads")
	case w.Payload != nil && *w.Payload != payloadIPMI && message:
		c.never("payload", "only the payload ipmi has messages")
	}
}

// systemChannel is the channel of the system interface. [IPMI 2.0 §6.3, Table 6-1]
const systemChannel = 0x0f

// network checks the conditions on where a message came from.
func (c *checker) network(r *Rule) {
	w := &r.When
	alone := w.Session > Outside || w.User != nil || w.Privilege != 0 || w.Suite != nil
	switch {
	case w.Interface > LAN && alone:
		c.never("interface", "only LAN has sessions")
	case w.Interface > LAN && (r.At == DatagramIn || r.At == DatagramOut || r.At == Session || r.At == PayloadIn):
		c.never("interface", "only LAN has datagrams and sessions")
	case w.Interface != 0 && w.Channel != nil && (w.Interface == System) != (*w.Channel == systemChannel):
		c.never("channel", "not one of that interface")
	case w.Channel != nil && *w.Channel == systemChannel && (alone || r.At != Request && r.At != Response):
		c.never("channel", "the system interface has no sessions, no datagrams and no devices")
	case w.Satellite != "" && (alone || w.Session == Outside && w.Interface == LAN || w.Interface == LAN || w.Interface == System):
		c.never("satellite", "satellites are asked over the IPMB")
	}
}

// per checks that there is something to count by.
func (c *checker) per(r *Rule) {
	w := &r.When
	bare := r.At == Device || r.At == Machine // of messages
	set := w.Step != 0 || w.Payload != nil && w.Payload.isSetup()
	never := false
	switch r.Hits.Per {
	case PerPeer:
		never = bare || w.Interface > LAN || w.Satellite != ""
	case PerSession:
		never = bare || w.Session == Outside || set || w.Class == ASF || w.Interface > LAN || w.Satellite != ""
	case PerMessage:
		never = bare || r.At == DatagramIn || r.At == PayloadIn || set || w.Class == ASF || w.Payload != nil && *w.Payload != payloadIPMI
	}
	if never {
		c.add("hits.per", "there is no %v here, so the rule can never hit", r.Hits.Per)
	}
}

// setup checks actions of session set-up, n being the number of all actions.
func (c *checker) setup(r *Rule, n int) {
	w, d := &r.When, &r.Do
	message := w.Session > Outside || w.User != nil || w.Privilege != 0 || w.Command != nil || w.NetFn != nil || w.Answer.Len() > 0 ||
		w.Code != nil || w.Failed != nil || w.Payload != nil && !w.Payload.isSetup()
	set := w.Step != 0 || w.Payload != nil && w.Payload.isSetup()
	if d.Refuse != nil && message {
		c.add("do.refuse", "only set-up messages are refused, so the rule can never hit")
	}
	if d.Action == EndSession && w.Session == Outside {
		c.add("do.action", "there is no session to end, so the rule can never hit")
	}
	if r.At == Request {
		c.challenge(r)
		return
	}
	possible := 0
	for i, f := range d.Flaws {
		switch {
		case f < WrongChecksum1 || f >= flaws:
			c.add(fmt.Sprintf("do.flaws[%d]", i), "no flaw")
			return
		case f.ofLogin() && !message, f.ofActivation() && !set, f.ofPacket() && !set:
			possible++
		}
	}
	if len(d.Flaws) > 0 && possible == 0 && n == 1 {
		if set {
			c.add("do.flaws", "are not those of a set-up message, so the rule can never hit")
		} else {
			c.add("do.flaws", "are those of a set-up message, so the rule can never hit")
		}
	}
}

// challenge checks flaws at the point request, where Get Session Challenge begins a login.
func (c *checker) challenge(r *Rule) {
	for i, f := range r.Do.Flaws {
		if !f.ofChallenge() {
			c.add(fmt.Sprintf("do.flaws[%d]", i), "is made at the point session, not where a command runs")
		}
	}
	begins := func(name string) bool { return name == "get-session-challenge" || strings.EqualFold(name, "06h/39h") }
	if len(r.Do.Flaws) > 0 && !slices.ContainsFunc(r.When.Command, begins) {
		c.add("when.command", "get-session-challenge is the command that begins a login, so nothing goes wrong with another")
	}
}
