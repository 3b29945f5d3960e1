//go:build clients

package clients

import (
	"slices"
	"strings"
	"testing"
)

// TestQuirksOfTheExporter scrapes machines with quirks through prometheus-ipmi-exporter, which runs FreeIPMI's programs.
func TestQuirksOfTheExporter(t *testing.T) {
	t.Parallel()
	const none = -1 // there is no such metric
	scrape := startExporter(t, exporterModule)
	clean := scrape(t, start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", ""))).addr)
	for _, tt := range []struct {
		quirk, metric string
		works, fails  float64
	}{
		{"sensor-cc", `ipmi_temperature_celsius{id="1",name="Inlet Temp"}`, 24, none},
		{"sensor-cc-ff", `ipmi_up{collector="ipmi"}`, 1, 0},
		{"scanning-disabled-lie", `ipmi_temperature_celsius{id="1",name="Inlet Temp"}`, 24, none},
		{"psu-ok-no-state", `ipmi_sensor_state{id="42",name="PSU1 Status",type="Power Supply"}`, 0, 0},
		{"sensor-illegal-state", `ipmi_sensor_state{id="42",name="PSU1 Status",type="Power Supply"}`, 0, 2},
	} {
		t.Run(tt.quirk, func(t *testing.T) {
			m := start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", tt.quirk)))
			value := func(metrics map[string]float64) float64 {
				if v, ok := metrics[tt.metric]; ok {
					return v
				}
				return none
			}
			met := scrape(t, m.addr)
			if value(clean) != tt.works || value(met) != tt.fails {
				t.Errorf("%s: %v without the quirk and %v with it, want %v and %v\n%v", tt.metric, value(clean), value(met), tt.works, tt.fails, met)
			}
			if !m.log.comes(`"` + tt.quirk + "/") {
				t.Errorf("the exporter does not meet %s", tt.quirk)
			}
		})
	}
}

// TestExporterMeetsSystemInfo: without system information the exporter knows no version of the system's firmware.
func TestExporterMeetsSystemInfo(t *testing.T) {
	t.Parallel()
	scrape := startExporter(t, exporterModule)
	for quirk, version := range map[string]string{"": "1.00", "sysinfo-c1": "N/A", "sysinfo-d4": "N/A", "sysinfo-empty": ""} {
		m := start(t, profile(t, strings.ReplaceAll(quirky, "QUIRK", quirk)))
		metrics := scrape(t, m.addr)
		var info []string
		for name := range metrics {
			if strings.HasPrefix(name, "ipmi_bmc_info{") {
				info = append(info, name)
			}
		}
		if !slices.ContainsFunc(info, func(s string) bool { return strings.HasSuffix(s, `,system_firmware_version="`+version+`"}`) }) {
			t.Errorf("%q: %q, want version %q", quirk, info, version)
		}
		if quirk != "" && !m.log.comes(`"`+quirk+"/") {
			t.Errorf("the exporter does not meet %s", quirk)
		}
	}
}
