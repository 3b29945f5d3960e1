package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootHelp = `fakebmc is a BMC made of software. It answers IPMI v1.5 and v2.0 on UDP, so that
ipmitool, FreeIPMI, your own client or your monitoring have a machine to talk to.

Without a command it serves the machine "generic" on this computer only, and
prints the ipmitool command that reaches it. Stop it with Ctrl-C.

It is for tests. Its users and passwords are public, and it is no real BMC.`

const rootExample = `  fakebmc                                  serve the generic machine on 127.0.0.1
  fakebmc --listen :623 --http :8080       on all addresses, with health and metrics
  fakebmc --profile ./my-server.yaml       a machine of your own
  FAKEBMC_LISTEN=:623 fakebmc              every flag has a variable, for containers
  fakebmc profiles list                    which machines are built in
  fakebmc commands                         which IPMI commands it knows`

func newRoot(p process) *cobra.Command {
	root := &cobra.Command{
		Use:           "fakebmc",
		Short:         "A BMC made of software",
		Long:          rootHelp,
		Example:       rootExample,
		Args:          knownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(explainFlag)

	addServeFlags(root, p)
	root.AddCommand(newServe(p), newCommands(), newProfiles(), newFaults(), newHealthcheck(p), newVersion())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = knownCommand // cobra's own answer to an unknown shell is help, and success
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	return root
}

// explainFlag adds to a mistake in a flag what would have been right.
func explainFlag(c *cobra.Command, err error) error {
	help := fmt.Sprintf("see `%s --help`", c.CommandPath())
	unknown, ok := err.(*pflag.NotExistError)
	if !ok {
		return fmt.Errorf("%w; %s", err, help)
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := nearest(unknown.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w (did you mean --%s?); %s", err, near, help)
	}
	return fmt.Errorf("%w; %s", err, help)
}

// oneArgument refuses all but one argument, and says what it should be.
func oneArgument(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("expected %s, got %d arguments; see `%s --help`", what, len(args), c.CommandPath())
	}
}

// knownCommand refuses arguments of a command that has subcommands: they are misspelt ones.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	if near := nearest(args[0], names); near != "" {
		return fmt.Errorf("unknown command %q (did you mean %q?); see `%s --help`", args[0], near, c.CommandPath())
	}
	return fmt.Errorf("unknown command %q; see `%s --help`", args[0], c.CommandPath())
}

// noArguments refuses arguments.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unexpected argument %q; see `%s --help`", strings.Join(args, " "), c.CommandPath())
}
