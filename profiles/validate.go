package profiles

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Validate checks a machine that was made or changed in Go: the limits of every value, and what must fit together. The
// loader does the same. The error joins everything that is wrong.
func (p *Profile) Validate() error { return joined(p.check()) }

// ValidateFaults checks nothing but what goes wrong with a machine: faults and quirks.
func (p *Profile) ValidateFaults() error {
	c := new(checker)
	c.limits(faultsShape(), nil, reflect.ValueOf(&p.Faults).Elem(), "faults")
	c.faults(p)
	return joined(c.found)
}

func joined(found []Error) error {
	var all problems
	for _, e := range found {
		all.addError(func() *Error { return &e })
	}
	return all.err()
}

// check is everything that is wrong with a machine, with paths and without places.
func (p *Profile) check() []Error {
	c := new(checker)
	c.limits(profileShape(), nil, reflect.ValueOf(p).Elem(), "")
	c.profile(p)
	return c.found
}

// checker collects what is wrong.
type checker struct {
	found []Error
}

func (c *checker) add(path, format string, args ...any) {
	c.found = append(c.found, Error{Path: path, Problem: fmt.Sprintf(format, args...)})
}

// limits checks what the tags of the fields say, and that no two elements of a list have one key.
func (c *checker) limits(s *shape, f *field, v reflect.Value, path string) {
	switch s.kind {
	case shapeStruct:
		for i := range s.fields {
			inner := &s.fields[i]
			fv := v.FieldByIndex(inner.index)
			if inner.pointer {
				if fv.IsNil() {
					continue
				}
				fv = fv.Elem()
			}
			c.limits(inner.shape, inner, fv, joinPath(path, inner.name))
		}
	case shapeList:
		c.length(f, v.Len(), "element", path)
		seen := make(map[any]int)
		for i := range v.Len() {
			place := path + "[" + strconv.Itoa(i) + "]"
			if key := s.elem.keyed; key != nil {
				value := v.Index(i).FieldByIndex(key.index).Interface()
				if first, twice := seen[value]; twice {
					c.add(joinPath(place, key.name), "%v is given twice (first at %s[%d])", value, path, first)
					continue
				}
				seen[value] = i
			}
			c.limits(s.elem, elementLimits(s, f), v.Index(i), place)
		}
	case shapeMap:
		for _, key := range v.MapKeys() {
			c.limits(s.elem, f, v.MapIndex(key), joinPath(path, key.String()))
		}
	default:
		c.scalar(s, f, v, path)
	}
}

// elementLimits are a list's limits that hold for each element: all but its length.
func elementLimits(list *shape, f *field) *field {
	if f == nil || list.elem.kind == shapeStruct {
		return nil
	}
	elem := *f
	elem.limits.lengths = nil
	return &elem
}

// scalar checks one value.
func (c *checker) scalar(s *shape, f *field, v reflect.Value, path string) {
	if f == nil {
		return
	}
	switch s.kind {
	case shapeText:
		c.length(f, v.Len(), "byte", path)
		absent := v.Len() == 0 && f.fallback == nil && !f.required
		if f.limits.words != nil && !absent && !slices.Contains(f.limits.words, v.String()) {
			c.add(path, "unknown word %q (%s)", short(v.String()), hint(v.String(), f.limits.words))
		}
	case shapeScalar:
		if v.Kind() == reflect.Slice {
			c.length(f, v.Len(), "byte", path)
		}
	case shapeWord:
		absent := v.IsZero() && f.fallback == nil && !f.required
		if value := uint8(v.Uint()); f.limits.words != nil && !absent {
			if name := nameOf(s.vocable.words, value); !slices.Contains(f.limits.words, name) {
				c.add(path, "%s %q does not fit here (expected one of %s)", s.vocable.noun, name, strings.Join(f.limits.words, ", "))
			}
		}
	case shapeInt, shapeUint, shapeFloat:
		var value float64
		switch {
		case v.CanInt():
			value = float64(v.Int())
		case v.CanUint():
			value = float64(v.Uint())
		default:
			value = v.Float()
		}
		switch low, high := numberRange(s, f); {
		case value >= low && value <= high:
		case f.secret:
			c.add(path, "out of range (%s)", rangeText(low, high))
		default:
			c.add(path, "%v is out of range (%s)", v.Interface(), rangeText(low, high))
		}
	}
}

