package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestDCMIReservations reads and deletes with reservation 0000h, which is always good on a DCMI 1.5 machine, and on no
// other. [DCMI §6.3.2.1, §6.5.3.1]
func TestDCMIReservations(t *testing.T) {
	t.Parallel()
	steps := func(code string) []exchange {
		tail := func(s string) string {
			if code == "00" {
				return "00 " + s
			}
			return code
		}
		return []exchange{
			{"§31.6", ipmb.AddSELEntry, "0000 e0 11223344 55667788 99aabbccdd", "00 0100"},
			{"§31.5 last two bytes", ipmb.GetSELEntry, "0000 0000 0e ff", tail("ffff ccdd")},
			{"§31.8", ipmb.DeleteSELEntry, "0000 0100", tail("0100")},
			{"§31.9 status", ipmb.ClearSEL, "0000 434c52 00", tail("01")},
			{"§33.12 type of the first record", ipmb.GetSDR, "0000 0100 03 01", tail("0200 01")},
			{"§33.15", ipmb.DeleteSDR, "0000 0100", tail("0100")},
			{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			{"§33.11", ipmb.ReserveSDRRepository, "", "00 0100"},
			{"§31.9 with another's reservation out", ipmb.ClearSEL, "0000 434c52 aa", tail("01")},
			{"§31.9 with a wrong one", ipmb.ClearSEL, "0200 434c52 aa", "c5"},
			{"§33.12 with a wrong one", ipmb.GetSDR, "0200 0200 03 01", "c5"},
		}
	}
	newTestMachine(t, dcmiProfile).exchange(t, steps("00")...)
	sensorMachine(t).exchange(t, steps("c5")...)
}
