"""Every source system delivered something, ever: a source that was never set up or pulled is named first."""

from customer360.completeness import ExpectEverySourceDelivered, ExpectLastLoadSucceeded

TABLE = "facts.sources"
EXPECTATIONS = [
    ExpectEverySourceDelivered(),
    ExpectLastLoadSucceeded(severity="warning"),  # how old the data may be is freshness of each table
]
