//go:build image

package image

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// recipe is the README's block that begins with a comment: the name of the file that it is, or what it is for.
func recipe(t *testing.T, language, name string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```" + language + "\n(# " + regexp.QuoteMeta(name) + "$.*?)^```$").FindSubmatch(readme)
	if block == nil {
		t.Fatalf("the README has no block of %s that begins with %q", language, "# "+name)
	}
	return string(block[1])
}

// decode reads a block's YAML documents, each into one of the values, and knows no keys but theirs.
func decode(t *testing.T, text string, into ...any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	for _, v := range into {
		if err := d.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
}

// decodeLoose reads a document, of which the value knows only a part.
func decodeLoose(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
}

// client runs a shell command in a container with the IPMI clients, on a network.
func client(t *testing.T, network, command string) string {
	t.Helper()
	return must(t, "run", "--rm", "--label", label, "--network", network, clientImage, "/bin/sh", "-ec", command)
}

// service starts what a recipe calls a service, under the recipe's name for the image and for the service.
func service(t *testing.T, recipeImage, alias string, variables map[string]string) container {
	t.Helper()
	if recipeImage != "fakebmc" {
		t.Fatalf("the recipe's image is %q", recipeImage)
	}
	options := []string{"--network-alias", alias}
	for name, value := range variables {
		options = append(options, "-e", name+"="+value)
	}
	c := start(t, options...)
	c.healthy(t)
	return c
}

// The docker run commands of the README, with ports that are free here.
func TestDockerRun(t *testing.T) {
	t.Parallel()
	file := write(t, "my-server.yaml", "profile: my-server\nextends: generic\n")
	replace := strings.NewReplacer("docker run --rm", "docker run -d --label "+label+" --network "+network, "127.0.0.1:623:", "127.0.0.1::",
		" fakebmc", " "+image)
	block := recipe(t, "sh", "A built-in machine; a machine in a file; a machine as text; nothing to spare.")
	for i, line := range strings.Split(strings.TrimSpace(block), "\n")[1:] {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			id := run(t, nil, "bash", "-ec", "cd '"+filepath.Dir(file)+"'; "+replace.Replace(line))
			t.Cleanup(func() { must(t, "rm", "-f", id) })
			c := container{id}
			c.healthy(t)
			c.ipmitool(t, "Chassis Power is on", "chassis", "power", "status")
		})
	}
}

// A runner of GitHub publishes the service's ports on the address 127.0.0.1 of the steps.
func TestGitHubActions(t *testing.T) {
	t.Parallel()
	var workflow struct {
		Name, On string
		Jobs     map[string]struct {
			RunsOn   string `yaml:"runs-on"`
			Services map[string]struct {
				Image string
				Ports []string
				Env   map[string]string
			}
			Steps []struct{ Run string }
		}
	}
	decode(t, recipe(t, "yaml", ".github/workflows/test.yaml"), &workflow)
	job := workflow.Jobs["test"]
	bmc := job.Services["bmc"]
	if len(bmc.Ports) != 1 || bmc.Ports[0] != "623:623/udp" {
		t.Fatalf("ports %q", bmc.Ports)
	}
	c := service(t, bmc.Image, "bmc", bmc.Env)
	out := ""
	for _, step := range job.Steps {
		if !strings.HasPrefix(step.Run, "sudo apt-get install -y ipmitool") { // the image has it
			out += client(t, "container:"+c.id, step.Run)
		}
	}
	if want := "Firmware Revision         : 2.15"; !strings.Contains(out, want) {
		t.Errorf("the steps print %q, want %q in it", out, want)
	}
}

// A runner of GitLab puts the service on the job's network, gives it the job's variables, and waits for the TCP ports
// that the image exposes.
func TestGitLabCI(t *testing.T) {
	t.Parallel()
	var pipeline struct {
		Test struct {
			Image        string
			Services     []struct{ Name, Alias string }
			Variables    map[string]string
			BeforeScript []string `yaml:"before_script"`
			Script       []string
		}
	}
	decode(t, recipe(t, "yaml", ".gitlab-ci.yml"), &pipeline)
	job := pipeline.Test
	service(t, job.Services[0].Name, job.Services[0].Alias, job.Variables)
	out := client(t, network, strings.Join(job.Script, "\n"))
	if want := "Chassis Power is on"; !strings.Contains(out, want) {
		t.Errorf("the script prints %q, want %q in it", out, want)
	}
}

