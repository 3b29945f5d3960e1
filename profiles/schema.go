package profiles

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of a profile's file, for editors and validators. It is made from the Go types and their
// comments; a test keeps it so.
//
// It describes one file: what the file extends may have the rest, so a value that only the whole machine must have is
// not required. What must fit together (a user beyond user_slots) it cannot say.
func Schema() []byte { return slices.Clone(schema) }

// Described are the keys of one of the schema's definitions, like "When", with their descriptions.
func Described(definition string) (map[string]string, error) {
	var s struct {
		Definitions map[string]struct {
			Properties map[string]struct {
				Description string `json:"description"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	d, ok := s.Definitions[definition]
	if !ok {
		return nil, fmt.Errorf("the schema has no definition %q", definition)
	}
	keys := make(map[string]string, len(d.Properties))
	for key, p := range d.Properties {
		keys[key] = p.Description
	}
	return keys, nil
}
