package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// deviceState is the controller's own state. [IPMI 2.0 §20]
type deviceState struct {
	back *time.Timer // ends a reset; nil: none runs
}

func newDeviceState(*profiles.Profile) deviceState { return deviceState{} }

func (d *deviceState) stop() {
	if d.back != nil {
		d.back.Stop()
	}
}
