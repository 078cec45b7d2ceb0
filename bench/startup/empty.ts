// What any script costs.
