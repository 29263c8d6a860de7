package population

import "math/bits"

// precision is k of the log-linear bins: 2^k bins an octave. Below 2^k each integer has a bin of its own.
const precision = 6

// Bin is the number of a log-linear bin. Bins ascend with the values. A negative bin mirrors the positive one: Bin(−v) = −Bin(v).
type Bin int32

// BinOf returns the bin of a value: v below 2^k, else e·2^k + (v >> e) with e = bitlen(v) − 1 − k.
func BinOf(v int64) Bin {
	if v < 0 {
		return -binOf(-uint64(v))
	}
	return binOf(uint64(v))
}

func binOf(v uint64) Bin {
	e := bits.Len64(v) - 1 - precision
	if e <= 0 {
		return Bin(v)
	}
	return Bin(e<<precision) + Bin(v>>e)
}

// Middle is the value that stands for the values of a bin. It lies within 1/128 of each of them, that is 0.8 %.
func (b Bin) Middle() float64 {
	if b < 0 {
		return -(-b).Middle()
	}
	low, width := b.bounds()
	return low + (width-1)/2
}

// bounds are the least value of a bin that is not negative, and the number of its values.
func (b Bin) bounds() (low, width float64) {
	if b < 2<<precision {
		return float64(b), 1
	}
	e := uint(b>>precision) - 1
	return float64(uint64(b-Bin(e<<precision)) << e), float64(uint64(1) << e)
}
