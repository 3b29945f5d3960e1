package bmc_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// TestRunsOfFaults: commands that run later, on an event, or besides with other data.
func TestRunsOfFaults(t *testing.T) {
	t.Parallel()
	const setVLAN, getVLAN = "0c 01 01 14 05 80", "0c 02 01 14 00 00"
	for _, tt := range []struct {
		name, rule string
		steps      []string // request = answer, or a time to wait
	}{
		{"later", "when: {command: set-lan-configuration-parameters}, do: {completion_code: 0x00, run: 3s}", []string{
			setVLAN + " = 00", getVLAN + " = 00110000", "2999ms", getVLAN + " = 00110000", "1ms", getVLAN + " = 00110580"}},
		{"on a reset", "when: {command: set-lan-configuration-parameters}, do: {completion_code: 0x00, run: {on: cold-reset}}", []string{
			setVLAN + " = 00", "1h", getVLAN + " = 00110000", "06 02 = 00", "10s", getVLAN + " = 00110580",
			"0c 01 01 14 06 80 = 00", "06 03 = 00", "10s", getVLAN + " = 00110580"}},
		{"besides", `when: {command: set-lan-configuration-parameters, data: "?? 14"}, do: {run: {patch: [{at: 1, set: "11 05"}, {at: 3, remove: 1}]}}`, []string{
			"0c 02 01 15 00 00 = 001100", "0c 01 01 14 05 80 = 00", getVLAN + " = 00110580", "0c 02 01 15 00 00 = 001100"}},
		{"besides, with other data", `when: {command: set-lan-configuration-parameters, data: "?? 06"}, do: {run: {patch: [{at: 1, set: "0c"}]}}`, []string{
			"0c 01 01 06 ff ff ff 00 = 00", "0c 02 01 06 00 00 = 0011ffffff00", "0c 02 01 0c 00 00 = 0011ffffff00"}},
		{"not beside an error", `when: {command: set-lan-configuration-parameters}, do: {run: {patch: [{at: 1, set: "14 05 80"}]}}`, []string{
			"0c 01 01 63 00 00 = 80", getVLAN + " = 00110000"}},
		{"not what the table refuses", "when: {command: set-lan-configuration-parameters}, do: {completion_code: 0x00, run: {patch: [{at: 0, remove: 1, insert: \"01 14 05 80\"}]}}", []string{
			"0c 01 01 = 00", getVLAN + " = 00110000"}},
		{"refused and yet done", "when: {command: set-lan-configuration-parameters}, do: {completion_code: node-busy, run: {}}", []string{
			setVLAN + " = c0", getVLAN + " = 00110580"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := bmctest.New(t, withFaults(t, "    - {name: r, at: request, "+tt.rule+"}\n"))
				for _, step := range tt.steps {
					request, want, ok := cut(step)
					if !ok {
						d, err := time.ParseDuration(step)
						if err != nil {
							t.Fatal(err)
						}
						time.Sleep(d)
						synctest.Wait()
						continue
					}
					if got := fmt.Sprintf("%x", bmctest.Ask(t, m, request)); got != want {
						t.Errorf("%s answered %s, want %s", request, got, want)
					}
				}
			})
		})
	}
}

// cut parts a request from its answer.
func cut(step string) (request, answer string, ok bool) {
	i := bytes.Index([]byte(step), []byte(" = "))
	if i < 0 {
		return step, "", false
	}
	return step[:i], step[i+3:], true
}

// TestRunsAreBounded: of many commands that wait the first are forgotten.
func TestRunsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, withFaults(t, "    - {name: r, at: request, when: {command: set-user-name}, do: {completion_code: 0x00, run: 1m}}\n"))
		name := func(n byte) string {
			return fmt.Sprintf("06 45 %02x %02x 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", 4+n%2, 'a'+n)
		}
		bmctest.Ask(t, m, name(0))
		for range 64 {
			bmctest.Ask(t, m, name(1))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := bmctest.Ask(t, m, "06 46 05"); got[1] != 'b' {
			t.Errorf("user 5: % x, want b", got)
		}
		if got := bmctest.Ask(t, m, "06 46 04"); bytes.HasPrefix(got, []byte{0, 'a'}) {
			t.Errorf("user 4: % x, want no name: it was forgotten", got)
		}
	})
}

// TestPayloadFaults: what comes in over Serial over LAN, and what goes out, told by its bytes.
func TestPayloadFaults(t *testing.T) {
	t.Parallel()
	const head = "    - {name: r, at: "
	for _, tt := range []struct {
		name, rule string
		check      func(t *testing.T, r remote)
	}{
		{"dropped by its sequence number", "payload-in, when: {payload: sol, data: \"01\"}, do: drop}", func(t *testing.T, r remote) {
			r.send(data(1, "abc"))
			r.quiet("1", time.Second)
			r.send(data(2, "abc"))
			r.expect("2", ack(2, 3))
		}},
		{"cut", "payload-in, when: {payload: sol, min_length: 7}, do: {truncate: 6}}", func(t *testing.T, r remote) {
			r.send(data(1, "ab"))
			r.expect("short", ack(1, 2))
			r.send(data(2, "abc"))
			r.expect("long", ack(2, 2))
		}},
		{"no word of the end", "session, when: {payload: sol, fields: [{at: 3, mask: 0x10, min: 0x10}]}, do: drop}", func(t *testing.T, r remote) {
			r.send(data(1, "abc"))
			r.expect("before", ack(1, 3))
			r.want("it ends", ipmb.DeactivatePayload, "010100000000", "00")
			r.quiet("the end", time.Second)
		}},
		{"sent as an IPMI message", "session, when: {payload: sol}, do: {flaws: [payload-type]}}", func(t *testing.T, r remote) {
			r.send(data(1, "abc"))
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			if p, err := r.s.Receive(ctx); p.Type != rmcp.PayloadIPMI || err == nil || !strings.HasSuffix(err.Error(), "shorter than seven bytes: 00010300") {
				t.Errorf("%+v, %v; want an acknowledgement as an IPMI message", p, err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, r, host := connected(t, withFaults(t, head+tt.rule+"\n"))
				go readAll(host)
				tt.check(t, r)
			})
		})
	}
}

// readAll takes what the host's end of the line gets, until it is closed.
func readAll(host interface{ Read([]byte) (int, error) }) {
	b := make([]byte, 64)
	for {
		if _, err := host.Read(b); err != nil {
			return
		}
	}
}
