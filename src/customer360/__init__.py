"""Customer 360 warehouse: pull, build, check and publish one unified view of the customer."""
