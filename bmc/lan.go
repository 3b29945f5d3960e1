package bmc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// LAN configuration parameters with a meaning for other parts of the machine. [IPMI 2.0 §23.2, Table 23-4]
const (
	lanIP              = 3
	lanSource          = 4
	lanMAC             = 5
	lanMask            = 6
	lanARPControl      = 10
	lanGateway         = 12
	lanCommunity       = 16
	lanDestinations    = 17
	lanDestinationType = 18
	lanDestination     = 19
	lanDestinationVLAN = 25
)

// lanRows are the LAN configuration parameters. Those of the network itself are stored and change nothing outside:
// which addresses fakebmc listens on is its command line's business. [IPMI 2.0 §23.2, Table 23-4]
var lanRows = []parameterRow{
	{number: 1, name: "authentication type support", size: 1, access: readOnly, load: loadAuthSupport},
	{number: 2, name: "authentication type enables", size: 5, load: loadAuthEnables, store: storeAuthEnables},
	{number: lanIP, name: "IP address", size: 4},
	{number: lanSource, name: "IP address source", size: 1, mask: []byte{0x0f}, check: atMost(0, 0x0f, 4)},
	{number: lanMAC, name: "MAC address", size: 6},
	{number: lanMask, name: "subnet mask", size: 4},
	{number: 7, name: "IPv4 header", size: 3, initial: []byte{0x40, 0x40, 0x10}, mask: []byte{0xff, 0xe0, 0xfe}},
	{number: 8, name: "primary RMCP port", size: 2, initial: []byte{0x6f, 0x02}},
	{number: 9, name: "secondary RMCP port", size: 2, initial: []byte{0x98, 0x02}},
	{number: lanARPControl, name: "BMC-generated ARP control", size: 1, initial: []byte{0x02}, mask: []byte{arpMask}},
	{number: 11, name: "gratuitous ARP interval", size: 1, initial: []byte{0x03}}, // 2 s in units of 500 ms, 0-based
	{number: lanGateway, name: "default gateway address", size: 4},
	{number: 13, name: "default gateway MAC address", size: 6},
	{number: 14, name: "backup gateway address", size: 4},
	{number: 15, name: "backup gateway MAC address", size: 6},
	{number: lanCommunity, name: "community string", size: 18},
	{number: lanDestinations, name: "number of destinations", size: 1, access: readOnly},
	{number: lanDestinationType, name: "destination type", size: 4, sets: 16, lost: lostFirst, initial: []byte{0, 2, 0}, // 3 s, 0-based
		mask: []byte{destinationAcknowledges | destinationTypeMask, 0xff, destinationRetryMask}, check: checkDestinationType},
	{number: lanDestination, name: "destination address", size: 18, short: 13, sets: 16, lost: lostFirst,
		initial: make([]byte, 12), check: checkDestination, derive: clearDestination},
	{number: 20, name: "VLAN ID", size: 2, mask: []byte{0xff, 0x8f}},
	{number: 21, name: "VLAN priority", size: 1, mask: []byte{0x07}},
	{number: 22, name: "cipher suite entry support", size: 1, access: readOnly, load: loadSuiteCount},
	{number: 23, name: "cipher suite entries", size: 17, access: readOnly, load: loadSuiteEntries},
	{number: 24, name: "cipher suite privilege levels", size: 9, load: loadSuiteLevels, store: storeSuiteLevels},
	{number: lanDestinationVLAN, name: "destination address VLAN tag", size: 4, sets: 16, lost: lostFirst,
		mask: []byte{0xf0, 0xff, 0xef}, check: atMost(0, 0xf0, 0x10)}, // no CFI
	{number: 26, name: "bad password threshold", size: 6, load: loadBadPassword, store: storeBadPassword},
	{number: 50, name: "IPv6 and IPv4 support", size: 1, access: readOnly, initial: []byte{0x07}}, // alerts, too
	{number: 51, name: "IPv6 and IPv4 addressing enables", size: 1, check: atMost(0, 0xff, 2)},
	{number: 52, name: "IPv6 header static traffic class", size: 1},
	{number: 53, name: "IPv6 header static hop limit", size: 1, initial: []byte{64}},
	{number: 54, name: "IPv6 header flow label", size: 3, mask: []byte{0x0f}}, // most significant byte first
	{number: 55, name: "IPv6 status", size: 3, access: readOnly, initial: []byte{ipv6Static, ipv6Dynamic, 0x03}},
	{number: 56, name: "IPv6 static addresses", size: 20, sets: ipv6Static, initial: ipv6Disabled[:], mask: []byte{0x8f},
		check: checkStaticAddress, derive: staticAddressStatus},
	{number: 57, name: "IPv6 DHCPv6 static DUID storage length", size: 1, access: readOnly, initial: []byte{duidBlocks}},
	{number: 58, name: "IPv6 DHCPv6 static DUIDs", size: 18, sets: ipv6Static, blocks: duidBlocks},
	{number: 59, name: "IPv6 dynamic addresses", size: 20, sets: ipv6Dynamic, access: readOnly, initial: ipv6Disabled[:]},
	{number: 60, name: "IPv6 DHCPv6 dynamic DUID storage length", size: 1, access: readOnly, initial: []byte{duidBlocks}},
	{number: 61, name: "IPv6 DHCPv6 dynamic DUIDs", size: 18, sets: ipv6Dynamic, blocks: duidBlocks},
	{number: 62, name: "IPv6 DHCPv6 timing configuration support", size: 1, access: readOnly, initial: []byte{0x01}},
	{number: 63, name: "IPv6 DHCPv6 timing configuration", size: 18, short: 2 + 6, sets: 1, blocks: 2, initial: dhcpv6Timing},
	{number: 64, name: "IPv6 router address configuration control", size: 1, mask: []byte{0x03}},
	{number: 65, name: "IPv6 static router 1 IP address", size: 16},
	{number: 66, name: "IPv6 static router 1 MAC address", size: 6},
	{number: 67, name: "IPv6 static router 1 prefix length", size: 1, check: atMost(0, 0xff, 128)},
	{number: 68, name: "IPv6 static router 1 prefix value", size: 16},
	{number: 69, name: "IPv6 static router 2 IP address", size: 16},
	{number: 70, name: "IPv6 static router 2 MAC address", size: 6},
	{number: 71, name: "IPv6 static router 2 prefix length", size: 1, check: atMost(0, 0xff, 128)},
	{number: 72, name: "IPv6 static router 2 prefix value", size: 16},
	{number: 73, name: "number of dynamic router sets", size: 1, access: readOnly, initial: []byte{dynamicRouters}},
	{number: 74, name: "IPv6 dynamic router IP address", size: 17, sets: dynamicRouters, access: readOnly},
	{number: 75, name: "IPv6 dynamic router MAC address", size: 7, sets: dynamicRouters, access: readOnly},
	{number: 76, name: "IPv6 dynamic router prefix length", size: 2, sets: dynamicRouters, access: readOnly, initial: []byte{0xff}}, // none was heard of
	{number: 77, name: "IPv6 dynamic router prefix value", size: 17, sets: dynamicRouters, access: readOnly},
	{number: 78, name: "IPv6 dynamic router received hop limit", size: 1, access: readOnly},
	{number: 79, name: "IPv6 neighbor discovery timing support", size: 1, access: readOnly, initial: []byte{0x01}},
	// 13 values; a client may write the whole block.
	{number: 80, name: "IPv6 neighbor discovery timing", size: 2 + 16, short: 2 + 13, sets: 1, blocks: 1, initial: neighborTiming},
}

