package profiles

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// example is a profile and what the loader says of it.
type example struct {
	name         string
	yaml         string
	want         string // the whole error; empty for a good one
	beyondSchema bool   // a JSON Schema cannot say it
}

// badProfiles has an example of every message.
var badProfiles = []example{
	// What is no YAML, or more of it than a profile is.
	{name: "empty", yaml: "", want: "bad.yaml:1: the file is empty"},
	{name: "only a comment", yaml: "# nothing\n", want: "bad.yaml:1: the file is empty"},
	{name: "null document", yaml: "~\n", want: "bad.yaml:1: expected a mapping, got nothing"},
	{name: "list", yaml: "- a\n", want: "bad.yaml:1: expected a mapping, got a list"},
	{name: "text", yaml: "hello\n", want: "bad.yaml:1: expected a mapping, got a single value"},
	{name: "two documents", yaml: "profile: a\n---\nprofile: b\n", want: "bad.yaml:2: a second YAML document: a profile is one", beyondSchema: true},
	{name: "second document broken", yaml: "profile: a\n---\n[\n", want: "bad.yaml:4: not YAML: did not find expected node content", beyondSchema: true},
	{name: "syntax", yaml: "profile: a\nusers: [}\n", want: "bad.yaml:2: not YAML: did not find expected node content"},
	{name: "tab", yaml: "profile: a\ndevice:\n\tid: 1\n", want: "bad.yaml:3: not YAML: found character that cannot start any token"},
	{name: "unknown anchor is not told", yaml: "profile: a\nusers: [{id: 2, password: *hunter2}]\n",
		want: `bad.yaml: not YAML: an alias ("*name") without its anchor ("&name"): quote text that begins with "*"`},
	{name: "not UTF-8", yaml: "profile: \xff\n", want: "bad.yaml: not YAML: invalid leading UTF-8 octet"},
	{name: "tag", yaml: "profile: !!binary YQ==\n", want: "bad.yaml:1: profile: the tag !!binary has no meaning here", beyondSchema: true},
	{name: "alias in itself", yaml: "profile: a\nusers: &u [*u]\n",
		want: "bad.yaml:2: " + "users" + strings.Repeat("[0]", 16) + ": values inside values, 32 deep (or an alias inside its own anchor)", beyondSchema: true},
	{name: "merge key", yaml: "profile: a\nsessions: {<<: 3}\n", want: "bad.yaml:2: sessions.<<: expected a mapping, got a single value", beyondSchema: true},
	{name: "key twice", yaml: "profile: a\nseed: 1\nseed: 2\n", want: "bad.yaml:3: seed: given twice (first on line 2)"},
	{name: "key that is a list", yaml: "profile: a\n? [x]\n: 1\n", want: "bad.yaml:2: ?: a key is a single word", beyondSchema: true},

	// Keys.
	{name: "name missing", yaml: "seed: 1\n", want: "bad.yaml:1: profile: missing"},
	{name: "unknown key, one near", yaml: "profile: a\nsesions: {}\n", want: `bad.yaml:2: sesions: unknown key (did you mean "sessions"?)`},
	{name: "unknown key, letters swapped", yaml: "profile: a\nusers:\n  - id: 2\n    privilege: user\n    privliege: user\n",
		want: `bad.yaml:5: users[0].privliege: unknown key (did you mean "privilege"?)`},
	{name: "unknown key, none near", yaml: "profile: a\ncommands: {zzz: 1}\n", want: "bad.yaml:2: commands.zzz: unknown key (expected one of off, remote)"},
	{name: "empty key", yaml: "profile: a\ncommands: {\"\": 1}\n", want: "bad.yaml:2: commands.?: a key is a single word"},
	{name: "unknown key with dots", yaml: "profile: a\n\"x.y z\": 1\n",
		want: "bad.yaml:2: \"x.y z\": unknown key (" + allKeys[Profile]() + ")"},
	{name: "name of a user channel missing", yaml: "profile: a\nusers: [{id: 2}]\n", want: "bad.yaml:2: users[0].privilege: missing", beyondSchema: true},
	{name: "suite without id", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [{privilege: user}]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites[0].id: missing"},

	// Kinds of values.
	{name: "nothing", yaml: "profile: a\ndevice:\n", want: "bad.yaml:2: device: nothing here: expected a mapping"},
	{name: "null", yaml: "profile: a\ndevice: {id: null}\n", want: "bad.yaml:2: device.id: nothing here: expected a number"},
	{name: "mapping expected", yaml: "profile: a\ndevice: [1]\n", want: "bad.yaml:2: device: expected a mapping, got a list"},
	{name: "list expected", yaml: "profile: a\nusers: {id: 1}\n", want: "bad.yaml:2: users: expected a list, got a mapping"},
	{name: "short form expected", yaml: "profile: a\nchannels: [{number: 1, medium: lan, auth: md5}]\n",
		want: "bad.yaml:2: channels[0].auth: expected a mapping or a list, got a single value"},
	{name: "short suite", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [[3]]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites[0]: expected a mapping or a number, got a list"},
	{name: "text expected", yaml: "profile: a\ndescription: [x]\n", want: `bad.yaml:2: description: expected text ("" for none), got a list`},
	{name: "text looks like a number", yaml: "profile: a\nsystem: {info: {firmware_version: 1.10}}\n",
		want: "bad.yaml:2: system.info.firmware_version: expected text: put it in quotes"},
	{name: "number expected", yaml: "profile: a\nseed: many\n", want: `bad.yaml:2: seed: expected a number, got "many"`},
	{name: "number in quotes", yaml: "profile: a\nseed: \"1\"\n", want: `bad.yaml:2: seed: expected a number, got "1"`},
	{name: "octal", yaml: "profile: a\nuser_slots: 010\n", want: `bad.yaml:2: user_slots: expected a number, got "010"`, beyondSchema: true},
	{name: "bool expected", yaml: "profile: a\nsessions: {per_user: yes}\n", want: `bad.yaml:2: sessions.per_user: expected true or false, got "yes"`, beyondSchema: true},

	// Numbers.
	{name: "too large", yaml: "profile: a\ndevice: {revision: 16}\n", want: "bad.yaml:2: device.revision: 16 is out of range (0 to 15)"},
	{name: "too large for the type", yaml: "profile: a\ndevice: {id: 0x100}\n", want: "bad.yaml:2: device.id: 0x100 is out of range (0 to 255)"},
	{name: "too large for any type", yaml: "profile: a\ndevice: {id: 99999999999999999999}\n",
		want: "bad.yaml:2: device.id: 99999999999999999999 is out of range (0 to 255)"},
	{name: "negative", yaml: "profile: a\ndevice: {id: -1}\n", want: "bad.yaml:2: device.id: -1 is out of range (0 to 255)"},
	{name: "reserved manufacturer", yaml: "profile: a\ndevice: {manufacturer: 0xfffff}\n",
		want: "bad.yaml:2: device.manufacturer: 0xfffff is out of range (0 to 1048574)"},
	{name: "no session", yaml: "profile: a\nsessions: {slots: 0}\n", want: "bad.yaml:2: sessions.slots: 0 is out of range (1 to 65535)"},
	{name: "user slots", yaml: "profile: a\nuser_slots: 64\n", want: "bad.yaml:2: user_slots: 64 is out of range (1 to 63)"},
	{name: "suite", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [20]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites[0]: 20 is out of range (0 to 19)"},
	{name: "suite, long form", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [{id: 20}]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites[0].id: 20 is out of range (0 to 19)"},
	{name: "payload", yaml: "profile: a\nchannels: [{number: 1, medium: lan, payloads: [0, 2]}]\n",
		want: "bad.yaml:2: channels[0].payloads[1]: 2 is out of range (0 to 1)"},

	// Words.
	{name: "word begins alike", yaml: "profile: a\nusers:\n  - {id: 1, privilege: user}\n  - {id: 2, privilege: user}\n  - id: 3\n    privilege: adminn\n",
		want: `bad.yaml:6: users[2].privilege: unknown privilege "adminn" (did you mean "administrator"?)`},
	{name: "word near", yaml: "profile: a\nchannels: [{number: 1, medium: lan, auth: [md6]}]\n",
		want: "bad.yaml:2: channels[0].auth[0]: unknown authentication type \"md6\" (did you mean \"md2\"?)"},
	{name: "word unknown", yaml: "profile: a\nsystem_interface: {type: uart}\n",
		want: `bad.yaml:2: system_interface.type: unknown system interface type "uart" (expected one of ssif, kcs, smic, bt)`},
	{name: "word with underscore", yaml: "profile: a\nchannels: [{number: 15, medium: system_interface}]\n",
		want: `bad.yaml:2: channels[0].medium: unknown medium "system_interface" (did you mean "system-interface"?)`},
	{name: "number for a word", yaml: "profile: a\nusers: [{id: 2, privilege: 4}]\n",
		want: `bad.yaml:2: users[0].privilege: unknown privilege "4" (expected one of callback, user, operator, administrator, oem, no-access)`},
	{name: "word does not fit", yaml: "profile: a\nchannels: [{number: 1, medium: lan, access: {privilege: no-access}}]\n",
		want: `bad.yaml:2: channels[0].access.privilege: privilege "no-access" does not fit here (expected one of callback, user, operator, administrator, oem)`},
	{name: "word of a text", yaml: "profile: a\nsystem: {info: {read_only: [nane]}}\n",
		want: `bad.yaml:2: system.info.read_only[0]: unknown word "nane" (did you mean "name"?)`},

	// Scalars.
	{name: "bytes", yaml: "profile: a\ndevice: {auxiliary: 0x1}\n", want: `bad.yaml:2: device.auxiliary: expected bytes in hexadecimal, like "a1 b2", got "0x1"`, beyondSchema: true},
	{name: "half a byte", yaml: "profile: a\ndevice: {auxiliary: a1 b}\n", want: `bad.yaml:2: device.auxiliary: expected bytes in hexadecimal, like "a1 b2", got "a1 b"`},
	{name: "number of bytes", yaml: "profile: a\ndevice: {auxiliary: a1 b2}\n", want: "bad.yaml:2: device.auxiliary: 2 bytes (expected 0 or 4)"},
	{name: "duration without unit", yaml: "profile: a\nsessions: {inactivity: 60}\n",
		want: `bad.yaml:2: sessions.inactivity: expected a duration with its unit, like "1500ms", "60s" or "5m", got "60"`},
	{name: "duration zero without unit", yaml: "profile: a\ndevice: {cold_reset: 0}\n",
		want: `bad.yaml:2: device.cold_reset: expected a duration with its unit, like "1500ms", "60s" or "5m", got "0"`},
	{name: "duration negative", yaml: "profile: a\ndevice: {cold_reset: -1s}\n",
		want: `bad.yaml:2: device.cold_reset: expected a duration, not a negative one, got "-1s"`},
	{name: "GUID with hyphens", yaml: "profile: a\nsystem: {guid: 00112233-4455-6677-8899-aabbccddeeff}\n",
		want: `bad.yaml:2: system.guid: expected 16 bytes in hexadecimal without hyphens, in the order in which they are sent, got "00112233-4455-6677-8899-aabbccddeeff"`},
	{name: "GUID too short", yaml: "profile: a\nsystem: {guid: a1b2}\n",
		want: `bad.yaml:2: system.guid: expected 16 bytes in hexadecimal, in the order in which they are sent, got "a1b2"`},
	{name: "firmware", yaml: "profile: a\ndevice: {firmware: \"6.9\"}\n",
		want: `bad.yaml:2: device.firmware: expected a firmware revision 0.00 to 127.99, with two digits after the dot, like "6.92", got "6.9"`},
	{name: "version", yaml: "profile: a\ndevice: {ipmi_version: \"3.0\"}\n", want: `bad.yaml:2: device.ipmi_version: expected "2.0" or "1.5", got "3.0"`},

	// Secrets are not told.
	{name: "password too long", yaml: "profile: a\nusers: [{id: 2, privilege: user, password: abcdefghijklmnopqrstu}]\n",
		want: "bad.yaml:2: users[0].password: 21 bytes (expected at most 20)"},
	{name: "password is a number", yaml: "profile: a\nusers: [{id: 2, privilege: user, password: 12345678}]\n",
		want: "bad.yaml:2: users[0].password: expected text: put it in quotes"},
	{name: "KG no bytes", yaml: "profile: a\nchannels: [{number: 1, medium: lan, kg: hunter2}]\n",
		want: `bad.yaml:2: channels[0].kg: expected bytes in hexadecimal, like "a1 b2"`},
	{name: "KG too short", yaml: "profile: a\nchannels: [{number: 1, medium: lan, kg: 01 02}]\n", want: "bad.yaml:2: channels[0].kg: 2 bytes (expected 0 or 20)"},

	// What must fit together.
	{name: "name of the profile", yaml: "profile: Dell R740\n", want: "bad.yaml:1: profile: small letters, digits and hyphens only", beyondSchema: true},
	{name: "BT time-out", yaml: "profile: a\nsystem_interface: {bt: {timeout: 1500ms}}\n",
		want: "bad.yaml:2: system_interface.bt.timeout: expected whole seconds, 1s to 30s", beyondSchema: true},
	{name: "inactivity", yaml: "profile: a\nsessions: {inactivity: 0s}\n", want: "bad.yaml:2: sessions.inactivity: expected more than 0s", beyondSchema: true},
	{name: "channel number", yaml: "profile: a\nchannels: [{number: 12, medium: lan}]\n",
		want: "bad.yaml:2: channels[0].number: 12 is no channel (expected 0 to 11 or 15)", beyondSchema: true},
	{name: "channel 0", yaml: "profile: a\nchannels: [{number: 0, medium: lan}]\n",
		want: "bad.yaml:2: channels[0].medium: channel 0 is the primary IPMB (expected ipmb)", beyondSchema: true},
	{name: "channel 15", yaml: "profile: a\nchannels: [{number: 0xf, medium: lan}]\n",
		want: "bad.yaml:2: channels[0].medium: channel 15 is the system interface, and no other is", beyondSchema: true},
	{name: "channel twice", yaml: "profile: a\nchannels:\n  - {number: 1, medium: lan}\n  - {number: 0x1, medium: lan}\n",
		want: "bad.yaml:4: channels[1].number: 1 is given twice (first on line 3)", beyondSchema: true},
	{name: "access mode", yaml: "profile: a\nchannels: [{number: 1, medium: lan, access: {mode: shared}}]\n",
		want: "bad.yaml:2: channels[0].access.mode: shared is not one of the channel's modes", beyondSchema: true},
	{name: "suite twice", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [3, {id: 3}]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites[1].id: 3 is given twice", beyondSchema: true},
	{name: "suites without sessions", yaml: "profile: a\nchannels: [{number: 1, medium: lan, cipher_suites: [3]}]\n",
		want: "bad.yaml:2: channels[0].cipher_suites: the channel has no sessions", beyondSchema: true},
	{name: "lockout", yaml: "profile: a\nchannels: [{number: 1, medium: lan, bad_password: {reset: 15s, lockout: 200h}}]\n",
		want: "bad.yaml:2: channels[0].bad_password.reset: expected a multiple of 10s, at most 182h2m30s\n" +
			"bad.yaml:2: channels[0].bad_password.lockout: expected a multiple of 10s, at most 182h2m30s", beyondSchema: true},
	{name: "user beyond the slots", yaml: "profile: a\nuser_slots: 3\nusers: [{id: 4, privilege: user}]\n",
		want: "bad.yaml:3: users[0].id: 4 is beyond user_slots (3)", beyondSchema: true},
	{name: "user 1 with a name", yaml: "profile: a\nusers: [{id: 1, name: root, privilege: user}]\n",
		want: "bad.yaml:2: users[0].name: user 1 has no name, by the specification", beyondSchema: true},
	{name: "name with a zero", yaml: "profile: a\nusers: [{id: 2, name: \"a\\0b\", privilege: user}]\n",
		want: "bad.yaml:2: users[0].name: a name ends at its first zero byte", beyondSchema: true},
	{name: "name too long", yaml: "profile: a\nusers: [{id: 2, name: abcdefghijklmnopq, privilege: user}]\n",
		want: "bad.yaml:2: users[0].name: 17 bytes (expected at most 16)"},
	{name: "password and its size", yaml: "profile: a\nusers: [{id: 2, password: abcdefghijklmnopq, password_size: 16, privilege: user}]\n",
		want: "bad.yaml:2: users[0].password_size: the password is longer", beyondSchema: true},
	{name: "size of a password", yaml: "profile: a\nusers: [{id: 2, password_size: 17, privilege: user}]\n",
		want: "bad.yaml:2: users[0].password_size: 17 is no size of a password (expected 16 or 20)", beyondSchema: true},
	{name: "user on no channel", yaml: "profile: a\nchannels: [{number: 0, medium: ipmb}]\nusers:\n  - id: 2\n    privilege: user\n    channels: [{number: 0}, {number: 7}]\n",
		want: "bad.yaml:6: users[0].channels[0].number: channel 0 has no sessions\n" +
			"bad.yaml:6: users[0].channels[1].number: 7 is none of the machine's channels", beyondSchema: true},

	// extends.
	{name: "unknown base", yaml: "profile: a\nextends: genric\n",
		want: `bad.yaml:2: extends: unknown profile "genric" (did you mean "generic"?; a file's name ends in .yaml)`, beyondSchema: true},
	{name: "file as base of text", yaml: "profile: a\nextends: base.yaml\n",
		want: "bad.yaml:2: extends: only profiles that are built in can be extended here (" + strings.Join(Names(), ", ") + ")", beyondSchema: true},
	{name: "base is a list", yaml: "profile: a\nextends: [generic]\n", want: `bad.yaml:2: extends: expected text ("" for none), got a list`},
	{name: "remove nothing", yaml: "profile: a\nusers: [{id: 2, remove: true}]\n",
		want: "bad.yaml:2: users[0].remove: nothing to remove: no element with id 2 is inherited", beyondSchema: true},
	{name: "remove false", yaml: "profile: a\nextends: generic\nusers: [{id: 2, remove: false}]\n",
		want: "bad.yaml:3: users[0].remove: expected true: it takes the inherited element away"},
	{name: "remove and change", yaml: "profile: a\nextends: generic\nusers: [{id: 2, remove: true, name: x}]\n",
		want: "bad.yaml:3: users[0].name: the element is removed, only id and remove may be given", beyondSchema: true},
	{name: "remove without key", yaml: "profile: a\nextends: generic\nusers: [{remove: true}]\n",
		want: "bad.yaml:3: users[0].remove: unknown key (" + allKeys[User]() + ")\n" +
			"bad.yaml:3: users[0].id: missing\nbad.yaml:3: users[0].privilege: missing"},
	{name: "all at once", yaml: "profile: a\nseed: x\ndevice: {id: 256, foo: 1}\nusers:\n  - {id: 0, privilege: king}\n",
		want: "bad.yaml:2: seed: expected a number, got \"x\"\n" +
			"bad.yaml:3: device.id: 256 is out of range (0 to 255)\n" +
			"bad.yaml:3: device.foo: unknown key (" + allKeys[Device]() + ")\n" +
			"bad.yaml:5: users[0].id: 0 is out of range (1 to 63)\n" +
			"bad.yaml:5: users[0].privilege: unknown privilege \"king\" (expected one of callback, user, operator, administrator, oem, no-access)"},
}

// allKeys is the hint when no key is near. The keys of a section grow; the examples need not.
func allKeys[T any]() string {
	return hint("", shapeOf(reflect.TypeFor[T](), make(map[reflect.Type]*shape)).fieldNames())
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range badProfiles {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("bad.yaml", []byte(tt.yaml))
			if err == nil {
				t.Fatalf("taken, want %s", tt.want)
			}
			if err.Error() != tt.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, tt.want)
			}
			var one *Error
			if !errors.As(err, &one) {
				t.Errorf("no *Error in it: %T", err)
			}
		})
	}
}

// TestSecretsAreNotTold: whatever the type of a secret is, no error has its value.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	type section struct {
		Number uint8     `yaml:"number" profile:"secret"`
		Bool   bool      `yaml:"bool" profile:"secret"`
		Float  float64   `yaml:"float" profile:"secret"`
		Bytes  HexBytes  `yaml:"bytes" profile:"secret"`
		Span   *Duration `yaml:"span" profile:"secret"`
		Text   string    `yaml:"text" profile:"secret"`
		List   []string  `yaml:"list" profile:"secret"`
	}
	s := shapeOf(reflect.TypeFor[section](), make(map[reflect.Type]*shape))
	for _, f := range s.fields {
		for _, value := range []string{"hunter2", "77771", "{hunter2: 77771}", "[hunter2, 77771]", `"hunter2"`} {
			n, err := decode("bad.yaml", []byte(f.name+": "+value))
			if err != nil {
				t.Fatal(err)
			}
			a := assigner{problems: new(problems), where: make(map[string]*node)}
			a.assign(s, nil, n, reflect.New(s.typ).Elem(), "")
			if err := a.problems.err(); err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "7777")) {
				t.Errorf("%s: %v", f.name, err)
			}
		}
	}
}

