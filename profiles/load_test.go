package profiles

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

func TestEmbeddedMachines(t *testing.T) {
	t.Parallel()
	list := List()
	if len(list) != len(Names()) || len(list) < 2 {
		t.Fatalf("%d machines, %d names", len(list), len(Names()))
	}
	for i, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Info{Name: name, Description: p.Description, Extends: p.Extends}); list[i] != want || p.Name != name || p.Description == "" {
			t.Errorf("%+v, want %+v", list[i], want)
		}
	}
}

// TestGeneric holds what every client and every other profile counts on.
func TestGeneric(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, "generic")
	if p.Sessions.Slots != 63 || p.UserSlots != 10 || p.Device.ID != 0x20 || p.Device.IPMIVersion != IPMI20 {
		t.Errorf("%+v, %d user slots, %+v", p.Sessions, p.UserSlots, p.Device)
	}
	var channels []string
	for _, ch := range p.Channels {
		channels = append(channels, fmt.Sprintf("%d %v %v %v", ch.Number, ch.Medium, ch.Protocol, ch.Sessions))
	}
	want := []string{"0 ipmb ipmb none", "1 lan ipmb multi", "4 serial ipmb single", "15 system-interface kcs none"}
	if !reflect.DeepEqual(channels, want) {
		t.Errorf("channels %q, want %q", channels, want)
	}
	for _, s := range lan(p).Suites {
		want := ipmb.PrivilegeAdministrator
		if s.ID == 0 || s.ID == 6 {
			want = ipmb.PrivilegeUser
		}
		if s.Privilege != want {
			t.Errorf("suite %d: %v, want %v", s.ID, s.Privilege, want)
		}
	}
	if got := fmt.Sprint(lan(p).Auth.Administrator); got != "[md2 md5 password]" {
		t.Errorf("authentication types %s", got)
	}
	var users []string
	for _, u := range p.Users {
		users = append(users, fmt.Sprintf("%d %q %q %v %v", u.ID, u.Name, u.Password, *u.Enabled, u.Privilege))
	}
	want = []string{`1 "" "" false no-access`, `2 "admin" "password" true administrator`,
		`3 "operator" "password" true operator`, `4 "user" "password" true user`}
	if !reflect.DeepEqual(users, want) {
		t.Errorf("users %q, want %q", users, want)
	}
}

// TestVulnerable holds the holes that the profile promises.
func TestVulnerable(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, "vulnerable")
	if s := lan(p).Suites[0]; s != (Suite{ID: 0, Privilege: ipmb.PrivilegeAdministrator}) {
		t.Errorf("suite 0 is %+v", s)
	}
	auth := lan(p).Auth
	for _, level := range [][]rmcp.AuthType{auth.Callback, auth.User, auth.Operator, auth.Administrator, auth.OEM} {
		if level[0] != rmcp.AuthTypeNone {
			t.Errorf("authentication types %v", level)
		}
	}
	if u := p.Users[0]; u.ID != 1 || u.Name != "" || u.Password != "" || !*u.Enabled || u.Privilege != ipmb.PrivilegeAdministrator {
		t.Errorf("user 1 is %+v", u)
	}
	if len(p.Users) != 4 || p.Users[1].Name != "admin" {
		t.Errorf("the other users are not inherited: %+v", p.Users)
	}
}

func TestExtends(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"racks/node.yaml": {Data: []byte(`profile: node
extends: ../base.yaml
device: {product: 7}
users:
  - {id: 0x2, password: changed}
  - {id: 3, remove: true}
  - {id: 9, name: new, privilege: operator}
channels:
  - number: 1
    auth: {administrator: [md5]}
    cipher_suites: [17]
    modes: [always]
`)},
		"base.yaml": {Data: []byte("profile: base\ndescription: the base\nextends: generic\ndevice: {revision: 4}\n")},
	}
	p, err := LoadFS(fsys, "racks/node.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "node" || p.Description != "" || p.Device.Revision != 4 || p.Device.Product != 7 || p.Device.Manufacturer != 32473 {
		t.Errorf("%q, %q, %+v", p.Name, p.Description, p.Device)
	}
	var users []string
	for _, u := range p.Users {
		users = append(users, fmt.Sprintf("%d %s %s", u.ID, u.Name, u.Password))
	}
	if want := []string{"1  ", "2 admin changed", "4 user password", "9 new "}; !reflect.DeepEqual(users, want) {
		t.Errorf("users %q, want %q", users, want)
	}
	ch := lan(p)
	if len(p.Channels) != 4 || ch.Medium != MediumLAN || len(ch.Suites) != 1 || len(ch.Modes) != 1 || len(ch.Payloads) != 2 {
		t.Errorf("%d channels, %+v", len(p.Channels), ch)
	}
	if got := fmt.Sprint(ch.Auth.Administrator, ch.Auth.User); got != "[md5] [md2 md5 password]" {
		t.Errorf("authentication types %s", got)
	}
}

