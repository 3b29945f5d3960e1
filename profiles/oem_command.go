package profiles

import (
	"fmt"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
)

// OEMCommand is a command that only answers what it is told to. It is a row of the command table like any other: with a
// name, a privilege, and C1h for who looks for it elsewhere.
type OEMCommand struct {
	Name    string `yaml:"name" profile:"key" length:"1..64"`          // as lists, rules and metrics show it
	NetFn   uint8  `yaml:"netfn" range:"0..62" profile:"required,hex"` // network function of the request, even
	Command uint8  `yaml:"command" profile:"required,hex"`             // its number
	Body    *uint8 `yaml:"body" profile:"hex"`                         // defining body, for network function 2Ch [IPMI 2.0 §5.1]
	// Enterprise number in front of the data, for network function 2Eh. Absent: there is none. [IPMI 2.0 §5.1]
	Enterprise *uint32        `yaml:"enterprise" range:"0..16777215"`
	Privilege  ipmb.Privilege `yaml:"privilege" default:"user" words:"callback user operator administrator oem"` // least one
	// Answers are asked in their order: the first one that fits the request is given.
	Answers []OEMAnswer `yaml:"answers" length:"1..256" profile:"required"`
	// Otherwise is the completion code of requests that none fits.
	Otherwise fault.Code `yaml:"otherwise" default:"invalid-field"`
}

// OEMAnswer is what a request is answered.
type OEMAnswer struct {
	Data   fault.Pattern `yaml:"data"`                   // the request's data begin so; ? is any digit
	Length *uint16       `yaml:"length" range:"0..255"`  // of the request's data. Absent: any
	Code   fault.Code    `yaml:"completion_code"`        // of the answer
	Answer HexBytes      `yaml:"answer" length:"0..255"` // bytes behind the completion code
}

// Fits reports whether the answer is one to a request with this data.
func (a *OEMAnswer) Fits(data []byte) bool {
	return (a.Length == nil || int(*a.Length) == len(data)) && a.Data.Begins(data)
}

// Op is the command's identity.
func (o *OEMCommand) Op() ipmb.Op {
	op := ipmb.Op{NetFn: ipmb.NetFn(o.NetFn), Cmd: o.Command}
	if o.Body != nil {
		op.Body = *o.Body
	}
	if op.NetFn == ipmb.NetFnOEMGroup {
		op.Bare = o.Enterprise == nil
	}
	if o.Enterprise != nil {
		op.Enterprise = *o.Enterprise
	}
	return op
}

// oem checks the commands by themselves. Against the others they are checked by who has the command table.
func (c *checker) oem(o *OEM, path string) {
	for i := range o.Commands {
		k, path := &o.Commands[i], fmt.Sprintf("%s.commands[%d]", path, i)
		fn := ipmb.NetFn(k.NetFn)
		switch {
		case fn.IsResponse():
			c.add(path+".netfn", "the network function of a request is even")
		case fn == ipmb.NetFnGroup && k.Body == nil:
			c.add(path+".body", "missing: commands of network function 2Ch belong to a defining body")
		case fn != ipmb.NetFnGroup && k.Body != nil:
			c.add(path+".body", "only network function 2Ch has defining bodies")
		case fn != ipmb.NetFnOEMGroup && k.Enterprise != nil:
			c.add(path+".enterprise", "only network function 2Eh has enterprise numbers")
		}
		for j := range k.Answers {
			for first := range j {
				if a, b := &k.Answers[first], &k.Answers[j]; a.Length == nil && a.Data.Len() <= b.Data.Len() && a.Data.Begins(b.Data.Value) && !open(b.Data, a.Data.Len()) {
					c.add(fmt.Sprintf("%s.answers[%d]", path, j), "answers[%d] fits everything that this one fits, so this one is never given", first)
				}
			}
		}
	}
}

// open reports whether one of the first n bytes of a pattern has a digit that may be any.
func open(p fault.Pattern, n int) bool {
	for _, m := range p.Mask[:n] {
		if m != 0xff {
			return true
		}
	}
	return false
}
