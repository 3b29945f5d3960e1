package bmc_test

import (
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/profiles"
)

const formed = `
profile: formed
extends: generic
fru:
  - id: 0
    from: ""
    size: 256
    fill: 0x11
    internal: "aa"
    chassis: {type: 0x17, part: "", serial: "", form: {binary: [part], length: 24}}
    board: {made: "1996-01-01 00:01", manufacturer: DELL, product: "1", serial: "", part: "\u0001", file: "05", language: 0, form: {six_bit: [manufacturer], binary: [part], bcd_plus: [file], bad_checksum: true}}
    offsets: {internal: 20, chassis: 1, board: 5}
`

// TestFRUForm writes an inventory as a real machine has it: encodings, places, lengths, fill, and a wrong checksum.
// [FRU §8, §10, §11, §13]
func TestFRUForm(t *testing.T) {
	t.Parallel()
	p, err := profiles.Parse("formed.yaml", []byte(formed))
	if err != nil {
		t.Fatal(err)
	}
	p.FRU[0].Product, p.FRU[0].Records = nil, nil
	m := bmctest.New(t, bmctest.Edit(func(q *profiles.Profile) { *q = *p }))
	image := bmctest.Ask(t, m, "0a 11 00 00 00 80")[2:]
	for at, want := range map[int][]byte{
		0:  {1, 20, 1, 5, 0, 0, 0},
		8:  {1, 3, 0x17, 0x00, 0xc0, 0xc1}, // binary and empty, text and empty
		40: {1, 3, 0, 1, 0, 0, 0x83, 0x64, 0xc9, 0xb2, 0xc2, '1', ' ', 0xc0, 0x01, 0x01, 0x41, 0x05, 0xc1},
		64: {0, 0, 0, 0},
	} {
		if got := image[at : at+len(want)]; string(got) != string(want) {
			t.Errorf("at %d: % x, want % x", at, got, want)
		}
	}
	sum := func(b []byte) (s byte) {
		for _, c := range b {
			s += c
		}
		return s
	}
	if sum(image[8:32]) != 0 || sum(image[40:64]) == 0 {
		t.Errorf("checksums of chassis and board area: %02x and %02x, want 00 and another", sum(image[8:32]), sum(image[40:64]))
	}
	if end := bmctest.Ask(t, m, "0a 11 00 a0 00 0a")[2:]; string(end) != "\x01\xaa\x00\x00\x00\x00\x00\x00\x11\x11" {
		t.Errorf("internal use area and fill: % x", end)
	}
}

// TestFRUFormProblems refuses what the encodings and the places cannot hold.
func TestFRUFormProblems(t *testing.T) {
	t.Parallel()
	for area, want := range map[string]string{
		"board: {made: 2020-01-01, product: lower, form: {six_bit: [product]}}":                     "board.product",
		"board: {made: 2020-01-01, part: A, form: {bcd_plus: [part]}}":                              "board.part",
		"board: {made: 2020-01-01}\n    offsets: {board: 1, product: 9}":                            "0 bytes, but offset 72",
		"board: {made: 2020-01-01}\n    chassis: {type: 0x17}\n    offsets: {board: 1, chassis: 2}": "starts at byte 16",
	} {
		p, err := profiles.Parse("formed.yaml", []byte("profile: formed\nextends: generic\nfru:\n  - id: 9\n    "+area+"\n"))
		if err == nil {
			_, err = bmc.New(p)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", area, err, want)
		}
	}
}
