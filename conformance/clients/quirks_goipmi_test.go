//go:build clients

package clients

// goQuirkRuns are the quirks of packets, sessions and transport that go-ipmi's client meets.
var goQuirkRuns = []quirkRun{
	{"activate-authtype-none", goClient + " -interface lan", "", "survives", goIdentity, "", true},
	{"inbound-seq-zero", goClient + " -interface lan", "", "survives", goIdentity, "", true},
	{"cipher-records-bad-tags", goClient, "", "survives", goIdentity, "", true},
	{"dup-responses", goClient, "", "none", goIdentity, "connect20 failed after try all cipher suite ids", false},
	{"node-busy", goClient, "", "none", goIdentity, "SetSessionPrivilegeLevel to (ADMINISTRATOR) failed, err: cc: 0xc0", false},
	{"timeout-twice", goClient, "", "none", goIdentity, "SetSessionPrivilegeLevel to (ADMINISTRATOR) failed, err: cc: 0xc3", false},
	{"duplicate-request-once", goClient, "", "none", goIdentity, "SetSessionPrivilegeLevel to (ADMINISTRATOR) failed, err: cc: 0xcf", false},
	{"unknown-code-twice", goClient, "", "none", goIdentity, "SetSessionPrivilegeLevel to (ADMINISTRATOR) failed, err: cc: 0xdf", false},
	{"reply-loss", goClient, "", "none", goIdentity, "no matching IPMI response", false},
	{"high-latency", goClient + " -interface lan -read sel", "", "survives", "sel: 8", "", true},
}

// goIdentity begins what the program around go-ipmi's client prints.
const goIdentity = `"device_id":32,"manufacturer":32473`
