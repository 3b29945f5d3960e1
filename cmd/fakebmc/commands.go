package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/ipmb"
)

const commandsHelp = `List the IPMI commands of the specification and those of vendors, and which of
them fakebmc answers. A machine has a vendor's if its profile has a section for
that vendor under oem.

A command that is not done answers "invalid command" (C1h), as a BMC that does
not have it would. The first word of a line is the command's name in profiles
and metrics.`

// commandInfo is a row of the command table as programs read it.
type commandInfo struct {
	ID         string `json:"id"` // in profiles and metrics
	Name       string `json:"name"`
	NetFn      uint8  `json:"netfn"`
	Body       *uint8 `json:"body,omitempty"`       // of a group extension
	Enterprise uint32 `json:"enterprise,omitempty"` // of an OEM/Group command
	Command    uint8  `json:"command"`
	Section    string `json:"section"`
	Privilege  string `json:"privilege"` // least privilege in a session; "none" when there need be no session
	Reach      string `json:"reach"`     // from where it may be sent
	Done       bool   `json:"done"`

	op string
}

func commandInfos() []commandInfo {
	standard := bmc.StandardTable()
	rows := standard.Rows()
	for _, v := range oem.Vendors() {
		for _, c := range v.Commands {
			if standard.Lookup(c.Op) == nil { // else it is the vendor's way to do a command that is in the list
				rows = append(rows, c)
			}
		}
	}
	var list []commandInfo
	for _, c := range rows {
		i := commandInfo{
			ID: bmc.CommandID(c.Name), Name: c.Name, NetFn: uint8(c.Op.NetFn), Enterprise: c.Op.Enterprise,
			Command: c.Op.Cmd, Section: c.Section, Privilege: privilegeOf(&c), Reach: c.Reach.String(), Done: c.Done(),
			op: c.Op.String(),
		}
		if c.Op.NetFn == ipmb.NetFnGroup {
			i.Body = &c.Op.Body
		}
		list = append(list, i)
	}
	return list
}

// privilegeOf is the least privilege of a session for the command; "-" where privileges are not asked for.
func privilegeOf(c *bmc.Command) string {
	switch c.Reach {
	case bmc.Anywhere:
		return c.Priv.String()
	case bmc.Sessionless:
		return "none"
	}
	return "-"
}

func newCommands() *cobra.Command {
	var asJSON, asMarkdown, onlyMissing bool
	c := &cobra.Command{
		Use:     "commands",
		Short:   "List the IPMI commands and which are answered",
		Long:    commandsHelp,
		Example: "  fakebmc commands | grep -i sel\n  fakebmc commands --missing\n  fakebmc commands --json | jq '.[] | select(.done).name'",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			list := commandInfos()
			if onlyMissing {
				list = missing(list)
			}
			switch {
			case asJSON:
				return writeJSON(c.OutOrStdout(), list)
			case asMarkdown:
				return writeMarkdown(c.OutOrStdout(), list)
			}
			return writeCommands(c.OutOrStdout(), list)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "as the tables of the README")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	c.Flags().BoolVar(&onlyMissing, "missing", false, "only those that are not answered")
	return c
}

func missing(list []commandInfo) []commandInfo {
	none := []commandInfo{}
	for _, c := range list {
		if !c.Done {
			none = append(none, c)
		}
	}
	return none
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func writeCommands(w io.Writer, list []commandInfo) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COMMAND\tNETFN/CMD\tSECTION\tPRIVILEGE\tREACH\tDONE")
	done := 0
	for _, c := range list {
		mark := "no"
		if c.Done {
			mark, done = "yes", done+1
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.op, c.Section, c.Privilege, c.Reach, mark)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%d of %d commands done\n", done, len(list))
	return err
}
