package dell

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// monitor adds up and remembers what the supplies take.
type monitor struct {
	since        time.Time // of the last look
	watts, amps  float64   // at the last look
	energy       float64   // Wh
	energyStart  uint32
	peakStart    uint32
	peakWatts    float64
	peakWattTime uint32
	peakAmps     float64
	peakAmpTime  uint32
	history      [len(historySpans)]span
}

// What Reset Power Consumption Data clears.
const (
	clearEnergy = 0x01
	clearPeak   = 0x02
	clearAll    = 0x04
)

func (p *monitor) reset(what uint8, now uint32) {
	if what == clearEnergy || what == clearAll {
		p.energy, p.energyStart = 0, now
	}
	if what == clearPeak || what == clearAll {
		p.peakStart, p.peakWattTime, p.peakAmpTime = now, now, now
		p.peakWatts, p.peakAmps = p.watts, p.amps
	}
}

// look counts up to now.
func (d *idrac) look() {
	p, now, stamp := &d.power, time.Now(), d.in.Time()
	spent := p.watts * now.Sub(p.since).Hours()
	p.energy += spent
	p.since = now
	p.watts, _ = d.in.Supplies("pin")
	p.amps, _ = d.in.Supplies("iin")
	if p.watts > p.peakWatts {
		p.peakWatts, p.peakWattTime = p.watts, stamp
	}
	if p.amps > p.peakAmps {
		p.peakAmps, p.peakAmpTime = p.amps, stamp
	}
	for i := range p.history {
		p.history[i].count(historySpans[i], now, stamp, spent, p.watts)
	}
}

func word(v float64) uint16 { return uint16(min(max(math.Round(v), 0), math.MaxUint16)) }

// The two bytes that clients send with Get and Reset Power Consumption Data; what they select is not known.
var powerSelector = [2]byte{0x07, 0x01}

// getPowerData is 30h/9Ch: start of the energy count and energy in Wh, start of the peaks, time and value of the peak
// current in tenths of an ampere, time and value of the peak power in watts.
func getPowerData(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if [2]byte(r.Data) != powerSelector {
		return nil, ipmb.InvalidField
	}
	d := of(m)
	d.look()
	p, le := &d.power, binary.LittleEndian
	b := le.AppendUint32(r.Buf, p.energyStart)
	b = le.AppendUint32(b, uint32(p.energy))
	b = le.AppendUint32(b, p.peakStart)
	b = le.AppendUint32(b, p.peakAmpTime)
	b = le.AppendUint16(b, word(p.peakAmps*10))
	b = le.AppendUint32(b, p.peakWattTime)
	return le.AppendUint16(b, word(p.peakWatts)), nil
}

// resetPowerData is 30h/9Dh.
func resetPowerData(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	what := r.Data[2]
	if [2]byte(r.Data) != powerSelector || what != clearEnergy && what != clearPeak && what != clearAll {
		return nil, ipmb.InvalidField
	}
	d := of(m)
	d.look()
	d.power.reset(what, d.in.Time())
	return nil, nil
}

// The two bytes that clients send with Get Power Consumption.
var instantSelector = [2]byte{0x0a, 0x00}

// getPower is 30h/B3h: watts, tenths of an ampere, three reserved bytes.
func getPower(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if [2]byte(r.Data) != instantSelector {
		return nil, ipmb.InvalidField
	}
	d := of(m)
	d.look()
	b := binary.LittleEndian.AppendUint16(r.Buf, word(d.power.watts))
	return append(binary.LittleEndian.AppendUint16(b, word(d.power.amps*10)), 0, 0, 0), nil
}

// getHeadroom is 30h/BBh: what the supplies could give beyond the power now, and beyond the peak, in watts.
func getHeadroom(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	d := of(m)
	d.look()
	left := func(watts float64) uint16 { return word(float64(d.spec.Capacity) - watts) }
	b := binary.LittleEndian.AppendUint16(r.Buf, left(d.power.watts))
	return binary.LittleEndian.AppendUint16(b, left(d.power.peakWatts)), nil
}
