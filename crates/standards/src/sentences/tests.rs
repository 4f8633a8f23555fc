//! What counts as a quantity, where clauses end, and what does not hold.
