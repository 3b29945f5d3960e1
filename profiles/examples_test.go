package profiles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples: every example loads under the name of its file and has its paragraph.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	readme, err := os.ReadFile("examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		p, err := Load(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if name := strings.TrimSuffix(filepath.Base(file), ".yaml"); p.Name != name || p.Description == "" {
			t.Errorf("%s has the profile %q, %q", file, p.Name, p.Description)
		}
		if !strings.Contains(string(readme), "\n## "+p.Name+"\n") {
			t.Errorf("the README has no paragraph for %s", p.Name)
		}
	}
}
