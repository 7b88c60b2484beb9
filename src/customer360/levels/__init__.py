"""Member levels: what each fact earns, which level is held on which day, and what was believed about it when."""
