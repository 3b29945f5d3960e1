package profiles

import (
	"errors"
	"net"
	"net/netip"
)

// LAN is a LAN channel's network configuration at start. What the specification has no key for here has its default and
// can be given in parameters. [IPMI 2.0 §23.2, Table 23-4]
type LAN struct {
	IP               IPv4          `yaml:"ip" default:"0.0.0.0"`                           // parameter 3
	Source           AddressSource `yaml:"source"`                                         // parameter 4: where the address comes from
	MAC              MAC           `yaml:"mac" default:"00:00:00:00:00:00"`                // parameter 5
	Mask             IPv4          `yaml:"mask" default:"0.0.0.0"`                         // parameter 6
	Gateway          IPv4          `yaml:"gateway" default:"0.0.0.0"`                      // parameter 12
	GatewayMAC       MAC           `yaml:"gateway_mac" default:"00:00:00:00:00:00"`        // parameter 13
	BackupGateway    IPv4          `yaml:"backup_gateway" default:"0.0.0.0"`               // parameter 14
	BackupGatewayMAC MAC           `yaml:"backup_gateway_mac" default:"00:00:00:00:00:00"` // parameter 15
	Community        string        `yaml:"community" length:"0..18" default:"public"`      // parameter 16
	// Lease is what DHCP gives when the source becomes dhcp, and when DHCP is started anew.
	Lease Lease `yaml:"lease"`
	// Destinations is the number of alert destinations, parameter 17. Destination 0, the volatile one, is not counted.
	Destinations uint8 `yaml:"destinations" range:"0..15"`
	// Rollback lets software commit what it wrote while set in progress, and takes back what was not committed when it
	// says set complete. Without it, a commit is CCh and all writes last.
	Rollback bool `yaml:"rollback"`
	// ReadOnly has the numbers of further parameters that refuse writes with 82h.
	ReadOnly []uint8 `yaml:"read_only"`
	// Without has the numbers of parameters that the machine lacks: 80h.
	Without []uint8 `yaml:"without"`
	// Parameters have values at start by number, and set and block selector where the parameter has them.
	Parameters []Parameter `yaml:"parameters"`
}

// Lease is what DHCP gives a LAN channel.
type Lease struct {
	Time    Duration `yaml:"time" default:"1s"`         // how long it takes; no address is there meanwhile
	IP      IPv4     `yaml:"ip" default:"0.0.0.0"`      // absent: the addresses of the LAN section
	Mask    IPv4     `yaml:"mask" default:"0.0.0.0"`    // subnet mask
	Gateway IPv4     `yaml:"gateway" default:"0.0.0.0"` // default gateway
}

// Leased are the addresses that DHCP gives.
func (l *LAN) Leased() (ip, mask, gateway IPv4) {
	if l.Lease.IP == (IPv4{}) {
		return l.IP, l.Mask, l.Gateway
	}
	return l.Lease.IP, l.Lease.Mask, l.Lease.Gateway
}

// Parameter is a configuration parameter's value at start. OEM parameters (192-255) exist when they are listed here.
type Parameter struct {
	Number uint8    `yaml:"number" profile:"required"` // parameter selector
	Set    uint8    `yaml:"set"`                       // set selector
	Block  uint8    `yaml:"block"`                     // block selector
	Data   HexBytes `yaml:"data" profile:"required"`   // behind the selectors
	// Allowed are the only values that an OEM parameter takes; others are CCh. Absent: all.
	Allowed []HexBytes `yaml:"allowed"`
}

// IPv4 is an IPv4 address.
type IPv4 [4]byte

// UnmarshalText reads "192.0.2.1".
func (a *IPv4) UnmarshalText(text []byte) error {
	addr, err := netip.ParseAddr(string(text))
	if err != nil || !addr.Is4() {
		return errors.New(`expected an IPv4 address, like "192.0.2.1"`)
	}
	*a = addr.As4()
	return nil
}

// MarshalText writes "192.0.2.1".
func (a IPv4) MarshalText() ([]byte, error) { return []byte(netip.AddrFrom4(a).String()), nil }

// MAC is an Ethernet address.
type MAC [6]byte

// UnmarshalText reads "02:00:00:00:06:23".
func (a *MAC) UnmarshalText(text []byte) error {
	hw, err := net.ParseMAC(string(text))
	if err != nil || len(hw) != len(a) {
		return errors.New(`expected an Ethernet address, like "02:00:00:00:06:23"`)
	}
	*a = MAC(hw)
	return nil
}

// MarshalText writes "02:00:00:00:06:23".
func (a MAC) MarshalText() ([]byte, error) { return []byte(net.HardwareAddr(a[:]).String()), nil }

// AddressSource says where an IP address comes from. [IPMI 2.0 §23.2, parameter 4]
type AddressSource uint8

// Address sources.
const (
	SourceUnspecified AddressSource = iota
	SourceStatic
	SourceDHCP
	SourceBIOS
	SourceOther
)

var addressSourceWords = []word{
	{"unspecified", uint8(SourceUnspecified)},
	{"static", uint8(SourceStatic)},
	{"dhcp", uint8(SourceDHCP)},
	{"bios", uint8(SourceBIOS)},
	{"other", uint8(SourceOther)},
}

// String is the word of profiles.
func (s AddressSource) String() string { return nameOf(addressSourceWords, s) }
