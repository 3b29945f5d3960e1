// Package clients drives real IPMI clients against the built fakebmc on loopback and asserts what they print: ipmitool,
// FreeIPMI, ipmiutil, OpenIPMI, pyghmi, python-ipmi, go-ipmi, nmap and prometheus-ipmi-exporter. Nothing
// here knows how IPMI is encoded; what these programs understood is the proof.
//
// The suites have the build tag "clients", because they need those programs, and UDP port 623, which some of them
// cannot be talked out of. "make clients" runs them, and "make packages" installs what they need.
//
// With the tag "qemu" as well, a Linux kernel is a client: QEMU boots this computer's own, without KVM, with the daemon
// as its BMC. "make qemu" runs those.
//
// Each test starts daemons of its own on loopback addresses of its own, so that all of them run side by side.
package clients
