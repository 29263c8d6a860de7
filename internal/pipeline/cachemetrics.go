package pipeline

import "github.com/prometheus/client_golang/prometheus"

// cacheMetrics are the metrics of the cached profiles of a process.
type cacheMetrics struct {
	bytes, limit            prometheus.Gauge
	hits, misses, evictions prometheus.Counter
}

func newCacheMetrics() cacheMetrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "tidemark_cache_" + name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "tidemark_cache_" + name + "_total", Help: help})
	}
	return cacheMetrics{
		bytes:     gauge("bytes", "Estimated bytes of the decoded profiles that the lanes of this process keep in memory."),
		limit:     gauge("limit_bytes", "Limit of these bytes, from --cache-bytes. Batches in hand may exceed it."),
		hits:      counter("hits", "Profiles that a batch, a review or a view found in memory."),
		misses:    counter("misses", "Profiles that had to be read from the store."),
		evictions: counter("evictions", "Profiles that had to make room, the least recently used first."),
	}
}

func (m *cacheMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.bytes, m.limit, m.hits, m.misses, m.evictions}
}

// asked counts customers whose profiles were needed, and those among them that were not cached.
func (m *cacheMetrics) asked(customers, missing int) {
	m.hits.Add(float64(customers - missing))
	m.misses.Add(float64(missing))
}

// trimmed counts evictions, and shows what the lanes keep now.
func (m *cacheMetrics) trimmed(evicted int, c *Cache) {
	m.evictions.Add(float64(evicted))
	m.bytes.Set(float64(c.used.Load()))
	m.limit.Set(float64(c.limit))
}
