// Package link decides which ids mean one customer.
package link
