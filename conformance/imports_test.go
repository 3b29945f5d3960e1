package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/fakebmc/fakebmc"

// levels are the rooms of the repository, from the ground up. A package imports packages of earlier lines only, never
// of its own line or a later one. A name that ends in "/*" stands for every package directly below the folder.
var levels = [][]string{
	{"ipmb", "bmc/fru", "bmc/i2c", "bmc/trace"},
	{"rmcp", "sdr", "sel", "bmc/fault", "bmc/journal"},
	{"rmcp/console"},
	{"profiles"},
	{"bmc"},
	{"bmc/oem/*", "bmc/state", "bmc/vmserial", "bmc/admin", "bmc/metrics"},
	{"bmc/oem"},
	{"bmc/bmctest"},
	{"conformance", "conformance/clients", "conformance/clients/guest", "conformance/image", "cmd/fakebmc"},
}

// groundForbids are standard packages that bytes and values have no business with.
var groundForbids = []string{"net", "net/http", "log", "log/slog", "os", "os/exec", "syscall"}

// machineForbids are packages that would make embedding a machine expensive.
var machineForbids = []string{"net/http", "testing", "github.com/prometheus/"}

// vagueNames say nothing about what is in a package.
var vagueNames = []string{"common", "helper", "helpers", "misc", "shared", "types", "util", "utils"}

// source is one parsed Go file that is not a test.
type source struct {
	pkg  string // directory below the module's root, with slashes
	file string
	tree *ast.File
}

// imports are the paths that the file imports.
func (s source) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range s.tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("%s: import %s: %v", s.file, spec.Path.Value, err)
		}
		paths = append(paths, p)
	}
	return paths
}

// sources parses every Go file of the module that is not a test, leaving out nested modules.
func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("..")
	var found []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(root, name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{pkg: path.Dir(name), file: name, tree: tree})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no Go files found")
	}
	return found
}

// skipFolder says which folders the go command would not look into either.
func skipFolder(root fs.FS, name string) error {
	if name == "." {
		return nil
	}
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" {
		return fs.SkipDir
	}
	if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// levelOf finds the line of a package, -1 when it has none. A package in an internal folder, or in a folder below a
// package that has no line of its own, is not guessed at: it must be written into the map.
func levelOf(pkg string) int {
	for level, names := range levels {
		if slices.Contains(names, pkg) {
			return level
		}
	}
	return slices.IndexFunc(levels, func(names []string) bool {
		return slices.Contains(names, path.Dir(pkg)+"/*")
	})
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		from := levelOf(src.pkg)
		if from < 0 {
			t.Errorf("%s: package %s has no level: give it one in levels", src.file, src.pkg)
			continue
		}
		for _, p := range src.imports(t) {
			to, ours := strings.CutPrefix(p, module+"/")
			if !ours {
				continue
			}
			switch level := levelOf(to); {
			case level < 0:
				t.Errorf("%s imports %s, which has no level", src.file, to)
			case level >= from:
				t.Errorf("%s imports %s: %s (level %d) may import earlier levels only, and %s is on level %d",
					src.file, to, src.pkg, from, to, level)
			}
		}
	}
}

func TestGroundKnowsOnlyTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		if levelOf(src.pkg) != 0 {
			continue
		}
		for _, p := range src.imports(t) {
			first, _, _ := strings.Cut(p, "/")
			if strings.Contains(first, ".") {
				t.Errorf("%s imports %s: %s may import the standard library only", src.file, p, src.pkg)
			}
			if slices.Contains(groundForbids, p) {
				t.Errorf("%s imports %s: %s is bytes and values, without sockets, files or logs", src.file, p, src.pkg)
			}
		}
		ast.Inspect(src.tree, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine: %s is bytes and values", src.file, src.pkg)
			}
			return true
		})
	}
}

func TestMachineIsCheapToEmbed(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		if src.pkg != "bmc" {
			continue
		}
		for _, p := range src.imports(t) {
			for _, forbidden := range machineForbids {
				if p == forbidden || strings.HasSuffix(forbidden, "/") && strings.HasPrefix(p, forbidden) {
					t.Errorf("%s imports %s, which an embedded machine must not bring along", src.file, p)
				}
			}
		}
	}
}

func TestNoRegistrationInInit(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		for _, decl := range src.tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: lists are literal tables, wiring is explicit", src.file)
			}
		}
	}
}

func TestPackagesAreNamedAfterWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, src := range sources(t) {
		if name := src.tree.Name.Name; slices.Contains(vagueNames, name) {
			t.Errorf("%s: package %s says nothing about what is in it", src.file, name)
		}
	}
}

// topLevel is all that the root of the repository holds, beside dot-files and what the Makefile builds.
var topLevel = []string{
	"bmc", "cmd", "conformance", "ipmb", "profiles", "rmcp", "sdr", "sel",
	"go.mod", "go.sum", "Dockerfile", "compose.yaml", "Makefile",
	"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
}

func TestTopLevelHoldsOnlyWhatWasAgreed(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	built := []string{"bin", "dist"} // ignored by git
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(built, name) || slices.Contains(topLevel, name) {
			continue
		}
		t.Errorf("%s does not belong in the root of the repository", name)
	}
}
