package bmc

import (
	"encoding/hex"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
)

// reading is a request, and the answer is not compared with anything but another answer to it.
type reading struct {
	op  ipmb.Op
	req string
}

// keptCase changes something, and says by what it can be seen.
type keptCase struct {
	name   string
	set    []exchange
	shown  []reading // what differs before and after
	absent []reading // what is volatile: is after a restart as it was before the change
}

var key20 = "00112233445566778899aabbccddeeff00010203"

// keptCases are the non-volatile state of a machine, each with the commands that change it.
func keptCases() []keptCase {
	text := func(s string) string { return hex.EncodeToString([]byte(s)) }
	name := text("fred") + strings.Repeat("00", 12)
	return []keptCase{
		{name: "users", set: []exchange{
			{"§22.28", ipmb.SetUserName, "05" + name, "00"},
			{"§22.30 password of 20 bytes", ipmb.SetUserPassword, "85 02" + key20, "00"},
			{"§22.30 enable", ipmb.SetUserPassword, "05 01", "00"},
			{"§22.26", ipmb.SetUserAccess, "b1 05 03 05", "00"},
			{"§24.6", ipmb.SetUserPayloadAccess, "01 45 02 00 00 00", "00"},
		}, shown: []reading{
			{ipmb.GetUserName, "05"}, {ipmb.GetUserAccess, "01 05"}, {ipmb.GetUserPayloadAccess, "01 05"},
			{ipmb.SetUserPassword, "85 03" + key20}, // test password
		}},
		{name: "channels", set: []exchange{
			{"§22.22 non-volatile", ipmb.SetChannelAccess, "01 62 43", "00"},
			{"§22.22 volatile", ipmb.SetChannelAccess, "01 a2 83", "00"},
			{"§22.25 KG", ipmb.SetChannelSecurityKeys, "01 01 01" + key20, "00 00"},
		}, shown: []reading{{ipmb.GetChannelAccess, "01 40"}, {ipmb.GetChannelAccess, "01 80"}, {ipmb.SetChannelSecurityKeys, "01 00 01"}}},
		{name: "a volatile channel setting", set: []exchange{{"§22.22 volatile", ipmb.SetChannelAccess, "01 a2 83", "00"}},
			absent: []reading{{ipmb.GetChannelAccess, "01 80"}}},
		{name: "KR", set: []exchange{{"§22.25", ipmb.SetChannelSecurityKeys, "01 01 00" + key20, "00 02"}},
			shown: []reading{{ipmb.SetChannelSecurityKeys, "01 00 00"}}},
		{name: "a locked KR", set: []exchange{{"§22.25", ipmb.SetChannelSecurityKeys, "01 02 00", "00 01"}},
			shown: []reading{{ipmb.SetChannelSecurityKeys, "01 00 00"}}},
		{name: "LAN parameters", set: []exchange{
			{"§23.1 authentication types", ipmb.SetLANConfigurationParameters, "01 02 04 04 04 04 00", "00"},
			{"§23.1 IP address", ipmb.SetLANConfigurationParameters, "01 03 c6 33 64 07", "00"},
			{"§23.1 destination", ipmb.SetLANConfigurationParameters, "01 13 02 00 00 c6336409 020000000009", "00"},
			{"§23.1 cipher suite levels", ipmb.SetLANConfigurationParameters, "01 18 00 40 22 22 22 22 22 22 22", "00"},
			{"§23.1 bad passwords", ipmb.SetLANConfigurationParameters, "01 1a 01 05 0100 0200", "00"},
			{"§23.1 DUID block", ipmb.SetLANConfigurationParameters, "01 3a 01 01 aabb" + strings.Repeat("00", 14), "00"},
		}, shown: []reading{
			{ipmb.GetLANConfigurationParameters, "01 02 00 00"}, {ipmb.GetLANConfigurationParameters, "01 03 00 00"},
			{ipmb.GetLANConfigurationParameters, "01 13 02 00"}, {ipmb.GetLANConfigurationParameters, "01 18 00 00"},
			{ipmb.GetLANConfigurationParameters, "01 1a 00 00"}, {ipmb.GetLANConfigurationParameters, "01 3a 01 01"},
		}},
		{name: "volatile LAN parameters", set: []exchange{
			{"§23.1 destination 0", ipmb.SetLANConfigurationParameters, "01 13 00 00 00 c6336409 020000000009", "00"},
			{"§23.1 set in progress", ipmb.SetLANConfigurationParameters, "01 00 01", "00"},
		}, absent: []reading{{ipmb.GetLANConfigurationParameters, "01 13 00 00"}, {ipmb.GetLANConfigurationParameters, "01 00 00 00"}}},
		{name: "SOL parameters", set: []exchange{
			{"§26.2 enable", ipmb.SetSOLConfigurationParameters, "01 01 00", "00"},
			{"§26.2 authentication", ipmb.SetSOLConfigurationParameters, "01 02 c3", "00"},
			{"§26.2 accumulate", ipmb.SetSOLConfigurationParameters, "01 03 09 30", "00"},
			{"§26.2 retry", ipmb.SetSOLConfigurationParameters, "01 04 03 11", "00"},
			{"§26.2 bit rate", ipmb.SetSOLConfigurationParameters, "01 05 07", "00"},
		}, shown: []reading{
			{ipmb.GetSOLConfigurationParameters, "01 01 00 00"}, {ipmb.GetSOLConfigurationParameters, "01 02 00 00"},
			{ipmb.GetSOLConfigurationParameters, "01 03 00 00"}, {ipmb.GetSOLConfigurationParameters, "01 04 00 00"},
			{ipmb.GetSOLConfigurationParameters, "01 05 00 00"},
		}},
		{name: "serial parameters", set: []exchange{
			{"§25.1 connection mode", ipmb.SetSerialModemConfiguration, "04 03 87", "00"},
			{"§25.1 destination", ipmb.SetSerialModemConfiguration, "04 11 01 81 05 11 00", "00"},
			{"§25.1 terminal mode", ipmb.SetSerialModemConfiguration, "04 1d 64 11", "00"},
			{"§25.11 callback", ipmb.SetUserCallbackOptions, "02 04 01 00 01 ff ff", "00"},
		}, shown: []reading{{ipmb.GetSerialModemConfiguration, "04 03 00 00"}, {ipmb.GetSerialModemConfiguration, "04 11 01 00"}, {ipmb.GetUserCallbackOptions, "02 04"}}},
		{name: "PEF parameters", set: []exchange{
			{"§30.3 control", ipmb.SetPEFConfigurationParameters, "01 04", "00"},
			{"§30.3 filter", ipmb.SetPEFConfigurationParameters, "06 02 80 01 00 10 ff ff 01 01 01 00 00 00 00 00 00 00 00 00 00 00", "00"},
			{"§30.3 filter data 1", ipmb.SetPEFConfigurationParameters, "07 02 80", "00"},
			{"§30.3 GUID", ipmb.SetPEFConfigurationParameters, "0a 01" + key20[:32], "00"},
			{"§30.3 string", ipmb.SetPEFConfigurationParameters, "0d 01 01" + text("power lost"), "00"},
		}, shown: []reading{
			{ipmb.GetPEFConfigurationParameters, "01 00 00"}, {ipmb.GetPEFConfigurationParameters, "06 02 00"},
			{ipmb.GetPEFConfigurationParameters, "0a 00 00"}, {ipmb.GetPEFConfigurationParameters, "0d 01 01"},
		}},
		{name: "a volatile alert string", set: []exchange{{"§30.3", ipmb.SetPEFConfigurationParameters, "0d 00 01" + text("volatile"), "00"}},
			absent: []reading{{ipmb.GetPEFConfigurationParameters, "0d 00 01"}}},
		{name: "processed events", set: []exchange{
			{"§30.5 software", ipmb.SetLastProcessedEventID, "00 02 00", "00"}, {"§30.5 BMC", ipmb.SetLastProcessedEventID, "01 08 00", "00"},
		}, shown: []reading{{ipmb.GetLastProcessedEventID, ""}}},
		{name: "system information", set: []exchange{{"§22.14a name", ipmb.SetSystemInfoParameters, "02 00 00 05" + text("node9") + strings.Repeat("00", 9), "00"}},
			shown: []reading{{ipmb.GetSystemInfoParameters, "00 02 00 00"}}},
		{name: "the present operating system", set: []exchange{{"§22.14a", ipmb.SetSystemInfoParameters, "04 00 00 05" + text("NetBS") + strings.Repeat("00", 9), "00"}},
			absent: []reading{{ipmb.GetSystemInfoParameters, "00 04 00 00"}}},
		{name: "the firewall", set: []exchange{
			{"§21.7 Get Chassis Status off", ipmb.SetCommandEnables, "01 00 00 fd8f0000000000000000000000000000", "00"},
			{"§21.9 hard reset off", ipmb.SetCommandSubFunctionEnables, "01 00 00 02 36000000", "00"},
		}, shown: []reading{{ipmb.GetCommandEnables, "01 00 00"}, {ipmb.GetCommandSubFunctionEnables, "01 00 00 02"}}},
		{name: "the chassis", set: []exchange{
			{"§28.7", ipmb.SetChassisCapabilities, "03 24 26 28 2a 2c", "00"}, {"§28.6", ipmb.SetFrontPanelButtonEnables, "06", "00"},
		}, shown: []reading{{ipmb.GetChassisCapabilities, ""}}},
		{name: "boot options", set: []exchange{{"§28.12 scan", ipmb.SetSystemBootOptions, "02 02", "00"}},
			shown: []reading{{ipmb.GetSystemBootOptions, "02 00 00"}}},
		{name: "semi-volatile boot options", set: []exchange{
			{"§28.12 flags", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "00"}, {"§28.12 mailbox", ipmb.SetSystemBootOptions, "07 00 aabb", "00"},
		}, absent: []reading{{ipmb.GetSystemBootOptions, "05 00 00"}, {ipmb.GetSystemBootOptions, "07 00 00"}}},
		{name: "the SEL", set: []exchange{
			{"§31.6", ipmb.AddSELEntry, "0000 c0 00000000 d97e00 010203040506", "00 0900"},
			{"§31.6", ipmb.AddSELEntry, "0000 c1 00000000 d97e00 010203040506", "00 0a00"},
			{"§31.6", ipmb.AddSELEntry, "0000 c2 00000000 d97e00 010203040506", "00 0b00"},
			{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			{"§31.8", ipmb.DeleteSELEntry, "0100 0a00", "00 0a00"},
		}, shown: []reading{
			{ipmb.GetSELInfo, ""}, {ipmb.GetSELEntry, "0000 0900 00 ff"}, {ipmb.GetSELEntry, "0000 0b00 00 ff"}, {ipmb.GetSELEntry, "0000 ffff 00 ff"},
		}},
		{name: "auxiliary logs", set: []exchange{
			{"§31.13 MCA", ipmb.SetAuxiliaryLogStatus, "00 11223344 05000000", "00"},
			{"§31.13 OEM", ipmb.SetAuxiliaryLogStatus, "01 11223344 d97e00 0102030405060708", "00"},
		}, shown: []reading{{ipmb.GetAuxiliaryLogStatus, "00"}, {ipmb.GetAuxiliaryLogStatus, "01"}}},
		{name: "the UTC offset", set: []exchange{{"§31.11b", ipmb.SetSELTimeUTCOffset, "3c00", "00"}},
			shown: []reading{{ipmb.GetSELTimeUTCOffset, ""}}},
		{name: "the SDR repository", set: []exchange{
			{"§33.11", ipmb.ReserveSDRRepository, "", "00 0100"},
			{"§33.15", ipmb.DeleteSDR, "0100 0200", "00 0200"},
			{"§33.13", ipmb.AddSDR, "0000 51 c0 05 d97e00 aabb", "00 5a00"},
		}, shown: []reading{{ipmb.GetSDRRepositoryInfo, ""}, {ipmb.GetSDR, "0000 0100 00 05"}, {ipmb.GetSDR, "0000 ffff 00 ff"}}},
		{name: "FRU on a bus", set: []exchange{{"§34.3", ipmb.WriteFRUData, "00 0010 aabbcc", "00 03"}},
			shown: []reading{{ipmb.ReadFRUData, "00 0010 10"}}},
		{name: "FRU of its own", set: []exchange{{"§34.3", ipmb.WriteFRUData, "c8 fe01 aabbcc", "00 03"}},
			shown: []reading{{ipmb.ReadFRUData, "c8 fc01 10"}}},
		{name: "an EEPROM by Master Write-Read", set: []exchange{{"§22.11", ipmb.MasterWriteRead, "07 a0 00 80 55 66", "00"}},
			shown: []reading{{ipmb.MasterWriteRead, "07 a0 02 80"}, {ipmb.ReadFRUData, "01 8000 02"}}},
		{name: "DCMI", set: []exchange{
			{"DCMI §6.6.3", ipmb.SetPowerLimit, "000000 00 2c01 e8030000 0000 0500", "00 dc"},
			{"DCMI §6.6.4", ipmb.ActivateDeactivatePowerLimit, "01 0000", "00 dc"},
			{"DCMI §6.4.6.2", ipmb.SetManagementControllerIdentifierString, "00 05" + text("rack7"), "00 dc 05"},
			{"DCMI §6.1.2", ipmb.SetDCMIConfigurationParameters, "02 00 03", "00 dc"},
			{"DCMI §6.7.2", ipmb.SetThermalLimit, "40 01 20 5a 3c00", "00 dc"},
		}, shown: []reading{
			{ipmb.GetPowerLimit, "0000"}, {ipmb.GetManagementControllerIdentifierString, "00 10"},
			{ipmb.GetDCMIConfigurationParameters, "02 00"}, {ipmb.GetThermalLimit, "40 01"},
		}},
		{name: "the asset tag", set: []exchange{{"DCMI §6.4.3", ipmb.SetAssetTag, "00 06" + text("asset7"), "00 dc 06"}},
			shown: []reading{{ipmb.GetAssetTag, "00 10"}}},
		{name: "sensors, which the initialization agent sets", set: []exchange{{"§35.8", ipmb.SetSensorThresholds, "01 08 00 00 00 40 00 00", "00"}},
			absent: []reading{{ipmb.GetSensorThresholds, "01"}}},
		{name: "the event receiver", set: []exchange{{"§29.1", ipmb.SetEventReceiver, "ff 00", "00"}},
			absent: []reading{{ipmb.GetEventReceiver, ""}}},
		{name: "the global enables", set: []exchange{{"§22.1", ipmb.SetBMCGlobalEnables, "00", "00"}},
			absent: []reading{{ipmb.GetBMCGlobalEnables, ""}}},
	}
}
