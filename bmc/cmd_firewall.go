package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// firewallCommands are the rows of [IPMI 2.0 §21].
var firewallCommands = []Command{
	{Op: ipmb.GetNetFnSupport, Name: "Get NetFn Support", Section: "21.2", Priv: privUser},
	{Op: ipmb.GetCommandSupport, Name: "Get Command Support", Section: "21.3", Priv: privUser},
	{Op: ipmb.GetCommandSubFunctionSupport, Name: "Get Command Sub-function Support", Section: "21.4", Priv: privUser},
	{Op: ipmb.GetConfigurableCommands, Name: "Get Configurable Commands", Section: "21.5", Priv: privUser},
	{Op: ipmb.GetConfigurableCommandSubFunctions, Name: "Get Configurable Command Sub-functions", Section: "21.6", Priv: privUser},
	{Op: ipmb.SetCommandEnables, Name: "Set Command Enables", Section: "21.7", Priv: privAdmin},
	{Op: ipmb.GetCommandEnables, Name: "Get Command Enables", Section: "21.8", Priv: privUser},
	{Op: ipmb.SetCommandSubFunctionEnables, Name: "Set Command Sub-function Enables", Section: "21.9", Priv: privAdmin},
	{Op: ipmb.GetCommandSubFunctionEnables, Name: "Get Command Sub-function Enables", Section: "21.10", Priv: privUser},
	{Op: ipmb.GetOEMNetFnIANASupport, Name: "Get OEM NetFn IANA Support", Section: "21.11", Priv: privUser},
}
