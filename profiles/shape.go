package profiles

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// A shape is what the loader, the merge of profiles, the printer and the JSON Schema know about a Go type. It comes
// from the type and the tags of its fields, so a new section is a struct and nothing else:
//
//	yaml:"name"        the key
//	default:"60s"      the value when the key is absent, written as in YAML
//	range:"0..15"      the least and the greatest number; of a list of numbers: of each
//	length:"0..16"     bytes of a text or of HexBytes, or elements of a list; "0,20": one of these
//	words:"user oem"   the words of the vocabulary that fit here
//	profile:"…"        key: tells the elements of a list apart, so that an extending profile can change one of them
//	                   required: must be given
//	                   secret: no error tells the value
//	                   hex: printed in hexadecimal
//	                   partial: of a mapping's values, nothing that is required must be there
//	                   short: a value that is not a mapping stands for this field (all the fields so marked)
//
// A type with UnmarshalText and MarshalText is a scalar; an unsigned number with a vocabulary (words.go) is a word.
// A pointer is a value that may be absent.
type shape struct {
	kind    shapeKind
	typ     reflect.Type
	elem    *shape     // of a list's elements or a mapping's values
	fields  []field    // of a struct
	keyed   *field     // the field that tells structs in a list apart
	vocable vocabulary // of a word
}

type shapeKind uint8

const (
	shapeStruct shapeKind = iota
	shapeList
	shapeMap // keys are free
	shapeText
	shapeBool
	shapeInt
	shapeUint
	shapeFloat
	shapeWord
	shapeScalar // encoding.TextUnmarshaler
)

// field is one key of a struct.
type field struct {
	name     string
	goName   string
	index    []int
	shape    *shape
	pointer  bool
	fallback *node // default, nil when there is none
	limits   limits
	required bool
	secret   bool
	hex      bool
	short    bool
	key      bool
	partial  bool
}

// limits are what a field's tags allow. They hold for the field's value or for the elements of its list.
type limits struct {
	hasRange bool
	min, max float64
	lengths  [][2]int
	words    []string
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// profileShape is the shape of a Profile.
var profileShape = sync.OnceValue(func() *shape {
	return shapeOf(reflect.TypeFor[Profile](), make(map[reflect.Type]*shape))
})

// shapeOf finds the shape of a type. It panics when the type or a tag is none that a profile can have: that is a
// mistake in the program, and the first test meets it.
func shapeOf(t reflect.Type, known map[reflect.Type]*shape) *shape {
	if s, ok := known[t]; ok {
		return s
	}
	s := &shape{typ: t}
	known[t] = s
	if v, ok := vocabularies[t]; ok {
		s.kind, s.vocable = shapeWord, v
		return s
	}
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		s.kind = shapeScalar
		return s
	}
	switch t.Kind() {
	case reflect.Struct:
		s.kind = shapeStruct
		s.structFields(known)
	case reflect.Slice:
		s.kind, s.elem = shapeList, shapeOf(t.Elem(), known)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(fmt.Sprintf("profiles: the keys of %v are no strings", t))
		}
		s.kind, s.elem = shapeMap, shapeOf(t.Elem(), known)
	case reflect.String:
		s.kind = shapeText
	case reflect.Bool:
		s.kind = shapeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.kind = shapeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		s.kind = shapeUint
	case reflect.Float64:
		s.kind = shapeFloat
	default:
		panic(fmt.Sprintf("profiles: a profile cannot have a %v", t))
	}
	return s
}

// structFields finds the fields of a struct; an embedded struct's fields are its own.
func (s *shape) structFields(known map[reflect.Type]*shape) {
	for _, f := range reflect.VisibleFields(s.typ) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || f.Anonymous || name == "-" {
			continue
		}
		if name == "" {
			panic(fmt.Sprintf("profiles: %v.%s has no yaml tag", s.typ, f.Name))
		}
		t, pointer := f.Type, false
		if t.Kind() == reflect.Pointer {
			t, pointer = t.Elem(), true
		}
		fd := field{name: name, goName: f.Name, index: f.Index, shape: shapeOf(t, known), pointer: pointer}
		if tag, ok := f.Tag.Lookup("default"); ok {
			n, err := decode("default", []byte(tag))
			if err != nil {
				panic(fmt.Sprintf("profiles: %v.%s: bad default: %v", s.typ, f.Name, err))
			}
			fd.fallback = n
		}
		fd.limits = parseLimits(s.typ, f)
		for _, mark := range strings.Fields(strings.ReplaceAll(f.Tag.Get("profile"), ",", " ")) {
			switch mark {
			case "key":
				fd.key, fd.required = true, true
			case "required":
				fd.required = true
			case "secret":
				fd.secret = true
			case "hex":
				fd.hex = true
			case "short":
				fd.short = true
			case "partial":
				fd.partial = true
			default:
				panic(fmt.Sprintf("profiles: %v.%s: unknown mark %q", s.typ, f.Name, mark))
			}
		}
		s.fields = append(s.fields, fd)
	}
	for i := range s.fields {
		if s.fields[i].key {
			s.keyed = &s.fields[i]
		}
	}
}

// parseLimits reads the tags that limit a field.
func parseLimits(t reflect.Type, f reflect.StructField) limits {
	var l limits
	bad := func(tag string) {
		panic(fmt.Sprintf("profiles: %v.%s: bad tag %s", t, f.Name, tag))
	}
	if tag, ok := f.Tag.Lookup("range"); ok {
		low, high, found := strings.Cut(tag, "..")
		var err1, err2 error
		l.hasRange = true
		l.min, err1 = strconv.ParseFloat(low, 64)
		l.max, err2 = math.Inf(1), nil
		if high != "" {
			l.max, err2 = strconv.ParseFloat(high, 64)
		}
		if !found || err1 != nil || err2 != nil {
			bad("range")
		}
	}
	if tag, ok := f.Tag.Lookup("length"); ok {
		for part := range strings.SplitSeq(tag, ",") {
			low, high, found := strings.Cut(part, "..")
			if !found {
				high = low
			}
			a, err1 := strconv.Atoi(low)
			b, err2 := strconv.Atoi(high)
			if err1 != nil || err2 != nil {
				bad("length")
			}
			l.lengths = append(l.lengths, [2]int{a, b})
		}
	}
	if tag := f.Tag.Get("words"); tag != "" {
		l.words = strings.Fields(tag)
	}
	return l
}

// shortFields are the fields that a value other than a mapping stands for.
func (s *shape) shortFields() []*field {
	var short []*field
	for i := range s.fields {
		if s.fields[i].short {
			short = append(short, &s.fields[i])
		}
	}
	return short
}

// field finds a key.
func (s *shape) field(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// isScalar reports whether values of the shape are neither lists nor mappings.
func (s *shape) isScalar() bool {
	return s.kind != shapeStruct && s.kind != shapeList && s.kind != shapeMap
}

// fieldNames lists the keys of a struct.
func (s *shape) fieldNames() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}
