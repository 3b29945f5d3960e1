//go:build clients

package clients

import (
	"strings"
	"testing"
)

// behind has controllers behind the BMC, and a quirk.
const behind = "profile: behind\nextends: satellites\nquirks: [QUIRK]\n"

// Programs that reach the controller at 2Ch on channel 6, and what they print of its Get Device ID.
const (
	bridgeTool = tool3 + "-b 6 -t 0x2c mc info"
	bridgeFree = "ipmi-sensors -D LAN_2_0 -Q --sdr-cache-directory=. --bridge-sensors -h HOST -u admin -p password --session-timeout=1500 --retransmission-timeout=500"
	bridge15   = "ipmi-sensors -D LAN -Q --sdr-cache-directory=. --bridge-sensors -h HOST -u admin -p password --session-timeout=1000 --retransmission-timeout=500"
	bridgeOpen = "timeout 5 openipmicmd -k '6 2c 0 6 1' lan -U admin -P password -A rmcp+" + terminate
	bridgeUtil = "ipmiutil cmd" + utilHost + " -m 062c00 06 2c 18 01"
	bridgePy   = pyghmi + "'bytes(bmc.raw_command(netfn=6, command=1, bridge_request={\"addr\": 0x2c, \"channel\": 6})[\"data\"]).hex()'"
	meIsThere  = "Device ID : 80"
	meTemp     = "ME Temp | Temperature | 48.00 | C | 'OK'"
	meID       = "50 81 03 01 02 21 57 01 00 02 0b 04"
	meBytes    = "508103010221570100020b0403"
)

// satelliteQuirkRuns are the quirks of bridging.
var satelliteQuirkRuns = []quirkRun{
	{"bridge-embedded", bridgeTool, "", "survives", meIsThere, "", false},
	{"bridge-embedded", bridgeFree, "", "none", meTemp, "ipmi_sensor_read: internal IPMI error", false},
	{"bridge-embedded", bridgeOpen, "", "survives", meID, "", false},
	{"bridge-embedded", bridgeUtil, "", "none", meID, "ipmiutil cmd, error -1", false},
	{"bridge-embedded", bridgePy, "", "none", meBytes, "201cc42c080100" + meBytes, true},
	{"bridge-reordered", bridgeTool, "", "none", meIsThere, "Get Device ID command failed", false},
	{"bridge-reordered", bridgeFree, "", "survives", meTemp, "", false},
	{"bridge-reordered", bridgeOpen, "", "survives", meID, "", false},
	{"bridge-reordered", bridgeUtil, "", "survives", meID, "", false},
	{"bridge-reordered", bridgePy, "", "survives", meBytes, "", false},
	{"bridge-from-bmc", bridgeTool, "", "survives", meIsThere, "", false},
	{"bridge-from-bmc", bridgeFree, "", "survives", meTemp, "", false},
	{"bridge-from-bmc", bridgeOpen, "", "survives", meID, "", false},
	{"bridge-from-bmc", bridgeUtil, "", "survives", meID, "", false},
	{"bridge-from-bmc", bridgePy, "", "survives", meBytes, "", false},
	{"authcode-wrong-when-bridged", tool15 + " FLAGS -b 6 -t 0x2c mc info", "", "survives", meIsThere, "", false},
	{"authcode-wrong-when-bridged", bridge15, "", "-W ignoreauthcode", "Chassis Power | Power Unit | 360.00 | W | 'OK'", "ipmi_sensor_read: internal IPMI error", false},
}

// TestQuirksWithSatellites are runs as those of TestQuirks, with controllers behind the BMC.
func TestQuirksWithSatellites(t *testing.T) {
	t.Parallel()
	for _, q := range satelliteQuirkRuns {
		t.Run(q.quirk+"/"+strings.Join(q.clients(), "+"), func(t *testing.T) {
			t.Parallel()
			q.prove(t, behind)
		})
	}
}
