package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// messaging is what waits for system software, and how it learns of it: the receive message queue, the event message
// buffer, the message flags and the global enables. [IPMI 2.0 §22.1-22.8]
type messaging struct {
	enables   globalEnables
	supported globalEnables
	queue     ipmb.Queue
	buffer    [16]byte // SEL record, the event message buffer
	buffered  bool     // the buffer is full
	pending   ipmb.Pending
	watchdog  bool // flag: the watchdog's pre-timeout interrupt occurred
	oem       messageFlags
	attention func(Attention) // nil: nobody listens
	told      Attention       // what attention was told last
	smi       bool            // the event message buffer is not for system software: its interrupt is an SMI
}

// globalEnables are the bits of Set BMC Global Enables. [IPMI 2.0 §22.1]
type globalEnables uint8

// Global enables.
const (
	enableQueueInterrupt  globalEnables = 1 << 0 // receive message queue interrupt
	enableBufferInterrupt globalEnables = 1 << 1 // event message buffer full interrupt
	enableBuffer          globalEnables = 1 << 2 // event message buffer
	enableLogging         globalEnables = 1 << 3 // system event logging
	enableOEM             globalEnables = 7 << 5
)

// messageFlags are the bits of Get Message Flags. [IPMI 2.0 §22.4]
type messageFlags uint8

// Message flags.
const (
	flagReceiveMessage messageFlags = 1 << 0
	flagBufferFull     messageFlags = 1 << 1
	flagWatchdog       messageFlags = 1 << 3
	flagsOEM           messageFlags = 7 << 5
)

func newMessaging(p *profiles.Profile) messaging {
	s := enableLogging | enableOEM
	if p.Device.EventBuffer {
		s |= enableBuffer
		if p.SystemInterface.EventInterrupt != noInterrupt {
			s |= enableBufferInterrupt
		}
	}
	if p.SystemInterface.SMSInterrupt != noInterrupt {
		s |= enableQueueInterrupt
	}
	enables := enableLogging
	if p.Device.Enables != nil {
		enables = globalEnables(*p.Device.Enables)
	}
	return messaging{enables: enables, supported: s, smi: p.SystemInterface.EventInterrupt == interruptSMI}
}

// Interrupt assignments of Get Channel Info. [IPMI 2.0 §22.24]
const (
	interruptSMI = 0x14
	noInterrupt  = 0xff // none or unspecified
)

// logs reports whether events are logged, other than those from system software, which always are. [IPMI 2.0 §22.1]
func (s *messaging) logs() bool { return s.enables&enableLogging != 0 }

// setEnables takes new global enables. Turning the event message buffer off does not empty it; an interrupt or a buffer
// that is not there cannot be enabled. [IPMI 2.0 §22.1]
func (s *messaging) setEnables(e globalEnables) error {
	const reserved globalEnables = 1 << 4
	if e&^reserved&^s.supported != 0 {
		return ipmb.InvalidField
	}
	s.enables = e &^ reserved
	s.signal()
	return nil
}

// flags are the message flags as they stand now. [IPMI 2.0 §22.4]
func (s *messaging) flags() messageFlags {
	f := s.oem
	if s.queue.Len() > 0 {
		f |= flagReceiveMessage
	}
	if s.buffered && s.enables&enableBuffer != 0 {
		f |= flagBufferFull
	}
	if s.watchdog {
		f |= flagWatchdog
	}
	return f
}

// clear clears flags; with the first two goes what they stand for. [IPMI 2.0 §22.3]
func (s *messaging) clear(f messageFlags) {
	if f&flagReceiveMessage != 0 {
		s.queue.Flush()
	}
	if f&flagBufferFull != 0 {
		s.buffered = false
	}
	if f&flagWatchdog != 0 {
		s.watchdog = false
	}
	s.oem &^= f & flagsOEM
	s.signal()
}

