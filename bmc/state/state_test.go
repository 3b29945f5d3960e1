package state_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/fakebmc/fakebmc/bmc/state"
)

var mine = state.Identity{Profile: "generic", Machine: "m1"}

// open opens a directory that must open.
func open(t *testing.T, dir string) *state.Store {
	t.Helper()
	s, err := state.Open(dir, mine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func load(t *testing.T, s *state.Store) map[string]string {
	t.Helper()
	values, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	text := make(map[string]string)
	for k, v := range values {
		text[k] = string(v)
	}
	return text
}

func save(t *testing.T, s *state.Store, changes map[string][]byte) {
	t.Helper()
	if err := s.Save(changes); err != nil {
		t.Fatal(err)
	}
}

// filled makes a directory with some state and returns what is in it.
func filled(t *testing.T, n int) (dir string, want map[string]string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "state")
	s := open(t, dir)
	want = make(map[string]string)
	for i := range n {
		key, value := fmt.Sprintf("sel-records/%016x", i), strings.Repeat(fmt.Sprintf("%02x", i%256), 16)
		save(t, s, map[string][]byte{key: []byte(value)})
		want[key] = value
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, want
}

func TestWhatIsSavedIsThereAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "state")
	s := open(t, dir)
	if got := load(t, s); len(got) != 0 {
		t.Errorf("a new directory has %v", got)
	}
	save(t, s, map[string][]byte{"a": []byte("1"), "b/1": []byte("2"), "b/2": {}})
	save(t, s, map[string][]byte{"a": []byte("3"), "b/1": nil, "gone": nil})
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	want := map[string]string{"a": "3", "b/2": ""}
	if got := load(t, open(t, dir)); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	dir, _ := filled(t, 1)
	for path, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, filepath.Join(dir, state.Name): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestOneProcess(t *testing.T) {
	t.Parallel()
	dir, _ := filled(t, 1)
	s := open(t, dir)
	_, err := state.Open(dir, mine)
	if !errors.Is(err, state.ErrInUse) || !strings.Contains(err.Error(), filepath.Join(dir, state.Name)) {
		t.Errorf("got %v", err)
	}
	s.Close()
	open(t, dir)
}

func TestAnotherMachine(t *testing.T) {
	t.Parallel()
	dir, want := filled(t, 3)
	for _, id := range []state.Identity{{Profile: "other", Machine: "m1"}, {Profile: "generic", Machine: "m2"}} {
		if _, err := state.Open(dir, id); !errors.Is(err, state.ErrOther) || !strings.Contains(err.Error(), `"generic"`) {
			t.Errorf("%+v: %v", id, err)
		}
	}
	s := open(t, dir)
	if err := s.Check(state.Identity{Profile: "other"}); !errors.Is(err, state.ErrOther) {
		t.Errorf("check: %v", err)
	}
	if got := load(t, s); !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// A directory or a file of something else is left alone.
func TestForeign(t *testing.T) {
	t.Parallel()
	bolt := func(o bbolt.Options) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			db, err := bbolt.Open(filepath.Join(dir, state.Name), 0o600, &o)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error {
				_, err := tx.CreateBucket([]byte("members"))
				return err
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name, content string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(*testing.T, string)
		want error
	}{
		{"a directory with files", write("notes.txt", "mine"), state.ErrForeign},
		{"a text file", write(state.Name, strings.Repeat("no database\n", 1000)), state.ErrDamaged},
		{"an empty file", write(state.Name, ""), state.ErrDamaged},
		{"a short file", write(state.Name, "x"), state.ErrDamaged},
		{"another program's database", bolt(bbolt.Options{}), state.ErrForeign},
		{"another program's database without freelist", bolt(bbolt.Options{NoFreelistSync: true}), state.ErrForeign},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			test.make(t, dir)
			unchanged(t, dir, func() {
				if _, err := state.Open(dir, mine); !errors.Is(err, test.want) || !strings.Contains(err.Error(), dir) {
					t.Errorf("got %v, want %v", err, test.want)
				}
			})
		})
	}
}

