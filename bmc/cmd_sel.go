package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// selCommands are the rows of [IPMI 2.0 §31].
var selCommands = []Command{
	{Op: ipmb.GetSELInfo, Name: "Get SEL Info", Section: "31.2", Priv: privUser},
	{Op: ipmb.GetSELAllocationInfo, Name: "Get SEL Allocation Info", Section: "31.3", Priv: privUser},
	{Op: ipmb.ReserveSEL, Name: "Reserve SEL", Section: "31.4", Priv: privUser},
	{Op: ipmb.GetSELEntry, Name: "Get SEL Entry", Section: "31.5", Priv: privUser},
	{Op: ipmb.AddSELEntry, Name: "Add SEL Entry", Section: "31.6", Priv: privOperator},
	{Op: ipmb.PartialAddSELEntry, Name: "Partial Add SEL Entry", Section: "31.7", Priv: privOperator},
	{Op: ipmb.DeleteSELEntry, Name: "Delete SEL Entry", Section: "31.8", Priv: privOperator},
	{Op: ipmb.ClearSEL, Name: "Clear SEL", Section: "31.9", Priv: privOperator},
	{Op: ipmb.GetSELTime, Name: "Get SEL Time", Section: "31.10", Priv: privUser},
	{Op: ipmb.SetSELTime, Name: "Set SEL Time", Section: "31.11", Priv: privOperator},
	{Op: ipmb.GetAuxiliaryLogStatus, Name: "Get Auxiliary Log Status", Section: "31.12", Priv: privUser},
	{Op: ipmb.SetAuxiliaryLogStatus, Name: "Set Auxiliary Log Status", Section: "31.13", Priv: privAdmin},
	{Op: ipmb.GetSELTimeUTCOffset, Name: "Get SEL Time UTC Offset", Section: "31.11a", Priv: privUser},
	{Op: ipmb.SetSELTimeUTCOffset, Name: "Set SEL Time UTC Offset", Section: "31.11b", Priv: privOperator},
}
