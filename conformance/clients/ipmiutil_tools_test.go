//go:build clients

package clients

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// util is ipmiutil on one of its ways to a machine.
type util struct {
	*machine
	way []string
}

// runAll runs ipmiutil's commands, each when the one before has ended.
func (u util) runAll(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		all := words(l.command)
		u.ipmiutil(t, u.way, all[0], all[1:]...).want(t, l.code, l.texts...)
	}
}

// utilBoth runs a test over IPMI v1.5 and over RMCP+, on a machine each.
func utilBoth(t *testing.T, profile string, test func(t *testing.T, u util)) {
	t.Helper()
	t.Parallel()
	for _, driver := range []string{"lan", "lan2"} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, util{start(t, profile), []string{"-F", driver, "-U", "admin", "-P", "password", "-V", "4"}})
		})
	}
}

// ipmiutil shows sensors, inventories and the log. [IPMI 2.0 §31, §33, §34, §35]
func TestIpmiutilReads(t *testing.T) {
	utilBoth(t, "generic", func(t *testing.T, u util) {
		u.runAll(t, []line{
			{"health -s", 0, []string{
				"Chassis Status = 21 00 40 f0 (on, see below)\nchassis_power = on\npwr_restore_policy = last_state\nchassis_intrusion = inactive\n" +
					"front_panel_lockout = inactive\ndrive_fault = false\ncooling_fan_fault = false\nFP sleep_button_disable = allowed, button enabled\n",
				"Session Info[1]:\nSession Handle = 1\nSession Slot Count = 63\nActive Sessions = 1\nUser ID = 2\nPrivilege Level = 4\n",
				"Channel Number = 1\nConsole IP = 127.0.0.1\n", "Power On Hours = 4711 hours (196 days)", "Chan 1 AuthTypes = MD2 MD5 Straight_Passwd", "completed successfully"}},
			{"health -l", 0, []string{"IPMI LAN channel 1 statistics:", "Recvd IP Header errors = 0", "completed successfully"}},
			{"sensor -t -i 1", 0, []string{"0001 SDR Full 01 01 20 a 01 snum 01 Inlet Temp = 18 OK 24.00 degrees C\nhi-unrec 55.00 hi-crit 47.00 hi-noncr 42.00 lo-crit -5.00"}},
			{"sensor -v -g Voltage", 0, []string{"snum 10 P12V = ba OK 12.09 Volts\nEntity ID 7.1 (System board), Capab: arm=auto thr=write evts=state\n" +
				"Volatile hi-crit 13.20 hi-noncr 12.61 lo-noncr 11.38 lo-crit 10.79"}},
			{"fru", 0, append(utilInventory, "System GUID : 01000000-0002-0080-ee11-0000c0b34efa")}, // in the order of the wire
			{"fru -i 3", 0, []string{"[Component,20,03] Board Mfg DateTime : Mon Feb 12 00:00:00 2024", "Board Product Name : Backplane 4", "DC Load : number 1\nNominal voltage : 12.00 V"}},
			// What the log's first record of the firmware says, ipmiutil does not know. It prints the version of the log wrongly.
			{"sel -e", 0, []string{"Support 0f, Size = 512 records (Used=8, Free=504)",
				"INF BMC Event Log #70 SEL Log Cleared 6f [02 ff ff]", "INF EFI System Event #77 na - 6f [c5 00 ff]", "ACPI Power State #71 ACPI State S0/G0 Working 6f",
				"Power Supply #51 PSU2 Status AC Lost 6f [03 ff ff]", "Power Supply #51 PSU2 Status AC Regained ef [03 ff ff]",
				"MIN BMC Temperature #01 Inlet Temp Hi Noncrit thresh actual=43.00 C, threshold=42.00 C",
				"INF BMC Temperature #01 Inlet Temp HiN thresh OK now actual=41.00 C, threshold=42.00 C", "completed successfully"}},
			{"fru -a TAG-77", 0, []string{"[Baseboard,20,00] Product Asset Tag : TAG-77", "completed successfully"}},
			{"fru -i 0", 0, []string{"Product Serial Num : SN000000001", "Product Asset Tag : TAG-77", "completed successfully"}},
			{"sel -d", 0, []string{"ClearSEL: Log Cleared successfully"}},
			{"sel", 0, []string{"Size = 512 records (Used=0, Free=512)", "completed successfully"}},
		})
		sensors := u.ipmiutil(t, u.way, "sensor")
		sensors.ok(t, "snum 30 Fan 1 = 69 OK 8400.00 RPM", "snum 40 PSU1 Power In = 2e OK 184.00 Watts", "snum 42 PSU1 Current = 30 OK 14.40 Amps",
			"snum 50 PSU1 Status = 0001 Present", "snum 54 CPU1 Status = 0080 ProcPresent", "snum 71 ACPI State = 0001 Working",
			"SDR EvtO 03 18 20 a 12 snum 77 System Event", "SDR IPMB 12 0e dev: 20 00 bf 2e 01 BMC", "SDR FRU 11 0f dev: 20 01 80 00 0a 01 PSU1",
			"SDR DLoc 10 18 dev: 20 5a 02 00 bf 00 Fan Control B", "SDR EntA 08 0b 0f 01 00: 04 01 04 02 04 03 04 04",
			"SDR DEnt 09 1b 07 60 20 00 00: 20 00 28 60 00 00", "SDR OEM c0 0b manuf=32473: 01 66 61 6b 65 62 6d 63",
			"Power On Hours = 4711 hours", "completed successfully")
		if n := strings.Count(sensors.out, " SDR "); n != 88+1 { // and the power-on hours
			t.Errorf("%s: shows %d records, want 89\n%s", sensors.command, n, sensors.out)
		}
		if n := strings.Count(sensors.out, " SDR Full ") + strings.Count(sensors.out, " SDR Comp "); n != 67 {
			t.Errorf("%s: shows %d sensors, want 67\n%s", sensors.command, n, sensors.out)
		}
		// A drive that is there is "Unused Faulty" to ipmiutil, which takes a drive slot's states for those of a backplane.
		sensors.without(t, "NotAvailable", "Unknown", "invalid", "ccode", "error")
	})
}

