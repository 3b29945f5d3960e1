package lenovo

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Energy meters, as confluent, xCAT, EAR and pyghmi read them. They add up what the supplies take from the mains and what
// they give. A node whose supplies are the enclosure's has no meter of the mains: what stands for its supplies is
// its hot-swap controller, and the node takes what goes in there.

// meter counts energy on both sides of the supplies. What they take is constant between two looks.
type meter struct {
	joules  [2]float64 // by meterDC and meterAC
	watts   [2]float64 // at the last look
	present [2]bool    // there is something to measure
	since   time.Time  // of the last look
}

// look counts up to now. Changes of the host's power are looked at, too.
func (c *controller) look() {
	t, now := &c.meter, time.Now()
	for i := range t.joules {
		t.joules[i] += t.watts[i] * now.Sub(t.since).Seconds()
	}
	t.since = now
	if mains := c.spec.ACMeter; mains != nil && !*mains {
		t.watts[meterDC], t.present[meterDC] = c.in.Supplies("pin")
		return
	}
	t.watts[meterAC], t.present[meterAC] = c.in.Supplies("pin")
	t.watts[meterDC], t.present[meterDC] = c.in.Supplies("pout")
}

// handleEnergy is the handle that Find Energy Module gives out; version 2.1 is the first that pyghmi knows.
const (
	handleEnergy = 0x01
	energyMajor  = 0x02
	energyMinor  = 0x01
)

// findEnergyModule is 2Eh/82h with the data 00 00 01: a byte, the module's version and its handle.
func findEnergyModule(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if r.Data[0] != 0 || r.Data[1] != 0 || r.Data[2] != 1 {
		return nil, ipmb.InvalidField
	}
	return append(r.Buf, 0, energyMajor, energyMinor, handleEnergy), nil
}

// Meters of Read Energy Meter.
const (
	meterDC = 0x00
	meterAC = 0x01
)

// readEnergyMeter is 2Eh/81h with the handle and 01 82 meter 08: millijoules, eight bytes, MS byte first.
func readEnergyMeter(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := r.Data
	if d[0] != handleEnergy || d[1] != 0x01 || d[2] != 0x82 || d[4] != 0x08 {
		return nil, ipmb.InvalidField
	}
	c := of(m)
	if c.look(); d[3] > meterAC || !c.meter.present[d[3]] {
		return nil, ipmb.NotPresent
	}
	return binary.BigEndian.AppendUint64(r.Buf, uint64(c.meter.joules[d[3]]*1000)), nil
}

// Counters of Get Node Energy.
const (
	nodeSlow  = 0x01
	nodeFast  = 0x02
	nodePower = 0x08
)

// getNodeEnergy is 3Ah/32h with 04 counter 00 00 00: the energy in joules and millijoules behind two bytes, or the power
// of the node, of its graphics processor and of two risers behind six. What stands in front is not known and zero.
func getNodeEnergy(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := r.Data
	if d[0] != 0x04 || d[2] != 0 || d[3] != 0 || d[4] != 0 {
		return nil, ipmb.InvalidField
	}
	c := of(m)
	c.look()
	side := meterAC
	if !c.meter.present[meterAC] {
		side = meterDC
	}
	switch d[1] {
	case nodeSlow, nodeFast:
		joules, part := math.Modf(c.meter.joules[side])
		b := binary.LittleEndian.AppendUint32(append(r.Buf, 0, 0), uint32(uint64(joules)))
		return binary.LittleEndian.AppendUint16(b, uint16(part*1000)), nil
	case nodePower:
		b := binary.LittleEndian.AppendUint16(append(r.Buf, 0, 0, 0, 0, 0, 0), uint16(c.meter.watts[side]))
		return append(b, 0, 0, 0, 0, 0, 0), nil
	}
	return nil, ipmb.InvalidField
}
