// Command release builds the archives of a release, each with a bill of materials, and their checksums: "make release".
//
// The same source, version, time and Go toolchain give the same bytes, wherever and whenever it runs.
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// target is a platform that a release is for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

var targets = []target{
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"linux", "amd64"}, {"linux", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// documents go into every archive beside the binary.
var documents = []string{"README.md", "LICENSE", "CHANGELOG.md"}

// release is what a release is made from.
type release struct {
	source   string // the repository's folder
	out      string // where the files go
	version  string
	revision string
	time     time.Time // of the commit: the time of everything in the archives
	targets  []target
}

func main() {
	r := release{targets: targets}
	flag.StringVar(&r.source, "source", ".", "the repository")
	flag.StringVar(&r.out, "out", "dist", "where the files go; what is there is removed")
	flag.StringVar(&r.version, "version", "", "the version, a tag")
	flag.StringVar(&r.revision, "revision", "", "the commit")
	at := flag.String("time", "", "the commit's time, as RFC 3339 has it")
	flag.Parse()
	var err error
	if r.time, err = time.Parse(time.RFC3339, *at); err == nil {
		err = r.build()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// build makes all files.
func (r *release) build() error {
	if r.version == "" || strings.ContainsAny(r.version, "/ ") {
		return fmt.Errorf("%q is no version", r.version)
	}
	r.time = r.time.UTC().Truncate(time.Second)
	if err := errors.Join(os.RemoveAll(r.out), os.MkdirAll(r.out, 0o755)); err != nil {
		return err
	}
	sums := make(map[string][]byte)
	for _, t := range r.targets {
		if err := r.buildTarget(t, sums); err != nil {
			return fmt.Errorf("%v: %w", t, err)
		}
	}
	return r.writeSums(sums)
}

// buildTarget makes the archive and the bill of materials for one platform, and notes their checksums.
func (r *release) buildTarget(t target, sums map[string][]byte) error {
	binary, info, err := r.compile(t)
	if err != nil {
		return err
	}
	name := strings.Join([]string{"fakebmc", r.version, t.os, t.arch}, "_")
	program, pack, suffix := "fakebmc", appendTarGz, ".tar.gz"
	if t.os == "windows" {
		program, pack, suffix = "fakebmc.exe", appendZip, ".zip"
	}
	files := []file{{name: name + "/" + program, mode: 0o755, data: binary}}
	for _, d := range documents {
		data, err := os.ReadFile(filepath.Join(r.source, d))
		if err != nil {
			return err
		}
		files = append(files, file{name: name + "/" + d, mode: 0o644, data: data})
	}
	archive, err := pack(nil, files, r.time)
	if err != nil {
		return err
	}
	bill, err := r.bill(t, binary, info)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{name + suffix: archive, name + ".cdx.json": bill} {
		sum := sha256.Sum256(data)
		sums[name] = sum[:]
		if err := os.WriteFile(filepath.Join(r.out, name), data, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%s%s  %.1f MB\n", name, suffix, float64(len(archive))/1e6)
	return nil
}

// writeSums writes the checksums as sha256sum -c reads them.
func (r *release) writeSums(sums map[string][]byte) error {
	var lines []string
	for name, sum := range sums {
		lines = append(lines, fmt.Sprintf("%x  %s\n", sum, name))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(strings.Join(lines, "")), 0o644)
}

// compile builds the program. Nothing of this computer goes into it: no paths, no state of the repository, no settings
// of the caller's environment.
func (r *release) compile(t target) ([]byte, *debug.BuildInfo, error) {
	dir, err := os.MkdirTemp("", "fakebmc-release-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	output := filepath.Join(dir, "fakebmc")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -buildid= -X main.version="+r.version+" -X main.revision="+r.revision, "-o", output, "./cmd/fakebmc")
	cmd.Dir = r.source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return readBinary(output)
}
