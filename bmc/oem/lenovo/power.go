package lenovo

import (
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// What happens to the host and to the controller.

// Sub-commands of Chassis Power Restore Delay Options.
const (
	delaySet   = 0x00
	delayQuery = 0x01
)

// restoreDelayOptions is 3Ah/1Eh: whether the host waits a random 1 to 15 s when AC returns.
func restoreDelayOptions(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, d := of(m), r.Data
	switch {
	case len(d) == 0, len(d) > 2:
		return nil, ipmb.LengthInvalid
	case d[0] > delayQuery:
		return nil, ipmb.InvalidField
	case d[0] == delayQuery && len(d) == 2, d[0] == delaySet && len(d) == 1:
		return nil, ipmb.LengthInvalid
	case d[0] == delayQuery:
		return append(r.Buf, flag(c.randomDelay)), nil
	case d[1] > 1:
		return nil, ipmb.InvalidField
	}
	c.randomDelay = d[1] == 1
	c.in.Log().Info().Bool("random", c.randomDelay).Msg("power restore delay set")
	return nil, nil
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// nmiAndReset is 3Ah/38h: an NMI now, and after that many seconds a reset or a power cycle. A second command replaces what
// waits, and any reset or loss of power cancels it.
func nmiAndReset(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	action := bmc.HardReset // the host is reset, and its power stays
	if len(r.Data) == 2 {
		switch r.Data[1] {
		case 0:
		case 1:
			action = bmc.PowerCycle
		default:
			return nil, ipmb.InvalidField
		}
	}
	if err := c.in.Control(bmc.DiagnosticInterrupt, r.Channel); err != nil {
		return nil, err
	}
	c.pending.timer.Stop()
	if seconds := r.Data[0]; seconds > 0 {
		channel := r.Channel
		c.pending.action = action
		c.in.Log().Info().Stringer("action", action).Uint8("seconds", seconds).Msg("action follows the interrupt")
		c.pending.timer.Set(c.in, time.Duration(seconds)*time.Second, func() {
			_ = c.in.Control(action, channel) // refused: the host is no longer on
		})
	}
	return nil, nil
}

// Data of Reset XCC to Default behind the enterprise number: function 0A01h of OSA's table, a fixed FFh, three zeros.
var resetFunction = [2]byte{0x0a, 0x01}

const resetLen = 6

// resetToDefault is 2Eh/CCh with OSA's enterprise number. It is open to User, as on real controllers. [XCC 6.92]
func resetToDefault(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := r.Data
	switch {
	case len(d) < len(resetFunction):
		return nil, ipmb.LengthInvalid
	case [2]byte(d) != resetFunction:
		return nil, ipmb.InvalidCommand
	case len(d) != resetLen:
		return nil, ipmb.LengthInvalid
	case d[2] != 0xff || d[3] != 0 || d[4] != 0 || d[5] != 0:
		return nil, ipmb.InvalidField
	}
	return resetXCC3(m, r)
}

// resetXCC3 is 2Eh/CCh with Lenovo's enterprise number. The answer goes out first; then settings return, sessions end and
// the controller restarts. Logs, records and inventories stay, and the host is not touched.
func resetXCC3(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	if c.reset.Running() {
		return nil, ipmb.NodeBusy
	}
	c.in.Log().Info().Dur("in", c.spec.ResetDelay.Std()).Msg("settings return to defaults")
	c.reset.Set(c.in, c.spec.ResetDelay.Std(), func() {
		if c.in.RestoreDefaults() == nil { // the profile's settings were good when the machine was built
			c.in.ColdReset()
		}
	})
	return append(r.Buf, resetFunction[0], resetFunction[1], 0x00), nil // status: success
}

// nodeManagerSwitch is 3Ah/C7h: whether messages are bridged to the Node Manager.
func nodeManagerSwitch(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	if len(r.Data) == 0 {
		return append(r.Buf, flag(c.nmBridging)), nil
	}
	if r.Data[0] > 1 {
		return nil, ipmb.InvalidField // [XCC 6.92]
	}
	c.nmBridging = r.Data[0] == 1
	c.in.Log().Info().Bool("on", c.nmBridging).Msg("bridging to the node manager switched")
	return nil, nil
}

// Sub-commands of System ACPI State, as xCAT sends them.
const (
	acpiSet = 0x00
	acpiGet = 0x01
)

// System power states that xCAT sets. [IPMI 2.0 §20.6]
const (
	acpiAwake   = 0x00 // S0/G0
	acpiSuspend = 0x03 // S3
)

// systemACPIState is 3Ah/1Dh: xCAT suspends and wakes the host with it.
func systemACPIState(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, d := of(m), r.Data
	switch {
	case d[0] == acpiGet && len(d) == 1:
		return append(r.Buf, c.in.SystemACPI()), nil
	case d[0] > acpiGet:
		return nil, ipmb.InvalidField
	case len(d) != 2 || d[0] == acpiGet:
		return nil, ipmb.LengthInvalid
	case d[1] != acpiAwake && d[1] != acpiSuspend:
		return nil, ipmb.InvalidField
	case !c.in.Power().On():
		return nil, ipmb.NotSupportedInState
	}
	return nil, c.in.SetSystemACPI(d[1])
}

// setIdentify is 3Ah/06h as pyghmi and xCAT send it to an SD350: 01 01 switches the indicator on for good. Of other bytes
// nothing is known.
func setIdentify(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] != 1 || r.Data[1] != 1 {
		return nil, ipmb.InvalidField
	}
	of(m).in.Identify()
	return nil, nil
}
