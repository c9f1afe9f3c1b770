"""Sweeps on a cluster: parts of one are handed out, and what comes back is one store."""
