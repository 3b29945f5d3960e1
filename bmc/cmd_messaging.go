package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// messagingCommands are the rows of [IPMI 2.0 §22].
var messagingCommands = []Command{
	{Op: ipmb.SetBMCGlobalEnables, Name: "Set BMC Global Enables", Section: "22.1", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.GetBMCGlobalEnables, Name: "Get BMC Global Enables", Section: "22.2", Priv: privUser},
	{Op: ipmb.ClearMessageFlags, Name: "Clear Message Flags", Section: "22.3", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.GetMessageFlags, Name: "Get Message Flags", Section: "22.4", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.EnableMessageChannelReceive, Name: "Enable Message Channel Receive", Section: "22.5", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.GetMessage, Name: "Get Message", Section: "22.6", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.SendMessage, Name: "Send Message", Section: "22.7", Priv: privUser},
	{Op: ipmb.ReadEventMessageBuffer, Name: "Read Event Message Buffer", Section: "22.8", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.GetBTInterfaceCapabilities, Name: "Get BT Interface Capabilities", Section: "22.10", Priv: privUser},
	{Op: ipmb.GetSystemGUID, Name: "Get System GUID", Section: "22.14", Priv: privCallback, Reach: Sessionless},
	{Op: ipmb.MasterWriteRead, Name: "Master Write-Read", Section: "22.11", Priv: privOperator},
	{Op: ipmb.GetSystemInterfaceCapabilities, Name: "Get System Interface Capabilities", Section: "22.9", Priv: privUser},
	{Op: ipmb.SetSystemInfoParameters, Name: "Set System Info Parameters", Section: "22.14a", Priv: privAdmin},
	{Op: ipmb.GetSystemInfoParameters, Name: "Get System Info Parameters", Section: "22.14b", Priv: privUser},
}
