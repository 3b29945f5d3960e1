package i2c

import (
	"fmt"
	"strconv"
	"strings"
)

// FanController is an EMC2301, EMC2302, EMC2303 or EMC2305: one, two, three or five PWM outputs with tachometers. [SMSC
// EMC2301 rev. 1.2 §5] [SMSC EMC2305 rev. 1.3 §5]
//
// The first byte written is the register number; more are data; the number counts up with each byte. Registers that do
// not exist read 00h and ignore writes; so do bits that do not exist. Here are: configuration 20h, status 24h to 27h
// (cleared by reading), interrupt enable 29h, PWM polarity, output and base frequency 2Ah to 2Dh (stored), for each fan
// from 30h in steps of 10h the setting, divide, configurations 1 and 2, gain, spin-up, step, minimum drive, valid count, drive
// fail band, TACH target and TACH reading; the lock EFh and the identification FDh to FFh.
//
// The fans are ideal: their speed follows the drive in proportion and at once, and the speed control algorithm finds
// its drive at once. So there is no spin-up, no ramp and no watchdog, and drive fail (27h) is never set. Stall and, under the algorithm,
// spin fail are.
//
// After power-on the chip drives nothing until firmware sets it up. The controller's firmware is taken to do that at
// once: after Reset each fan has the drive last set from Go; 100 % if only its speed was set; none if neither was, for
// then there is no such fan.
//
// Its quantities are fan1 … (RPM) and pwm1 … (%). Setting a fan's speed says how fast it is at the present drive; a drive change
// scales that. Speed 0 is a fan that has failed. The tachometer cannot tell less than 960 RPM (at the default range
// RNG 01b) from standstill.
type FanController struct {
	Signal
	chip    fanChip
	reg     [256]byte
	fans    [5]fan
	pointer byte
	want    bool // the next byte is the register number
}

type fan struct {
	full     float64 // RPM at full drive
	rpm      float64 // now
	fitted   bool    // its speed or drive was set from Go
	firmware byte    // drive after Reset
}

type fanChip struct {
	fans    int
	product byte // register FDh
}

func fanChips() map[string]fanChip {
	return map[string]fanChip{"emc2301": {1, 0x37}, "emc2302": {2, 0x36}, "emc2303": {3, 0x35}, "emc2305": {5, 0x34}}
}

// Registers. [SMSC EMC2305 Table 5.1]
const (
	fanConfig     = 0x20
	fanStatus     = 0x24
	fanStall      = 0x25
	fanSpin       = 0x26
	fanDriveFail  = 0x27
	fanInterrupts = 0x29
	fanPolarity   = 0x2a
	fanOutput     = 0x2b
	fanBase45     = 0x2c
	fanBase123    = 0x2d
	fanFirst      = 0x30 // of fan 1; each further fan 10h later
	fanLock       = 0xef
	fanProduct    = 0xfd
	fanMaker      = 0xfe
	fanRevision   = 0xff

	// Offsets in a fan's block.
	fanSetting  = 0x0
	fanConfig1  = 0x2
	fanMinDrive = 0x8
	fanValid    = 0x9
	fanTargetLo = 0xc
	fanTargetHi = 0xd
	fanReadHi   = 0xe
	fanReadLo   = 0xf
)

// Bits of the registers.
const (
	fanMask      = 1 << 7 // of 20h: no interrupts
	fanStatusFNS = 1 << 0 // of 24h: a fan has stalled
	fanStatusSPN = 1 << 1 // of 24h: a fan did not spin up
	fanAlgorithm = 1 << 7 // of configuration 1
)

// A count of 13 bits, left-aligned; the largest is what a fan at standstill reads.
const (
	fanCountShift = 3
	fanCountMax   = 1<<13 - 1
)

// NewFanController returns a controller of a model (emc2301, …) with its fans at standstill.
func NewFanController(model string) (*FanController, error) {
	chip, ok := fanChips()[model]
	if !ok {
		return nil, fmt.Errorf("no fan controller model %q", model)
	}
	f := &FanController{chip: chip}
	f.Reset()
	return f, nil
}

// Fans is how many fans there can be.
func (f *FanController) Fans() int { return f.chip.fans }

func (f *FanController) block(i int) *[16]byte {
	return (*[16]byte)(f.reg[fanFirst+16*i:])
}

// SetRPM sets the speed of fan i (from 0) at its present drive.
func (f *FanController) SetRPM(i int, rpm float64) {
	fan := &f.fans[i]
	if !fan.fitted {
		fan.fitted, fan.firmware = true, 0xff
		f.block(i)[fanSetting] = 0xff
	}
	fan.rpm = max(0, rpm)
	if d := f.block(i)[fanSetting]; d > 0 {
		fan.full = fan.rpm * 255 / float64(d)
	}
	f.settle(i)
	f.Changed()
}

