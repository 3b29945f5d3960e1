package bmc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// dcmiCommands are the rows of the DCMI commands.
var dcmiCommands = []Command{
	{Op: ipmb.GetDCMICapabilitiesInfo, Name: "Get DCMI Capabilities Info", Section: "DCMI 6.1.1", Priv: privCallback, Reach: Sessionless, Len: exactly(1), Do: getDCMICapabilities},
	{Op: ipmb.GetPowerReading, Name: "Get Power Reading", Section: "DCMI 6.6.1", Priv: privUser, Len: exactly(3), Do: getPowerReading},
	{Op: ipmb.GetPowerLimit, Name: "Get Power Limit", Section: "DCMI 6.6.2", Priv: privUser, Len: exactly(2), Do: getPowerLimit},
	{Op: ipmb.SetPowerLimit, Name: "Set Power Limit", Section: "DCMI 6.6.3", Priv: privOperator, Len: exactly(14), Keeps: keepsDCMI, Do: setPowerLimit},
	{Op: ipmb.ActivateDeactivatePowerLimit, Name: "Activate/Deactivate Power Limit", Section: "DCMI 6.6.4", Priv: privOperator, Len: exactly(3), Keeps: keepsDCMI, Do: activatePowerLimit},
	{Op: ipmb.GetAssetTag, Name: "Get Asset Tag", Section: "DCMI 6.4.2", Priv: privUser, Len: exactly(2), Do: getAssetTag},
	{Op: ipmb.GetDCMISensorInfo, Name: "Get DCMI Sensor Info", Section: "DCMI 6.5.2", Priv: privOperator, Len: exactly(4), Do: getDCMISensorInfo},
	{Op: ipmb.SetAssetTag, Name: "Set Asset Tag", Section: "DCMI 6.4.3", Priv: privOperator, Len: atLeast(2), Keeps: keepsDCMI, Do: setAssetTag},
	{Op: ipmb.GetManagementControllerIdentifierString, Name: "Get Management Controller Identifier String", Section: "DCMI 6.4.6.1", Priv: privUser, Len: exactly(2), Do: getIDString},
	{Op: ipmb.SetManagementControllerIdentifierString, Name: "Set Management Controller Identifier String", Section: "DCMI 6.4.6.2", Priv: privAdmin, Len: atLeast(2), Keeps: keepsDCMI, Do: setIDString},
	{Op: ipmb.SetThermalLimit, Name: "Set Thermal Limit", Section: "DCMI 6.7.2", Priv: privOperator, Len: exactly(6), Keeps: keepsDCMI, Do: setThermalLimit},
	{Op: ipmb.GetThermalLimit, Name: "Get Thermal Limit", Section: "DCMI 6.7.1", Priv: privUser, Len: exactly(2), Do: getThermalLimit},
	{Op: ipmb.GetTemperatureReadings, Name: "Get Temperature Readings", Section: "DCMI 6.7.3", Priv: privUser, Len: exactly(4), Do: getTemperatureReadings},
	{Op: ipmb.SetDCMIConfigurationParameters, Name: "Set DCMI Configuration Parameters", Section: "DCMI 6.1.2", Priv: privAdmin, Len: atLeast(3), Keeps: keepsDCMI, Do: setDCMIConfiguration},
	{Op: ipmb.GetDCMIConfigurationParameters, Name: "Get DCMI Configuration Parameters", Section: "DCMI 6.1.3", Priv: privUser, Len: exactly(2), Do: getDCMIConfiguration},
}

// Version and parameter revisions of the capabilities and configuration commands. [DCMI §6.1.1, §6.1.3]
const (
	dcmiMajor                = 0x01
	dcmiMinor                = 0x05
	dcmiCapabilitiesRevision = 0x02
	dcmiParametersRevision   = 0x01
)

// Capabilities. [DCMI §6.1.1, Table 6-3]
const (
	dcmiPowerManagement = 1 << 0
	dcmiInBand          = 1 << 0
	dcmiSecondLAN       = 1 << 2

	dcmiRollover   = 1 << 15
	dcmiRecordwise = 1 << 13
	dcmiMaxEntries = 0x0fff

	noChannel = 0xff
)

