//go:build clients

package clients

import "testing"

// TestIpmitoolLAN reads and writes the configuration of the network. [IPMI 2.0 §23.1, §23.2]
func TestIpmitoolLAN(t *testing.T) {
	t.Parallel()
	const all = "MD2 MD5 PASSWORD\n"
	interviewOnEachWay(t, "generic", interview{
		{"lan print", "Set in Progress : Set Complete\nAuth Type Support : " + all + "Auth Type Enable : Callback : " + all + ": User : " + all +
			": Operator : " + all + ": Admin : " + all + ": OEM : " + all +
			"IP Address Source : Static Address\nIP Address : 192.0.2.10\nSubnet Mask : 255.255.255.0\nMAC Address : 02:00:00:00:06:23\n" +
			"SNMP Community String : public\nIP Header : TTL=0x40 Flags=0x40 Precedence=0x00 TOS=0x10\n" +
			"BMC ARP Control : ARP Responses Enabled, Gratuitous ARP Disabled\nGratituous ARP Intrvl : 2.0 seconds\n" +
			"Default Gateway IP : 192.0.2.1\nDefault Gateway MAC : 02:00:00:00:00:01\nBackup Gateway IP : 0.0.0.0\nBackup Gateway MAC : 00:00:00:00:00:00\n" +
			"802.1q VLAN ID : Disabled\n802.1q VLAN Priority : 0\nRMCP+ Cipher Suites : 0,1,2,3,6,7,8,11,12,15,16,17\nCipher Suite Priv Max : uaaauaaaaaaaXXX\n",
			"Bad Password Threshold : 0\nInvalid password disable: no\nAttempt Count Reset Int.: 0\nUser Lockout Interval : 0\n"},
		{"lan set 1 ipaddr 192.0.2.77", "Setting LAN IP Address to 192.0.2.77"},
		{"lan set 1 netmask 255.255.0.0", "Setting LAN Subnet Mask to 255.255.0.0"},
		{"lan set 1 macaddr 02:00:00:00:00:77", "Setting LAN MAC Address to 02:00:00:00:00:77"},
		{"lan set 1 defgw ipaddr 192.0.2.254", "Setting LAN Default Gateway IP to 192.0.2.254"},
		{"lan set 1 defgw macaddr 02:00:00:00:00:fe", "Setting LAN Default Gateway MAC to 02:00:00:00:00:fe"},
		{"lan set 1 bakgw ipaddr 192.0.2.253", "Setting LAN Backup Gateway IP to 192.0.2.253"},
		{"lan set 1 bakgw macaddr 02:00:00:00:00:fd", "Setting LAN Backup Gateway MAC to 02:00:00:00:00:fd"},
		{"lan set 1 snmp secret", "Setting LAN SNMP Community String to secret"},
		{"lan set 1 arp respond off", "Disabling BMC-generated ARP responses"},
		{"lan set 1 arp generate on", "Enabling BMC-generated Gratuitous ARPs"},
		{"lan set 1 arp interval 4", "BMC-generated Gratuitous ARP interval: 4.0 seconds"},
		{"lan set 1 vlan id 100"},
		{"lan set 1 vlan priority 5"},
		{"lan set 1 auth USER MD5"}, // one type at a time: ipmitool does not take its own help's commas
		{"lan set 1 auth ADMIN PASSWORD"},
		{"lan set 1 cipher_privs XXaaXXoacXXaXXX"},
		{"lan set 1 bad_pass_thresh 3 1 60 120"}, // in tens of seconds
		{"lan print 1", "Auth Type Enable : Callback : " + all + ": User : MD5\n: Operator : " + all + ": Admin : PASSWORD\n",
			"IP Address : 192.0.2.77\nSubnet Mask : 255.255.0.0\nMAC Address : 02:00:00:00:00:77\nSNMP Community String : secret\n",
			"BMC ARP Control : ARP Responses Disabled, Gratuitous ARP Enabled\nGratituous ARP Intrvl : 4.0 seconds\nDefault Gateway IP : 192.0.2.254\n" +
				"Default Gateway MAC : 02:00:00:00:00:fe\nBackup Gateway IP : 192.0.2.253\nBackup Gateway MAC : 02:00:00:00:00:fd\n" +
				"802.1q VLAN ID : 100\n802.1q VLAN Priority : 5\n", "Cipher Suite Priv Max : XXaaXXoacXXaXXX\n",
			"Bad Password Threshold : 3\nInvalid password disable: yes\nAttempt Count Reset Int.: 600\nUser Lockout Interval : 1200\n"},
		// There are twelve suites; ipmitool writes fifteen levels and wants to read them all.
		{"lan set 1 cipher_privs aaaaaaaaaaaaaaa"},
		{"lan set 1 vlan id off"},
		{"lan set 1 ipsrc none"},
		{"lan set 1 ipsrc bios"},
		{"lan set 1 ipsrc dhcp"},
		{"lan print 1", "IP Address Source : DHCP Address\n", "802.1q VLAN ID : Disabled\n", "Cipher Suite Priv Max : aaaaaaaaaaaaaaa\n"},
		{"lan set 1 ipsrc static"},
		{"lan print 1", "IP Address Source : Static Address\n"},
		{"user list 1", "1 true true true NO ACCESS\n"},
		{"lan set 1 user"},
		{"lan set 1 password newpassword", "Password set for user 1"},
		{"user list 1", "1 true true true ADMINISTRATOR\n"},
		// ipmitool sets the bit for "on" and clears it for "off"; 1b is disabled [IPMI 2.0 §22.22].
		{"lan set 1 alert on", "PEF alerts for channel 1 enabled."},
		{"channel info 1", "Alerting : disabled"},
		{"lan set 1 alert off", "PEF alerts for channel 1 disabled."},
		{"channel info 1", "Alerting : enabled", "Access Mode : always available"},
		{"lan set 1 access on", "Set Channel Access for channel 1 was successful."},
		{"lan set 1 access off", "Set Channel Access for channel 1 was successful."},
		{"channel info 1", "Access Mode : disabled"}, // the session goes on, as the specification wants it [IPMI 2.0 §22.22]
	})
}

