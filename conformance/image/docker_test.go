//go:build image

package image

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// limit is how long anything may take that should be there at once. It is long, because the computer may be busy.
const limit = 60 * time.Second

// container is a running one, removed when its test ends.
type container struct{ id string }

// start runs a container of the image with options of docker run, its ports published on loopback.
func start(t *testing.T, options ...string) container {
	t.Helper()
	return startWith(t, options)
}

// startWith is start with a command line for fakebmc.
func startWith(t *testing.T, options []string, command ...string) container {
	t.Helper()
	args := []string{"run", "-d", "--label", label, "--network", network, "-p", "127.0.0.1::623/udp", "-p", "127.0.0.1::8623"}
	args = append(append(args, options...), image)
	c := container{must(t, append(args, command...)...)}
	t.Cleanup(func() {
		if t.Failed() {
			logs, _ := exec.Command("docker", "logs", c.id).CombinedOutput()
			t.Logf("the container's log:\n%s", logs)
		}
		if _, err := docker("rm", "-f", "-v", c.id); err != nil {
			t.Error(err)
		}
	})
	return c
}

// must runs a docker command that has to succeed, and returns its standard output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := docker(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// port is where a port of the container is published on 127.0.0.1.
func (c container) port(t *testing.T, port string) string {
	t.Helper()
	published, _, _ := strings.Cut(must(t, "port", c.id, port), "\n")
	return published[strings.LastIndex(published, ":")+1:]
}

// health waits for the first verdict about the container's health, and how long after its start it came.
func (c container) health(t *testing.T) (verdict string, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	// --since: the verdict may have come before this asks.
	cmd := exec.CommandContext(ctx, "docker", "events", "--since", "10m", "--filter", "container="+c.id,
		"--filter", "event=health_status", "--format", "{{.Action}} {{.TimeNano}}")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	cancel()
	cmd.Wait() // ended by cancel
	words := strings.Fields(line)
	if len(words) != 3 {
		t.Fatalf("no verdict about the health within %v: %q", limit, line)
	}
	nanos, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return words[1], time.Unix(0, nanos).Sub(c.started(t))
}

// healthy waits until the container is.
func (c container) healthy(t *testing.T) {
	t.Helper()
	if verdict, _ := c.health(t); verdict != "healthy" {
		t.Fatalf("the container is %s", verdict)
	}
}

func (c container) started(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, must(t, "inspect", "--format", "{{.State.StartedAt}}", c.id))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// run runs a program on this computer that has to succeed and print every one of the texts.
func run(t *testing.T, texts []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC"}
	out, err := execute(cmd)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Fatalf("%s: does not print %q:\n%s", strings.Join(cmd.Args, " "), text, out)
		}
	}
	return out
}

// ipmitool asks a container at its published port as the user admin.
func (c container) ipmitool(t *testing.T, text string, words ...string) string {
	t.Helper()
	args := []string{"-I", "lanplus", "-H", "127.0.0.1", "-p", c.port(t, "623/udp"), "-U", "admin", "-P", "password"}
	return run(t, []string{text}, "ipmitool", append(args, words...)...)
}

// inspect reads what the engine knows of an image or a container.
func inspect[T any](t *testing.T, name string) T {
	t.Helper()
	var list []T
	if err := json.Unmarshal([]byte(must(t, "inspect", name)), &list); err != nil || len(list) != 1 {
		t.Fatalf("docker inspect %s: %d, %v", name, len(list), err)
	}
	return list[0]
}

// write writes a file that containers can read.
func write(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	// The container's user is not this one: the folders above are open to it, too.
	for d := dir; d != filepath.Clean(os.TempDir()) && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
