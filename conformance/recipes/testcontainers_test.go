package recipes

import (
	"os"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// startBMC runs a BMC until the test ends and returns the host and the port where it is.
func startBMC(t *testing.T, options ...testcontainers.ContainerCustomizer) (host, port string) {
	t.Helper()
	options = append(options,
		testcontainers.WithExposedPorts("623/udp", "8623/tcp"),
		testcontainers.WithEnv(map[string]string{"FAKEBMC_PROFILE": "generic"}),
		testcontainers.WithWaitStrategy(wait.ForHealthCheck()))
	bmc, err := testcontainers.Run(t.Context(), "fakebmc", options...)
	testcontainers.CleanupContainer(t, bmc)
	if err != nil {
		t.Fatal(err)
	}
	if host, err = bmc.Host(t.Context()); err != nil {
		t.Fatal(err)
	}
	mapped, err := bmc.MappedPort(t.Context(), "623/udp")
	if err != nil {
		t.Fatal(err)
	}
	return host, mapped.Port()
}

// The README shows the function above.
func TestReadmeShowsStartBMC(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testcontainers_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if shown := block(t, "go", "// startBMC "); !strings.Contains(string(source), "\n"+shown+"\n") {
		t.Errorf("the README shows another startBMC:\n%s", shown)
	}
}
