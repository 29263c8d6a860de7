package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"tidemark/internal/event"
)

// identity makes event ids from contents. An id is the first 16 bytes, in hex, of SHA-256 over the content. From the second
// equal content on, the hash includes the number of the occurrence. One identity serves one file, or one set of files that are
// read together.
type identity struct {
	shop string
	seen map[[16]byte]uint64
	buf  []byte
}

func newIdentity(shop string) *identity {
	return &identity{shop: shop, seen: map[[16]byte]uint64{}}
}

// purchase makes the id of p from its shop, customer, kind, time, order id, amount and items, in the order of the items, and from the time of
// its revision and the referrer where it has them: an order that is changed and changed back has another id.
func (d *identity) purchase(p *event.Purchase, order string) string {
	d.begin(p)
	d.numbers(int64(p.Kind), p.Amount.Minor)
	d.texts(order, string(p.Amount.Currency))
	d.numbers(int64(len(p.Items)))
	for _, item := range p.Items {
		d.texts(item.SKU, item.Category)
		d.numbers(item.Quantity, item.AmountMinor)
	}
	if p.RevisedAt != 0 {
		d.texts("revised_at")
		d.numbers(int64(p.RevisedAt))
	}
	if p.Referrer != "" {
		d.texts("referrer_id", p.Referrer)
	}
	return d.name()
}

// review makes the id of f from its shop, customer, kind, time, order id and score. The score is a whole number.
func (d *identity) review(f *event.Feedback) string {
	d.begin(f)
	d.numbers(int64(f.Kind), int64(f.Score))
	d.texts(f.OrderID)
	return d.name()
}

func (d *identity) begin(e event.Event) {
	d.buf = d.buf[:0]
	d.texts(d.shop, string(e.Topic()), e.Common().Customer)
	d.numbers(int64(e.Common().OccurredAt))
}

// texts are written with their lengths, so that different contents never give the same bytes.
func (d *identity) texts(texts ...string) {
	for _, s := range texts {
		d.buf = append(binary.AppendUvarint(d.buf, uint64(len(s))), s...)
	}
}

func (d *identity) numbers(numbers ...int64) {
	for _, n := range numbers {
		d.buf = binary.AppendVarint(d.buf, n)
	}
}

func (d *identity) name() string {
	hash := digest(d.buf)
	n := d.seen[hash]
	d.seen[hash] = n + 1
	if n > 0 {
		hash = digest(binary.AppendUvarint(d.buf, n))
	}
	return hex.EncodeToString(hash[:])
}

func digest(b []byte) [16]byte {
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}
