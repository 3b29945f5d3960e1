package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// Special characters of Basic Mode. [IPMI 2.0 §14.4.1, Tables 14-5 and 14-6]
const (
	basicStart     = 0xa0
	basicStop      = 0xa5
	basicHandshake = 0xa6
	basicEscape    = 0xaa
	asciiEscape    = 0x1b
)

// basicEscapes are the second characters of escaped data bytes.
var basicEscapes = map[byte]byte{basicStart: 0xb0, basicStop: 0xb5, basicHandshake: 0xb6, basicEscape: 0xba, asciiEscape: 0x3b}

// maxBasicMessage bounds a message that comes in. A longer one is rejected, without an answer. [IPMI 2.0 §14.4.2]
const maxBasicMessage = 256

// appendBasic appends a message as a Basic Mode packet.
func appendBasic(b, message []byte) []byte {
	b = append(b, basicStart)
	for _, c := range message {
		if second, special := basicEscapes[c]; special {
			b = append(b, basicEscape, second)
		} else {
			b = append(b, c)
		}
	}
	return append(b, basicStop)
}

// basicReader puts Basic Mode packets together. The zero value waits for one.
type basicReader struct {
	message []byte
	inside  bool // behind a start character
	escaped bool // behind an escape character
}

// read takes one character, and returns the message that it completes. What lies between packets is not for us.
func (r *basicReader) read(c byte) (message []byte, ok bool) {
	switch {
	case c == basicStart:
		*r = basicReader{message: r.message[:0], inside: true}
	case !r.inside:
	case r.escaped:
		r.escaped = false
		for plain, second := range basicEscapes {
			if c == second {
				r.keep(plain)
				return nil, false
			}
		}
		r.inside = false // an illegal combination
	case c == basicStop:
		r.inside = false
		return r.message, true
	case c == basicEscape:
		r.escaped = true
	case c == asciiEscape:
		r.inside = false
	case c != basicHandshake:
		r.keep(c)
	}
	return nil, false
}

// keep appends a data byte; too many end the packet.
func (r *basicReader) keep(c byte) {
	if len(r.message) >= maxBasicMessage {
		r.inside = false
		return
	}
	r.message = append(r.message, c)
}

// basicRequest parses a request for the controller.
func basicRequest(message []byte) (ipmb.Message, bool) {
	m, err := ipmb.ParseMessage(message)
	return m, err == nil && m.To == ipmb.AddrBMC && !m.NetFn.IsResponse()
}