// RPM is the speed of fan i (from 0) as its tachometer registers say, 0 at standstill.
func (f *FanController) RPM(i int) float64 {
	count := f.count(i)
	if count == fanCountMax {
		return 0
	}
	return f.factor(i) / float64(count)
}

// SetDrive sets the drive of fan i (from 0), 0 to 255, as the controller's firmware does.
func (f *FanController) SetDrive(i int, drive byte) {
	f.fans[i].fitted, f.fans[i].firmware = true, drive
	f.block(i)[fanConfig1] &^= fanAlgorithm
	f.drive(i, drive)
}

// Drive is the present drive of fan i (from 0), 0 to 255.
func (f *FanController) Drive(i int) byte { return f.block(i)[fanSetting] }

// Alert says whether the ALERT# output is asserted. [SMSC EMC2305 §4.11]
func (f *FanController) Alert() bool {
	return f.reg[fanConfig]&fanMask == 0 && (f.reg[fanStall]|f.reg[fanSpin])&f.reg[fanInterrupts] != 0
}

// drive changes the drive, and with it the speed.
func (f *FanController) drive(i int, d byte) {
	fan, was := &f.fans[i], f.block(i)[fanSetting]
	f.block(i)[fanSetting] = d
	if was == 0 && fan.full == 0 {
		fan.full = fan.rpm // turned by the draught until now: take it for its full speed
	}
	fan.rpm = fan.full * float64(d) / 255
	f.settle(i)
	f.Changed()
}

// factor is RPM times count: 3,932,160 for a fan of two poles over five edges at a range of 500 RPM. [SMSC EMC2301 §5.18,
// equations 2 and 3]
func (f *FanController) factor(i int) float64 {
	c := f.block(i)[fanConfig1]
	m := float64(int(1) << (c >> 5 & 3))    // RNG
	edges := float64(3 + 2*int(c>>3&3))     // EDG
	return (edges - 1) / 2 * m * 32768 * 60 // two poles
}

// count is the tachometer reading.
func (f *FanController) count(i int) int {
	rpm := f.fans[i].rpm
	if rpm <= 0 {
		return fanCountMax
	}
	return clampRound(f.factor(i)/rpm, 1, fanCountMax)
}

// settle lets the speed control algorithm find its drive and watches for stalled fans. [SMSC EMC2305 §4.2, 5.9, 5.15-5.17]
func (f *FanController) settle(i int) {
	b, fan := f.block(i), &f.fans[i]
	algorithm := b[fanConfig1]&fanAlgorithm != 0
	if algorithm {
		target := int(b[fanTargetHi])<<5 | int(b[fanTargetLo])>>fanCountShift
		switch {
		case b[fanTargetHi] == 0xff: // off
			b[fanSetting], fan.rpm = 0, 0
		case b[fanTargetHi] > b[fanValid] || target == 0: // ignored
		case fan.full > 0:
			want := f.factor(i) / float64(target) / fan.full * 255
			b[fanSetting] = byte(clampRound(want, float64(b[fanMinDrive]), 255))
			fan.rpm = fan.full * float64(b[fanSetting]) / 255
		default:
			b[fanSetting] = 0xff
		}
	}
	if f.stalled(i) {
		f.reg[fanStall] |= 1 << i
		f.reg[fanStatus] |= fanStatusFNS
		if algorithm {
			f.reg[fanSpin] |= 1 << i
			f.reg[fanStatus] |= fanStatusSPN
		}
	}
}

// stalled compares the tachometer with the valid count of a driven fan.
func (f *FanController) stalled(i int) bool {
	b := f.block(i)
	return b[fanSetting] > 0 && f.count(i)<<fanCountShift > int(b[fanValid])<<8
}

// Start acknowledges always.
func (f *FanController) Start(_ uint8, read bool) bool {
	f.want = !read
	return true
}

// Receive takes the register number, then data.
func (f *FanController) Receive(b byte) bool {
	if f.want {
		f.want = false
		f.pointer = b
		return true
	}
	f.write(f.pointer, b)
	f.pointer++
	return true
}

// writable gives the bits of a register that can be written, and whether EFh locks it. [SMSC EMC2305 Table 5.1]
func (f *FanController) writable(r byte) (mask byte, locked bool) {
	each := byte(1<<f.chip.fans - 1)
	switch r {
	case fanConfig:
		return 0xe3, true
	case fanInterrupts, fanPolarity, fanOutput:
		return each, false
	case fanBase45:
		if f.chip.fans > 3 {
			return 0x0f, false
		}
		return 0, false
	case fanBase123:
		return byte(1<<(2*min(f.chip.fans, 3)) - 1), false
	case fanLock:
		return 0x01, true
	}
	if r < fanFirst || int(r-fanFirst)/16 >= f.chip.fans {
		return 0, false
	}
	masks := [16]byte{0xff, 0xff, 0xff, 0x7e, 0, 0x3f, 0xff, 0x3f, 0xff, 0xff, 0xf8, 0xff, 0xf8, 0xff, 0, 0}
	o := r & 0x0f
	return masks[o], o == 3 || o >= 5 && o <= 11
}

