//go:build clients

package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// change is one line of a configuration file, and what it is changed to.
type change struct{ section, key, old, new string }

// configs are the configurations that FreeIPMI checks out, and changes of all their kinds.
var configs = []struct {
	tool     string
	sections string // those to check out, when it is not all that are checked out by themselves
	// checkout is how a checkout ends: with 1 when a section has a key that the machine does not have. Here these are the
	// authentication types none and OEM, the key KR, and the cipher suites 16 and 17: FreeIPMI takes the number of a suite
	// for its place in the list of levels. [IPMI 2.0 Table 23-4, parameter 24]
	checkout int
	changes  []change
}{
	{"bmc-config", "", 1, []change{
		{"User7", "Username", "", "carol"},
		{"User4", "Lan_Privilege_Limit", "User", "Operator"},
		{"User4", "SOL_Payload_Access", "Yes", "No"},
		{"Lan_Channel", "Non_Volatile_Enable_Pef_Alerting", "Yes", "No"},
		{"Lan_Conf", "IP_Address", "192.0.2.10", "10.1.2.3"},
		{"Lan_Conf", "Subnet_Mask", "255.255.255.0", "255.255.0.0"},
		{"Lan_Conf", "Backup_Gateway_MAC_Address", "00:00:00:00:00:00", "02:00:00:00:00:07"},
		{"Lan6_Conf", "IPv6_Static_Address", "::", "2001:db8::7"},
		{"Lan6_Conf", "IPv6_Static_Address_Enable", "No", "Yes"},
		{"Lan6_Conf", "IPv6_Static_Address_Prefix_Length", "0", "64"},
		{"Lan_Conf_Auth", "User_Enable_Auth_Type_MD2", "Yes", "No"},
		{"Lan_Conf_User_Security", "Bad_Password_Threshold", "0", "5"},
		{"Lan_Conf_Misc", "Gratuitous_ARP_Interval", "3", "9"},
		{"Rmcpplus_Conf_Privilege", "Maximum_Privilege_Cipher_Suite_Id_2", "Administrator", "Operator"},
		{"SOL_Conf", "SOL_Retry_Count", "7", "3"},
		{"SOL_Conf", "Non_Volatile_Bit_Rate", "115200", "19200"},
	}},
	{"bmc-config", " -S Serial_Channel -S Serial_Conf", 0, []change{
		{"Serial_Channel", "Non_Volatile_Channel_Privilege_Limit", "Administrator", "User"},
		{"Serial_Conf", "Connect_Mode", "Modem_Connect", "Direct_Connect"},
		{"Serial_Conf", "Call_Retry_Interval", "0", "20"},
		{"Serial_Conf", "Flow_Control", "No_Flow_Control", "RTS_CTS"},
		{"Serial_Conf", "Bit_Rate", "19200", "115200"},
	}},
	{"ipmi-chassis-config", "", 0, []change{
		{"Chassis_Front_Panel_Buttons", "Enable_Reset_Button", "Yes", "No"},
		{"Chassis_Power_Conf", "Power_Restore_Policy", "Restore_State_AC_Apply", "On_State_AC_Apply"},
		{"Chassis_Boot_Flags", "Boot_Device", "NO-OVERRIDE", "PXE"},
		{"Chassis_Boot_Flags", "BIOS_Boot_Type", "PC-COMPATIBLE", "EFI"},
		{"Chassis_Boot_Flags", "Device_Instance_Selector", "None", "Internal-5"},
		{"Chassis_Boot_Flags", "Console_Redirection", "BIOS-SETTING", "ENABLE"},
	}},
	{"ipmi-sensors-config", "", 0, []change{
		{"1_Inlet_Temp", "Upper_Critical_Threshold", "47.000000", "44.000000"},
		{"1_Inlet_Temp", "Positive_Going_Threshold_Hysteresis", "2.000000", "3.000000"},
		{"14_P12V", "Enable_Assertion_Event_Lower_Critical_Going_Low", "Yes", "No"},
		{"27_Fan_1", "Lower_Critical_Threshold", "1200.000000", "1280.000000"},
		{"45_Intrusion", "Enable_Deassertion_Event_General_Chassis_Intrusion", "Yes", "No"},
	}},
	{"ipmi-pef-config", "", 0, []change{
		{"PEF_Conf", "Enable_Diagnostic_Interrupt", "Yes", "No"},
		{"PEF_Conf", "Startup_Delay", "60", "30"},
		{"Community_String", "Community_String", "public", "trapper"},
		{"Lan_Alert_Destination_2", "Alert_IP_Address", "0.0.0.0", "10.0.0.7"},
		{"Lan_Alert_Destination_2", "Alert_Acknowledge", "No", "Yes"},
		{"Alert_String_1", "Alert_String", "", "hello"},
		{"Alert_Policy_2", "Policy_Enabled", "No", "Yes"},
		{"Event_Filter_20", "Event_Severity", "Unspecified", "Critical"},
		{"Event_Filter_20", "Sensor_Type", "Reserved", "Temperature"},
	}},
	{"ipmi-config -g dcmi", "", 0, []change{
		{"DCMI_Conf", "Asset_Tag", "fakebmc", "rack-7"},
		{"DCMI_Conf", "Management_Controller_Identifier_String", "DCMI020000000623", "mc-7"},
		{"DCMI_Conf", "Power_Limit_Requested", "1000", "800"},
		{"DCMI_Conf", "Exception_Actions", "NO_ACTION", "LOG_EVENT_TO_SEL_ONLY"},
	}},
}

