"""The contract over HTTP and WebSocket; thin handlers around the domain."""
