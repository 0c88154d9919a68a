package check

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	strict "sigs.k8s.io/yaml"
)

// targets are where Prometheus collects: the name of a service and a port.
func targets(t *testing.T) map[string]int32 {
	t.Helper()
	var config struct {
		Jobs []struct {
			Name  string `json:"job_name"`
			Found []struct {
				Names []string
				Type  string
				Port  int32
			} `json:"dns_sd_configs"`
		} `json:"scrape_configs"`
	}
	if err := strict.Unmarshal(read(t, "prometheus/prometheus.yml"), &config); err != nil {
		t.Fatal(err)
	}
	all := map[string]int32{}
	for _, job := range config.Jobs {
		for _, found := range job.Found {
			for _, name := range found.Names {
				service, ours := strings.CutSuffix(name, ".tongxing.svc")
				if !ours || found.Type != "A" {
					t.Errorf("%s: %s of type %s is no service of ours", job.Name, name, found.Type)
				}
				all[service] = found.Port
			}
		}
	}
	if len(all) != 2 {
		t.Fatalf("figures are collected from %v, want service and workers", all)
	}
	return all
}

// TestFiguresAreToldWhereTheyAreCollected follows Prometheus to the pods: each pod has
// an address of its own in the name service, ready or not, listens there because it is
// told to, and lets nobody but Prometheus in.
func TestFiguresAreToldWhereTheyAreCollected(t *testing.T) {
	all := decode(t)
	pods := templates(t, all)
	for name, port := range targets(t) {
		service, ok := all["*v1.Service/"+name].(*corev1.Service)
		if !ok || service.Spec.ClusterIP != corev1.ClusterIPNone || !service.Spec.PublishNotReadyAddresses {
			t.Errorf("%s does not name each pod by itself, ready or not", name)
			continue
		}
		for podName, pod := range pods {
			if !selects(t, metav1.SetAsLabelSelector(service.Spec.Selector), pod) {
				continue
			}
			container := pod.Spec.Containers[0]
			command := strings.Join(container.Command, " ")
			if !strings.Contains(command, fmt.Sprintf("--metrics-listen 0.0.0.0:%d --metrics-exposed", port)) {
				t.Errorf("%s does not listen on port %d", podName, port)
			}
			if !opened(t, all, pod, port) {
				t.Errorf("no policy lets Prometheus to port %d of %s, or one lets others", port, podName)
			}
		}
	}
}

// opened reports whether a policy opens a port of a pod, to pods of one namespace alone.
func opened(t *testing.T, all map[string]metav1.Object, pod corev1.PodTemplateSpec, port int32) bool {
	t.Helper()
	found := false
	for _, object := range all {
		policy, ok := object.(*networkingv1.NetworkPolicy)
		if !ok || !selects(t, &policy.Spec.PodSelector, pod) {
			continue
		}
		for _, rule := range policy.Spec.Ingress {
			for _, p := range rule.Ports {
				if p.Port.IntVal != port {
					continue
				}
				for _, from := range rule.From {
					if from.NamespaceSelector == nil || from.PodSelector == nil {
						return false
					}
				}
				found = len(rule.From) > 0
			}
		}
	}
	return found
}
