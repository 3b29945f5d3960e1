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
	"github.com/fakebmc/fakebmc/bmc/oem"
	"github.com/fakebmc/fakebmc/bmc/state"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// daemon is a running fakebmc: one machine, its sockets, and the HTTP port.
type daemon struct {
	flags   *serveFlags
	log     zerolog.Logger
	listen  listenFunc
	machine atomic.Pointer[bmc.Machine] // replaced as a whole by a reload
	loaded  *profiles.Profile           // as it was read last, with the faults of now
	state   *state.Store                // nil: nothing is kept
	channel uint8                       // the LAN channel that the sockets are
	servers []*rmcp.Server
	metrics *metrics.Collector // nil without an HTTP port
	http    *http.Server       // nil without one
	web     net.Listener
	vms     net.Listener // for the virtual machine; nil: none connects
	ready   atomic.Bool
	running sync.WaitGroup
	unplug  func()     // ends the serial line of the machine, and its system interface
	failed  chan error // the first of whatever broke; nobody closes it
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
		d.closeState()
		if problem := (stateProblem{}); errors.As(err, &problem) {
			return nil, err
		}
		return nil, fmt.Errorf("%w\nsee `fakebmc profiles list` and `fakebmc profiles schema`", err)
	}
	if err := d.open(m); err != nil {
		m.Close()
		d.closeState()
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
	p, err := d.load()
	if err != nil {
		return nil, err
	}
	return d.make(p)
}

// load reads the profile that the flags name.
func (d *daemon) load() (*profiles.Profile, error) {
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
	if d.flags.vm.some() {
		p.Power.StartOff = true // until the virtual machine is there
	}
	return p, nil
}

// make makes the machine of a profile.
func (d *daemon) make(p *profiles.Profile) (*bmc.Machine, error) {
	if err := d.keep(p); err != nil {
		return nil, err
	}
	opts := []bmc.Option{bmc.WithLog(d.log), bmc.WithSeed(uint64(d.flags.seed)), bmc.WithVendors(oem.Vendors()...),
		bmc.WithTraps(d.sendTrap)}
	if d.metrics != nil {
		opts = append(opts, bmc.WithObserver(d.metrics))
	}
	if d.state != nil {
		opts = append(opts, bmc.WithStore(d.state))
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
	if err := d.openVM(); err != nil {
		d.closeServers()
		return err
	}
	if d.flags.http != "" {
		if d.web, err = openTCP(string(d.flags.http)); err != nil {
			d.closeServers()
			d.closeVM()
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
	d.loaded = m.Profile()
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
	if d.state != nil {
		d.log.Info().Str("file", d.state.Path()).Msg("state is kept")
	}
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

// reload builds a new machine from the profile as it is now and puts it in the old one's place. If nothing but faults and
// quirks has changed, the machine stays, with its sessions, and gets the new ones. On any error all is left as it was.
func (d *daemon) reload() {
	p, err := d.load()
	if err == nil && d.onlyFaultsChanged(p) {
		if err = d.machine.Load().SetFaults(p.Faults, p.Quirks...); err == nil {
			d.loaded = p
			d.log.Info().Str("profile", p.Name).Int("rules", len(p.Faults.Rules)).Strs("quirks", p.Quirks).Msg("faults reloaded")
			return
		}
	}
	var m *bmc.Machine
	if err == nil {
		m, err = d.successor(p)
	}
	if err != nil {
		d.log.Error().Err(err).Msg("profile not reloaded, the old machine stays")
		return
	}
	d.put(m)
	d.log.Info().Str("profile", m.Profile().Name).Msg("profile reloaded")
}

// successor makes the machine of a profile that was read again, with what the present one keeps.
func (d *daemon) successor(p *profiles.Profile) (*bmc.Machine, error) {
	if channel, _ := lanChannel(p); channel.Number != d.channel {
		return nil, fmt.Errorf("profile %s: the lan channel changed from %d to %d, which takes a restart", p.Name, d.channel, channel.Number)
	}
	return d.machine.Load().Succeed(func() (*bmc.Machine, error) { return d.make(p) })
}

// onlyFaultsChanged reports whether a profile differs from the one in force in its faults and quirks, and in nothing else.
func (d *daemon) onlyFaultsChanged(p *profiles.Profile) bool {
	text := func(p profiles.Profile, faults bool) string {
		if !faults {
			p.Faults, p.Quirks = profiles.Faults{}, nil
		}
		b, err := p.YAML()
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	return text(*p, false) == text(*d.loaded, false) && text(*p, true) != text(*d.loaded, true)
}

// closePatience is how long the HTTP requests in progress have.
const closePatience = time.Second

// close stops the sockets, ends the sessions, and waits for everything that ran. It may be called twice.
func (d *daemon) close() {
	d.once.Do(func() {
		d.ready.Store(false)
		d.closeServers()
		d.unplug()
		d.closeVM()
		d.machine.Load().Close()
		if d.http != nil {
			ctx, cancel := context.WithTimeout(context.Background(), closePatience)
			defer cancel()
			if d.http.Shutdown(ctx) != nil {
				d.http.Close()
			}
		}
		d.running.Wait()
		d.closeState()
		d.log.Info().Msg("stopped")
	})
}