// utilInventory is of the inventories what ipmiutil shows.
var utilInventory = []string{
	"[Baseboard,20,00] Baseboard FRU Size : 8192\n[Baseboard,20,00] Chassis Type : Rack-Mount Chassis\n[Baseboard,20,00] Chassis Part Number : CH-2U-01\n",
	"Board Mfg DateTime : Fri Mar 1 08:30:00 2024\n", "Board Serial Number : MB000000001\n", "Product Name : Server 2S\n", "Product Asset Tag : fakebmc\n",
	"Multi[0] Managemt Access : SystemName fakebmc generic\n",
	"[PowerSply,20,01] Product Name : PSU 800W\n", "Product Serial Num : PS0000000001\n", "[PowerSply,20,02] Product Name : PSU 800W\n",
	"Capacity : 800 W\nPeak VA : 900 VA\nInrush Current : 40 A\nInrush Interval : 10 ms\nInput Voltage Range1 : 90-264 V\n",
	"Peak Capacity : 850 W for 1 s\n", "Board Product Name : Riser 2\n", "completed successfully",
}

// ipmiutil controls the chassis, its boot options and the watchdog timer. [IPMI 2.0 §27, §28]
func TestIpmiutilControls(t *testing.T) {
	utilBoth(t, profile(t, quick), func(t *testing.T, u util) {
		u.runAll(t, []line{
			{"power -d", 0, []string{"powering down ...\nchassis_reset(0) ok", "IPMI_Reset ok", "completed successfully"}},
			{"health", 0, []string{"Power State = 05 (S5: soft off)", "chassis_power = off"}},
			{"power -r", 0, []string{"ccode = d5"}},
			{"power -u", 0, []string{"powering up ...\nchassis_reset(1) ok"}},
			{"health", 0, []string{"Power State = 20 (legacy on)", "chassis_power = on"}}, // nothing there sets S0
			{"power -n", 0, []string{"chassis_reset(4) ok"}},
			{"reset -r", 0, []string{"chassis_reset(3) ok", "completed successfully"}},
			{"reset -p", 0, []string{"resetting to PXE ...\nchassis_reset(3) ok", "completed successfully"}},
			// The boot flags: valid, for one boot, from the network, talkative, without the user's password.
			// [IPMI 2.0 Table 28-14]
			{"cmd 00 20 00 09 05 00 00", 0, []string{"01 05 80 04 48 00 00"}},
			{"wdt", 0, []string{"wdt data: 01 00 00 00 00 00 00 00", "timer is stopped for use with BIOS FRB2", "action is No action"}},
			{"wdt -e -t 300", 0, []string{"Setting watchdog timer to 300 seconds ...\nwdt data: 04 01 00 00 b8 0b b8 0b", "timer is stopped for use with SMS/OS",
				"timeout is 300 seconds, counter is 300 seconds\naction is Hard Reset", "completed successfully"}},
			{"wdt -r", 0, []string{"Resetting watchdog timer ...\nreset_wdt: ret = 0\nwdt data: 44 01 00 00 b8 0b", "timer is started for use with SMS/OS"}},
			{"wdt -d", 0, []string{"Disabling watchdog timer ...\n", "timer is stopped for use with BIOS FRB2", "timeout is 120 seconds", "completed successfully"}},

			{"reset -D", 0, []string{"shutdown/power_off ...\nchassis_reset(5) ok"}},
			{"health", 0, []string{"chassis_power = off"}},
		})
	})
}

