package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func TestSOLParameters(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetSOLConfigurationParameters, ipmb.SetSOLConfigurationParameters
	newTestMachine(t, func(p *profiles.Profile) {
		p.Channels[2].Serial.Sharing.SOL = false
		p.Channels[1].SOL.ReadOnly = []uint8{5}
		p.Channels[1].SOL.Parameters = []profiles.Parameter{{Number: 192, Data: profiles.HexBytes{0x12}}}
	}).exchange(t,
		exchange{"§26.3 0 set complete", get, "01 00 00 00", "00 11 00"},
		exchange{"§26.2 0 set in progress", set, "01 00 01", "00"},
		exchange{"§26.2 0 again", set, "01 00 01", "81"},
		exchange{"§26.2 0 commit write without rollback", set, "01 00 02", "cc"},
		exchange{"§26.2 0 set complete", set, "01 00 00", "00"},
		exchange{"§26.3 1 enabled", get, "01 01 00 00", "00 11 01"},
		exchange{"§26.2 1 disable", set, "01 01 fe", "00"},
		exchange{"§26.3 1 disabled", get, "01 01 00 00", "00 11 00"},
		exchange{"§26.3 2", get, "01 02 00 00", "00 11 02"},
		exchange{"§26.2 2 forced, administrator", set, "01 02 c4", "00"},
		exchange{"§26.3 2 forced, administrator", get, "01 02 00 00", "00 11 c4"},
		exchange{"§26.2 2 reserved level", set, "01 02 01", "cc"},
		exchange{"§26.3 3 20 ms, 96 characters", get, "01 03 00 00", "00 11 04 60"},
		exchange{"§26.2 3", set, "01 03 01 ff", "00"},
		exchange{"§26.3 3 changed", get, "01 03 00 00", "00 11 01 ff"},
		exchange{"§26.2 3 interval 0 is reserved", set, "01 03 00 10", "cc"},
		exchange{"§26.2 3 threshold is 1-based", set, "01 03 10 00", "cc"},
		exchange{"§26.2 3 short", set, "01 03 10", "c7"},
		exchange{"§26.3 4 7 retries, 480 ms", get, "01 04 00 00", "00 11 07 30"},
		exchange{"§26.2 4 reserved bits", set, "01 04 fa 05", "00"},
		exchange{"§26.3 4 2 retries, 50 ms", get, "01 04 00 00", "00 11 02 05"},
		exchange{"§26.3 5 115.2 kbps", get, "01 05 00 00", "00 11 0a"},
		exchange{"§26.2 5 read-only by profile", set, "01 05 07", "82"},
		exchange{"§26.2 6 19.2 kbps, reserved bits", set, "01 06 f7", "00"},
		exchange{"§26.3 6 19.2 kbps", get, "01 06 00 00", "00 11 07"},
		exchange{"§26.2 6 reserved rate", set, "01 06 0b", "c9"},
		exchange{"§26.2 6 no serial port sharing", set, "01 06 00", "c9"},
		exchange{"§26.3 7 channel", get, "01 07 00 00", "00 11 01"},
		exchange{"§26.2 7 read-only", set, "01 07 02", "82"},
		exchange{"§26.3 8 port 26Fh", get, "01 08 00 00", "00 11 6f 02"},
		exchange{"§26.2 8 read-only", set, "01 08 70 02", "82"},
		exchange{"§26.3 192 OEM by profile", get, "01 c0 00 00", "00 11 12"},
		exchange{"§26.3 9 is none", get, "01 09 00 00", "80"},
		exchange{"§26.2 9 is none", set, "01 09 00", "80"},
		exchange{"§26.3 revision only", get, "81 03 00 00", "00 11"},
		exchange{"§26.3 set selector", get, "01 03 01 00", "c9"},
		exchange{"§26.3 channel without SOL", get, "02 01 00 00", "cc"},
		exchange{"§26.2 channel without SOL", set, "0f 01 01", "cc"},
		exchange{"§26.3 short", get, "01 03 00", "c7"},
		exchange{"§26.2 short", set, "01 03", "c7"},
	)
}

// TestSharedBitRate lets SOL use the serial channel's bit rate, with which it shares the line. [IPMI 2.0 §26.3, parameter 5]
func TestSharedBitRate(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetSOLConfigurationParameters, ipmb.SetSOLConfigurationParameters
	newTestMachine(t).exchange(t,
		exchange{"§26.2 6", set, "01 06 00", "00"},
		exchange{"§26.3 6", get, "01 06 00 00", "00 11 00"},
		exchange{"§26.2 5 reserved", set, "01 05 05", "c9"})
}
