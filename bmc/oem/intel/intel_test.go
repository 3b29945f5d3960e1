package intel_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/profiles"
)

// engine is a machine with a Management Engine at 2Ch of the primary IPMB.
type engine struct {
	*bmc.Machine
	t *testing.T
}

func newEngine(t *testing.T, edits ...func(*profiles.NodeManager)) engine {
	t.Helper()
	return engine{bmctest.New(t, bmctest.Profile("satellites"), bmctest.Edit(func(p *profiles.Profile) {
		p.IPMB[0].Channel = 0
		for _, edit := range edits {
			edit(p.IPMB[0].OEM.Intel.NodeManager)
		}
	})), t}
}

// ask sends a request and returns completion code and data of the answer, in hexadecimal.
func (e engine) ask(netFn, cmd uint8, data string) string {
	e.t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(data, " ", ""))
	if err != nil {
		e.t.Fatal(err)
	}
	r, err := e.RequestResponse(e.t.Context(), bmc.SystemRequest{NetworkFunction: netFn, Command: cmd, ResponderAddress: 0x2c, RequestData: b, RequestDataSize: uint32(len(b))})
	if err != nil {
		e.t.Fatal(err)
	}
	return fmt.Sprintf("% x", r.ResponseData)
}

// want sends Node Manager commands: number, data, answer behind the enterprise. ".." is any byte.
func (e engine) want(steps ...[4]string) {
	e.t.Helper()
	for _, s := range steps {
		cmd, err := hex.DecodeString(s[1])
		if err != nil {
			e.t.Fatal(err)
		}
		got := e.ask(0x2e, cmd[0], "57 01 00 "+s[2])
		if len(got) < 11 || got[3:11] != "57 01 00" {
			e.t.Errorf("%s: %s, without the enterprise number", s[0], got)
			continue
		}
		if got = got[:2] + got[11:]; !like(got, s[3]) {
			e.t.Errorf("%s: %s [%s] answered %s, want %s", s[0], s[1], s[2], got, s[3])
		}
	}
}

