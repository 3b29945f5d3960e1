package fault

import "github.com/fakebmc/fakebmc/ipmb"

// Code is a completion code, generic or specific to a command. [IPMI 2.0 §5.2]
type Code uint8

// Codes are the words of completion codes; numbers are possible, too. The command-specific ones are those of the
// commands' own tables, so one number has several names.
var Codes = append(genericCodes(),
	Word{"parameter-not-supported", 0x80, "of the commands for configuration parameters"},
	Word{"set-in-progress", 0x81, "of the commands for configuration parameters"},
	Word{"read-only-parameter", 0x82, "of the commands for configuration parameters"},
	Word{"write-only-parameter", 0x83, "of the commands for configuration parameters"},
	Word{"not-configurable", 0x80, "of Set Command Enables, Set Command Sub-function Enables and Configurable Sub-functions [IPMI 2.0 §21.7, §21.9]"},
	Word{"data-not-available", 0x80, "of Get Message and Read Event Message Buffer [IPMI 2.0 §22.6, §22.8]"},
	Word{"invalid-session-handle", 0x80, "of Send Message [IPMI 2.0 §22.7]"},
	Word{"send-lost-arbitration", 0x81, "of Send Message [IPMI 2.0 §22.7]"},
	Word{"send-bus-error", 0x82, "of Send Message [IPMI 2.0 §22.7]"},
	Word{"send-nak", 0x83, "of Send Message [IPMI 2.0 §22.7]"},
	Word{"i2c-lost-arbitration", 0x81, "of Master Write-Read [IPMI 2.0 §22.11]"},
	Word{"i2c-bus-error", 0x82, "of Master Write-Read [IPMI 2.0 §22.11]"},
	Word{"i2c-nak", 0x83, "of Master Write-Read [IPMI 2.0 §22.11]"},
	Word{"i2c-truncated-read", 0x84, "of Master Write-Read [IPMI 2.0 §22.11]"},
	Word{"invalid-user-name", 0x81, "of Get Session Challenge [IPMI 2.0 §22.16]"},
	Word{"null-user-disabled", 0x82, "of Get Session Challenge [IPMI 2.0 §22.16]"},
	Word{"no-session-slot", 0x81, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"no-slot-for-user", 0x82, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"no-slot-for-privilege", 0x83, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"sequence-out-of-range", 0x84, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"invalid-session-id", 0x85, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"exceeds-privilege-limit", 0x86, "of Activate Session [IPMI 2.0 §22.17]"},
	Word{"level-not-available", 0x80, "of Set Session Privilege Level [IPMI 2.0 §22.18]"},
	Word{"level-exceeds-limit", 0x81, "of Set Session Privilege Level [IPMI 2.0 §22.18]"},
	Word{"user-level-auth-required", 0x82, "of Set Session Privilege Level [IPMI 2.0 §22.18]"},
	Word{"close-invalid-session-id", 0x87, "of Close Session [IPMI 2.0 §22.19]"},
	Word{"close-invalid-session-handle", 0x88, "of Close Session [IPMI 2.0 §22.19]"},
	Word{"channel-not-supported", 0x82, "of Set Channel Access and Get Channel Access [IPMI 2.0 §22.22, §22.23]"},
	Word{"access-mode-not-supported", 0x83, "of Set Channel Access [IPMI 2.0 §22.22]"},
	Word{"key-locked", 0x80, "of Set Channel Security Keys [IPMI 2.0 §22.25]"},
	Word{"key-too-short", 0x81, "of Set Channel Security Keys [IPMI 2.0 §22.25]"},
	Word{"key-too-long", 0x82, "of Set Channel Security Keys [IPMI 2.0 §22.25]"},
	Word{"key-not-accepted", 0x83, "of Set Channel Security Keys [IPMI 2.0 §22.25]"},
	Word{"kr-not-used", 0x84, "of Set Channel Security Keys [IPMI 2.0 §22.25]"},
	Word{"password-mismatch", 0x80, "of Set User Password, test [IPMI 2.0 §22.30]"},
	Word{"password-size-mismatch", 0x81, "of Set User Password, test [IPMI 2.0 §22.30]"},
	Word{"payload-already-active", 0x80, "of Activate Payload [IPMI 2.0 §24.1]"},
	Word{"payload-disabled", 0x81, "of Activate Payload [IPMI 2.0 §24.1]"},
	Word{"payload-limit-reached", 0x82, "of Activate Payload [IPMI 2.0 §24.1]"},
	Word{"payload-must-not-be-encrypted", 0x83, "of Activate Payload [IPMI 2.0 §24.1]"},
	Word{"payload-must-be-encrypted", 0x84, "of Activate Payload [IPMI 2.0 §24.1]"},
	Word{"payload-already-deactivated", 0x80, "of Deactivate Payload [IPMI 2.0 §24.2]"},
	Word{"encryption-operation-not-supported", 0x80, "of Suspend/Resume Payload Encryption [IPMI 2.0 §24.3]"},
	Word{"encryption-not-allowed", 0x81, "of Suspend/Resume Payload Encryption [IPMI 2.0 §24.3]"},
	Word{"encryption-not-available", 0x82, "of Suspend/Resume Payload Encryption [IPMI 2.0 §24.3]"},
	Word{"payload-instance-not-active", 0x83, "of Suspend/Resume Payload Encryption [IPMI 2.0 §24.3]"},
	Word{"payload-type-not-available", 0x80, "of Get Channel Payload Version and Get Channel OEM Payload Info [IPMI 2.0 §24.9, §24.10]"},
	Word{"ppp-link-down", 0x80, "of Send PPP UDP Proxy Packet [IPMI 2.0 §25.7]"},
	Word{"ip-protocol-down", 0x81, "of Send PPP UDP Proxy Packet [IPMI 2.0 §25.7]"},
	Word{"no-packet-data", 0x80, "of Get PPP UDP Proxy Receive Data [IPMI 2.0 §25.8]"},
	Word{"callback-alert-in-progress", 0x81, "of Callback [IPMI 2.0 §25.10]"},
	Word{"callback-session-active", 0x82, "of Callback [IPMI 2.0 §25.10]"},
	Word{"watchdog-not-initialized", 0x80, "of Reset Watchdog Timer [IPMI 2.0 §27.5]"},
	Word{"alert-in-progress", 0x81, "of Alert Immediate [IPMI 2.0 §30.7]"},
	Word{"alert-session-active", 0x82, "of Alert Immediate [IPMI 2.0 §30.7]"},
	Word{"platform-event-not-supported", 0x83, "of Alert Immediate [IPMI 2.0 §30.7]"},
	Word{"record-type-not-supported", 0x80, "of Add SEL Entry and Delete SEL Entry [IPMI 2.0 §31.6, §31.8]"},
	Word{"record-length-mismatch", 0x80, "of Partial Add SEL Entry and Partial Add SDR [IPMI 2.0 §31.7, §33.14]"},
	Word{"sel-erase-in-progress", 0x81, "of the SEL commands [IPMI 2.0 §31]"},
	Word{"fru-write-protected", 0x80, "of Write FRU Data [IPMI 2.0 §34.3]"},
	Word{"fru-busy", 0x81, "of the FRU commands [IPMI 2.0 §34]"},
	Word{"record-changed", 0x80, "of Get Device SDR [IPMI 2.0 §35.3]"},
	Word{"reading-not-settable", 0x80, "of Set Sensor Reading And Event Status [IPMI 2.0 §35.17]"},
	Word{"event-data-not-settable", 0x81, "of Set Sensor Reading And Event Status [IPMI 2.0 §35.17]"},
	Word{"target-unavailable", 0x80, "of Forwarded Command [IPMI 2.0 §35b.4]"},
	Word{"no-active-power-limit", 0x80, "of Get Power Limit [DCMI §6.6.2]"},
	Word{"power-limit-out-of-range", 0x84, "of Set Power Limit [DCMI §6.6.3]"},
	Word{"correction-time-out-of-range", 0x85, "of Set Power Limit [DCMI §6.6.3]"},
	Word{"statistics-period-out-of-range", 0x89, "of Set Power Limit [DCMI §6.6.3]"},
	Word{"asset-tag-binary", 0x80, "of Get Asset Tag [DCMI §6.4.2]"},
	Word{"asset-tag-bcd-plus", 0x81, "of Get Asset Tag [DCMI §6.4.2]"},
	Word{"asset-tag-six-bit", 0x82, "of Get Asset Tag [DCMI §6.4.2]"},
	Word{"asset-tag-no-english", 0x83, "of Get Asset Tag [DCMI §6.4.2]"},
)

func genericCodes() []Word {
	var words []Word
	for _, c := range ipmb.CompletionCodes() {
		words = append(words, Word{c.String(), uint8(c), "generic [IPMI 2.0 §5.2]"})
	}
	return words
}

// String is the first of the code's words.
func (c Code) String() string { return nameOf(Codes, uint8(c)) }
