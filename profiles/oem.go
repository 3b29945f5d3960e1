package profiles

// OEM are the vendors' own commands. Each vendor has a section; a machine without it answers C1h to its commands.
type OEM struct {
	// Intel: Node Manager, at network function 2Eh of a Management Engine.
	Intel *Intel `yaml:"intel"`
	// Lenovo: the OEM commands of XClarity Controllers, at network functions 2Eh and 3Ah.
	Lenovo *Lenovo `yaml:"lenovo"`
	// LenovoSMM: the commands of an enclosure's manager, at network functions 32h and 34h.
	LenovoSMM *LenovoSMM `yaml:"lenovo_smm"`
	// Supermicro: fan modes and duties, LAN mode and intrusion reset, at network function 30h.
	Supermicro *Supermicro `yaml:"supermicro"`
	// Dell: NIC selection, power monitoring and fan control of iDRACs, at network function 30h. What Dell's clients read
	// as system info parameters is in system.info.parameters.
	Dell *Dell `yaml:"dell"`
	// Commands that fakebmc does not know, and what they are answered: for those who have seen a machine of their own do it.
	Commands []OEMCommand `yaml:"commands"`
}

// FanZone is a group of fans with one duty.
type FanZone struct {
	Number uint8     `yaml:"number" profile:"key"`             // of the zone
	Duty   uint8     `yaml:"duty" default:"40" range:"0..100"` // percent, at the start and in automatic control
	Fans   []ZoneFan `yaml:"fans"`                             // whose sensors follow the duty
}

// ZoneFan is a fan that follows a duty.
type ZoneFan struct {
	Sensor string  `yaml:"sensor" profile:"key"`    // name of its sensor
	Full   float64 `yaml:"full" profile:"required"` // reading at 100 %
}
