package profiles

// SupermicroFanMode is a fan mode of a Supermicro board.
type SupermicroFanMode uint8

// Fan modes.
const (
	SupermicroStandard SupermicroFanMode = iota
	SupermicroFull
	SupermicroOptimal
	SupermicroPUE
	SupermicroHeavyIO
)

// SupermicroLANMode says over which port the controller is reached.
type SupermicroLANMode uint8

// LAN modes.
const (
	SupermicroDedicated SupermicroLANMode = iota
	SupermicroShared
	SupermicroFailover
)

// Supermicro is what the OEM commands of a Supermicro board tell and do.
type Supermicro struct {
	FanMode  SupermicroFanMode   `yaml:"fan_mode" default:"optimal"`                              // at the start
	FanModes []SupermicroFanMode `yaml:"fan_modes" default:"[standard, full, optimal, heavy-io]"` // that the board has; others are CCh
	LANMode  SupermicroLANMode   `yaml:"lan_mode" default:"failover"`                             // at the start
	Zones    []FanZone           `yaml:"zones"`                                                   // 0: CPU and system fans, 1: peripheral fans
	X9       bool                `yaml:"x9"`                                                      // duties are set with 30h/91h
}

var supermicroFanModeWords = []word{
	{"standard", uint8(SupermicroStandard)},
	{"full", uint8(SupermicroFull)},
	{"optimal", uint8(SupermicroOptimal)},
	{"pue", uint8(SupermicroPUE)},
	{"heavy-io", uint8(SupermicroHeavyIO)},
}

// String is the word of profiles.
func (m SupermicroFanMode) String() string { return nameOf(supermicroFanModeWords, m) }

var supermicroLANModeWords = []word{
	{"dedicated", uint8(SupermicroDedicated)},
	{"shared", uint8(SupermicroShared)},
	{"failover", uint8(SupermicroFailover)},
}

// String is the word of profiles.
func (m SupermicroLANMode) String() string { return nameOf(supermicroLANModeWords, m) }
