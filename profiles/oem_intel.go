package profiles

// Intel is the section of Intel's own commands.
type Intel struct {
	// NodeManager is the Node Manager of a Management Engine.
	NodeManager *NodeManager `yaml:"node_manager"`
}

// NodeManager watches and limits the machine's power. Its statistics are those of the machine's power supplies.
type NodeManager struct {
	Version   uint8    `yaml:"version" default:"5" range:"1..6"`     // of Node Manager: 1 is 1.0, 2 1.5, 3 2.0, 4 2.5, 5 3.0, 6 4.0
	Interface uint8    `yaml:"interface" default:"3" range:"1..5"`   // version of its IPMI commands: 1 is 1.0, 2 2.0, 3 3.0
	Patch     uint8    `yaml:"patch"`                                // patch version
	Firmware  Firmware `yaml:"firmware" default:"3.01"`              // its own revision
	Policies  uint8    `yaml:"policies" default:"16" range:"1..255"` // that there can be at a time in a domain
	MinPower  uint16   `yaml:"min_power" default:"0"`                // least power limit of the platform, W
	MaxPower  uint16   `yaml:"max_power" default:"2000"`             // greatest power limit of the platform, W
	// Inlet is where the inlet temperature comes from: a device's quantity. Absent: it is not measured.
	Inlet Sources `yaml:"inlet"`
	// CPU and Memory are shares of the platform's power, percent. 0: the domain does not exist.
	CPU    uint8 `yaml:"cpu" default:"45" range:"0..100"`
	Memory uint8 `yaml:"memory" default:"15" range:"0..100"` // see cpu
	// Exceptions is the event-only sensor that tells when a policy cannot be kept, Alerts the one for alert thresholds.
	Exceptions uint8 `yaml:"exceptions" default:"0x18" profile:"hex"`
	Alerts     uint8 `yaml:"alerts" default:"0x1b" profile:"hex"`    // see exceptions
	Health     uint8 `yaml:"health" default:"0x19" profile:"hex"`    // number of the health event sensor
	Operation  uint8 `yaml:"operation" default:"0x1a" profile:"hex"` // number of the operational capabilities sensor
}
