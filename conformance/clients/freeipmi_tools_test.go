//go:build clients

package clients

import (
	"strings"
	"testing"
)

// quick is the generic machine whose host comes and goes at once.
const quick = `profile: quick
extends: generic
power: {power_up: 0s, power_down: 0s, shutdown: 0s, cycle_interval: 0s}
`

// free is FreeIPMI on one of its ways to a machine, with one cache of SDRs for all its tools.
type free struct {
	*machine
	driver string
	cache  string
}

// cachesSDRs are the tools that keep a machine's SDRs in a file.
var cachesSDRs = map[string]bool{
	"ipmi-sensors": true, "ipmi-sel": true, "ipmi-fru": true, "ipmi-pet": true, "ipmi-config": true, "bmc-device": true,
	"ipmi-sensors-config": true, "ipmi-pef-config": true, "ipmiseld": true,
}

// run runs one command line.
func (f free) run(t *testing.T, line string) result {
	t.Helper()
	all := words(line)
	way := []string{"-D", f.driver, "-u", "admin", "-p", "password"}
	if cachesSDRs[all[0]] {
		way = append(way, "--quiet-cache", "--sdr-cache-directory="+f.cache)
	}
	return f.freeipmi(t, way, all[0], all[1:]...)
}

// words are the words of a command line. What is between apostrophes belongs to the word before them.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			all[len(all)-1] += part
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

// line is a command line of a client, the exit status with which it ends, and texts that it prints.
type line struct {
	command string
	code    int
	texts   []string
}

// runAll runs command lines, each when the one before has ended.
func (f free) runAll(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		f.run(t, l.command).want(t, l.code, l.texts...)
	}
}

// overBoth runs a test over IPMI v1.5 and over RMCP+, on a machine each.
func overBoth(t *testing.T, profile string, test func(t *testing.T, f free)) {
	t.Helper()
	t.Parallel()
	for _, driver := range []string{"LAN", "LAN_2_0"} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, free{machine: start(t, profile), driver: driver, cache: t.TempDir()})
		})
	}
}

// rows fails the test unless the client printed so many lines that say something.
func (r result) rows(t *testing.T, want int) {
	t.Helper()
	got := 0
	for text := range strings.Lines(r.out) {
		if strings.TrimSpace(text) != "" {
			got++
		}
	}
	if got != want {
		t.Errorf("%s: prints %d lines, want %d\n%s", r.command, got, want, r.out)
	}
}
