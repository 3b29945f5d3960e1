package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// deviceState is the controller's own state. [IPMI 2.0 §20]
type deviceState struct {
	back *time.Timer // ends a reset; nil: none runs
	acpi acpi
}

func newDeviceState(p *profiles.Profile) deviceState {
	d := deviceState{acpi: acpi{system: p.System.ACPI.System, device: p.System.ACPI.Device}}
	if p.Power.StartOff {
		d.acpi.follow(false)
	}
	return d
}

func (d *deviceState) stop() {
	if d.back != nil {
		d.back.Stop()
	}
}