func like(got, pattern string) bool {
	a, b := strings.Fields(got), strings.Fields(pattern)
	for i := range b {
		if i >= len(a) || b[i] != ".." && a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// policy 3 of the platform: 300 W, 6 s, alert, period of 10 s.
const policy3 = "03 10 01 2c 01 70 17 00 00 00 00 0a 00"

// TestPolicies walks the commands of policies with their errors.
func TestPolicies(t *testing.T) {
	t.Parallel()
	newEngine(t).want(
		[4]string{"version", "ca", "", "00 05 03 00 03 01"},
		[4]string{"capabilities", "c9", "00 10", "00 10 40 06 00 00 70 17 00 00 c0 27 09 00 01 00 10 0e 00"},
		[4]string{"capabilities of the CPU", "c9", "01 10", "00 10 d0 02 00 00 70 17 00 00 c0 27 09 00 01 00 10 0e 01"},
		[4]string{"inlet temperature", "c9", "00 11", "00 10 ff 00 00 00 70 17 00 00 c0 27 09 00 01 00 10 0e 00"},
		[4]string{"unknown trigger", "c9", "00 14", "82"},
		[4]string{"unknown type", "c9", "00 00", "83"},
		[4]string{"secondary side", "c9", "00 90", "83"},
		[4]string{"no such domain", "c9", "04 10", "81"},
		[4]string{"no such policy", "c2", "00 03", "80"},
		[4]string{"add, disabled", "c1", "00 " + policy3, "00"},
		[4]string{"get", "c2", "00 03", "00 60 10 01 2c 01 70 17 00 00 00 00 0a 00"},
		[4]string{"change it", "c1", "00 03 b0 02 2d 01 70 17 00 00 00 00 0b 00", "00"},
		[4]string{"get", "c2", "00 03", "00 60 b0 02 2d 01 70 17 00 00 00 00 0b 00"},
		[4]string{"thresholds", "c3", "00 03 02 64 00 c8 00", "00"},
		[4]string{"get", "c4", "00 03", "00 02 64 00 c8 00"},
		[4]string{"four", "c3", "00 03 04 01 00 02 00 03 00 04 00", "87"},
		[4]string{"two that are one", "c3", "00 03 02 01 00", "c7"},
		[4]string{"suspend periods", "c5", "00 03 01 64 78 01", "00"},
		[4]string{"get", "c6", "00 03", "00 01 64 78 01"},
		[4]string{"one that ends before it begins", "c5", "00 03 01 78 64 01", "85"},
		[4]string{"beyond the day", "c5", "00 03 01 00 f1 01", "85"},
		[4]string{"six", "c5", "00 03 06 " + strings.Repeat("00 01 01", 6), "87"},
		[4]string{"enable", "c0", "05 00 03", "00"},
		[4]string{"get", "c2", "00 03", "00 70 b0 02 2d 01 70 17 00 00 00 00 0b 00"},
		[4]string{"an enabled one stays", "c1", "00 " + policy3, "d5"},
		[4]string{"its thresholds, too", "c3", "00 03 00", "d5"},
		[4]string{"its periods, too", "c5", "00 03 00", "d5"},
		[4]string{"domain off", "c0", "02 00 00", "00"},
		[4]string{"all off", "c0", "00 00 00", "00"},
		[4]string{"get", "c2", "00 03", "00 10 b0 02 2d 01 70 17 00 00 00 00 0b 00"},
		[4]string{"reserved switch", "c0", "06 00 00", "cc"},
		[4]string{"trigger", "c1", "00 04 12 01 2c 01 70 17 00 00 00 00 0a 00", "82"},
		[4]string{"aggressive", "c1", "00 04 70 01 2c 01 70 17 00 00 00 00 0a 00", "8b"},
		[4]string{"limit", "c1", "00 04 10 01 41 06 70 17 00 00 00 00 0a 00", "84"},
		[4]string{"correction time", "c1", "00 04 10 01 2c 01 6f 17 00 00 00 00 0a 00", "85"},
		[4]string{"trigger limit", "c1", "00 04 11 01 2c 01 70 17 00 00 00 01 0a 00", "86"},
		[4]string{"period", "c1", "00 04 10 01 2c 01 70 17 00 00 00 00 00 00", "89"},
		[4]string{"range of power", "cb", "00 c8 00 84 03", "00"},
		[4]string{"capabilities", "c9", "00 10", "00 10 84 03 c8 00 70 17 00 00 c0 27 09 00 01 00 10 0e 00"},
		[4]string{"range turned around", "cb", "00 84 03 c8 00", "84"},
		[4]string{"remove", "c1", "00 03 00 00 00 00 00 00 00 00 00 00 00 00", "00"},
		[4]string{"gone", "c2", "00 03", "80"},
		[4]string{"remove again", "c1", "00 03 00 00 00 00 00 00 00 00 00 00 00 00", "80"},
		[4]string{"nobody is told of alerts", "cf", "", "00 80 00 00"},
		[4]string{"register", "ce", "01 02 81", "00"},
		[4]string{"registered", "cf", "", "00 01 02 81"},
		[4]string{"statistics of what is not measured", "c8", "03 00 00", "88"},
		[4]string{"resets of that", "c7", "1b 00 00", "88"},
		[4]string{"short", "c8", "01 00", "c7"})
}

// TestTooManyPolicies fills a domain.
func TestTooManyPolicies(t *testing.T) {
	t.Parallel()
	newEngine(t, func(nm *profiles.NodeManager) { nm.Policies = 1 }).want(
		[4]string{"one", "c1", "00 " + policy3, "00"},
		[4]string{"two", "c1", "00 04 10 01 2c 01 70 17 00 00 00 00 0a 00", "c4"},
		[4]string{"in another domain", "c1", "01 04 10 01 2c 01 70 17 00 00 00 00 0a 00", "00"})
}

// TestStatistics follow the power supplies, which draw 362 W at the start, and the inlet.
func TestStatistics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t)
		set := func(device, quantity string, v float64) {
			if err := e.SetDevice(device, quantity, v); err != nil {
				t.Fatal(err)
			}
		}
		set("psu1", "pin", 100)
		set("psu2", "pin", 100)
		time.Sleep(time.Second)
		e.want([4]string{"begin anew", "c7", "00 00 00", "00"})
		time.Sleep(10 * time.Second)
		set("psu1", "pin", 200)
		set("psu2", "pin", 200)
		time.Sleep(10 * time.Second)
		e.want(
			[4]string{"power: 400, 200 to 400, on average 300 W over 20 s", "c8", "01 00 00", "00 90 01 c8 00 90 01 2c 01 .. .. .. .. 14 00 00 00 50"},
			[4]string{"of the CPU: 45 %, from before the reset of the platform's", "c8", "01 01 00", "00 b4 00 5a 00 b4 00 85 00 .. .. .. .. 15 00 00 00 51"},
			[4]string{"no policy limits", "f2", "00", "a1"})
		set("inlet", "", 31)
		time.Sleep(time.Minute)
		e.want(
			[4]string{"inlet", "c8", "02 00 00", "00 1f 00 18 00 1f 00 .. 00 .. .. .. .. .. 00 00 00 50"},
			[4]string{"no inlet of the CPU", "c8", "02 01 00", "81"})
		set("psu1", "vin", 0)
		set("psu2", "vin", 0)
		time.Sleep(time.Second)
		e.want([4]string{"policies off, no power to measure but none taken", "c0", "00 00 00", "00"})
		e.want([4]string{"state", "c8", "01 00 00", "00 00 00 00 00 90 01 .. .. .. .. .. .. .. 00 00 00 40"})
	})
}