// length checks the length of a text, of bytes or of a list.
func (c *checker) length(f *field, n int, unit, path string) {
	if f == nil || f.limits.lengths == nil {
		return
	}
	var allowed []string
	for _, l := range f.limits.lengths {
		if n >= l[0] && n <= l[1] {
			return
		}
		switch {
		case l[0] == l[1]:
			allowed = append(allowed, strconv.Itoa(l[0]))
		case l[0] == 0:
			allowed = append(allowed, "at most "+strconv.Itoa(l[1]))
		default:
			allowed = append(allowed, fmt.Sprintf("%d to %d", l[0], l[1]))
		}
	}
	plural := "s"
	if n == 1 {
		plural = ""
	}
	c.add(path, "%d %s%s (expected %s)", n, unit, plural, strings.Join(allowed, " or "))
}

// Numbers of channels. [IPMI 2.0 §6.3]
const (
	channelIPMB   = 0x0
	channelLast   = 0xb
	channelSystem = 0xf
)

// profile checks what must fit together.
func (c *checker) profile(p *Profile) {
	if strings.Trim(p.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		c.add("profile", "small letters, digits and hyphens only")
	}
	if t := time.Duration(p.SystemInterface.BT.Timeout); t%time.Second != 0 || t < time.Second || t > 30*time.Second {
		c.add("system_interface.bt.timeout", "expected whole seconds, 1s to 30s")
	}
	if p.Sessions.Inactivity <= 0 {
		c.add("sessions.inactivity", "expected more than 0s")
	}
	c.power(&p.Power)
	c.events(p)
	sessions := make(map[uint8]bool)
	for i, ch := range p.Channels {
		sessions[ch.Number] = ch.Sessions != SessionLess
		c.channel(ch, fmt.Sprintf("channels[%d]", i))
	}
	for i, u := range p.Users {
		c.user(u, p.UserSlots, sessions, fmt.Sprintf("users[%d]", i))
	}
	c.hardware(p)
	c.sensors(p)
	c.records(p)
	c.dcmi(p.DCMI)
	c.faults(p)
	c.oem(&p.OEM, "oem")
	c.satellites(p, 0)
}

// channel checks one channel. [IPMI 2.0 §6.3, §6.5]
func (c *checker) channel(ch Channel, path string) {
	switch {
	case ch.Number > channelLast && ch.Number != channelSystem:
		c.add(path+".number", "%d is no channel (expected 0 to 11 or 15)", ch.Number)
	case ch.Number == channelIPMB && ch.Medium != MediumIPMB:
		c.add(path+".medium", "channel 0 is the primary IPMB (expected ipmb)")
	case (ch.Number == channelSystem) != (ch.Medium == MediumSystemInterface):
		c.add(path+".medium", "channel 15 is the system interface, and no other is")
	}
	if len(ch.Modes) > 0 && !slices.Contains(ch.Modes, ch.Access.Mode) {
		c.add(path+".access.mode", "%v is not one of the channel's modes", ch.Access.Mode)
	}
	seen := make(map[uint8]bool)
	for i, suite := range ch.Suites {
		if seen[suite.ID] {
			c.add(fmt.Sprintf("%s.cipher_suites[%d].id", path, i), "%d is given twice", suite.ID)
		}
		seen[suite.ID] = true
	}
	if ch.Sessions == SessionLess && len(ch.Suites) > 0 {
		c.add(path+".cipher_suites", "the channel has no sessions")
	}
	const most = 65535 * 10 * time.Second // 16 bits of 10 s
	for _, d := range []struct {
		name string
		span Duration
	}{{"reset", ch.BadPassword.Reset}, {"lockout", ch.BadPassword.Lockout}} {
		if t := time.Duration(d.span); t%(10*time.Second) != 0 || t < 0 || t > most {
			c.add(path+".bad_password."+d.name, "expected a multiple of 10s, at most %v", Duration(most))
		}
	}
}

// user checks one user. [IPMI 2.0 §6.9, §22.26 to §22.30]
func (c *checker) user(u User, slots int, sessions map[uint8]bool, path string) {
	if int(u.ID) > slots {
		c.add(path+".id", "%d is beyond user_slots (%d)", u.ID, slots)
	}
	switch {
	case u.ID == 1 && u.Name != "":
		c.add(path+".name", "user 1 has no name, by the specification")
	case strings.ContainsRune(u.Name, 0):
		c.add(path+".name", "a name ends at its first zero byte")
	}
	switch u.PasswordSize {
	case 0, 20:
	case 16:
		if len(u.Password) > 16 {
			c.add(path+".password_size", "the password is longer")
		}
	default:
		c.add(path+".password_size", "%d is no size of a password (expected 16 or 20)", u.PasswordSize)
	}
	for i, a := range u.Channels {
		has, known := sessions[a.Number]
		switch {
		case !known:
			c.add(fmt.Sprintf("%s.channels[%d].number", path, i), "%d is none of the machine's channels", a.Number)
		case !has:
			c.add(fmt.Sprintf("%s.channels[%d].number", path, i), "channel %d has no sessions", a.Number)
		}
	}
}
