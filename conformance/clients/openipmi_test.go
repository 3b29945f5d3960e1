//go:build clients

package clients

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// openipmicmd sends Get Device ID on the way given.
func (m *machine) openipmicmd(t *testing.T, way ...string) result {
	t.Helper()
	args := append([]string{"-k", "0f 00 06 01", "lan"}, way...)
	return run(t, "openipmicmd", append(args, m.addr)...)
}

func TestOpenIPMILogsIn(t *testing.T) {
	t.Parallel()
	const answer = "0f 07 00 01 00 20 01 01 00 02 bf d9 7e 00 ad 0b 00 00 00 00"
	m := start(t, profile(t, open))
	// With RAKP-HMAC-MD5, OpenIPMI derives K1 and K2 its own way, and fails wherever they are used (7, 8, 12); it has
	// no RAKP-HMAC-SHA256 and no xRC4.
	for name, way := range map[string][]string{
		"v1.5 none":       {"-A", "none"},
		"v1.5 password":   {"-A", "straight"},
		"v1.5 MD2":        {"-A", "md2"},
		"v1.5 MD5":        {"-A", "md5"},
		"v2.0, choice":    {"-A", "rmcp+"},
		"v2.0, the BMC's": {"-A", "rmcp+", "-Ra", "bmcpick", "-Ri", "bmcpick", "-Rc", "bmcpick"},
		"v2.0 suite 0":    {"-A", "rmcp+", "-Ra", "rakp_none", "-Ri", "none", "-Rc", "bmcpick"},
		"v2.0 suite 1":    {"-A", "rmcp+", "-Ra", "rakp_hmac_sha1", "-Ri", "none", "-Rc", "bmcpick"},
		"v2.0 suite 3":    {"-A", "rmcp+", "-Ra", "rakp_hmac_sha1", "-Ri", "hmac_sha1", "-Rc", "aes_cbc_128"},
		"v2.0 suite 6":    {"-A", "rmcp+", "-Ra", "rakp_hmac_md5", "-Ri", "none", "-Rc", "bmcpick"},
		"v2.0 suite 11":   {"-A", "rmcp+", "-Ra", "rakp_hmac_md5", "-Ri", "md5", "-Rc", "bmcpick"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.openipmicmd(t, append([]string{"-U", "admin", "-P", "password"}, way...)...).ok(t, answer)
		})
	}
	t.Run("anonymous", func(t *testing.T) {
		t.Parallel()
		m.openipmicmd(t, "-A", "none").ok(t, answer)
		m.openipmicmd(t, "-A", "rmcp+").ok(t, answer)
	})
}

// OpenIPMI prints the status of Open Session or RAKP as an error number, 0200_00xxh. [IPMI 2.0 §13.24]
func TestOpenIPMIIsRefused(t *testing.T) {
	t.Parallel()
	generic, kg := start(t, "generic"), start(t, profile(t, strict))
	for _, c := range []struct {
		name string
		m    *machine
		way  []string
		text string
	}{
		{"0Dh, name unknown", generic, []string{"-A", "rmcp+", "-U", "nobody", "-P", "password"}, "200000d"},
		{"0Dh, null name", generic, []string{"-A", "rmcp+"}, "200000d"},
		{"wrong password", generic, []string{"-A", "rmcp+", "-U", "admin", "-P", "Password"}, "Unable to setup connection"},
		{"11h, suite not offered", kg, []string{"-A", "rmcp+", "-Ra", "rakp_hmac_md5", "-Ri", "hmac_md5", "-U", "admin", "-P", "password", "-Rk", key}, "2000011"},
		{"wrong KG", kg, []string{"-A", "rmcp+", "-U", "admin", "-P", "password", "-Rk", "not the key"}, "Unable to setup connection"},
		{"v1.5 81h, name unknown", generic, []string{"-A", "md5", "-U", "nobody", "-P", "password"}, "1000081"},
		{"v1.5 wrong password", generic, []string{"-A", "md5", "-U", "admin", "-P", "Password"}, "10000c3"}, // no answer
		{"v1.5 type not offered", kg, []string{"-A", "straight", "-U", "admin", "-P", "password"}, "Requested authentication not supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.m.openipmicmd(t, c.way...).refused(t, c.text)
		})
	}
}

func TestOpenIPMIPing(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	run(t, "rmcp_ping", "-t", "1", m.addr).ok(t, m.addr+" IPMI")
}

// openipmish opens a domain, lists its controllers and reads one, as an operator at its prompt would.
func TestOpenIPMIShell(t *testing.T) {
	t.Parallel()
	m := start(t, "generic")
	for name, auth := range map[string]string{"v1.5": "md5", "v2.0": "rmcp+"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			talk(t, []step{
				{"domain open bmc -noall lan -U admin -P password -A " + auth + " " + m.addr, "Domain fully up"},
				{"mc list bmc", "Name: bmc(0.20)"},
				{"mc info bmc(0.20)", "manufacturer_id: 0x7ed9"},
				{"exit", "Exiting ipmish"},
			})
		})
	}
}

// step is a line to type, and the text to wait for before the next one is typed.
type step struct{ line, until string }

// talk has a conversation with openipmish, which must not be fed faster than it works, and returns what it said.
func talk(t *testing.T, steps []step) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "openipmish")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TERM=dumb"}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var heard strings.Builder
	scan := bufio.NewScanner(out)
	for _, s := range steps {
		if _, err := io.WriteString(in, s.line+"\n"); err != nil {
			t.Fatalf("openipmish is gone: %v\n%s", err, heard.String())
		}
		found := false
		for !found && scan.Scan() {
			heard.WriteString(scan.Text() + "\n")
			found = strings.Contains(squeeze(scan.Text()), s.until)
		}
		if !found {
			t.Errorf("openipmish does not print %q after %q:\n%s", s.until, s.line, heard.String())
			cancel()
			break
		}
	}
	if err := cmd.Wait(); err != nil && !t.Failed() {
		t.Errorf("openipmish: %v\n%s", err, heard.String())
	}
	return squeeze(heard.String())
}
