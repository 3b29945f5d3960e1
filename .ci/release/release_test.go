package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const repository = "../.."

// buildFrom builds a release for this computer and for Windows, from a source, and returns its files.
func buildFrom(t *testing.T, source string) (dir string, files map[string][]byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "dist")
	r := release{
		source: source, out: dir, version: "v1.2.3", revision: "0123456789abcdef", targets: []target{{runtime.GOOS, runtime.GOARCH}, {"windows", "arm64"}},
		time: time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 3600)),
	}
	if err := r.build(); err != nil {
		t.Fatal(err)
	}
	files = make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return dir, files
}

// copySource copies what git has of the repository to another place, with other times.
func copySource(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, repository)
		switch {
		case d.IsDir() && slices.Contains([]string{"/.git", "/bin", "/dist"}, name):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(to+name, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to+name, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// Two builds from two places give the same bytes, under other settings of the environment too.
func TestReproducible(t *testing.T) {
	_, first := buildFrom(t, repository)
	t.Setenv("GOFLAGS", "-tags=other")
	t.Setenv("GOAMD64", "v2")
	t.Setenv("TZ", "Asia/Tokyo")
	_, second := buildFrom(t, copySource(t))
	if len(first) != 5 || len(second) != len(first) {
		t.Fatalf("%d and %d files, want 5", len(first), len(second))
	}
	for name, data := range first {
		if !bytes.Equal(data, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// The system's own programs unpack the archives and confirm the checksums, and what was packed runs.
func TestArchives(t *testing.T) {
	dir, _ := buildFrom(t, repository)
	if out := command(t, dir, "sha256sum", "-c", "checksums.txt"); strings.Count(out, ": OK\n") != 4 {
		t.Errorf("sha256sum -c:\n%s", out)
	}
	name := "fakebmc_v1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	list := command(t, dir, "tar", "--utc", "-tvf", name+".tar.gz")
	for _, want := range []string{"-rwxr-xr-x 0/0 ", "/fakebmc\n", "-rw-r--r-- 0/0 ", "2026-01-02 02:04 ", "/LICENSE\n", "/README.md\n", "/CHANGELOG.md\n"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %q in the archive:\n%s", want, list)
		}
	}
	command(t, dir, "tar", "-xf", name+".tar.gz")
	if out := command(t, dir, "./"+name+"/fakebmc", "version"); !strings.HasPrefix(out, "fakebmc v1.2.3\ncommit 0123456789abcdef\n") {
		t.Errorf("the version is %q", out)
	}
	command(t, dir, "/usr/bin/python3", "-m", "zipfile", "-t", "fakebmc_v1.2.3_windows_arm64.zip")
	list = command(t, dir, "/usr/bin/python3", "-m", "zipfile", "-l", "fakebmc_v1.2.3_windows_arm64.zip")
	if want := "fakebmc_v1.2.3_windows_arm64/fakebmc.exe"; !strings.Contains(list, want) || !strings.Contains(list, "2026-01-02 02:04:0") {
		t.Errorf("no %q of that time in the archive:\n%s", want, list)
	}
}

// The bill of materials lists what "go version -m" does, and what it refers to is there.
func TestBill(t *testing.T) {
	dir, files := buildFrom(t, repository)
	name := "fakebmc_v1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	var b cdx.BOM
	d := json.NewDecoder(bytes.NewReader(files[name+".cdx.json"]))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		t.Fatal(err)
	}
	refs := []string{b.Metadata.Component.BOMRef}
	var libraries []string
	for _, c := range *b.Components {
		refs = append(refs, c.BOMRef)
		libraries = append(libraries, c.Name+"@"+c.Version)
	}
	for _, dep := range *b.Dependencies {
		if !slices.Contains(refs, dep.Ref) {
			t.Errorf("%s is no component", dep.Ref)
		}
	}
	if b.Metadata.Timestamp != "2026-01-02T02:04:05Z" {
		t.Errorf("the bill is of %s", b.Metadata.Timestamp)
	}
	command(t, dir, "tar", "-xf", name+".tar.gz")
	for line := range strings.Lines(command(t, dir, "go", "version", "-m", name+"/fakebmc")) {
		if words := strings.Fields(line); words[0] == "dep" && !slices.Contains(libraries, words[1]+"@"+words[2]) {
			t.Errorf("the bill has no %s@%s: %v", words[1], words[2], libraries)
		}
	}
	if want := "std@" + strings.TrimPrefix(runtime.Version(), "go"); libraries[0] != want || len(libraries) < 5 {
		t.Errorf("libraries %v, want %s and others", libraries, want)
	}
}

// The bill is valid by CycloneDX's own schema, which its module brings along.
func TestBillMeetsTheSchema(t *testing.T) {
	_, files := buildFrom(t, repository)
	dir := strings.TrimSpace(command(t, ".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go"))
	c := jsonschema.NewCompiler()
	for name, from := range map[string]string{
		"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		schema, err := os.ReadFile(filepath.Join(dir, "schema", from))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("http://cyclonedx.org/schema/"+name, v); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if !strings.HasSuffix(name, ".cdx.json") {
			continue
		}
		bill, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(bill); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