// Numbers of IPv6 entries. [IPMI 2.0 §23.2, parameters 55-61, 73]
const (
	ipv6Static     = 2
	ipv6Dynamic    = 2
	duidBlocks     = 3 // recommended
	dynamicRouters = 2 // required
)

// ipv6Disabled is an address entry without an address: source or enable 0, address and prefix length 0, status
// disabled. [IPMI 2.0 §23.2, parameters 56 and 59]
var ipv6Disabled = [19]byte{18: 1}

// Timing of DHCPv6 and of neighbor discovery: the defaults, in the units of their tables. [IPMI 2.0 Tables 23-4a, 23-4b]
var (
	dhcpv6Timing   = []byte{2, 2, 4, 2, 60, 10, 2, 2, 4, 5, 5, 60, 5, 150, 2, 2, 4, 2, 5, 2, 5, 32}
	neighborTiming = []byte{4, 8, 3, 1, 3, 3, 4, 3, 15, 4, 10, 12, 4}
)

// newLANParameters makes a channel's parameters from the profile.
func newLANParameters(spec *profiles.LAN) (parameters, error) {
	p := parameters{rows: lanRows, rollback: rollback{offered: spec.Rollback}}
	if len(spec.ReadOnly)+len(spec.Without)+len(spec.Parameters) > 0 || spec.Destinations < 15 {
		p.rows = slices.Clone(lanRows)
	}
	p.rows = slices.DeleteFunc(p.rows, func(r parameterRow) bool {
		destination := r.number == lanDestinationType || r.number == lanDestination || r.number == lanDestinationVLAN
		return slices.Contains(spec.Without, r.number) || destination && spec.Destinations == 0
	})
	for i := range p.rows {
		r := &p.rows[i]
		if slices.Contains(spec.ReadOnly, r.number) {
			r.access = readOnly
		}
		if own := 1 + int(spec.Destinations); r.sets == 16 && own < 16 { // with all of them the rows are shared
			r.sets = own // destination 0 is the volatile one of Alert Immediate
		}
	}
	set := func(number uint8, data []byte) { p.put(parameterKey{number: number}, data) }
	set(lanIP, spec.IP[:])
	set(lanSource, []byte{uint8(spec.Source)})
	set(lanMAC, spec.MAC[:])
	set(lanMask, spec.Mask[:])
	set(lanGateway, spec.Gateway[:])
	set(13, spec.GatewayMAC[:])
	set(14, spec.BackupGateway[:])
	set(15, spec.BackupGatewayMAC[:])
	set(lanDestinations, []byte{spec.Destinations})
	community := make([]byte, 18)
	copy(community, spec.Community)
	set(lanCommunity, community)
	return p, p.configure(spec.Parameters, firstOEMParameter)
}

