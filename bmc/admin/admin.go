// Package admin is the HTTP port of a running fakebmc.
//
//	/healthz   200 while the process lives
//	/readyz    200 while the machine answers on its sockets, 503 before and after
//	/metrics   Prometheus metrics
//
// The BMC being away, as in a cold reset, is the machine's own behaviour and no failure: both checks stay green. The
// port has no authentication, so it belongs on a network that tests own.
package admin

import (
	"io"
	"log"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// Options are what the port shows.
type Options struct {
	Ready   func() bool  // whether the machine answers on its sockets
	Metrics http.Handler // what /metrics is
	Log     zerolog.Logger
}

// Times after which a slow client is given up.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
)

// NewServer makes the server of the port. The caller serves a listener with it and shuts it down.
func NewServer(opt Options) *http.Server {
	return &http.Server{
		Handler:           newHandler(opt),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          log.New(warnings{opt.Log}, "", 0),
	}
}

func newHandler(opt Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !opt.Ready() {
			say(w, http.StatusServiceUnavailable, "not ready: the machine's sockets are not served\n")
			return
		}
		say(w, http.StatusOK, "ready\n")
	})
	mux.Handle("GET /metrics", opt.Metrics)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusNotFound, "there are /healthz, /readyz and /metrics\n")
	})
	return mux
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, text) // a client that left needs no answer
}

// warnings writes what net/http complains about to the log.
type warnings struct{ log zerolog.Logger }

func (w warnings) Write(p []byte) (int, error) {
	w.log.Warn().Bytes("err", p).Msg("http server complained")
	return len(p), nil
}
