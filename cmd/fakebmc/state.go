package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/fakebmc/fakebmc/bmc/state"
	"github.com/fakebmc/fakebmc/profiles"
)

// keep opens the state directory for a profile's machine, if there is one. A reload must bring the same machine.
func (d *daemon) keep(p *profiles.Profile) (err error) {
	id := identityOf(p)
	switch {
	case d.flags.stateDir == "":
		return nil
	case d.state != nil:
		return d.state.Check(id)
	}
	if d.state, err = state.Open(d.flags.stateDir, id); err != nil {
		return stateProblem{err}
	}
	return nil
}

// stateProblem is an error of the state directory: no look at the profiles helps.
type stateProblem struct{ error }

func (p stateProblem) Unwrap() error { return p.error }

// identityOf tells machines apart whose state must not be mixed: by the profile's name, and by what a client knows a
// controller by. The rest of a profile may change; state that no longer fits is refused when it is read.
func identityOf(p *profiles.Profile) state.Identity {
	h := sha256.Sum256(fmt.Appendf(nil, "%d %d %v", p.Device.Manufacturer, p.Device.Product, p.System.GUID))
	return state.Identity{Profile: p.Name, Machine: hex.EncodeToString(h[:8])}
}

// closeState gives the directory free.
func (d *daemon) closeState() {
	if d.state == nil {
		return
	}
	if err := d.state.Close(); err != nil {
		d.log.Error().Err(err).Msg("state not closed")
	}
}
