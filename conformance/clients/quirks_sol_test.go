//go:build clients

package clients

// The consoles of Serial over LAN, with the user and the machine's address, and what ends them.
const (
	solIPMI   = tool3 + "FLAGS sol activate"
	solFreely = "ipmiconsole -u admin -p password -h HOST FLAGS"
	solOpenly = "solterm lan -U admin -P password -A rmcp+ HOST"
	quitTilde = `\r~.`
	quitFree  = "&."
	solPyghmi = "timeout 8 " + debianPython + " TESTDATA/pyghmi_console.py HOST 623 admin password"
	isLinux   = "Linux fakebmc 6.12.0-fake x86_64 GNU/Linux"
	longLine  = "0123456789012345678901234567890123456789012345678901234567890"
)

// onSOL runs a console on a terminal, types a line when it is up, and ends it some time later.
func onSOL(console, quit, line, later string) string {
	return "(sleep 1.5; printf '" + line + `\r'; sleep ` + later + "; printf '" + quit + "') | timeout 10 script -qec '" + console + "' /dev/null | cat"
}

// uname asks the machine behind a console what it is.
func uname(console, quit string) string { return onSOL(console, quit, "uname", "1.2") }

// solMeanwhile runs a console while another command runs.
func solMeanwhile(console, quit, command string) string {
	return "(sleep 3; printf '" + quit + "') | timeout 8 script -qec '" + console + "' /dev/null & sleep 1.5; " + command + "; wait"
}

// overReset types a key and, a good while later, a line after the host was reset; it says how much of its boot log was seen.
func overReset(console, quit, later string) string {
	return "(sleep 1.5; printf '\\r'; sleep " + later + "; printf 'uname\\r'; sleep 1; printf '" + quit + "') | timeout 12 script -qec '" + console +
		"' /dev/null >seen & sleep .7; " + tool3 + "chassis power reset; wait; if grep -q 'Linux version 6.12' seen; then echo from the start; else echo not from the start; fi; cat seen"
}