// ipmiutil sets up the network, and puts back what it has saved. [IPMI 2.0 §23]
func TestIpmiutilConfigures(t *testing.T) {
	utilBoth(t, "generic", func(t *testing.T, u util) {
		saved := filepath.Join(t.TempDir(), "saved")
		u.runAll(t, []line{{"config -s " + saved, 0, []string{"completed successfully"}}})
		// It sets event filters too, some of them from memory that it has not initialised, and ends as these happen to be
		// taken.
		set := u.ipmiutil(t, u.way, "lan", "-e", "-I", "10.1.2.3", "-S", "255.255.0.0", "-G", "10.1.0.1", "-H", "02:00:00:00:00:09",
			"-A", "10.1.9.9", "-X", "02:00:00:00:00:0a", "-C", "trapper", "-q", "6", "-u", "dora", "-p", "dorapw", "-v", "4")
		set.want(t, set.code, "SetUser(6), ret = 0", "SetLanEntry(3), ret = 0", "SetupSerialOverLan: ret = 0", "SetLanEntry(19), ret = 0", "EnablePef, ret = 0")
		u.runAll(t, []line{
			{"lan -r", 0, []string{"PEF Control: 01 : PEFenable", "PEF Startup Delay: 3c : 60 sec",
				"PEF Alert Policy[1]: 01 18 11 00 : Chan[1] Dest[1] Enabled",
				"Lan Param(3) IP address: 10.1.2.3", "Lan Param(4) IP addr src: 01 : Static", "Lan Param(6) Subnet mask: 255.255.0.0", "Lan Param(12) Def gateway IP: 10.1.0.1",
				"Lan Param(13) Def gateway MAC: 02 00 00 00 00 09", "Lan Param(23) Cipher Suites : 0 1 2 3 6 7 8 11 12 15 16 17",
				"Access Mode: 02 04 : Always Avail, PEF Alerts Enabled", "SOL Accum Interval: 04 32 : 20 msec", "SOL nvol Baud Rate: 0a : 115.2k",
				"User Access(chan1,user3): 0a 44 01 33 : IPMI, Operator (operator)", "completed successfully"}},
			{"user set 6 priv 3", 0, []string{"completed successfully"}},
			{"user disable 4", 0, []string{"completed successfully"}},
			// To ipmiutil a user is disabled who has no access.
			{"user list", 0, []string{"User 2: chan=1 enabled Admin admin", "User 4: chan=1 enabled No access user", "User 6: chan=1 enabled Operator dora"}},
			{"user enable 4", 0, []string{"completed successfully"}},
			// Names of the system, ipmiutil sets with too few bytes (C7h). [IPMI 2.0 Table 22-16a]
			{"config -r " + saved, 199, []string{"SetUserName(2) ret = 0", "SetSystemParam(1,2) ret = 199", "4 errors occurred"}},
			{"config -s " + saved + "2", 0, []string{"completed successfully"}},
		})
		before, err := os.ReadFile(saved)
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(saved + "2")
		if err != nil {
			t.Fatal(err)
		}
		if string(after) != string(before) {
			t.Errorf("what ipmiutil saved and put back is not what there was:\n%s\nis now\n%s", before, after)
		}
		if !strings.Contains(squeeze(string(before)), "LanParam 1,3,0: c0 00 02 0a") {
			t.Errorf("ipmiutil saved no address:\n%s", before)
		}
	})
}

