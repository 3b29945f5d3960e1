package bmc

import (
	"encoding/binary"
	"slices"

	"github.com/fakebmc/fakebmc/profiles"
)

// filterLen is the length of an event filter. [IPMI 2.0 Table 17-2]
const filterLen = 20

// eventFilter is an entry of the event filter table as parameter 6 has it. [IPMI 2.0 §17.7, Table 17-2]
type eventFilter [filterLen]byte

const (
	filterEnabled      = 1 << 7
	filterManufacturer = 2 << 5 // preconfigured
	matchAny           = 0xff
)

// newEventFilter encodes a filter of the profile.
func newEventFilter(spec *profiles.PEFFilter) (f eventFilter) {
	if spec.Enabled == nil || *spec.Enabled {
		f[0] |= filterEnabled
	}
	if spec.Fixed {
		f[0] |= filterManufacturer
	}
	f[1], f[2], f[3] = bitsOf(spec.Actions), spec.Policy, uint8(spec.Severity)
	f[4], f[5] = matchAny, matchAny
	copy(f[4:], spec.Generator)
	f[6], f[7], f[8] = spec.SensorType, spec.Sensor, spec.EventType
	offsets := uint16(0xffff)
	if len(spec.Offsets) > 0 {
		offsets = 0
		for _, o := range spec.Offsets {
			offsets |= 1 << o
		}
	}
	binary.LittleEndian.PutUint16(f[9:], offsets)
	copy(f[11:], spec.Data)
	return f
}

// filter reads the filter with the number; a slot that nobody wrote is disabled.
func (f *pef) filter(number uint8) eventFilter {
	return eventFilter(f.stored.Parameters.entry(pefFilters, number))
}

// longestRead is the longest parameter that other parts of the machine look at: a community string.
const longestRead = 18

// entry is the data of a parameter with set selectors; zeros if the profile takes the parameter away.
func (p *parameters) entry(number, set uint8) []byte {
	r := p.row(number)
	if r == nil {
		return make([]byte, longestRead)
	}
	return p.get(nil, nil, r, parameterKey{number: number, set: set})
}

func (f *eventFilter) enabled() bool   { return f[0]&filterEnabled != 0 }
func (f *eventFilter) actions() uint8  { return f[1] }
func (f *eventFilter) policy() uint8   { return f[2] & 0x0f }
func (f *eventFilter) severity() uint8 { return f[3] }

// matches compares an event with the filter. [IPMI 2.0 §17.7]
func (f *eventFilter) matches(e *Event) bool {
	fields := [...]uint8{e.GeneratorID[0], e.GeneratorID[1], e.SensorType, e.SensorNumber, e.typeByte()}
	for i, v := range fields {
		if want := f[4+i]; want != matchAny && want != v {
			return false
		}
	}
	if binary.LittleEndian.Uint16(f[9:])>>(e.Data[0]&offsetMask)&1 == 0 {
		return false
	}
	for i, v := range e.Data {
		if c := f[11+3*i:]; !compareData(v, c[0], c[1], c[2]) {
			return false
		}
	}
	return true
}

// compareData compares one byte of event data. Bits that are set in exact must be as in want; of the others at least one
// must, if there are any. The pseudo-code of appendix B, untested by its own note, does something else.
// [IPMI 2.0 §17.7 bytes 12-14, §17.9, Table 17-3]
func compareData(data, mask, exact, want byte) bool {
	same := ^(data&mask ^ want)
	return same&exact == exact && (exact == 0xff || same&^exact != 0)
}

// policyLen is the length of an alert policy table entry. [IPMI 2.0 Table 17-4]
const policyLen = 3

// policyEntry is an entry of the alert policy table as parameter 9 has it. [IPMI 2.0 §17.11, Table 17-4]
type policyEntry [policyLen]byte

const policyEnabled = 1 << 3

// newPolicyEntry encodes an entry of the profile.
func newPolicyEntry(spec *profiles.AlertPolicy) policyEntry {
	e := policyEntry{spec.Policy<<4 | uint8(spec.When), spec.Channel<<4 | spec.Destination, spec.String}
	if spec.Enabled == nil || *spec.Enabled {
		e[0] |= policyEnabled
	}
	return e
}

func (e *policyEntry) policy() uint8             { return e[0] >> 4 }
func (e *policyEntry) enabled() bool             { return e[0]&policyEnabled != 0 }
func (e *policyEntry) rule() profiles.PolicyRule { return profiles.PolicyRule(e[0] & 7) }
func (e *policyEntry) channel() uint8            { return e[1] >> 4 }
func (e *policyEntry) destination() uint8        { return e[1] & 0x0f }
func (e *policyEntry) stringKey() uint8          { return e[2] }

// policySet lists the enabled entries of a policy, in the order of the table.
func (f *pef) policySet(policy uint8) (set []policyEntry) {
	for n := 1; n <= f.spec.PolicySlots; n++ {
		if e := policyEntry(f.stored.Parameters.entry(pefPolicies, uint8(n))); e.policy() == policy && e.enabled() {
			set = append(set, e)
		}
	}
	return set
}

// eventSpecific in an alert string key: the string is looked up by event filter and set. [IPMI 2.0 Table 17-4, byte 3]
const eventSpecific = 1 << 7

// alertString finds the string that a policy entry's key means for an event filter, or nil. [IPMI 2.0 §17.11, §17.15]
func (f *pef) alertString(key, filter uint8) []byte {
	if key == 0 {
		return nil
	}
	if key&eventSpecific == 0 {
		return f.stringBySelector(key)
	}
	for n := range 1 + f.spec.Strings {
		if keys := f.stored.Parameters.entry(pefStringKeys, n); keys[0] == filter && keys[1] == key&^eventSpecific {
			return f.stringBySelector(n)
		}
	}
	return nil
}

// stringBySelector joins the blocks of an alert string, up to its first zero byte.
func (f *pef) stringBySelector(n uint8) (text []byte) {
	if n > f.spec.Strings {
		return nil
	}
	t := &f.stored.Parameters
	row := t.row(pefStrings)
	for block := 1; block <= f.spec.StringBlocks; block++ {
		part := t.get(nil, nil, row, parameterKey{pefStrings, n, uint8(block)})
		end := slices.Index(part, 0)
		if end >= 0 {
			return append(text, part[:end]...)
		}
		text = append(text, part...)
	}
	return text
}
