package bmc_test

import (
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestMachinesAnswerTheirBytes asks machines that are built in what is known of the real ones byte by byte. Requests and
// answers are written as in TestQuirksAnswerTheirBytes.
func TestMachinesAnswerTheirBytes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ machine, requests, want string }{
		{"dell-r730", "0a 11 00 00 00 08", "00 08 01 0a 00 01 20 00 00 d4"},          // the internal use area is behind the board's
		{"dell-r730", "0a 11 00 08 00 0b", "00 0b 01 09 00 ?? ?? ?? 83 64 c9 b2 de"}, // DELL in 6-bit ASCII, language 0
		{"dell-r730", "0a 11 00 50 00 08", "00 08 01 44 45 4c 4c f7 00 00"},
		{"quanta-d51b", "0a 11 00 08 00 06", "00 06 01 03 17 00 cd 51"},         // an empty part number is binary
		{"intel-s2600wtt", "0a 11 05 f8 00 08", "00 08 00 00 00 00 00 00 00 *"}, // the fill of a long area,
		{"intel-s2600wtt", "04 25 74 ff", "00 02 02"},                           // hysteresis without thresholds
		{"quanta-t41s", "04 2d 51", "00 00 c0 00 a9"},                           // states that the record knows nothing of

		{"dell-r730", "00 00", "00 01 20 20 20 20 20"},
		{"dell-r730", "00 01", "00 21 00 40 10"},
		{"dell-r730", "04 10", "00 51 1f 28"},
		{"dell-r730", "06 25", "00 00 00 01 00 96 00 96 00"},
		{"dell-r730", "06 59 00 da 00 00 00 00", "00 11 20"}, // the list of addresses: its length, and two of them
		{"dell-r730", "06 59 00 da 00 00 08 10", "00 11 00 01 18 66 da 12 06 31 00 02 18 66 da 12 06 32"},
		{"dell-r730", "06 59 00 da 00 00 1c 08", "c9"},
		{"dell-r730", "06 59 00 c5 00 00 00 00", "c7"},
		{"dell-r730", "06 59 00 d1 00 00", "00 11 00 00 0e 50 6f 77 65 72 45 64 67 65 20 52 37 33 30"},
		{"dell-r730", "06 59 00 ea 00 00", "00 11 e8 03 00 40 06 64 00 02 ee 02 00 00 00"},
		{"dell-r730", "06 58 ea f4 01 00", "d5"}, // capping is off
		{"dell-r730", "30 ba 01 ff", "00 02"},
		{"dell-r730", "30 ba 00 01; 06 58 ea f4 01 00; 30 ba 01 ff", "00 03"},
		{"dell-r730", "30 ba 00 01; 06 58 ea f4 01 00; 06 59 00 ea 00 00", "00 11 f4 01 00 40 06 *"},
		{"dell-r730", "30 ba 00 01; 06 58 ea 00 08 01; 06 59 00 ea 00 00", "00 11 58 02 00 *"}, // 2048 BTU/h
		{"dell-r730", "30 ba 00 01; 06 58 ea 01 00 00", "c9"},
		{"dell-r730", "30 ba 00 01; 06 58 ea 01 00 03", "cc"},
		{"dell-r730", "06 59 00 eb 00 00", "00 11 76 00 76 00 76 00 76 00"},
		{"dell-r730", "06 59 00 ec 00 00", "00 11 76 00 76 00 76 00 76 00 ?? ?? ?? ?? *"},
		{"dell-r730", "30 a4 00 00", "00 00 00 *"},

		{"qemu", "00 00", "00 00 20 20 20 20"},
		{"qemu", "00 01", "00 61 00 00 00"},
		{"qemu", "00 07", "c1"},
		{"qemu", "00 09 05 00 00", "00 00 00"}, // the restart cause
		{"qemu", "06 01 ff ff", "00 20 00 00 00 02 07 00 00 00 00 00"},
		{"qemu", "06 2e 10", "cc"},
		{"qemu", "06 2e 04; 06 2f", "00 04"},
		{"qemu", "0a 10 05", "cc"},
		{"qemu", "0a 11 00 00 00", "00 00"},
		{"qemu", "0a 11 00 00 00 02 ff", "00 02 00 00"},
		{"qemu", "0a 12 00 00 00", "00 00"},
		{"qemu", "0a 11 00 fe 03 01", "00 01 00"},
		{"qemu", "0a 11 00 ff 03 01", "cc"},
		{"qemu", "0a 20", "00 51 01 00 ?? 3f ff ff ff ff ff ff ff ff 22"},
		{"qemu", "0a 23 00 00 00 00 00 05", "00 ff ff 00 00 51 02 ??"},
		{"qemu", "0a 23 00 00 ff ff 00 05", "cb"},
		{"qemu", "04 2d 00", "00 00 c0 00 80"},
		{"qemu", "0a 44 00 00 02 00 00 00 00 20 00 04 12 00 6f 01 02 03", "00 00 00"},
		{"qemu", "0a 44 00 00 02 00 00 00 00 20 00 04 12 00 6f 01 02 03; 0a 44 00 00 02 00 00 00 00 20 00 04 12 00 6f 01 02 03", "00 01 00"},
		{"qemu", "0a 44 00 00 02 00 00 00 00 20 00 04 12 00 6f 01 02 03; 0a 42; 0a 43 01 00 00 00 08 08", "00 ff ff 00 04 12 00 6f 01 02 03"},
		{"qemu", "0a 44 00 00 02 00 00 00 00 20 00 04 12 00 6f 01 02 03; 0a 42; 0a 43 01 00 00 00 08 09", "cc"},
		{"qemu", "0a 42; 0a 47 01 00 43 4c 52 aa; 0a 40", "00 51 00 00 00 08 ?? ?? ?? ?? ff ff ff ff 02"},
		{"qemu", "0a 42; 0a 47 01 00 43 4c 52 aa; 0a 20", "00 51 01 00 ?? 3f ff ff ff ff ?? ?? ?? 6? 22"},
		{"qemu", "0a 49 00 00 00 00; 0a 48", "00 ?? ?? ?? d?"}, // twice the host's time

		{"ipmi-sim", "00 00", "00 00 20 20 20 20"},
		{"ipmi-sim", "00 01", "00 01 00 40"},
		{"ipmi-sim", "00 0f", "c1"},
		{"ipmi-sim", "06 42 05", "cb"},
		{"ipmi-sim", "06 42 01", "00 01 04 01 80 f2 1b 00 00 00"},
		{"ipmi-sim", "0a 40", "00 51 *"},

		{"quanta-t41s", "0a 41", "00 fe 03 12 00 fa 03 fa 03 01"},
		{"quanta-t41s", "0a 40", "00 51 04 00 94 47 *"}, // 1018 times 18 bytes are free
		{"quanta-t41s", "04 10", "00 51 3f 28"},
		{"quanta-t41s", "00 00", "00 00 20 20 20 20 20"},
		{"quanta-t41s", "06 2f", "00 09"},
		{"quanta-t41s", "30 18 02", "00 03 60 09"},
		{"quanta-t41s", "30 18 03", "cc"},
		{"quanta-t41s", "30 04 00", "c1"},
		{"hpe-dl380gen10", "2c 02 dc 01 00 00", "00 dc ?? 01 00 00 00 00 00 00 *"},
		{"hpe-dl380gen10", "2c 02 dc 01 00 00", "* 00"},   // not active
		{"huawei-taishan2280", "04 2d 17", "00 ?? c0 c0"}, // compared with the one threshold that has a value, of three that are announced
		{"asrockrack-x570", "3a 01 00 00 64", "00"},
		{"asrockrack-x570", "3a 01", "c7"},
		{"asrockrack-x570", "0c 01 01 c2 01; 0c 02 01 c2 00 00", "00 11 01"},
		{"openbmc-romulus", "2c 01 dc 04", "00 dc 01 05 02 01 ff ff"},
		{"openbmc-romulus", "2c 01 dc 02", "00 dc 01 05 02 c8 *"},
		{"asrockrack-x570", "0c 02 01 18 00 00", "00 11 00 00 40 00 00 00 40 00 00"},

		{"openbmc-romulus", "00 01", "00 01 00 70 00"},
		{"openbmc-romulus", "06 2f", "00 09"},
		{"openbmc-romulus", "0a 20", "00 51 ?? 00 ff ff 00 00 00 00 00 00 00 00 00"},
		{"openbmc-romulus", "0a 5c", "00 00 00"},
		{"openbmc-romulus", "0a 22; 0a 22", "00 01 00"},
		{"openbmc-romulus", "0a 22; 0a 22; 0a 23 01 00 00 00 05 01", "00 *"},

		{"cisco-c200m2", "06 38 81 04", "00 01 80 04 03 *"},
		{"cisco-c200m2", "0a 40", "00 51 c0 0b 00 00 *"},
		{"cisco-c200m2", "0a 40", "* 82"}, // overflow
		{"cisco-c200m2", "0a 10 01", "00 *"},
		{"cisco-c200m2", "0a 11 01 00 00 08", "c3"},
		{"cisco-c200m2", "0a 11 05 00 00 04", "00 04 ff ff ff ff"},
		{"cisco-c200m2", "2c 02 dc 01 00 00", "00 dc 08 00 08 00 *"},
	} {
		t.Run(tt.machine+" "+tt.requests, func(t *testing.T) {
			t.Parallel()
			p, err := profiles.Load(tt.machine)
			if err != nil {
				t.Fatal(err)
			}
			m, err := bmc.New(p, bmc.WithVendors(oem.Vendors()...))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(m.Close)
			var got []byte
			for request := range strings.SplitSeq(tt.requests, "; ") {
				got = bmctest.Ask(t, m, request)
			}
			if got := hex.EncodeToString(got); !looksLike(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestQEMUWatchdog lets the watchdog of QEMU's simulator cycle the power. The log says what happened, the sensor something
// else; and re-arming the events by their bits does nothing.
func TestQEMUWatchdog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, err := profiles.Load("qemu")
		if err != nil {
			t.Fatal(err)
		}
		m, err := bmc.New(p)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		want := func(request, want string) {
			t.Helper()
			if got := hex.EncodeToString(bmctest.Ask(t, m, request)); !looksLike(got, want) {
				t.Errorf("%s: %s, want %s", request, got, want)
			}
		}
		want("06 24 04 03 00 00 01 00", "00")
		want("06 22", "00")
		time.Sleep(5 * time.Second) // virtual
		want("0a 43 00 00 00 00 00 ff", "00 ff ff 00 00 02 ?? ?? ?? ?? 20 00 04 23 00 6f c3 *")
		want("04 2b 00", "00 c0 04 *")
		want("04 2a 00 80 08 00 00 00", "00")
		want("04 2b 00", "00 c0 04 *")
		want("04 2a 00 00", "00")
		want("04 2b 00", "00 c0 00 *")
	})
}

// TestDellAnswersCipherSuitesInRMCPPlus asks for cipher suites outside of a session, first in a packet of IPMI v1.5 and then
// in one of RMCP+: the first answer is the second's. [IPMI 2.0 §13.1.3, §22.15.1]
func TestDellAnswersCipherSuitesInRMCPPlus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		machine string
		first   byte // authentication type of the first answer
	}{{"dell-r640", 0x06}, {"generic", 0x00}} {
		srv := bmctest.Run(t, bmctest.Profile(tt.machine))
		conn, err := net.Dial("udp", srv.Addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		const message = "2018c881005401008000" // channel 1, IPMI payload, by cipher suite
		for _, packet := range []string{"0600ff07" + "00" + "0000000000000000" + "0a", "0600ff07" + "0600" + "0000000000000000" + "0a00"} {
			b, err := hex.DecodeString(packet + message)
			if err != nil {
				t.Fatal(err)
			}
			var sum byte
			for _, c := range b[len(b)-7 : len(b)-1] {
				sum -= c
			}
			b[len(b)-1] = sum
			if _, err := conn.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		b := make([]byte, 512)
		if n, err := conn.Read(b); err != nil || n < 5 || b[4] != tt.first {
			t.Errorf("%s: % x, %v; want authentication type %02x", tt.machine, b[:n], err, tt.first)
		}
	}
}
