"""The bundled system under test: the contract made executable."""

VERSION = "0.1.0"
