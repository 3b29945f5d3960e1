package fault

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Facts are what a point knows of what passes it. A point fills in what its conditions ask for; see Conditions.
type Facts struct {
	Message   bool    // Op and Data are those of a request
	Op        ipmb.Op // of the request
	Data      []byte  // of the request, whole: with the bytes of group extensions and enterprises; or a set-up message, or another payload
	Raw       bool    // Data is that of a payload that is neither an IPMI message nor set-up
	Answer    []byte  // completion code and data of the response, nil when there is none
	Peer      netip.AddrPort
	SessionID uint32 // 0: outside
	Channel   uint8
	Interface Interface
	User      string
	Privilege ipmb.Privilege // PrivilegeUnspecified outside of a session
	Session   Generation
	RMCPPlus  bool  // the packet of a message outside of a session has the RMCP+ format
	Suite     uint8 // NoSuite: none
	Payload   Payload
	Step      Step // 0: none
	Class     Class
	Part      Part
	Operation Operation
	Bus       uint8
	Address   uint8
	Device    string
	Sensor    string
	FRU       uint8
	Record    uint16
	Content   []byte // of the record
	LUN       uint8  // of the controller, that a request is for
	Satellite string // name of the controller behind the BMC that this is about, "" for the BMC
	Power     Power
	Event     Event
}

// NoSuite is the cipher suite of messages that have none.
const NoSuite = 0xff

// Private is the channel of I2C buses that are none's, and the bus of those that are a channel's.
const Private = 0xff

// set of points.
func at(list ...Point) (mask uint16) {
	for _, p := range list {
		mask |= 1 << p
	}
	return mask
}

// Sets of points that conditions and actions have in common.
var (
	atMessages  = at(Session, Request, Response, DatagramOut)
	atAnswers   = at(Session, Response, DatagramOut)
	atData      = at(Session, Request, Response, DatagramOut, PayloadIn)
	atSessions  = at(DatagramIn, Session, Request, Response, DatagramOut, PayloadIn)
	atDatagrams = at(DatagramIn, DatagramOut)
	atWire      = at(DatagramIn, Session, DatagramOut)
	anywhere    = at(DatagramIn, Session, Request, Response, DatagramOut, Device, Machine, PayloadIn)
)

// Condition is a row of the conditions: a key of When.
type Condition struct {
	Name  string // the key
	at    uint16
	given func(*When) bool
	holds func(*compiled, *Facts) bool
}

// Points are the points that know enough for the condition.
func (c *Condition) Points() []Point { return pointsOf(c.at) }

func pointsOf(mask uint16) []Point {
	var list []Point
	for p := DatagramIn; p < points; p++ {
		if mask&(1<<p) != 0 {
			list = append(list, p)
		}
	}
	return list
}

