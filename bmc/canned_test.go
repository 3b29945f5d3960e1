package bmc_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/profiles"
)

const canned = `
profile: canned
extends: generic
oem:
  commands:
    - name: Acme Get Fan Mode
      netfn: 0x30
      command: 0x45
      answers:
        - {data: "00", length: 1, answer: "02"}
        - {data: "01 0?", answer: ""}
        - {data: "01", completion_code: invalid-field, answer: "aa"}
      otherwise: length-invalid
    - {name: Acme Get Slot, netfn: 0x2e, command: 0xc0, enterprise: 0x000157, answers: [{answer: "07"}]}
    - {name: Acme Get Lane, netfn: 0x2c, command: 0x3e, body: 0x00, privilege: oem, answers: [{answer: "09"}]}
`

// TestCannedCommands asks for commands that a profile describes by their answers.
func TestCannedCommands(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.YAML(canned))
	for request, want := range map[string]string{
		"30 45 00":          "0002",
		"30 45 00 00":       "c7",
		"30 45":             "c7",
		"30 45 01 03":       "00",
		"30 45 01 10":       "ccaa",
		"30 46":             "c1",
		"2e c0 57 01 00":    "0057010007",
		"2e c0 57 01 01 00": "c1570101",
		"2c 3e 00":          "000009",
		"2c 3e 01":          "c101",
	} {
		if got := hex.EncodeToString(bmctest.Ask(t, m, request)); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
}

// TestCannedProblems refuses commands that are there already or can never be answered.
func TestCannedProblems(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"{name: Mine, netfn: 6, command: 1, answers: [{answer: 01}]}":                                                "06h/01h is Get Device ID already",
		"{name: Get Device ID, netfn: 0x30, command: 1, answers: [{answer: 01}]}":                                    "06h/01h is Get Device ID already",
		"{name: Mine, netfn: 0x31, command: 1, answers: [{answer: 01}]}":                                             "netfn: the network function of a request is even",
		"{name: Mine, netfn: 0x2c, command: 1, answers: [{answer: 01}]}":                                             "body: missing",
		"{name: Mine, netfn: 0x30, body: 0, command: 1, answers: [{answer: 01}]}":                                    "body: only network function 2Ch",
		"{name: Mine, netfn: 0x30, enterprise: 1, command: 1, answers: [{answer: 01}]}":                              "enterprise: only network function 2Eh",
		"{name: Mine, netfn: 0x30, command: 1, answers: [{data: '0?'}, {data: 05, answer: 01}]}":                     "answers[0] fits everything",
		"{name: Mine, netfn: 0x30, command: 1, answers: []}":                                                         "answers",
		"{name: A, netfn: 0x30, command: 1, answers: [{}]}\n    - {name: B, netfn: 0x30, command: 1, answers: [{}]}": "30h/01h is A already",
	} {
		p, err := profiles.Parse("canned.yaml", []byte("profile: canned\nextends: generic\noem:\n  commands:\n    - "+yaml+"\n"))
		if err == nil {
			_, err = bmc.New(p)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", yaml, err, want)
		}
	}
}