// getDCMICapabilities tells what the machine's other parts are. Serial channels have no terminal mode behind them, so
// that none is told. A parameter that is not there is CCh. [DCMI §6.1.1]
func getDCMICapabilities(m *Machine, r *Request) ([]byte, error) {
	b := append(r.Buf, dcmiMajor, dcmiMinor, dcmiCapabilitiesRevision)
	power := m.dcmi.spec.Power
	lans, primary, secondary := m.dcmiLANs()
	switch r.Data[0] {
	case 1:
		var platform, access byte
		if power != nil {
			platform |= dcmiPowerManagement
		}
		if m.channels.byNumber[ChannelSystemInterface] != nil {
			access |= dcmiInBand
		}
		if lans > 1 {
			access |= dcmiSecondLAN
		}
		return append(b, 0, platform, access), nil
	case 2:
		entries := uint16(min(m.profile.SEL.Capacity, dcmiMaxEntries))
		if m.profile.SEL.Full == profiles.LogRings {
			entries |= dcmiRollover | dcmiRecordwise
		}
		b = binary.LittleEndian.AppendUint16(b, entries)
		return append(b, 0, 0, byte(seconds(m.dcmi.spec.TemperatureSampling))), nil
	case 3:
		if power == nil {
			return nil, ipmb.InvalidField
		}
		return append(b, byte(ipmb.AddrBMC), power.Revision), nil
	case 4:
		return append(b, primary, secondary, noChannel), nil
	case 5:
		if power == nil || len(power.Periods) == 0 {
			return nil, ipmb.InvalidField
		}
		b = append(b, byte(len(power.Periods)))
		for _, p := range power.Periods {
			period, _ := profiles.PeriodByte(p) // the profile was checked
			b = append(b, period)
		}
		return b, nil
	}
	return nil, ipmb.InvalidField
}

// dcmiLANs are the numbers of the first two LAN channels with RMCP+.
func (m *Machine) dcmiLANs() (count int, primary, secondary uint8) {
	primary, secondary = noChannel, noChannel
	for number, c := range m.channels.byNumber {
		if c == nil || !c.takesRMCPPlus() {
			continue
		}
		switch count++; count {
		case 1:
			primary = uint8(number)
		case 2:
			secondary = uint8(number)
		}
	}
	return count, primary, secondary
}

// Modes of Get Power Reading. [DCMI §6.6.1]
const (
	powerStatisticsNormal   = 1
	powerStatisticsEnhanced = 2
	powerMeasurementActive  = 1 << 6
)

// getPowerReading gives power statistics: of the period that Set Power Limit chose, or of one of those that the
// capabilities list. A period that is not listed is CCh. The period is told in milliseconds, or as the byte of the request,
// which is how ipmitool 1.8.19 reads "in units". [DCMI §6.6.1]
func getPowerReading(m *Machine, r *Request) ([]byte, error) {
	var period time.Duration
	var told uint32
	switch r.Data[0] {
	case powerStatisticsNormal:
		period = m.dcmi.stored.Limit.Statistics
		told = uint32(period / time.Millisecond)
	case powerStatisticsEnhanced:
		i := slices.IndexFunc(m.dcmi.spec.Power.Periods, func(d profiles.Duration) bool {
			b, ok := profiles.PeriodByte(d)
			return ok && b == r.Data[1]
		})
		if i < 0 {
			return nil, ipmb.InvalidField
		}
		period, told = m.dcmi.spec.Power.Periods[i].Std(), uint32(r.Data[1])
	default:
		return nil, ipmb.InvalidField
	}
	m.moveReadings()
	m.samplePower()
	st := m.dcmi.meter.statistics(time.Since(m.started), period)
	b := r.Buf
	for _, w := range [...]float64{st.Current, st.Low, st.High, st.Mean} {
		b = binary.LittleEndian.AppendUint16(b, wattsField(w))
	}
	b = binary.LittleEndian.AppendUint32(b, m.clock.Time())
	b = binary.LittleEndian.AppendUint32(b, told)
	var state byte
	if st.Active {
		state = powerMeasurementActive
	}
	return append(b, state), nil
}

