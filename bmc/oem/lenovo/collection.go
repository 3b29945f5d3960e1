package lenovo

import (
	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Collection of service data (FFDC). Lenovo lists the three commands and describes none; firmware 6.92 answers C1h on a
// platform without the feature. What they do here is a decision.

// collectionState is the answer to Data Collection Status.
type collectionState uint8

const (
	neverRun collectionState = 0
	running  collectionState = 1
	done     collectionState = 2
)

// collection is a run of the data collection.
type collection struct {
	state  collectionState
	timer  bmc.Timer
	pushed int // bytes
}

// collects reports whether the machine has the feature.
func (c *controller) collects() bool { return c.spec.FFDC > 0 }

// initiateDataCollection is 3Ah/49h: type and flags may be absent.
func initiateDataCollection(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	switch {
	case !c.collects():
		return nil, ipmb.InvalidCommand
	case len(r.Data) > 2:
		return nil, ipmb.LengthInvalid
	case c.collection.timer.Running():
		return nil, ipmb.NodeBusy
	}
	c.collection.state, c.collection.pushed = running, 0
	c.collection.timer.Set(c.in, c.spec.FFDC.Std(), func() { c.collection.state = done })
	return nil, nil
}

// dataCollectionStatus is 3Ah/4Dh: a type may follow.
func dataCollectionStatus(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	switch {
	case !c.collects():
		return nil, ipmb.InvalidCommand
	case len(r.Data) > 1:
		return nil, ipmb.LengthInvalid
	}
	return append(r.Buf, byte(c.collection.state)), nil
}

// pushFile is 3Ah/4Ah: bytes for a collection that is done are counted and dropped.
func pushFile(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	switch {
	case !c.collects():
		return nil, ipmb.InvalidCommand
	case len(r.Data) == 0:
		return nil, ipmb.LengthInvalid
	case c.collection.state != done:
		return nil, ipmb.NotSupportedInState
	}
	c.collection.pushed += len(r.Data)
	return nil, nil
}
