package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/sdr"
)

// entityOf is the entity that an event's sensor watches, by the sensor's record in the repository, whoever owns the
// sensor; unspecified without a record. [IPMI 2.0 Table 17-7]
func (m *Machine) entityOf(e *Event) sdr.Entity {
	owner, channel, lun := ipmb.Addr(e.GeneratorID[0]), e.GeneratorID[1]>>4, ipmb.LUN(e.GeneratorID[1]&3)
	for b := range m.sdrs.repository.Records() {
		r, err := sdr.Parse(b)
		if err != nil {
			continue
		}
		key, entity, sharing := sensorOf(r)
		if key.Owner != owner || key.Channel != channel || key.LUN != lun {
			continue
		}
		if i := e.SensorNumber - key.Number; i < max(1, sharing.Count) {
			if sharing.Increment {
				entity.Instance += i
			}
			return entity
		}
	}
	return sdr.Entity{}
}

// sensorOf is the sensor of a record, what it watches, and how many share the record; the zero key for other records.
func sensorOf(r sdr.Record) (sdr.Sensor, sdr.Entity, sdr.Sharing) {
	switch r := r.(type) {
	case *sdr.FullSensor:
		return r.Sensor, r.Entity, sdr.Sharing{}
	case *sdr.CompactSensor:
		return r.Sensor, r.Entity, r.Sharing
	case *sdr.EventOnly:
		return r.Sensor, r.Entity, r.Sharing
	}
	return sdr.Sensor{}, sdr.Entity{}, sdr.Sharing{}
}
