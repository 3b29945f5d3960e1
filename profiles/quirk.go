package profiles

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/fakebmc/fakebmc/bmc/fault"
)

//go:embed quirks/*.yaml
var quirkFiles embed.FS

// Quirk is a misbehaviour of real controllers, with a name, written in fault rules.
type Quirk struct {
	// Name of the quirk, that of its file.
	Name string `yaml:"quirk" profile:"required" length:"1..64"`
	// Summary is one line for the list.
	Summary string `yaml:"summary" profile:"required"`
	// Hardware that does it.
	Hardware []string `yaml:"hardware"`
	// Wire tells the bytes.
	Wire string `yaml:"wire" profile:"required"`
	// Clients that meet it.
	Clients []QuirkClient `yaml:"clients" profile:"required"`
	// Rules that do it.
	Rules []fault.Rule `yaml:"rules" profile:"required"`
}

// QuirkClient is what a client makes of a quirk.
type QuirkClient struct {
	Client string `yaml:"client" profile:"required"` // and the version that was seen
	Sees   string `yaml:"sees" profile:"required"`   // what it does and says
	Copes  string `yaml:"copes"`                     // the flag or option with which it works; absent: none is known
}

var quirkShape = sync.OnceValue(func() *shape {
	return shapeOf(reflect.TypeFor[Quirk](), make(map[reflect.Type]*shape))
})

// Quirks are the names of the quirks that are built in, sorted.
func Quirks() []string {
	entries, err := quirkFiles.ReadDir("quirks")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// LoadQuirk reads a quirk that is built in.
func LoadQuirk(name string) (*Quirk, error) {
	if !slices.Contains(Quirks(), name) {
		return nil, fmt.Errorf("unknown quirk %q (%s)", short(name), hint(name, Quirks()))
	}
	data, err := quirkFiles.ReadFile("quirks/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	return parseQuirk(name+".yaml", data)
}

// parseQuirk reads a quirk's file.
func parseQuirk(file string, data []byte) (*Quirk, error) {
	tree, err := decode(file, data)
	if err != nil {
		return nil, err
	}
	q, where := new(Quirk), make(map[string]*node)
	l := loader{}
	a := assigner{problems: &l.problems, where: where}
	a.assign(quirkShape(), nil, tree, reflect.ValueOf(q).Elem(), "")
	c := new(checker)
	c.limits(quirkShape(), nil, reflect.ValueOf(q).Elem(), "")
	for _, problem := range fault.Check(q.Rules) {
		c.add("rules"+problem.Path, "%s", problem.Text)
	}
	l.place(c.found, where)
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return q, nil
}

// named are the rules with names that tell the quirk.
func (q *Quirk) named() []fault.Rule {
	rules := slices.Clone(q.Rules)
	for i := range rules {
		r := &rules[i]
		r.Name = q.Name + "/" + r.Name
		if sc := r.Scenario; sc != nil {
			own := *sc
			own.Name = q.Name + "/" + sc.Name
			r.Scenario = &own
		}
	}
	return rules
}
