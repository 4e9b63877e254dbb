"""I/O around the domain: HTTP, WebSocket, platform calls, clock."""