// configure sets what a profile lists by number, and notes what volatile entries start with. OEM parameters, from firstOEM on, come to be by that: with set selectors
// up to the greatest that is listed, and as long as the longest value.
func (p *parameters) configure(list []profiles.Parameter, firstOEM uint8) error {
	for _, v := range list {
		if v.Number < firstOEM {
			continue
		}
		r := p.row(v.Number)
		if r == nil {
			p.rows = append(p.rows, parameterRow{number: v.Number, name: "OEM", short: 1})
			r = &p.rows[len(p.rows)-1]
		}
		if v.Set > 0 {
			r.sets = max(r.sets, int(v.Set)+1)
			r.short = 2
		}
		r.size = max(r.size, len(v.Data)+r.selectors())
		if len(v.Allowed) > 0 {
			r.check = oneOf(v.Allowed)
		}
	}
	for _, v := range list {
		r := p.row(v.Number)
		if r == nil || r.load != nil || len(v.Allowed) > 0 && v.Number < firstOEM {
			return fmt.Errorf("parameters: %d cannot be given here", v.Number)
		}
		key, err := r.key(v.Set, v.Block)
		if n := r.size - r.selectors(); err != nil || len(v.Data) > n || len(v.Data) < n && (r.short == 0 || len(v.Data) < r.short-r.selectors()) {
			return fmt.Errorf("parameters: %d (%s) has %d bytes of data and %d sets", v.Number, r.name, n, r.sets)
		}
		p.put(key, r.padded(v.Data))
	}
	for key, v := range p.values {
		if r := p.row(key.number); r != nil && r.volatile(key) {
			p.starts = append(p.starts, parameterEntry{key, v})
		}
	}
	return nil
}

const firstOEMParameter = 192

// oneOf checks that a value is one of those.
func oneOf(allowed []profiles.HexBytes) func([]byte) error {
	return func(data []byte) error {
		if !slices.ContainsFunc(allowed, func(a profiles.HexBytes) bool { return bytes.Equal(a, data) }) {
			return ipmb.InvalidField
		}
		return nil
	}
}

// atMost checks that the masked byte i is not above limit.
func atMost(i int, mask, limit byte) func([]byte) error {
	return func(data []byte) error {
		if data[i]&mask > limit {
			return ipmb.InvalidField
		}
		return nil
	}
}

// Address formats of alert destinations. [IPMI 2.0 §23.2, parameter 19]
const (
	destinationIPv4 = 0 // 12 bytes behind the selector
	destinationIPv6 = 1 // 17 bytes
)

func checkDestination(data []byte) error {
	switch format := data[0] >> 4; {
	case format > destinationIPv6:
		return ipmb.InvalidField
	case format == destinationIPv4 && len(data) != 12, format == destinationIPv6 && len(data) != 17:
		return ipmb.LengthInvalid
	}
	return nil
}

// clearDestination clears the reserved bits of a destination address.
func clearDestination(data []byte) {
	const format, gateway = 0xf0, 0x01
	if data[0] &= format; data[0]>>4 == destinationIPv4 {
		data[1] &= gateway
	}
}

// checkDestinationType takes PET and the OEM types. [IPMI 2.0 §23.2, parameter 18]
func checkDestinationType(data []byte) error {
	const destinationOEM1 = 6
	if kind := data[0] & destinationTypeMask; kind != destinationPET && kind < destinationOEM1 {
		return ipmb.InvalidField
	}
	return nil
}

