package churn

import "slices"

// Ingredient is a group of terms that tell of the same thing. A shop has it or not, and it pays there or not.
type Ingredient uint8

// The ingredients of a stack, in order. PurchaseModel is in every stack.
const (
	// PurchaseModel is the risk by the purchase model.
	PurchaseModel Ingredient = iota
	// SilenceShape is how the risk rises with silence, beside the purchase model: the silence, and the silence in usual gaps.
	SilenceShape
	// Habit is how often and for how long the customer has bought.
	Habit
	// Money is what the customer has spent, over life and on the last order.
	Money
	// Baskets is the number of items in orders.
	Baskets
	// Feedback is what the customer said, and what was given back.
	Feedback
	// Interest is the interactions of the last 90 days, and whether they grow.
	Interest
	// Anniversary is whether the customer bought a year ago in the window that now lies ahead.
	Anniversary

	ingredients
)

var ingredientNames = [ingredients]string{"purchase model", "silence", "habit", "money", "baskets", "feedback", "engagement", "last year"}

func (i Ingredient) String() string { return ingredientNames[i] }

// Ingredients are all ingredients, in order. The first is PurchaseModel.
func Ingredients() []Ingredient {
	all := make([]Ingredient, ingredients)
	for i := range all {
		all[i] = Ingredient(i)
	}
	return all
}

// ingredientOf goes by the term.
var ingredientOf = [terms]Ingredient{
	Base:    PurchaseModel,
	Silence: SilenceShape, Silence14: SilenceShape, Silence60: SilenceShape, SilenceDays: SilenceShape, Rhythm: SilenceShape,
	Repeats: Habit, Once: Habit, Tenure: Habit,
	Spend: Money, LastOrder: Money,
	Items: Baskets, LastItems: Baskets,
	NPS: Feedback, Satisfaction: Feedback, Complaints: Feedback, OpenComplaints: Feedback, Refunded: Feedback,
	Engagement: Interest, EngagementTrend: Interest,
	LastYear: Anniversary,
}

// Ingredient is the ingredient that the term is of.
func (t Term) Ingredient() Ingredient { return ingredientOf[t] }

// Terms are the terms of the ingredient, in order.
func (i Ingredient) Terms() []Term {
	return slices.DeleteFunc(Terms(), func(t Term) bool { return t.Ingredient() != i })
}
