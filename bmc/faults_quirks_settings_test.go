package bmc_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestQuirksOfSettings asks machines with a quirk and without it. Between the requests, which "; " parts, there may be a time
// to wait. The last request must be answered as it says: completion code and data, as looksLike reads them.
func TestQuirksOfSettings(t *testing.T) {
	t.Parallel()
	const (
		name5, name6 = "06 45 05 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; ", "06 45 06 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; "
		mask         = "0c 01 01 06 ff ff 00 00; "
		getMask      = "0c 02 01 06 00 00"
	)
	for _, tt := range []struct{ quirk, requests, plain, want string }{
		{"lan-set-slow", mask + "2999ms; 0c 02 01 06 00 00", "00 11 ff ff 00 00", "00 11 ff ff ff 00"},
		{"lan-set-slow", mask + "3s; 0c 02 01 06 00 00", "00 11 ff ff 00 00", "00 11 ff ff 00 00"},
		{"lan-set-slow", "0c 01 01 00 01; 0c 02 01 00 00 00", "00 11 01", "00 11 01"},
		{"lan-set-needs-reset", mask + "1h; 0c 02 01 06 00 00", "00 11 ff ff 00 00", "00 11 ff ff ff 00"},
		{"lan-set-needs-reset", mask + "06 02; 5s; 0c 02 01 06 00 00", "00 11 ff ff 00 00", "00 11 ff ff 00 00"},
		{"lan-set-ff", "0c 01 01 06 ff ff 00 00", "00", "ff"},
		{"lan-set-ff", mask + "0c 02 01 06 00 00", "00 11 ff ff 00 00", "00 11 ff ff 00 00"},
		{"gateway-changes-with-netmask", mask + "0c 02 01 0c 00 00", "00 11 c0 00 02 01", "00 11 ff ff 00 00"},
		{"gateway-changes-with-netmask", mask + getMask, "00 11 ff ff 00 00", "00 11 ff ff 00 00"},
		{"lan-param-unsupported-cc", "0c 02 01 0e 00 00", "00 11 *", "cc"},
		{"lan-param-unsupported-cc", "0c 02 01 0d 00 00", "00 11 *", "00 11 *"},
		{"lan-param-unsupported-empty", "0c 02 01 08 00 00", "00 11 6f 02", "00 11"},
		{"readonly-as-80", "0c 01 01 16 00", "82", "80"},
		{"channel-access-nv-writes-both", "06 40 01 62 44; 06 41 01 80", "00 02 04", "00 22 04"},
		{"channel-access-nv-writes-both", "06 40 01 02 43; 06 41 01 80", "00 02 04", "00 02 03"},
		{"channel-access-nv-writes-both", "06 40 01 a2 00; 06 41 01 40", "00 02 04", "00 02 04"},
		{"slow-commit", name5 + "06 45 06 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "c0"},
		{"slow-commit", name5 + "900ms; 06 45 06 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "00"},
		{"slow-commit-lost", name5 + name6 + "06 46 06", "00 62 *", "00 00 *"},
		{"slow-commit-lost", name5 + "1s; " + name6 + "06 46 06", "00 62 *", "00 62 *"},
		{"priv-reserved-default", "06 43 91 05 02 00; 06 44 01 05", "00 ?? ?? ?? 12", "00 ?? ?? ?? 12"},
		{"user1-immutable", "06 43 91 01 02 00", "00", "cc"},
		{"user1-immutable", "06 47 81 00", "00", "cc"},
		{"user1-immutable", "06 43 91 05 02 00", "00", "00"},
		{"default-name-immutable", "06 45 02 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "cc"},
		{"default-name-immutable", "06 45 05 62 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "00"},
		{"no-power-state", "06 07", "00 00 00", "c1"},
		{"identity-supermicro", "06 01", "00 20 01 01 00 02 bf d9 7e 00 *", "00 20 01 01 00 02 bf 7c 2a 00 *"},
		{"identity-lenovo", "06 01", "00 20 01 01 00 02 bf d9 7e 00 23 06 *", "00 20 01 01 00 02 bf 66 4a 00 6c 04 *"},
		{"guid-rfc4122", "06 37", "00 01 *", "00 fa 4e b3 c0 00 00 11 ee 80 00 02 00 00 00 00 01"},
		{"pef-piecemeal-cc", "04 12 09 02 20 00 00", "00", "cc"},
		{"pef-piecemeal-cc", "04 12 09 02 28 00 00", "00", "cc"},
		{"pef-piecemeal-cc", "04 12 09 02 08 11 00", "00", "cc"},
		{"pef-piecemeal-cc", "04 12 09 02 28 11 00", "00", "00"},
		{"pef-selector-echo", "04 13 06 01 00", "00 11 01 *", "00 11 00 *"},
		{"cipher-list-1-16", "0c 02 01 16 00 00", "00 11 0?", "00 11 10"},
		{"sol-config-volatile", "0c 21 01 04 03 30; 06 02; 5s; 0c 22 01 04 00 00", "00 11 03 30", "00 11 07 30"},
		{"sol-config-volatile", "0c 21 01 04 03 30; 0c 22 01 04 00 00", "00 11 03 30", "00 11 03 30"},
		{"sol-channel-wrong", "0c 22 01 07 00 00", "00 11 01", "00 11 05"},
		{"sol-ignores-config", "0c 21 01 01 00; 0c 22 01 01 00 00", "00 11 00", "00 11 00"},
		{"sol-ignores-config", "0c 21 01 01 00; 0c 21 01 01 01; 0c 22 01 01 00 00", "00 11 01", "00 11 01"},
		{"sol-instances-coupled", "06 49 01 02 00 00 00 00", "c9", "00"},
	} {
		t.Run(tt.quirk+" "+tt.requests, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ask := func(quirks ...string) string {
					m := bmctest.New(t, bmctest.Edit(func(p *profiles.Profile) { p.Quirks = quirks }))
					var got []byte
					for step := range strings.SplitSeq(tt.requests, "; ") {
						if d, err := time.ParseDuration(step); err == nil {
							time.Sleep(d)
							synctest.Wait()
							continue
						}
						got = bmctest.Ask(t, m, step)
					}
					return hex.EncodeToString(got)
				}
				if got := ask(); !looksLike(got, tt.plain) {
					t.Errorf("without the quirk: %s, want %s", got, tt.plain)
				}
				if got := ask(tt.quirk); !looksLike(got, tt.want) {
					t.Errorf("with it: %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestQuirksOfBridging bridges Get Device ID to the controller at 2Ch on channel 6, and compares the messages that come: their
// order, who answers, and what Send Message's response holds. All have right checksums.
func TestQuirksOfBridging(t *testing.T) {
	t.Parallel()
	const sent, id = "34 from 20: 00", "01 from 2c: 00508103"
	for quirk, want := range map[string][]string{
		"":                 {sent, id},
		"bridge-embedded":  {"34 from 20: 00201c"},
		"bridge-reordered": {id, "00000002h after 00000003h"}, // as session sequence numbers are
		"bridge-from-bmc":  {sent, "01 from 20: 00508103"},
	} {
		t.Run(quirk, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv, c := bmctest.Pipe(t, bmctest.Profile("satellites"), bmctest.Edit(func(p *profiles.Profile) {
					if quirk != "" {
						p.Quirks = []string{quirk}
					}
				}))
				s := srv.Login(c, "admin", "password")
				inner := ipmb.Message{To: 0x2c, NetFn: ipmb.NetFnApp, From: 0x20, Seq: 9, Cmd: 0x01}
				if err := s.SendMessage(c.Request(ipmb.NetFnApp, 0x34, inner.AppendTo([]byte{0x46})...)); err != nil {
					t.Fatal(err)
				}
				for _, text := range want {
					p, err := s.Receive(context.Background())
					m := p.Message
					got := fmt.Sprintf("%02x from %02x: %x", m.Cmd, m.From, m.Data)
					if err != nil {
						got = err.Error()
					}
					if !strings.Contains(got, text) {
						t.Fatalf("got %s, want %s", got, text)
					}
				}
			})
		})
	}
}
