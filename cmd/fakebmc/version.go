package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// The linker sets these (-X main.version=…) where the source is without its repository, as in the container's build.
// Nothing else does.
var version, revision string

// build is what the binary knows of how it was made.
type build struct {
	version  string // of the module: a release's tag, or a pseudo-version
	revision string // commit, with "+dirty" when files were changed; empty: not known
	time     string // of the commit
}

func readBuild() build {
	b := build{version: "(devel)"}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.read(info)
	}
	if version != "" {
		b.version = version
	}
	if b.revision == "" {
		b.revision = revision
	}
	return b
}

// read takes what the toolchain has noted.
func (b *build) read(info *debug.BuildInfo) {
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
				fmt.Fprintln(c.OutOrStdout(), strings.TrimSuffix(fmt.Sprintf("commit %s of %s", b.revision, b.time), " of "))
			}
			fmt.Fprintf(c.OutOrStdout(), "%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
