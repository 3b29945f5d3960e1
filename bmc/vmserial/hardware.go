package vmserial

import "time"

// hardware is the virtual machine as the machine's bmc.Host.
type hardware struct{ *Link }

// PowerOn has nothing to say: there is no such command, and a virtual machine is on when it connects.
func (h hardware) PowerOn() {
	h.log.Info().Msg("host is to power on: start the virtual machine")
}

// PowerOff ends the virtual machine. One with -no-shutdown stops, and stays connected.
func (h hardware) PowerOff() { h.ask(cmdPowerOff, canPowerOff, "power off") }

// Reset resets it, which it may report.
func (h hardware) Reset() { h.ask(cmdReset, canReset, "reset") }

// NMI sends a diagnostic interrupt.
func (h hardware) NMI() { h.ask(cmdNMI, canNMI, "nmi") }

// GracefulShutdown is the ACPI power button.
func (h hardware) GracefulShutdown() { h.ask(cmdGracefulShutdown, canShutDown, "graceful shutdown") }

// ask sends a command for the hardware, if there is a virtual machine that can do that.
func (h hardware) ask(command byte, needs capability, name string) {
	h.mu.Lock()
	p := h.peer
	h.mu.Unlock()
	log := h.log.With().Str("operation", name).Logger()
	switch {
	case p == nil:
		log.Warn().Msg("no virtual machine is connected")
		return
	case p.can.Load()&needs == 0:
		log.Warn().Msg("the virtual machine does not offer the operation")
		return
	}
	p.mu.Lock()
	switch command {
	case cmdReset:
		p.resetAt = time.Now()
	case cmdPowerOff:
		p.offAt = time.Now()
	}
	p.mu.Unlock()
	select {
	case p.asked <- command:
		log.Info().Msg("virtual machine told")
	case <-p.gone:
	}
}
