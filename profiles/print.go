package profiles

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// YAML writes the machine as one profile that extends none, without what is default. Parse reads the same machine from
// it. It holds passwords and keys.
func (p *Profile) YAML() ([]byte, error) {
	alone := *p
	alone.Extends = ""
	n, err := printed(profileShape(), nil, reflect.ValueOf(&alone).Elem())
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	return b.Bytes(), e.Close()
}

// printed makes the YAML of a value.
func printed(s *shape, f *field, v reflect.Value) (*yaml.Node, error) {
	switch s.kind {
	case shapeStruct:
		return printedStruct(s, v)
	case shapeList:
		list := &yaml.Node{Kind: yaml.SequenceNode}
		if s.elem.isScalar() || v.Len() == 0 {
			list.Style = yaml.FlowStyle
		}
		for i := range v.Len() {
			item, err := printed(s.elem, f, v.Index(i))
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, item)
		}
		return list, nil
	case shapeMap:
		m := &yaml.Node{Kind: yaml.MappingNode}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			value, err := printed(s.elem, f, v.MapIndex(key))
			if err != nil {
				return nil, err
			}
			m.Content = append(m.Content, textNode(key.String()), value)
		}
		return m, nil
	}
	return printedScalar(s, f, v)
}

// printedStruct makes a mapping of the fields that do not have their defaults, or the short form where it says as much.
func printedStruct(s *shape, v reflect.Value) (*yaml.Node, error) {
	m := &yaml.Node{Kind: yaml.MappingNode}
	flat := true // no lists and mappings inside
	var given []*field
	for i := range s.fields {
		f := &s.fields[i]
		fv := v.FieldByIndex(f.index)
		if f.pointer && fv.IsNil() || !f.required && isDefault(f, fv) {
			continue
		}
		given = append(given, f)
		if f.pointer {
			fv = fv.Elem()
		}
		value, err := printed(f.shape, f, fv)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		flat = flat && value.Kind == yaml.ScalarNode
		m.Content = append(m.Content, textNode(f.name), value)
	}
	if isShort(s, given, v) {
		return m.Content[1], nil
	}
	const most = 4 // keys on one line
	if flat && len(given) <= most {
		m.Style = yaml.FlowStyle
	}
	return m, nil
}

// isShort reports whether the short form of a struct says all of it: the given fields are exactly those it stands for,
// with one value.
func isShort(s *shape, given []*field, v reflect.Value) bool {
	short := s.shortFields()
	if len(short) == 0 || len(given) != len(short) {
		return false
	}
	first := v.FieldByIndex(short[0].index).Interface()
	for i, f := range short {
		if given[i] != f || !reflect.DeepEqual(first, v.FieldByIndex(f.index).Interface()) {
			return false
		}
	}
	return true
}

// isDefault reports whether a field has the value that it has when its key is absent. An empty list is an absent one.
func isDefault(f *field, v reflect.Value) bool {
	fallback := reflect.New(v.Type()).Elem()
	setDefault(f, fallback)
	if v.Kind() == reflect.Slice && v.Len() == 0 && fallback.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(v.Interface(), fallback.Interface())
}

// printedScalar makes a single value.
func printedScalar(s *shape, f *field, v reflect.Value) (*yaml.Node, error) {
	plain := func(text string) (*yaml.Node, error) {
		return &yaml.Node{Kind: yaml.ScalarNode, Value: text}, nil
	}
	switch s.kind {
	case shapeText:
		return textNode(v.String()), nil
	case shapeBool:
		return plain(strconv.FormatBool(v.Bool()))
	case shapeInt:
		return plain(strconv.FormatInt(v.Int(), 10))
	case shapeUint:
		if f != nil && f.hex {
			return plain(fmt.Sprintf("0x%02x", v.Uint()))
		}
		return plain(strconv.FormatUint(v.Uint(), 10))
	case shapeFloat:
		return plain(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case shapeWord:
		name := nameOf(s.vocable.words, uint8(v.Uint()))
		if _, ok := s.vocable.value(name); !ok {
			if !s.vocable.open {
				return nil, fmt.Errorf("%s has no %s", s.vocable.noun, name)
			}
			return plain(name)
		}
		return textNode(name), nil
	}
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok {
		return nil, fmt.Errorf("a %v cannot be written", s.typ)
	}
	text, err := m.MarshalText()
	if err != nil {
		return nil, err
	}
	return textNode(string(text)), nil
}

// textNode is a text, quoted where YAML would read something else.
func textNode(text string) *yaml.Node {
	n := new(yaml.Node)
	n.SetString(text)
	return n
}
