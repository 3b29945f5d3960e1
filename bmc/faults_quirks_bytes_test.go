package bmc_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestQuirksAnswerTheirBytes asks machines with a quirk and without it. The last of the requests, which "; " parts, must
// be answered as it says: completion code and data, with ? for any digit, and * for whatever comes behind. The driver of the
// system interface answers C3h when nothing comes.
func TestQuirksAnswerTheirBytes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ quirk, requests, plain, want string }{
		{"sdr-count-high", "0a 20", "00 51 58 00 *", "00 51 ff 00 *"},
		{"sdr-id-mismatch", "0a 23 00 00 02 00 00 05", "00 03 00 02 00 51 01 36", "00 03 00 02 01 51 01 36"},
		{"sdr-id-mismatch", "0a 23 00 00 02 00 00 ff", "00 03 00 02 00 *", "00 03 00 02 01 *"},
		{"sdr-excess-bytes", "0a 23 00 00 02 00 00 ff", "00 03 00 * 65 6d 70", "00 03 00 * 65 6d 70 ff ff ff ff"},
		{"sdr-short-full-read", "0a 23 00 00 02 00 00 ff", "* 54 65 6d 70", "* 4f 75 74 6c 65"},
		{"sdr-header-only-read", "0a 23 00 00 02 00 00 ff", "00 03 00 *", "00 00 00 02 00 51 01 36"},
		{"sdr-count-zero", "0a 20", "00 51 58 00 *", "00 51 00 00 *"},
		{"sdr-count-low", "0a 20", "00 51 58 00 *", "00 51 02 00 *"},
		{"sdr-record-shift", "0a 23 00 00 02 00 00 06", "00 03 00 02 00 51 01 36 20", "00 03 00 00 02 00 51 01 36"},
		{"sdr-record-shift", "0a 22; 0a 23 01 00 02 00 05 02", "00 03 00 20 00", "00 03 00 36 20"},
		{"event-only-threshold", "0a 22; 0a 23 01 00 44 00 00 0d", "00 45 00 44 00 51 03 18 20 00 77 07 01 12 6f 01", "00 45 00 44 00 51 03 18 20 00 77 07 01 0b 01 01"},
		{"compact-with-numeric-format", "0a 22; 0a 23 01 00 2a 00 14 01", "00 2b 00 c0", "00 2b 00 00"},
		{"owner-not-bmc", "0a 22; 0a 23 01 00 02 00 05 02", "00 03 00 20 00", "00 03 00 b0 00"},
		{"owner-lun", "0a 22; 0a 23 01 00 02 00 05 03", "00 03 00 20 00 02", "00 03 00 20 01 01"},
		{"sdr-unit-unspecified", "0a 22; 0a 23 01 00 02 00 14 03", "00 03 00 80 01 00", "00 03 00 82 01 00"},
		{"sdr-illogical-thresholds", "0a 22; 0a 23 01 00 01 00 25 01", "00 02 00 2f", "00 02 00 01"},
		{"sdr-illogical-thresholds", "04 27 01", "00 3a 00 fb 00 2a 2f 37", "00 3a 00 fb 00 2a 01 37"},
		{"sensor-cc-cd", "04 2d 01", "00 18 c0 c0", "cd"},
		{"sensor-cc-c9", "04 2d 01", "00 18 c0 c0", "c9"},
		{"sensor-cc-ce", "04 2d 01", "00 18 c0 c0", "ce"},
		{"sensor-cc-d5", "04 2d 01", "00 18 c0 c0", "d5"},
		{"sensor-cc-d3", "04 2d 01", "00 18 c0 c0", "d3"},
		{"sensor-cc-c0", "04 2d 01", "00 18 c0 c0", "c0"},
		{"sensor-cc-c0", "04 2d 02", "00 25 c0 c0", "00 25 c0 c0"},
		{"threshold-only-crossed", "04 26 01 18 00 00 00 05 0a 37; 04 2d 01", "00 18 c0 d8", "00 18 c0 d0"},
		{"threshold-only-crossed", "04 26 01 38 00 00 00 05 0a 0f; 04 2d 01", "00 18 c0 f8", "00 18 c0 e0"},
		{"psu-ok-no-state", "04 2d 50", "00 00 c0 01 80", "00 00 c0 00 80"},
		{"psu-ok-no-state", "04 2d 01", "00 18 c0 c0", "00 18 c0 c0"},
		{"sensor-reserved-bit-clear", "04 2d 50", "00 00 c0 01 80", "00 00 c0 01 00"},
		{"sel-bad-record-type", "0a 43 00 00 00 00 00 ff", "00 02 00 01 00 02 *", "00 02 00 01 00 03 *"},
		{"sel-record-type-0", "0a 42; 0a 43 01 00 01 00 02 01", "00 02 00 02", "00 02 00 00"},
		{"sel-timestamps-unspecified", "0a 43 00 00 00 00 00 ff", "00 02 00 01 00 02 ?? ?? ?? ?? 20 *", "00 02 00 01 00 02 ff ff ff ff 20 *"},
		{"sel-same-id", "0a 43 00 00 03 00 00 02", "00 04 00 03 00", "00 04 00 01 00"},
		{"sel-clear-reservation", "0a 47 21 43 43 4c 52 aa; 0a 43 00 00 01 00 00 02", "00 02 00 01 00", "cb"},
		{"sel-clear-reservation", "0a 46 21 43 01 00", "c5", "00 01 00"},
		{"sel-time-zero", "0a 48", "00 ?? ?? ?? 6?", "00 00 00 00 00"},
		{"fru-max-read-c7", "0a 11 00 00 00 09", "00 09 01 *", "c7"},
		{"fru-max-read-ca", "0a 11 00 00 00 09", "00 09 01 *", "ca"},
		{"fru-max-read-16", "0a 11 00 00 00 11", "00 11 01 *", "ca"},
		{"fru-max-read-16", "0a 11 00 00 00 10", "00 10 01 *", "00 10 01 *"},
		{"fru-bad-checksum", "0a 11 00 14 00 01", "00 01 43", "00 01 42"},
		{"fru-zero-typelen", "0a 11 00 13 00 02", "00 02 c8 43", "00 02 00 43"},
		{"fru-zero-typelen", "0a 11 00 2f 00 01", "00 01 87", "00 01 4f"},
		{"fru-fe-text", "0a 11 00 14 00 08; 0a 11 00 2f 00 01", "00 01 87", "00 01 64"},
		{"fru-word-access", "0a 10 00", "00 00 20 00", "00 00 20 01"},
		{"fru-word-access", "0a 11 00 08 00 02", "00 02 01 66", "00 02 01 04 17 c8"},
		{"fru-word-access", "0a 12 00 0a 00 41 42; 0a 11 00 0a 00 01", "00 01 41", "00 01 41 42"},
		{"fru-mfg-date-noise", "0a 11 00 33 00 03", "00 03 ?? ?? e2", "00 03 05 00 00"},
		{"fru-chassis-unspecified", "0a 11 00 12 00 01; 0a 11 00 2f 00 01", "00 01 87", "00 01 9c"},
		{"sdr-info-d4", "0a 20", "00 51 *", "d4"},
		{"sdr-max-read-silent", "0a 23 00 00 02 00 00 11", "00 03 00 *", "c3"},
		{"sdr-max-read-silent", "0a 23 00 00 02 00 00 10", "00 03 00 *", "00 03 00 *"},
		{"sdr-lost-length", "0a 22; 0a 23 01 00 02 00 20 05", "00 03 00 *", "c8"},
		{"sdr-lost-length", "0a 22; 0a 23 01 00 02 00 1f 05", "00 03 00 *", "00 03 00 *"},
		{"devsdr-flag-wrong", "06 01", "00 20 01 *", "00 20 81 *"},
		{"owner-software-id", "0a 23 00 00 02 00 00 06", "* 36 20", "* 36 41"},
		{"sdr-invalid-entity", "0a 23 00 00 02 00 00 09", "* 20 00 02 17", "* 20 00 02 7f"},
		{"sensor-no-state", "04 2d 01", "00 18 c0 c0", "00 18 c0"},
		{"sensor-illegal-state", "04 2d 50", "00 00 c0 ?? 80", "00 00 c0 ?? ff"},
		{"thresholds-c9", "04 27 01", "00 3a *", "c9"},
		{"event-enable-scan-bit", "04 29 01", "00 c0 84 0a 84 0a", "00 80 84 0a 84 0a"},
		{"threshold-bits-wrong", "04 2d 01", "00 18 c0 c0", "00 18 c0 c8"},
		{"sel-generator-shift", "0a 43 00 00 00 00 00 ff", "00 02 00 01 00 02 ?? ?? ?? ?? 20 00 04 *", "00 02 00 01 00 02 ?? ?? ?? ?? 40 00 04 *"},
		{"sel-id-mismatch", "0a 43 00 00 02 00 00 ff", "00 03 00 02 00 02 *", "00 03 00 02 01 02 *"},
		{"sel-next-zero", "0a 43 00 00 01 00 00 ff; 0a 43 00 00 02 00 00 ff; 0a 43 00 00 03 00 00 ff", "00 04 00 03 00 *", "00 00 00 03 00 *"},
		{"sel-next-zero", "0a 43 00 00 01 00 00 ff; 0a 43 00 00 02 00 00 ff", "00 03 00 02 00 *", "00 03 00 02 00 *"},
		{"sel-preinit-timestamps", "0a 43 00 00 00 00 00 ff", "00 02 00 01 00 02 ?? ?? ?? ?? 20 *", "00 02 00 01 00 02 05 00 00 00 20 *"},
		{"sel-delete-claimed", "0a 42; 0a 46 01 00 01 00", "00 01 00", "c1"},
		{"sel-delete-claimed", "0a 40", "00 51 * 0f", "00 51 * 0f"},
		{"sel-sensor-not-in-sdr", "0a 43 00 00 00 00 00 ff", "* 20 00 04 10 70 6f 02 ff ff", "* 20 00 04 10 fe 6f 02 ff ff"},
		{"sel-direction-wrong", "0a 43 00 00 ff ff 00 ff", "00 ff ff 08 00 02 ?? ?? ?? ?? 20 00 04 01 01 81 *", "00 ff ff 08 00 02 ?? ?? ?? ?? 20 00 04 01 01 01 *"},
		{"sel-time-unset", "0a 48", "00 *", "c1"},
		{"fru-max-read", "0a 11 00 00 00 09", "00 09 01 *", "c8"},
		{"fru-max-read", "0a 11 00 00 00 08", "00 08 01 *", "00 08 01 *"},
		{"fru-max-read-ff", "0a 11 00 00 00 09", "00 09 01 *", "ff"},
		{"fru-max-read-silent", "0a 11 00 00 00 09", "00 09 01 *", "c3"},
		{"fru-ff-text", "0a 11 00 10 00 10", "00 10 01 04 17 c8 43 48 2d 32 55 2d 30 31 cb *", "00 10 01 04 17 c8 ff ff ff ff ff ff ff ff cb *"},
		{"fru-early-c1", "0a 11 00 10 00 10", "* 31 cb 43 48 30", "* 31 c1 43 48 30"},
		{"fru-write-protected", "0a 12 00 00 01 ff", "00 01", "80"},
		{"useraccess-needs-name", "06 43 91 05 02 00", "00", "cc"},
		{"useraccess-needs-name", "06 45 05 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; 06 43 91 05 02 00", "00", "00"},
		{"enable-needs-password", "06 47 05 01", "00", "cc"},
		{"enable-needs-password", "06 47 05 02 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; 06 47 05 01", "00", "00"},
		{"username-dup-refused", "06 45 05 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; 06 45 05 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "cc"},
		{"redundant-enable-refused", "06 47 05 01; 06 47 05 01", "00", "cc"},
		{"password-policy", "06 47 05 02 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "8f"},
		{"setpw-needs-password", "06 47 05 01", "00", "c7"},
		{"setpw-needs-password", "06 47 05 00", "00", "c7"},
		{"setpw-needs-password", "06 47 05 02 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00; 06 47 05 01 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00", "00"},
		{"priv-reserved-default", "06 44 01 05", "00 ?? ?? ?? 1f", "00 ?? ?? ?? 10"},
		{"priv-reserved-default", "06 44 01 02", "00 ?? ?? ?? 34", "00 ?? ?? ?? 34"},
		{"slow-commit", "06 43 91 05 02 00; 06 43 91 06 02 00; 06 43 91 07 02 00", "00", "c0"},
		{"lan-param-unsupported-cc", "0c 02 01 63 00 00", "80", "cc"},
		{"lan-param-unsupported-empty", "0c 02 01 63 00 00", "80", "00 11"},
		{"readonly-as-d5", "0c 01 01 16 00", "82", "d5"},
		{"wrong-selector-echo", "0c 02 01 12 01 00", "00 11 01 *", "00 11 00 *"},
		{"wrong-selector-echo", "0c 02 01 13 01 00", "00 11 01 *", "00 11 00 *"},
		{"cipher-list-1-16", "0c 02 01 17 00 00", "00 11 00 00 01 *", "00 11 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"},
		{"cipher-priv-short", "0c 02 01 18 00 00", "00 11 00 ?? ?? ?? ?? ?? ?? ?? ??", "00 11 00 ?? ?? ?? ?? ??"},
		{"mac-write-ignored", "0c 01 01 05 02 00 00 00 00 99; 0c 02 01 05 00 00", "00 11 02 00 00 00 00 99", "00 11 02 00 00 00 06 23"},
		{"chassis-status-c1-once", "00 01", "00 *", "c1"},
		{"chassis-status-c1-once", "00 01; 00 01", "00 *", "00 *"},
		{"sysinfo-c1", "06 59 00 01 00 00", "00 11 *", "c1"},
		{"sysinfo-empty", "06 59 00 01 00 00", "00 11 00 *", "00 11"},
		{"guid-byte-order", "06 37", "00 01 00 00 00 00 02 00 80 ee 11 00 00 c0 b3 4e fa", "00 c0 b3 4e fa 00 00 ee 11 80 00 02 00 00 00 00 01"},
		{"manufacturer-47488", "06 01", "00 20 01 01 00 02 bf d9 7e 00 23 06 *", "00 20 01 01 00 02 bf 80 b9 00 23 06 *"},
		{"devid-no-aux", "06 01", "00 20 01 01 00 02 bf d9 7e 00 23 06 00 00 00 00", "00 20 01 01 00 02 bf d9 7e 00 23 06"},
		{"selftest-c1", "06 04", "00 55 00", "c1"},
		{"watchdog-flag-stuck", "06 24 04 00 00 00 ff ff; 06 22; 06 25", "00 44 *", "00 04 *"},
		{"watchdog-empty", "06 25", "00 01 *", "00"},
		{"dcmi-advertised-missing", "2c 02 dc 01 00 00", "00 dc *", "c1 dc"},
		{"dcmi-no-enhanced", "2c 01 dc 05", "00 dc *", "cc dc"},
		{"dcmi-v10-body", "2c 01 dc 01", "00 dc 01 05 02 00 01 01", "00 dc 01 05 02 03 01 01"},
		{"dcmi-asset-no-length", "2c 08 dc 00 01 41", "00 dc 02", "00 dc"},
		{"sol-capacity-0", "06 4a 01", "00 01 *", "00 00 *"},
	} {
		t.Run(tt.quirk+" "+tt.requests, func(t *testing.T) {
			t.Parallel()
			ask := func(quirks ...string) string {
				m := bmctest.New(t, bmctest.Edit(func(p *profiles.Profile) { p.Quirks = quirks }))
				var got []byte
				for request := range strings.SplitSeq(tt.requests, "; ") {
					got = bmctest.Ask(t, m, request)
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
	}
}

// TestQuirkOfDeviceSDRs: Get Device SDR Info of a machine with device SDRs, which the generic one is not, counts them when it
// is asked to. [IPMI 2.0 §35.2]
func TestQuirkOfDeviceSDRs(t *testing.T) {
	t.Parallel()
	for quirk, want := range map[string]string{"": "004801", "device-sdr-count-is-sensors": "000801"} {
		m := bmctest.New(t, bmctest.Edit(func(p *profiles.Profile) {
			p.Device.DeviceSDRs = true
			if quirk != "" {
				p.Quirks = []string{quirk}
			}
		}))
		if got := hex.EncodeToString(bmctest.Ask(t, m, "04 20 01")); got != want {
			t.Errorf("%q: %s, want %s", quirk, got, want)
		}
	}
}

// TestQuirkOfLUNs: the same sensor number is two sensors, by the LUN that is asked. [IPMI 2.0 §5.1, §35.14]
func TestQuirkOfLUNs(t *testing.T) {
	t.Parallel()
	for quirk, want := range map[string][]string{"": {"0018c0c0", "cb"}, "owner-lun": {"0018c0c0", "0025c0c0"}} {
		m := bmctest.New(t, bmctest.Edit(func(p *profiles.Profile) {
			if quirk != "" {
				p.Quirks = []string{quirk}
			}
		}))
		for lun, want := range want {
			got, err := m.RequestResponse(t.Context(), bmc.SystemRequest{
				NetworkFunction: 0x04, Lun: uint8(lun), Command: 0x2d, RequestData: []byte{1}, RequestDataSize: 1,
			})
			if err != nil || hex.EncodeToString(got.ResponseData) != want {
				t.Errorf("%q: LUN %d answers % x, %v, want %s", quirk, lun, got.ResponseData, err, want)
			}
		}
	}
}

// TestQuirksOfSOL activates SOL in a session, and compares the code and the port of Activate Payload.
func TestQuirksOfSOL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		quirk string
		code  ipmb.CompletionCode
		port  string
	}{
		{"", ipmb.OK, "6f02"},
		{"sol-port-swapped", ipmb.OK, "026f"},
		{"sol-always-active", 0x80, ""},
	} {
		t.Run(tt.quirk, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
					if tt.quirk != "" {
						p.Quirks = []string{tt.quirk}
					}
				}))
				s := srv.Login(c, "admin", "password")
				got, err := s.Do(context.Background(), ipmb.NetFnApp, 0x48, 0x01, 0x01, 0xc0, 0, 0, 0)
				var code ipmb.CompletionCode
				if errors.As(err, &code); code != tt.code || code == ipmb.OK && (len(got) != 12 || hex.EncodeToString(got[8:10]) != tt.port) {
					t.Errorf("% x, %v; want code %v, port %s", got, err, tt.code, tt.port)
				}
			})
		})
	}
}

// looksLike compares hexadecimal digits with a pattern that has at most one *.
func looksLike(got, pattern string) bool {
	head, tail, open := strings.Cut(strings.ReplaceAll(pattern, " ", ""), "*")
	if len(got) < len(head)+len(tail) || !open && len(got) > len(head) {
		return false
	}
	same := func(digits, pattern string) bool {
		for i := range pattern {
			if pattern[i] != '?' && pattern[i] != digits[i] {
				return false
			}
		}
		return true
	}
	return same(got[:len(head)], head) && same(got[len(got)-len(tail):], tail)
}
