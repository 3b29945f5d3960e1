package ipmb

import "fmt"

// NetFn is a network function code, six bits, even for requests and odd for responses. [IPMI 2.0 §5.1, Table 5-1]
type NetFn uint8

// Request network functions. [IPMI 2.0 §5.1, Table 5-1]
const (
	NetFnChassis   NetFn = 0x00
	NetFnBridge    NetFn = 0x02
	NetFnSensor    NetFn = 0x04
	NetFnApp       NetFn = 0x06
	NetFnFirmware  NetFn = 0x08
	NetFnStorage   NetFn = 0x0a
	NetFnTransport NetFn = 0x0c
	NetFnGroup     NetFn = 0x2c // first data byte names the defining body
	NetFnOEMGroup  NetFn = 0x2e // first three data bytes are an IANA enterprise number, LS byte first
	NetFnOEM       NetFn = 0x30 // 30h-3Fh: the controller's manufacturer defines them
)

// IsResponse reports whether n is the odd half of its pair.
func (n NetFn) IsResponse() bool { return n&1 == 1 }

// Response is the network function of the answer to a request with network function n.
func (n NetFn) Response() NetFn { return n | 1 }

// Request is the network function of the request that a response with network function n answers.
func (n NetFn) Request() NetFn { return n &^ 1 }

// String names the pair: both 06h and 07h are "App".
func (n NetFn) String() string {
	switch n.Request() {
	case NetFnChassis:
		return "Chassis"
	case NetFnBridge:
		return "Bridge"
	case NetFnSensor:
		return "Sensor/Event"
	case NetFnApp:
		return "App"
	case NetFnFirmware:
		return "Firmware"
	case NetFnStorage:
		return "Storage"
	case NetFnTransport:
		return "Transport"
	case NetFnGroup:
		return "Group Extension"
	case NetFnOEMGroup:
		return "OEM/Group"
	}
	if n.Request() >= NetFnOEM {
		return fmt.Sprintf("OEM %02Xh", uint8(n.Request()))
	}
	return fmt.Sprintf("Reserved %02Xh", uint8(n.Request()))
}

// Defining bodies of the Group Extension network function. [IPMI 2.0 §5.1, Table 5-1]
const (
	BodyPICMG uint8 = 0x00
	BodyASF   uint8 = 0x01
	BodySSI   uint8 = 0x02
	BodyVITA  uint8 = 0x03
	BodyDCMI  uint8 = 0xdc
)

// Op is the identity of a command: two commands with one NetFn and number differ when their group extension body or
// their enterprise does. NetFn is always the request's, even.
type Op struct {
	NetFn      NetFn
	Body       uint8  // defining body, NetFnGroup only
	Enterprise uint32 // IANA enterprise number, NetFnOEMGroup only
	Bare       bool   // NetFnOEMGroup without an enterprise number, as no specification has it and some vendors do
	Cmd        uint8
}

// OpOf reads the identity of a request from its network function, command number and data, and returns the data
// behind the group extension body or enterprise number with it. ok is false when the data is too short to hold them;
// such a request belongs to no command of the specification, and a bare operation with all of the data is returned.
// [IPMI 2.0 §5.1]
func OpOf(netFn NetFn, cmd uint8, data []byte) (op Op, body []byte, ok bool) {
	op = Op{NetFn: netFn.Request(), Cmd: cmd}
	n := op.ExtensionLen()
	if len(data) < n {
		op.Bare = true
		return op, data, false
	}
	switch op.NetFn {
	case NetFnGroup:
		op.Body = data[0]
	case NetFnOEMGroup:
		op.Enterprise = uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16
	}
	return op, data[n:], true
}

// ExtensionLen is the number of bytes that stand in front of a request's own data, and behind the completion code of
// every response, to say who defined the command: one for a group extension, three for OEM/Group, else none.
// [IPMI 2.0 §5.1]
func (o Op) ExtensionLen() int {
	if o.Bare {
		return 0
	}
	switch o.NetFn {
	case NetFnGroup:
		return 1
	case NetFnOEMGroup:
		return 3
	}
	return 0
}

// AppendExtension appends those bytes.
func (o Op) AppendExtension(b []byte) []byte {
	if o.Bare {
		return b
	}
	switch o.NetFn {
	case NetFnGroup:
		return append(b, o.Body)
	case NetFnOEMGroup:
		return append(b, byte(o.Enterprise), byte(o.Enterprise>>8), byte(o.Enterprise>>16))
	}
	return b
}

// String prints "06h/01h", "2Ch(DCh)/02h" or "2Eh(57 01 00)/C0h".
func (o Op) String() string {
	switch {
	case o.Bare:
	case o.NetFn == NetFnGroup:
		return fmt.Sprintf("%02Xh(%02Xh)/%02Xh", uint8(o.NetFn), o.Body, o.Cmd)
	case o.NetFn == NetFnOEMGroup:
		return fmt.Sprintf("%02Xh(% X)/%02Xh", uint8(o.NetFn), o.AppendExtension(nil), o.Cmd)
	}
	return fmt.Sprintf("%02Xh/%02Xh", uint8(o.NetFn), o.Cmd)
}
