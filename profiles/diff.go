package profiles

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Diff lists what differs between two machines, a line for each value that both have ("sensors[Inlet Temp].upper.critical:
// 47 → 42"), and one for each that only the one ("- …") or the other ("+ …") has. Elements of lists are told apart by name,
// or by their key where names are not unique. Names and descriptions of the profiles are not compared. The lines may hold
// passwords and keys.
func Diff(a, b *Profile) ([]string, error) {
	var trees [2]*yaml.Node
	for i, p := range []*Profile{a, b} {
		alone := *p
		alone.Extends, alone.Description, alone.Name = "", "", ""
		n, err := printed(profileShape(), nil, reflect.ValueOf(&alone).Elem())
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", p.Name, err)
		}
		trees[i] = n
	}
	var d differ
	d.compare(profileShape(), "", trees[0], trees[1])
	return d.lines, d.err
}

// differ collects lines.
type differ struct {
	lines []string
	err   error
}

// compare compares two values of a shape; nil is none.
func (d *differ) compare(s *shape, path string, a, b *yaml.Node) {
	if s.kind == shapeList && s.elem.keyed != nil { // element by element, also where the one has none
		a, b = cmp.Or(a, &yaml.Node{Kind: yaml.SequenceNode}), cmp.Or(b, &yaml.Node{Kind: yaml.SequenceNode})
	}
	switch {
	case a == nil:
		d.lines = append(d.lines, "+ "+path+": "+d.text(b))
	case b == nil:
		d.lines = append(d.lines, "- "+path+": "+d.text(a))
	case a.Kind == yaml.MappingNode && b.Kind == yaml.MappingNode && (s.kind == shapeStruct || s.kind == shapeMap):
		d.mapping(s, path, a, b)
	case a.Kind == yaml.SequenceNode && b.Kind == yaml.SequenceNode && s.kind == shapeList && s.elem.keyed != nil:
		d.list(s.elem, path, a, b)
	default:
		if x, y := d.text(a), d.text(b); x != y {
			d.lines = append(d.lines, path+": "+x+" → "+y)
		}
	}
}

// mapping compares key by key: those of a in its order, then those that only b has.
func (d *differ) mapping(s *shape, path string, a, b *yaml.Node) {
	for _, key := range slices.Concat(keysOf(a), without(keysOf(b), keysOf(a))) {
		elem, x, y := s.elem, valueOf(a, key), valueOf(b, key)
		if f := s.field(key); f != nil {
			elem = f.shape
			if x == nil {
				x = d.fallback(f)
			}
			if y == nil {
				y = d.fallback(f)
			}
		}
		d.compare(elem, joinPath(path, key), x, y)
	}
}

// fallback is the value that a key has when it is not printed, nil for none.
func (d *differ) fallback(f *field) *yaml.Node {
	if f.fallback == nil || !f.shape.isScalar() {
		return nil
	}
	v, plain := reflect.New(f.shape.typ).Elem(), *f
	plain.pointer = false
	setDefault(&plain, v)
	n, err := printed(f.shape, f, v)
	if err != nil && d.err == nil {
		d.err = err
	}
	return n
}

// list compares the elements of a list with keys.
func (d *differ) list(elem *shape, path string, a, b *yaml.Node) {
	left, right := elementsOf(elem, a), elementsOf(elem, b)
	for _, key := range slices.Concat(left.keys, without(right.keys, left.keys)) {
		label := key
		if x, y := left.names[key], right.names[key]; x != "" && (y == "" || x == y) && left.unique(x) && right.unique(x) {
			label = x
		} else if x == "" && y != "" && left.unique(y) && right.unique(y) {
			label = y
		}
		d.compare(elem, path+"["+label+"]", left.nodes[key], right.nodes[key])
	}
}

// elements are a list's elements by key.
type elements struct {
	keys  []string // in the order of the list
	nodes map[string]*yaml.Node
	names map[string]string // by key
	count map[string]int    // of a name
}

func elementsOf(elem *shape, list *yaml.Node) elements {
	e := elements{nodes: make(map[string]*yaml.Node), names: make(map[string]string), count: make(map[string]int)}
	for _, n := range list.Content {
		key := n.Value
		if k := valueOf(n, elem.keyed.name); k != nil {
			key = k.Value
		}
		e.keys = append(e.keys, key)
		e.nodes[key] = n
		if name := valueOf(n, "name"); name != nil {
			e.names[key] = name.Value
			e.count[name.Value]++
		}
	}
	return e
}

func (e *elements) unique(name string) bool { return e.count[name] <= 1 }

// text is a value on one line.
func (d *differ) text(n *yaml.Node) string {
	out, err := yaml.Marshal(flowing(n))
	if err != nil && d.err == nil {
		d.err = err
	}
	return strings.TrimSpace(string(out))
}

// flowing is a copy of a value that is written on one line.
func flowing(n *yaml.Node) *yaml.Node {
	flow := *n
	if flow.Kind != yaml.ScalarNode {
		flow.Style = yaml.FlowStyle
	}
	flow.Content = nil
	for _, c := range n.Content {
		flow.Content = append(flow.Content, flowing(c))
	}
	return &flow
}

func keysOf(m *yaml.Node) []string {
	var keys []string
	for i := 0; i+1 < len(m.Content); i += 2 {
		keys = append(keys, m.Content[i].Value)
	}
	return keys
}

// valueOf is the value of a mapping's key, nil without one.
func valueOf(m *yaml.Node, key string) *yaml.Node {
	if m.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func without(keys, known []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return slices.Contains(known, k) })
}