// ipmiutil asks for power by DCMI, moves a threshold below the reading, and lists the commands that are enabled.
// [DCMI §6, IPMI 2.0 §35.8, §21]
func TestIpmiutilDCMI(t *testing.T) {
	utilBoth(t, "generic", func(t *testing.T, u util) {
		u.runAll(t, []line{
			// Its durations are wrong: the units are in the two most significant bits. [DCMI Table 6-3]
			{"dcmi info", 0, []string{"DCMI Version: 1.5", "DCMI Power Management: Supported", "DCMI SEL num entries: 512", "DCMI Temperature Polling: 1 sec",
				"DCMI LanPlus primary chan: 01", "DCMI Power Stats Duration(0): 5 sec", "DCMI Mgt Controller ID: DCMI020000000623", "DCMI Asset Tag: fakebmc", "completed successfully"}},
			{"dcmi -a tag-1 -d name-1 info", 0, nil},
			{"dcmi info", 0, []string{"DCMI Mgt Controller ID: name-1", "DCMI Asset Tag: tag-1"}},
			{"dcmi power activate", 0, []string{"DCMI Power Limit Activated.", "completed successfully"}},
			{"dcmi power get", 0, []string{"Current Power: 362 Watts", "Avg Power over sample duration: 362 Watts", "Power reading state is: active",
				"Power Limit: 1000 Watts (active)\nCorrection Time: 1000 ms\nSampling period: 300 sec", "completed successfully"}},
			{"dcmi power set_limit 900", 204, []string{"DCMI Power Limit Set error 204"}}, // it writes all fields one byte too early (CCh)
			{"dcmi power deactivate", 0, []string{"DCMI Power Limit Deactivated.", "completed successfully"}},
			{"dcmi power get", 0, []string{"(inactive)"}},
			{"sensor -n 2 -h 36", 0, []string{"SetSensorThreshold[02] to lo=ff(0.000) hi=24(36.000), ret = 0", "completed successfully"}},
			{"sensor -t -i 2", 0, []string{"Outlet Temp = 25 Crit-hi 37.00 degrees C\nhi-crit 37.00 hi-noncr 36.00"}},
			{"firewall info", 0, []string{"00,06 support: fe3f0000", "00,2c enabled: ", "completed successfully"}},
		})
	})
}

// ipmiutil waits for the next entry of the log, and prints it.
func TestIpmiutilWaitsForAnEvent(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	heard := m.meanwhile(t, "waiting for events", func() {
		m.freeipmi(t, freeWays()["v2.0 suite 3"], "bmc-device", "--platform-event=0x04 0x01 0x03 0x01 assertion 0x59 0x46 0x45").ok(t)
	}, "ipmiutil", "getevent", "-N", m.addr, "-F", "lan2", "-U", "admin", "-P", "password", "-V", "4", "-s", "-o", "-t", "30")
	heard.ok(t, "got event id 0009, sensor_type = 01", "Temperature #03 na Temp Asserted 01 [59 46 45]")
}

// meanwhile runs a client, does something when the client has printed the text, and waits for its end.
func (m *machine) meanwhile(t *testing.T, text string, do func(), name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "stdbuf", append([]string{"-oL", name}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC"}
	cmd.Dir = t.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := result{command: strings.Join(cmd.Args, " ")}
	done := false
	for scan := bufio.NewScanner(out); scan.Scan(); {
		r.out += scan.Text() + "\n"
		if !done && strings.Contains(scan.Text(), text) {
			done = true
			do()
		}
	}
	if err := cmd.Wait(); !done || err != nil {
		t.Fatalf("%s: %v\n%s", r.command, err, r.out)
	}
	return r
}

// ipmiutil shows a modem's parameters. [IPMI 2.0 §25]
func TestIpmiutilSerial(t *testing.T) {
	utilBoth(t, profile(t, dialable), func(t *testing.T, u util) {
		u.runAll(t, []line{{"serial", 0, []string{"Serial Param(15) Community String: public", "Serial Param(16) Num of Alert Dest: 04",
			"Serial Param(19) Destination Comm Settings: 01 00 07 : no_flow, 8N1, 19.2k", "Serial Param(20) Number Dial Strings: 04",
			"Channel Access Mode(2=Ser): 02 04 : Access = Always Avail, PEF Alerts Enabled", "completed successfully"}}})
	})
}
