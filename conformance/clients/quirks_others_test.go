//go:build clients

package clients

import (
	"strings"
	"testing"
)

// TestNmapCipherZeroQuirk: nmap finds the hole where cipher suite 0 is off.
func TestNmapCipherZeroQuirk(t *testing.T) {
	t.Parallel()
	const off = "profile: off\nextends: generic\nchannels:\n  - {number: 1, cipher_suites: [3, 17]}\n"
	start(t, profile(t, off)).nmap(t, "ipmi-cipher-zero").without(t, "VULNERABLE")
	start(t, profile(t, off+"quirks: [cipher-zero]\n")).nmap(t, "ipmi-cipher-zero").ok(t, "State: VULNERABLE")
}

// TestLongPasswordInV15: one quirk lets users in with a part of their password.
func TestLongPasswordInV15(t *testing.T) {
	t.Parallel()
	cut := quirkRun{command: setLong + "ipmitool -I lan -N 1 -R 2 -H HOST -U admin -P " + longWord[:16] + " mc guid"}
	cut.run(t, start(t, "generic"), "").refused(t, "Get Session Challenge command failed: Invalid data field in request")
	m := start(t, profile(t, "profile: long\nextends: generic\nquirks: [password-20-in-v15]\n"))
	cut.run(t, m, "").want(t, 0, guidTool)
}

// TestExporterWithoutSuite3: the exporter is without a machine that has cipher suite 3 off until it is told another one.
func TestExporterWithoutSuite3(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", "suite3-disabled")))
	for args, want := range map[string]float64{"": 0, "    custom_args: {bmc: [--cipher-suite-id=17]}\n": 1} {
		module := strings.ReplaceAll(exporterModule, "[bmc, ipmi, chassis, dcmi, sel]\n", "[bmc]\n"+args)
		if got, ok := startExporter(t, module)(t, m.addr)[`ipmi_up{collector="bmc"}`]; !ok || got != want {
			t.Errorf("%q: ipmi_up %v, %v, want %v", args, got, ok, want)
		}
	}
	if !m.log.comes(`"suite3-disabled/`) {
		t.Error("the exporter does not meet suite3-disabled")
	}
}
