//go:build clients

package clients

// More programs with the user and the machine's address, and pieces of commands.
const (
	coreConf = "ipmi-config -D LAN_2_0" + freeUser + " --category=core"
	pefConf  = "ipmi-config -D LAN_2_0" + freeUser + " --category=pef"
	device   = "bmc-device -D LAN_2_0" + freeUser
	sysInfo  = info20 + freeUser + " --get-system-info"
	reset    = tool3 + "mc reset cold >/dev/null; sleep 3"
	// named5 is a line of a configuration file, for user 5.
	named5 = `Username bob\n`
	// lanParameters lets OpenIPMI read the parameters of channel 1; it must not be fed faster than it works.
	lanParameters = "(echo 'domain open bmc -noall lan -U admin -P password -A rmcp+ HOST'; sleep 1.5; echo 'lanparm new bmc(0.20) 1'; " +
		"sleep .5; echo 'lanparm config get bmc.0'; sleep 1; echo exit) | timeout 9 openipmish"
	pefParameters = "(echo 'domain open bmc -noall lan -U admin -P password -A rmcp+ HOST'; sleep 1.5; echo 'pef new bmc(0.20)'; " +
		"sleep .5; echo 'pef config get bmc.0'; sleep 2; echo exit) | timeout 9 openipmish 2>&1 | cat"
	petOf = "status() { timeout 4 ipmi-pet -D LAN_2_0 -h HOST -u admin -p password --pet-acknowledge FLAGS 65801 " +
		"0x41 0x07 0x01 0x01 0xfa 0x4e 0xb3 0xc0 0x00 0x00 0x11 0xee 0x80 0x00 0x02 0x00 0x00 0x00 0x00 0x01 0x00 0x01 0x00 0x00 0x00 0x00 0xff 0xff " +
		"0x20 0x20 0x02 0x20 0x00 0x01 0x37 0x01 0x57 0x2a 0x2b 0x00 0x00 0x00 0x00 0x00 0x19 0x00 0x00 0x7e 0xd9 0x06 0x23; " +
		"echo status $?; }; status"
)

// commit writes one section of a configuration with ipmi-config; lines end with \n, as printf knows it.
func commit(program, section, lines string) string {
	return `printf 'Section ` + section + `\n` + lines + `EndSection\n' >config; ` + program + " --commit -n config"
}

// checkout shows the keys of a section that begin so.
func checkout(program, section, keys string) string {
	return program + " --checkout -S " + section + " | grep -E '^\t(## )?" + keys + "'"
}