// getPowerLimit reads the limit; with 80h while it is not active, and all data. [DCMI §6.6.2]
func getPowerLimit(m *Machine, r *Request) ([]byte, error) {
	l := &m.dcmi.stored.Limit
	b := append(r.Buf, 0, 0, byte(l.Action))
	b = binary.LittleEndian.AppendUint16(b, l.Watts)
	b = binary.LittleEndian.AppendUint32(b, uint32(l.Correction/time.Millisecond))
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(l.Statistics/time.Second))
	if !l.Active {
		return b, ccNoActiveLimit
	}
	return b, nil
}

// setPowerLimit sets the limit. [DCMI §6.6.3]
func setPowerLimit(m *Machine, r *Request) ([]byte, error) {
	return nil, m.setPowerLimit(powerLimit{
		Action:     exceptionAction(r.Data[3]),
		Watts:      binary.LittleEndian.Uint16(r.Data[4:]),
		Correction: time.Duration(binary.LittleEndian.Uint32(r.Data[6:])) * time.Millisecond,
		Statistics: time.Duration(binary.LittleEndian.Uint16(r.Data[12:])) * time.Second,
	})
}

// activatePowerLimit switches the limit on or off. [DCMI §6.6.4]
func activatePowerLimit(m *Machine, r *Request) ([]byte, error) {
	if r.Data[0] > 1 {
		return nil, ipmb.InvalidField
	}
	m.activatePowerLimit(r.Data[0] == 1)
	return nil, nil
}

// Limits of asset tag and identifier string. [DCMI §6.4.2, §6.4.6]
const (
	maxAssetTag  = 63
	maxDCMIBytes = 16 // in one command
)

// Codes of Get Asset Tag, which come with the data. [DCMI §6.4.2]
const (
	ccAssetBinary  ipmb.CompletionCode = 0x80
	ccAssetBCDPlus ipmb.CompletionCode = 0x81
	ccAssetSixBit  ipmb.CompletionCode = 0x82
	ccAssetUnicode ipmb.CompletionCode = 0x83
)

// getAssetTag reads a part of the asset tag. [DCMI §6.4.2]
func getAssetTag(m *Machine, r *Request) ([]byte, error) {
	offset, count := int(r.Data[0]), int(r.Data[1])
	if offset >= maxAssetTag || offset+count > maxAssetTag || count > maxDCMIBytes {
		return nil, ipmb.ParameterOutOfRange
	}
	tag, encoding, english, err := m.assetTag()
	if err != nil {
		return nil, assetCode(err)
	}
	b := append(r.Buf, byte(len(tag)))
	b = append(b, tag[min(offset, len(tag)):min(offset+count, len(tag))]...)
	switch {
	case encoding == fru.Binary:
		return b, ccAssetBinary
	case encoding == fru.BCDPlus:
		return b, ccAssetBCDPlus
	case encoding == fru.SixBit:
		return b, ccAssetSixBit
	case !english:
		return b, ccAssetUnicode
	}
	return b, nil
}

// setAssetTag writes a part of the asset tag, which then ends behind it. A gap is C9h. [DCMI §6.4.3]
func setAssetTag(m *Machine, r *Request) ([]byte, error) {
	offset, count, data := int(r.Data[0]), int(r.Data[1]), r.Data[2:]
	tag, _, _, err := m.assetTag()
	switch {
	case err != nil:
		return nil, assetCode(err)
	case offset >= maxAssetTag || offset+count > maxAssetTag || count > maxDCMIBytes || offset > len(tag):
		return nil, ipmb.ParameterOutOfRange
	case len(data) != count:
		return nil, ipmb.LengthInvalid
	}
	n, err := m.setAssetTag(append(bytes.Clone(tag[:offset]), data...))
	if err != nil {
		return nil, assetCode(err)
	}
	return append(r.Buf, byte(n)), nil
}

