package bmc

// Event is one event message. [IPMI 2.0 §29.3, Table 29-6]
type Event struct {
	GeneratorID  [2]byte // as in a SEL record: address or software ID, then channel and LUN
	EvMRev       uint8   // 04h: this specification's format
	SensorType   uint8
	SensorNumber uint8
	EventType    uint8 // event/reading type code, 7 bits
	Deassert     bool
	Data         [3]byte

	fromSystemSoftware bool // came over the system interface: logged even with logging disabled [IPMI 2.0 §22.1]
}

// event is the one way that an event goes, whoever generated it. The caller holds the lock.
func (m *Machine) event(e Event) {
	m.events.last = e
	m.log.Info().Uint8("sensor_type", e.SensorType).Uint8("sensor", e.SensorNumber).Uint8("event_type", e.EventType).
		Bool("deassert", e.Deassert).Bool("from_host", e.fromSystemSoftware).Hex("data", e.Data[:]).Msg("event")
}

// events is what the event path remembers.
type events struct {
	last Event
}
