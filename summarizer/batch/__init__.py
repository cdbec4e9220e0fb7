"""Many articles: one command, nothing lost, nothing paid twice."""
