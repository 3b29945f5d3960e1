package vmserial

import "github.com/fakebmc/fakebmc/ipmb"

// Bytes with a meaning in the stream. There is no start of a frame, only its end.
const (
	endMessage = 0xa0 // ends an IPMI message
	endControl = 0xa1 // ends a control command
	escape     = 0xaa // the next byte is one of these three, with escaped set
	escaped    = 1 << 4
)

// Control commands: a code, for two of them one byte more.
const (
	cmdNoAttention      = 0x00
	cmdAttention        = 0x01
	cmdAttentionIRQ     = 0x02 // attention, and an interrupt with it
	cmdPowerOff         = 0x03
	cmdReset            = 0x04 // to the virtual machine: reset; from it: I was reset
	cmdEnableIRQ        = 0x05
	cmdDisableIRQ       = 0x06
	cmdNMI              = 0x07
	cmdCapabilities     = 0x08 // from the virtual machine, with a byte: what it can do
	cmdGracefulShutdown = 0x09
	cmdVersion          = 0xff // with a byte: 01h

	protocolVersion = 1
)

// capability is a bit of what a virtual machine can do. What it did not offer is not asked of it.
type capability = uint32

// Capabilities.
const (
	canPowerOff  capability = 1 << 0
	canReset     capability = 1 << 1
	canIRQ       capability = 1 << 2 // to enable and disable interrupts
	canNMI       capability = 1 << 3
	canAttention capability = 1 << 4
	canShutDown  capability = 1 << 5
)

// maxFrame is the longest frame without its escapes and its end that QEMU takes. Longer ones are dropped.
const maxFrame = 302

// frame is what an end byte ends. The bytes are valid until the decoder gets the next one.
type frame struct {
	control bool
	body    []byte
}

// decoder finds frames in a stream, with memory for one.
type decoder struct {
	buf     [maxFrame]byte
	n       int
	escape  bool // the next byte is escaped
	tooLong bool // what comes up to the end belongs to a frame that did not fit
}

// put takes the next byte of the stream, and returns a frame when that ends one. Empty frames, frames that are too long
// and frames that end in an escape are none.
func (d *decoder) put(c byte) (frame, bool) {
	switch c {
	case endMessage, endControl:
		f, ok := frame{control: c == endControl, body: d.buf[:d.n]}, d.n > 0 && !d.escape && !d.tooLong
		d.n, d.escape, d.tooLong = 0, false, false
		return f, ok
	case escape:
		d.escape = true
		return frame{}, false
	}
	if d.escape {
		c &^= escaped
		d.escape = false
	}
	if d.n == len(d.buf) {
		d.tooLong = true
		return frame{}, false
	}
	d.buf[d.n] = c
	d.n++
	return frame{}, false
}

// appendFrame appends a frame with its escapes and its end.
func appendFrame(out, body []byte, end byte) []byte {
	for _, c := range body {
		switch c {
		case endMessage, endControl, escape:
			out = append(out, escape, c|escaped)
		default:
			out = append(out, c)
		}
	}
	return append(out, end)
}

// message is an IPMI message of the stream: a request, or a response whose data begins with the completion code.
type message struct {
	seq   uint8
	netFn ipmb.NetFn
	lun   ipmb.LUN
	cmd   uint8
	data  []byte
}

const minMessage = 4 // sequence number, network function and LUN, command, checksum

// parseMessage reads a frame's body; ok is false for one that is too short or whose bytes do not add up to 0.
func parseMessage(b []byte) (m message, ok bool) {
	if len(b) < minMessage || ipmb.Checksum(b) != 0 {
		return m, false
	}
	return message{
		seq: b[0], netFn: ipmb.NetFn(b[1] >> 2), lun: ipmb.LUN(b[1] & 3), cmd: b[2], data: b[3 : len(b)-1],
	}, true
}

// appendTo appends the frame.
func (m message) appendTo(out []byte) []byte {
	body := append([]byte{m.seq, byte(m.netFn)<<2 | byte(m.lun), m.cmd}, m.data...)
	return appendFrame(out, append(body, ipmb.Checksum(body)), endMessage)
}

// answer is the response to m. One that does not fit into a frame becomes the completion code for that.
func (m message) answer(data []byte) message {
	if len(data) > maxFrame-minMessage {
		data = []byte{byte(ipmb.CannotReturnBytes)}
	}
	return message{seq: m.seq, netFn: m.netFn + 1, lun: m.lun, cmd: m.cmd, data: data}
}
