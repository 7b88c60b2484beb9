"""What customers will buy: models of how often they come back and how much they spend, fitted and back-tested."""
