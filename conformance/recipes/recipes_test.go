package recipes

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// blocks are the README's blocks of a language that begin with a text.
func blocks(t *testing.T, language, begin string) []string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1) {
		if strings.HasPrefix(m[1], begin) {
			found = append(found, m[1])
		}
	}
	return found
}

// block is the only one of them.
func block(t *testing.T, language, begin string) string {
	t.Helper()
	found := blocks(t, language, begin)
	if len(found) != 1 {
		t.Fatalf("the README has %d blocks of %s that begin with %q, want one", len(found), language, begin)
	}
	return found[0]
}

func TestGitHubWorkflow(t *testing.T) {
	t.Parallel()
	linter, err := actionlint.NewLinter(os.Stderr, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	problems, err := linter.Lint("test.yaml", []byte(block(t, "yaml", "# .github/workflows/test.yaml\n")), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// The manifest has only keys that Kubernetes knows, and its parts find one another.
func TestKubernetesManifest(t *testing.T) {
	t.Parallel()
	documents := strings.Split(block(t, "yaml", "# fakebmc.yaml\n"), "\n---\n")
	var configMap corev1.ConfigMap
	var deployment appsv1.Deployment
	var service corev1.Service
	objects := []any{&configMap, &deployment, &service}
	if len(documents) != len(objects) {
		t.Fatalf("%d documents, want %d", len(documents), len(objects))
	}
	for i, document := range documents {
		if err := yaml.UnmarshalStrict([]byte(document), objects[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i, kind := range []string{configMap.APIVersion + configMap.Kind, deployment.APIVersion + deployment.Kind, service.APIVersion + service.Kind} {
		if want := []string{"v1ConfigMap", "apps/v1Deployment", "v1Service"}[i]; kind != want {
			t.Errorf("document %d is a %s, want a %s", i, kind, want)
		}
	}
	labels := deployment.Spec.Template.Labels
	for name, selector := range map[string]map[string]string{"deployment": deployment.Spec.Selector.MatchLabels, "service": service.Spec.Selector} {
		for k, v := range selector {
			if labels[k] != v {
				t.Errorf("the %s selects %s=%s, and the pod has %v", name, k, v, labels)
			}
		}
	}
	pod := deployment.Spec.Template.Spec
	if from := pod.Volumes[0].ConfigMap; from == nil || from.Name != configMap.Name || pod.Volumes[0].Name != pod.Containers[0].VolumeMounts[0].Name {
		t.Errorf("the volume %+v is not the mounted config map", pod.Volumes[0])
	}
	ports := make(map[string]corev1.ContainerPort)
	for _, p := range pod.Containers[0].Ports {
		ports[p.Name] = p
	}
	if p := ports["ipmi"]; p.Protocol != corev1.ProtocolUDP || p.ContainerPort < 1024 {
		t.Errorf("the port for IPMI is %+v, want a high one for UDP", p)
	}
	for _, p := range service.Spec.Ports {
		to, ok := ports[p.TargetPort.String()]
		if !ok || (p.Protocol == corev1.ProtocolUDP) != (to.Protocol == corev1.ProtocolUDP) {
			t.Errorf("the service's port %s leads to %+v", p.Name, to)
		}
	}
	c := pod.Containers[0]
	for name, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
		if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Port.String() != "http" {
			t.Errorf("the %s probe does not ask the HTTP port: %+v", name, probe)
		}
	}
	if s := c.SecurityContext; !*s.RunAsNonRoot || !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation {
		t.Errorf("the container may more than it needs: %+v", s)
	}
}