// Conditions has a row for each key of When.
var Conditions = []Condition{
	{"command", atMessages, func(w *When) bool { return w.Command != nil }, func(c *compiled, f *Facts) bool {
		return f.Message && slices.Contains(c.ops, f.Op)
	}},
	{"lun", at(Request, Response), func(w *When) bool { return w.LUN != nil }, func(c *compiled, f *Facts) bool {
		return f.Message && f.LUN == *c.When.LUN
	}},
	{"netfn", atMessages, func(w *When) bool { return w.NetFn != nil }, func(c *compiled, f *Facts) bool {
		return f.Message && f.Op.NetFn == ipmb.NetFn(*c.When.NetFn).Request()
	}},
	{"data", atData, func(w *When) bool { return w.Data.Len() > 0 }, func(c *compiled, f *Facts) bool {
		return f.hasData() && c.When.Data.Begins(f.Data)
	}},
	{"fields", atData, func(w *When) bool { return len(w.Fields) > 0 }, func(c *compiled, f *Facts) bool {
		return f.hasData() && !slices.ContainsFunc(c.When.Fields, func(n Field) bool { return !n.holds(f.Data) })
	}},
	{"min_length", atData, func(w *When) bool { return w.MinLength != 0 }, func(c *compiled, f *Facts) bool {
		return f.hasData() && len(f.Data) >= int(c.When.MinLength)
	}},
	{"max_length", atData, func(w *When) bool { return w.MaxLength != nil }, func(c *compiled, f *Facts) bool {
		return f.hasData() && len(f.Data) <= int(*c.When.MaxLength)
	}},
	{"answer", atAnswers, func(w *When) bool { return w.Answer.Len() > 0 }, func(c *compiled, f *Facts) bool {
		return c.When.Answer.Begins(f.Answer)
	}},
	{"completion_code", atAnswers, func(w *When) bool { return w.Code != nil }, func(c *compiled, f *Facts) bool {
		return len(f.Answer) > 0 && f.Answer[0] == uint8(*c.When.Code)
	}},
	{"failed", atAnswers, func(w *When) bool { return w.Failed != nil }, func(c *compiled, f *Facts) bool {
		return len(f.Answer) > 0 && (f.Answer[0] != 0) == *c.When.Failed
	}},
	{"satellite", at(Request, Response, Device, Machine), func(w *When) bool { return w.Satellite != "" }, func(c *compiled, f *Facts) bool {
		return f.Satellite == c.When.Satellite
	}},
	{"channel", atSessions | at(Device), func(w *When) bool { return w.Channel != nil }, func(c *compiled, f *Facts) bool {
		return f.Channel == *c.When.Channel
	}},
	{"interface", atSessions, func(w *When) bool { return w.Interface != 0 }, func(c *compiled, f *Facts) bool {
		return f.Interface == c.When.Interface
	}},
	{"user", atSessions, func(w *When) bool { return w.User != nil }, func(c *compiled, f *Facts) bool {
		return f.Session > Outside && f.User == *c.When.User
	}},
	{"privilege", atSessions, func(w *When) bool { return w.Privilege != 0 }, func(c *compiled, f *Facts) bool {
		return f.Privilege == c.When.Privilege
	}},
	{"session", atSessions, func(w *When) bool { return w.Session != 0 }, func(c *compiled, f *Facts) bool {
		switch c.When.Session {
		case OutsideV15, OutsideRMCPPlus:
			return f.Session == Outside && f.Message && f.Interface == LAN && f.RMCPPlus == (c.When.Session == OutsideRMCPPlus)
		}
		return f.Session == c.When.Session
	}},
	{"cipher_suite", atSessions, func(w *When) bool { return w.Suite != nil }, func(c *compiled, f *Facts) bool {
		return f.Suite == *c.When.Suite
	}},
	{"payload", atWire | at(PayloadIn), func(w *When) bool { return w.Payload != nil }, func(c *compiled, f *Facts) bool {
		return f.Class == IPMI && f.Payload == *c.When.Payload
	}},
	{"step", atWire, func(w *When) bool { return w.Step != 0 }, func(c *compiled, f *Facts) bool {
		return f.Step == c.When.Step
	}},
	{"class", atDatagrams, func(w *When) bool { return w.Class != 0 }, func(c *compiled, f *Facts) bool {
		return f.Class == c.When.Class
	}},
	{"part", at(Device), func(w *When) bool { return w.Part != 0 }, func(c *compiled, f *Facts) bool {
		return f.Part == c.When.Part
	}},
	{"operation", at(Device), func(w *When) bool { return w.Operation != 0 }, func(c *compiled, f *Facts) bool {
		return f.Operation == c.When.Operation
	}},
	{"bus", at(Device), func(w *When) bool { return w.Bus != nil }, func(c *compiled, f *Facts) bool {
		return f.Part == PartI2C && f.Bus == *c.When.Bus
	}},
	{"address", at(Device), func(w *When) bool { return w.Address != nil }, func(c *compiled, f *Facts) bool {
		return f.Part == PartI2C && f.Address == *c.When.Address
	}},
	{"device", at(Device), func(w *When) bool { return w.Device != "" }, func(c *compiled, f *Facts) bool {
		return f.Part == PartI2C && f.Device == c.When.Device
	}},
	{"sensor", at(Device), func(w *When) bool { return w.Sensor != "" }, func(c *compiled, f *Facts) bool {
		return f.Part == PartSensor && f.Sensor == c.When.Sensor
	}},
	{"fru", at(Device), func(w *When) bool { return w.FRU != nil }, func(c *compiled, f *Facts) bool {
		return f.Part == PartFRU && f.FRU == *c.When.FRU
	}},
	{"record", at(Device), func(w *When) bool { return w.Record != nil }, func(c *compiled, f *Facts) bool {
		return (f.Part == PartSEL || f.Part == PartSDR) && f.Record == *c.When.Record
	}},
	{"content", at(Device), func(w *When) bool { return w.Content.Len() > 0 }, func(c *compiled, f *Facts) bool {
		return (f.Part == PartSEL || f.Part == PartSDR) && c.When.Content.Begins(f.Content)
	}},
	{"power", anywhere, func(w *When) bool { return w.Power != 0 }, func(c *compiled, f *Facts) bool {
		return f.Power == c.When.Power
	}},
	{"event", at(Machine), func(w *When) bool { return w.Event != 0 }, func(c *compiled, f *Facts) bool {
		return f.Event == c.When.Event
	}},
}

// hasData reports whether there is data to look at.
func (f *Facts) hasData() bool { return f.Message || f.Step != 0 || f.Raw }

// holds reports whether the number is there and inside of its bounds.
func (n *Field) holds(data []byte) bool {
	v, ok := n.number(data, n.At)
	if ok && n.Plus != nil {
		var more uint64
		more, ok = n.number(data, *n.Plus)
		v += more
	}
	return ok && v >= uint64(n.Min) && v <= uint64(n.Max)
}

// number is the number at an offset.
func (n *Field) number(data []byte, at int) (uint64, bool) {
	start, ok := place(at, len(data))
	if !ok || start+n.Size > len(data) {
		return 0, false
	}
	var b [4]byte
	copy(b[:], data[start:start+n.Size])
	return uint64(binary.LittleEndian.Uint32(b[:]) & n.mask()), true
}

// mask has the bits of the number that count.
func (n *Field) mask() uint32 {
	if n.Mask == 0 {
		return ^uint32(0)
	}
	return n.Mask
}

// place is where an offset stands in n bytes; negative ones count from the end.
func place(offset, n int) (int, bool) {
	if offset < 0 {
		offset += n
	}
	return offset, offset >= 0 && offset < n
}

// listOf is the words of points for errors.
func listOf(mask uint16) string {
	var names []string
	for _, p := range pointsOf(mask) {
		names = append(names, p.String())
	}
	return strings.Join(names, ", ")
}
