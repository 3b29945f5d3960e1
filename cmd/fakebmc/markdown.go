package main

import (
	"fmt"
	"io"
	"strings"
)

// chapter is a part of a specification that has commands.
type chapter struct{ number, title string }

// chapters are those of the command table's sections, in the order of the README. [IPMI 2.0 contents] [DCMI §6]
var chapters = []chapter{
	{"20", "IPM Device \"Global\" Commands"},
	{"21", "Firmware Firewall and Command Discovery"},
	{"22", "IPMI Messaging Support"},
	{"23", "LAN"},
	{"24", "RMCP+ Support and Payloads"},
	{"25", "Serial/Modem"},
	{"26", "Serial Over LAN"},
	{"27", "BMC Watchdog Timer"},
	{"28", "Chassis"},
	{"29", "Event"},
	{"30", "PEF and Alerting"},
	{"31", "System Event Log"},
	{"33", "SDR Repository"},
	{"34", "FRU Inventory Device"},
	{"35", "Sensor Device"},
	{"35b", "Command Forwarding"},
	{"ICMB", "Bridge Management (ICMB)"},
	{"DCMI", "Data Center Manageability Interface"},
	{"OEM", "Vendors' own, of machines that have them"},
}

// chapterOf is the number of a section's chapter: "22.13" is in "22", "DCMI 6.6.1" in "DCMI".
func chapterOf(section string) string {
	number, _, _ := strings.Cut(section, ".")
	number, _, _ = strings.Cut(number, " ")
	return number
}

// writeMarkdown writes the README's tables: how much of each chapter is answered, and each command.
func writeMarkdown(w io.Writer, list []commandInfo) error {
	var b strings.Builder
	b.WriteString("| Chapter | | Answered | Commands |\n|---|---|---:|---:|\n")
	for _, c := range chapters {
		done, all := 0, 0
		for _, i := range list {
			if chapterOf(i.Section) == c.number {
				all++
				if i.Done {
					done++
				}
			}
		}
		if all > 0 {
			fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", c.number, c.title, done, all)
		}
	}
	fmt.Fprintf(&b, "| | all | %d | %d |\n\n", len(list)-len(missing(list)), len(list))
	b.WriteString("<details>\n<summary>Every command</summary>\n\n")
	b.WriteString("| Command | NetFn/Cmd | Section | Privilege | Where from | Answered |\n|---|---|---|---|---|---|\n")
	for _, i := range list {
		mark := "no"
		if i.Done {
			mark = "**yes**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", i.Name, i.op, i.Section, i.Privilege, i.Reach, mark)
	}
	b.WriteString("\n</details>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
