"""The page's three pictures; each module draws one."""
