package lenovo

import (
	"encoding/binary"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// Front panel USB port control, 3Ah/98h: the port belongs to the host or to the controller.

// Sub-commands.
const (
	usbGetOwner         = 0x01
	usbGetConfiguration = 0x02
	usbSetConfiguration = 0x03
	usbSetOwner         = 0x04
	usbSetEnable        = 0x05
	usbGetEnable        = 0x06
)

// usbOwner is who has the port.
type usbOwner uint8

const (
	ownerHost usbOwner = 0
	ownerBMC  usbOwner = 1
)

// String is "host" or "bmc".
func (o usbOwner) String() string {
	if o == ownerBMC {
		return "bmc"
	}
	return "host"
}

// usbMode is who may have the port.
type usbMode uint8

const (
	modeHost   usbMode = 0
	modeBMC    usbMode = 1
	modeShared usbMode = 2
)

// usbConfiguration is what Set Configuration stores.
type usbConfiguration struct {
	mode       usbMode
	timeout    uint16 // minutes without activity after which the host gets the port back, 0: never (decision)
	button     bool   // the held identify button switches the port
	hysteresis uint8  // seconds between a change of power and the change of the port
}

// frontUSB is the port.
type frontUSB struct {
	c       *controller
	config  usbConfiguration
	owner   usbOwner
	lent    bool // shared, and the controller was given the port although the host is on
	enabled bool // SD530
	change  bmc.Timer
	idle    bmc.Timer
}

// defaults are the settings of firmware 6.92.
func (u *frontUSB) defaults() {
	u.config = usbConfiguration{mode: modeShared, timeout: 5, button: true, hysteresis: 10}
	u.enabled, u.lent = true, false
	if u.c.spec.Platform == profiles.LenovoSD530 {
		u.config.mode = modeBMC
	}
	u.settle()
}

// due is the owner by mode, power, and who was given the port.
func (u *frontUSB) due() usbOwner {
	switch {
	case u.config.mode == modeHost:
		return ownerHost
	case u.config.mode == modeBMC, !u.c.in.Power().On(), u.lent:
		return ownerBMC
	}
	return ownerHost
}

// settle gives the port to whom it is due, at once.
func (u *frontUSB) settle() {
	u.change.Stop()
	if due := u.due(); due != u.owner {
		u.owner = due
		u.c.in.Log().Info().Stringer("owner", due).Msg("front usb port switched")
	}
	u.watch()
}

// watch lets the port go back to the host after a time without activity. Nothing uses the port, so that the time runs from
// the moment it was given.
func (u *frontUSB) watch() {
	u.idle.Stop()
	if !u.lent || u.config.timeout == 0 {
		return
	}
	u.idle.Set(u.c.in, time.Duration(u.config.timeout)*time.Minute, func() {
		u.lent = false
		u.settle()
	})
}

// powerChanged follows the host's power after the hysteresis. What was lent is given back.
func (u *frontUSB) powerChanged() {
	u.lent = false
	u.idle.Stop()
	u.change.Set(u.c.in, time.Duration(u.config.hysteresis)*time.Second, u.settle)
}

// buttonHeld switches a shared port of a host that is on.
func (u *frontUSB) buttonHeld() {
	if u.config.button && u.config.mode == modeShared && u.c.in.Power().On() {
		u.lent = !u.lent
		u.settle()
	}
}

// give makes to the owner. Who may not have the port in this mode, or while the host is off, does not get it (decision). An
// owner who is given a shared port keeps it, though a change of power was about to take it.
func (u *frontUSB) give(to usbOwner) error {
	switch {
	case u.config.mode == modeShared && u.c.in.Power().On():
		u.lent = to == ownerBMC
		u.settle()
		return nil
	case to == u.owner:
		return nil
	}
	return ipmb.NotSupportedInState
}

// frontUSBControl is 3Ah/98h. Whether the platform has the sub-command is checked before length and values.
func frontUSBControl(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, sub, d := of(m), r.Data[0], r.Data[1:]
	u, sd530 := &c.usb, c.spec.Platform == profiles.LenovoSD530
	if sub == usbSetConfiguration || sub == usbSetOwner {
		if sd530 {
			return nil, ipmb.SubFunctionDisabled
		}
	}
	if (sub == usbSetEnable || sub == usbGetEnable) && !sd530 {
		return nil, ipmb.CompletionCode(c.spec.USBUnsupported)
	}
	switch sub {
	case usbGetOwner, usbGetConfiguration, usbGetEnable:
		if len(d) != 0 {
			return nil, ipmb.LengthInvalid
		}
		return u.tell(r.Buf, sub), nil
	case usbSetConfiguration:
		return nil, u.configure(d)
	case usbSetOwner, usbSetEnable:
		if len(d) != 1 {
			return nil, ipmb.LengthInvalid
		}
		if d[0] > 1 {
			return nil, ipmb.InvalidField
		}
		if sub == usbSetEnable {
			u.enabled = d[0] == 1
			return nil, nil
		}
		return nil, u.give(usbOwner(d[0]))
	}
	return nil, ipmb.InvalidField
}

// tell answers the sub-commands that read. The timeout is MS byte first.
func (u *frontUSB) tell(b []byte, sub uint8) []byte {
	switch sub {
	case usbGetOwner:
		return append(b, byte(u.owner))
	case usbGetEnable:
		return append(b, flag(u.enabled))
	}
	b = append(b, byte(u.config.mode))
	b = binary.BigEndian.AppendUint16(b, u.config.timeout)
	return append(b, flag(u.config.button), u.config.hysteresis)
}

// configure is Set Configuration: the hysteresis may be absent and stays then.
func (u *frontUSB) configure(d []byte) error {
	switch {
	case len(d) != 4 && len(d) != 5:
		return ipmb.LengthInvalid
	case usbMode(d[0]) > modeShared, d[3] > 1:
		return ipmb.InvalidField
	}
	changed := usbMode(d[0]) != u.config.mode
	u.config.mode, u.config.timeout, u.config.button = usbMode(d[0]), binary.BigEndian.Uint16(d[1:]), d[3] == 1
	if len(d) == 5 {
		u.config.hysteresis = d[4]
	}
	if changed {
		u.lent = false
		u.settle()
	} else {
		u.watch()
	}
	return nil
}
