package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// pefCommands are the rows of [IPMI 2.0 §30].
var pefCommands = []Command{
	{Op: ipmb.GetPEFCapabilities, Name: "Get PEF Capabilities", Section: "30.1", Priv: privUser},
	{Op: ipmb.ArmPEFPostponeTimer, Name: "Arm PEF Postpone Timer", Section: "30.2", Priv: privAdmin},
	{Op: ipmb.SetPEFConfigurationParameters, Name: "Set PEF Configuration Parameters", Section: "30.3", Priv: privAdmin},
	{Op: ipmb.GetPEFConfigurationParameters, Name: "Get PEF Configuration Parameters", Section: "30.4", Priv: privOperator},
	{Op: ipmb.SetLastProcessedEventID, Name: "Set Last Processed Event ID", Section: "30.5", Priv: privAdmin},
	{Op: ipmb.GetLastProcessedEventID, Name: "Get Last Processed Event ID", Section: "30.6", Priv: privAdmin},
	{Op: ipmb.AlertImmediate, Name: "Alert Immediate", Section: "30.7", Priv: privAdmin},
	{Op: ipmb.PETAcknowledge, Name: "PET Acknowledge", Section: "30.8", Priv: privCallback, Reach: Sessionless},
}
