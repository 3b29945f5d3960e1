package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Boot option parameters. [IPMI 2.0 §28.13, Table 28-14]
const (
	bootSetInProgress = 0
	bootPartition     = 1 // service partition selector
	bootScan          = 2 // service partition scan
	bootClearing      = 3 // BMC boot flag valid bit clearing
	bootAcknowledge   = 4 // boot info acknowledge
	bootFlags         = 5
	bootInitiator     = 6
	bootMailbox       = 7
	bootParameters    = 8 // their number
)

// Bits of parameter 3: what does not clear the valid bit of the boot flags.
const (
	keepOnPowerButton = 1 << 0 // power up by button or wake event
	keepOnReset       = 1 << 1 // reset button, soft reset
	keepOnWatchdog    = 1 << 2
	keepOnTimeout     = 1 << 3 // no Chassis Control for a minute
	keepOnPEF         = 1 << 4
)

// bootFlagsTime is how long the boot flags stay valid without a Chassis Control. [IPMI 2.0 §28.12]
const bootFlagsTime = 60 * time.Second

const mailboxBlock = 16 // bytes

// BootFlags tell the host's firmware what to boot. [IPMI 2.0 §28.13, parameter 5]
type BootFlags [5]byte

// Bits of the first byte of the boot flags.
const (
	bootValid      = 1 << 7
	bootPersistent = 1 << 6
	bootEFI        = 1 << 5
)

// Valid reports whether there are flags to follow.
func (f BootFlags) Valid() bool { return f[0]&bootValid != 0 }

// Persistent reports whether the flags are for all future boots, not only the next.
func (f BootFlags) Persistent() bool { return f[0]&bootPersistent != 0 }

// EFI reports whether an EFI boot is asked for, not a legacy one.
func (f BootFlags) EFI() bool { return f[0]&bootEFI != 0 }

// Device is the boot device selector: 0 no override, 1 PXE, 2 disk, 5 CD, 6 setup, …
func (f BootFlags) Device() uint8 { return f[1] >> 2 & 0x0f }

// boot are the system boot options. [IPMI 2.0 §28.12]
type boot struct {
	post       time.Duration
	blocks     int
	inProgress bool
	locked     uint8 // by parameter: marked invalid or locked
	partition  uint8
	clearing   uint8
	ack        uint8
	flags      BootFlags
	initiator  [9]byte
	mailbox    []byte // nil: all zero
	timeout    alarm  // of the valid bit
	firmware   alarm  // takes the flags
	taken      BootFlags
	stored     bootStored
}

// bootStored is what the controller keeps in non-volatile storage.
type bootStored struct {
	Scan uint8
}

const leastMailbox = 5 // blocks [IPMI 2.0 §28.13, parameter 7]

func newBoot(p *profiles.Profile) boot {
	return boot{post: p.Boot.POST.Std(), blocks: max(leastMailbox, p.Boot.MailboxBlocks)}
}

// reset zeroes what is semi-volatile. [IPMI 2.0 §28.13, note 1]
func (b *boot) reset() {
	b.stop()
	*b = boot{post: b.post, blocks: b.blocks, stored: b.stored, taken: b.taken, timeout: b.timeout, firmware: b.firmware}
}

// stop stops the timers.
func (b *boot) stop() {
	b.timeout.stop()
	b.firmware.stop()
}

// hostStopped follows a reset or a loss of the host's power.
func (b *boot) hostStopped() {
	b.inProgress = false
	b.firmware.stop()
}

// hostStarted clears the valid bit when the start is none that a Chassis Control asked for and parameter 3 does not
// except it. [IPMI 2.0 §28.12]
func (b *boot) hostStarted(cause restartCause) {
	var except uint8
	switch cause {
	case causeChassisControl:
		return
	case causePowerButton:
		except = keepOnPowerButton
	case causeResetButton, causeSoftReset:
		except = keepOnReset
	case causeWatchdog:
		except = keepOnWatchdog
	case causePEFReset, causePEFCycle:
		except = keepOnPEF
	}
	if b.clearing&except == 0 {
		b.invalidate()
	}
}

// invalidate clears the valid bit, and with it the persistent bit.
func (b *boot) invalidate() {
	b.flags[0] &^= bootValid | bootPersistent
	b.timeout.stop()
}

// bootFlagsMask has the bits that exist. [IPMI 2.0 §28.13, parameter 5]
var bootFlagsMask = BootFlags{0xe0, 0xff, 0xff, 0x0f, 0x1f}

// setBootFlags takes new boot flags, and lets them become invalid in a minute.
func (m *Machine) setBootFlags(f BootFlags) {
	for i, mask := range bootFlagsMask {
		f[i] &= mask
	}
	if m.boot.flags = f; f.Valid() {
		m.startBootTimeout()
	} else {
		m.boot.invalidate()
	}
}

func (m *Machine) startBootTimeout() {
	b := &m.boot
	m.setAlarm(&b.timeout, bootFlagsTime, func() {
		switch {
		case b.clearing&keepOnTimeout != 0:
		case m.restartInitiated():
			m.startBootTimeout()
		default:
			b.invalidate()
		}
	})
}

// restartInitiated reports whether a restart that Chassis Control asked for is on its way to the host's firmware.
func (m *Machine) restartInitiated() bool {
	p := &m.power
	switch p.state {
	case PowerTurningOn, PowerCycling:
		return p.source.cause == causeChassisControl
	case PowerTurningOff:
		return p.again && p.source.cause == causeChassisControl
	}
	return m.boot.firmware.running() && p.started.cause == causeChassisControl
}

// chassisControlled restarts the minute: a command came, or the start that it asked for. [IPMI 2.0 §28.12; §28.13,
// parameter 3, bit 3]
func (m *Machine) chassisControlled() {
	if m.boot.timeout.running() {
		m.startBootTimeout()
	}
}

// startPOST lets the host's firmware take the boot flags when its time comes. Real hardware has its own.
func (m *Machine) startPOST() {
	b := &m.boot
	if b.post > 0 && m.host.host == nil {
		m.firmwareStarts()
		m.setAlarm(&b.firmware, b.post, func() {
			b.take()
			m.firmwareEnds(b.taken)
		})
	}
}

// take is the host's firmware: it reads the flags, says so and takes them away if they are for one boot only.
func (b *boot) take() {
	b.taken = BootFlags{}
	if b.flags.Valid() {
		b.taken = b.flags
	}
	b.ack &^= ackFirmware
	if !b.flags.Persistent() {
		b.invalidate()
	}
}

const ackFirmware = 1 << 0 // BIOS/POST has handled the boot info, when 0 [IPMI 2.0 §28.13, parameter 4]

// BootFlags are the flags as they are now.
func (m *Machine) BootFlags() BootFlags {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.boot.flags
}

// LastBoot are the flags that the host's firmware found at its last start; not valid when there were none.
func (m *Machine) LastBoot() BootFlags {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.boot.taken
}

// Command-specific completion codes of the boot options. [IPMI 2.0 §28.12, §28.13]
const (
	ccBootParameter  ipmb.CompletionCode = 0x80 // not supported
	ccBootInProgress ipmb.CompletionCode = 0x81 // somebody else is setting
)
