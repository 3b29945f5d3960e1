package profiles

// Serial is a serial/modem channel's configuration at start. What the specification has no key for here has its default
// and can be given in parameters. [IPMI 2.0 §25.2, Table 25-4]
//
// Really acted upon: the authentication types (parameters 1 and 2, from the channel's auth), the destinations' types and
// call retries (17, 18) in Callback and in alerts, the callback options (5), Serial Port Sharing (8), the terminal mode
// configuration's volatile copy (29), the sizes of the UDP proxy's buffers (46, 47), the supported bit rates (50), the
// port associations (51), and at a connector with something plugged in the
// connection mode (3) and the mux switch control (8). No modem is at the line, so that every call fails, and the other
// parameters are checked, stored and read back.
type Serial struct {
	// Connection is how the far end is connected, parameter 3 bit 7.
	Connection SerialConnection `yaml:"connection"`
	// Modes are the connection modes that the channel has. Without ppp it lacks parameters 30 to 45 and 48, without
	// terminal parameter 29.
	Modes []SerialMode `yaml:"modes" default:"[basic]"`
	// Enabled are those of them that are enabled at start, parameter 3; absent: the first of modes.
	Enabled []SerialMode `yaml:"enabled"`
	// AutoDetect: more than one connection mode may be enabled.
	AutoDetect bool `yaml:"auto_detect"`
	// Sharing is Serial Port Sharing: the connector is the host's or the controller's, by the serial/modem mux.
	Sharing SerialSharing `yaml:"sharing"`
	// BitRates that the line can have, parameter 50.
	BitRates []BitRate `yaml:"bit_rates" default:"[9600, 19200, 38400, 57600, 115200]"`
	// BitRate of IPMI messaging at start, parameter 7.
	BitRate   BitRate `yaml:"bit_rate" default:"19200"`
	Community string  `yaml:"community" length:"0..18" default:"public"` // parameter 15
	// Destinations is the number of alert destinations, parameter 16. Here and below entry 0, the volatile one, is not
	// counted, and is there when there are others.
	Destinations uint8 `yaml:"destinations" range:"0..15" default:"4"`
	DialStrings  uint8 `yaml:"dial_strings" range:"0..15" default:"4"` // their number, parameter 20
	Addresses    uint8 `yaml:"addresses" range:"0..15" default:"2"`    // number of destination IP addresses, parameter 22
	TAPAccounts  uint8 `yaml:"tap_accounts" range:"0..15" default:"2"` // their number, parameter 24
	PPPAccounts  uint8 `yaml:"ppp_accounts" range:"0..8" default:"2"`  // their number, parameter 37
	// UDPProxy is the size of each of the PPP UDP proxy's buffers in bytes, parameters 46 and 47; 0: no proxy.
	UDPProxy uint16 `yaml:"udp_proxy" range:"0..1500" default:"256"`
	// Plug is what is plugged into the connector, in the words of sol_console.to; demo is not one of them. Only the first
	// serial channel has one, and only the daemon opens it; elsewhere Machine.ServeConnector does.
	Plug SOLTarget `yaml:"plug" default:"none"`
	// Connector names the serial connector on the chassis, parameter 52.
	Connector string `yaml:"connector" length:"0..15" default:"COM2"`
	// Controller names the host's serial controller behind it, parameter 53.
	Controller string `yaml:"controller" length:"0..15" default:"ttyS1"`
	// ReadOnly has the numbers of further parameters that refuse writes with 82h.
	ReadOnly []uint8 `yaml:"read_only"`
	// Without has the numbers of parameters that the machine lacks: 80h.
	Without []uint8 `yaml:"without"`
	// Parameters have values at start by number, and set and block selector where the parameter has them.
	Parameters []Parameter `yaml:"parameters"`
}

// SerialSharing is Serial Port Sharing. [IPMI 2.0 §14.2.3, §15.2]
type SerialSharing struct {
	Available bool `yaml:"available" default:"true"` // the hardware can do it
	Enabled   bool `yaml:"enabled" default:"true"`   // at start, parameter 8
	SOL       bool `yaml:"sol" default:"true"`       // Serial over LAN uses the same serial controller of the host
}

// SerialConnection is how a serial channel's far end is connected. [IPMI 2.0 §25.2, parameter 3]
type SerialConnection uint8

// Serial connections.
const (
	SerialModem SerialConnection = iota
	SerialDirect
)

var serialConnectionWords = []word{{"modem", uint8(SerialModem)}, {"direct", uint8(SerialDirect)}}

// String is the word of profiles.
func (c SerialConnection) String() string { return nameOf(serialConnectionWords, c) }

// SerialMode is a connection mode of a serial channel, as its bit. [IPMI 2.0 §25.2, parameter 3]
type SerialMode uint8

// Connection modes.
const (
	SerialBasic SerialMode = 1 << iota
	SerialPPP
	SerialTerminal
)

var serialModeWords = []word{{"basic", uint8(SerialBasic)}, {"ppp", uint8(SerialPPP)}, {"terminal", uint8(SerialTerminal)}}

// String is the word of profiles.
func (m SerialMode) String() string { return nameOf(serialModeWords, m) }
