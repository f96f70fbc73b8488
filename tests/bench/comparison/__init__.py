"""The topics of `tests/bench/compare`, a module each: `measure(workshop)` answers rows of the table, or text that stands below it."""
