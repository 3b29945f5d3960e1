package bmc

import "github.com/fakebmc/fakebmc/ipmb"

// sensorCommands are the rows of [IPMI 2.0 §35].
var sensorCommands = []Command{
	{Op: ipmb.GetDeviceSDRInfo, Name: "Get Device SDR Info", Section: "35.2", Priv: privUser, Reach: LocalOnly},
	{Op: ipmb.GetDeviceSDR, Name: "Get Device SDR", Section: "35.3", Priv: privUser, Reach: LocalOnly},
	{Op: ipmb.ReserveDeviceSDRRepository, Name: "Reserve Device SDR Repository", Section: "35.4", Priv: privUser, Reach: LocalOnly},
	{Op: ipmb.GetSensorReadingFactors, Name: "Get Sensor Reading Factors", Section: "35.5", Priv: privUser},
	{Op: ipmb.SetSensorHysteresis, Name: "Set Sensor Hysteresis", Section: "35.6", Priv: privOperator},
	{Op: ipmb.GetSensorHysteresis, Name: "Get Sensor Hysteresis", Section: "35.7", Priv: privUser},
	{Op: ipmb.SetSensorThresholds, Name: "Set Sensor Thresholds", Section: "35.8", Priv: privOperator},
	{Op: ipmb.GetSensorThresholds, Name: "Get Sensor Thresholds", Section: "35.9", Priv: privUser},
	{Op: ipmb.SetSensorEventEnable, Name: "Set Sensor Event Enable", Section: "35.10", Priv: privOperator},
	{Op: ipmb.GetSensorEventEnable, Name: "Get Sensor Event Enable", Section: "35.11", Priv: privUser},
	{Op: ipmb.ReArmSensorEvents, Name: "Re-arm Sensor Events", Section: "35.12", Priv: privOperator},
	{Op: ipmb.GetSensorEventStatus, Name: "Get Sensor Event Status", Section: "35.13", Priv: privUser},
	{Op: ipmb.GetSensorReading, Name: "Get Sensor Reading", Section: "35.14", Priv: privUser},
	{Op: ipmb.SetSensorType, Name: "Set Sensor Type", Section: "35.15", Priv: privOperator},
	{Op: ipmb.GetSensorType, Name: "Get Sensor Type", Section: "35.16", Priv: privUser},
	{Op: ipmb.SetSensorReadingAndEventStatus, Name: "Set Sensor Reading And Event Status", Section: "35.17", Priv: privOperator},
}
