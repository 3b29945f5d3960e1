package profiles

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

//go:embed machines/*.yaml
var machines embed.FS

// machinesDir is the folder of the embedded machines; each file is one, and its name the profile's.
const machinesDir = "machines/"

// Load reads a machine: one that is built in, by its name, or a file, by its path (which has a slash, or ends in .yaml
// or .yml). The error joins everything that is wrong, each an *Error.
func Load(nameOrPath string) (*Profile, error) {
	go profileShape() // worked out once, while the file is parsed: a start of the program waits for both
	if !isFile(nameOrPath) {
		l := new(loader)
		return l.load(l.read(nameOrPath, "", nil))
	}
	l := &loader{open: func(name string) (fs.File, error) { return os.Open(name) }, join: filepath.Join, dir: filepath.Dir}
	return l.load(l.read(nameOrPath, "", nil))
}

// LoadFS reads a machine from a file of a file system; it may extend others of the same file system and those that are
// built in.
func LoadFS(fsys fs.FS, file string) (*Profile, error) {
	l := &loader{open: fsys.Open, join: path.Join, dir: path.Dir}
	if !isFile(file) {
		return nil, fmt.Errorf("%s: a profile's file ends in .yaml or .yml", file)
	}
	return l.load(l.read(file, "", nil))
}

// Parse reads a machine from YAML. It may extend the machines that are built in and no others. name stands for the file
// in errors.
func Parse(name string, data []byte) (*Profile, error) {
	l := new(loader)
	return l.load(l.resolve(link{file: name}, data))
}

// Info is what a list of profiles says of one.
type Info struct {
	Name        string
	Description string
	Extends     string
}

// Names are the machines that are built in, sorted.
func Names() []string {
	entries, err := machines.ReadDir(strings.TrimSuffix(machinesDir, "/"))
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// List describes the machines that are built in, sorted by name.
func List() []Info {
	var list []Info
	for _, name := range Names() {
		data, err := machines.ReadFile(machinesDir + name + ".yaml")
		if err != nil {
			panic(err) // the folder is part of the binary
		}
		list = append(list, heading(data))
	}
	return list
}

// heading reads the keys of a machine that a list tells, and not the rest: they are on the first lines, one each.
func heading(data []byte) Info {
	var info Info
	for line := range strings.Lines(string(data)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case strings.HasPrefix(line, "#") || line == "\n":
			continue
		case !ok:
			return info
		}
		switch value = strings.Trim(value, `"`); key {
		case "profile":
			info.Name = value
		case "description":
			info.Description = value
		case "extends":
			info.Extends = value
		default:
			return info
		}
	}
	return info
}