// settingQuirkRuns are the quirks of users, parameters, the chassis and DCMI.
var settingQuirkRuns = []quirkRun{
	{"setpw-needs-password", tool3 + "raw 6 0x47 5 1", "", "none", "", "rsp=0xc7", false},
	{"setpw-needs-password", commit(coreConf, "User5", named5+`Enable_User Yes\n`) + "; " + tool3 + "channel getaccess 1 5", "", "survives", "Enable Status : enabled", "", false},
	{"enable-needs-password", tool3 + "FLAGS user enable 5; " + tool3 + "user list 1", "", "none", "ADMINISTRATOR", "Set User Password command failed (user 5)", true},
	{"enable-needs-password", commit(coreConf, "User5", named5+`FLAGSEnable_User Yes\n`), "", `Password secret\n`, "", "Failed to commit `User5:Enable_User': Invalid/Unsupported Config", false},
	{"username-cc-when-empty", tool3 + "user list 1", "", "survives", "4 user true true true USER\n5 true false true NO ACCESS", "", false},
	{"username-cc-when-empty", checkout(coreConf, "User5", ""), "", "survives", "Lan_Privilege_Limit No_Access", "Username <username-not-set-yet>", false},
	{"username-cc-when-empty", pyghmi + "'sorted(bmc.get_users())'", "", "survives", "[2, 3, 4]", "", false},
	{"useraccess-needs-name", tool3 + "channel setaccess 1 5 privilege=2", "", "none", "Set User Access (channel 1 id 5) successful", "Unable to Set User Access (channel 1 id 5)", false},
	{"useraccess-needs-name", commit(coreConf, "User5", `FLAGSLan_Privilege_Limit User\n`), "", named5, "", "Failed to commit `User5:Lan_Privilege_Limit': Invalid/Unsupported Config", false},
	{"username-dup-refused", tool3 + "user set name 5 new; " + tool3 + "user set name 5 new", "", "none", "", "Set User Name command failed (user 5, name new)", false},
	{"username-dup-refused", commit(coreConf, "User5", named5) + " && " + coreConf + " --commit -n config && " + checkout(coreConf, "User5", "Username"), "", "survives", "Username bob", "", false},
	{"username-ff", tool3 + "raw 6 0x45 5 FLAGS; " + tool3 + "mc guid", ffs, zeros, guidTool, "Unable to establish IPMI v2 / RMCP+ session", false},
	{"user1-immutable", tool3 + "user disable 1", "", "none", "", "Set User Password command failed (user 1)", false},
	{"user1-immutable", commit(coreConf, "User1", `Lan_Privilege_Limit User\n`), "", "none", "", "Failed to commit `User1:Lan_Privilege_Limit': Invalid/Unsupported Config", false},
	{"user1-immutable", pyghmi + "'bmc.set_user_access(1, 1, privilege_level=\"user\")'", "", "none", "True", "Exception: Invalid data field in request", false},
	{"default-name-immutable", tool3 + "user set name 2 boss", "", "none", "", "Set User Name command failed (user 2, name boss): Invalid data field in request", false},
	{"default-name-immutable", commit(coreConf, "User2", `Username boss\n`), "", "none", "", "Failed to commit `User2:Username': Invalid/Unsupported Config", false},
	{"default-name-immutable", pyghmi + "'bmc.set_user_name(2, \"boss\")'", "", "none", "True", "IpmiException: Invalid data field in request", false},
	{"redundant-enable-refused", tool3 + "user enable 5; " + tool3 + "user enable 5", "", "none", "", "Set User Password command failed (user 5)", false},
	{"redundant-enable-refused", pyghmi + "'bmc.disable_user(5, \"enable\"), bmc.disable_user(5, \"enable\")'", "", "survives", "(True, True)", "", false},
	{"password-policy", tool3 + "user set password 5 secret", "", "none", "Set User Password command successful (user 5)", "IPMI command failed: Unknown (0x8F)", false},
	{"password-policy", commit(coreConf, "User5", `Password secret\n`), "", "none", "", "Failed to commit `User5:Password'", false},
	{"password-policy", pyghmi + "'bmc.set_user_password(5, \"set_password\", \"secret\")'", "", "none", "True", "IpmiException: Unknown code 0x8f encountered", false},
	{"priv-reserved-default", tool3 + "user list 1", "", "none", "NO ACCESS", "Unknown (0x00)", true},
	{"priv-reserved-default", commit(coreConf, "User5", `Lan_Enable_IPMI_Msgs No\nFLAGS`), "", `Lan_Privilege_Limit User\n`, "", "ipmi_cmd_set_user_access: invalid parameters", false},
	{"slow-commit", "for i in 5 6; do " + tool3 + "user set name $i u$i; done", "", "none", "", "Set User Name command failed (user 6, name u6): Node busy", false},
	{"slow-commit", commit("ipmi-config -D LAN_2_0 -h HOST -u admin -p password --category=core", "Lan_Conf", `Subnet_Mask 255.255.0.0\nDefault_Gateway_IP_Address 192.0.2.7\n`), "", "-W veryslowcommit", "", "Failed to commit `Lan_Conf:Default_Gateway_IP_Address'", false},
	{"slow-commit", pyghmi + "'bmc.create_user(5, \"bob\", \"secretpw1\")'", "", "none", "True", "IpmiException: Node Busy", false},

	{"slow-commit-lost", "for i in 5 6; do " + tool3 + "user set name $i u$i; done; " + tool3 + "user list 1", "", "none", "\n6 u6 true", "\n5 u5 true false true NO ACCESS\n6 true false true NO ACCESS", true},
	{"slow-commit-lost", commit("ipmi-config -D LAN_2_0 -h HOST -u admin -p password --category=core", "Lan_Conf", `Subnet_Mask 255.255.0.0\nDefault_Gateway_IP_Address 192.0.2.7\n`) + " FLAGS; " + checkout(coreConf, "Lan_Conf", "Default"),
		"", "-W veryslowcommit", "Default_Gateway_IP_Address 192.0.2.7", "Default_Gateway_IP_Address 192.0.2.1", true},

	{"lan-set-ff", tool3 + "lan set 1 netmask 255.255.0.0 && " + tool3 + "lan print 1", "", "survives", "Subnet Mask : 255.255.0.0", "", false},
	{"lan-set-ff", commit(coreConf, "Lan_Conf", `Subnet_Mask 255.255.0.0\n`) + "; " + checkout(coreConf, "Lan_Conf", "Subnet"), "", "none", "Subnet_Mask 255.255.0.0", "Failed to commit `Lan_Conf:Subnet_Mask'\nSubnet_Mask 255.255.0.0", true},
	{"lan-set-slow", tool3 + "lan set 1 netmask 255.255.0.0 && " + tool3 + "lan print 1", "", "survives", "Subnet Mask : 255.255.0.0", "", false},
	{"lan-set-slow", commit(coreConf, "Lan_Conf", `Subnet_Mask 255.255.0.0\n`) + "; sleep FLAGS; " + checkout(coreConf, "Lan_Conf", "Subnet"), "0", "3.5", "Subnet_Mask 255.255.0.0", "Subnet_Mask 255.255.255.0", true},
	{"lan-set-needs-reset", tool3 + "raw 0xc 1 1 6 255 255 0 0; FLAGS; " + tool3 + "lan print 1", ":", reset, "Subnet Mask : 255.255.0.0", "Subnet Mask : 255.255.255.0", true},
	{"lan-set-needs-reset", commit(coreConf, "Lan_Conf", `Subnet_Mask 255.255.0.0\n`) + "; FLAGS; " + checkout(coreConf, "Lan_Conf", "Subnet"), ":", device + " --cold-reset; sleep 3", "Subnet_Mask 255.255.0.0", "Subnet_Mask 255.255.255.0", true},
	{"lan-set-cc-then-ok", tool3 + "lan set 1 netmask 255.255.0.0 && " + tool3 + "lan print 1", "", "survives", "Subnet Mask : 255.255.0.0", "", false},
	{"lan-set-cc-then-ok", commit(coreConf, "Lan_Conf", `Subnet_Mask 255.255.0.0\n`), "", "none", "", "Failed to commit `Lan_Conf:Subnet_Mask': Invalid/Unsupported Config", false},
	{"lan-param-unsupported-cc", tool3 + "lan print 1", "", "none", "02:00:00:00:00:01\nBackup Gateway IP : 0.0.0.0", "02:00:00:00:00:01\n802.1q VLAN ID : Disabled", true},
	{"lan-param-unsupported-cc", checkout(coreConf, "Lan_Conf", ""), "", "none", "Backup_Gateway_IP_Address 0.0.0.0", "Default_Gateway_MAC_Address 02:00:00:00:00:01", true},
	{"lan-param-unsupported-cc", lanParameters, "", "none", "02:00:00:00:00:01\nbackup_gateway_ip_addr: 0.0.0.0", "02:00:00:00:00:01\ncommunity_string: public", true},
	{"lan-param-unsupported-empty", tool3 + "lan print 1", "", "survives", "Default Gateway MAC : 02:00:00:00:00:01\nBackup Gateway IP : ", "", false},
	{"lan-param-unsupported-empty", coreConf + " --checkout -S Lan_Conf", "", "none", "Backup_Gateway_IP_Address 0.0.0.0", "ipmi_cmd_get_lan_configuration_parameters_backup_gateway_address: internal IPMI error", false},
	{"lan-param-unsupported-empty", lanParameters, "", "none", "02:00:00:00:00:01\nbackup_gateway_ip_addr: 0.0.0.0", "02:00:00:00:00:01\ncommunity_string: public", true},
	{"readonly-as-d5", tool3 + "raw 0xc 1 1 22 0 || true", "", "none", "rsp=0x82", "rsp=0xd5", true},
	{"readonly-as-80", tool3 + "raw 0xc 1 1 22 0 || true", "", "none", "rsp=0x82", "rsp=0x80", true},
	{"wrong-selector-echo", tool3 + "lan alert print 1 1", "", "none", "Alert Destination : 1", "Alert Destination : 0", true},
	{"wrong-selector-echo", lanParameters, "", "survives", "num_alert_destinations: 5", "Error fetching dest addr 19, wrong selector came back, expecting 0, was 1. Assuming it is 0.", false},
	{"cipher-list-1-16", tool3 + "lan print 1", "", "none", "RMCP+ Cipher Suites : 0,1,2,3", "RMCP+ Cipher Suites : 1,2,3,4", true},
	{"cipher-list-1-16", checkout(coreConf, "Rmcpplus_Conf_Privilege", "Max"), "", "none", "Cipher_Suite_Id_3 Administrator\nMaximum_Privilege_Cipher_Suite_Id_6", "Cipher_Suite_Id_14 Unused\nMaximum_Privilege_Cipher_Suite_Id_15", true},
	{"cipher-priv-short", tool3 + "lan print 1", "", "none", "Cipher Suite Priv Max : ", "Cipher Suite Priv Max : Not Available", true},
	{"cipher-priv-short", checkout(coreConf, "Rmcpplus_Conf_Privilege", "Max"), "", "none", "\nMaximum_Privilege_Cipher_Suite_Id_11 Administrator", "\n## Maximum_Privilege_Cipher_Suite_Id_11", true},
	{"mac-write-ignored", "timeout 4 " + tool3 + "lan set 1 macaddr 02:00:00:00:00:09; " + tool3 + "lan print 1", "", "none", "\nMAC Address : 02:00:00:00:00:09", "\nMAC Address : 02:00:00:00:06:23", true},
	{"gateway-changes-with-netmask", tool3 + "lan set 1 netmask 255.255.0.0; " + tool3 + "lan print 1", "", "none", "Default Gateway IP : 192.0.2.1\n", "Default Gateway IP : 255.255.0.0\n", true},
	{"gateway-changes-with-netmask", commit(coreConf, "Lan_Conf", `Subnet_Mask 255.255.0.0\n`) + "; " + checkout(coreConf, "Lan_Conf", "Default"), "", "none", "Default_Gateway_IP_Address 192.0.2.1\n", "Default_Gateway_IP_Address 255.255.0.0\n", true},
	{"channel-access-nv-writes-both", tool3 + "raw 6 0x40 1 0x62 0x44; " + tool3 + "channel info 1", "", "none", "Volatile(active) Settings\nAlerting : enabled", "Volatile(active) Settings\nAlerting : disabled", true},
	{"channel-access-nv-writes-both", commit(coreConf, "Lan_Channel", `Non_Volatile_Enable_Pef_Alerting No\n`) + "; " + checkout(coreConf, "Lan_Channel", "Volatile_Enable_Pef"), "", "none", "Volatile_Enable_Pef_Alerting Yes", "Volatile_Enable_Pef_Alerting No", true},
	{"pef-piecemeal-cc", commit(pefConf, "Alert_Policy_2", `FLAGSPolicy_Number 2\n`), "", `Policy_Enabled Yes\nPolicy_Type Always_Send_To_This_Destination\nChannel_Number 1\nDestination_Selector 1\n`, "", "Failed to commit `Alert_Policy_2:Policy_Number': Invalid/Unsupported Config", false},
	{"pef-piecemeal-cc", tool3 + "raw 4 0x12 9 FLAGS", "2 0x20 0 0", "2 0x28 0x11 0", "", "rsp=0xcc", false},
	{"pef-selector-echo", pefParameters, "", "none", "pef_enabled: true", "Error fetching eft 6, wrong selector came back, expecting 1, was 0", true},
	{"pef-selector-echo", checkout(pefConf, "Event_Filter_1", "Filter"), "", "survives", "Filter_Type Manufacturer_Pre_Configured", "", false},
	{"pet-ack-malformed", petOf, "", "-W malformedack", "status 0", "status 124", true},

	{"bootflags-extra-12", "ipmi-config -D LAN_2_0 --category=chassis --checkout" + freeUser, "", "none", "Boot_Device", "session timeout", false},
	{"bootflags-extra-12", tool3 + "chassis bootparam get 5", "", "survives", "- Boot Flag Invalid", "", false},
	{"bootflags-extra-12", pyghmi + "'bmc.get_bootdev()'", "", "survives", "'bootdev': 'default'", "", false},
	{"chassis-status-c1-once", tool3 + "chassis power status", "", "none", "Chassis Power is on", "Get Chassis Power Status failed: Invalid command", false},
	{"chassis-status-c1-once", "ipmiutil health" + utilHost, "", "none", "chassis_power = on", "Cannot do get_chassis_status, ret = 193", false},
	{"chassis-status-c1-once", pyghmi + "'bmc.get_power()'", "", "none", "{'powerstate': 'on'}", "IpmiException: Invalid command", false},
	{"no-power-state", "ipmiutil health" + utilHost, "", "none", "Power State = 00", "ipmi_getpowerstate error, ret = 193", true},
	{"no-power-state", device + " --get-acpi-power-state", "", "none", "ACPI System Power State : S0/G0", "ipmi_cmd_get_acpi_power_state: command invalid or unsupported", false},
	{"sysinfo-d4", sysInfo, "", "none", "System Firmware Version", "privilege level insufficient", false},
	{"sysinfo-c1", sysInfo + "; echo done", "", "none", "System Firmware Version : 1.00", "done", true},
	{"sysinfo-empty", sysInfo, "", "none", "System Firmware Version : 1.00", "System Firmware Version :\nSystem Name :\n", true},
	{"guid-byte-order", info20 + freeUser + " --get-system-guid", "", "-W guidformat", "fa4eb3c0-0000-11ee-8000-020000000001", "01000000-0002-0080-11ee-0000fa4eb3c0", true},
	{"guid-byte-order", tool3 + "mc guid", "", "survives", "System GUID : fa4eb3c0-0000-11ee-8000-020000000001", "GUID Encoding : SMBIOS (WARNING: IPMI Specification violation!)", false},
	{"guid-rfc4122", info20 + freeUser + " --get-system-guid", "", "none", "fa4eb3c0-0000-11ee-8000-020000000001", "01000000-0002-0080-ee11-0000c0b34efa", true},
	{"guid-rfc4122", tool3 + "mc guid", "", "survives", "System GUID : fa4eb3c0-0000-11ee-8000-020000000001", "GUID Encoding : RFC4122 (WARNING: IPMI Specification violation!)", false},
	{"manufacturer-47488", info20 + freeUser + deviceID, "", "none", idOfFree, "(47488)", true},
	{"manufacturer-47488", tool3 + "mc info", "", "none", "Manufacturer ID : 32473", "Manufacturer Name : Nedam ENG. Co., ltd.", true},
	{"manufacturer-47488", "ipmiutil health" + utilHost, "", "none", "BMC manufacturer = 007ed9", "BMC manufacturer = 00b980 (xSuperMicro)", true},
	{"identity-supermicro", tool3 + "mc info", "", "none", "Manufacturer ID : 32473", "Manufacturer Name : Super Micro Computer Inc.", true},
	{"identity-supermicro", info20 + freeUser, "", "none", "(32473)", "Super Micro Computer Inc. (10876)", true},
	{"identity-supermicro", "ipmiutil health" + utilHost, "", "survives", "chassis_power = on", "", false},
	{"dcmi-no-enhanced", dcmi + " --get-dcmi-capability-info", "", "none", "Available Rolling Average Time Period : 5 Seconds", "ipmi_cmd_dcmi_get_dcmi_capability_info_enhanced_system_power_statistics_attributes: ", false},
	{"identity-lenovo", tool3 + "mc info", "", "none", "Manufacturer ID : 32473", "Manufacturer Name : Lenovo Enterprise Business Group", true},
	{"identity-lenovo", pyghmi + "'bmc.get_firmware()'", "", "survives", "'BMC Version', {'version': '1.0'}", "", false},
	{"devid-no-aux", tool3 + "mc info", "", "survives", "Firmware Revision : 1.00", "", false},
	{"devid-no-aux", info20 + freeUser + deviceID, "", "survives", idOfFree, "", false},
	{"devid-short", tool3 + "mc info", "", "survives", "Device ID : 32", "", false},
	{"devid-short", pyghmi + "'list(bmc.get_inventory())'", "", "none", "System", "error: pack expected 3 items for packing", false},
	{"devid-short", lanParameters, "", "none", "Any Connection Up: true", "Any Connection Up: false\nError: 22", true},
	{"selftest-c1", tool3 + "mc selftest", "", "none", "Selftest: passed", "Bad response: (Invalid command)", false},
	{"watchdog-flag-stuck", tool3 + "raw 6 0x24 4 0 0 0 0xff 0xff; " + tool3 + "mc watchdog reset; " + tool3 + "mc watchdog get", "", "none", "Watchdog Timer Is: Started", "Watchdog Timer Is: Stopped", true},
	{"watchdog-empty", tool3 + "mc watchdog get", "", "none", "Watchdog Timer Use: BIOS FRB2 (0x01)", "Watchdog Timer Use: ", true},
	{"watchdog-empty", "ipmiutil wdt" + utilHost, "", "none", "wdt data: 01 00 00", "wdt data: 00 00 00", true},

	{"dcmi-power-empty", tool3 + "dcmi power reading", "", "none", "Instantaneous power reading", "A valid DCMI command was not returned!", false},
	{"dcmi-power-empty", dcmi + " --get-system-power-statistics", "", "none", "Current Power", "ipmi_cmd_dcmi_get_power_reading: internal IPMI error", false},
	{"dcmi-advertised-missing", tool3 + "dcmi power reading", "", "none", "Instantaneous power reading", "DCMI request failed because: Invalid command", false},
	{"dcmi-advertised-missing", dcmi + " --get-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-v10-body", tool3 + "dcmi discover", "", "survives", "Power management available", "Identification support available", false},
	{"dcmi-v10-body", dcmi + " --get-dcmi-capability-info", "", "survives", "DCMI Specification Conformance : 1.5", "", false},
	{"dcmi-no-enhanced", dcmi + " --get-enhanced-system-power-statistics", "", "none", "Current Power", "command invalid or unsupported", false},
	{"dcmi-asset-no-length", dcmi + " --set-asset-tag=abc", "", "none", "", "ipmi_cmd_dcmi_set_asset_tag: internal IPMI error", false},
	{"dcmi-asset-no-length", tool3 + "dcmi set_asset_tag abc", "", "survives", "Set Asset Tag: abc", "", false},
}

// ffs and zeros are a user's name.
const (
	ffs   = "0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff"
	zeros = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"
)
