package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The linker says nothing about a variable that does not exist, so a binary must show that these do.
func TestVersionFromTheLinker(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "fakebmc")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-X main.version=v9.8.7 -X main.revision=0123abc", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(binary, "version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if want := "fakebmc v9.8.7\ncommit 0123abc\ngo1."; !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q, want it to begin with %q", out, want)
	}
}
