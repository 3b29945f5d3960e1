package i2c

import "encoding/binary"

// psuWire is the transaction under way, and its packet error code.
type psuWire struct {
	code   byte
	got    int     // bytes received after the address: command, data, PEC
	data   [4]byte // the longest write is that of COEFFICIENTS
	bad    bool    // refused or broken: nothing is executed at the STOP
	isRead bool
	out    []byte // what the read gives, without PEC
	sent   int
	pec    byte
}

// Start begins a transaction, or turns one that has sent its command into a read.
func (p *PSU) Start(addr uint8, read bool) bool {
	if !read {
		p.psuWire = psuWire{pec: PEC(0, addr<<1)}
		return true
	}
	if p.isRead { // the last one was a read that saw no STOP
		p.psuWire = psuWire{}
	}
	p.pec = PEC(p.pec, addr<<1|1)
	p.isRead, p.sent, p.out = true, 0, nil
	c := psuCommand(p.code)
	switch {
	case p.bad:
	case p.got == 0: // read bit in the first address [PMBus §10.9.1]
		p.comm(cmlOther)
	case c.call && p.got == 1+int(c.write) && p.data[0] == c.write-1:
		p.out = p.answer()
	case c.call || p.got > 1: // data where none belongs
		p.comm(cmlOther)
	case c.read == 0 && !c.block: // write only
		p.comm(cmlCommand)
	default:
		p.out = p.answer()
	}
	return true
}

// comm notes a communication fault. [PMBus §10.8, 10.9]
func (p *PSU) comm(bits byte) {
	p.bad = true
	p.latch(pmbusStatusCML, bits)
	p.Changed()
}

// Receive takes the command code, data and a packet error code.
func (p *PSU) Receive(b byte) bool {
	if p.bad {
		return false
	}
	n := p.got
	p.got++
	if n == 0 {
		p.code = b
		p.pec = PEC(p.pec, b)
		if !psuCommand(b).supported() { // [PMBus §10.9.2]
			p.comm(cmlCommand)
			return false
		}
		return true
	}
	c := psuCommand(p.code)
	switch data := n - 1; {
	case data < int(c.write):
		p.data[data] = b
		p.pec = PEC(p.pec, b)
	case c.write == 0 && !c.send: // read only
		p.comm(cmlCommand)
		return false
	case data == int(c.write) && !c.call:
		if b != p.pec { // [PMBus §10.8.1]
			p.comm(cmlPEC)
			return false
		}
	default: // [PMBus §10.8.5]
		p.comm(cmlOther)
		return false
	}
	return true
}

// Send gives data, then the packet error code, then FFh, which is a fault. [PMBus §10.8.6] [SMBus §5.5.5]
func (p *PSU) Send() byte {
	i := p.sent
	p.sent++
	switch {
	case i < len(p.out):
		p.pec = PEC(p.pec, p.out[i])
		return p.out[i]
	case p.bad || p.out == nil:
		return 0xff
	case i == len(p.out):
		return p.pec
	}
	p.comm(cmlOther)
	return 0xff
}

// Stop executes a write of the right length. Fewer bytes are ignored. [PMBus §10.8.4]
func (p *PSU) Stop() {
	c := psuCommand(p.code)
	data := p.got - 1
	if !p.bad && !p.isRead && !c.call && data >= int(c.write) && (c.send || c.write > 0) {
		p.execute(c)
	}
	p.psuWire = psuWire{}
}

// protected says whether WRITE_PROTECT forbids a command that writes. [PMBus §11.1]
func (p *PSU) protected(code byte) bool {
	switch code {
	case pmbusWriteProtect, pmbusClearFaults:
		return false
	case pmbusOperation, pmbusPage:
		return p.protect == protectAll
	}
	return p.protect != 0
}

func (p *PSU) execute(c pmbusCommand) {
	if p.protected(p.code) {
		p.comm(cmlData)
		return
	}
	b := p.data[0]
	switch p.code {
	case pmbusClearFaults:
		p.ClearFaults()
		return
	case pmbusPage:
		if b != 0 && b != 0xff {
			p.comm(cmlData)
			return
		}
		p.page = b
	case pmbusOperation:
		p.operation = b
	case pmbusWriteProtect:
		if b != 0 && b != protectAll && b != protectButOp && b != protectButOp>>1 {
			p.comm(cmlData)
			return
		}
		p.protect = b
	default:
		if c.write == 1 { // a detail register
			p.status[p.code-pmbusFirstStatus] &^= b
		} else {
			p.limits[p.code-pmbusVoutOVFault] = binary.LittleEndian.Uint16(p.data[:])
		}
	}
	p.evaluate()
	p.Changed()
}

// answer is the data that a read of the command gives; it is not empty.
func (p *PSU) answer() []byte {
	switch p.code {
	case pmbusPage:
		return []byte{p.page}
	case pmbusOperation:
		return []byte{p.operation}
	case pmbusWriteProtect:
		return []byte{p.protect}
	case pmbusCapability:
		return []byte{capabilities}
	case pmbusVoutMode: // [PMBus §8]
		if p.direct {
			return []byte{0x40}
		}
		return []byte{byte(p.exponent) & 0x1f}
	case pmbusRevision: // parts I and II 1.2 [PMBus §22.1]
		return []byte{0x22}
	case pmbusStatusByte:
		return []byte{byte(p.StatusWord())}
	case pmbusStatusWord:
		return binary.LittleEndian.AppendUint16(nil, p.StatusWord())
	case pmbusQuery:
		return []byte{1, p.query(p.data[1])}
	case pmbusCoefficients:
		return p.coefficients()
	}
	if i := int(p.code) - pmbusMfrID; i >= 0 && i < len(p.texts) {
		return append([]byte{byte(len(p.texts[i]))}, p.texts[i]...)
	}
	if psuLimit(p.code) != kindNone {
		return binary.LittleEndian.AppendUint16(nil, p.limits[p.code-pmbusVoutOVFault])
	}
	if k := psuReading(p.code); k != kindNone {
		return binary.LittleEndian.AppendUint16(nil, p.encode(k, p.reading(p.code)))
	}
	return []byte{p.status[p.code-pmbusFirstStatus]}
}

// query tells of a command whether it is supported and how. [PMBus §11.13]
func (p *PSU) query(code byte) byte {
	c := psuCommand(code)
	if !c.supported() {
		return 0
	}
	b := byte(querySupported)
	if c.write > 0 || c.send {
		b |= queryWrite
	}
	if c.read > 0 || c.block {
		b |= queryRead
	}
	f := formatUnsigned
	switch {
	case c.block || c.call || c.send || c.kind == kindNone && c.read == 2:
		f = formatText
	case c.kind != kindNone && p.direct:
		f = formatDirect
	case c.kind != kindNone:
		f = formatLinear
	}
	return b | byte(f)<<2
}

// coefficients answers m, b and R of a command, LS bytes first. In the linear format there are none, which is invalid data.
// [PMBus §7.2]
func (p *PSU) coefficients() []byte {
	c := psuCommand(p.data[1])
	if !p.direct || c.kind == kindNone || p.data[2] > 1 {
		p.comm(cmlData)
		return nil
	}
	k := psuCoefficients(c.kind)
	out := binary.LittleEndian.AppendUint16([]byte{5}, uint16(k.M))
	out = binary.LittleEndian.AppendUint16(out, uint16(k.B))
	return append(out, byte(k.R))
}
