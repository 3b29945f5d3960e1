package bmc

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// System info parameters. [IPMI 2.0 §22.14a, Table 22-16c]
const (
	infoFirmwareVersion = 1
	infoSystemName      = 2
	infoPrimaryOS       = 3
	infoPresentOS       = 4
	infoPresentVersion  = 5
	infoBMCURL          = 6
	infoBaseOSURL       = 7
)

// infoOfPresentOS are volatile: the strings of the operating system that runs. [IPMI 2.0 §22.14a]
var infoOfPresentOS = []uint8{infoPresentOS, infoPresentVersion, infoBaseOSURL}

// Sizes of a string parameter.
const (
	infoBlock   = 16
	infoBlocks  = 17  // two bytes of header and 255 of characters
	maxInfoText = 255 // bytes
)

// infoRow is a string parameter: the set selector is the number of the block.
func infoRow(number uint8, name string) parameterRow {
	return parameterRow{number: number, name: name, size: 1 + infoBlock, sets: infoBlocks}
}

// systemInfo are the system info parameters.
type systemInfo struct{ parameters }

// newSystemInfo fills the parameters from the profile.
func newSystemInfo(p *profiles.Profile) (systemInfo, error) {
	i := &p.System.Info
	texts := []struct {
		number     uint8
		name, text string
	}{
		{infoFirmwareVersion, "firmware_version", i.FirmwareVersion},
		{infoSystemName, "name", i.Name},
		{infoPrimaryOS, "primary_os", i.PrimaryOS},
		{infoPresentOS, "present_os", i.PresentOS},
		{infoPresentVersion, "present_os_version", i.PresentVersion},
		{infoBMCURL, "bmc_url", i.BMCURL},
		{infoBaseOSURL, "base_os_url", i.BaseOSURL},
	}
	var s systemInfo
	var errs []error
	names := make([]string, 0, len(texts))
	for _, t := range texts {
		row := infoRow(t.number, t.name)
		if slices.Contains(infoOfPresentOS, t.number) {
			row.lost = lostAll
		}
		if slices.Contains(i.ReadOnly, t.name) {
			row.access = readOnly
		}
		s.rows, names = append(s.rows, row), append(names, t.name)
		if len(t.text) > maxInfoText {
			errs = append(errs, fmt.Errorf("system.info.%s: %d bytes are more than the %d that its length can say", t.name, len(t.text), maxInfoText))
			continue
		}
		s.setText(t.number, t.text)
	}
	for _, name := range i.ReadOnly {
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("system.info.read_only: there is no %q (there are %s)", name, strings.Join(names, ", ")))
		}
	}
	if err := s.configure(i.Parameters, firstOEMParameter); err != nil {
		errs = append(errs, fmt.Errorf("system.info.%w", err))
	}
	return s, errors.Join(errs...)
}

// Encodings of a string parameter, byte 1 of block 0. [IPMI 2.0 §22.14a]
const (
	infoASCII        = 0 // ASCII+Latin1
	infoUTF8         = 1
	infoUnicode      = 2 // two bytes for a character, LS byte first
	infoEncodingMask = 0x0f
)

// set writes a parameter. The first block of a string says how it is encoded. [IPMI 2.0 §22.14a]
func (s *systemInfo) set(m *Machine, number uint8, data []byte) error {
	if r := s.row(number); r != nil && r.access == readWrite && len(data) == r.size && data[0] == 0 && data[1]&infoEncodingMask > infoUnicode {
		return ipmb.InvalidField
	}
	return s.write(m, nil, number, data)
}

// setText stores a string in blocks: encoding, length in bytes, characters, zero-padded.
func (s *systemInfo) setText(number uint8, text string) {
	encoding := byte(infoASCII)
	for _, c := range []byte(text) {
		if c >= 0x80 {
			encoding = infoUTF8
		}
	}
	data := append([]byte{encoding, byte(len(text))}, text...)
	for block := uint8(0); len(data) > 0; block++ {
		var b [infoBlock]byte
		data = data[copy(b[:], data):]
		s.put(parameterKey{number: number, set: block}, b[:])
	}
}

// text reads a string back.
func (s *systemInfo) text(number uint8) string {
	var data []byte
	for block := range uint8(infoBlocks) {
		data = append(data, s.values[parameterKey{number: number, set: block}]...)
	}
	if len(data) < 2 {
		return ""
	}
	return string(data[2:min(len(data), 2+int(data[1]))])
}

// hostStops empties the strings of the operating system that ran, and ends a set in progress. [IPMI 2.0 §22.14a]
func (s *systemInfo) hostStops() {
	for _, number := range infoOfPresentOS {
		for block := range uint8(infoBlocks) {
			delete(s.values, parameterKey{number: number, set: block})
		}
	}
	s.systemReset()
}
