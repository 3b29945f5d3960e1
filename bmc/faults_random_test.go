package bmc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// rulePieces are what random rules are made of: some fit together, some do not, some are wrong.
var rulePieces = struct{ when, hits, do []string }{
	when: []string{
		"command: get-device-id", "command: get-sdr 06h/01h", "command: cold-reset", "command: nothing", "netfn: 6", "netfn: 7", `data: "00 ??"`,
		"satellite: Chassis Ctrl", "satellite: Chassis Ctrl, command: get-device-id", "satellite: Chassis Ctrl, part: sdr", "satellite: Nobody", "interface: serial",
		"fields: [{at: -9223372036854775808, min: 9}]", "fields: [{at: 1000, size: 4, max: 4294967295}]", "max_length: 1024",
		"fields: [{at: 5, min: 9}]", "max_length: 2", "channel: 1", "channel: 9", "interface: lan", "user: admin", "user: nobody", "privilege: administrator",
		"session: rmcp+", "session: none", "cipher_suite: 17", "payload: ipmi", "step: rakp-1", "step: rakp-3", "class: asf", "part: sel",
		"part: sdr", "sensor: Inlet Temp", "bus: 1", "address: 0x48", "fru: 0", "record: 2", "power: on", "power: off", "event: start", "event: back", "event: update", "event: clock-set",
		"failed: true", `answer: "00"`, "completion_code: ok", "lun: 1", `content: "?? ?? 51"`, "payload: sol", "min_length: 1", "fields: [{at: 0, mask: 0x01, min: 1}]",
	},
	hits: []string{
		"first: 3", "nth: [2, 5]", "every: 2", "every: 3", "after: 1", "for: 5s", "probability: 0.4", "probability: 0.9", "probability: 0",
		"after: 18446744073709551615", "every: 18446744073709551615", "nth: [18446744073709551615]", "for: 2562047h", "first: 9223372036854775808",
		"per: peer", "per: message", "per: session", "beyond: {count: 2, within: 1s}",
	},
	do: []string{
		"action: drop", "action: end-session", "action: touch-sdr", "action: embed-reply", "action: word-access", "action: pass", "action: unavailable", "action: lose", "action: full", "action: cold-reset",
		"action: warm-reset", "delay: 300ms", "delay: {min: 1ms, max: 2s}", "delay: {median: 200ms, spread: 1}", "delay: {min: 2s, max: 1s}",
		"delay: {median: 1h, spread: 5}", "delay: 1h", "duplicate: 16", "truncate: -9223372036854775808", "truncate: 9223372036854775807", "value: 1e300", "noise: -1e300",
		"patch: [{at: 9223372036854775807, xor: 1}]", "patch: [{at: 0, remove: 1024}]", "corrupt: {bits: 64, from: 65534, to: 65535}", "away: 2562047h", "clock: 2562047h", "clock: -2562047h",
		"extend: " + strings.Repeat("5a", 1024), "patch: [{at: 0, insert: " + strings.Repeat("a5", 1024) + "}]", "from: other-port",
		"duplicate: 2", "reorder: 1", "reorder: {behind: 3, within: 1s}", "truncate: 3", "truncate: -1", "truncate: 0", `extend: "00 01"`,
		`replace: "c0"`, `replace: ""`, "patch: [{at: 1, xor: 0xff}]", "patch: [{at: -1, remove: 9}]", `patch: [{at: 0, insert: "01 02"}]`,
		"corrupt: {bits: 3}", "corrupt: {bytes: 9, from: 2}", "completion_code: node-busy", "completion_code: 0x83", "refuse: invalid-role",
		"flaws: [auth-code]", "flaws: [session-id-zero, checksum-2]", "flaws: [role-low-nibble]", "flaws: [padding-16, iv]",
		"flaws: [sequence-repeated]", "cancel_reservation: [sel, sdr]", "fail: nak", "fail: truncated-read", "value: 40", "noise: 3",
		"away: 3s", "update: 1ns", "update: 5s", "clock: -1h", "any_reservation: [sel, sdr]", "lun: 2", "patch: [{area: board, at: 3, set: ff, checksum: true}]", "run: {}", "run: 2s", "run: {on: cold-reset}", `run: {patch: [{at: 0, set: "03"}]}`, "flaws: [payload-type]",
	},
}

// randomRules makes a list of rules. Most of their pieces are possible at their points.
func randomRules(draws *rand.Rand) string {
	pick := func(list []string, least, most int, at fault.Point) string {
		var picked []string
		for len(picked) < least+draws.IntN(most-least+1) {
			piece := list[draws.IntN(len(list))]
			if possible(piece, at) || draws.IntN(20) == 0 {
				picked = append(picked, piece)
			}
		}
		return "{" + strings.Join(picked, ", ") + "}"
	}
	var b strings.Builder
	states := []string{"start", "one", "two"}
	for i := range 1 + draws.IntN(3) {
		at := fault.Point(fault.Points[draws.IntN(len(fault.Points))].Value)
		scenario := ""
		if draws.IntN(3) == 0 {
			scenario = fmt.Sprintf("scenario: {name: s, when: %s, then: %s}, ", states[draws.IntN(3)], states[draws.IntN(3)])
		}
		fmt.Fprintf(&b, "    - {name: r%d, at: %v, %swhen: %s, hits: %s, do: %s}\n", i, at, scenario,
			pick(rulePieces.when, 0, 1, at), pick(rulePieces.hits, 0, 2, at), pick(rulePieces.do, 1, 2, at))
	}
	return b.String()
}

