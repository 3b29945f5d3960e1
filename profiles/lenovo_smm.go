package profiles

// LenovoSMM is what the manager of an enclosure with several nodes tells and does: a System Management Module in a D2.
type LenovoSMM struct {
	// Build of the firmware, seven characters, and PSoC, the version of a part of it.
	Build string   `yaml:"build" length:"7" default:"TESM15A"`
	PSoC  HexBytes `yaml:"psoc" length:"2" default:"0105"` // major and minor
	// Model and Serial of the enclosure.
	Model  string `yaml:"model" length:"0..32"`
	Serial string `yaml:"serial" length:"0..32"` // number
	// Redundancy of the power supplies: 0 none, 1 one more than needed, 2 twice as many.
	Redundancy uint8 `yaml:"redundancy" default:"1" range:"0..2"`
	// Oversubscription lets the nodes take more than the supplies give when one of them fails.
	Oversubscription *bool `yaml:"oversubscription" default:"true"`
	// FanMode at the start: 0 normal, 1 to 4 capped at 20, 25, 30 and 45 %, 5 boosted.
	FanMode uint8 `yaml:"fan_mode" range:"0..5"`
	// FanPower is what the enclosure's fans take in normal mode, watts.
	FanPower float64 `yaml:"fan_power" default:"40"`
	// ServiceData is how long it takes to collect service data.
	ServiceData Duration `yaml:"service_data" default:"5s"`
	// ResetDelay is the time from Reset Configuration to the restart.
	ResetDelay Duration `yaml:"reset_delay" default:"1s"`
	// Reseat is how long a node is away when it is taken out and put back in.
	Reseat Duration `yaml:"reseat" default:"10s"`
	// Supplies of the enclosure, by number.
	Supplies []LenovoSupply `yaml:"supplies" length:"0..8"`
	// Nodes of the enclosure, by bay.
	Nodes []LenovoNode `yaml:"nodes" length:"0..8"`
}

// LenovoSupply is a power supply of an enclosure: a PMBus device, and what is written on it.
type LenovoSupply struct {
	Number   uint8    `yaml:"number" range:"1..8" profile:"key"`      // from 1 on
	From     string   `yaml:"from" profile:"required"`                // the PMBus device
	Model    string   `yaml:"model" length:"0..18"`                   // name
	Type     uint16   `yaml:"type" profile:"hex"`                     // 63h and up: see clients
	Vendor   string   `yaml:"vendor" length:"0..4"`                   // in short
	Revision uint8    `yaml:"revision"`                               // of the hardware
	Part     string   `yaml:"part" length:"0..12"`                    // number
	FRUPart  string   `yaml:"fru_part" length:"0..12"`                // number of the replacement
	Serial   string   `yaml:"serial" length:"0..12"`                  // number
	Header   string   `yaml:"header" length:"0..4"`                   // code
	Week     uint8    `yaml:"week" default:"1" range:"1..53"`         // it was made in
	Year     uint8    `yaml:"year" default:"18" range:"0..99"`        // of this century
	Firmware HexBytes `yaml:"firmware" length:"4" default:"00010001"` // primary and secondary, minor first
	Location string   `yaml:"location" length:"0..2"`                 // where it was made
	Barcode  string   `yaml:"barcode" length:"0..23"`                 // as printed
}

// LenovoNode is a node's bay in an enclosure.
type LenovoNode struct {
	Bay    uint8  `yaml:"bay" range:"1..8" profile:"key"` // from 1 on
	Absent bool   `yaml:"absent"`                         // nothing is in it
	Denied bool   `yaml:"denied"`                         // the node may not switch on, for want of power
	Fault  bool   `yaml:"fault"`                          // the node reports a fault
	Budget uint16 `yaml:"budget" default:"500"`           // watts that the node may take
}
