// Package bmc is one machine: the command table, the handlers, and the state behind them under one lock.
//
// A request comes in through Execute (from a LAN session) or RequestResponse (from the host's system interface), finds
// its row in the command table, passes the table's checks and reaches a handler. Handlers are in one file for each
// chapter of the specification (cmd_device.go is chapter 20); the parts that own state and behaviour stand beside them
// and know no wire bytes (users.go, channels.go, …).
//
// One mutex guards a machine, because a BMC does one thing at a time. Lock order: the session table's, then the
// machine's; nothing else is taken under the machine's lock.
package bmc

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/sel"
)

// Machine is one BMC. New makes it; it owns no goroutine, only timers.
type Machine struct {
	profile   *profiles.Profile
	blueprint *Blueprint // of the machine that owns the others
	log       zerolog.Logger
	observer  Observer // nil: nobody looks
	rand      *random
	table     *Table
	sessions  *rmcp.Table
	presence  rmcp.Presence
	panics    atomic.Uint64
	away      atomic.Bool // in reset: nothing is answered

	keeper keeper // non-volatile storage

	vendors       []Vendor // whom the machine may speak
	logsExchanges bool     // at debug level: one line for each request

	serialServed sync.WaitGroup // ServeSerial

	sessionRand *keyedReader // guarded by the session table's lock

	mu           *sync.Mutex // guards everything below; a satellite has its owner's
	closed       bool
	request      Request // the one request in progress, kept here so that it costs no allocation
	scratch      [maxResponse]byte
	users        *users
	channels     *channels
	payloads     payloads
	line         serialLine // the host's serial port
	connector    serialConnector
	badPasswords badPasswords
	firewall     *firewall
	device       deviceState
	power        power
	chassis      chassis
	boot         boot
	watchdog     watchdog
	events       events
	messaging    messaging
	forwarding   forwarding
	info         systemInfo
	host         hostLink
	started      time.Time // when the machine began: what moves by itself moves from here
	hardware     *hardware
	sensors      *sensors
	sdrs         sdrs
	inventories  []inventory
	dcmi         *dcmi // nil: the profile has none
	clock        *sel.Clock
	sel          *sel.Log
	pef          pef
	alerts       alerts

	auxiliaryLogs auxiliaryLogs
	parts         []Part   // the vendors' states
	partNames     []string // whose they are

	faults faults

	satellite // of a machine that is one
	bridges   // to other controllers
}

// maxResponse bounds the data of one response; longer ones are the handlers' mistake. The largest standard answer is
// far below what the one-byte length of a v1.5 packet can carry. [IPMI 2.0 §13.6]
const maxResponse = 512

// Option changes how New builds a machine.
type Option func(*Machine)

// WithLog sets the logger; without it a machine is silent.
func WithLog(log zerolog.Logger) Option { return func(m *Machine) { m.log = log } }

// WithSeed makes every random choice follow from seed, as the profile's own seed does. Zero leaves the profile's.
func WithSeed(seed uint64) Option {
	return func(m *Machine) {
		if seed != 0 {
			m.rand = newRandom(seed)
		}
	}
}

// New builds the machine that the profile describes, or says everything that is wrong with the profile. The machine
// keeps the profile and does not change it; machines may share one. Who builds many makes a Blueprint first.
func New(p *profiles.Profile, opts ...Option) (*Machine, error) {
	var scratch Machine
	for _, opt := range opts {
		opt(&scratch)
	}
	b, err := NewBlueprint(p, scratch.vendors...)
	if err != nil {
		return nil, err
	}
	return b.New(opts...)
}

