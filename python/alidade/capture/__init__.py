"""Any PyTorch model into a file that Alidade reads, by the best route that works."""
