package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/profiles"
)

const profilesHelp = `A profile is a YAML file that describes one machine: its identity, channels,
users and cipher suites. Some are built in; others are files of yours, which may
extend the built-in ones and change only what differs:

  profile: my-server
  extends: generic
  device: {firmware: "2.15"}`

func newProfiles() *cobra.Command {
	c := &cobra.Command{
		Use:   "profiles",
		Short: "Look at machine profiles, and check your own",
		Long:  profilesHelp,
		Args:  knownCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newProfilesList(), newProfilesShow(), newProfilesValidate(), newProfilesSchema(), newProfilesQuirks())
	return c
}

func newProfilesList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the profiles that are built in",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, p := range profiles.List() {
				fmt.Fprintf(t, "%s\t%s\n", p.Name, p.Description)
			}
			return t.Flush()
		},
	}
}

func newProfilesShow() *cobra.Command {
	var diff bool
	c := &cobra.Command{
		Use:   "show NAME",
		Short: "Print a profile whole, with what it inherits, or what differs between two",
		Long: `Print a profile as YAML: one that is built in, or a file. What it inherits is
there, and what is default is not. It is a profile itself, and a start for your
own; with the passwords that are in it.

With --diff, print what differs between two profiles, a line for each value.`,
		Example: `  fakebmc profiles show generic > my-server.yaml
  fakebmc profiles show --diff generic my-server.yaml`,
		Args: func(c *cobra.Command, args []string) error {
			if diff && len(args) != 2 {
				return fmt.Errorf("expected two profiles, NAMEs or files, got %d; see `%s --help`", len(args), c.CommandPath())
			} else if diff {
				return nil
			}
			return oneArgument("the NAME of a profile, or a file")(c, args)
		},
		ValidArgsFunction: cobra.FixedCompletions(profiles.Names(), cobra.ShellCompDirectiveDefault),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := profiles.Load(args[0])
			if err != nil {
				return err
			}
			if diff {
				return showDiff(c, p, args[1])
			}
			text, err := p.YAML()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(text)
			return err
		},
	}
	c.Flags().BoolVar(&diff, "diff", false, "print what differs between two profiles")
	return c
}

// showDiff prints what differs between a profile and another one.
func showDiff(c *cobra.Command, p *profiles.Profile, other string) error {
	q, err := profiles.Load(other)
	if err != nil {
		return err
	}
	lines, err := profiles.Diff(p, q)
	for _, line := range lines {
		fmt.Fprintln(c.OutOrStdout(), line)
	}
	return err
}

func newProfilesSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of profiles, for editors",
		Example: `  fakebmc profiles schema > profile.schema.json
  # then, in the first line of a profile:
  # yaml-language-server: $schema=profile.schema.json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(profiles.Schema())
			return err
		},
	}
}

func newProfilesValidate() *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE...",
		Short:   "Check profiles; list everything that is wrong with them",
		Example: "  fakebmc profiles validate machines/*.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("expected one FILE or more; see `%s --help`", c.CommandPath())
			}
			var errs []error
			for _, file := range args {
				if err := checkProfile(file); err != nil {
					errs = append(errs, err)
					continue
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: ok\n", file)
			}
			return errors.Join(errs...)
		},
	}
}

// checkProfile loads a profile and builds its machine, as serve would.
func checkProfile(file string) error {
	p, err := profiles.Load(file)
	if err != nil {
		return err
	}
	m, err := bmc.New(p, bmc.WithVendors(oem.Vendors()...))
	if err != nil {
		return err
	}
	m.Close()
	return nil
}
