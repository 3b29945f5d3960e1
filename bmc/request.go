package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Request is one request on its way through the command table.
type Request struct {
	Op      ipmb.Op
	Data    []byte        // behind the group extension's or enterprise's bytes; clone to keep
	Message *ipmb.Message // whole, with addresses and sequence number
	Channel uint8         // the channel it came over [IPMI 2.0 §6.3]
	Session *rmcp.Session // nil outside of a session and on session-less channels
	LAN     *rmcp.Request // nil unless it came over LAN: addresses, framing, authentication of the packet
	outside bool          // over the serial connector, without a session
	Buf     []byte        // empty, with room for the answer's data

	hold       time.Duration // for which a fault holds the answer back
	embedReply bool          // a fault wants the bridged answer inside of Send Message's
	wordAccess bool          // a fault wants the FRU commands to be in words
}

// Local reports whether the request came over a session-less interface: the system interface, IPMB or SMBus. No
// privilege is asked of those. [IPMI 2.0 App. G]
func (r *Request) Local() bool { return r.LAN == nil && !r.outside }

// SystemInterface reports whether the request came from the host.
func (r *Request) SystemInterface() bool { return r.Local() && r.Channel == ChannelSystemInterface }

// Privilege is the level at which the request runs: the session's operating level, Administrator on local interfaces,
// and none outside of a session.
func (r *Request) Privilege() ipmb.Privilege {
	switch {
	case r.Local():
		return ipmb.PrivilegeAdministrator
	case r.Session == nil:
		return ipmb.PrivilegeUnspecified
	}
	return r.Session.Privilege()
}

// Short names for the rows.
const (
	privCallback = ipmb.PrivilegeCallback
	privUser     = ipmb.PrivilegeUser
	privOperator = ipmb.PrivilegeOperator
	privAdmin    = ipmb.PrivilegeAdministrator
)

// Channel numbers with a meaning of their own. [IPMI 2.0 §6.3, Table 6-1]
const (
	ChannelPrimaryIPMB     uint8 = 0x0
	ChannelThis            uint8 = 0xe // "the channel this request came over"
	ChannelSystemInterface uint8 = 0xf
)
