package shop

import (
	"fmt"
	"math/rand/v2"

	"tidemark/internal/event"
)

// choice is one of several values, and the share of draws that give it. The shares of a table add up to 1.
type choice[T any] struct {
	what   T
	weight float64
}

func pick[T any](random *rand.Rand, table []choice[T]) T {
	place := random.Float64()
	for _, c := range table {
		if place < c.weight {
			return c.what
		}
		place -= c.weight
	}
	return table[len(table)-1].what
}

const (
	web   = "web"
	app   = "app"
	store = "store"
	phone = "phone"
	email = "email"
)

var channels = [...]choice[string]{{web, 0.55}, {app, 0.28}, {store, 0.17}}

// category is a shelf of the shop. margin is the share of the list price that the shop earns.
type category struct {
	name   string
	margin float64
}

var categories = [...]category{
	{"books", 0.32}, {"coffee", 0.45}, {"garden", 0.38}, {"home", 0.42}, {"music", 0.28}, {"outdoor", 0.40},
}

const shelf = 40 // the number of products of a category

// products are the SKUs, by category.
var products = func() (skus [len(categories)][shelf]string) {
	for i, c := range categories {
		for n := range shelf {
			skus[i][n] = fmt.Sprintf("%s-%02d", c.name, n+1)
		}
	}
	return skus
}()

// discounts are shares of the list price.
var discounts = [...]choice[float64]{{0, 0.75}, {0.05, 0.07}, {0.10, 0.09}, {0.20, 0.06}, {0.30, 0.03}}

var (
	// grievances are the subjects of customers who leave for a reason.
	grievances = [...]choice[event.Subject]{
		{event.AboutService, 0.25},
		{event.AboutDelivery, 0.25},
		{event.AboutPrice, 0.2},
		{event.AboutProduct, 0.15},
		{event.AboutAfterSales, 0.12},
		{event.AboutBrand, 0.03},
	}
	// subjects are the subjects of other customers.
	subjects = [...]choice[event.Subject]{
		{event.AboutProduct, 0.35},
		{event.AboutDelivery, 0.25},
		{event.AboutService, 0.2},
		{event.AboutPrice, 0.12},
		{event.AboutAfterSales, 0.05},
		{event.AboutOther, 0.03},
	}
)

var (
	regions    = [...]choice[string]{{"north", 0.3}, {"south", 0.25}, {"east", 0.15}, {"west", 0.3}}
	industries = [...]choice[string]{{"retail", 0.35}, {"hospitality", 0.3}, {"education", 0.2}, {"construction", 0.15}}
	sizes      = [...]choice[string]{{"small", 0.6}, {"medium", 0.3}, {"large", 0.1}}
	credit     = [...]choice[string]{{"A", 0.4}, {"B", 0.35}, {"C", 0.2}, {"D", 0.05}}
	owners     = [...]choice[string]{{"sales-1", 0.4}, {"sales-2", 0.35}, {"sales-3", 0.25}}
)
