package bmc

import (
	"errors"
	"fmt"
	"sort"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Command is one row of the command table: everything that is known about a command. The dispatcher's checks, the
// firmware firewall's answers, `fakebmc commands`, the README's coverage table and the names that profiles and metrics
// use all come from the rows. Adding a command is one row and one function.
type Command struct {
	Op      ipmb.Op
	Name    string         // the specification's
	Section string         // "22.13", "DCMI 6.6.1", "ICMB"
	Priv    ipmb.Privilege // least privilege in a session; session-less channels have no privilege [IPMI 2.0 App. G]
	Reach   Reach
	Len     Length       // of the request data behind a group extension's or an enterprise's bytes
	LUNs    bool         // also taken on the LUNs 01b and 11b: what it is for is on one of them [IPMI 2.0 §5.1]
	Sub     SubFunctions // what the firmware firewall knows as parts of the command
	Keeps   partSet      // the parts of the non-volatile state that it may change
	// Do runs the command; nil: not done, answers C1h.
	Do Handler
	// Sent: a command with the reach BMCGenerated that the controller does send.
	Sent bool

	index int // position in the table
}

// Handler decodes a request, asks the part of the machine that owns the state, and encodes the answer behind the
// completion code. It runs under the machine's lock. It appends to r.Buf, so that a small answer costs no allocation.
//
// An error that is an ipmb.CompletionCode is sent as such, with the returned data if there are any; any other error is
// a bug in fakebmc and is answered FFh.
type Handler func(m *Machine, r *Request) ([]byte, error)

// Done reports whether the command is there.
func (c *Command) Done() bool { return c.Do != nil || c.Sent }

// Reach says from where a command may be sent. [IPMI 2.0 App. G]
type Reach uint8

// Reaches.
const (
	Anywhere            Reach = iota // any session of enough privilege, and every session-less channel
	Sessionless                      // outside of a session, too
	SystemInterfaceOnly              // App. G "s"
	LocalOnly                        // App. G "I": system interface, IPMB, SMBus; no session
	BMCGenerated                     // App. G "b": the BMC sends it and never executes it
	Broadcast                        // IPMB broadcast: the request with address 00h in front [IPMI 2.0 §20.9]
)

// String is the word of the coverage table.
func (r Reach) String() string {
	switch r {
	case Sessionless:
		return "no session needed"
	case SystemInterfaceOnly:
		return "system interface"
	case LocalOnly:
		return "local interfaces"
	case BMCGenerated:
		return "sent by the BMC"
	case Broadcast:
		return "IPMB broadcast"
	}
	return "session"
}

// Length is the range of request data lengths that a command takes; the zero value takes any. Lengths inside the range
// that are no boundary of an optional field are the handler's to refuse.
type Length struct {
	min, max int // max 0: the zero value; max -1: no upper bound
	set      bool
}

func none() Length              { return exactly(0) }
func exactly(n int) Length      { return Length{n, n, true} }
func atLeast(n int) Length      { return Length{n, -1, true} }
func between(lo, hi int) Length { return Length{lo, hi, true} }

// Takes reports whether n bytes are in the range.
func (l Length) Takes(n int) bool {
	return !l.set || n >= l.min && (l.max < 0 || n <= l.max)
}

// Table is the command table of a machine. It is built once, never changes, and machines of one profile share it.
type Table struct {
	rows []Command
	byOp map[ipmb.Op]*Command
}

// newTable joins lists of rows. Rows of a later list replace those of an earlier one with the same Op, which is how OEM
// commands override standard ones; a duplicate inside one list is an error. off removes rows by name or Op.
func newTable(changed profiles.Commands, lists ...[]Command) (*Table, error) {
	t := &Table{byOp: make(map[ipmb.Op]*Command)}
	for _, list := range lists {
		seen := make(map[ipmb.Op]bool)
		for _, c := range list {
			if c.Reach == Broadcast {
				t.rows = append(t.rows, c)
				continue
			}
			if seen[c.Op] {
				return nil, fmt.Errorf("command table: %s: %s is there twice", c.Name, c.Op)
			}
			seen[c.Op] = true
			if i := t.find(c.Op); i >= 0 {
				t.rows[i] = c
			} else {
				t.rows = append(t.rows, c)
			}
		}
	}
	err := errors.Join(
		t.change("off", changed.Off, func(c *Command) { c.Do, c.Sent = nil, false }),
		t.change("remote", changed.Remote, func(c *Command) { c.Reach = Anywhere }),
	)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(t.rows, func(i, j int) bool { return less(t.rows[i].Op, t.rows[j].Op) })
	for i := range t.rows {
		c := &t.rows[i]
		c.index = i
		if c.Reach != Broadcast {
			t.byOp[c.Op] = c
		}
	}
	return t, nil
}

func (t *Table) find(op ipmb.Op) int {
	for i := range t.rows {
		if t.rows[i].Op == op && t.rows[i].Reach != Broadcast {
			return i
		}
	}
	return -1
}

// change alters the rows that a list of the profile names. A command that is switched off keeps its row, so that the
// firewall and the coverage still know what the specification has there.
func (t *Table) change(list string, names []string, alter func(*Command)) error {
	var errs []error
	for _, name := range names {
		found := false
		for i := range t.rows {
			if c := &t.rows[i]; CommandID(c.Name) == name || c.Op.String() == name {
				alter(c)
				found = true
			}
		}
		if !found {
			errs = append(errs, fmt.Errorf("commands.%s: unknown command %q (see `fakebmc commands`)", list, name))
		}
	}
	return errors.Join(errs...)
}

func less(a, b ipmb.Op) bool {
	if a.NetFn != b.NetFn {
		return a.NetFn < b.NetFn
	}
	if a.Body != b.Body {
		return a.Body < b.Body
	}
	if a.Enterprise != b.Enterprise {
		return a.Enterprise < b.Enterprise
	}
	return a.Cmd < b.Cmd
}

// Lookup finds a command by its identity, or nil.
func (t *Table) Lookup(op ipmb.Op) *Command { return t.byOp[op] }

// Rows lists the table in the order of NetFn, body, enterprise, command. The caller must not change it.
func (t *Table) Rows() []Command { return t.rows }

// CommandID is the name of a command as profiles, fault rules and metrics write it: "Get Device ID" is
// "get-device-id".
func CommandID(name string) string {
	b := make([]byte, 0, len(name))
	for _, c := range []byte(name) {
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b = append(b, c)
		case len(b) > 0 && b[len(b)-1] != '-':
			b = append(b, '-')
		}
	}
	return string(b)
}
