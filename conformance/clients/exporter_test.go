//go:build clients

package clients

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// exporterModule tells prometheus-ipmi-exporter how to log in and what to ask for; it runs FreeIPMI's programs for that.
const exporterModule = `modules:
  default:
    user: admin
    pass: password
    driver: LAN_2_0
    privilege: admin
    timeout: 20000
    collectors: [bmc, ipmi, chassis, dcmi, sel]
`

// TestPrometheusExporter scrapes a machine, healthy and with the host off.
func TestPrometheusExporter(t *testing.T) {
	t.Parallel()
	m := start(t, profile(t, swift))
	scrape := startExporter(t, exporterModule)
	want := func(metrics map[string]float64) {
		t.Helper()
		got := scrape(t, m.addr)
		for name, value := range metrics {
			if v, ok := got[name]; !ok || v != value {
				t.Errorf("%s: %v, want %v", name, got[name], value)
			}
		}
		if t.Failed() {
			t.Log(got)
		}
	}
	want(map[string]float64{
		`ipmi_up{collector="bmc"}`: 1, `ipmi_up{collector="ipmi"}`: 1, `ipmi_up{collector="chassis"}`: 1, `ipmi_up{collector="dcmi"}`: 1,
		`ipmi_up{collector="sel"}`: 1,
		`ipmi_bmc_info{firmware_revision="1.00",manufacturer_id="Example Enterprise Number for Documentation Use (32473)",` +
			`system_firmware_version="1.00"}`: 1,
		`ipmi_chassis_power_state`:                                          1,
		`ipmi_dcmi_power_consumption_watts`:                                 362,
		`ipmi_sel_logs_count`:                                               8,
		`ipmi_sel_free_space_bytes`:                                         504 * 16,
		`ipmi_temperature_celsius{id="1",name="Inlet Temp"}`:                24,
		`ipmi_temperature_state{id="1",name="Inlet Temp"}`:                  0,
		`ipmi_temperature_celsius{id="4",name="CPU1 Temp"}`:                 48,
		`ipmi_fan_speed_rpm{id="27",name="Fan 1"}`:                          8400,
		`ipmi_fan_speed_state{id="34",name="Fan 8"}`:                        0,
		`ipmi_voltage_volts{id="14",name="P12V"}`:                           12.09,
		`ipmi_voltage_state{id="24",name="VBAT"}`:                           0,
		`ipmi_current_amperes{id="37",name="PSU1 Current"}`:                 14.4,
		`ipmi_power_watts{id="39",name="Sys Power"}`:                        360,
		`ipmi_sensor_state{id="42",name="PSU1 Status",type="Power Supply"}`: 0,
	})
	m.interview(t, lanplus, interview{{`sensor thresh "Inlet Temp" upper 20 23 30`}, {"power off"}})
	want(map[string]float64{
		`ipmi_chassis_power_state`:                           0,
		`ipmi_dcmi_power_consumption_watts`:                  17,
		`ipmi_temperature_state{id="1",name="Inlet Temp"}`:   2,
		`ipmi_temperature_celsius{id="1",name="Inlet Temp"}`: 24,
		`ipmi_sel_logs_count`:                                11, // two thresholds, power
	})
	if _, ok := scrape(t, m.addr)[`ipmi_fan_speed_rpm{id="27",name="Fan 1"}`]; ok {
		t.Error("a fan turns while the host is off")
	}
}

// startExporter runs the exporter with these modules until the test ends, and returns what scrapes a machine through it.
func startExporter(t *testing.T, modules string) func(t *testing.T, target string) map[string]float64 {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "exporter.yml")
	if err := os.WriteFile(config, []byte(modules), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "prometheus-ipmi-exporter", "--config.file", config, "--web.listen-address", "127.0.0.1:0")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TZ=UTC"}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-drained
		_ = cmd.Wait() // it was killed
	})
	// Its log says which port the system gave it.
	address := make(chan string, 1)
	go func() {
		defer close(drained)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if _, at, ok := strings.Cut(lines.Text(), `msg="Listening on" address=`); ok {
				address <- at
			}
		}
	}()
	select {
	case a := <-address:
		return func(t *testing.T, target string) map[string]float64 { return scrape(t, a, target) }
	case <-time.After(patience):
		t.Fatal("the exporter does not say where it listens")
		return nil
	}
}

// scrape asks the exporter about a machine and returns its metrics by name and labels.
func scrape(t *testing.T, exporter, target string) map[string]float64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	query := url.URL{Scheme: "http", Host: exporter, Path: "/ipmi", RawQuery: url.Values{"target": {target}}.Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, query.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	metrics := make(map[string]float64)
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		line := lines.Text()
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 || line[0] == '#' {
			continue
		}
		if metrics[line[:cut]], err = strconv.ParseFloat(line[cut+1:], 64); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if err := lines.Err(); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the exporter answers %s, %v", response.Status, err)
	}
	return metrics
}
