// Package state keeps what a machine keeps in non-volatile storage in a directory, as one database file:
//
//	s, err := state.Open("/var/lib/fakebmc", state.Identity{Profile: "generic"})
//	m, err := bmc.New(profile, bmc.WithStore(s))
//
// The file is a bbolt database: a change that Save has returned for is on the disk, and a crash at any moment leaves the
// state of before or after a change. A directory that is not this machine's, or a file that is damaged, is an error and
// stays as it is. To begin anew, remove the directory.
//
// The database has two buckets. "state" is what the machine gave. "fakebmc" has the key "about", which says whose state
// it is, and "sum", a checksum of everything: bbolt knows by itself only whether its two first pages are whole.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc64"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Name is the name of the file in the directory.
const Name = "state.db"

// format is the version of what this package writes. A change that an older program would misread raises it.
const format = 1

// program says in the file who wrote it.
const program = "fakebmc"

// Identity says whose state it is. A directory takes the state of one identity.
type Identity struct {
	Profile string `json:"profile"` // its name
	Machine string `json:"machine"` // what else tells machines apart, in any form; not shown to people
}

// Errors of Open and Check.
var (
	ErrInUse   = errors.New("another process uses it")
	ErrForeign = errors.New("it is not fakebmc's")
	ErrDamaged = errors.New("it is damaged")
	ErrNewer   = errors.New("a newer fakebmc wrote it")
	ErrOther   = errors.New("it is another machine's")
)

// about is the document of the key "about".
type about struct {
	Program string `json:"program"`
	Format  int    `json:"format"`
	Identity
}

// Store is an open directory. It may be used by several goroutines.
type Store struct {
	path string
	db   *bbolt.DB
	once sync.Once
}

// Keys and buckets.
var (
	aboutBucket = []byte("fakebmc")
	stateBucket = []byte("state")
	aboutKey    = []byte("about")
	sumKey      = []byte("sum")
)

// lockPatience is how long Open waits for another process that is just ending.
const lockPatience = time.Second

// Open opens the state in a directory, which is made if it is not there. The file is for this user's eyes only: there
// are passwords in it.
func Open(dir string, id Identity) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	path := filepath.Join(dir, Name)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(dir, id); err != nil {
			return nil, fmt.Errorf("state directory %s: %w", dir, err)
		}
	}
	s, err := open(path, id)
	if err != nil {
		return nil, explain(path, err)
	}
	removeDrafts(dir)
	return s, nil
}

// explain adds to an error what can be done about it.
func explain(path string, err error) error {
	dir := filepath.Dir(path)
	advice := "make sure that it can be read and written"
	switch {
	case errors.Is(err, ErrInUse):
		advice = "give each fakebmc a directory of its own"
	case errors.Is(err, ErrNewer):
		advice = "use that fakebmc, or another directory"
	case errors.Is(err, ErrOther):
		advice = "give each machine a directory of its own, or remove " + dir + " to begin anew"
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrForeign):
		advice = "nothing was changed; restore it from a copy, or remove " + dir + " to begin anew"
	}
	return fmt.Errorf("%s: %w; %s", path, err, advice)
}

// draft is the name of a file that is not a database yet.
const draft = ".fakebmc-draft-"

// create makes the database under another name first, so that a crash leaves none or a whole one.
func create(dir string, id Identity) (err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != "lost+found" && !strings.HasPrefix(e.Name(), draft) {
			return fmt.Errorf("%w: it has files, but no %s; give an empty directory", ErrForeign, Name)
		}
	}
	f, err := os.CreateTemp(dir, draft+"*")
	if err != nil {
		return err
	}
	name := f.Name()
	defer os.Remove(name)
	f.Close()
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: lockPatience})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error { return begin(tx, id) })
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	path := filepath.Join(dir, Name)
	if err := os.Link(name, path); err != nil && !errors.Is(err, fs.ErrExist) { // somebody else's is as good
		if err := os.Rename(name, path); err != nil { // a file system without links
			return err
		}
	}
	return syncDir(dir)
}

// begin fills a new database.
func begin(tx *bbolt.Tx, id Identity) error {
	text, err := json.Marshal(about{Program: program, Format: format, Identity: id})
	if err != nil {
		return err
	}
	if _, err := tx.CreateBucket(stateBucket); err != nil {
		return err
	}
	b, err := tx.CreateBucket(aboutBucket)
	if err != nil {
		return err
	}
	if err := b.Put(aboutKey, text); err != nil {
		return err
	}
	return putSum(b, sumOf(aboutKey, text))
}

// syncDir makes a new name last. Where directories cannot be synced, names need none.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// removeDrafts removes what a crash in create left.
func removeDrafts(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, draft+"*"))
	for _, name := range names {
		os.Remove(name)
	}
}

