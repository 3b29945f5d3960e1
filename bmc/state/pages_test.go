package state

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// grown is the content of a database whose tree has branches.
func grown(f testing.TB, n int) []byte {
	f.Helper()
	dir := f.TempDir()
	s, err := Open(dir, Identity{Profile: "p"})
	if err != nil {
		f.Fatal(err)
	}
	changes := make(map[string][]byte)
	for i := range n {
		changes["k/"+strconv.Itoa(i)] = make([]byte, 100)
	}
	if err := errors.Join(s.Save(changes), s.Save(map[string][]byte{"big": make([]byte, 9000)}), s.Close()); err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		f.Fatal(err)
	}
	return content
}

func TestWholeFile(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 3, 100, 5000} {
		if err := checkData(grown(t, n)); err != nil {
			t.Errorf("%d keys: %v", n, err)
		}
	}
}

// What checkPages lets through can be opened, read and written without a crash.
func FuzzCheckPages(f *testing.F) {
	content := grown(f, 100)
	f.Add(uint32(0x4000), uint64(3))
	f.Add(uint32(0x3018), uint64(0x0600000000))
	f.Fuzz(func(t *testing.T, at uint32, change uint64) {
		b := append([]byte(nil), content...)
		i := int(at) % (len(b) - 8)
		order.PutUint64(b[i:], order.Uint64(b[i:])^change)
		if checkData(b) != nil {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, Name), b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, Identity{Profile: "p"})
		if err != nil {
			return
		}
		defer s.Close()
		if values, err := s.Load(); err != nil || len(values) != 101 {
			t.Fatalf("%d values, %v", len(values), err)
		}
		if err := s.Save(map[string][]byte{"k/1": nil, "new": make([]byte, 3000)}); err != nil {
			t.Fatal(err)
		}
	})
}
