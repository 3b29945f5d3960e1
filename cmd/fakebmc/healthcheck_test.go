package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthcheckAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		body   string
		err    string
	}{
		{"ready", 200, "ready\n", ""},
		{"not ready", 503, "not ready: reason\n", "not healthy: 503 Service Unavailable: not ready: reason"},
		{"another program", 404, "<html>", "not healthy: 404 Not Found: <html>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz" {
					t.Errorf("asked for %s", r.URL.Path)
				}
				http.Error(w, strings.TrimSpace(test.body), test.status)
			}))
			defer srv.Close()
			got := ""
			if err := askHealth(t.Context(), strings.TrimPrefix(srv.URL, "http://")); err != nil {
				got = err.Error()
			}
			if got != test.err {
				t.Errorf("got %q, want %q", got, test.err)
			}
		})
	}
}

func TestDialable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		":8080": "127.0.0.1:8080", "0.0.0.0:8080": "127.0.0.1:8080", "[::]:8080": "[::1]:8080",
		"10.0.0.5:8080": "10.0.0.5:8080", "localhost:8080": "localhost:8080",
	} {
		if got := dialable(in); got != want {
			t.Errorf("dialable(%q) = %s, want %s", in, got, want)
		}
	}
}
