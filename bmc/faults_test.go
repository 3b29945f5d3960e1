package bmc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// withFaults adds the section faults, as it stands in a profile.
func withFaults(t testing.TB, rules string) bmctest.Option {
	t.Helper()
	return bmctest.Edit(func(p *profiles.Profile) { p.Faults = faultsOf(t, rules) })
}

func faultsOf(t testing.TB, rules string) profiles.Faults {
	t.Helper()
	p, err := profiles.Parse("faults.yaml", []byte("profile: faulty\nextends: generic\nfaults:\n  seed: 42\n  rules:\n"+rules))
	if err != nil {
		t.Fatal(err)
	}
	return p.Faults
}

// deviceID asks Get Device ID in a session.
func deviceID(s *console.Session) ([]byte, error) {
	return s.Do(context.Background(), ipmb.NetFnApp, 0x01)
}

// TestRequestAndResponseFaults shows each action on the way of a request.
func TestRequestAndResponseFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule string
		code       ipmb.CompletionCode
		prefix     string
		length     int
		silent     bool
		took       time.Duration
	}{
		{name: "none", rule: "{name: r, at: request, when: {command: get-sel-info}, do: drop}", length: 15},
		{name: "drop", rule: "{name: r, at: request, when: {command: get-device-id}, do: drop}", silent: true},
		{name: "drop the response", rule: "{name: r, at: response, when: {command: get-device-id}, do: drop}", silent: true},
		{name: "busy", rule: "{name: r, at: request, when: {command: 06h/01h}, do: {completion_code: node-busy}}", code: ipmb.NodeBusy},
		{name: "firmware update", rule: "{name: r, at: request, when: {user: admin, netfn: 6, data: \"\"}, hits: {after: 1}, do: {completion_code: firmware-update-mode}}", code: ipmb.FirmwareUpdateMode},
		{name: "code in place of the answer", rule: "{name: r, at: response, when: {command: get-device-id, failed: false}, do: {completion_code: 0x80}}", code: 0x80},
		{name: "truncate", rule: "{name: r, at: response, when: {command: get-device-id}, do: {truncate: 3}}", length: 2},
		{name: "extend", rule: "{name: r, at: response, when: {command: get-device-id}, do: {extend: 01 02}}", length: 17},
		{name: "patch", rule: "{name: r, at: response, when: {command: get-device-id}, do: {patch: [{at: 1, set: 55}]}}", prefix: "\x55", length: 15},
		{name: "longer request", rule: "{name: r, at: request, when: {command: get-device-id}, do: {extend: 01}}", code: ipmb.LengthInvalid},
		{name: "delay", rule: "{name: r, at: request, when: {command: get-device-id}, do: {delay: 3s}}", length: 15, took: 3 * time.Second},
		{name: "both delays", rule: "{name: r, at: request, when: {command: get-device-id}, do: {delay: 1s}}\n    - {name: s, at: response, when: {command: get-device-id}, do: {delay: 2s}}", length: 15, took: 3 * time.Second},
		{name: "channel", rule: "{name: r, at: request, when: {channel: 1, interface: lan, session: rmcp+, cipher_suite: 17, privilege: administrator, command: get-device-id}, do: {completion_code: 0xc3}}", code: ipmb.Timeout},
		{name: "other privilege", rule: "{name: r, at: request, when: {privilege: operator}, do: drop}", length: 15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv, c := bmctest.Pipe(t, withFaults(t, "    - "+tt.rule+"\n"))
				s := srv.Login(c, "admin", "password")
				began := time.Now()
				got, err := deviceID(s)
				took := time.Since(began)
				var code ipmb.CompletionCode
				switch {
				case tt.silent:
					if !errors.Is(err, console.ErrNoAnswer) {
						t.Fatalf("answered % x, %v", got, err)
					}
					return
				case errors.As(err, &code) && code != tt.code, err != nil && code == 0:
					t.Fatalf("% x, %v; want code %v", got, err, tt.code)
				case tt.code != 0:
					if code != tt.code {
						t.Fatalf("code %v, want %v", code, tt.code)
					}
					return
				}
				if len(got) != tt.length || !bytes.HasPrefix(got, []byte(tt.prefix)) || took != tt.took {
					t.Errorf("% x (%d bytes) in %v, want %d bytes in %v", got, len(got), took, tt.length, tt.took)
				}
			})
		})
	}
}

