//go:build clients

package clients

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

// goReport is what the program around go-ipmi's client prints; ../goipmi has the fields' meanings.
type goReport struct {
	DeviceID     uint8            `json:"device_id"`
	Manufacturer uint32           `json:"manufacturer"`
	Product      uint16           `json:"product"`
	IPMI         string           `json:"ipmi"`
	SystemGUID   string           `json:"system_guid"`
	DeviceGUID   string           `json:"device_guid"`
	SelfTest     string           `json:"self_test"`
	Medium       uint8            `json:"medium"`
	Protocol     uint8            `json:"protocol"`
	Suites       []int            `json:"suites"`
	SessionUser  uint8            `json:"session_user"`
	Privilege    uint8            `json:"privilege"`
	Generation   uint8            `json:"generation"`
	Slots        uint8            `json:"slots"`
	Users        map[uint8]string `json:"users"`
	NewName      string           `json:"new_name"`
	WrongTest    string           `json:"wrong_test"`
}

// goipmi runs the program.
func (m *machine) goipmi(t *testing.T, args ...string) result {
	t.Helper()
	return run(t, goipmi, append([]string{"-host", m.addr, "-user", "admin", "-password", "password"}, args...)...)
}

func TestGoIPMI(t *testing.T) {
	t.Parallel()
	want := goReport{
		DeviceID: 0x20, Manufacturer: 32473, Product: 0x0bad, IPMI: "2.0",
		SystemGUID: "0100000000020080ee110000c0b34efa", DeviceGUID: "2000000000020080ee110000c0b34efa",
		SelfTest: "5500", Medium: 4, Protocol: 1,
		Suites:      []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19},
		SessionUser: 2, Privilege: 4, Generation: 1, Slots: 63,
		Users:   map[uint8]string{2: "admin", 3: "operator", 4: "user"},
		NewName: "gopher", WrongTest: "80", // 80h: password test failed, mismatch [IPMI 2.0 §22.30]
	}
	v15 := want
	v15.Generation = 0
	type way struct {
		args []string
		want goReport
	}
	ways := map[string]way{
		"v1.5":                      {[]string{"-interface", "lan"}, v15},
		"v2.0, the client's choice": {nil, want},
	}
	// go-ipmi marks every packet of a session as authenticated and encrypted, which rules out the suites without either;
	// its RAKP-none takes the missing code of RAKP 2 for a wrong one, and its MD5-128 (12) is its own.
	for _, suite := range []int{3, 8, 17} {
		ways[fmt.Sprintf("v2.0 suite %d", suite)] = way{[]string{"-suite", fmt.Sprint(suite)}, want}
	}
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, profile(t, open))
			r := m.goipmi(t, append(w.args, "-change", "6")...)
			r.ok(t)
			var got goReport
			if err := json.Unmarshal([]byte(r.out), &got); err != nil {
				t.Fatalf("%v\n%s", err, r.out)
			}
			if !reflect.DeepEqual(got, w.want) {
				t.Errorf("got  %+v\nwant %+v", got, w.want)
			}
		})
	}
}

func TestGoIPMIIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	m.goipmi(t, "-user", "nobody").refused(t, "rakp1 failed", "0x0d")
	m.goipmi(t, "-password", "Password").refused(t, "rakp")
	m.goipmi(t, "-suite", "19").refused(t, "Open Session failed")
	m.goipmi(t, "-user", "operator").refused(t, "SetSessionPrivilegeLevel")
	m.goipmi(t, "-interface", "lan", "-user", "nobody").refused(t, "0x81")
}
