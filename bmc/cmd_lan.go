package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// lanCommands are the rows of [IPMI 2.0 §23].
var lanCommands = []Command{
	{Op: ipmb.SetLANConfigurationParameters, Name: "Set LAN Configuration Parameters", Section: "23.1", Priv: privAdmin},
	{Op: ipmb.GetLANConfigurationParameters, Name: "Get LAN Configuration Parameters", Section: "23.2", Priv: privOperator},
	{Op: ipmb.SuspendBMCARPs, Name: "Suspend BMC ARPs", Section: "23.3", Priv: privAdmin},
	{Op: ipmb.GetIPUDPRMCPStatistics, Name: "Get IP/UDP/RMCP Statistics", Section: "23.4", Priv: privUser},
}