// possible reports whether a condition or an action has anything to do at a point.
func possible(piece string, at fault.Point) bool {
	key, value, _ := strings.Cut(piece, ": ")
	if key == "action" {
		key = value
	}
	for i := range fault.Conditions {
		if c := &fault.Conditions[i]; c.Name == key && slices.Contains(c.Points(), at) {
			return true
		}
	}
	for i := range fault.Actions {
		if a := &fault.Actions[i]; a.Name == key && slices.Contains(a.Points(), at) {
			return true
		}
	}
	return slices.Contains(rulePieces.hits, piece)
}

// randomRun makes a machine of random rules, and talks to it twice. It is "" when the rules are refused, which takes a
// message with a place.
func randomRun(t *testing.T, draws *rand.Rand) string {
	t.Helper()
	rules := randomRules(draws)
	p, err := profiles.Parse("random.yaml", []byte("profile: random\nextends: satellites\nseed: 7\nfaults:\n  seed: 3\n  rules:\n"+rules))
	if err == nil {
		var m *bmc.Machine
		if m, err = bmc.New(p, bmc.WithVendors(oem.Vendors()...)); err == nil {
			m.Close()
		}
	}
	if err != nil {
		if !strings.Contains(err.Error(), "random.yaml:") {
			t.Fatalf("no place: %v\n%s", err, rules)
		}
		return ""
	}
	first := transcript(t, p)
	if again := transcript(t, p); first != again {
		t.Fatalf("two runs differ:\n%s\n%s\n%s", rules, first, again)
	}
	return first
}

// TestRandomFaults: any rules are refused with a message or make a machine that works on; with the same seed it does the
// same things.
func TestRandomFaults(t *testing.T) {
	t.Parallel()
	draws := rand.New(rand.NewPCG(1, 2))
	loaded, differ := 0, map[string]bool{}
	for range 150 {
		if run := randomRun(t, draws); run != "" {
			loaded++
			differ[run] = true
		}
	}
	if loaded < 30 || len(differ) < 15 {
		t.Errorf("%d rule sets were taken, with %d different runs", loaded, len(differ))
	}
}

// FuzzRandomFaults goes on where TestRandomFaults ends.
func FuzzRandomFaults(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { randomRun(t, rand.New(rand.NewPCG(seed, 3))) })
}

// zeros is a console's randomness: only the machine's counts.
type zeros struct{ n byte }

func (z *zeros) Read(b []byte) (int, error) {
	for i := range b {
		z.n++
		b[i] = z.n
	}
	return len(b), nil
}

// transcript is a short talk with a machine: what was answered, and when.
func transcript(t *testing.T, p *profiles.Profile) (log string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		srv, _ := bmctest.Pipe(t, bmctest.Edit(func(q *profiles.Profile) { *q = *p }))
		conn, err := srv.Network.Listen(netip.MustParseAddrPort("192.0.2.7:4000"))
		if err != nil {
			t.Fatal(err)
		}
		c := console.NewPacket(conn, net.UDPAddrFromAddrPort(srv.Addr), console.Options{Timeout: 977 * time.Millisecond, Rand: new(zeros)})
		defer c.Close()
		note := func(what string, b []byte, err error) {
			log += fmt.Sprintf("%v %s % x %v\n", time.Since(began), what, b, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = c.Ping(ctx)
		note("ping", nil, err)
		suite, _ := rmcp.SuiteByID(17)
		s, err := c.Open20(ctx, console.Login20{User: "admin", Password: "password", Suite: suite})
		note("login", nil, err)
		if err == nil {
			inner := ipmb.Message{To: 0x82, NetFn: ipmb.NetFnApp, From: 0x20, Cmd: 0x01}
			bridged := inner.AppendTo([]byte{0x06, 0x34, 0x40})
			for _, ask := range [][]byte{{0x06, 0x01}, {0x0a, 0x20}, {0x0a, 0x22}, {0x0a, 0x23, 0, 0, 0, 0, 0, 0xff}, {0x0a, 0x23, 0, 0, 2, 0, 0, 0xff},
				{0x04, 0x2d, 1}, bridged, {0x0a, 0x11, 0, 0, 0, 16}, {0x0a, 0x48}, {0x06, 0x52, 3, 0x90, 2, 0}, {0x06, 0x01}} {
				b, err := s.Do(ctx, ipmb.NetFn(ask[0]), ask[1], ask[2:]...)
				note(fmt.Sprintf("% x", ask), b, err)
				if errors.Is(err, console.ErrNoAnswer) && ctx.Err() != nil {
					break
				}
			}
		}
		synctest.Wait() // for requests whose answers nobody waited for
		log += fmt.Sprint(srv.Machine.FaultCounts())
		if srv.Machine.HandlerPanics() > 0 {
			t.Error("a handler panicked")
		}
	})
	return log
}
