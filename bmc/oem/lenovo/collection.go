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

// String is "never-run", "running" or "done".
func (s collectionState) String() string { return [...]string{"never-run", "running", "done"}[s] }

// collection is a run of the data collection.
type collection struct {
	state  collectionState
	timer  bmc.Timer
	pushed int // bytes
}

// stop ends a run that is under way: nothing was collected.
func (c *collection) stop() {
	if c.timer.Stop(); c.state == running {
		c.state = neverRun
	}
}

// initiateDataCollection is 3Ah/49h: type and flags may be absent.
func initiateDataCollection(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	if c.collection.timer.Running() {
		return nil, ipmb.NodeBusy
	}
	c.collection.state, c.collection.pushed = running, 0
	c.collection.timer.Set(c.in, c.spec.FFDC.Std(), func() { c.collection.state = done })
	return nil, nil
}

// dataCollectionStatus is 3Ah/4Dh: a type may follow.
func dataCollectionStatus(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	return append(r.Buf, byte(of(m).collection.state)), nil
}

// pushFile is 3Ah/4Ah: bytes for a collection that is done are counted and dropped.
func pushFile(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	if c.collection.state != done {
		return nil, ipmb.NotSupportedInState
	}
	c.collection.pushed += len(r.Data)
	return nil, nil
}
