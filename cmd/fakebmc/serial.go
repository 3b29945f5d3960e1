package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/profiles"
)

// solTarget is the flag that says what Serial over LAN connects to.
type solTarget struct{ profiles.SOLTarget }

func (s *solTarget) String() string { return string(s.SOLTarget) }
func (s *solTarget) Type() string   { return "CONSOLE" }

// Set checks the form.
func (s *solTarget) Set(text string) error { return s.UnmarshalText([]byte(text)) }

// Times between attempts to connect. One that lasted is followed by a short one. A virtual machine that starts and has
// the socket should not wait long for its console.
const (
	firstReconnect = time.Second
	lastReconnect  = 4 * time.Second
)

// plug keeps the machine's serial port and its system interface connected, until unplug is called.
func (d *daemon) plug(m *bmc.Machine) {
	ctx, cancel := context.WithCancel(context.Background())
	unlink := d.linkVM(m)
	d.unplug = func() {
		cancel()
		unlink()
	}
	d.connect(ctx, "sol", m.Profile().SOLConsole.To, m.ServeSerial)
	for i := range m.Profile().Channels {
		if c := &m.Profile().Channels[i]; c.Medium == profiles.MediumSerial {
			d.connect(ctx, "connector", c.Serial.Plug, m.ServeConnector)
			break
		}
	}
}

// connect keeps one end of the serial line connected, if there is something to connect.
func (d *daemon) connect(ctx context.Context, name string, to profiles.SOLTarget, serve func(io.ReadWriteCloser) error) {
	switch to {
	case "", profiles.SOLConsoleDemo, profiles.SOLConsoleNone:
		return
	}
	log := d.log.With().Str(name, string(to)).Logger()
	d.running.Go(func() { carrySerial(ctx, log, to, serve) })
}

// carrySerial connects, and connects again when the other end goes away.
func carrySerial(ctx context.Context, log zerolog.Logger, to profiles.SOLTarget, serve func(io.ReadWriteCloser) error) {
	told := false // that there is no connection
	for wait := firstReconnect; ctx.Err() == nil; wait = min(2*wait, lastReconnect) {
		stream, name, err := openSerial(ctx, to)
		if err == nil {
			log.Info().Str("console", name).Msg("serial console connected")
			told = false
			began := time.Now()
			err = serve(stream)
			if time.Since(began) > wait {
				wait = firstReconnect
			}
		}
		if ctx.Err() != nil || errors.Is(err, bmc.ErrClosed) {
			return
		}
		if !told {
			log.Warn().Err(err).Msg("serial console not connected, trying again")
			told = true
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// openSerial opens the stream, and says how a person would call it.
func openSerial(ctx context.Context, to profiles.SOLTarget) (io.ReadWriteCloser, string, error) {
	switch kind, rest := to.Split(); kind {
	case profiles.SOLConsoleTCP, profiles.SOLConsoleUnix:
		var dial net.Dialer
		conn, err := dial.DialContext(ctx, string(kind), rest)
		return conn, rest, err
	case profiles.SOLConsoleExec:
		c, err := startCommand(rest)
		return c, rest, err
	default:
		return openPTY()
	}
}

// command is a shell command whose standard input and output are the stream. Its standard error goes there, too.
type command struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	output *os.File
}

func startCommand(line string) (io.ReadWriteCloser, error) {
	c := &command{cmd: exec.Command("/bin/sh", "-c", line)}
	ownGroup(c.cmd)
	var err error
	if c.input, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	output, far, err := os.Pipe()
	if err != nil {
		c.input.Close()
		return nil, err
	}
	defer far.Close()
	c.output, c.cmd.Stdout, c.cmd.Stderr = output, far, far
	if err := c.cmd.Start(); err != nil {
		output.Close()
		c.input.Close()
		return nil, err
	}
	return c, nil
}

func (c *command) Read(b []byte) (int, error)  { return c.output.Read(b) }
func (c *command) Write(b []byte) (int, error) { return c.input.Write(b) }

// Close kills the command and what it started, and waits for it. How it ended does not matter then.
func (c *command) Close() error {
	killGroup(c.cmd)
	c.output.Close()
	c.input.Close()
	_ = c.cmd.Wait()
	return nil
}
