package bmc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/fakebmc/fakebmc/bmc/i2c"
)

// memoryBlock is how many bytes of a memory are kept together: a write of a few bytes saves one block.
const memoryBlock = 256

// storedBlock is a block of a memory.
type storedBlock struct {
	Data hexBytes `json:"data"`
}

// keptMemories are the EEPROMs on the buses, and the memories of FRU inventories that are on none.
func keptMemories() storedPart {
	return storedPart{
		set: keepsMemories, name: "memories", version: 1,
		export: func(m *Machine, put func(string, any)) {
			for name, e := range m.memories() {
				content := e.Bytes()
				for at := 0; at < len(content); at += memoryBlock {
					put(fmt.Sprintf("%s/%04x", name, at), storedBlock{content[at:min(at+memoryBlock, len(content))]})
				}
			}
		},
		restore: func(m *Machine, sub string, decode func(any) error) error {
			i := strings.LastIndexByte(sub, '/')
			if i < 0 {
				return errNoSuchPart
			}
			e := m.memories()[sub[:i]]
			at, err := strconv.ParseUint(sub[i+1:], 16, 16)
			if err != nil || e == nil {
				return errors.New("there is no such memory")
			}
			var d storedBlock
			if err := decode(&d); err != nil {
				return err
			}
			if len(d.Data) == 0 || e.WriteAt(d.Data, int(at)) != len(d.Data) {
				return fmt.Errorf("a memory of %d bytes has no such block", e.Size())
			}
			return nil
		},
	}
}

// memories are the machine's memories: those on a bus by their places, the others by their FRU device IDs.
func (m *Machine) memories() map[string]*i2c.EEPROM {
	all := make(map[string]*i2c.EEPROM)
	for _, slot := range m.hardware.tree.Slots() {
		if e, ok := slot.Device.(*i2c.EEPROM); ok {
			all[slot.Path()] = e
		}
	}
	for i := range m.inventories {
		if inv := &m.inventories[i]; inv.slot == nil {
			all[fmt.Sprintf("fru %d", inv.spec.ID)] = inv.eeprom
		}
	}
	return all
}

// watchMemories marks them as changed when they are. Those on a bus tell it by hardwareChanged.
func (m *Machine) watchMemories() {
	for i := range m.inventories {
		if inv := &m.inventories[i]; inv.slot == nil {
			inv.eeprom.OnChange(func() { m.changed(keepsMemories) })
		}
	}
}
