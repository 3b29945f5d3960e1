package bmc

import (
	"encoding/csv"
	"fmt"
	"os"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestTableHoldsTheSpecification compares the rows with testdata/commands.tsv, the command assignments of
// [IPMI 2.0 App. G, Table G-1] and [DCMI §6]: number, name, section, privilege and reach.
func TestTableHoldsTheSpecification(t *testing.T) {
	t.Parallel()
	rows := readCommands(t)
	have := make(map[string]Command)
	for _, c := range StandardTable().Rows() {
		have[fmt.Sprintf("%02X %02X %s", uint8(c.Op.NetFn), c.Op.Cmd, c.Name)] = c
	}
	for _, r := range rows {
		key := r["netfn"] + " " + r["cmd"] + " " + r["name"]
		c, ok := have[key]
		if !ok {
			t.Errorf("%s: not in the command table", key)
			continue
		}
		delete(have, key)
		if c.Section != r["section"] {
			t.Errorf("%s: section %s, want %s", key, c.Section, r["section"])
		}
		if got := specPrivilege(&c); got != r["min_privilege"] && r["min_privilege"] != "varies" {
			t.Errorf("%s: privilege %s, want %s", key, got, r["min_privilege"])
		}
	}
	for key := range have {
		t.Errorf("%s: in the command table, not in the specification's", key)
	}
}

// TestEveryCommandIsDone holds the rows to the specification: all that have one there are answered, or sent where it is the
// BMC that sends them. The ICMB's are in a specification of their own.
func TestEveryCommandIsDone(t *testing.T) {
	t.Parallel()
	done := make(map[string]bool)
	for _, c := range StandardTable().Rows() {
		done[fmt.Sprintf("%02X %02X %s", uint8(c.Op.NetFn), c.Op.Cmd, c.Name)] = c.Done()
		if sent := c.Reach == BMCGenerated; sent != c.Sent || sent && c.Do != nil {
			t.Errorf("%s: sent by the BMC %v, marked so %v, with a handler %v", c.Name, sent, c.Sent, c.Do != nil)
		}
	}
	for _, r := range readCommands(t) {
		key := r["netfn"] + " " + r["cmd"] + " " + r["name"]
		if want := r["section"] != "ICMB"; done[key] != want {
			t.Errorf("%s (%s): done %v, want %v", key, r["section"], done[key], want)
		}
	}
}

func specPrivilege(c *Command) string {
	switch c.Reach {
	case Sessionless:
		return "unprotected"
	case SystemInterfaceOnly:
		return "system-interface-only"
	case LocalOnly, Broadcast:
		return "local-only"
	case BMCGenerated:
		return "bmc-generated"
	}
	if c.Priv == ipmb.PrivilegeAdministrator {
		return "admin"
	}
	return c.Priv.String()
}

func readCommands(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/commands.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = '\t'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, v := range line {
			row[lines[0][i]] = v
		}
		rows = append(rows, row)
	}
	if len(rows) < 170 {
		t.Fatalf("only %d commands read", len(rows))
	}
	return rows
}

// TestNewTableRefusesDuplicates shows that two rows for one command are found when the table is built.
func TestNewTableRefusesDuplicates(t *testing.T) {
	t.Parallel()
	row := Command{Op: ipmb.GetDeviceID, Name: "Get Device ID"}
	if _, err := newTable(profiles.Commands{}, []Command{row, row}); err == nil {
		t.Fatal("a table with Get Device ID twice was built")
	}
}

// TestCommandID pins the form that profiles and metrics use.
func TestCommandID(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Get Device ID":                       "get-device-id",
		"Activate/Deactivate Power Limit":     "activate-deactivate-power-limit",
		"Get IP/UDP/RMCP Statistics":          "get-ip-udp-rmcp-statistics",
		"Re-arm Sensor Events":                "re-arm-sensor-events",
		"Set Sensor Reading And Event Status": "set-sensor-reading-and-event-status",
	} {
		if got := CommandID(name); got != want {
			t.Errorf("CommandID(%q) = %q, want %q", name, got, want)
		}
	}
}
