package profiles

import "testing"

func TestEmbeddedMachines(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != name || p.Description == "" {
			t.Errorf("profile %q, description %q, in the file of %s", p.Name, p.Description, name)
		}
	}
}
