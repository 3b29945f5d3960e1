package rmcp

import "sync/atomic"

// DropReason says why a datagram got no answer. The names are those of metrics and the journal.
type DropReason uint8

// Reasons.
const (
	DropAway            DropReason = iota // the BMC is in reset
	DropHeader                            // no RMCP header, or another version
	DropACK                               // an RMCP ACK: nothing waits for one
	DropClass                             // neither ASF nor IPMI
	DropASF                               // no Presence Ping, or one that wants no answer
	DropChannel                           // channel unknown or closed to IPMI messaging
	DropFormat                            // session header or lengths are not those of a packet
	DropUnknownSession                    // session ID that was never given out, or whose session is over
	DropHalfOpen                          // temporary session ID with anything but Activate Session
	DropAuthType                          // authentication type that the session was not made with
	DropAuthCode                          // wrong AuthCode
	DropUnauthenticated                   // AuthCode missing where there must be one
	DropSequence                          // outside of the window, or a duplicate
	DropDecryption                        // wrong padding or lengths in an encrypted payload
	DropPayload                           // payload type that does not belong there
	DropMessage                           // IPMI message too short, or wrong checksum
	DropAddress                           // IPMI message for another address than the BMC's
	DropFault                             // a fault rule said so
	DropReasons                           // their number
)

var dropNames = [DropReasons]string{
	"away", "header", "ack", "class", "asf", "channel", "format", "unknown-session", "half-open", "auth-type",
	"auth-code", "unauthenticated", "sequence", "decryption", "payload", "message", "address",
	"fault",
}

// String is the reason's name ("unknown-session").
func (r DropReason) String() string {
	if r < DropReasons {
		return dropNames[r]
	}
	return "unknown"
}

// Stats are a table's counters. They only go up, and may be read at any time.
type Stats struct {
	In, Out  atomic.Uint64 // datagrams
	Messages atomic.Uint64 // IPMI messages that reached the machine
	Dropped  [DropReasons]atomic.Uint64
	Opened   atomic.Uint64
	Ended    [EndReasons]atomic.Uint64
	// Refused counts the set-up messages that were refused, by RMCP+ status; RefusedV15 the Get Session Challenge and
	// Activate Session requests.
	Refused    [StatusIllegalParameter + 1]atomic.Uint64
	RefusedV15 atomic.Uint64

	channels [16]ChannelStats
}

// ChannelStats are counters of one channel's datagrams, which come around.
type ChannelStats struct {
	In, Out atomic.Uint32
	Foreign atomic.Uint32 // of In those without a good RMCP header
}

// Channel has the counters of a channel, 0 to Fh.
func (s *Stats) Channel(number uint8) *ChannelStats { return &s.channels[number&0x0f] }

// received and sent count a datagram.
func (s *Stats) received(channel uint8) {
	s.In.Add(1)
	s.Channel(channel).In.Add(1)
}

func (s *Stats) sent(channel uint8) {
	s.Out.Add(1)
	s.Channel(channel).Out.Add(1)
}
