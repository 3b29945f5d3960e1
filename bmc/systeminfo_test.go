package bmc

import (
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func infoProfile(p *profiles.Profile) {
	p.System.Info = profiles.SystemInfo{
		FirmwareVersion: "U46 v2.76 (10/21/2022), the second block", Name: "node-1", PresentOS: "Linux", PresentVersion: "6.12",
		BMCURL: "https://192.0.2.1/", BaseOSURL: "https://host.example/", PrimaryOS: "Zürich", ReadOnly: []string{"bmc_url"},
	}
}

func TestSystemInfoParameters(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetSystemInfoParameters, ipmb.GetSystemInfoParameters
	const zeros = " 00000000000000000000000000000000"
	m := newTestMachine(t, infoProfile)
	m.exchange(t,
		exchange{"§22.14b name", get, "00 02 00 00", "00 11 00 00 06 6e6f64652d31 0000000000000000"},
		exchange{"§22.14b second block is empty", get, "00 02 01 00", "00 11 01" + zeros},
		exchange{"§22.14b revision only", get, "80 02 00 00", "00 11"},
		exchange{"§22.14b first block", get, "00 01 00 00", "00 11 00 00 28 5534362076322e3736202831302f"},
		exchange{"§22.14b second block", get, "00 01 01 00", "00 11 01 32312f32303232292c20746865207365"},
		exchange{"§22.14b third block", get, "00 01 02 00", "00 11 02 636f6e6420626c6f636b 000000000000"},
		exchange{"§22.14b UTF-8", get, "00 03 00 00", "00 11 00 01 07 5ac3bc72696368 00000000000000"},
		exchange{"§22.14b last block", get, "00 01 10 00", "00 11 10" + zeros},
		exchange{"§22.14b no such block", get, "00 01 11 00", "c9"},
		exchange{"§22.14b block selector", get, "00 01 00 01", "c9"},
		exchange{"§22.14b no such parameter", get, "00 08 00 00", "80"},
		exchange{"§22.14b OEM parameter", get, "80 c0 00 00", "80"},
		exchange{"§22.14b three bytes", get, "00 01 00", "c7"},
		exchange{"§22.14a no such parameter", set, "c0 00", "80"},
		exchange{"§22.14a write", set, "02 00 02 04 6800690000000000000000000000", "00"},
		exchange{"§22.14a written", get, "00 02 00 00", "00 11 00 02 04 6800690000000000000000000000"},
		exchange{"§22.14a write a later block", set, "02 01 4142434445464748494a4b4c4d4e4f50", "00"},
		exchange{"§22.14a later block, any bytes", get, "00 02 01 00", "00 11 01 4142434445464748494a4b4c4d4e4f50"},
		exchange{"§22.14a reserved encoding", set, "02 00 03 04 6800690000000000000000000000", "cc"},
		exchange{"§22.14a short block", set, "02 00 00 02 6869", "c7"},
		exchange{"§22.14a no such block", set, "02 11" + zeros, "c9"},
		exchange{"§22.14a read-only", set, "06 00" + zeros, "82"},
		exchange{"§22.14a selector only", set, "02", "c7"})
}

func TestSystemInfoSetInProgress(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetSystemInfoParameters, ipmb.GetSystemInfoParameters
	m := newTestMachine(t, infoProfile)
	m.exchange(t,
		exchange{"§22.14a complete", get, "00 00 00 00", "00 11 00"},
		exchange{"§22.14a in progress", set, "00 01", "00"},
		exchange{"§22.14a in progress already", set, "00 01", "81"},
		exchange{"§22.14a is set", get, "00 00 00 00", "00 11 01"},
		exchange{"§22.14a a notice, no lock", set, "07 00 00 01 7800000000000000000000000000", "00"},
		exchange{"§22.14a no rollback", set, "00 02", "cc"},
		exchange{"§22.14a reserved state", set, "00 03", "cc"},
		exchange{"§22.14a complete", set, "00 00", "00"},
		exchange{"§22.14a in progress", set, "00 01", "00"})
	m.hostResets()
	const empty = "00 11 00 00000000000000000000000000000000"
	m.exchange(t,
		exchange{"§22.14a complete after a system reset", get, "00 00 00 00", "00 11 00"},
		exchange{"§22.14a present OS cleared", get, "00 04 00 00", empty},
		exchange{"§22.14a present version cleared", get, "00 05 00 00", empty},
		exchange{"§22.14a base OS URL cleared", get, "00 07 00 00", empty},
		exchange{"§22.14a name stays", get, "00 02 00 00", "00 11 00 00 06 6e6f64652d31 0000000000000000"})
	newLAN(t, newTestMachine(t, infoProfile, suiteZero)).login("user", 0).want(
		exchange{"§22.14a User", set, "00 01", "d4"}, exchange{"§22.14b User", get, "00 00 00 00", "00 11 00"})
}

// TestLongSystemInfo: a string fills its blocks to the last byte that its length can say, and no more.
func TestLongSystemInfo(t *testing.T) {
	t.Parallel()
	long := make([]byte, maxInfoText+1)
	for i := range long {
		long[i] = 'a' + byte(i%26)
	}
	m := newTestMachine(t, func(p *profiles.Profile) { p.System.Info.FirmwareVersion = string(long[:maxInfoText]) })
	m.exchange(t,
		exchange{"§22.14a length", ipmb.GetSystemInfoParameters, "00 01 00 00", "00 11 00 00 ff 6162636465666768696a6b6c6d6e"},
		exchange{"§22.14a last character", ipmb.GetSystemInfoParameters, "00 01 10 00", "00 11 10 75 000000000000000000000000000000"})
	p := testProfile()
	p.System.Info.FirmwareVersion, p.System.Info.ReadOnly = string(long), []string{"bmc-url"}
	if _, err := New(p); err == nil || !strings.Contains(err.Error(), "firmware_version: 256 bytes") || !strings.Contains(err.Error(), `"bmc-url"`) {
		t.Errorf("a string of 256 bytes and an unknown name: %v", err)
	}
}
