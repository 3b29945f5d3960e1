package profiles

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/fakebmc/fakebmc/bmc/fault"
)

var update = flag.Bool("update", false, "write schema.json anew")

// TestSchemaIsCurrent makes the schema from the types and compares it with the file.
func TestSchemaIsCurrent(t *testing.T) {
	want := makeSchema(t)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, Schema()) {
		t.Error("schema.json is not what the types say: go test ./profiles -run TestSchemaIsCurrent -update")
	}
}

// TestSchemaAgreesWithLoader shows an independent validator what the loader takes and refuses.
func TestSchemaAgreesWithLoader(t *testing.T) {
	t.Parallel()
	check := compileSchema(t)
	for _, name := range Names() {
		data, err := machines.ReadFile(machinesDir + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := check(t, data); err != nil {
			t.Errorf("%s: the schema refuses it: %v", name, err)
		}
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		printed, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if err := check(t, printed); err != nil {
			t.Errorf("%s, printed: the schema refuses it: %v", name, err)
		}
	}
	for _, tt := range badProfiles {
		_, err := Parse("bad.yaml", []byte(tt.yaml))
		if err == nil {
			t.Errorf("%s: the loader takes it", tt.name)
		}
		var v any
		if tt.beyondSchema || yaml.Unmarshal([]byte(tt.yaml), &v) != nil {
			continue
		}
		if err := check(t, []byte(tt.yaml)); err == nil {
			t.Errorf("%s: the schema takes it", tt.name)
		}
	}
	for _, tt := range goodProfiles {
		if _, err := Parse("good.yaml", []byte(tt.yaml)); err != nil {
			t.Errorf("%s: the loader refuses it: %v", tt.name, err)
		}
		if err := check(t, []byte(tt.yaml)); err != nil {
			t.Errorf("%s: the schema refuses it: %v", tt.name, err)
		}
	}
}

// compileSchema makes a function that validates YAML.
func compileSchema(t *testing.T) func(t *testing.T, data []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, data []byte) error {
		t.Helper()
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		// Through JSON, so that numbers are what a JSON validator sees.
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("no JSON: %w", err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(instance)
	}
}

// object is a JSON object.
type object = map[string]any

// schemaMaker makes the JSON Schema of shapes.
type schemaMaker struct {
	t    *testing.T
	defs object
	docs map[string]map[string]string // package path: "Type" or "Type.Field": comment
}

// makeSchema is the whole document.
func makeSchema(t *testing.T) []byte {
	t.Helper()
	m := &schemaMaker{t: t, defs: object{}, docs: make(map[string]map[string]string)}
	root := m.structSchema(profileShape(), false)
	root["required"] = []string{"profile"}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://raw.githubusercontent.com/fakebmc/fakebmc/main/profiles/schema.json"
	root["title"] = "fakebmc profile"
	root["$defs"] = m.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// value is the schema of one value. f has its limits. whole: the value cannot be changed in part by a file that extends
// this one, so what is required must be there.
func (m *schemaMaker) value(s *shape, f *field, whole bool) object {
	switch s.kind {
	case shapeStruct:
		name := s.typ.Name()
		if whole {
			name += "Whole"
		}
		if _, ok := m.defs[name]; !ok {
			m.defs[name] = object{} // against recursion
			m.defs[name] = m.structSchema(s, whole)
		}
		return object{"$ref": "#/$defs/" + name}
	case shapeList:
		o := object{"type": "array", "items": m.value(s.elem, elementLimits(s, f), s.elem.keyed == nil)}
		if f != nil && len(f.limits.lengths) == 1 {
			o["minItems"], o["maxItems"] = f.limits.lengths[0][0], f.limits.lengths[0][1]
		}
		return o
	case shapeMap:
		if f != nil && f.partial {
			m.defs[s.elem.typ.Name()+"Part"] = m.partSchema(s.elem)
			return object{"type": "object", "additionalProperties": object{"$ref": "#/$defs/" + s.elem.typ.Name() + "Part"}}
		}
		return object{"type": "object", "additionalProperties": m.value(s.elem, f, whole)}
	case shapeText:
		return textSchema(f)
	case shapeBool:
		return object{"type": "boolean"}
	case shapeWord:
		var only []string
		if f != nil {
			only = f.limits.words
		}
		words := object{"enum": s.vocable.names(only)}
		if s.vocable.open {
			return object{"anyOf": []object{words, {"type": "integer", "minimum": 0, "maximum": 255}}}
		}
		return words
	case shapeScalar:
		return m.scalarSchema(s.typ, f)
	}
	return numberSchema(s, f)
}

func textSchema(f *field) object {
	o := object{"type": "string"}
	if f == nil {
		return o
	}
	if len(f.limits.lengths) == 1 {
		o["minLength"], o["maxLength"] = f.limits.lengths[0][0], f.limits.lengths[0][1]
	}
	if f.limits.words != nil {
		return object{"enum": f.limits.words}
	}
	return o
}

func numberSchema(s *shape, f *field) object {
	o := object{"type": "integer"}
	if s.kind == shapeFloat {
		o["type"] = "number"
	}
	low, high := numberRange(s, f)
	const exact = 1 << 53 // beyond it a validator's number is not the number
	if !math.IsInf(low, 0) && low >= -exact {
		o["minimum"] = low
	}
	if high <= exact {
		o["maximum"] = high
	}
	return o
}

// scalarSchema is the schema of a type that reads itself. One made of digits may look like a number in YAML.
func (m *schemaMaker) scalarSchema(t reflect.Type, f *field) object {
	pattern := func(p string) object { return object{"type": []string{"string", "number"}, "pattern": "^" + p + "$"} }
	switch t {
	case reflect.TypeFor[HexBytes]():
		var forms []string
		for _, l := range f.limits.lengths {
			forms = append(forms, fmt.Sprintf("([0-9A-Fa-f]{2} *){%d,%d}", l[0], l[1]))
		}
		if forms == nil {
			forms = []string{"([0-9A-Fa-f]{2} *)*"}
		}
		return pattern("(" + strings.Join(forms, "|") + ")")
	case reflect.TypeFor[BusID]():
		return pattern("([0-7]|channel-(\\d|1[0-5]))")
	case reflect.TypeFor[Entity]():
		return pattern(`[\w-]+([ .]\w+)?`)
	case reflect.TypeFor[Sources]():
		return pattern(`[\w-]+(\.[\w-]+)?( *\+ *[\w-]+(\.[\w-]+)?)*`)
	case reflect.TypeFor[Minute]():
		return object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}([ T].*)?$`}
	case reflect.TypeFor[GUID]():
		return pattern("([0-9A-Fa-f]{2} *){16}")
	case reflect.TypeFor[Duration]():
		return object{"type": "string", "pattern": `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[ClockStart]():
		return object{"type": "string", "pattern": `^(now|unset|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))$`}
	case reflect.TypeFor[IPv4]():
		return object{"type": "string", "pattern": `^\d{1,3}(\.\d{1,3}){3}$`}
	case reflect.TypeFor[SOLTarget]():
		return object{"type": "string", "pattern": `^(demo|none|pty|tcp:.*:.+|(unix|exec):.+)$`}
	case reflect.TypeFor[MAC]():
		return object{"type": "string", "pattern": "^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$"}
	case reflect.TypeFor[Firmware]():
		return pattern(`(\d|[1-9]\d|1[01]\d|12[0-7])\.\d\d`)
	case reflect.TypeFor[fault.Names]():
		return object{"type": "string", "pattern": `\S`}
	case reflect.TypeFor[fault.Span]():
		return object{"type": "string", "pattern": `^-?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`}
	case reflect.TypeFor[fault.Pattern]():
		return pattern("([0-9A-Fa-f?]{2} *)*")
	case reflect.TypeFor[Version]():
		return object{"enum": []any{"2.0", "1.5", 2.0, 1.5}}
	}
	m.t.Errorf("the schema does not know the scalar %v", t)
	return object{}
}

// structSchema is the schema of a mapping, or of its short form.
func (m *schemaMaker) structSchema(s *shape, whole bool) object {
	properties := object{}
	var required []string
	for i := range s.fields {
		f := &s.fields[i]
		p := m.value(f.shape, f, whole)
		if f.pointer && f.fallback == nil {
			p = object{"anyOf": []object{p, {"type": "null"}}}
		}
		if p["description"] = m.doc(s.typ, f.goName); p["description"] == "" {
			m.t.Errorf("%v.%s has no comment", s.typ, f.goName)
		}
		if tag, ok := s.typ.FieldByIndex(f.index).Tag.Lookup("default"); ok {
			var v any
			if err := yaml.Unmarshal([]byte(tag), &v); err != nil {
				m.t.Fatal(err)
			}
			if f.shape.kind == shapeScalar {
				v = tag
			}
			p["default"] = v
		}
		properties[f.name] = p
		if f.key || whole && f.required {
			required = append(required, f.name)
		}
	}
	if s.keyed != nil {
		properties[removeKey] = object{"const": true, "description": "Takes away the inherited element with this " + s.keyed.name + "."}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false, "description": m.doc(s.typ, "")}
	if required != nil {
		o["required"] = required
	}
	if short := s.shortFields(); short != nil {
		delete(o, "description")
		return object{"anyOf": []object{m.value(short[0].shape, short[0], whole), o}, "description": m.doc(s.typ, "")}
	}
	return o
}

// partSchema is the schema of a struct of which nothing must be there.
func (m *schemaMaker) partSchema(s *shape) object {
	o := m.structSchema(s, false)
	delete(o, "required")
	delete(o["properties"].(object), removeKey)
	return o
}

// doc is the comment of a type, or of its field.
func (m *schemaMaker) doc(t reflect.Type, fieldName string) string {
	docs, ok := m.docs[t.PkgPath()]
	if !ok {
		docs = readDocs(m.t, t.PkgPath())
		m.docs[t.PkgPath()] = docs
	}
	name := t.Name()
	if fieldName != "" {
		name += "." + fieldName
	}
	return docs[name]
}

// readDocs reads the comments of a package of this module.
func readDocs(t *testing.T, pkg string) map[string]string {
	t.Helper()
	const module = "github.com/fakebmc/fakebmc/"
	files, err := filepath.Glob(filepath.Join("..", strings.TrimPrefix(pkg, module), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	docs := make(map[string]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			for _, spec := range decl.Specs {
				typ := spec.(*ast.TypeSpec)
				docs[typ.Name.Name] = oneLine(decl.Doc.Text())
				if st, ok := typ.Type.(*ast.StructType); ok {
					maps.Copy(docs, fieldDocs(typ.Name.Name, st))
				}
			}
			return true
		})
	}
	return docs
}

// fieldDocs are the comments of a struct's fields, above them or beside them.
func fieldDocs(typ string, st *ast.StructType) map[string]string {
	docs := make(map[string]string)
	for _, f := range st.Fields.List {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, name := range f.Names {
			docs[typ+"."+name.Name] = oneLine(text)
		}
	}
	return docs
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestConditionsAreDescribed: what each condition of fault rules means can be told.
func TestConditionsAreDescribed(t *testing.T) {
	t.Parallel()
	meanings, err := Described("When")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range fault.Conditions {
		if meanings[c.Name] == "" {
			t.Errorf("%s has no meaning", c.Name)
		}
	}
	if _, err := Described("Then"); err == nil {
		t.Error("a definition that is not there has keys")
	}
}
