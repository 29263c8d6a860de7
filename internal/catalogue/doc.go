// Package catalogue is the table of everything that is known of a customer: one Entry for each number and each word, with its name, unit,
// range, formula and source, and a pure function that reads it from a View.
//
// Whoever shows a customer reads this table: the scores file, tm:score and tm:detail, customer.scores.v1, the scorecard, customer show
// --explain and tidemark indicators. None of them has a list of its own. So a new number is one entry and its test:
//
//  1. Where the number needs something that View lacks, add a field to View and fill it in score's view.go. Facts are there already.
//  2. Append an Entry to the table of its group, or add a file with a table and name it in table.go. Append: the file's columns keep their order.
//  3. Test the function on worked examples. The tests of this package, and of score, hold each entry to its range and to its word on silence.
package catalogue
