//go:build image

package image

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Names of what the tests make in the engine.
const (
	label       = "fakebmc.test"
	image       = "fakebmc:test"
	clientImage = "fakebmc-test-client" // ipmitool and FreeIPMI; .ci/images makes it
	network     = "fakebmc-test"
	project     = "fakebmc-test-compose"
	root        = "../.."
)

func TestMain(m *testing.M) {
	code, err := prepareAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "image tests:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// prepareAndRun builds the image, runs the tests, and leaves the engine as it was.
func prepareAndRun(m *testing.M) (code int, err error) {
	if err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin"); err != nil {
		return 0, err
	}
	if out, err := exec.Command("docker", "info").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("no Docker engine answers: %w\n%s", err, out)
	}
	unlock, err := lock()
	if err != nil {
		return 0, err
	}
	defer unlock()
	keep := os.Getenv("CONFORMANCE_KEEP") != ""
	if err := clean(keep); err != nil {
		return 0, err
	}
	defer func() {
		if e := clean(keep); err == nil {
			err = e
		}
	}()
	if err := makeImages(keep); err != nil {
		return 0, err
	}
	if _, err := docker("network", "create", "--label", label, network); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// lock keeps two runs on one engine apart: they would clean up after each other.
func lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "fakebmc-image-tests.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// clean removes everything that this run or an earlier one has made.
func clean(keepImages bool) error {
	remove := func(kind, filter string, command ...string) error {
		list := []string{kind, "ls", "-q", "--filter", "label=" + filter}
		if kind == "container" {
			list = append(list, "-a")
		}
		ids, err := docker(list...)
		if err != nil || ids == "" {
			return err
		}
		_, err = docker(append(command, strings.Fields(ids)...)...)
		return err
	}
	for _, filter := range []string{label, "com.docker.compose.project=" + project} {
		if err := remove("container", filter, "rm", "-f", "-v"); err != nil {
			return err
		}
		if err := remove("network", filter, "network", "rm"); err != nil {
			return err
		}
	}
	if keepImages {
		return nil
	}
	return script("remove")
}

// makeImages makes those that the tests need, and builds ours.
func makeImages(keep bool) error {
	if keep {
		if _, err := docker("image", "inspect", clientImage); err == nil {
			return build(image)
		}
	}
	if err := script(); err != nil {
		return err
	}
	return build(image)
}

// script runs .ci/images.
func script(args ...string) error {
	cmd := exec.Command("bash", append([]string{filepath.Join(root, ".ci/images")}, args...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf(".ci/images %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// build builds the Dockerfile, as the README says, for this computer's processor or the one that args name. On a base
// image that was made here the build has no network, and needs none.
func build(tag string, args ...string) error {
	command := []string{"build", "--label", label, "-t", tag, "--build-arg", "BUILDPLATFORM=linux/" + runtime.GOARCH,
		"--build-arg", "VERSION=v0.0.0-test", "--build-arg", "REVISION=0123456789ab", "--build-arg", "CREATED=2026-01-02T03:04:05Z"}
	made, err := docker("image", "inspect", "--format", `{{index .Config.Labels "`+label+`"}}`, "golang:1.26")
	if err == nil && made == "made" {
		command = append(command, "--network", "none")
	}
	_, err = docker(append(append(command, args...), root)...)
	return err
}

// docker runs one docker command and returns its standard output, trimmed.
func docker(args ...string) (string, error) {
	return execute(exec.Command("docker", args...))
}

func execute(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args, " "), err, stdout.String(), stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}
