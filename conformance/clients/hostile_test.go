//go:build clients

package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// survivor is a row of the table of who survives the hostile machine.
type survivor struct {
	client, label string
	command       string // HOST is the machine, SCRIPTS the folder of scripts
	verdict       string // "yes", or "no" and why
	whole         string // what is printed when all comes that was asked for, as a regular expression
	end           string // of those who do not survive: what is printed instead
}

const (
	oneByte    = "no: gives up when record headers do not come in one piece"
	gaveUpBusy = "no: gives up when the controller is busy"
	endless    = "no: asks again for ever when record headers do not come in one piece"
	inletTemp  = "Inlet Temp"
)

// survivors are the rows of the table in profiles/examples/README.md.
func survivors() (rows []survivor) {
	add := func(client, label, command, verdict, whole, end string) {
		rows = append(rows, survivor{client, "`" + label + "`", command, verdict, whole, end})
	}
	twice := func(command string) string { return command + " && " + command }
	for _, way := range []string{"lan", "lanplus -C 17"} {
		tool := func(args string) string {
			return "ipmitool -I " + way + " -N 1 -R 4 -H HOST -U admin -P password " + args
		}
		client := "ipmitool 1.8.19, " + way[:min(len(way), 7)]
		add(client, "mc info", tool("mc info"), "yes", `Device ID : 32`, "")
		add(client, "-b 6 -t 0x2c mc info", twice(tool("-b 6 -t 0x2c mc info")), "yes", `(?s)Device ID : 80.*Device ID : 80`, "")
		add(client, "sel list", tool("sel list"), "yes", `(?s)1 \| .*\n8 \| .*Upper Non-critical going high \| Deasserted`, "")
		add(client, "fru print 0", tool("fru print 0"), "no: leaves the chassis out when the controller is busy", `(?s)Chassis Type : Rack Mount.*Product Serial : SN000000001`, `Product Serial : SN000000001`)
		add(client, "sdr list", tool("sdr list"), oneByte, inletTemp, `Get SDR 0000 command failed: Cannot return number of requested data bytes`)
	}
	for _, way := range []string{"LAN", "LAN_2_0"} {
		free := func(tool, args string) string {
			return tool + " -D " + way + " --session-timeout=4000 --retransmission-timeout=1000 -h HOST -u admin -p password " + args
		}
		client := "FreeIPMI 1.6.10, " + way
		add(client, "bmc-info --get-device-id", free("bmc-info", "--get-device-id"), "yes", `Device ID : 32`, "")
		bridged := "no: cannot log in when an answer of the login comes twice"
		if way == "LAN" {
			bridged = "yes"
		}
		add(client, "ipmi-raw --target-slave-address=0x2c", twice(free("ipmi-raw", "-l OPERATOR --target-channel-number=6 --target-slave-address=0x2c 0 6 1")),
			bridged, `(?s)rcvd: 01 00 50 .*rcvd: 01 00 50 `, `ipmi_ctx_open_outofband_2_0: success`)
		add(client, "ipmi-sel --ignore-sdr-cache", free("ipmi-sel", "--ignore-sdr-cache"), gaveUpBusy, `(?s)Log Area Reset.*\n8 \| `, `ipmi_sel_parse: internal IPMI error`)
		add(client, "ipmi-fru", free("ipmi-fru", "-Q --sdr-cache-directory=."), oneByte, `FRU Chassis Type`, `ipmi_sdr_cache_create: internal IPMI error`)
		add(client, "ipmi-sensors", free("ipmi-sensors", "-Q --sdr-cache-directory=."), oneByte, inletTemp, `ipmi_sdr_cache_create: internal IPMI error`)
	}
	for _, way := range []string{"lan", "lan2"} {
		util := func(args string) string {
			return "ipmiutil " + args + " -F " + way + " -N HOST -U admin -P password -V 4"
		}
		client := "ipmiutil 3.1.8, " + way
		add(client, "health", util("health"), "yes", `(?s)Power On Hours = 4711.*completed successfully`, "")
		add(client, "sel", util("sel"), "no: leaves entries out when the controller is busy, and says that it is done", `(?s)0001 .*\n0008 `, `(?s)0001 .*completed successfully`)
		if way == "lan" {
			add(client, "fru", util("fru"), "no: takes an answer that comes twice for that of the next request", `Product Serial Num : SN000000001`, `Chassis Type : New25`)
		} else {
			add(client, "fru", util("fru"), gaveUpBusy, `Product Serial Num : SN000000001`, `ipmiutil fru, Node Busy`)
		}
		add(client, "sensor", util("sensor"), oneByte, inletTemp, `Cannot return requested number of data bytes`)
	}
	for _, way := range []struct{ name, auth string }{{"v1.5", "md5"}, {"v2.0", "rmcp+"}} {
		client := "OpenIPMI 2.0.33, " + way.name
		add(client, "openipmicmd", "openipmicmd -k '0f 00 06 01' lan -U admin -P password -A "+way.auth+" HOST", "yes", `0f 07 00 01 00 20 01`, "")
		add(client, "openipmish: sensor list", "(echo domain open bmc -all lan -U admin -P password -A "+way.auth+" HOST; sleep 15; echo 'sensor list bmc(55.1)'; sleep 1; echo exit) | openipmish",
			oneByte+", and does not say so", inletTemp, `Domain fully up`)
	}
	pyghmi := func(label, expression, verdict, whole, end string) {
		add("pyghmi 1.5.34", label, "timeout 15 "+debianPython+" SCRIPTS/pyghmi_call.py HOST '"+expression+"'", verdict, whole, end)
	}
	pyghmi("get_power", "bmc.get_power()", "yes", `powerstate.*on`, "")
	pyghmi("raw_command(bridge_request=…)", `[bmc.raw_command(netfn=6, command=1, bridge_request={"addr": 0x2c, "channel": 6})["data"][0] for i in (1, 2)]`,
		"no: takes the whole message inside of Send Message's answer for the data", `\[80, 80\]`, `\[80, 32\]`)
	pyghmi("get_inventory", "bmc.get_inventory()", gaveUpBusy, `SN000000001`, `IpmiException: Node Busy`)
	pyghmi("get_sensor_data", "bmc.get_sensor_data()", endless, inletTemp, `^$`)
	pyghmi("get_event_log", "bmc.get_event_log()", endless, `event`, `^$`)
	pyipmi := func(label, expression, verdict, whole, end string) {
		add("python-ipmi 0.4.2", label, debianPython+" SCRIPTS/pyipmi_call.py HOST '"+expression+"'", verdict, whole, end)
	}
	pyipmi("get_device_id", "bmc.get_device_id()", "yes", `32473`, "")
	pyipmi("get_sel_entries", "len(bmc.get_sel_entries())", gaveUpBusy, `^8\n`, `cc=0xc0`)
	pyipmi("get_repository_sdr", "bmc.get_repository_sdr(1)", oneByte, inletTemp, `cc=0xca`)
	pyipmi("get_fru_inventory", "bmc.get_fru_inventory()", gaveUpBusy, `chassis_info_area`, `cc=0xc0`)
	for _, way := range []string{"lan", "lanplus"} {
		gopher := func(label, args, verdict, whole, end string) {
			add("go-ipmi 0.9.1, "+way, label, goipmi+" -host HOST -user admin -password password -interface "+way+args, verdict, whole, end)
		}
		gopher("GetDeviceID", "", "yes", `"device_id":32.*"users":.*"admin"`, "")
		gopher("GetSELEntries", " -read sel", gaveUpBusy, `sel: 8`, `0xc0`)
		gopher("GetSDRs", " -read sdr", oneByte, `sdr: \d`, `0xca`)
		gopher("GetFRUs", " -read fru", gaveUpBusy, `fru: \d`, `0xc0`)
	}
	return rows
}

// TestHostile holds the table of who survives against the clients, and the README against the table.
func TestHostile(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "profiles", "examples", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| Client | Asked for | Survives |\n|---|---|---|\n")
	for _, row := range survivors() {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", row.client, row.label, row.verdict)
		t.Run(row.client+" "+row.label, func(t *testing.T) {
			t.Parallel()
			m := example(t, "hostile")
			r := m.shell(t, strings.ReplaceAll(row.command, "SCRIPTS", scripts))
			prints := func(text string) bool { return regexp.MustCompile(text).MatchString(squeeze(r.out)) }
			survives := r.code == 0 && prints(row.whole)
			if survives != (row.verdict == "yes") || !survives && !prints(row.end) {
				t.Errorf("survives: %v (exit %d), and the table says %q\n%s", survives, r.code, row.verdict, r.out)
			}
		})
	}
	if !strings.Contains(string(readme), table.String()) {
		t.Errorf("the table in README.md is another one than\n%s", &table)
	}
}