// TestLimit holds a policy against more power than it allows: limiting at once, an event when the correction time is
// over, another when the power is back, and the host's end if the policy wants that.
func TestLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t)
		last := func() string {
			r, err := e.RequestResponse(t.Context(), bmc.SystemRequest{NetworkFunction: 0x0a, Command: 0x43, RequestData: []byte{0, 0, 0xff, 0xff, 0, 0xff}, RequestDataSize: 6})
			if err != nil || len(r.ResponseData) != 19 {
				t.Fatalf("% x, %v", r.ResponseData, err)
			}
			return fmt.Sprintf("% x", r.ResponseData[10:])
		}
		power := func(watts float64) {
			t.Helper()
			for _, psu := range []string{"psu1", "psu2"} {
				if err := e.SetDevice(psu, "pin", watts/2); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		power(200)
		e.want(
			[4]string{"policy", "c1", "00 " + policy3, "00"},
			[4]string{"threshold", "c3", "00 03 01 fa 00", "00"},
			[4]string{"on", "c0", "05 00 03", "00"})
		time.Sleep(time.Minute)
		power(400)
		if got := last(); got != "2c 00 04 dc 1b 72 a0 00 03" {
			t.Errorf("threshold exceeded: %s", got)
		}
		e.want([4]string{"limiting", "f2", "00", "00 03"}, [4]string{"and says so", "c8", "11 00 03", "00 90 01 c8 00 90 01 .. .. .. .. .. .. .. .. .. .. f0"})
		time.Sleep(5 * time.Second)
		if got := last(); got != "2c 00 04 dc 1b 72 a0 00 03" {
			t.Errorf("before the correction time is over: %s", got)
		}
		time.Sleep(2 * time.Second)
		if got := last(); got != "2c 00 04 dc 18 72 a8 00 03" {
			t.Errorf("correction time exceeded: %s", got)
		}
		power(200)
		if got := last(); got != "2c 00 04 dc 1b f2 a0 00 03" && got != "2c 00 04 dc 18 f2 a8 00 03" {
			t.Errorf("met again: %s", got)
		}
		e.want([4]string{"off", "c0", "04 00 03", "00"}, [4]string{"shut down", "c1", "00 03 10 02 2c 01 70 17 00 00 00 00 0a 00", "00"}, [4]string{"on", "c0", "05 00 03", "00"})
		power(400)
		time.Sleep(7 * time.Second)
		if e.PowerState().On() {
			t.Error("the host is still on")
		}
		e.want([4]string{"nothing to limit", "f2", "00", "a1"})
	})
}

// TestSuspended lets a policy rest at the times of the week that it is given.
func TestSuspended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the bubble begins on Saturday, 2000-01-01, 00:00
		e := newEngine(t)
		e.want(
			[4]string{"policy", "c1", "00 " + policy3, "00"},
			[4]string{"Saturday from 00:00 to 01:00", "c5", "00 03 01 00 0a 20", "00"},
			[4]string{"on", "c0", "05 00 03", "00"},
			[4]string{"rests", "f2", "00", "a1"})
		time.Sleep(time.Hour)
		e.want([4]string{"at work", "f2", "00", "00 03"})
	})
}

// TestInletTrigger limits while the air is hot.
func TestInletTrigger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t)
		e.want(
			[4]string{"above 30 °C", "c1", "00 03 11 00 2c 01 70 17 00 00 1e 00 0a 00", "00"},
			[4]string{"on", "c0", "05 00 03", "00"},
			[4]string{"cool", "f2", "00", "a1"})
		if err := e.SetDevice("inlet", "", 35); err != nil {
			t.Fatal(err)
		}
		e.want(
			[4]string{"hot", "f2", "00", "00 03"},
			[4]string{"statistics of the trigger", "c8", "12 00 03", "00 23 00 .. .. .. .. .. .. .. .. .. .. .. .. .. .. f0"})
	})
}

// TestRestart keeps policies in persistent storage, and no others. [IPMI 2.0 §20.2]
func TestRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t)
		e.want(
			[4]string{"persistent", "c1", "00 " + policy3, "00"},
			[4]string{"volatile", "c1", "00 04 90 01 2c 01 70 17 00 00 00 00 0a 00", "00"})
		if got := e.ask(6, 2, ""); got != "00" {
			t.Fatal(got)
		}
		time.Sleep(time.Minute)
		e.want([4]string{"stays", "c2", "00 03", "00 60 10 01 2c 01 70 17 00 00 00 00 0a 00"}, [4]string{"gone", "c2", "00 04", "80"})
	})
}

// TestWithoutSection has none of the commands.
func TestWithoutSection(t *testing.T) {
	t.Parallel()
	e := engine{bmctest.New(t, bmctest.Profile("satellites"), bmctest.Edit(func(p *profiles.Profile) {
		p.IPMB[0].Channel, p.IPMB[0].OEM = 0, profiles.OEM{}
	})), t}
	e.want([4]string{"no Node Manager", "ca", "", "c1"})
}
