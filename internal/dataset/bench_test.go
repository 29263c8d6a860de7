package dataset

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"testing"
)

// Each benchmark reads as many lines as the real file has.

func BenchmarkCDNOW(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	var log bytes.Buffer
	for customer := range 23_570 {
		for range 3 {
			fmt.Fprintf(&log, " %05d 1997%02d%02d  %d %7.2f\r\n", customer, 1+random.IntN(12), 1+random.IntN(28), 1+random.IntN(9), 200*random.Float64())
		}
	}
	benchmark(b, CDNOW, log.Bytes())
}

func retailText() []byte {
	random := rand.New(rand.NewPCG(1, 1))
	var log bytes.Buffer
	log.WriteString(retailHeader + "\r\n")
	for invoice := range 25_900 {
		customer := fmt.Sprint(12346 + random.IntN(5942))
		if random.IntN(4) == 0 {
			customer = ""
		}
		for range 21 {
			fmt.Fprintf(&log, "%d,%d,WHITE HANGING HEART T-LIGHT HOLDER,%d,2011-%02d-%02d 09:%02d:00,%.2f,%s,United Kingdom\r\n",
				536365+invoice, 20000+random.IntN(4000), 1+random.IntN(20), 1+invoice/2200, 1+invoice%28, invoice%60, 20*random.Float64(), customer)
		}
	}
	return log.Bytes()
}

func BenchmarkOnlineRetail(b *testing.B) { benchmark(b, OnlineRetail, retailText()) }

func BenchmarkOnlineRetailGzip(b *testing.B) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(retailText()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		plain, err := gzip.NewReader(bytes.NewReader(packed.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := readFrom(OnlineRetail, Source{Name: "log", Reader: plain}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONL(b *testing.B) {
	var log bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"%032x","customer_id":"c%d","order_id":"o%d",`+
			`"occurred_at":"2026-03-01T12:00:00Z","kind":"ORDER","amount_minor":%d,"currency":"EUR"}}`+"\n", i, i%5000, i, i)
	}
	benchmark(b, JSONL, log.Bytes())
}

func BenchmarkWriteJSONL(b *testing.B) {
	log, err := readFrom(CDNOW, Source{Name: "log", Reader: bytes.NewReader(bytes.Repeat([]byte("00001 19970101 1 11.77\n"), 69_659))})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteJSONL(nowhere{}, log.Events); err != nil {
			b.Fatal(err)
		}
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func benchmark(b *testing.B, format Format, log []byte) {
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readFrom(format, Source{Name: "log", Reader: bytes.NewReader(log)}); err != nil {
			b.Fatal(err)
		}
	}
}
