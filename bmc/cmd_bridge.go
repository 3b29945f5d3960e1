package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// bridgeCommands are the rows of the ICMB bridge commands.
var bridgeCommands = []Command{
	{Op: ipmb.GetBridgeState, Name: "Get Bridge State", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SetBridgeState, Name: "Set Bridge State", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetICMBAddress, Name: "Get ICMB Address", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SetICMBAddress, Name: "Set ICMB Address", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.SetBridgeProxyAddress, Name: "Set Bridge Proxy Address", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetBridgeStatistics, Name: "Get Bridge Statistics", Section: "ICMB", Priv: privUser},
	{Op: ipmb.GetICMBCapabilities, Name: "Get ICMB Capabilities", Section: "ICMB", Priv: privUser},
	{Op: ipmb.ClearBridgeStatistics, Name: "Clear Bridge Statistics", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetBridgeProxyAddress, Name: "Get Bridge Proxy Address", Section: "ICMB", Priv: privUser},
	{Op: ipmb.GetICMBConnectorInfo, Name: "Get ICMB Connector Info", Section: "ICMB", Priv: privUser},
	{Op: ipmb.GetICMBConnectionID, Name: "Get ICMB Connection ID", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SendICMBConnectionID, Name: "Send ICMB Connection ID", Section: "ICMB", Priv: privUser},
	{Op: ipmb.PrepareForDiscovery, Name: "PrepareForDiscovery", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetAddresses, Name: "GetAddresses", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SetDiscovered, Name: "SetDiscovered", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetChassisDeviceId, Name: "GetChassisDeviceId", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SetChassisDeviceId, Name: "SetChassisDeviceId", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.BridgeRequest, Name: "BridgeRequest", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.BridgeMessage, Name: "BridgeMessage", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetEventCount, Name: "GetEventCount", Section: "ICMB", Priv: privUser},
	{Op: ipmb.SetEventDestination, Name: "SetEventDestination", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.SetEventReceptionState, Name: "SetEventReceptionState", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.SendICMBEventMessage, Name: "SendICMBEventMessage", Section: "ICMB", Priv: privOperator},
	{Op: ipmb.GetEventDestination, Name: "GetEventDestination", Section: "ICMB", Priv: privUser},
	{Op: ipmb.GetEventReceptionState, Name: "GetEventReceptionState", Section: "ICMB", Priv: privUser},
	{Op: ipmb.ErrorReport, Name: "Error Report", Section: "ICMB", Priv: privUser},
}