// TestIpmitoolAlertDestinations configures where alerts go. [IPMI 2.0 §23.2, parameters 18 and 19]
func TestIpmitoolAlertDestinations(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"lan alert print 1", "Alert Destination : 0\n", "Alert Destination : 4\nAlert Acknowledge : Unacknowledged\nDestination Type : PET Trap\n" +
			"Retry Interval : 2\nNumber of Retries : 0\nAlert Gateway : Default\nAlert IP Address : 0.0.0.0\nAlert MAC Address : 00:00:00:00:00:00\n"},
		{"lan alert set 1 2 ipaddr 192.0.2.50", "Setting LAN Alert 2 IP Address to 192.0.2.50"},
		{"lan alert set 1 2 macaddr 02:11:22:33:44:55", "Setting LAN Alert 2 MAC Address to 02:11:22:33:44:55"},
		{"lan alert set 1 2 gateway backup", "Setting LAN Alert 2 to use Backup Gateway"},
		{"lan alert set 1 2 ack on", "Setting LAN Alert 2 to Acknowledged"},
		{"lan alert set 1 2 type oem2", "Setting LAN Alert 2 destination to OEM 2"},
		{"lan alert set 1 2 time 5", "Setting LAN Alert 2 timeout/retry to 5 seconds"},
		{"lan alert set 1 2 retry 4", "Setting LAN Alert 2 number of retries to 4"},
		{"lan alert print 1 2", "Alert Destination : 2\nAlert Acknowledge : Acknowledged\nDestination Type : OEM 2\nAcknowledge Timeout : 5\n" +
			"Number of Retries : 4\nAlert Gateway : Backup\nAlert IP Address : 192.0.2.50\nAlert MAC Address : 02:11:22:33:44:55\n"},
		{"lan alert set 1 2 type pet", "Setting LAN Alert 2 destination to PET Trap"},
		{"lan alert set 1 2 ack off", "Setting LAN Alert 2 to Unacknowledged"},
		{"lan alert set 1 2 gateway default", "Setting LAN Alert 2 to use Default Gateway"},
		{"lan alert print 1 2", "Alert Acknowledge : Unacknowledged\nDestination Type : PET Trap\n", "Alert Gateway : Default\n"},
		{"lan alert print 1 1", "Alert IP Address : 0.0.0.0\n"},
	})
}

// TestIpmitoolLANStatistics counts real packets. [IPMI 2.0 §23.4]
func TestIpmitoolLANStatistics(t *testing.T) {
	t.Parallel()
	const none = "IP Rx Header Errors : 0\nIP Rx Address Errors : 0\nIP Rx Fragmented : 0\nIP Tx Packet : "
	interviewOnEachWay(t, "generic", interview{
		{"lan stats clear"},
		// This request came, and the answer to the one before went; ipmitool's own words turn the bytes of a count around.
		{"raw 0x0c 0x04 0x01 0x00", "01 00 00 00 00 00 00 00 01 00 01 00 01 00 00 00\n00 00"},
		{"lan stats get 1", "IP Rx Packet : ", none, "UDP Proxy Packet Received : 0\nUDP Proxy Packet Dropped : 0\n"},
	})
}

