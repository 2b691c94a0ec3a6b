"""All faults, each file those of one kind."""
