//go:build clients && qemu && amd64

package clients

import (
	"bufio"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// bootLimit is how long the virtual machine may take to boot: seconds, on a busy computer without KVM many of them.
const bootLimit = 90 * time.Second

// guest is a virtual machine whose BMC is a machine.
type guest struct {
	bmc    *machine
	line   net.Conn // the second serial port, on which it obeys
	in     *bufio.Reader
	exited chan error // one value: QEMU's end
}

// bootGuest boots a virtual machine with a system interface, as QEMU's arguments describe it, and a machine behind it.
// Serial over LAN is its console.
func bootGuest(t *testing.T, args ...string) *guest {
	t.Helper()
	return boot(t, "reconnect=1", "", args)
}

// bootGuestThatListens does the same with a QEMU that the machine connects to.
func bootGuestThatListens(t *testing.T, args ...string) *guest {
	t.Helper()
	return boot(t, "server=on,wait=off", "connect:", args)
}

// boot boots a virtual machine. Link is how its end of the system interface comes to be, and mode what the machine makes
// of its address.
func boot(t *testing.T, link, mode string, args []string) *guest {
	t.Helper()
	img, dir := guestFiles(t), t.TempDir()
	socket := func(name string) string { return filepath.Join(dir, name) }
	all := append([]string{
		"-m", "192", "-display", "none", "-nodefaults", "-kernel", img.kernel, "-initrd", img.initrd,
		"-append", "console=ttyS0 panic=-1 tsc=unstable random.trust_cpu=on",
		"-chardev", "socket,id=console,server=on,wait=off,path=" + socket("console"), "-serial", "chardev:console",
		"-chardev", "socket,id=line,server=on,wait=off,path=" + socket("line"), "-serial", "chardev:line",
		"-chardev", "socket,id=bmc," + link + ",path=" + socket("bmc"), "-device", "ipmi-bmc-extern,id=bmc0,chardev=bmc",
	}, args...)
	cmd := exec.Command("qemu-system-x86_64", all...)
	said := new(strings.Builder)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g := &guest{exited: make(chan error, 1)}
	go func() { g.exited <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended, as some tests want
		<-g.exited
		if t.Failed() {
			t.Logf("QEMU says:\n%s", said)
		}
	})
	g.line = g.dial(t, socket("line"))
	g.in = bufio.NewReader(g.line)
	g.bmc = start(t, "generic", "--system-interface", mode+"unix:"+socket("bmc"), "--sol", "unix:"+socket("console"))
	g.booted(t)
	return g
}

// dial connects to a socket of QEMU as soon as it is there.
func (g *guest) dial(t *testing.T, path string) net.Conn {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		conn, err := net.Dial("unix", path)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			return conn
		}
		select {
		case err := <-g.exited:
			g.exited <- err
			t.Fatalf("QEMU ended at once: %v", err)
		default:
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// booted waits until the guest says that it obeys.
func (g *guest) booted(t *testing.T) {
	t.Helper()
	began := time.Now()
	if r := g.hear(t, "boot", bootLimit); !strings.HasSuffix(r.out, "ready") {
		t.Fatalf("the guest says %q instead of being ready", r.out)
	}
	t.Logf("booted in %v", time.Since(began).Round(100*time.Millisecond))
}

// run runs a shell command in the guest.
func (g *guest) run(t *testing.T, command string) result {
	t.Helper()
	if _, err := g.line.Write([]byte(command + "\n")); err != nil {
		t.Fatal(err)
	}
	return g.hear(t, command, limit)
}

// hear waits for what the guest says of a command.
func (g *guest) hear(t *testing.T, command string, limit time.Duration) result {
	t.Helper()
	if err := g.line.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	out, err := g.in.ReadString(0)
	if err != nil {
		t.Fatalf("guest: %s: %v after %q", command, err, out)
	}
	status, err := g.in.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	code, err := strconv.Atoi(strings.TrimSpace(status))
	if err != nil {
		t.Fatalf("guest: %s: %v", command, err)
	}
	return result{command: "guest: " + command, out: strings.TrimSuffix(out, "\x00"), code: code}
}

// load loads modules with their parameters.
func (g *guest) load(t *testing.T, modules ...string) {
	t.Helper()
	for _, m := range modules {
		name, parameters, _ := strings.Cut(m, " ")
		g.run(t, "insmod /modules/"+name+".ko "+parameters).ok(t)
	}
}

// driven waits for the driver's device, looks at what the drivers say, and that they find nothing wrong with the
// interrupts.
func (g *guest) driven(t *testing.T, texts ...string) {
	t.Helper()
	g.run(t, "for i in $(seq 200); do [ -e /dev/ipmi0 ] && break; sleep 0.1; done; ls /dev/ipmi0").ok(t)
	r := g.run(t, "dmesg | grep -i ipmi")
	r.ok(t, texts...)
	r.without(t, "needs to be fixed", "timed out")
}

// start starts one of the guest program's subcommands in the background, and waits until it is ready.
func (g *guest) start(t *testing.T, name string) {
	t.Helper()
	g.run(t, "guest "+name+" >/tmp/"+name+" 2>&1 &").ok(t)
	g.says(t, name, "waiting\n")
}

// says waits for what a subcommand prints.
func (g *guest) says(t *testing.T, name string, texts ...string) {
	t.Helper()
	file := "/tmp/" + name
	g.run(t, "for i in $(seq 200); do grep -q '"+strings.TrimSpace(texts[0])+"' "+file+" && break; sleep 0.1; done; cat "+file).ok(t, texts...)
}

// ended waits for QEMU's end.
func (g *guest) ended(t *testing.T) {
	t.Helper()
	select {
	case err := <-g.exited:
		g.exited <- err
		if err != nil {
			t.Errorf("QEMU ended with %v", err)
		}
	case <-time.After(limit):
		t.Fatal("QEMU does not end")
	}
}

// ipmitool is ipmitool's answer from the LAN.
func (g *guest) ipmitool(t *testing.T, args ...string) result {
	t.Helper()
	return g.bmc.ipmitool(t, lanplus, args...)
}

// wantPower waits until the LAN says that the power is on or off.
func (g *guest) wantPower(t *testing.T, state string) {
	t.Helper()
	var r result
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(100 * time.Millisecond) {
		if r = g.ipmitool(t, "chassis", "power", "status"); strings.Contains(r.out, "Chassis Power is "+state) {
			return
		}
	}
	t.Fatalf("power is not %s: %s", state, r.out)
}
