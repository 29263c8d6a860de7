package clv

// Simple is the value of a customer by the simple formula, in the money of the order value: average order value × orders a year × expected
// lifetime in years. An order value of 100, 4 orders a year and 3 years make 1200.
func Simple(orderValue, ordersAYear, years float64) float64 { return orderValue * ordersAYear * years }
