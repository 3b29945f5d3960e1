//go:build clients

package clients

const (
	sel      = "ipmi-sel -D LAN_2_0 -Q --sdr-cache-directory=." + freeUser
	inv      = "ipmi-fru -D LAN_2_0 -Q --device-id=0 --sdr-cache-directory=." + freeUser
	dcmi     = "ipmi-dcmi -D LAN_2_0" + freeUser
	tool3    = tool20 + " -C 3 "
	cleared  = "Log Area Reset/Cleared"
	fruError = "ipmi_fru_read_data_area: internal IPMI error"
	badSum   = "chassis info area checksum invalid"
	solTool  = `(sleep 2; printf abc; sleep 2; printf "\n~.") | timeout 8 script -qec "` + tool3 + `FLAGS sol activate" /dev/null`
	oneList  = "Inlet Temp | 24 degrees C | ok"
)

// storeQuirkRuns are the quirks of records, sensors, inventories and settings.
var storeQuirkRuns = []quirkRun{
	{"sdr-id-mismatch", sensors + freeUser, "", "none", inlet, "257 | Inlet Temp", true},
	{"sdr-id-mismatch", tool3 + "sdr list", "", "none", oneList, "ipmi_sdr_get_record() failed", false},
	{"sdr-info-d4", tool3 + "sdr list", "", "none", oneList, "Error obtaining SDR info: Insufficient privilege level", false},
	{"sdr-info-d4", sensors + freeUser, "", "none", inlet, "internal IPMI error", false},
	{"sdr-max-read-silent", sensors + freeUser, "", "none", inlet, "internal IPMI error", false},
	{"sdr-lost-length", tool3 + "sdr list", "", "none", oneList, "ipmi_sdr_get_record() failed", false},
	{"owner-software-id", sensors + freeUser, "", "none", inlet, "1 | Inlet Temp | Temperature | N/A | C", true},
	{"thresholds-c9", tool3 + "sensor get 'Inlet Temp'", "", "none", "Upper Critical : 47.000", "Sensor Threshold Settings not available", true},
	{"threshold-bits-wrong", sensors + freeUser, "", "none", inlet + " | 'OK'", inlet + " | 'At or Above (>=) Upper Non-Critical Threshold'", true},
	{"threshold-bits-wrong", tool3 + "sensor list", "", "none", "Inlet Temp | 24.000 | degrees C | ok", "Inlet Temp | 24.000 | degrees C | nc", true},

	{"sel-id-mismatch", sel, "", "none", "1 | ", "257 | ", true},
	{"sel-preinit-timestamps", tool3 + "sel list", "", "none", "Event Logging Disabled", "Pre-Init", true},
	{"sel-preinit-timestamps", sel, "", "none", cleared, "PostInit", true},
	{"sel-delete-claimed", tool3 + "sel delete 1", "", "none", "Deleted entry 1", "Unable to delete entry 1: Invalid command", false},
	{"sel-sensor-not-in-sdr", sel, "", "none", "SEL | Event Logging Disabled", "Sensor #254 | Event Logging Disabled", true},
	{"sel-direction-wrong", tool3 + "sel list", "", "none", "Upper Non-critical going high | Deasserted", "Power Supply AC lost | Asserted", true},
	{"sel-time-unset", tool3 + "sel time get", "", "none", " UTC", "Get SEL Time command failed: Invalid command", true},

	{"fru-max-read", inv, "", "none", "FRU Chassis Type", fruError, false},
	{"fru-max-read-ff", inv, "", "none", "FRU Chassis Type", fruError, false},
	{"fru-max-read-ff", tool3 + "fru print 0", "", "none", "Board Mfg", "FRU Read failed: Unspecified error", true},
	{"fru-max-read-silent", inv, "", "none", "FRU Chassis Type", fruError, false},
	{"fru-ff-text", inv, "", "-W skipchecks", "FRU Chassis Type: Rack Mount Chassis", badSum, true},
	{"fru-early-c1", inv, "", "-W skipchecks", "FRU Chassis Type: Rack Mount Chassis", badSum, true},
	{"fru-write-protected", tool3 + "fru edit 0 field c 0 CH-2U-02 && " + tool3 + "fru print 0", "", "none", "Chassis Part Number : CH-2U-02", "Chassis Part Number : CH-2U-01", true},

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
	{"selftest-c1", tool3 + "mc selftest", "", "none", "Selftest: passed", "Bad response: (Invalid command)", false},
	{"watchdog-flag-stuck", tool3 + "raw 6 0x24 4 0 0 0 0xff 0xff; " + tool3 + "mc watchdog reset; " + tool3 + "mc watchdog get", "", "none", "Watchdog Timer Is: Started", "Watchdog Timer Is: Stopped", true},
	{"dcmi-advertised-missing", tool3 + "dcmi power reading", "", "none", "Instantaneous power reading", "DCMI request failed because: Invalid command", false},
	{"dcmi-advertised-missing", dcmi + " --get-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-no-enhanced", dcmi + " --get-enhanced-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-asset-no-length", dcmi + " --set-asset-tag=abc", "", "none", "", "ipmi_cmd_dcmi_set_asset_tag: internal IPMI error", false},

	{"sol-ack-zero", solTool, "", "none", "[SOL Session operational", "abcabcabc", true},
	{"sol-always-active", solFree, "", "none", isThere, "SOL in use", true},
}

// withoutStores are those of them that no client of the list stumbles over.
var withoutStores = []string{
	"dcmi-v10-body", "devid-no-aux", "devsdr-flag-wrong", "event-enable-scan-bit", "lan-param-unsupported-cc",
	"lan-param-unsupported-empty", "mac-write-ignored", "sdr-count-high", "sdr-excess-bytes", "sdr-header-only-read",
	"sdr-invalid-entity", "sdr-short-full-read", "sel-generator-shift", "sel-next-zero", "sensor-illegal-state", "sensor-no-state",
	"sol-capacity-0", "sol-port-swapped", "sysinfo-c1", "sysinfo-empty", "watchdog-empty",
}
