package bmc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// storedDCMI is what DCMI keeps: the asset tag of a machine without a product info area, the identifier string, the
// configuration, and the limits. [DCMI §6.1.3, §6.4.3, §6.4.6, §6.6.3, §6.7.2]
type storedDCMI struct {
	AssetTag  latin1               `json:"asset_tag"`
	ID        latin1               `json:"identifier"`
	Discovery uint8                `json:"discovery"`
	Initial   uint8                `json:"initial_seconds"`
	Contact   uint16               `json:"contact_seconds"`
	Retry     uint16               `json:"retry_seconds"`
	Power     storedPowerLimit     `json:"power_limit"`
	Thermal   []storedThermalLimit `json:"thermal_limits,omitempty"`
}

type storedPowerLimit struct {
	Active     bool   `json:"active"`
	Action     uint8  `json:"action"`
	Watts      uint16 `json:"watts"`
	Correction string `json:"correction"`
	Statistics string `json:"statistics"`
}

type storedThermalLimit struct {
	Instance uint8  `json:"instance"`
	Actions  uint8  `json:"actions"`
	Limit    uint8  `json:"limit"`
	Time     string `json:"time"`
}

func keptDCMI() storedPart {
	return single(keepsDCMI, "dcmi",
		func(m *Machine) (d storedDCMI, ok bool) {
			if m.dcmi == nil {
				return d, false
			}
			return m.dcmi.stored.document(), true
		},
		func(m *Machine, d *storedDCMI) error {
			stored, err := d.stored()
			if err != nil {
				return err
			}
			m.dcmi.stored = stored
			for instance := range stored.Thermal {
				m.dcmi.thermal[instance] = new(thermalWatch)
			}
			return nil
		})
}

func (s *dcmiStored) document() storedDCMI {
	c, l := &s.Config, &s.Limit
	d := storedDCMI{
		AssetTag: s.AssetTag, ID: s.ID[:], Discovery: c.Discovery, Initial: c.Initial, Contact: c.Contact, Retry: c.Retry,
		Power: storedPowerLimit{
			Active: l.Active, Action: uint8(l.Action), Watts: l.Watts, Correction: l.Correction.String(), Statistics: l.Statistics.String(),
		},
	}
	for len(d.ID) > 0 && d.ID[len(d.ID)-1] == 0 {
		d.ID = d.ID[:len(d.ID)-1]
	}
	for _, instance := range slices.Sorted(maps.Keys(s.Thermal)) {
		t := s.Thermal[instance]
		d.Thermal = append(d.Thermal, storedThermalLimit{instance, t.Actions, t.Limit, t.Time.String()})
	}
	return d
}

func (d *storedDCMI) stored() (dcmiStored, error) {
	s := dcmiStored{
		AssetTag: []byte(d.AssetTag),
		Config:   dcmiConfig{Discovery: d.Discovery, Initial: d.Initial, Contact: d.Contact, Retry: d.Retry},
		Limit:    powerLimit{Active: d.Power.Active, Action: exceptionAction(d.Power.Action), Watts: d.Power.Watts},
		Thermal:  make(map[uint8]thermalLimit),
	}
	var errs []error
	span := func(what, text string) time.Duration {
		t, err := time.ParseDuration(text)
		if err != nil || t < 0 {
			errs = append(errs, fmt.Errorf("%s: %q is no time span", what, text))
		}
		return t
	}
	if copy(s.ID[:idStringSize-1], d.ID) < len(d.ID) {
		errs = append(errs, fmt.Errorf("identifier: longer than %d bytes", idStringSize-1))
	}
	s.Limit.Correction = span("power_limit.correction", d.Power.Correction)
	s.Limit.Statistics = span("power_limit.statistics", d.Power.Statistics)
	for _, t := range d.Thermal {
		s.Thermal[t.Instance] = thermalLimit{Actions: t.Actions, Limit: t.Limit, Time: span("thermal_limits.time", t.Time)}
	}
	return s, errors.Join(errs...)
}
