package bmc

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
)

// partSet is a set of parts of the non-volatile state.
type partSet uint32

// Parts. The row of a command says which of them the command may change.
const (
	keepsAuxiliaryLogs partSet = 1 << iota
	keepsBoot
	keepsChannels
	keepsChassis
	keepsClock
	keepsDCMI
	keepsFirewall
	keepsKeys
	keepsLAN
	keepsLockouts
	keepsMemories
	keepsPEF
	keepsPower
	keepsProcessed
	keepsSDR
	keepsSEL
	keepsSOL
	keepsSerial
	keepsSystemInfo
	keepsUsers
	keepsVendors

	allParts partSet = 1<<iota - 1
)

// storedParts is the non-volatile state, part by part, in the order in which it is restored. What is not here is lost
// with the controller's power, as the specification has it or leaves it open: sensors' thresholds, types and enables,
// which the initialization agent sets anew [IPMI 2.0 §33.6]; the event receiver [§29.1]; the BMC's global enables
// [§22.1]; the semi-volatile boot options [§28.13, note 1]; ACPI states, the watchdog, reservations, sessions and
// whatever is in progress.
func storedParts() []storedPart {
	return []storedPart{
		keptAuxiliaryLogs(),
		keptBoot(),
		keptChannels(),
		keptChassis(),
		keptClock(),
		keptDCMI(),
		keptFirewall(),
		keptKeys(),
		keptChannelParameters(keepsLAN, "lan", func(c *channel) *parameters { return &c.lan }),
		keptChannelParameters(keepsSerial, "serial", (*channel).serialParameters),
		keptChannelParameters(keepsSOL, "sol", func(c *channel) *parameters { return &c.solParameters }),
		keptLockouts(),
		keptMemories(),
		keptParameters(keepsPEF, "pef", func(m *Machine) *parameters { return &m.pef.stored.Parameters }),
		keptParameters(keepsSystemInfo, "system-info", func(m *Machine) *parameters { return &m.info.parameters }),
		keptPower(),
		keptProcessed(),
		keptSDR(),
		keptSEL(),
		keptUsers(),
		keptVendors(),
	}
}

// storedPart is one part of the state. It is kept as documents: one under the part's name, or several under names behind
// it, as in "users/2".
type storedPart struct {
	set     partSet
	name    string
	version int // of the documents; a program takes its own version only
	// export calls put with each document as it is now. sub is "" for a part of one document.
	export func(m *Machine, put func(sub string, document any))
	// restore takes one document, which decode reads strictly.
	restore func(m *Machine, sub string, decode func(any) error) error
}

// single makes a part of one document. A machine that has no such part has no document.
func single[T any](set partSet, name string, export func(*Machine) (document T, ok bool), restore func(*Machine, *T) error) storedPart {
	return storedPart{
		set: set, name: name, version: 1,
		export: func(m *Machine, put func(string, any)) {
			if d, ok := export(m); ok {
				put("", d)
			}
		},
		restore: func(m *Machine, sub string, decode func(any) error) error {
			var d T
			if _, ok := export(m); !ok || sub != "" {
				return errNoSuchPart
			}
			if err := decode(&d); err != nil {
				return err
			}
			return restore(m, &d)
		},
	}
}

// Errors of restoring.
var (
	errNoSuchPart  = errors.New("this machine has no such part")
	errNewerPart   = errors.New("a newer fakebmc wrote it")
	errNotRestored = errors.New("the state that was kept does not fit this machine: give it a profile that fits, or remove the state")
)

// envelope is how a document is written.
type envelope struct {
	Version int             `json:"version"`
	State   json.RawMessage `json:"state"`
}

// encodeDocument writes a document. Documents are structs of the parts: they can always be written.
func encodeDocument(version int, document any) []byte {
	state, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	b, err := json.Marshal(envelope{version, state})
	if err != nil {
		panic(err)
	}
	return b
}

// decodeStrictly reads JSON: no unknown fields, nothing behind it.
func decodeStrictly(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the document")
	}
	return nil
}

// Keys of the records of the system event log and of the SDR repository.
const (
	selRecords = "sel-records/"
	sdrRecords = "sdr-records/"
)

// documentSum stands for a document as it was written.
type documentSum [sha256.Size]byte

// export collects what of some parts differs from the store.
func (m *Machine) export(parts partSet) *changes {
	c := &changes{values: make(map[string][]byte), sums: make(map[string]documentSum), parts: parts, saved: m.keeper.saved}
	for _, p := range storedParts() {
		if c.parts&p.set == 0 {
			continue
		}
		p.export(m, func(sub string, document any) {
			key := p.name
			if sub != "" {
				key += "/" + sub
			}
			b := encodeDocument(p.version, document)
			if sum := sha256.Sum256(b); sum != c.saved.documents[key] {
				c.values[key], c.sums[key] = b, sum
			}
		})
	}
	if c.parts&keepsSEL != 0 {
		c.saved.sel = c.saved.sel.follow(selRecords, m.logRecords(), c.values)
	}
	if c.parts&keepsSDR != 0 {
		c.saved.sdr = c.saved.sdr.follow(sdrRecords, m.sdrs.repository.Records(), c.values)
	}
	return c
}

