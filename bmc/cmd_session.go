package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// sessionCommands are the rows of [IPMI 2.0 §22].
var sessionCommands = []Command{
	{Op: ipmb.GetChannelAuthenticationCapabilities, Name: "Get Channel Authentication Capabilities", Section: "22.13", Priv: privCallback, Reach: Sessionless},
	{Op: ipmb.GetSessionChallenge, Name: "Get Session Challenge", Section: "22.16", Priv: privCallback, Reach: Sessionless},
	{Op: ipmb.ActivateSession, Name: "Activate Session", Section: "22.17", Priv: privCallback, Reach: Sessionless},
	{Op: ipmb.SetSessionPrivilegeLevel, Name: "Set Session Privilege Level", Section: "22.18", Priv: privUser},
	{Op: ipmb.CloseSession, Name: "Close Session", Section: "22.19", Priv: privCallback},
	{Op: ipmb.GetSessionInfo, Name: "Get Session Info", Section: "22.20", Priv: privUser},
	{Op: ipmb.GetAuthCode, Name: "Get AuthCode", Section: "22.21", Priv: privOperator},
	{Op: ipmb.GetChannelCipherSuites, Name: "Get Channel Cipher Suites", Section: "22.15", Priv: privCallback, Reach: Sessionless},
}
