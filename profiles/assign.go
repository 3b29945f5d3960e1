package profiles

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// assigner puts the values of a document into the Go struct of a shape, and goes on after errors so that all are told.
type assigner struct {
	problems *problems
	where    map[string]*node // path in the Go value (elements counted after merging): the place it came from
}

// assign puts a node into a value. path is the place of the value; f has the limits of its field, nil for the root.
func (a *assigner) assign(s *shape, f *field, n *node, v reflect.Value, path string) {
	n = longForm(s, n)
	a.where[path] = n
	if n.kind == nodeNull {
		a.problems.add(n, "nothing here: %s", expected(s))
		return
	}
	switch s.kind {
	case shapeStruct:
		if a.isKind(s, n, nodeMap) {
			a.assignStruct(s, n, v, path)
		}
	case shapeList:
		if !a.isKind(s, n, nodeList) {
			return
		}
		if len(n.items) == 0 { // the same as none
			v.SetZero()
			return
		}
		list := reflect.MakeSlice(s.typ, len(n.items), len(n.items))
		for i, item := range n.items {
			a.assign(s.elem, f, item, list.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
		v.Set(list)
	case shapeMap:
		if !a.isKind(s, n, nodeMap) {
			return
		}
		if len(n.fields) == 0 {
			v.SetZero()
			return
		}
		m := reflect.MakeMapWithSize(s.typ, len(n.fields))
		for _, e := range n.fields {
			elem := reflect.New(s.elem.typ).Elem()
			a.assign(s.elem, f, e.value, elem, joinPath(path, e.key))
			m.SetMapIndex(reflect.ValueOf(e.key).Convert(s.typ.Key()), elem)
		}
		v.Set(m)
	default:
		if !a.isKind(s, n, nodeScalar) {
			return
		}
		if err := parseScalar(s, f, n, v); err != nil {
			a.problems.add(n, "%v", err)
		}
	}
}

// isKind notes a problem when a node is not of the kind that its shape needs.
func (a *assigner) isKind(s *shape, n *node, kind nodeKind) bool {
	if n.kind == kind {
		return true
	}
	a.problems.add(n, "%s, got %v", expected(s), n.kind)
	return false
}

// assignStruct puts a mapping into a struct. Keys that are absent get their defaults.
func (a *assigner) assignStruct(s *shape, n *node, v reflect.Value, path string) {
	for _, e := range n.fields {
		f := s.field(e.key)
		if f == nil {
			place := &node{file: e.value.file, line: e.line, parent: e.value.parent, step: e.key}
			a.problems.add(place, "unknown key (%s)", later(func() string { return hint(e.key, s.fieldNames()) }))
			continue
		}
		place := joinPath(path, f.name)
		if e.value.kind == nodeNull && e.value.text != "" && f.pointer && f.fallback == nil {
			a.where[place] = e.value // an inherited value is taken away
			continue
		}
		fv := v.FieldByIndex(f.index)
		if f.pointer {
			fv.Set(reflect.New(f.shape.typ))
			fv = fv.Elem()
		}
		a.assign(f.shape, f, e.value, fv, place)
	}
	for i := range s.fields {
		f := &s.fields[i]
		if n.get(f.name) != nil {
			continue
		}
		if f.required {
			missing := &node{file: n.file, line: n.line, parent: n, step: f.name}
			a.where[joinPath(path, f.name)] = missing
			a.problems.add(missing, "missing")
			continue
		}
		setDefault(f, v.FieldByIndex(f.index))
	}
}

// setDefault gives a field the value that it has when its key is absent.
func setDefault(f *field, v reflect.Value) {
	switch {
	case f.fallback != nil:
		if f.pointer {
			v.Set(reflect.New(f.shape.typ))
			v = v.Elem()
		}
		a := assigner{problems: new(problems), where: make(map[string]*node)}
		a.assign(f.shape, f, f.fallback, v, "")
		if err := a.problems.err(); err != nil {
			panic(fmt.Sprintf("profiles: default of %s: %v", f.name, err))
		}
	case f.shape.kind == shapeStruct && !f.pointer:
		for i := range f.shape.fields {
			inner := &f.shape.fields[i]
			setDefault(inner, v.FieldByIndex(inner.index))
		}
	}
}

// expected says what a shape looks like in YAML.
func expected(s *shape) string {
	switch s.kind {
	case shapeStruct, shapeMap:
		if short := s.shortFields(); len(short) > 0 {
			return "expected a mapping or " + strings.TrimPrefix(expected(short[0].shape), "expected ")
		}
		return "expected a mapping"
	case shapeList:
		return "expected a list"
	case shapeText:
		return `expected text ("" for none)`
	case shapeBool:
		return "expected true or false"
	case shapeInt, shapeUint, shapeFloat:
		return "expected a number"
	case shapeWord:
		return "expected a word"
	}
	// Every scalar refuses what cannot be one, and says what it takes.
	err := reflect.New(s.typ).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte("\x00"))
	if err == nil {
		return "expected a single value"
	}
	return err.Error()
}

// parseScalar reads a single value. f has its limits, nil when there are none. An error tells what is there unless the
// field is a secret.
func parseScalar(s *shape, f *field, n *node, v reflect.Value) error {
	wrong := func() error {
		if f != nil && f.secret {
			return errors.New(expected(s))
		}
		return fmt.Errorf("%s, got %q", expected(s), short(n.text))
	}
	var only []string
	if f != nil {
		only = f.limits.words
	}
	switch s.kind {
	case shapeText:
		if !n.isText {
			return errors.New("expected text: put it in quotes")
		}
		v.SetString(n.text)
		return nil
	case shapeBool:
		if n.isText || n.text != "true" && n.text != "false" {
			return wrong()
		}
		v.SetBool(n.text == "true")
		return nil
	case shapeWord:
		return parseWord(s.vocable, only, n, v)
	case shapeScalar:
		err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.text))
		if err != nil && !(f != nil && f.secret) {
			return fmt.Errorf("%w, got %q", err, short(n.text))
		}
		return err
	}
	if n.isText {
		return wrong()
	}
	return parseNumber(s, f, n.text, v, wrong)
}

