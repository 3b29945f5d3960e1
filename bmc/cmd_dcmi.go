package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// dcmiCommands are the rows of the DCMI commands.
var dcmiCommands = []Command{
	{Op: ipmb.GetDCMICapabilitiesInfo, Name: "Get DCMI Capabilities Info", Section: "DCMI 6.1.1", Priv: privCallback, Reach: Sessionless},
	{Op: ipmb.GetPowerReading, Name: "Get Power Reading", Section: "DCMI 6.6.1", Priv: privUser},
	{Op: ipmb.GetPowerLimit, Name: "Get Power Limit", Section: "DCMI 6.6.2", Priv: privUser},
	{Op: ipmb.SetPowerLimit, Name: "Set Power Limit", Section: "DCMI 6.6.3", Priv: privOperator},
	{Op: ipmb.ActivateDeactivatePowerLimit, Name: "Activate/Deactivate Power Limit", Section: "DCMI 6.6.4", Priv: privOperator},
	{Op: ipmb.GetAssetTag, Name: "Get Asset Tag", Section: "DCMI 6.4.2", Priv: privUser},
	{Op: ipmb.GetDCMISensorInfo, Name: "Get DCMI Sensor Info", Section: "DCMI 6.5.2", Priv: privOperator},
	{Op: ipmb.SetAssetTag, Name: "Set Asset Tag", Section: "DCMI 6.4.3", Priv: privOperator},
	{Op: ipmb.GetManagementControllerIdentifierString, Name: "Get Management Controller Identifier String", Section: "DCMI 6.4.6.1", Priv: privUser},
	{Op: ipmb.SetManagementControllerIdentifierString, Name: "Set Management Controller Identifier String", Section: "DCMI 6.4.6.2", Priv: privAdmin},
	{Op: ipmb.SetThermalLimit, Name: "Set Thermal Limit", Section: "DCMI 6.7.2", Priv: privOperator},
	{Op: ipmb.GetThermalLimit, Name: "Get Thermal Limit", Section: "DCMI 6.7.1", Priv: privUser},
	{Op: ipmb.GetTemperatureReadings, Name: "Get Temperature Readings", Section: "DCMI 6.7.3", Priv: privUser},
	{Op: ipmb.SetDCMIConfigurationParameters, Name: "Set DCMI Configuration Parameters", Section: "DCMI 6.1.2", Priv: privAdmin},
	{Op: ipmb.GetDCMIConfigurationParameters, Name: "Get DCMI Configuration Parameters", Section: "DCMI 6.1.3", Priv: privUser},
}
