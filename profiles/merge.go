package profiles

import "reflect"

// removeKey marks an element of an extending profile's list that takes the inherited one away.
const removeKey = "remove"

// merger lays one profile over the one it extends, value by value. The places of the values stay those of their files.
type merger struct {
	problems *problems
}

// merge lays over on base and leaves both as they are. A nil base is nothing.
//
//   - Mappings are merged key by key.
//   - Lists whose elements have a key field (number, id, …) are merged element by element: one with the key of an
//     inherited element changes it, "remove: true" takes it away, and another one is added at the end. An empty list
//     takes all of them away.
//   - Everything else replaces what was there.
func (m merger) merge(s *shape, base, over *node) *node {
	over = longForm(s, over)
	if base != nil {
		base = longForm(s, base)
	}
	switch {
	case s.kind == shapeList && s.elem.keyed != nil && over.kind == nodeList:
		return m.keyedList(s.elem, base, over)
	case (s.kind == shapeStruct || s.kind == shapeMap) && over.kind == nodeMap:
		return m.mapping(s, base, over)
	}
	return over
}

// mapping merges key by key: the inherited keys first, then the new ones.
func (m merger) mapping(s *shape, base, over *node) *node {
	merged := *over
	merged.fields = nil
	at := make(map[string]int)
	if base != nil && base.kind == nodeMap {
		merged.fields = append(merged.fields, base.fields...)
		for i, e := range merged.fields {
			at[e.key] = i
		}
	}
	for _, e := range over.fields {
		i, inherited := at[e.key]
		elem := s.elem
		if f := s.field(e.key); f != nil {
			elem = f.shape
		}
		if elem != nil {
			var under *node
			if inherited {
				under = merged.fields[i].value
			}
			e.value = m.merge(elem, under, e.value)
		}
		if inherited {
			merged.fields[i] = e
		} else {
			merged.fields = append(merged.fields, e)
		}
	}
	return &merged
}

// keyedList merges element by element.
func (m merger) keyedList(elem *shape, base, over *node) *node {
	merged := *over
	merged.items = nil
	at := make(map[any]int) // key of an element: its place in merged.items
	if base != nil && base.kind == nodeList && len(over.items) > 0 {
		for _, item := range base.items {
			if key, ok := elementKey(elem, item); ok {
				at[key] = len(merged.items)
			}
			merged.items = append(merged.items, item)
		}
	}
	seen := make(map[any]int) // key of an element of over: its line
	removed := make(map[int]bool)
	for _, item := range over.items {
		key, ok := elementKey(elem, item)
		if !ok { // no key, or none that can be read: told when the value is assigned
			merged.items = append(merged.items, m.merge(elem, nil, item))
			continue
		}
		if line, twice := seen[key]; twice {
			m.problems.add(longForm(elem, item).get(elem.keyed.name), "%v is given twice (first on line %d)", key, line)
			continue
		}
		seen[key] = item.line
		i, inherited := at[key]
		switch {
		case item.get(removeKey) != nil:
			m.checkRemove(elem, item, key, inherited)
			removed[i] = inherited || removed[i]
		case inherited:
			merged.items[i] = m.merge(elem, merged.items[i], item)
		default:
			merged.items = append(merged.items, m.merge(elem, nil, item))
		}
	}
	kept := merged.items[:0]
	for i, item := range merged.items {
		if !removed[i] {
			kept = append(kept, item)
		}
	}
	merged.items = kept
	return &merged
}

// checkRemove refuses removals that make no sense.
func (m merger) checkRemove(elem *shape, item *node, key any, inherited bool) {
	mark := item.get(removeKey)
	switch {
	case mark.kind != nodeScalar || mark.isText || mark.text != "true":
		m.problems.add(mark, "expected true: it takes the inherited element away")
	case !inherited:
		m.problems.add(mark, "nothing to remove: no element with %s %v is inherited", elem.keyed.name, key)
	}
	for _, e := range item.fields {
		if e.key != removeKey && e.key != elem.keyed.name {
			m.problems.add(e.value, "the element is removed, only %s and %s may be given", elem.keyed.name, removeKey)
		}
	}
}

// elementKey is the key of a list's element as the Go value it will be, so that 0x20 and 32 are one key.
func elementKey(elem *shape, item *node) (any, bool) {
	n := longForm(elem, item).get(elem.keyed.name)
	if n == nil || n.kind != nodeScalar {
		return nil, false
	}
	v := reflect.New(elem.keyed.shape.typ).Elem()
	if err := parseScalar(elem.keyed.shape, elem.keyed, n, v); err != nil || !v.Comparable() {
		return nil, false
	}
	return v.Interface(), true
}

// longForm writes a value that stands for some fields of a struct as the mapping that it means. [shape, "short"]
func longForm(s *shape, n *node) *node {
	if s.kind != shapeStruct || n.kind == nodeMap || n.kind == nodeNull {
		return n
	}
	short := s.shortFields()
	if len(short) == 0 || short[0].shape.isScalar() != (n.kind == nodeScalar) {
		return n
	}
	long := &node{kind: nodeMap, file: n.file, line: n.line, parent: n.parent, step: n.step, index: n.index}
	for _, f := range short {
		long.fields = append(long.fields, entry{key: f.name, line: n.line, value: n})
	}
	return long
}