// OpenStack Ironic runs ipmitool with what a node's driver_info says, on openSession retries and a password file.
// [ironic/drivers/modules/ipmitool.py]
func TestIronic(t *testing.T) {
	t.Parallel()
	info := settings(t, "OpenStack Ironic", `--driver-info ipmi_(\w+)=(\S+)`)
	c := start(t)
	c.healthy(t)
	if info["port"] != "623" {
		t.Errorf("port %s", info["port"])
	}
	args := []string{"-I", "lanplus", "-H", "127.0.0.1", "-L", "ADMINISTRATOR", "-p", c.port(t, "623/udp"), "-U", info["username"],
		"-R", "12", "-N", "5", "-f", write(t, "password", info["password"])}
	ironic := func(want, command string) {
		t.Helper()
		run(t, []string{want}, "ipmitool", append(args, strings.Fields(command)...)...)
	}
	ironic("Chassis Power is on", "power status")
	ironic("", "raw 0x00 0x08 0x03 0x08")
	ironic("Set Boot Device to pxe", "chassis bootdev pxe options=persistent")
	ironic("Boot Device Selector : Force PXE", "chassis bootparam get 5")
	ironic("Chassis Power Control: Down/Off", "power off")
	eventually(t, func() error {
		if out := run(t, nil, "ipmitool", append(args, "power", "status")...); out != "Chassis Power is off" {
			return fmt.Errorf("%s", out)
		}
		return nil
	})
}

// MAAS runs FreeIPMI with a machine's power parameters, as an operator if they do not say otherwise.
// [src/provisioningserver/drivers/power/ipmi.py]
func TestMAAS(t *testing.T) {
	t.Parallel()
	p := settings(t, "MAAS. It knows no port, so that each machine takes an address of its own.", `power_parameters_power_(\w+)=(\S+)`)
	c := start(t)
	c.healthy(t)
	args := []string{"-W", "opensesspriv", "--driver-type", p["driver"], "-h", "127.0.0.1:" + c.port(t, "623/udp"),
		"-u", p["user"], "-p", p["pass"], "-I", "3", "-l", "OPERATOR"}
	maas := func(want, program string, more ...string) {
		t.Helper()
		run(t, []string{want}, program, append(args, more...)...)
	}
	boot := write(t, "boot", "Section Chassis_Boot_Flags\n Boot_Flags_Persistent No\n Boot_Device PXE\nEndSection\n")
	maas(": on", "ipmipower", "--stat")
	maas(": ok", "ipmipower", "--off", "--wait-until-off")
	maas("", "ipmi-chassis-config", "--commit", "--filename", boot)
	c.ipmitool(t, "Boot Device Selector : Force PXE", "chassis", "bootparam", "get", "5")
	maas(": ok", "ipmipower", "--cycle", "--on-if-off", "--wait-until-on")
	maas(": on", "ipmipower", "--stat")
}

// settings are the names and values of a shell recipe that match.
func settings(t *testing.T, name, pattern string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(recipe(t, "sh", name), -1) {
		found[m[1]] = m[2]
	}
	if len(found) != 4 {
		t.Fatalf("%s: settings %v, want four", name, found)
	}
	return found
}

// Metal3 hands the address on to Ironic; the login is a Secret beside it.
func TestMetal3(t *testing.T) {
	t.Parallel()
	var secret struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Name string }
		StringData struct{ Username, Password string } `yaml:"stringData"`
	}
	var host struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Name string }
		Spec       struct {
			Online         bool
			BootMACAddress string `yaml:"bootMACAddress"`
			BMC            struct {
				Address         string
				CredentialsName string `yaml:"credentialsName"`
			}
		}
	}
	decode(t, recipe(t, "yaml", "Metal3"), &secret, &host)
	address, err := url.Parse(host.Spec.BMC.Address)
	if err != nil || address.Scheme != "ipmi" || address.Port() != "623" {
		t.Errorf("address %q: %v", host.Spec.BMC.Address, err)
	}
	if _, err := net.ParseMAC(host.Spec.BootMACAddress); err != nil {
		t.Error(err)
	}
	if secret.Metadata.Name != host.Spec.BMC.CredentialsName {
		t.Errorf("the host's credentials are %s, the secret is %s", host.Spec.BMC.CredentialsName, secret.Metadata.Name)
	}
	c := start(t)
	c.healthy(t)
	run(t, []string{"Chassis Power is on"}, "ipmitool", "-I", "lanplus", "-H", "127.0.0.1", "-p", c.port(t, "623/udp"),
		"-U", secret.StringData.Username, "-P", secret.StringData.Password, "power", "status")
}

// The Go function of the README runs in the module that has Testcontainers. Ryuk, Testcontainers' own cleaner, is an image
// of a registry; the tests here clean up by themselves. The host is told, because Testcontainers takes a computer that is
// a container itself for a neighbour of the engine, and looks for published ports on its gateway.
func TestTestcontainers(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "test", "-tags", "image", "-count=1", "-run", "TestStartBMC", ".")
	cmd.Dir = filepath.Join(root, "conformance/recipes")
	cmd.Env = append(os.Environ(), "TESTCONTAINERS_RYUK_DISABLED=true", "TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1",
		"CONFORMANCE_IMAGE="+image, "CONFORMANCE_NETWORK="+network)
	out, err := execute(cmd)
	if err != nil || !strings.HasPrefix(out, "ok") {
		t.Errorf("%v\n%s", err, out)
	}
}
