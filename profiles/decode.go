package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Limits of one YAML file. A hostile one must cost neither time nor memory: aliases can make a document of a kilobyte
// hold billions of values.
const (
	maxSize  = 1 << 20 // bytes of the file
	maxNodes = 1 << 17 // values after aliases are resolved
	maxDepth = 32      // values inside values
)

// decode reads the one YAML document of a file. All YAML of the program goes through it.
func decode(file string, data []byte) (n *node, err error) {
	fail := func(line int, format string, args ...any) (*node, error) {
		return nil, &Error{File: file, Line: line, Problem: fmt.Sprintf(format, args...)}
	}
	if len(data) > maxSize {
		return fail(0, "larger than %d KiB", maxSize>>10)
	}
	// The library panics on some documents that are not what it expects.
	defer func() {
		if r := recover(); r != nil {
			n, err = fail(0, "not YAML")
		}
	}()

	var doc, rest yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return fail(1, "the file is empty")
	case err != nil:
		return nil, syntaxError(file, err)
	}
	switch err := d.Decode(&rest); {
	case err == nil:
		return fail(rest.Line, "a second YAML document: a profile is one")
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(file, err)
	}
	if len(doc.Content) != 1 {
		return fail(1, "the file is empty")
	}
	c := converter{file: file}
	n = c.convert(doc.Content[0], 0)
	return n, c.problems.err()
}

// yamlLine is the place in the library's errors.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// syntaxError puts the library's error in our form. It does not name an unknown anchor: that may be a password that
// begins with "*".
func syntaxError(file string, err error) error {
	e := &Error{File: file, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(e.Problem); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Problem = e.Problem[len(m[0]):]
	}
	if strings.HasPrefix(e.Problem, "unknown anchor") {
		e.Problem = `an alias ("*name") without its anchor ("&name"): quote text that begins with "*"`
	}
	e.Problem = "not YAML: " + e.Problem
	return e
}

// converter turns the library's nodes into ours. It stops at the first limit that is met.
type converter struct {
	file     string
	count    int
	full     bool
	problems problems
}

// convert turns a value into a node, with its aliases and merge keys resolved.
func (c *converter) convert(y *yaml.Node, depth int) *node {
	n := &node{file: c.file, line: y.Line}
	c.count++
	switch {
	case c.full:
		return n
	case c.count > maxNodes:
		return c.stop(n, "more than %d values, aliases resolved", maxNodes)
	case depth > maxDepth:
		return c.stop(n, "values inside values, %d deep (or an alias inside its own anchor)", maxDepth)
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.convert(y.Alias, depth+1)
	case yaml.ScalarNode:
		n.text = y.Value
		n.quoted = y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		if y.ShortTag() == "!!null" {
			n.kind = nodeNull
		}
	case yaml.SequenceNode:
		n.kind = nodeList
		for i, item := range y.Content {
			v := c.convert(item, depth+1)
			v.parent, v.index = n, i
			n.items = append(n.items, v)
		}
	case yaml.MappingNode:
		n.kind = nodeMap
		c.fields(n, y, depth)
	}
	return n
}

// stop notes that a limit is met: nothing after it is converted.
func (c *converter) stop(n *node, format string, args ...any) *node {
	c.full = true
	c.problems.add(n, format, args...)
	return n
}

// fields fills a mapping. A merge key ("<<") stands for the keys of the mappings it names that are not written out.
func (c *converter) fields(n *node, y *yaml.Node, depth int) {
	seen := make(map[string]int)
	var merged []*node
	for i := 0; i+1 < len(y.Content) && !c.full; i += 2 {
		key := y.Content[i]
		for hops := 0; key.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
			key = key.Alias
		}
		value := c.convert(y.Content[i+1], depth+1)
		value.parent = n
		if key.ShortTag() == "!!merge" {
			merged = append(merged, mergeSources(value)...)
			continue
		}
		place := &node{file: c.file, line: y.Content[i].Line, parent: n, step: key.Value}
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			place.step = "?"
			c.problems.add(place, "a key is a single word")
			continue
		}
		if first, ok := seen[key.Value]; ok {
			c.problems.add(place, "given twice (first on line %d)", first)
			continue
		}
		value.step = key.Value
		seen[key.Value] = y.Content[i].Line
		n.fields = append(n.fields, entry{key: key.Value, line: y.Content[i].Line, value: value})
	}
	for _, m := range merged {
		if m.kind != nodeMap {
			c.problems.add(&node{file: c.file, line: m.line, parent: n, step: "<<"}, "expected a mapping, got %v", m.kind)
			continue
		}
		for _, e := range m.fields {
			if _, ok := seen[e.key]; !ok {
				seen[e.key] = e.line
				e.value.parent = n
				n.fields = append(n.fields, e)
			}
		}
	}
}

// mergeSources is the value of a merge key: a mapping or a list of them.
func mergeSources(n *node) []*node {
	if n.kind == nodeList {
		return n.items
	}
	return []*node{n}
}
