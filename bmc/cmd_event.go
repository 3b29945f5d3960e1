package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// eventCommands are the rows of [IPMI 2.0 §29].
var eventCommands = []Command{
	{Op: ipmb.SetEventReceiver, Name: "Set Event Receiver", Section: "29.1", Priv: privAdmin},
	{Op: ipmb.GetEventReceiver, Name: "Get Event Receiver", Section: "29.2", Priv: privUser},
	{Op: ipmb.PlatformEventMessage, Name: "Platform Event Message", Section: "29.3", Priv: privOperator},
}
