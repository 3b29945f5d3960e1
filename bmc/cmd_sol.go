package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// solCommands are the rows of [IPMI 2.0 §26].
var solCommands = []Command{
	{Op: ipmb.SOLActivating, Name: "SOL Activating", Section: "26.1", Priv: privUser, Reach: BMCGenerated},
	{Op: ipmb.SetSOLConfigurationParameters, Name: "Set SOL Configuration Parameters", Section: "26.2", Priv: privAdmin},
	{Op: ipmb.GetSOLConfigurationParameters, Name: "Get SOL Configuration Parameters", Section: "26.3", Priv: privUser},
}