// put queues a message for system software and reports whether there was room.
func (s *messaging) put(m ipmb.Queued) bool {
	defer s.signal()
	return s.queue.Put(m)
}

// take is Get Message's next message.
func (s *messaging) take() (ipmb.Queued, bool) {
	defer s.signal()
	return s.queue.Take()
}

// storeEvent puts an event, as a SEL record, into the event message buffer if that is enabled and empty. It is filled
// whether or not the event is logged, but not by events of system software. [IPMI 2.0 §17.5, §22.8]
func (s *messaging) storeEvent(record [16]byte, fromSystemSoftware bool) {
	if fromSystemSoftware || s.enables&enableBuffer == 0 || s.buffered {
		return
	}
	s.buffer, s.buffered = record, true
	s.signal()
}

// takeEvent empties the event message buffer. [IPMI 2.0 §22.8]
func (s *messaging) takeEvent() (record [16]byte, ok bool) {
	if !s.buffered {
		return record, false
	}
	s.buffered = false
	s.signal()
	return s.buffer, true
}

// preTimeout sets or clears the watchdog's flag. [IPMI 2.0 §22.4, §27.6]
func (s *messaging) preTimeout(on bool) {
	s.watchdog = on
	s.signal()
}

// Attention is what the system interface shows the host beside its messages: the attention bit, and its interrupts.
type Attention struct {
	Set        bool // the attention bit [IPMI 2.0 §9.5, §9.12]
	Interrupt  bool // raise an interrupt with it: one of the flags behind it has an interrupt, and that is enabled
	Interrupts bool // the interface's own interrupts are enabled, as for each message [IPMI 2.0 §22.1, bit 0]
}

// attends works out the signals as they stand now. The attention bit is the or of the standard flags, whatever the
// interrupt enables say, and of those OEM flags that are enabled. The watchdog's messaging interrupt is that of the
// receive message queue. [IPMI 2.0 §9.5, §9.12, §27.6]
func (s *messaging) attends() Attention {
	heard := flagReceiveMessage | flagWatchdog | messageFlags(s.enables)&flagsOEM
	if !s.smi {
		heard |= flagBufferFull
	}
	heard &= s.flags()
	queue, buffer := s.enables&enableQueueInterrupt != 0, s.enables&enableBufferInterrupt != 0
	return Attention{
		Set:        heard != 0,
		Interrupt:  queue && heard&^flagBufferFull != 0 || buffer && heard&flagBufferFull != 0,
		Interrupts: queue,
	}
}

// signal tells the system interface when its signals change.
func (s *messaging) signal() {
	now := s.attends()
	if now == s.told {
		return
	}
	s.told = now
	if s.attention != nil {
		s.attention(now)
	}
}

// hostStops is what a system reset and power-off do here: logging on, event message buffer off and empty, nothing left
// for software that is gone. The OEM bits stay. [IPMI 2.0 §22.1, §22.4]
func (s *messaging) hostStops() {
	s.enables = s.enables&enableOEM | enableLogging
	s.buffered, s.watchdog = false, false
	s.queue.Flush()
	s.signal()
}

// restart is what a restart of the controller does.
func (s *messaging) restart() {
	s.enables = enableLogging
	s.oem = 0
	s.disconnect()
	s.hostStops()
}

// disconnect drops the messages that are under way. [IPMI 2.0 §20.3]
func (s *messaging) disconnect() {
	s.queue.Flush()
	s.pending.Flush()
	s.signal()
}

// raiseOEM raises flags of the vendor's own. [IPMI 2.0 §22.4]
func (s *messaging) raiseOEM(f messageFlags) {
	s.oem |= f & flagsOEM
	s.signal()
}

// OnAttention makes f hear of every change of the system interface's signals, and of what they are now. f runs under the
// machine's lock: it must not wait and not call the machine. Nil ends that. [IPMI 2.0 §9.12]
func (m *Machine) OnAttention(f func(Attention)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messaging.attention = f
	if f != nil {
		f(m.messaging.told)
	}
}
