package check

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/yaml"
	strict "sigs.k8s.io/yaml"
)

// kinds are the objects that we have, each decoded as its own type alone.
var kinds = map[string]func() metav1.Object{
	"v1/Namespace":                       func() metav1.Object { return new(corev1.Namespace) },
	"v1/ServiceAccount":                  func() metav1.Object { return new(corev1.ServiceAccount) },
	"v1/ConfigMap":                       func() metav1.Object { return new(corev1.ConfigMap) },
	"v1/Service":                         func() metav1.Object { return new(corev1.Service) },
	"v1/Pod":                             func() metav1.Object { return new(corev1.Pod) },
	"v1/PersistentVolumeClaim":           func() metav1.Object { return new(corev1.PersistentVolumeClaim) },
	"apps/v1/StatefulSet":                func() metav1.Object { return new(appsv1.StatefulSet) },
	"apps/v1/Deployment":                 func() metav1.Object { return new(appsv1.Deployment) },
	"policy/v1/PodDisruptionBudget":      func() metav1.Object { return new(policyv1.PodDisruptionBudget) },
	"networking.k8s.io/v1/NetworkPolicy": func() metav1.Object { return new(networkingv1.NetworkPolicy) },
}

// secrets are those that the operator puts there (see 00-namespace.yaml).
var secrets = map[string][]string{
	"tongxing-signer":   {"signing.key", "passphrase"},
	"tongxing-tls":      {"tls.crt", "tls.key"},
	"tongxing-access":   {"token-keys.json", "request-secret"},
	"tongxing-database": {"password", "pgpass"},
}

// decode decodes every document of every manifest strictly: an unknown field, or one
// given twice, is an error.
func decode(t *testing.T) map[string]metav1.Object {
	t.Helper()
	all := map[string]metav1.Object{}
	for _, path := range append(files(t, "kubernetes/*.yaml", 6), files(t, "kubernetes/setup/*.yaml", 1)...) {
		documents := yaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(read(t, path))))
		for {
			document := make([]byte, 1<<20)
			n, err := documents.Read(document)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			object := decodeOne(t, path, document[:n])
			key := fmt.Sprintf("%T/%s", object, object.GetName())
			if all[key] != nil {
				t.Errorf("%s: %s is there twice", path, key)
			}
			all[key] = object
		}
	}
	return all
}

func decodeOne(t *testing.T, path string, document []byte) metav1.Object {
	t.Helper()
	var kind metav1.TypeMeta
	if err := strict.Unmarshal(document, &kind); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	make := kinds[kind.APIVersion+"/"+kind.Kind]
	if make == nil {
		t.Fatalf("%s: kind %s of %s is none that we know", path, kind.Kind, kind.APIVersion)
	}
	object := make()
	if err := strict.UnmarshalStrict(document, object); err != nil {
		t.Errorf("%s: %s: %v", path, kind.Kind, err)
	}
	if faults := validation.IsDNS1123Label(object.GetName()); len(faults) > 0 {
		t.Errorf("%s: name %q: %v", path, object.GetName(), faults)
	}
	if kind.Kind != "Namespace" && object.GetNamespace() != "tongxing" {
		t.Errorf("%s: %s is in namespace %q", path, object.GetName(), object.GetNamespace())
	}
	return object
}

// templates returns the pods that the manifests make, by name.
func templates(t *testing.T, all map[string]metav1.Object) map[string]corev1.PodTemplateSpec {
	t.Helper()
	pods := map[string]corev1.PodTemplateSpec{}
	for _, object := range all {
		var selector *metav1.LabelSelector
		switch o := object.(type) {
		case *appsv1.Deployment:
			pods[o.Name], selector = o.Spec.Template, o.Spec.Selector
		case *appsv1.StatefulSet:
			pods[o.Name], selector = o.Spec.Template, o.Spec.Selector
		case *corev1.Pod:
			pods[o.Name] = corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
			continue
		default:
			continue
		}
		if !selects(t, selector, pods[object.GetName()]) {
			t.Errorf("%s does not select its own pods", object.GetName())
		}
	}
	if len(pods) != 4 {
		t.Errorf("%d kinds of pods, want database, service, worker and that of the first start", len(pods))
	}
	return pods
}

func selects(t *testing.T, selector *metav1.LabelSelector, pod corev1.PodTemplateSpec) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(pod.Labels))
}

