package profiles

// Dell is what the OEM commands of an iDRAC tell and do.
type Dell struct {
	// Generation of the server, 11 or later: from 12 on the NIC selection has a failover LOM.
	Generation uint8 `yaml:"generation" default:"14" range:"11..16"`
	// NIC is the selection at the start: 0 shared, 1 shared with failover to LOM 2, 2 dedicated, 3 shared with failover to
	// all of generation 11; 1 dedicated, 2-5 LOM 1 to 4 of later ones.
	NIC uint8 `yaml:"nic" default:"1" range:"0..5"`
	// Failover of generation 12 and later: 0 none, 2-5 LOM 1 to 4, 6 all.
	Failover uint8 `yaml:"failover" range:"0..6"`
	// LinkSpeed of the port over which the controller is reached, in Mbps; 0: no link.
	LinkSpeed uint16 `yaml:"link_speed" default:"1000"`
	// Capacity of the power supplies in watts: what is not used of it is the headroom.
	Capacity uint16 `yaml:"capacity" default:"750"`
	// Duty of the fans in percent, in automatic control.
	Duty uint8 `yaml:"duty" default:"30" range:"0..100"`
	// Fans follow the fan control.
	Fans []ZoneFan `yaml:"fans"`
	// NICs are the embedded network ports, system info parameter DAh.
	NICs []DellNIC `yaml:"nics" length:"0..8"`
}

// DellNIC is an embedded network port.
type DellNIC struct {
	Number   uint8 `yaml:"number" profile:"key" range:"0..7"` // of the port
	MAC      MAC   `yaml:"mac"`                               // its address
	Disabled bool  `yaml:"disabled"`                          // it is off
}