// loadState takes up what the store has. The caller holds both locks.
func (m *Machine) loadState() error {
	k := &m.keeper
	if k.store == nil {
		return nil
	}
	values, err := k.store.Load()
	if err != nil {
		return err
	}
	if err := m.restore(values); err != nil {
		return fmt.Errorf("%w\n%w", errNotRestored, err)
	}
	for _, c := range m.channels.byNumber {
		if c != nil {
			c.restoreBitRate()
		}
	}
	// What is as the profile has it is not saved, so that it follows the profile until somebody changes it. Logs are saved
	// as a whole. The clock and the host's power go on by themselves: they are saved from the start.
	parts := allParts &^ (keepsClock | keepsPower)
	for list, part := range map[string]partSet{"sel": keepsSEL, "sdr": keepsSDR} {
		if values[list] == nil {
			parts &^= part
		}
	}
	k.saved.documents = m.export(parts).sums
	k.seen = m.compared()
	if values["system-info"] != nil {
		k.systemInfo = maps.Clone(m.info.values)
	}
	m.watchMemories()
	m.changed(keepsClock | keepsPower)
	return nil
}

// restore puts what was kept in the place of what the profile says, and tells everything that does not fit.
func (m *Machine) restore(values map[string][]byte) error {
	saved := &m.keeper.saved
	documents := make(map[string][]byte)
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var err error
		switch {
		case strings.HasPrefix(key, selRecords):
			err = saved.sel.load(key[len(selRecords):], values[key])
		case strings.HasPrefix(key, sdrRecords):
			err = saved.sdr.load(key[len(sdrRecords):], values[key])
		default:
			documents[key] = values[key]
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
	}
	parts := storedParts()
	for _, key := range slices.Sorted(maps.Keys(documents)) {
		name, sub, _ := strings.Cut(key, "/")
		i := slices.IndexFunc(parts, func(p storedPart) bool { return p.name == name })
		err := errNewerPart
		if i >= 0 {
			err = m.restoreDocument(&parts[i], sub, documents[key])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
	}
	for name, records := range map[string][]savedRecord{"sel": saved.sel.records, "sdr": saved.sdr.records} {
		if len(records) > 0 && documents[name] == nil {
			errs = append(errs, fmt.Errorf("%s: there are records, and no document", name))
		}
	}
	return errors.Join(errs...)
}

func (m *Machine) restoreDocument(p *storedPart, sub string, b []byte) error {
	var e envelope
	if err := decodeStrictly(b, &e); err != nil {
		return err
	}
	if e.Version != p.version {
		return fmt.Errorf("it has version %d, this program knows %d", e.Version, p.version)
	}
	return p.restore(m, sub, func(v any) error { return decodeStrictly(e.State, v) })
}

// hexBytes are bytes as a document has them.
type hexBytes []byte

// MarshalText writes digits.
func (b hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// UnmarshalText reads them.
func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.AppendDecode(nil, text)
	return err
}

// latin1 is text of any bytes, so written that a person can read it.
type latin1 []byte

// MarshalText writes each byte as the character of its number.
func (t latin1) MarshalText() ([]byte, error) {
	runes := make([]rune, len(t))
	for i, b := range t {
		runes[i] = rune(b)
	}
	return []byte(string(runes)), nil
}

// UnmarshalText reads it.
func (t *latin1) UnmarshalText(text []byte) error {
	*t = (*t)[:0]
	for _, r := range string(text) {
		if r > 0xff {
			return fmt.Errorf("%q is no character of one byte", r)
		}
		*t = append(*t, byte(r))
	}
	return nil
}

// storedOp is the identity of a command as a document has it.
type storedOp struct {
	NetFn      uint8  `json:"netfn"`
	Body       uint8  `json:"body,omitempty"`
	Enterprise uint32 `json:"enterprise,omitempty"`
	Bare       bool   `json:"bare,omitempty"`
	Command    uint8  `json:"command"`
}

func storedOpOf(o ipmb.Op) storedOp {
	return storedOp{uint8(o.NetFn), o.Body, o.Enterprise, o.Bare, o.Cmd}
}

func (o storedOp) op() ipmb.Op {
	return ipmb.Op{NetFn: ipmb.NetFn(o.NetFn), Body: o.Body, Enterprise: o.Enterprise, Bare: o.Bare, Cmd: o.Command}
}
