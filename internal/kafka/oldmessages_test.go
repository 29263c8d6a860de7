package kafka

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/compress"
	"github.com/segmentio/kafka-go/protocol"
)

// oldMessages are n messages of format 1, as brokers up to Kafka 0.10 have written them. The library gives them offsets from 0 on.
func oldMessages(t testing.TB, codec compress.Compression, n int) []byte {
	t.Helper()
	var records []protocol.Record
	for i := range n {
		records = append(records, protocol.Record{
			Offset: int64(i), Time: time.UnixMilli(1_700_000_000_000 + int64(i)),
			Key: protocol.NewBytes([]byte("c")), Value: protocol.NewBytes(fmt.Appendf(nil, "old %d", i)),
		})
	}
	set := protocol.RecordSet{Version: 1, Attributes: protocol.Attributes(codec), Records: protocol.NewRecordReader(records...)}
	var raw bytes.Buffer
	if _, err := set.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()[4:] // behind the size of the set
}

// A topic from before Kafka 0.11 holds messages of an older format. They are read, compressed or not.
func TestFetchReadsOldMessages(t *testing.T) {
	for _, codec := range []compress.Compression{compress.None, compress.Gzip} {
		t.Run(codec.String(), func(t *testing.T) {
			raw := oldMessages(t, codec, 5)
			l := answerOf(t, raw)
			var got []string
			for {
				r, more, err := l.record(nil)
				if err != nil {
					t.Fatal(err)
				}
				if !more {
					break
				}
				got = append(got, fmt.Sprintf("%d %s %d", r.Offset, r.Value, int64(r.Time)-1_700_000_000_000))
			}
			if want := []string{"2 old 2 2", "3 old 3 3", "4 old 4 4"}; !slices.Equal(got, want) || l.next != 5 {
				t.Errorf("read %q up to %d, want %q from the offset that was asked for, up to 5", got, l.next, want)
			}
		})
	}
}
