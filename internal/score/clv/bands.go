package clv

// Bands is the number of frequency bands: customers with 1, with 2, with 3 or 4, and with 5 or more purchase days.
const Bands = 4

// bandNames are the names of the frequency bands in a model file.
var bandNames = [Bands]string{"1", "2", "3-4", "5+"}

// Band is the frequency band of a customer with so many purchase days, at least one.
func Band(purchaseDays int) int {
	switch {
	case purchaseDays >= 5:
		return 3
	case purchaseDays >= 3:
		return 2
	}
	return max(0, purchaseDays-1)
}

// BandName is the name of a frequency band in a model file: 1, 2, 3-4 or 5+.
func BandName(band int) string { return bandNames[band] }

// Banded holds a number for each frequency band. A band that is not Known has none.
type Banded struct {
	Of    [Bands]float64
	Known [Bands]bool
}

// At is the number of a band; false where the band has none.
func (b *Banded) At(band int) (float64, bool) { return b.Of[band], b.Known[band] }

// Set gives a band its number.
func (b *Banded) Set(band int, x float64) { b.Of[band], b.Known[band] = x, true }

// Any reports whether some band has a number.
func (b *Banded) Any() bool { return b.Known != [Bands]bool{} }
