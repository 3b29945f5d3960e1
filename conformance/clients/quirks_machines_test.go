//go:build clients

package clients

const (
	raw     = tool3 + "FLAGS raw "
	anyCode = " 2>&1; true"
)

// machineQuirkRuns are the quirks that built-in machines have of the simulators and machines that they stand for.
var machineQuirkRuns = []quirkRun{
	{"restart-cause-for-boot-options", tool3 + "chassis bootparam get 5", "", "none", "Boot parameter 5 is valid/unlocked", "Boot parameter 0 is valid/unlocked", true},
	{"restart-cause-for-boot-options", "ipmi-config -D LAN_2_0 --category=chassis --checkout" + freeUser, "", "none", "Boot_Device NO-OVERRIDE", "Section Chassis_Power_Conf", true},
	{"fru-short-requests", raw + "0x0a 0x11 0 0 0" + anyCode, "", "none", "rsp=0xc7", "00", true},
	{"watchdog-cycle-as-power-down", tool3 + "raw 6 0x24 4 3 0 0 1 0; " + tool3 + "raw 6 0x22; sleep 1; " + tool3 + "FLAGS sdr get Watchdog", "", "none", "[Power cycle]", "[Power down]", true},
	{"sel-clear-dates-sdr", tool3 + "sel clear; " + tool3 + "FLAGS sel info", "", "none", " UTC", "Last Del Time : Not Available", true},
	{"rearm-selected-ignored", raw + "0x04 0x2a 1 0x80 0 0", "", "survives", "", "", false},
	{"sensor-states-hidden", raw + "0x04 0x2d 0x50", "", "none", "00 c0 01 80", "00 c0 00 80", true},
	{"sensor-states-hidden", sensors + freeUser, "", "none", "PSU1 Status | Power Supply | N/A | N/A | 'Presence detected'", "PSU1 Status | Power Supply | N/A | N/A | 'OK'", true},
	{"long-requests-accepted", raw + "0x06 0x01 0xff" + anyCode, "", "none", "rsp=0xc7", "20 01", true},
	{"sel-read-beyond-refused", raw + "0x0a 0x43 0 0 0 0 0 17" + anyCode, "", "none", "02 00 01 00 02", "rsp=0xcc", true},
	{"sdr-last-id-unknown", raw + "0x0a 0x23 0 0 0xff 0xff 0 5" + anyCode, "", "none", "ff ff", "rsp=0xcb", true},
	{"chassis-status-short", tool3 + "chassis status", "", "none", "Power Restore Policy : previous", "Power Restore Policy : always-off", true},
	{"sensor-unavailable-cc", tool3 + "power off; sleep 1; " + raw + "0x04 0x2d 4" + anyCode, "", "none", " e0", "rsp=0xcb", true},
	{"absent-channel-cb", raw + "0x06 0x42 7" + anyCode, "", "none", "rsp=0xcc", "rsp=0xcb", true},
	{"suite-privileges-by-position", tool3 + "lan print", "", "none", "Cipher Suite Priv Max : aaaaaaaaaaaaXXX", "Cipher Suite Priv Max : XXXaXXXXXXXaXXX", true},
	{"identify-state-reserved", "ipmi-chassis -D LAN_2_0 --get-chassis-status" + freeUser, "", "none", "Chassis Identify state : off", "Chassis Identify state : unknown", true},
	{"identify-state-reserved", tool3 + "chassis status", "", "survives", "System Power : on", "", false},
}
