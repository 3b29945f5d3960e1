package admin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	numbers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "numbers") })
	for _, test := range []struct {
		name, method, path string
		ready              bool
		status             int
		body               string
	}{
		{"the process lives", "GET", "/healthz", true, 200, "ok\n"},
		{"and lives before the machine is ready", "GET", "/healthz", false, 200, "ok\n"},
		{"ready", "GET", "/readyz", true, 200, "ready\n"},
		{"not ready", "GET", "/readyz", false, 503, "not ready: the machine's sockets are not served\n"},
		{"metrics", "GET", "/metrics", true, 200, "numbers"},
		{"nothing else", "GET", "/metricz", true, 404, "there are /healthz, /readyz and /metrics\n"},
		{"nothing at the top", "GET", "/", true, 404, "there are /healthz, /readyz and /metrics\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := NewServer(Options{Ready: func() bool { return test.ready }, Metrics: numbers, Log: zerolog.Nop()})
			rec := httptest.NewRecorder()
			s.Handler.ServeHTTP(rec, httptest.NewRequest(test.method, test.path, nil))
			if rec.Code != test.status || rec.Body.String() != test.body {
				t.Errorf("%s %s: got %d %q, want %d %q", test.method, test.path, rec.Code, rec.Body, test.status, test.body)
			}
			if got := rec.Header().Get("Cache-Control"); got != "no-store" && test.path != "/metrics" {
				t.Errorf("%s: may be cached (Cache-Control: %q), so that a proxy's answer would pass for ours", test.path, got)
			}
		})
	}
}
