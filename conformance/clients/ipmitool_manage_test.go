//go:build clients

package clients

import "testing"

// TestIpmitoolDCMI reads and sets power, temperature and identification. [DCMI §6]
func TestIpmitoolDCMI(t *testing.T) {
	t.Parallel()
	const now = "Instantaneous power reading: 362 Watts\nMinimum during sampling period: 362 Watts\n" +
		"Maximum during sampling period: 362 Watts\nAverage power reading over sample period: 362 Watts\n"
	onEachWay(t, "generic", func(t *testing.T, m *machine, way []string) {
		limits := func(state, action, limit, correction, period string) []string {
			return []string{"dcmi power get_limit", "Current Limit State: " + state + "\nException actions: " + action + "\nPower Limit: " + limit +
				" Watts\nCorrection time: " + correction + " milliseconds\nSampling period: " + period + " seconds\n"}
		}
		m.interview(t, way, interview{
			// Its words for DCMI 1.0's attributes stay empty; 20h is the BMC, whatever it says behind it.
			{"dcmi discover", "Power management available\n", "In-band KCS channel available\n", "SEL automatic rollover is not present\n512 SEL entries\n",
				"Slave address of device: 20h (8bits)", "Channel number is 0h (Primary BMC)\nDevice revision is 1\n", "Primary LAN channel number: 1 is available\n" +
					"Secondary LAN channel is not available for OOB\nNo serial channel is available\n"},
			{"dcmi power reading 5_sec", now, "Sampling period: 5_sec\n"},
			limits("No Active Power Limit", "No Action", "1000", "1000", "300"),
			{"dcmi power activate", "Power limit successfully activated"},
			limits("Power Limit Active", "No Action", "1000", "1000", "300"),
			{"dcmi power deactivate", "Power limit successfully deactivated"},
			limits("No Active Power Limit", "No Action", "1000", "1000", "300"),
			{"dcmi sensors", "Inlet: 1 temperature sensor found:\nRecord ID 0x0001: Inlet Temp | 24 degrees C | ok\n", "CPU: 2 temperature sensors found:\n",
				"CPU2 Temp | 46 degrees C | ok\n", "Baseboard: 2 temperature sensors found:\n", "PCH Temp | 44 degrees C | ok\n"},
			{"dcmi get_temp_reading", "Inlet air temperature(40h) 1 +24 C\nCPU temperature sensors(41h) 1 +48 C\nCPU temperature sensors(41h) 2 +46 C\n" +
				"Baseboard temperature sensors(42h) 1 +31 C\nBaseboard temperature sensors(42h) 2 +44 C\n"},
			{"dcmi asset_tag", "Asset tag: fakebmc\n"},
			{`dcmi set_asset_tag "rack 7, unit 12, a tag of more than sixteen"`, "Set Asset Tag: rack 7, unit 12, a tag of more than sixteen"},
			{"dcmi asset_tag", "Asset tag: rack 7, unit 12, a tag of more than sixteen\n"},
			{"fru print 0", "Product Asset Tag : rack 7, unit 12, a tag of more than sixteen\n"}, // the same bytes [DCMI §6.4.2]
			{"dcmi get_mc_id_string", "Get Management Controller Identifier String: DCMI020000000623\n"},
			{"dcmi set_mc_id_string a-controller-with-a-name", "a-controller-with-a-name"},
			{"dcmi get_mc_id_string", "Get Management Controller Identifier String: a-controller-with-a-name\n"},
			{"dcmi thermalpolicy get 0x37 1", "Hard Power Off system and log event: inactive\nLog event to SEL only: inactive\nTemperature Limit 0 degrees\n"},
			{"dcmi thermalpolicy set 0x37 1 volatile poweroff sel 45 30", "Thermal policy 1 for 37h entity successfully set."},
			{"dcmi thermalpolicy get 0x37 1", "Hard Power Off system and log event: active\nLog event to SEL only: active\nTemperature Limit 45 degrees\nException Time 30 seconds\n"},
			{"dcmi get_conf_param", "Management Controller ID String is disabled\n", "Initial timeout interval : 4 seconds\nServer contact timeout interval : 120 seconds\n" +
				"Server contact retry interval : 64 seconds\n"},
			{"dcmi set_conf_param activate_dhcp 1"},
			{"dcmi set_conf_param dhcp_config 3"},
			{"dcmi set_conf_param init 5"},
			{"dcmi set_conf_param timeout 100"},
			{"dcmi set_conf_param retry 50"},
			{"dcmi get_conf_param", "Management Controller ID String is enabled\n", "Initial timeout interval : 5 seconds\nServer contact timeout interval : 100 seconds\n" +
				"Server contact retry interval : 50 seconds\n"},
		})
		// Executed from a file, these two look behind the end of their arguments: "Invalid sample time", segmentation fault.
		m.ipmitool(t, way, "dcmi", "power", "reading").ok(t, now, "Power reading state is: activated\n")
		for _, args := range [][]string{{"limit", "500"}, {"correction", "2000"}, {"sample", "4"}, {"action", "power_off"}} {
			m.ipmitool(t, way, append([]string{"dcmi", "power", "set_limit"}, args...)...).ok(t)
		}
		m.ipmitool(t, way, "dcmi", "power", "set_limit", "limit", "5000").refused(t, "Power/Thermal limit out of range (84)")
		m.interview(t, way, interview{limits("No Active Power Limit", "Hard Power Off & Log Event to SEL", "500", "2000", "4")})
	})
}

