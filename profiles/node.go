package profiles

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Error is one thing that is wrong in a profile. What a loader returns joins all of them.
type Error struct {
	File    string // as the user named it; a machine of the binary is "NAME.yaml"
	Line    int    // from 1; 0: the whole file
	Path    string // of the key in that file, "users[2].privilege"
	Problem string
}

// Error is "file:line: path: problem", without the parts that are not known.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line))
	}
	if e.Path != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(e.Path)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// maxErrors is how many errors are told; a hostile file has one for every few bytes.
const maxErrors = 100

// problems collects what is wrong, and where.
type problems struct {
	list []*Error
	more int            // not told, beyond maxErrors
	bad  map[*node]bool // nodes that something is wrong with already
}

// add notes a problem of a node, the first one: in a short form, one node stands for several fields.
func (p *problems) add(n *node, format string, args ...any) {
	if p.bad[n] {
		return
	}
	if p.bad == nil {
		p.bad = make(map[*node]bool)
	}
	p.bad[n] = true
	p.addError(func() *Error {
		return &Error{File: n.file, Line: n.line, Path: n.path(), Problem: fmt.Sprintf(format, args...)}
	})
}

// later is a part of a problem that costs time to find: it is looked for when the problem is told.
type later func() string

// String finds it.
func (l later) String() string { return l() }

// addError notes a problem that is only put in words when it will be told.
func (p *problems) addError(e func() *Error) {
	if len(p.list) == maxErrors {
		p.more++
		return
	}
	p.list = append(p.list, e())
}

// err joins the problems: those of one file together, from the top to the bottom.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	order := make(map[string]int)
	for _, e := range p.list {
		if _, ok := order[e.File]; !ok {
			order[e.File] = len(order)
		}
	}
	slices.SortStableFunc(p.list, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line))
	})
	var errs []error
	for _, e := range p.list {
		errs = append(errs, e)
	}
	if p.more > 0 {
		errs = append(errs, fmt.Errorf("%s: and %d more", p.list[0].File, p.more))
	}
	return errors.Join(errs...)
}

// nodeKind is what a node is in YAML.
type nodeKind uint8

const (
	nodeScalar nodeKind = iota
	nodeNull            // "null" or "~", or nothing at all
	nodeList
	nodeMap
)

// String is how errors call it.
func (k nodeKind) String() string {
	switch k {
	case nodeNull:
		return "nothing"
	case nodeList:
		return "a list"
	case nodeMap:
		return "a mapping"
	}
	return "a single value"
}

// node is a value of a YAML document with its place: aliases and merge keys are resolved, and it stays what it is when
// files are merged.
type node struct {
	kind   nodeKind
	text   string // of a scalar
	isText bool   // a scalar that is text in YAML, not a number, true or false
	items  []*node
	fields []entry // of a mapping, in the order of the file

	file   string
	line   int
	parent *node
	step   string // key in the parent; "": an element of a list
	index  int    // in the list
}

// entry is a key of a mapping and its value.
type entry struct {
	key   string
	line  int // of the key
	value *node
}

// get is the value of a key, nil when it is absent.
func (n *node) get(key string) *node {
	for _, e := range n.fields {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// path is the place of the node in its file, "users[2].privilege"; a key that is no word is quoted.
func (n *node) path() string {
	if n.parent == nil {
		return ""
	}
	above := n.parent.path()
	if n.step == "" {
		return above + "[" + strconv.Itoa(n.index) + "]"
	}
	return joinPath(above, n.step)
}

// joinPath appends a key to a path.
func joinPath(path, key string) string {
	key = short(key)
	if strings.ContainsAny(key, " .[]:\"\n\t") {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// short cuts what a file says to a length that fits an error.
func short(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
