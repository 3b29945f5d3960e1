package bmc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TestEveryCompletionCode: each word of a completion code puts its number on the wire, in place of running a command and
// in place of its answer; with a group extension, its body code follows. [IPMI 2.0 §5.2]
func TestEveryCompletionCode(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, at := range []string{"request", "response"} {
		var rules strings.Builder
		for i, w := range fault.Codes {
			if seen[at+w.Name] {
				t.Errorf("%s is there twice", w.Name)
			}
			seen[at+w.Name] = true
			fmt.Fprintf(&rules, "    - {name: r%d, at: %s, when: {command: get-device-id get-asset-tag}, hits: {nth: [%d, %d]}, do: {completion_code: %s}}\n", i, at, 2*i+1, 2*i+2, w.Name)
		}
		m := bmctest.New(t, withFaults(t, rules.String()))
		for _, w := range fault.Codes {
			if got, want := askHex(t, m, "06 01"), fmt.Sprintf("%02x", w.Value); got != want {
				t.Errorf("%s at %s: %s, want %s", w.Name, at, got, want)
			}
			if got, want := askHex(t, m, "2c 06 dc 00 10"), fmt.Sprintf("%02x dc", w.Value); got != want {
				t.Errorf("%s at %s: %s, want %s", w.Name, at, got, want)
			}
		}
	}
	for _, name := range []string{"node-busy", "initialization-running", "firmware-update-mode", "sdr-update-mode", "insufficient-privilege", "reservation-canceled"} {
		if !seen["request"+name] {
			t.Errorf("no word %q", name)
		}
	}
}

// TestEveryStatus: each set-up message of RMCP+ is refused with each status. [IPMI 2.0 §13.24, Table 13-15]
func TestEveryStatus(t *testing.T) {
	t.Parallel()
	answers := map[rmcp.PayloadType]rmcp.PayloadType{rmcp.PayloadOpenSessionRequest: 0x11, rmcp.PayloadRAKP1: 0x13, rmcp.PayloadRAKP3: 0x15}
	for _, step := range fault.Steps {
		t.Run(step.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var rules strings.Builder
				for i, w := range fault.Statuses {
					fmt.Fprintf(&rules, "    - {name: r%d, at: session, when: {step: %s}, hits: {nth: [%d]}, do: {refuse: %s}}\n", i, step.Name, i+1, w.Name)
				}
				_, c := bmctest.Pipe(t, withFaults(t, rules.String()))
				for _, w := range fault.Statuses {
					suite, _ := rmcp.SuiteByID(17)
					h, err := c.Begin20(console.Login20{User: "admin", Password: "password", Suite: suite})
					if err != nil {
						t.Fatal(err)
					}
					// Tag, status, reserved bytes, and the console's session ID as it was in Open Session Request.
					request, id := rmcp.PayloadOpenSessionRequest, "a4a3a2a0"
					payload := unhex(t, "07 04 00 00 a4a3a2a0 00000008 03000000 01000008 04000000 02000008 01000000")
					if fault.Step(step.Value) != fault.OpenSession {
						open, err := h.OpenSession(context.Background())
						if err != nil {
							t.Fatal(err)
						}
						request = rmcp.PayloadRAKP1
						if fault.Step(step.Value) == fault.RAKP3 {
							request = rmcp.PayloadRAKP3
						}
						id = fmt.Sprintf("%08x", []byte{byte(open.ConsoleID), byte(open.ConsoleID >> 8), byte(open.ConsoleID >> 16), byte(open.ConsoleID >> 24)})
						payload = unhex(t, "07 00 00 00"+fmt.Sprintf("%08x", []byte{byte(open.ManagedID), byte(open.ManagedID >> 8), byte(open.ManagedID >> 16), byte(open.ManagedID >> 24)})+strings.Repeat("00", 16)+"14 00 00 00")
					}
					got, err := c.Setup(context.Background(), request, payload)
					want := fmt.Sprintf("07%02x0000%s", w.Value, id)
					if err != nil || fmt.Sprintf("%x", got) != want {
						t.Errorf("%s (%v): %x, %v; want %s", w.Name, answers[request], got, err, want)
					}
				}
			})
		})
	}
}

// conditions are rules that hit a console's Get Device ID on one way in and not on another.
var conditionsOnTheWire = []struct{ key, yes, no string }{
	{"session", "{session: v1.5}", "{session: rmcp+}"},
	{"payload", "{payload: ipmi, command: get-device-id}", "{payload: sol}"},
	{"privilege", "{privilege: operator}", "{privilege: administrator}"},
	{"power", "{power: on}", "{power: off}"},
	{"user", "{user: operator}", "{user: admin}"},
	{"channel", "{channel: 1}", "{channel: 2}"},
	{"interface", "{interface: lan}", "{interface: system}"},
	{"cipher suite", "{cipher_suite: 17}", "{cipher_suite: 3}"},
	{"netfn", "{netfn: 6}", "{netfn: 4}"},
	{"data prefix and mask", `{command: get-channel-info, data: "0?"}`, `{command: get-channel-info, data: "?1"}`},
	{"completion code", "{command: get-device-id, completion_code: ok}", "{command: get-device-id, completion_code: invalid-command}"},
	{"lun", "{lun: 0}", "{lun: 1}"},
}

// TestConditionsOnTheWire holds conditions to what a console does: each hits what it is about, and nothing else.
func TestConditionsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, tt := range conditionsOnTheWire {
		for when, want := range map[string]bool{tt.yes: true, tt.no: false} {
			for _, at := range []fault.Point{fault.DatagramIn, fault.Session, fault.Request, fault.Response, fault.DatagramOut} {
				rules := fmt.Sprintf("    - {name: r, at: %v, when: %s, do: drop}\n", at, when)
				p, err := profiles.Parse("f.yaml", []byte("profile: f\nextends: generic\nfaults:\n  rules:\n"+rules))
				if err != nil {
					if !strings.Contains(err.Error(), "never hit") {
						t.Errorf("%v", err)
					}
					continue // not known at this point
				}
				t.Run(fmt.Sprint(when, " at ", at), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv, c := bmctest.Pipe(t)
						s, err := operatorOf(c, tt.key == "session")
						if err != nil {
							t.Fatal(err)
						}
						if err := srv.Machine.SetFaults(p.Faults); err != nil {
							t.Fatal(err)
						}
						_, err1 := s.Do(context.Background(), ipmb.NetFnApp, 0x01)
						_, err2 := s.Do(context.Background(), ipmb.NetFnApp, 0x42, 0x0e) // Get Channel Info
						if hit := err1 != nil || err2 != nil; hit != want {
							t.Errorf("hit: %v (%v, %v)", hit, err1, err2)
						}
					})
				})
			}
		}
	}
}

func operatorOf(c *console.Console, v15 bool) (*console.Session, error) {
	if v15 {
		return c.Open15(context.Background(), console.Login15{User: "operator", Password: "password", AuthType: rmcp.AuthTypeMD5, Outbound: 1, Privilege: ipmb.PrivilegeOperator})
	}
	suite, _ := rmcp.SuiteByID(17)
	return c.Open20(context.Background(), console.Login20{User: "operator", Password: "password", Suite: suite, Privilege: ipmb.PrivilegeOperator})
}