// assetCode is the code of an error of the inventory that holds the tag; 80h to 83h are taken.
func assetCode(err error) error {
	switch {
	case errors.Is(err, errInventoryAway):
		return ipmb.NotPresent
	case errors.Is(err, errProtected):
		return ipmb.NotSupportedInState
	}
	return err
}

// getIDString reads from the 64 bytes of the identifier string. [DCMI §6.4.6.1]
func getIDString(m *Machine, r *Request) ([]byte, error) {
	offset, count, id := int(r.Data[0]), int(r.Data[1]), &m.dcmi.stored.ID
	if offset >= idStringSize || offset+count > idStringSize || count > maxDCMIBytes {
		return nil, ipmb.ParameterOutOfRange
	}
	b := append(r.Buf, byte(bytes.IndexByte(id[:], 0))) // the last byte is always zero
	return append(b, id[offset:offset+count]...), nil
}

// setIDString writes into the identifier string; any offset is good. [DCMI §6.4.6.2]
func setIDString(m *Machine, r *Request) ([]byte, error) {
	offset, count, data := int(r.Data[0]), int(r.Data[1]), r.Data[2:]
	switch {
	case offset >= idStringSize || offset+count > idStringSize || count > maxDCMIBytes:
		return nil, ipmb.ParameterOutOfRange
	case len(data) != count:
		return nil, ipmb.LengthInvalid
	case offset+count == idStringSize && data[count-1] != 0:
		return nil, ipmb.InvalidField
	}
	m.setID(offset, data)
	return append(r.Buf, byte(offset+count)), nil
}

// setThermalLimit sets an inlet's limit. [DCMI §6.7.2]
func setThermalLimit(m *Machine, r *Request) ([]byte, error) {
	return nil, m.setThermalLimit(r.Data[0], r.Data[1], thermalLimit{
		Actions: r.Data[2] & thermalExceptionActions,
		Limit:   r.Data[3],
		Time:    time.Duration(binary.LittleEndian.Uint16(r.Data[4:])) * time.Second,
	})
}

// getThermalLimit reads an inlet's limit; all zero before one is set. [DCMI §6.7.1]
func getThermalLimit(m *Machine, r *Request) ([]byte, error) {
	if _, err := m.inlet(r.Data[0], r.Data[1]); err != nil {
		return nil, err
	}
	l := m.dcmi.stored.Thermal[r.Data[1]]
	return binary.LittleEndian.AppendUint16(append(r.Buf, l.Actions, l.Limit), uint16(l.Time/time.Second)), nil
}

// maxDCMISets is the number of record IDs or readings in one answer. [DCMI §6.5.2, §6.7.3]
const maxDCMISets = 8

// dcmiSensorReq asks for sensors of an entity. [DCMI §6.5.2, §6.7.3]
type dcmiSensorReq struct {
	Entity          sdr.EntityID
	Instance, Start uint8
}

// parseDCMISensorReq reads type, entity, instance and start. A type other than temperature and an entity that DCMI does
// not know are CCh.
func parseDCMISensorReq(b []byte) (req dcmiSensorReq, err error) {
	e, ok := dcmiEntity(b[1])
	if b[0] != sensorTypeTemperature || !ok {
		return req, ipmb.InvalidField
	}
	return dcmiSensorReq{e, b[2], b[3]}, nil
}

// choose is what one answer has of a list: one instance, or up to eight from the start instance on. An instance that is
// not there is CBh.
func (req dcmiSensorReq) choose(list []dcmiSensor) ([]dcmiSensor, error) {
	if req.Instance != 0 {
		i := slices.IndexFunc(list, func(s dcmiSensor) bool { return s.instance == req.Instance })
		if i < 0 {
			return nil, ipmb.NotPresent
		}
		return list[i : i+1], nil
	}
	list = slices.DeleteFunc(slices.Clone(list), func(s dcmiSensor) bool { return s.instance < req.Start })
	return list[:min(len(list), maxDCMISets)], nil
}