// TestIpmitoolController asks and changes the controller itself. [IPMI 2.0 §20, §22, §27]
func TestIpmitoolController(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"mc guid", "System GUID : fa4eb3c0-0000-11ee-8000-020000000001\nGUID Encoding : IPMI\nGUID Version : Time-based\n"},
		{"mc guid dump", "System GUID : 0100000000020080EE110000C0B34EFA\n"},
		{"mc guid smbios", "System GUID : 00000001-0200-8000-ee11-0000c0b34efa\n", "Unknown"}, // another order of the bytes
		{"bmc info", "Manufacturer Name : Example Enterprise Number for Documentation Use\nProduct ID : 1571 (0x0623)\nProduct Name : Unknown (0x623)\n"},
		{"mc selftest", "Selftest: passed"},
		{"mc getenables", "Event Message Buffer : disabled\nSystem Event Logging : enabled\n"},
		// Set BMC Global Enables is for system software; ipmitool finds "nothing to change" before it would be refused.
		{"mc setenables system_event_log=off", "Nothing to change..."},
		{"mc getsysinfo primary_os_name", "Linux\n"},
		{"mc getsysinfo os_name", "Linux\n"},
		{"mc getsysinfo system_fw_version", "1.00\n"},
		{`mc setsysinfo os_name "A system with a long name"`},
		{"mc getsysinfo os_name", "A system with a long name\n"},
		{"mc getsysinfo delloem_url", "parameter not supported"}, // a vendor's
		{"mc watchdog get", "Watchdog Timer Use: BIOS FRB2 (0x01)\nWatchdog Timer Is: Stopped\nWatchdog Timer Logging: On\nWatchdog Timer Action: No action (0x00)\n" +
			"Pre-timeout interrupt: None\nPre-timeout interval: 0 seconds\nTimer Expiration Flags: None (0x00)\nInitial Countdown: 0.0 sec\n"},
		{"mc watchdog reset", "failed"}, // there is nothing to count down from: 80h [IPMI 2.0 §27.5]
		{"mc watchdog set timeout=60 use=sms action=reset pretimeout=10 int=nmi clear=frb2 nolog", "Watchdog Timer was successfully configured"},
		{"mc watchdog get", "Watchdog Timer Use: SMS/OS (0x84)\nWatchdog Timer Is: Stopped\nWatchdog Timer Logging: Off\nWatchdog Timer Action: Hard Reset (0x21)\n" +
			"Pre-timeout interrupt: NMI/Diagnostic\nPre-timeout interval: 10 seconds\n", "Initial Countdown: 60.0 sec\nPresent Countdown: 60.0 sec\n"},
		{"mc watchdog reset", "IPMI Watchdog Timer Reset - countdown restarted!"},
		{"mc watchdog get", "Watchdog Timer Use: SMS/OS (0xc4)\nWatchdog Timer Is: Started/Running\n", "Initial Countdown: 60.0 sec\n"},
		{"mc watchdog off", "Watchdog Timer Shutoff successful -- timer stopped"},
		{"mc watchdog get", "Watchdog Timer Is: Stopped\n", "Watchdog Timer Action: No action (0x00)\n"},
	})
}

