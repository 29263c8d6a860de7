package event

import (
	"iter"
	"strings"
)

// Currency is an ISO 4217 code, upper case.
type Currency string

// Money is an amount in minor units of its currency.
type Money struct {
	Minor    int64
	Currency Currency
}

// OptionalMinor is an amount in minor units that may be unknown. Unknown is not zero.
type OptionalMinor struct {
	Minor int64
	Known bool
}

// Minor returns a known amount, in minor units.
func Minor(n int64) OptionalMinor { return OptionalMinor{n, true} }

// MaxMinor bounds the amounts that Validate accepts: 10^12 minor units, above and below zero.
const MaxMinor = 1_000_000_000_000

// The codes of ISO 4217 by the number of their minor digits: list one, without the funds codes, and list three, of what is no money any
// more. Of list three those that were money in or after 1970 and whose digits the standard tells, as the Java platform carries them: the
// currencies before the euro, and those that inflation or a renaming has replaced.
const (
	codes0 = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF "
	codes2 = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC " +
		"CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR " +
		"JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK " +
		"NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
		"TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG "
	codes3 = " BHD IQD JOD KWD LYD OMR TND "

	historic0 = " ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL "
	historic2 = " AFA ANG ATS AYM AZM BGL CSD CUC CYP DEM EEK FIM FRF GHC GWP HRK IEP LTL LVL MRO MTL MZM NLG RUR SDD SIT SKK SLL SRG STD " +
		"TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR "
)

// noCurrency is the code of ISO 4217 for transactions without money.
const noCurrency = "XXX"

// WellFormed reports whether c may be a currency: three capital letters, and not the code for none. The model file may give digits and
// rates of a code that Digits does not know.
func (c Currency) WellFormed() bool {
	if len(c) != 3 || c == noCurrency {
		return false
	}
	for _, letter := range []byte(c) {
		if letter < 'A' || letter > 'Z' {
			return false
		}
	}
	return true
}

// Digits returns the number of minor digits of c: 0, 2 or 3; false where c is in no list of ISO 4217.
func (c Currency) Digits() (int, bool) {
	if len(c) != 3 || strings.ContainsRune(string(c), ' ') {
		return 0, false
	}
	switch padded := " " + string(c) + " "; {
	case strings.Contains(codes2, padded), strings.Contains(historic2, padded):
		return 2, true
	case strings.Contains(codes0, padded), strings.Contains(historic0, padded):
		return 0, true
	case strings.Contains(codes3, padded):
		return 3, true
	}
	return 0, false
}

// Major returns an amount of minor units in major units.
func (c Currency) Major(minor int64) float64 {
	digits, _ := c.Digits()
	scale := [...]float64{1, 10, 100, 1000}
	return float64(minor) / scale[digits]
}

// Currencies yields the codes that Digits knows.
func Currencies() iter.Seq[Currency] {
	return func(yield func(Currency) bool) {
		for _, codes := range [...]string{codes0, codes2, codes3, historic0, historic2} {
			for code := range strings.FieldsSeq(codes) {
				if !yield(Currency(code)) {
					return
				}
			}
		}
	}
}