// TestPlaces: whatever is wrong is told with its place in the file that says it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"base.yaml": {Data: []byte(`profile: base
device: {revision: 4, self_test: {result: 0x57}}
user_slots: 9
users:
  - {id: 2, name: a, privilege: user}
  - id: 9
    name: b
    privilege: user
`)},
		"node.yaml": {Data: []byte("profile: node\nextends: base.yaml\nusers:\n  - {id: 9, password: x}\n")},
		"few.yaml":  {Data: []byte("profile: few\nextends: base.yaml\nuser_slots: 3\nusers: [{id: 9, enabled: 1}]\n")},
	}
	p, err := LoadFS(fsys, "node.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"users[1].password":       "node.yaml:4: users[0].password",
		"users[1].name":           "base.yaml:7: users[1].name",
		"users[1].fixed_name":     "node.yaml:4: users[0].fixed_name",
		"device.self_test.detail": "base.yaml:2: device.self_test.detail",
		"commands.off[3]":         "node.yaml:1: commands.off[3]",
	} {
		if got := p.Where(path); got != want {
			t.Errorf("%s is at %q, want %q", path, got, want)
		}
	}
	want := `few.yaml:4: users[0].enabled: expected true or false, got "1"
few.yaml:4: users[0].id: 9 is beyond user_slots (3)`
	if _, err := LoadFS(fsys, "few.yaml"); err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestExtendsEmptyListAndNull(t *testing.T) {
	t.Parallel()
	p, err := Parse("x.yaml", []byte("profile: x\nextends: generic\nusers: []\ndevice: {guid: ~}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Users) != 0 || p.Device.GUID != nil {
		t.Errorf("users %v, GUID %v", p.Users, p.Device.GUID)
	}
}

func TestExtendsRefused(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"self.yaml":    {Data: []byte("profile: self\nextends: self.yaml\n")},
		"a.yaml":       {Data: []byte("profile: a\nextends: b.yaml\n")},
		"b.yaml":       {Data: []byte("profile: b\nextends: a.yaml\n")},
		"generic.yaml": {Data: []byte("profile: mine\nextends: generic\n")}, // not itself: the built-in one
		"missing.yaml": {Data: []byte("profile: x\nextends: nothing.yaml\n")},
		"broken.yaml":  {Data: []byte("profile: x\nextends: bad.yaml\n")},
		"bad.yaml":     {Data: []byte("profile: bad\nseed: x\n")},
		"noyaml.txt":   {Data: []byte("profile: x\n")},
	}
	for i := range 10 {
		fsys[fmt.Sprintf("deep%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "profile: x\nextends: deep%d.yaml\n", i+1)}
	}
	for _, tt := range []struct{ file, want string }{
		{"self.yaml", "self.yaml:2: extends: extends itself: self.yaml -> self.yaml"},
		{"a.yaml", "b.yaml:2: extends: extends itself: a.yaml -> b.yaml -> a.yaml"},
		{"generic.yaml", ""},
		{"missing.yaml", "missing.yaml:2: extends: nothing.yaml cannot be read: file does not exist"},
		{"broken.yaml", `bad.yaml:2: seed: expected a number, got "x"`},
		{"deep0.yaml", "deep7.yaml:2: extends: more than 8 profiles extend one another"},
		{"none.yaml", "none.yaml: cannot be read: file does not exist"},
		{"noyaml.txt", "noyaml.txt: a profile's file ends in .yaml or .yml"},
	} {
		_, err := LoadFS(fsys, tt.file)
		if got := fmt.Sprint(err); got != tt.want && (err != nil || tt.want != "") {
			t.Errorf("%s: %s, want %s", tt.file, got, tt.want)
		}
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("base.yml", "profile: base\nseed: 7\n")
	node := write("node.yaml", "profile: node\nextends: base.yml\n")
	if p := mustLoad(t, node); p.Seed != 7 {
		t.Errorf("seed %d", p.Seed)
	}
	large := write("large.yaml", "profile: a\n"+strings.Repeat("#", maxSize))
	for _, tt := range []struct{ name, want string }{
		{large, large + ": larger than 1024 KiB"},
		{filepath.Join(dir, "none.yaml"), filepath.Join(dir, "none.yaml") + ": cannot be read: no such file or directory"},
		{dir, dir + ": cannot be read: is a directory"},
		{"genric", `unknown profile "genric" (did you mean "generic"?; a file's name ends in .yaml)`},
		{"zzz", `unknown profile "zzz" (` + hint("zzz", Names()) + `; a file's name ends in .yaml)`},
	} {
		if _, err := Load(tt.name); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// TestYAML: a printed machine is the same machine.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, tt := range goodProfiles {
		p, err := Parse("good.yaml", []byte(tt.yaml))
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, p)
	}
	for _, name := range Names() {
		wantSame(t, mustLoad(t, name))
	}
	tricky := &Profile{Name: "tricky", Description: "null", UserSlots: 3, Users: []User{
		{ID: 2, Name: "0x10", Password: "*a: b # \n\t\"'", Privilege: ipmb.PrivilegeUser, Channels: []UserAccess{{Number: 1}}},
	}}
	b, err := tricky.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `name: "0x10"`) || !strings.Contains(string(b), `description: "null"`) {
		t.Errorf("printed:\n%s", b)
	}
}