func (f *FanController) write(r, b byte) {
	mask, locked := f.writable(r)
	if mask == 0 || locked && f.reg[fanLock] != 0 {
		return
	}
	b &= mask
	if r < fanFirst || r == fanLock {
		if f.reg[r] != b {
			f.reg[r] = b
			f.Changed()
		}
		return
	}
	i := int(r-fanFirst) / 16
	switch algorithm := f.block(i)[fanConfig1]&fanAlgorithm != 0; r & 0x0f {
	case fanSetting:
		if !algorithm { // read only under the algorithm [§5.7]
			f.drive(i, b)
		}
	case fanTargetLo: // applied with the high byte [§5.17]
		f.reg[r] = b
	default:
		f.reg[r] = b
		f.settle(i)
		f.Changed()
	}
}

// Send gives the register the number stands at.
func (f *FanController) Send() byte {
	r := f.pointer
	f.pointer++
	if r >= fanStatus && r <= fanDriveFail {
		return f.readStatus(r)
	}
	if i := int(r-fanFirst) / 16; r >= fanFirst && i < f.chip.fans && r&0x0f == fanReadHi {
		count := f.count(i) << fanCountShift
		f.block(i)[fanReadLo] = byte(count) // shadow, so that both bytes belong together [§5.18]
		return byte(count >> 8)
	}
	return f.reg[r]
}

// readStatus gives a status register and clears what is no longer true. [SMSC EMC2305 §5.3]
func (f *FanController) readStatus(r byte) byte {
	b := f.reg[r]
	if b == 0 {
		return 0
	}
	f.reg[r] = 0
	for i := range f.chip.fans {
		f.settle(i)
	}
	if r != fanStatus && f.reg[fanStall]|f.reg[fanSpin] == 0 {
		f.reg[fanStatus] = 0
	}
	f.Changed()
	return b
}

// Stop ends the transaction; the register number stays.
func (f *FanController) Stop() {}

// Reset sets all registers to their defaults [SMSC EMC2301 Table 5.1], then the drives to what the firmware chose.
func (f *FanController) Reset() {
	f.reg = [256]byte{fanConfig: 0x40, fanProduct: f.chip.product, fanMaker: 0x5d, fanRevision: 0x80}
	f.pointer = 0
	for i := range f.chip.fans {
		*f.block(i) = [16]byte{0, 0x01, 0x2b, 0x28, 0, 0x2a, 0x19, 0x10, 0x66, 0xf5, 0, 0, 0xf8, 0xff, 0xff, 0xf8}
		b, fan := f.block(i), &f.fans[i]
		b[fanSetting] = fan.firmware
		fan.rpm = fan.full * float64(fan.firmware) / 255
		f.settle(i)
	}
}

// Quantities lists the speeds, then the drives.
func (f *FanController) Quantities() []Quantity { return fanQuantities(f.chip.fans) }

func fanQuantities(n int) []Quantity {
	var qs []Quantity
	for i := 1; i <= n; i++ {
		qs = append(qs, Quantity{fmt.Sprintf("fan%d", i), RPM, "speed at the present drive"})
	}
	for i := 1; i <= n; i++ {
		qs = append(qs, Quantity{fmt.Sprintf("pwm%d", i), Percent, "drive"})
	}
	return qs
}

// quantity finds the fan of a name, and whether its speed or its drive is meant.
func (f *FanController) quantity(name string) (i int, speed bool, err error) {
	if name == "" {
		return 0, true, nil
	}
	digits, speed := strings.CutPrefix(name, "fan")
	if !speed {
		digits, _ = strings.CutPrefix(name, "pwm")
	}
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 1 || digits == name || n < 1 || n > f.chip.fans {
		return 0, false, fmt.Errorf("%q: %w", name, ErrNoQuantity)
	}
	return n - 1, speed, nil
}

// Value is a speed or a drive.
func (f *FanController) Value(name string) (float64, error) {
	i, speed, err := f.quantity(name)
	switch {
	case err != nil:
		return 0, err
	case speed:
		return f.RPM(i), nil
	}
	return float64(f.Drive(i)) * 100 / 255, nil
}

// SetValue sets a speed or a drive.
func (f *FanController) SetValue(name string, v float64) error {
	i, speed, err := f.quantity(name)
	if err != nil {
		return err
	}
	if err := finite(v); err != nil {
		return err
	}
	if speed {
		f.SetRPM(i, v)
	} else {
		f.SetDrive(i, byte(clampRound(v*255/100, 0, 255)))
	}
	return nil
}
