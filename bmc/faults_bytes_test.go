package bmc_test

import (
	"context"
	"encoding/hex"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
)

// TestEditedBytes pins what actions make of the bytes that pass: a pong that leaves, a ping that comes in, an answer, a
// request. What is drawn follows from the seed.
func TestEditedBytes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ do, out, in, answer, request string }{
		{"{pass}", "0600ff06000011be40010010000011be000000008100000000000000", "0600ff06000011be40010010000011be000000008100000000000000", "00 20 01 01 00 02 bf d9 7e 00 23 06 00 00 00 00", "00 03 00 02 00 02"},
		{"{truncate: 10}", "0600ff06000011be4001", "no answer", "00 20 01 01 00 02 bf d9 7e 00", "00 03 00 02 00 02"},
		{"{truncate: -1}", "0600ff06000011be40010010000011be0000000081000000000000", "no answer", "00 20 01 01 00 02 bf d9 7e 00 23 06 00 00 00", "c7"},
		{"{extend: aa bb}", "0600ff06000011be40010010000011be000000008100000000000000aabb", "0600ff06000011be40010010000011be000000008100000000000000", "00 20 01 01 00 02 bf d9 7e 00 23 06 00 00 00 00 aa bb", "c7"},
		{"{replace: 06 00 ff}", "bmc: rmcp or session header is malformed: 0600ff", "no answer", "06 00 ff", "c7"},
		{"{corrupt: {bits: 1}}", "0600ff06002011be40010010000011be000000008100000000000000", "0600f786", "00 20 01 01 00 02 bf d9 7e 00 23 86 00 00 00 00", "00 03 00 02 00 02"},
		{"{corrupt: {bytes: 2, from: 9, to: 12}}", "0600ff06000011be405500fb000011be000000008100000000000000", "no answer", "00 20 01 01 00 02 bf d9 7e 54 23 ed 00 00 00 00", "00 03 00 02 00 02"},
		{`{patch: [{at: 9, set: "7?"}]}`, "0600ff06000011be40710010000011be000000008100000000000000", "0600ff06000011be40710010000011be000000008100000000000000", "00 20 01 01 00 02 bf d9 7e 70 23 06 00 00 00 00", "00 03 00 02 00 02"},
		{"{patch: [{at: 9, insert: ee}, {at: -1, remove: 1}]}", "0600ff06000011be40ee010010000011be0000000081000000000000", "0600ff06000011be40ee0010000011be000000008100000000000000", "00 20 01 01 00 02 bf d9 7e ee 00 23 06 00 00 00", "c7"},
		{"{patch: [{at: 0, and: 0x0f, or: 0x40, xor: 0x01}]}", "bmc: rmcp or session header is malformed: 4700ff06000011be40010010000011be000000008100000000000000", "no answer", "41 20 01 01 00 02 bf d9 7e 00 23 06 00 00 00 00", "00 03 00 02 00 02"},
	} {
		do := tt.do
		if do == "{pass}" {
			do = "pass"
		}
		for _, way := range []struct{ at, when, want string }{
			{"datagram-out", "", tt.out}, {"datagram-in", "", tt.in},
			{"response", "command: get-device-id", tt.answer}, {"request", "command: get-sel-entry", tt.request},
		} {
			t.Run(tt.do+" "+way.at, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv, c := bmctest.Pipe(t, withFaults(t, "    - {name: r, at: "+way.at+", when: {"+way.when+"}, do: "+do+"}\n"))
					got := ""
					switch way.at {
					case "response":
						got = askHex(t, srv.Machine, "06 01")
					case "request":
						got = askHex(t, srv.Machine, "0a 43 00 00 02 00 00 03")
					default:
						if err := c.Send([]byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, 1, 0, 0}); err != nil {
							t.Fatal(err)
						}
						d, err := c.Receive(context.Background())
						if got = hex.EncodeToString(d); err != nil {
							got = err.Error()
						}
					}
					if got != way.want {
						t.Errorf("%s\nwant %s", got, way.want)
					}
				})
			})
		}
	}
}
