// Package metrics has the figures of a worker, in the format of Prometheus: what it
// committed, how long that took, and what keeps it from more.
//
//	figures := metrics.New(metrics.Options{Issuer: current, Clock: time.Now})
//	options.Done, options.Failed, options.SetAside = figures.Done, figures.Failed, figures.SetAside
//	http.Serve(listener, figures.Handler())
//
// A chunk of 1,000 records of which one was refused:
//
//	tongxing_worker_chunks_total 1
//	tongxing_worker_records_total{outcome="issued"} 999
//	tongxing_worker_records_total{outcome="refused"} 1
//
// No figure and no label has anything of a person, nor the name of a job.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/batch"
)

// Options of the figures.
type Options struct {
	// Issuer returns the issuer of the moment. Its keys are asked to sign whenever
	// the figures are asked for.
	Issuer func() *issuer.Issuer
	Clock  func() time.Time
}

// Worker counts what one worker does. It is safe for concurrent use.
type Worker struct {
	registry *prometheus.Registry
	clock    func() time.Time
	chunks   prometheus.Counter
	records  *prometheus.CounterVec
	seconds  prometheus.Histogram
	retries  prometheus.Counter
	aside    prometheus.Counter
	last     prometheus.Gauge
}

// New returns figures that are all zero.
func New(o Options) *Worker {
	w := &Worker{
		registry: prometheus.NewRegistry(), clock: o.Clock,
		chunks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tongxing_worker_chunks_total", Help: "Chunks that this worker committed."}),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongxing_worker_records_total", Help: "Records of those chunks, by outcome: issued or refused."}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tongxing_worker_chunk_seconds", Help: "Time from when a chunk is taken to its commit.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}}),
		retries: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tongxing_worker_retries_total", Help: "Faults that may pass, after which the worker tries again."}),
		aside: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tongxing_worker_set_aside_total", Help: "Jobs that were set aside, as for an input that is missing."}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tongxing_worker_last_commit_timestamp_seconds", Help: "When this worker committed last, in Unix seconds; 0 is never."}),
	}
	w.records.WithLabelValues("issued")
	w.records.WithLabelValues("refused")
	w.registry.MustRegister(w.chunks, w.records, w.seconds, w.retries, w.aside, w.last,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	w.registry.MustRegister(ofKeys(o.Issuer)...)
	return w
}

// ofKeys are the figures of what signs.
func ofKeys(current func() *issuer.Issuer) []prometheus.Collector {
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tongxing_worker_keys", Help: "Keys that may sign, by the newest trust material."},
			func() float64 { return float64(current().Keys()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tongxing_worker_stopped_keys", Help: "Keys that sign nothing more, because a signature did not verify."},
			func() float64 { return float64(len(current().StoppedKeys())) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tongxing_worker_signer", Help: "Whether whoever holds the keys signs: 1 or 0."},
			func() float64 {
				if current().Probe() != nil {
					return 0
				}
				return 1
			}),
	}
}

// Done counts a chunk; see [batch.WorkerOptions].
func (w *Worker) Done(d batch.Done) {
	w.chunks.Inc()
	w.records.WithLabelValues("issued").Add(float64(d.Issued))
	w.records.WithLabelValues("refused").Add(float64(d.Refused))
	w.seconds.Observe(d.Took.Seconds())
	w.last.Set(float64(w.clock().Unix()))
}

// Failed counts a fault that may pass.
func (w *Worker) Failed(error) { w.retries.Inc() }

// SetAside counts a job that is set aside.
func (w *Worker) SetAside(*batch.SetAsideError) { w.aside.Inc() }

// Handler serves the figures. It asks nobody who he is.
func (w *Worker) Handler() http.Handler {
	return promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{})
}
