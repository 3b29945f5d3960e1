package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// sdrCommands are the rows of [IPMI 2.0 §33].
var sdrCommands = []Command{
	{Op: ipmb.GetSDRRepositoryInfo, Name: "Get SDR Repository Info", Section: "33.9", Priv: privUser},
	{Op: ipmb.GetSDRRepositoryAllocationInfo, Name: "Get SDR Repository Allocation Info", Section: "33.10", Priv: privUser},
	{Op: ipmb.ReserveSDRRepository, Name: "Reserve SDR Repository", Section: "33.11", Priv: privUser},
	{Op: ipmb.GetSDR, Name: "Get SDR", Section: "33.12", Priv: privUser},
	{Op: ipmb.AddSDR, Name: "Add SDR", Section: "33.13", Priv: privOperator},
	{Op: ipmb.PartialAddSDR, Name: "Partial Add SDR", Section: "33.14", Priv: privOperator},
	{Op: ipmb.DeleteSDR, Name: "Delete SDR", Section: "33.15", Priv: privOperator},
	{Op: ipmb.ClearSDRRepository, Name: "Clear SDR Repository", Section: "33.16", Priv: privOperator},
	{Op: ipmb.GetSDRRepositoryTime, Name: "Get SDR Repository Time", Section: "33.17", Priv: privUser},
	{Op: ipmb.SetSDRRepositoryTime, Name: "Set SDR Repository Time", Section: "33.18", Priv: privOperator},
	{Op: ipmb.EnterSDRRepositoryUpdateMode, Name: "Enter SDR Repository Update Mode", Section: "33.19", Priv: privOperator},
	{Op: ipmb.ExitSDRRepositoryUpdateMode, Name: "Exit SDR Repository Update Mode", Section: "33.20", Priv: privOperator},
	{Op: ipmb.RunInitializationAgent, Name: "Run Initialization Agent", Section: "33.21", Priv: privOperator},
}
