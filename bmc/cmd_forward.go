package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// forwardCommands are the rows of [IPMI 2.0 §35b].
var forwardCommands = []Command{
	{Op: ipmb.ForwardedCommand, Name: "Forwarded Command", Section: "35b.4", Priv: privUser, Reach: BMCGenerated},
	{Op: ipmb.SetForwardedCommands, Name: "Set Forwarded Commands", Section: "35b.2", Priv: privAdmin},
	{Op: ipmb.GetForwardedCommands, Name: "Get Forwarded Commands", Section: "35b.1", Priv: privUser},
	{Op: ipmb.EnableForwardedCommands, Name: "Enable Forwarded Commands", Section: "35b.3", Priv: privAdmin},
}
