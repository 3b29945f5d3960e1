package profiles

import (
	_ "embed"
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
