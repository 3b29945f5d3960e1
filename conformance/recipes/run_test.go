//go:build image

package recipes

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"
)

// testImage stands for the image of the recipes: conformance/image has built it.
type testImage struct{}

func (testImage) Description() string               { return "the image that is tested" }
func (testImage) Substitute(string) (string, error) { return os.Getenv("CONFORMANCE_IMAGE"), nil }

// The function of the README starts a BMC that answers.
func TestStartBMC(t *testing.T) {
	host, port := startBMC(t,
		testcontainers.WithImageSubstitutors(testImage{}),
		testcontainers.WithLabels(map[string]string{"fakebmc.test": ""}),
		network.WithNetworkName(nil, os.Getenv("CONFORMANCE_NETWORK")))
	out, err := exec.Command("ipmitool", "-I", "lanplus", "-H", host, "-p", port, "-U", "admin", "-P", "password", "power", "status").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Chassis Power is on") {
		t.Errorf("%v\n%s", err, out)
	}
}
