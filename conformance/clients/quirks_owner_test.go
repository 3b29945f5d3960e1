//go:build clients

package clients

import (
	"strings"
	"testing"
)

// TestForeignOwnersAreAsked: ipmitool sends Get Sensor Reading to the owner that a record names, by Send Message with
// tracking: channel 0, the owner's address, NetFn 04h. [IPMI 2.0 §22.7]
func TestForeignOwnersAreAsked(t *testing.T) {
	t.Parallel()
	for quirk, bytes := range map[string]string{"owner-not-bmc": "40 b0 10", "owner-software-id": "40 41 10"} {
		watched := strings.ReplaceAll(quirky, "QUIRK", quirk) +
			"faults:\n  rules:\n    - {name: bridged, at: request, when: {command: send-message, data: " + bytes + "}, do: pass}\n"
		m := start(t, profile(t, watched))
		(&quirkRun{command: tool3 + "sdr get 'Inlet Temp'"}).run(t, m, "").want(t, 0, "Sensor Reading : No Reading")
		if !m.log.comes(`"rules":["bridged"]`) {
			t.Errorf("%s: no Send Message that begins with %s", quirk, bytes)
		}
	}
}