// getDCMISensorInfo gives the record IDs of an entity's temperature sensors. [DCMI §6.5.2]
func getDCMISensorInfo(m *Machine, r *Request) ([]byte, error) {
	req, err := parseDCMISensorReq(r.Data)
	if err != nil {
		return nil, err
	}
	all := m.dcmiSensors(req.Entity)
	list, err := req.choose(all)
	if err != nil {
		return nil, err
	}
	b := append(r.Buf, byte(min(len(all), 0xff)), byte(len(list)))
	for _, s := range list {
		b = binary.LittleEndian.AppendUint16(b, uint16(s.record))
	}
	return b, nil
}

// getTemperatureReadings gives an entity's temperatures. Those that are not available, such as a processor's while the
// host is off, are left out. [DCMI §6.7.3]
func getTemperatureReadings(m *Machine, r *Request) ([]byte, error) {
	req, err := parseDCMISensorReq(r.Data)
	if err != nil {
		return nil, err
	}
	m.moveReadings()
	all := slices.DeleteFunc(m.dcmiSensors(req.Entity), func(s dcmiSensor) bool {
		_, ok := m.celsius(s.sensor)
		return !ok
	})
	list, err := req.choose(all)
	if err != nil {
		return nil, err
	}
	b := append(r.Buf, byte(min(len(all), 0xff)), byte(len(list)))
	for _, s := range list {
		t, _ := m.celsius(s.sensor)
		b = append(b, temperatureByte(t), s.instance)
	}
	return b, nil
}

// DCMI configuration parameters. [DCMI §6.1.3, Table 6-6]
const (
	dcmiActivateDHCP = 1
	dcmiDiscovery    = 2
	dcmiTiming1      = 3
	dcmiTiming2      = 4
	dcmiTiming3      = 5

	dcmiDiscoveryMask = 0x83
)

// setDCMIConfiguration writes a parameter. None has set selectors. [DCMI §6.1.2]
func setDCMIConfiguration(m *Machine, r *Request) ([]byte, error) {
	number, data, c := r.Data[0], r.Data[2:], &m.dcmi.stored.Config
	size, known := map[uint8]int{dcmiActivateDHCP: 1, dcmiDiscovery: 1, dcmiTiming1: 1, dcmiTiming2: 2, dcmiTiming3: 2}[number]
	switch {
	case !known:
		return nil, ipmb.InvalidField
	case r.Data[1] != 0:
		return nil, ipmb.ParameterOutOfRange
	case len(data) != size:
		return nil, ipmb.LengthInvalid
	}
	switch number {
	case dcmiActivateDHCP:
		if data[0] != 1 {
			return nil, ipmb.InvalidField
		}
		m.restartDHCP()
	case dcmiDiscovery:
		if data[0]&^dcmiDiscoveryMask != 0 {
			return nil, ipmb.InvalidField
		}
		c.Discovery = data[0]
	case dcmiTiming1:
		c.Initial = data[0]
	case dcmiTiming2:
		c.Contact = binary.LittleEndian.Uint16(data)
	case dcmiTiming3:
		c.Retry = binary.LittleEndian.Uint16(data)
	}
	return nil, nil
}

// getDCMIConfiguration reads a parameter. [DCMI §6.1.3]
func getDCMIConfiguration(m *Machine, r *Request) ([]byte, error) {
	b, c := append(r.Buf, dcmiMajor, dcmiMinor, dcmiParametersRevision), &m.dcmi.stored.Config
	if r.Data[1] != 0 {
		return nil, ipmb.ParameterOutOfRange
	}
	switch r.Data[0] {
	case dcmiActivateDHCP:
		return append(b, 0), nil
	case dcmiDiscovery:
		return append(b, c.Discovery), nil
	case dcmiTiming1:
		return append(b, c.Initial), nil
	case dcmiTiming2:
		return binary.LittleEndian.AppendUint16(b, c.Contact), nil
	case dcmiTiming3:
		return binary.LittleEndian.AppendUint16(b, c.Retry), nil
	}
	return nil, ipmb.InvalidField
}