// dialable is the generic machine with a modem.
const dialable = `profile: dialable
extends: generic
channels:
  - {number: 2, medium: serial, protocol: ipmb, sessions: single, access: {mode: always}, modes: [disabled, always], auth: [md5]}
`

// Each configuration is checked out, changed in its file and committed. Then it does not differ from the file, and what
// is checked out again is the file.
func TestFreeIPMIConfigurations(t *testing.T) {
	t.Parallel()
	for _, c := range configs {
		t.Run(c.tool+c.sections, func(t *testing.T) {
			overBoth(t, profile(t, dialable), func(t *testing.T, f free) {
				file := filepath.Join(t.TempDir(), "config")
				f.run(t, c.tool+" --checkout -n "+file+c.sections).want(t, c.checkout)
				before := read(t, file)
				wanted, differences := edit(t, before, c.changes)
				if err := os.WriteFile(file, []byte(wanted), 0o600); err != nil {
					t.Fatal(err)
				}
				f.run(t, c.tool+" --diff -n "+file).ok(t, differences...)
				f.run(t, c.tool+" --commit -n "+file).ok(t)
				f.run(t, c.tool+" --diff -n "+file).rows(t, 0)
				again := file + "-again"
				f.run(t, c.tool+" --checkout -n "+again+c.sections).want(t, c.checkout)
				if got, want := settings(read(t, again)), settings(wanted); !slices.Equal(got, want) {
					t.Errorf("%s: what is checked out after the commit is not what was committed\n%s", c.tool, lineDifferences(want, got))
				}
			})
		})
	}
}

// read reads a whole file.
func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// edit makes changes in a configuration, and returns it and the differences that FreeIPMI is to see.
func edit(t *testing.T, config string, changes []change) (edited string, differences []string) {
	t.Helper()
	done := map[change]bool{}
	var b strings.Builder
	section := ""
	for line := range strings.Lines(config) {
		if words := strings.Fields(line); len(words) == 2 && words[0] == "Section" {
			section = words[1]
		}
		for _, c := range changes {
			if c.section == section && strings.TrimSpace(squeeze(line)) == strings.TrimSpace(c.key+" "+c.old) {
				line, done[c] = "\t"+c.key+" "+c.new+"\n", true
			}
		}
		b.WriteString(line)
	}
	for _, c := range changes {
		if !done[c] {
			t.Errorf("the configuration has no %s:%s with the value %q\n%s", c.section, c.key, c.old, config)
		}
		differences = append(differences, fmt.Sprintf("%s:%s - input=`%s':actual=`%s'", c.section, c.key, c.new, c.old))
	}
	return b.String(), differences
}

// settings are the lines of a configuration that can be committed, and not comments: state is shown there.
func settings(config string) []string {
	return slices.DeleteFunc(strings.Split(squeeze(config), "\n"), func(line string) bool { return strings.HasPrefix(line, "#") })
}

// lineDifferences are the lines that differ.
func lineDifferences(want, got []string) string {
	var b strings.Builder
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want):
			fmt.Fprintf(&b, "too much: %s\n", got[i])
		case i >= len(got):
			fmt.Fprintf(&b, "missing: %s\n", want[i])
		case want[i] != got[i]:
			fmt.Fprintf(&b, "%s, want %s\n", got[i], want[i])
		}
	}
	return b.String()
}
