package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// solCommands are the rows of [IPMI 2.0 §26].
var solCommands = []Command{
	{Op: ipmb.SOLActivating, Name: "SOL Activating", Section: "26.1", Priv: privUser, Reach: BMCGenerated, Sent: true},
	{Op: ipmb.SetSOLConfigurationParameters, Name: "Set SOL Configuration Parameters", Section: "26.2", Priv: privAdmin, Len: atLeast(3), Sub: solParameterSubs, Keeps: keepsSOL, Do: setSOLParameters},
	{Op: ipmb.GetSOLConfigurationParameters, Name: "Get SOL Configuration Parameters", Section: "26.3", Priv: privUser, Len: exactly(4), Do: getSOLParameters},
}

// solChannel finds the channel that a request's first byte names, which must carry SOL.
func (m *Machine) solChannel(r *Request) (*channel, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil || !c.carries(rmcp.PayloadSOL) {
		return nil, ipmb.InvalidField
	}
	return c, nil
}

// setSOLParameters writes one parameter. [IPMI 2.0 §26.2]
func setSOLParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.solChannel(r)
	if err != nil {
		return nil, err
	}
	return nil, c.solParameters.write(m, c, r.Data[1], r.Data[2:])
}

// getSOLParameters reads one parameter. [IPMI 2.0 §26.3]
func getSOLParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.solChannel(r)
	if err != nil {
		return nil, err
	}
	return c.solParameters.getParameters(m, c, r)
}
