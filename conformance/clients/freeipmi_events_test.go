//go:build clients

package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// trap is what an SNMPv1 trap has that is needed to decode a Platform Event Trap. [IPMI 2.0 §17.16]
type trap struct {
	community, enterprise string
	generic, specific     int
	value                 []byte // of the variable binding
}

// parseTrap reads a datagram by the rules of ASN.1.
func parseTrap(b []byte) (trap, error) {
	var message struct {
		Version   int
		Community []byte
		PDU       asn1.RawValue
	}
	if rest, err := asn1.Unmarshal(b, &message); err != nil || len(rest) > 0 || message.PDU.Tag != 4 {
		return trap{}, fmt.Errorf("not a trap: %x: %w", b, err)
	}
	var enterprise asn1.ObjectIdentifier
	var agent, uptime asn1.RawValue
	var bindings []struct {
		Name  asn1.ObjectIdentifier
		Value []byte
	}
	t := trap{community: string(message.Community)}
	b = message.PDU.Bytes
	var err error
	for _, field := range []any{&enterprise, &agent, &t.generic, &t.specific, &uptime, &bindings} {
		if b, err = asn1.Unmarshal(b, field); err != nil {
			return trap{}, err
		}
	}
	if len(bindings) != 1 {
		return trap{}, fmt.Errorf("%d variable bindings, want 1", len(bindings))
	}
	t.enterprise, t.value = enterprise.String(), bindings[0].Value
	return t, nil
}

// A machine sends a Platform Event Trap, which ipmi-pet decodes; it comes again every two seconds, until ipmi-pet acknowledges
// it. [IPMI 2.0 §17.16, §30.8]
func TestFreeIPMIPET(t *testing.T) {
	t.Parallel()
	listener, err := net.ListenPacket("udp4", net.JoinHostPort(nextAddress(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	to := listener.LocalAddr().(*net.UDPAddr)
	f := free{machine: start(t, profile(t, fmt.Sprintf("profile: alerting\nextends: generic\npef: {trap_port: %d}\n", to.Port))), driver: "LAN_2_0", cache: t.TempDir()}
	const destination = " -e Lan_Alert_Destination_1:"
	f.run(t, "ipmi-pef-config --commit"+destination+"Alert_IP_Address="+to.IP.String()+destination+"Alert_Acknowledge=Yes"+
		destination+"Alert_Acknowledge_Timeout=1"+destination+"Alert_Retries=7").ok(t)
	f.run(t, "ipmi-sensors-config --commit -e 1_Inlet_Temp:Upper_Critical_Threshold=20").ok(t)

	first, sent := receive(t, listener)
	if first.community != "public" || first.enterprise != "1.3.6.1.4.1.3183.1.1" || first.generic != 6 || first.specific != 0x010109 {
		t.Fatalf("the trap is %+v, want one of an upper critical temperature", first)
	}
	bytesOf := fmt.Sprintf("0x%06x", first.specific)
	for _, b := range first.value {
		bytesOf += fmt.Sprintf(" %02x", b)
	}
	file := filepath.Join(t.TempDir(), "trap")
	if err := os.WriteFile(file, []byte(bytesOf+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const event = "Upper Critical - going high | Sensor Reading = 24.00 C | Threshold = 20.00 C"
	f.runAll(t, []line{
		{"ipmi-pet " + bytesOf, 0, []string{"| Inlet Temp | Temperature | " + event}},
		{"ipmi-pet --file=" + file, 0, []string{"| Inlet Temp | Temperature | " + event}},
		{"ipmi-pet -v --output-event-severity --output-event-state --interpret-oem-data " + bytesOf, 0, []string{
			"| Inlet Temp | Temperature | Critical condition | Critical | Assertion Event | " + event}},
		{"ipmi-pet -vv --comma-separated-output --no-header-output " + bytesOf, 0, []string{ // the GUID in the order of the wire
			",01000000-0002-0080-ee11-0000c0b34efa,Example Enterprise Number for Documentation Use,1571,Critical condition,Assertion Event,"}},
	})
	if _, again := receive(t, listener); !bytes.Equal(again, sent) {
		t.Errorf("the trap that is sent again is another one: %x, want %x", again, sent)
	}
	f.run(t, "ipmi-pet --pet-acknowledge "+bytesOf).ok(t)
	quiet(t, listener)
}

// receive waits for a trap.
func receive(t *testing.T, listener net.PacketConn) (trap, []byte) {
	t.Helper()
	b := make([]byte, 2048)
	if err := listener.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	n, _, err := listener.ReadFrom(b)
	if err != nil {
		t.Fatalf("no trap comes: %v", err)
	}
	p, err := parseTrap(b[:n])
	if err != nil {
		t.Fatal(err)
	}
	return p, b[:n]
}

// quiet fails the test if more traps come than those that are here already.
func quiet(t *testing.T, listener net.PacketConn) {
	t.Helper()
	for traps(t, listener, 100*time.Millisecond) {
	}
	if traps(t, listener, 5*time.Second/2) {
		t.Error("a trap comes after the alert was acknowledged")
	}
}

// traps tells whether a trap comes within some time.
func traps(t *testing.T, listener net.PacketConn, within time.Duration) bool {
	t.Helper()
	if err := listener.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	_, _, err := listener.ReadFrom(make([]byte, 2048))
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return err == nil
}

// ipmiseld prints the log by a configuration file, and then what comes, as it writes it to the system's log when it is a
// daemon.
func TestFreeIPMISELDaemon(t *testing.T) {
	overBoth(t, "generic", func(t *testing.T, f free) {
		dir := t.TempDir()
		conf := filepath.Join(dir, "ipmiseld.conf")
		text := fmt.Sprintf("driver-type %s\nhostname %s\nusername admin\npassword password\ncache-directory %s\npoll-interval 1\n"+
			"system-event-format %%s;%%T;%%E\n", f.driver, f.addr, dir)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		log := run(t, "ipmiseld", "--config-file="+conf, "--test-run")
		log.rows(t, 8)
		log.ok(t, "SEL;Event Logging Disabled;Log Area Reset/Cleared\n", "PSU2 Status;Power Supply;Power Supply input lost (AC/DC)\n",
			"Inlet Temp;Temperature;Upper Non-critical - going high ; Sensor Reading = 43.00 C ; Threshold = 42.00 C\n")

		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		cmd := exec.CommandContext(ctx, "stdbuf", "-oL", "ipmiseld", "--config-file="+conf, "--foreground")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// It has looked at the log for the first time when it has noted down where it is. All that is in it then is old.
		for begun := false; !begun && ctx.Err() == nil; {
			f.run(t, "ipmi-sel --info")
			_, err := os.Stat(filepath.Join(dir, "ipmiselddata."+f.addr))
			begun = err == nil
		}
		f.run(t, "ipmi-sensors-config --commit -e 1_Inlet_Temp:Upper_Critical_Threshold=20").ok(t)
		line, err := bufio.NewReader(out).ReadString('\n')
		if want := "Inlet Temp;Temperature;Upper Critical - going high ; Sensor Reading = 24.00 C ; Threshold = 20.00 C\n"; err != nil || line != want {
			t.Errorf("ipmiseld prints %q, %v; want %q", line, err, want)
		}
		cancel()
		_ = cmd.Wait() // killed, on purpose
	})
}
