//go:build image

package image

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// promptly is how long a container may take to become healthy, and to stop.
const promptly = 2 * time.Second

// Clients on the host reach the published port, in both generations of IPMI.
func TestPublishedPort(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.healthy(t)
	port := c.port(t, "623/udp")
	t.Run("ipmitool lanplus", func(t *testing.T) {
		c.ipmitool(t, "Product ID                : 1571", "mc", "info")
		c.ipmitool(t, "Chassis Power is on", "chassis", "power", "status")
	})
	t.Run("ipmitool lan", func(t *testing.T) {
		run(t, []string{"IPMI Version              : 2.0"}, "ipmitool", "-I", "lan", "-H", "127.0.0.1", "-p", port,
			"-U", "admin", "-P", "password", "mc", "info")
	})
	for _, driver := range []string{"LAN_2_0", "LAN"} {
		t.Run("FreeIPMI "+driver, func(t *testing.T) {
			login := []string{"-D", driver, "-h", "127.0.0.1:" + port, "-u", "admin", "-p", "password", "-l", "ADMIN"}
			run(t, []string{"Product ID            : 1571"}, "bmc-info", append(login, "--get-device-id")...)
			run(t, []string{": on"}, "ipmipower", append(login, "--stat")...)
		})
	}
	t.Run("HTTP", func(t *testing.T) {
		for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "fakebmc_sessions_opened_total"} {
			if got := get(t, c, path); !strings.Contains(got, want) {
				t.Errorf("%s answers %q, want %q in it", path, got, want)
			}
		}
		if got := get(t, c, "/metrics"); !strings.Contains(got, `version="v0.0.0-test"`) {
			t.Errorf("the metrics do not know the version")
		}
	})
}

// get asks the container's HTTP port.
func get(t *testing.T, c container, path string) string {
	t.Helper()
	return getURL(t, "http://127.0.0.1:"+c.port(t, "8623/tcp")+path)
}

func getURL(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", url, resp.Status, body)
	}
	return string(body)
}

// The first verdict comes soon, since a test that starts a service waits for it.
func TestHealth(t *testing.T) {
	verdict, after := start(t).health(t)
	t.Logf("%s after %v", verdict, after.Round(time.Millisecond))
	if verdict != "healthy" || after > promptly {
		t.Errorf("%s after %v, want healthy within %v", verdict, after, promptly)
	}
}

// What a container wrote to a volume is there for the next, whichever end the first one had.
func TestState(t *testing.T) {
	t.Parallel()
	volume := must(t, "volume", "create", "--label", label)
	t.Cleanup(func() { must(t, "volume", "rm", volume) })
	options := []string{"-v", volume + ":/state", "-e", "FAKEBMC_STATE_DIR=/state"}
	t.Run("write", func(t *testing.T) {
		c := start(t, options...)
		c.healthy(t)
		c.ipmitool(t, "", "user", "set", "name", "5", "alice")
		must(t, "kill", c.id)
	})
	t.Run("read", func(t *testing.T) {
		c := start(t, options...)
		c.healthy(t)
		c.ipmitool(t, "alice", "user", "list", "1")
	})
}

// A container that cannot serve ends and says why.
func TestWrongSettingEndsTheContainer(t *testing.T) {
	t.Parallel()
	c := start(t, "-e", "FAKEBMC_PROFILE=genric")
	if code := must(t, "wait", c.id); code != "2" {
		t.Errorf("exit status %s, want 2", code)
	}
	logs, err := exec.Command("docker", "logs", c.id).CombinedOutput()
	if want := `unknown profile "genric" (did you mean "generic"?`; err != nil || !strings.Contains(string(logs), want) {
		t.Errorf("the log is %q, want %q in it", logs, want)
	}
}