// isFile tells a path from the name of a built-in machine.
func isFile(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// maxExtends is how many profiles may stand on one another.
const maxExtends = 8

// loader reads a profile and those it extends.
type loader struct {
	open func(name string) (fs.File, error) // nil: only built-in machines
	join func(elem ...string) string
	dir  func(string) string

	chain    []link // from the first to the one that is being read
	problems problems
}

// link is one profile of a chain that extend one another.
type link struct {
	file    string // or name
	builtin bool
}

// load makes the profile of a resolved document.
func (l *loader) load(tree *node, err error) (*Profile, error) {
	if err != nil {
		return nil, err
	}
	tree = l.expandKinds(tree)
	p, where := new(Profile), make(map[string]*node)
	a := assigner{problems: &l.problems, where: where}
	a.assign(profileShape(), nil, tree, reflect.ValueOf(p).Elem(), "")
	l.replays(p, where)
	l.place(p.check(), where)
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	p.where = where
	return p, nil
}

// read finds the document that a name or a path stands for and resolves it. from is the file with the extends key at,
// both empty for the first.
func (l *loader) read(ref, from string, at *node) (*node, error) {
	if !isFile(ref) {
		if !slices.Contains(Names(), ref) {
			return nil, notFound(at, fmt.Sprintf("unknown profile %q (%s; a file's name ends in .yaml)", short(ref), hint(ref, Names())))
		}
		data, err := machines.ReadFile(machinesDir + ref + ".yaml")
		if err != nil {
			return nil, err
		}
		return l.resolve(link{file: ref, builtin: true}, data)
	}
	if l.open == nil {
		return nil, notFound(at, "only profiles that are built in can be extended here ("+strings.Join(Names(), ", ")+")")
	}
	name := ref
	if at != nil && !filepath.IsAbs(ref) {
		name = l.join(l.dir(from), ref)
	}
	data, err := l.readFile(name)
	if err != nil {
		var reason *fs.PathError
		if errors.As(err, &reason) {
			err = reason.Err
		}
		if at == nil {
			return nil, &Error{File: name, Problem: fmt.Sprintf("cannot be read: %v", err)}
		}
		return nil, notFound(at, fmt.Sprintf("%s cannot be read: %v", name, err))
	}
	return l.resolve(link{file: name}, data)
}

// readFile reads a file, at most a byte more than decode takes.
func (l *loader) readFile(name string) ([]byte, error) {
	f, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// notFound is an error of a profile that cannot be had: where it was asked for, or by itself.
func notFound(at *node, problem string) error {
	if at == nil {
		return errors.New(problem)
	}
	return &Error{File: at.file, Line: at.line, Path: at.path(), Problem: problem}
}

// resolve decodes a document and lays it over the one it extends.
func (l *loader) resolve(from link, data []byte) (*node, error) {
	file := from.file
	if from.builtin {
		file += ".yaml"
	}
	over, err := decode(file, data)
	if err != nil {
		return nil, err
	}
	if over.kind != nodeMap {
		return nil, &Error{File: file, Line: over.line, Problem: fmt.Sprintf("expected a mapping, got %v", over.kind)}
	}
	l.chain = append(l.chain, from)
	var base *node
	if at := over.get("extends"); at != nil && at.kind == nodeScalar && at.text != "" {
		if base, err = l.base(at, from); err != nil {
			return nil, err
		}
	}
	return merger{problems: &l.problems}.merge(profileShape(), base, over), nil
}

// base reads the profile that a file extends. What names the base itself is not inherited.
func (l *loader) base(at *node, from link) (*node, error) {
	next := link{file: at.text, builtin: !isFile(at.text)}
	if !next.builtin && l.open != nil {
		next.file = l.join(l.dir(from.file), at.text)
	}
	switch {
	case from.builtin && !next.builtin:
		return nil, notFound(at, "a built-in profile extends built-in profiles only")
	case slices.Contains(l.chain, next):
		var names []string
		for _, c := range append(slices.Clone(l.chain), next) {
			names = append(names, c.file)
		}
		return nil, notFound(at, "extends itself: "+strings.Join(names, " -> "))
	case len(l.chain) == maxExtends:
		return nil, notFound(at, fmt.Sprintf("more than %d profiles extend one another", maxExtends))
	}
	read, err := l.read(at.text, from.file, at)
	if err != nil {
		return nil, err
	}
	base := *read
	base.fields = slices.DeleteFunc(slices.Clone(read.fields), func(e entry) bool {
		return e.key == "profile" || e.key == "description" || e.key == "extends"
	})
	return &base, nil
}

// place tells the problems of a check where they are: at their key, or at the nearest one around it. What is around a
// value that is wrong already is not told again.
func (l *loader) place(found []Error, where map[string]*node) {
	for _, e := range found {
		n, rest := locate(where, e.Path)
		if l.problems.bad[n] {
			continue
		}
		if rest == "" {
			l.problems.add(n, "%s", e.Problem)
			continue
		}
		l.problems.addError(func() *Error {
			e.File, e.Line = n.file, n.line
			e.Path = strings.TrimPrefix(n.path()+rest, ".")
			return &e
		})
	}
}

// locate finds the place of a path, or of the nearest one around it and what is left of the path.
func locate(where map[string]*node, path string) (n *node, rest string) {
	whole := path
	for {
		if n, ok := where[path]; ok {
			return n, whole[len(path):]
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// Where tells where in the profile's files a value stands, as "file:line: path", for errors about it that are found
// later. path counts the elements of the resolved profile, "users[2].name".
func (p *Profile) Where(path string) string {
	path = p.within + path
	if p.where == nil {
		return path
	}
	n, rest := locate(p.where, path)
	e := Error{File: n.file, Line: n.line}
	return strings.TrimSuffix(e.Error(), ": ") + ": " + strings.TrimPrefix(n.path()+rest, ".")
}
