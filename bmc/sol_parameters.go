package bmc

import (
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// SOL configuration parameters with a meaning for other parts of the machine. [IPMI 2.0 §26.3, Table 26-5]
const (
	solBitRate         = 5
	solVolatileBitRate = 6
)

// solRows are the SOL configuration parameters. The bit rates are kept and change nothing: the controller's own serial
// controller takes characters as fast as they come. The port is that of LAN parameter 8, and not set here.
// [IPMI 2.0 §26.3, Table 26-5]
var solRows = []parameterRow{
	{number: 1, name: "SOL enable", size: 1, load: loadSOLEnable, store: storeSOLEnable},
	{number: 2, name: "SOL authentication", size: 1, load: loadSOLAuthentication, store: storeSOLAuthentication},
	{number: 3, name: "character accumulate interval and send threshold", size: 2, load: loadSOLAccumulate, store: storeSOLAccumulate},
	{number: 4, name: "SOL retry", size: 2, load: loadSOLRetry, store: storeSOLRetry},
	{number: solBitRate, name: "SOL non-volatile bit rate", size: 1, mask: []byte{0x0f}, check: checkBitRate},
	{number: solVolatileBitRate, name: "SOL volatile bit rate", size: 1, mask: []byte{0x0f}, lost: lostAll, check: checkBitRate},
	{number: 7, name: "SOL payload channel", size: 1, access: readOnly, load: loadSOLChannel},
	{number: 8, name: "SOL payload port number", size: 2, access: readOnly, load: loadSOLPort},
}

// Units of the intervals. [IPMI 2.0 §26.3, parameters 3 and 4]
const (
	solAccumulateUnit = 5 * time.Millisecond
	solRetryUnit      = 10 * time.Millisecond
)

// newSOLParameters makes a channel's parameters from the profile. shared: a serial channel has the same line.
func newSOLParameters(spec *profiles.SOL, shared bool) (parameters, error) {
	p := parameters{rows: slices.DeleteFunc(slices.Clone(solRows), func(r parameterRow) bool {
		return slices.Contains(spec.Without, r.number)
	})}
	for i := range p.rows {
		if slices.Contains(spec.ReadOnly, p.rows[i].number) {
			p.rows[i].access = readOnly
		}
		if n := p.rows[i].number; shared && (n == solBitRate || n == solVolatileBitRate) {
			p.rows[i].check = checkSharedBitRate
		}
	}
	p.put(parameterKey{number: solBitRate}, []byte{uint8(spec.BitRate)})
	p.put(parameterKey{number: solVolatileBitRate}, []byte{uint8(spec.BitRate)})
	switch n, rest := spec.Accumulate.Std()/solAccumulateUnit, spec.Accumulate.Std()%solAccumulateUnit; {
	case n < 1 || n > 255 || rest != 0:
		return p, fmt.Errorf("accumulate: %v is not a multiple of 5ms from 5ms to 1.275s", spec.Accumulate.Std())
	}
	switch n, rest := spec.RetryInterval.Std()/solRetryUnit, spec.RetryInterval.Std()%solRetryUnit; {
	case n < 0 || n > 255 || rest != 0:
		return p, fmt.Errorf("retry_interval: %v is not a multiple of 10ms up to 2.55s", spec.RetryInterval.Std())
	}
	return p, p.configure(spec.Parameters, firstOEMParameter)
}

// restoreBitRate restores the volatile bit rate from the non-volatile one: with the first activation, and when the
// controller starts. [IPMI 2.0 §15.8]
func (c *channel) restoreBitRate() {
	p := &c.solParameters
	if rate, ok := p.values[parameterKey{number: solBitRate}]; ok {
		p.put(parameterKey{number: solVolatileBitRate}, rate)
	}
}

const solEnableBit = 1 << 0

func loadSOLEnable(_ *Machine, c *channel) []byte {
	if c.sol.Enabled {
		return []byte{solEnableBit}
	}
	return []byte{0}
}

// storeSOLEnable allows or forbids activations; those that are there stay. [IPMI 2.0 §26.3, parameter 1]
func storeSOLEnable(_ *Machine, c *channel, data []byte) error {
	c.sol.Enabled = data[0]&solEnableBit != 0
	return nil
}

// Bits of parameter 2. [IPMI 2.0 §26.3]
const (
	solForceEncryption     = 1 << 7
	solForceAuthentication = 1 << 6
)

func loadSOLAuthentication(_ *Machine, c *channel) []byte {
	b := byte(c.sol.Privilege)
	if c.sol.ForceEncryption {
		b |= solForceEncryption
	}
	if c.sol.ForceAuthentication {
		b |= solForceAuthentication
	}
	return []byte{b}
}

func storeSOLAuthentication(_ *Machine, c *channel, data []byte) error {
	level := ipmb.Privilege(data[0] & 0x0f)
	if level < ipmb.PrivilegeUser || level > ipmb.PrivilegeOEM {
		return ipmb.InvalidField
	}
	c.sol.Privilege = level
	c.sol.ForceEncryption = data[0]&solForceEncryption != 0
	c.sol.ForceAuthentication = data[0]&solForceAuthentication != 0
	return nil
}

func loadSOLAccumulate(_ *Machine, c *channel) []byte {
	return []byte{uint8(c.sol.Accumulate.Std() / solAccumulateUnit), c.sol.Threshold}
}

func storeSOLAccumulate(_ *Machine, c *channel, data []byte) error {
	if data[0] == 0 || data[1] == 0 { // reserved; 1-based
		return ipmb.InvalidField
	}
	c.sol.Accumulate, c.sol.Threshold = profiles.Duration(time.Duration(data[0])*solAccumulateUnit), data[1]
	return nil
}

const solRetryMask = 0x07

func loadSOLRetry(_ *Machine, c *channel) []byte {
	return []byte{c.sol.Retries, uint8(c.sol.RetryInterval.Std() / solRetryUnit)}
}

func storeSOLRetry(_ *Machine, c *channel, data []byte) error {
	c.sol.Retries = data[0] & solRetryMask
	c.sol.RetryInterval = profiles.Duration(time.Duration(data[1]) * solRetryUnit)
	return nil
}

// checkBitRate takes 9600 to 115200 bit/s. Without serial port sharing there is no other setting to use.
// [IPMI 2.0 §26.3, parameter 5]
func checkBitRate(data []byte) error {
	if rate := data[0] & 0x0f; rate < uint8(profiles.BitRate9600) || rate > uint8(profiles.BitRate115200) {
		return ipmb.ParameterOutOfRange
	}
	return nil
}

// checkSharedBitRate also takes 0, for the setting of the serial channel that shares the line.
func checkSharedBitRate(data []byte) error {
	if data[0]&0x0f == 0 {
		return nil
	}
	return checkBitRate(data)
}

// sharesSerial reports whether some serial channel shares the line with SOL.
func sharesSerial(p *profiles.Profile) bool {
	return slices.ContainsFunc(p.Channels, func(c profiles.Channel) bool {
		return c.Medium == profiles.MediumSerial && c.Serial.Sharing.Available && c.Serial.Sharing.SOL
	})
}

func loadSOLChannel(_ *Machine, c *channel) []byte { return []byte{c.spec.Number} }

func loadSOLPort(m *Machine, c *channel) []byte {
	if r := c.lan.row(lanPrimaryPort); r != nil {
		return c.lan.get(m, c, r, parameterKey{number: lanPrimaryPort})
	}
	return []byte{0x6f, 0x02}
}

const lanPrimaryPort = 8 // [IPMI 2.0 §23.2]
