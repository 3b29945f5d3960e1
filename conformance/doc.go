// Package conformance holds what is true of the whole repository and of any BMC: the directions in which packages may
// import each other, and, in the folders below, the suites that drive real IPMI clients against the daemon.
package conformance