// solQuirkRuns are the quirks of Serial over LAN.
var solQuirkRuns = []quirkRun{
	{"sol-size-wrong", solFree, "", "-W solpayloadsize", isThere, "BMC Implementation", true},
	{"sol-size-wrong", uname(solOpenly, quitTilde), "", "survives", isLinux, "", false},
	{"sol-size-wrong", solPyghmi, "", "none", isLinux, "RecursionError", false},
	{"sol-size-wrong", uname(solIPMI, quitTilde) + " | tail -1", "", "none", "[terminated ipmitool]", "[SOL Session operational. Use ~? for help]", true},
	{"sol-size-swapped", solFree, "", "-W solpayloadsize", isThere, "BMC Implementation", true},
	{"sol-size-swapped", uname(solOpenly, quitTilde), "", "survives", isLinux, "", false},
	{"sol-size-swapped", solPyghmi, "", "survives", isLinux, "", false},
	{"sol-size-swapped", uname(solIPMI, quitTilde), "", "survives", isLinux, "", false},
	{"sol-size-ffff", solFree, "", "-W solpayloadsize", isThere, "BMC Implementation", true},
	{"sol-size-ffff", uname(solIPMI, quitTilde), "", "survives", isLinux, "", false},
	{"sol-size-ffff", uname(solOpenly, quitTilde), "", "survives", isLinux, "", false},
	{"sol-size-ffff", solPyghmi, "", "survives", isLinux, "", false},
	{"sol-port-swapped", uname(solIPMI, quitTilde), "", "survives", isLinux, "", false},
	{"sol-port-swapped", uname(solFreely, quitFree), "", "survives", isLinux, "", false},
	{"sol-port-swapped", uname(solOpenly, quitTilde), "", "survives", isLinux, "", false},
	{"sol-port-swapped", solPyghmi, "", "survives", isLinux, "", false},
	{"sol-port-other", uname(solIPMI, quitTilde), "", "none", isLinux, "BMC requests SOL session on different port", true},
	{"sol-port-other", uname(solFreely, quitFree), "", "-W solport", isThere, "uname\n&.", true},
	{"sol-port-other", uname(solOpenly, quitTilde), "", "none", isLinux, "SoLDisconnected", true},
	{"sol-port-other", solPyghmi, "", "none", isLinux, "NotImplementedError: Non-standard SOL Port Number", false},
	{"sol-channelsupport-c1", solFree, "", "-W solchannelsupport", isThere, "BMC Error", true},
	{"sol-status-cc", solFree, "", "-W solstatus", isThere, "BMC Error", true},
	{"sol-status-cc", uname(solOpenly, quitTilde), "", "none", isLinux, "Get Payload Activation Status command failed", true},
	{"sol-capacity-0", uname(solFreely, quitFree), "", "survives", isLinux, "", false},
	{"sol-capacity-0", uname(solOpenly, quitTilde), "", "none", isLinux, "BMC can't accept any more SoL sessions", true},
	{"sol-always-active", solFree, "", "none", isThere, "SOL in use", true},
	{"sol-always-active", uname(solIPMI, quitTilde), "", "none", isLinux, "SOL payload already active on another session", true},
	{"sol-always-active", uname(solOpenly, quitTilde), "", "none", isLinux, "Connection state changed: Closed; Reason: IPMI: Unknown:80", true},
	{"sol-deactivated-already", solFree, "", "none", isThere, "SOL in use", true},
	{"sol-deactivated-already", uname(solIPMI, quitTilde), "", "none", isLinux, "SOL payload already active on another session", true},
	{"sol-deactivated-already", uname(solOpenly, quitTilde), "", "none", isLinux, "Connection state changed: Closed; Reason: IPMI: Unknown:80", true},
	{"sol-needs-cts", uname(solIPMI, quitTilde), "", "none", isLinux, "Error activating SOL payload: Invalid data field in request", true},
	{"sol-needs-cts", solFree, "", "none", isThere, "BMC Error", true},
	{"sol-serial-alerts", solFree, "", "-W serialalertsdeferred", isThere, "BMC Error", true},
	{"sol-serial-alerts", uname(solOpenly, quitTilde), "", "none", isLinux, "Reason: IPMI: InvDataFld:cc", true},
	{"sol-ack-zero", solTool, "", "none", "[SOL Session operational", "abcabcabc", true},
	{"sol-ack-zero", uname(solFreely, quitFree) + " | head -30", "", "none", isLinux, isLinux + "\nfakebmc:~# uname\n" + isLinux + "\nfakebmc:~# uname", true},
	{"sol-ack-zero", uname(solOpenly, quitTilde), "", "survives", isLinux, "", false},
	{"sol-ack-zero", solPyghmi, "", "survives", isLinux, "", false},
	{"sol-stuck-seq", onSOL(solFreely+" --retransmission-timeout=30", quitFree, "uname", "4"), "", "-W solpacketseq", isLinux, "excess retransmissions sent", true},
	{"sol-stuck-seq", onSOL(solIPMI, quitTilde, "uname", "3"), "", "survives", isLinux, "", false},
	{"sol-max-chars", onSOL(solIPMI, quitTilde, "echo "+longLine, "1.2"), "", "none", "\n" + longLine + "\n", "6789????????", true},
	{"sol-max-chars", onSOL(solFreely, quitFree, "echo "+longLine, "1.2"), "", "none", "\n" + longLine + "\n", "6789????????", true},
	{"sol-dead-after-reboot", overReset(solIPMI, quitTilde, "1.5"), "", "none", "\nfrom the start", "not from the start", true},
	{"sol-dead-after-reboot", overReset(solFreely, quitFree, "1.5"), "", "none", "\nfrom the start", "not from the start", true},
	{"sol-reboot-gap", overReset(solIPMI, quitTilde, "6"), "", "none", "\nfrom the start", "not from the start\n", true},
	{"sol-reboot-gap", overReset(solFreely, quitFree, "6"), "", "none", "\nfrom the start", "not from the start\n", true},
	{"sol-steal-silent", solMeanwhile(solFreely, quitFree, tool3+"sol deactivate"), "", "none", "[SOL session stolen]", isThere + "\n\n[closing the connection]", true},
	{"sol-steal-silent", solMeanwhile(solIPMI, quitTilde, tool3+"sol deactivate"), "", "survives", "SOL session closed by BMC", "", false},
	{"sol-steal-silent", debianPython + " TESTDATA/pyghmi_watch.py HOST 3 & sleep 1.5; " + tool3 + "sol deactivate; wait", "", "survives", "connected: True", "", false},
	{"sol-deactivate-wrong-payload", solMeanwhile(solFreely, quitFree, tool3+"sol deactivate"), "", "none", "[SOL session stolen]", isThere + "\n\n[closing the connection]", true},
	{"sol-deactivate-wrong-payload", solMeanwhile(solIPMI, quitTilde, tool3+"sol deactivate"), "", "survives", "SOL session closed by BMC", "", false},
	{"sol-deactivate-wrong-payload", debianPython + " TESTDATA/pyghmi_watch.py HOST 3 & sleep 1.5; " + tool3 + "sol deactivate; wait", "", "survives", "connected: True", "", false},
	{"sol-instances-coupled", solMeanwhile(solIPMI, quitTilde, tool3+"sol deactivate instance=2"), "", "none", "Error de-activating SOL payload: Parameter out of range", "SOL session closed by BMC", true},
	{"sol-admin-only", uname("ipmitool -I lanplus"+toolUser+" -C 3 FLAGS sol activate", quitTilde), "-L OPERATOR", "-L ADMINISTRATOR", isLinux, "Error activating SOL payload: Insufficient privilege level", true},
	{"sol-admin-only", solFree, "-l OPERATOR", "-l ADMIN", isThere, "privilege level insufficient", true},
	{"sol-ignores-config", tool3 + "sol set enabled false 1; " + tool3 + "sol info 1; " + uname(solIPMI, quitTilde), "", "none", "Info: SOL payload disabled", isLinux, true},
	{"sol-ignores-config", commit(coreConf, "SOL_Conf", `Enable_SOL No\n`) + "; " + solFree, "", "none", "SOL unavailable", isThere, true},
	{"sol-channel-wrong", checkout(coreConf+" FLAGS", "SOL_Conf", "SOL_Retry_Count"), "", "-W solchannelassumelanchannel", "SOL_Retry_Count 7", "", false},
	{"sol-channel-wrong", tool3 + "sol info 1", "", "none", "Payload Channel : 1 (0x01)", "Payload Channel : 5 (0x05)", true},
	{"sol-config-volatile", tool3 + "sol set retry-count 3 1; " + reset + "; " + tool3 + "sol info 1", "", "none", "Retry Count : 3", "Retry Count : 7", true},
	{"sol-config-volatile", commit(coreConf, "SOL_Conf", `SOL_Retry_Count 3\n`) + "; " + device + " --cold-reset; sleep 3; " + checkout(coreConf, "SOL_Conf", "SOL_Retry_C"), "", "none", "SOL_Retry_Count 3", "SOL_Retry_Count 7", true},
}