// checkStaticAddress allows the static source only. [IPMI 2.0 §23.2, parameter 56]
func checkStaticAddress(data []byte) error {
	if data[0]&0x0f != 0 || data[17] > 128 {
		return ipmb.InvalidField
	}
	return nil
}

// staticAddressStatus says that an enabled address is active, whatever was written. [IPMI 2.0 §23.2, parameter 56]
func staticAddressStatus(data []byte) {
	const enabled, active, disabled = 1 << 7, 0, 1
	data[18] = disabled
	if data[0]&enabled != 0 {
		data[18] = active
	}
}

// loadAuthSupport is parameter 1: the types that the profile enables at any level can be enabled at all of them.
func loadAuthSupport(_ *Machine, c *channel) []byte { return []byte{c.authSupport} }

func loadAuthEnables(_ *Machine, c *channel) []byte { return slices.Clone(c.auth[1:]) }

func storeAuthEnables(_ *Machine, c *channel, data []byte) error {
	for _, types := range data {
		if types&authTypesMask&^c.authSupport != 0 {
			return ipmb.InvalidField // recommended [IPMI 2.0 §23.2, parameter 2]
		}
	}
	for i, types := range data {
		c.auth[1+i] = types & authTypesMask
	}
	return nil
}

const authTypesMask = 0x3f

// Cipher suites of parameters 22-24: the first sixteen. [IPMI 2.0 §23.2]
func (c *channel) listedSuites() []rmcp.SuiteLimit { return c.suites[:min(len(c.suites), 16)] }

func loadSuiteCount(_ *Machine, c *channel) []byte { return []byte{uint8(len(c.listedSuites()))} }

func loadSuiteEntries(_ *Machine, c *channel) []byte {
	b := make([]byte, 17)
	for i, s := range c.listedSuites() {
		b[1+i] = s.ID
	}
	return b
}

func loadSuiteLevels(_ *Machine, c *channel) []byte {
	b := slices.Clone(c.unusedLevels[:])
	for i, s := range c.listedSuites() {
		b[1+i/2] |= uint8(s.Limit) << (4 * (i % 2))
	}
	return b
}

// storeSuiteLevels takes effect with the next login. Entries behind the last suite mean nothing and read as written:
// ipmitool's cipher_privs writes fifteen of them, reads them back to see that the write worked, and tries for half a
// minute.
func storeSuiteLevels(_ *Machine, c *channel, data []byte) error {
	suites := slices.Clone(c.suites) // a login in progress may look at the old ones
	for i := range c.listedSuites() {
		level := ipmb.Privilege(data[1+i/2] >> (4 * (i % 2)) & 0x0f)
		if level != ipmb.PrivilegeUnspecified && !level.IsLevel() {
			return ipmb.InvalidField
		}
		suites[i].Limit = level
	}
	c.suites = suites
	copy(c.unusedLevels[:], data)
	for i := range c.listedSuites() {
		c.unusedLevels[1+i/2] &^= 0x0f << (4 * (i % 2))
	}
	return nil
}

// badPasswordUnit is the unit of the intervals of parameter 26.
const badPasswordUnit = 10 * time.Second

func loadBadPassword(_ *Machine, c *channel) []byte {
	b := []byte{0, c.badPassword.Threshold}
	if c.badPassword.Event {
		b[0] = 1
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(c.badPassword.Reset.Std()/badPasswordUnit))
	return binary.LittleEndian.AppendUint16(b, uint16(c.badPassword.Lockout.Std()/badPasswordUnit))
}

// storeBadPassword also forgets all attempts on the channel. [IPMI 2.0 §23.2, parameter 26]
func storeBadPassword(m *Machine, c *channel, data []byte) error {
	c.badPassword = profiles.BadPassword{
		Event:     data[0]&1 != 0,
		Threshold: data[1],
		Reset:     profiles.Duration(time.Duration(binary.LittleEndian.Uint16(data[2:])) * badPasswordUnit),
		Lockout:   profiles.Duration(time.Duration(binary.LittleEndian.Uint16(data[4:])) * badPasswordUnit),
	}
	m.badPasswords.forget(func(key userOnChannel) bool { return key.channel == c.spec.Number })
	return nil
}

// lanCounters reads the session table's counters of a channel's datagrams. Valid RMCP packets are those with a good
// header.
func (m *Machine) lanCounters(c *channel) lanCounters {
	s := m.sessions.Stats.Channel(c.spec.Number)
	in := s.In.Load()
	return lanCounters{received: in, sent: s.Out.Load(), valid: in - s.Foreign.Load()}
}
