// Package console is a remote console: the other side of package rmcp, for tests, benchmarks and the conformance suite.
//
// It logs in with IPMI v1.5 (none, MD2, MD5, straight password) and with RMCP+ (all cipher suites, KG, both user
// lookups), and it is strict: everything that a BMC sends is checked, codes, sequence numbers, lengths and pads, and a
// breach is one of the errors of this package. It is also a bad client when a test needs one: logins go step by step,
// frames take wrong sequence numbers, session IDs and AuthCodes, and datagrams can be made by hand.
//
// A Console and its sessions belong to one goroutine.
package console