// The machine is chosen from outside.
func TestProfile(t *testing.T) {
	t.Parallel()
	const yaml = "profile: mine\nextends: generic\ndevice: {firmware: \"2.15\"}\n" +
		"users:\n  - {id: 2, name: admin, password: password, privilege: administrator}\n"
	file := write(t, "mine.yaml", yaml)
	tests := []struct {
		name    string
		options []string
		command []string
		profile string
		mcInfo  string
	}{
		{"the default", nil, nil, "generic", "Firmware Revision         : 1.00"},
		{"named by a variable", []string{"-e", "FAKEBMC_PROFILE=vulnerable"}, nil, "vulnerable", "Firmware Revision         : 1.00"},
		{"a mounted file", []string{"-e", "FAKEBMC_PROFILE=/etc/fakebmc/mine.yaml", "-v", file + ":/etc/fakebmc/mine.yaml:ro"}, nil, "mine", "Firmware Revision         : 2.15"},
		{"inline", []string{"-e", "FAKEBMC_PROFILE_YAML=" + yaml}, nil, "mine", "Firmware Revision         : 2.15"},
		{"named by a flag", nil, []string{"--profile", "vulnerable"}, "vulnerable", "Firmware Revision         : 1.00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := startWith(t, test.options, test.command...)
			c.healthy(t)
			c.ipmitool(t, test.mcInfo, "mc", "info")
			logs, err := exec.Command("docker", "logs", c.id).CombinedOutput()
			if want := fmt.Sprintf(`"profile":%q`, test.profile); err != nil || !strings.Contains(string(logs), want) {
				t.Errorf("the log has no %s:\n%s", want, logs)
			}
		})
	}
}

// No privilege is needed, not even for port 623, and nothing is written.
func TestNoPrivileges(t *testing.T) {
	t.Parallel()
	c := start(t, "--read-only", "--cap-drop", "ALL", "--user", "65532", "--security-opt", "no-new-privileges", "--memory", "64m",
		"--pids-limit", "64")
	c.healthy(t)
	c.ipmitool(t, "Chassis Power is on", "chassis", "power", "status")
	status, err := os.ReadFile("/proc/" + must(t, "inspect", "--format", "{{.State.Pid}}", c.id) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`CapEff:\s0000000000000000`, `CapBnd:\s0000000000000000`, `Uid:\s65532\s`, `NSpid:\s\d+\s1\n`} {
		if !regexp.MustCompile(want).Match(status) {
			t.Errorf("the process has not %q:\n%s", want, status)
		}
	}
	if changed := must(t, "diff", c.id); changed != "" {
		t.Errorf("files changed: %s", changed)
	}
}

// SIGTERM ends process 1, with sessions open and the HTTP port in use.
func TestStop(t *testing.T) {
	c := start(t)
	c.healthy(t)
	shell := exec.Command("ipmitool", "-I", "lanplus", "-H", "127.0.0.1", "-p", c.port(t, "623/udp"), "-U", "admin", "-P", "password", "shell")
	input, err := shell.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := shell.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	defer shell.Wait()
	defer shell.Process.Kill()
	fmt.Fprintln(input, "chassis power status")
	if n, err := output.Read(make([]byte, 1)); n != 1 {
		t.Fatalf("ipmitool's shell says nothing: %v", err)
	}
	begin := time.Now()
	must(t, "stop", "-t", "20", c.id)
	took := time.Since(begin)
	t.Logf("stopped after %v", took.Round(time.Millisecond))
	if took > promptly {
		t.Errorf("stopping took %v, want at most %v", took, promptly)
	}
	if code := must(t, "inspect", "--format", "{{.State.ExitCode}}", c.id); code != "0" {
		t.Errorf("exit status %s, want 0", code)
	}
}

// Two BMCs on one network are reached by their names, each from the other's place.
func TestTwoOnOneNetwork(t *testing.T) {
	t.Parallel()
	names := []string{"fakebmc-test-a", "fakebmc-test-b"}
	for i, name := range names {
		c := start(t, "--name", name, "-e", fmt.Sprintf(`FAKEBMC_PROFILE_YAML={profile: %s, extends: generic, device: {firmware: "%d.00"}}`, name, i+3))
		c.healthy(t)
	}
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			// The client shares the network of the other container: its address is the other one's.
			client := func(want string, words ...string) {
				t.Helper()
				args := []string{"run", "--rm", "--label", label, "--network", "container:" + names[1-i], clientImage}
				if got := must(t, append(args, words...)...); !strings.Contains(got, want) {
					t.Errorf("%v prints %q, want %q in it", words, got, want)
				}
			}
			login := []string{"ipmitool", "-I", "lanplus", "-H", name, "-U", "admin", "-P", "password"}
			client(fmt.Sprintf("Firmware Revision         : %d.00", i+3), append(login, "mc", "info")...)
			client(name+": ok", "ipmipower", "-D", "LAN_2_0", "-h", name, "-u", "admin", "-p", "password", "--off", "--wait-until-off")
			client("Chassis Power is off", append(login, "chassis", "power", "status")...)
		})
	}
}
