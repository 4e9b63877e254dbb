"""What the contract suite and the security suite stand on: a small world of gateway, target, customers and desks."""
