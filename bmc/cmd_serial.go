package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// serialCommands are the rows of [IPMI 2.0 §25].
var serialCommands = []Command{
	{Op: ipmb.SetSerialModemConfiguration, Name: "Set Serial/Modem Configuration", Section: "25.1", Priv: privAdmin, Sub: serialParameterSubs},
	{Op: ipmb.GetSerialModemConfiguration, Name: "Get Serial/Modem Configuration", Section: "25.2", Priv: privOperator},
	{Op: ipmb.SetSerialModemMux, Name: "Set Serial/Modem Mux", Section: "25.3", Priv: privOperator, Sub: serialMuxSubs},
	{Op: ipmb.GetTAPResponseCodes, Name: "Get TAP Response Codes", Section: "25.4", Priv: privUser},
	{Op: ipmb.SetPPPUDPProxyTransmitData, Name: "Set PPP UDP Proxy Transmit Data", Section: "25.5", Priv: privUser, Reach: SystemInterfaceOnly, Sub: firstByteChannelSubs},
	{Op: ipmb.GetPPPUDPProxyTransmitData, Name: "Get PPP UDP Proxy Transmit Data", Section: "25.6", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.SendPPPUDPProxyPacket, Name: "Send PPP UDP Proxy Packet", Section: "25.7", Priv: privUser, Reach: SystemInterfaceOnly, Sub: firstByteChannelSubs},
	{Op: ipmb.GetPPPUDPProxyReceiveData, Name: "Get PPP UDP Proxy Receive Data", Section: "25.8", Priv: privUser, Reach: SystemInterfaceOnly},
	{Op: ipmb.SerialModemConnectionActive, Name: "Serial/Modem Connection Active", Section: "25.9", Priv: privUser, Reach: BMCGenerated},
	{Op: ipmb.Callback, Name: "Callback", Section: "25.10", Priv: privUser, Sub: firstByteChannelSubs},
	{Op: ipmb.SetUserCallbackOptions, Name: "Set User Callback Options", Section: "25.11", Priv: privAdmin, Sub: callbackOptionSubs},
	{Op: ipmb.GetUserCallbackOptions, Name: "Get User Callback Options", Section: "25.12", Priv: privUser},
	{Op: ipmb.SetSerialRoutingMux, Name: "Set Serial Routing Mux", Section: "25.13", Priv: privAdmin},
}
