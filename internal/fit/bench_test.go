package fit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"tidemark/internal/dataset"
	"tidemark/internal/stat"
)

// simulated draws customers from the model. Each is observed on a day of the first two years. Times
// are whole days.
func simulated(m stat.MBGNBD, n int, seed uint64) []stat.Rhythm {
	random := rand.NewPCG(seed, 1)
	rates := distuv.Gamma{Alpha: m.R, Beta: m.Alpha, Src: random}
	leaves := distuv.Beta{Alpha: m.A, Beta: m.B, Src: random}
	uniform := rand.New(random)
	customers := make([]stat.Rhythm, n)
	for i := range customers {
		h := stat.Rhythm{T: float64(uniform.IntN(730))}
		rate, p := rates.Rand(), leaves.Rand()
		for at := 0.; uniform.Float64() >= p; {
			at += uniform.ExpFloat64() / rate
			if at > h.T {
				break
			}
			if d := math.Ceil(at); d > h.TX {
				h.X, h.TX = h.X+1, d
			}
		}
		h.TX = min(h.TX, h.T)
		customers[i] = h
	}
	return customers
}

// cpu is the processor time of this process so far, in seconds.
func cpu(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}

func benchFits(b *testing.B, customers func(b *testing.B) []stat.Rhythm) {
	all := customers(b)
	b.Run("grouping", func(b *testing.B) {
		for b.Loop() {
			Groups(all)
		}
	})
	groups := Groups(all)
	for _, model := range []string{"BG/NBD", "MBG/NBD", "Pareto/NBD"} {
		b.Run(model, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				got := fitted(b, model, groups)
				if len(got.warnings) > 0 {
					b.Fatalf("got warnings %v, want none", got.warnings)
				}
			}
			b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(len(groups)), "groups")
		})
	}
}

func BenchmarkCDNOW(b *testing.B) {
	benchFits(b, func(b *testing.B) []stat.Rhythm {
		customers, _ := orders(b, dataset.CDNOW, "cdnow/CDNOW_master.txt").until(calibrated, week)
		return customers
	})
}

func BenchmarkMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("a million customers take seconds")
	}
	benchFits(b, func(*testing.B) []stat.Rhythm {
		return simulated(stat.MBGNBD{R: .525, Alpha: 43.281, A: .891, B: 1.614}, 1e6, 1)
	})
}

func BenchmarkGradient(b *testing.B) {
	h := stat.Rhythm{X: 2, TX: 30.43, T: 38.86}
	for _, m := range []interface {
		Gradient(h stat.Rhythm) (logLikelihood float64, by [4]float64)
	}{
		stat.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426},
		stat.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614},
		stat.ParetoNBD{R: .553, Alpha: 10.578, S: .606, Beta: 11.669},
	} {
		b.Run(fmt.Sprintf("%T", m), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Gradient(h)
			}
		})
	}
}
