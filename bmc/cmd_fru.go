package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// fruCommands are the rows of [IPMI 2.0 §34].
var fruCommands = []Command{
	{Op: ipmb.GetFRUInventoryAreaInfo, Name: "Get FRU Inventory Area Info", Section: "34.1", Priv: privUser},
	{Op: ipmb.ReadFRUData, Name: "Read FRU Data", Section: "34.2", Priv: privUser},
	{Op: ipmb.WriteFRUData, Name: "Write FRU Data", Section: "34.3", Priv: privOperator},
}
