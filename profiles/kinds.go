package profiles

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Keys of the profile and of a sensor that only the loader knows.
const (
	kindsKey   = "sensor_kinds"
	sensorsKey = "sensors"
	kindKey    = "kind"
)

// kinds are the profile's sensor kinds by name.
type kinds map[string]*node

// expandKinds gives each sensor the keys of its kind that it does not have itself, and takes the kinds away: a machine
// has sensors only. It comes after the merge of profiles, so that an extending profile can use the kinds of another one,
// and change them for all sensors that have them.
func (l *loader) expandKinds(tree *node) *node {
	known := make(kinds)
	if n := tree.get(kindsKey); n != nil && n.kind == nodeMap {
		for _, e := range n.fields {
			known[e.key] = e.value
		}
		l.checkKinds(n)
	}
	expanded := *tree
	expanded.fields = nil
	for _, e := range tree.fields {
		switch {
		case e.key == kindsKey && e.value.kind == nodeMap:
			continue
		case e.key == sensorsKey:
			e.value = l.expandList(known, e.value, func(n *node) *node { return l.expandSensor(known, n) })
		case e.key == "sdr" && e.value.kind == nodeMap:
			e.value = l.expandOthers(known, e.value)
		}
		expanded.fields = append(expanded.fields, e)
	}
	return &expanded
}

// expandOthers expands the sensors of other controllers.
func (l *loader) expandOthers(known kinds, section *node) *node {
	expanded := *section
	expanded.fields = slices.Clone(section.fields)
	for i, e := range expanded.fields {
		if e.key != sensorsKey {
			continue
		}
		expanded.fields[i].value = l.expandList(known, e.value, func(n *node) *node {
			other := *n
			other.fields = slices.Clone(n.fields)
			for j, f := range other.fields {
				if f.key == "sensor" {
					other.fields[j].value = l.expandSensor(known, f.value)
				}
			}
			return &other
		})
	}
	return &expanded
}

// expandList expands each element of a list.
func (l *loader) expandList(known kinds, list *node, each func(*node) *node) *node {
	expanded := *list
	expanded.items = make([]*node, len(list.items))
	for i, item := range list.items {
		expanded.items[i] = each(item)
	}
	return &expanded
}

// expandSensor lays a sensor over its kind.
func (l *loader) expandSensor(known kinds, n *node) *node {
	name := n.get(kindKey)
	if n.kind != nodeMap || name == nil || name.kind != nodeScalar {
		return n
	}
	base := known[name.text]
	if base == nil {
		l.problems.add(name, "unknown kind %q (%s)", short(name.text), hint(name.text, slices.Sorted(maps.Keys(known))))
	}
	over := *n
	over.fields = slices.DeleteFunc(slices.Clone(n.fields), func(e entry) bool { return e.key == kindKey })
	merged := merger{problems: &l.problems}.merge(sensorShape(), base, &over)
	if base == nil {
		l.problems.bad[merged] = true // what is missing may be what the kind would say
	}
	return merged
}

// sensorShape is the shape of a sensor.
func sensorShape() *shape { return profileShape().field(sensorsKey).shape.elem }

// checkKinds finds what is wrong with kinds, also with those that no sensor has.
func (l *loader) checkKinds(section *node) {
	for _, e := range section.fields {
		if e.value.kind != nodeMap {
			l.problems.add(e.value, "expected a mapping, got %v", e.value.kind)
			continue
		}
		for _, f := range e.value.fields {
			if f.key == kindKey || f.key == "number" {
				l.problems.add(f.value, "a kind has no %s", f.key)
			}
		}
		whole := *e.value
		whole.fields = append(slices.Clone(whole.fields), entry{key: "number", value: &node{kind: nodeScalar, text: "0"}})
		a := assigner{problems: &l.problems, where: make(map[string]*node)}
		a.assign(sensorShape(), nil, &whole, reflect.New(sensorShape().typ).Elem(), fmt.Sprintf("%s.%s", kindsKey, e.key))
	}
}
