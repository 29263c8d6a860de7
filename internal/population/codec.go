package population

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"tidemark/internal/event"
)

// packing is the version of the encoding of a pass.
const packing = 1

// Append appends a pass as varints: one value for all histograms of a shard. Passes that count alike have the same bytes.
func (p *Pass) Append(b []byte) []byte {
	w := packer{append(b, packing)}
	w.ints(int64(p.Began), int64(p.Ended), p.Shards, p.Customers, p.Buyers, int64(len(p.Names)))
	for i, name := range p.Names {
		w.text(name)
		w.histogram(&p.Histograms[i])
	}
	w.histogram(&p.Ranked)
	w.ints(int64(p.Moments.Lines))
	for t := range p.Moments.Tiers {
		for _, m := range p.Moments.Tiers[t] {
			w.ints(m.N, m.Sum, m.Squares)
		}
	}
	for _, m := range p.Moments.Pairs {
		w.ints(m.N, m.Sum, m.Product)
	}
	for d := range p.Groups {
		w.ints(int64(len(p.Groups[d].Named)))
		for _, name := range slices.Sorted(maps.Keys(p.Groups[d].Named)) {
			w.text(name)
			s := p.Groups[d].Named[name]
			w.sum(&s)
		}
		w.sum(&p.Groups[d].Others)
	}
	w.ints(int64(len(p.Cohorts)))
	for _, month := range slices.Sorted(maps.Keys(p.Cohorts)) {
		c := p.Cohorts[month]
		w.ints(int64(month), c.Customers, c.Active, c.Spend)
	}
	w.answers(&p.NPS)
	w.answers(&p.CSAT)
	return w.b
}

type packer struct{ b []byte }

func (w *packer) ints(all ...int64) {
	for _, n := range all {
		w.b = binary.AppendVarint(w.b, n)
	}
}

func (w *packer) text(s string) {
	w.ints(int64(len(s)))
	w.b = append(w.b, s...)
}

func (w *packer) histogram(h *Histogram) {
	bins := h.Bins()
	w.ints(h.sum, int64(len(bins)))
	last := Bin(0)
	for _, bin := range bins {
		w.ints(int64(bin-last), h.counts[bin])
		last = bin
	}
}

func (w *packer) answers(a *Answers) { w.ints(a.Count, a.High, a.Low, a.Sum, a.Squares) }

func (w *packer) sum(s *Sum) {
	w.ints(s.Customers, s.Buyers, s.Spend365, s.Current, s.AtStake, s.Contribution)
	w.answers(&s.NPS)
	w.answers(&s.CSAT)
}

// errPacked is what is wrong with bytes that are no pass.
var errPacked = errors.New("population: the bytes are no pass of this version")

// Parse reads a pass that Append wrote. Its error says that the bytes are none, or that a newer program wrote them.
func Parse(b []byte) (*Pass, error) {
	if len(b) == 0 || b[0] != packing {
		return nil, errPacked
	}
	r := unpacker{b: b[1:]}
	p := &Pass{Began: event.Instant(r.int()), Ended: event.Instant(r.int()), Shards: r.int(), Customers: r.int(), Buyers: r.int(), Cohorts: map[int]Cohort{}}
	for range r.count() {
		p.Names = append(p.Names, r.text())
		p.Histograms = append(p.Histograms, r.histogram())
	}
	p.Ranked = r.histogram()
	lines := r.count()
	if lines > mostLines {
		return nil, errPacked
	}
	p.Moments = newMoments(lines)
	for t := range p.Moments.Tiers {
		for i := range p.Moments.Tiers[t] {
			p.Moments.Tiers[t][i] = Moment{r.int(), r.int(), r.int()}
		}
	}
	for i := range p.Moments.Pairs {
		p.Moments.Pairs[i] = Pair{r.int(), r.int(), r.int()}
	}
	for d := range p.Groups {
		for range r.count() {
			name := r.text()
			s := r.sum()
			p.Groups[d].add(name, &s)
		}
		p.Groups[d].Others = r.sum()
	}
	for range r.count() {
		p.Cohorts[int(r.int())] = Cohort{r.int(), r.int(), r.int()}
	}
	p.NPS, p.CSAT = r.answers(), r.answers()
	if r.failed || len(r.b) > 0 {
		return nil, errPacked
	}
	return p, nil
}

const mostLines = 64

type unpacker struct {
	b      []byte
	failed bool
}

func (r *unpacker) int() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.failed, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

// count reads a number of things that follow, each of at least a byte.
func (r *unpacker) count() int {
	n := r.int()
	if n < 0 || n > int64(len(r.b)) {
		r.failed, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *unpacker) text() string {
	n := r.count()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *unpacker) histogram() Histogram {
	h, bin := Histogram{sum: r.int()}, Bin(0)
	for range r.count() {
		bin += Bin(r.int())
		h.put(bin, r.int())
	}
	return h
}

func (r *unpacker) answers() Answers { return Answers{r.int(), r.int(), r.int(), r.int(), r.int()} }

func (r *unpacker) sum() Sum {
	return Sum{r.int(), r.int(), r.int(), r.int(), r.int(), r.int(), r.answers(), r.answers()}
}
