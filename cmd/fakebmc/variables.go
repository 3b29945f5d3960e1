package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const variablePrefix = "FAKEBMC_"

// variables are the names of all variables, of whatever command: the serve flags', since no other command has one that
// serve has not.
func variables() []string {
	var names []string
	flags := new(serveFlags).flagSet()
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, variableOf(f.Name)) })
	return names
}

// variableOf is the variable that stands for a flag: --log-level is FAKEBMC_LOG_LEVEL.
func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// orchestrator matches the variables that Kubernetes puts into every container beside a service whose name begins with
// fakebmc. They are nobody's mistake.
var orchestrator = regexp.MustCompile(`^FAKEBMC_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$`)

// applyVariables gives the flags that were not on the command line the values of their variables. An empty variable is
// the same as none. A variable that is none of ours is an error, since a misspelt one would silently do nothing.
func applyVariables(c *cobra.Command, flags *pflag.FlagSet, environ []string) error {
	known := variables()
	values := make(map[string]string)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) || orchestrator.MatchString(name) {
			continue
		}
		if !slices.Contains(known, name) {
			return unknownVariable(name, known)
		}
		values[name] = value
	}
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		name := variableOf(f.Name)
		value := values[name]
		if err != nil || value == "" || c.Flags().Changed(f.Name) {
			return
		}
		if e := f.Value.Set(value); e != nil {
			err = fmt.Errorf("invalid value %q for the variable %s: %w; see `%s --help`", value, name, e, c.CommandPath())
		}
	})
	return err
}

func unknownVariable(name string, known []string) error {
	if near := nearest(name, known); near != "" {
		return fmt.Errorf("unknown variable %s (did you mean %s?)", name, near)
	}
	return fmt.Errorf("unknown variable %s; there are %s", name, strings.Join(known, ", "))
}
