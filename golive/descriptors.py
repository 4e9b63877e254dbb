"""File descriptors: a thousand customers are a thousand sockets."""

import resource

from golive.failures import Failure


def raise_limit(need: int) -> int:
    """Raise this process's (and so its children's) soft limit to `need`; raises Failure saying how to do it by hand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < need:
        if hard != resource.RLIM_INFINITY and hard < need:
            raise Failure(
                f"this run needs {need} open files at once, and the system allows {hard}. "
                f"Raise it:  sudo prlimit --pid $$ --nofile={need}:{need}   then run golive again in this shell"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))
        soft = need
    return soft