// TestIpmitoolUsersAndChannels manages users, channels and sessions. This ipmitool has no setkg. [IPMI 2.0 §22]
func TestIpmitoolUsersAndChannels(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"user summary 1", "Maximum IDs : 10\nEnabled User Count : 3\nFixed Name Count : 1\n"},
		{"user set name 5 bob"},
		{"user set password 5 bobsecret 20", "Set User Password command successful (user 5)"},
		{"user enable 5"},
		{"user priv 5 3 1", "Set Privilege Level command successful (user 5)"},
		{"user test 5 20 bobsecret", "Success"},
		{"user test 5 20 wrong", "Failure: password incorrect"},
		{"user summary 1", "Enabled User Count : 4\n"},
		{"user list 1", "5 bob true false true OPERATOR\n"},
		{"channel getaccess 1 5", "User Name : bob\nFixed Name : No\nAccess Available : call-in / callback\nLink Authentication : disabled\nIPMI Messaging : enabled\n" +
			"Privilege Level : OPERATOR\nEnable Status : enabled\n"},
		// It sends B1h for "on" and for "off" of the three; so the other values are written by hand.
		{"channel setaccess 1 5 callin=off ipmi=off link=on privilege=4", "Set User Access (channel 1 id 5) successful."},
		{"channel getaccess 1 5", "Access Available : call-in / callback\nLink Authentication : enabled\nIPMI Messaging : enabled\nPrivilege Level : ADMINISTRATOR\n"},
		{"raw 0x06 0x43 0xc1 0x05 0x02 0x00"},
		{"channel getaccess 1 5", "Access Available : callback\nLink Authentication : disabled\nIPMI Messaging : disabled\nPrivilege Level : USER\n"},
		{"user disable 5"},
		{"channel getaccess 1", "Enabled User IDs : 3\n", "User ID : 2\nUser Name : admin\n", "User ID : 5\nUser Name : bob\n", "Enable Status : disabled\n", "User ID : 10\n"},
		{"channel info 1", "Channel Medium Type : 802.3 LAN\nChannel Protocol Type : IPMB-1.0\nSession Support : multi-session\nActive Session Count : 1\n"},
		{"channel authcap 1 4", "Channel supports IPMI v1.5 : yes\nChannel supports IPMI v2.0 : yes\n"},
		{"channel getciphers sol 1", "3 N/A hmac_sha1 hmac_sha1_96 aes_cbc_128\n", "17 N/A hmac_sha256 sha256_128 aes_cbc_128\n"},
		{"session info active", "session handle : 1\nslot count : 63\nactive sessions : 1\nuser id : 2\nprivilege level : ADMINISTRATOR\n", "channel number : 0x01\nconsole ip : 127.0.0.1\n"},
		{"session info handle 1", "session handle : 1\n", "user id : 2\n"},
		{"session info all", "session handle : 1\n", "session handle : 0\n"},
		{"session info id 0x00000001", "session handle : 0\n"}, // no such session
		{"channel setkg 1 plain key", "Invalid CHANNEL command: setkg"},
	})
}

// TestIpmitoolSOL configures Serial over LAN, which is RMCP+'s; TestConsoles uses it. [IPMI 2.0 §24, §26]
func TestIpmitoolSOL(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	rows := interview{
		{"sol info 1", "Set in progress : set-complete\nEnabled : true\nForce Encryption : false\nForce Authentication : false\nPrivilege Level : USER\n" +
			"Character Accumulate Level (ms) : 20\nCharacter Send Threshold : 96\nRetry Count : 7\nRetry Interval (ms) : 480\nVolatile Bit Rate (kbps) : 115.2\n" +
			"Non-Volatile Bit Rate (kbps) : 115.2\nPayload Channel : 1 (0x01)\nPayload Port : 623\n"},
	}
	for _, set := range []string{"enabled false", "enabled true", "force-encryption true", "force-authentication true", "privilege-level operator",
		"character-accumulate-level 5", "character-send-threshold 200", "retry-count 3", "retry-interval 10", "volatile-bit-rate 57.6",
		"non-volatile-bit-rate 19.2", "set-in-progress set-complete"} {
		rows = append(rows, []string{"sol set " + set + " 1"})
	}
	m.interview(t, lanplus, append(rows, interview{
		{"sol info", "Force Encryption : true\nForce Authentication : true\nPrivilege Level : OPERATOR\nCharacter Accumulate Level (ms) : 25\n" +
			"Character Send Threshold : 200\nRetry Count : 3\nRetry Interval (ms) : 100\nVolatile Bit Rate (kbps) : 57.6\nNon-Volatile Bit Rate (kbps) : 19.2\n"},
		{"sol set enabled false 1"},
		{"sol info 1", "Enabled : false\n"},
		{"sol looptest 1 20", "failed"},
		{"sol set enabled true 1"},
		{"sol payload status 1 3", "User 3 on channel 1 is enabled"},
		{"sol payload disable 1 3"},
		{"sol payload status 1 3", "User 3 on channel 1 is disabled"},
		{"sol payload enable 1 3"},
		{"sol payload status 1 3", "User 3 on channel 1 is enabled"},
		{"sol looptest 2 20", "remain loop test counter: 2\n[SOL Session operational. Use ~? for help]\nremain loop test counter: 1\n[SOL Session operational. Use ~? for help]"},
		{"sol deactivate", "Info: SOL payload already de-activated"},
	}...))
	m.ipmitool(t, lan, "sol", "looptest", "1").refused(t, "This command is only available over the lanplus interface")
}

// TestIpmitoolShell types into ipmitool's shell.
func TestIpmitoolShell(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	for _, way := range [][]string{lan, lanplus} {
		feed(t, "chassis power status\nset verbose 1\nsdr info\nexit\n", "ipmitool", append(append([]string{"-H", m.addr}, way...), "shell")...).ok(t,
			"ipmitool> chassis power status\nChassis Power is on\nipmitool>", "Record Count : 88\n")
	}
}
