package bmc

import (
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// cannedCommands are the rows of the commands that a profile describes by their answers. A command that the machine has
// is refused: who wants that one to answer otherwise writes a fault rule.
func cannedCommands(p *profiles.Profile, lists [][]Command) ([]Command, error) {
	var rows []Command
	var errs []error
	for i := range p.OEM.Commands {
		spec := &p.OEM.Commands[i]
		c := Command{Op: spec.Op(), Name: spec.Name, Section: "profile", Priv: spec.Privilege, Do: canned(spec)}
		if other := clash(&c, append(lists, rows)); other != nil {
			errs = append(errs, fmt.Errorf("%s: %s is %s already (faults.rules change what it answers)",
				p.Where(fmt.Sprintf("oem.commands[%d]", i)), other.Op, other.Name))
			continue
		}
		rows = append(rows, c)
	}
	return rows, errors.Join(errs...)
}

// clash finds a command of the same identity that is done, or one of the same name.
func clash(c *Command, lists [][]Command) *Command {
	for _, list := range lists {
		for i := range list {
			if other := &list[i]; other.Op == c.Op && other.Done() && other.Reach != Broadcast || CommandID(other.Name) == CommandID(c.Name) {
				return other
			}
		}
	}
	return nil
}

// canned answers what the profile says.
func canned(spec *profiles.OEMCommand) Handler {
	return func(_ *Machine, r *Request) ([]byte, error) {
		for i := range spec.Answers {
			a := &spec.Answers[i]
			if !a.Fits(r.Data) {
				continue
			}
			b := append(r.Buf, a.Answer...)
			if a.Code != 0 {
				return b, ipmb.CompletionCode(a.Code)
			}
			return b, nil
		}
		return nil, ipmb.CompletionCode(spec.Otherwise)
	}
}
