package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// watchdogCommands are the rows of [IPMI 2.0 §27].
var watchdogCommands = []Command{
	{Op: ipmb.ResetWatchdogTimer, Name: "Reset Watchdog Timer", Section: "27.5", Priv: privOperator},
	{Op: ipmb.SetWatchdogTimer, Name: "Set Watchdog Timer", Section: "27.6", Priv: privOperator},
	{Op: ipmb.GetWatchdogTimer, Name: "Get Watchdog Timer", Section: "27.7", Priv: privUser},
}
