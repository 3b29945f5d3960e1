package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func TestChannelAccess(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§22.23 volatile", ipmb.GetChannelAccess, "01 80", "00 02 04"},
		exchange{"§22.23 non-volatile", ipmb.GetChannelAccess, "01 40", "00 02 04"},
		exchange{"§22.23 reserved target", ipmb.GetChannelAccess, "01 00", "cc"},
		exchange{"§22.23 session-less", ipmb.GetChannelAccess, "00 80", "82"},
		exchange{"§22.23 no channel", ipmb.GetChannelAccess, "05 80", "cc"},
		exchange{"§22.22 volatile, all disables", ipmb.SetChannelAccess, "01 ba 83", "00"},
		exchange{"§22.22 changed", ipmb.GetChannelAccess, "01 80", "00 3a 03"},
		exchange{"§22.22 non-volatile untouched", ipmb.GetChannelAccess, "01 40", "00 02 04"},
		exchange{"§22.22 non-volatile", ipmb.SetChannelAccess, "01 62 42", "00"},
		exchange{"§22.22 non-volatile changed", ipmb.GetChannelAccess, "01 40", "00 22 02"},
		exchange{"§22.22 no change", ipmb.SetChannelAccess, "01 00 00", "00"},
		exchange{"§22.22 unchanged", ipmb.GetChannelAccess, "01 80", "00 3a 03"},
		exchange{"§22.22 session-less", ipmb.SetChannelAccess, "0f 82 84", "82"},
		exchange{"§22.22 mode not supported", ipmb.SetChannelAccess, "01 81 00", "83"},
		exchange{"§22.22 reserved target", ipmb.SetChannelAccess, "01 c2 00", "cc"},
		exchange{"§22.22 limit 0", ipmb.SetChannelAccess, "01 00 80", "cc"},
		exchange{"§22.22 limit 6", ipmb.SetChannelAccess, "01 00 86", "cc"},
		exchange{"§22.22 no channel", ipmb.SetChannelAccess, "07 82 84", "cc"},
		exchange{"§22.22 short", ipmb.SetChannelAccess, "01 82", "c7"})
	m.mu.Lock()
	m.channels.resetVolatile()
	m.mu.Unlock()
	m.exchange(t, exchange{"§22.22 after a system reset", ipmb.GetChannelAccess, "01 80", "00 22 02"})
}

func TestGetChannelInfo(t *testing.T) {
	t.Parallel()
	newTestMachine(t).exchange(t,
		exchange{"§22.24 IPMB", ipmb.GetChannelInfo, "00", "00 00 01 01 00 f2 1b 00 00 00"},
		exchange{"§22.24 LAN", ipmb.GetChannelInfo, "01", "00 01 04 01 80 f2 1b 00 00 00"},
		exchange{"§22.24 serial", ipmb.GetChannelInfo, "02", "00 02 05 01 40 f2 1b 00 00 00"},
		exchange{"§22.24 this channel", ipmb.GetChannelInfo, "0e", "00 0f 0c 05 00 f2 1b 00 0a ff"},
		exchange{"§22.24 no channel", ipmb.GetChannelInfo, "03", "cc"})
}

func TestSetChannelSecurityKeys(t *testing.T) {
	t.Parallel()
	const key = "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14"
	const zeros = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§22.25 KG before anyone sets it", ipmb.SetChannelSecurityKeys, "01 00 01", "00 00" + zeros},
		exchange{"§22.25 set KG", ipmb.SetChannelSecurityKeys, "01 01 01" + key, "00 00"},
		exchange{"§22.25 read KG", ipmb.SetChannelSecurityKeys, "01 00 01", "00 00" + key},
		exchange{"§22.25 KG cannot be locked", ipmb.SetChannelSecurityKeys, "01 02 01", "cc"},
		exchange{"§22.25 short", ipmb.SetChannelSecurityKeys, "01 01 01 01", "81"},
		exchange{"§22.25 long", ipmb.SetChannelSecurityKeys, "01 01 01 00" + key, "82"},
		exchange{"§22.25 read with a key", ipmb.SetChannelSecurityKeys, "01 00 01" + key, "c7"},
		exchange{"§22.25 null KR", ipmb.SetChannelSecurityKeys, "01 01 00" + zeros, "83"},
		exchange{"§22.25 set KR", ipmb.SetChannelSecurityKeys, "01 01 00" + key, "00 02"},
		exchange{"§22.25 read KR", ipmb.SetChannelSecurityKeys, "01 00 00", "00 02" + key},
		exchange{"§22.25 lock KR", ipmb.SetChannelSecurityKeys, "01 02 00", "00 01"},
		exchange{"§22.25 read locked KR", ipmb.SetChannelSecurityKeys, "01 00 00", "00 01"},
		exchange{"§22.25 set locked KR", ipmb.SetChannelSecurityKeys, "01 01 00" + key, "80"},
		exchange{"§22.25 no such key", ipmb.SetChannelSecurityKeys, "01 00 02", "cc"},
		exchange{"§22.25 reserved operation", ipmb.SetChannelSecurityKeys, "01 03 01", "cc"},
		exchange{"§22.25 channel without RMCP+", ipmb.SetChannelSecurityKeys, "02 00 01", "cc"})
	without := newTestMachine(t, func(p *profiles.Profile) { p.Sessions.KR = false })
	without.exchange(t, exchange{"§22.25 KR unused", ipmb.SetChannelSecurityKeys, "01 00 00", "84"})
}

// TestKRKeysTheRandomNumbers shows that KR does something: two machines with one seed part ways when one gets a KR.
func TestKRKeysTheRandomNumbers(t *testing.T) {
	t.Parallel()
	draw := func(m *Machine) (b [16]byte) {
		m.sessionRand.Read(b[:])
		return b
	}
	a, b := newTestMachine(t), newTestMachine(t)
	if draw(a) != draw(b) {
		t.Fatal("one seed, two streams")
	}
	b.exchange(t, exchange{"§22.25 set KR", ipmb.SetChannelSecurityKeys, "01 01 00 0102030405060708090a0b0c0d0e0f1011121314", "00 02"})
	if draw(a) == draw(b) {
		t.Error("KR did not change the stream")
	}
}