// TestDatagramFaults counts what arrives, and when.
func TestDatagramFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rules string
		want        []string // arrivals of two pongs: tag and time
	}{
		{"none", "{name: r, at: datagram-in, when: {class: ipmi}, do: drop}", []string{"1 0s", "2 0s"}},
		{"drop in", "{name: r, at: datagram-in, when: {class: asf}, hits: {first: 1}, do: drop}", []string{"2 0s"}},
		{"drop out", "{name: r, at: datagram-out, hits: {nth: [2]}, do: drop}", []string{"1 0s"}},
		{"delay in", "{name: r, at: datagram-in, hits: {first: 1}, do: {delay: 2s}}", []string{"2 0s", "1 2s"}},
		{"delay out", "{name: r, at: datagram-out, hits: {first: 1}, do: {delay: 2s}}", []string{"2 0s", "1 2s"}},
		{"twice in", "{name: r, at: datagram-in, hits: {first: 1}, do: {duplicate: 1}}", []string{"1 0s", "2 0s", "1 0s"}},
		{"three times out", "{name: r, at: datagram-out, hits: {first: 1}, do: {duplicate: 2}}", []string{"1 0s", "1 0s", "1 0s", "2 0s"}},
		{"reorder in", "{name: r, at: datagram-in, hits: {first: 1}, do: {reorder: 1}}", []string{"2 0s", "1 0s"}},
		{"reorder out", "{name: r, at: datagram-out, hits: {first: 1}, do: {reorder: 1}}", []string{"2 0s", "1 0s"}},
		{"nobody overtakes", "{name: r, at: datagram-out, hits: {nth: [2]}, do: {reorder: {behind: 3, within: 1s}}}", []string{"1 0s", "2 1s"}},
		{"change in", "{name: r, at: datagram-in, hits: {first: 1}, do: {patch: [{at: 9, set: 07}]}}", []string{"7 0s", "2 0s"}},
		{"change out", "{name: r, at: datagram-out, hits: {first: 1}, do: {patch: [{at: 9, set: 07}]}}", []string{"7 0s", "2 0s"}},
		{"drop and delay", "{name: r, at: datagram-out, hits: {first: 1}, do: {action: drop, delay: 1s}}", []string{"2 0s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, withFaults(t, "    - "+tt.rules+"\n"))
				began := time.Now()
				for tag := byte(1); tag <= 2; tag++ {
					// A presence ping. [ASF §3.2.4.2]
					if err := c.Send([]byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, tag, 0, 0}); err != nil {
						t.Fatal(err)
					}
				}
				var got []string
				for {
					d, err := c.Receive(context.Background())
					if err != nil {
						break
					}
					got = append(got, fmt.Sprint(d[9], time.Since(began)))
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%q, want %q", got, tt.want)
				}
			})
		})
	}
}

// TestMachineFaults lets the controller go away, reset and change its clock.
func TestMachineFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule string
		back       time.Duration // when it answers again
		session    bool          // the session is still there then
	}{
		{"away", "{name: r, at: request, when: {command: get-device-id}, hits: {first: 1}, do: {away: 30s}}", 30 * time.Second, true},
		{"away by a ping", "{name: r, at: datagram-in, when: {class: asf}, hits: {first: 1}, do: {away: 30s}}", 30 * time.Second, true},
		{"reset", "{name: r, at: response, when: {command: get-device-id}, hits: {first: 1}, do: cold-reset}", 2 * time.Second, false},
		{"long reset", "{name: r, at: request, when: {command: get-device-id}, hits: {first: 1}, do: cold-reset}\n    - {name: s, at: machine, when: {event: cold-reset}, do: {away: 40s}}", 40 * time.Second, false},
		{"later after the start", "{name: s, at: machine, when: {event: start, power: on}, do: {delay: 1s, away: 20s}}", 21 * time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				srv, c := bmctest.Pipe(t, withFaults(t, "    - "+tt.rule+"\n"))
				s := srv.Login(c, "admin", "password")
				if _, err := deviceID(s); err != nil {
					t.Fatal(err)
				}
				_, _ = c.Ping(context.Background())
				time.Sleep(time.Second + time.Millisecond)
				fast := srv.Console()
				var back time.Duration
				for back = time.Since(began); back < time.Minute; back = time.Since(began) {
					if _, err := fast.Ping(context.Background()); err == nil {
						break
					}
				}
				// A ping waits for five seconds before it is given up.
				if back < tt.back || back > tt.back+5*time.Second {
					t.Errorf("back after %v, want %v", back, tt.back)
				}
				if _, err := deviceID(s); (err == nil) != tt.session {
					t.Errorf("session is there: %v (%v)", err == nil, err)
				}
			})
		})
	}
}

func TestClockJumps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, withFaults(t, "    - {name: r, at: request, when: {command: get-device-id}, do: {clock: -1h}}\n"))
		s := srv.Login(c, "admin", "password")
		selTime := func() uint32 {
			b, err := s.Do(context.Background(), ipmb.NetFnStorage, 0x48)
			if err != nil {
				t.Fatal(err)
			}
			return binary.LittleEndian.Uint32(b)
		}
		before := selTime()
		if _, err := deviceID(s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if after := selTime(); after != before-3599 {
			t.Errorf("the clock went from %d to %d", before, after)
		}
	})
}

func TestEndSessionFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, withFaults(t, "    - {name: r, at: request, when: {command: get-device-id}, hits: {nth: [2]}, do: end-session}\n"))
		s := srv.Login(c, "admin", "password")
		if _, err := deviceID(s); err != nil {
			t.Fatal(err)
		}
		if _, err := deviceID(s); !errors.Is(err, console.ErrNoAnswer) {
			t.Errorf("the second: %v", err)
		}
		if n := srv.Machine.Sessions().Stats.Ended[rmcp.EndTimeout].Load(); n != 1 {
			t.Errorf("%d sessions ended", n)
		}
	})
}

// TestReservationFaults: a reservation that a fault cancels, and a repository that changes.
func TestReservationFaults(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, withFaults(t, `    - {name: r, at: request, when: {command: get-sdr, fields: [{at: 4, min: 1}]}, hits: {every: 2}, do: {cancel_reservation: [sdr]}}
    - {name: l, at: request, when: {command: get-sel-entry}, do: {cancel_reservation: [sel]}}
    - {name: t, at: request, when: {command: get-self-test-results}, do: touch-sdr}
`))
	do := func(netFn ipmb.NetFn, cmd uint8, data ...byte) []byte {
		t.Helper()
		r, err := m.RequestResponse(context.Background(), bmc.SystemRequest{NetworkFunction: uint8(netFn), Command: cmd,
			RequestData: data, RequestDataSize: uint32(len(data))})
		if err != nil {
			t.Fatal(err)
		}
		return r.ResponseData
	}
	id := do(ipmb.NetFnStorage, 0x22)[1:]
	read := func() byte { return do(ipmb.NetFnStorage, 0x23, id[0], id[1], 0, 0, 2, 5)[0] }
	if a, b := read(), read(); a != 0 || b != byte(ipmb.ReservationCanceled) {
		t.Errorf("two reads answer %02x and %02x", a, b)
	}
	id = do(ipmb.NetFnStorage, 0x42)[1:]
	if got := do(ipmb.NetFnStorage, 0x43, id[0], id[1], 0, 0, 1, 5)[0]; got != byte(ipmb.ReservationCanceled) {
		t.Errorf("Get SEL Entry answers %02x", got)
	}
	before := binary.LittleEndian.Uint32(do(ipmb.NetFnStorage, 0x20)[6:])
	do(ipmb.NetFnApp, 0x04)
	if after := binary.LittleEndian.Uint32(do(ipmb.NetFnStorage, 0x20)[6:]); after <= before {
		t.Errorf("most recent addition: %d, then %d", before, after)
	}
}

// TestSystemInterfaceFaults: the host meets faults as well, and its call waits.
func TestSystemInterfaceFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, withFaults(t, `    - {name: slow, at: request, when: {interface: system, command: get-device-id}, do: {delay: 3s}}
    - {name: mute, at: response, when: {command: get-self-test-results}, do: {truncate: 0}}
`))
		began := time.Now()
		ask(t, m, ipmb.NetFnApp, 0x01)
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := m.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(ipmb.NetFnApp), Command: 1}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a second of patience: %v", err)
		}
		r, err := m.RequestResponse(t.Context(), bmc.SystemRequest{NetworkFunction: uint8(ipmb.NetFnApp), Command: 4})
		if err != nil || r.CompletionCode != uint8(ipmb.Timeout) {
			t.Errorf("an empty answer is %02x, %v", r.CompletionCode, err)
		}
	})
}

// TestSetFaults replaces rules in a running machine: all or none.
func TestSetFaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, withFaults(t, "    - {name: busy, at: request, when: {command: get-device-id}, do: {completion_code: node-busy}}\n"))
		m := srv.Machine
		s := srv.Login(c, "admin", "password")
		if _, err := deviceID(s); !errors.Is(err, ipmb.NodeBusy) {
			t.Fatalf("before: %v", err)
		}
		bad := faultsOf(t, "    - {name: busy, at: request, when: {command: get-device-idd}, do: drop}\n")
		want := `unknown command "get-device-idd" (did you mean "get-device-id"?`
		if err := m.SetFaults(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a bad rule: %v", err)
		}
		if err := m.SetFaults(profiles.Faults{}, "no-such-quirk"); err == nil {
			t.Error("an unknown quirk is taken")
		}
		if _, err := deviceID(s); !errors.Is(err, ipmb.NodeBusy) {
			t.Errorf("after a bad set: %v", err)
		}
		if err := m.SetFaults(profiles.Faults{}); err != nil {
			t.Fatal(err)
		}
		if _, err := deviceID(s); err != nil {
			t.Errorf("without rules: %v", err)
		}
		if got := m.FaultHits(); got["busy"] != 2 || len(m.FaultCounts()) != 0 {
			t.Errorf("hits %v, counts %v", got, m.FaultCounts())
		}
	})
}

