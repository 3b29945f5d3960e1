package lenovo

import (
	"slices"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// What the controller says of itself and its boards.

// queryFirmwareVersion is 3Ah/00h: the version of Get Device ID, binary major and BCD minor, and with any byte of data
// the revision.
func queryFirmwareVersion(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	v := m.Profile().Device.Firmware
	b := append(r.Buf, v.Major, v.Minor)
	if len(r.Data) > 0 {
		b = append(b, of(m).spec.Revision)
	}
	return b, nil
}

// queryBoardInformation is 3Ah/0Dh: system ID and board revision.
func queryBoardInformation(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	spec := of(m).spec
	return append(r.Buf, spec.SystemID, spec.BoardRevision), nil
}

// Sizes of the fields of Get Build Information.
const (
	buildName = 9
	buildDate = 13
	buildTime = 8
)

// getBuildInformation is 3Ah/50h: name and date are zero-padded, the time has no terminator.
func getBuildInformation(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	build := &of(m).spec.Build
	b := appendPadded(r.Buf, build.Name, buildName)
	b = appendPadded(b, build.Date, buildDate)
	return appendPadded(b, build.Time, buildTime), nil
}

func appendPadded(b []byte, text string, size int) []byte {
	b = append(b, text...)
	return append(b, make([]byte, size-len(text))...)
}

// lastFPGA is the last type of Query FPGA Firmware Revision Level.
const lastFPGA = 6

// queryFPGA is 3Ah/6Bh: no type is type 0.
func queryFPGA(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	list := of(m).spec.FPGA
	kind := uint8(0)
	if len(r.Data) == 1 {
		kind = r.Data[0]
	}
	if kind > lastFPGA {
		return nil, ipmb.ParameterOutOfRange
	}
	i := slices.IndexFunc(list, func(f profiles.LenovoFPGA) bool { return f.Type == kind })
	if i < 0 {
		return nil, ipmb.NotPresent
	}
	return append(r.Buf, list[i].Revision...), nil
}

// queryHardwareRevision is 3Ah/6Ch.
func queryHardwareRevision(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	revision := of(m).spec.HardwareRevision
	if len(revision) == 0 {
		return nil, ipmb.ResponseUnavailable // [XCC 6.92]
	}
	return append(r.Buf, revision...), nil
}

// queryPSoC is 3Ah/6Dh: bin, APID, revision and FRU ID, LS byte first, of each chip, as many as the answer has room for.
func queryPSoC(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	const record = 5
	b, c := r.Buf, of(m)
	for _, p := range c.spec.PSoC[:min(len(c.spec.PSoC), c.in.Carries(r)/record)] {
		b = append(b, p.Bin, p.APID, p.Revision, byte(p.FRU), byte(p.FRU>>8))
	}
	return b, nil
}

// Bits of the second byte of 3Ah/C1h, as pyghmi reads them.
const (
	featureXCC = 1 << 4
	featureIMM = 1 << 0
)

// getGeneration is 3Ah/C1h, with which pyghmi and confluent tell XCC and IMM from others.
func getGeneration(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	if of(m).spec.Generation == profiles.LenovoIMM {
		return append(r.Buf, 0, featureIMM, 0), nil
	}
	return append(r.Buf, 0, featureXCC, 0), nil
}

// Operations of Enclosure Manager Network; get answers with the last other one.
const (
	enclosureGet  = 0x00
	enclosureOn   = 0x01
	enclosureOff  = 0x02
	enclosureIPMI = 0x04 // IPMI only
)

// enclosureManager is 3Ah/F1h, as pyghmi and confluent send it.
func enclosureManager(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	switch r.Data[0] {
	case enclosureGet:
		return append(r.Buf, c.enclosure), nil
	case enclosureOn, enclosureOff, enclosureIPMI:
		c.enclosure = r.Data[0]
		c.in.Log().Info().Uint8("network", c.enclosure).Msg("network of the enclosure's manager switched")
		return nil, nil
	}
	return nil, ipmb.InvalidField
}

// maxHostName is the longest name; a zero follows it on the wire.
const maxHostName = 63

// hostName is 3Ah/55h: without data it reads the name, with data it sets it.
func hostName(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	if len(r.Data) == 0 {
		name := c.in.SystemName()
		return append(append(r.Buf, name[:min(len(name), maxHostName)]...), 0), nil
	}
	end := slices.Index(r.Data, 0)
	if end < 0 {
		return nil, ipmb.InvalidField
	}
	for _, b := range r.Data[end:] {
		if b != 0 {
			return nil, ipmb.InvalidField
		}
	}
	for _, b := range r.Data[:end] {
		if b < 0x21 || b > 0x7e {
			return nil, ipmb.InvalidField
		}
	}
	c.in.SetSystemName(string(r.Data[:end]))
	c.in.Log().Info().Str("name", string(r.Data[:end])).Msg("host name set")
	return nil, nil
}
