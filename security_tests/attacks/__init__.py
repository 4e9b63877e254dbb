"""Attacks: what somebody would try who means harm, each with its item of OWASP's lists."""
