//go:build clients

package clients

// settingQuirkRuns are the quirks of users, parameters, the chassis, DCMI and Serial over LAN.
var settingQuirkRuns = []quirkRun{
	{"bootflags-extra-12", "ipmi-config -D LAN_2_0 --category=chassis --checkout" + freeUser, "", "none", "Boot_Device", "session timeout", false},
	{"dcmi-power-empty", tool20 + " -C 3 dcmi power reading", "", "none", "Instantaneous power reading", "A valid DCMI command was not returned!", false},
	{"sysinfo-d4", info20 + freeUser + " --get-system-info", "", "none", "System Firmware Version", "privilege level insufficient", false},
	{"sol-size-wrong", solFree, "", "-W solpayloadsize", isThere, "BMC Implementation", true},
	{"sol-channelsupport-c1", solFree, "", "-W solchannelsupport", isThere, "BMC Error", true},
	{"sol-status-cc", solFree, "", "-W solstatus", isThere, "BMC Error", true},
	{"useraccess-needs-name", tool3 + "channel setaccess 1 5 privilege=2", "", "none", "Set User Access (channel 1 id 5) successful", "Unable to Set User Access (channel 1 id 5)", false},
	{"enable-needs-password", tool3 + "FLAGS user enable 5; " + tool3 + "user list 1", "", "none", "ADMINISTRATOR", "Set User Password command failed (user 5)", true},
	{"username-dup-refused", tool3 + "user set name 5 new; " + tool3 + "user set name 5 new", "", "none", "", "Set User Name command failed (user 5, name new)", false},
	{"redundant-enable-refused", tool3 + "user enable 5; " + tool3 + "user enable 5", "", "none", "", "Set User Password command failed (user 5)", false},
	{"password-policy", tool3 + "user set password 5 secret", "", "none", "Set User Password command successful (user 5)", "IPMI command failed: Unknown (0x8F)", false},
	{"priv-reserved-default", tool3 + "user list 1", "", "none", "NO ACCESS", "Unknown (0x00)", true},
	{"setpw-needs-password", tool3 + "raw 6 0x47 5 1", "", "none", "", "rsp=0xc7", false},
	{"slow-commit", "for i in 5 6 7; do " + tool3 + "user set name $i u$i; done", "", "none", "", "Set User Name command failed (user 7, name u7): Node busy", false},
	{"readonly-as-d5", tool3 + "raw 0xc 1 1 22 0 || true", "", "none", "rsp=0x82", "rsp=0xd5", true},
	{"wrong-selector-echo", tool3 + "lan alert print 1 1", "", "none", "Alert Destination : 1", "Alert Destination : 0", true},
	{"cipher-list-1-16", tool3 + "lan print 1", "", "none", "RMCP+ Cipher Suites : 0,1,2,3", "RMCP+ Cipher Suites : 1,2,3,4", true},
	{"cipher-priv-short", tool3 + "lan print 1", "", "none", "Cipher Suite Priv Max : ", "Cipher Suite Priv Max : Not Available", true},
	{"chassis-status-c1-once", tool3 + "chassis power status", "", "none", "Chassis Power is on", "Get Chassis Power Status failed: Invalid command", false},
	{"guid-byte-order", info20 + freeUser + " --get-system-guid", "", "-W guidformat", "fa4eb3c0-0000-11ee-8000-020000000001", "01000000-0002-0080-11ee-0000fa4eb3c0", true},
	{"manufacturer-47488", info20 + freeUser + deviceID, "", "none", idOfFree, "(47488)", true},
	{"watchdog-flag-stuck", tool3 + "raw 6 0x24 4 0 0 0 0xff 0xff; " + tool3 + "mc watchdog reset; " + tool3 + "mc watchdog get", "", "none", "Watchdog Timer Is: Started", "Watchdog Timer Is: Stopped", true},
	{"dcmi-advertised-missing", tool3 + "dcmi power reading", "", "none", "Instantaneous power reading", "DCMI request failed because: Invalid command", false},
	{"dcmi-advertised-missing", dcmi + " --get-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-no-enhanced", dcmi + " --get-enhanced-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-asset-no-length", dcmi + " --set-asset-tag=abc", "", "none", "", "ipmi_cmd_dcmi_set_asset_tag: internal IPMI error", false},
	{"sol-ack-zero", solTool, "", "none", "[SOL Session operational", "abcabcabc", true},
	{"sol-always-active", solFree, "", "none", isThere, "SOL in use", true},
}
