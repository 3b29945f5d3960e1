//go:build clients

package clients

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// programs are the clients by the name under which they are run; .ci/packages knows the packages that bring them.
var programs = []string{
	"ipmitool",
	"bmc-info", "bmc-device", "bmc-config", "ipmi-raw", "ipmiping", "rmcpping", "ipmidetect", "ipmidetectd",
	"ipmi-sensors", "ipmi-sel", "ipmi-fru", "ipmi-chassis", "ipmi-config", "ipmi-dcmi", "ipmi-pet", "ipmipower", "ipmiseld",
	"ipmiutil",
	"stdbuf",
	"openipmicmd", "openipmish", "rmcp_ping", "solterm", "ipmiconsole", "script",
	"nmap", "prometheus-ipmi-exporter",
	"/usr/bin/python3",
}

// fakebmc and goipmi are the paths of what TestMain built: the daemon, and the program around go-ipmi's client.
var fakebmc, goipmi string

func TestMain(m *testing.M) {
	code, err := prepareAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client suites:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// prepareAndRun checks that the suites can run here, builds the programs once, and runs the tests.
func prepareAndRun(m *testing.M) (int, error) {
	// FreeIPMI's and other tools live in sbin, which is not on every PATH.
	if err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin"); err != nil {
		return 0, err
	}
	if err := findPrograms(programs); err != nil {
		return 0, err
	}
	if err := openPort(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "fakebmc-clients-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	// make clients names the binary that it has built; a plain go test builds it here.
	if fakebmc = os.Getenv("CONFORMANCE_BINARY"); fakebmc == "" {
		fakebmc = filepath.Join(dir, "fakebmc")
		if err := build("../..", fakebmc, "./cmd/fakebmc"); err != nil {
			return 0, err
		}
	}
	goipmi = filepath.Join(dir, "goipmi")
	if err := build("../goipmi", goipmi, "."); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// findPrograms reports every program that is not here.
func findPrograms(programs []string) error {
	var missing []string
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("no %s here: run \"make packages\" as root", strings.Join(missing, ", "))
	}
	return nil
}

// openPort makes sure that the daemons may have port 623, to which ipmiping, rmcpping, ipmidetectd and ipmiutil are
// bound.
func openPort() error {
	conn, err := net.ListenPacket("udp4", net.JoinHostPort(nextAddress(), port))
	if err != nil {
		return fmt.Errorf("%w: several clients speak to port 623 only; run as root, or allow it with "+
			"\"sysctl net.ipv4.ip_unprivileged_port_start=623\"", err)
	}
	return conn.Close()
}

// build compiles one command of the module in dir.
func build(dir, output, pkg string) error {
	cmd := exec.Command("go", "build", "-o", output, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
