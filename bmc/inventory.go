package bmc

import (
	"errors"
	"fmt"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/profiles"
)

// inventory is a FRU inventory device: a view on an EEPROM, or memory of its own. [IPMI 2.0 §34]
type inventory struct {
	spec   *profiles.FRU
	eeprom *i2c.EEPROM
	slot   *i2c.Slot // nil: memory of its own
}

// Errors of an inventory's storage.
var (
	errInventoryAway = errors.New("the inventory's device does not answer")
	errInventoryBusy = errors.New("the inventory's device is in its write cycle")
	errProtected     = errors.New("the offset is write-protected")
)

// newInventories makes the inventories of a profile.
func newInventories(p *profiles.Profile, b *Blueprint, h *hardware) ([]inventory, error) {
	var errs []error
	list := make([]inventory, 0, len(p.FRU))
	for i := range p.FRU {
		f := &p.FRU[i]
		inv := inventory{spec: f}
		var err error
		if f.From == "" {
			inv.eeprom, err = i2c.NewMemory(sizeOf(f), b.images[f.ID])
		} else {
			var ok bool
			if inv.slot, err = h.slot(f.From); err == nil {
				if inv.eeprom, ok = inv.slot.Device.(*i2c.EEPROM); !ok {
					err = fmt.Errorf("%s is a %s: an inventory is in an EEPROM", f.From, inv.slot.Model)
				}
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Where(fmt.Sprintf("fru[%d].from", i)), err))
			continue
		}
		list = append(list, inv)
	}
	return list, errors.Join(errs...)
}

// inventory finds the inventory of a FRU device ID.
func (m *Machine) inventory(id uint8) (*inventory, bool) {
	for i := range m.inventories {
		if m.inventories[i].spec.ID == id {
			return &m.inventories[i], true
		}
	}
	return nil, false
}

// reachable reports whether the inventory's memory answers.
func (m *Machine) reachable(inv *inventory) error {
	if inv.slot == nil {
		if inv.spec.Rail == profiles.RailHost && !m.hardware.tree.HostPower() {
			return errInventoryAway
		}
		return nil
	}
	if !inv.slot.Powered() {
		return errInventoryAway
	}
	if _, err := inv.slot.Transfer(nil, nil); err != nil {
		return errInventoryBusy
	}
	return nil
}

// size is the length of the inventory in bytes.
func (inv *inventory) size() int { return inv.eeprom.Size() }

// read copies from an offset in bytes and returns how many there were.
func (m *Machine) readInventory(inv *inventory, b []byte, offset int) (int, error) {
	if err := m.reachable(inv); err != nil {
		return 0, err
	}
	return inv.eeprom.ReadAt(b, offset), nil
}

// writeInventory stores bytes up to the first protected offset and returns how many.
func (m *Machine) writeInventory(inv *inventory, b []byte, offset int) (int, error) {
	if err := m.reachable(inv); err != nil {
		return 0, err
	}
	var err error
	if p := inv.spec.Protected; len(p) == 2 && offset+len(b) > p[0] && offset <= p[1] {
		b, err = b[:max(0, p[0]-offset)], errProtected
	}
	if inv.slot != nil && inv.eeprom.Protect != i2c.Writable {
		return 0, errProtected
	}
	if len(b) == 0 {
		return 0, err
	}
	n := inv.eeprom.WriteAt(b, offset)
	inv.eeprom.BeginWriteCycle()
	return n, err
}

// FRU reads the inventory of a FRU device, as far as it can be read; the error tells what is wrong with it.
func (m *Machine) FRU(id uint8) (fru.Inventory, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	inv, ok := m.inventory(id)
	if !ok {
		return fru.Inventory{}, fmt.Errorf("FRU device %d: %w", id, ErrUnknownName)
	}
	return fru.Parse(inv.eeprom.Bytes())
}

// SetFRU writes the inventory of a FRU device.
func (m *Machine) SetFRU(id uint8, to fru.Inventory) error {
	image, err := to.AppendTo(nil)
	if err != nil {
		return err
	}
	defer m.lockAll()()
	inv, ok := m.inventory(id)
	switch {
	case m.closed:
		return ErrClosed
	case !ok:
		return fmt.Errorf("FRU device %d: %w", id, ErrUnknownName)
	case len(image) > inv.size():
		return fmt.Errorf("FRU device %d: the inventory has %d bytes, the device %d", id, len(image), inv.size())
	}
	inv.eeprom.WriteAt(image, 0)
	return nil
}
