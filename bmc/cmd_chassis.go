package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// chassisCommands are the rows of [IPMI 2.0 §28].
var chassisCommands = []Command{
	{Op: ipmb.GetChassisCapabilities, Name: "Get Chassis Capabilities", Section: "28.1", Priv: privUser},
	{Op: ipmb.GetChassisStatus, Name: "Get Chassis Status", Section: "28.2", Priv: privUser},
	{Op: ipmb.ChassisControl, Name: "Chassis Control", Section: "28.3", Priv: privOperator},
	{Op: ipmb.ChassisReset, Name: "Chassis Reset", Section: "28.4", Priv: privOperator},
	{Op: ipmb.ChassisIdentify, Name: "Chassis Identify", Section: "28.5", Priv: privOperator},
	{Op: ipmb.SetChassisCapabilities, Name: "Set Chassis Capabilities", Section: "28.7", Priv: privAdmin},
	{Op: ipmb.SetPowerRestorePolicy, Name: "Set Power Restore Policy", Section: "28.8", Priv: privOperator},
	{Op: ipmb.GetSystemRestartCause, Name: "Get System Restart Cause", Section: "28.11", Priv: privUser},
	{Op: ipmb.SetSystemBootOptions, Name: "Set System Boot Options", Section: "28.12", Priv: privOperator},
	{Op: ipmb.GetSystemBootOptions, Name: "Get System Boot Options", Section: "28.13", Priv: privOperator},
	{Op: ipmb.SetFrontPanelButtonEnables, Name: "Set Front Panel Button Enables", Section: "28.6", Priv: privAdmin},
	{Op: ipmb.SetPowerCycleInterval, Name: "Set Power Cycle Interval", Section: "28.9", Priv: privAdmin},
	{Op: ipmb.GetPOHCounter, Name: "Get POH Counter", Section: "28.14", Priv: privUser},
}
