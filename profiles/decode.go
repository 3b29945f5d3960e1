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
	n = c.convert(doc.Content[0], &node{file: file}, 0)
	return n, c.problems.err()
}

// yamlLine is the place in the library's errors.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// parserProblem is what the library's parser says.
var parserProblem = regexp.MustCompile(`^(did not find expected|found undefined tag handle|found duplicate %|found incompatible)`)

// syntaxError puts the library's error in our form. It does not name an unknown anchor: that may be a password that
// begins with "*".
func syntaxError(file string, err error) error {
	e := &Error{File: file, Problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(e.Problem); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Problem = e.Problem[len(m[0]):]
	}
	// The library's parser, unlike its scanner, counts lines from 0 and leaves out the first.
	if parserProblem.MatchString(e.Problem) {
		e.Line++
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

// convert fills a node, which knows its place in the document, with a value whose aliases and merge keys are resolved.
func (c *converter) convert(y *yaml.Node, n *node, depth int) *node {
	n.line = y.Line
	c.count++
	switch {
	case c.full:
		return n
	case c.count > maxNodes:
		return c.stop(n, "more than %d values, aliases resolved", maxNodes)
	case depth > maxDepth:
		return c.stop(n, "values inside values, %d deep (or an alias inside its own anchor)", maxDepth)
	case y.Style&yaml.TaggedStyle != 0:
		c.problems.add(n, "the tag %s has no meaning here", short(y.Tag))
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.convert(y.Alias, n, depth+1)
	case yaml.ScalarNode:
		n.text = y.Value
		switch y.ShortTag() {
		case "!!null":
			n.kind = nodeNull
		case "!!str", "!!timestamp":
			n.isText = true
		}
	case yaml.SequenceNode:
		n.kind = nodeList
		for i, item := range y.Content {
			n.items = append(n.items, c.convert(item, &node{file: c.file, parent: n, index: i}, depth+1))
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
		key, line := y.Content[i], y.Content[i].Line
		for hops := 0; key.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
			key = key.Alias
		}
		value := &node{file: c.file, line: line, parent: n, step: key.Value}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, mergeSources(c.convert(y.Content[i+1], value, depth+1))...)
			continue
		}
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			value.step = "?"
			c.problems.add(value, "a key is a single word")
			continue
		}
		if first, ok := seen[key.Value]; ok {
			c.problems.add(value, "given twice (first on line %d)", first)
			continue
		}
		seen[key.Value] = line
		n.fields = append(n.fields, entry{key: key.Value, line: line, value: c.convert(y.Content[i+1], value, depth+1)})
	}
	for _, m := range merged {
		if m.kind != nodeMap {
			c.problems.add(m, "expected a mapping, got %v", m.kind)
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
