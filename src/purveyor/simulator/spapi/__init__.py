"""The Selling Partner API's vendor operations, one module per section."""
