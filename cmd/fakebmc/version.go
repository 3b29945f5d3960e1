package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what the binary knows of how it was made.
type build struct {
	version  string // of the module: a release's tag, or a pseudo-version
	revision string // commit, with "+dirty" when files were changed; empty: not known
	time     string // of the commit
}

func readBuild() build {
	b := build{version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.version = info.Main.Version
	}
	dirty := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.revision = s.Value
		case "vcs.time":
			b.time = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+dirty"
			}
		}
	}
	if b.revision != "" {
		b.revision += dirty
	}
	return b
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which fakebmc this is",
		Args:  noArguments,
		Run: func(c *cobra.Command, _ []string) {
			b := readBuild()
			fmt.Fprintf(c.OutOrStdout(), "fakebmc %s\n", b.version)
			if b.revision != "" {
				fmt.Fprintf(c.OutOrStdout(), "commit %s of %s\n", b.revision, b.time)
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
