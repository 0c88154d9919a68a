package service

import (
	"context"
	"math"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tongxing/tongxing/issuer"
)

// metrics are the service's figures. No label has anything of a person, or of a
// caller: those are in the log and the journal.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	refusals *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	issued   *prometheus.CounterVec
	printed  *prometheus.CounterVec
	repeated prometheus.Counter
	groups   prometheus.Histogram
	inFlight prometheus.Gauge
}

func newMetrics(current func() *issuer.Issuer) *metrics {
	stopped := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tongxing_issuer_stopped_keys", Help: "Keys that sign nothing more, because a signature did not verify."},
		func() float64 { return float64(len(current().StoppedKeys())) })
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongxing_issuer_requests_total", Help: "Requests by operation and HTTP status."}, []string{"operation", "status"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongxing_issuer_refusals_total", Help: "Refusals by name of problems.csv."}, []string{"problem"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongxing_issuer_request_seconds", Help: "Time from request to answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"operation"}),
		issued: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongxing_issuer_issued_total", Help: "Credentials issued, by act."}, []string{"act"}),
		printed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongxing_issuer_printed_total", Help: "Codes printed on paper, by layout."}, []string{"layout"}),
		repeated: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tongxing_issuer_repeated_total", Help: "Requests answered again with the same credential."}),
		groups: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tongxing_issuer_commit_group", Help: "Issues that shared one transaction.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tongxing_issuer_in_flight", Help: "Requests under way."}),
	}
	m.registry.MustRegister(m.requests, m.refusals, m.seconds, m.issued, m.printed, m.repeated, m.groups, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(stopped)
	return m
}

// watch registers a figure for each condition of readiness, asked for when the
// figures are.
func (m *metrics) watch(conditions []condition) {
	for _, c := range conditions {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tongxing_issuer_condition", Help: "Whether a condition of readiness holds, by name: 1 or 0.",
			ConstLabels: prometheus.Labels{"condition": c.name},
		}, func() float64 {
			if c.check(context.Background()) != nil {
				return 0
			}
			return 1
		}))
	}
}

// openChunks registers how much bulk work is planned and not done.
func (m *metrics) openChunks(jobs Jobs) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tongxing_issuer_open_chunks", Help: "Chunks of bulk jobs that are planned and not committed; NaN where the registry does not say."},
		func() float64 {
			var open uint64
			for state, err := range jobs.Jobs(context.Background()) {
				if err != nil {
					return math.NaN()
				}
				open += uint64(state.Chunks - state.Committed)
			}
			return float64(open)
		}))
}

// Metrics serves the figures in the format of Prometheus. It asks nobody who he
// is: it is for a listener on loopback.
func (s *Service) Metrics() http.Handler {
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})
}