// TestIpmitoolLAN6 reads and writes the IPv6 parameters. ipmitool commits what it writes; "nolock" leaves that to the
// lines lock, commit and discard. [IPMI 2.0 §23.2, parameters 50-80]
func TestIpmitoolLAN6(t *testing.T) {
	t.Parallel()
	interviewOnEachWay(t, "generic", interview{
		{"lan6 print 1", "IPv6 only: yes\nIPv4 and IPv6: yes\nIPv6 Destination Addresses for LAN alerting: yes\n", "IPv6/IPv4 Addressing Enables: ipv4\n",
			"IPv6 Header Static Hop Limit: 64\n", "Static address max: 2\nDynamic address max: 2\nDHCPv6 support: yes\nSLAAC support: yes\n",
			"IPv6 Static Address 0:\nEnabled: no\nAddress: ::/0\nStatus: disabled\n", "IPv6 DHCPv6 Static DUID Storage Length: 3\n", "Type: unknown\n",
			"SOL_MAX_DELAY: 2\nSOL_TIMEOUT: 2\nSOL_MAX_RT: 4\n", "REB_MAX_RT: 150\nINF_MAX_DELAY: 2\nINF_TIMEOUT: 2\nINF_MAX_RT: 4\n", "HOP_COUNT_LIMIT: 32\n",
			"IPv6 Static Router 2:\n", "IPv6 Number of Dynamic Router Info Sets: 2\n", "MAX_RTR_SOLICITATION_DELAY: 4\n", "MIN_RANDOM_FACTOR: 4\n"},
		{"lan6 set 1 enables both", "Setting parameter(s)..."},
		{"lan6 print 1 enables", "IPv6/IPv4 Addressing Enables: both\n"},
		{"lan6 set 1 static_addr 0 enable 2001:db8::77 64"},
		{"lan6 set 1 static_addr 1 disable 2001:db8::78 56"},
		{"lan6 print 1 static_addr", "Enabled: yes\nAddress: 2001:db8::77/64\nStatus: active\n", "Enabled: no\nAddress: 2001:db8::78/56\nStatus: disabled\n"},
		{"lan6 set 1 rtr_cfg both"},
		{"lan6 print 1 rtr_cfg", "Enable static router address: yes\nEnable dynamic router address: yes\n"},
		{"lan6 set 1 traffic_class 3"},
		{"lan6 print 1 traffic_class", "IPv6 Header Traffic Class: 3\n"},
		{"lan6 set 1 static_hops 32"},
		{"lan6 print 1 static_hops", "IPv6 Header Static Hop Limit: 32\n"},
		{"lan6 set 1 flow_label 0x12345"},
		{"lan6 print 1 flow_label", "IPv6 Header Flow Label: 74565\n"},
		{"lan6 set 1 static_rtr 1 fe80::1 02:00:00:00:00:01 2001:db8:: 64"},
		{"lan6 print 1 static_rtr", "IPv6 Static Router 1:\nAddress: fe80::1\nMAC: 02:00:00:00:00:01\nPrefix: 2001:db8::/64\n", "IPv6 Static Router 2:\nAddress: ::\n"},
		{"lan6 set 1 static_duid 0 0 0400010203"},
		{"lan6 print 1 static_duid", "IPv6 DHCPv6 Static DUID 0:\nLength: 4\nType: DUID-LLT\n0400010203000000", "Type: unknown\n"},
		{"lan6 set 1 dhcp6_cfg 0 01010203040506070809101112131415 161718192021"},
		{"lan6 print 1 dhcp6_cfg", "SOL_MAX_DELAY: 1\n", "INF_TIMEOUT: 21\nINF_MAX_RT: 22\n", "HOP_COUNT_LIMIT: 33\n"},
		{"lan6 set 1 ndslaac_cfg 0 01020304050607080910111213"},
		{"lan6 print 1 ndslaac_cfg", "MAX_RTR_SOLICITATION_DELAY: 1\n", "MIN_RANDOM_FACTOR: 19\n"},
		{"lan6 lock 1", "Lock parameter(s)..."},
		{"lan print 1", "Set in Progress : Set In Progress\n"},
		{"lan6 set 1 nolock static_hops 33"},
		{"lan6 print 1 static_hops", "IPv6 Header Static Hop Limit: 33\n"},
		{"lan6 discard 1", "Discard parameter(s)..."},
		{"lan6 print 1 static_hops", "IPv6 Header Static Hop Limit: 32\n"},
		{"lan6 lock 1"},
		{"lan6 lock 1", "Failed to set Set In Progress: Set already in progress"},
		{"lan6 set 1 nolock static_hops 34"},
		{"lan6 commit 1", "Commit parameter(s)..."},
		{"lan6 discard 1"},
		{"lan6 print 1 static_hops", "IPv6 Header Static Hop Limit: 34\n"},
		{"lan print 1", "Set in Progress : Set Complete\n"},
		{"lan6 save 1", "lan6 set 1 nolock enables both\n", "lan6 set 1 nolock static_addr 0 enable 2001:db8::77 64 active\n", "lan6 commit 1\n"},
	})
}
