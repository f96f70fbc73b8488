"""One module a topic; each has TOPICS (name → what it is) or offers `measure(workshop) -> list[Row]`."""
