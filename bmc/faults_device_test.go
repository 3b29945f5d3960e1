package bmc_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
)

// TestDeviceFaults lets parts of the machine fail, and reads them as a client does.
func TestDeviceFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule  string
		asks        []string // NetFn, command and data in hexadecimal
		want, clean []string // answers with and without the rule
	}{
		{"NAK", "{name: r, at: device, when: {bus: 1, address: 0x48}, do: {fail: nak}}", []string{"06 52 03 90 01 00"}, []string{"83"}, []string{"00 18"}},
		{"NAK of a device by name", "{name: r, at: device, when: {device: inlet}, do: {fail: nak}}", []string{"06 52 03 90 01 00"}, []string{"83"}, []string{"00 18"}},
		{"lost arbitration", "{name: r, at: device, when: {bus: 1, operation: read}, hits: {first: 1}, do: {fail: lost-arbitration}}", []string{"06 52 03 90 01 00", "06 52 03 90 01 00"}, []string{"81", "00 18"}, []string{"00 18", "00 18"}},
		{"bus error", "{name: r, at: device, when: {part: i2c}, do: {fail: bus-error}}", []string{"06 52 03 90 01 00"}, []string{"82"}, []string{"00 18"}},
		{"truncated read", "{name: r, at: device, when: {bus: 1}, do: {fail: truncated-read}}", []string{"06 52 03 90 02 00"}, []string{"84 18"}, []string{"00 18 00"}},
		{"changed bytes", "{name: r, at: device, when: {bus: 1, address: 0x48}, do: {patch: [{at: 0, set: 2a}]}}", []string{"06 52 03 90 02 00"}, []string{"00 2a 00"}, []string{"00 18 00"}},
		{"the sensor on the bus", "{name: r, at: device, when: {device: inlet}, do: {fail: nak}}", []string{"04 2d 01"}, []string{"00 00 e0 c0"}, []string{"00 18 c0 c0"}},
		{"stuck", "{name: r, at: device, when: {sensor: Inlet Temp}, do: {value: 31}}", []string{"04 2d 01", "04 2d 02"}, []string{"00 1f c0 c0", "00 25 c0 c0"}, []string{"00 18 c0 c0", "00 25 c0 c0"}},
		{"no reading", "{name: r, at: device, when: {sensor: Inlet Temp}, do: unavailable}", []string{"04 2d 01"}, []string{"00 00 e0 c0"}, []string{"00 18 c0 c0"}},
		{"noise", "{name: r, at: device, when: {sensor: Inlet Temp}, do: {noise: 5}}", []string{"04 2d 01", "04 2d 01", "04 2d 01"}, []string{"00 13 c0 c0", "00 18 c0 c0", "00 15 c0 c0"}, []string{"00 18 c0 c0", "00 18 c0 c0", "00 18 c0 c0"}},
		{"log full", "{name: r, at: device, when: {part: sel, operation: add}, do: full}", []string{"0a 44 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff"}, []string{"c4"}, []string{"00 09 00"}},
		{"entry lost", "{name: r, at: device, when: {part: sel}, do: lose}", []string{"0a 44 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff", "0a 43 00 00 09 00 00 02"}, []string{"00 09 00", "cb"}, []string{"00 09 00", "00 ff ff 09 00"}},
		{"entries of a kind lost", "{name: r, at: device, when: {part: sel, operation: add, content: \"?? ?? 02 ?? ?? ?? ?? 20 00 04 02\"}, do: lose}",
			[]string{"0a 44 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff", "0a 44 00 00 02 00 00 00 00 20 00 04 02 10 01 57 ff ff", "0a 43 00 00 0a 00 00 02"}, []string{"00 09 00", "00 0a 00", "cb"}, []string{"00 09 00", "00 0a 00", "00 ff ff 0a 00"}},
		{"record away", "{name: r, at: device, when: {part: sdr, record: 2}, do: unavailable}", []string{"0a 23 00 00 02 00 00 02", "0a 23 00 00 01 00 00 02"}, []string{"cb", "00 02 00 01 00"}, []string{"00 03 00 02 00", "00 02 00 01 00"}},
		{"record changed", "{name: r, at: device, when: {part: sdr, record: 1}, do: {patch: [{at: 0, set: 99}]}}", []string{"0a 23 00 00 00 00 00 02"}, []string{"00 02 00 99 00"}, []string{"00 02 00 01 00"}},
		{"record in parts", "{name: r, at: device, when: {part: sdr, content: 02 00 51 01}, do: {patch: [{at: 5, set: b0}]}}",
			[]string{"0a 23 21 43 02 00 04 03", "0a 22", "0a 23 01 00 02 00 05 02", "0a 23 01 00 01 00 05 02"}, []string{"c5", "00 01 00", "00 03 00 b0 00", "00 02 00 20 00"}, []string{"c5", "00 01 00", "00 03 00 20 00", "00 02 00 20 00"}},
		{"record cut", "{name: r, at: device, when: {part: sdr, record: 2}, do: {truncate: 7}}", []string{"0a 23 00 00 02 00 00 09", "0a 23 00 00 02 00 00 05"}, []string{"00 03 00 02 00 51 01 36 20 00", "00 03 00 02 00 51 01 36"}, []string{"00 03 00 02 00 51 01 36 20 00 02 17", "00 03 00 02 00 51 01 36"}},
		{"record too long", "{name: r, at: device, when: {part: sel, record: 2}, do: {extend: " + strings.Repeat("00", 300) + "}}", []string{"0a 43 00 00 02 00 00 ff", "0a 43 00 00 02 00 00 03"}, []string{"ca", "00 03 00 02 00 02"}, nil},
		{"entry replaced", "{name: r, at: device, when: {part: sel, record: 2}, do: {replace: 01 02 03}}", []string{"0a 43 00 00 02 00 00 ff"}, []string{"00 03 00 01 02 03"}, nil},
		{"inventory's area", "{name: r, at: device, when: {fru: 0}, do: {patch: [{area: chassis, at: 2, set: 02, checksum: true}]}}", []string{"0a 11 00 10 00 04", "0a 11 00 2f 00 01"}, []string{"00 04 01 04 02 c8", "00 01 9c"}, []string{"00 04 01 04 17 c8", "00 01 87"}},
		{"inventory cut", "{name: r, at: device, when: {fru: 0}, do: {truncate: 10}}", []string{"0a 11 00 08 00 04", "0a 11 00 0b 00 04"}, []string{"00 02 01 66", "00 00"}, []string{"00 04 01 66 61 6b", "00 04 6b 65 62 6d"}},
		{"every reservation", "{name: r, at: request, when: {command: clear-sel}, do: {any_reservation: [sel]}}", []string{"0a 46 21 43 01 00", "0a 47 21 43 43 4c 52 aa", "0a 43 00 00 01 00 00 02"}, []string{"c5", "00 01", "cb"}, []string{"c5", "c5", "00 02 00 01 00"}},
		{"every reservation for one command", "{name: r, at: request, when: {command: get-sel-entry}, do: {any_reservation: [sel]}}", []string{"0a 43 21 43 01 00 02 01", "0a 46 21 43 01 00"}, []string{"00 02 00 02", "c5"}, []string{"c5", "c5"}},
		{"every reservation of records", "{name: r, at: request, when: {command: get-sdr}, do: {any_reservation: [sdr]}}", []string{"0a 23 21 43 01 00 05 02"}, []string{"00 02 00 20 00"}, []string{"c5"}},
		{"inventory", "{name: r, at: device, when: {fru: 0}, do: {patch: [{at: 0, set: ff}]}}", []string{"0a 11 00 00 00 01"}, []string{"00 01 ff"}, []string{"00 01 01"}},
		{"log full, in parts", "{name: r, at: device, when: {part: sel, operation: add}, do: full}", []string{"0a 42", "0a 45 01 00 00 00 00 01 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff"}, []string{"00 01 00", "c4"}, []string{"00 01 00", "00 09 00"}},
		{"entry lost, in parts", "{name: r, at: device, when: {part: sel}, hits: {first: 1}, do: lose}", []string{"0a 42", "0a 45 01 00 00 00 00 01 00 00 02 00 00 00 00 20 00 04 01 01 01 57 ff ff", "0a 43 00 00 09 00 00 02"}, []string{"00 01 00", "00 09 00", "cb"}, []string{"00 01 00", "00 09 00", "00 ff ff 09 00"}},
		{"entry changed", "{name: r, at: device, when: {part: sel, operation: add}, do: {patch: [{at: 3, set: 77}]}}", []string{"0a 44 00 00 e0 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d", "0a 43 00 00 09 00 00 05"}, []string{"00 09 00", "00 ff ff 09 00 e0 77 02"}, []string{"00 09 00", "00 ff ff 09 00 e0 01 02"}},
		{"inventory written wrong", "{name: r, at: device, when: {fru: 0, operation: write}, do: {patch: [{at: 0, xor: 0x0f}]}}", []string{"0a 12 00 00 00 fe", "0a 11 00 00 00 01"}, []string{"00 01", "00 01 f1"}, []string{"00 01", "00 01 fe"}},
		{"inventory not to be written", "{name: r, at: device, when: {fru: 0, operation: write}, do: unavailable}", []string{"0a 12 00 00 00 fe", "0a 11 00 00 00 01"}, []string{"cb", "00 01 01"}, []string{"00 01", "00 01 fe"}},
		{"written wrong", "{name: r, at: device, when: {device: inlet, operation: write}, do: {patch: [{at: 1, set: 40}]}}", []string{"06 52 03 90 00 03 4b 00", "06 52 03 90 02 03"}, []string{"00", "00 40 00"}, []string{"00", "00 4b 00"}},
		{"inventory away", "{name: r, at: device, when: {fru: 0}, do: unavailable}", []string{"0a 11 00 00 00 01"}, []string{"cb"}, []string{"00 01 01"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clean := bmctest.New(t)
			faulty := bmctest.New(t, withFaults(t, "    - "+tt.rule+"\n"))
			for i, request := range tt.asks {
				if got := askHex(t, clean, request); tt.clean != nil && got != tt.clean[i] {
					t.Errorf("%s without the fault: %s, want %s", request, got, tt.clean[i])
				}
				if got := askHex(t, faulty, request); got != tt.want[i] {
					t.Errorf("%s: %s, want %s", request, got, tt.want[i])
				}
			}
		})
	}
}

func askHex(t *testing.T, m *bmc.Machine, request string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(request, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.RequestResponse(t.Context(), bmc.SystemRequest{NetworkFunction: b[0], Command: b[1], RequestData: b[2:], RequestDataSize: uint32(len(b) - 2)})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("% x", r.ResponseData)
}

// TestLostEvents: what the machine logs by itself meets the same faults.
func TestLostEvents(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"{name: r, at: device, when: {part: sel}, do: lose}":                                     "00",
		"{name: r, at: device, when: {part: sel}, do: full}":                                     "00",
		"{name: r, at: request, when: {command: get-sel-info}, do: {cancel_reservation: [sel]}}": "01",
	} {
		m := bmctest.New(t, withFaults(t, "    - "+rule+"\n"))
		before := askHex(t, m, "0a 40")[6:8]
		if err := m.SetDevice("inlet", "", 60); err != nil {
			t.Fatal(err)
		}
		after := askHex(t, m, "0a 40")[6:8]
		if (before != after) != (want == "01") {
			t.Errorf("%s: %s entries, then %s", rule, before, after)
		}
	}
}
