package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/rs/zerolog"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

// Set takes one of the words.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("expected one of %s", strings.Join(c.words, ", "))
	}
	c.value = s
	return nil
}

var (
	logLevels  = []string{"trace", "debug", "info", "warn", "error", "off"}
	logFormats = []string{"auto", "human", "json"}
)

// Times in the log, for people and for programs.
const (
	humanTime = "15:04:05"
	jsonTime  = "2006-01-02T15:04:05.000Z07:00"
)

// newLog makes the logger, for all goroutines. Its format is for people on a terminal and JSON everywhere else, unless asked otherwise.
func newLog(w io.Writer, level, format string) zerolog.Logger {
	if format == "human" || format == "auto" && isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: humanTime, NoColor: !isTerminal(w) || os.Getenv("NO_COLOR") != ""}
	}
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		l = zerolog.Disabled // "off", the only word of ours that zerolog does not know
	}
	return zerolog.New(zerolog.SyncWriter(w)).Level(l).With().Timestamp().Logger()
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
