"""What is printed, and what it is made of."""
