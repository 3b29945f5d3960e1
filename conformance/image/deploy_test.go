//go:build image

package image

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// manifest is what the test uses of the Kubernetes recipe's three objects. That there are no other keys than
// Kubernetes's own is for conformance/recipes to prove.
type manifest struct {
	Kind string
	Data map[string]string
	Spec struct {
		Ports []struct {
			Name       string
			Port       int
			TargetPort string `yaml:"targetPort"`
			Protocol   string
		}
		Template struct {
			Spec struct {
				Containers []struct {
					Image string
					Args  []string
					Ports []struct {
						Name          string
						ContainerPort int `yaml:"containerPort"`
						Protocol      string
					}
					StartupProbe, ReadinessProbe, LivenessProbe struct {
						HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
					}
					VolumeMounts []struct {
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
			}
		}
	}
}

// The pod's container, run as the manifest says on an engine that gives nobody low ports, is ready for its probes and
// answers at the ports that the service leads to.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	var configMap, deployment, service manifest
	for i, document := range strings.Split(recipe(t, "yaml", "fakebmc.yaml"), "\n---\n") {
		decodeLoose(t, document, []*manifest{&configMap, &deployment, &service}[i])
	}
	pod := deployment.Spec.Template.Spec.Containers[0]
	dir := filepath.Dir(write(t, "machine.yaml", configMap.Data["machine.yaml"]))
	c := startWith(t, []string{"--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m",
		"--sysctl", "net.ipv4.ip_unprivileged_port_start=1024",
		// What Kubernetes puts into a container beside a service of this name.
		"-e", "FAKEBMC_SERVICE_HOST=10.0.0.1", "-e", "FAKEBMC_SERVICE_PORT=623", "-e", "FAKEBMC_SERVICE_PORT_IPMI=623",
		"-e", "FAKEBMC_PORT=udp://10.0.0.1:623", "-e", "FAKEBMC_PORT_623_UDP_ADDR=10.0.0.1",
		"-v", dir + ":" + pod.VolumeMounts[0].MountPath + ":ro"}, pod.Args...)
	c.healthy(t)
	ports := make(map[string]int)
	for _, p := range pod.Ports {
		ports[p.Name] = p.ContainerPort
	}
	if ports["http"] != 8623 {
		t.Errorf("the pod's HTTP port is %d, and the image's 8623", ports["http"])
	}
	for _, path := range []string{"/readyz", "/healthz"} {
		get(t, c, path)
	}
	for _, p := range service.Spec.Ports {
		if ports[p.TargetPort] == 0 {
			t.Errorf("the service's port %s leads to %s, which the pod has not: %v", p.Name, p.TargetPort, ports)
		}
	}
	out := client(t, "container:"+c.id, "ipmitool -I lanplus -H 127.0.0.1 -p "+strconv.Itoa(ports["ipmi"])+" -U admin -P password mc info")
	if want := "Firmware Revision         : 2.15"; !strings.Contains(out, want) {
		t.Errorf("mc info prints %q, want %q in it", out, want)
	}
}

// systemd finds nothing wrong with the unit, and its one capability is enough for port 623 and nobody's user.
func TestSystemd(t *testing.T) {
	t.Parallel()
	const installed = "/usr/local/bin/fakebmc"
	unit := recipe(t, "ini", "/etc/systemd/system/fakebmc.service")
	binary := filepath.Join(filepath.Dir(write(t, "x", "")), "fakebmc")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/fakebmc")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if _, err := execute(cmd); err != nil {
		t.Fatal(err)
	}
	file := write(t, "fakebmc.service", strings.ReplaceAll(unit, installed, binary))
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", file).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}

	_, line, _ := strings.Cut(unit, "ExecStart="+installed+" ")
	line, _, _ = strings.Cut(line, "\n")
	args := strings.Fields(strings.NewReplacer(":623", "127.6.23.1:623", "127.0.0.1:8623", "127.6.23.1:8623").Replace(line))
	_, capability, _ := strings.Cut(unit, "AmbientCapabilities=CAP_")
	capability, _, _ = strings.Cut(strings.ToLower(capability), "\n")
	nobody := []string{"--reuid", "65532", "--regid", "65532", "--clear-groups", "--no-new-privs"}

	without := exec.Command("setpriv", append(append(nobody, "--bounding-set", "-all", binary), args...)...)
	if out, err := without.CombinedOutput(); err == nil || !strings.Contains(string(out), "NET_BIND_SERVICE") {
		t.Errorf("without the capability: %v\n%s", err, out)
	}

	var log bytes.Buffer
	with := exec.Command("setpriv", append(append(nobody, "--bounding-set", "-all,+"+capability, "--inh-caps", "+"+capability,
		"--ambient-caps", "+"+capability, binary), args...)...)
	with.Stderr = &log
	if err := with.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		with.Process.Signal(os.Interrupt)
		if err := with.Wait(); err != nil {
			t.Errorf("%v\n%s", err, log.String())
		}
	}()
	eventually(t, func() error {
		_, err := execute(exec.Command(binary, "healthcheck", "--http", "127.6.23.1:8623"))
		return err
	})
	run(t, []string{"Chassis Power is on"}, "ipmitool", "-I", "lanplus", "-H", "127.6.23.1", "-U", "admin", "-P", "password", "power", "status")
}