// TestErrorsAreCapped: a hostile file has an error in every line, and nobody reads them all.
func TestErrorsAreCapped(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("profile: a\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "key-%d: 1\n", i)
	}
	_, err := Parse("bad.yaml", []byte(b.String()))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxErrors+1 || lines[maxErrors] != "bad.yaml: and 900 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

// goodProfiles are taken by the loader and by the schema.
var goodProfiles = []example{
	{name: "least", yaml: "profile: a\n"},
	{name: "document marks", yaml: "---\nprofile: a\n...\n"},
	{name: "hexadecimal", yaml: "profile: a\ndevice: {id: 0x20, manufacturer: 0x7ED9}\n"},
	{name: "anchors", yaml: "profile: a\ndevice: {guid: &g 00112233445566778899aabbccddeeff}\nsystem: {guid: *g}\n"},
	{name: "merge keys", yaml: "profile: a\nusers:\n  - &u {id: 2, name: a, privilege: user}\n  - {<<: *u, id: 3, name: b}\n"},
	{name: "bytes like a number", yaml: "profile: a\ndevice: {auxiliary: 01020304}\n"},
	{name: "firmware like a number", yaml: "profile: a\ndevice: {firmware: 6.92, ipmi_version: 1.5}\n"},
	{name: "date as text", yaml: "profile: a\ndescription: 2024-01-01\n"},
	{name: "OEM medium", yaml: "profile: a\nchannels: [{number: 2, medium: 0x60}]\n"},
	{name: "no GUID", yaml: "profile: a\nextends: generic\ndevice: {guid: null}\n"},
	{name: "remove", yaml: "profile: a\nextends: generic\nusers: [{id: 4, remove: true}]\n"},
	{name: "suites", yaml: "profile: a\nchannels: [{number: 1, medium: lan, sessions: multi, cipher_suites: [3, {id: 17, privilege: operator}]}]\n"},
	{name: "authentication by level", yaml: "profile: a\nchannels: [{number: 1, medium: lan, auth: {administrator: [md5]}}]\n"},
	{name: "many sessions", yaml: "profile: a\nsessions: {slots: 1000}\n"},
	{name: "fractions of durations", yaml: "profile: a\ndevice: {cold_reset: 1.5s, warm_reset: 1m30s}\n"},
	{name: "KG", yaml: "profile: a\nchannels: [{number: 1, medium: lan, kg: 00112233445566778899aabbccddeeff00112233}]\n"},
}
