"""The bundled system under test: the contract made executable."""
