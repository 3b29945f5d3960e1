package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fakebmc/fakebmc/profiles"
)

const serveHelp = `Serve one machine until SIGTERM or Ctrl-C.

One line on standard output is the ipmitool command that reaches the machine;
the log is on standard error. SIGHUP reads the profile again and puts a new
machine in the place of the old one, whose sessions end; when the profile is
wrong, the log says why and the old machine stays.

With --state-dir the machine keeps what a BMC keeps without power; each start is
then the return of the mains.

Every flag has a variable, for containers: --log-level is FAKEBMC_LOG_LEVEL.
A flag beats its variable, and a variable beats the profile.`

const serveExample = `  fakebmc serve --listen 127.0.0.1:6230
  fakebmc serve --listen 10.0.0.5:623 --listen [::1]:623
  fakebmc serve --profile vulnerable --log-level debug
  FAKEBMC_LISTEN=:623 FAKEBMC_HTTP=:8080 fakebmc`

// serveFlags are the settings of a running fakebmc.
type serveFlags struct {
	profile     string
	profileYAML string // empty: none; takes the place of profile
	listen      addresses
	http        address
	logLevel    choice
	logFormat   choice
	seed        seed
	sol         solTarget
	vm          vmAddress
	stateDir    string // empty: nothing is kept
}

// settle decides between a profile and the YAML text of one. What is on the command line beats what is in a variable;
// beside each other they are a mistake.
func (f *serveFlags) settle(onCommandLine func(flag string) bool) error {
	switch name, text := onCommandLine("profile"), onCommandLine("profile-yaml"); {
	case f.profileYAML == "" || text && !name:
		return nil
	case name && !text:
		f.profileYAML = ""
		return nil
	case !name && f.profile == defaultProfile:
		return nil
	}
	return fmt.Errorf("a profile is given and the YAML text of another; leave out one of --profile (%s) and --profile-yaml (%s)",
		variableOf("profile"), variableOf("profile-yaml"))
}

// machine loads the profile that the flags name or hold.
func (f *serveFlags) machine() (*profiles.Profile, error) {
	if f.profileYAML != "" {
		return profiles.Parse("profile-yaml", []byte(f.profileYAML))
	}
	return profiles.Load(f.profile)
}

// seed is a flag that takes a number, in any base that Go writes.
type seed uint64

func (s *seed) String() string { return strconv.FormatUint(uint64(*s), 10) }
func (s *seed) Type() string   { return "NUMBER" }

// Set takes a number above 0, which is no seed at all.
func (s *seed) Set(text string) error {
	n, err := strconv.ParseUint(text, 0, 64)
	if err != nil || n == 0 {
		return fmt.Errorf("expected a number from 1 to 18446744073709551615")
	}
	*s = seed(n)
	return nil
}

// defaultProfile is the machine that is served when nobody names one.
const defaultProfile = "generic"

// flagSet makes the flags, with their defaults.
func (f *serveFlags) flagSet() *pflag.FlagSet {
	f.profile = defaultProfile
	f.logLevel = choice{"info", logLevels}
	f.logFormat = choice{"auto", logFormats}
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	set.StringVarP(&f.profile, "profile", "p", f.profile, "the machine: a `NAME` of \"fakebmc profiles list\", or a file ending in .yaml")
	set.StringVar(&f.profileYAML, "profile-yaml", "", "the machine: the YAML `TEXT` of a profile itself, which may extend\nthose that are built in")
	set.VarP(&f.listen, "listen", "l", "UDP address to answer on, repeatable (default "+defaultListen+", or\n"+fallbackListen+" when port 623 may not be opened)")
	set.Var(&f.http, "http", "serve /healthz, /readyz and /metrics there (default off)")
	set.Var(&f.logLevel, "log-level", "what to log")
	set.Var(&f.logFormat, "log-format", "how to log; auto: human on a terminal, else json")
	set.Var(&f.seed, "seed", "make every random choice follow from this number (default: the\nprofile's seed; without one, each start is different)")
	set.Var(&f.sol, "sol", "what Serial over LAN connects to: demo, none, pty, tcp:HOST:PORT,\nunix:PATH or exec:COMMAND (default: the profile's sol_console)")
	set.Var(&f.vm, "system-interface", "where QEMU's ipmi-bmc-extern connects: tcp:HOST:PORT or unix:PATH; after\nconnect: where it listens (default none)")
	set.StringVar(&f.stateDir, "state-dir", "", "keep in `DIR` what a BMC keeps without power: logs, records, users,\nsettings (default: nothing is kept)")
	return set
}

func newServe(p process) *cobra.Command {
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Serve a machine (what fakebmc does without a command)",
		Long:    serveHelp,
		Example: serveExample,
		Args:    noArguments,
	}
	addServeFlags(c, p)
	return c
}

// addServeFlags makes a command the one that serves.
func addServeFlags(c *cobra.Command, p process) {
	f := new(serveFlags)
	set := f.flagSet()
	c.Flags().AddFlagSet(set)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := applyVariables(c, set, p.environ); err != nil {
			return err
		}
		if err := f.settle(c.Flags().Changed); err != nil {
			return fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())
		}
		return serve(f, p)
	}
	complete(c, "profile", profiles.Names()...)
	complete(c, "log-level", logLevels...)
	complete(c, "log-format", logFormats...)
}

// complete lists the words that the shell offers for a flag. A profile may also be a file.
func complete(c *cobra.Command, flag string, words ...string) {
	directive := cobra.ShellCompDirectiveNoFileComp
	if flag == "profile" {
		directive = cobra.ShellCompDirectiveDefault
	}
	err := c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, directive
	})
	if err != nil {
		panic(err) // no such flag: a programmer's mistake
	}
}

// serve runs a machine until a signal ends it.
func serve(f *serveFlags, p process) error {
	signals := p.signals() // one that comes while the machine is built waits
	d, err := newDaemon(f, newLog(p.err, f.logLevel.value, f.logFormat.value), p.listen)
	if err != nil {
		return err
	}
	defer d.close()
	return d.run(signals, func() { fmt.Fprintln(p.out, d.greeting()) })
}