// New builds a machine.
func (b *Blueprint) New(opts ...Option) (*Machine, error) {
	p := b.profile
	m := &Machine{
		table: b.table, profile: p, blueprint: b, log: zerolog.Nop(), rand: newRandom(p.Seed), mu: new(sync.Mutex),
		satellite: satellite{address: b.address},
	}
	for _, opt := range opts {
		opt(m)
	}
	m.logsExchanges = m.log.GetLevel() <= zerolog.DebugLevel
	var errs []error
	var err error
	if m.users, err = newUsers(p); err != nil {
		errs = append(errs, err)
	}
	if m.channels, err = newChannels(p); err != nil {
		errs = append(errs, err)
	}
	if m.info, err = newSystemInfo(p); err != nil {
		errs = append(errs, err)
	}
	m.clock = newClock(&p.Clock)
	if m.sel, err = newLog(p, m.clock); err != nil {
		errs = append(errs, err)
	}
	if m.pef, err = newPEF(p); err != nil {
		errs = append(errs, err)
	}
	if err := m.build(b); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("profile %s: %w", p.Name, err)
	}
	m.firewall = newFirewall(m.table, m.channels)
	m.device = newDeviceState(p)
	m.power = newPower(p)
	m.chassis = newChassis(p)
	m.boot = newBoot(p)
	m.line = newSerialLine(m)
	m.watchdog = newWatchdog(p)
	m.events = newEvents()
	m.messaging = newMessaging(p)
	m.forwarding = newForwarding()
	m.auxiliaryLogs = newAuxiliaryLogs(p)
	m.dcmi = newDCMI(m)
	if last, ok := m.sel.Last(); ok {
		m.pef.stored.BMC, m.pef.newest = last.ID(), last.ID() // what is in the log from the start is history
	}
	m.presence = presenceOf(&p.System.ASF)
	m.sessionRand = &keyedReader{m.rand.stream("sessions")}
	m.sessions = rmcp.NewTable(m, rmcp.Options{
		Slots:      p.Sessions.Slots,
		HighSlots:  p.Sessions.HighSlots,
		Inactivity: p.Sessions.Inactivity.Std(),
		Rand:       m.sessionRand,
		Log:        m.log,
	})
	m.eachSatellite(func(s *Machine) { s.sessions = m.sessions })
	// Last, and under the locks: what moves may set an alarm, and the alarm may ring at once.
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	if err := m.loadState(); err != nil {
		m.mu.Unlock()
		return nil, err
	}
	m.channels.startLeases()
	m.startSensors()
	m.startDCMI()
	if err := m.startVendors(b); err != nil {
		m.mu.Unlock()
		return nil, err
	}
	m.startKeeper()
	m.arm(b.faults, p.Faults.Seed)
	m.happens(fault.Started)
	if err := m.release(); err != nil {
		return nil, err
	}
	return m, nil
}

// standardCommands lists the chapters of the specification, in its order.
func standardCommands() [][]Command {
	return [][]Command{
		deviceCommands, firewallCommands, messagingCommands, sessionCommands, channelCommands, userCommands,
		lanCommands, payloadCommands, serialCommands, solCommands, watchdogCommands, chassisCommands, eventCommands,
		pefCommands, selCommands, sdrCommands, fruCommands, sensorCommands, forwardCommands, bridgeCommands,
		dcmiCommands,
	}
}

// StandardTable is the command table without a profile: what fakebmc knows of the specification.
func StandardTable() *Table {
	t, err := newTable(profiles.Commands{}, standardCommands()...)
	if err != nil {
		panic(err) // two rows of the literal tables are the same: a programmer's mistake
	}
	return t
}

// Sessions is the machine's session table, for the servers that carry its datagrams.
func (m *Machine) Sessions() *rmcp.Table { return m.sessions }

// Table is the machine's command table.
func (m *Machine) Table() *Table { return m.table }

// Profile is what the machine was built from; it must not be changed.
func (m *Machine) Profile() *profiles.Profile { return m.profile }

// HandlerPanics counts the handlers that panicked and were answered FFh: bugs of fakebmc, never of a client.
func (m *Machine) HandlerPanics() uint64 { return m.panics.Load() }

// Close ends all sessions and stops all timers. Later requests are not answered. It may be called twice.
func (m *Machine) Close() {
	m.away.Store(true)
	unlock := m.lockAll()
	if !m.closed {
		m.reportFaults()
	}
	m.sessions.EndAll(rmcp.EndChange)
	m.closed = true
	m.line.disconnect()
	m.device.stop()
	m.keeper.stop()
	m.changed(keepsPower)
	m.power.alarm.stop()
	m.chassis.alarm.stop()
	m.boot.stop()
	m.watchdog.alarm.stop()
	m.hardware.motions.alarm.stop()
	m.dcmi.stop()
	m.pef.cancel()
	m.pef.postponeAlarm.stop()
	m.alerts.alarm.stop()
	for _, part := range m.parts {
		part.Stop()
	}
	m.channels.serials(func(c *channel) { c.serial.call.alarm.stop() })
	m.forwarding.drop(0)
	m.connector.ping.stop()
	m.connector.leaving.stop()
	m.channels.stopLeases()
	m.faults.away.stop()
	m.faults.update.stop()
	m.bridges.alarm.stop()
	m.eachSatellite((*Machine).closeSatellite)
	m.sessions.DropHeld()
	unlock()
	m.host.served.Wait()
	m.serialServed.Wait()
	m.alerts.traps.sent.Wait()
}

// begin makes the request in progress out of a message: what both roads of a request have in common.
func (m *Machine) begin(msg *ipmb.Message, channel uint8) *Request {
	r := &m.request
	*r = Request{Message: msg, Channel: channel, Buf: m.scratch[:0]}
	return r
}
