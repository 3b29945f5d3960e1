package conformance

import (
	"os"
	"strings"
	"testing"
)

// The recipes that other suites run are in the README. Those suites need a Docker engine; this notices without one that a
// recipe is gone.
func TestReadmeHasTheRecipes(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, begin := range []string{
		"sh\n# A built-in machine; a machine in a file; ", "yaml\n# .github/workflows/test.yaml", "yaml\n# .gitlab-ci.yml", "go\n// startBMC ",
		"yaml\n# fakebmc.yaml", "ini\n# /etc/systemd/system/fakebmc.service", "sh\n# OpenStack Ironic", "sh\n# MAAS", "yaml\n# Metal3",
	} {
		if !strings.Contains(string(readme), "\n```"+begin) {
			t.Errorf("the README has no block that begins with %q", begin)
		}
	}
}
