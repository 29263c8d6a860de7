package model

import "tidemark/internal/event"

// perDollar is about how many units of a currency a US dollar buys, of currencies of which it buys more than ten. The numbers are
// rounded exchange rates of 2024; for currencies that are gone, of their last years. They tell orders of magnitude apart, and no
// amount is converted with them.
var perDollar = map[event.Currency]float64{
	"AFN": 70, "ALL": 90, "AMD": 400, "AOA": 900, "ARS": 1000, "ATS": 13, "BDT": 115, "BEF": 40, "BIF": 2900, "BTN": 84, "BWP": 14,
	"CDF": 2800, "CLP": 950, "COP": 4000, "CRC": 500, "CUP": 24, "CVE": 100, "CZK": 23, "DJF": 180, "DOP": 60, "DZD": 135, "EGP": 48,
	"ESP": 160, "ETB": 120, "GMD": 70, "GNF": 8600, "GRD": 350, "GYD": 210, "HNL": 25, "HTG": 130, "HUF": 360, "IDR": 16_000, "INR": 84,
	"IQD": 1300, "IRR": 42_000, "ISK": 140, "ITL": 1900, "JMD": 155, "JPY": 150, "KES": 130, "KGS": 87, "KHR": 4100, "KMF": 450,
	"KRW": 1350, "KZT": 480, "LAK": 21_500, "LBP": 90_000, "LKR": 300, "LRD": 190, "LSL": 18, "LUF": 40, "MDL": 18, "MGA": 4500,
	"MKD": 57, "MMK": 2100, "MNT": 3400, "MRU": 40, "MUR": 46, "MVR": 15, "MWK": 1700, "MXN": 18, "MZN": 64, "NAD": 18, "NGN": 1500,
	"NIO": 37, "NOK": 11, "NPR": 134, "PHP": 57, "PKR": 280, "PTE": 200, "PYG": 7500, "ROL": 30_000, "RSD": 108, "RUB": 90, "RWF": 1300,
	"SCR": 14, "SDG": 600, "SLL": 22_000, "SLE": 22, "SOS": 570, "SRD": 35, "STN": 23, "SYP": 13_000, "SZL": 18, "THB": 34, "TJS": 11,
	"TRL": 1_500_000, "TRY": 35, "TWD": 32, "TZS": 2600, "UAH": 41, "UGX": 3700, "UYU": 40, "UZS": 12_600, "VND": 25_000, "VUV": 119,
	"XAF": 600, "XOF": 600, "XPF": 110, "YER": 250, "ZAR": 18, "ZMW": 27,
}

// unitsPerDollar is about how many units of a currency a US dollar buys. Of a currency that is not in the table it is 1.
func unitsPerDollar(c event.Currency) float64 {
	if n, ok := perDollar[c]; ok {
		return n
	}
	return 1
}
