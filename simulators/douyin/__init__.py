"""The simulated Douyin platform: protocol as pure functions, and the gateway server around them (docs/gateway.md)."""