// TestFaultErrors: what the loader cannot know is told with its place.
func TestFaultErrors(t *testing.T) {
	t.Parallel()
	p, err := profiles.Parse("f.yaml", []byte("profile: f\nextends: generic\nfaults:\n  rules:\n    - name: a\n      at: request\n      when: {command: get-sdr, netfn: 6}\n      do: drop\n    - name: b\n      at: request\n      when:\n        command: get-snesor-reading\n      do: drop\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = bmc.New(p)
	for _, want := range []string{
		"f.yaml:7: faults.rules[0].when.command: no command with network function 06h is among them, so the rule can never hit",
		`f.yaml:12: faults.rules[1].when.command: unknown command "get-snesor-reading" (did you mean "get-sensor-reading"?; see ` + "`fakebmc commands`)",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// TestFaultLog: hits are told at debug level, and rules that never matched at the end.
func TestFaultLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m := bmctest.New(t, withFaults(t, `    - {name: used, at: request, when: {command: get-device-id}, do: {completion_code: node-busy}}
    - {name: unused, at: request, when: {command: cold-reset}, do: drop}
`), bmctest.Machine(bmc.WithLog(zerolog.New(&log))))
	ask(t, m, ipmb.NetFnApp, 0x01)
	m.Close()
	m.Close()
	for text, n := range map[string]int{
		`"rules":["used"],"at":"request","message":"fault"`:                     1,
		`{"level":"warn","rule":"unused","message":"fault rule never matched"}`: 1,
		`"rule":"used"`:            0,
		`"message":"faults armed"`: 1,
		`"cmd":"get-device-id","op":"06h/01h","cc":"node-busy"`: 1,
	} {
		if got := strings.Count(log.String(), text); got != n {
			t.Errorf("%s: %d times, want %d\n%s", text, got, n, &log)
		}
	}
}

// TestSameSeedSameRun: a lossy network loses the same.
func TestSameSeedSameRun(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T) (lost []int) {
		synctest.Test(t, func(t *testing.T) {
			_, c := bmctest.Pipe(t, withFaults(t, "    - {name: loss, at: datagram-in, hits: {probability: 0.3}, do: drop}\n"))
			for i := range 20 {
				if _, err := c.Ping(context.Background()); err != nil {
					lost = append(lost, i)
				}
			}
		})
		return lost
	}
	first := run(t)
	if want := []int{0, 2, 7, 8, 9, 11, 12}; !slices.Equal(first, want) {
		t.Errorf("lost %v, want %v", first, want)
	}
	if again := run(t); !slices.Equal(first, again) {
		t.Errorf("lost %v, then %v", first, again)
	}
}

// TestStrayAnswer: an answer comes from a port, or an address, that nobody asked.
func TestStrayAnswer(t *testing.T) {
	t.Parallel()
	for place, sameAddress := range map[string]bool{"other-port": true, "other-address": false} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			strayAnswer(t, place, sameAddress)
		})
	}
}

func strayAnswer(t *testing.T, place string, sameAddress bool) {
	t.Helper()
	srv := bmctest.Run(t, withFaults(t, "    - {name: stray, at: datagram-out, hits: {first: 1}, do: {from: "+place+"}}\n"))
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var from []netip.AddrPort
	for range 2 {
		// A presence ping. [ASF §3.2.4.2]
		if _, err := conn.WriteToUDPAddrPort([]byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, 1, 0, 0}, srv.Addr); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		_, peer, err := conn.ReadFromUDPAddrPort(make([]byte, 100))
		if err != nil {
			t.Fatal(err)
		}
		from = append(from, peer)
	}
	if from[0].Port() == srv.Addr.Port() || (from[0].Addr() == srv.Addr.Addr()) != sameAddress || from[1] != srv.Addr {
		t.Errorf("answers from %v, asked %v", from, srv.Addr)
	}
}

// TestHeldDatagramsAreBounded: what faults hold back does not grow without end, and ends with the machine.
func TestHeldDatagramsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, withFaults(t, "    - {name: slow, at: datagram-in, do: {delay: 10m, duplicate: 16}}\n"))
		for range 500 {
			if err := c.Send([]byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, 1, 0, 0}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		time.Sleep(11 * time.Minute)
		got := 0
		for {
			if _, err := c.Receive(context.Background()); err != nil {
				break
			}
			got++
		}
		if got == 0 || got > 1024 {
			t.Errorf("%d answers", got)
		}
		if err := c.Send([]byte{6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, 1, 0, 0}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		srv.Machine.Close()
		time.Sleep(11 * time.Minute)
		if d, err := c.Receive(context.Background()); err == nil {
			t.Errorf("the machine that has ended answers % x", d)
		}
	})
}