// wantSame prints a machine, reads it again and compares.
func wantSame(t *testing.T, p *Profile) {
	t.Helper()
	b, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	q, err := Parse("printed.yaml", b)
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	p, q = new(*p), new(*q)
	p.Extends, p.where, q.where = "", nil, nil
	if !reflect.DeepEqual(p, q) {
		t.Errorf("read again it is\n%+v\nnot\n%+v\nprinted:\n%s", q, p, b)
	}
}

// TestValidate: a machine that is made in Go is checked as one from a file.
func TestValidate(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, "generic")
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	p.Users = append(p.Users, User{ID: 2, Privilege: ipmb.PrivilegeUnspecified, Password: strings.Repeat("x", 21)}, User{ID: 5})
	p.Device.Revision = 16
	p.Channels[1].Access.Privilege = ipmb.PrivilegeNoAccess
	want := `device.revision: 16 is out of range (0 to 15)
channels[1].access.privilege: privilege "no-access" does not fit here (expected one of callback, user, operator, administrator, oem)
users[4].id: 2 is given twice (first at users[1])
users[5].privilege: privilege "unspecified" does not fit here (expected one of callback, user, operator, administrator, oem, no-access)`
	if err := p.Validate(); err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if got := new(Profile).Where("users[0].name"); got != "users[0].name" {
		t.Errorf("without a file: %q", got)
	}
}

// TestWords: every word is read as the value whose String it is, and each type has a name for its values once.
func TestWords(t *testing.T) {
	t.Parallel()
	for typ, voc := range vocabularies {
		seen := make(map[string]bool)
		for _, w := range voc.words {
			v := reflect.New(typ).Elem()
			v.SetUint(uint64(w.value))
			synonym := typ == reflect.TypeFor[fault.Code]() && w.value >= 0x80 && w.value <= 0xbe // one number in several commands
			if got := fmt.Sprint(v.Interface()); got != w.name && !synonym || seen[w.name] {
				t.Errorf("%v %d is %q, its word %q", typ, w.value, got, w.name)
			}
			seen[w.name] = true
		}
	}
	if got := Medium(0x60).String(); got != "0x60" {
		t.Errorf("an OEM medium is %q", got)
	}
}

func mustLoad(t *testing.T, name string) *Profile {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lan is the channel with number 1.
func lan(p *Profile) *Channel {
	for i := range p.Channels {
		if p.Channels[i].Number == 1 {
			return &p.Channels[i]
		}
	}
	return nil
}

// BenchmarkLoad is a part of the time from start to the first answer.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load("generic"); err != nil {
			b.Fatal(err)
		}
	}
}
