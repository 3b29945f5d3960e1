package fault

import "slices"

// use is a set of what the controller may do with parts of the machine: a bit for each part and operation.
type use uint32

func useOf(p Part, ops ...Operation) (u use) {
	for _, o := range ops {
		u |= 1 << (uint(p)*4 + uint(o))
	}
	return u
}

// What the controller does with its parts, and asks the rules about.
const (
	allUse use = 1<<32 - 1
	parts      = PartFRU + 1 // behind the last
)

var uses = useOf(PartI2C, Read, Write) | useOf(PartSensor, Read) | useOf(PartSEL, Read, Add) | useOf(PartSDR, Read) |
	useOf(PartFRU, Read, Write)

// bytesUse is all that reads or writes bytes.
var bytesUse = ofParts(PartI2C, PartSEL, PartSDR, PartFRU)

// ofParts is every use of the parts.
func ofParts(list ...Part) (u use) {
	for _, p := range list {
		u |= useOf(p, Read, Write, Add)
	}
	return u & uses
}

// conditionUse is what the key of a condition leaves; all of it for those that have nothing to do with parts.
func conditionUse(key string, w *When) use {
	switch key {
	case "part":
		return ofParts(w.Part)
	case "operation":
		var u use
		for p := PartI2C; p < parts; p++ {
			u |= useOf(p, w.Operation)
		}
		return u & uses
	case "bus", "address", "device", "channel":
		return ofParts(PartI2C)
	case "sensor":
		return ofParts(PartSensor)
	case "fru":
		return ofParts(PartFRU)
	case "record":
		return useOf(PartSEL, Read) | useOf(PartSDR, Read)
	case "content":
		return useOf(PartSEL, Read, Add) | useOf(PartSDR, Read)
	}
	return allUse
}

// actionUse is what an action can do something to.
func actionUse(name string, d *Do) use {
	switch name {
	case "fail":
		if d.Fail == TruncatedRead {
			return useOf(PartI2C, Read)
		}
		return ofParts(PartI2C)
	case "value", "noise":
		return ofParts(PartSensor)
	case "lose", "full":
		return useOf(PartSEL, Add)
	case "unavailable":
		return ofParts(PartSensor, PartSDR, PartFRU) | useOf(PartSEL, Read)
	case "patch":
		if slices.ContainsFunc(d.Patch, func(p Patch) bool { return p.Area != 0 }) {
			return useOf(PartFRU, Read) // what is written is no inventory, but a part of one
		}
		return bytesUse
	case "corrupt", "replace", "truncate", "extend":
		return bytesUse
	}
	return uses
}

// use is what a rule at the point device is about: what its conditions leave and its actions can do something to. What
// it is not about it does not count.
func (r *Rule) use() use {
	if r.At != Device {
		return allUse
	}
	var left, done use = uses, 0
	for i := range Conditions {
		if Conditions[i].given(&r.When) {
			left &= conditionUse(Conditions[i].Name, &r.When)
		}
	}
	for i := range Actions {
		if Actions[i].isGiven(&r.Do) {
			done |= actionUse(Actions[i].Name, &r.Do)
		}
	}
	return left & done
}

// about reports whether the rules are asked about a use.
func (u use) about(f *Facts) bool { return u&useOf(f.Part, f.Operation) != 0 }

// device checks a rule at the point device: that its conditions leave something, and that its actions do something to
// what they leave.
func (c *checker) device(r *Rule) {
	if r.At != Device {
		return
	}
	left := uses
	for i := range Conditions {
		row := &Conditions[i]
		if !row.given(&r.When) || row.at&(1<<Device) == 0 {
			continue
		}
		if left &= conditionUse(row.Name, &r.When); left == 0 {
			c.add("when."+row.Name, "does not belong to the part that the rule is about, so it can never hit")
			return
		}
	}
	for i := range Actions {
		row := &Actions[i]
		if row.isGiven(&r.Do) && row.at&(1<<Device) != 0 && actionUse(row.Name, &r.Do)&left == 0 {
			c.add("do."+row.key(), "%s is nothing that this part of the machine does here", row.Name)
		}
	}
}

// key is the action's key in Do.
func (a *Action) key() string {
	if a.act != 0 {
		return "action"
	}
	return a.Name
}
