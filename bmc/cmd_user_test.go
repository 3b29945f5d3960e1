package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func TestUserAccess(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§22.27 admin", ipmb.GetUserAccess, "01 02", "00 0a 43 01 34"},
		exchange{"§22.27 null user, disabled", ipmb.GetUserAccess, "01 01", "00 0a 83 01 32"},
		exchange{"§22.27 free slot", ipmb.GetUserAccess, "01 05", "00 0a 83 01 1f"},
		exchange{"§22.27 user ID 0", ipmb.GetUserAccess, "01 00", "c9"},
		exchange{"§22.27 user ID above the slots", ipmb.GetUserAccess, "01 0b", "c9"},
		exchange{"§22.27 session-less channel", ipmb.GetUserAccess, "00 02", "cc"},
		exchange{"§22.27 no channel", ipmb.GetUserAccess, "04 02", "cc"},
		exchange{"§22.26 limit only", ipmb.SetUserAccess, "01 05 03", "00"},
		exchange{"§22.26 bits 6:4 kept", ipmb.GetUserAccess, "01 05", "00 0a 83 01 13"},
		exchange{"§22.26 bits and limit", ipmb.SetUserAccess, "e1 05 02", "00"},
		exchange{"§22.26 bits changed", ipmb.GetUserAccess, "01 05", "00 0a 83 01 62"},
		exchange{"§22.26 other channel untouched", ipmb.GetUserAccess, "02 05", "00 0a 83 01 1f"},
		exchange{"§22.26 no access", ipmb.SetUserAccess, "01 05 0f", "00"},
		exchange{"§22.26 limit 0", ipmb.SetUserAccess, "01 05 00", "cc"},
		exchange{"§22.26 limit 6", ipmb.SetUserAccess, "01 05 06", "cc"},
		exchange{"§22.26 session limit", ipmb.SetUserAccess, "01 05 02 03", "00"},
		exchange{"§22.26 five bytes", ipmb.SetUserAccess, "01 05 02 03 00", "c7"})
	without := newTestMachine(t, func(p *profiles.Profile) { p.Sessions.PerUser = false })
	without.exchange(t,
		exchange{"§22.26 session limit unsupported", ipmb.SetUserAccess, "01 05 02 03", "cc"},
		exchange{"§22.26 session limit 0", ipmb.SetUserAccess, "01 05 02 00", "00"})
}

func TestUserName(t *testing.T) {
	t.Parallel()
	newTestMachine(t).exchange(t,
		exchange{"§22.29", ipmb.GetUserName, "02", "00 61646d696e 0000000000000000000000"},
		exchange{"§22.29 null user", ipmb.GetUserName, "01", "00 00000000000000000000000000000000"},
		exchange{"§22.29 user ID 0", ipmb.GetUserName, "00", "c9"},
		exchange{"§22.28 bytes behind the null read as 0", ipmb.SetUserName, "05 626f62 00 ffffffffffffffffffffffff", "00"},
		exchange{"§22.28 read back", ipmb.GetUserName, "05", "00 626f62 00000000000000000000000000"},
		exchange{"§22.28 16 bytes", ipmb.SetUserName, "05 6162636465666768696a6b6c6d6e6f70", "00"},
		exchange{"§22.28 16 bytes back", ipmb.GetUserName, "05", "00 6162636465666768696a6b6c6d6e6f70"},
		exchange{"§22.28 null user", ipmb.SetUserName, "01 626f62 00000000000000000000000000", "cc"},
		exchange{"§22.28 short", ipmb.SetUserName, "05 626f62", "c7"},
		exchange{"§22.28 user ID above the slots", ipmb.SetUserName, "3f 626f62 00000000000000000000000000", "c9"})
}

func TestSetUserPassword(t *testing.T) {
	t.Parallel()
	const (
		password16 = "70617373776f7264 0000000000000000"
		password20 = password16 + "00000000"
		other16    = "70617373776f7265 0000000000000000"
		other20    = "3132333435363738393031323334353637383930"
		null16     = "00 ffffffffffffffffffffffffffffff"
		zeros16    = "00000000000000000000000000000000"
	)
	newTestMachine(t).exchange(t,
		exchange{"§22.30 test", ipmb.SetUserPassword, "02 03" + password16, "00"},
		exchange{"§22.30 test, data differs", ipmb.SetUserPassword, "02 03" + other16, "80"},
		exchange{"§22.30 test, wrong size", ipmb.SetUserPassword, "82 03" + password20, "81"},
		exchange{"§22.30 set 20 bytes", ipmb.SetUserPassword, "82 02" + other20, "00"},
		exchange{"§22.30 test 20 bytes", ipmb.SetUserPassword, "82 03" + other20, "00"},
		exchange{"§22.30 test 20 as 16", ipmb.SetUserPassword, "02 03" + password16, "81"},
		exchange{"§22.30 set null string", ipmb.SetUserPassword, "05 02" + null16, "00"},
		exchange{"§22.30 null string is all zeros", ipmb.SetUserPassword, "05 03" + zeros16, "00"},
		exchange{"§22.30 set without a password", ipmb.SetUserPassword, "02 02", "c7"},
		exchange{"§22.30 20 bytes said, 16 given", ipmb.SetUserPassword, "82 02" + password16, "c7"},
		exchange{"§22.30 disable", ipmb.SetUserPassword, "02 00", "00"},
		exchange{"§22.27 disabled", ipmb.GetUserAccess, "01 02", "00 0a 82 01 34"},
		exchange{"§22.30 enable, password ignored", ipmb.SetUserPassword, "02 01" + other16, "00"},
		exchange{"§22.27 enabled", ipmb.GetUserAccess, "01 02", "00 0a 43 01 34"},
		exchange{"§22.30 user ID 0", ipmb.SetUserPassword, "00 01", "c9"})
}
