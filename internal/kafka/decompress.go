package kafka

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"github.com/segmentio/kafka-go/compress"
)

// The client library decompresses a whole batch into memory before it reads the first record. 300 MB of zeros are some KB of zstd, so
// the batch must be bounded while it is decompressed. The library takes its codecs from one table of the process. NewCluster puts a
// bounded codec around each:
//
//	connection ─> decompressor ─> metered ─> cutter ─> the library's buffer
//	                              counts     cuts long records, counts what is left
var (
	boundTable = sync.OnceFunc(func() {
		for i, codec := range compress.Codecs {
			if codec != nil {
				compress.Codecs[i] = boundedCodec{codec}
			}
		}
	})
	mostRecord, mostBatch atomic.Int64
)

// errBatch is the error of a batch that is too large once it is decompressed, or whose records cannot be told apart.
var errBatch = errors.New("the batch is too large once it is decompressed")

// skimmed bounds what is decompressed of a batch, as a multiple of the bound of what is held: the rest of long records is read and
// dropped. Some KB can stand for hours of decompression.
const skimmed = 8

// boundDecompression makes record and batch bounds of what a batch takes once it is decompressed, in bytes. Clusters share the
// bounds: the largest hold.
func boundDecompression(record, batch int64) {
	boundTable()
	raise(&mostRecord, record)
	raise(&mostBatch, batch)
}

// raise makes a bound at least n.
func raise(bound *atomic.Int64, n int64) {
	for was := bound.Load(); was < n && !bound.CompareAndSwap(was, n); was = bound.Load() {
	}
}

// boundedCodec is a codec that bounds what decompression takes.
type boundedCodec struct{ compress.Codec }

// NewReader returns a reader of what r holds compressed.
func (c boundedCodec) NewReader(r io.Reader) io.ReadCloser {
	record, batch := mostRecord.Load(), mostBatch.Load()
	var plain io.ReadCloser
	switch compress.Compression(c.Code()) {
	case compress.Snappy:
		plain = &unsnappy{from: r}
	case compress.Zstd:
		plain = newUnzstd(r, batch)
	default: // gzip has a window of 32 KiB, lz4 blocks of at most 8 MiB
		plain = c.Codec.NewReader(r)
	}
	return &decompression{newCutter(&metered{plain, skimmed * batch}, record, batch), plain}
}

// decompression is one batch that is being decompressed.
type decompression struct {
	*cutter
	plain io.Closer
}

// Close ends the decompression.
func (d *decompression) Close() error {
	d.cutter.free()
	return d.plain.Close()
}

// metered fails with errBatch after left bytes.
type metered struct {
	io.Reader
	left int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return 0, errBatch
	}
	return n, err
}

// unzstd is a decompressor whose window, which the sender chooses, is bounded. The library's has no bound.
type unzstd struct {
	*zstd.Decoder
	err error
}

// decoders are decompressors that are not in use: each has buffers of some MiB.
var decoders sync.Pool

func newUnzstd(r io.Reader, window int64) *unzstd {
	if d, ok := decoders.Get().(*zstd.Decoder); ok {
		return &unzstd{d, d.Reset(r)}
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(uint64(max(window, zstd.MinWindowSize))))
	return &unzstd{d, err}
}

func (u *unzstd) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.Decoder.Read(p)
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		err = errBatch
	}
	return n, err
}

// Close returns the decompressor to the pool.
func (u *unzstd) Close() error {
	if u.Decoder != nil && u.Reset(nil) == nil {
		decoders.Put(u.Decoder)
	}
	u.Decoder, u.err = nil, io.ErrClosedPipe
	return nil
}
