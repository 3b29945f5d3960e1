package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/admin"
	"github.com/fakebmc/fakebmc/bmc/metrics"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// daemon is a running fakebmc: one machine, its sockets, and the HTTP port.
type daemon struct {
	flags   *serveFlags
	log     zerolog.Logger
	listen  listenFunc
	machine atomic.Pointer[bmc.Machine] // replaced as a whole by a reload
	channel uint8                       // the LAN channel that the sockets are
	servers []*rmcp.Server
	metrics *metrics.Collector // nil without an HTTP port
	http    *http.Server       // nil without one
	web     net.Listener
	ready   atomic.Bool
	running sync.WaitGroup
	unplug  context.CancelFunc // ends the serial line of the machine
	failed  chan error         // the first of whatever broke; nobody closes it
	once    sync.Once
}

// newDaemon loads the machine and opens the sockets. What it returns answers as soon as run is called.
func newDaemon(f *serveFlags, log zerolog.Logger, listen listenFunc) (*daemon, error) {
	d := &daemon{flags: f, log: log, listen: listen, failed: make(chan error, 1)}
	if f.http != "" {
		d.metrics = metrics.New(metricsBuild())
	}
	m, err := d.build()
	if err != nil {
		return nil, fmt.Errorf("%w\nsee `fakebmc profiles list` and `fakebmc profiles schema`", err)
	}
	if err := d.open(m); err != nil {
		m.Close()
		return nil, err
	}
	return d, nil
}

func metricsBuild() metrics.Build {
	b := readBuild()
	return metrics.Build{Version: b.version, Revision: b.revision}
}

// build makes the machine that the flags describe.
func (d *daemon) build() (*bmc.Machine, error) {
	p, err := d.flags.machine()
	if err != nil {
		return nil, err
	}
	if _, ok := lanChannel(p); !ok {
		return nil, fmt.Errorf("profile %s: no channel has the medium lan, so that nobody could reach the machine; give it one", p.Name)
	}
	if d.flags.sol.SOLTarget != "" {
		p.SOLConsole.To = d.flags.sol.SOLTarget
	}
	opts := []bmc.Option{bmc.WithLog(d.log), bmc.WithSeed(uint64(d.flags.seed))}
	if d.metrics != nil {
		opts = append(opts, bmc.WithObserver(d.metrics))
	}
	return bmc.New(p, opts...)
}

// lanChannel is the first LAN channel of a profile: the one that the sockets are.
func lanChannel(p *profiles.Profile) (*profiles.Channel, bool) {
	for i := range p.Channels {
		if p.Channels[i].Medium == profiles.MediumLAN {
			return &p.Channels[i], true
		}
	}
	return nil, false
}

// open opens all sockets, and puts the machine behind them.
func (d *daemon) open(m *bmc.Machine) error {
	channel, _ := lanChannel(m.Profile())
	d.channel = channel.Number
	conns, moved, err := openUDP(d.flags.listen.list, d.listen)
	if err != nil {
		return err
	}
	for i, conn := range conns {
		s, err := rmcp.NewServer(conn, d, rmcp.ServerOptions{Channel: d.channel, Log: d.log})
		if err != nil {
			closeAll(conns[i:])
			d.closeServers()
			return err
		}
		d.servers = append(d.servers, s)
	}
	if d.flags.http != "" {
		if d.web, err = openTCP(string(d.flags.http)); err != nil {
			d.closeServers()
			return err
		}
		d.http = admin.NewServer(admin.Options{Ready: d.ready.Load, Metrics: d.metrics.Handler(), Log: d.log})
	}
	d.put(m)
	if moved {
		d.log.Warn().Str("wanted", defaultListen).Str("listen", fallbackListen).Msg("port 623 needs root, using 6230")
	}
	return nil
}

func (d *daemon) closeServers() {
	for _, s := range d.servers {
		s.Close()
	}
}

// put makes a machine the one that answers, and ends the one before it.
func (d *daemon) put(m *bmc.Machine) {
	old := d.machine.Swap(m)
	if old != nil {
		d.unplug()
		old.Close()
	}
	d.plug(m)
	if d.metrics != nil {
		d.metrics.Watch(m)
	}
}

// Route finds the machine of a datagram: there is one.
func (d *daemon) Route(netip.AddrPort) *rmcp.Table { return d.machine.Load().Sessions() }

// run serves until a signal ends it, which is success, or a socket breaks. It calls up when the machine answers.
func (d *daemon) run(signals <-chan os.Signal, up func()) error {
	for _, s := range d.servers {
		d.running.Go(func() { d.report(s.Serve()) })
		d.log.Info().Stringer("listen", s.LocalAddr()).Msg("listening")
	}
	if d.http != nil {
		d.running.Go(func() { d.report(d.http.Serve(d.web)) })
		d.log.Info().Stringer("http", d.web.Addr()).Msg("listening for http")
	}
	p := d.machine.Load().Profile()
	d.ready.Store(true)
	d.log.Info().Str("profile", p.Name).Msg("machine is up")
	up()
	for {
		select {
		case err := <-d.failed:
			return failure{fmt.Errorf("a socket broke: %w", err)}
		case s := <-signals:
			if s != syscall.SIGHUP {
				d.log.Info().Stringer("signal", s).Msg("stopping")
				return nil
			}
			d.reload()
		}
	}
}

func (d *daemon) report(err error) {
	if err == nil || errors.Is(err, http.ErrServerClosed) {
		return
	}
	select {
	case d.failed <- err:
	default: // one is enough to stop
	}
}

// reload builds a new machine from the profile as it is now and puts it in the old one's place. On any error the old
// one stays.
func (d *daemon) reload() {
	m, err := d.build()
	if err == nil {
		if channel, _ := lanChannel(m.Profile()); channel.Number != d.channel {
			err = fmt.Errorf("profile %s: the lan channel changed from %d to %d, which takes a restart", m.Profile().Name, d.channel, channel.Number)
			m.Close()
		}
	}
	if err != nil {
		d.log.Error().Err(err).Msg("profile not reloaded, the old machine stays")
		return
	}
	d.put(m)
	d.log.Info().Str("profile", m.Profile().Name).Msg("profile reloaded")
}

// closePatience is how long the HTTP requests in progress have.
const closePatience = time.Second

// close stops the sockets, ends the sessions, and waits for everything that ran. It may be called twice.
func (d *daemon) close() {
	d.once.Do(func() {
		d.ready.Store(false)
		d.closeServers()
		d.unplug()
		d.machine.Load().Close()
		if d.http != nil {
			ctx, cancel := context.WithTimeout(context.Background(), closePatience)
			defer cancel()
			if d.http.Shutdown(ctx) != nil {
				d.http.Close()
			}
		}
		d.running.Wait()
		d.log.Info().Msg("stopped")
	})
}
