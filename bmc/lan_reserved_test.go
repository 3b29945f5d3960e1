package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestLANReservedBits writes reserved bits, which are not kept, and reserved values, which are refused.
// [IPMI 2.0 §23.2, Table 23-4]
func TestLANReservedBits(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetLANConfigurationParameters, ipmb.SetLANConfigurationParameters
	newTestMachine(t, lanProfile).exchange(t,
		exchange{"4 source", set, "01 04 f2", "00"},
		exchange{"4 source", get, "01 04 00 00", "00 11 02"},
		exchange{"7 flags, precedence and type of service", set, "01 07 40 5f 11", "00"},
		exchange{"7", get, "01 07 00 00", "00 11 40 40 10"},
		exchange{"10 both kinds of ARP", set, "01 0a ff", "00"},
		exchange{"10", get, "01 0a 00 00", "00 11 03"},
		exchange{"18 acknowledged PET, seven retries", set, "01 12 01 f8 03 ff", "00"},
		exchange{"18", get, "01 12 01 00", "00 11 01 80 03 07"},
		exchange{"18 OEM 2", set, "01 12 01 07 03 00", "00"},
		exchange{"18 first reserved type", set, "01 12 01 01 03 00", "cc"},
		exchange{"18 last reserved type", set, "01 12 01 05 03 00", "cc"},
		exchange{"18 OEM 2 is still there", get, "01 12 01 00", "00 11 01 07 03 00"},
		exchange{"19 IPv4, backup gateway", set, "01 13 01 0f ff c0000201 020000000002", "00"},
		exchange{"19", get, "01 13 01 00", "00 11 01 00 01 c0000201 020000000002"},
		exchange{"19 IPv6", set, "01 13 01 1f ff020db8000000000000000000000001", "00"},
		exchange{"19 keeps the address", get, "01 13 01 00", "00 11 01 10 ff020db8000000000000000000000001"},
		exchange{"20 VLAN FFFh", set, "01 14 ff ff", "00"},
		exchange{"20", get, "01 14 00 00", "00 11 ff 8f"},
		exchange{"21 priority", set, "01 15 ff", "00"},
		exchange{"21", get, "01 15 00 00", "00 11 07"},
		exchange{"25 VLAN tag without CFI", set, "01 19 01 1f ff ff", "00"},
		exchange{"25", get, "01 19 01 00", "00 11 01 10 ff ef"},
		exchange{"25 reserved format", set, "01 19 01 20 00 00", "cc"},
		exchange{"26", set, "01 1a ff 03 0300 0600", "00"},
		exchange{"26", get, "01 1a 00 00", "00 11 01 03 0300 0600"},
		exchange{"54 flow label of 20 bits", set, "01 36 ff ff ff", "00"},
		exchange{"54", get, "01 36 00 00", "00 11 0f ff ff"},
		exchange{"64 static and dynamic routers", set, "01 40 ff", "00"},
		exchange{"64", get, "01 40 00 00", "00 11 03"},
		exchange{"56 enabled", set, "01 38 00 f0 20010db8000000000000000000000001 40 00", "00"},
		exchange{"56", get, "01 38 00 00", "00 11 00 80 20010db8000000000000000000000001 40 00"})
}

// TestDynamicRouters has at least two entries, and no router that was heard of. [IPMI 2.0 §23.2, parameters 73-77]
func TestDynamicRouters(t *testing.T) {
	t.Parallel()
	get := ipmb.GetLANConfigurationParameters
	newTestMachine(t, lanProfile).exchange(t,
		exchange{"73", get, "01 49 00 00", "00 11 02"},
		exchange{"74", get, "01 4a 01 00", "00 11 01 00000000000000000000000000000000"},
		exchange{"75", get, "01 4b 01 00", "00 11 01 000000000000"},
		exchange{"76 unspecified", get, "01 4c 00 00", "00 11 00 ff"},
		exchange{"76 unspecified", get, "01 4c 01 00", "00 11 01 ff"},
		exchange{"76 third of two", get, "01 4c 02 00", "c9"},
		exchange{"77", get, "01 4d 01 00", "00 11 01 00000000000000000000000000000000"})
}
