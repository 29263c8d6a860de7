package shop

import "testing"

// BenchmarkMessages plays the default shop again and again. One operation is one message.
func BenchmarkMessages(b *testing.B) {
	c := Default(monday)
	s := open(b, c)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := s.Next(); !ok {
			b.StopTimer()
			c.Seed++
			s = open(b, c)
			b.StartTimer()
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkOpen draws 3,000 customers and simulates their purchases in advance.
func BenchmarkOpen(b *testing.B) {
	c := Default(monday)
	for b.Loop() {
		open(b, c)
	}
}
