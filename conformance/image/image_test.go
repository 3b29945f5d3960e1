//go:build image

package image

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// about is what the engine says of an image.
type about struct {
	Size         int64
	Architecture string
	Config       struct {
		User         string
		ExposedPorts map[string]struct{}
		Env          []string
		Entrypoint   []string
		Cmd          []string
		StopSignal   string
		Labels       map[string]string
		Healthcheck  struct {
			Test     []string
			Interval time.Duration
		}
	}
}

// maxSize is the size that the image stays under, in bytes.
const maxSize = 15e6

// What the image promises before it runs.
func TestImage(t *testing.T) {
	t.Parallel()
	a := inspect[about](t, image)
	t.Logf("image: %.1f MB", float64(a.Size)/1e6)
	if a.Size >= maxSize {
		t.Errorf("%d bytes, want fewer than %.0f", a.Size, maxSize)
	}
	if a.Config.User != "65532:65532" {
		t.Errorf("user %q, want a number that is not root's", a.Config.User)
	}
	for _, port := range []string{"623/udp", "8623/tcp"} {
		if _, ok := a.Config.ExposedPorts[port]; !ok {
			t.Errorf("port %s is not exposed: %v", port, a.Config.ExposedPorts)
		}
	}
	for _, v := range []string{"FAKEBMC_LISTEN=:623", "FAKEBMC_HTTP=:8623"} {
		if !slices.Contains(a.Config.Env, v) {
			t.Errorf("no variable %s: %v", v, a.Config.Env)
		}
	}
	// Exec form: a shell would swallow signals, and there is none.
	if want := []string{"/fakebmc"}; !slices.Equal(a.Config.Entrypoint, want) {
		t.Errorf("entry point %q, want %q", a.Config.Entrypoint, want)
	}
	if len(a.Config.Cmd) != 0 {
		t.Errorf("command %q, want none", a.Config.Cmd)
	}
	if want := []string{"CMD", "/fakebmc", "healthcheck"}; !slices.Equal(a.Config.Healthcheck.Test, want) {
		t.Errorf("health check %q, want %q", a.Config.Healthcheck.Test, want)
	}
	for name, want := range map[string]string{
		"title": "fakebmc", "licenses": "Apache-2.0", "source": "https://github.com/fakebmc/fakebmc",
		"version": "v0.0.0-test", "revision": "0123456789ab", "created": "2026-01-02T03:04:05Z",
	} {
		if got := a.Config.Labels["org.opencontainers.image."+name]; got != want {
			t.Errorf("label %s is %q, want %q", name, got, want)
		}
	}
}

// The image holds one file, and that file needs no other.
func TestImageHoldsOneStaticBinary(t *testing.T) {
	t.Parallel()
	files := export(t, image)
	var names []string
	for name := range files {
		names = append(names, name)
	}
	if want := []string{"fakebmc"}; !slices.Equal(names, want) {
		t.Fatalf("files %q, want %q", names, want)
	}
	checkStatic(t, files["fakebmc"], elf.EM_X86_64, elf.EM_AARCH64)
}

// The Dockerfile builds for another processor than the builder's.
func TestOtherArchitecture(t *testing.T) {
	t.Parallel()
	const tag = "fakebmc:test-arm64"
	if err := build(tag, "--build-arg", "TARGETOS=linux", "--build-arg", "TARGETARCH=arm64"); err != nil {
		t.Fatal(err)
	}
	checkStatic(t, export(t, tag)["fakebmc"], elf.EM_AARCH64)
}

// export returns the files of an image, without those that the engine adds to every container.
func export(t *testing.T, image string) map[string][]byte {
	t.Helper()
	id := must(t, "create", "--label", label, "--network", network, image)
	out, err := exec.Command("docker", "export", id).Output()
	if err != nil {
		t.Fatal(err)
	}
	must(t, "rm", id)
	files := make(map[string][]byte)
	for r := tar.NewReader(bytes.NewReader(out)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(h.Name, "./")
		top, _, _ := strings.Cut(name, "/")
		if h.FileInfo().IsDir() || slices.Contains([]string{".dockerenv", "dev", "etc", "proc", "sys"}, top) {
			continue
		}
		if files[filepath.Clean(name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func checkStatic(t *testing.T, binary []byte, machines ...elf.Machine) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(machines, f.Machine) {
		t.Errorf("a binary for %v, want %v", f.Machine, machines)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the binary has a %v header: it is not static", p.Type)
		}
	}
}
