//go:build image

package image

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"
)

// compose runs the Compose tool on compose.yaml: Docker's plugin, or the program of old.
func compose(t *testing.T, args ...string) string {
	t.Helper()
	command := []string{"docker", "compose"}
	if exec.Command("docker", "compose", "version").Run() != nil {
		command = []string{"docker-compose"}
	}
	command = append(append(command, "-p", project), args...)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "FAKEBMC_IMAGE="+image, "IPMI_PORT=0", "HTTP_PORT=0", "PROMETHEUS_PORT=0")
	out, err := execute(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The example comes up, and Prometheus gets numbers from fakebmc and, through the exporter, from the BMC itself.
func TestCompose(t *testing.T) {
	t.Parallel()
	compose(t, "up", "-d", "--no-build")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(compose(t, "logs", "--no-color"))
		}
		compose(t, "down", "-v")
	})
	fake := container{compose(t, "ps", "-q", "fakebmc")}
	fake.healthy(t)
	fake.ipmitool(t, "Chassis Power is on", "chassis", "power", "status")

	prom := container{compose(t, "ps", "-q", "prometheus")}
	must(t, "exec", prom.id, "promtool", "check", "config", "/etc/prometheus/prometheus.yml")
	base := "http://127.0.0.1:" + prom.port(t, "9090/tcp") + "/api/v1/query?query="
	for query, want := range map[string]string{
		`up{job="fakebmc",instance="fakebmc:8623"}`:          "1",
		`up{job="ipmi",instance="fakebmc"}`:                  "1",
		`ipmi_up{job="ipmi",collector="bmc"}`:                "1",
		`ipmi_up{job="ipmi",collector="chassis"}`:            "1",
		`ipmi_up{job="ipmi",collector="ipmi"}`:               "1",
		`ipmi_up{job="ipmi",collector="sel"}`:                "1",
		`count(ipmi_fan_speed_rpm{instance="fakebmc"})`:      "8",
		`ipmi_chassis_power_state{instance="fakebmc"}`:       "1",
		`ipmi_bmc_info{manufacturer_id=~".*32473.*"}`:        "1",
		`fakebmc_handler_panics_total{job="fakebmc"}`:        "0",
		`min(fakebmc_session_slots{job="fakebmc"}) > bool 1`: "1",
	} {
		eventually(t, func() error { return ask(base, query, want) })
	}
}

// ask asks Prometheus for the one value of a query.
func ask(base, query, want string) error {
	resp, err := http.Get(base + url.QueryEscape(query))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("%s: %w: %s", query, err, out)
	}
	if r := answer.Data.Result; len(r) != 1 || r[0].Value[1] != want {
		return fmt.Errorf("%s is %s, want %s", query, bytes.TrimSpace(out), want)
	}
	return nil
}

// eventually tries again until it works: what is waited for is another program's next round.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("after %v: %v", limit, err)
		}
	}
}