// parseWord reads a word of a vocabulary, or a number where numbers without a name are allowed.
func parseWord(voc vocabulary, only []string, n *node, v reflect.Value) error {
	names := voc.names(only)
	if value, ok := voc.value(n.text); ok {
		for _, name := range names {
			if name == n.text {
				v.SetUint(uint64(value))
				return nil
			}
		}
		return fmt.Errorf("%s %q does not fit here (expected one of %s)", voc.noun, n.text, strings.Join(names, ", "))
	}
	if voc.open && !n.isText {
		if value, err := parseUint(n.text, 8); err == nil {
			v.SetUint(value)
			return nil
		}
	}
	return fmt.Errorf("unknown %s %q (%s)", voc.noun, short(n.text), hint(n.text, names))
}

// parseNumber reads a decimal number or a hexadecimal one with 0x. A leading zero is refused, because YAML says octal
// and nobody means it.
func parseNumber(s *shape, f *field, text string, v reflect.Value, wrong func() error) error {
	var value float64
	var err error
	switch s.kind {
	case shapeUint:
		var u uint64
		u, err = parseUint(text, 64)
		value = float64(u)
		if err == nil && !v.OverflowUint(u) {
			v.SetUint(u)
		}
	case shapeInt:
		var i int64
		i, err = parseInt(text)
		value = float64(i)
		if err == nil && !v.OverflowInt(i) {
			v.SetInt(i)
		}
	case shapeFloat:
		if value, err = strconv.ParseFloat(text, 64); err == nil {
			v.SetFloat(value)
		}
		if math.IsNaN(value) || math.IsInf(value, 0) || strings.ContainsAny(text, "xX_pP") {
			return wrong()
		}
	}
	low, high := numberRange(s, f)
	if s.kind == shapeUint && err != nil && strings.HasPrefix(text, "-") {
		if i, negative := parseInt(text); negative == nil {
			value, err = float64(i), nil
		}
	}
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return wrong()
	case err == nil && value >= low && value <= high:
		return nil
	case f != nil && f.secret:
		return fmt.Errorf("out of range (%s)", rangeText(low, high))
	}
	return fmt.Errorf("%s is out of range (%s)", short(text), rangeText(low, high))
}

// parseUint reads decimal or 0x hexadecimal digits.
func parseUint(text string, bits int) (uint64, error) {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		return strconv.ParseUint(digits, 16, bits)
	}
	if len(text) > 1 && text[0] == '0' {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(text, 10, bits)
}

// parseInt is parseUint with a sign.
func parseInt(text string) (int64, error) {
	digits, negative := strings.CutPrefix(text, "-")
	u, err := parseUint(digits, 63)
	if negative {
		return -int64(u), err
	}
	return int64(u), err
}

// numberRange is the least and the greatest number that a field takes.
func numberRange(s *shape, f *field) (low, high float64) {
	bits := s.typ.Bits()
	switch s.kind {
	case shapeUint:
		low, high = 0, math.Ldexp(1, bits)-1
	case shapeInt:
		low, high = -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1)-1
	default:
		low, high = math.Inf(-1), math.Inf(1)
	}
	if f != nil && f.limits.hasRange {
		low, high = max(low, f.limits.min), min(high, f.limits.max)
	}
	return low, high
}

// rangeText is "0 to 15".
func rangeText(low, high float64) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	switch {
	case math.IsInf(high, 1):
		return "at least " + number(low)
	case math.IsInf(low, -1):
		return "at most " + number(high)
	}
	return number(low) + " to " + number(high)
}
