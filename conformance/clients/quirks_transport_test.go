//go:build clients

package clients

// Programs and what they print, as in loginQuirkRuns.
const (
	power20 = tool3 + power
	power15 = tool15 + power
	get20   = info20 + freeUser + deviceID
	get15   = info15 + freeUser + deviceID
	first   = "; { try FLAGS; }"
)

// transportQuirkRuns are the quirks that any network and any busy controller can have.
var transportQuirkRuns = []quirkRun{
	{"dup-responses", power20, "", "survives", isOn, "Received an Unexpected message ID", false},
	{"dup-responses", power15, "", "survives", isOn, "", false},
	{"dup-responses", util20, "", "survives", utilDone, "", false},
	{"dup-responses", getPower, "", "survives", onHigh, "", false},
	{"dup-responses", openPlus, "", "survives", idOfOpen, "", false},
	{"dup-responses", ended + getID, "", "none", idHigh, stillOn, false},
	{"dup-responses", ended + "ipmiutil health -N HOST -U admin -P password -V 4 FLAGS", "-F lan", "-F lan2", utilDone, stillOn, false},
	{"dup-responses", "bmc-info" + freeUser + deviceID, "-D LAN_2_0", "-D LAN", idOfFree, "ipmi_ctx_open_outofband_2_0: success", false},

	{"reply-loss", power20, "", "survives", isOn, "", false},
	{"reply-loss", power15, "", "survives", isOn, "", false},
	{"reply-loss", get20, "", "survives", idOfFree, "", false},
	{"reply-loss", get15, "", "survives", idOfFree, "", false},
	{"reply-loss", util15, "", "none", utilDone, "receive from BMC failed", false},
	{"reply-loss", getPower, "", "survives", onHigh, "", false},
	{"reply-loss", getID, "", "none", idHigh, "TimeoutError: timed out", false},
	{"reply-loss", openPlus, "", "survives", idOfOpen, "", false},

	{"node-busy", power15, "", "none", isOn, noLevel, false},
	{"node-busy", get15, "", "none", idOfFree, "BMC busy", false},
	{"node-busy", util15, "", "none", utilDone, "ipmiutil health, Node Busy", false},
	{"node-busy", getID, "", "none", idHigh, "CompletionCodeError cc=0xc0", false},

	{"timeout-twice", power20, "", "none", isOn, "failed: Timeout", false},
	{"timeout-twice", power15, "", "none", isOn, "failed: Timeout", false},
	{"timeout-twice", get20, "", "none", idOfFree, "message timeout", false},
	{"timeout-twice", get15, "", "none", idOfFree, "message timeout", false},
	{"timeout-twice", util20, "", "none", utilDone, "failed: Timeout", false},
	{"timeout-twice", util15, "", "none", utilDone, "ipmiutil health, Timeout while processing command", false},
	{"timeout-twice", getPower, "", "none", onHigh, "IpmiException: Timeout while processing command", false},
	{"timeout-twice", getID, "", "none", idHigh, "CompletionCodeError cc=0xc3", false},
	{"timeout-twice", openPlus, "", "none", idOfOpen, "Unable to setup connection: 10000c3", false},

	{"unknown-code-twice", power20, "", "none", isOn, "failed: Unknown (0xDF)", false},
	{"unknown-code-twice", power15, "", "none", isOn, "failed: Unknown (0xDF)", false},
	{"unknown-code-twice", get20, "", "none", idOfFree, "bad completion code", false},
	{"unknown-code-twice", get15, "", "none", idOfFree, "bad completion code", false},
	{"unknown-code-twice", util20, "", "none", utilDone, "failed: Unknown (0xdf)", false},
	{"unknown-code-twice", util15, "", "none", utilDone, "ipmiutil health, Other error 0xdf", false},
	{"unknown-code-twice", getPower, "", "none", onHigh, "IpmiException: Unknown code 0xdf encountered", false},
	{"unknown-code-twice", getID, "", "none", idHigh, "CompletionCodeError cc=0xdf", false},
	{"unknown-code-twice", openPlus, "", "none", idOfOpen, "Unable to setup connection: 10000df", false},

	{"duplicate-request-once", power20, "", "survives", isOn, "", false},
	{"duplicate-request-once", power15, "", "survives", isOn, "", false},
	{"duplicate-request-once", get20, "", "none", idOfFree, "bad completion code", false},
	{"duplicate-request-once", get15, "", "none", idOfFree, "bad completion code", false},
	{"duplicate-request-once", util20, "", "none", utilDone, "failed: Cannot execute duplicated request", false},
	{"duplicate-request-once", util15, "", "none", utilDone, "ipmiutil health, Cannot execute duplicated request", false},
	{"duplicate-request-once", getPower, "", "none", onHigh, "IpmiException: Cannot execute duplicated request", false},
	{"duplicate-request-once", getID, "", "none", idHigh, "CompletionCodeError cc=0xcf", false},
	{"duplicate-request-once", openPlus, "", "none", idOfOpen, "Unable to setup connection: 10000cf", false},

	{"high-latency", power20, "", "survives", isOn, "", false},
	{"high-latency", power15, "", "survives", isOn, "", false},
	{"high-latency", get20, "", "survives", idOfFree, "", false},
	{"high-latency", get15, "", "survives", idOfFree, "", false},
	{"high-latency", util15, "", "survives", utilDone, "", false},
	{"high-latency", getPower, "", "survives", onHigh, "", false},
	{"high-latency", getID, "", "survives", idHigh, "", false},
	{"high-latency", openPlus, "", "survives", idOfOpen, "", false},

	{"truncated-datagram", power20, "", "survives", isOn, "Received message with invalid authcode!", false},
	{"truncated-datagram", power15, "", "survives", isOn, "", false},
	{"truncated-datagram", get20, "", "survives", idOfFree, "", false},
	{"truncated-datagram", get15, "", "survives", idOfFree, "", false},
	{"truncated-datagram", util15, "", "survives", utilDone, "", false},
	{"truncated-datagram", getPower, "", "survives", onHigh, "", false},
	{"truncated-datagram", getID, "", "none", idHigh, "DecodingError: short SDU", false},
	{"truncated-datagram", openPlus, "", "survives", idOfOpen, "", false},

	{"reply-from-other-port", power20, "", "none", isOn, noPlus, false},
	{"reply-from-other-port", power15, "", "none", isOn, "Unable to establish LAN session", false},
	{"reply-from-other-port", get20, "", "survives", idOfFree, "", false},
	{"reply-from-other-port", get15, "", "survives", idOfFree, "", false},
	{"reply-from-other-port", ended + util15, "", "none", utilDone, stillOn, false},
	{"reply-from-other-port", getPower, "", "none", onHigh, "IpmiException: None", false},
	{"reply-from-other-port", getID, "", "survives", idHigh, "", false},
	{"reply-from-other-port", openPlus, "", "none", idOfOpen, "Use requested RMCP+, but not supported", false},

	{"reply-from-other-address", power20, "", "none", isOn, noPlus, false},
	{"reply-from-other-address", power15, "", "none", isOn, "Unable to establish LAN session", false},
	{"reply-from-other-address", get20, "", "survives", idOfFree, "", false},
	{"reply-from-other-address", get15, "", "survives", idOfFree, "", false},
	{"reply-from-other-address", ended + util15, "", "none", utilDone, stillOn, false},
	{"reply-from-other-address", getPower, "", "none", onHigh, "IpmiException: None", false},
	{"reply-from-other-address", getID, "", "survives", idHigh, "", false},
	{"reply-from-other-address", openPlus, "", "none", idOfOpen, "Use requested RMCP+, but not supported", false},

	{"reordered-replies", power20, "", "survives", isOn, "", false},
	{"reordered-replies", power15, "", "survives", isOn, "", false},
	{"reordered-replies", get20, "", "survives", idOfFree, "", false},
	{"reordered-replies", get15, "", "survives", idOfFree, "", false},
	{"reordered-replies", util20, "", "survives", utilDone, "", false},
	{"reordered-replies", util15, "", "survives", utilDone, "", false},
	{"reordered-replies", getPower, "", "survives", onHigh, "", false},
	{"reordered-replies", getID, "", "survives", idHigh, "", false},
	{"reordered-replies", openPlus, "", "survives", idOfOpen, "", false},

	{"late-replies", power20, "", "survives", isOn, "", false},
	{"late-replies", power15, "", "survives", isOn, "", false},
	{"late-replies", get20, "", "survives", idOfFree, "", false},
	{"late-replies", get15, "", "survives", idOfFree, "", false},
	{"late-replies", getPower, "", "survives", onHigh, "", false},
	{"late-replies", getID, "", "survives", idHigh, "", false},
	{"late-replies", openPlus, "", "survives", idOfOpen, "", false},
	{"late-replies", util15, "", "survives", utilDone, "", false},

	{"stale-rakp2", "try() { " + tool3 + "chassis power status" + "; }" + first, "", again, isOn, noPlus, false},
	{"stale-rakp2", "try() { " + get20 + "; }" + first, "", again, idOfFree, "password invalid", false},
	{"stale-rakp2", "try() { " + util20 + "; }" + first, "", again, utilDone, "LANPLUS error in RAKP1", false},
	{"stale-rakp2", "try() { " + getPower + "; }" + first, "", again, onHigh, "IpmiException: Incorrect password provided", false},
	{"stale-rakp2", "try() { " + openIPMI + " HOST </dev/null; }" + first, "", again, idOfOpen, "Unable to setup connection: 16", false},

	{"session-expiry", ended + power20, "", "none", isOn, stillOn, false},
	{"session-expiry", ended + power15, "", "none", isOn, stillOn, false},
	{"session-expiry", get20, "", "none", idOfFree, "session timeout", false},
	{"session-expiry", get15, "", "none", idOfFree, "session timeout", false},
	{"session-expiry", ended + util15, "", "none", utilDone, stillOn, false},
	{"session-expiry", ended + getPower, "", "none", onHigh, stillOn, false},
	{"session-expiry", getID, "", "none", idHigh, "TimeoutError: timed out", false},
	{"session-expiry", openPlus, "", "none", idOfOpen, "Unable to setup connection: 10000c3", false},

	{"black-hole", power20, "", "none", isOn, noPlus, false},
	{"black-hole", power15, "", "none", isOn, "Unable to establish LAN session", false},
	{"black-hole", get20, "", "none", idOfFree, "connection timeout", false},
	{"black-hole", get15, "", "none", idOfFree, "connection timeout", false},
	{"black-hole", ended + util15, "", "none", utilDone, stillOn, false},
	{"black-hole", getPower, "", "none", onHigh, "IpmiException: None", false},
	{"black-hole", getID, "", "none", idHigh, "TimeoutError: timed out", false},
	{"black-hole", openPlus, "", "none", idOfOpen, "Use requested RMCP+, but not supported", false},

	{"ipmi15-silent", "ipmitool" + toolUser + guid, "-I lan", "-I lanplus", guidTool, "Get Session Challenge command failed", false},
	{"ipmi15-silent", "bmc-info" + freeUser + deviceID, "-D LAN", "-D LAN_2_0", idOfFree, "session timeout", false},
	{"ipmi15-silent", "ipmiutil health -N HOST -U admin -P password -V 4 FLAGS", "-F lan", "-F lan2", utilDone, "receive from BMC failed", false},
	{"ipmi15-silent", getID, "", "none", idHigh, "TimeoutError: timed out", false},
	{"ipmi15-silent", openAny, "-A md5", "-A rmcp+", idOfOpen, "Unable to setup connection: 10000c3", false},

	{"devid-short", power20, "", "survives", isOn, "", false},
	{"devid-short", get20, "", "none", idOfFree, "ipmi_cmd_get_device_id: internal IPMI error", false},
	{"devid-short", get15, "", "none", idOfFree, "ipmi_cmd_get_device_id: internal IPMI error", false},
	{"devid-short", util15, "", "survives", utilDone, "", false},
	{"devid-short", util20, "", "survives", utilDone, "", false},
	{"devid-short", getPower, "", "none", onHigh, "pack expected 3 items for packing", false},
	{"devid-short", getID, "", "none", idHigh, "DecodingError: Data too short for message", false},
}