// TestManifestsNameOnlyWhatIsThere follows every reference: volumes, claims, secrets
// and their keys, the configuration, ports, and the pods of services and policies.
func TestManifestsNameOnlyWhatIsThere(t *testing.T) {
	all := decode(t)
	pods := templates(t, all)
	for name, pod := range pods {
		volumes := map[string]bool{}
		for _, volume := range pod.Spec.Volumes {
			volumes[volume.Name] = true
			checkVolume(t, name, volume, all)
		}
		if stateful, ok := all["*v1.StatefulSet/"+name].(*appsv1.StatefulSet); ok {
			for _, claim := range stateful.Spec.VolumeClaimTemplates {
				volumes[claim.Name] = true
			}
		}
		for _, container := range containers(pod) {
			for _, mount := range container.VolumeMounts {
				if !volumes[mount.Name] {
					t.Errorf("%s/%s mounts %s, which is not there", name, container.Name, mount.Name)
				}
			}
			checkEnvironment(t, name, container, all)
		}
	}
	for _, object := range all {
		switch o := object.(type) {
		case *corev1.Service:
			requirePod(t, o.Name, metav1.SetAsLabelSelector(o.Spec.Selector), pods)
		case *policyv1.PodDisruptionBudget:
			requirePod(t, o.Name, o.Spec.Selector, pods)
		case *networkingv1.NetworkPolicy:
			requirePod(t, o.Name, &o.Spec.PodSelector, pods)
		}
	}
}

func containers(pod corev1.PodTemplateSpec) []corev1.Container {
	return append(append([]corev1.Container(nil), pod.Spec.InitContainers...), pod.Spec.Containers...)
}

func requirePod(t *testing.T, name string, selector *metav1.LabelSelector, pods map[string]corev1.PodTemplateSpec) {
	t.Helper()
	for _, pod := range pods {
		if selects(t, selector, pod) {
			return
		}
	}
	t.Errorf("%s selects no pod", name)
}

func checkVolume(t *testing.T, pod string, volume corev1.Volume, all map[string]metav1.Object) {
	t.Helper()
	if claim := volume.PersistentVolumeClaim; claim != nil && all["*v1.PersistentVolumeClaim/"+claim.ClaimName] == nil {
		t.Errorf("%s: no claim %s", pod, claim.ClaimName)
	}
	if secret := volume.Secret; secret != nil {
		known := secrets[secret.SecretName]
		if known == nil {
			t.Errorf("%s: secret %s is not one of those the operator is asked for", pod, secret.SecretName)
		}
		for _, item := range secret.Items {
			if !contains(known, item.Key) {
				t.Errorf("%s: secret %s has no %s", pod, secret.SecretName, item.Key)
			}
		}
	}
	if volume.HostPath != nil {
		t.Errorf("%s: volume %s is of the machine", pod, volume.Name)
	}
}

func checkEnvironment(t *testing.T, pod string, container corev1.Container, all map[string]metav1.Object) {
	t.Helper()
	given := map[string]bool{}
	for _, variable := range container.Env {
		given[variable.Name] = true
		if from := variable.ValueFrom; from != nil && from.ConfigMapKeyRef != nil {
			configuration, ok := all["*v1.ConfigMap/"+from.ConfigMapKeyRef.Name].(*corev1.ConfigMap)
			if !ok || configuration.Data[from.ConfigMapKeyRef.Key] == "" {
				t.Errorf("%s/%s: no configuration %s", pod, container.Name, from.ConfigMapKeyRef.Key)
			}
		}
		if strings.Contains(strings.ToLower(variable.Name), "password") && !strings.HasSuffix(variable.Name, "_FILE") {
			t.Errorf("%s/%s: %s is a secret in the environment", pod, container.Name, variable.Name)
		}
	}
	for _, argument := range append(container.Command, container.Args...) {
		if name, ok := strings.CutPrefix(argument, "$("); ok && !given[strings.TrimSuffix(name, ")")] {
			t.Errorf("%s/%s: %s is not set", pod, container.Name, argument)
		}
	}
}

func contains(list []string, wanted string) bool {
	for _, member := range list {
		if member == wanted {
			return true
		}
	}
	return false
}

// TestEveryContainerIsHeldToTheRestrictedProfile holds each to the Pod Security
// Standard "restricted", to a read-only root and to bounded memory.
func TestEveryContainerIsHeldToTheRestrictedProfile(t *testing.T) {
	for name, pod := range templates(t, decode(t)) {
		s := pod.Spec.SecurityContext
		if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 ||
			s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s may run as root, or without a profile of system calls", name)
		}
		if pod.Spec.AutomountServiceAccountToken == nil || *pod.Spec.AutomountServiceAccountToken || pod.Spec.HostNetwork || pod.Spec.HostPID {
			t.Errorf("%s gets the cluster's token, or the machine's network or processes", name)
		}
		for _, container := range containers(pod) {
			c := container.SecurityContext
			if c == nil || c.AllowPrivilegeEscalation == nil || *c.AllowPrivilegeEscalation || c.ReadOnlyRootFilesystem == nil ||
				!*c.ReadOnlyRootFilesystem || c.Capabilities == nil || len(c.Capabilities.Drop) != 1 || c.Capabilities.Drop[0] != "ALL" {
				t.Errorf("%s/%s is not restricted", name, container.Name)
			}
			if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s/%s has no bound of memory or asks for no processor", name, container.Name)
			}
			if _, tag, ok := strings.Cut(container.Image, ":"); !ok || tag == "latest" {
				t.Errorf("%s/%s: image %q names no version", name, container.Name, container.Image)
			}
		}
	}
}