// open looks at a file before it is opened for writing, and then opens it.
func open(path string, id Identity) (*Store, error) {
	if err := look(path, id); err != nil {
		return nil, err
	}
	db, err := openDB(path, false)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, db: db}
	if err := s.Check(id); err != nil { // another process may have had it in between
		s.Close()
		return nil, err
	}
	return s, nil
}

// look checks everything about a file without changing it.
func look(path string, id Identity) error {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		return fmt.Errorf("%w: it is empty", ErrDamaged) // bbolt would begin a new one
	}
	db, err := openDB(path, true)
	if err != nil {
		return err
	}
	s := &Store{path: path, db: db}
	defer s.Close()
	if err := checkPages(path); err != nil {
		return err
	}
	return s.Check(id)
}

// openDB opens the database. It never makes one. A file that is none, or not whole, is ErrDamaged: bbolt finds out by
// its two first pages, and panics over some of what may be in them.
func openDB(path string, readOnly bool) (db *bbolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%v)", ErrDamaged, p)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: lockPatience, ReadOnly: readOnly,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			return os.OpenFile(name, flag&^os.O_CREATE, mode)
		},
	})
	var place *fs.PathError
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.As(err, &place):
		return nil, place.Err
	}
	return nil, fmt.Errorf("%w, or no database of fakebmc's at all (%v)", ErrDamaged, err)
}

// Check reports whether the state is that of a machine: nil, or ErrForeign, ErrNewer, ErrOther or ErrDamaged.
func (s *Store) Check(id Identity) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(aboutBucket)
		if b == nil || tx.Bucket(stateBucket) == nil {
			return ErrForeign
		}
		text := b.Get(aboutKey)
		var a about
		if err := json.Unmarshal(text, &a); err != nil || a.Program != program {
			return ErrForeign
		}
		if a.Format > format {
			return fmt.Errorf("%w (format %d; this one knows %d)", ErrNewer, a.Format, format)
		}
		if sum, err := sumOfAll(tx); err != nil || string(b.Get(sumKey)) != sumText(sum) {
			return fmt.Errorf("%w (its checksum is wrong)", ErrDamaged)
		}
		if a.Profile != id.Profile {
			return fmt.Errorf("%w: its profile is %q, not %q", ErrOther, a.Profile, id.Profile)
		}
		if a.Machine != id.Machine {
			return fmt.Errorf("%w: its profile has the same name, %q, and another manufacturer, product or GUID", ErrOther, a.Profile)
		}
		return nil
	})
}

// Load returns all that is kept.
func (s *Store) Load() (map[string][]byte, error) {
	values := make(map[string][]byte)
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(stateBucket).ForEach(func(k, v []byte) error {
			values[string(k)] = slices.Clone(v)
			return nil
		})
	})
	return values, err
}

// Save makes all changes or none, and returns when they are on the disk. A nil value deletes its key.
func (s *Store) Save(changes map[string][]byte) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b, meta := tx.Bucket(stateBucket), tx.Bucket(aboutBucket)
		sum, err := strconv.ParseUint(string(meta.Get(sumKey)), 16, 64)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(changes)) {
			k, v := []byte(key), changes[key]
			if old := b.Get(k); old != nil {
				sum -= sumOf(k, old)
			}
			if v == nil {
				err = b.Delete(k)
			} else {
				sum += sumOf(k, v)
				err = b.Put(k, v)
			}
			if err != nil {
				return err
			}
		}
		return putSum(meta, sum)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	return nil
}

// Path is the file.
func (s *Store) Path() string { return s.path }

// Close gives the directory free. It may be called twice.
func (s *Store) Close() (err error) {
	s.once.Do(func() { err = s.db.Close() })
	return err
}

var sumTable = crc64.MakeTable(crc64.ECMA)

// sumOf is the checksum of one pair. That of all pairs is their sum, so that a change needs the changed ones only.
func sumOf(key, value []byte) uint64 {
	return crc64.Update(crc64.Update(crc64.Checksum(key, sumTable), sumTable, []byte{0}), sumTable, value)
}

func sumOfAll(tx *bbolt.Tx) (uint64, error) {
	sum := sumOf(aboutKey, tx.Bucket(aboutBucket).Get(aboutKey))
	err := tx.Bucket(stateBucket).ForEach(func(k, v []byte) error {
		sum += sumOf(k, v)
		return nil
	})
	return sum, err
}

func sumText(sum uint64) string { return fmt.Sprintf("%016x", sum) }

func putSum(b *bbolt.Bucket, sum uint64) error { return b.Put(sumKey, []byte(sumText(sum))) }
