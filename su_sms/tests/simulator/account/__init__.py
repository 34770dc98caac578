"""What the simulated account has: its settings, numbers and messages."""
