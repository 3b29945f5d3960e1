package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/profiles"
)

const faultsHelp = `List the vocabulary of fault rules: the points where they apply, the conditions
that are known there, the actions that are possible there, and the words that
they take. Rules stand in the section faults of a profile:

  faults:
    seed: 42
    rules:
      - name: busy-sel
        at: request
        when: {command: get-sel-entry}
        hits: {every: 3}
        do: {completion_code: node-busy}`

func newFaults() *cobra.Command {
	return &cobra.Command{
		Use:     "faults",
		Short:   "List what can go wrong on purpose",
		Long:    faultsHelp,
		Example: "  fakebmc faults | grep -A40 ACTION",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return writeFaults(c.OutOrStdout()) },
	}
}

func writeFaults(w io.Writer) error {
	meanings, err := profiles.Described("When")
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	section := func(title string, words []fault.Word) {
		fmt.Fprintf(t, "\n%s\n", title)
		for _, word := range words {
			fmt.Fprintf(t, "  %s\t%s\n", word.Name, word.Meaning)
		}
	}
	section("POINT", fault.Points)
	fmt.Fprintln(t, "\nCONDITION\tknown at")
	for i := range fault.Conditions {
		name := fault.Conditions[i].Name
		fmt.Fprintf(t, "  %s\t%s: %s\n", name, pointList(fault.Conditions[i].Points()), meanings[name])
	}
	fmt.Fprintln(t, "\nACTION\tpossible at")
	for i := range fault.Actions {
		a := &fault.Actions[i]
		fmt.Fprintf(t, "  %s\t%s: %s\n", a.Name, pointList(a.Points()), a.Meaning)
	}
	fmt.Fprintln(t, "\nHITS\tof the matches")
	for _, h := range fault.HitKeys {
		fmt.Fprintf(t, "  %s\t%s\n", h.Name, h.Meaning)
	}
	for _, list := range fault.Lists {
		section(list.Title, list.Words)
	}
	return t.Flush()
}

func pointList(points []fault.Point) string {
	names := make([]string, len(points))
	for i, p := range points {
		names[i] = p.String()
	}
	return strings.Join(names, ", ")
}

func newProfilesQuirks() *cobra.Command {
	return &cobra.Command{
		Use:   "quirks [NAME]",
		Short: "List the quirks of real controllers, or explain one",
		Long: `List the misbehaviours of real controllers that any profile can switch on, or
explain one of them: which hardware does it, what is on the wire, what clients
make of it, and the option with which they cope.

  profile: my-server
  extends: generic
  quirks: [sdr-next-loop]`,
		Example:           "  fakebmc profiles quirks\n  fakebmc profiles quirks sdr-next-loop",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(profiles.Quirks(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return writeQuirks(c.OutOrStdout())
			}
			q, err := profiles.LoadQuirk(args[0])
			if err != nil {
				return err
			}
			return writeQuirk(c.OutOrStdout(), q)
		},
	}
}

func writeQuirks(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range profiles.Quirks() {
		q, err := profiles.LoadQuirk(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\n", q.Name, q.Summary)
	}
	return t.Flush()
}

func writeQuirk(w io.Writer, q *profiles.Quirk) error {
	fmt.Fprintf(w, "%s: %s\n\nOn the wire: %s.\n", q.Name, q.Summary, q.Wire)
	if len(q.Hardware) > 0 {
		fmt.Fprintf(w, "Hardware: %s.\n", strings.Join(q.Hardware, ", "))
	}
	fmt.Fprintln(w)
	for _, c := range q.Clients {
		fmt.Fprintf(w, "%s: %s\n", c.Client, c.Sees)
		if c.Copes != "" {
			fmt.Fprintf(w, "  copes with %s\n", c.Copes)
		}
	}
	return nil
}
