// Command fakebmc is a BMC made of software: it listens on UDP 623 and answers as a server's baseboard management
// controller does.
//
// This package is the command line and the wiring; what answers is package bmc, and what carries it package rmcp.
//
// Two rules hold for its output. Standard output is what was asked for, and for `fakebmc serve` that is one line: the
// ipmitool command that reaches the machine. Standard error is the log, and the one error that ends a command. The exit
// status is 0 for success, 1 for what went wrong while running, and 2 for what was asked wrongly.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/rs/zerolog"
)

// Exit statuses.
const (
	exitOK      = 0
	exitFailed  = 1 // unhealthy, or a socket that broke while serving
	exitMistake = 2 // a flag, a variable, a profile or an address that cannot be
)

// startGCPercent lets the heap of a few megabytes that a start makes, mostly of the profile's YAML, grow without a
// collection in between, which is a tenth of the time to the first answer. It stays: a machine makes next to no garbage.
const startGCPercent = 400

func main() {
	zerolog.TimeFieldFormat = jsonTime // zerolog has it for the whole process
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(startGCPercent)
	}
	os.Exit(run(os.Args[1:], process{
		out: os.Stdout, err: os.Stderr, environ: os.Environ(), signals: catchSignals, listen: net.ListenPacket,
	}))
}

// catchSignals takes over the signals that serve handles; the other commands leave them as they are.
func catchSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return signals
}

// process is what a command touches of the process it runs in.
type process struct {
	out, err io.Writer
	environ  []string
	signals  func() <-chan os.Signal // catches those that stop and reload
	listen   listenFunc              // opens UDP sockets
}

// failure is an error that is not the caller's mistake.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// run executes a command line and returns its exit status.
func run(args []string, p process) int {
	root := newRoot(p)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(p.err, "fakebmc: "+strings.TrimRight(err.Error(), "\n"))
	var f failure
	if errors.As(err, &f) {
		return exitFailed
	}
	return exitMistake
}
