package bmc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// SystemRequest is one request from the host, with the parameters of Microsoft's Microsoft_IPMI.RequestResponse
// method, under its names.
type SystemRequest struct {
	Command, Lun, NetworkFunction uint8
	ResponderAddress              uint8  // the BMC's 20h, or 0 for the same
	RequestData                   []byte // may be longer than RequestDataSize: only that many bytes are sent
	RequestDataSize               uint32
}

// SystemResponse is its answer. CompletionCode, ResponseData[0] and ResponseDataSize always agree.
type SystemResponse struct {
	CompletionCode   uint8
	ResponseData     []byte // completion code first
	ResponseDataSize uint32 // of ResponseData: it counts the completion code
}

// Errors of RequestResponse. An IPMI error is none of them but a completion code.
var (
	ErrInvalidParameter = errors.New("invalid parameter")
	ErrClosed           = errors.New("machine is closed")
)

// RequestResponse runs one request as the host's system interface does: on channel Fh, without a session and without a
// limit of privilege. It is how the commands that only the system interface may send are reached. A responder that is
// not there answers D3h; a controller in reset answers nothing, which is C3h here.
func (m *Machine) RequestResponse(ctx context.Context, r SystemRequest) (SystemResponse, error) {
	if err := ctx.Err(); err != nil {
		return SystemResponse{}, err
	}
	switch {
	case r.Lun > 3:
		return SystemResponse{}, fmt.Errorf("%w: Lun %d is above 3", ErrInvalidParameter, r.Lun)
	case r.NetworkFunction > 62 || r.NetworkFunction&1 == 1:
		return SystemResponse{}, fmt.Errorf("%w: NetworkFunction %d is not an even number up to 62", ErrInvalidParameter, r.NetworkFunction)
	case int64(r.RequestDataSize) > int64(len(r.RequestData)):
		return SystemResponse{}, fmt.Errorf("%w: RequestDataSize %d is more than the %d bytes of RequestData", ErrInvalidParameter, r.RequestDataSize, len(r.RequestData))
	}
	data, hold, err := m.fromHost(ipmb.Message{
		To: ipmb.Addr(r.ResponderAddress), NetFn: ipmb.NetFn(r.NetworkFunction), ToLUN: ipmb.LUN(r.Lun),
		From: ipmb.AddrSMS, Cmd: r.Command, Data: r.RequestData[:r.RequestDataSize],
	})
	if err == nil && hold > 0 {
		err = wait(ctx, hold)
	}
	if err != nil {
		return SystemResponse{}, err
	}
	return SystemResponse{CompletionCode: data[0], ResponseData: data, ResponseDataSize: uint32(len(data))}, nil
}

// wait is the time for which a fault holds an answer back.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fromHost runs a message of the system interface and returns completion code and data, and for how long a fault holds
// them back.
func (m *Machine) fromHost(msg ipmb.Message) (answer []byte, hold time.Duration, err error) {
	m.sessions.Lock() // handlers of session commands use the table
	defer m.sessions.Unlock()
	m.mu.Lock()
	if m.closed || m.gone() {
		defer m.mu.Unlock()
		if m.closed {
			return nil, 0, ErrClosed
		}
		return []byte{byte(ipmb.Timeout)}, 0, nil
	}
	m.hold()
	r, ok := m.begin(&msg, ChannelSystemInterface), true
	if msg.To == 0 || msg.To == m.address {
		answer, ok = m.dispatch(r, nil)
	} else {
		answer = m.askSatellite(msg)
	}
	op, held := r.Op, r.hold
	m.deliver()
	if answer, ok = m.answered(op, answer, 0, ok); !ok || len(answer) == 0 {
		return []byte{byte(ipmb.Timeout)}, 0, nil
	}
	return answer, held, nil
}

// askSatellite runs a request for another controller on the primary IPMB, as the host's driver does with two commands of
// its own, and returns completion code and data of the answer.
func (m *Machine) askSatellite(msg ipmb.Message) []byte {
	var reply []byte
	to := ipmb.Target{Channel: ChannelPrimaryIPMB, Addr: msg.To, LUN: msg.ToLUN}
	b := ipmb.Bridged{Kind: ipmb.BridgedEmbedded, Reply: &reply, Target: to, NetFn: msg.NetFn, Cmd: msg.Cmd,
		Origin: ipmb.Origin{Channel: ChannelSystemInterface, Addr: ipmb.AddrSMS}}
	if err := m.track(b, &msg); err != nil {
		return []byte{byte(ipmb.NodeBusy)}
	}
	defer m.messaging.pending.Drop(to, msg.Seq)
	if m.writeBus(ChannelPrimaryIPMB, msg.AppendTo(nil)) != nil {
		return []byte{byte(ipmb.DestinationUnavailable)}
	}
	m.drain()
	answer, err := ipmb.ParseMessage(reply)
	if err != nil {
		return []byte{byte(ipmb.Timeout)}
	}
	return answer.Data
}
