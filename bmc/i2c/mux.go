package i2c

// Mux is a PCA9548A or PCA9546A I2C switch: one control register, each of its bits connects a downstream channel; any
// number may be connected at once. [NXP PCA9548A §6.2]
//
// The register is written with the byte after the address; of several, the last counts. The channels change only with
// the STOP, so a transaction never reaches what it has just connected. At power-on no channel is connected.
type Mux struct {
	Signal
	channels []Segment
	control  byte // as read and written
	selected byte // what the switches are at
}

// NewMux returns a switch of 1 to 8 channels.
func NewMux(channels int) *Mux {
	return &Mux{channels: make([]Segment, max(1, min(channels, 8)))}
}

// Channels is how many downstream channels there are.
func (m *Mux) Channels() int { return len(m.channels) }

// Channel is the segment behind channel n, nil if there is none. Attach the Mux before the devices behind it.
func (m *Mux) Channel(n int) *Segment {
	if n < 0 || n >= len(m.channels) {
		return nil
	}
	return &m.channels[n]
}

// Selected says whether channel n is connected.
func (m *Mux) Selected(n int) bool { return m.selected&(1<<n) != 0 }

// Start acknowledges always.
func (m *Mux) Start(uint8, bool) bool { return true }

// Receive takes the control register; bits without a channel are not stored.
func (m *Mux) Receive(b byte) bool {
	m.control = b & byte(1<<len(m.channels)-1)
	return true
}

// Send gives the control register, again and again.
func (m *Mux) Send() byte { return m.control }

// Stop connects what the control register says.
func (m *Mux) Stop() {
	if m.selected != m.control {
		m.selected = m.control
		m.Changed()
	}
}

// Reset disconnects all channels.
func (m *Mux) Reset() { m.control, m.selected = 0, 0 }
