// Package rmcp speaks the network side of a BMC: RMCP and ASF framing, the packets of IPMI v1.5 and of RMCP+ sessions,
// the authentication exchanges with their keys and cipher suites, the table of sessions, and the UDP server in front of
// it. What the machine behind it knows (users, keys, limits, commands) it asks through the interface BMC.
//
// The codec half is bytes and values: parsers return parts of their input and never keep it, appenders and Seal write
// into the caller's buffer, and the per-session states (AuthCoder, Integrity, Confidentiality) allocate only when they
// are made. Parsers ignore reserved bits. [IPMI 2.0 §13]
package rmcp
