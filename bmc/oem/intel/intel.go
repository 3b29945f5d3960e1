// Package intel has Intel's own commands: Node Manager, which watches and limits a server's power from the Management
// Engine at 2Ch, behind the BMC.
//
// The bytes are those of the "Intel Intelligent Power Node Manager 3.0 External Interface Specification Using IPMI"
// (332200), cited as [NM §…] by its command's name, as FreeIPMI 1.6 (ipmi-oem intelnm) and ipmitool 1.8.19 (dcmi's nm
// verbs) send and read them.
package intel

import (
	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Enterprise is Intel's IANA enterprise number.
const Enterprise = 343

// Vendor is Intel in the list of vendors.
func Vendor() bmc.Vendor {
	return bmc.Vendor{
		Name:     "intel",
		Speaks:   func(p *profiles.Profile) bool { return p.OEM.Intel != nil && p.OEM.Intel.NodeManager != nil },
		Commands: nodeManagerCommands,
		Records:  discoveryRecord,
		New:      func(in bmc.Inside) (bmc.Part, error) { return newNodeManager(in), nil },
	}
}

// discoveryRecord tells clients where a Node Manager is, and the numbers of its sensors. FreeIPMI and ironic's driver look
// for it in the BMC's repository. [NM §4.5]
func discoveryRecord(p *profiles.Profile, at ipmb.Addr, channel uint8) []profiles.OEMRecord {
	const subtype, version = 0x0d, 0x01
	nm := p.OEM.Intel.NodeManager
	return []profiles.OEMRecord{{Manufacturer: Enterprise, Data: profiles.HexBytes{
		subtype, version, byte(at), channel << 4, nm.Health, nm.Exceptions, nm.Operation, nm.Alerts,
	}}}
}

// op is the identity of a Node Manager command.
func op(cmd uint8) ipmb.Op {
	return ipmb.Op{NetFn: ipmb.NetFnOEMGroup, Enterprise: Enterprise, Cmd: cmd}
}

// manager is the Node Manager that a request is for.
func manager(m *bmc.Machine) *nodeManager {
	return bmc.PartOf[*nodeManager](m)
}
