//go:build clients

package clients

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestIpmitoolFRU prints, saves, changes and restores inventories. [IPMI 2.0 §34; FRU]
func TestIpmitoolFRU(t *testing.T) {
	t.Parallel()
	const (
		chassis = "Chassis Type : Rack Mount Chassis\nChassis Part Number : CH-2U-01\nChassis Serial : CH000000001\n"
		board   = "Board Mfg Date : Fri Mar 1 08:30:00 2024 UTC\nBoard Mfg : Example Corp\nBoard Product : Mainboard 2S\n" +
			"Board Serial : MB000000001\nBoard Part Number : MB-2S-01\n"
		product = "Product Manufacturer : Example Corp\nProduct Name : Server 2S\nProduct Part Number : SRV-2S-01\nProduct Version : 1.0\n" +
			"Product Serial : SN000000001\nProduct Asset Tag : fakebmc\n"
		supply = "Product Manufacturer : Example Corp\nProduct Name : PSU 800W\nProduct Part Number : PS-800-1\nProduct Version : 01\n" +
			"Product Serial : PS0000000001\n"
	)
	onEachWay(t, "generic", func(t *testing.T, m *machine, way []string) {
		dir := t.TempDir()
		image, again, internal := filepath.Join(dir, "image"), filepath.Join(dir, "again"), filepath.Join(dir, "internal")
		if err := os.WriteFile(internal, []byte("\x01replaced"[:8]), 0o600); err != nil {
			t.Fatal(err)
		}
		m.interview(t, way, interview{
			{"fru print", "FRU Device Description : Builtin FRU Device (ID 0)\n" + chassis + board + product, "FRU Device Description : PSU1 (ID 1)\n" + supply,
				"PSU2 (ID 2)\n", "Product Serial : PS0000000002\n", "Backplane (ID 3)\nBoard Mfg Date : Mon Feb 12 00:00:00 2024 UTC\n", "Riser (ID 4)\n", "Board Serial : RS000000001\n"},
			{"fru list", "Builtin FRU Device (ID 0)\n", "Riser (ID 4)\n"},
			{"fru print 0", chassis + board + product},
			{"fru print 1", supply},
			{"fru print 9", "Device not present (Requested sensor, data, or record not found)"},
			{"fru read 0 " + image, "Fru Size : 8192 bytes\nDone"},
			{`fru edit 0 field b 0 "Another Corp"`, "Updating Field 'Example Corp' with 'Another Corp' ..."},
			{`fru edit 0 field b 2 "SN9"`, "Updating Field : 'MB000000001' with 'SN9' ...", "Done."},
			{`fru edit 0 field p 1 "Server 3S"`, "Updating Field 'Server 2S' with 'Server 3S' ..."},
			{`fru edit 0 field c 1 "A longer serial number"`, "Updating Field : 'CH000000001' with 'A longer serial number' ...", "Done."},
			{"fru print 0", "Chassis Serial : A longer serial number\n", "Board Mfg : Another Corp\n", "Board Serial : SN9\n", "Product Name : Server 3S\n",
				"Product Asset Tag : fakebmc\n"},
			{"fru write 0 " + image, "Fru Size : 8192 bytes\nSize to Write : 8192 bytes"},
			{"fru print 0", chassis + board + product},
			{"fru read 0 " + again, "Done"},
			{"fru internaluse 0 info", "Internal Use Area Size : 8\n"},
			{"fru internaluse 0 print", "00- 01 66 61 6B 65 62 6D 63"},
			{"fru internaluse 0 write " + internal, "File Size: 8\nArea Size: 8"},
			{"fru internaluse 0 print", "00- 01 72 65 70 6C 61 63 65"},
		})
		m.ipmitool(t, append([]string{"-v"}, way...), "fru", "print", "1").ok(t, supply, "Power Supply Record\n", "Capacity : 800 W\n", "Peak VA : 900 VA\n",
			"'Predictive fail' 'Power factor correction' 'Autoswitch voltage' 'Hot swap'", "DC Output Record\n", "Output Number : 1\n", "Nominal voltage : 12.00 V")
		before, err := os.ReadFile(image)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := os.ReadFile(again); err != nil || !bytes.Equal(before, after) {
			t.Errorf("what was written is not what is read back: %v\n% x\n% x", err, before[:128], after[:128])
		}
	})
}
