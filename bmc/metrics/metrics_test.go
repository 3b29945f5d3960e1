package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/metrics"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// watched is a machine with a collector, and a console on a network in memory.
func watched(t *testing.T, c *metrics.Collector) (*bmctest.Server, *console.Console) {
	t.Helper()
	srv, con := bmctest.Pipe(t, bmctest.Machine(bmc.WithObserver(c)))
	return srv, con
}

func want(t *testing.T, c *metrics.Collector, text string, names ...string) {
	t.Helper()
	if err := testutil.CollectAndCompare(c, strings.NewReader(text), names...); err != nil {
		t.Error(err)
	}
}

// do sends a request and accepts any completion code.
func do(t *testing.T, s *console.Session, netFn ipmb.NetFn, cmd uint8, data ...byte) {
	t.Helper()
	_, err := s.Do(context.Background(), netFn, cmd, data...)
	var code ipmb.CompletionCode
	if err != nil && !errors.As(err, &code) {
		t.Fatal(err)
	}
}

func TestRequestsByCommandAndCode(t *testing.T) {
	t.Parallel()
	c := metrics.New(metrics.Build{Version: "v1"})
	srv, con := watched(t, c)
	c.Watch(srv.Machine)
	s := srv.LoginWith(con, console.Login20{User: "user", Password: "password", Privilege: ipmb.PrivilegeUser})
	for range 3 {
		do(t, s, ipmb.NetFnApp, 0x01) // Get Device ID
	}
	do(t, s, ipmb.NetFnApp, 0x01, 0xff)       // one byte too many: C7h
	do(t, s, ipmb.NetFnApp, 0x40, 1, 0, 0)    // Set Channel Access needs administrator: D4h
	do(t, s, 0x3e, 0x77)                      // nobody's: C1h
	do(t, s, ipmb.NetFnGroup, 0x01)           // group extension without its body: C7h, and no command
	do(t, s, ipmb.NetFnGroup, 0x01, 0xaa)     // of a body that nobody has
	do(t, s, ipmb.NetFnApp, 0xee)             // no such number
	do(t, s, ipmb.NetFnChassis, 0xee)         // another
	do(t, s, ipmb.NetFnOEMGroup, 1, 1, 2, 3)  // an enterprise without commands
	do(t, s, ipmb.NetFnOEMGroup, 1, 1, 2, 99) // another: no new label
	want(t, c, `
		# HELP fakebmc_requests_total IPMI requests answered, by command of the command table and completion code.
		# TYPE fakebmc_requests_total counter
		fakebmc_requests_total{code="00",command="get-device-id"} 3
		fakebmc_requests_total{code="c7",command="get-device-id"} 1
		fakebmc_requests_total{code="00",command="set-session-privilege-level"} 1
		fakebmc_requests_total{code="d4",command="set-channel-access"} 1
		fakebmc_requests_total{code="c1",command="unknown"} 6
		fakebmc_requests_total{code="c7",command="unknown"} 1
	`, "fakebmc_requests_total")
	if got := metric(t, c, "fakebmc_request_duration_seconds_count "); got != "13" {
		t.Errorf("durations: got %s, want as many as requests, 13", got)
	}
}

func TestSessionsAndDatagrams(t *testing.T) {
	t.Parallel()
	c := metrics.New(metrics.Build{})
	srv, con := watched(t, c)
	c.Watch(srv.Machine)
	want(t, c, `
		# HELP fakebmc_sessions_active Sessions open now.
		# TYPE fakebmc_sessions_active gauge
		fakebmc_sessions_active 0
		# HELP fakebmc_session_slots Sessions that can be open at a time.
		# TYPE fakebmc_session_slots gauge
		fakebmc_session_slots 63
		# HELP fakebmc_datagrams_total Datagrams received (in) and sent (out).
		# TYPE fakebmc_datagrams_total counter
		fakebmc_datagrams_total{direction="in"} 0
		fakebmc_datagrams_total{direction="out"} 0
	`, "fakebmc_sessions_active", "fakebmc_session_slots", "fakebmc_datagrams_total")

	if _, err := con.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := con.Send([]byte("not RMCP")); err != nil {
		t.Fatal(err)
	}
	if _, err := con.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	want(t, c, `
		# HELP fakebmc_datagrams_total Datagrams received (in) and sent (out).
		# TYPE fakebmc_datagrams_total counter
		fakebmc_datagrams_total{direction="in"} 3
		fakebmc_datagrams_total{direction="out"} 2
	`, "fakebmc_datagrams_total")
	dropped := metric(t, c, `fakebmc_datagrams_dropped_total{reason="header"} `)
	if dropped != "1" {
		t.Errorf("dropped with reason header: got %q, want 1", dropped)
	}

	srv.Login(con, "admin", "password")
	for name, value := range map[string]string{
		"fakebmc_sessions_active ":                         "1",
		"fakebmc_sessions_opened_total ":                   "1",
		`fakebmc_sessions_ended_total{reason="timeout"} `:  "0",
		`fakebmc_logins_refused_total{status="v1.5"} `:     "0",
		"fakebmc_handler_panics_total ":                    "0",
		`fakebmc_datagrams_dropped_total{reason="class"} `: "0",
	} {
		if got := metric(t, c, name); got != value {
			t.Errorf("%s: got %q, want %s", name, got, value)
		}
	}
}

// metric is the value behind a name in the exposition.
func metric(t *testing.T, c *metrics.Collector, name string) string {
	t.Helper()
	rec := httptest.NewRecorder()
	c.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(rec.Body.String()) {
		if v, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Counters never go back: what a machine counted is kept when another takes its place.
func TestCountsGoOnOverAReload(t *testing.T) {
	t.Parallel()
	c := metrics.New(metrics.Build{})
	for i, want := range []string{"1", "2", "3"} {
		srv, con := watched(t, c)
		srv.Login(con, "admin", "password")
		srv.Machine.Close() // as a reload does before Watch
		c.Watch(srv.Machine)
		if got := metric(t, c, "fakebmc_sessions_opened_total "); got != want {
			t.Errorf("machine %d: opened: got %s, want %s", i+1, got, want)
		}
		if got := metric(t, c, `fakebmc_sessions_ended_total{reason="changed"} `); got != want {
			t.Errorf("machine %d: ended: got %s, want %s", i+1, got, want)
		}
		if got := metric(t, c, "fakebmc_sessions_active "); got != "0" {
			t.Errorf("machine %d: active: got %s, want 0", i+1, got)
		}
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	c := metrics.New(metrics.Build{Version: "v1", Revision: "abc"})
	srv, con := watched(t, c)
	c.Watch(srv.Machine)
	do(t, srv.Login(con, "user", "password"), ipmb.NetFnApp, 0x01)
	problems, err := testutil.GatherAndLint(c.Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	families, err := c.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	if len(families) < 10 {
		t.Errorf("got %d metrics, want all", len(families))
	}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "fakebmc_") {
			t.Errorf("%s: prefix is not fakebmc_", f.GetName())
		}
	}
}

var _ prometheus.Collector = (*metrics.Collector)(nil)