// A file system's own directory is no reason to refuse a volume.
func TestFreshVolume(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".fakebmc-draft-1"), []byte("a crash left it"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if names, _ := filepath.Glob(filepath.Join(dir, ".fakebmc-draft-*")); len(names) > 0 {
		t.Errorf("left: %v", names)
	}
}

// about changes the document that says whose the file is.
func about(t *testing.T, dir, key, text string) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, state.Name), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("fakebmc")).Put([]byte(key), []byte(text)) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"program":"fakebmc","format":2,"profile":"generic","machine":"m1"}`: state.ErrNewer,
		`{"program":"etcd","format":1,"profile":"generic","machine":"m1"}`:    state.ErrForeign,
		`{"program":"fakebmc","format":1,"profile":"generi","machine":"m1"}`:  state.ErrDamaged,
		`nothing`: state.ErrForeign,
	} {
		dir, _ := filled(t, 1)
		about(t, dir, "about", text)
		unchanged(t, dir, func() {
			if _, err := state.Open(dir, mine); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", text, err, want)
			}
		})
	}
}

// unchanged runs f and then looks whether the file is what it was.
func unchanged(t *testing.T, dir string, f func()) {
	t.Helper()
	path := filepath.Join(dir, state.Name)
	before, errBefore := os.ReadFile(path)
	f()
	after, errAfter := os.ReadFile(path)
	if string(before) != string(after) || (errBefore == nil) != (errAfter == nil) {
		t.Errorf("%s changed", path)
	}
}

// damage writes a damaged copy, opens it, and demands an error and an untouched file, or, where the damage is to what
// nothing refers to, the whole state.
func damage(t *testing.T, content []byte, want map[string]string, what string) (opened bool) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, state.Name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(dir, mine)
	if err != nil {
		if !errors.Is(err, state.ErrDamaged) && !errors.Is(err, state.ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
		if after, _ := os.ReadFile(filepath.Join(dir, state.Name)); string(after) != string(content) {
			t.Errorf("%s: the file changed", what)
		}
		return false
	}
	defer s.Close()
	if got := load(t, s); !maps.Equal(got, want) {
		t.Errorf("%s: opened, with another state", what)
	}
	save(t, s, map[string][]byte{"after": []byte("damage")})
	return true
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	dir, want := filled(t, 200)
	content, err := os.ReadFile(filepath.Join(dir, state.Name))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for n := 0; n < len(content); n += 1000 {
		if !damage(t, content[:n], want, fmt.Sprintf("%d of %d bytes", n, len(content))) {
			refused++
		}
	}
	if refused < 10 {
		t.Errorf("%d refused", refused)
	}
}

func TestFlippedBytes(t *testing.T) {
	t.Parallel()
	dir, want := filled(t, 200)
	content, err := os.ReadFile(filepath.Join(dir, state.Name))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	const rounds = 600
	for i := range rounds {
		bad := []byte(string(content))
		at := random.IntN(len(bad))
		if i < 200 { // headers are where it hurts
			at = random.IntN(len(bad)/4096)*4096 + random.IntN(160)
		}
		bad[at] ^= byte(1 + random.IntN(255))
		if !damage(t, bad, want, fmt.Sprintf("byte %#x", at)) {
			refused++
		}
	}
	if refused < rounds/20 {
		t.Errorf("only %d of %d refused", refused, rounds)
	}
	t.Logf("%d of %d flips refused", refused, rounds)
}

func TestRandomBytes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 4095, 4096, 32768, 40000} {
		content := make([]byte, n)
		for i := range content {
			content[i] = byte(random.Uint32())
		}
		if damage(t, content, nil, fmt.Sprintf("%d random bytes", n)) {
			t.Errorf("%d random bytes were opened", n)
		}
	}
}
