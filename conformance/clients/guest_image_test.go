//go:build clients && qemu && amd64

package clients

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The virtual machine boots this computer's own kernel, with the modules and programs that the suites need and nothing
// else.
var (
	guestModules = []string{
		"ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_ssif", "ipmi_watchdog", "ipmi_poweroff",
		"i2c-smbus", "i2c-i801", "evdev", "button",
	}
	guestPrograms = []string{"ipmitool", "bmc-info", "bmc-watchdog"}
)

// guestImage is what a virtual machine boots.
type guestImage struct{ kernel, initrd string }

// image makes it, once.
var image = sync.OnceValues(func() (guestImage, error) {
	if err := findPrograms(append([]string{"qemu-system-x86_64", "busybox", "cpio", "xz"}, guestPrograms...)); err != nil {
		return guestImage{}, err
	}
	dir := filepath.Dir(goipmi) // which TestMain removes
	release, kernel, err := findKernel()
	if err != nil {
		return guestImage{}, err
	}
	img := guestImage{kernel: kernel, initrd: filepath.Join(dir, "initrd")}
	if path := filepath.Join(dir, "vmlinux"); unpackKernel(kernel, path) == nil {
		img.kernel = path
	}
	return img, packInitrd(img.initrd, release, dir)
})

// findKernel finds the newest kernel that has its modules here.
func findKernel() (release, path string, err error) {
	found, _ := filepath.Glob("/boot/vmlinuz-*")
	slices.Sort(found)
	for _, path := range slices.Backward(found) {
		_, release, _ := strings.Cut(path, "vmlinuz-")
		if _, err := moduleFile(release, "ipmi_si"); err == nil {
			return release, path, nil
		}
	}
	return "", "", fmt.Errorf("no kernel with IPMI modules in /boot and /lib/modules: run \"make packages\" as root")
}

// unpackKernel takes the ELF image out of a kernel that is compressed with xz, as Debian's is: it starts twice as fast,
// because no emulated processor has to unpack it.
func unpackKernel(path, to string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	at := bytes.Index(b, []byte("\xfd7zXZ\x00"))
	if at < 0 {
		return fmt.Errorf("%s is not compressed with xz", path)
	}
	cmd := exec.Command("xz", "-dc", "--single-stream")
	cmd.Stdin = bytes.NewReader(b[at:])
	elf, _ := cmd.Output() // what follows the stream is an error to xz
	if !bytes.HasPrefix(elf, []byte("\x7fELF")) {
		return fmt.Errorf("%s holds no ELF image", path)
	}
	return os.WriteFile(to, elf, 0o600)
}

// moduleFile finds a module of a kernel.
func moduleFile(release, name string) (string, error) {
	var found string
	err := filepath.WalkDir(filepath.Join("/lib/modules", release, "kernel/drivers"), func(path string, _ os.DirEntry, err error) error {
		if base, _, _ := strings.Cut(filepath.Base(path), ".ko"); err == nil && base == name {
			found = path
			return filepath.SkipAll
		}
		return err
	})
	if err == nil && found == "" {
		err = fmt.Errorf("no module %s of %s here", name, release)
	}
	return found, err
}

// packInitrd makes an initial file system of the guest's init, busybox, programs with their libraries, and modules.
func packInitrd(to, release, dir string) error {
	root := filepath.Join(dir, "root")
	for _, d := range []string{"bin", "dev", "proc", "sys", "tmp", "modules"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			return err
		}
	}
	guest := exec.Command("go", "build", "-o", filepath.Join(root, "init"), "./guest")
	guest.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := guest.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./guest: %w\n%s", err, out)
	}
	if err := os.Symlink("/init", filepath.Join(root, "bin/guest")); err != nil {
		return err
	}
	for _, name := range append([]string{"busybox"}, guestPrograms...) {
		if err := copyProgram(root, name); err != nil {
			return err
		}
	}
	if err := linkApplets(filepath.Join(root, "bin")); err != nil {
		return err
	}
	for _, name := range guestModules {
		if err := copyModule(root, release, name); err != nil {
			return err
		}
	}
	pack := exec.Command("sh", "-c", "find . | cpio -o -H newc --quiet >"+to)
	pack.Dir = root
	if out, err := pack.CombinedOutput(); err != nil {
		return fmt.Errorf("cpio: %w\n%s", err, out)
	}
	return nil
}

// copyProgram copies a program and the libraries that ldd lists.
func copyProgram(root, name string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return err
	}
	if err := copyFile(path, filepath.Join(root, "bin", name)); err != nil {
		return err
	}
	libraries, err := exec.Command("ldd", path).Output()
	if err != nil {
		return nil // a static program has none
	}
	for _, word := range strings.Fields(string(libraries)) {
		if strings.HasPrefix(word, "/") {
			if err := copyFile(word, filepath.Join(root, word)); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkApplets gives busybox's commands their names.
func linkApplets(bin string) error {
	names, err := exec.Command("busybox", "--list").Output()
	if err != nil {
		return err
	}
	for _, name := range strings.Fields(string(names)) {
		if err := os.Symlink("busybox", filepath.Join(bin, name)); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}

// copyModule copies a module, unpacked.
func copyModule(root, release, name string) error {
	path, err := moduleFile(release, name)
	if err != nil {
		return err
	}
	to := filepath.Join(root, "modules", name+".ko")
	if !strings.HasSuffix(path, ".xz") {
		return copyFile(path, to)
	}
	b, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// guestFiles is the image, or the end of the test.
func guestFiles(t *testing.T) guestImage {
	t.Helper()
	img, err := image()
	if err != nil {
		t.Fatal(err)
	}
	return img
}
